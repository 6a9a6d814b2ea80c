"""python -m realtime.batch"""

import sys

if __name__ == "__main__":
    try:
        from realtime.batch.cli import main

        sys.exit(main())
    except KeyboardInterrupt:  # while still importing
        sys.exit(130)
