from __future__ import annotations

import cv2
import numpy as np

from realtime.ink.bodies import find
from realtime.ink.eye import Seen
from realtime.ink.network import Maps
from realtime.ink.rows import read_row
from realtime.ink.surroundings import unclaimed

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


def test_a_reader_of_rows_parts_what_touches():
    crop = np.zeros((40, 100), np.uint8)
    crop[5:35, 5:40] = crop[5:35, 50:95] = 255
    one = np.ones(1, np.float32)
    seen = Seen(
        blank(),
        [],
        np.array([[20, 30, 220, 110]], np.int32),
        [crop],
        one,
        one,
        100 * one,
        np.array([-1]),
        np.zeros((1, 3)),
    )
    parted = read_row(seen, lambda row: (np.array([22.0, 72.0]), np.zeros((2, 11))))
    assert parted.whole.tolist() == [-1, 0, 0] and len(parted.crops) == 3
    assert parted.xyxy[1:].tolist() == [[30, 40, 100, 100], [120, 40, 210, 100]]
    assert read_row(seen, lambda row: (np.array([50.0]), np.zeros((1, 11)))) is seen
