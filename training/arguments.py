"""The command line of `python -m training`: every option of every command."""

from __future__ import annotations

import argparse
import os
from pathlib import Path

from realtime.recognition.classifier import DEFAULT_MODEL
from training.settings import ARCHITECTURES, SHIPPED, InkSettings, Settings

COMPARED_EPOCHS = 3


def parser() -> argparse.ArgumentParser:
    """The parser; each command's name is in `command`."""
    main = argparse.ArgumentParser(
        "python -m training",
        description="Makes the network that `python -m realtime` loads, measures it, and teaches it a person's hand.",
        allow_abbrev=False,
    )
    commands = main.add_subparsers(dest="command", required=True)
    _train(commands.add_parser("train", help="make digits.keras, digits.tflite and digits.json", allow_abbrev=False))
    _join(commands.add_parser("join", help="make one model of two networks", allow_abbrev=False))
    _glance(
        commands.add_parser("glance", help="make the small network that a model looks with first", allow_abbrev=False)
    )
    _ink(commands.add_parser("ink", help="make the network that finds digits", allow_abbrev=False))
    _decide(commands.add_parser("decide", help="grow the trees that go with it", allow_abbrev=False))
    _line(commands.add_parser("line", help="make the network that reads whole rows", allow_abbrev=False))
    _render(commands.add_parser("render", help="make glyphs for --rendered: our own pages, cut up", allow_abbrev=False))
    _evaluate(commands.add_parser("evaluate", help="measure a model on what it has not learnt", allow_abbrev=False))
    _compare(
        commands.add_parser("compare", help="train several networks alike and tell them apart", allow_abbrev=False)
    )
    _personalize(commands.add_parser("personalize", help="teach a model your own handwriting", allow_abbrev=False))
    _card(commands.add_parser("card", help="renew a model's card and the page made from it", allow_abbrev=False))
    for command in commands.choices.values():
        command.add_argument("--verbose", action="store_true", help="give unexpected errors their traceback")
    return main


def parse(argv: list[str] | None = None) -> argparse.Namespace:
    """The options given; wrong ones end the process with exit code 2."""
    main = parser()
    options = main.parse_args(argv)
    if options.command == "train" and options.arch != SHIPPED and options.width != Settings.width:
        main.error(f'--width is of the network "{SHIPPED}"; the others have one width')
    return options


def _train(train: argparse.ArgumentParser) -> None:
    _add_data(train)
    _add_drawn(train)
    train.add_argument("--output", metavar="FOLDER", type=Path, default=DEFAULT_MODEL.parent, help="for the model")
    train.add_argument("--runs", metavar="FOLDER", type=Path, default=Path("runs/training"), help="for checkpoints")
    train.add_argument(
        "--teacher",
        metavar="FILE.tflite",
        type=Path,
        action="append",
        default=[],
        help="a network whose answers are learnt as well; may be repeated",
    )
    settings = train.add_argument_group("settings")
    settings.add_argument("--arch", choices=ARCHITECTURES, default=SHIPPED, help="the network (%(default)s)")
    settings.add_argument(
        "--width", type=_width, default=Settings.width, help='channels of the first layer of "digits" (%(default)s)'
    )
    settings.add_argument("--epochs", type=_positive, default=Settings.epochs, help="(%(default)s)")
    _add_settings(settings)


def _join(join: argparse.ArgumentParser) -> None:
    join.add_argument("first", metavar="FIRST.keras", type=Path, help="of a model that was joined, its first is taken")
    join.add_argument("second", metavar="SECOND.keras", type=Path, help="from train, with its card beside it")
    _add_data(join)
    _add_rendered(join.add_argument_group("what is drawn"))
    join.add_argument("--output", metavar="FOLDER", type=Path, default=DEFAULT_MODEL.parent, help="for the model")


def _glance(glance: argparse.ArgumentParser) -> None:
    _add_model(glance)
    _add_data(glance)
    _add_drawn(glance)
    glance.add_argument("--seed", type=int, default=Settings.seed, help="(%(default)s)")


def _ink(ink: argparse.ArgumentParser) -> None:
    _add_data(ink)
    _add_fonts(ink)
    ink.add_argument("--files", metavar="N", type=_positive, default=60, help="files of 512 crops (%(default)s)")
    ink.add_argument("--processes", metavar="N", type=_positive, default=os.cpu_count() or 1, help="(all cores)")
    ink.add_argument("--output", metavar="FOLDER", type=Path, default=DEFAULT_MODEL.parent, help="for the network")
    ink.add_argument("--runs", metavar="FOLDER", type=Path, default=Path("runs/ink"), help="for crops and checkpoints")
    ink.add_argument("--start", metavar="FILE", type=Path, help="weights to go on from, .keras or .weights.h5")
    settings = ink.add_argument_group("settings")
    settings.add_argument("--minutes", type=float, default=InkSettings.minutes, help="of training (%(default)s)")
    settings.add_argument(
        "--learning-rate", type=float, default=InkSettings.learning_rate, help="the highest (%(default)s)"
    )
    settings.add_argument("--batch-size", type=_positive, default=InkSettings.batch_size, help="(%(default)s)")
    settings.add_argument("--seed", type=int, default=InkSettings.seed, help="(%(default)s)")
    _add_mixed_precision(settings, InkSettings.mixed_precision)


def _decide(decide: argparse.ArgumentParser) -> None:
    _add_data(decide)
    _add_fonts(decide)
    decide.add_argument("--pages", metavar="N", type=_positive, default=300, help="to grow them on (%(default)s)")
    decide.add_argument("--seed", type=int, default=InkSettings.seed, help="(%(default)s)")


def _add_fonts(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--fonts", metavar="FOLDER", type=Path, help=".ttf and .otf files of handwriting to write with")


def _line(line: argparse.ArgumentParser) -> None:
    _add_data(line)
    line.add_argument(
        "--fonts", metavar="FOLDER", type=Path, help="handwriting fonts (.ttf, .otf) to learn from as well"
    )
    line.add_argument("--rows", metavar="N", type=_positive, default=60, help="files of 1,024 rows (%(default)s)")
    line.add_argument("--minutes", type=float, default=120.0, help="to learn for (%(default)s)")
    line.add_argument("--output", metavar="FOLDER", type=Path, default=DEFAULT_MODEL.parent, help="for the model")
    line.add_argument("--runs", metavar="FOLDER", type=Path, default=Path("runs/line"), help="for rows and checkpoints")
    line.add_argument("--start", metavar="FILE.weights.h5", type=Path, help="weights to go on from")
    line.add_argument("--learning-rate", type=float, default=2.5e-3, help="highest of the cycle (%(default)s)")
    line.add_argument("--seed", type=int, default=1, help="(%(default)s)")


def _compare(compare: argparse.ArgumentParser) -> None:
    _add_data(compare)
    _add_drawn(compare)
    compare.add_argument(
        "--runs", metavar="FOLDER", type=Path, default=Path("runs/compare"), help="for the models and checkpoints"
    )
    compare.add_argument(
        "--arch",
        choices=ARCHITECTURES,
        action="append",
        help="a network; may be repeated (all: " + ", ".join(ARCHITECTURES) + ")",
    )
    compare.add_argument("--seeds", metavar="N", type=_positive, default=1, help="runs of each (%(default)s)")
    settings = compare.add_argument_group("settings")
    settings.add_argument(
        "--epochs", type=_positive, default=COMPARED_EPOCHS, help="the budget, the same for all (%(default)s)"
    )
    _add_settings(settings)


def _render(render: argparse.ArgumentParser) -> None:
    render.add_argument("output", metavar="FILE.npz", type=Path)
    render.add_argument("--sheets", metavar="N", type=_positive, default=3600, help="pages with digits (%(default)s)")
    render.add_argument("--scenes", metavar="N", type=_count, default=1800, help="pictures without (%(default)s)")
    render.add_argument("--seed", type=int, default=11, help="(%(default)s)")
    render.add_argument("--processes", metavar="N", type=_positive, default=os.cpu_count() or 1, help="(all cores)")


def _evaluate(evaluate: argparse.ArgumentParser) -> None:
    _add_data(evaluate)
    _add_model(evaluate)
    evaluate.add_argument("--report", metavar="FOLDER", type=Path, help="also write a page with pictures there")
    evaluate.add_argument("--card", action="store_true", help="also put the figures into the model's card")


def _personalize(personalize: argparse.ArgumentParser) -> None:
    personalize.add_argument("folder", metavar="FOLDER", type=Path, help="your digits, from python -m realtime.collect")
    personalize.add_argument(
        "--test", metavar="FOLDER", type=Path, help="more of your digits, to measure with (a part of FOLDER, kept out)"
    )
    personalize.add_argument("--output", metavar="FOLDER", type=Path, help="for the model (FOLDER)")
    personalize.add_argument("--seed", type=int, default=1, help="(%(default)s)")
    _add_model(personalize)
    _add_data(personalize)


def _card(card: argparse.ArgumentParser) -> None:
    _add_model(card)


def _add_model(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--model", metavar="PATH", type=Path, default=DEFAULT_MODEL, help="a .tflite (the shipped one)")


def _add_data(parser: argparse.ArgumentParser) -> None:
    data = parser.add_argument_group("data")
    data.add_argument("--mnist", metavar="PATH", help="mnist.npz; downloaded through Keras without it")
    data.add_argument("--digits", metavar="FILE.npz", action="append", default=[], help="more digits; may be repeated")
    data.add_argument("--nondigits", metavar="FILE.npz", action="append", default=[], help="no digits; may be repeated")


def _add_drawn(parser: argparse.ArgumentParser) -> None:
    drawn = parser.add_argument_group("what is drawn")
    _add_rendered(drawn)
    drawn.add_argument(
        "--synthetic", metavar="N", type=_count, default=40_000, help="shapes drawn by rule (%(default)s)"
    )
    drawn.add_argument(
        "--rows", metavar="N", type=_count, default=2_000, help="pages of rows of the digits, cut up (%(default)s)"
    )


def _add_rendered(drawn: argparse._ArgumentGroup) -> None:
    drawn.add_argument("--rendered", metavar="FILE.npz", action="append", default=[], help="normalised glyphs, 0 to 10")


def _add_settings(settings: argparse._ArgumentGroup) -> None:
    settings.add_argument(
        "--learning-rate", type=float, default=Settings.learning_rate, help="highest of the cycle (%(default)s)"
    )
    settings.add_argument("--weight-decay", type=float, default=Settings.weight_decay, help="(%(default)s)")
    settings.add_argument("--batch-size", type=_positive, default=Settings.batch_size, help="(%(default)s)")
    settings.add_argument("--label-smoothing", type=float, default=Settings.label_smoothing, help="(%(default)s)")
    settings.add_argument(
        "--trust", type=_share, default=Settings.trust, help="share of the teachers in what is learnt (%(default)s)"
    )
    settings.add_argument(
        "--nondigit-weight", type=float, default=Settings.nondigit_weight, help="cost of a mistake (%(default)s)"
    )
    settings.add_argument(
        "--augmentation", type=float, default=Settings.augmentation, help="strength, 0 for none (%(default)s)"
    )
    settings.add_argument("--seed", type=int, default=Settings.seed, help="(%(default)s)")
    _add_mixed_precision(settings, Settings.mixed_precision)


def _add_mixed_precision(group: argparse._ArgumentGroup, default: bool) -> None:
    group.add_argument(
        "--mixed-precision",
        action=argparse.BooleanOptionalAction,
        default=default,
        help=f"compute in bfloat16, keep the weights in float32 ({'on' if default else 'off'})",
    )


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


def _share(text: str) -> float:
    value = float(text)
    if not 0 <= value <= 1:
        raise argparse.ArgumentTypeError("must be from 0 to 1")
    return value


def _width(text: str) -> int:
    value = _positive(text)
    if value % 8:
        raise argparse.ArgumentTypeError("must be a multiple of 8")
    return value
