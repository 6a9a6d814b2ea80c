"""The model's card: `digits.json` for programs, and the page `digits.md` that is made from it for people."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

from training.data.sources import DataError

INTENDED_USE = (
    "Reading digits written by hand, apart or just touching, off a camera, a photo or a scan, one 28x28 crop a digit, "
    "where a person can look at the result again. Not for grading, money or identity without such a look: a confident "
    "mistake is possible on any hand."
)

LIMITS = (
    "Hands: measured on American hands (MNIST, EMNIST), on continental ones (bhmsds: 1, 7 and 9 as in Europe) and on "
    "our own pen; digits of other scripts are not known.",
    "Papers: crops are measured here, not pages. How well plain, ruled, squared, shaded and light-on-dark sheets are "
    "read is measured with the whole program: `python -m benchmarks accuracy`.",
    "O, I, l, S, Z and B look like digits when they stand alone; a 1 with a long flag and a 7 without a bar are one "
    "shape.",
    "Digits smaller than about 12 pixels lose what tells them apart.",
)

_BHMSDS = "Basic Handwritten Math Symbols, <https://github.com/wblachowski/bhmsds>; MIT"
_EMNIST = (
    "of Cohen and others, from NIST Special Database 19, "
    "<https://www.nist.gov/itl/products-and-services/emnist-dataset>; NIST, which publishes it, names no licence, and "
    "its own works are in the public domain in the USA"
)

LICENCES = {
    "mnist": "MNIST of LeCun, Cortes and Burges, from NIST, <https://keras.io/api/datasets/mnist/>; CC BY-SA 3.0",
    "emnist": f"digits of EMNIST {_EMNIST}",
    "bhmsds": _BHMSDS,
    "not emnist": f"letters of EMNIST {_EMNIST}",
    "not bhmsds": _BHMSDS,
    "not mdas": "signs of arithmetic by Jason MacLeod, <https://github.com/jdmacleod/handwritten-calculator>; MIT",
    "not omniglot": "Omniglot of Lake and others, <https://github.com/brendenlake/omniglot>; MIT",
    "not quickdraw": "Quick, Draw! of Google, <https://github.com/googlecreativelab/quickdraw-dataset>; CC BY 4.0",
    "rendered": "drawn by this program's own pen",
}
"""Origin and licence of each source that the shipped network has learnt from."""

_OTHER = "is not the card of a model that was trained here"
_UNKNOWN = "given by whoever trained it"


def write(path: Path, card: dict[str, Any]) -> None:
    """Write a card to `path` (`.json`), with intended use, limits and licences, and the page beside it (`.md`).

    What says so already is replaced by what is true today.
    """
    sources = [name for file in card["training"]["data"] for name in file["images"]]
    card = card | {
        "intended_use": INTENDED_USE,
        "limits": list(LIMITS),
        "licences": {name: LICENCES.get(name, _UNKNOWN) for name in sources},
    }
    for where, text in ((path, json.dumps(card, indent=2) + "\n"), (path.with_suffix(".md"), page(card))):
        unfinished = where.with_name("unfinished-" + where.name)
        unfinished.write_text(text, encoding="utf-8")
        os.replace(unfinished, where)


def renew(model: Path, measured: dict[str, Any] | None = None) -> Path:
    """Write the card and page of a model anew from what its card says; returns the path of the page.

    Args:
        model: the `.tflite` that the card is of.
        measured: from `training.evaluate.scores.summary`; sets that it does not name keep their figures.

    Raises:
        DataError: there is no card, or it is not one of ours.
    """
    path = model.with_suffix(".json")
    card = read(path)
    try:
        card["measured"] |= measured or {}
        write(path, card)
    except OSError as error:
        raise DataError(f"cannot renew {path}: {error.strerror or error}") from error
    except (KeyError, TypeError) as error:
        raise DataError(f"{path} {_OTHER}") from error
    return path.with_suffix(".md")


def read(path: Path) -> dict[str, Any]:
    """The card at `path` (`.json`).

    Raises:
        DataError: there is no card, or it is not one of ours.
    """
    try:
        card = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise DataError(f"cannot read {path}: {error.strerror or error}") from error
    except ValueError as error:
        raise DataError(f"{path} {_OTHER}") from error
    if not isinstance(card, dict) or not isinstance(card.get("training"), dict):
        raise DataError(f"{path} {_OTHER}")
    return card


def page(card: dict[str, Any]) -> str:
    """The card as Markdown."""
    training = card["training"]
    lines = [
        f"# The model `{card['name']}`",
        "",
        "Made from `digits.json` by `python -m training card`.",
        "",
        card["intended_use"],
        "",
        "| | |",
        "|---|---|",
        f"| input | `{_shape(card['input'])}`, {card['input']['meaning']} |",
        f"| output | `{_shape(card['output'])}`, {card['output']['meaning']}: {', '.join(card['classes'])} |",
        f"| parameters | {card['parameters']} |",
        f"| file | {card['bytes'] / 1000:.0f} kB, int8 weights, SHA-256 `{card['sha256'][:16]}…` |",
        f"| made by | `{training['command']}` |",
        *([f"| taught by | {', '.join(sorted(training['teachers']))} |"] if "teachers" in training else []),
        *([_joined(training["joined"])] if "joined" in training else []),
        *([_looking_first(card["glance"])] if "glance" in card else []),
        f"| seed, minutes | {training['seed']}, {training['minutes']} |",
        f"| versions | {', '.join(f'{name} {version}' for name, version in card['versions'].items())} |",
        "",
        "## How well it reads",
        "",
        "Each set's test part, which it has not learnt from. “Not a digit” for a digit is an error; “of ten” is the "
        "accuracy if it were known that each is a digit, which is all that a network of ten classes is asked. The "
        "calibration error is how far, on average, the confidence shown is from the share that is right.",
        "",
        "| set | digits | accuracy | of ten | calibration error |",
        "|---|---|---|---|---|",
    ]
    measured = dict(card["measured"])
    accepted = measured.pop("nondigits_accepted", {})
    for name, its in measured.items():
        shares = (_percent(its.get(key)) for key in ("accuracy", "accuracy_of_ten", "calibration_error"))
        lines.append(f"| {name} | {its['images']} | {' | '.join(shares)} |")
    if accepted:
        bounds = list(accepted)
        told = "Taken for a digit although it is none, by the confidence asked for; 99 % of digits reach the first:"
        lines += ["", told, ""]
        lines += [f"| set | {' | '.join(bounds)} |", "|---" * (len(bounds) + 1) + "|"]
        for name in accepted[bounds[0]]:
            lines.append(f"| {name} | " + " | ".join(f"{accepted[bound][name]:.2f} %" for bound in bounds) + " |")
    if "tried" in training:
        lines += ["", "## What else was tried", "", *(f"- {line}" for line in training["tried"])]
    lines += ["", "## Limits", "", *(f"- {limit}" for limit in card["limits"]), "", "## Data", ""]
    lines += ["| file | source | learnt | looked at while training | kept out | origin and licence |"]
    lines += ["|---|---|---|---|---|---|"]
    for file in training["data"]:
        for name, parts in file["images"].items():
            counts = " | ".join(str(parts[part]) for part in ("train", "validation", "test"))
            lines.append(f"| {file['file']} | {name} | {counts} | {card['licences'][name]} |")
    return "\n".join(lines) + "\n"


def _percent(share: float | None) -> str:
    return "-" if share is None else f"{share:.2f} %"  # older cards have fewer figures


def _joined(joined: dict[str, Any]) -> str:
    return (
        f"| then joined | `{joined['command']}`: the mean of the logits of both, {joined['share']:.2f} of it of the "
        "network above |"
    )


def _looking_first(glance: dict[str, Any]) -> str:
    shares = ", ".join(f"{share:.0%} of {name}" for name, share in glance["answers"].items())
    return (
        f"| looks first | `{glance['file']}`, {glance['parameters']} parameters, made by `{glance['command']}`: "
        f"says a digit from {glance['sure'][0]} up and none from {glance['sure'][1]}, which answers {shares} |"
    )


def _shape(tensor: dict[str, Any]) -> str:
    return f"({', '.join(map(str, tensor['shape']))}) {tensor['dtype']}"
