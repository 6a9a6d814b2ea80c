from __future__ import annotations

from dataclasses import replace
from typing import Any

import cv2
import numpy as np
import pytest

from realtime.detections import CLASSES, NOT_A_DIGIT
from realtime.ink.bodies import BY_READER, STROKE, WHOLE, find
from realtime.ink.candidates import Candidates
from realtime.ink.network import Maps
from realtime.ink.surroundings import unclaimed
from realtime.recognition.line_reader import LineReading
from realtime.recognition.rows import named, read_rows

WIDTH, HEIGHT = 320, 160


def blank() -> np.ndarray:
    return np.full((HEIGHT, WIDTH), 255, np.uint8)


def maps(gray: np.ndarray, bodies: list[tuple[int, int, int, int]], cores: list[tuple[int, int, int, int]]) -> Maps:
    """Maps that call all that is dark ink, and these boxes, in pixels of the picture, bodies and cores."""
    ink = cv2.resize(cv2.bitwise_not(gray), (WIDTH // 2, HEIGHT // 2), interpolation=cv2.INTER_AREA)
    filled = []
    for boxes in (bodies, cores):
        mask = np.zeros_like(ink)
        for x0, y0, x1, y1 in boxes:
            mask[y0 // 2 : y1 // 2, x0 // 2 : x1 // 2] = 250
        filled.append(mask)
    return Maps(ink, *filled)


def test_each_body_has_its_own_ink():
    gray = blank()
    cv2.circle(gray, (60, 80), 30, 0, 5)
    cv2.circle(gray, (140, 80), 30, 0, 5)
    found = find(maps(gray, [(40, 60, 80, 100), (120, 60, 160, 100)], [(55, 75, 65, 85), (135, 75, 145, 85)]), gray)
    assert len(found) == 2 and (found.whole == -1).all()
    order = found.xyxy[:, 0].argsort()
    assert np.abs(found.xyxy[order] - [[27, 47, 94, 114], [107, 47, 174, 114]]).max() <= 3
    assert all(crop.max() > 200 for crop in found.crops)
    assert all(crop.shape == (y1 - y0, x1 - x0) for crop, (x0, y0, x1, y1) in zip(found.crops, found.xyxy, strict=True))


def test_ink_of_two_bodies_that_hang_together_is_shared_out():
    gray = blank()
    cv2.circle(gray, (60, 80), 30, 0, 5)
    cv2.circle(gray, (118, 80), 30, 0, 5)
    found = find(maps(gray, [(40, 60, 80, 100), (98, 60, 138, 100)], [(55, 75, 65, 85), (113, 75, 123, 85)]), gray)
    left, right = sorted(found.xyxy.tolist())
    assert left[2] <= 94 and right[0] >= 84


def test_a_body_with_two_cores_comes_whole_and_in_parts():
    gray = blank()
    cv2.circle(gray, (60, 80), 30, 0, 5)
    cv2.circle(gray, (118, 80), 30, 0, 5)
    found = find(maps(gray, [(40, 60, 138, 100)], [(55, 75, 65, 85), (113, 75, 123, 85)]), gray)
    assert found.whole.tolist() == [-1, 0, 0]
    assert found.xyxy[0, 2] - found.xyxy[0, 0] > 110
    parts = found.xyxy[1:][found.xyxy[1:, 0].argsort()]
    assert parts[0, 2] <= 92 and parts[1, 0] >= 86


def test_nothing_is_found_on_blank_paper():
    found = find(maps(blank(), [], []), blank())
    assert len(found) == 0 and found.xyxy.shape == (0, 4)


def test_what_no_digit_owns_is_told_of_its_neighbours():
    gray = blank()
    cv2.circle(gray, (60, 80), 20, 0, 5)
    cv2.circle(gray, (285, 80), 20, 0, 5)
    seen = maps(gray, [(45, 65, 75, 95), (270, 65, 300, 95)], [])
    cv2.line(gray, (85, 60), (85, 100), 0, 5)  # a letter that the network does not call ink
    found = find(seen, gray)
    told = unclaimed(seen, gray, found.xyxy, found.crops)
    left, right = found.xyxy[:, 0].argsort()
    assert told[left, 2] > 0.2 and told[right].max() < 0.05


def one_body(width: int, crop: np.ndarray) -> Candidates:
    """A body of that width in the frame, 80 pixels high, that the network saw as one."""
    one = np.ones(1, np.float32)
    return Candidates(
        blank(),
        [],
        np.array([[20, 30, 20 + width, 110]], np.int32),
        [crop],
        one,
        one,
        max(crop.shape) * one,
        np.array([-1]),
        np.array([WHOLE]),
        np.zeros((1, CLASSES), np.float32),
        np.zeros((1, 3)),
    )


def row_of(middles: list[float], digits: list[int]) -> LineReading:
    """What a reader says of a row that has these digits, all of a width, at these places."""
    xyxy = np.array([[x - 10, 0, x + 10, 30] for x in middles], np.float32)
    return LineReading(np.array(digits), np.eye(CLASSES, dtype=np.float32)[digits], xyxy, 0.9)


def no_digit(seen: Candidates, known: float = 0.0) -> np.ndarray:
    """What the naming network says of bodies that look like none, or so much like a 1."""
    said = np.zeros((len(seen.crops), CLASSES), np.float32)
    said[:, 1], said[:, NOT_A_DIGIT] = known, 1 - known
    return said


def test_a_reader_of_rows_parts_what_touches():
    crop = np.zeros((40, 100), np.uint8)
    crop[5:35, 5:40] = crop[5:35, 50:95] = 255
    seen = one_body(200, crop)
    rows = []

    def reader(row: np.ndarray) -> LineReading:
        rows.append(row)
        return row_of([30, 80], [3, 4])  # there are 8 pixels of room around the body

    parted = read_rows(seen, no_digit(seen), reader)
    assert [row.shape for row in rows] == [(56, 116)]
    assert parted.whole.tolist() == [-1, 0, 0] and parted.way.tolist() == [WHOLE, BY_READER, BY_READER]
    assert parted.xyxy[1:].tolist() == [[30, 40, 100, 100], [120, 40, 210, 100]]
    assert [part.shape for part in parted.crops] == [(40, 100), (30, 35), (30, 45)]
    assert parted.read[0].sum() == 0, "of the whole it said nothing"
    assert parted.read[1:].argmax(axis=1).tolist() == [3, 4]
    assert read_rows(seen, no_digit(seen), lambda row: row_of([50], [3])) is seen, "one digit parts nothing"


@pytest.mark.parametrize(
    ("width", "trust", "known", "asked"),
    [(200, 1, 0, 1), (60, 1, 0.9, 1), (30, 1, 0, 0), (800, 1, 0, 0), (200, 0.1, 0, 0), (200, 1, 0.99, 0)],
)
def test_a_reader_of_rows_is_asked_about_what_is_believed_in_and_may_hold_several_digits(width, trust, known, asked):
    rows = []

    def reader(row: np.ndarray) -> LineReading:
        rows.append(row)
        return row_of([50], [3])

    body = one_body(width, np.full((80, width), 255, np.uint8))
    read_rows(replace(body, trust=np.array([trust], np.float32)), no_digit(body, known), reader)
    assert len(rows) == asked


def several(bodies: list[Candidates]) -> Candidates:
    """All of them in one frame."""
    arrays = ("xyxy", "trust", "fit", "size", "whole", "way", "read", "around")
    together: dict[str, Any] = {name: np.concatenate([getattr(body, name) for body in bodies]) for name in arrays}
    return replace(bodies[0], crops=[crop for body in bodies for crop in body.crops], **together)


def test_what_several_copies_show_is_read_once_where_it_is_known_best():
    crops = [np.full((40 * k, 100 * k), 255, np.uint8) for k in (1, 2, 3)]
    bodies = [one_body(200, crop) for crop in crops]
    fits = np.array([0.5, 1, 0.7], np.float32)
    twice = replace(several(bodies), fit=fits, xyxy=bodies[0].xyxy + np.array([[0], [1], [300]], np.int32))
    rows = []

    def reader(row: np.ndarray) -> LineReading:
        rows.append(row)
        return row_of([30, 80], [3, 4])

    parted = read_rows(twice, no_digit(twice), reader)
    assert [row.shape for row in rows] == [(112, 232), (168, 348)]
    assert parted.whole.tolist() == [-1, -1, -1, 1, 1, 2, 2]


@pytest.mark.parametrize(("known", "asked"), [(0.99, 0), (0.5, 1)])
def test_a_reader_of_rows_is_not_asked_where_another_copy_shows_digits_that_are_known(known, asked):
    rows = []

    def reader(row: np.ndarray) -> LineReading:
        rows.append(row)
        return row_of([50], [3])

    digits = [one_body(50, np.full((40, 50), 255, np.uint8)) for _ in range(2)]
    digits[1] = replace(digits[1], xyxy=digits[1].xyxy + np.array([[80, 0, 80, 0]], np.int32))
    bodies = several([one_body(130, np.full((40, 65), 255, np.uint8)), *digits])
    said = no_digit(bodies, known)
    said[0] = no_digit(bodies)[0]
    read_rows(replace(bodies, trust=np.array([1, 0, 0], np.float32)), said, reader)
    assert len(rows) == asked


def test_a_reader_of_rows_is_not_asked_about_strokes():
    body = replace(one_body(200, np.full((80, 200), 255, np.uint8)), way=np.array([STROKE]))
    rows = []

    def reader(row: np.ndarray) -> LineReading:
        rows.append(row)
        return row_of([50, 150], [3, 4])

    assert read_rows(body, no_digit(body), reader) is body and rows == []
    both = several([body, one_body(200, np.full((40, 100), 255, np.uint8))])
    assert read_rows(both, no_digit(both), reader).whole.tolist() == [-1, -1, 1, 1], (
        "nor does it stand in the way of a body"
    )
    assert len(rows) == 1


def test_a_part_is_named_by_both_networks_and_all_else_by_one():
    said = np.tile(np.array([0.5, 0.3, *[0.2 / 9] * 9]), (2, 1))
    read = np.stack([np.zeros(CLASSES), np.eye(CLASSES)[1]])
    assert named(said, read).argmax(axis=1).tolist() == [0, 1]
    assert np.allclose(named(said, read)[0], said[0])
