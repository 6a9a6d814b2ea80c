"""Moving clips with truth by frame: a sheet comes into view over a desk, moves, tilts, is covered, goes away.

    clip = draw_clip(np.random.default_rng(0), seconds=10, fps=25, story=("tilt", "cover"))
    clip.rows                                     # what stands on the sheet
    for scene in clip:                            # one `scenes.Scene` a frame
        [d for d in scene.digits if d.visible == 1]   # `index` is the number of the digit on the sheet
        scene.rows                                # the rows, of the digits that are wholly in view

A clip may be run through again, or asked for frame `clip[i]`, and gives the same frames. `clip.truth(i)` is quick: it
draws nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import cv2
import numpy as np

from training.render.camera import Camera, develop
from training.render.grain import Size
from training.render.hands import holding, reaching
from training.render.light import light
from training.render.scenes import Digit, Scene
from training.render.sheet import Sheet, box_of
from training.render.styles import KINDS, Kind
from training.render.textures import desk

STORIES = ("tilt", "turn", "far", "cover", "return", "light")
"""What may happen: the sheet is tilted, turned, held farther off, covered by a hand, taken away and shown again, or the
light over it changes."""

_AWAY = 1.15  # how far out of the picture the sheet rests, in heights of the picture


@dataclass(frozen=True)
class Pose:
    """Where the sheet is held: centre in parts of the picture, size, and turns in radians."""

    x: float = 0.5
    y: float = 0.5
    scale: float = 1.0
    roll: float = 0.0
    yaw: float = 0.0
    pitch: float = 0.0


class Clip:
    """A clip; see `draw_clip`.

    Attributes:
        rows: what stands on the sheet, top to bottom.
        fps: frames a second.
        size: (width, height) of a frame.
        digits: number of digits on the sheet.
    """

    def __init__(
        self,
        rng: np.random.Generator,
        seconds: float,
        fps: float,
        size: Size,
        kind: Kind,
        rows: list[str] | None,
        story: Sequence[str],
        background: str | None,
        grain: float,
    ) -> None:
        self.fps, self.size, self.grain = fps, size, grain
        self._frames = round(seconds * fps)
        self._seed = int(rng.integers(2**31))
        self._unit = size[1] / 15  # width of a thumb
        sheet_size = (round(0.74 * size[0]), round(0.8 * size[1]))
        style = replace(kind, turn=0, tilt=0, desk=1, height=(kind.height[0] * 1.2, kind.height[1] * 1.2))
        self._sheet = Sheet(rng, sheet_size, style, 0.3, rows)
        self.rows = self._sheet.rows
        self.digits = len(self._sheet.written)
        self._load(rng)
        self._behind = desk(rng, size, background)
        self._light = [light(rng, size, 0.5) for _ in range(2)]
        self._path(rng, seconds, story)
        self._wobble = rng.uniform(0.25, 1.1, (5, 3)), rng.uniform(0, 6.3, (5, 3))
        self._fall = np.array([rng.choice([-1, 1]) * 0.02, 0.035]) * size[1]  # of the shadow

    def __len__(self) -> int:
        return self._frames

    def __iter__(self) -> Iterator[Scene]:
        return (self[i] for i in range(self._frames))

    def __getitem__(self, i: int) -> Scene:
        """Frame `i`, counted from 0."""
        camera = self._camera(i)
        layer = camera.shoot(self._layer)
        middle = np.array(camera.extent) * (0.4, 0.3)
        step = (camera.project(middle) - self._camera(i - 1).project(middle))[0] / 3
        if np.hypot(*step) > 1.5:  # the shutter is open for a third of a frame
            layer = _smeared(layer, step)
        picture = _laid(layer, self._behind, self._fall)
        hand = self._reaching(i)
        if hand is not None:
            picture = _laid(hand, picture, self._fall * 0.5)
        image = develop(
            picture,
            self._lit(i, camera),
            np.random.default_rng([self._seed, i]),
            blur=self.size[1] / 1200,
            grain=self.grain,
        )
        return Scene(image, *self.truth(i), "clip")

    def truth(self, i: int) -> tuple[list[Digit], list[str]]:
        """The digits that are seen in frame `i`, in part or wholly, and the rows of those seen wholly."""
        camera = self._camera(i)
        hand = self._reaching(i)
        digits, whole = [], []
        for index, (label, row, _, width) in enumerate(self._sheet.written):
            strokes = self._strokes[index]
            spots = camera.project(np.concatenate(strokes)[:, :2])
            visible = _inside(spots, self.size)
            if hand is not None:
                visible = min(visible, _uncovered(spots, hand[..., 3]))
            if visible > 0:
                digits.append(Digit(label, box_of(camera, strokes, width), row, index, visible))
            whole.append(visible == 1)
        return digits, self._rows_of(whole)

    def _load(self, rng: np.random.Generator) -> None:
        """The sheet and the hand that holds it, as one flat layer `(h, w, 4)`, colours times cover."""
        page, unit = self._sheet.page, self._unit
        w, h = page.size
        left, top, right, bottom = (round(unit * k) for k in (1, 1, 9, 16))
        size = (w + left + right, h + top + bottom)
        spots = [(x * w, h - k * unit) for k in (1.5, 1.0, 0.6) for x in (0.72, 0.8, 0.64, 0.88, 0.56, 0.5, 0.4)]
        free = (
            spot for spot in spots if self._sheet.is_free((spot[0] - unit, spot[1] - unit, spot[0] + 1.5 * unit, h))
        )
        grip = next(free, (0.75 * w, h + 0.5 * unit))  # the thumb covers no digit
        under, over = holding(rng, size, (grip[0] + left, grip[1] + top), unit)
        layer = under.astype(np.float32)
        layer[..., :3] *= layer[..., 3:] / 255
        layer[top : top + h, left : left + w] = 255
        layer[top : top + h, left : left + w, :3] = page.image
        shade = cv2.GaussianBlur(over[..., 3], (0, 0), unit * 0.22)
        shade = np.roll(shade, (round(0.12 * unit), round(0.1 * unit)), (0, 1))
        layer[..., :3] *= 1 - shade[..., None] * np.float32(0.35 / 255)
        alpha = over[..., 3:].astype(np.float32) / 255
        layer = layer * (1 - alpha) + np.concatenate([over[..., :3] * alpha, over[..., 3:]], axis=-1)
        self._layer = layer.astype(np.uint8)
        self._offset = np.array([left, top])
        self._strokes = [
            [stroke + np.array([left, top, 0], np.float32) for stroke in strokes]
            for _, _, strokes, _ in self._sheet.written
        ]
        self._cover = reaching(rng, (round(13 * unit), round(26 * unit)), unit * 1.05).astype(np.float32)
        self._cover[..., :3] *= self._cover[..., 3:] / 255

    def _path(self, rng: np.random.Generator, seconds: float, story: Sequence[str]) -> None:
        """Poses by time: in, through the events of the story, and out again."""
        side = rng.uniform(-0.25, 0.35)
        away = Pose(0.5 + side, 0.5 + _AWAY, 1.0, rng.normal(0, 0.15))
        rest = Pose(
            0.5 + rng.normal(0, 0.02), 0.47 + rng.normal(0, 0.015), rng.uniform(0.98, 1.06), rng.normal(0, 0.03)
        )
        start = min(0.7, 0.06 * seconds)
        keys: list[tuple[float, Pose]] = [(0, away), (start, away), (start + 0.9, rest)]
        begin, end = start + 0.9, seconds - 1.3
        span = (end - begin) / max(1, len(story))
        self._covered: list[tuple[float, float]] = []
        self._dimmed: list[tuple[float, float]] = []
        pose = rest
        for number, event in enumerate(story):
            a = begin + number * span
            quiet = 0.3 * span
            middle = a + quiet + 0.35 * span
            if event == "tilt":
                way = rng.choice([-1, 1])
                there = replace(pose, yaw=way * rng.uniform(0.35, 0.5), pitch=rng.uniform(-0.25, 0.25))
                keys += [(a + quiet, pose), (middle, there)]
            elif event == "turn":
                there = replace(
                    pose, roll=float(rng.choice([-1, 1])) * rng.uniform(0.12, 0.25), x=pose.x + rng.normal(0, 0.02)
                )
                keys += [(a + quiet, pose), (middle, there)]
            elif event == "far":
                there = replace(pose, scale=pose.scale * rng.uniform(0.82, 0.9), x=pose.x + rng.normal(0, 0.03))
                keys += [(a + quiet, pose), (middle, there)]
            elif event == "cover":
                self._covered.append((a + quiet, a + quiet + min(1.6, 0.6 * span)))
            elif event == "return":
                gone = min(1.2, 0.2 * span)
                keys += [(a + quiet, pose), (a + quiet + 0.8, away), (a + quiet + 0.8 + gone, away)]
                keys += [(a + quiet + 1.6 + gone, pose)]
            elif event == "light":
                self._dimmed.append((a + quiet, a + 0.95 * span))
            else:
                raise ValueError(f"no such event: {event}; there are {', '.join(STORIES)}")
            pose = replace(rest, x=rest.x + rng.normal(0, 0.015), y=rest.y + rng.normal(0, 0.012))
            if event in ("tilt", "turn", "far"):
                keys.append((a + span, pose))
        keys += [(end, pose), (end + 0.8, away), (seconds + 1, away)]
        self._keys = keys

    def _pose(self, time: float) -> Pose:
        """Where the sheet is held at a time in seconds: smoothly between the keys, with an unsteady hand."""
        time = max(0.0, time)
        after = next(i for i, (at, _) in enumerate(self._keys) if at > time)
        (a, one), (b, two) = self._keys[after - 1], self._keys[after]
        t = (time - a) / (b - a)
        t = t * t * t * (t * (6 * t - 15) + 10)
        frequency, phase = self._wobble
        sway = np.sin(2 * np.pi * frequency * time + phase).sum(axis=1) * (0.0012, 0.0014, 0.0015, 0.003, 0.012)
        return Pose(
            one.x + (two.x - one.x) * t + sway[0],
            one.y + (two.y - one.y) * t + sway[1],
            one.scale + (two.scale - one.scale) * t + sway[2],
            one.roll + (two.roll - one.roll) * t + sway[3],
            one.yaw + (two.yaw - one.yaw) * t + sway[4],
            one.pitch + (two.pitch - one.pitch) * t,
        )

    def _camera(self, i: int) -> Camera:
        """The camera over the sheet as it is held in frame `i`."""
        pose = self._pose(i / self.fps)
        w, h = self._sheet.page.size
        corners = np.array([[0, 0], [w, 0], [w, h], [0, h]], float)
        flat = (corners - (w / 2, h / 2)) * pose.scale
        cos, sin = np.cos(pose.roll), np.sin(pose.roll)
        x, y = (flat @ np.array([[cos, sin], [-sin, cos]])).T
        z = x * np.sin(pose.yaw) + y * np.sin(pose.pitch)
        x, y = x * np.cos(pose.yaw), y * np.cos(pose.pitch)
        focal = 1.3 * self.size[0]
        seen = np.stack([x, y], axis=1) * (focal / (focal + z))[:, None]
        seen += (pose.x * self.size[0], pose.y * self.size[1])
        extent = (self._layer.shape[1], self._layer.shape[0])
        bend = 0.006 * h
        return Camera.looking_at(
            corners + self._offset, seen, self.size, extent, curl=(0.4 * bend, bend), waves=(1.1, 1.7, 0.2)
        )

    def _lit(self, i: int, camera: Camera) -> np.ndarray:
        """The light in frame `i`, with the shading of the curled sheet."""
        lit = self._light[0]
        for start, end in self._dimmed:
            t = np.clip((i / self.fps - start) / (end - start), 0, 1)
            lit = lit + (0.55 * self._light[1] - lit) * np.float32(0.8 * np.sin(np.pi * t) ** 2)
        shade = camera.relief()
        w, h = self._sheet.page.size
        corners = camera.project(self._offset + np.array([[0, 0], [w, 0], [w, h], [0, h]]))
        mask = np.zeros(shade.shape, np.float32)
        cv2.fillPoly(mask, [np.rint(np.clip(corners, -9999, 9999) * 4).astype(np.int32)], 1.0, cv2.LINE_8, 4)
        return lit * (1 + (shade - 1) * mask)[..., None]

    def _rows_of(self, whole: list[bool]) -> list[str]:
        """The rows of the sheet with only those digits that are wholly in view."""
        seen = iter(whole)
        rows = ["".join(c for c in row if c == " " or next(seen)) for row in self.rows]
        return [" ".join(row.split()) for row in rows if row.strip()]

    def _reaching(self, i: int) -> np.ndarray | None:
        """The covering hand as a layer over frame `i`, None where it is away."""
        time = i / self.fps
        span = next(((start, end) for start, end in self._covered if start < time < end), None)
        if span is None:
            return None
        t = (time - span[0]) / (span[1] - span[0])
        w, h = self.size
        out = 1 - np.clip(3.2 * min(t, 1 - t), 0, 1)
        out = out * out * (3 - 2 * out)
        size = self._cover.shape[1], self._cover.shape[0]
        scale, turn = 0.95, -0.35
        cos, sin = scale * np.cos(turn), scale * np.sin(turn)
        spot = np.array([0.5 * w, 0.55 * h]) + out * np.array([0.35 * w, 1.05 * h])
        matrix = np.array([[cos, -sin, 0], [sin, cos, 0]])
        matrix[:, 2] = spot - matrix[:, :2] @ (size[0] / 2, size[1] * 0.4)
        return cv2.warpAffine(self._cover, matrix, self.size).astype(np.uint8)


def draw_clip(
    rng: np.random.Generator,
    seconds: float = 10.0,
    fps: float = 25.0,
    size: Size = (1280, 720),
    kind: str | Kind = "plain",
    rows: list[str] | None = None,
    story: Sequence[str] | None = None,
    background: str | None = None,
    grain: float = 2.0,
) -> Clip:
    """A sheet of digits that is held before the camera.

    Args:
        rng: all chance comes from it.
        seconds: length; each event of the story wants about two, the coming and going three.
        fps: frames a second.
        size: (width, height).
        kind: of sheet, as for `scenes.draw_sheet`.
        rows: what is written on it; drawn from `rng` where None.
        story: events out of `STORIES`, in order; drawn from `rng` where None.
        background: kind of `training.render.textures`.
        grain: noise of the camera in grey levels.
    """
    if story is None:
        count = int(np.clip((seconds - 3) // 2, 0, len(STORIES)))
        story = [str(event) for event in rng.permutation(STORIES)[:count]]
    return Clip(rng, seconds, fps, size, KINDS[kind] if isinstance(kind, str) else kind, rows, story, background, grain)


def _laid(layer: np.ndarray, behind: np.ndarray, fall: np.ndarray) -> np.ndarray:
    """A layer with its soft shadow over a picture."""
    h, w = behind.shape[:2]
    small = cv2.resize(layer[..., 3], (w // 4, h // 4), interpolation=cv2.INTER_AREA)
    shift = np.array([[1, 0, fall[0] / 4], [0, 1, fall[1] / 4]])
    small = cv2.GaussianBlur(
        cv2.warpAffine(small, shift, (w // 4, h // 4), borderMode=cv2.BORDER_REPLICATE), (0, 0), h / 200
    )
    keep = 255 - 0.45 * cv2.resize(small.astype(np.float32), (w, h), interpolation=cv2.INTER_LINEAR)
    keep *= (255 - layer[..., 3]) * np.float32(1 / 255**2)
    under = cv2.multiply(behind, cv2.merge([keep, keep, keep]), dtype=cv2.CV_8U)
    return cv2.add(under, layer[..., :3])


def _smeared(layer: np.ndarray, step: np.ndarray) -> np.ndarray:
    """The layer as it looks when it moves by `step` pixels while the shutter is open."""
    n = int(np.hypot(*step)) | 1
    n = max(n, 3)
    kernel = np.zeros((n, n), np.float32)
    reach = step / np.hypot(*step) * (n // 2)
    start, end = np.rint(n // 2 - reach).astype(int), np.rint(n // 2 + reach).astype(int)
    cv2.line(kernel, start.tolist(), end.tolist(), 1.0)
    return cv2.filter2D(layer, -1, kernel / kernel.sum())


def _inside(points: np.ndarray, size: Size) -> float:
    """Part of the points that lie in the picture."""
    return float(((points >= 1) & (points < np.array(size) - 1)).all(axis=1).mean())


def _uncovered(points: np.ndarray, cover: np.ndarray) -> float:
    """Part of the points where nothing covers them."""
    h, w = cover.shape
    x, y = np.clip(points[:, 0], 0, w - 1).astype(int), np.clip(points[:, 1], 0, h - 1).astype(int)
    return float((cover[y, x] < 64).mean())
