"""A sheet of digits moved before a camera, as a recogniser with flaws would see it. For the tests of the tracker."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

from realtime.detections import Detections
from realtime.tracking.tracker import Reading, Tracker

SIZE = (1280, 720)
WIDTHS = {"1": 0.25, "7": 0.55}  # of a digit, in heights; the others 0.65
GAP, SPACE = 0.2, 0.7  # between two digits, and what a space adds


@dataclass
class Pose:
    """Where the sheet's middle is (pixels), how high its digits are (pixels), and how it is turned (degrees)."""

    x: float = 640
    y: float = 360
    height: float = 50
    angle: float = 0
    shear: float = 0  # tilted away: the lines run together
    there: bool = True


@dataclass
class Flaws:
    """What is wrong with the recogniser: shares of digits and frames; errors last two frames on average."""

    jitter: float = 0.03  # of the boxes' edges, in heights
    missed: float = 0.05
    misread: float = 0.03
    invented: float = 0.05
    unsure: float = 0.1


def nothing(time: float, places: np.ndarray) -> np.ndarray:
    """Covers nothing."""
    return np.zeros(len(places), bool)


@dataclass
class Sheet:
    """Lines of digits, evenly written, seen from `pose(time)`, with what `hidden(time)` covers left out.

    `hidden` maps a time to a function of places on the sheet `(n, 2)`, in heights from the middle, to `(n,) bool`.
    """

    lines: list[str]
    pose: Callable[[float], Pose]
    hidden: Callable[[float, np.ndarray], np.ndarray] = nothing
    places: np.ndarray = field(init=False)
    sizes: np.ndarray = field(init=False)
    digits: np.ndarray = field(init=False)

    def __post_init__(self) -> None:
        places, sizes, digits = [], [], []
        for row, text in enumerate(self.lines):
            widths = np.array([SPACE if letter == " " else WIDTHS.get(letter, 0.65) for letter in text])
            left = np.cumsum(widths + GAP) - widths - GAP
            for letter, x, width in zip(text, left - (left[-1] + widths[-1]) / 2, widths, strict=True):
                if letter != " ":
                    places.append((x + width / 2, 1.6 * (row - (len(self.lines) - 1) / 2)))
                    sizes.append((width, 1.0))
                    digits.append(int(letter))
        self.places, self.sizes, self.digits = np.array(places), np.array(sizes), np.array(digits)

    def boxes(self, time: float) -> tuple[np.ndarray, np.ndarray]:
        """True boxes `(n, 4)` as xyxy, and which digits are wholly in view and not covered `(n,)`."""
        pose = self.pose(time)
        turn = np.deg2rad(pose.angle)
        x, y = self.places.T
        x = x * (1 + pose.shear * y / 10)
        x, y = x * np.cos(turn) - y * np.sin(turn), x * np.sin(turn) + y * np.cos(turn)
        center = np.stack([x, y], axis=1) * pose.height + (pose.x, pose.y)
        w, h = self.sizes.T
        c, s = abs(np.cos(turn)), abs(np.sin(turn))
        half = np.stack([w * c + h * s, w * s + h * c], axis=1) * pose.height / 2
        boxes = np.concatenate([center - half, center + half], axis=1)
        inside = (boxes[:, :2] >= 0).all(axis=1) & (boxes[:, 2:] <= SIZE).all(axis=1)
        return boxes, inside & ~self.hidden(time, self.places) & pose.there


class Recognizer:
    """Sees a sheet with flaws that last a frame or some."""

    def __init__(self, flaws: Flaws, seed: int = 0) -> None:
        self._flaws = flaws
        self._rng = np.random.default_rng(seed)
        self._going: dict[str, np.ndarray] = {}

    def _strikes(self, kind: str, share: float, n: int) -> np.ndarray:
        """Which of n digits suffer from an error; an error goes on for another frame every second time."""
        begin = self._rng.random(n) < share / 2
        go_on = self._rng.random(n) < 0.5
        self._going[kind] = begin | (self._going.get(kind, np.zeros(n, bool)) & go_on)
        return self._going[kind]

    def __call__(self, sheet: Sheet, time: float) -> Detections:
        rng, flaws = self._rng, self._flaws
        boxes, visible = sheet.boxes(time)
        n = len(boxes)
        height = max(4.0, float(np.median(boxes[:, 3] - boxes[:, 1])))
        digits = sheet.digits.copy()
        wrong = self._strikes("misread", flaws.misread, n)
        digits[wrong] = (sheet.digits[wrong] * 7 + 3) % 10
        sure = np.where(self._strikes("unsure", flaws.unsure, n) | wrong, rng.uniform(0.5, 0.9, n), 0.98)
        seen = visible & ~self._strikes("missed", flaws.missed, n)
        boxes = boxes + rng.normal(0, flaws.jitter * height, boxes.shape)
        boxes, digits, sure = boxes[seen], digits[seen], sure[seen]
        if self._strikes("invented", flaws.invented, 1)[0]:
            x, y = rng.uniform((0, 0), SIZE)
            boxes = np.vstack([boxes, (x, y, x + 0.5 * height, y + height)])
            digits, sure = np.append(digits, rng.integers(10)), np.append(sure, rng.uniform(0.5, 0.99))
        order = rng.permutation(len(boxes))
        return detections(boxes[order], digits[order], sure[order])


def detections(boxes: np.ndarray, digits: np.ndarray, sure: np.ndarray | float = 0.98) -> Detections:
    """Detections of given digits; what is left of the probability goes to all other classes alike."""
    boxes, digits = np.asarray(boxes, float).reshape(-1, 4), np.asarray(digits, np.int64)
    sure = np.broadcast_to(sure, len(digits))
    probabilities = np.repeat((1 - sure[:, None]) / 10, 11, axis=1).astype(np.float32)
    probabilities[np.arange(len(digits)), digits] = sure
    boxes[:, 2:] = np.maximum(boxes[:, 2:], boxes[:, :2] + 1)
    return Detections.from_probabilities(np.rint(boxes), probabilities)


@dataclass
class Score:
    """How the tracker did, against the truth."""

    right: float  # share of digit sightings shown in their place with the right label, from half a second of view on
    invented: float  # digits a frame that are shown and not there
    switches: int  # times a digit's track number changed
    flips: float  # label changes a minute and digit
    readings: list[Reading]


def follow(
    sheet: Sheet, seconds: float, flaws: Flaws | None = None, fps: float = 30, seed: int = 0, size: bool = True
) -> Score:
    """Run a tracker over what a flawed recogniser sees of the sheet.

    Args:
        sheet: what is held before the camera.
        seconds: for how long.
        flaws: of the recogniser; the usual ones where left out.
        fps: frames a second.
        seed: of the flaws.
        size: whether the tracker is told the size of the frame.
    """
    tracker, recognizer = Tracker(), Recognizer(flaws or Flaws(), seed)
    n = len(sheet.digits)
    in_view = np.zeros(n)  # seconds
    number: dict[int, int] = {}
    label: dict[int, int] = {}
    right = looked = switches = flips = invented = 0
    readings: list[Reading] = []
    frames = round(seconds * fps)
    for index in range(frames):
        time = index / fps
        tracks = tracker(recognizer(sheet, time), time, SIZE if size else None)
        if tracker.reading is not None:
            readings.append(tracker.reading)
        boxes, visible = sheet.boxes(time)
        in_view = np.where(visible, in_view + 1 / fps, 0)
        taken = set()
        shown = tracks.xyxy.astype(float)
        for i in range(n):
            middle, height = (boxes[i, :2] + boxes[i, 2:]) / 2, boxes[i, 3] - boxes[i, 1]
            off = np.hypot(*((shown[:, :2] + shown[:, 2:]) / 2 - middle).T) / height
            near = int(off.argmin()) if len(off) else -1
            hit = near >= 0 and off[near] < 0.35
            if hit:
                taken.add(near)
                if visible[i]:
                    track = int(tracks.track[near])
                    switches += number.get(i, track) != track
                    number[i] = track
            if in_view[i] > 0.5:
                looked += 1
                right += bool(hit and tracks.digit[near] == sheet.digits[i])
        invented += len(tracks) - len(taken)
        for track, digit in zip(tracks.track.tolist(), tracks.digit.tolist(), strict=True):
            flips += label.get(track, digit) != digit
            label[track] = digit
    return Score(right / max(looked, 1), invented / frames, switches, flips / max(looked / fps / 60, 1e-9), readings)
