"""Ruled and squared paper: long straight lines leave the ink, the strokes that cross them stay."""

from __future__ import annotations

import cv2
import numpy as np

_MARGIN = 0.03  # a line that comes this near to both edges of the frame, as a share of its width, is ruled
_COVERED = 0.6  # ... and that is there over this share of the way
_PART = 0.25  # so is a shorter one, from this share on, beside three more of its kind
_SHORT = 0.07  # and, where there are four, even one of this share; upright, that might be a digit's stroke
_UNBROKEN = 0.85  # ... and which is there over so much of its length
_SAG = 0.03  # paper bends a line by at most this share of its length
_DASH = 0.04  # a line's pieces are at least this long
_FAINT = 0.008  # and noise parts these into bits that lie this close
_STEEPEST = 0.36  # slope up to which a line counts as level, or as upright
_STEP = 0.024  # between slopes that are tried
_SLIGHT = 0.02  # slope that needs no righting
_SECOND = 0.6  # a second slope counts when its lines are so clear beside those of the first
_SMALL = 6  # the slope is found on a picture so many times smaller
_GAP = 0.08  # and strokes and bad light part them by at most this much
_THICK = 0.02  # a line is at most this share of the frame's shorter side thick
_MENDED = 2.6  # a stroke may cross a line at such a slant that its gap is so many times the line's thickness
_ALIKE = 1.5  # lines of one ruling differ in thickness by at most this factor, or by a pixel,
_LENGTH = 0.4  # and are at least this share as long, where digits and hands do not part them


def remove_ruling(mask: np.ndarray) -> np.ndarray:
    """Erase ruled lines, level or upright or moderately tilted.

    Args:
        mask: `(h, w) uint8`, 255 where there is ink.

    Returns:
        A new mask of the same form.
    """
    thickest = max(3, round(_THICK * min(mask.shape)))
    level, level_band = _tilted_lines(mask, thickest, _SHORT)
    upright, upright_band = (a.T for a in _tilted_lines(np.ascontiguousarray(mask.T), thickest, _PART))
    # Where two lines cross, each hides the other's thinness.
    lines = cv2.bitwise_and(mask, level | upright | (level_band & upright_band))
    rest = cv2.bitwise_xor(mask, lines)
    return _mended(rest, lines, level_band | upright_band) if cv2.countNonZero(lines) else rest


def _mended(rest: np.ndarray, lines: np.ndarray, bands: np.ndarray) -> np.ndarray:
    """Strokes that a line has parted grow together again, over what was line between their ends.

    What is left of a line itself, within its band, does not grow.
    """
    inner = cv2.erode(lines, np.ones((3, 3), np.uint8))
    area, within = cv2.countNonZero(lines), cv2.countNonZero(inner)
    thickness = 2 * area / max(1, area - within)
    side = round(_MENDED * (thickness + 2)) | 1
    strokes = cv2.bitwise_and(rest, cv2.bitwise_not(bands))
    closed = cv2.morphologyEx(strokes, cv2.MORPH_CLOSE, cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (side, side)))
    return cv2.bitwise_or(rest, cv2.bitwise_and(lines, closed))


def _tilted_lines(mask: np.ndarray, thickest: int, shortest: float) -> tuple[np.ndarray, np.ndarray]:
    """`_level_lines` of pictures that are sheared until many lines run level."""
    h, w = mask.shape
    pixels, bands = np.zeros_like(mask), np.zeros_like(mask)
    plain = _thin(mask, thickest)
    for slope in _slopes(plain):
        way, room = _shear(slope, w)
        slanted = abs(slope) >= _SLIGHT
        thin = plain
        if slanted:
            thin = _thin(cv2.warpAffine(mask, way, (w, h + room), flags=cv2.INTER_NEAREST), thickest)
        found = _level_lines(thin, shortest)
        if found is None:
            continue
        if slanted:
            back = cv2.INTER_NEAREST | cv2.WARP_INVERSE_MAP
            found = cv2.warpAffine(found[0], way, (w, h), flags=back), cv2.warpAffine(found[1], way, (w, h), flags=back)
        pixels |= found[0]
        bands |= found[1]
    return pixels, bands


def _slopes(thin: np.ndarray) -> list[float]:
    """The one or two slopes at which most thin ink lies in lines; positive where they fall to the right."""
    h, w = (max(1, side // _SMALL) for side in thin.shape)
    small = cv2.resize(thin, (w, h), interpolation=cv2.INTER_AREA)
    slopes = np.arange(-_STEEPEST, _STEEPEST + 1e-6, _STEP)
    sharpness = np.zeros(len(slopes) + 2)
    for i, slope in enumerate(slopes):
        way, room = _shear(float(slope), w)
        righted = cv2.warpAffine(small, way, (w, h + room), flags=cv2.INTER_LINEAR)
        profile = np.diff(cv2.reduce(righted, 1, cv2.REDUCE_SUM, dtype=cv2.CV_32F)[:, 0])
        sharpness[i + 1] = profile @ profile
    inner = sharpness[1:-1]
    peaks = np.flatnonzero((inner > sharpness[:-2]) & (inner >= sharpness[2:]))
    peaks = peaks[np.argsort(-inner[peaks], kind="stable")][:2]
    return [float(slopes[i]) for i in peaks if inner[i] >= _SECOND * inner[peaks[0]]] or [0.0]


def _shear(slope: float, width: int) -> tuple[np.ndarray, int]:
    """The map under which lines of that slope run level, and the room it needs below."""
    room = int(np.ceil(abs(slope) * width))
    return np.array([[1, 0, 0], [-slope, 1, room if slope > 0 else 0]], np.float64), room


def _thin(mask: np.ndarray, thickest: int) -> np.ndarray:
    """The ink that is at most so many pixels high."""
    high = cv2.morphologyEx(mask, cv2.MORPH_OPEN, np.ones((thickest + 1, 1), np.uint8))
    return cv2.bitwise_and(mask, cv2.bitwise_not(high))


def _level_lines(thin: np.ndarray, shortest: float) -> tuple[np.ndarray, np.ndarray] | None:
    """Pixels of the lines that run from left to right, and the bands in which these lines lie; None without any."""
    h, w = thin.shape
    dashes = cv2.dilate(thin, np.ones((5, 1), np.uint8))
    dashes = _along_rows(dashes, cv2.MORPH_CLOSE, max(3, round(_FAINT * w)))
    dashes = _along_rows(dashes, cv2.MORPH_OPEN, max(5, round(_DASH * w)))
    dashes = _along_rows(dashes, cv2.MORPH_CLOSE, max(3, round(_GAP * w)))
    contours, _ = cv2.findContours(dashes, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    found, short = [], []
    for contour in contours:
        x, y, bw, bh = cv2.boundingRect(contour)
        if bw < shortest * w or bh > 0.5 * bw:
            continue
        own = np.zeros((bh, bw), np.uint8)
        cv2.drawContours(own, [contour], 0, 1, cv2.FILLED, offset=(-x, -y))
        own &= thin[y : y + bh, x : x + bw] & 1
        if bw < _PART * w:
            short.append((x, y, own))
            continue
        fitted = _course(own)
        if fitted is not None:
            found.append((x, y, *fitted))
    pixels, bands = np.zeros_like(thin), np.zeros_like(thin)
    ruling: list[float] = []
    margin = max(2, round(_MARGIN * w))
    for x, y, course, thickness in found:
        whole = y + _prolong(course, x, w)
        top = max(0, int(whole.min() - thickness - 2))
        rows = np.arange(top, min(h, int(whole.max() + thickness + 3)))
        part = slice(top, top + len(rows))
        near = (np.abs(rows[:, None] - whole[None]) <= 0.5 * thickness + 1).astype(np.uint8) * 255
        covered = (near & thin[part]).any(axis=0)
        across = covered[:margin].any() and covered[-margin:].any() and covered.mean() >= _COVERED
        alike = sum(_alike(other[3], thickness) and len(other[2]) >= _LENGTH * len(course) for other in found)
        if not across and alike < 4:
            continue
        bands[part] |= near
        pixels[part] |= near & thin[part]
        ruling.append(thickness)
    if not ruling:
        return None
    if len(ruling) < 4:
        return pixels, bands
    # On ruled paper a short line of that kind is the rest of one.
    usual = float(np.median(ruling))
    for x, y, own in short:
        # Bars of digits that stand in a row have gaps.
        fitted = _course(own) if own.any(axis=0).mean() >= _UNBROKEN else None
        if fitted is not None and _alike(fitted[1], usual):
            course, thickness = fitted
            rows = np.arange(max(0, int(y + course.min() - thickness)), min(h, int(y + course.max() + thickness + 3)))
            near = (np.abs(rows[:, None] - y - course[None]) <= 0.5 * thickness + 1).astype(np.uint8) * 255
            top, columns = int(rows[0]), slice(x, x + len(course))
            bands[top : top + len(rows), columns] |= near
            pixels[top : top + len(rows), columns] |= near & thin[top : top + len(rows), columns]
    return pixels, bands


def _along_rows(picture: np.ndarray, operation: int, length: int) -> np.ndarray:
    """Close or open each row; most rows have too little in them to be worth it."""
    inked = cv2.reduce(picture, 1, cv2.REDUCE_SUM, dtype=cv2.CV_32F)[:, 0]
    least = 255 * (length if operation == cv2.MORPH_OPEN else 1)
    rows = np.flatnonzero(inked >= least)
    done = np.zeros_like(picture)
    if len(rows):
        done[rows] = cv2.morphologyEx(picture[rows], operation, np.ones((1, length), np.uint8))
    return done


def _alike(thickness: float, other: float) -> bool:
    return 1 / _ALIKE <= thickness / other <= _ALIKE or abs(thickness - other) <= 1


def _course(own: np.ndarray) -> tuple[np.ndarray, float] | None:
    """The height at which a line runs in each column, and its thickness; None for what is not straight enough."""
    bh, bw = own.shape
    count = own.sum(axis=0)
    columns = np.flatnonzero(count)
    if len(columns) < 0.5 * bw:
        return None
    height = (np.arange(bh) @ own)[columns] / count[columns]
    thickness = float(np.median(count[columns]))
    kept = np.ones(len(columns), bool)
    powers = _powers(columns, bw)
    for _ in range(3):
        terms = powers[kept]
        bend = np.linalg.lstsq(terms.T @ terms, terms.T @ height[kept], rcond=None)[0]
        off = np.abs(powers @ bend - height)
        kept = off <= max(1.5, thickness)
        if kept.sum() < 0.5 * len(columns):
            return None
    course = _powers(np.arange(bw), bw) @ bend
    chord = np.linspace(course[0], course[-1], bw)
    if np.abs(course - chord).max() > max(_SAG * bw, thickness):
        return None
    return course, thickness


def _powers(columns: np.ndarray, width: int) -> np.ndarray:
    """The terms of a cubic curve over the columns of a line, `(n, 4)`."""
    return np.vander(columns * (2 / width) - 1, 4, increasing=True)


def _prolong(course: np.ndarray, start: int, width: int) -> np.ndarray:
    """A course that begins at column `start`, carried on straight to both edges of the frame."""
    n = len(course)
    quarter = max(1, n // 4)
    before = (course[quarter] - course[0]) / quarter
    after = (course[-1] - course[-1 - quarter]) / quarter
    left = course[0] + before * np.arange(-start, 0)
    right = course[-1] + after * np.arange(1, width - start - n + 1)
    return np.concatenate([left, course, right])
