"""The report: one page that stands alone, pictures and all, and the same figures as JSON."""

from __future__ import annotations

import hashlib
import json
import tempfile
from collections.abc import Iterable, Sequence
from html import escape
from pathlib import Path
from typing import Any

import numpy as np

from realtime.recognition.classifier import Classifier
from training.evaluate import charts, scores
from training.evaluate.robustness import CONDITIONS
from training.evaluate.scores import Reader, Scored, read
from training.evaluate.timing import GLYPHS, milliseconds

PAGE, FIGURES = "index.html", "report.json"

_DISTURBED = 2000  # images that are blurred, turned and so on: enough for half a percent
_WORST = 40  # mistakes shown

_STYLE = """
:root { --back: #fff; --text: #24292f; --quiet: #57606a; --line: #d0d7de; --thin: #eaeef2; --code: #f6f8fa; }
@media screen { :root { color-scheme: light dark; } }
@media screen and (prefers-color-scheme: dark) {
  :root { --back: #16181c; --text: #e6e8eb; --quiet: #a0a8b2; --line: #3a4048; --thin: #2a2f36; --code: #24282e; }
  img { filter: invert(1) hue-rotate(180deg); } /* light lines instead of dark ones, in the same colours */
}
body { font: 16px/1.5 system-ui, sans-serif; color: var(--text); background: var(--back); max-width: 62rem;
  margin: 2rem auto; padding: 0 1rem; }
h1, h2, h3 { line-height: 1.2; }
h2 { margin-top: 3rem; border-bottom: 1px solid var(--line); padding-bottom: .3rem; }
table { border-collapse: collapse; font-variant-numeric: tabular-nums; margin: 1rem 0; }
th, td { padding: .2rem .6rem; text-align: right; white-space: nowrap; border-bottom: 1px solid var(--thin); }
th:first-child, td:first-child { text-align: left; white-space: normal; }
figure { margin: 1rem 0; } figcaption { color: var(--quiet); font-size: .9rem; } img { max-width: 100%; height: auto; }
.side { display: flex; flex-wrap: wrap; gap: 1rem; } .side figure { flex: 1 1 20rem; }
code { background: var(--code); padding: .1rem .3rem; }
"""


def measure(model: Path, results: list[Scored]) -> dict[str, Any]:
    """All figures of the report.

    Args:
        model: a `.tflite`; a `.keras` of the same name beside it is measured as floats.
        results: what the model made of its sources, from `training.evaluate.scores.score`.

    Returns:
        Plain data; shares from 0 to 1.
    """
    digits = [result for result in results if result.of_digits]
    others = [result for result in results if not result.of_digits]
    files = [_engine("int8", model.stat().st_size, Classifier(model), digits[0])]
    if model.with_suffix(".keras").exists():
        files.append(_floats(model.with_suffix(".keras"), digits[0]))
    return {
        "model": model.name,
        "sha256": hashlib.sha256(model.read_bytes()).hexdigest(),
        "files": files,
        "sets": {result.name: _set(result) for result in digits},
        "nondigits": {
            result.name: {"images": len(result.labels), "accepted": scores.accepted(result, scores.FLOOR)}
            for result in others
        },
        "robustness": robustness(Classifier(model), digits[0]),
    }


def robustness(classifier: Reader, result: Scored) -> dict[str, Any]:
    """Accuracy at every level of every condition of `robustness`, on some of the images of `result`."""
    step = -(-len(result.labels) // _DISTURBED)
    images, labels = result.images[::step], result.labels[::step]
    curves = {}
    for name, levels, change in CONDITIONS:
        right = [float((read(classifier, change(images, x)).argmax(axis=1) == labels).mean()) for x in levels]
        curves[name] = {"levels": list(levels), "accuracy": right}
    return {"set": result.name, "images": len(labels), "conditions": curves}


def write_report(folder: Path, model: Path, results: list[Scored]) -> Path:
    """Measure and write `index.html` and `report.json`; returns the path of the page.

    Raises:
        OSError: the folder cannot be written to.
    """
    folder.mkdir(parents=True, exist_ok=True)
    figures = measure(model, results)
    (folder / FIGURES).write_text(json.dumps(figures, indent=2) + "\n", encoding="utf-8")
    (folder / PAGE).write_text(page(figures, results), encoding="utf-8")
    return folder / PAGE


def page(figures: dict[str, Any], results: list[Scored]) -> str:
    """The page, with its pictures inside."""
    parts = [
        f"<h1>How well {escape(figures['model'])} reads</h1>",
        "<p>Measured on images it has not learnt from, with the engine that reads live. "
        "“Not a digit” for a digit is an error; “of ten” is the accuracy if it were known that each is a digit. "
        f"SHA-256 of the model <code>{figures['sha256'][:16]}…</code>, figures in <code>{FIGURES}</code>.</p>",
        "<h2>At a glance</h2>",
        _overview(figures),
        "<h2>Size and time</h2>",
        _engines(figures),
    ]
    for result in results:
        if result.of_digits:
            parts += _section(result, figures["sets"][result.name])
    if figures["nondigits"]:
        rows = [(name, its["images"], _percent(its["accepted"])) for name, its in figures["nondigits"].items()]
        parts += [
            "<h2>What is not a digit</h2>",
            f"<p>Taken for a digit all the same, at the live loop's least confidence of {scores.FLOOR}:</p>",
            _table(("set", "images", "accepted"), rows),
        ]
    parts += _bearing(figures["robustness"], next(result for result in results if result.of_digits))
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width"><title>Digits: report</title>'
        f"<style>{_STYLE}</style></head><body>\n" + "\n".join(parts) + "\n</body></html>\n"
    )


def _set(result: Scored) -> dict[str, Any]:
    return {
        "images": len(result.labels),
        "accuracy": scores.accuracy(result),
        "accuracy_of_ten": scores.accuracy_of_ten(result),
        "calibration_error": scores.calibration_error(result),
        "by_digit": scores.by_digit(result),
        "confusion": scores.confusion(result).tolist(),
        "reliability": scores.reliability(result),
        "rejection": scores.rejection(result),
    }


def _engine(name: str, size: int, classifier: Classifier, result: Scored) -> dict[str, Any]:
    right = read(classifier, result.images).argmax(axis=1) == result.labels
    return {
        "name": name,
        "bytes": size,
        "accuracy": float(right.mean()),
        "milliseconds": {n: milliseconds(classifier, n) for n in GLYPHS},
    }


def _floats(path: Path, result: Scored) -> dict[str, Any]:
    import keras  # seconds to import, and only needed where there is such a file

    from training.models.export import to_tflite

    content = to_tflite(keras.models.load_model(path), int8=False)
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "float.tflite")
        file.write_bytes(content)
        return _engine("float32", len(content), Classifier(file), result)


def _overview(figures: dict[str, Any]) -> str:
    rows = []
    for name, its in figures["sets"].items():
        f1 = np.mean([row["f1"] for row in its["by_digit"] if row["images"]])
        shares = [_percent(its[key]) for key in ("accuracy", "accuracy_of_ten")]
        rows.append((name, its["images"], *shares, f"{f1:.4f}", f"{100 * its['calibration_error']:.2f} %"))
    return _table(("set", "digits", "accuracy", "of ten", "mean F1", "calibration error"), rows)


def _engines(figures: dict[str, Any]) -> str:
    rows = []
    for engine in figures["files"]:
        times = (f"{value:.2f} ms" for value in engine["milliseconds"].values())
        rows.append((engine["name"], f"{engine['bytes'] / 1000:.0f} kB", _percent(engine["accuracy"]), *times))
    heads = (f"{n} glyph{'s' if n > 1 else ''}" for n in GLYPHS)
    first = next(iter(figures["sets"]))
    return _table(("weights", "file", f"accuracy on {first}", *heads), rows) + (
        "<p>One thread of the machine that made this report. The live loop runs the int8 file, one call a frame.</p>"
    )


def _section(result: Scored, its: dict[str, Any]) -> Iterable[str]:
    name = escape(result.name)
    yield f"<h2>{name}: {its['images']} digits, {_percent(its['accuracy'])} right</h2>"
    rows = [
        (row["digit"], f"{row['precision']:.4f}", f"{row['recall']:.4f}", f"{row['f1']:.4f}", row["images"])
        for row in its["by_digit"]
    ]
    yield '<div class="side">'
    yield _table(("digit", "precision", "recall", "F1", "images"), rows)
    yield _figure(charts.confusion(np.array(its["confusion"])), "Confusion matrix; mistakes are coloured")
    yield "</div>"
    yield '<div class="side">'
    bins = its["reliability"]
    columns = ([row[key] for row in bins] for key in ("confidence", "right", "images"))
    told = "Reliability: on the line, confidence is the share that is right; a bar is what may be chance"
    yield _figure(charts.reliability(*columns), f"{told} (calibration error {_percent(its['calibration_error'])})")
    curve = its["rejection"]
    chart = charts.rejection([row["rejected"] for row in curve], [row["accuracy"] for row in curve])
    yield _figure(chart, "Accuracy against the share rejected")
    yield "</div>"
    worst = worst_mistakes(result)
    if worst:
        wrong = int((result.predicted != result.labels).sum())
        yield _figure(
            charts.mistakes(worst), f"The surest {len(worst)} of {wrong} mistakes: what was meant as what was read"
        )


def worst_mistakes(result: Scored, most: int = _WORST) -> list[charts.Mistake]:
    """Image, what was meant, what was read and how surely, the surest mistakes first."""
    sure = result.probabilities.max(axis=1)
    wrong = np.flatnonzero(result.predicted != result.labels)
    order = wrong[np.argsort(-sure[wrong], kind="stable")][:most]
    return [(result.images[i], int(result.labels[i]), int(result.predicted[i]), float(sure[i])) for i in order]


def _bearing(figures: dict[str, Any], result: Scored) -> Iterable[str]:
    conditions = figures["conditions"]
    yield "<h2>What it bears</h2>"
    told = f"Accuracy on {figures['images']} digits of {escape(figures['set'])}, changed, normalised again and read"
    yield _figure(charts.robustness((name, its["levels"], its["accuracy"]) for name, its in conditions.items()), told)
    first = result.images[:1]
    for name, levels, change in CONDITIONS:
        titles = [
            f"{level:g}\n{_percent(share)}" for level, share in zip(levels, conditions[name]["accuracy"], strict=True)
        ]
        changed = [change(first, level)[0] for level in levels]
        yield _figure(charts.pictures(changed, titles, max(len(each[1]) for each in CONDITIONS)), name)


def _figure(figure: Any, caption: str) -> str:
    words = escape(caption)
    return f'<figure><img src="{charts.inline(figure)}" alt="{words}"><figcaption>{words}</figcaption></figure>'


def _table(heads: Sequence[str], rows: Iterable[Sequence[Any]]) -> str:
    head = "".join(f"<th>{each}</th>" for each in heads)
    body = "".join("<tr>" + "".join(f"<td>{escape(str(cell))}</td>" for cell in row) + "</tr>" for row in rows)
    return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"


def _percent(share: float) -> str:
    return f"{100 * share:.2f} %"
