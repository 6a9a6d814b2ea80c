from __future__ import annotations

import multiprocessing
import os
import signal
import sys
import time
from collections.abc import Iterator
from concurrent.futures import Executor, Future, ProcessPoolExecutor
from functools import partial

import pytest

from realtime.batch.executors import processes as limited
from realtime.batch.run import answers
from realtime.batch.task import Answer, Task
from realtime.batch.work import within
from realtime.sinks.paths import OutputError


def processes() -> Executor:
    return ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn"))


def work(task: Task) -> Answer:
    if task.path == "odd":
        raise ZeroDivisionError("not\nforeseen")
    if task.path == "deadly":
        os.kill(os.getpid(), signal.SIGKILL)
    if task.path == "endless":
        time.sleep(10_000)
    if task.path == "large":
        bytearray(1_500_000_000)
    if task.path == "long" and task.part is None:
        return Answer(task.key, parts=[Task("long", (0, 9)), Task("long", (9, -1))])
    return Answer(task.key)


class Immediate(Executor):
    """Works when asked; `lost` stands for a cluster that is gone."""

    def __init__(self, error: BaseException | None = None, lost: bool = False) -> None:
        self._error, self._lost = error, lost

    def submit(self, fn, /, *args, **kwargs):
        future: Future = Future()
        if self._lost:
            future.cancel()
            future.set_running_or_notify_cancel()
        elif self._error is not None:
            future.set_exception(self._error)
        else:
            future.set_result(fn(*args))
        return future


def test_a_file_that_kills_its_worker_is_set_aside_and_all_others_are_done():
    tasks = [Task(path) for path in ("a", "odd", "deadly", "long", *"cdef")]
    found = list(answers(tasks, work, processes, 2))
    assert sorted(answer.key for answer in found) == sorted(
        ["a", "odd", "deadly", "long", "long#0-9", "long#9-", *"cdef"]
    )
    assert {answer.key: answer.error for answer in found if answer.error} == {
        "odd": "odd: ZeroDivisionError: not foreseen",
        "deadly": "deadly: its worker died, twice; the next run tries it again",
    }


def test_a_file_that_takes_too_long_fails_and_all_others_are_done():
    tasks = [Task(path) for path in ("a", "endless", *"bc")]
    found = list(answers(tasks, partial(within, 3, work), processes, 2, seconds=3))
    assert {answer.key: answer.error for answer in found} == {
        "a": None,
        "b": None,
        "c": None,
        "endless": "endless: takes longer than 3 seconds",
    }
    assert not any(answer.transient for answer in found), "the next run does not wait for it again"


@pytest.mark.skipif(sys.platform != "linux", reason="no other system counts all that a process holds")
def test_a_file_that_needs_too_much_memory_fails():
    found = list(answers([Task("large"), Task("a")], work, lambda: limited(1, 1_000_000_000), 1))
    assert [(answer.key, (answer.error or "")[:18]) for answer in found] == [("large", "large: MemoryError"), ("a", "")]


def test_parts_that_are_done_are_not_done_again():
    done = Task("long", (0, 9)).key
    found = answers([Task("long"), Task("a")], work, Immediate, 2, lambda part: part.key == done)
    assert sorted(answer.key for answer in found) == ["a", "long", "long#9-"]


def test_no_more_are_drawn_than_are_under_way():
    drawn: list[int] = []

    def tasks() -> Iterator[Task]:
        for i in range(100):
            drawn.append(i)
            yield Task(str(i))

    found = answers(tasks(), work, Immediate, 5)
    next(found)
    assert len(drawn) == 5
    found.close()


def test_a_file_is_not_blamed_for_a_cluster_that_is_gone_or_a_full_disk():
    with pytest.raises(OutputError, match="the cluster was lost"):
        list(answers([Task("a")], work, lambda: Immediate(lost=True), 1))
    with pytest.raises(OutputError, match="full"):
        list(answers([Task("a")], work, lambda: Immediate(OutputError("full")), 1))
    with pytest.raises(OutputError, match="a worker lacks something: No module"):
        list(answers([Task("a")], work, lambda: Immediate(ImportError("No module named 'realtime'")), 1))


def test_dask_gives_up_on_a_file_by_an_error_of_its_own():
    error = type("KilledWorker", (Exception,), {})("long story")
    (answer,) = answers([Task("a")], work, lambda: Immediate(error), 1)
    assert answer.error == "a: its worker died, twice; the next run tries it again"
