"""A recogniser in a process of its own, so that whoever shows the pictures need not wait for it."""

from __future__ import annotations

import threading
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from multiprocessing.connection import Connection
from multiprocessing.context import SpawnProcess
from typing import Any, Concatenate, ParamSpec, TypeVar

import cv2
import numpy as np
from numpy.typing import NDArray

from realtime.detections import Detections
from realtime.numbers.form import Form
from realtime.recognition.classifier import Classifier
from realtime.recognition.recognizer import MIN_CONFIDENCE, Recognizer
from realtime.recognition.trace import Trace
from realtime.sources.frame import SourceError
from realtime.system.processes import SPAWN, no_ctrl_c, settle_in

P = ParamSpec("P")
T = TypeVar("T")

NAME = "reader"
"""Of the process."""


class WorkerError(Exception):
    """The process ended, was started again and ended once more; the text is one line that says so."""


@dataclass(frozen=True)
class _Request:
    """What is to be done over there: `function(recognizer, *args, **kwargs)`."""

    function: Callable[..., Any]
    args: tuple[Any, ...]
    kwargs: dict[str, Any]


def make_recognizer(
    model: str | None = None, min_confidence: float = MIN_CONFIDENCE, form: Form | None = None
) -> Recognizer:
    """A recogniser with a model file, the shipped one where none is named, for numbers of a form where one is given.

    Raises:
        ModelError: the model cannot be loaded.
    """
    return Recognizer(Classifier(model), min_confidence, form=form)


class Worker:
    """Reads frames as the recogniser does that it makes, in a process that starts at once; close it in the end.

    Call it like a recogniser and wait, or `begin` a frame and ask for it with `poll`. One frame at a time.

    Args:
        make: makes the recogniser, over there: a function of a module, or a `functools.partial` of one.
        memory: bytes that the process may hold; without a limit where it is left out.

    Raises:
        WorkerError, and whatever `make` and its recogniser raise: by all that sends or awaits a frame.
    """

    def __init__(self, make: Callable[[], Recognizer], memory: int | None = None) -> None:
        self._make, self._memory = make, memory
        self._sent: _Request | None = None  # what is being done
        self._waiting = self._closed = False
        self._ending = threading.Lock()
        self._start()

    def __call__(self, frame: NDArray[np.uint8]) -> Detections:
        """The digits of a `(H, W, 3) uint8` BGR frame."""
        digits: Detections = self.run(_read, frame)
        return digits

    def trace(self, frame: NDArray[np.uint8]) -> Trace:
        """What was seen in a `(H, W, 3) uint8` BGR frame, its digits among it."""
        trace: Trace = self.run(_trace, frame)
        return trace

    def run(self, function: Callable[Concatenate[Recognizer, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        """`function(recognizer, *args, **kwargs)`, done over there; everything that travels must be fit for pickle.

        Raises:
            SourceError: the function does, or the process has no memory for what it is given.
        """
        self._send(_Request(function, args, kwargs))
        answer: T = self._receive()
        return answer

    @property
    def busy(self) -> bool:
        """Whether a frame was begun and has not been asked for."""
        return self._sent is not None

    def begin(self, frame: NDArray[np.uint8]) -> None:
        """Have a frame read."""
        self._send(_Request(_trace, (frame,), {}))

    def poll(self, seconds: float | None = 0) -> Trace | None:
        """What was seen in the frame that was begun; None where that takes longer than so many seconds."""
        return self._receive() if seconds is None or self._pipe.poll(seconds) else None

    def close(self) -> None:
        """End the process, whatever it is doing, and whichever thread is waiting for it."""
        self._closed = True
        self._end()
        if not self._waiting:  # else whoever waits does that
            self._pipe.close()

    def _start(self) -> None:
        self._pipe, theirs = SPAWN.Pipe()
        self._process: SpawnProcess | None = SPAWN.Process(
            target=_serve, args=(theirs, self._make, self._memory), name=NAME, daemon=True
        )
        with no_ctrl_c():
            self._process.start()
        theirs.close()
        self._ready = False

    def _end(self) -> None:
        with self._ending:
            if self._process is not None:
                self._process.terminate()
                self._process.join()
                self._process.close()
                self._process = None

    def _send(self, request: _Request) -> None:
        try:
            if not self._ready:
                _raise(self._pipe.recv())
                self._ready = True
            self._pipe.send(request)
        except (EOFError, OSError):
            pass  # `_receive` will notice
        self._sent = request

    def _receive(self) -> Any:
        request = self._sent
        assert request is not None
        self._waiting = True
        try:
            for again in (True, False):
                try:
                    return _raise(self._pipe.recv())
                except (EOFError, OSError):
                    self._pipe.close()
                    self._end()
                    if self._closed:
                        break
                    self._start()
                    if again:
                        self._send(request)
        finally:
            self._sent, self._waiting = None, False
        raise WorkerError("the process that reads the frames was ended twice; is there enough memory?")


def _raise(answer: Any) -> Any:
    if isinstance(answer, Exception):
        raise answer
    return answer


def _read(recognizer: Recognizer, frame: NDArray[np.uint8]) -> Detections:
    return recognizer(frame)


def _trace(recognizer: Recognizer, frame: NDArray[np.uint8]) -> Trace:
    return recognizer.trace(frame)


def _serve(pipe: Connection, make: Callable[[], Recognizer], memory: int | None) -> None:
    """Say None when it can read, then answer each request; an error that nobody foresaw is the last word."""
    settle_in(memory)
    cv2.setNumThreads(1)  # the other processors are for those who show the pictures, and for other frames
    try:
        recognizer = make()
        pipe.send(None)
        while True:
            request: _Request = pipe.recv()
            answer: Any
            try:
                answer = request.function(recognizer, *request.args, **request.kwargs)
            except SourceError as error:
                answer = error
            except MemoryError:
                answer = SourceError("there is not enough memory to read it")
            del request  # it may be large, and the next one may be long in coming
            pipe.send(answer)
            del answer
    except (EOFError, BrokenPipeError):
        return
    except Exception as error:
        error.add_note("in the process that reads the frames:\n" + traceback.format_exc())
        pipe.send(error)
