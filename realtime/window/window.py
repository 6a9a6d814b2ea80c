"""The window: shows what was read, and obeys keys, the mouse and the close button."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any, Self, TypeVar

from realtime.live.result import FrameResult
from realtime.system.background import Background
from realtime.window.controls import Controls
from realtime.window.corrector import Corrector
from realtime.window.events import Stroke
from realtime.window.fps import FpsMonitor
from realtime.window.hints import status
from realtime.window.inputs import Inputs
from realtime.window.log import ReadingLog
from realtime.window.message import Message
from realtime.window.pane import Pane
from realtime.window.playback import Playback
from realtime.window.recorder import Recorder
from realtime.window.region_choice import box_of
from realtime.window.shown import Shown
from realtime.window.view import View
from realtime.window.zoom import Zoom

T = TypeVar("T")

_POLL = 30
"""Milliseconds between two looks at the window while the picture stands still."""
_GLANCE = 3
"""And while something else is being done: a key that is looked for too late may be lost, see `Inputs`."""
TOAST = 3.0
"""Seconds for which a message stands in the picture."""


class Window:
    """Shows frames and reacts to `KEYS`; a context manager.

    Args:
        title: for the title bar; what is on show where it is left out.
        wait: whether a photo stays until a key is pressed.
        folder: where snapshots and recordings go.
        flash: whether to flash when a reading is taken.
        corrections: the folder of the user's own digits: what was corrected goes there, see `sinks.own_digits`.

    Attributes:
        dropped: frames left out by the source, for the debug view.
        playback: which frame is on show and for how long.
        controls: what the user wants.

    Raises:
        OwnDigitsError: when it is closed amid corrections that could not be written.
    """

    def __init__(
        self,
        title: str = "",
        *,
        wait: bool = True,
        folder: str = "runs",
        corrections: str = "mine",
        flash: bool = False,
    ) -> None:
        self.dropped = 0
        self._pane = Pane()
        self._title, self._wait = title, wait
        self.playback = Playback(wait)
        self._shown, self._zoom, self._log = Shown(), Zoom(), ReadingLog(flash)
        self._message = Message(TOAST)
        self._captures = Recorder(folder, self._message.say)
        self._corrector = Corrector(Path(corrections), self._message.say)
        self.controls = Controls(self.playback, self._shown, self._zoom, self._captures, self._corrector, self._message)
        self._inputs = Inputs()
        self._task: Background[Any] | None = None
        self._drawn: tuple[object, ...] = ()  # what `_looks` was
        self._changed = False  # whether it must be drawn anew
        self._pace = FpsMonitor()

    @property
    def saved(self) -> list[str]:
        """The files that snapshots, recordings and corrections made."""
        return [*self._captures.saved, *self._corrector.saved]

    @property
    def unkept(self) -> int:
        """How many corrections were typed and neither kept nor taken back."""
        return self._corrector.unkept

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def during(self, work: Callable[[], T]) -> T | None:
        """Have a thread do some work; until it is done the window goes on to obey, with the frame that is on show.

        Args:
            work: reads the next frame, say. It must not touch the window.

        Returns:
            What came of it; None once the user has quit or closed the window.

        Raises:
            BaseException: whatever the work raised.
        """
        self._task = task = Background(work)
        if not self._pane.open:
            while not task.done:
                task.wait(0.1)
        elif not self._attend(lambda: 0.0 if task.done else _GLANCE / 1000):
            return None
        self._task = None
        return task.value()

    def show(self, result: FrameResult) -> bool:
        """Show one frame: as long as it is due, while paused, or until a key is pressed; none that was left meanwhile.

        Returns:
            Whether to go on; False once the user has quit or closed the window.
        """
        self._pace.add(result)
        self._log.add(result)
        self._captures.add(result, numbers=self._shown.numbers)
        if self._pane.open and not self._attend(lambda: 0.0):  # what was done so far is meant for the frame on show
            return False
        if self.playback.jumping:
            return True
        self.playback.show(result)
        self._draw()
        return self._attend(lambda: self.playback.left)

    def hold(self) -> bool:
        """Keep the last frame of a video on show until the user quits, unless an output was asked for.

        Returns:
            Whether the user has gone to another place instead: there are more frames.
        """
        if not (self._wait and self.playback.end() and self._pane.open) or self.controls.quit:
            return False
        self._message.say("the end; , steps back, q quits")
        return self._attend(lambda: self.playback.left) and self.playback.jumping

    def close(self) -> None:
        """Finish a recording, close the window and wait for work that is not done."""
        self._captures.finish()
        self._pane.close()
        if self._task is not None:
            self._task.wait()  # it uses what is closed after the window
        self._corrector.close()

    def _attend(self, left: Callable[[], float]) -> bool:
        """Obey the user, and keep the picture up to date, until no seconds are left and nothing holds it.

        Returns:
            Whether to go on; False once the user has quit or closed the window.
        """
        while True:
            self._inputs.pump(_POLL if self._held else max(1, int(min(_POLL, 1000 * left()))))
            while (did := self._inputs.next()) is not None:
                self._changed = True
                if isinstance(did, Stroke):  # what it means may take a while to find out
                    self._inputs.during(partial(self.controls.obey, did))
                else:
                    self.controls.obey(did)
            if self.controls.quit or self._pane.closed:
                return False
            if self._changed or self._looks != self._drawn:
                self._draw()
            if self._held:
                self._pace.rest()
            elif left() <= 0:
                return True

    @property
    def _held(self) -> bool:
        """Whether the picture must stay."""
        chosen = self._corrector.correction or self.controls.choosing
        busy = chosen is not None or self._inputs.stroke is not None
        return self.playback.held or busy or (self._inputs.sliding and not self.playback.away)

    def _draw(self) -> None:
        self._changed, self._drawn = False, self._looks
        view = self._view()
        picture, place = self._inputs.during(view.draw)
        if self._pane.open and self._pane.closed:  # meanwhile; to show something would open it again
            self.controls.quit = True
            return
        stroke = self._inputs.stroke
        if stroke is not None and stroke.shown is not view.result:
            self._changed = True  # the mouse was pressed meanwhile: what it was pressed on stays
            return
        state = "correcting - " if self._corrector.correction else "paused - " if self.playback.paused else ""
        if self._pane.show(picture, f"{self._title or view.result.frame.source} - {state}digits"):
            self._inputs.open(self._pane.name)
        self._inputs.show(view.result, place, view.correction is not None)

    def _view(self) -> View:
        stroke, correction = self._inputs.stroke, self._corrector.correction
        result = stroke.shown if stroke is not None else self._corrector.on_show(self.playback.result)
        pace = self._pace.lines(self.playback.paused) if self._shown.debug else None
        return View(
            result=result.as_read if self._shown.debug else result,
            area=self._pane.area,
            part=self._zoom.part,
            region=box_of(result, self.controls.region),
            choice=None if self.controls.choosing is None else self.controls.choosing.box,
            status=status(result, pace, self.dropped),
            message=self._message.text,
            correction=correction.copy() if correction is not None else None,
            typing=self._corrector.typing,
            lines=self._corrector.lines,
            stroke=stroke,
            recording=self._captures.recording,
            numbers=self._shown.numbers,
            debug=self._shown.debug,
            help=self._shown.help,
            flash=self._log.flashing,
            reading=self._shown.reading,
            progress=self.playback.progress,
            clock=self.playback.clock,
            log=self._log.lines if self._shown.log else None,
        )

    @property
    def _looks(self) -> tuple[object, ...]:
        """What changes without a key: the size of the window, how far the mouse has been dragged, the message."""
        if self.playback.started:
            self._pane.fit(self.playback.result.frame.image.shape)
        stroke = self._inputs.stroke
        points = stroke.points if stroke is not None and stroke.drag else None
        return self._pane.area, points, self._message.text, self._log.flashing
