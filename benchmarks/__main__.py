"""python -m benchmarks NAME [options]: runs one of the benchmarks; without a name, lists them."""

from __future__ import annotations

import sys
from importlib import import_module

from realtime.system.errors import no_traceback

BENCHMARKS = {
    "speed": "CPU a frame by stage, beside decoding it and beside the tutorial loop; start; peak memory",
    "accuracy": "how much is read rightly, on labelled photos and videos or on our own sets; a look at every failure",
    "expect": "what the form of every number adds: generated sheets with check digits, labelled pictures of one row",
    "live": "the camera path in real time: what is shown over each frame, how soon, and how long it stays when gone",
    "hidden": "digits that labels and the reading hide, in windows of all sizes and in saved pictures; time to draw",
    "endurance": "a stream without end that is cut again and again: memory, and what is left over",
    "batch": "archives: sheets and digits a second by workers, memory by the number of files, beside tesseract",
    "mutants": "whether `make check` notices a stage that is switched off or moved, and the margin of its bounds",
    "abuse": "the web app under attack: how soon a good client is answered, and what the server holds",
    "soak": "many photos and videos through one server: whether its memory levels off",
    "web": "the web app: frames a second and delay in the page, many clients at once, start",
    "pictures": "draw the README's pictures anew from the samples",
    "screenshots": "take the README's pictures of the web app anew",
}


@no_traceback
def main(argv: list[str]) -> int:
    """Run the benchmark that is named first, with the rest of the arguments; `--verbose` is for unexpected errors."""
    argv = [arg for arg in argv if arg != "--verbose"]
    if argv and argv[0] in BENCHMARKS:
        return import_module(f"benchmarks.{argv[0]}").main(argv[1:])
    print("python -m benchmarks NAME [--help]\n")
    for name, what in BENCHMARKS.items():
        print(f"  {name:<10} {what}")
    if not argv or argv[0] in ("-h", "--help"):
        return 0
    print(f"error: no benchmark named {argv[0]}", file=sys.stderr)
    return 2


if __name__ == "__main__":
    sys.exit(main())
