"""What the user has chosen to see beside the picture and over it."""

from __future__ import annotations

from dataclasses import dataclass

_KEYS = {"n": "numbers", "d": "debug", "h": "help", "?": "help", "t": "reading", "l": "log"}
_PANELS = "help", "log", "debug"
"""Those that Esc closes, in this order."""


@dataclass
class Shown:
    """Each is switched with a key.

    Attributes:
        numbers: the numbers and the order of the rows.
        debug: what the recogniser saw, and milliseconds.
        help: the keys.
        reading: the panel of the reading.
        log: the readings so far, in this panel.
    """

    numbers: bool = False
    debug: bool = False
    help: bool = False
    reading: bool = True
    log: bool = False

    def press(self, key: str) -> bool:
        """Obey a key; whether it is one of these."""
        name = _KEYS.get(key)
        if name is not None:
            setattr(self, name, not getattr(self, name))
        return name is not None

    def close_panel(self) -> bool:
        """Close one panel; whether there was one to close."""
        name = next((name for name in _PANELS if getattr(self, name)), None)
        if name is not None:
            setattr(self, name, False)
        return name is not None
