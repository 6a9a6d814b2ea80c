"""Run a command several times while other processes keep the processors busy: finds tests that hang on the clock.

    python tools/repeat_under_load.py 5 make test

Ends with 0 where the command did each time.
"""

from __future__ import annotations

import subprocess
import sys
import time
from contextlib import ExitStack

BUSY = 2
"""Processes that do nothing, as fast as they can."""

_FOREVER = "while True: pass"


def run(times: int, command: list[str]) -> int:
    """Run `command` so often and tell how each run ended; how many ended with another code than 0."""
    failed = 0
    with ExitStack() as stack:
        for _ in range(BUSY):
            stack.callback(subprocess.Popen([sys.executable, "-c", _FOREVER]).kill)
        for i in range(1, times + 1):
            start = time.monotonic()
            code = subprocess.run(command, check=False).returncode
            failed += code != 0
            print(f"run {i} of {times}: exit code {code} after {time.monotonic() - start:.0f} s", flush=True)
    return failed


if __name__ == "__main__":
    if len(sys.argv) < 3 or not sys.argv[1].isdecimal():
        sys.exit("usage: python tools/repeat_under_load.py TIMES COMMAND...")
    sys.exit(min(1, run(int(sys.argv[1]), sys.argv[2:])))
