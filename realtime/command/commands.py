"""The sub-commands: the arguments of each, and the module that carries it out."""

from __future__ import annotations

import os
from argparse import Namespace
from collections.abc import Callable
from dataclasses import dataclass

from realtime.command import arguments as common
from realtime.command.arguments import Parser, count, examples, port, share, size, table
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
        ("rtsp://192.168.1.7/1", "a stream"),
    ]
    outputs = [
        ("sheets/ --csv digits.csv --no-window", ""),
        ("clip.mp4 --json - | jq .lines", ""),
        ('| while read -r number; do echo "got $number"; done', ""),
    ]
    keys = table("keys in the window", KEYS)
    parser.epilog = "\n\n".join([examples("sources", parser, inputs), examples("outputs", parser, outputs), keys])
    parser.add_argument(
        "source", nargs="*", metavar="SOURCE", help="camera number, video, photo, folder, glob or address of a stream"
    )
    add_read_options(parser)


def add_read_options(parser: Parser) -> None:
    """The options of `read`, without its sources."""
    parser.add_argument("--json", metavar="PATH", help="JSON lines, one object a frame; - is standard output")
    parser.add_argument("--csv", metavar="PATH", help="one row a digit; - is standard output")
    parser.add_argument("--numbers", metavar="PATH", help="CSV, one row a number; - is standard output")
    common.add_raw_csv(parser)
    parser.add_argument(
        "--save", metavar="PATH", help="annotated video (.mp4, .webm, .avi), picture, or folder of them"
    )
    parser.add_argument("--copy", action="store_true", help="put each reading on the clipboard")
    parser.add_argument(
        "--corrections", metavar="FOLDER", default="mine", help="where digits corrected in the window go (mine)"
    )
    parser.add_argument("--no-window", action="store_true", help="no window, even where there is a display")
    common.add_expect(parser)
    common.add_region(parser)
    common.add_min_confidence(parser)
    common.add_model(parser)
    parser.add_argument("--camera-size", metavar="WxH", type=size, help="ask the camera for this size: 1280x720")
    parser.add_argument("--stride", metavar="N", type=count, default=1, help="read every N-th frame only")
    parser.add_argument("--max-frames", metavar="N", type=count, help="stop after N frames")
    parser.add_argument(
        "--mirror", action="store_true", help="swap left and right, if the camera delivers a mirror image"
    )
    parser.add_argument(
        "--insecure-stream", action="store_true", help="read an https or rtsps stream whose certificate anybody made"
    )
    volume = parser.add_mutually_exclusive_group()
    volume.add_argument("--quiet", action="store_true", help="say errors only")
    volume.add_argument("--verbose", action="store_true", help="say more: milliseconds a stage, tracebacks of errors")


def _check_read(args: Namespace) -> str | None:
    given = [os.path.normpath(path) for path in (args.json, args.csv, args.numbers, args.save) if path is not None]
    return "two outputs cannot go to the same place" if len(set(given)) < len(given) else None


def _web(parser: Parser) -> None:
    parser.usage = "%(prog)s [options]"
    parser.description = "Reads handwritten digits in the browser."
    starts = [
        ("", "for this machine alone"),
        ("--corrections mine", "keeps what is put right on the page"),
        ("--phone", "and with a phone as the camera: scan the code"),
        ("--host 0.0.0.0 --certfile cert.pem --keyfile key.pem", "for the phones of a class room"),
    ]
    parser.epilog = examples("examples", parser, starts)
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on (127.0.0.1: this machine alone)")
    parser.add_argument("--port", type=port, default=8000, help="(8000; 0: any that is free)")
    parser.add_argument(
        "--phone",
        nargs="?",
        const="",
        metavar="ADDRESS",
        help="let a phone that scans the code be the camera; ADDRESS of this machine, found by itself",
    )
    parser.add_argument("--phone-port", type=port, default=8443, metavar="PORT", help="for phones (%(default)s)")
    parser.add_argument("--no-browser", dest="browser", action="store_false", help="do not open the browser")
    parser.add_argument("--certfile", metavar="PATH", help="certificate for https: cameras of other machines need it")
    parser.add_argument("--keyfile", metavar="PATH", help="its key, where it is not in the same file")
    parser.add_argument("--insecure", action="store_true", help="let other machines in without https")
    parser.add_argument(
        "--corrections", metavar="FOLDER", help="digits put right on the page go there (left out: nothing is kept)"
    )
    common.add_model(parser)
    common.add_min_confidence(parser)
    common.add_verbose(parser)


def _check_web(args: Namespace) -> str | None:
    from realtime.web.guard import is_loopback  # imports Starlette

    if args.keyfile and not args.certfile:
        return "--keyfile needs --certfile"
    if not is_loopback(args.host) and not args.certfile and not args.insecure:
        return f"other machines could reach {args.host}: give it a --certfile, or say --insecure"
    if args.phone is not None and not is_loopback(args.host):
        return "with --phone the page itself stays on this machine: leave out --host"
    return None


def _batch(parser: Parser) -> None:
    parser.allow_abbrev = False
    parser.usage = "%(prog)s [options] --out FOLDER INPUT [INPUT ...]"
    parser.description = "Reads archives of photos, scans, documents and videos into Parquet, one row a digit."
    inputs = [
        ("sheets/  'scans/**/*.tif'  a.pdf  clip.mp4", "folders with all below them, globs, files"),
        ("@list.txt", "a file with one input a line"),
        ("s3://bucket/scans/  https://host/a.png", "through fsspec"),
    ]
    later = [
        ("review FOLDER", "a page of the least certain digits, to be checked"),
        ("review FOLDER --apply corrections.csv [--train FOLDER]", ""),
    ]
    parser.epilog = table("inputs", inputs) + "\n\n" + examples("afterwards", parser, later)
    parser.add_argument("input", nargs="+", metavar="INPUT", help="file, folder, glob, address, or @ and a list")
    parser.add_argument("--out", required=True, metavar="FOLDER", help="for the Parquet; a run there goes on")
    parser.add_argument("--csv", metavar="PATH", help="all results as CSV as well, one row a digit")
    parser.add_argument("--numbers", metavar="PATH", help="all numbers as CSV as well, one row a number")
    common.add_raw_csv(parser)
    parser.add_argument("--jsonl", metavar="PATH", help="all results as JSON lines as well, one object a page")
    parser.add_argument("--retry-failed", action="store_true", help="read again what failed in an earlier run")
    parser.add_argument("--annotated", metavar="FOLDER", help="copies with what was read drawn on them")
    parser.add_argument("--workers", type=count, default=os.cpu_count() or 1, metavar="N", help="processes (all cores)")
    parser.add_argument(
        "--file-seconds",
        type=count,
        default=300,
        metavar="N",
        help="time for one file, or for a part of a long one; one that takes longer fails (%(default)s)",
    )
    parser.add_argument(
        "--file-memory", type=count, default=4000, metavar="MB", help="memory of each process (%(default)s)"
    )
    parser.add_argument(
        "--scheduler", metavar="ADDRESS", help="a Dask cluster instead, with limits of its own: tcp://host:8786"
    )
    parser.add_argument("--shard", type=count, default=100, metavar="N", help="files a shard (%(default)s)")
    common.add_expect(parser)
    common.add_region(parser)
    common.add_model(parser)
    common.add_verbose(parser)


def _review(parser: Parser) -> None:
    parser.allow_abbrev = False
    parser.usage = "%(prog)s [options] FOLDER"
    parser.description = (
        "Writes a page of the least certain digits of photos and documents, or applies its corrections."
    )
    parser.add_argument("folder", metavar="FOLDER", help="of the results")
    parser.add_argument("--share", type=share, default=0.01, metavar="P", help="of all digits to check (%(default)s)")
    parser.add_argument("--apply", metavar="CSV", help="put the corrections that the page saved into the results")
    parser.add_argument("--train", metavar="FOLDER", help="with --apply: add them there, to be learnt by personalize")
    common.add_verbose(parser)


def _check_review(args: Namespace) -> str | None:
    return "--train goes with --apply" if args.train and not args.apply else None


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
    "web": Command("realtime.web.cli", "the same in the browser", _web, _check_web),
    "batch": Command("realtime.batch.cli", "read an archive into Parquet, on every core", _batch),
    "batch review": Command("realtime.batch.cli", "check what was read least surely", _review, _check_review),
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
