import cv2
import numpy as np
import pytest
from page import overlap, paper, ring, shaded

from realtime.glyph import Glyph
from realtime.segment import segment

ZERO = (300, 180, 340, 240)


def best(glyphs: list[Glyph], box: tuple[int, ...]) -> float:
    return max((overlap(glyph.xyxy, box) for glyph in glyphs), default=0.0)


def test_a_digit_is_found_where_it_stands():
    (seen,) = segment(ring(paper(), ZERO))
    assert len(seen.glyphs) == 1
    assert best(seen.glyphs, ZERO) > 0.8
    assert seen.ink.shape == (480, 640)
    assert seen.scale == 1


def test_light_on_dark_is_found_by_itself():
    (glyph,) = segment(ring(paper(shade=40), ZERO, pen=200))[0].glyphs
    assert overlap(glyph.xyxy, ZERO) > 0.8


@pytest.mark.parametrize("across", [0.0, 0.4, 0.7])
@pytest.mark.parametrize("vignette", [0.0, 0.6])
def test_uneven_light_leaves_no_trace(across, vignette):
    frame = paper((1280, 720))
    boxes = [(60 + 160 * i, 60 + 220 * j, 100 + 160 * i, 120 + 220 * j) for i in range(8) for j in range(3)]
    for box in boxes:
        ring(frame, box)
    glyphs = segment(shaded(frame, across, vignette))[0].glyphs
    assert len(glyphs) == len(boxes)
    assert min(best(glyphs, box) for box in boxes) > 0.7


def test_a_hard_shadow_edge_hides_no_digit():
    frame = paper((1280, 720))
    boxes = [(80 + 100 * i, 300, 130 + 100 * i, 370) for i in range(11)]
    for box in boxes:
        ring(frame, box)
    y, x = np.mgrid[:720, :1280]
    frame = np.where((x + y < 900)[..., None], frame, frame // 2)
    glyphs = segment(frame)[0].glyphs
    found = [box for box in boxes if best(glyphs, box) > 0.7]
    assert len(found) >= 10  # the shadow's edge runs through one


@pytest.mark.parametrize("height", [12, 20, 60, 200, 640])
@pytest.mark.parametrize("share", [0.04, 0.1, 0.2])
def test_digits_from_twelve_pixels_to_the_whole_frame(height, share):
    width = max(2 if height > 12 else 1, round(height * share))
    box = (500, 40, 500 + round(height * 0.7), 40 + height)
    assert best(segment(ring(paper((1280, 720)), box, width=width))[0].glyphs, box) > 0.5


@pytest.mark.parametrize("bgr", [(200, 60, 40), (60, 60, 200), (70, 150, 70)], ids=["blue", "red", "green"])
def test_coloured_ink_is_ink(bgr):
    frame = paper()
    cv2.ellipse(frame, (320, 210), (18, 28), 0, 0, 360, bgr, 4, cv2.LINE_AA)
    (glyph,) = segment(frame)[0].glyphs
    assert overlap(glyph.xyxy, ZERO) > 0.8


@pytest.mark.parametrize("shade", [5, 40, 128, 210, 250])
def test_an_empty_frame_has_no_glyph(shade):
    assert [glyph for seen in segment(paper(shade=shade)) for glyph in seen.glyphs] == []


@pytest.mark.parametrize("shade", [0, 128, 255])
def test_a_frame_of_one_colour_has_no_glyph(shade):
    assert [glyph for seen in segment(np.full((480, 640, 3), shade, np.uint8)) for glyph in seen.glyphs] == []


def test_noise_costs_no_more_than_the_limit():
    noise = np.random.default_rng(0).integers(0, 256, (720, 1280, 3), np.uint8)
    assert len(segment(noise)[0].glyphs) < 1200


@pytest.mark.parametrize("shape", [(1, 1), (1, 50), (50, 1), (2, 3), (5, 5), (16, 900)])
def test_in_tiny_frames_glyphs_stay_within_the_frame(shape):
    frame = np.random.default_rng(0).integers(0, 256, (*shape, 3), np.uint8)
    for seen in segment(frame):
        for glyph in seen.glyphs:
            x1, y1, x2, y2 = glyph.xyxy
            assert 0 <= x1 < x2 <= shape[1] and 0 <= y1 < y2 <= shape[0]


def test_a_large_photo_is_read_small_and_answered_large():
    frame = cv2.resize(ring(paper(), ZERO), (3840, 2880), interpolation=cv2.INTER_CUBIC)
    seen = segment(frame)[0]
    assert seen.ink.shape == (1440, 1920)
    assert best(seen.glyphs, tuple(6 * v for v in ZERO)) > 0.8


def test_digits_inside_a_drawn_box_are_found():
    frame = ring(paper(), ZERO)
    cv2.rectangle(frame, (250, 130), (400, 290), (60, 60, 60), 3)
    assert best(segment(frame)[0].glyphs, ZERO) > 0.8


def test_the_same_frame_gives_the_same_answer():
    frame = shaded(ring(paper(), ZERO))
    first, second = segment(frame)[0], segment(frame)[0]
    assert np.array_equal(first.ink, second.ink)
    assert [g.xyxy.tolist() for g in first.glyphs] == [g.xyxy.tolist() for g in second.glyphs]


def test_a_bright_sheet_in_the_dark_is_not_taken_for_a_pen_stroke():
    frame = paper((1280, 720), shade=30)
    frame[120:600, 250:1030] = paper((780, 480))
    boxes = [(300 + 110 * i, 200 + 130 * j, 340 + 110 * i, 260 + 130 * j) for i in range(6) for j in range(3)]
    for box in boxes:
        ring(frame, box)
    assert any(min(best(seen.glyphs, box) for box in boxes) > 0.7 for seen in segment(frame))


def test_where_it_cannot_be_told_whether_the_pen_is_light_both_answers_are_given():
    frame = paper((200, 450), shade=0, noise=0)
    cv2.circle(frame, (110, 330), 70, (200, 200, 200), 36)
    assert any(best(seen.glyphs, (22, 242, 198, 418)) > 0.8 for seen in segment(frame))
