from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from realtime.detections import NOT_A_DIGIT
from realtime.glyphs.normalize import normalize
from training.data.sources import (
    TEST,
    TRAIN,
    VALIDATION,
    DataError,
    read_digits,
    read_mnist,
    read_nondigits,
    read_rendered,
    split,
)


def test_parts_have_the_shares_they_should_and_do_not_hang_on_the_order() -> None:
    rng = np.random.default_rng(0)
    images = rng.integers(0, 256, (4000, 28, 28)).astype(np.uint8)
    part = split(images)
    shares = np.bincount(part, minlength=3) / len(part)
    assert shares == pytest.approx([0.85, 0.05, 0.10], abs=0.02)
    order = rng.permutation(len(images))[:3000]
    np.testing.assert_array_equal(split(images[order]), part[order])


def test_mnist_keeps_its_own_test_part_and_validates_on_the_last_5000(tmp_path: Path) -> None:
    labels = np.random.default_rng(0).integers(0, 10, 5650)
    path, blank = tmp_path / "mnist.npz", np.zeros((5650, 28, 28), np.uint8)
    np.savez(path, x_train=blank[50:], y_train=labels[50:], x_test=blank[:50], y_test=labels[:50])
    (mnist,) = read_mnist(path).sources
    for part, first, last in ((TRAIN, 50, 650), (VALIDATION, 650, 5650), (TEST, 0, 50)):
        np.testing.assert_array_equal(mnist.take(part)[1], labels[first:last])


def test_a_few_of_mnist_are_the_first_to_learn_from_and_all_to_measure_with(mnist_file: Path) -> None:
    (whole,), (few,) = read_mnist(mnist_file).sources, read_mnist(mnist_file, most=100).sources
    np.testing.assert_array_equal(few.take(TRAIN)[0], whole.take(TRAIN)[0][:100])
    for part in (VALIDATION, TEST):
        np.testing.assert_array_equal(few.take(part)[0], whole.take(part)[0])
        np.testing.assert_array_equal(few.take(part)[1], whole.take(part)[1])
    np.testing.assert_array_equal(read_mnist(mnist_file, most=10**6).sources[0].images, whole.images)


def test_images_are_normalised_as_the_live_loop_does_it(tmp_path: Path) -> None:
    small = np.zeros((1, 28, 28), np.uint8)
    small[0, 2:8, 3:5] = 200
    np.savez(tmp_path / "a.npz", images=small, labels=np.array([1]))
    (source,) = read_digits(tmp_path / "a.npz").sources
    np.testing.assert_allclose(source.images / 255, normalize(list(small)), atol=0.002)
    assert source.images.max() == 255
    assert np.ptp(np.flatnonzero(source.images[0].any(axis=1))) == 19


def test_sources_of_a_file_are_told_apart(digits_file: Path) -> None:
    file = read_digits(digits_file)
    assert [(source.name, len(source.labels)) for source in file.sources] == [("ours", 200), ("theirs", 100)]
    assert all(source.digits for source in file.sources)


def test_a_file_is_known_by_what_is_in_it_not_by_its_name(digits_file: Path, tmp_path: Path) -> None:
    with np.load(digits_file) as file:
        np.savez_compressed(tmp_path / "other.npz", images=file["images"], labels=file["labels"])
        np.savez(tmp_path / "changed.npz", images=file["images"], labels=(file["labels"] + 1) % 10)
    digest = read_digits(digits_file).sha256
    assert read_digits(tmp_path / "other.npz").sha256 == digest
    assert read_digits(tmp_path / "changed.npz").sha256 != digest


def test_nondigits_that_look_like_digits_are_left_out(tmp_path: Path) -> None:
    images = np.random.default_rng(0).integers(0, 256, (3, 28, 28)).astype(np.uint8)
    np.savez(tmp_path / "n.npz", images=images, names=np.array(["A", "Latin/character15", "Latin/character11"]))
    (source,) = read_nondigits(tmp_path / "n.npz").sources
    assert source.name == "not n"
    assert source.labels.tolist() == [NOT_A_DIGIT, NOT_A_DIGIT]
    assert not source.digits


def test_rendered_glyphs_are_taken_as_they_are(tmp_path: Path) -> None:
    images = np.random.default_rng(0).integers(0, 256, (11, 28, 28)).astype(np.uint8)
    np.savez(tmp_path / "r.npz", images=images, labels=np.arange(11))
    (source,) = read_rendered(tmp_path / "r.npz").sources
    np.testing.assert_array_equal(source.images, images)
    np.testing.assert_array_equal(source.labels, np.arange(11))


@pytest.mark.parametrize(
    ("arrays", "message"),
    [
        ({"images": np.zeros((2, 28, 28), np.uint8)}, "there must be arrays images, labels"),
        ({"images": np.zeros((2, 32, 32), np.uint8), "labels": np.zeros(2, int)}, r"\(n, 28, 28\) uint8, got \(2, 32"),
        ({"images": np.zeros((2, 28, 28)), "labels": np.zeros(2, int)}, "float64"),
        ({"images": np.zeros((0, 28, 28), np.uint8), "labels": np.zeros(0, int)}, r"got \(0, 28, 28\)"),
        ({"images": np.zeros((2, 28, 28), np.uint8), "labels": np.array([1, 10])}, "0 to 9"),
        ({"images": np.zeros((2, 28, 28), np.uint8), "labels": np.array([0.5, 1])}, "0 to 9"),
        ({"images": np.zeros((2, 28, 28), np.uint8), "labels": np.zeros(3, int)}, "one whole number"),
        (
            {"images": np.zeros((2, 28, 28), np.uint8), "labels": np.zeros(2, int), "source": np.array(["a"])},
            r"source must have shape \(2,\)",
        ),
    ],
    ids=["no labels", "wrong size", "wrong dtype", "empty", "label 10", "half labels", "other length", "bad source"],
)
def test_a_file_of_another_layout_is_refused(tmp_path: Path, arrays: dict[str, Any], message: str) -> None:
    np.savez(tmp_path / "bad.npz", **arrays)
    with pytest.raises(DataError, match=message):
        read_digits(tmp_path / "bad.npz")


def test_files_that_are_missing_or_damaged_are_refused(tmp_path: Path, digits_file: Path) -> None:
    with pytest.raises(DataError, match=r"cannot read .*gone\.npz: No such file"):
        read_digits(tmp_path / "gone.npz")
    (tmp_path / "half.npz").write_bytes(digits_file.read_bytes()[:5000])
    (tmp_path / "empty.npz").write_bytes(b"")
    (tmp_path / "text.npz").write_text("no archive")
    for name in ("half", "empty", "text"):
        with pytest.raises(DataError, match="can be read"):
            read_digits(tmp_path / f"{name}.npz")
