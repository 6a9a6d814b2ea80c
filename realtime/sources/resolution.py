"""How large a picture is on paper."""

from __future__ import annotations

import warnings

import imagesize

_LEAST, _MOST = 100, 4800  # dots an inch of a scanner; phones and screens write 72 or 96 whatever they picture


def dots_per_inch(path: str) -> float | None:
    """What a scanner wrote into the header of a picture; None where nothing is written or no scanner wrote it."""
    try:
        info = imagesize.get_info(path, colors=False, channels=False)
        dots = info.xdpi if info.xdpi > 1 else _by_pillow(path)
    except Exception:  # whatever a hostile header makes them raise, it tells no size
        return None
    return dots if _LEAST <= dots <= _MOST else None


def _by_pillow(path: str) -> float:
    try:
        from PIL import Image  # the light install does without
    except ImportError:
        return 0
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of large pictures; nothing is decoded here
        with Image.open(path) as image:
            return float(image.info.get("dpi", (0, 0))[0])
