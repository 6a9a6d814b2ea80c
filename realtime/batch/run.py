"""Files through an Executor, a bounded number at a time; a file that kills its worker is found out and set aside."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, BrokenExecutor, Executor, Future, wait
from itertools import islice

from realtime.batch.work import Answer

_CRASHED = "its worker died, twice"


def answers(
    paths: Iterable[str], work: Callable[[str], Answer], executor: Callable[[], Executor], ahead: int
) -> Iterator[Answer]:
    """One answer for each path, as they come.

    Args:
        paths: drawn as needed.
        work: a function of a module, or a partial of one: it travels to the workers.
        executor: makes one; asked again after a worker has died.
        ahead: files under way at once, so that memory does not grow with their number.
    """
    waiting = iter(paths)
    suspects: list[str] = []
    while True:
        pool = executor()
        under_way: dict[Future[Answer], str] = {}
        try:
            while True:
                for path in islice(waiting, ahead - len(under_way)):
                    suspects = [path]  # a pool that is broken already refuses it: it must not be lost
                    under_way[pool.submit(work, path)] = path
                    suspects = []
                if not under_way:
                    return
                for future in wait(under_way, return_when=FIRST_COMPLETED).done:
                    answer = _answer(future, under_way[future])
                    del under_way[future]
                    yield answer
        except BrokenExecutor:
            suspects += under_way.values()
        finally:
            pool.shutdown(cancel_futures=True)
        # All that was under way fails together, and nobody says whose fault it was: each is tried again alone.
        for path in suspects:
            with executor() as alone:
                try:
                    yield _answer(alone.submit(work, path), path)
                except BrokenExecutor:
                    yield Answer(path, [], f"{path}: {_CRASHED}")
        suspects = []


def _answer(future: Future[Answer], path: str) -> Answer:
    """What came of a file; an error that nobody foresaw is its own and stops no other."""
    try:
        return future.result()
    except BrokenExecutor:
        raise
    except Exception as error:
        return Answer(path, [], f"{path}: {type(error).__name__}: {error}")
