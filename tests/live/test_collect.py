"""A sheet of one's own digits is named by place and kept."""

from __future__ import annotations

import csv
from pathlib import Path

import cv2
import numpy as np
import pytest

from realtime import collect
from realtime.collect import main
from realtime.detections import Detections
from realtime.recognition.trace import Trace
from realtime.sinks.own_digits import read_digits
from realtime.sources.frame import Frame
from training.render.scenes import Scene, draw_sheet


def trace_of(rows: list[list[tuple[int, float]]]) -> Trace:
    """What a recogniser would give for rows of (digit read, confidence)."""
    boxes, probabilities = [], []
    for y, row in enumerate(rows):
        for x, (digit, confidence) in enumerate(row):
            boxes.append((40 * x, 60 * y, 40 * x + 20, 60 * y + 30))
            answer = np.full(11, (1 - confidence) / 10, np.float32)
            answer[digit] = confidence
            probabilities.append(answer)
    detections = Detections.from_probabilities(np.array(boxes), np.array(probabilities))
    crops = np.zeros((len(boxes), 28, 28), np.float32)
    return Trace(np.zeros((9, 9), np.uint8), detections.xyxy, crops, detections.probabilities, detections)


ROW = [(digit, 0.95) for digit in range(10)]


def test_a_whole_row_is_named_by_place_and_only_a_sure_contradiction_is_asked_about() -> None:
    doubtful, contradicted = ROW.copy(), ROW.copy()
    doubtful[7] = (1, 0.6)
    contradicted[4] = (9, 0.97)
    proposal = collect.propose(trace_of([ROW, doubtful, contradicted]))
    assert proposal.label.tolist() == [*range(10)] * 3
    assert proposal.whole == 3
    assert np.flatnonzero(~proposal.sure).tolist() == [24]
    assert proposal.index.tolist() == [*range(30)]


def test_a_missing_digit_does_not_shift_the_others_and_a_speck_is_no_digit() -> None:
    missing, speck = ROW[:3] + ROW[4:], [*ROW[:5], (1, 0.6), *ROW[5:]]
    proposal = collect.propose(trace_of([missing, speck]))
    assert proposal.label.tolist() == [0, 1, 2, 4, 5, 6, 7, 8, 9, *range(10)]
    assert proposal.index.tolist() == [*range(9), *range(9, 14), *range(15, 20)]
    assert proposal.whole == 0
    assert proposal.sure.all(), "each was read as what its place says"


def test_a_misread_digit_of_a_broken_row_is_asked_about() -> None:
    broken = ROW[:3] + ROW[4:]
    broken[7] = (3, 0.5)  # the 8
    proposal = collect.propose(trace_of([broken]))
    assert proposal.label.tolist() == [0, 1, 2, 4, 5, 6, 7, 8, 9]
    assert proposal.label[~proposal.sure].tolist() == [8]


def test_what_is_answered_is_kept_and_what_is_skipped_is_not(tmp_path: Path) -> None:
    row = ROW.copy()
    row[2], row[3] = (7, 0.99), (8, 0.99)
    trace = trace_of([row])
    asked: list[tuple[int, int]] = []

    def ask(_: np.ndarray, label: int, read: int) -> int | None:
        asked.append((label, read))
        return 7 if label == 2 else None

    look = np.full((60, 400, 3), 255, np.uint8), trace, collect.propose(trace)
    assert collect.keep(tmp_path, look, ask) == (9, 1)
    assert asked == [(2, 7), (3, 8)]
    with open(tmp_path / "labels.csv", newline="") as file:
        assert [int(line["label"]) for line in csv.DictReader(file)] == [0, 1, 7, 4, 5, 6, 7, 8, 9]


@pytest.mark.parametrize(
    ("typed", "answer"),
    [
        (
            [
                "",
            ],
            4,
        ),
        (["9"], 9),
        (["s"], None),
        (["what?", "12", "3"], 3),
        ([], None),
    ],
)
def test_the_answer_in_the_terminal(
    typed: list[str], answer: int | None, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    lines = iter(typed)

    def read_line(_: str) -> str:
        try:
            return next(lines)
        except StopIteration:
            raise EOFError from None

    monkeypatch.setattr("builtins.input", read_line)
    crop = np.zeros((28, 28), np.float32)
    crop[:, 14] = 1
    assert collect.ask_in_terminal(crop, 4, 9) == answer
    assert capsys.readouterr().out.splitlines()[0] == " " * 14 + "#" + " " * 13


def test_frames_are_looked_at_until_all_rows_have_held_still() -> None:
    one, both = trace_of([ROW]), trace_of([ROW, ROW])
    seen = iter([one, both, one, *[both] * 20])

    class Reader:
        def trace(self, _: np.ndarray) -> Trace:
            return next(seen)

    frames = [Frame(np.full((4, 4, 3), i, np.uint8), "camera 0", i, i / 30, False) for i in range(20)]
    shown: list[int] = []
    look = collect.best_look(frames, Reader(), 2, lambda result: not shown.append(result.frame.index))  # type: ignore
    assert look is not None and look[2].whole == 2
    assert look[0][0, 0, 0] == 1, "the first of the best"
    assert shown == list(range(7)), "the fifth in a row is not shown any more"

    seen = iter([one, both])
    look = collect.best_look(frames, Reader(), 2, lambda *_: False)  # type: ignore
    assert look is not None and look[2].whole == 1, "closing the window takes what there is"


@pytest.fixture(scope="module")
def sheet() -> Scene:
    return draw_sheet(np.random.default_rng(4), (1280, 960), "plain", 0.2, rows=["0123456789"] * 8)


@pytest.mark.usefixtures("no_display")
def test_a_photo_of_a_sheet_becomes_a_folder(
    sheet: Scene, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    photo, folder = tmp_path / "sheet.png", tmp_path / "mine"
    cv2.imwrite(str(photo), sheet.image)
    monkeypatch.setattr("builtins.input", lambda _: "s")
    assert main([str(photo), "--folder", str(folder), "--rows", "8"]) == 0
    assert f"personalize {folder}" in capsys.readouterr().out
    _, labels = read_digits(folder)
    assert len(labels) >= 72, "nearly all of the 80"
    middle = (sheet.xyxy[:, :2] + sheet.xyxy[:, 2:]) / 2
    with open(folder / "labels.csv", newline="") as file:
        for line in csv.DictReader(file):
            box = np.array([int(line[name]) for name in ("x1", "y1", "x2", "y2")])
            nearest = np.abs(middle - (box[:2] + box[2:]) / 2).sum(axis=1).argmin()
            assert int(line["label"]) == sheet.digits[nearest].label


@pytest.mark.usefixtures("no_display")
def test_a_picture_without_rows_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    cv2.imwrite(str(tmp_path / "blank.png"), np.full((300, 400, 3), 230, np.uint8))
    assert main([str(tmp_path / "blank.png"), "--folder", str(tmp_path / "mine")]) == 1
    assert "error: no row of digits was seen" in capsys.readouterr().err
    assert not (tmp_path / "mine").exists()


def test_a_source_that_cannot_be_had_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([str(tmp_path / "gone.jpg")]) == 1
    assert capsys.readouterr().err.startswith("error:")
