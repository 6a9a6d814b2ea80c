"""How much is read rightly: on a labelled set, or on our own generated sheets and clips, with a look at every failure.

    python -m benchmarks accuracy samples
    python -m benchmarks accuracy --generated --json accuracy.json

Labels are a CSV with the columns file, rows, ordered, difficulty, first, last, notes, as in `samples/labels.csv`. All
that was missed, misread or invented goes on one contact sheet.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections import Counter
from collections.abc import Iterable
from dataclasses import asdict
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from benchmarks import generated, labelled, moving
from benchmarks.clip_set import CLIPS, SAMPLE
from benchmarks.contact_sheet import Failure, contact_sheet
from benchmarks.scoring import Tally, reliability, share
from benchmarks.telling import add_json, write_json
from benchmarks.workers import MOST, run
from realtime.networks.model_file import ModelError

SETS = ("sheets", "empty", "letters", "clips")
_TENTH = 10
_COLUMNS = ("recall", "precision", "f1", "rows_exact", "cer", "clean")


class Measured:
    """Figures for the JSON file, lines to print, and failures for the contact sheet."""

    def __init__(self) -> None:
        self.figures: dict[str, Any] = {}
        self.failures: list[Failure] = []

    def labelled(self, path: Path, args: argparse.Namespace) -> None:
        """Measure a labelled set."""
        files = labelled.read_labels(path)[:: _TENTH if args.quick else 1]
        tallies: dict[str, Tally] = {}
        failures: list[Failure] = []
        for result in run(labelled.read_file, files, path.name, args.model, args.processes):
            for name, tally in result.tallies.items():
                tallies[name] = tallies.get(name, Tally()) + tally
            failures += result.failures
            if result.problem:
                print(f"error: {result.problem}", file=sys.stderr)
        tallies["all"] = sum(tallies.values(), Tally())
        self._table(str(path), tallies)
        self._causes(failures)

    def sheets(self, args: argparse.Namespace) -> None:
        """Measure our hard sheets: digits, rows, what else is read as a digit, calibration."""
        results = self._scenes("sheets", generated.SHEETS, args)
        tallies = {kind: Tally() for kind in generated.HARD_KINDS}
        for result in results:
            tallies[result.name.split()[-1]] += result.tally
        tallies["all"] = sum(tallies.values(), Tally())
        self._table(f"hard sheets ({len(results)})", tallies)
        self._fooled("hard sheets", results)
        figures = self.figures["hard sheets"]
        figures["rows_exact_with_spaces"] = share(sum(result.spaced for result in results), len(results))
        confidence = np.array([value for result in results for value in result.compared.confidence])
        right = np.array([value for result in results for value in result.compared.right], bool)
        bins, figures["calibration_error"] = reliability(confidence, right)
        figures["reliability"] = [asdict(part) for part in bins]
        torn = [result.name for result in results if not result.compared.failures and not result.tally.exact]
        figures["wrong_by_layout_alone"] = torn
        print(f"  rows right with the spaces between numbers: {_percent(figures['rows_exact_with_spaces'])}")
        print(f"  all digits right, but not the rows: {len(torn)} sheets {', '.join(torn)}")
        print("  digits shown with confidence (mean): share right, number")
        for part in bins:
            print(f"    {part.confidence:.3f}: {part.right:.3f} {part.count:6d}")
        print(f"  expected calibration error {_percent(figures['calibration_error'])}")
        self._causes([failure for result in results for failure in result.compared.failures])

    def empty(self, args: argparse.Namespace) -> None:
        """Measure pictures without a digit."""
        results = self._scenes("empty", generated.EMPTY + 2, args)
        false = {result.name: result.tally.false for result in results if result.tally.false}
        pictures, digits = len(results), sum(false.values())
        self.figures["digit-free"] = {"pictures": pictures, "false_digits": digits, "in_pictures": false}
        print(f"\ndigit-free pictures: {digits} false digits in {len(false)} of {pictures}")
        for name, count in false.items():
            print(f"  {name}: {count}")
        self._causes([failure for result in results for failure in result.compared.failures])

    def letters(self, args: argparse.Namespace) -> None:
        """Measure sheets of words."""
        results = self._scenes("letters", generated.LETTERS, args)
        print(f"\nsheets of letters ({len(results)})")
        self._fooled("letters", results)
        self._causes([failure for result in results for failure in result.compared.failures])

    def clips(self, args: argparse.Namespace) -> None:
        """Measure what happens over time."""
        jobs = [SAMPLE, *range(CLIPS // (_TENTH if args.quick else 1))]
        results: list[moving.Result] = []
        print(f"\nclips ({len(jobs)})", flush=True)
        for result in run(moving.read_clip, jobs, "clips", args.model, args.processes):
            results.append(result)
            print(
                f"  {result.name:<10} right in {_percent(share(result.right, result.held))} of {result.held} frames, "
                f"partly in view {_percent(share(result.partly_right, result.partly))} of {result.partly}; "
                f"label changes {result.label_changes}, track changes {result.track_changes}; "
                f"readings {len(result.readings)}{', right' if result.one_reading else ''}",
                flush=True,
            )
            if not result.one_reading:
                print(f"    wanted {' | '.join(result.wanted)}")
                for lines in result.readings:
                    print(f"    read   {' | '.join(lines)}")
        figures = self.figures["clips"] = moving.figures(results)
        print(
            f"  all: right {_percent(figures['right'])}, partly in view {_percent(figures['partly_right'])}, "
            f"empty frames clean {_percent(figures['clean'])}; a digit and minute: label changes "
            f"{_number(figures['label_changes_a_minute'])}, track changes "
            f"{_number(figures['track_changes_a_minute'])}; one right reading on "
            f"{figures['one_right_reading']} of {len(results)}"
        )
        self._causes([failure for result in results for failure in result.failures])

    def save(self, path: Path) -> None:
        """Write the contact sheet."""
        path.parent.mkdir(parents=True, exist_ok=True)
        if not cv2.imwrite(str(path), contact_sheet(self.failures, f"{len(self.failures)} failures")):
            raise OSError(f"{path}: cannot be written")
        print(f"\ncontact sheet: {path}")

    def _scenes(self, name: str, count: int, args: argparse.Namespace) -> list[generated.Result]:
        jobs = [(name, i) for i in range(count)]
        if args.quick:  # 0, 11, 22: of every kind
            jobs = jobs[:: _TENTH + 1]
        return list(run(generated.read_scene, jobs, name, args.model, args.processes))

    def _table(self, name: str, tallies: dict[str, Tally]) -> None:
        rows = {key: tally.figures() for key, tally in tallies.items()}
        self.figures[name.split(" (")[0]] = {"by_difficulty": rows}
        print(f"\n{name}\n{'':<10}{'frames':>8}{'digits':>8}" + "".join(f"{column:>11}" for column in _COLUMNS))
        for key, row in rows.items():
            counts = f"{row['frames']:>8}{row['digits']:>8}"
            print(f"{key:<10}{counts}" + "".join(f"{_percent(row[column]):>11}" for column in _COLUMNS))

    def _fooled(self, name: str, results: Iterable[generated.Result]) -> None:
        """Letters, drawings and the rest: how many were there, and how many were read as digits."""
        there: Counter[str] = sum((result.others for result in results), Counter())
        fooled: Counter[str] = sum((result.compared.fooled for result in results), Counter())
        table = {kind: {"number": count, "read_as_digits": fooled[kind]} for kind, count in sorted(there.items())}
        taken = sum(row["read_as_digits"] for row in table.values())
        part = share(taken, sum(there.values()))
        self.figures.setdefault(name, {}).update({"no_digits": table, "no_digits_read": part})
        parts = ", ".join(f"{kind}s {row['read_as_digits']} of {row['number']}" for kind, row in table.items())
        print(f"  read as digits: {_percent(part)} of what is none ({parts})")

    def _causes(self, failures: list[Failure]) -> None:
        self.failures += failures
        if not failures:
            return
        print("  causes:")
        for cause, count in Counter(failure.cause for failure in failures).most_common():
            print(f"    {count:5d} {cause}")
        misread = Counter(f"{f.meant} as {f.read}" for f in failures if f.kind == "misread")
        if misread:
            print("  misread: " + ", ".join(f"{pair} {count}" for pair, count in misread.most_common(20)))


def main(argv: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks accuracy",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("labels", nargs="*", type=Path, help="labels, or folders with a labels.csv")
    parser.add_argument("--generated", action="store_true", help="our own sets: " + ", ".join(SETS))
    parser.add_argument("--only", action="append", choices=SETS, help="of our own sets; may be given again")
    parser.add_argument("--quick", action="store_true", help="a tenth of everything")
    add_json(parser)
    parser.add_argument("--contact-sheet", type=Path, metavar="PATH", help="(default: a new file in runs/)")
    parser.add_argument("--model", metavar="PATH", help="another network, a .tflite file")
    parser.add_argument(
        "--processes", type=int, default=MOST, choices=range(1, MOST + 1), help="(default: %(default)s)"
    )
    args = parser.parse_args(argv)
    own = args.only or (SETS if args.generated else ())
    if not args.labels and not own:
        parser.error("nothing to measure: give labels or --generated")
    measured = Measured()
    sheet = args.contact_sheet or Path("runs", time.strftime("accuracy_%Y-%m-%d_%H-%M-%S.png"))
    try:
        for path in args.labels:
            measured.labelled(path, args)
        for name in SETS:
            if name in own:
                getattr(measured, name)(args)
        measured.save(sheet)
        write_json(measured.figures, args.json)
    except (labelled.LabelsError, ModelError, OSError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    return 0


def _percent(value: float | None) -> str:
    return "-" if value is None else f"{100 * value:.2f} %"


def _number(value: float | None) -> str:
    return "-" if value is None else f"{value:.2f}"


if __name__ == "__main__":
    sys.exit(main())
