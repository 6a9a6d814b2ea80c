"""python main.py: the digit reader in the browser."""

import sys

if __name__ == "__main__":
    try:
        from realtime.web.cli import main

        sys.exit(main())
    except KeyboardInterrupt:  # while still importing
        sys.exit(130)
    except ImportError as error:  # a library that the system or the environment lacks
        print(f"error: {error}", file=sys.stderr)
        sys.exit(1)
