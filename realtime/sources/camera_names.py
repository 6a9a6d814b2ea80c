"""The cameras of this machine, by number and name."""

from __future__ import annotations

import sys
from pathlib import Path

from realtime.sources.frame import NoCamera

SYSFS = Path("/sys/class/video4linux")
"""Where Linux keeps the names of its video devices."""


def list_cameras(folder: Path = SYSFS) -> list[str]:
    """One line a camera: its number, which is the source to give, and its name.

    Args:
        folder: where Linux keeps its video devices.

    Raises:
        NoCamera: if there is none, or the system does not tell.
    """
    if sys.platform != "linux":
        raise NoCamera("cameras can be listed on Linux only; try the numbers 0, 1, 2")
    names = {}
    for device in folder.glob("video*"):
        try:
            # A camera has several devices; those but the first deliver no pictures.
            if (device / "index").read_text().strip() in ("", "0"):
                names[int(device.name.removeprefix("video"))] = (device / "name").read_text().strip()
        except (OSError, ValueError):  # unplugged meanwhile, or no number
            continue
    if not names:
        raise NoCamera("no camera found")
    return [f"{number}  {name}" for number, name in sorted(names.items())]
