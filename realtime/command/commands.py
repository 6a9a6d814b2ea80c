"""The sub-commands: the arguments of each, and the module that carries it out."""

from __future__ import annotations

import os
from argparse import Namespace
from collections.abc import Callable
from dataclasses import dataclass

from realtime.command import arguments as common
from realtime.command.arguments import Parser, count, examples, size, table
from realtime.command.batch import batch, check_review, review
from realtime.command.web import check_web, web
from realtime.window.keys import KEYS


@dataclass(frozen=True)
class Command:
    """A sub-command.

    Attributes:
        module: has a `main(argv, prog=...)` that carries it out.
        summary: one line for the list of sub-commands.
        fill: gives a parser its arguments.
        check: finds what is wrong with arguments that are right one by one; None where nothing can be.
    """

    module: str
    summary: str
    fill: Callable[[Parser], None]
    check: Callable[[Namespace], str | None] = lambda _: None


def _read(parser: Parser) -> None:
    parser.usage = "%(prog)s [options] [SOURCE ...]"
    parser.description = "Reads handwritten digits off a camera, videos, photos and scans."
    inputs = [
        ("", "camera 0; the sample clip where there is none"),
        ("1", "the second camera"),
        ("clip.mp4", "a video; every frame is read"),
        ("scan.pdf", "every page of a PDF, a TIFF, or a GIF that does not move"),
        ("sheets/ 'more/*.jpg'", "photos and videos, one after the other"),
        ("rtsp://192.168.1.7/1", "a stream; http:// also a network camera's picture, a photo or a document"),
        ("screen", "what the screen shows; screen:2 the second one"),
        ("clipboard", "the picture that was copied"),
        ("- < scan.pdf", "standard input: a file, or pictures and videos as they are made"),
        ("--watch inbox/ --csv digits.csv", "a folder: what is in it, and what comes into it until ctrl-C"),
    ]
    outputs = [
        ("sheets/ --csv digits.csv --no-window", ""),
        ("clip.mp4 --json - | jq .lines", ""),
        ("1 --webhook https://example.com/readings", ""),
        ('| while read -r number; do echo "got $number"; done', ""),
    ]
    keys = table("keys in the window", KEYS)
    parser.epilog = "\n\n".join([examples("sources", parser, inputs), examples("outputs", parser, outputs), keys])
    parser.add_argument(
        "source",
        nargs="*",
        metavar="SOURCE",
        help="camera number, photo, document, video, folder, glob, address, screen, clipboard, or - for standard input",
    )
    add_read_options(parser)


def add_read_options(parser: Parser) -> None:
    """The options of `read`, without its sources."""
    parser.add_argument("--json", metavar="PATH", help="JSON lines, one object a frame; - is standard output")
    parser.add_argument("--csv", metavar="PATH", help="one row a digit; - is standard output")
    parser.add_argument("--numbers", metavar="PATH", help="CSV, one row a number; - is standard output")
    common.add_raw_csv(parser)
    parser.add_argument(
        "--save",
        metavar="PATH",
        help="annotated video (.mp4, .webm, .avi), picture, folder of them, or searchable .pdf",
    )
    parser.add_argument("--webhook", metavar="URL", help="POST each reading as JSON to an http or https address")
    parser.add_argument("--mqtt", metavar="URL", help="publish each reading: mqtt://host:1883/topic, or mqtts://")
    parser.add_argument("--copy", action="store_true", help="put each reading on the clipboard")
    parser.add_argument("--sound", action="store_true", help="ring the terminal's bell and flash at each reading")
    parser.add_argument(
        "--corrections", metavar="FOLDER", default="mine", help="where digits corrected in the window go (mine)"
    )
    parser.add_argument("--no-window", action="store_true", help="no window, even where there is a display")
    common.add_expect(parser)
    parser.add_argument("--decimal", action="store_true", help="keep decimal points and commas of photos and documents")
    common.add_region(parser)
    common.add_min_confidence(parser)
    common.add_model(parser)
    parser.add_argument("--watch", action="store_true", help="go on reading what comes into the folder SOURCE")
    parser.add_argument("--list-cameras", action="store_true", help="list the cameras by number and name, and end")
    parser.add_argument("--camera-size", metavar="WxH", type=size, help="ask the camera for this size: 1280x720")
    parser.add_argument("--stride", metavar="N", type=count, default=1, help="read every N-th frame only")
    parser.add_argument("--max-frames", metavar="N", type=count, help="stop after N frames")
    parser.add_argument(
        "--mirror", action="store_true", help="swap left and right, if the camera delivers a mirror image"
    )
    parser.add_argument(
        "--insecure-stream",
        action="store_true",
        help="take an encrypted address whose certificate anybody made",
    )
    volume = parser.add_mutually_exclusive_group()
    volume.add_argument("--quiet", action="store_true", help="say errors only")
    volume.add_argument("--verbose", action="store_true", help="say more: milliseconds a stage, tracebacks of errors")


def _check_read(args: Namespace) -> str | None:
    if args.decimal and args.expect is not None:
        return "--expect is for numbers of digits alone, without --decimal"
    if args.watch and len(args.source) != 1:
        return "--watch needs one folder"
    if args.watch and args.save is not None and _within(args.save, args.source[0]):
        return "--save would put pictures into the folder that is watched, which would be read again"
    given = [os.path.normpath(path) for path in (args.json, args.csv, args.numbers, args.save) if path is not None]
    return "two outputs cannot go to the same place" if len(set(given)) < len(given) else None


def _within(path: str, folder: str) -> bool:
    """Whether a file or its folder is a folder."""
    folder = os.path.realpath(folder)
    return folder in (os.path.realpath(path), os.path.realpath(os.path.dirname(path) or "."))


def _collect(parser: Parser) -> None:
    parser.allow_abbrev = False
    parser.usage = "%(prog)s [options] [SOURCE]"
    parser.description = """\
Leads through a sheet of your own digits, names them by itself, and keeps them.

The sheet has rows of 0 1 2 3 4 5 6 7 8 9, so what a digit is follows from its place. You are asked only where a row
has more or fewer than ten, or where the network is sure of another digit: a slip of the pen, maybe."""
    parser.add_argument(
        "source", nargs="?", default="0", metavar="SOURCE", help="camera number, photo, video or stream (0)"
    )
    parser.add_argument("--folder", metavar="FOLDER", default="mine", help="for your digits (%(default)s)")
    parser.add_argument("--rows", metavar="N", type=count, default=10, help="rows on the sheet (%(default)s)")
    common.add_model(parser)
    common.add_verbose(parser)


COMMANDS = {
    "read": Command(
        "realtime.cli", "read a camera, videos, photos and scans: what is done without a name", _read, _check_read
    ),
    "web": Command("realtime.web.cli", "the same in the browser", web, check_web),
    "batch": Command("realtime.batch.cli", "read an archive into Parquet, on every core", batch),
    "batch review": Command("realtime.batch.cli", "check what was read least surely", review, check_review),
    "collect": Command("realtime.collect", "keep your own digits, to train on them", _collect),
}
"""Each sub-command by its name."""


def parse(name: str, argv: list[str], prog: str) -> Namespace:
    """The arguments of a sub-command; a sub-command of its own is told from its first argument.

    Returns:
        The arguments; with them `command`, the name in `COMMANDS`, and `prog`, how the user called it.

    Raises:
        SystemExit: with 2 and one line on standard error for wrong arguments, with 0 for `--help` and `--version`.
    """
    if argv and f"{name} {argv[0]}" in COMMANDS:
        return parse(f"{name} {argv[0]}", argv[1:], f"{prog} {argv[0]}")
    command, parser = COMMANDS[name], Parser(prog=prog)
    command.fill(parser)
    common.add_version(parser)
    args = parser.parse_intermixed_args(argv)
    wrong = command.check(args)
    if wrong is not None:
        parser.error(wrong)
    args.command, args.prog = name, prog
    return args
