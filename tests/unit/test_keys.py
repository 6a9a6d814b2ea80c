"""The codes of window systems become keys."""

from __future__ import annotations

import pytest

from realtime.window.keys import KEYS, WATCHING, key_of


@pytest.mark.parametrize(
    ("code", "key"),
    [
        (-1, ""), (ord("q"), "q"), (ord("Q"), "q"), (ord("7"), "7"), (0x20, " "),
        (0x1B, "esc"), (0xFF1B, "esc"), (0x0D, "enter"), (0x09, "tab"),
        (0xFF53, "right"), (0x270000, "right"), (0xF703, "right"),  # X11, Windows, macOS
        (0xFF51, "left"), (0x260000, "up"), (0xF701, "down"),
        (0x100000 | ord("s"), "s"),  # num lock on GTK
        (0xFFB4, "4"),  # of the keypad
        (0xFFE1, ""), (0xFFBE, ""), (0xE4, ""),  # shift, F1, a letter with dots
    ],
)  # fmt: skip
def test_key_codes(code: int, key: str) -> None:
    assert key_of(code) == key


def test_no_key_means_two_things() -> None:
    keys = " ".join(key for key, _ in KEYS).split()
    assert len(set(keys)) == len(keys)
    assert set(WATCHING.values()) <= {"q", " ", "c"}
