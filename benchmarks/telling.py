"""What the measuring commands share: figures are printed as a table, and written as JSON where that is asked for."""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any


def add_json(parser: argparse.ArgumentParser) -> None:
    """The option `--json PATH`."""
    parser.add_argument("--json", type=Path, metavar="PATH", help="write the figures there as well")


def tell(table: str, figures: dict[str, Any], path: Path | None) -> None:
    """Print the table, and write the figures.

    Raises:
        OSError: they cannot be written.
    """
    print(table)
    write_json(figures, path)


def write_json(figures: dict[str, Any], path: Path | None) -> None:
    """Write the figures where a path is given.

    Raises:
        OSError: they cannot be written.
    """
    if path is not None:
        path.write_text(json.dumps(figures, indent=2) + "\n")
