"""How large a picture is on paper."""

from __future__ import annotations

import imagesize

from realtime.sources.file_bytes import File
from realtime.sources.pillow import opened

_LEAST, _MOST = 100, 4800  # dots an inch of a scanner; phones and screens write 72 or 96 whatever they picture


def dots_per_inch(path: str) -> float | None:
    """What a scanner wrote into the header of a picture; None where nothing is written or no scanner wrote it."""
    try:
        info = imagesize.get_info(path, colors=False, channels=False)
        dots = info.xdpi if info.xdpi > 1 else _by_pillow(path)
    except Exception:  # Pillow is missing, or a hostile header made one of them raise whatever it likes
        return None
    return dots if _LEAST <= dots <= _MOST else None


def _by_pillow(path: str) -> float:
    with opened(File(path)) as image:
        return float(image.info.get("dpi", (0, 0))[0])
