"""Results on disk: shards of Parquet, each committed whole by one rename.

A shard names in its own metadata the files it answers for. There is no list beside the shards that a kill could leave
out of step with them: what is done is what the shards say.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Sequence
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from realtime.batch.work import Answer

SCHEMA = pa.schema(
    [
        ("source", pa.string()),
        ("frame", pa.int64()),
        ("line", pa.int32()),
        ("number", pa.int32()),
        ("digit", pa.int8()),
        ("confidence", pa.float32()),
        *((name, pa.int32()) for name in ("x1", "y1", "x2", "y2")),
    ]
)
"""One row a digit, as in the CSV of `python -m realtime`."""

_KEY = b"files"  # of the metadata: JSON, path -> error or null


class Store:
    """The shards in a folder, which is made where it is missing."""

    def __init__(self, folder: str | Path) -> None:
        self._folder = Path(folder)
        self._folder.mkdir(parents=True, exist_ok=True)
        for left_over in self._folder.glob("*.part"):
            left_over.unlink()
        self._next = max((int(path.stem) for path in self._shards()), default=-1) + 1

    def _shards(self) -> list[Path]:
        return sorted(path for path in self._folder.glob("*.parquet") if path.stem.isdecimal())

    def done(self) -> dict[str, str | None]:
        """The files answered for, each with its error or `None`."""
        found: dict[str, str | None] = {}
        for path in self._shards():
            found.update(json.loads(pq.read_schema(path).metadata[_KEY]))
        return found

    def commit(self, answers: Sequence[Answer]) -> None:
        """Write one shard aside, bring it to the disk, and only then give it its name."""
        files = {answer.path: answer.error for answer in answers}
        schema = SCHEMA.with_metadata({_KEY: json.dumps(files).encode()})
        table = pa.Table.from_pylist([row for answer in answers for row in answer.rows], schema=schema)
        path = self._folder / f"{self._next:06d}.parquet"
        aside = path.with_suffix(".part")
        with aside.open("wb") as file:
            pq.write_table(table, file)
            file.flush()
            os.fsync(file.fileno())
        aside.rename(path)
        self._next += 1

    def tables(self) -> Iterator[pa.Table]:
        """The shards, one at a time."""
        return (pq.read_table(path, schema=SCHEMA) for path in self._shards())
