"""`python -m training train` makes the model, `evaluate` measures it, `personalize` teaches it a person's hand.

`ink` makes the network that finds digits, `decide` the trees that weigh them, `line` the network that reads whole rows,
`join` one model of two, `glance` the small network that looks first; `compare` trains several networks alike, `render`
makes pages to learn from, and `card` renews a model's card.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from dataclasses import asdict, fields
from pathlib import Path
from typing import Any

from realtime.detections import NOT_A_DIGIT
from realtime.networks.model_file import ModelError
from realtime.recognition.classifier import Classifier
from realtime.sinks.own_digits import OwnDigitsError
from realtime.system.errors import no_traceback
from training.arguments import parse, parser
from training.data.own import read_own
from training.data.sources import (
    PARTS,
    TEST,
    DataError,
    File,
    Source,
    read_digits,
    read_mnist,
    read_nondigits,
    read_rendered,
)
from training.evaluate.scores import Scored, digit_report, rejection_report, score, summary, trained_on
from training.models import card
from training.render import negatives, rows
from training.render.line.fonts import find_fonts
from training.settings import ARCHITECTURES, InkSettings, Settings

_SETTINGS = [field.name for field in fields(Settings)]


@no_traceback
def main(argv: list[str]) -> int:
    """Run a command; returns the exit code: 0 done, 1 something expected failed, 130 stopped by ctrl-C."""
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")  # TensorFlow speaks of its processor features otherwise
    if hasattr(sys.stdout, "reconfigure"):
        sys.stdout.reconfigure(errors="replace")  # the learning curve's bars, where a terminal has none
    options = parse(argv)
    commands = {
        "train": _train,
        "join": _join,
        "glance": _glance,
        "ink": _ink,
        "decide": _decide,
        "line": _line,
        "render": _render,
        "evaluate": _evaluate,
        "compare": _compare,
        "personalize": _personalize,
        "card": _card,
    }
    try:
        return commands[options.command](options)
    except (DataError, ModelError, OwnDigitsError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        if options.command in ("train", "compare"):
            print("stopped; the same command goes on after the last finished epoch", file=sys.stderr)
        elif options.command == "ink":
            print("stopped; the same command goes on from the last checkpoint", file=sys.stderr)
        elif options.command == "line":
            print("stopped; the same command goes on where it was saved last", file=sys.stderr)
        return 130


def _train(options: argparse.Namespace) -> int:
    files, sources = _read_sources(options)

    # TensorFlow takes seconds to import: mistakes in the arguments and files have been told by now.
    from training.models import export
    from training.models.digits.distillation import Teachers
    from training.models.digits.train import train

    settings = Settings(**{name: getattr(options, name) for name in _SETTINGS})
    teachers = Teachers(options.teacher) if options.teacher else None
    start = time.monotonic()
    model = train(settings, sources, options.runs, teachers=teachers)
    minutes = round((time.monotonic() - start) / 60, 1)
    path = export.write_model(model, options.output)
    measured = summary(_measure(path, files, {file.sha256 for file in files}))
    export.write_card(
        path,
        {
            "parameters": model.count_params(),
            "measured": measured,
            "training": {
                "command": _command(options),
                "seed": settings.seed,
                "settings": asdict(settings),
                "minutes": minutes,
                "weights": export.weights_digest(model),
                "data": [_describe(file) for file in files],
            }
            | ({"teachers": teachers.sha256} if teachers else {}),
            "versions": export.versions(),
        },
    )
    others = f"{path.stem}.keras, {path.stem}.json and {path.stem}.md"
    print(f"\nwrote {path} ({path.stat().st_size / 1000:.0f} kB), {others}")
    return 0


def _join(options: argparse.Namespace) -> int:
    card_of_second = card.read(options.second.with_suffix(".json"))
    files = [*_read_files(options), *map(read_rendered, options.rendered)]

    from training.models import export
    from training.models.digits.ensemble import best_share, join

    first, second = (export.read_model(path) for path in (options.first, options.second))
    share = best_share(first, second, [source for file in files for source in file.sources])
    print(f"{options.second.name} counts for {share:.2f} of the two")
    model = join(first, second, share)
    path = export.write_model(model, options.output)
    measured = summary(_measure(path, files, {file.sha256 for file in files}))
    training = card_of_second["training"] | {
        "joined": {"command": _command(options), "share": round(share, 2), "weights": export.weights_digest(first)},
        "weights": export.weights_digest(model),
    }
    parameters = {"parameters": model.count_params(), "measured": measured}
    export.write_card(path, parameters | {"training": training, "versions": export.versions()})
    print(f"\nwrote {path} ({path.stat().st_size / 1000:.0f} kB)")
    return 0


def _glance(options: argparse.Namespace) -> int:
    Classifier(options.model, glance=False)  # as in `_evaluate`
    _, sources = _read_sources(options)

    from training.models.digits.cascade import make

    path, share = make(options.model, sources, options.seed, _command(options))
    print(f"\nwrote {path} ({path.stat().st_size / 1000:.0f} kB); it answers {share:.0%} of the glyphs")
    return 0


def _ink(options: argparse.Namespace) -> int:
    files = _read_files(options)

    from training.models.ink.make import Made, make

    settings = InkSettings(**{field.name: getattr(options, field.name) for field in fields(InkSettings)})
    made = Made(**{field.name: getattr(options, field.name) for field in fields(Made)})
    about = {"command": _command(options), "data": [_describe(file) for file in files]}
    path = make(settings, made, [source for file in files for source in file.sources], options.fonts, about)
    print(f"wrote {path} ({path.stat().st_size / 1000:.0f} kB), {path.stem}.keras and {path.stem}.json")
    return 0


def _decide(options: argparse.Namespace) -> int:
    files = _read_files(options)

    from realtime.ink.network import InkNetwork
    from training.models.ink.make import grow

    sources = [source for file in files for source in file.sources]
    print(grow(InkNetwork(), Classifier(), sources, options.fonts, options.seed, options.pages))
    return 0


def _line(options: argparse.Namespace) -> int:
    files = _read_files(options)
    fonts = find_fonts(options.fonts)

    from training.models.line.learn import Run
    from training.models.line.make import make

    run = Run(options.runs, options.runs / "rows", options.minutes, options.learning_rate, options.seed, options.start)
    sources = [source for file in files for source in file.sources]
    training = {"command": _command(options), "data": [_describe(file) for file in files]}
    path = make(sources, fonts, run, options.rows, options.output, training)
    print(f"\nwrote {path} ({path.stat().st_size / 1000:.0f} kB) and its card")
    return 0


def _render(options: argparse.Namespace) -> int:
    from training.render.rendered import render, save

    images, labels = render(options.sheets, options.scenes, options.seed, options.processes)
    try:
        save(options.output, images, labels)
    except OSError as error:
        raise DataError(f"cannot write {options.output}: {error.strerror or error}") from error
    print(f"wrote {len(labels)} glyphs to {options.output}, {int((labels == NOT_A_DIGIT).sum())} of them no digit")
    return 0


def _evaluate(options: argparse.Namespace) -> int:
    Classifier(options.model)  # a model that cannot be loaded is told before the data are read
    if options.card:
        card.read(options.model.with_suffix(".json"))  # so is a card that is missing
    results = _measure(options.model, _read_files(options), trained_on(options.model))
    if options.card:
        print(f"\nwrote {card.renew(options.model, summary(results))}")
    if options.report:
        # matplotlib takes a second to import, TensorFlow more.
        from training.evaluate.report import write_report

        try:
            print(f"\nwrote {write_report(options.report, options.model, results)}")
        except OSError as error:
            raise DataError(f"cannot write to {options.report}: {error.strerror or error}") from error
    return 0


def _compare(options: argparse.Namespace) -> int:
    _, sources = _read_sources(options)

    from training.models.digits.compare import compare, table

    settings = Settings(**{name: getattr(options, name) for name in _SETTINGS if name not in ("arch", "width")})
    archs = [arch for arch in ARCHITECTURES if arch in (options.arch or ARCHITECTURES)]
    seeds = range(options.seed, options.seed + options.seeds)
    results = compare(archs, seeds, settings, sources, options.runs)
    print(f"\n{options.epochs} epochs each, tested on {(sources[0].part == TEST).sum()} digits of {sources[0].name}\n")
    print(table(results))
    return 0


def _personalize(options: argparse.Namespace) -> int:
    Classifier(options.model)  # as in `_evaluate`
    own = read_own(options.folder, options.test)

    from training.models.digits.personal import REPLAYED, make

    output = options.output or options.folder
    path = make(own, options.model, _read_files(options, REPLAYED), output, options.seed)
    print(f"wrote {path}; to read with it: python -m realtime --model {path}")
    return 0


def _card(options: argparse.Namespace) -> int:
    print(f"wrote {card.renew(options.model)}")
    return 0


def _measure(model: Path, files: list[File], learnt: set[str]) -> list[Scored]:
    results = score(Classifier(model), files, learnt)
    for result in results:
        if result.of_digits:
            print("\n" + digit_report(result))
    if not all(result.of_digits for result in results):
        print("\n" + rejection_report(results))
    return results


def _read_sources(options: argparse.Namespace) -> tuple[list[File], list[Source]]:
    """The data files, and all that is learnt from: theirs first, then what is drawn."""
    files = _read_files(options) + [read_rendered(path) for path in options.rendered]
    sources = [source for file in files for source in file.sources]
    if options.synthetic:
        sources.append(negatives.source(options.synthetic, sources[0], options.seed))
    if options.rows:
        learnt = [source for file in files for source in file.sources if source.name != "rendered"]
        sources.append(rows.source(options.rows, learnt, options.seed, os.cpu_count() or 1))
    for source in sources:
        print(f"{source.name}: " + ", ".join(f"{(source.part == i).sum()} {name}" for i, name in enumerate(PARTS)))
    return files, sources


def _read_files(options: argparse.Namespace, most: int | None = None) -> list[File]:
    digits, nondigits = map(read_digits, options.digits), map(read_nondigits, options.nondigits)
    return [read_mnist(options.mnist, most), *digits, *nondigits]


def _describe(file: File) -> dict[str, Any]:
    sources = {
        source.name: {part: int((source.part == i).sum()) for i, part in enumerate(PARTS)} for source in file.sources
    }
    return {"file": file.name, "sha256": file.sha256, "images": sources}


def _command(options: argparse.Namespace) -> str:
    """The command that makes this model again, with the names of files but not where they lay."""
    files = [Path(value).name for value in (options.first, options.second)] if options.command == "join" else []
    words = [f"python -m training {options.command}", *files]
    usual = vars(parser().parse_args([options.command, *files]))
    for name, value in vars(options).items():
        if name in ("command", "output", "runs", "first", "second", "verbose") or value == usual[name]:
            continue
        option = "--" + name.replace("_", "-")
        if isinstance(value, bool):
            words.append(option if value else "--no-" + option[2:])
        else:
            words += [f"{option} {Path(str(each)).name}" for each in (value if isinstance(value, list) else [value])]
    return " ".join(words)


if __name__ == "__main__":
    sys.exit(main())
