"""A written sheet: how digits, words and drawings are laid out on one.

`Sheet` writes on a page and sets up the camera that looks at it; `scenes` and `clips` make pictures of it.
"""

from __future__ import annotations

import cv2
import numpy as np

from realtime.detections import NOT_A_DIGIT
from training.render.alphabet import WORDS
from training.render.camera import Camera, develop
from training.render.grain import Size
from training.render.handwriting import Hand, Strokes, bounds, detail_for, moved, scaled, scribble, write_word
from training.render.light import cast_shadow, creased, light
from training.render.paper import Page, Pen
from training.render.styles import PENS, Kind
from training.render.textures import desk

_LOOSE = ("arrow", "tick", "cross", "triangle", "star", "heart", "smile", "house", "hash", "percent", "cloud", "flower")
"""Shapes that are drawn where there is room."""

_BINS = 26  # bands of height in which the gap between two digits is measured


class Sheet:
    """A written sheet and the camera over it.

    Args:
        rng: all chance comes from it.
        size: (width, height) of the picture.
        style: kind of sheet.
        difficulty: 0 to 1, see `scenes.draw_sheet`.
        rows: what is written, each row once and whole; drawn from `rng` where None.

    Attributes:
        page: the sheet; all strokes are in its pixels.
        camera: looks at it.
        rows: the digits of each row, top to bottom, a space between two numbers.
        written: label, row, strokes and width of the pen of each digit.
        others: kind, text, strokes and width of the pen of all else; see `scenes.Other`.
        drawn: label of each thing on the page, 10 for what is no digit, in the order of drawing: see `Page.owner`.

    Raises:
        ValueError: if the rows do not fit.
    """

    def __init__(
        self, rng: np.random.Generator, size: Size, style: Kind, difficulty: float, rows: list[str] | None
    ) -> None:
        self.rng, self.size, self.style, self.difficulty = rng, size, style, difficulty
        self.hand = Hand(rng)
        if style.text == "print":
            self.hand.set_type()
        height = float(np.exp(rng.uniform(*np.log(style.height)))) * size[1]
        self.on_desk = rng.random() < style.desk
        for shrink in (1.0, 0.87, 0.75, 0.65, 0.55, 0.45, 0.35):
            self.written: list[tuple[int, int, Strokes, float]] = []
            self.others: list[tuple[str, str, Strokes, float]] = []
            self.rows: list[str] = []
            self.drawn: list[int] = []
            self._taken: list[tuple[float, float, float, float]] = []
            self._set_up(height, rows, shrink)
            self._write(rows)
            if rows is None or self.rows == [" ".join(row.split()) for row in rows]:
                break
        else:
            raise ValueError(f"no room for {rows}")
        self._decorate()

    def _set_up(self, height: float, rows: list[str] | None, shrink: float) -> None:
        """Camera and empty page; the writing goes into `area`, which the camera sees whole."""
        rng, style = self.rng, self.style
        strength = self.difficulty
        w, h = self.size
        margin = (0.1 if self.on_desk else 0.03) * min(w, h)
        area = np.array([w, h]) * (0.94 if not self.on_desk else rng.uniform(0.75, 0.9, 2))
        corners = np.array([[0, 0], [1, 0], [1, 1], [0, 1]]) * area
        quad = corners + rng.uniform(-1, 1, (4, 2)) * style.tilt * strength * area
        turn = np.deg2rad(rng.uniform(-1, 1) * style.turn * strength)
        cos, sin = np.cos(turn), np.sin(turn)
        quad = (quad - area / 2) @ np.array([[cos, sin], [-sin, cos]])
        quad -= quad.min(axis=0)
        room = np.array([w, h]) - 2 * margin
        scale = float((room / quad.max(axis=0)).min())
        quad = quad * scale
        quad += margin + rng.uniform(0, 1, 2) * (room - quad.max(axis=0))
        matrix = cv2.getPerspectiveTransform(corners.astype(np.float32), quad.astype(np.float32))
        if self.on_desk:
            edge = rng.uniform(0.02, 0.12, 4) * np.array([area[0], area[1], area[0], area[1]])
            low, high = -edge[:2], area + edge[2:]
        else:
            frame = np.array([[[0, 0], [w, 0], [w, h], [0, h]]], np.float64)
            seen = cv2.perspectiveTransform(frame, np.linalg.inv(matrix))[0]
            spare = 0.03 * area
            low, high = seen.min(axis=0) - spare, seen.max(axis=0) + spare
        extent = np.ceil(high - low).astype(int)
        curl = rng.uniform(0, 0.008, 2) * strength * area if self.on_desk or rng.random() < 0.5 else np.zeros(2)
        self.origin = -low
        self.area = area
        self.height = height / scale
        if rows:  # as large as they find room, within reason
            longest = max(sum(2.0 if c == " " else 1.0 for c in row) for row in rows)
            fit = min(area[1] / (1.9 * len(rows) + 0.8), area[0] / (0.85 * longest * self.hand.aspect + 1))
            self.height = shrink * float(min(fit, 0.25 * area[1]))
            if self.height < 8:
                raise ValueError(f"no room for {rows}")
        self.camera = Camera.looking_at(
            corners + self.origin,
            quad,
            self.size,
            (int(extent[0]), int(extent[1])),
            curl=(float(curl[0]), float(curl[1])),
            waves=(float(rng.uniform(0.7, 2.0)), float(rng.uniform(0.7, 2.0)), float(rng.uniform(0, 2))),
        )
        self.paper = str(rng.choice(style.papers))
        self.unit = self.height * float(
            rng.choice([0.62, 0.8, 1.05]) if self.paper == "squared" else rng.uniform(1.1, 1.8)
        )
        self.page = Page.blank(rng, self.camera.extent, self.paper, self.unit)
        self.pen = self._any_pen()

    def _any_pen(self) -> Pen:
        """A pen that can be read on this paper."""
        rng, height = self.rng, self.height
        paper = float(self.page.image[::24, ::24].mean())
        for _ in range(20):
            kind = PENS[str(rng.choice(self.style.pens))]
            colour = np.array(kind.colours[int(rng.integers(len(kind.colours)))]) * rng.uniform(0.85, 1.12)
            blue, green, red = np.clip(colour + rng.normal(0, 5, 3), 0, 255)
            width = float(np.exp(rng.uniform(*np.log(kind.width)))) * height
            pen = Pen((blue, green, red), width, float(rng.uniform(*kind.opacity)), float(rng.uniform(*kind.grain)))
            ink = 0.11 * blue + 0.59 * green + 0.3 * red
            contrast = abs(paper - ink) / max(paper, ink) * pen.opacity * (1 - 0.5 * pen.grain)
            if contrast * min(1.0, pen.width / 1.6) * self.style.contrast > 0.2:
                break
        return pen

    def _line_y(self, y: float) -> float:
        """Where the base line goes: on a ruled line, when there are any."""
        lines = self.page.lines
        if not len(lines) or self.paper == "dotted":
            return y
        below = lines[lines >= y]
        return float(below[0] if len(below) else y) - 0.06 * self.height * self.rng.uniform(-0.5, 2)

    def _write(self, rows: list[str] | None) -> None:
        """What the kind of sheet wants."""
        if self.style.text == "single" and rows is None:
            self._write_one()
        elif self.style.text in ("numbers", "single"):
            self._write_rows(rows)
        elif self.style.text in ("words", "print"):
            self._write_text()

    def _write_text(self) -> None:
        """A page of words."""
        rng, height = self.rng, self.height
        right, bottom = self.origin + self.area - 0.3 * height
        y = self.origin[1] + 1.5 * height
        while (y := self._line_y(y)) < bottom:
            x = self.origin[0] + height * rng.uniform(0.3, 2)
            while True:
                text = str(rng.choice(WORDS))
                word = write_word(self.hand, text, rng, detail_for(height), self.pen.width / height)
                word = scaled(word, height, x, y - height)
                x = max(stroke[:, 0].max() for stroke in word) + height * rng.uniform(0.4, 0.8)
                if x > right or rng.random() < 0.06:
                    break
                self._ink_other("word", text, word, self.pen)
            y += height * 1.7

    def _write_rows(self, texts: list[str] | None) -> None:
        rng, height, style = self.rng, self.height, self.style
        left, top = self.origin + 0.3 * height
        right, bottom = self.origin + self.area - 0.3 * height
        slope = rng.normal(0, 0.012)
        pace = rng.uniform(1.45, 2.3) * height
        most = int(rng.integers(max(1, style.rows // 2), style.rows + 1)) if texts is None else len(texts)
        shy = rng.uniform(0, 0.3) if texts is None else 0.05  # some sheets are not filled
        y = top + height * rng.uniform(1.1, 1.6)
        while len(self.rows) < most:
            y = self._line_y(y)
            indent = rng.uniform(0, 0.12) + (rng.random() < 0.15) * rng.uniform(0, 0.4)
            start = left + (indent if texts is None else 0.4 * indent) * (right - left)
            wave = (rng.normal(0, 0.03) * height, rng.uniform(0, 6.3))
            drift = slope + rng.normal(0, 0.004)
            fall = abs(drift) * (right - left)
            if y + max(drift, 0) * (right - left) + 0.1 * height > bottom or y - fall < top + height * 0.95:
                if y > bottom - height:
                    break
                drift = 0.0
            end = right - rng.uniform(0, shy) * (right - left)
            text = None if texts is None else texts[len(self.rows)]
            row = self._write_row(start, end, y, drift, wave, text)
            if row:
                self.rows.append(row)
            elif texts is not None:
                break
            y += pace * rng.uniform(0.95, 1.15)
            if y > bottom - 0.1 * height:
                break

    def _write_row(
        self, x: float, end: float, y: float, drift: float, wave: tuple[float, float], text: str | None
    ) -> str:
        """One row from `x` to at most `end` on the base line `y`; what was written, with a space between numbers."""
        rng, height, style, hand = self.rng, self.height, self.style, self.hand
        detail = detail_for(height)
        start = x
        numbers: list[str] = []
        todo = None if text is None else text.split()
        last: Strokes = []
        while x < end and (todo is None or todo):
            if todo is None and rng.random() < style.words:
                written = str(rng.choice(WORDS))
                word = write_word(hand, written, rng, detail, self.pen.width / height)
                word = scaled(word, height * rng.uniform(0.85, 1.05))
                width = max(stroke[:, 0].max() for stroke in word)
                if x + width > end:
                    break
                word = moved(word, x, y - height + drift * (x - start))
                self._ink_other("word", written, word, self.pen)
                x += width + height * rng.uniform(0.6, 1.2)
                continue
            number = todo.pop(0) if todo is not None else _any_number(rng)
            mark = str(rng.choice(("line", "loop", "box"))) if rng.random() < style.marks else ""
            if mark in ("loop", "box"):
                x += 0.45 * height
            pen = self._any_pen() if "coloured" in style.pens and rng.random() < 0.4 else self.pen
            done, before = "", x
            boxes: list[tuple[float, float, float, float]] = []
            for character in number:
                size = height * float(np.exp(rng.normal(0, 0.04)))
                strokes = scaled(hand.write(character, rng, detail), size)
                strokes = moved(strokes, 0, height - size)  # all stand on the base line
                if not done:
                    at = x
                elif rng.random() < style.touching:
                    at = before + _gap(last, strokes, height) - rng.uniform(-0.8, 0.15) * pen.width
                else:
                    apart = max(hand.spacing * rng.uniform(0.7, 1.3) * height, 1.3 * pen.width + 0.07 * height)
                    at = before + _gap(last, strokes, height) + apart
                low = y - height + drift * (at - start) + wave[0] * np.sin(at / height * 0.6 + wave[1])
                low += rng.normal(0, hand.wobble) * height
                placed = moved(strokes, at, low)
                box = bounds(placed, pen.width)
                if box[2] > end:
                    break
                boxes.append(box)
                self._ink(placed, pen, int(character), len(self.rows))
                done += character
                last, before = strokes, at
            if not done:
                break
            numbers.append(done)
            x = boxes[-1][2]
            if mark:
                x = self._mark(mark, np.array(boxes), drift, pen)
            x += height * rng.uniform(0.9, 1.9)
            if len(done) < len(number):
                break
            if todo is None and style.words and rng.random() < 0.3:  # a sum
                name = str(rng.choice(["plus", "minus", "equals", "divide"]))
                sign = scaled(hand.write(name, rng, detail), 0.6 * height)
                if x + height < end:
                    self._ink_other("sign", name, moved(sign, x, y - 0.75 * height + drift * (x - start)), pen)
                    x += height * 1.2
        return " ".join(numbers)

    def _mark(self, kind: str, boxes: np.ndarray, drift: float, pen: Pen) -> float:
        """A line under a number, a box or a loop around it; returns how far it reaches to the right."""
        rng, height = self.rng, self.height
        (left, top), (right, bottom) = boxes[:, :2].min(axis=0), boxes[:, 2:].max(axis=0)
        middle = (left + right) / 2
        if kind == "line":
            x = np.linspace(left - 0.1 * height, right + 0.15 * height, 5)
            under = (boxes[:, 3] - drift * (boxes[:, 0] - middle)).max() + 0.12 * height + 0.6 * pen.width
            knots = np.stack([x, under + drift * (x - middle) + rng.normal(0, 0.012 * height, 5)], axis=1)
        else:
            power = 0.65 if kind == "loop" else 0.35
            t = np.linspace(0.3, 0.3 + 2 * np.pi * rng.uniform(0.98, 1.05), 20)
            cos, sin = (np.sign(v) * np.abs(v) ** power for v in (np.cos(t), np.sin(t)))
            spare = height * (0.4 if kind == "loop" else 0.25)
            rx, ry = (right - left) / 2 + spare, (bottom - top) / 2 + spare
            knots = np.stack([middle + rx * cos, (top + bottom) / 2 + ry * sin], axis=1)
            knots[:, 1] += drift * (knots[:, 0] - middle)
            knots += rng.normal(0, 0.012 * height, knots.shape)
        self._ink_other("mark", kind, scaled([self.hand.trace(knots / height, rng, 6)], height), pen)
        return float(knots[:, 0].max())

    def _write_one(self) -> None:
        """One digit that fills much of the picture."""
        rng, height = self.rng, self.height
        digit = int(rng.integers(10))
        for shrink in (1.0, 0.85, 0.7, 0.5, 0.35):
            strokes = scaled(self.hand.write(str(digit), rng, 24), height * shrink)
            pen = self.pen
            left, top, right, bottom = bounds(strokes, pen.width)
            room = self.area - (right - left, bottom - top)
            if room.min() > 0:
                break
        spot = self.origin + room * rng.uniform(0.15, 0.85, 2) - (left, top)
        self._ink(moved(strokes, float(spot[0]), float(spot[1])), pen, digit, 0)
        self.rows.append(str(digit))

    def _decorate(self) -> None:
        """Shapes and scribbles where there is room."""
        rng = self.rng
        for _ in range(int(rng.integers(self.style.drawings + 1))):
            size = self.height * float(np.exp(rng.uniform(-0.2, 0.9)))
            detail = detail_for(size)
            choice = rng.random()
            if choice < 0.35:
                kind, text = "drawing", "scribble"
                strokes = scribble(self.hand, rng, detail)
            elif choice < 0.55:
                kind, text = "word", str(rng.choice(WORDS))
                strokes = write_word(self.hand, text, rng, detail, self.pen.width / size)
            else:
                kind, text = "drawing", str(rng.choice(_LOOSE))
                strokes = self.hand.write(text, rng, detail)
            pen = self.pen if rng.random() < 0.6 else self._any_pen()
            strokes = scaled(strokes, size, turn=rng.normal(0, 0.06))
            left, top, right, bottom = bounds(strokes, pen.width)
            room = self.area - (right - left, bottom - top)
            if room.min() <= 0:
                continue
            for _ in range(12):
                spot = self.origin + rng.uniform(0, 1, 2) * room - (left, top)
                box = (left + spot[0], top + spot[1], right + spot[0], bottom + spot[1])
                if not any(_meet(box, other, 0.25 * self.height) for other in self._taken):
                    self._ink_other(kind, text, moved(strokes, float(spot[0]), float(spot[1])), pen)
                    break

    def _ink(self, strokes: Strokes, pen: Pen, label: int | None = None, row: int = 0) -> None:
        self.page.draw(strokes, pen, digit=label is not None)
        self.drawn.append(NOT_A_DIGIT if label is None else label)
        self._taken.append(bounds(strokes, pen.width))
        if label is not None:
            self.written.append((label, row, strokes, pen.width))

    def _ink_other(self, kind: str, text: str, strokes: Strokes, pen: Pen) -> None:
        self._ink(strokes, pen)
        self.others.append((kind, text, strokes, pen.width))

    def is_free(self, box: tuple[float, float, float, float]) -> bool:
        """Whether nothing is written in that box of the page."""
        return not any(_meet(box, other, 0.0) for other in self._taken)

    def photograph(self) -> tuple[np.ndarray, np.ndarray]:
        """The picture, and the cover of the digits' ink in it."""
        rng, style, strength = self.rng, self.style, self.difficulty
        behind = None
        if self.on_desk:
            offset = rng.normal(0, 0.008, 2) * self.size[0]
            behind = cast_shadow(
                desk(rng, self.size),
                self.camera.outline(),
                (offset[0], offset[1]),
                rng.uniform(0.25, 0.6),
                rng.uniform(3, 18),
            )
        image = self.camera.shoot(self.page.image, behind)
        ink = self.camera.shoot(self.page.ink)
        lit = light(
            rng, self.size, style.uneven * (0.4 + 0.6 * strength), style.shadow * strength * rng.uniform(0.5, 1)
        )
        shade = self.camera.relief()
        if rng.random() < style.crease:
            folds = int(rng.choice([1, 2, 9, 22])) if style.crease < 1 else int(rng.integers(8, 30))
            shade = shade * creased(rng, self.camera, folds, 0.03 + 0.06 * strength * rng.random())
        if self.on_desk:  # the desk has no folds
            mask = np.zeros(shade.shape, np.float32)
            cv2.fillPoly(mask, [np.rint(self.camera.outline() * 4).astype(np.int32)], 1.0, cv2.LINE_8, 4)
            shade = 1 + (shade - 1) * mask
        lit = lit * shade[:, :, None]
        return photo(rng, image, lit, style, strength), ink


def photo(rng: np.random.Generator, image: np.ndarray, lit: np.ndarray, style: Kind, strength: float) -> np.ndarray:
    """What a camera makes of it; the finer faults scale with the picture."""
    scale = image.shape[0] / 720
    smear = rng.uniform(2, 7) * scale * strength if rng.random() < 0.15 * strength else 0.0
    return develop(
        image,
        lit,
        rng,
        blur=scale * (0.35 + style.blur * strength * float(rng.uniform(0.1, 1.2))),
        motion=(smear, float(rng.uniform(0, np.pi))),
        grain=float(rng.uniform(0.8, 2 + 6 * strength)),
        contrast=1 - (1 - style.contrast) * strength * float(rng.uniform(0.3, 1.3)),
        sharpen=float(max(0.0, rng.uniform(-0.5, 0.8))),
        jpeg=int(rng.uniform(92 - 50 * strength, 97)),
    )


def _any_number(rng: np.random.Generator) -> str:
    length = int(rng.choice([1, 2, 3, 4, 5, 6, 8, 11], p=[0.2, 0.2, 0.15, 0.15, 0.1, 0.1, 0.06, 0.04]))
    return "".join(str(digit) for digit in rng.integers(0, 10, length))


def _gap(left: Strokes, right: Strokes, height: float) -> float:
    """How far `right` must be moved from the place of `left` for the two to meet, measured band by band."""
    edges = []
    for strokes, sign in ((left, 1), (right, -1)):
        points = np.concatenate(strokes)
        band = np.clip(((points[:, 1] / height + 0.3) / 1.6 * _BINS).astype(int), 0, _BINS - 1)
        edge = np.full(_BINS + 2, -np.inf)
        np.maximum.at(edge, band + 1, sign * points[:, 0])
        edges.append(np.maximum(np.maximum(edge[:-2], edge[1:-1]), edge[2:]))
    return float((edges[0] + edges[1]).max())


def _meet(a: tuple[float, ...], b: tuple[float, ...], margin: float) -> bool:
    return a[0] < b[2] + margin and b[0] < a[2] + margin and a[1] < b[3] + margin and b[1] < a[3] + margin


def box_of(camera: Camera, strokes: Strokes, width: float) -> tuple[int, int, int, int]:
    """Box of the ink in the picture, cut at its edge."""
    points = np.concatenate(strokes) - (0.5, 0.5, 0)  # the camera counts from the middle of a pixel
    reach = points[:, 2:] * width / 2
    spots = np.concatenate([points[:, :2] + reach * way for way in ((1, 0), (-1, 0), (0, 1), (0, -1))])
    # The four ends of a cross turn with the page; its circle does not.
    seen = camera.project(spots).reshape(4, -1, 2)
    middle = seen.mean(axis=0)
    radius = np.abs(seen - middle).max(axis=(0, 2))[:, None]
    middle, radius = middle + 0.5, radius + 0.3  # and softens the edge
    low, high = np.floor((middle - radius).min(axis=0)), np.ceil((middle + radius).max(axis=0))
    x0, y0 = np.clip(low, 0, camera.size).astype(int)
    x1, y1 = np.clip(high, 0, camera.size).astype(int)
    return int(x0), int(y0), int(x1), int(y1)
