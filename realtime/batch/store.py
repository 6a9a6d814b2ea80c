"""Results on disk: shards of Parquet, each committed whole by one rename.

A shard names in its own metadata the tasks it answers for. There is no list beside the shards that a kill could leave
out of step with them: what is done is what the shards say.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Sequence
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from realtime.batch.atomic_write import SUFFIX, atomic_write
from realtime.batch.rows import SCHEMA
from realtime.batch.task import Answer, Stamp, source_of
from realtime.sources.frame import SourceError
from realtime.sources.videos import VIDEOS

_KEY = b"files"  # of the metadata: JSON, key of a task -> error or null
_LATER = ("fits", "sure", "page")  # columns that shards of earlier versions lack
_STAMPS = b"stamps"  # and source -> its stamp when it was read, where it is known


class Store:
    """The shards in a folder that this process alone writes to.

    Raises:
        SourceError: from every method that reads, if a shard is damaged.
        OutputError: from every method that writes, if it cannot be written; the shards stay as they were.
    """

    def __init__(self, folder: str | Path) -> None:
        self._folder = Path(folder)
        for left_over in self._folder.glob(f"*{SUFFIX}"):
            left_over.unlink()
        self._next = max((int(path.stem) for path in self.shards()), default=-1) + 1

    def shards(self) -> list[Path]:
        """Their files, oldest first."""
        return sorted(path for path in self._folder.glob("*.parquet") if path.stem.isdecimal())

    def done(self) -> dict[str, str | None]:
        """The tasks answered for by their keys, each with its error or `None`."""
        found: dict[str, str | None] = {}
        for shard in self.shards():
            found.update(answered(shard))
        return found

    def commit(self, answers: Sequence[Answer]) -> None:
        """Add one shard."""
        files = {answer.key: answer.error for answer in answers}
        stamps = {source_of(answer.key): answer.stamp for answer in answers if answer.stamp is not None}
        table = pa.concat_tables([SCHEMA.empty_table(), *(answer.rows for answer in answers)])
        write_shard(self._folder / f"{self._next:06d}.parquet", table, files, stamps)
        self._next += 1

    def stamps(self) -> dict[str, Stamp]:
        """What is known of the files as they were when they were read, by their sources."""
        found: dict[str, Stamp] = {}
        for shard in self.shards():
            found.update(stamps(shard))
        return found

    def forget(self, sources: Collection[str]) -> None:
        """Take out all that is known of some sources, so that they are read again."""
        for shard in self.shards():
            files = answered(shard)
            kept = {key: error for key, error in files.items() if source_of(key) not in sources and key not in sources}
            if not kept:
                shard.unlink()
            elif len(kept) < len(files):
                table = read_shard(shard)
                others = pc.invert(pc.is_in(table["source"], pa.array(sorted(sources), pa.string())))
                left = {source: stamp for source, stamp in stamps(shard).items() if source not in sources}
                write_shard(shard, table.filter(others), kept, left)

    def tables(self) -> Iterator[pa.Table]:
        """The shards' rows, one shard at a time."""
        return (read_shard(path) for path in self.shards())


def answered(shard: Path) -> dict[str, str | None]:
    """The tasks of a shard."""
    try:
        return json.loads(pq.read_schema(shard).metadata[_KEY])
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise _damaged(shard) from error


def stamps(shard: Path) -> dict[str, Stamp]:
    """The stamps of the sources of a shard; none in one that was written before there were any."""
    try:
        found = json.loads(pq.read_schema(shard).metadata.get(_STAMPS, b"{}"))
        return {source: (int(size), int(time)) for source, (size, time) in found.items()}
    except (OSError, ValueError, TypeError, AttributeError) as error:
        raise _damaged(shard) from error


def read_shard(shard: Path) -> pa.Table:
    """The rows of a shard, with the columns of `SCHEMA`."""
    try:
        table = pq.read_table(shard, partitioning=None).replace_schema_metadata()
        for name in _LATER:
            if name not in table.column_names:
                values = _pages(table) if name == "page" else pa.nulls(len(table), SCHEMA.field(name).type)
                table = table.append_column(SCHEMA.field(name), values)
        return table.select(SCHEMA.names)
    except (OSError, ValueError, KeyError) as error:
        raise _damaged(shard) from error


def _pages(table: pa.Table) -> pa.Array:
    """The pages of rows that were written without: all but the frames of videos have one."""
    rows = table.select(["source", "frame", "time"]).to_pylist()
    still = [row["time"] == 0 and Path(row["source"]).suffix.lower() not in VIDEOS for row in rows]
    pages = [row["frame"] + 1 if page else None for row, page in zip(rows, still, strict=True)]
    return pa.array(pages, SCHEMA.field("page").type)


def write_shard(shard: Path, table: pa.Table, files: dict[str, str | None], stamps: dict[str, Stamp]) -> None:
    """Write a shard, or put it in the place of the one that has its name."""
    table = table.replace_schema_metadata({_KEY: json.dumps(files).encode(), _STAMPS: json.dumps(stamps).encode()})
    with atomic_write(shard) as file:
        pq.write_table(table, file, compression="zstd")


def _damaged(shard: Path) -> SourceError:
    return SourceError(f"{shard}: damaged, or not of an archive that was read here; move it away")
