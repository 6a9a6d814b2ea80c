"""What the keys and the mouse do in the window."""

from __future__ import annotations

from realtime.live.result import FrameResult
from realtime.window.corrector import Corrector
from realtime.window.inputs import Input, Press, Slide
from realtime.window.keys import WATCHING
from realtime.window.message import Message
from realtime.window.playback import Playback
from realtime.window.recorder import Recorder
from realtime.window.shown import Shown

JUMP = 5
"""Seconds of a video, or photos, that one key goes back or on."""


class Controls:
    """Obeys one input after the other.

    Args:
        playback, shown, captures, corrector, message: what is controlled.

    Attributes:
        mirror: whether the user wants the following frames swapped left to right.
        quit: whether the user wants to end.
    """

    def __init__(
        self, playback: Playback, shown: Shown, captures: Recorder, corrector: Corrector, message: Message
    ) -> None:
        self.mirror = self.quit = False
        self._playback, self._shown, self._captures = playback, shown, captures
        self._corrector, self._message = corrector, message

    def obey(self, did: Input) -> None:
        """Do what a key or the mouse asks for."""
        self._message.say("")
        if isinstance(did, Slide):
            self._slide(did)
        elif not isinstance(did, Press):
            self._corrector.point(did)
        elif self._corrector.correction is None:
            self._press(did.key, did.shown)
        else:
            self._correct(did)

    def _press(self, key: str, shown: FrameResult) -> None:
        match WATCHING.get(key, key):
            case "q":
                self.quit |= key != "esc" or not self._shown.close_panel()
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
            case "c":
                self._shown.help = not self._corrector.begin(shown) and self._shown.help
            case "backspace":
                self._corrector.take_back()
            case other:
                self._shown.press(other)

    def _correct(self, press: Press) -> None:
        if press.key in ("q", "h", "?"):
            self._press(press.key, press.shown)
        elif press.key != "esc" or not self._shown.close_panel():
            self._corrector.press(press, self._playback.result)

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
