"""What the user keeps of what is shown: snapshots and recordings."""

from __future__ import annotations

import json
from collections.abc import Callable

from realtime.live.result import FrameResult
from realtime.sinks.paths import new_path
from realtime.sinks.records import OutputError, SaveSink, save_picture


class Recorder:
    """Pictures and videos as they are shown, but without what the window adds.

    Args:
        folder: where they go, under names made of the time.
        say: is given a line about each, also about those that could not be written.

    Attributes:
        saved: the files made.
    """

    def __init__(self, folder: str, say: Callable[[str], None]) -> None:
        self.saved: list[str] = []
        self._folder = folder
        self._say = say
        self._sink: SaveSink | None = None

    @property
    def recording(self) -> bool:
        """Whether frames are being recorded."""
        return self._sink is not None

    def snapshot(self, result: FrameResult, *, numbers: bool) -> None:
        """Save one frame, and its record beside it; `numbers` shows the confidences."""
        path = new_path(self._folder, ".png")
        try:
            save_picture(str(path), result.saved(numbers=numbers))
            path.with_suffix(".json").write_text(json.dumps(result.record) + "\n", encoding="utf-8")
            self.saved.append(str(path))
            self._say(f"saved {path} and .json")
        except OutputError as error:
            self._say(str(error))
        except OSError as error:
            self._say(f"{path.with_suffix('.json')}: {error.strerror}")

    def toggle(self, result: FrameResult, *, numbers: bool) -> None:
        """Begin a recording with this frame, or finish the one that goes on."""
        if self._sink is not None:
            self.finish()
        elif result.frame.still:
            self._say("a photo cannot be recorded; s saves it")
        else:
            try:
                self._sink = SaveSink(str(new_path(self._folder, ".mp4")))
            except OutputError as error:
                self._say(str(error))
            else:
                self.add(result, numbers=numbers)

    def add(self, result: FrameResult, *, numbers: bool) -> None:
        """The next frame of the recording, if there is one."""
        if self._sink is None:
            return
        try:
            self._sink.write(result.frame, result.saved(numbers=numbers))
        except OutputError as error:
            self.finish()
            self._say(str(error))

    def finish(self) -> None:
        """End the recording, if there is one."""
        sink, self._sink = self._sink, None
        if sink is None:
            return
        try:
            sink.close()
            self.saved.append(sink.path)
            self._say(f"saved {sink.path}")
        except OutputError as error:
            self._say(str(error))
