"""What a person found on the page of uncertain digits, put into the results and kept for training."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pyarrow as pa

from realtime.batch.corrected_page import CorrectedPage, Row
from realtime.batch.correction_file import Correction
from realtime.batch.corrections_kept import keep
from realtime.batch.picture import Pictures
from realtime.batch.rows import SCHEMA
from realtime.batch.store import Store, answered, read_shard, stamps, write_shard
from realtime.sources.frame import SourceError

Place = tuple[str, int]


@dataclass
class Result:
    """What came of it: rows newly checked and corrected, digits kept for training, and one line a failure."""

    checked: int = 0
    corrected: int = 0
    kept: int = 0
    failures: list[str] = field(default_factory=list)


def apply(store: Store, corrections: Sequence[Correction], train: Path | None = None) -> Result:
    """Put corrections into the shards they belong to; what is in them already is left alone.

    Args:
        store: the results.
        corrections: see `realtime.batch.correction_file`.
        train: a folder for `python -m training personalize`, or None.

    Raises:
        OutputError: a shard cannot be written; those before it are.
        OwnDigitsError: the folder cannot be written to.
        ModelError: a network is missing that finds the ink of digits for training.
    """
    result = Result()
    left: dict[Place, list[Correction]] = defaultdict(list)
    for each in corrections:
        left[each.source, each.frame].append(each)
    with Pictures() as pictures:
        for shard in store.shards():
            _apply(shard, left, train, pictures, result)
    for (source, frame), lost in left.items():
        result.failures += [f"{source}: no digit was read at {each.xyxy} of page {frame + 1}" for each in lost]
    return result


def _apply(
    shard: Path, left: dict[Place, list[Correction]], train: Path | None, pictures: Pictures, result: Result
) -> None:
    """Put into one shard what belongs to it, and take it out of what is left."""
    by_page: dict[Place, list[Row]] = {}
    for row in read_shard(shard).to_pylist():
        by_page.setdefault((row["source"], row["frame"]), []).append(row)
    checked = 0
    for place, rows in by_page.items():
        if place not in left:
            continue
        page = CorrectedPage(rows)
        page.correct(left.pop(place))
        by_page[place] = page.rows
        result.failures += page.failures
        checked += len(page.checked)
        result.corrected += sum(row["digit"] != row["read"] for row in page.checked)
        # First the training: killed between the two, the next time adds some digits twice rather than never.
        if train is not None and page.known:
            try:
                kept, failures = keep(page.known, page.rows, train, pictures(*place))
            except SourceError as error:
                kept, failures = 0, [str(error)]
            result.kept += kept
            result.failures += [f"not kept for training: {failure}" for failure in failures]
    if checked:
        rows = [row for rows in by_page.values() for row in rows]
        write_shard(shard, pa.Table.from_pylist(rows, schema=SCHEMA), answered(shard), stamps(shard))
        result.checked += checked
