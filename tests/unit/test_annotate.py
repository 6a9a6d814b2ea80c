from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from realtime.detections import Detections
from realtime.drawing.annotate import annotate, draw_boxes
from realtime.drawing.caption import HEIGHTS, row_width, settings
from realtime.drawing.free_space import FreeSpace
from realtime.drawing.labels import place_labels
from realtime.drawing.primitives import BLUE, GREY, WHITE
from realtime.layout.arrange import arrange

PAPER = 200


def sheet(width: int = 640, height: int = 480, level: int = PAPER) -> np.ndarray:
    return np.full((height, width, 3), level, np.uint8)


def digits(*boxes: tuple[int, int, int, int], confidence: float = 0.99) -> Detections:
    probabilities = np.full((len(boxes), 11), (1 - confidence) / 10, np.float32)
    probabilities[np.arange(len(boxes)), np.arange(len(boxes)) % 10] = confidence
    return Detections.from_probabilities(np.array(boxes, np.int32).reshape(-1, 4), probabilities)


def grid(
    columns: int, rows: int, step: tuple[int, int], size: tuple[int, int], left: int = 60, top: int = 60
) -> Detections:
    boxes = [
        (left + x * step[0], top + y * step[1], left + x * step[0] + size[0], top + y * step[1] + size[1])
        for y in range(rows)
        for x in range(columns)
    ]
    return digits(*boxes)


def changed(before: np.ndarray, after: np.ndarray) -> np.ndarray:
    """`(H, W) bool`: where two pictures differ."""
    return (before != after).any(axis=2)


def inside(mask: np.ndarray, box: np.ndarray) -> np.ndarray:
    x1, y1, x2, y2 = box
    return mask[max(0, y1) : y2, max(0, x1) : x2]


def overlap(a: np.ndarray, b: np.ndarray) -> int:
    w = min(a[2], b[2]) - max(a[0], b[0])
    h = min(a[3], b[3]) - max(a[1], b[1])
    return max(0, w) * max(0, h)


def label_boxes(detections: Detections, size: tuple[int, int], width: int, height: int) -> np.ndarray:
    sizes = np.tile(size, (len(detections), 1, 1))
    space = FreeSpace(detections.xyxy, width, height)
    variants, boxes = place_labels(detections.xyxy, sizes, space, width, height)
    assert (variants == 0).all(), "there is room for each"
    return boxes


def test_the_frame_stays_and_the_picture_is_like_it():
    frame = sheet()
    picture = annotate(frame, digits((100, 100, 140, 160)), numbers=True)
    assert (frame == PAPER).all()
    assert picture.shape == frame.shape and picture.dtype == np.uint8
    assert picture is not frame


def test_nothing_read_nothing_drawn():
    frame = sheet()
    detections = Detections.empty()
    assert (annotate(frame, detections, arrange(detections), numbers=True) == frame).all()


@pytest.mark.parametrize("level", [0, 255])
def test_the_digit_itself_stays_free_and_its_surroundings_tell_it(level):
    frame = sheet(level=level)
    box = (300, 200, 360, 290)
    drawn = changed(frame, annotate(frame, digits(box)))
    assert not inside(drawn, np.array(box)).any()
    x1, y1, x2, y2 = box
    above = inside(drawn, np.array((x1, y1 - 60, x2, y1 - 4)))
    assert above.sum() > 200, "a label stands above"
    assert drawn[y1:y2, x1 - 6 : x1].any() and drawn[y1:y2, x2 : x2 + 6].any(), "a box stands around"
    assert drawn.mean() < 0.05


def test_a_dense_sheet_keeps_all_its_digits_free():
    frame, detections = sheet(1280, 720), grid(12, 6, (95, 100), (50, 64))
    drawn = changed(frame, annotate(frame, detections))
    for box in detections.xyxy:
        assert not inside(drawn, box).any()


@pytest.mark.parametrize("size", [(640, 480), (1280, 720), (3840, 2160)])
@pytest.mark.parametrize("confidence", [0.99, 0.6])
def test_where_there_is_no_room_a_label_is_smaller_or_left_out(size, confidence):
    rng = np.random.default_rng(3)
    width, height = size
    corners = rng.integers(0, (width - 30, height - 40), (300, 2))
    detections = digits(*np.concatenate([corners, corners + rng.integers(8, 40, (300, 2))], axis=1).tolist())
    detections = replace(detections, confidence=np.full(300, confidence, np.float32))
    layout = arrange(detections)
    bare = sheet(width, height)
    draw_boxes(bare, detections, np.ones(300, bool))
    drawn = changed(bare, annotate(sheet(width, height), detections, layout))
    assert drawn.any(), "some have room"
    assert not any(inside(drawn, box).any() for box in detections.xyxy)


def test_a_reading_that_has_no_place_is_left_out():
    frame, detections = sheet(), digits((4, 4, 636, 476))
    assert not inside(changed(frame, annotate(frame, detections, caption=["1"])), detections.xyxy[0]).any()


def test_the_label_grows_with_the_frame():
    def area(scale: int) -> float:
        frame = sheet(640 * scale, 480 * scale)
        box = np.array((300, 200, 360, 290)) * scale
        return changed(frame, annotate(frame, digits(tuple(box)))).mean()

    assert area(4) == pytest.approx(area(1), rel=0.35)


def test_doubt_is_seen():
    frame = sheet()
    box = (300, 200, 360, 290)
    sure, unsure, hardly = (annotate(frame, digits(box, confidence=c)) for c in (0.99, 0.8, 0.51))
    edge = (240, 297)
    assert tuple(sure[edge]) == BLUE
    assert tuple(unsure[edge]) != BLUE

    def strength(picture: np.ndarray) -> float:
        return float(np.abs(picture[edge].astype(int) - PAPER).sum())

    assert strength(hardly) < strength(unsure) < strength(sure)


@pytest.mark.parametrize("size", [(640, 480), (3840, 2160)])
@pytest.mark.parametrize("level", [0, 250])
def test_the_label_of_a_doubtful_digit_pales_but_can_be_read(level, size):
    width, height = size
    box = (width // 4, height // 4, width // 4 + height // 10, height // 2)
    picture = annotate(sheet(width, height, level), digits(box, confidence=0.5), caption=[])
    label = picture[: box[1] - height // 100, box[0] - height // 40 : box[2] + height // 40].astype(int)
    plate = label[(abs(label[..., 2] - label[..., 0]) > 60)]  # orange
    assert (label.min(axis=2) == 255).sum() > 0.04 * len(plate), "white text on every paper"
    assert np.median(plate[:, 1]) < 150, "which stands out from its plate"


def test_labels_stand_above_but_below_at_the_upper_edge():
    labels = label_boxes(digits((100, 200, 140, 260), (300, 2, 340, 60)), (20, 26), 640, 480)
    assert labels[0, 3] <= 200 and labels[1, 1] >= 60
    middle = (labels[:, 0] + labels[:, 2]) / 2
    np.testing.assert_allclose(middle, [120, 320], atol=1)


def test_labels_keep_off_other_digits_and_off_one_another():
    # Rows so near that there is no room between them, but beside.
    detections = grid(6, 4, (90, 62), (30, 58))
    labels = label_boxes(detections, (22, 26), 640, 480)
    for i, label in enumerate(labels):
        assert sum(overlap(label, box) for box in detections.xyxy) == 0
        assert sum(overlap(label, other) for k, other in enumerate(labels) if k != i) == 0


def test_labels_stay_in_the_picture():
    corners = digits((0, 0, 30, 40), (610, 0, 640, 40), (0, 440, 30, 480), (610, 440, 640, 480), (-5, 200, 20, 240))
    labels = label_boxes(corners, (60, 30), 640, 480)
    assert (labels[:, :2] >= 0).all() and (labels[:, 2:] <= (640, 480)).all()


def test_the_reading_stands_at_the_bottom():
    frame = sheet()
    detections = digits((100, 100, 140, 160), (150, 100, 190, 160))
    drawn = changed(frame, annotate(frame, detections, arrange(detections)))
    assert drawn[400:].sum() > 3000
    assert not drawn[200:360].any()


def test_the_reading_goes_to_the_top_where_digits_stand_at_the_bottom():
    frame = sheet()
    detections = digits((280, 390, 320, 470), (330, 390, 370, 470))
    drawn = changed(frame, annotate(frame, detections, arrange(detections)))
    assert drawn[:100].sum() > 3000
    for box in detections.xyxy:
        assert not inside(drawn, box).any()


def test_the_reading_shrinks_where_digits_stand_at_both_ends():
    frame = sheet()
    detections = digits((280, 46, 320, 120), (280, 360, 320, 434))
    drawn = changed(frame, annotate(frame, detections, arrange(detections)))
    for box in detections.xyxy:
        assert not inside(drawn, box).any()
    assert drawn[440:].sum() > 500


def test_a_reading_may_be_given_and_is_grey_until_it_is_settled():
    frame = sheet(level=0)
    settled = annotate(frame, Detections.empty(), caption=["12"])
    unsettled = annotate(frame, Detections.empty(), caption=["12"], settled=False)
    assert settled.max(axis=(0, 1)).tolist() == list(WHITE)
    assert unsettled.max(axis=(0, 1)).tolist() == list(GREY)


@pytest.mark.parametrize("size", [(64, 48), (480, 640), (640, 480), (3840, 2160)])
@pytest.mark.parametrize(
    "lines", [["7"], ["0522 1859", "7"], ["1234567890" * 9], [str(i) * 8 for i in range(9)] * 9], ids=len
)
def test_every_reading_is_set_so_that_it_fits(lines, size):
    width, height = size
    ways = list(settings(lines, width, height))
    assert ways
    for rows, digit_height in ways:
        assert max(row_width(row, digit_height) for row in rows) <= width or digit_height == 5
        assert len(rows) * digit_height < height
    shown = " / ".join(ways[-1][0])
    assert shown == " / ".join(lines) or shown.endswith("..."), "whole, or it says that it is cut"


def test_a_short_reading_is_large():
    rows, digit_height = next(iter(settings(["42"], 1280, 720)))
    assert rows == ["42"] and digit_height == round(720 * HEIGHTS[0])


def test_numbers_and_rows_are_framed():
    frame = sheet(1280, 720)
    detections = digits((300, 200, 330, 260), (340, 200, 370, 260), (640, 200, 670, 260), (300, 400, 330, 460))
    layout = arrange(detections)
    assert layout.lines == ["01 2", "3"]
    plain, framed = annotate(frame, detections, layout), annotate(frame, detections, layout, numbers=True)
    extra = changed(plain, framed)
    assert extra[180:280, 280:400].any() and extra[180:280, 620:700].any()
    assert not extra[180:280, 420:600].any(), "the gap between two numbers stays free"
    assert extra[200:260, 200:285].sum() > 300 and extra[400:460, 200:285].sum() > 300, "each row has its place written"
    for box in detections.xyxy:
        assert not inside(changed(frame, framed), box).any()


def test_the_frame_around_a_tilted_number_is_tilted():
    frame = sheet(1280, 720)
    detections = digits(*[(200 + 60 * i, 200 + 30 * i, 240 + 60 * i, 250 + 30 * i) for i in range(10)])
    layout = arrange(detections)
    assert layout.lines == ["0123456789"]
    framed = changed(frame, annotate(frame, detections, layout, caption=[], numbers=True))
    assert not framed[400:500, 200:400].any() and not framed[200:300, 600:800].any()


@pytest.mark.parametrize("size", [(1, 1), (8, 8), (20, 300), (300, 20)])
def test_tiny_frames_and_boxes_beyond_the_edge_do_no_harm(size):
    frame = sheet(*size)
    detections = digits((0, 0, size[0], size[1]), (-50, -50, 400, 400), confidence=0.7)
    before = frame.copy()
    picture = annotate(frame, detections, arrange(detections), numbers=True)
    assert picture.shape == frame.shape and changed(frame, picture).any()
    assert np.array_equal(frame, before)


BEYOND = {
    "right": (650, 100, 700, 150),
    "below": (100, 490, 150, 540),
    "left": (-60, 100, -10, 150),
    "above": (100, -60, 150, -10),
    "corner": (-60, -60, -10, -10),
    "far": (10_000, 10_000, 10_050, 10_050),
}


@pytest.mark.parametrize("confidence", [0.99, 0.89, 0.7, 0.5, 0.1])
@pytest.mark.parametrize("where", BEYOND)
def test_of_a_digit_beyond_the_frame_nothing_is_drawn(where, confidence):
    frame = sheet(640, 480)
    detections = digits(BEYOND[where], confidence=confidence)
    assert not changed(frame, annotate(frame, detections, arrange(detections), caption=[], numbers=True)).any()


@pytest.mark.parametrize("confidence", [0.99, 0.7])
@pytest.mark.parametrize("box", [(-30, 100, 30, 180), (610, 100, 670, 180), (100, -30, 150, 40), (100, 440, 150, 510)])
def test_of_a_digit_that_an_edge_cuts_the_part_within_is_drawn(box, confidence):
    frame = sheet(640, 480)
    detections = digits(box, confidence=confidence)
    drawn = changed(frame, annotate(frame, detections, arrange(detections), caption=[], numbers=True))
    assert drawn.any() and not inside(drawn, np.clip(box, 2, [638, 478, 638, 478])).all()


def test_a_hundred_boxes_on_one_spot_are_drawn():
    drawn = changed(sheet(), annotate(sheet(), digits(*[(100, 100, 140, 160)] * 100, confidence=0.6), caption=[]))
    assert drawn[100:160, 92:100].any() and drawn[100:160, 140:148].any(), "the box"
    assert not inside(drawn, np.array((0, 300, 640, 480))).any(), "no label is pushed far away"
