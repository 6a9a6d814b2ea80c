"""What the Parquet holds: one row a digit."""

from __future__ import annotations

import pyarrow as pa

SCHEMA = pa.schema(
    [
        ("source", pa.string()),  # the file, as it was given or found
        ("frame", pa.int64()),  # of a video, or page of a document; from 0
        ("page", pa.int64()),  # of a document, from 1; of a photo 1; null in a video
        ("time", pa.float64()),  # seconds since the start of a video
        ("line", pa.int32()),  # from the top of the frame, from 0
        ("number", pa.int32()),  # within its line: digits that stand together
        ("place", pa.int32()),  # within the frame, in reading order
        ("digit", pa.int8()),  # 0 to 9; null where a person found that it is none
        ("confidence", pa.float32()),
        *((name, pa.int32()) for name in ("x1", "y1", "x2", "y2")),  # pixels of the frame as it lies in the file
        ("read", pa.int8()),  # what was read, whatever a person put into `digit`
        ("checked", pa.bool_()),  # whether a person has looked at it
        ("fits", pa.bool_()),  # whether its number is of the form that was expected; null where none was
        ("sure", pa.float32()),  # probability that all digits of its number are right, given that form; or null
        ("crop", pa.binary()),  # 28x28 bytes, ink bright, as the network saw an unsure digit of a photo or page
    ]
)
"""Columns and their types. Rows of one frame stand together, in reading order."""

EMPTY = SCHEMA.empty_table()
"""No digit at all."""
