"""What is committed in `samples/` is what the generator makes."""

from __future__ import annotations

import csv
import json

import cv2
import numpy as np
import pytest

from training import samples


def labels() -> list[dict[str, str]]:
    with open(samples.FOLDER / "labels.csv", newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


@pytest.mark.parametrize("sample", samples.SHEETS, ids=lambda sample: sample.file)
def test_a_sheet_is_what_the_generator_makes(sample: samples.Sample) -> None:
    scene = samples.sheet(sample)
    expected = samples.label(sample.file, scene.rows, sample.level, sample.notes)
    assert next(row for row in labels() if row["file"] == sample.file) == expected
    truth = json.loads((samples.FOLDER / "truth.json").read_text(encoding="utf-8"))[sample.file]
    assert [(d["digit"], tuple(d["xyxy"]), d["row"]) for d in truth] == [(d.label, d.xyxy, d.row) for d in scene.digits]
    shipped = cv2.imread(str(samples.FOLDER / sample.file))
    assert shipped.shape == scene.image.shape
    assert np.abs(shipped.astype(int) - scene.image).mean() < 4  # the JPEG differs a little


def test_the_clip_is_what_the_generator_makes() -> None:
    clip = samples.clip()
    assert [row for row in labels() if row["file"] == samples.CLIP] == samples.label_clip(clip)
    video = cv2.VideoCapture(str(samples.FOLDER / samples.CLIP))
    assert video.get(cv2.CAP_PROP_FPS) == clip.fps
    shipped = []
    while True:
        ok, image = video.read()
        if not ok:
            break
        shipped.append(image)
    video.release()
    assert len(shipped) == len(clip)
    for i in (0, 60, 140, 249):
        assert np.abs(shipped[i].astype(int) - clip[i].image).mean() < 4


def test_the_labels_have_the_columns_and_the_samples_are_small() -> None:
    assert tuple(labels()[0]) == samples.COLUMNS
    assert {row["file"] for row in labels()} == {samples.CLIP, *(sample.file for sample in samples.SHEETS)}
    sizes = {path.name: path.stat().st_size for path in samples.FOLDER.iterdir() if path.is_file()}
    assert sizes[samples.CLIP] < 4e6 and sum(sizes.values()) < 8e6


def test_a_folder_that_cannot_be_written_is_one_line(tmp_path, capsys) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("in the way")
    assert samples.main([str(blocked)]) == 1
    error = capsys.readouterr().err
    assert error.startswith("error:") and error.count("\n") == 1
