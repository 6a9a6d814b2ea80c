"""Numbers that fit no form as they were cut apart, or barely: each is read once more as a row, without cutting it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import cv2
import numpy as np
from numpy.typing import NDArray

from realtime.detections import Detections
from realtime.glyphs.normalize import normalize
from realtime.layout import arrange as arranging
from realtime.layout.arrange import Layout, arrange
from realtime.numbers.form import Form
from realtime.numbers.of_form import of_form
from realtime.numbers.search import likeliest, separate
from realtime.recognition.line_reader import Expected, LineReader, LineReading
from realtime.recognition.single_row import is_row
from realtime.recognition.trace import DIGIT, UNSURE, Trace


@dataclass(frozen=True)
class Limits:
    """Thresholds of this module.

    Attributes:
        clear: Probability of a number of the form from which it is not read again.
        believed: Probability of a row's text from which it counts.
        texts: Texts of the digits that were cut apart that are weighed against the row.
        margin: Share of the digits' height: the room around a row that the reader is used to.
        beside: Heights to the left and to the right within which digits may have been missed.
        few: Digits. Fewer are no number that was cut apart wrongly.
        widest: Heights of the widest row that is read.
    """

    clear: float = 0.9
    believed: float = 0.05
    texts: int = 8
    margin: float = 0.2
    beside: float = 1.5
    few: int = 2
    widest: float = 14.0


LIMITS = Limits()


def with_form(trace: Trace, form: Form, width: int, reader: LineReader) -> Trace:
    """What was seen in a frame, its digits those of the likeliest numbers of a form.

    Args:
        trace: of the frame.
        form: what every number looks like.
        width: of the frame in pixels.
        reader: reads the numbers once more that do not fit.
    """
    scale = trace.ink.shape[1] / width
    digits, layout = of_form(trace.detections, arrange(trace.detections), form, trace.unsure)
    if not is_row(trace.ink, scale, digits):  # else it has been read as a whole
        digits = reread_of_form(trace.ink, scale, digits, layout, form, reader)
    if digits is trace.detections:
        return trace
    known = (trace.boxes[:, None] == digits.xyxy[None]).all(axis=2)
    new = digits[~known.any(axis=0)]  # read as a row: these were never cut out
    inner = (new.xyxy * scale).astype(int)
    images = normalize([trace.ink[y0 : y1 + 1, x0 : x1 + 1] for x0, y0, x1, y1 in inner])
    left = np.where(trace.fate == DIGIT, UNSURE, trace.fate)
    return replace(
        trace,
        boxes=np.concatenate([trace.boxes, new.xyxy]),
        crops=np.concatenate([trace.crops, images]),
        probabilities=np.concatenate([trace.probabilities, new.probabilities]),
        likely=np.concatenate([trace.likely, new.confidence]),
        fate=np.concatenate([np.where(known.any(axis=1), DIGIT, left), np.full(len(new), DIGIT)]),
        detections=digits,
    )


def reread_of_form(
    ink: NDArray[np.uint8], scale: float, found: Detections, layout: Layout, form: Form, reader: LineReader
) -> Detections:
    """Read the numbers once more that do not fit a form, or not surely.

    Args:
        ink: `(h, w) uint8` of the whole frame, paper 0 and ink bright.
        scale: pixels of `ink` to one of the frame.
        found: the digits.
        layout: theirs, with `fits` and `sure`.
        form: what every number looks like.
        reader: reads the rows.

    Returns:
        The digits, those of such numbers replaced where the likeliest text of the form is probable.
    """
    kept, more = np.ones(len(found), bool), []
    for digits, left, right in _doubtful(found, layout):
        row = _Row(found.xyxy[digits] * scale, left * scale, right * scale)
        picture = row.cut_out(ink)
        if picture is None:
            continue
        said = dict(likeliest(separate(found.probabilities[digits]), form.automaton, LIMITS.texts).texts)
        reading = reader.read(picture, expected=Expected(form, said))
        if reading.confidence >= LIMITS.believed:
            kept[digits] = False
            more.append(_detections(reading, row.boxes(reading.xyxy) / scale, ink.shape, scale))
    return found if not more else _joined([found[kept], *more])


def _doubtful(found: Detections, layout: Layout) -> Iterator[tuple[list[int], float, float]]:
    """Numbers that do not fit, those side by side together, and those that fit barely, each by itself.

    Yields:
        The digits, and how far left and right they may reach, in pixels of the frame.
    """
    assert layout.fits is not None and layout.sure is not None
    clear = layout.fits & (layout.sure >= LIMITS.clear)
    for line in range(len(layout.lines)):
        row = [i for i in layout.order.tolist() if layout.line[i] == line]
        height = float(np.median(found.height[row]))
        runs: list[list[int]] = []
        for before, i in zip([None, *row], row, strict=False):
            apart = before is None or (
                found.xyxy[i, 0] - found.xyxy[before, 2] > arranging.LIMITS.far * height
                or layout.fits[i] != layout.fits[before]
                or (layout.fits[i] and layout.number[i] != layout.number[before])
            )
            if apart:
                runs.append([])
            runs[-1].append(i)
        for k, run in enumerate(runs):
            if clear[run[0]] or len(run) < LIMITS.few:
                continue
            left, right = (float(side) for side in (found.xyxy[run, 0].min(), found.xyxy[run, 2].max()))
            start = found.xyxy[runs[k - 1], 2].max() if k else -np.inf
            end = found.xyxy[runs[k + 1], 0].min() if k + 1 < len(runs) else np.inf
            yield (
                run,
                max(left - LIMITS.beside * height, float(start)),
                min(right + LIMITS.beside * height, float(end)),
            )


class _Row:
    """A band of the ink along some digits, level or not.

    Args:
        boxes: `(n, 4)` of the digits, in pixels of the ink.
        left: where the band begins.
        right: where it ends.
    """

    def __init__(self, boxes: np.ndarray, left: float, right: float) -> None:
        x, y = (boxes[:, 0] + boxes[:, 2]) / 2, (boxes[:, 1] + boxes[:, 3]) / 2
        height = float(np.median(boxes[:, 3] - boxes[:, 1]))
        slope = float(np.polyfit(x, y, 1)[0]) if np.ptp(x) > 2 * height else 0.0
        base = float(np.median(y - slope * x))
        # Sheared rather than turned: upright strokes stay upright, as on a sheet that lies level.
        over, under = (boxes[:, 1] - slope * x - base).min(), (boxes[:, 3] - slope * x - base).max()
        room = LIMITS.margin * height
        self._left, self._width = left - room, right - left + 2 * room
        self._top, self._height = base + over - room, under - over + 2 * room
        self._slope = slope

    def cut_out(self, ink: NDArray[np.uint8]) -> np.ndarray | None:
        """The band, `(h, w) uint8`; None where it is no row."""
        width, height = round(self._width), round(self._height)
        if height < 8 or not 0 < width <= LIMITS.widest * height:
            return None
        matrix = np.array([[1, 0, self._left], [self._slope, 1, self._top + self._slope * self._left]])
        flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
        return cv2.warpAffine(ink, matrix, (width, height), flags=flags, borderMode=cv2.BORDER_CONSTANT)

    def boxes(self, boxes: np.ndarray) -> np.ndarray:
        """Boxes in pixels of the band -> in pixels of the ink."""
        x = self._left + boxes[:, [0, 2]]
        y = self._top + boxes[:, [1, 3]] + self._slope * x.mean(axis=1, keepdims=True)
        return np.stack([x[:, 0], y[:, 0], x[:, 1], y[:, 1]], axis=1)


def _detections(reading: LineReading, boxes: np.ndarray, shape: tuple[int, ...], scale: float) -> Detections:
    size = np.array([shape[1], shape[0]]) / scale
    whole = np.rint(boxes).astype(np.int32)
    whole[:, :2] = np.clip(whole[:, :2], 0, np.maximum(size - 1, 0))
    whole[:, 2:] = np.clip(whole[:, 2:], whole[:, :2] + 1, np.maximum(np.rint(size), whole[:, :2] + 1))
    confidence = reading.probabilities[np.arange(len(reading.digit)), reading.digit]
    return Detections(whole, reading.digit, confidence, reading.probabilities)


def _joined(parts: list[Detections]) -> Detections:
    names = ("xyxy", "digit", "confidence", "probabilities", "track")
    return Detections(*(np.concatenate([getattr(part, name) for part in parts]) for name in names))
