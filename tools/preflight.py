"""Says in plain words what this machine lacks, before the set-up fails with something obscure.

    python3 tools/preflight.py               before: is this Python new enough, and can it make environments?
    .venv/bin/python tools/preflight.py cv2  after: do the system libraries of OpenCV load?

Imports nothing that needs installing, and keeps to what old Pythons understand: they are told so here.
"""

import ctypes
import shutil
import subprocess
import sys

LIBRARIES = """\
    Debian, Ubuntu:  sudo apt install libgl1 libglib2.0-0 libsm6 libxext6
    Fedora:          sudo dnf install mesa-libGL glib2 libSM libXext
    Arch:            sudo pacman -S libglvnd glib2 libsm libxext"""


def python_problem() -> str:
    """What keeps this interpreter from making the environment; empty where nothing does."""
    have = ".".join(map(str, sys.version_info[:2]))
    if sys.version_info < (3, 11):  # noqa: UP036
        newer = next((name for name in ("python3.13", "python3.12", "python3.11") if shutil.which(name)), "")
        cure = f"make PYTHON={newer} run" if newer else "https://www.python.org/downloads/"
        return f"Python 3.11 or newer is needed, {sys.executable} is {have}. Try: {cure}"
    try:
        import ensurepip  # noqa: F401  (Debian and Ubuntu leave it out of python3)
        import venv  # noqa: F401
    except ImportError:
        return (
            f"{sys.executable} cannot make virtual environments. On Debian and Ubuntu:\n"
            f"    sudo apt install python{have}-venv\n"
            "Or name a Python that can: make PYTHON=/path/to/python run"
        )
    return ""


def cv2_problem() -> str:
    """Why OpenCV does not load; empty where it does."""
    # In a process of its own: a library of the wrong kind may end it.
    trial = subprocess.run([sys.executable, "-c", "import cv2"], stderr=subprocess.PIPE, text=True)
    if trial.returncode == 0:
        return ""
    reason = (trial.stderr.strip().splitlines() or [f"exit code {trial.returncode}"])[-1]
    return (
        f"OpenCV is installed but does not load: {reason}\n"
        f"These packages bring the system libraries it needs:\n{LIBRARIES}\n"
        "A server without a screen can do without them: see requirements-light.txt."
    )


def window_problem() -> str:
    """What Linux lacks to open a window, though OpenCV loads; empty elsewhere and where nothing lacks."""
    missing = []
    for library in ("libSM.so.6", "libICE.so.6", "libXext.so.6") if sys.platform.startswith("linux") else ():
        try:
            ctypes.CDLL(library)
        except OSError:
            missing.append(library)
    return f"note: windows need {', '.join(missing)}:\n{LIBRARIES}" if missing else ""


def main() -> int:
    installed = sys.argv[1:] == ["cv2"]
    problem = cv2_problem() if installed else python_problem()
    if problem:
        print("error: " + problem, file=sys.stderr)
        return 1
    note = window_problem() if installed else ""
    if note:
        print(note, file=sys.stderr)
    return 0


if __name__ == "__main__":
    sys.exit(main())
