"""`digits collect`: leads through a sheet of your own digits, names them by itself, and keeps them.

The sheet has rows of 0 1 2 3 4 5 6 7 8 9, so what a digit is follows from its place. Asked is only where a row has
more or fewer than ten, or where the network is sure of another digit: a slip of the pen, maybe.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from realtime.command.commands import parse
from realtime.detections import NOT_A_DIGIT
from realtime.layout.arrange import arrange
from realtime.live.pipeline import EveryFrame
from realtime.live.result import FrameResult
from realtime.networks.model_file import ModelError
from realtime.recognition.classifier import Classifier
from realtime.recognition.recognizer import Recognizer, glyph_of
from realtime.recognition.trace import Trace
from realtime.sinks.own_digits import OwnDigitsError, add_digits
from realtime.sources.frame import Frame
from realtime.sources.open import SourceError, open_source
from realtime.system.errors import no_traceback
from realtime.window.display import why_no_window
from realtime.window.window import Window

_NONE_EXPECTED = 0.02  # "not a digit" counts for so much on a sheet of nothing but digits
_LEAST_SURE = 0.3  # of a digit that is proposed: a hand that is not known yet is doubted everywhere
_SURE = 0.9  # of another digit than the place says: from here on somebody is asked
_EXTRA, _MISSING = 3.0, 2.0  # what it costs to take a box for no digit, and to take a digit for not written
_LEAST = 0.02  # probability that any digit has in any place: the hand is not known yet
_FEW = 5  # digits in a row, below which it is none of ours
_HELD = 5  # frames in a row in which all rows are seen whole, before one is taken

Ask = Callable[[np.ndarray, int, int], int | None]
Show = Callable[[FrameResult], bool]


@dataclass(frozen=True, eq=False)
class Proposal:
    """Digits of one frame and what they are by their places.

    Attributes:
        index: `(n,) int64`, of each digit in the trace's boxes, crops and probabilities.
        label: `(n,) int64`, 0 to 9.
        sure: `(n,) bool`, whether nobody has to be asked.
        whole: the number of rows that have all ten digits.
    """

    index: np.ndarray
    label: np.ndarray
    sure: np.ndarray
    whole: int


def propose(trace: Trace) -> Proposal:
    """Name the digits of a sheet with rows of 0 to 9 by where they stand."""
    layout = arrange(trace.detections)
    index, label, sure, whole = [], [], [], 0
    for row in range(int(layout.line.max(initial=-1)) + 1):
        members = layout.order[layout.line[layout.order] == row]
        if len(members) < _FEW:
            continue
        probabilities = trace.detections.probabilities[members]
        pairs = _aligned(probabilities[:, :NOT_A_DIGIT])
        complete = len(members) == 10 and all(box == digit for box, digit in pairs)
        whole += complete
        for box, digit in pairs:
            read, confidence = int(trace.detections.digit[members[box]]), trace.detections.confidence[members[box]]
            index.append(glyph_of(trace, members[box]))
            label.append(digit)
            sure.append(read == digit or (complete and confidence < _SURE))
    return Proposal(np.array(index, np.int64), np.array(label, np.int64), np.array(sure, bool), whole)


def best_look(
    source: Iterable[Frame], recognizer: Recognizer, rows: int, show: Show | None = None
) -> tuple[np.ndarray, Trace, Proposal] | None:
    """The frame, its trace and proposal, in which most rows were whole.

    Args:
        source: looked at until `rows` whole rows have held still for a moment, until its end, or until ctrl-C.
        recognizer: reads the frames.
        rows: on the sheet.
        show: is given what was read in every frame, and says whether to go on.

    Returns:
        None where no row was seen.
    """
    best, held = None, 0
    pipeline = EveryFrame(recognizer)
    try:
        for frame in source:
            result = pipeline(frame)
            if frame.note is None:
                assert result.trace is not None
                proposal = propose(result.trace)
                if len(proposal.index) and (best is None or _worth(proposal) > _worth(best[2])):
                    best = result.frame.image.copy(), result.trace, proposal
                held = held + 1 if proposal.whole >= rows else 0
            if held >= _HELD or (show is not None and not show(result)):
                break
    except KeyboardInterrupt:
        print()  # below the ^C
    return best


def expecting_digits(classifier: Callable[[np.ndarray], np.ndarray]) -> Callable[[np.ndarray], np.ndarray]:
    """The same classifier, told that there is next to nothing but digits."""

    def read(images: np.ndarray) -> np.ndarray:
        probabilities = classifier(images).copy()
        probabilities[:, NOT_A_DIGIT] *= _NONE_EXPECTED
        probabilities /= np.maximum(probabilities.sum(axis=1, keepdims=True), 1e-9)
        return probabilities

    return read


def ask_in_terminal(crop: NDArray[np.float32], label: int, read: int) -> int | None:
    """Show a crop `(28, 28)` in characters and ask; None where it is to be left out, or where nobody answers."""
    for upper, lower in zip(crop[::2], crop[1::2], strict=True):
        print("".join(" .:*#"[min(4, int(5 * ink))] for ink in (upper + lower) / 2))
    while True:
        try:
            answer = input(f"read as {read}, by its place a {label}: enter for {label}, or the digit, or s to skip: ")
        except EOFError:
            print()
            return None
        if answer.strip() in ("", *"0123456789"):
            return int(answer) if answer.strip() else label
        if answer.strip().lower() == "s":
            return None


def keep(folder: Path, look: tuple[np.ndarray, Trace, Proposal], ask: Ask = ask_in_terminal) -> tuple[int, int]:
    """Ask where it must be, and add the digits to a folder.

    Returns:
        How many were kept and how many left out.
    """
    image, trace, proposal = look
    read = trace.probabilities[:, :NOT_A_DIGIT].argmax(axis=1)
    kept, labels = [], []
    for i, label, sure in zip(proposal.index.tolist(), proposal.label.tolist(), proposal.sure, strict=True):
        answer = label if sure else ask(trace.crops[i], label, int(read[i]))
        if answer is not None:
            kept.append(i)
            labels.append(answer)
    if kept:
        confidence = trace.probabilities[kept, read[kept]].tolist()
        boxes = trace.boxes[kept]
        add_digits(
            folder, trace.crops[kept], labels, read=read[kept].tolist(), confidence=confidence, frame=image, xyxy=boxes
        )
    return len(kept), len(proposal.index) - len(kept)


@no_traceback
def main(argv: list[str], *, prog: str = "python -m realtime.collect") -> int:
    """The command line; returns the exit code: 0 some were kept, 1 something expected failed, 2 wrong arguments."""
    try:
        options = parse("collect", argv, prog)
    except SystemExit as stop:  # wrong arguments or --help: all is said
        return int(stop.code or 0)
    print(f"Write 0 1 2 3 4 5 6 7 8 9 in a row, {options.rows} rows below one another, with room between all digits.")
    print("Hold the sheet up until it is read; q in the window or ctrl-C takes the best look so far.")
    try:
        recognizer = Recognizer(expecting_digits(Classifier(options.model)), _LEAST_SURE)
        folder = Path(options.folder)
        source = int(options.source) if options.source.isdecimal() else options.source
        with open_source(source) as frames, ExitStack() as stack:
            show: Show | None = None
            if why_no_window() is None:
                show = stack.enter_context(Window("your digits", wait=False, corrections=str(folder))).show
            look = best_look(frames, recognizer, options.rows, show)
        if look is None:
            print("error: no row of digits was seen", file=sys.stderr)
            return 1
        kept, left_out = keep(folder, look)
    except (SourceError, ModelError, OwnDigitsError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    print(f"{look[2].whole} of {options.rows} rows seen whole")
    print(f"kept {kept} digits in {options.folder}, left out {left_out}")
    print(f"to learn them: python -m training personalize {options.folder}")
    return 0 if kept else 1


def _aligned(probabilities: NDArray[np.float32]) -> list[tuple[int, int]]:
    """Which box of a row is which of the ten digits: pairs `(box, digit)`, both rising, of the least cost.

    Args:
        probabilities: `(n, 10)`, boxes from left to right.
    """
    price = -np.log(np.maximum(probabilities, _LEAST))
    n = len(price)
    cost = np.full((n + 1, 11), np.inf)
    cost[:, 0], cost[0] = _EXTRA * np.arange(n + 1), _MISSING * np.arange(11)
    for i in range(1, n + 1):
        for j in range(1, 11):
            pair = cost[i - 1, j - 1] + price[i - 1, j - 1]
            cost[i, j] = min(pair, cost[i - 1, j] + _EXTRA, cost[i, j - 1] + _MISSING)
    pairs, i, j = [], n, 10
    while i and j:
        if cost[i, j] == cost[i - 1, j - 1] + price[i - 1, j - 1]:
            i, j = i - 1, j - 1
            pairs.append((i, j))
        elif cost[i, j] == cost[i - 1, j] + _EXTRA:
            i -= 1
        else:
            j -= 1
    return pairs[::-1]


def _worth(proposal: Proposal) -> tuple[int, int]:
    return proposal.whole, int(proposal.sure.sum())


if __name__ == "__main__":
    sys.exit(main())
