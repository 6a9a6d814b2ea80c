"""HEIC and HEIF photos, as telephones take them, through libheif."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from realtime.sources.file_bytes import File
from realtime.sources.frame import SourceError, to_bgr


class Heif:
    """The main picture of a HEIF file, turned as the file says.

    Attributes:
        count: 1, as it has one page.
        damage: None, as it is read whole or not at all.
    """

    count = 1
    damage = None

    def __init__(self, file: File) -> None:
        self._file = file

    def pages(self, start: int, end: int) -> Iterator[np.ndarray]:
        """The picture as `(H, W, 3) uint8` BGR; transparent parts become paper as of `to_bgr`.

        Raises:
            SourceError: if it is missing, damaged, too large, or libheif is not installed.
        """
        if not start <= 0 < end:
            return
        name = self._file.name
        try:
            from pi_heif import open_heif  # the light install does without
        except ImportError as error:
            raise SourceError(f"{name}: HEIC photos need pi-heif: pip install pi-heif") from error
        try:
            heif = open_heif(self._file.handle, convert_hdr_to_8bit=True, bgr_mode=True)
            width, height = heif.size
            self._file.refuse_large(width, height, bytes_a_pixel=4)
            picture = np.array(heif)  # of the photo's own memory nothing is left when it is closed
        except MemoryError:
            raise
        except OSError as error:
            if error.strerror is None:  # libheif says so of its own memory
                raise SourceError(f"{name}: damaged picture") from error
            raise SourceError(f"{name}: {error.strerror}") from error
        except (ValueError, EOFError, SyntaxError, RuntimeError) as error:
            raise SourceError(f"{name}: damaged picture") from error
        yield to_bgr(picture)
