"""The window: shows what was read, and obeys keys and the close button."""

from __future__ import annotations

import time
from dataclasses import replace
from pathlib import Path
from typing import Self

import cv2
import numpy as np

from realtime.annotate import annotate
from realtime.captures import Captures
from realtime.correction import WAYS, Correction
from realtime.detections import NOT_A_DIGIT
from realtime.draw import NIGHT, ORANGE
from realtime.keys import CORRECTING, KEYS, WATCHING, key_of
from realtime.live.result import FrameResult
from realtime.own_digits import LABELS, OwnDigitsError
from realtime.pace import Pace
from realtime.panels import debug_panel, put_chosen, put_glyphs, put_help, put_note, put_recording, put_status

_LARGEST = 1280, 720
"""Width and height that the window takes up at the most, to begin with."""
_DEBUG_PART = 0.4
"""Part of the window's width that the debug view takes at least."""
_POLL = 30
"""Milliseconds between two looks at the keyboard while the picture stands still."""
_TOAST = 3.0
"""Seconds for which a message stands in the picture."""


class Window:
    """Shows frames and reacts to `KEYS`; a context manager.

    Args:
        title: what is being watched, for the title bar.
        wait: whether a photo stays until a key is pressed.
        folder: where snapshots and recordings go.
        corrections: the folder of the user's own digits: what was corrected goes there, see `realtime.own_digits`.

    Attributes:
        mirror: whether the user wants the following frames swapped left to right.
        dropped: frames left out by the source, for the debug view.

    Raises:
        OwnDigitsError: when it is closed amid corrections that cannot be written.
    """

    def __init__(
        self, title: str, *, wait: bool = True, folder: str = "runs", corrections: str | Path = "mine"
    ) -> None:
        self.mirror = False
        self.dropped = 0
        self._name = "digits"
        self._title = ""
        self._heading = title
        self._wait = wait
        self._open = False
        self._paused = self._debug = self._help = self._numbers = False
        self._captures = Captures(folder, self._say)
        self._corrections = Path(corrections)
        self._correction: Correction | None = None
        self._click: tuple[int, int] | None = None
        self._place = 0, 0, 1.0  # left and top of the frame in the window, pixels of the window to one of the frame
        self._toast, self._toast_until = "", 0.0
        self._area = _LARGEST  # pixels for the picture
        self._drawn_area: tuple[int, int] | None = None
        self._due = 0.0
        self._pace = Pace()

    @property
    def saved(self) -> list[str]:
        """The files that snapshots, recordings and corrections made."""
        return self._captures.saved

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def show(self, result: FrameResult) -> bool:
        """Show one frame: as long as it is due, while paused, or until a key is pressed.

        Returns:
            Whether to go on; False once the user has quit or closed the window.
        """
        self._pace.add(result)
        self._captures.add(result, numbers=self._numbers)
        waiting = result.frame.still and self._wait
        now = time.monotonic()
        at_once = result.frame.captured is not None or result.frame.still
        self._due = now if at_once else max(now, self._due + 1 / result.frame.fps)
        self._draw(result)
        while True:
            left = self._due - time.monotonic()
            idle = waiting or self._paused
            code = cv2.waitKeyEx(_POLL if idle else max(1, min(_POLL, int(left * 1000))))
            key = key_of(code)
            key = WATCHING.get(key, key)
            if key == "q" or self._closed():
                return False
            if key == " " and waiting:
                return True
            if key == "c" or self._click is not None:
                corrected = self._correct(result)
                if corrected is None:
                    return False
                result, key, idle = corrected, "c", True
            elif key:
                self._press(key, result)
            if not waiting and not self._paused and time.monotonic() >= self._due:
                if idle:
                    self._pace.rest()
                return True
            if key or self._stale():
                self._draw(result)

    def close(self) -> None:
        """Finish a recording, close the window and keep what was corrected last."""
        self._captures.finish()
        if self._open:
            self._open = False
            try:
                cv2.destroyWindow(self._name)
                cv2.waitKey(1)
            except cv2.error:
                pass  # the user was faster
        self._keep()

    def _correct(self, result: FrameResult) -> FrameResult | None:
        """Let the user choose digits of a frame, which stands still, and say what they are.

        Returns:
            The frame with what was corrected; None once the user has quit or closed the window.
        """
        click, self._click = self._click, None
        result = result.as_read
        if result.trace is None or not len(result.trace.boxes):
            if click is None:
                self._say("nothing here to correct")
            return result
        correction = Correction(result)
        if click is not None and not correction.choose(*self._in_frame(click)):
            return result
        self._correction, self._help, changed = correction, False, True
        while True:
            if changed or self._stale():
                self._draw(correction.result)
            key = key_of(cv2.waitKeyEx(_POLL))
            if key == "q" or self._closed():
                return None
            click, self._click = self._click, None
            changed = bool(key) or click is not None
            if click is not None:
                correction.choose(*self._in_frame(click))
            elif key == "tab" or key in WAYS:
                correction.step(key)
            elif key == "x" or key.isdecimal():
                correction.name(NOT_A_DIGIT if key == "x" else int(key))
            elif key in ("enter", " ", "c"):
                try:
                    self._keep()
                except OwnDigitsError as error:
                    self._say(str(error))
                else:
                    return correction.result
            elif key == "esc":
                self._correction = None
                return result

    def _keep(self) -> None:
        if self._correction is not None:
            kept = self._correction.keep(self._corrections)
            self._correction = None
            if kept:
                path = str(self._corrections / LABELS)
                if path not in self.saved:
                    self.saved.append(path)
                self._say(f"kept {kept} in {self._corrections}; python -m training personalize learns them")

    def _in_frame(self, point: tuple[int, int]) -> tuple[float, float]:
        left, top, scale = self._place
        return (point[0] - left) / scale, (point[1] - top) / scale

    def _on_mouse(self, event: int, x: int, y: int, *_: object) -> None:
        if event == cv2.EVENT_LBUTTONDOWN:
            self._click = x, y

    def _press(self, key: str, result: FrameResult) -> None:
        match key:
            case " ":
                self._paused = not self._paused
            case "s":
                self._captures.snapshot(result, numbers=self._numbers)
            case "r":
                self._captures.toggle(result, numbers=self._numbers)
            case "n":
                self._numbers = not self._numbers
            case "d":
                self._debug = not self._debug
            case "h" | "?":
                self._help = not self._help
            case "m":
                self.mirror = not self.mirror
                self._say(f"mirror {'on' if self.mirror else 'off'}, from the next picture on")

    def _closed(self) -> bool:
        try:
            # Not "< 1": GTK always answers -1.
            return cv2.getWindowProperty(self._name, cv2.WND_PROP_VISIBLE) == 0
        except cv2.error:
            return True

    def _draw(self, result: FrameResult) -> None:
        if not self._open:
            height, width = result.frame.image.shape[:2]
            scale = min(_LARGEST[0] / width, _LARGEST[1] / height)
            self._area = max(200, round(width * scale)), max(200, round(height * scale))
        picture = self._compose(result)
        if not self._open:
            cv2.namedWindow(self._name, cv2.WINDOW_NORMAL | cv2.WINDOW_GUI_NORMAL | cv2.WINDOW_FREERATIO)
            cv2.resizeWindow(self._name, picture.shape[1], picture.shape[0])
            cv2.setMouseCallback(self._name, self._on_mouse)
            self._open = True
        title = self._heading if result.frame.captured is not None else result.frame.source
        state = "correcting - " if self._correction else "paused - " if self._paused else ""
        title = f"{title} - {state}digits"
        if title != self._title:
            cv2.setWindowTitle(self._name, title)
            self._title = title
        cv2.imshow(self._name, picture)
        self._drawn_area = self._area

    def _stale(self) -> bool:
        """Whether the window has another size than when it was drawn, or a message has had its time."""
        try:
            _, _, width, height = cv2.getWindowImageRect(self._name)
        except cv2.error:
            return False
        if width >= 64 and height >= 64:
            self._area = width, height
        return self._area != self._drawn_area or (bool(self._toast) and time.monotonic() > self._toast_until)

    def _compose(self, result: FrameResult) -> np.ndarray:
        """The picture in the pixels of the window, so that every line of it stays sharp."""
        if self._open:
            self._stale()
        result = result.as_read if self._debug else result
        trace = result.trace if self._debug else None
        area_width, area_height = self._area
        height, width = result.frame.image.shape[:2]
        scale = min(area_width * (1 - _DEBUG_PART if trace else 1) / width, area_height / height)
        size = max(1, int(width * scale)), max(1, int(height * scale))
        image, detections = result.frame.image, result.detections
        if size != (width, height):
            image = cv2.resize(image, size, interpolation=cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR)
            detections = replace(detections, xyxy=np.rint(detections.xyxy * scale).astype(np.int32))
        if trace is not None or self._correction is not None:
            image = image.copy()
        if trace is not None:
            put_glyphs(image, trace, scale)
        low = False
        if self._correction is not None:
            box = np.rint(self._correction.box * scale).astype(int).tolist()
            put_chosen(image, box)
            low = box[1] + box[3] < size[1]
        caption = [] if self._correction else result.caption  # room to see what is corrected
        picture = annotate(
            image, detections, result.layout, caption=caption, settled=result.settled, numbers=self._numbers
        )
        put_status(picture, self._status(result))
        if self._captures.recording:
            put_recording(picture)
        if result.frame.note:
            put_note(picture, result.frame.note, ORANGE)
        elif self._toast and time.monotonic() < self._toast_until:
            put_note(picture, self._toast, low=low)
        else:
            self._toast = ""
            if self._correction is not None:
                put_note(picture, CORRECTING, low=low)
        if self._help:
            put_help(picture, KEYS)
        canvas = np.full((area_height, area_width, 3), NIGHT, np.uint8)
        if trace is not None:
            area_width = size[0]
            canvas[:, area_width:] = debug_panel(trace, canvas.shape[1] - area_width, area_height)
        x, y = (area_width - size[0]) // 2, (area_height - size[1]) // 2
        canvas[y : y + size[1], x : x + size[0]] = picture
        self._place = x, y, scale
        return canvas

    def _status(self, result: FrameResult) -> list[str]:
        stages = "  ".join(f"{name} {value:.1f}" for name, value in self._pace.stages.items())
        rate = "paused   " if self._paused else f"{self._pace.rate:.0f} fps   " if self._pace.rate else ""
        lines = [f"{rate}{stages} ms" if stages else rate or "h: help"]
        if self._debug and result.frame.captured is not None:
            age = (time.monotonic() - result.frame.captured) * 1000
            lines.append(f"picture {age:.0f} ms old, {self.dropped} dropped")
        return lines

    def _say(self, text: str) -> None:
        self._toast, self._toast_until = text, time.monotonic() + _TOAST
