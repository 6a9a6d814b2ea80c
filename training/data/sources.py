"""Where training's images come from, and which of them it may learn from.

Every image, whatever its source, goes through `realtime.glyphs.normalize`, as the live loop's glyphs do. Every source
is split in three: to learn from, to look at after every epoch, and to measure with once. MNIST has its own test part,
and the last 5,000 of its training part are the validation part. Other sources are split by a checksum of the image
itself, so that the parts stay the same however a file is ordered, joined or cut, and equal images never stand on both
sides.
"""

from __future__ import annotations

import hashlib
import zlib
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from realtime.detections import NOT_A_DIGIT
from realtime.glyphs.normalize import SIDE, normalize

TRAIN, VALIDATION, TEST = range(3)

PARTS = ("train", "validation", "test")

MNIST_VALIDATION = 5_000

# In hundredths: 10 % of each further source is kept for measuring, 5 % are looked at every epoch.
_TEST_SHARE, _VALIDATION_SHARE = 10, 5

# What a person reads as a digit all the same. EMNIST counts l with L, g with G and q with Q, two in five of which look
# like 1, 9 or 6: learnt as "not a digit" they cost more ones and nines than they keep out. The others are of Omniglot:
# circles, a 7 from Japan, a 3 from India, single strokes, and letters.
LOOK_LIKE_DIGITS = frozenset("BGILOQSZbgijloqsz") | frozenset(
    f"{alphabet}/character{number:02d}"
    for alphabet, numbers in {
        "Balinese": (5, 14),
        "Japanese_(katakana)": (24, 27, 42, 43, 46),
        "Korean": (21, 22, 27, 28, 33, 37),
        "Latin": (2, 7, 9, 10, 12, 15, 17, 19, 26),
        "Sanskrit": (5, 13, 27, 36, 37),
        "Tagalog": (3, 16),
    }.items()
    for number in numbers
)


class DataError(Exception):
    """A data file cannot be used; the text is one line that says why."""


@dataclass(frozen=True, eq=False)
class Source:
    """Images of one origin.

    Attributes:
        name: such as "mnist"; non-digits of an origin bear "not " in front.
        images: `(n, 28, 28) uint8`, normalised, 255 where the pen was.
        labels: `(n,) int64`, 0 to 10; 10 is "not a digit".
        part: `(n,) uint8`, `TRAIN`, `VALIDATION` or `TEST`.
    """

    name: str
    images: np.ndarray
    labels: np.ndarray
    part: np.ndarray

    def take(self, part: int) -> tuple[np.ndarray, np.ndarray]:
        """The images and labels of one part."""
        chosen = self.part == part
        return self.images[chosen], self.labels[chosen]

    @property
    def digits(self) -> bool:
        """Whether there is a digit in it at all."""
        return bool((self.labels != NOT_A_DIGIT).any())


@dataclass(frozen=True, eq=False)
class File:
    """What one data file held; `sha256` is that of its images and labels, however they were packed."""

    name: str
    sha256: str
    sources: list[Source]


def read_mnist(path: str | Path | None = None, most: int | None = None) -> File:
    """MNIST from a file in the layout of `keras.datasets.mnist`, or through Keras (downloaded once) without a path.

    Args:
        path: of the file.
        most: images to learn from, where a few are enough; the validation and the test part stay whole.

    Raises:
        DataError: no such file, or not MNIST's layout, or no network.
    """
    if path is None:
        train_images, train_labels, test_images, test_labels = _download_mnist()
    else:
        names = ("x_train", "y_train", "x_test", "y_test")
        train_images, train_labels, test_images, test_labels = _read(path, names)
    n, kept = len(train_images), max(0, len(train_images) - MNIST_VALIDATION)
    if most is not None and most < kept:
        left_out = np.s_[most:kept]
        train_images, train_labels = np.delete(train_images, left_out, 0), np.delete(train_labels, left_out, 0)
        n, kept = len(train_images), most
    part = np.full(n + len(test_images), TRAIN, np.uint8)
    part[kept:n] = VALIDATION
    part[n:] = TEST
    name = path or "keras.datasets.mnist"
    for images in (train_images, test_images):
        _check_images(images, name)
    images = np.concatenate([train_images, test_images])
    labels = _as_digits(np.concatenate([train_labels, test_labels]), len(images), name)
    return File(Path(name).name, digest(images, labels), [Source("mnist", normalized(images, name), labels, part)])


def read_digits(path: str | Path) -> File:
    """Digits from an `.npz`: `images (n, 28, 28) uint8`, ink bright, `labels (n,)` and, where known, `source (n,)`.

    Raises:
        DataError: no such file or another layout.
    """
    images, labels = _read(path, ("images", "labels"))
    labels = _as_digits(labels, len(images), path)
    return File(Path(path).name, digest(images, labels), _by_source(path, images, labels, ""))


def read_nondigits(path: str | Path) -> File:
    """Things that are no digit, in the layout of `read_digits` with `names (n,)` for `labels`, if it has them.

    What bears a name of `LOOK_LIKE_DIGITS` is left out.

    Raises:
        DataError: no such file or another layout.
    """
    (images,) = _read(path, ("images",))
    labels = np.full(len(images), NOT_A_DIGIT, np.int64)
    names = _optional(path, "names", len(images))
    keep = np.ones(len(images), bool) if names is None else ~np.isin(names, sorted(LOOK_LIKE_DIGITS))
    return File(Path(path).name, digest(images, labels), _by_source(path, images, labels, "not ", keep))


def read_rendered(path: str | Path) -> File:
    """Glyphs cut out of rendered pages: `images (n, 28, 28) uint8` as `realtime.glyphs.normalize` made them (times
    255), `labels (n,)` from 0 to 10.

    Raises:
        DataError: no such file or another layout.
    """
    images, labels = _read(path, ("images", "labels"))
    _check_images(images, path)
    labels = _as_digits(labels, len(images), path, highest=NOT_A_DIGIT)
    return File(Path(path).name, digest(images, labels), [Source("rendered", images, labels, split(images))])


def normalized(images: np.ndarray, path: str | Path) -> np.ndarray:
    """`(n, 28, 28) uint8` images of any placing and stroke -> the same, normalised."""
    _check_images(images, path)
    return np.rint(normalize(list(images)) * 255).astype(np.uint8)


def split(images: np.ndarray) -> np.ndarray:
    """The part that each image belongs to, by its own checksum: `(n,) uint8`."""
    hundredth = np.array([zlib.crc32(image.tobytes()) % 100 for image in images], np.int64)
    return np.select(
        [hundredth < _TEST_SHARE, hundredth < _TEST_SHARE + _VALIDATION_SHARE], [TEST, VALIDATION], TRAIN
    ).astype(np.uint8)


def _by_source(
    path: str | Path, images: np.ndarray, labels: np.ndarray, prefix: str, keep: np.ndarray | None = None
) -> list[Source]:
    ready, part = normalized(images, path), split(images)
    names = _optional(path, "source", len(images))
    if names is None:
        names = np.full(len(images), Path(path).stem)
    keep = np.ones(len(images), bool) if keep is None else keep
    chosen = [(str(name), (names == name) & keep) for name in np.unique(names)]
    return [Source(prefix + name, ready[mask], labels[mask], part[mask]) for name, mask in chosen if mask.any()]


def _read(path: str | Path, names: tuple[str, ...]) -> list[np.ndarray]:
    try:
        with open(path, "rb") as binary, np.load(binary, allow_pickle=False) as file:
            return [file[name] for name in names]
    except OSError as error:
        raise DataError(f"cannot read {path}: {error.strerror or error}") from error
    except KeyError as error:
        raise DataError(f"{path}: there must be arrays {', '.join(names)} in it") from error
    except Exception as error:  # a damaged archive raises whatever its reader stumbles upon
        raise DataError(f"{path} is not an .npz file that can be read") from error


def _optional(path: str | Path, name: str, n: int) -> np.ndarray | None:
    with np.load(path, allow_pickle=False) as file:
        if name not in file:
            return None
        values = file[name]
    if values.shape != (n,):
        raise DataError(f"{path}: {name} must have shape ({n},), got {values.shape}")
    return values


def _check_images(images: np.ndarray, path: str | Path) -> None:
    if images.ndim != 3 or images.shape[1:] != (SIDE, SIDE) or images.dtype != np.uint8 or len(images) == 0:
        raise DataError(f"{path}: images must be (n, 28, 28) uint8, got {images.shape} {images.dtype}")


def _as_digits(labels: np.ndarray, n: int, path: str | Path, highest: int = 9) -> np.ndarray:
    right = labels.shape == (n,) and labels.dtype.kind in "iu" and labels.min(initial=0) >= 0
    if not right or labels.max(initial=0) > highest:
        raise DataError(f"{path}: labels must be one whole number from 0 to {highest} for each image")
    return labels.astype(np.int64)


def digest(images: np.ndarray, labels: np.ndarray) -> str:
    """What data are known by: the SHA-256 of images and labels."""
    return hashlib.sha256(images.tobytes() + labels.astype(np.int64).tobytes()).hexdigest()


def _download_mnist() -> list[np.ndarray]:
    import keras  # seconds to import, and only needed where MNIST is not at hand

    try:
        (train_images, train_labels), (test_images, test_labels) = keras.datasets.mnist.load_data()
    except Exception as error:  # whatever the network, the disk or a proxy may raise
        raise DataError(f"MNIST cannot be downloaded ({error}); give a copy of mnist.npz with --mnist PATH") from error
    return [train_images, train_labels, test_images, test_labels]
