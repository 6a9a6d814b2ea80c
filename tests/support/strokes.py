"""Digits to draw on the page."""

from __future__ import annotations

from typing import Any

THREE = [(0.3, 0.3), (0.36, 0.24), (0.43, 0.27), (0.44, 0.36), (0.36, 0.43), (0.44, 0.48), (0.46, 0.6), (0.38, 0.67)]
THREE += [(0.29, 0.62)]
SEVEN = [(0.55, 0.27), (0.7, 0.27), (0.64, 0.45), (0.6, 0.67)]


def stroke(page: Any, points: list[tuple[float, float]]) -> None:
    """Draw with the mouse; points in parts of the paper."""
    box = page.locator("#draw-paper").bounding_box()
    x, y = ([box[a] + p[i] * box[b] for p in points] for i, (a, b) in enumerate((("x", "width"), ("y", "height"))))
    page.mouse.move(x[0], y[0])
    page.mouse.down()
    for at in zip(x[1:], y[1:], strict=True):
        page.mouse.move(*at, steps=4)
    page.mouse.up()
