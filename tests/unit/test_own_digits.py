"""The folder of one's own digits."""

from __future__ import annotations

import csv
from pathlib import Path

import cv2
import numpy as np
import pytest

from realtime.glyphs.normalize import normalize
from realtime.sinks.own_digits import Added, OwnDigitsError, add_digits, read_digits, remove_digits


def strokes(n: int) -> np.ndarray:
    """`n` upright strokes, each thicker than the one before, as the network sees them."""
    crops = [np.full((40, 4 + 2 * i), 255, np.uint8) for i in range(n)]
    return normalize(crops)


def add(folder: Path, labels: list[int]) -> np.ndarray:
    n = len(labels)
    crops = strokes(n)
    boxes = np.arange(4 * n).reshape(n, 4)
    frame = np.full((60, 80, 3), 200, np.uint8)
    add_digits(folder, crops, labels, read=[7] * n, confidence=[0.5] * n, frame=frame, xyxy=boxes)
    return crops


def test_what_was_added_is_read_again(tmp_path: Path) -> None:
    crops = add(tmp_path / "mine", [1, 1, 7])
    add(tmp_path / "mine", [3])
    images, labels = read_digits(tmp_path / "mine")
    assert labels.tolist() == [1, 1, 7, 3]
    assert images.dtype == np.uint8
    np.testing.assert_allclose(images[:3] / 255, crops, atol=0.002)
    with open(tmp_path / "mine" / "labels.csv", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["frame"] for row in rows] == ["frames/00001.png"] * 3 + ["frames/00002.png"]
    assert rows[1]["read"] == "7" and rows[1]["confidence"] == "0.500"
    assert [rows[1][name] for name in ("x1", "y1", "x2", "y2")] == ["4", "5", "6", "7"]
    assert cv2.imread(str(tmp_path / "mine" / "frames" / "00001.png")).shape == (60, 80, 3)


def test_a_picture_thrown_away_by_hand_is_left_out_and_its_name_not_given_again(tmp_path: Path) -> None:
    add(tmp_path, [1, 2])
    (tmp_path / "crops" / "00001.png").unlink()
    add(tmp_path, [3])
    assert read_digits(tmp_path)[1].tolist() == [2, 3]


def test_a_crop_of_another_size_is_normalised(tmp_path: Path) -> None:
    add(tmp_path, [1])
    bar = np.zeros((50, 50), np.uint8)
    bar[5:45, 20:26] = 255
    cv2.imwrite(str(tmp_path / "crops" / "00001.png"), bar)
    np.testing.assert_allclose(read_digits(tmp_path)[0][0] / 255, normalize([bar])[0], atol=0.002)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (None, r"cannot read .*labels\.csv: No such file"),
        ("file,label\n", "names no picture"),
        ("file,label\ncrops/00001.png,12\n", "line 2: there must be a file and a label from 0 to 9"),
        ("file,label\ncrops/gone.png,1\n", "names no picture"),
        ("something else\n1\n", "line 2"),
        (b"\xff\xfe\x00", "cannot read"),
    ],
    ids=["none", "empty", "label 12", "no picture", "other columns", "no text"],
)
def test_a_folder_that_is_none_of_ours_is_refused(tmp_path: Path, text: str | bytes | None, message: str) -> None:
    if text is not None:
        (tmp_path / "labels.csv").write_bytes(text if isinstance(text, bytes) else text.encode())
    with pytest.raises(OwnDigitsError, match=message):
        read_digits(tmp_path)


def test_a_folder_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(OwnDigitsError, match="cannot write to"):
        add(tmp_path / "file", [1])


def test_what_is_no_digit_has_a_label_of_its_own(tmp_path: Path) -> None:
    add(tmp_path, [4, 10])
    assert read_digits(tmp_path)[1].tolist() == [4, 10]
    assert (tmp_path / "labels.csv").read_text().splitlines()[2].startswith("crops/00002.png,x,")


def test_an_editor_that_ends_no_line_does_no_harm(tmp_path: Path) -> None:
    add(tmp_path, [4])
    labels = tmp_path / "labels.csv"
    labels.write_text(labels.read_text().rstrip("\n"))
    add(tmp_path, [5])
    assert read_digits(tmp_path)[1].tolist() == [4, 5]


def test_a_write_that_fails_half_way_leaves_no_row(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    add(tmp_path, [4])
    written = iter([True, True, False])  # the frame and one of two crops
    monkeypatch.setattr(cv2, "imwrite", lambda *_: next(written))
    with pytest.raises(OwnDigitsError, match="cannot be written"):
        add(tmp_path, [5, 6])
    assert len((tmp_path / "labels.csv").read_text().splitlines()) == 2


def files_in(folder: Path) -> set[str]:
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}


def added(folder: Path, labels: list[int]) -> Added:
    n = len(labels)
    frame, boxes = np.full((60, 80, 3), 200, np.uint8), np.zeros((n, 4), np.int64)
    return add_digits(folder, strokes(n), labels, read=[7] * n, confidence=[0.5] * n, frame=frame, xyxy=boxes)


def test_what_was_added_last_is_removed_again_and_nothing_else(tmp_path: Path) -> None:
    added(tmp_path, [4, 5])
    before, text = files_in(tmp_path), (tmp_path / "labels.csv").read_text()
    last = added(tmp_path, [6, 7, 8])
    assert len(last) == 3 and remove_digits(tmp_path, last) == 3
    assert files_in(tmp_path) == before and (tmp_path / "labels.csv").read_text() == text
    assert remove_digits(tmp_path, last) == 0, "once is enough"


def test_a_folder_is_empty_when_all_is_taken_back(tmp_path: Path) -> None:
    only = added(tmp_path, [4])
    assert remove_digits(tmp_path, only) == 1 and files_in(tmp_path) == set()
    assert remove_digits(tmp_path, only) == 0, "no list any more"


def test_a_row_put_right_by_hand_stays_with_its_pictures(tmp_path: Path) -> None:
    last = added(tmp_path, [4, 5])
    labels = tmp_path / "labels.csv"
    labels.write_bytes(labels.read_bytes().replace(b"00001.png,4,", b"00001.png,9,").replace(b"\n", b"\r\n"))
    assert remove_digits(tmp_path, last) == 1
    assert read_digits(tmp_path)[1].tolist() == [9]
    assert files_in(tmp_path) == {"labels.csv", "crops/00001.png", "frames/00001.png"}


def test_a_list_that_cannot_be_exchanged_keeps_its_pictures(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    added(tmp_path, [4])
    last = added(tmp_path, [5])
    before = files_in(tmp_path)

    def refuse(*_: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("os.replace", refuse)
    with pytest.raises(OwnDigitsError, match="Permission denied"):
        remove_digits(tmp_path, last)
    assert files_in(tmp_path) == before and read_digits(tmp_path)[1].tolist() == [4, 5]
