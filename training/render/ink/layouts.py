"""What stands on a page: rows of numbers, sums, amounts, tables, words, digits anywhere."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from realtime.detections import NOT_A_DIGIT
from training.render.ink import ruling
from training.render.ink.page import Page
from training.render.ink.writer import BETWEEN, Writer


def rows(page: Page, writer: Writer, rng: np.random.Generator, dark: float, words: float) -> None:
    """Lines of numbers with gaps of all kinds between the digits; `words` is the share of words among them."""
    touching, gap = float(rng.choice([0, 0, 0.4, 0.8])), rng.uniform(0.04, 0.5)
    for y, slope in _lines(page, writer.height, rng):
        x = rng.uniform(-0.3, 1.5) * writer.height
        while x < page.cover.shape[1] - 0.3 * writer.height:
            if rng.random() < words:
                x = _word(page, writer, rng, x, y + slope * x, dark)
            else:
                x = _number(page, writer, rng, x, y + slope * x, dark, touching, gap)
            x += rng.uniform(0.4, 2.0) * writer.height


def words(page: Page, writer: Writer, rng: np.random.Generator, dark: float, numbers: float) -> None:
    """Lines of words; `numbers` is the share of numbers among them."""
    for y, slope in _lines(page, writer.height, rng):
        x = rng.uniform(-0.5, 1.5) * writer.height
        while x < page.cover.shape[1] - 0.3 * writer.height:
            if rng.random() < numbers:
                x = _number(page, writer, rng, x, y + slope * x, dark, 0.1, rng.uniform(0.04, 0.3))
            else:
                x = _word(page, writer, rng, x, y + slope * x, dark)
            x += rng.uniform(0.3, 0.9) * writer.height


def sums(page: Page, writer: Writer, rng: np.random.Generator, dark: float) -> None:
    """Lines of sums: numbers, decimal commas, signs, brackets, letters for what is sought."""
    gap = rng.uniform(0.04, 0.3)
    for y, slope in _lines(page, writer.height, rng):
        x = rng.uniform(-0.2, 1.5) * writer.height
        while x < page.cover.shape[1] - 0.3 * writer.height:
            level, apart = y + slope * x, rng.uniform(0.05, 0.6) * writer.height
            choice = rng.random()
            if choice < 0.12:
                x = _sign(page, writer, rng, x, level, dark, "open")
                x = _number(page, writer, rng, x + 0.2 * apart, level, dark, 0.1, gap, most=2)
                x = _sign(page, writer, rng, x + 0.2 * apart, level, dark, "close")
            else:
                x = _number(page, writer, rng, x, level, dark, 0.1, gap, most=3)
                if choice < 0.35:
                    mark = "comma" if rng.random() < 0.7 else "point"
                    x = _sign(page, writer, rng, x + rng.uniform(-0.1, 0.12) * writer.height, level, dark, mark)
                    x = _number(page, writer, rng, x + 0.06 * writer.height, level, dark, 0.1, gap, most=2)
            if rng.random() < 0.25:
                x = _word(page, writer, rng, x + 0.3 * apart, level, dark)
            if rng.random() < 0.8:
                x = _sign(page, writer, rng, x + apart, level, dark, str(rng.choice(BETWEEN)))
            x += apart + (rng.uniform(1, 3) * writer.height if rng.random() < 0.15 else 0)


def amounts(page: Page, writer: Writer, rng: np.random.Generator, dark: float) -> None:
    """Amounts of money: digits that touch, linked zeros, dots and dashes, a line under them."""
    writer.height = min(writer.height, 110.0)
    for y, slope in _lines(page, writer.height, rng):
        x = rng.uniform(-0.2, 1.5) * writer.height
        if rng.random() < 0.4:
            x = _sign(page, writer, rng, x, y, dark, "currency") + 0.2 * writer.height
        start = x
        touching = rng.uniform(0.2, 0.9)
        x = _number(page, writer, rng, x, y + slope * x, dark, touching, rng.uniform(0, 0.2), most=5)
        if rng.random() < 0.7:
            mark = str(rng.choice(["comma", "point", "point", "minus"]))
            x = _sign(page, writer, rng, x + 0.05 * writer.height, y + slope * x, dark, mark)
        x = _zeros(page, writer, rng, x + 0.08 * writer.height, y + slope * x, dark)
        if rng.random() < 0.35:
            ruling.underline(page, rng, start, x, y + writer.height, writer.height)


def tables(page: Page, writer: Writer, rng: np.random.Generator, dark: float) -> None:
    """A table of small numbers, some words and empty cells, with its lines or without."""
    writer.height = height = min(writer.height, 48.0)
    h, w = page.cover.shape
    high, wide = height * rng.uniform(1.15, 2.4), height * rng.uniform(1.0, 5)
    across = np.arange(rng.uniform(-0.5, 1.0) * wide, w + wide, wide)
    down = np.arange(rng.uniform(-0.5, 1.0) * high, h + high, high)
    if rng.random() < 0.85:
        ruling.table(page, rng, across.tolist(), down.tolist(), height)
    numbers = rng.uniform(0.4, 0.95)
    for y in down[:-1]:
        for x in across[:-1]:
            left = x + rng.uniform(0.05, 0.3) * max(wide - height, 0.2 * height)
            top = y + rng.uniform(0.05, 0.95) * max(high - height, 1)
            choice = rng.random()
            if choice < numbers:
                most = max(1, min(4, int((x + wide - left) / (0.75 * height))))
                _number(page, writer, rng, left, top, dark, 0.05, rng.uniform(0.05, 0.3), most=most)
            elif choice < numbers + 0.15:
                _word(page, writer, rng, left, top, dark)


def anywhere(page: Page, writer: Writer, rng: np.random.Generator, dark: float, clutter: bool) -> None:
    """Digits, and other things, all over the page."""
    h, w = page.cover.shape
    for _ in range(int(rng.integers(1, 3 + int(min(25, (500 / writer.height) ** 1.3))))):
        cover, label = writer.digit(height=writer.height * float(np.exp(rng.normal(0, 0.15))))
        _somewhere(page, rng, cover, label, dark * rng.uniform(0.85, 1), 0.06 * writer.height, 0.15)
    for _ in range(int(rng.integers(0, 12 if clutter else 2))):
        cover = writer.other() if rng.random() < 0.6 else writer.word()
        if cover.size and cover.shape[0] < h and cover.shape[1] < w:
            strength = min(1.0, dark * rng.uniform(0.6, 1.2))
            _somewhere(page, rng, cover, NOT_A_DIGIT, strength, rng.uniform(0, 0.1) * writer.height, 0.3)


def one(page: Page, writer: Writer, rng: np.random.Generator, dark: float) -> None:
    """One digit that fills the page, as when it is held close; sometimes it is something else, or not alone."""
    h, w = page.cover.shape
    if rng.random() < 0.15:
        cover, label = writer.other(), NOT_A_DIGIT
    else:
        cover, label = writer.digit()
    off = rng.normal(0, 0.08, 2) * writer.height
    x, y = int((w - cover.shape[1]) / 2 + off[0]), int((h - cover.shape[0]) / 2 + off[1])
    page.put(cover, x, y, label, dark)
    page.lines.append(y + cover.shape[0])
    if rng.random() < 0.2:
        _number(page, writer, rng, x + (1.1 + rng.random()) * cover.shape[1], y, dark, 0.0, 0.2, most=2)


def _lines(page: Page, height: float, rng: np.random.Generator) -> Iterator[tuple[float, float]]:
    """The top and the slope of each line of a page, which keeps where its base is."""
    y, pace = rng.uniform(-0.3, 0.8) * height, rng.uniform(1.25, 2.4)
    while y + 0.7 * height < page.cover.shape[0]:
        page.lines.append(y + height)
        yield y, rng.normal(0, 0.02)
        y += pace * height * rng.uniform(0.9, 1.2)


def _number(
    page: Page,
    writer: Writer,
    rng: np.random.Generator,
    x: float,
    y: float,
    dark: float,
    touching: float,
    gap: float,
    most: int = 6,
) -> float:
    """A number from `x` on; returns where it ends."""
    height = writer.height
    low = height * float(rng.uniform(0.35, 0.65)) if rng.random() < 0.14 else 0.0
    for k in range(int(rng.integers(1, most + 1))):
        small = low > 0 and rng.random() < 0.5
        size = low if small else height * float(np.exp(rng.normal(0, 0.07)))
        cover, label = writer.digit(0 if small else None, size)
        top = int(
            y + height - cover.shape[0] + rng.normal(0, 0.03) * height - (rng.uniform(0, 0.4) * height if small else 0)
        )
        left = int(x)
        if k and rng.random() < touching:
            left = page.touching(cover, left, top, 0.02 * height)
        page.put(cover, left, top, label, dark)
        x = left + cover.shape[1] + gap * height * rng.uniform(0.5, 1.5)
    return x - gap * height


def _zeros(page: Page, writer: Writer, rng: np.random.Generator, x: float, y: float, dark: float) -> float:
    """Two or three zeros, smaller than the rest and linked at their tops, as on cheques."""
    height = writer.height * rng.uniform(0.45, 1.0)
    rise = writer.height - height if rng.random() < 0.5 else 0.0
    before: tuple[int, int] | None = None
    linked = rng.random() < 0.6
    for _ in range(int(rng.integers(2, 4))):
        cover, label = writer.digit(0, height)
        top = int(y + rise + height - cover.shape[0])
        left = page.touching(cover, int(x), top, 1.0) if before and rng.random() < 0.5 else int(x)
        page.put(cover, left, top, label, dark)
        middle = left + cover.shape[1] // 2
        if before and linked:
            ruling.link(page, rng, before[0], middle, min(before[1], top), height, dark)
        before = middle, top
        x = left + cover.shape[1] + rng.uniform(0, 0.2) * height
    return x


def _word(page: Page, writer: Writer, rng: np.random.Generator, x: float, y: float, dark: float) -> float:
    cover = writer.word() if rng.random() < 0.88 else writer.other()
    down = 0.25 * writer.height if rng.random() < 0.3 else 0
    page.put(cover, int(x), int(y + writer.height - cover.shape[0] + down), NOT_A_DIGIT, dark)
    return x + cover.shape[1]


def _sign(page: Page, writer: Writer, rng: np.random.Generator, x: float, y: float, dark: float, name: str) -> float:
    cover, below = writer.sign(name)
    page.put(cover, int(x), int(y + below), NOT_A_DIGIT, dark)
    return x + cover.shape[1]


def _somewhere(
    page: Page, rng: np.random.Generator, cover: np.ndarray, label: int, dark: float, margin: float, beyond: float
) -> None:
    """Put a thing where there is room for it, up to a share `beyond` of it past the edge."""
    h, w = page.cover.shape
    for _ in range(6):
        x = int(rng.uniform(-beyond * cover.shape[1], max(1, w - (1 - beyond) * cover.shape[1])))
        y = int(rng.uniform(-beyond * cover.shape[0], max(1, h - (1 - beyond) * cover.shape[0])))
        if page.free((x, y, x + cover.shape[1], y + cover.shape[0]), margin):
            page.put(cover, x, y, label, dark)
            page.lines.append(y + cover.shape[0])
            return
