"""The command line of archives."""

from __future__ import annotations

import argparse
import multiprocessing
import os
import sys
import time
from concurrent.futures import Executor, ProcessPoolExecutor
from functools import partial

from tqdm import tqdm

from realtime.batch.run import answers
from realtime.batch.store import Store
from realtime.batch.work import Answer, read_file
from realtime.classifier import Classifier, ModelError
from realtime.files import FileSource
from realtime.frame import SourceError
from realtime.source import open_source


def main(argv: list[str] | None = None) -> int:
    """Returns 0 when all files were read, 1 when some could not be, 2 for wrong arguments, 130 after ctrl-C."""
    parser = argparse.ArgumentParser(prog="python -m realtime.batch", description="Reads archives into Parquet.")
    parser.add_argument("input", nargs="+", metavar="INPUT", help="photo, video, folder or glob")
    parser.add_argument("--out", required=True, metavar="FOLDER", help="for the Parquet; a run there goes on")
    parser.add_argument("--workers", type=int, default=os.cpu_count() or 1, metavar="N", help="processes (all cores)")
    parser.add_argument("--shard", type=int, default=100, metavar="N", help="files a shard (%(default)s)")
    parser.add_argument("--model", metavar="PATH", help="another network, a .tflite file")
    try:
        args = parser.parse_args(argv)
        if args.workers < 1 or args.shard < 1:
            parser.error("--workers and --shard must be from 1 on")
    except SystemExit as stop:
        return int(stop.code or 0)
    try:
        return _run(args)
    except (SourceError, ModelError, OSError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130


def _run(args: argparse.Namespace) -> int:
    start = time.perf_counter()
    Classifier(args.model)  # one that is none is refused once, not by every worker
    with open_source(args.input) as source:
        if not isinstance(source, FileSource):
            raise SourceError(f"{source.name}: a camera or stream has no end")
        paths = list(dict.fromkeys(source.inputs))
    store = Store(args.out)
    done = store.done()
    left = [path for path in paths if path not in done]
    failures = [error for path in paths if (error := done.get(path))]
    kept: list[Answer] = []
    found = answers(left, partial(read_file, model=args.model), partial(_processes, args.workers), 4 * args.workers)
    for answer in tqdm(found, total=len(left), unit="files", disable=None):
        if answer.error is not None:
            failures.append(answer.error)
            tqdm.write(f"error: {answer.error}", file=sys.stderr)
        kept.append(answer)
        if len(kept) >= args.shard:
            store.commit(kept)
            kept = []
    if kept:
        store.commit(kept)
    seconds = time.perf_counter() - start
    print(f"{len(left)} files in {seconds:.1f} s, {len(done)} done before, {len(failures)} failed", file=sys.stderr)
    return 1 if failures else 0


def _processes(workers: int) -> Executor:
    # Forked children would inherit the locks of OpenCV's threads, and hang.
    return ProcessPoolExecutor(workers, mp_context=multiprocessing.get_context("spawn"))
