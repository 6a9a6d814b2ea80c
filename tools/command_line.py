"""Writes docs/command-line.md from the help of every command: `python tools/command_line.py`."""

from __future__ import annotations

import os
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from realtime.command.arguments import Parser  # noqa: E402
from realtime.command.commands import COMMANDS  # noqa: E402
from realtime.command.main import SHELLS, add_version, whole_parser  # noqa: E402

PAGE = ROOT / "docs" / "command-line.md"

_WIDTH = 100  # columns of the help texts, whatever the terminal is that this runs in

_HEAD = f"""\
# Command line

<!-- Written by `python tools/command_line.py` from the help of the commands. Change the help, then run it. -->

`pip install .` and `pipx install .` give the command `digits`. In a clone, other names run the same without it:

| installed | in a clone |
|---|---|
| `digits`, `digits read` | `python -m realtime`, `make run` |
| `digits web` | `python -m realtime.web`, `python main.py`, `make web` |
| `digits batch` | `python -m realtime.batch` |
| `digits batch review` | `python -m realtime.batch review` |
| `digits collect` | `python -m realtime.collect` |

`digits read` has the options of `digits`. To read a folder that is named like a command, type `digits read web` or
`digits ./web`.

Exit codes: 0 finished or quit; 1 something failed, and one line that begins with `error:` says what; 2 wrong arguments;
130 ctrl-C.

`digits --print-completion SHELL` prints the script that completes commands, options and paths; SHELL is
{", ".join(SHELLS[:-1])} or {SHELLS[-1]}. It needs the extra `completion`. For bash:

```sh
mkdir -p ~/.local/share/bash-completion/completions
digits --print-completion bash > ~/.local/share/bash-completion/completions/digits
```
"""


def page() -> str:
    """The page, as it should be."""
    before = os.environ.get("COLUMNS")
    os.environ["COLUMNS"] = str(_WIDTH)
    try:
        parts = [_HEAD, *(_section(name) for name in ("", *COMMANDS) if name != "read")]
    finally:
        del os.environ["COLUMNS"]
        if before is not None:
            os.environ["COLUMNS"] = before
    return "\n".join(parts)


def _section(name: str) -> str:
    if name:
        parser = Parser(prog=f"digits {name}")
        COMMANDS[name].fill(parser)
        add_version(parser)
    else:
        parser = whole_parser()
    return f"## {parser.prog}\n\n```\n{parser.format_help()}```\n"


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
