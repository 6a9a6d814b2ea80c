"""Files in `models/`: read whole, and held against the card beside them."""

from __future__ import annotations

import hashlib
import json
import os
from pathlib import Path
from typing import Any

from realtime.shipped import shipped_folder

FOLDER = shipped_folder("models")
"""The shipped models."""


class ModelError(Exception):
    """A model cannot be used; the text is one line that says why."""


def read_model(path: Path) -> tuple[bytes, dict[str, Any]]:
    """The content of a model file and its card, the `.json` of the same name; an empty card where there is none.

    A shipped model must have a card. A card must state the SHA-256 of its model.

    Raises:
        ModelError: the file or its card is missing, damaged, or not of the other.
    """
    shipped = path.parent == FOLDER
    if os.path.exists(path) and not path.is_file():  # a pipe would never end
        raise ModelError(f"cannot read the model {path}: not a file")
    try:
        content = path.read_bytes()
    except OSError as error:
        hint = "; `make train` makes it anew" if shipped else ""
        raise ModelError(f"cannot read the model {path}: {error.strerror}{hint}") from error
    file = path.with_suffix(".json")
    if not file.exists() and not shipped:
        return content, {}
    try:
        card = json.loads(file.read_text(encoding="utf-8"))
        expected = card["sha256"]
    except (ValueError, KeyError, TypeError, OSError, RecursionError) as error:
        raise ModelError(f"{file} is not a model card: it must state the model's sha256") from error
    if hashlib.sha256(content).hexdigest() != expected:
        raise ModelError(f"{path} is not the model that {file.name} speaks of: its SHA-256 differs")
    return content, card
