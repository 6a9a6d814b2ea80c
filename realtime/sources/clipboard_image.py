"""The picture that is on the clipboard."""

from __future__ import annotations

import io

from realtime.sources.file_bytes import File
from realtime.sources.frame import SourceError

NAME = "clipboard"


def clipboard_files() -> list[File]:
    """The picture on the clipboard; several files where they were copied in a file manager.

    Raises:
        SourceError: if there is none, or what asks the clipboard is not installed.
    """
    try:
        from PIL import ImageGrab  # the light install does without
    except ImportError as error:
        raise SourceError(f"{NAME}: it needs Pillow: pip install pillow") from error
    try:
        found = ImageGrab.grabclipboard()
    except NotImplementedError as error:
        raise SourceError(f"{NAME}: pictures are had by wl-paste or xclip; install one of them") from error
    except Exception as error:  # Pillow raises what it likes where a program owns the clipboard that answers wrongly
        raise SourceError(f"{NAME}: no picture is on it") from error
    if isinstance(found, list) and found:
        return [File(path) for path in found]
    if found is None or isinstance(found, list):
        raise SourceError(f"{NAME}: no picture is on it")
    file = io.BytesIO()
    found.save(file, "PNG", compress_level=1)
    return [File(NAME, file.getvalue())]
