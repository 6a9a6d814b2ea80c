"""python main.py: the digit reader in the browser."""

import sys

from realtime.command.main import start

if __name__ == "__main__":
    sys.exit(start("web", "python main.py"))
