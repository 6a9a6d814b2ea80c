"""Packages that only some archives need, imported where they are."""

from __future__ import annotations

from importlib import import_module
from types import ModuleType

from realtime.sinks.paths import OutputError


def need(module: str, package: str, what: str) -> ModuleType:
    """The module, or an error that tells how to get it.

    Raises:
        OutputError: `what` needs `package`, which is not installed. No file is to blame: the run ends.
    """
    try:
        return import_module(module)
    except ImportError as error:
        raise OutputError(f"{what} needs {package}: pip install {package}") from error
