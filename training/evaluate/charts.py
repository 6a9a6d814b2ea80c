"""The report's pictures: matplotlib figures as text that can stand in a page."""

from __future__ import annotations

import base64
import io
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import matplotlib
import numpy as np
from matplotlib.figure import Figure
from matplotlib.ticker import PercentFormatter
from scipy.stats import binomtest  # type: ignore[import-untyped]

from realtime.detections import NOT_A_DIGIT
from realtime.glyphs.normalize import SIDE

_INK, _ACCENT, _GRID = "#24292f", "#0a66c2", "#d0d7de"
_STYLE: Any = {
    "figure.dpi": 80,  # in the notebook; a page draws lines
    "font.size": 10,
    "axes.edgecolor": _INK,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "grid.color": _GRID,
    "svg.hashsalt": "digits",  # the same figures give the same file
}

Mistake = tuple[np.ndarray, int, int, float]


def confusion(matrix: np.ndarray) -> Figure:
    """Counts `(10, 11)`: what was meant down, what was read across. Mistakes are coloured, right answers are not."""
    names = [*map(str, range(10)), "none"]
    wrong = matrix.astype(float)
    np.fill_diagonal(wrong, 0)
    figure, axes = _figure(6.4, 5.4)
    axes.imshow(wrong, cmap="Reds", vmin=0, vmax=max(3 * wrong.max(), 1))  # pale enough for the numbers
    for (row, column), count in np.ndenumerate(matrix):
        if count:
            weight = "bold" if row == column else "normal"
            axes.text(column, row, str(count), ha="center", va="center", fontsize=8.5, color=_INK, weight=weight)
    axes.set_xticks(range(NOT_A_DIGIT + 1), names)
    axes.set_yticks(range(NOT_A_DIGIT), names[:-1])
    axes.set(xlabel="what was read", ylabel="what was meant")
    axes.spines[:].set_visible(False)
    axes.tick_params(length=0)
    return figure


def reliability(confidence: Sequence[float], right: Sequence[float], counts: Sequence[int]) -> Figure:
    """Mean confidence and share right of each bin, with the range that the share may truly have (95 %).

    The area of a dot tells how many images are in it.
    """
    figure, axes = _figure(4.6, 4.2)
    axes.plot([0, 1], [0, 1], color=_GRID, zorder=1)
    sizes = 12 + 160 * np.sqrt(np.asarray(counts) / max(counts))
    ranges = [
        binomtest(round(share * n), n).proportion_ci(method="wilson") for share, n in zip(right, counts, strict=True)
    ]
    axes.vlines(confidence, [low for low, _ in ranges], [high for _, high in ranges], color=_ACCENT, linewidth=1)
    axes.scatter(confidence, right, s=sizes, color=_ACCENT, alpha=0.75, zorder=3, clip_on=False)
    axes.set(xlim=(0, 1), ylim=(0, 1), xlabel="confidence shown", ylabel="share that is right")
    _percent(axes.xaxis, axes.yaxis)
    axes.grid(True, linewidth=0.6)
    return figure


def rejection(rejected: Sequence[float], accuracy: Sequence[float]) -> Figure:
    """Accuracy of what is kept against the share that was rejected, the least sure first."""
    figure, axes = _figure(4.6, 4.2)
    axes.plot(rejected, accuracy, color=_ACCENT)
    axes.set(xlabel="rejected, the least sure first", ylabel="accuracy of the others", xlim=(0, max(rejected)))
    _percent(axes.xaxis, axes.yaxis)
    axes.grid(True, linewidth=0.6)
    return figure


def robustness(curves: Iterable[tuple[str, Sequence[float], Sequence[float]]]) -> Figure:
    """Accuracy at each level of what was done to the digits: one small chart a kind, all on one scale."""
    curves = list(curves)
    with matplotlib.rc_context(_STYLE):
        figure = Figure(figsize=(2.6 * len(curves), 3), layout="constrained")
        charts = figure.subplots(1, len(curves), sharey=True, squeeze=False)[0]
        for axes, (name, levels, accuracy) in zip(charts, curves, strict=True):
            axes.plot(levels, accuracy, "o-", color=_ACCENT, markersize=4)
            axes.set_xlabel(name, fontsize=9)
            axes.grid(True, linewidth=0.6)
        lowest = min(min(curve[2]) for curve in curves)
        charts[0].set(ylabel="accuracy", ylim=(0 if lowest < 0.5 else 0.5, 1.02))
        _percent(charts[0].yaxis)
    return figure


def mistakes(wrong: Sequence[Mistake], across: int = 10) -> Figure:
    """Images with what was meant, what was read (10 is none) and how surely."""
    titles = [
        f"{meant} as {'none' if read == NOT_A_DIGIT else read}\n{confidence:.0%}"
        for _, meant, read, confidence in wrong
    ]
    return pictures([image for image, *_ in wrong], titles, across)


def pictures(images: Sequence[np.ndarray], titles: Sequence[str] = (), across: int = 10) -> Figure:
    """Any pictures of one channel in rows, each from its least (white) to its most (black)."""
    rows = -(-len(images) // across)
    titles = titles or [""] * len(images)
    lines = max(title.count("\n") + bool(title) for title in titles)
    with matplotlib.rc_context(_STYLE):
        figure = Figure(figsize=(across, (1 + 0.16 * lines) * rows), layout="constrained")
        cells = figure.subplots(rows, across, squeeze=False).ravel()
        for cell in cells:
            cell.axis("off")
        for cell, image, title in zip(cells, images, titles, strict=False):
            pixels = "nearest" if len(image) <= SIDE else None  # few, and each is to be seen
            cell.imshow(image, cmap="gray_r", interpolation=pixels)
            cell.set_title(title, fontsize=8.5, color=_INK, pad=3)
    return figure


def learning(history: Sequence[Mapping[str, float]], names: Sequence[str]) -> Figure:
    """Loss, and percent right in the validation part of the sources named, after each epoch."""
    epochs = [row["epoch"] for row in history]
    with matplotlib.rc_context(_STYLE):
        figure = Figure(figsize=(8, 3), layout="constrained")
        left, right = figure.subplots(1, 2)
        left.plot(epochs, [row["loss"] for row in history], "o-", color=_ACCENT)
        left.set(xlabel="epoch", ylabel="loss while learning", ylim=(0, None), xticks=epochs)
        for name in names:
            right.plot(epochs, [row[name] for row in history], "o-", label=name)
        right.set(xlabel="epoch", ylabel="right in the validation part, %", xticks=epochs)
        right.legend(frameon=False)
        for axes in (left, right):
            axes.grid(True, linewidth=0.6)
    return figure


def inline(figure: Figure) -> str:
    """A figure as the address of an `<img>`: the picture itself, drawn in lines (SVG), without a background."""
    file = io.BytesIO()
    with matplotlib.rc_context(_STYLE):
        figure.savefig(file, format="svg", transparent=True, metadata={"Date": None})
    return "data:image/svg+xml;base64," + base64.b64encode(file.getvalue()).decode()


def _figure(width: float, height: float) -> tuple[Figure, Any]:
    with matplotlib.rc_context(_STYLE):
        figure = Figure(figsize=(width, height), layout="constrained")
        return figure, figure.subplots()


def _percent(*scales: Any) -> None:
    for scale in scales:
        scale.set_major_formatter(PercentFormatter(1))
