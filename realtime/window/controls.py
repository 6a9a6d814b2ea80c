"""What the keys and the mouse do in the window."""

from __future__ import annotations

import cv2
import numpy as np

from realtime.live.pipeline import Pipeline
from realtime.live.result import FrameResult
from realtime.sources.cameras import Cameras
from realtime.sources.files import FileSource
from realtime.sources.open import Source
from realtime.sources.region import Region
from realtime.window.aim import WAYS
from realtime.window.corrector import Corrector
from realtime.window.events import Input, Pan, Press, Slide, Stroke, Wheel
from realtime.window.keys import WATCHING
from realtime.window.message import Message
from realtime.window.playback import Playback
from realtime.window.recorder import Recorder
from realtime.window.region_choice import RegionChoice, region_of
from realtime.window.shown import Shown
from realtime.window.zoom import Zoom

JUMP = 5
"""Seconds of a video, or photos, that one key goes back or on."""
_WHEEL = "+ and - zoom sharply; the wheel enlarges the whole window: turn it back"
"""Qt scales what it was given by itself whenever the wheel is turned, and OpenCV cannot forbid it."""


class Controls:
    """Obeys one input after the other.

    Args:
        playback, shown, zoom, captures, corrector, message: what is controlled.

    Attributes:
        mirror: whether the user wants the following frames swapped left to right.
        quit: whether the user wants to end.
        region: the part of each picture that is read; None for all of it.
        choosing: the part that is being chosen, None where none is.
        why_whole: why no part can be chosen; "" where one can.
        why_one: why the camera cannot be exchanged; "" where it can.
    """

    def __init__(
        self,
        playback: Playback,
        shown: Shown,
        zoom: Zoom,
        captures: Recorder,
        corrector: Corrector,
        message: Message,
    ) -> None:
        self.mirror = self.quit = self._exchange = False
        self.why_one = "this is no camera"
        self.why_whole = "here the whole picture is read"
        self.region: Region | None = None
        self.choosing: RegionChoice | None = None
        self._playback, self._shown, self._zoom, self._captures = playback, shown, zoom, captures
        self._corrector, self._message = corrector, message

    def obey(self, did: Input) -> None:
        """Do what a key or the mouse asks for."""
        self._message.say("")
        match did:
            case Slide():
                self._slide(did)
            case Wheel():
                self._turn(did)
            case Pan():
                self._zoom.pan(did.right, did.down)
            case Stroke() if self.choosing is not None:
                if did.drag:
                    self._read_only(did.shown, did.box)
            case Stroke():
                self._corrector.point(did)
            case Press() if self.choosing is not None:
                self._choose(self.choosing, did)
            case Press() if self._corrector.correction is None:
                self._press(did.key, did.shown)
            case Press():
                self._correct(did)

    def carry_out(self, source: Source, pipeline: Pipeline) -> int:
        """Have the source do what the user wants; called before each frame, by whoever reads it.

        Returns:
            How many frames to read before the one to show.
        """
        if self._exchange and isinstance(source, Cameras):
            self._exchange = False
            self._message.say(source.switch())
            pipeline.restart()
        if self.region != pipeline.region:
            pipeline.region = self.region
            pipeline.restart()
        jump = self._playback.take_jump()
        if jump is None or not isinstance(source, FileSource):
            return 0
        source.seek(jump.place - jump.lead)
        pipeline.restart()
        return jump.lead

    def _press(self, key: str, shown: FrameResult) -> None:
        match WATCHING.get(key, key):
            case "q":
                self.quit |= key != "esc" or not (self._shown.close_panel() or self._zoom.reset())
            case "+" | "=":
                self._zoom.by(1)
            case "-":
                self._zoom.by(-1)
            case "0":
                self._zoom.reset()
            case "left" | "right" | "up" | "down" if self._zoom.zoomed:
                self._zoom.step(*WAYS[key])
            case " ":
                self._playback.toggle(shown)
            case "." | "right":
                self._playback.forward(shown)
            case "," | "left":
                if not self._playback.back():
                    self._message.say("no earlier picture is remembered")
            case "b" | "f":
                if self._may_jump():
                    self._playback.jump_by(JUMP if key == "f" else -JUMP)
            case "s":
                self._captures.snapshot(shown, numbers=self._shown.numbers)
            case "r":
                self._captures.toggle(self._playback.result, numbers=self._shown.numbers)
            case "m":
                self.mirror = not self.mirror
                self._message.say(f"mirror {'on' if self.mirror else 'off'}, from the next picture on")
            case "x":
                if self.why_whole:
                    self._message.say(self.why_whole)
                elif self.region is None:
                    self.choosing = RegionChoice(shown)
                else:
                    self._message.say("the whole picture is read")
                    self._read(None)
            case "k":
                self._other_camera()
            case "c":
                self._shown.help = not self._corrector.begin(shown) and self._shown.help
            case "e":
                if self._corrector.begin(shown):
                    self._shown.help = False
                    self._corrector.type_number()
            case "backspace":
                self._corrector.take_back()
            case other:
                self._shown.press(other)

    def _choose(self, choice: RegionChoice, press: Press) -> None:
        """Obey a key while a part of the picture is chosen."""
        if press.key in ("q", "h", "?", "+", "=", "-"):
            self._press(press.key, press.shown)
        elif press.key in ("x", "esc"):
            if press.key == "x" or not self._shown.close_panel():
                self.choosing = None
        elif press.key in ("enter", " "):
            self._read_only(press.shown, choice.box)
        else:
            choice.press(press.key)

    def _read_only(self, shown: FrameResult, xyxy: np.ndarray) -> None:
        """Read a part of each picture from now on."""
        region = region_of(shown, xyxy)
        self._message.say("too small" if region is None else f"only this part is read: --region {region}")
        if region is not None:
            self.choosing = None
            self._read(region)

    def _read(self, region: Region | None) -> None:
        self.region = region
        self._playback.again()

    def _other_camera(self) -> None:
        self._message.say(self.why_one or "looking for the next camera")
        if not self.why_one:
            self._captures.finish()
            self._exchange, self._playback.paused = True, False

    def _correct(self, press: Press) -> None:
        if self._corrector.typing is None and press.key in ("q", "h", "?", "+", "=", "-"):
            self._press(press.key, press.shown)
        elif press.key != "esc" or not self._shown.close_panel():
            self._corrector.press(press, self._playback.result)
        correction = self._corrector.correction
        if correction is not None and correction.box is not None:
            height, width = press.shown.frame.image.shape[:2]
            self._zoom.reveal(correction.box, (width, height))

    def _turn(self, wheel: Wheel) -> None:
        if cv2.currentUIFramework() == "QT":
            self._message.say(_WHEEL)
        else:
            self._zoom.by(wheel.steps, wheel.point)

    def _slide(self, slide: Slide) -> None:
        if self._may_jump():
            assert self._playback.total is not None
            self._playback.jump(round(slide.share * self._playback.total) - 1, passing=not slide.over)

    def _may_jump(self) -> bool:
        """Whether the source can be sent to another place now; if not, why not is said."""
        if not self._playback.seekable:
            self._message.say(self._playback.why_not)
            return False
        if not self._corrector.leave():
            self._message.say("first keep what was typed with Enter, or leave it with Esc")
            return False
        self._captures.finish()  # a recording has no gaps
        return True
