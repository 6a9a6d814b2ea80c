"""`digits batch` and `python -m realtime.batch`: archives."""

from __future__ import annotations

import os
import sys
import time
from argparse import Namespace
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

from tqdm import tqdm

from realtime import __version__
from realtime.batch import review
from realtime.batch.executors import cluster, processes
from realtime.batch.export import write_csv, write_failures, write_jsonl, write_numbers
from realtime.batch.inputs import find
from realtime.batch.lock import hold_to, locked
from realtime.batch.remote import is_remote
from realtime.batch.run import answers
from realtime.batch.store import Store
from realtime.batch.task import Answer, Task, source_of, stamp_of
from realtime.batch.work import read, within
from realtime.command.commands import parse
from realtime.live.worker import make_recognizer
from realtime.networks.model_file import ModelError
from realtime.sinks.paths import OutputError, identities, prepare_folder, refuse_input
from realtime.sources.frame import SourceError
from realtime.system.errors import no_traceback
from realtime.system.interrupt import Interrupts

_SHARD_ROWS = 200_000  # digits after which a shard is full, however few files they are of: that many fit into memory


@no_traceback
def main(argv: list[str], *, prog: str = "python -m realtime.batch") -> int:
    """Returns 0 when all files were read, 1 when some could not be, 2 for wrong arguments, 130 after ctrl-C."""
    try:
        args = parse("batch", argv, prog)
    except SystemExit as stop:
        return int(stop.code or 0)
    if args.command == "batch review":
        return review.run(args)
    interrupts = Interrupts()
    try:
        with interrupts, locked(args.out) as folder:
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

    args: Namespace
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
        settings = {"version": __version__, "model": digest, "--annotated": args.annotated}
        settings["--expect"] = None if args.expect is None else args.expect.text
        settings["--region"] = None if args.region is None else str(args.region)
        hold_to(self.folder, settings)
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
        work: Callable[[Task], Answer] = partial(
            read,
            model=args.model,
            digest=digest,
            annotated=args.annotated,
            form=args.expect,
            region=args.region,
        )
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
        if args.numbers:
            write_numbers(self.store, Path(args.numbers), raw=args.raw_csv)
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
        given = [path for path in (self.args.csv, self.args.numbers, self.args.jsonl) if path and os.path.exists(path)]
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
