"""Start `python -m realtime.web`."""

import sys

from realtime.command.main import start

if __name__ == "__main__":
    sys.exit(start("web", "python -m realtime.web"))
