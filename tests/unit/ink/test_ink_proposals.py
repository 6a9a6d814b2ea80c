"""Which parts of a large picture are looked at closely."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from page import overlap, paper, ring

from realtime.ink.bodies import STROKE, WHOLE
from realtime.ink.network import MAPS, ROOM, TILE, Maps, see_tiles
from realtime.ink.proposals import LIMITS, grays, propose, small_ink


class Network:
    """Calls everything a digit, and keeps what it was shown."""

    def __init__(self) -> None:
        self.shown: list[np.ndarray] = []

    def __call__(self, contrast: np.ndarray) -> np.ndarray:
        self.shown.append(contrast)
        return np.full((contrast.shape[0] // 2, contrast.shape[1] // 2, MAPS), 200, np.uint8)


def tiles(*marked: tuple[int, int], shape: tuple[int, int] = (3, 5)) -> np.ndarray:
    wanted = np.zeros(shape, bool)
    for at in marked:
        wanted[at] = True
    return wanted


def said(copy: np.ndarray, probability: int = 200) -> Maps:
    """Maps of a copy that call everything on it a digit, so surely."""
    map_ = np.full((copy.shape[0] // 2, copy.shape[1] // 2), probability, np.uint8)
    return Maps(map_, map_, map_)


def test_tiles_with_small_ink_are_those_that_are_wanted():
    copy = np.full((450, 800), 255, np.uint8)  # of a picture twice as large: a tile has 160 of its pixels
    copy[100:110, 70:74] = 60  # small
    copy[200:300, 420:430] = 60  # large
    copy[340, 700] = 60  # grain
    assert small_ink(copy, said(copy), (900, 1600)).tolist() == tiles((0, 0)).tolist()
    copy[315:325, 600:604] = 60  # across the border of two tiles
    assert small_ink(copy, said(copy), (900, 1600)).tolist() == tiles((0, 0), (1, 3), (2, 3)).tolist()


def test_faint_grain_is_no_small_ink():
    copy = np.full((450, 800), 255, np.uint8)
    copy[100:110, 70:74] = 230
    assert not small_ink(copy, said(copy), (900, 1600)).any()


def test_small_ink_that_the_network_calls_none_of_a_digits_is_not_wanted():
    copy = np.full((450, 800), 255, np.uint8)
    copy[100:110, 70:74] = 60
    assert not small_ink(copy, said(copy, 0), (900, 1600)).any()


def test_tiles_that_are_not_wanted_are_not_looked_at_and_their_maps_are_0():
    network = Network()
    gray = np.full((900, 1600), 255, np.uint8)
    maps = see_tiles(network, gray, tiles((0, 1), (2, 4)))
    assert [shown.shape for shown in network.shown] == [(TILE + 2 * ROOM, TILE + 2 * ROOM)] * 2
    half = TILE // 2
    for map_ in (maps.ink, maps.body, maps.core):
        assert map_.shape == (450, 800)
        seen = np.zeros_like(map_)
        seen[:half, half : 2 * half] = 200
        seen[2 * half :, 4 * half :] = 200
        assert (map_ == seen).all()


def test_no_tile_wanted_means_that_the_network_is_not_called():
    network = Network()
    maps = see_tiles(network, np.full((900, 1600), 255, np.uint8), tiles())
    assert network.shown == [] and maps.body.max() == 0


def test_a_tile_is_seen_with_what_is_around_it():
    gray = np.full((900, 1600), 255, np.uint8)
    gray[100:200, TILE - 20 : TILE - 10] = 0  # in the tile to the left of the one that is wanted
    network = Network()
    see_tiles(network, gray, tiles((0, 1)))
    (shown,) = network.shown
    assert shown[ROOM + 100 : ROOM + 200, ROOM - 20 : ROOM - 10].max() < 60 < shown[ROOM + 50, ROOM + 100]


def test_where_most_tiles_are_wanted_the_whole_picture_is_looked_at_once():
    network = Network()
    maps = see_tiles(network, np.full((900, 1600), 255, np.uint8), np.ones((3, 5), bool))
    assert len(network.shown) == 1 and network.shown[0].shape[1] >= 1600
    assert maps.body.shape == (450, 800) and maps.body.min() == 200


class Blind(Network):
    """Calls nothing a digit."""

    def __call__(self, contrast: np.ndarray) -> np.ndarray:
        return super().__call__(contrast) * 0


class OfDark(Network):
    """Calls what is dark ink, and nothing a body."""

    def __call__(self, contrast: np.ndarray) -> np.ndarray:
        ink = (cv2.resize(contrast, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA) < 100) * np.uint8(200)
        return super().__call__(contrast) * 0 + ink[..., None] * np.array([1, 0, 0], np.uint8)


@pytest.mark.parametrize(
    ("height", "network", "closely"),
    [(24, OfDark(), True), (120, OfDark(), False), (24, Blind(), False)],
    ids=["small", "large", "small and no digit's"],
)
def test_a_large_picture_is_looked_at_closely_where_its_ink_is_small_and_may_be_a_digits(height, network, closely):
    frame = paper((1600, 900))
    ring(frame, (400, 400, 400 + 2 * height // 3, 400 + height))
    seen = propose(network, frame)
    near = [shown for shown in network.shown if shown.shape == (TILE + 2 * ROOM, TILE + 2 * ROOM)]
    assert len(near) == closely
    assert [maps.ink.shape[1] for maps in seen.maps] == [
        *[LIMITS.fine // 2] * closely,
        *(LIMITS.main // 2**k for k in (1, 2, 3, 4)),
    ]


def test_a_stroke_that_the_network_does_not_believe_in_is_a_body_all_the_same():
    frame = ring(paper(), (100, 200, 140, 260))
    seen = propose(Blind(), frame)
    assert set(seen.way) == {STROKE} and (seen.whole == -1).all() and (seen.trust == 0).all()
    assert (seen.fit > 0).all() and np.abs(seen.xyxy - [100, 200, 141, 261]).max() <= 2
    large = propose(Blind(), cv2.resize(frame, None, fx=3, fy=3, interpolation=cv2.INTER_CUBIC))
    assert np.abs(large.xyxy - [300, 600, 422, 782]).max() <= 8, "in pixels of the frame"


class OfFilled(Network):
    """Calls what is dark ink, and all that it encloses a body."""

    def __call__(self, contrast: np.ndarray) -> np.ndarray:
        small = cv2.resize(contrast, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA)
        dark = cv2.compare(small, 100, cv2.CMP_LT)
        outlines, _ = cv2.findContours(dark, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)
        body = cv2.drawContours(np.zeros_like(dark), outlines, -1, 250, cv2.FILLED)
        return super().__call__(contrast) * 0 + np.stack([dark, body, np.zeros_like(dark)], axis=2)


def test_a_stroke_that_the_network_has_found_is_not_found_again():
    seen = propose(OfFilled(), ring(paper(), (100, 200, 140, 260)))
    its = [overlap(box, (100, 200, 140, 260)) > 0.85 for box in seen.xyxy]
    assert WHOLE in seen.way[its] and STROKE not in seen.way


def halves() -> np.ndarray:
    """A dark pen on light paper to the left, and as much the other way round to the right."""
    left = ring(paper(), (200, 150, 320, 330), width=8)
    return np.concatenate([left[:, 80:400], 255 - left[:, 80:400]], axis=1)


def test_where_it_is_unclear_whether_the_pen_is_dark_both_answers_are_there_to_be_looked_at():
    (clear,) = grays(ring(paper(), (100, 200, 140, 260)))
    assert clear[230, 102] < 150 < 240 < clear[100, 100]
    answers = grays(halves())
    dark = [[bool(gray[240, pen] < 128) for pen in (124, 444)] for gray in answers]
    assert sorted(dark) == [[False, True], [True, False]], "the pen of each half is dark in one of them"
    for gray in answers:
        seen = propose(Blind(), halves(), gray)
        assert seen.gray is gray
    assert np.array_equal(propose(Blind(), halves()).gray, answers[0])
