"""The cameras of this machine, by number and name."""

from __future__ import annotations

import sys
from pathlib import Path

import cv2

from realtime.sources.frame import NoCamera

SYSFS = Path("/sys/class/video4linux")
"""Where Linux keeps the names of its video devices."""

_USED = {"darwin": cv2.CAP_AVFOUNDATION, "win32": cv2.CAP_MSMF}
"""By what OpenCV opens a camera on other systems: it counts the cameras in its own order."""


def camera_names(folder: Path = SYSFS) -> dict[int, str]:
    """The name of each camera by its number, which is the source to give; in order, at least one.

    Args:
        folder: where Linux keeps its video devices.

    Raises:
        NoCamera: if there is none, or the system does not tell.
    """
    names = _of_linux(folder) if sys.platform == "linux" else _of_others()
    if not names:
        raise NoCamera("no camera found")
    return dict(sorted(names.items()))


def list_cameras(folder: Path = SYSFS) -> list[str]:
    """One line a camera: its number and its name; arguments and errors as of `camera_names`."""
    return [f"{number}  {name}" for number, name in camera_names(folder).items()]


def _of_linux(folder: Path) -> dict[int, str]:
    names = {}
    for device in folder.glob("video*"):
        try:
            # A camera has several devices; those but the first deliver no pictures.
            if (device / "index").read_text().strip() in ("", "0"):
                names[int(device.name.removeprefix("video"))] = (device / "name").read_text().strip()
        except (OSError, ValueError):  # unplugged meanwhile, or no number
            continue
    return names


def _of_others() -> dict[int, str]:
    try:
        from cv2_enumerate_cameras import enumerate_cameras
    except ImportError as error:
        wanted = "to list cameras the package cv2-enumerate-cameras is needed: pip install cv2-enumerate-cameras"
        raise NoCamera(f"{wanted}; or try the numbers 0, 1, 2") from error
    try:
        return {camera.index: str(camera.name) for camera in enumerate_cameras(_USED.get(sys.platform, cv2.CAP_ANY))}
    except Exception as error:  # whatever the system says to a package that asks it in its own language
        raise NoCamera(f"the system does not tell its cameras ({error}); try the numbers 0, 1, 2") from error
