"""QR codes of addresses."""

from __future__ import annotations

import io

import segno


def qr_picture(address: str) -> str:
    """The code as the data URI of an SVG picture, dark on white."""
    uri: str = segno.make(address, error="m").svg_data_uri(border=4, light="#fff")
    return uri


def qr_text(address: str) -> str:
    """The code as block characters for a terminal."""
    text = io.StringIO()
    segno.make(address, error="l").terminal(text, border=2, compact=True)
    return text.getvalue()
