"""Pictures opened by Pillow: their headers are read, and nothing is decoded yet."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from realtime.sources.file_bytes import File
from realtime.sources.frame import SourceError


@contextmanager
def opened(file: File) -> Iterator[Any]:
    """A `PIL.Image.Image` of which the header is read.

    Raises:
        SourceError: if Pillow is not installed. Pillow raises what it likes where the file is no picture.
    """
    try:
        from PIL import Image  # the light install does without
    except ImportError as error:
        raise SourceError(f"{file.name}: pages of TIFF and GIF files need Pillow: pip install pillow") from error
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # Pillow warns of large pictures, which are looked for here
        with Image.open(file.handle) as image:
            yield image
