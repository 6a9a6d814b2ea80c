"""What is on the paper before anybody writes: lines, squares, tables, the fine waves of bank paper; and underlines."""

from __future__ import annotations

import cv2
import numpy as np

from training.render.ink.page import Page

_KINDS = {"none": 0.34, "ruled": 0.19, "squared": 0.19, "few": 0.12, "dotted": 0.04, "double": 0.06, "waves": 0.06}


def rule(page: Page, rng: np.random.Generator, height: float) -> None:
    """Print a ruling, or none, on a page whose digits are `height` pixels high."""
    kind = str(rng.choice(list(_KINDS), p=list(_KINDS.values())))
    if kind == "none":
        return
    h, w = page.cover.shape
    lines = np.zeros((h, w), np.uint8)
    thick = _thickness(rng, height)
    slope = rng.normal(0, 0.03) if rng.random() < 0.8 else rng.uniform(-0.6, 0.6)
    pitch = max(7.0, height * float(np.exp(rng.uniform(np.log(0.45), np.log(2.5)))))
    if kind == "waves":
        _waves(lines, rng)
    elif kind in ("ruled", "double"):
        start = page.lines[0] + rng.normal(0, 0.06) * height if page.lines and rng.random() < 0.7 else 0.0
        for y in np.arange(start % pitch - pitch - 0.5 * h, 1.5 * h, pitch):
            _across(lines, y, slope, thick)
            if kind == "double":
                _across(lines, y - 0.5 * pitch, slope, thick, dashed=max(4, int(0.12 * height)))
        if rng.random() < 0.25:
            _down(lines, rng.uniform(0, w), slope, thick)
    elif kind in ("squared", "dotted"):
        dashed = max(4, int(0.12 * height)) if kind == "dotted" else 0
        for y in np.arange(-0.5 * h - rng.uniform(0, pitch), 1.5 * h, pitch):
            _across(lines, y, slope, thick, dashed)
        for x in np.arange(-0.5 * w - rng.uniform(0, pitch), 1.5 * w, pitch):
            _down(lines, x, slope, thick)
    else:
        for _ in range(int(rng.integers(1, 5))):
            through = page.lines and rng.random() < 0.7
            y = float(rng.choice(page.lines)) + rng.normal(0, 0.1) * height if through else rng.uniform(0, h)
            _across(lines, y, slope, thick)
        if rng.random() < 0.5:
            for _ in range(int(rng.integers(1, 4))):
                _down(lines, rng.uniform(0, w), slope, thick)
    strength = rng.uniform(0.15, 0.8) if rng.random() < 0.75 else rng.uniform(0.7, 1.2)
    printed = lines.astype(np.float32) * np.float32(strength / 255)
    if rng.random() < 0.15:  # worn away in places
        worn = cv2.resize(rng.random((max(2, h // 12), max(2, w // 12)), dtype=np.float32), (w, h))
        printed *= np.clip(2 * worn, 0, 1)
    np.maximum(page.rule, printed, out=page.rule)


def table(page: Page, rng: np.random.Generator, columns: list[float], rows: list[float], height: float) -> None:
    """Print the lines of a table."""
    lines = np.zeros(page.cover.shape, np.uint8)
    thick = _thickness(rng, height)
    left, right, top, bottom = round(columns[0]), round(columns[-1]), round(rows[0]), round(rows[-1])
    for y in rows:
        if rng.random() < 0.96:
            cv2.line(lines, (left, round(y)), (right, round(y + rng.normal(0, 0.5))), 255, thick, cv2.LINE_AA)
    for x in columns:
        if rng.random() < 0.96:
            cv2.line(lines, (round(x), top), (round(x + rng.normal(0, 0.5)), bottom), 255, thick, cv2.LINE_AA)
    np.maximum(page.rule, lines.astype(np.float32) * np.float32(rng.uniform(0.3, 1.1) / 255), out=page.rule)


def underline(page: Page, rng: np.random.Generator, left: float, right: float, base: float, height: float) -> None:
    """Draw a line under a number, through its feet, or through all of it: ink of nobody."""
    lines = np.zeros(page.cover.shape, np.uint8)
    y = base + height * (rng.uniform(-0.06, 0.2) if rng.random() < 0.8 else rng.uniform(-0.6, -0.3))
    xs = np.linspace(left - 0.2 * height, right + 0.2 * height, 6)
    ys = y + np.cumsum(rng.normal(0, 0.02, 6)) * height
    points = np.rint(np.stack([xs, ys], axis=1) * 16).astype(np.int32)
    cv2.polylines(lines, [points], False, 255, _thickness(rng, height), cv2.LINE_AA, 4)
    np.maximum(page.rule, lines.astype(np.float32) * np.float32(rng.uniform(0.5, 1.1) / 255), out=page.rule)


def link(page: Page, rng: np.random.Generator, left: int, right: int, top: int, height: float, dark: float) -> None:
    """Draw the stroke that links two digits at their tops: ink of nobody."""
    lines = np.zeros(page.cover.shape, np.uint8)
    ys = top + rng.uniform(-0.02, 0.12, 3) * height
    points = np.stack([np.linspace(left, right, 3), ys], axis=1)
    thick = max(1, round(0.05 * height))
    cv2.polylines(lines, [np.rint(points * 16).astype(np.int32)], False, 255, thick, cv2.LINE_AA, 4)
    np.maximum(page.cover, lines.astype(np.float32) * np.float32(dark / 255), out=page.cover)


def _thickness(rng: np.random.Generator, height: float) -> int:
    most = max(1.5, min(5.0, 0.05 * height))
    return int(max(1, round(float(np.exp(rng.uniform(np.log(0.6), np.log(most)))))))


def _across(lines: np.ndarray, y: float, slope: float, thick: int, dashed: int = 0) -> None:
    w = lines.shape[1]
    step = 2 * dashed or w + 40
    for x in range(-20, w + 20, step):
        ends = np.array([x, x + (dashed or w + 40)])
        points = np.stack([ends, y + slope * (ends - w / 2)], axis=1)
        cv2.polylines(lines, [np.rint(points * 16).astype(np.int32)], False, 255, thick, cv2.LINE_AA, 4)


def _down(lines: np.ndarray, x: float, slope: float, thick: int) -> None:
    h = lines.shape[0]
    cv2.line(lines, (int(x + slope * h / 2), 0), (int(x - slope * h / 2), h), 255, thick, cv2.LINE_AA)


def _waves(lines: np.ndarray, rng: np.random.Generator) -> None:
    """The guilloche of bank paper."""
    h, w = lines.shape
    pitch, length, swing = rng.uniform(4, 14), rng.uniform(20, 120), rng.uniform(2, 14)
    xs = np.arange(-10, w + 10, 4)
    for fan in range(int(rng.integers(1, 3))):
        fall, drift = rng.uniform(-0.5, 0.5), rng.uniform(0, 0.002)
        for y in np.arange(-h, 2 * h, pitch):
            ys = y + fall * xs + swing * np.sin(2 * np.pi * xs / length + fan * 2 + y * drift)
            cv2.polylines(lines, [np.rint(np.stack([xs, ys], 1) * 16).astype(np.int32)], False, 255, 1, cv2.LINE_AA, 4)
