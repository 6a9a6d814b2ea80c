from __future__ import annotations

import json
from collections import Counter

import cv2
import numpy as np
import pytest

from benchmarks import accuracy, generated, labelled, moving
from benchmarks.contact_sheet import COLUMNS, PANEL, Failure, contact_sheet, views
from benchmarks.failures import compare_by_boxes, compare_by_rows
from realtime.detections import CLASSES, NOT_A_DIGIT, Detections
from realtime.layout.arrange import arrange
from realtime.recognition.trace import Trace
from training.render.clips import draw_clip
from training.render.scenes import Digit, Other, Scene, draw_sheet


def probabilities(digits: list[int], sure: float = 0.9) -> np.ndarray:
    rows = np.full((len(digits), CLASSES), (1 - sure) / (CLASSES - 1), np.float32)
    rows[np.arange(len(digits)), digits] = sure
    return rows


def traced(boxes: list[tuple[int, int, int, int]], digits: list[int], shown: list[int] | None = None) -> Trace:
    """A trace whose glyphs have these boxes and likeliest classes; only those with the numbers in `shown` are kept."""
    glyphs, said = np.array(boxes, np.int32).reshape(-1, 4), probabilities(digits)
    kept = list(range(len(boxes))) if shown is None else shown
    ink = np.zeros((100, 200), np.uint8)
    crops = np.zeros((len(boxes), 28, 28), np.float32)
    return Trace(ink, glyphs, crops, said, Detections.from_probabilities(glyphs, said)[kept])


def scene(digits: list[tuple[int, tuple[int, int, int, int]]], others: list[Other] | None = None) -> Scene:
    written = [Digit(label, box, 0, i) for i, (label, box) in enumerate(digits)]
    rows = ["".join(str(label) for label, _ in digits)] if digits else []
    return Scene(np.full((200, 400, 3), 255, np.uint8), written, rows, "own", others=others or [])


A, B, C = (10, 50, 40, 100), (42, 50, 72, 100), (110, 50, 140, 100)
BOTH = (10, 50, 72, 100)


def causes(compared) -> list[tuple[str, str, str]]:
    return [(failure.cause, failure.meant, failure.read) for failure in compared.failures]


def test_right_and_misread_digits_are_told_apart_by_their_boxes():
    compared = compare_by_boxes(scene([(1, A), (2, C)]), traced([C, A], [7, 1]), "x")
    assert compared.hits == 1
    assert causes(compared) == [("misread", "2", "7")]
    assert compared.right == [False, True]


@pytest.mark.parametrize(
    ("boxes", "classes", "shown", "cause", "read"),
    [
        ([A, B], [1, 2], [0], "seen as a digit, but not kept", "2"),
        ([A, B], [1, NOT_A_DIGIT], [0], "taken for no digit", "0"),
        ([A], [1], [0], "no glyph there", ""),
        ([A, (42, 50, 60, 60)], [1, NOT_A_DIGIT], [0], "fell to pieces", "0"),
        ([A, (42, 50, 72, 73)], [1, 4], [0, 1], "only a part of it read", "4"),
        ([A, (40, 10, 200, 190)], [1, NOT_A_DIGIT], [0], "hangs together with something", "0"),
    ],
)
def test_a_missed_digit_has_a_cause(boxes, classes, shown, cause, read):
    compared = compare_by_boxes(scene([(1, A), (2, B)]), traced(boxes, classes, shown), "x")
    assert compared.hits == 1
    assert causes(compared) == [(cause, "2", read)]


def test_digits_that_were_not_cut_apart():
    together = compare_by_boxes(scene([(1, A), (2, B)]), traced([BOTH], [NOT_A_DIGIT], []), "x")
    assert causes(together) == [("not cut from another digit", digit, "0") for digit in "12"]
    as_one = compare_by_boxes(scene([(1, A), (2, B)]), traced([BOTH], [4]), "x")
    assert {cause for cause, _, _ in causes(as_one)} == {"two digits read as one"}
    assert as_one.right == [False]


def test_what_is_invented_is_told_by_what_stands_there():
    others = [
        Other("word", "tea", (100, 10, 180, 60)),
        Other("drawing", "heart", (200, 10, 240, 60)),
        Other("mark", "box", (0, 0, 399, 199)),
    ]
    boxes = [(105, 15, 125, 55), (205, 15, 235, 55), (300, 100, 330, 150)]
    compared = compare_by_boxes(scene([], others), traced(boxes, [7, 0, 1]), "x")
    assert compared.fooled == Counter(letter=1, drawing=1, mark=1)
    nothing = compare_by_boxes(scene([]), traced(boxes[:1], [7]), "x")
    assert causes(nothing) == [("clutter read as a digit", "", "7")]


def by_rows(want: list[str], trace: Trace, ordered: bool = True) -> list[Failure]:
    shown, frame = trace.detections, np.zeros((200, 400, 3), np.uint8)
    return compare_by_rows(want, ordered, shown, arrange(shown), frame, trace, "x")


def test_without_boxes_the_rows_tell_what_is_wrong():
    trace = traced([A, B, C], [1, NOT_A_DIGIT, 3], [0, 2])
    assert by_rows(["13"], trace) == []
    (missed,) = by_rows(["123"], trace)
    assert (missed.cause, missed.meant) == ("missed: taken for no digit", "2")
    assert missed.crop is not None, "the glyph between its neighbours is shown"
    (misread,) = by_rows(["18"], trace)
    assert (misread.kind, misread.meant, misread.read) == ("misread", "8", "3")
    (invented,) = by_rows(["1"], trace)
    assert (invented.kind, invented.read) == ("invented", "3")


def test_scattered_digits_are_compared_by_their_numbers():
    trace = traced([A, C], [1, 3])
    assert by_rows(["31"], trace, ordered=False) == []
    (misread,) = by_rows(["3", "7"], trace, ordered=False)
    assert (misread.kind, misread.meant, misread.read) == ("misread", "7", "1")
    (missed,) = by_rows(["135"], trace, ordered=False)
    assert (missed.kind, missed.meant) == ("missed", "5")


def test_a_box_at_the_edge_is_shown_with_what_there_is():
    frame, ink = np.full((60, 80, 3), 200, np.uint8), np.full((30, 40), 50, np.uint8)
    picture, part = views(frame, ink, np.array([-5, 40, 20, 70]))
    assert picture.shape == (PANEL, PANEL, 3) and part.shape == (PANEL, PANEL)
    assert (part == 50).any() and (part == 190).any()


def test_the_contact_sheet_shows_every_failure():
    blank = np.full((PANEL, PANEL, 3), 128, np.uint8)
    bright = np.ones((28, 28), np.float32)
    failures = [
        Failure("misread", "misread", "a" * 200, "7", 0.93, "1", blank, blank[..., 0], bright)
        for _ in range(COLUMNS + 1)
    ]
    one = contact_sheet([], "nothing wrong")
    sheet = contact_sheet(failures, "six")
    assert sheet.shape[1] == one.shape[1] and sheet.shape[2] == 3
    white = cv2.connectedComponentsWithStats((sheet == 255).all(axis=2).astype(np.uint8))[2][1:]
    assert (white[:, cv2.CC_STAT_AREA] == PANEL * PANEL).sum() == len(failures)


def test_two_generated_sheets_are_read_and_reported(monkeypatch, tmp_path, capsys):
    monkeypatch.setattr(generated, "SHEETS", 2)
    sheet, figures = tmp_path / "new" / "sheet.png", tmp_path / "figures.json"
    argv = ["--only", "sheets", "--processes", "1", "--contact-sheet", str(sheet), "--json", str(figures)]
    assert accuracy.main(argv) == 0
    written = json.loads(figures.read_text())["hard sheets"]
    total = written["by_difficulty"]["all"]
    truth = [generated.hard_sheet(i) for i in range(2)]
    assert total["frames"] == 2 and total["digits"] == sum(len(scene.digits) for scene in truth)
    assert sum(part["count"] for part in written["reliability"]) == round(
        total["digits"] - total["missed"] + total["false"]
    )
    assert f"contact sheet: {sheet}" in capsys.readouterr().out
    assert cv2.imread(str(sheet)).shape[1] > 1000


def test_a_labelled_folder_is_read_and_a_broken_file_counts(tmp_path, capsys):
    drawn = draw_sheet(np.random.default_rng(3), (960, 720), "plain", 0.1, ["31 42", "7"])
    cv2.imwrite(str(tmp_path / "good.png"), drawn.image)
    (tmp_path / "bad.png").write_bytes(b"no picture")
    (tmp_path / "labels.csv").write_text(
        "file,rows,ordered,difficulty,first,last,notes\ngood.png,3142|7,1,easy,,,\nbad.png,88,1,hard,,,\n"
    )
    figures = tmp_path / "figures.json"
    argv = [str(tmp_path), "--processes", "1", "--contact-sheet", str(tmp_path / "sheet.png"), "--json", str(figures)]
    assert accuracy.main(argv) == 0
    table = json.loads(figures.read_text())[str(tmp_path)]["by_difficulty"]
    assert table["easy"]["f1"] == table["easy"]["rows_exact"] == 1
    assert table["hard"]["recall"] == 0 and table["hard"]["missed"] == 2
    assert "bad.png" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("text", "message"),
    [(None, "No such file"), ("file,rows\na.png,1\n", "no column ordered, difficulty, first, last")],
)
def test_labels_that_cannot_be_used_are_one_line(text, message, tmp_path, capsys):
    path = tmp_path / "labels.csv"
    if text is not None:
        path.write_text(text)
    assert accuracy.main([str(path)]) == 1
    error = capsys.readouterr().err
    assert error.startswith("error: ") and message in error and error.count("\n") == 1


def test_labels_name_scenes_of_videos_and_forget_spaces(tmp_path):
    lines = ["file,rows,ordered,difficulty,first,last,notes", "a.mp4,,1,easy,0,9,", "a.mp4,12 3|4,0,hard,10,20,x"]
    (tmp_path / "labels.csv").write_text("\n".join(lines))
    (file,) = labelled.read_labels(tmp_path)
    assert file.path == tmp_path / "a.mp4"
    assert file.scenes == (labelled.Scene((), True, "easy", 0, 9), labelled.Scene(("123", "4"), False, "hard", 10, 20))


def watched(wrong_from: int | None = None) -> moving.Result:
    """A short clip watched by a perfect recogniser, which takes the first digit for another from some frame on."""
    clip = draw_clip(np.random.default_rng(4), 4, 10, (320, 240), rows=["12 3"], story=())
    judge = moving.Judge(clip, "clip")
    for i in range(len(clip)):
        digits = [digit for digit in clip.truth(i)[0] if digit.visible == 1]
        labels = [digit.label for digit in digits]
        if wrong_from is not None and i >= wrong_from and digits and digits[0].index == 0:
            labels[0] = 9
        boxes = np.array([digit.xyxy for digit in digits], np.int32).reshape(-1, 4)
        shown = Detections.from_probabilities(boxes, probabilities(labels))
        numbered = Detections(
            shown.xyxy, shown.digit, shown.confidence, shown.probabilities, np.array([d.index for d in digits], int)
        )
        frame = np.zeros((240, 320, 3), np.uint8)
        judge(
            i, frame, Trace(frame[..., 0], boxes, np.zeros((len(boxes), 28, 28)), shown.probabilities, shown), numbered
        )
    return judge.finish()


def test_a_clip_that_is_read_perfectly_has_no_failures():
    result = watched()
    assert result.held > 8 and result.right == result.exact == result.held
    assert result.label_changes == result.track_changes == 0 and not result.failures


def test_a_label_that_flips_is_seen():
    result = watched(wrong_from=20)
    assert 0 < result.right < result.held
    assert result.label_changes == 1 and result.track_changes == 0
    (failure,) = result.failures
    assert (failure.kind, failure.meant, failure.read) == ("misread", "1", "9") and failure.times > 1


def test_one_reading_is_right_but_for_its_spaces():
    result = moving.Result("clip", wanted=["12 3"], readings=[["123"]])
    assert result.one_reading
    result.readings.append(["123"])
    assert not result.one_reading
