"""What the keys and the mouse do in the window."""

from __future__ import annotations

import cv2

from realtime.live.result import FrameResult
from realtime.window.correction import WAYS
from realtime.window.corrector import Corrector
from realtime.window.events import Input, Pan, Press, Slide, Stroke, Wheel
from realtime.window.keys import WATCHING
from realtime.window.message import Message
from realtime.window.playback import Playback
from realtime.window.recorder import Recorder
from realtime.window.shown import Shown
from realtime.window.zoom import Zoom

JUMP = 5
"""Seconds of a video, or photos, that one key goes back or on."""
_WHEEL = "+ and - zoom; of the wheel Qt makes larger pixels, turn it back"
"""Qt scales what it was given by itself whenever the wheel is turned, and OpenCV cannot forbid it."""


class Controls:
    """Obeys one input after the other.

    Args:
        playback, shown, zoom, captures, corrector, message: what is controlled.

    Attributes:
        mirror: whether the user wants the following frames swapped left to right.
        quit: whether the user wants to end.
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
            case Stroke():
                self._corrector.point(did)
            case Press() if self._corrector.correction is None:
                self._press(did.key, did.shown)
            case Press():
                self._correct(did)

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
            case "k":
                self._other_camera()
            case "c":
                self._shown.help = not self._corrector.begin(shown) and self._shown.help
            case "backspace":
                self._corrector.take_back()
            case other:
                self._shown.press(other)

    def take_exchange(self) -> bool:
        """Whether another camera was asked for; once."""
        exchange, self._exchange = self._exchange, False
        return exchange

    def _other_camera(self) -> None:
        self._message.say(self.why_one or "looking for the next camera")
        if not self.why_one:
            self._captures.finish()
            self._exchange, self._playback.paused = True, False

    def _correct(self, press: Press) -> None:
        if press.key in ("q", "h", "?", "+", "=", "-"):
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
