"""What the sub-commands have in common: the parser, the checks of values, and options that several of them take."""

from __future__ import annotations

import argparse
import re
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any, NoReturn

from realtime.sources.region import Region, RegionError, parse_region
from realtime.version import __version__

if TYPE_CHECKING:
    from realtime.numbers.form import Form


class Parser(argparse.ArgumentParser):
    """Says in one line what is wrong with the arguments, and keeps the line breaks of a description.

    Attributes:
        arguments: what was added to it, for shell completion.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self.arguments: list[argparse.Action] = []
        super().__init__(*args, **{"formatter_class": argparse.RawDescriptionHelpFormatter, **kwargs})

    def add_argument(self, *args: Any, **kwargs: Any) -> argparse.Action:
        """Add an argument, as argparse does, and keep it."""
        action = super().add_argument(*args, **kwargs)
        self.arguments.append(action)
        return action

    def error(self, message: str) -> NoReturn:
        """Say in one line what is wrong, and end with exit code 2."""
        self.exit(2, f"error: {message} (see {self.prog} --help)\n")


def probability(text: str) -> float:
    """A number from 0 to 1."""
    value = _number(text)
    if not 0 <= value <= 1:
        raise argparse.ArgumentTypeError(f"must be from 0 to 1, not {text}")
    return value


def share(text: str) -> float:
    """A number above 0 and at most 1."""
    value = _number(text)
    if not 0 < value <= 1:
        raise argparse.ArgumentTypeError(f"must be above 0 and at most 1, not {text}")
    return value


def count(text: str) -> int:
    """A whole number from 1 on."""
    if not re.fullmatch(r"0*[1-9]\d*", text, re.ASCII):
        raise argparse.ArgumentTypeError(f"must be a whole number from 1 on, not {text}")
    return int(text)


def port(text: str) -> int:
    """A number of a TCP port; 0 stands for any that is free."""
    if not (text.isascii() and text.isdigit() and int(text) <= 65535):
        raise argparse.ArgumentTypeError(f"must be from 0 to 65535, not {text}")
    return int(text)


def size(text: str) -> tuple[int, int]:
    """Width and height in pixels."""
    match = re.fullmatch(r"([1-9]\d{0,4})[xX]([1-9]\d{0,4})", text, re.ASCII)
    if match is None:
        raise argparse.ArgumentTypeError(f"must look like 1280x720, not {text}")
    return int(match[1]), int(match[2])


def add_model(parser: argparse.ArgumentParser) -> None:
    """Add `--model`."""
    parser.add_argument("--model", metavar="PATH", help="another network, a .tflite file")


def add_min_confidence(parser: argparse.ArgumentParser) -> None:
    """Add `--min-confidence`."""
    parser.add_argument(
        "--min-confidence",
        metavar="P",
        type=probability,
        default=0.5,
        help="0 to 1; below it a glyph is no digit (0.5)",
    )


def form(text: str) -> Form:
    """What every number looks like."""
    from realtime.numbers.form import FormError, parse_form  # imports NumPy, which the help does without

    try:
        return parse_form(text)
    except FormError as error:
        raise argparse.ArgumentTypeError(str(error)) from error


def region(text: str) -> Region:
    """A part of each picture."""
    try:
        return parse_region(text)
    except RegionError as error:
        raise argparse.ArgumentTypeError(str(error)) from error


def add_expect(parser: argparse.ArgumentParser) -> None:
    """Add `--expect`."""
    text = (
        "what every number looks like: how many digits (6, 4-8), a regular expression over digits ([12]\\d{5}), or a "
        "check digit: luhn, ean8, ean13, isbn13, upca, each with a count if need be (luhn:16)"
    )
    parser.add_argument("--expect", metavar="FORM", type=form, help=text)


def add_region(parser: argparse.ArgumentParser) -> None:
    """Add `--region`."""
    text = "read this part of each picture only, in pixels or percent: left, top, width, height; 10%%,20%%,50%%,30%%"
    parser.add_argument("--region", metavar="X,Y,W,H", type=region, help=text)


def add_raw_csv(parser: argparse.ArgumentParser) -> None:
    """Add `--raw-csv`."""
    text = "leave names as they are that a spreadsheet would take for a formula; else an apostrophe stands before them"
    parser.add_argument("--raw-csv", action="store_true", help=text)


def add_verbose(parser: argparse.ArgumentParser) -> None:
    """Add `--verbose`."""
    parser.add_argument("--verbose", action="store_true", help="give errors that nobody expected their traceback")


def add_version(parser: argparse.ArgumentParser) -> None:
    """Add `--version`."""
    parser.add_argument("--version", action="version", version=f"digits {__version__}")


def table(title: str, rows: Iterable[tuple[str, str]], indent: str = "") -> str:
    """A titled list for the end of a help text: what to type or press, and what it does."""
    rows = list(rows)
    width = max(len(left) for left, _ in rows)
    lines = (f"  {indent}{left:<{width}}  {right}".rstrip() for left, right in rows)
    return "\n".join([f"{title}:", *lines])


def examples(title: str, parser: argparse.ArgumentParser, rows: Sequence[tuple[str, str]]) -> str:
    """A titled list of command lines: each begins with the name under which the program was called."""
    return table(title, [(f"{parser.prog} {arguments}".rstrip(), meaning) for arguments, meaning in rows])


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return -1.0
