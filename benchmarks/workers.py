"""Runs a job for each picture, in a few processes, each with a recogniser of its own."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from typing import TypeVar

import cv2
from tqdm import tqdm

from realtime.recognition.classifier import Classifier
from realtime.recognition.recognizer import Recognizer

Job = TypeVar("Job")
Result = TypeVar("Result")

MOST = 2
"""Processes at most: a measurement is to leave room for work."""

_recognizer: Recognizer | None = None


def run(
    work: Callable[[Recognizer, Job], Result], jobs: Sequence[Job], name: str, model: str | None, processes: int
) -> Iterator[Result]:
    """`work(recognizer, job)` for each job, in order; `work` must be a function of a module."""
    if processes < 2:
        _begin(model)
        done: Iterable[Result] = map(partial(_do, work), jobs)
        yield from tqdm(done, desc=name, total=len(jobs), disable=None)
        return
    with ProcessPoolExecutor(min(processes, MOST), initializer=_begin, initargs=(model, 1)) as pool:
        yield from tqdm(pool.map(partial(_do, work), jobs), desc=name, total=len(jobs), disable=None)


def _begin(model: str | None, threads: int | None = None) -> None:
    global _recognizer
    if threads is not None:
        cv2.setNumThreads(threads)
    _recognizer = Recognizer(Classifier(model))


def _do(work: Callable[[Recognizer, Job], Result], job: Job) -> Result:
    assert _recognizer is not None
    return work(_recognizer, job)
