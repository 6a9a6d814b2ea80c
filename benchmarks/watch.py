"""Runs a command and prints, as JSON, how long its first line took and what all of it cost.

A process of its own and a small one: Linux counts the memory of the process that starts a command into the command's
peak.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time


def watch(command: list[str]) -> dict[str, float]:
    """Seconds to the first line of standard output, CPU seconds to the end, peak memory in MB, lines and exit code."""
    begin = time.perf_counter()
    with subprocess.Popen(command, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        process.stdout.readline()
        first = time.perf_counter() - begin
        lines = 1 + sum(1 for _ in process.stdout)
        _, status, used = os.wait4(process.pid, 0)  # Popen.wait would not tell what was used
        process.returncode = os.waitstatus_to_exitcode(status)
    megabyte = 1e6 if sys.platform == "darwin" else 1e6 / 1024  # ru_maxrss: bytes there, kibibytes elsewhere
    return {
        "first_answer_s": first,
        "cpu_s": used.ru_utime + used.ru_stime,
        "peak_memory_mb": used.ru_maxrss / megabyte,
        "lines": lines,
        "exit_code": process.returncode,
    }


if __name__ == "__main__":
    print(json.dumps(watch(sys.argv[1:])))
