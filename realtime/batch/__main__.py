"""python -m realtime.batch"""

import sys

if __name__ == "__main__":
    from realtime.batch.cli import main

    sys.exit(main())
