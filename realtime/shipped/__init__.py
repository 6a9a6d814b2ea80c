"""Finds the files that come with the program: models and samples.

In a clone they are folders beside the package; in an installed package they lie in this folder.
"""

from __future__ import annotations

from pathlib import Path

INSTALLED = Path(__file__).resolve().parent
CLONE = INSTALLED.parents[1]


def shipped_folder(name: str) -> Path:
    """The folder `models` or `samples`.

    Returns:
        The folder within the package where it has been installed, else the one of the clone. The path is returned
        even where nothing is there: whoever reads from it says what is missing.
    """
    installed = INSTALLED / name
    return installed if installed.is_dir() else CLONE / name
