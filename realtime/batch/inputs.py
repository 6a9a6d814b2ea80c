"""What was asked for -> files: folders with all below them, globs, list files, addresses."""

from __future__ import annotations

import glob
import os
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from realtime.batch.remote import is_remote, listed
from realtime.sources.files import READ
from realtime.sources.frame import SourceError


def find(specs: Sequence[str], refuse: Callable[[str], None], leave_out: Sequence[str] = ()) -> Iterator[str]:
    """The files behind the inputs, each once.

    Args:
        specs: files, folders, globs, addresses, and `@list` for a file with one of these a line.
        refuse: called with one line for each input that leads nowhere; the others go on.
        leave_out: folders not to be walked into: those of the results.
    """
    walk = _Walk(refuse, leave_out)
    given: set[str] = set()
    for spec in _spelt_out(specs, refuse):
        try:
            for path in _behind(spec, walk):
                name = path if is_remote(path) else os.path.abspath(path)
                if name not in given:
                    given.add(name)
                    yield path
        except SourceError as error:
            refuse(str(error))


def _spelt_out(specs: Sequence[str], refuse: Callable[[str], None]) -> Iterator[str]:
    """The inputs, and in the place of `@list` its lines."""
    for spec in specs:
        if not spec.startswith("@") or os.path.exists(spec):
            yield spec
            continue
        some = False
        try:
            with open(spec[1:], encoding="utf-8-sig", errors="surrogateescape") as file:
                for line in file:
                    if line.strip():
                        some = True
                        yield line.rstrip("\r\n")
        except OSError as error:
            refuse(f"{spec[1:]}: {error.strerror}")
        else:
            if not some:
                refuse(f"{spec[1:]}: an empty list")


def _behind(spec: str, walk: _Walk) -> Iterator[str]:
    if is_remote(spec):
        found = listed(spec)
        yield from found if found == [spec] else [path for path in found if _is_read(path)]
    elif not spec:
        raise SourceError("an empty name is no input")
    elif os.path.isfile(spec):
        yield os.path.normpath(spec) if os.path.dirname(spec) == "." else spec
    elif os.path.isdir(spec):
        if not walk.knows(spec):
            yield from _some(walk(spec), f"{spec}: no photo, video or PDF in it")
    elif os.path.exists(spec):
        raise SourceError(f"{spec}: neither a file nor a folder; what has no end is for python -m realtime")
    elif glob.has_magic(spec):
        yield from _some(_matches(spec, walk), f"{spec}: no photo, video or PDF matches")
    else:
        raise SourceError(f"{spec}: no such file or folder")


def _matches(pattern: str, walk: _Walk) -> Iterator[str]:
    # pathlib's ** does not follow links round in circles, as that of glob does.
    anchor = Path(pattern).anchor
    try:
        found = sorted(Path(anchor or ".").glob(pattern[len(anchor) :]))
    except ValueError as error:
        raise SourceError(f"{pattern}: no pattern of names: {error}") from error
    for path in found:
        if any(part.startswith(".") and part not in Path(pattern).parts for part in path.parts):
            continue
        if path.is_dir():
            yield from walk(str(path))
        elif _is_read(path.name) and path.is_file():
            yield str(path)


def _some(paths: Iterator[str], otherwise: str) -> Iterator[str]:
    some = False
    for path in paths:
        some = True
        yield path
    if not some:
        raise SourceError(otherwise)


class _Walk:
    """Called with a folder: the files in and below it, in order; a folder that was walked already is empty."""

    def __init__(self, refuse: Callable[[str], None], leave_out: Sequence[str]) -> None:
        self._refuse = refuse
        self._seen = {identity for folder in leave_out if (identity := _identity(folder))}

    def __call__(self, folder: str) -> Iterator[str]:
        return self._walk(folder, ())

    def knows(self, folder: str) -> bool:
        return _identity(folder) in self._seen

    def _walk(self, folder: str, above: tuple[tuple[int, int], ...]) -> Iterator[str]:
        here = _identity(folder)
        if here in above:
            self._refuse(f"{folder}: a directory loop: it leads back to a folder above it")
            return
        if here is None or here in self._seen:
            return
        self._seen.add(here)
        try:
            with os.scandir(folder) as entries:
                names = sorted(entry.name for entry in entries if not entry.name.startswith("."))
        except OSError as error:
            self._refuse(f"{folder}: {error.strerror}")
            return
        for path in (os.path.join(folder, name) for name in names):
            if os.path.isdir(path):
                yield from self._walk(path, (*above, here))
            elif _is_read(path) and (os.path.isfile(path) or not os.path.exists(path)):
                yield path  # but no pipe, which would be waited for for ever


def _identity(folder: str) -> tuple[int, int] | None:
    try:
        stat = os.stat(folder)
    except OSError:
        return None
    return stat.st_dev, stat.st_ino


def _is_read(name: str) -> bool:
    return os.path.splitext(name)[1].lower() in READ
