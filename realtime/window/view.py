"""The picture in the window: a frame, what was read in it, what the user said of it, and the panels over it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import cv2
import numpy as np
from numpy.typing import NDArray

from realtime.detections import NOT_A_DIGIT
from realtime.drawing.annotate import annotate
from realtime.drawing.marks import GREEN, put_band, put_label, put_region, put_typed
from realtime.drawing.panels import debug_panel, put_chosen, put_glyphs, put_help, put_note, put_recording
from realtime.drawing.primitives import NIGHT, ORANGE
from realtime.drawing.reading import reading_panel
from realtime.drawing.timeline import HEIGHT, groove, timeline
from realtime.live.result import FrameResult
from realtime.window.areas import part
from realtime.window.correction import Correction
from realtime.window.events import Place, Stroke
from realtime.window.keys import CHOSEN, KEYS, NAMED, REGION, TYPING, UNCHOSEN
from realtime.window.zoom import WHOLE, Part

_DEBUG_PART = 0.4
"""Part of the window's width that the debug view takes at least."""


@dataclass(frozen=True, eq=False)
class View:
    """All that the window shows at one moment.

    Attributes:
        result: the frame, with the digits that were read.
        area: width and height of the window in pixels.
        part: of the frame, that is shown.
        region: `(4,)`, xyxy in pixels of the frame: what is read of it; None for all.
        choice: the same of what the user is choosing.
        status: small lines for the panel of the reading.
        message: what there is to say at the moment, "" for nothing.
        correction: what the user says of the frame, while it is being corrected.
        typing: the number of the chosen digit as it is being typed; None while none is.
        lines: the reading as the user is putting it right; None for that of the frame.
        stroke: what the mouse is doing, while it is held down.
        recording: whether it is being recorded.
        numbers: whether to show the numbers and the order of the rows.
        debug: whether to show what the recogniser saw; then `result` is the frame that it read.
        help: whether to show the keys.
        reading: whether to show the panel of the reading, beside or below the picture.
        log: the readings so far, shown in place of the present one; None to show that.
        flash: whether to flash the panel.
        progress: from 0 to 1, how far the video has come, for the time line; None for no line.
        clock: what stands beside the time line.
    """

    result: FrameResult
    area: tuple[int, int]
    part: Part = WHOLE
    region: NDArray[np.number] | None = None
    choice: NDArray[np.number] | None = None
    status: Sequence[str] = ()
    message: str = ""
    correction: Correction | None = None
    typing: str | None = None
    lines: Sequence[str] | None = None
    stroke: Stroke | None = None
    recording: bool = False
    numbers: bool = False
    debug: bool = False
    help: bool = False
    reading: bool = True
    log: Sequence[str] | None = None
    progress: float | None = None
    clock: str = ""
    flash: bool = False

    def draw(self) -> tuple[NDArray[np.uint8], Place]:
        """The picture, `(H, W, 3) uint8` BGR in the pixels of the window, and where the frame lies in it.

        It is drawn in these pixels, so that every line of it stays sharp.
        """
        result, correction = self.result, self.correction
        trace = result.trace if self.debug else None
        width, height = self.area
        line = None
        if self.progress is not None:
            height -= HEIGHT
            line = (*groove(width, self.clock), height, height + HEIGHT)
        room = width if trace is None else width - round(width * _DEBUG_PART)
        h, w = result.frame.image.shape[:2]
        areas = part((room, height), (w, h), self.reading or self.log is not None)
        x, y, *size = areas.picture
        scale, corner = areas.scale * self.part.factor, self.part.corner((w, h))

        def placed(xyxy: NDArray[np.number]) -> NDArray[np.int32]:
            """Boxes of the frame, in pixels of the picture."""
            return np.asarray(np.rint((xyxy - np.tile(corner, 2)) * scale), np.int32)

        image, detections = result.frame.image, result.detections
        if self.part == WHOLE:
            if size != [w, h]:
                how = cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR
                image = cv2.resize(image, size, interpolation=how)
                detections = replace(detections, xyxy=placed(detections.xyxy))
        else:
            image = _part_of(image, corner, scale, (size[0], size[1]))
            detections = replace(detections, xyxy=placed(detections.xyxy))
        if self.region is not None:
            image = image.copy()
            put_region(image, placed(self.region).tolist())
        if trace is not None:
            image = image.copy()
            put_glyphs(image, trace, scale, corner)
        picture = annotate(image, detections, result.layout, caption=[], numbers=self.numbers)
        for edited in result.edited:
            if correction is None:
                put_typed(picture, placed(edited.xyxy).tolist())
            elif _meets(placed(edited.xyxy), size):
                put_label(picture, placed(edited.xyxy).tolist(), edited.text or "x")
        if correction is not None:
            for box, label in correction.marks:
                if _meets(placed(box), size):
                    put_label(picture, placed(box).tolist(), "x" if label == NOT_A_DIGIT else str(label))
            if correction.box is not None:
                put_chosen(picture, placed(correction.box).tolist())
        band = self.stroke.box if self.stroke is not None and self.stroke.drag else self.choice
        if band is not None:
            put_band(picture, placed(band).tolist())
        if self.recording:
            put_recording(picture)
        if result.frame.note:
            put_note(picture, result.frame.note, ORANGE)
        elif note := self.message or hint(correction, self.typing, self.choice is not None):
            put_note(picture, note, low=correction is not None and _in_upper_half(correction.box, h))
        canvas = np.full((*self.area[::-1], 3), NIGHT, np.uint8)
        canvas[y : y + size[1], x : x + size[0]] = picture
        if areas.panel is not None:
            left, top, wide, high = areas.panel
            lines, settled = (result.caption, result.settled) if self.lines is None else (self.lines, True)
            if self.log is not None:
                lines, settled = self.log, True
            canvas[top : top + high, left : left + wide] = reading_panel((wide, high), lines, settled, self.status)
            if self.flash:
                cv2.rectangle(canvas, (left, top), (left + wide - 1, top + high - 1), GREEN, 12)
        if self.progress is not None:
            canvas[height:] = timeline(width, self.progress, self.clock)
        if trace is not None:
            canvas[:height, room:] = debug_panel(trace, width - room, height)
        if self.help:  # over all of it: there are many keys
            put_help(canvas[:height], KEYS)
        left, top = (round(start - away * scale) for start, away in zip((x, y), corner, strict=True))
        return canvas, Place(left, top, scale, line, (x, y, x + size[0], y + size[1]), (w, h))


def hint(correction: Correction | None, typing: str | None, choosing: bool) -> str:
    """What was typed and not kept, or what can be done; "" where there is nothing to tell."""
    if correction is None:
        return REGION if choosing else ""
    if typing is not None:
        return TYPING.format(number=correction.number)
    labels, chosen, said = correction.labels, correction.chosen, correction.said
    if not said:
        return UNCHOSEN if chosen is None else CHOSEN
    if chosen not in labels:
        return NAMED.format(typed=f"{said} typed" + (", nothing chosen" if chosen is None else ""))
    typed = "x, no digit" if labels[chosen] == NOT_A_DIGIT else str(labels[chosen])
    return NAMED.format(typed=f"typed {typed}" + (f"; {said} in all" if said > 1 else ""))


def _in_upper_half(box: NDArray[np.int32] | None, height: int) -> bool:
    return box is None or bool(box[1] + box[3] < height)


def _meets(xyxy: NDArray[np.int32], size: Sequence[int]) -> bool:
    """Whether any of a box is within a picture of this width and height."""
    x1, y1, x2, y2 = xyxy.tolist()
    return bool(x1 < size[0] and y1 < size[1] and x2 > 0 and y2 > 0)


def _part_of(
    image: NDArray[np.uint8], corner: tuple[float, float], scale: float, size: tuple[int, int]
) -> NDArray[np.uint8]:
    """What is right of and below a corner of a picture, scaled; of this width and height."""
    (left, top), (width, height) = (int(side) for side in corner), size
    cut = image[top : top + int(height / scale) + 3, left : left + int(width / scale) + 3]
    how = cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR
    right, down = (round((side - int(side)) * scale) for side in corner)
    wide, high = round(cut.shape[1] * scale), round(cut.shape[0] * scale)
    scaled = cv2.resize(cut, (max(wide, right + width), max(high, down + height)), interpolation=how)
    return np.ascontiguousarray(scaled[down : down + height, right : right + width])
