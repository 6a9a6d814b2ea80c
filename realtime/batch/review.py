"""`digits batch review FOLDER`: a page of the least certain digits, and what a person corrected there."""

from __future__ import annotations

import math
import sys
from argparse import Namespace
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from realtime.batch.atomic_write import atomic_write
from realtime.batch.correction_file import read_corrections
from realtime.batch.corrections import apply
from realtime.batch.lock import locked
from realtime.batch.sheet import contact_sheet
from realtime.batch.sheet_numbers import numbers_around
from realtime.batch.store import Store
from realtime.networks.model_file import ModelError
from realtime.sinks.own_digits import OwnDigitsError
from realtime.sinks.paths import OutputError
from realtime.sources.frame import SourceError

MOST = 1000
"""Digits on a page: what a person checks at one go."""

_HINT = "check them there, save the corrections, then: {} {} --apply corrections.csv"


def run(args: Namespace) -> int:
    """Returns 0 when all went well, 1 when something expected failed."""
    try:
        if not Path(args.folder).is_dir():
            raise SourceError(f"{args.folder}: no such folder")
        with locked(args.folder) as folder:
            store = Store(folder)
            if not store.shards():
                raise SourceError(f"{args.folder}: no results in it")
            return _apply(args, store) if args.apply else _show(args, folder, store)
    except (SourceError, OutputError, OwnDigitsError, ModelError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130


def least_certain(store: Store, count: int) -> list[dict[str, Any]]:
    """So many rows of photos and pages that nobody has checked, the least confident first."""
    best = None
    for table in store.tables():
        table = table.filter(pc.and_(pc.invert(table["checked"]), pc.is_valid(table["crop"])))
        both = table if best is None else pa.concat_tables([best, table])
        order = [("confidence", "ascending"), ("source", "ascending"), ("frame", "ascending"), ("x1", "ascending")]
        best = both.sort_by(order).slice(0, count)
    return [] if best is None else best.to_pylist()


def _show(args: Namespace, folder: Path, store: Store) -> int:
    digits = checked = wrong = 0
    for table in store.tables():
        digits += len(table)
        checked += pc.sum(table["checked"]).as_py() or 0
        changed = pc.fill_null(pc.not_equal(table["digit"], table["read"]), True)
        wrong += pc.sum(changed).as_py() or 0
    print(f"{digits} digits, {checked} checked, {wrong} of them corrected", file=sys.stderr)
    wanted = math.ceil(args.share * digits) - checked
    rows = least_certain(store, min(wanted, MOST)) if wanted > 0 else []
    if not rows:
        print(f"{args.share:.2%} are checked, or all that are worth a look", file=sys.stderr)
        return 0
    page = folder / "review.html"
    with atomic_write(page) as file:
        for part in contact_sheet(rows, numbers_around(store, rows)):
            file.write(part.encode())
    first, last = rows[0]["confidence"], rows[-1]["confidence"]
    print(f"{len(rows)} to check, of confidence {first:.3f} to {last:.3f}; {wanted - len(rows)} more after them")
    print(f"{page}: {_HINT.format(args.prog, args.folder)}")
    return 0


def _apply(args: Namespace, store: Store) -> int:
    corrections = read_corrections(Path(args.apply))
    result = apply(store, corrections, Path(args.train) if args.train else None)
    for line in result.failures:
        print(f"error: {line}", file=sys.stderr)
    print(f"{result.checked} newly checked, {result.corrected} of them corrected, {result.kept} kept for training")
    return 1 if result.failures else 0
