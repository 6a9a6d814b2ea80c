"""`python -m training train` makes the model, `render` pages for it to learn from, and `evaluate` measures it."""

from __future__ import annotations

import argparse
import os
import sys
import time
from dataclasses import asdict, fields
from pathlib import Path
from typing import Any

from realtime.classifier import DEFAULT_MODEL, Classifier, ModelError
from realtime.detections import NOT_A_DIGIT
from training import negatives, rows
from training.data import PARTS, DataError, File, read_digits, read_mnist, read_nondigits, read_rendered
from training.evaluate import digit_report, rejection_report, score, summary, trained_on
from training.settings import Settings


def main(argv: list[str] | None = None) -> int:
    """Run a command; returns the exit code: 0 done, 1 something expected failed, 130 stopped by ctrl-C."""
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")  # TensorFlow speaks of its processor features otherwise
    options = _parser().parse_args(argv)
    try:
        return {"train": _train, "render": _render, "evaluate": _evaluate}[options.command](options)
    except (DataError, ModelError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        if options.command == "train":
            print("stopped; the same command goes on after the last finished epoch", file=sys.stderr)
        return 130


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser("python -m training", description=__doc__, allow_abbrev=False)
    commands = parser.add_subparsers(dest="command", required=True)

    train = commands.add_parser("train", help="make digits.keras, digits.tflite and digits.json", allow_abbrev=False)
    _add_data(train)
    train.add_argument("--rendered", metavar="FILE.npz", action="append", default=[], help="normalised glyphs, 0 to 10")
    train.add_argument(
        "--synthetic", metavar="N", type=_count, default=40_000, help="shapes drawn by rule (%(default)s)"
    )
    train.add_argument(
        "--rows", metavar="N", type=_count, default=2_000, help="pages of rows of the digits, cut up (%(default)s)"
    )
    train.add_argument("--output", metavar="FOLDER", type=Path, default=DEFAULT_MODEL.parent, help="for the model")
    train.add_argument("--runs", metavar="FOLDER", type=Path, default=Path("runs/training"), help="for checkpoints")
    settings = train.add_argument_group("settings")
    settings.add_argument(
        "--width", type=_width, default=Settings.width, help="channels of the first layer (%(default)s)"
    )
    settings.add_argument("--epochs", type=_positive, default=Settings.epochs, help="(%(default)s)")
    settings.add_argument(
        "--learning-rate", type=float, default=Settings.learning_rate, help="highest of the cycle (%(default)s)"
    )
    settings.add_argument("--weight-decay", type=float, default=Settings.weight_decay, help="(%(default)s)")
    settings.add_argument("--batch-size", type=_positive, default=Settings.batch_size, help="(%(default)s)")
    settings.add_argument("--label-smoothing", type=float, default=Settings.label_smoothing, help="(%(default)s)")
    settings.add_argument(
        "--nondigit-weight", type=float, default=Settings.nondigit_weight, help="cost of a mistake (%(default)s)"
    )
    settings.add_argument(
        "--augmentation", type=float, default=Settings.augmentation, help="strength, 0 for none (%(default)s)"
    )
    settings.add_argument("--seed", type=int, default=Settings.seed, help="(%(default)s)")
    settings.add_argument(
        "--mixed-precision",
        action=argparse.BooleanOptionalAction,
        default=Settings.mixed_precision,
        help="compute in bfloat16, keep the weights in float32 (on)",
    )

    render = commands.add_parser("render", help="make glyphs for --rendered: our own pages, cut up", allow_abbrev=False)
    render.add_argument("output", metavar="FILE.npz", type=Path)
    render.add_argument("--sheets", metavar="N", type=_positive, default=2400, help="pages with digits (%(default)s)")
    render.add_argument("--scenes", metavar="N", type=_count, default=1800, help="pictures without (%(default)s)")
    render.add_argument("--seed", type=int, default=11, help="(%(default)s)")
    render.add_argument("--processes", metavar="N", type=_positive, default=os.cpu_count() or 1, help="(all cores)")

    evaluate = commands.add_parser("evaluate", help="measure a model on what it has not learnt", allow_abbrev=False)
    _add_data(evaluate)
    evaluate.add_argument(
        "--model", metavar="PATH", type=Path, default=DEFAULT_MODEL, help="a .tflite (the shipped one)"
    )
    return parser


def _add_data(parser: argparse.ArgumentParser) -> None:
    data = parser.add_argument_group("data")
    data.add_argument("--mnist", metavar="PATH", help="mnist.npz; downloaded through Keras without it")
    data.add_argument("--digits", metavar="FILE.npz", action="append", default=[], help="more digits; may be repeated")
    data.add_argument("--nondigits", metavar="FILE.npz", action="append", default=[], help="no digits; may be repeated")


def _train(options: argparse.Namespace) -> int:
    files = _read_files(options) + [read_rendered(path) for path in options.rendered]
    sources = [source for file in files for source in file.sources]
    if options.synthetic:
        sources.append(negatives.source(options.synthetic, sources[0], options.seed))
    if options.rows:
        learnt = [source for file in files for source in file.sources if source.name != "rendered"]
        sources.append(rows.source(options.rows, learnt, options.seed, os.cpu_count() or 1))
    for source in sources:
        print(f"{source.name}: " + ", ".join(f"{(source.part == i).sum()} {name}" for i, name in enumerate(PARTS)))

    # TensorFlow takes seconds to import: mistakes in the arguments and files have been told by now.
    from training import export
    from training.train import train

    settings = Settings(**{field.name: getattr(options, field.name) for field in fields(Settings)})
    start = time.monotonic()
    model = train(settings, sources, options.runs)
    minutes = round((time.monotonic() - start) / 60, 1)
    path = export.write_model(model, options.output)
    measured = _measure(path, files, {file.sha256 for file in files})
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
                "data": [_describe(file) for file in files],
            },
            "versions": export.versions(),
        },
    )
    print(f"\nwrote {path} ({path.stat().st_size / 1000:.0f} kB), {path.stem}.keras and {path.stem}.json")
    return 0


def _render(options: argparse.Namespace) -> int:
    from training.rendered import render, save

    images, labels = render(options.sheets, options.scenes, options.seed, options.processes)
    try:
        save(options.output, images, labels)
    except OSError as error:
        raise DataError(f"cannot write {options.output}: {error.strerror or error}") from error
    print(f"wrote {len(labels)} glyphs to {options.output}, {int((labels == NOT_A_DIGIT).sum())} of them no digit")
    return 0


def _evaluate(options: argparse.Namespace) -> int:
    Classifier(options.model)  # a model that cannot be loaded is told before the data are read
    _measure(options.model, _read_files(options), trained_on(options.model))
    return 0


def _measure(model: Path, files: list[File], learnt: set[str]) -> dict[str, Any]:
    results = score(Classifier(model), files, learnt)
    for result in results:
        if result.of_digits:
            print("\n" + digit_report(result))
    if not all(result.of_digits for result in results):
        print("\n" + rejection_report(results))
    return summary(results)


def _read_files(options: argparse.Namespace) -> list[File]:
    digits, nondigits = map(read_digits, options.digits), map(read_nondigits, options.nondigits)
    return [read_mnist(options.mnist), *digits, *nondigits]


def _describe(file: File) -> dict[str, Any]:
    sources = {
        source.name: {part: int((source.part == i).sum()) for i, part in enumerate(PARTS)} for source in file.sources
    }
    return {"file": file.name, "sha256": file.sha256, "images": sources}


def _command(options: argparse.Namespace) -> str:
    """The command that makes this model again, with the names of files but not where they lay."""
    words = ["python -m training train"]
    for name, value in vars(options).items():
        if name in ("command", "output", "runs") or value == _parser().parse_args(["train"]).__dict__[name]:
            continue
        option = "--" + name.replace("_", "-")
        if isinstance(value, bool):
            words.append(option if value else "--no-" + option[2:])
        else:
            words += [f"{option} {Path(str(each)).name}" for each in (value if isinstance(value, list) else [value])]
    return " ".join(words)


def _positive(text: str) -> int:
    value = int(text)
    if value < 1:
        raise argparse.ArgumentTypeError("must be 1 or more")
    return value


def _count(text: str) -> int:
    value = int(text)
    if value < 0:
        raise argparse.ArgumentTypeError("must be 0 or more")
    return value


def _width(text: str) -> int:
    value = _positive(text)
    if value % 8:
        raise argparse.ArgumentTypeError("must be a multiple of 8")
    return value


if __name__ == "__main__":
    sys.exit(main())
