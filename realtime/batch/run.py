"""Tasks through an Executor, a bounded number at a time; a file that ends its worker is found out and set aside."""

from __future__ import annotations

import time
from collections.abc import Callable, Generator, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, BrokenExecutor, CancelledError, Executor, Future, wait
from contextlib import AbstractContextManager
from itertools import chain, islice

from realtime.batch.task import Answer, Task, stamp_of
from realtime.networks.model_file import ModelError
from realtime.sinks.paths import OutputError

_CRASHED = "its worker died, twice; the next run tries it again"
_KILLED = "KilledWorker"  # by which Dask says the same; it has tried again by itself


def answers(
    tasks: Iterable[Task],
    work: Callable[[Task], Answer],
    executor: Callable[[], AbstractContextManager[Executor]],
    ahead: int,
    done: Callable[[Task], bool] = lambda task: False,
    seconds: float | None = None,
) -> Generator[Answer]:
    """One answer for each task, as they come; a file that is done in parts is followed by one for each of them.

    Args:
        tasks: drawn as needed.
        work: a function of a module, or a partial of one: it travels to the workers.
        executor: opens one; asked again after a worker has died.
        ahead: tasks under way at once, so that memory does not grow with their number.
        done: tells of a part whether it need not be done.
        seconds: after which `work` ends its worker.
    """
    waiting = iter(tasks)

    def after(answer: Answer) -> Iterator[Task]:
        parts = [part for part in answer.parts if not done(part)]
        return chain(parts, waiting) if parts else waiting  # else the chain would grow with every answer

    suspects: list[Task] = []
    while True:
        under_way: dict[Future[Answer], Task] = {}
        try:
            with executor() as pool:
                while True:
                    for task in islice(waiting, ahead - len(under_way)):
                        suspects = [task]  # a pool that is broken already refuses it: it must not be lost
                        under_way[pool.submit(work, task)] = task
                        suspects = []
                    if not under_way:
                        return
                    for future in wait(under_way, return_when=FIRST_COMPLETED).done:
                        answer = _answer(future, under_way[future])
                        del under_way[future]
                        waiting = after(answer)
                        yield answer
        except BrokenExecutor:
            suspects += under_way.values()
        # All that was under way fails together, and nobody says whose fault it was: each is tried again alone.
        for answer in _one_by_one(suspects, work, executor, seconds):
            waiting = after(answer)
            yield answer
        suspects = []


def _one_by_one(
    suspects: list[Task],
    work: Callable[[Task], Answer],
    executor: Callable[[], AbstractContextManager[Executor]],
    seconds: float | None,
) -> Generator[Answer]:
    left, begin = list(suspects), time.monotonic()
    while left:
        try:
            with executor() as alone:
                while left:
                    begin = time.monotonic()
                    answer = _answer(alone.submit(work, left[0]), left[0])
                    del left[0]
                    yield answer
        except BrokenExecutor:
            task = left.pop(0)
            if seconds is not None and time.monotonic() - begin >= seconds:
                yield Answer(
                    task.key, error=f"{task.key}: takes longer than {seconds:g} seconds", stamp=stamp_of(task.path)
                )
            else:
                yield Answer(task.key, error=f"{task.key}: {_CRASHED}", transient=True)


def _answer(future: Future[Answer], task: Task) -> Answer:
    """What came of a task; an error that nobody foresaw is its own and stops no other."""
    try:
        return future.result()
    except (BrokenExecutor, OutputError, ModelError):  # the task is not to blame
        raise
    except ImportError as error:
        raise OutputError(f"a worker lacks something: {error}") from error
    except CancelledError as error:
        raise OutputError("the cluster was lost; start again, and it goes on from here") from error
    except Exception as error:
        killed = type(error).__name__ == _KILLED
        reason = _CRASHED if killed else f"{type(error).__name__}: {error}"
        return Answer(task.key, error=f"{task.key}: {' '.join(reason.split())}", transient=killed)
