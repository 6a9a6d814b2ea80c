"""Clips with truth by frame, read as the command line reads a video: are the digits steady, and read out once?

A digit counts from half a second after it has come wholly into view, and the sheet when all its digits count. What
the tracker holds must then be those digits, each in its place, and no other but those that a hand has just covered.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from benchmarks.clip_set import clip_name, images, moving_clip
from benchmarks.contact_sheet import Failure, views
from benchmarks.scoring import match, share
from realtime.detections import Detections
from realtime.layout.arrange import arrange
from realtime.live.pipeline import EveryFrame
from realtime.recognition.recognizer import Recognizer
from realtime.recognition.trace import Trace
from realtime.sources.frame import Frame
from training.render.clips import Clip
from training.render.scenes import Digit

_SETTLED = 0.5  # seconds in view from which a digit must be read
_GONE = 0.6  # seconds out of sight after which a digit may not be shown any more
_MEET = 0.3  # overlap of a tracked box, which is smoothed, with the true one


@dataclass
class Result:
    """A clip as read.

    Attributes:
        held, right, exact: frames in which the whole sheet counts; those in which all digits are right and no other
            is shown; those in which the lines are right as well, but for their spaces.
        partly, partly_right: other frames in which some digit counts, as when a hand covers the rest or the sheet
            leaves; those of them in which all that count are right, and nothing is shown where no digit is.
        empty, clean: frames long without a digit, and those of them in which none is shown.
        label_changes, track_changes: how often a digit changed what it was read as, or its number.
        digit_seconds: for which digits were in view and shown.
        wanted, readings: the rows on the sheet, and the readings that came.
        failures: each once, with the number of frames.
    """

    name: str
    held: int = 0
    right: int = 0
    exact: int = 0
    partly: int = 0
    partly_right: int = 0
    empty: int = 0
    clean: int = 0
    label_changes: int = 0
    track_changes: int = 0
    digit_seconds: float = 0.0
    wanted: list[str] = field(default_factory=list)
    readings: list[list[str]] = field(default_factory=list)
    failures: list[Failure] = field(default_factory=list)

    @property
    def one_reading(self) -> bool:
        """Whether there was exactly one reading, and the right one, but for its spaces."""
        return [_joined(lines) for lines in self.readings] == [_joined(self.wanted)]


def read_clip(recognizer: Recognizer, i: int) -> Result:
    """Read clip number `i`, or the sample clip."""
    clip, name = moving_clip(i), clip_name(i)
    judge = Judge(clip, name)
    pipeline = EveryFrame(recognizer)
    for index, image in enumerate(images(clip, i)):
        read = pipeline(Frame(image, name, index, index / clip.fps, still=False, fps=clip.fps))
        if read.reading is not None:
            judge.result.readings.append(read.reading.lines)
        assert read.trace is not None
        judge(index, image, read.trace, read.detections)
    return judge.finish()


class Judge:
    """Holds what is shown in each frame of a clip against the truth."""

    def __init__(self, clip: Clip, name: str) -> None:
        self.clip, self.result = clip, Result(name, wanted=clip.rows)
        self._since = np.zeros(clip.digits)  # seconds for which each digit has been wholly in view
        self._without = 0.0  # seconds for which none has been in view
        self._label: dict[int, int] = {}
        self._track: dict[int, int] = {}
        self._seen: dict[int, tuple[int, int]] = {}  # of each track the digit that it was last, and the frame
        self._failures: dict[tuple[str, str, str, str], Failure] = {}

    def __call__(self, frame: int, image: np.ndarray, trace: Trace, shown: Detections) -> None:
        """Judge what the tracker shows in a frame."""
        result, step = self.result, 1 / self.clip.fps
        digits, _ = self.clip.truth(frame)
        whole = np.zeros(self.clip.digits, bool)
        whole[[digit.index for digit in digits if digit.visible == 1]] = True
        self._since = np.where(whole, self._since + step, 0)
        self._without = 0.0 if digits else self._without + step
        settled = self._since >= _SETTLED - 1e-9
        boxes = np.array([digit.xyxy for digit in digits], np.float64).reshape(-1, 4)
        found = match(boxes, shown.xyxy, _MEET)
        self._note_changes(digits, found, shown, step)
        held = self._held(frame, digits, found, shown)
        if self._without > _GONE:
            result.empty += 1
            result.clean += len(shown) == 0
        if not settled.any():
            return
        wrong = self._wrong(digits, found, shown, settled, held)
        if settled.all():
            result.held += 1
            result.right += not wrong
            result.exact += _joined(arrange(shown).lines) == _joined(self.clip.rows)
        else:
            result.partly += 1
            result.partly_right += not wrong
        for kind, meant, box, d in wrong:
            self._note_failure(frame, kind, meant, box, None if d is None else shown[[d]], image, trace)

    def finish(self) -> Result:
        """What came of it."""
        self.result.failures = list(self._failures.values())
        return self.result

    def _held(self, frame: int, digits: list[Digit], found: np.ndarray, shown: Detections) -> set[int]:
        """Which of those shown are held on to though their digit has just gone out of sight."""
        for digit, d in zip(digits, found.tolist(), strict=True):
            if d >= 0:
                self._seen[int(shown.track[d])] = digit.index, frame
        in_sight = {digit.index for digit in digits}
        known = [self._seen.get(track, (-1, -1)) for track in shown.track.tolist()]
        return {
            d
            for d, (index, last) in enumerate(known)
            if index >= 0
            and index not in in_sight
            and (frame - last) / self.clip.fps <= _GONE
            and shown.digit[d] == self._label.get(index)
        }

    def _wrong(
        self, digits: list[Digit], found: np.ndarray, shown: Detections, settled: np.ndarray, held: set[int]
    ) -> list[tuple[str, str, np.ndarray, int | None]]:
        wrong: list[tuple[str, str, np.ndarray, int | None]] = []
        for digit, d in zip(digits, found.tolist(), strict=True):
            box = np.array(digit.xyxy)
            if settled[digit.index] and d < 0:
                wrong.append(("missed", str(digit.label), box, None))
            elif d >= 0 and shown.digit[d] != digit.label and (settled[digit.index] or digit.visible < 1):
                wrong.append(("misread", str(digit.label), box, d))
        for d in sorted(set(range(len(shown))) - set(found.tolist()) - held):
            wrong.append(("invented", "", shown.xyxy[d], d))
        return wrong

    def _note_changes(self, digits: list[Digit], found: np.ndarray, shown: Detections, step: float) -> None:
        for digit, d in zip(digits, found.tolist(), strict=True):
            if d < 0 or digit.visible < 1:
                continue
            i, label, track = digit.index, int(shown.digit[d]), int(shown.track[d])
            self.result.digit_seconds += step
            self.result.label_changes += self._label.get(i, label) != label
            self.result.track_changes += self._track.get(i, track) != track
            self._label[i], self._track[i] = label, track

    def _note_failure(
        self,
        frame: int,
        kind: str,
        meant: str,
        box: np.ndarray,
        shown: Detections | None,
        image: np.ndarray,
        trace: Trace,
    ) -> None:
        read = "" if shown is None else str(shown.digit[0])
        key = (kind, meant, read, f"{np.rint(box[:2] / 80)}" if kind == "invented" else "")
        if key in self._failures:
            self._failures[key].times += 1
            return
        picture, ink = views(image, trace.ink, box)
        sure = 0.0 if shown is None else float(shown.confidence[0])
        near = match(box[None], trace.boxes, _MEET)[0]
        crop = None if near < 0 else trace.crops[near]
        file = f"{self.result.name} frame {frame}"
        self._failures[key] = Failure(kind, f"{kind} in a clip", file, read, sure, meant, picture, ink, crop)


def figures(results: list[Result]) -> dict[str, Any]:
    """The clips together, and each by itself."""

    def total(name: str) -> float:
        return sum(getattr(result, name) for result in results)

    minutes = total("digit_seconds") / 60
    return {
        "clips": len(results),
        "right": share(total("right"), total("held")),
        "rows_exact": share(total("exact"), total("held")),
        "partly_right": share(total("partly_right"), total("partly")),
        "clean": share(total("clean"), total("empty")),
        "label_changes_a_minute": share(total("label_changes"), minutes),
        "track_changes_a_minute": share(total("track_changes"), minutes),
        "one_right_reading": sum(result.one_reading for result in results),
        "each": {
            result.name: {
                "right": share(result.right, result.held),
                "partly_right": share(result.partly_right, result.partly),
                "held": result.held,
                "label_changes": result.label_changes,
                "readings": result.readings,
                "wanted": result.wanted,
            }
            for result in results
        },
    }


def _joined(lines: list[str]) -> list[str]:
    return ["".join(line.split()) for line in lines]
