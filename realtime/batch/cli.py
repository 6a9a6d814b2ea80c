"""The command line of archives."""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any, NoReturn

from tqdm import tqdm

from realtime import __version__
from realtime.batch import review
from realtime.batch.claim import claimed, hold_to
from realtime.batch.executors import cluster, processes
from realtime.batch.export import write_csv, write_failures, write_jsonl
from realtime.batch.inputs import find
from realtime.batch.remote import is_remote
from realtime.batch.run import answers
from realtime.batch.store import Store
from realtime.batch.task import Answer, Task, source_of, stamp_of
from realtime.batch.work import read, within
from realtime.faults import no_traceback
from realtime.frame import SourceError
from realtime.interrupt import Interrupts
from realtime.live.worker import make_recognizer
from realtime.model_file import ModelError
from realtime.output import RAW_CSV
from realtime.paths import OutputError, identities, prepare_folder, refuse_input

_SHARD_ROWS = 200_000  # digits after which a shard is full, however few files they are of: that many fit into memory

_EPILOG = """\
inputs:
  sheets/  'scans/**/*.tif'  a.pdf  clip.mp4    folders with all below them, globs, files
  @list.txt                                     a file with one input a line
  s3://bucket/scans/  https://host/a.png        through fsspec

afterwards:
  python -m realtime.batch review FOLDER        a page of the least certain digits, to be checked
  python -m realtime.batch review FOLDER --apply corrections.csv [--train FOLDER]
"""


@no_traceback
def main(argv: list[str]) -> int:
    """Returns 0 when all files were read, 1 when some could not be, 2 for wrong arguments, 130 after ctrl-C."""
    if argv[:1] == ["review"]:
        return review.main(argv[1:])
    try:
        args = _parse(argv)
    except SystemExit as stop:
        return int(stop.code or 0)
    interrupts = Interrupts()
    try:
        with interrupts, claimed(args.out) as folder:
            return _Run(args, folder, interrupts)()
    except (SourceError, ModelError, OutputError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("stopped; start again, and it goes on from here", file=sys.stderr)
        return interrupts.exit_code


@dataclass
class _Run:
    """One run; called, it returns the exit code."""

    args: argparse.Namespace
    folder: Path
    interrupts: Interrupts
    kept: list[Answer] = field(default_factory=list)  # answers that are in no shard yet
    digits: int = 0

    def __call__(self) -> int:
        start, args = time.perf_counter(), self.args
        with self.interrupts.held():  # an import that is interrupted says that something is not installed
            digest = make_recognizer(args.model).digest  # one that is none is refused once, not by every worker
        if args.annotated:
            prepare_folder(args.annotated)
        hold_to(self.folder, {"version": __version__, "model": digest, "--annotated": args.annotated})
        self.store = Store(self.folder)
        failures: list[str] = []
        leave_out = [str(self.folder), *([args.annotated] if args.annotated else [])]
        tasks = [Task(path) for path in find(args.input, failures.append, leave_out)]
        self._spare(tasks)
        for line in failures:
            print(f"error: {line}", file=sys.stderr)
        done = self._done(tasks)
        failures += [error for error in done.values() if error]
        left = [task for task in tasks if task.key not in done]
        work: Callable[[Task], Answer] = partial(read, model=args.model, digest=digest, annotated=args.annotated)
        if args.scheduler:
            executor, ahead, seconds = partial(cluster, args.scheduler), 1000, None
        else:
            executor, ahead = partial(processes, args.workers, 1_000_000 * args.file_memory), 4 * args.workers
            seconds = args.file_seconds
            work = partial(within, seconds, work)
        bar = tqdm(total=len(left), unit="file", disable=None, smoothing=0.05, leave=False, **_bar_size())
        found = answers(left, work, executor, ahead, lambda part: part.key in done, seconds)
        try:
            with bar, closing(found):
                for answer in found:
                    bar.update()
                    if answer.parts:
                        bar.total += sum(part.key not in done for part in answer.parts)
                        continue
                    if answer.error is not None:
                        failures.append(answer.error)
                        bar.set_postfix(failed=len(failures), refresh=False)
                        bar.write(f"error: {answer.error}", file=sys.stderr)
                    if not answer.transient:
                        self._keep(answer)
        finally:
            self._commit()
        write_failures(failures, self.folder / "failed.txt")
        if args.csv:
            write_csv(self.store, Path(args.csv), raw=args.raw_csv)
        if args.jsonl:
            write_jsonl(self.store, Path(args.jsonl))
        self._tell(len(left), len(tasks) - len(left), failures, time.perf_counter() - start)
        return 1 if failures else 0

    def _done(self, tasks: Sequence[Task]) -> dict[str, str | None]:
        """What need not be read again, each with its error or None: not what has changed since, nor what is retried."""
        done, before = self.store.done(), self.store.stamps()
        failed = {source_of(key) for key, error in done.items() if error is not None and self.args.retry_failed}
        again = {
            task.source
            for task in tasks
            if task.source in failed
            or (task.source in before and not is_remote(task.path) and stamp_of(task.path) != before[task.source])
        }
        if not again:
            return done
        with self.interrupts.held():
            self.store.forget(again)
        return self.store.done()

    def _spare(self, tasks: Sequence[Task]) -> None:
        """Refuse to write over what is read."""
        given = [path for path in (self.args.csv, self.args.jsonl) if path and os.path.exists(path)]
        if given:
            inputs = identities([task.path for task in tasks if not is_remote(task.path)])
            for path in given:
                refuse_input(path, inputs)

    def _keep(self, answer: Answer) -> None:
        self.kept.append(answer)
        self.digits += len(answer.rows)
        if len(self.kept) >= self.args.shard or sum(len(kept.rows) for kept in self.kept) >= _SHARD_ROWS:
            self._commit()

    def _commit(self) -> None:
        if self.kept:
            with self.interrupts.held():
                kept, self.kept = self.kept, []
                self.store.commit(kept)

    def _tell(self, read_now: int, before: int, failures: list[str], seconds: float) -> None:
        rate = f"{read_now / seconds:.1f} files and {self.digits / seconds:.0f} digits a second"
        failed = f"{len(failures)} failed" + (f": {self.folder / 'failed.txt'}" if failures else "")
        print(f"{read_now} files in {seconds:.1f} s, {rate}; {before} done before, {failed}", file=sys.stderr)


def _bar_size() -> dict[str, Any]:
    # On a terminal that does not know its size, and says 0, tqdm would draw nothing.
    if sys.stderr.isatty() and os.get_terminal_size(sys.stderr.fileno()).columns == 0:
        return {"ncols": 80, "nrows": 24}
    return {"dynamic_ncols": True}


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        self.exit(2, f"error: {message} (see {self.prog} --help)\n")


def _parse(argv: list[str]) -> argparse.Namespace:
    parser = _Parser(
        prog="python -m realtime.batch",
        description="Reads archives of photos, scans, documents and videos into Parquet, one row a digit.",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    parser.add_argument("input", nargs="+", metavar="INPUT", help="file, folder, glob, address, or @ and a list")
    parser.add_argument("--out", required=True, metavar="FOLDER", help="for the Parquet; a run there goes on")
    parser.add_argument("--csv", metavar="PATH", help="all results as CSV as well, one row a digit")
    parser.add_argument("--raw-csv", action="store_true", help=RAW_CSV)
    parser.add_argument("--jsonl", metavar="PATH", help="all results as JSON lines as well, one object a page")
    parser.add_argument("--retry-failed", action="store_true", help="read again what failed in an earlier run")
    parser.add_argument("--annotated", metavar="FOLDER", help="copies with what was read drawn on them")
    parser.add_argument(
        "--workers", type=_count, default=os.cpu_count() or 1, metavar="N", help="processes (all cores)"
    )
    parser.add_argument(
        "--file-seconds",
        type=_count,
        default=300,
        metavar="N",
        help="time for one file, or for a part of a long one; one that takes longer fails (%(default)s)",
    )
    parser.add_argument(
        "--file-memory", type=_count, default=4000, metavar="MB", help="memory of each process (%(default)s)"
    )
    parser.add_argument(
        "--scheduler", metavar="ADDRESS", help="a Dask cluster instead, with limits of its own: tcp://host:8786"
    )
    parser.add_argument("--shard", type=_count, default=100, metavar="N", help="files a shard (%(default)s)")
    parser.add_argument("--model", metavar="PATH", help="another network, a .tflite file")
    parser.add_argument("--verbose", action="store_true", help="give errors that nobody expected their traceback")
    return parser.parse_intermixed_args(argv)


def _count(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"must be a whole number from 1 on, not {text}")
    return int(text)
