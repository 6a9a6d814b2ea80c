"""Does `make check` notice? Switches off or moves one stage of the recogniser at a time, and says which bound fails.

python -m benchmarks mutants                 # mutation test: each mutant until a bound fails
python -m benchmarks mutants --jitter 3      # how far figures move for no reason: the margin of the bounds
"""

from __future__ import annotations

import argparse
import re
from concurrent.futures import Executor
from functools import partial
from pathlib import Path

from benchmarks.regression.bounds import BOUNDS, CLIP_BOUNDS, figures_of, figures_of_clip, violations
from benchmarks.regression.cache import prepare
from benchmarks.regression.jitter import jittered
from benchmarks.regression.reading import CLIP, Results, processes, read_all
from benchmarks.regression.stages import MUTANTS, Mutant, applied, mutated

NAMES = frozenset((*BOUNDS, CLIP))


def main(argv: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks mutants",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--only", metavar="REGEX", default="", help="mutants whose name matches, such as 'layout'")
    parser.add_argument("--quick", action="store_true", help="only the sets in which a mutant should show")
    parser.add_argument(
        "--jitter", type=int, metavar="N", help="instead: the figures as they are, and disturbed N times"
    )
    args = parser.parse_args(argv)
    folder = prepare()
    with processes() as pool:
        if args.jitter is not None:
            _print_jitter(pool, folder, args.jitter)
            return 0
        return _test(pool, folder, args)


def _test(pool: Executor, folder: Path, args: argparse.Namespace) -> int:
    """Print a line a mutant; 1 if one survives."""
    mutants = [mutant for mutant in MUTANTS if re.search(args.only, mutant.name)]
    survived = 0
    print(f"{'stage':<28}{'mutation':<10}{'':<10}bound that fails", flush=True)
    for mutant in mutants:
        caught = _first_violation(pool, folder, mutant, args.quick)
        survived += not caught
        print(f"{mutant.stage:<28}{mutant.how:<10}{'caught' if caught else 'SURVIVED':<10}{caught}", flush=True)
    print(f"caught {len(mutants) - survived} of {len(mutants)}")
    return 1 if survived else 0


def _first_violation(pool: Executor, folder: Path, mutant: Mutant, quick: bool) -> str:
    """Which bound fails first; empty if none does."""
    with applied(mutant):
        rest = NAMES - set(mutant.shows_in)
        for only in [{name} for name in mutant.shows_in] + ([] if quick else [rest]):
            found = violations(read_all(pool, folder, partial(mutated, mutant.name), only))
            if found:
                return "; ".join(f"{violation.name}: {violation.text}" for violation in found[:3])
    return ""


def _print_jitter(pool: Executor, folder: Path, times: int) -> None:
    """Each figure undisturbed, and its range when disturbed."""
    runs = [read_all(pool, folder)] + [read_all(pool, folder, partial(jittered, seed)) for seed in range(times)]
    print(f"{'set':<18}{'figure':<10}{'now':>9}{'worst':>9}{'best':>9}{'bound':>9}")
    for name, bound in BOUNDS.items():
        for k, figure in enumerate(("F1 %", "false", "lines")):
            values = [float(figures_of(run.outcomes[name])[k] or 0) for run in runs]
            if (least := bound[k]) is not None:
                _print_range(name, figure, values, f"{least}", falling=k == 1)
    for figure, (low, high, _) in CLIP_BOUNDS.items():
        values = [_clip_figure(run, figure) for run in runs]
        found = f"now {values[0]:.3g}, from {min(values):.3g} to {max(values):.3g}"
        print(f"{CLIP:<18}{figure}: {found}, bound {low} to {high}")


def _clip_figure(run: Results, figure: str) -> float:
    assert run.clip is not None
    return figures_of_clip(run.clip)[figure]


def _print_range(name: str, figure: str, values: list[float], bound: str, falling: bool) -> None:
    worst, best = (max(values), min(values)) if falling else (min(values), max(values))
    print(f"{name:<18}{figure:<10}{values[0]:>9.2f}{worst:>9.2f}{best:>9.2f}{bound:>9}")
