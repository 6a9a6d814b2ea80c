"""Digits and their layout -> the likeliest numbers of a form, by all that is known of every digit."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from realtime.detections import Detections
from realtime.layout.arrange import Layout
from realtime.numbers.form import Form
from realtime.numbers.pool import Decided, Pool


def of_form(
    detections: Detections, layout: Layout, form: Form, unsure: Detections | None = None
) -> tuple[Detections, Layout]:
    """Decide the numbers of a sheet on which each one has a form.

    A number that is of the form is left as it is. Of another the likeliest text of the form is taken, given the
    probabilities of all its digits: a digit may be another one or none, a body nearby that was not surely a digit may
    be one, and numbers of a line may be one number or parts of several. Where no text of the form is probable, the
    number stays as it was read.

    Args:
        detections: the digits, boxes in pixels of the frame.
        layout: their lines and numbers.
        form: what every number looks like.
        unsure: bodies that may be digits.

    Returns:
        The digits and their layout, with `Layout.fits` and `Layout.sure`. What was not there before has no track.
    """
    pool = Pool(detections, unsure or Detections.empty(), form)
    lines = [pool.decided(numbers) for numbers in _lines(layout)]
    decided = [number for line in lines for number in line]
    if all(number.probabilities is None for number in decided):
        return detections, _laid_out(lines, len(detections))
    digits = pool.rebuilt(decided)
    ends = np.cumsum([0, *(len(number.digits) for number in decided)])
    order = iter(ends[:-1].tolist())
    moved = [[replace(n, digits=list(range(a := next(order), a + len(n.digits)))) for n in line] for line in lines]
    return digits, _laid_out(moved, len(digits))


def _lines(layout: Layout) -> Iterator[list[list[int]]]:
    """Of each line the numbers from left to right, each as indices of its digits."""
    lines: dict[int, dict[int, list[int]]] = {}
    for i in layout.order.tolist():
        lines.setdefault(int(layout.line[i]), {}).setdefault(int(layout.number[i]), []).append(i)
    return (list(lines[line].values()) for line in sorted(lines))


def _laid_out(lines: list[list[Decided]], n: int) -> Layout:
    line, index, order = np.zeros(n, np.int64), np.zeros(n, np.int64), []
    fits, sure = np.zeros(n, bool), np.zeros(n, np.float32)
    kept = [row for row in lines if any(number.text for number in row)]
    for i, row in enumerate(kept):
        for k, number in enumerate(row):
            line[number.digits], index[number.digits] = i, k
            fits[number.digits], sure[number.digits] = number.fits, number.sure
            order += number.digits
    texts = [" ".join(number.text for number in row) for row in kept]
    return Layout(line, index, np.array(order, np.int64), texts, fits, sure)
