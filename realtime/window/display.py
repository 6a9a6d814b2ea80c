"""Whether a window can be opened here."""

from __future__ import annotations

import os
import subprocess
import sys

import cv2

_PROBE = "import cv2; cv2.namedWindow('probe', cv2.WINDOW_NORMAL | cv2.WINDOW_GUI_NORMAL); cv2.waitKey(1)"


def why_no_window() -> str | None:
    """None where a window can be opened, else the reason why not.

    To be asked before the first window: where there is no display OpenCV aborts the process instead of raising.
    """
    if not cv2.currentUIFramework():
        return "this OpenCV has no windows (opencv-python-headless)"
    if not sys.platform.startswith("linux"):
        return None
    if not (os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")):
        return "no display"
    if os.environ.get("DISPLAY"):
        os.environ["QT_QPA_PLATFORM"] = "xcb"  # the only one in OpenCV's wheel
    try:
        probe = subprocess.run([sys.executable, "-c", _PROBE], capture_output=True, timeout=20, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return "the display does not answer"
    return None if probe.returncode == 0 else "the display cannot be used"
