"""Start `python -m realtime.batch`."""

import sys

from realtime.command.main import start

if __name__ == "__main__":
    sys.exit(start("batch", "python -m realtime.batch"))
