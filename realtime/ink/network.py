"""The ink network: a contrast -> how likely each pixel is a digit's ink, lies in a digit's body, in the body's core."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from realtime.ink.illumination import contrast, padded
from realtime.networks.engines import Engines
from realtime.networks.model_file import FOLDER, ModelError

DEFAULT_MODEL = FOLDER / "ink.tflite"

STRIDE = 32
"""Sides of the network's pictures are multiples of it."""

ROOM = 32
"""Pixels around a picture that the network sees and nobody asks about."""

TILE = 320
"""Sides in pixels of the parts that a large picture is looked at in, where only some of it matters."""

MAPS = 3

_SIZES = 8  # sizes of picture for which an engine is kept ready


@dataclass(frozen=True, eq=False)
class Maps:
    """What the network says of a grey picture, at half its size: `(h, w) uint8` each, 255 times a probability.

    Attributes:
        ink: the pixel is ink of a digit.
        body: it lies in the body of one digit: within its outline, away from the next digit's.
        core: it lies in the middle of a body, where even bodies that touch stand apart.
    """

    ink: np.ndarray
    body: np.ndarray
    core: np.ndarray


def see(network: Callable[[np.ndarray], np.ndarray], gray: NDArray[np.uint8]) -> Maps:
    """Ask the network about a `(h, w) uint8` picture whose light is taken out."""
    h, w = gray.shape
    said = network(padded(contrast(gray), ROOM, STRIDE))
    top, bottom, right = ROOM // 2, ROOM // 2 + -(-h // 2), ROOM // 2 + -(-w // 2)
    ink, body, core = cv2.split(np.ascontiguousarray(said[top:bottom, top:right]))
    return Maps(ink, body, core)


def see_tiles(network: Callable[[np.ndarray], np.ndarray], gray: NDArray[np.uint8], wanted: np.ndarray) -> Maps:
    """Ask the network about some tiles of a picture; in the others the maps are 0.

    Args:
        network: see `InkNetwork`.
        gray: `(h, w) uint8`, its light taken out.
        wanted: `(h / TILE, w / TILE) bool`, rounded up. The whole picture is looked at where that costs less.
    """
    rows, columns = wanted.shape
    h, w = gray.shape
    if wanted.sum() * (TILE + 2 * ROOM) ** 2 > (h + 2 * ROOM) * (w + 2 * ROOM):
        return see(network, gray)
    seen = cv2.copyMakeBorder(
        contrast(gray), ROOM, ROOM + rows * TILE - h, ROOM, ROOM + columns * TILE - w, cv2.BORDER_REPLICATE
    )
    half, room = TILE // 2, ROOM // 2
    said = np.zeros((rows * half, columns * half, MAPS), np.uint8)
    for row, column in np.argwhere(wanted).tolist():
        tile = seen[row * TILE : (row + 1) * TILE + 2 * ROOM, column * TILE : (column + 1) * TILE + 2 * ROOM]
        its = network(np.ascontiguousarray(tile))[room:-room, room:-room]
        said[row * half : (row + 1) * half, column * half : (column + 1) * half] = its
    ink, body, core = cv2.split(said[: -(-h // 2), : -(-w // 2)])
    return Maps(ink, body, core)


class InkNetwork:
    """The network of a `.tflite` file, loaded once; pictures of any size may follow each other.

    Args:
        path: the model; the shipped one where it is left out.
        threads: processor threads it may use.

    Attributes:
        path: of the model.
        digest: SHA-256 of the model.

    Raises:
        ModelError: no such file, a damaged file, or a model with other inputs or outputs.
    """

    def __init__(self, path: str | Path | None = None, threads: int = 1) -> None:
        self.path = Path(path) if path is not None else DEFAULT_MODEL
        self._engines = Engines(self.path, threads, _SIZES)
        self.digest = self._engines.digest
        try:
            engine = self._engines((1, 2 * STRIDE, 2 * STRIDE, 1))
            (given,), (taken,) = engine.get_input_details(), engine.get_output_details()
        except (ValueError, RuntimeError) as error:
            raise ModelError(f"{self.path} is not a model that can be loaded") from error
        if given["dtype"] != np.uint8 or taken["shape"].tolist() != [1, STRIDE, STRIDE, MAPS]:
            raise ModelError(f"{self.path} is another kind of model: it makes no ink maps")

    def __call__(self, contrast: np.ndarray) -> np.ndarray:
        """The maps of a padded contrast.

        Args:
            contrast: `(h, w) uint8`, sides multiples of `STRIDE`.

        Returns:
            `(h / 2, w / 2, MAPS) uint8`, 255 times the probabilities of ink, body and core.
        """
        engine = self._engines((1, *contrast.shape, 1))
        engine.set_tensor(engine.get_input_details()[0]["index"], contrast[None, ..., None])
        engine.invoke()
        return engine.get_tensor(engine.get_output_details()[0]["index"])[0]
