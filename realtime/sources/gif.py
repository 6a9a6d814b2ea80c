"""GIF files: pages where their pictures follow as slowly as pages are turned, else films."""

from __future__ import annotations

from collections.abc import Iterator

import cv2
import numpy as np

from realtime.sources.file_bytes import File
from realtime.sources.frame import SourceError, to_bgr
from realtime.sources.pillow import opened

_PAGE = 200  # milliseconds that the first picture stands, from which on it is a page and no film


def gif_pages(file: File) -> int | None:
    """How many pages a GIF shows; None where it moves, or cannot be read.

    Raises:
        SourceError: if Pillow is not installed.
    """
    try:
        with opened(file) as image:
            count = int(image.n_frames)
            return count if count == 1 or image.info.get("duration", 0) >= _PAGE else None
    except SourceError:
        raise
    except Exception:  # whatever a hostile file makes it raise, FFmpeg has the last word
        return None


class Gif:
    """The pictures of a GIF that does not move.

    Attributes:
        count: of its pages.
        damage: None, as a page is read whole or not at all.
    """

    damage = None

    def __init__(self, file: File, count: int) -> None:
        self._file = file
        self.count = count

    def pages(self, start: int, end: int) -> Iterator[np.ndarray]:
        """The pages from `start` to before `end`, each `(H, W, 3) uint8` BGR.

        Raises:
            SourceError: at the first page that is damaged or too large.
        """
        with opened(self._file) as image:
            self._file.refuse_large(image.width, image.height, start if self.count > 1 else None, bytes_a_pixel=8)
            for i in range(start, min(end, self.count)):
                try:
                    image.seek(i)
                    picture = np.asarray(image.convert("RGBA"))
                except MemoryError:
                    raise
                except Exception as error:  # a hostile file makes Pillow raise whatever it likes
                    raise SourceError(f"{self._file.name}: page {i + 1} is damaged") from error
                yield to_bgr(cv2.cvtColor(picture, cv2.COLOR_RGBA2BGRA))
