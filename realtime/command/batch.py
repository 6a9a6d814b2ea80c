"""The arguments of `digits batch` and `digits batch review`."""

from __future__ import annotations

import os
from argparse import Namespace

from realtime.command import arguments as common
from realtime.command.arguments import Parser, count, examples, share, table


def batch(parser: Parser) -> None:
    """Give the parser the arguments of `digits batch`."""
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


def review(parser: Parser) -> None:
    """Give the parser the arguments of `digits batch review`."""
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


def check_review(args: Namespace) -> str | None:
    """What is wrong with arguments of `digits batch review` that are right one by one; None where nothing is."""
    return "--train goes with --apply" if args.train and not args.apply else None
