"""What a client asks for besides the digits: a form that all numbers have, and a part of each picture."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from starlette.datastructures import QueryParams

from realtime.live.worker import Worker
from realtime.numbers.form import Form, parse_form
from realtime.recognition.recognizer import Recognizer
from realtime.recognition.trace import Trace
from realtime.sources.region import Region, parse_region


@dataclass(frozen=True)
class Asked:
    """How pictures are to be read.

    Attributes:
        form: what every number looks like; None where any will do.
        region: the part of each picture that is read; None for all of it.
    """

    form: Form | None = None
    region: Region | None = None


class AskedError(ValueError):
    """A form or region that does not exist; the text is one line for the user."""


def parse_asked(query: QueryParams) -> Asked:
    """The parameters `expect` and `region` of a query.

    Raises:
        AskedError: if one of them is wrong.
    """
    found: dict[str, Any] = {}
    for name, attribute, parse in (("expect", "form", parse_form), ("region", "region", parse_region)):
        text = query.get(name)
        try:
            if text:
                found[attribute] = parse(text)
        except ValueError as error:
            raise AskedError(f"{name}: {error}") from error
    return Asked(**found)


class Expecting:
    """A worker that reads numbers of a form; has the method of a recogniser that a pipeline calls."""

    def __init__(self, worker: Worker, form: Form) -> None:
        self._worker, self._form = worker, form

    def trace(self, frame: NDArray[np.uint8]) -> Trace:
        """What is seen in a `(H, W, 3) uint8` BGR frame."""
        return self._worker.run(_trace_expecting, frame, self._form)


def _trace_expecting(recognizer: Recognizer, frame: NDArray[np.uint8], form: Form) -> Trace:
    return recognizer.expecting(form).trace(frame)
