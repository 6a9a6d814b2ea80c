"""Candidates: all that might be a digit in a frame."""

from __future__ import annotations

from dataclasses import dataclass, replace

import cv2
import numpy as np

from realtime.ink.network import Maps


@dataclass(frozen=True, eq=False)
class Candidates:
    """All bodies of a frame, from all copies of it; row `i` of every array speaks of the same one.

    Attributes:
        gray: `(h, w) uint8`, the frame as it was looked at: its light taken out, perhaps smaller.
        maps: what the network said of each copy, the largest first.
        xyxy: `(n, 4) int32`, boxes around the ink, in pixels of the frame.
        crops: their ink, bright.
        trust: `(n,) float32`, 0 to 1: how sure the network is of the body.
        fit: `(n,) float32`, 0 to 1: how well the network knows digits of the size that it has in its copy.
        size: `(n,) float32`, longer side in pixels of its copy.
        whole: `(n,) int64`: of a part the row of the body that it is a part of; -1 for what is no part.
        way: `(n,) int64`, how it was found: `WHOLE`, `BY_CORES`, `BY_READER` or `STROKE` of `realtime.ink.bodies`.
        read: `(n, 11) float32`, what the line reader says that it is; 0 where it was not asked.
        around: `(n, w) float32`, what is dark around it and no digit's, as `unclaimed` has it.
    """

    gray: np.ndarray
    maps: list[Maps]
    xyxy: np.ndarray
    crops: list[np.ndarray]
    trust: np.ndarray
    fit: np.ndarray
    size: np.ndarray
    whole: np.ndarray
    way: np.ndarray
    read: np.ndarray
    around: np.ndarray

    def and_more(
        self,
        *,
        xyxy: np.ndarray,
        crops: list[np.ndarray],
        trust: np.ndarray,
        fit: np.ndarray,
        size: np.ndarray,
        whole: np.ndarray,
        way: int,
        read: np.ndarray,
        around: np.ndarray,
    ) -> Candidates:
        """These candidates, and more bodies behind them: their rows of each array, and how all of them were found."""
        return replace(
            self,
            xyxy=np.concatenate([self.xyxy, xyxy]),
            crops=self.crops + crops,
            trust=np.concatenate([self.trust, trust]),
            fit=np.concatenate([self.fit, fit]),
            size=np.concatenate([self.size, size.astype(np.float32)]),
            whole=np.concatenate([self.whole, whole]),
            way=np.concatenate([self.way, np.full(len(crops), way)]),
            read=np.concatenate([self.read, read]),
            around=np.concatenate([self.around, around]),
        )

    def digit_ink(self) -> np.ndarray:
        """255 times how likely each pixel of `gray` is a digit's ink, `(h, w) uint8`, by the copy that says most."""
        likely = self.maps[-1].ink
        for maps in self.maps[-2::-1]:  # of the fine copy only some tiles were looked at
            likely = cv2.max(maps.ink, cv2.resize(likely, maps.ink.shape[::-1], interpolation=cv2.INTER_LINEAR))
        return cv2.resize(likely, self.gray.shape[::-1], interpolation=cv2.INTER_LINEAR)
