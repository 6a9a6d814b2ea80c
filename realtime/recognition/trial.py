"""Models that no card vouches for are tried in a process of their own: one that is damaged can end whoever loads it."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

from realtime.networks.model_file import ModelError

SECONDS = 60.0
"""Time that loading and running a model once may take."""

_ROOT = Path(__file__).resolve().parents[2]
_REFUSED = 3  # exit code

PROBE = """
import sys
sys.path.insert(0, sys.argv[1])
from pathlib import Path
from realtime.recognition.classifier import Network
from realtime.networks.model_file import ModelError
try:
    Network(Path(sys.argv[2]), sys.stdin.buffer.read(), 1)
except ModelError as error:
    sys.stdout.buffer.write(str(error).encode("utf-8", "surrogateescape"))
    sys.exit(3)
"""
"""What the process runs that tries a model."""


def try_out(path: Path, content: bytes) -> None:
    """Load a model of glyphs and run it, elsewhere.

    Args:
        path: what messages call it.
        content: the file.

    Raises:
        ModelError: it cannot be loaded or run, ends the process that tries, or keeps it busy.
    """
    command = [sys.executable, "-c", PROBE, str(_ROOT), str(path)]
    try:
        done = subprocess.run(command, input=content, capture_output=True, timeout=SECONDS, check=False)
    except subprocess.TimeoutExpired as error:
        raise ModelError(f"{path} is a model that cannot be run: it takes longer than {SECONDS:.0f} s") from error
    if done.returncode == _REFUSED:
        raise ModelError(done.stdout.decode("utf-8", "surrogateescape"))
    if done.returncode:
        raise ModelError(f"{path} is not a model that can be loaded: it ends the process with {_end(done.returncode)}")


def _end(code: int) -> str:
    try:
        return signal.Signals(-code).name
    except ValueError:
        return f"code {code}"
