"""The clipboard, by way of pyperclip where that is installed."""

from __future__ import annotations

import subprocess
import sys
from subprocess import DEVNULL


class ClipboardError(Exception):
    """There is no clipboard; the text is one line for the user."""


class Clipboard:
    """Puts texts on the clipboard.

    Raises:
        ClipboardError: if there is none here.
    """

    def __init__(self) -> None:
        try:
            import pyperclip
        except ImportError as error:
            raise ClipboardError("--copy needs pyperclip: pip install pyperclip") from error
        copy, _ = pyperclip.determine_clipboard()
        if not copy:
            hint = "install xclip, xsel or wl-clipboard, and run this where there is a display"
            raise ClipboardError(f"--copy finds no clipboard: {hint}")

    def copy(self, text: str) -> None:
        """Replace what is on the clipboard.

        Raises:
            ClipboardError: if that fails.
        """
        # In a process of its own: xclip stays behind, and would hold on to our standard output.
        command = [sys.executable, "-m", "pyperclip", "--copy", text]
        try:
            done = subprocess.run(command, stdin=DEVNULL, stdout=DEVNULL, stderr=DEVNULL, timeout=10, check=False)
        except (OSError, subprocess.TimeoutExpired) as error:
            raise ClipboardError("the clipboard does not answer") from error
        if done.returncode != 0:
            raise ClipboardError("the clipboard does not take the reading")
