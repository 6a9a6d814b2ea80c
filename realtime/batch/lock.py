"""One run at a time in a folder of results, and always with the same settings."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from realtime.batch.atomic_write import atomic_write
from realtime.sinks.paths import OutputError, make_folder

try:
    import fcntl
except ImportError:  # Windows has no such locks: there it is on you
    fcntl = None  # type: ignore[assignment]

Settings = dict[str, str | None]


@contextmanager
def locked(folder: str) -> Iterator[Path]:
    """The folder, made where it is missing and held against every other run; a run that is killed lets go of it.

    Raises:
        OutputError: another run writes there, or it cannot be written to.
    """
    make_folder(folder)
    with ExitStack() as stack:
        try:
            lock = stack.enter_context(open(Path(folder, "lock"), "ab"))
            if fcntl is not None:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise OutputError(f"{folder}: another run writes there") from error
        except OSError as error:
            raise OutputError(f"{folder}: {error.strerror}") from error
        yield Path(folder)


def hold_to(folder: Path, settings: Settings) -> None:
    """Write down what the results are made with, or see that it is the same as before.

    Raises:
        OutputError: the results there were made with other settings.
    """
    path = folder / "settings.json"
    if not path.exists():
        with atomic_write(path) as file:
            file.write(json.dumps(settings, indent=2).encode() + b"\n")
        return
    try:
        before = json.loads(path.read_bytes())
        changed = [name for name in settings if before.get(name) != settings[name]]
    except (OSError, ValueError, AttributeError) as error:
        raise OutputError(f"{path}: damaged; give another --out") from error
    if changed:
        was = ", ".join(f"{name} {_short(before.get(name))}, not {_short(settings[name])}" for name in changed)
        raise OutputError(f"{folder}: begun with {was}; go on with that, or give another --out")


def _short(value: str | None) -> str:
    return "none" if value is None else value if len(value) < 64 else value[:12]  # a digest
