"""The keys of the window, whatever the window system calls them."""

from __future__ import annotations

KEYS = (
    ("q  Esc", "quit; Esc closes the help or a panel first"),
    ("space", "pause and go on; next photo"),
    (",  .", "one frame or photo back, or on; arrows left and right do the same"),
    ("b  f", "five seconds back, or on; five photos; or click on the time line"),
    ("+  -  0", "zoom in, out, all of it; arrows or a drag with the right button move it"),
    ("s", "snapshot: the picture and its JSON"),
    ("r", "record a video, and stop"),
    ("c  Tab", "correct, Tab: the next digit; or click on one, or drag a box around one"),
    ("e", "edit the number of the chosen digit as text"),
    ("Backspace", "take back what was corrected and kept last"),
    ("n", "numbers and the order of rows"),
    ("t", "the reading beside the picture, or not"),
    ("l", "log: the readings so far, with their times"),
    ("d", "what the recogniser saw, and milliseconds"),
    ("x", "read only a part: drag a rectangle, or press Enter; again: all of it"),
    ("k", "the next camera"),
    ("m", "mirror, if the camera mirrors"),
    ("h", "this help"),
)
"""Each key and what it does."""

_NAMES = {
    0x08: "backspace", 0xFF08: "backspace", 0x7F: "backspace", 0xFFFF: "backspace",
    0x1B: "esc", 0xFF1B: "esc", 0x0D: "enter", 0xFF0D: "enter", 0xFF8D: "enter", 0x09: "tab", 0xFF09: "tab",
    # The arrows of X11, Windows and macOS.
    0xFF51: "left", 0xFF52: "up", 0xFF53: "right", 0xFF54: "down",
    0x250000: "left", 0x260000: "up", 0x270000: "right", 0x280000: "down",
    0xF702: "left", 0xF700: "up", 0xF703: "right", 0xF701: "down",
    **{0xFFB0 + digit: str(digit) for digit in range(10)},  # of the keypad
}  # fmt: skip

WATCHING = {"esc": "q", "enter": " ", "tab": "c"}
"""What these keys mean while nothing is being corrected."""

REGION = (
    "drag a rectangle around what is to be read; or arrows move a corner, Tab the other one, Enter takes it; Esc: leave"
)
"""Said while a part of the picture is chosen."""

TYPING = "type the number {number}: Enter takes it, Backspace goes back, Esc leaves it as it was"
"""Said while a number is typed as text, in place of `number`."""

CHOSEN = (
    "0 to 9: what it is; x: no digit; e: the whole number; arrows or click: another; "
    "drag: a box around what was missed; Esc: leave"
)
"""Said while a glyph is chosen of which nothing has been typed."""

UNCHOSEN = "nothing is chosen: click on a digit, or drag a box around one that was missed; Esc: leave"
"""Said while none is."""

NAMED = "{typed}: Enter keeps, Backspace takes back"
"""Said once something was typed, which `typed` tells."""


def key_of(code: int) -> str:
    """What `cv2.waitKeyEx` returned, as a character or one of the names of `_NAMES`; an empty string for none."""
    if code == -1:
        return ""
    for value in (code, code & 0xFFFF):  # GTK sets higher bits for num lock and the like
        if value in _NAMES:
            return _NAMES[value]
    code &= 0xFFFF
    return chr(code).lower() if 32 <= code < 127 else ""
