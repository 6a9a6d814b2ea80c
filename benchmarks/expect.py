"""How many more rows are read rightly where the form of every number is given.

    python -m benchmarks expect
    python -m benchmarks expect --rows FOLDER

Without a folder, on generated hard sheets whose numbers have check digits. With one, on its labelled pictures of one
row each: given is how many digits the row has. Labels are those of `python -m benchmarks accuracy`.
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from benchmarks import labelled
from benchmarks.generated import HARD_KINDS
from benchmarks.scoring import align, edit_distance, share
from benchmarks.telling import add_json, write_json
from benchmarks.workers import MOST, run
from realtime.live.pipeline import EveryFrame
from realtime.numbers.form import Form, parse_form
from realtime.numbers.number import numbers_of
from realtime.recognition.recognizer import Recognizer
from realtime.sources.frame import Frame
from realtime.sources.open import SourceError, open_source
from training.render.scenes import Scene, draw_sheet

SEED, SHEETS = 7004, 200
"""First number of the seeds of our sheets, the second is the sheet's; and how many there are."""

FORMS = ("luhn:16", "ean13", "ean8", "luhn:6-9")
"""Forms of the numbers, taken in turn."""


@dataclass(frozen=True)
class Result:
    """A picture as read.

    Attributes:
        kind: what it is counted under.
        rows: how many rows it has.
        free: rows read rightly without the form, spaces aside.
        formed: rows read rightly with it.
        fitting: numbers that were said to fit, and of these the right ones.
    """

    kind: str
    rows: int
    free: int
    formed: int
    fitting: tuple[int, int]


def sheet_of_form(i: int) -> tuple[Scene, Form]:
    """Sheet number `i`, and the form of its numbers."""
    rng = np.random.default_rng([SEED, i])
    form = parse_form(FORMS[i % len(FORMS)])
    kind, difficulty = HARD_KINDS[i % len(HARD_KINDS)], float(rng.uniform(0.4, 1.0))
    rows = [drawn_number(rng, form) for _ in range(int(rng.integers(4, 9)))]
    return draw_sheet(rng, kind=kind, difficulty=difficulty, rows=rows), form


def drawn_number(rng: np.random.Generator, form: Form) -> str:
    """A number of a form: digits by chance, the last ones such that it fits."""
    assert form.longest is not None
    while True:
        n = int(rng.integers(form.shortest, form.longest + 1))
        beginning = "".join(map(str, rng.integers(0, 10, n - 1)))
        for check in range(10):
            if form.fits(number := f"{beginning}{check}"):
                return number


def read_sheet(recognizer: Recognizer, i: int) -> Result:
    """Draw and read a generated sheet."""
    scene, form = sheet_of_form(i)
    return compare(recognizer, Frame(scene.image, f"sheet {i}", 0, 0.0, still=True), scene.rows, form, form.text)


def read_row(recognizer: Recognizer, file: labelled.File) -> Result:
    """Read a labelled picture of one row."""
    rows = list(file.scenes[0].rows)
    form = parse_form(str(len(rows[0])))
    with open_source(str(file.path)) as source:
        return compare(recognizer, next(iter(source)), rows, form, "one row, its count of digits")


def compare(recognizer: Recognizer, frame: Frame, rows: list[str], form: Form, kind: str) -> Result:
    """Read a picture with and without the form."""
    free = EveryFrame(recognizer)(frame)
    formed = EveryFrame(recognizer.expecting(form), form=form)(frame)
    want = ["".join(row.split()) for row in rows]
    right = Counter(want)
    fitting = [number.text for number in numbers_of(formed.detections, formed.layout) if number.fits]
    return Result(
        kind,
        len(want),
        _exact(want, free.layout.lines),
        _exact(want, formed.layout.lines),
        (len(fitting), sum((Counter(fitting) & right).values())),
    )


def _exact(want: list[str], lines: list[str]) -> int:
    """Rows that are read without an error."""
    read = ["".join(line.split()) for line in lines]
    pairs = align(want, read, edit_distance, len)
    return sum(i is not None and k is not None and want[i] == read[k] for i, k in pairs)


def main(argv: list[str]) -> int:
    """Run the benchmark: 0, or 1 for what cannot be read."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks expect", description=__doc__.split("\n\n")[0])
    parser.add_argument("--rows", metavar="FOLDER", type=Path, help="labelled pictures of one row each, instead")
    parser.add_argument("--sheets", type=int, default=SHEETS, help="how many sheets are drawn (%(default)s)")
    parser.add_argument("--model", metavar="PATH", help="another network, a .tflite file")
    parser.add_argument("--processes", type=int, default=MOST, help="(%(default)s)")
    add_json(parser)
    args = parser.parse_args(argv)
    try:
        if args.rows is None:
            results = list(run(read_sheet, range(args.sheets), "sheets", args.model, args.processes))
        else:
            files = [file for file in labelled.read_labels(args.rows) if len(file.scenes[0].rows) == 1]
            results = list(run(read_row, files, args.rows.name, args.model, args.processes))
    except (labelled.LabelsError, SourceError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    kinds = {
        kind: [result for result in results if result.kind == kind] for kind in dict.fromkeys(r.kind for r in results)
    }
    figures = {kind: _figures(some) for kind, some in {**kinds, "all": results}.items()}
    print(f"{'':<30} {'rows':>6} {'exact without':>14} {'with the form':>14} {'fit':>6} {'of these right':>15}")
    for kind, told in figures.items():
        shares = "".join(
            f" {_percent(told[name]):>{width}}"
            for name, width in (("free", 14), ("formed", 14), ("fit", 6), ("right", 15))
        )
        print(f"{kind:<30} {told['rows']:>6}{shares}")
    write_json(figures, args.json)
    return 0


def _figures(results: list[Result]) -> dict[str, float | None]:
    rows = sum(result.rows for result in results)
    fitting, right = (sum(result.fitting[k] for result in results) for k in (0, 1))
    return {
        "rows": rows,
        "free": share(sum(result.free for result in results), rows),
        "formed": share(sum(result.formed for result in results), rows),
        "fit": share(fitting, rows),
        "right": share(right, fitting),
    }


def _percent(value: float | None) -> str:
    return "-" if value is None else f"{100 * value:.1f} %"
