"""Work that a thread of its own does while the caller looks after something else."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Generic, TypeVar

T = TypeVar("T")


class Background(Generic[T]):
    """Work that a thread of its own does; it begins at once.

    Args:
        work: what is to be done.

    Attributes:
        done: whether it is.
    """

    def __init__(self, work: Callable[[], T]) -> None:
        self._work = work
        self._value: T
        self._error: BaseException | None = None
        self._finished = threading.Event()
        # A second ctrl-C ends the program even where the work never ends.
        self._thread = threading.Thread(target=self._run, name="background", daemon=True)
        try:
            self._thread.start()
        except KeyboardInterrupt:  # Python aborts the process where a thread is within OpenCV at its end
            self._finished.wait(5)
            raise

    @property
    def done(self) -> bool:
        """Whether the work has ended."""
        return self._finished.is_set()

    def wait(self, seconds: float | None = None) -> None:
        """Wait until it is done, or so long."""
        self._finished.wait(seconds)

    def value(self) -> T:
        """What came of the work, which is done.

        Raises:
            BaseException: the one that ended it.
        """
        if self._error is not None:
            raise self._error
        return self._value

    def _run(self) -> None:
        try:
            self._value = self._work()
        except BaseException as error:  # raised again where the value is asked for
            self._error = error
        finally:
            self._finished.set()
