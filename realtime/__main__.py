"""Start `python -m realtime`."""

import sys

from realtime.command.main import start

if __name__ == "__main__":
    sys.exit(start("read", "python -m realtime"))
