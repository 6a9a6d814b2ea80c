import multiprocessing
import os
import signal
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import closing
from functools import partial

import cv2
import numpy as np
import pytest
from page import paper, ring

from realtime.detections import Detections
from realtime.live.worker import Worker, WorkerError, make_recognizer
from realtime.networks.model_file import ModelError
from realtime.sources.frame import SourceError


class Odd:
    """Reads black frames slowly, dies of white ones and fails at grey ones."""

    def trace(self, frame: np.ndarray) -> str:
        level = int(frame.max())
        if level == 0:
            time.sleep(60)
        if level == 255:
            os.kill(os.getpid(), signal.SIGKILL)
        raise ValueError(f"level {level}")


class Mortal:
    """Dies of the first frame, and has learnt from it when it is there again.

    Args:
        path: how it knows.
    """

    def __init__(self, path: str) -> None:
        self.path = path

    def __call__(self, frame: np.ndarray) -> Detections:
        if not os.path.exists(self.path):
            open(self.path, "w").close()
            os.kill(os.getpid(), signal.SIGKILL)
        return Detections.empty()


def largest(_: object, size: int) -> int:
    return int(np.ones(size, np.uint8)[-1])


def refused(_: object, path: str) -> None:
    raise SourceError(f"{path}: damaged")


def frame_of(level: int) -> np.ndarray:
    return np.full((48, 64, 3), level, np.uint8)


@pytest.fixture
def odd() -> Iterator[Worker]:
    with closing(Worker(Odd)) as worker:  # type: ignore[arg-type]
        yield worker


def test_answers_as_the_recogniser_does_that_it_makes():
    page = paper()
    for i in range(3):
        ring(page, (100 + 80 * i, 200, 140 + 80 * i, 260))
    threads = cv2.getNumThreads()
    try:
        cv2.setNumThreads(1)
        here = make_recognizer().trace(page)
    finally:
        cv2.setNumThreads(threads)
    with closing(Worker(make_recognizer)) as worker:
        there = worker.trace(page)
        assert len(here.detections) == 3
        for name in ("ink", "boxes", "crops", "probabilities"):
            assert (getattr(there, name) == getattr(here, name)).all()
        assert (worker(page).xyxy == here.detections.xyxy).all()
        assert not worker.busy
        worker.begin(page)
        assert worker.busy
        later = worker.poll(None)
        assert later is not None and (later.boxes == here.boxes).all() and not worker.busy


def test_a_frame_that_takes_long_is_asked_for_again(odd: Worker):
    odd.begin(frame_of(0))
    assert odd.poll() is None and odd.poll(0.01) is None and odd.busy


def test_errors_over_there_are_raised_here(odd: Worker):
    with pytest.raises(ValueError, match="level 100"):
        odd.trace(frame_of(100))
    assert not odd.busy
    with closing(Worker(partial(make_recognizer, "no such model"))) as worker:
        for _ in range(2):
            with pytest.raises((ModelError, WorkerError)):
                worker(frame_of(0))
        assert not worker.busy


def test_a_process_that_is_killed_is_started_again_and_reads_the_frame(tmp_path):
    with closing(Worker(partial(Mortal, str(tmp_path / "met")))) as worker:  # type: ignore[arg-type]
        assert len(worker(frame_of(0))) == 0
        assert len(worker(frame_of(0))) == 0


def test_one_that_ends_again_is_given_up(odd: Worker):
    with pytest.raises(WorkerError, match="ended twice"):
        odd.trace(frame_of(255))
    with pytest.raises(ValueError, match="level 100"):  # the next frame has its own chance
        odd.trace(frame_of(100))


def test_what_cannot_be_read_over_there_ends_nothing(odd: Worker):
    for _ in range(2):
        with pytest.raises(SourceError, match=r"a\.jpg: damaged"):
            odd.run(refused, "a.jpg")
    assert odd.run(largest, 10) == 1


@pytest.mark.skipif(sys.platform != "linux", reason="no other system counts all that a process holds")
def test_what_needs_more_memory_than_it_may_hold_is_refused():
    with closing(Worker(Odd, memory=600_000_000)) as worker:  # type: ignore[arg-type]
        with pytest.raises(SourceError, match="not enough memory"):
            worker.run(largest, 1_000_000_000)
        assert worker.run(largest, 1_000_000) == 1


def test_closing_ends_it_whoever_waits():
    before = set(multiprocessing.active_children())
    worker = Worker(Odd)  # type: ignore[arg-type]
    waited = []

    def wait() -> None:
        with pytest.raises(WorkerError):
            worker.trace(frame_of(0))
        waited.append(True)

    thread = threading.Thread(target=wait)
    thread.start()
    while not worker.busy:
        time.sleep(0.01)
    worker.close()
    thread.join(100)
    assert waited == [True]
    assert set(multiprocessing.active_children()) <= before
    worker.close()  # twice does no harm
