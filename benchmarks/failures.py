"""What went wrong on a picture, digit by digit, and why: by true boxes where they are known, else by the rows."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

import numpy as np

from benchmarks.contact_sheet import Failure, views
from benchmarks.scoring import align_rows, area, common, match, overlap
from realtime.detections import NOT_A_DIGIT, Detections
from realtime.layout.arrange import Layout
from realtime.recognition.trace import Trace
from training.render.scenes import Scene

_HOLDS = 0.5  # of a digit's box: what holds so much of it has swallowed it
_WITHIN = 0.6  # of its own box: what lies so far within a digit, or a word, is a part of it
_SWALLOWED = 0.8  # of a digit's box: what holds so much of two is no single digit
_WHOLE = 0.65  # of the joint area of a glyph and a digit, where it was cut out as it should be
_SAME = 0.5  # of their joint area: two boxes of one glyph


@dataclass
class Compared:
    """A picture as read beside the picture as it is.

    Attributes:
        hits: digits read rightly.
        failures: all others.
        confidence, right: of each digit shown.
        fooled: how often each kind of thing that is no digit was read as one; see `scenes.Other`.
    """

    hits: int = 0
    failures: list[Failure] = field(default_factory=list)
    confidence: list[float] = field(default_factory=list)
    right: list[bool] = field(default_factory=list)
    fooled: Counter[str] = field(default_factory=Counter)


class _Looker:
    """Makes failures of one picture."""

    def __init__(self, file: str, frame: np.ndarray, trace: Trace) -> None:
        self.file, self.frame, self.trace = file, frame, trace

    def __call__(
        self,
        kind: str,
        cause: str,
        xyxy: np.ndarray,
        meant: str,
        read: str = "",
        confidence: float = 0.0,
        glyph: int | None = None,
    ) -> Failure:
        picture, ink = views(self.frame, self.trace.ink, xyxy)
        crop = None if glyph is None else self.trace.crops[glyph]
        return Failure(kind, cause, self.file, read, confidence, meant, picture, ink, crop)

    def glyph_at(self, xyxy: np.ndarray) -> int | None:
        """The glyph whose box this is, or nearly."""
        if len(self.trace.boxes) == 0:
            return None
        shared = overlap(xyxy[None], self.trace.boxes)[0]
        best = int(shared.argmax())
        return best if shared[best] >= _SAME else None


def compare_by_boxes(scene: Scene, trace: Trace, file: str) -> Compared:
    """Compare what was read with the truth of a generated scene."""
    shown, truth, labels = trace.detections, scene.xyxy.astype(np.float64), scene.labels
    look = _Looker(file, scene.image, trace)
    found = match(truth, shown.xyxy)
    result = Compared(confidence=shown.confidence.tolist())
    right = np.zeros(len(shown), bool)
    told = np.zeros(len(shown), bool)  # detections that some failure speaks of
    for t, d in enumerate(found.tolist()):
        if d < 0:
            continue
        told[d] = True
        right[d] = shown.digit[d] == labels[t]
        if right[d]:
            result.hits += 1
            continue
        glyph = look.glyph_at(shown.xyxy[d])
        read = str(shown.digit[d])
        meant = str(labels[t])
        result.failures.append(look("misread", "misread", truth[t], meant, read, float(shown.confidence[d]), glyph))
    boxes = shown.xyxy.astype(np.float64)
    held = common(boxes, truth) / np.maximum(area(truth), 1)  # how much of each digit a detection holds
    own = common(boxes, truth) / np.maximum(area(boxes), 1)[:, None]  # how much of it lies within each digit
    for t in np.flatnonzero(found < 0).tolist():
        cause, glyph, d = _why_missed(t, truth, held, own, trace)
        if d is None:
            result.failures.append(_missed(look, cause, truth[t], str(labels[t]), glyph))
        else:
            told[d] = True
            read, confidence = str(shown.digit[d]), float(shown.confidence[d])
            around = np.concatenate([np.minimum(truth[t, :2], boxes[d, :2]), np.maximum(truth[t, 2:], boxes[d, 2:])])
            glyph = look.glyph_at(shown.xyxy[d])
            result.failures.append(look("missed", cause, around, str(labels[t]), read, confidence, glyph))
    for d in np.flatnonzero(~told).tolist():
        cause = _why_invented(d, own, boxes[d], scene)
        result.fooled[cause] += 1
        glyph = look.glyph_at(shown.xyxy[d])
        read, confidence = str(shown.digit[d]), float(shown.confidence[d])
        result.failures.append(look("invented", f"{cause} read as a digit", boxes[d], "", read, confidence, glyph))
    result.right = right.tolist()
    return result


def _why_missed(
    t: int, truth: np.ndarray, held: np.ndarray, own: np.ndarray, trace: Trace
) -> tuple[str, int | None, int | None]:
    """Why digit `t` was not found; the glyph to show, and the detection that took its place."""
    holders = np.flatnonzero(held[:, t] >= _HOLDS)
    if len(holders):
        d = int(holders[held[holders, t].argmax()])
        both = (held[d] >= _HOLDS).sum() > 1
        return ("two digits read as one" if both else "read with ink beside it"), None, d
    inside = np.flatnonzero(own[:, t] >= _WITHIN)
    if len(inside):
        return "only a part of it read", None, int(inside[own[inside, t].argmax()])
    boxes = trace.boxes.astype(np.float64)
    holds = common(boxes, truth) / np.maximum(area(truth), 1)
    digits = (holds >= _SWALLOWED).sum(axis=1)
    same = np.flatnonzero((overlap(truth[t][None], boxes)[0] >= _WHOLE) & (digits < 2))
    if len(same):
        best = int(same[trace.probabilities[same, :NOT_A_DIGIT].max(axis=1).argmax()])
        taken = trace.probabilities[best].argmax() == NOT_A_DIGIT
        return ("taken for no digit" if taken else "seen as a digit, but not kept"), best, None
    holding = np.flatnonzero(holds[:, t] >= _SWALLOWED)
    within = np.flatnonzero(common(boxes, truth[t][None])[:, 0] >= _WITHIN * np.maximum(area(boxes), 1))
    part = int(within[area(boxes[within]).argmax()]) if len(within) else None
    if (digits[holding] > 1).any():
        glyph = int(holding[area(boxes[holding]).argmin()])
        return ("not cut from another digit", glyph, None) if part is None else ("cut in the wrong place", part, None)
    if len(holding):
        return "hangs together with something", int(holding[area(boxes[holding]).argmin()]), None
    return ("no glyph there" if part is None else "fell to pieces"), part, None


def _why_invented(d: int, own: np.ndarray, box: np.ndarray, scene: Scene) -> str:
    """What was taken for a digit."""
    if own.shape[1] and own[d].max() >= _WITHIN:
        return "part of a digit"
    others = [other for other in scene.others if other.kind != "mark"] or scene.others
    for group in (others, scene.others):
        places = np.array([other.xyxy for other in group], np.float64).reshape(-1, 4)
        inside = common(box[None], places)[0] >= _WITHIN * max(1.0, float(area(box[None])[0]))
        if inside.any():
            which = np.flatnonzero(inside)
            return {"word": "letter"}.get(kind := group[which[area(places[which]).argmin()]].kind, kind)
    if own.shape[1] and own[d].max() > 0.1:
        return "ink beside a digit"
    return "clutter"


def compare_by_rows(
    want: list[str],
    ordered: bool,
    shown: Detections,
    layout: Layout,
    frame: np.ndarray,
    trace: Trace,
    file: str,
) -> list[Failure]:
    """What is wrong with a frame of which only the rows are known, as far as they tell.

    Args:
        want: the digits of each row, without spaces.
        ordered: whether rows and order are known; else only which digits there are.
        shown: what was read.
        layout: of `shown`.
        frame: as it was read.
        trace: what the recogniser saw.
        file: name to tell.
    """
    look = _Looker(file, frame, trace)
    if not ordered:
        return _by_counts("".join(want), shown, look)
    read = ["".join(line.split()) for line in layout.lines]
    meant, order = "".join(want), layout.order
    pairs = align_rows(want, read)
    failures = []
    for k, (row, i, j) in enumerate(pairs):
        if i is not None and j is not None and meant[i] == str(shown.digit[order[j]]):
            continue
        if j is not None:
            d = int(order[j])
            kind = "invented" if i is None else "misread"
            failures.append(_shown_wrongly(look, kind, d, "" if i is None else meant[i], shown))
        elif i is not None:
            place = _between(pairs, k, row, shown, order, frame.shape)
            failures.append(_missed_near(look, place, meant[i], shown))
    return failures


def _by_counts(meant: str, shown: Detections, look: _Looker) -> list[Failure]:
    """The surplus digits, least sure first, and those that are missing, wherever they are."""
    want, got = Counter(meant), Counter(str(digit) for digit in shown.digit)
    missing = "".join((want - got).elements())
    failures = []
    for digit, count in (got - want).items():
        same = np.flatnonzero(shown.digit == int(digit))
        for d in same[np.argsort(shown.confidence[same], kind="stable")][:count].tolist():
            kind = "misread" if missing else "invented"
            failures.append(_shown_wrongly(look, kind, d, "/".join(sorted(set(missing))), shown))
    for digit in missing[len(failures) :]:
        h, w = look.frame.shape[:2]
        failures.append(_missed_near(look, np.array([0, 0, w, h]), digit, shown))
    return failures


def _shown_wrongly(look: _Looker, kind: str, d: int, meant: str, shown: Detections) -> Failure:
    box, glyph = shown.xyxy[d], look.glyph_at(shown.xyxy[d])
    return look(kind, kind, box, meant, str(shown.digit[d]), float(shown.confidence[d]), glyph)


def _missed(look: _Looker, cause: str, xyxy: np.ndarray, meant: str, glyph: int | None) -> Failure:
    if glyph is None:
        return look("missed", cause, xyxy, meant)
    of_digits = look.trace.probabilities[glyph, :NOT_A_DIGIT]
    return look("missed", cause, xyxy, meant, str(of_digits.argmax()), float(of_digits.max()), glyph)


def _missed_near(look: _Looker, place: np.ndarray, meant: str, shown: Detections) -> Failure:
    """A digit that is missing somewhere in `place`: at the glyph there that would most likely have been it."""
    boxes = look.trace.boxes.astype(np.float64)
    middle = (boxes[:, :2] + boxes[:, 2:]) / 2
    inside = ((middle >= place[:2]) & (middle <= place[2:])).all(axis=1)
    if len(shown) and len(boxes):
        inside &= common(boxes, shown.xyxy.astype(np.float64)).max(axis=1) < 0.5 * np.maximum(area(boxes), 1)
    which = np.flatnonzero(inside)
    if len(which) == 0:
        return _missed(look, "missed: no glyph there", place, meant, None)
    glyph = int(which[look.trace.probabilities[which, int(meant)].argmax()])
    if look.trace.probabilities[glyph, int(meant)] < 0.01:  # nothing like it: the largest tells more
        glyph = int(which[area(boxes[which]).argmax()])
    taken = look.trace.probabilities[glyph].argmax() == NOT_A_DIGIT
    cause = "missed: taken for no digit" if taken else "missed: seen as a digit, but not kept"
    return _missed(look, cause, boxes[glyph], meant, glyph)


def _between(
    pairs: list[tuple[int, int | None, int | None]],
    k: int,
    row: int,
    shown: Detections,
    order: np.ndarray,
    shape: tuple[int, ...],
) -> np.ndarray:
    """The box in which the missing digit of pair `k` must be, by its neighbours in the row; else the whole frame."""
    before = [j for r, _, j in pairs[:k] if r == row and j is not None]
    after = [j for r, _, j in pairs[k + 1 :] if r == row and j is not None]
    h, w = shape[:2]
    near = [shown.xyxy[order[j]].astype(np.float64) for j in (*before[-1:], *after[:1])]
    if not near:
        return np.array([0.0, 0.0, w, h])
    tall = max(float(box[3] - box[1]) for box in near)
    top, bottom = min(box[1] for box in near) - 0.4 * tall, max(box[3] for box in near) + 0.4 * tall
    left = near[0][2] - 0.3 * tall if before else near[0][0] - 2.5 * tall
    right = near[-1][0] + 0.3 * tall if after else near[-1][2] + 2.5 * tall
    return np.array([max(0.0, left), max(0.0, top), min(float(w), max(right, left + tall)), min(float(h), bottom)])
