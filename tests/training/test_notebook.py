"""The notebook runs from its first cell to its last, in its quick setting, on data that are next to nothing."""

from __future__ import annotations

import base64
import re
from difflib import SequenceMatcher
from pathlib import Path
from typing import Any

import cv2
import nbformat
import numpy as np
import pytest
from nbclient import NotebookClient

NOTEBOOK = Path(__file__).resolve().parents[2] / "training" / "MNIST_Digit_Recognition.ipynb"


def read() -> Any:
    return nbformat.read(NOTEBOOK, as_version=4)


def outputs(notebook: Any, kind: str) -> list[Any]:
    return [each for cell in notebook.cells for each in cell.get("outputs", []) if each.output_type == kind]


def pictures(notebook: Any) -> list[np.ndarray]:
    """All pictures shown, each as an array of grey pixels."""
    shown = [data for each in outputs(notebook, "execute_result") for data in each.data.items()]
    coded = [base64.b64decode(value) for kind, value in shown if kind.startswith("image/")]
    return [cv2.imdecode(np.frombuffer(each, np.uint8), cv2.IMREAD_GRAYSCALE) for each in coded]


def test_it_runs_from_the_first_cell_to_the_last(mnist_file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MNIST", str(mnist_file))
    notebook = read()
    shapes = next(cell for cell in notebook.cells if "3_000 if QUICK" in cell.source)
    shapes.source = shapes.source.replace("3_000 if QUICK", "300 if QUICK")
    data = next(cell for cell in notebook.cells if "read_mnist(" in cell.source)
    data.source = "from training.data import sources\nsources.MNIST_VALIDATION = 50\n" + data.source
    client = NotebookClient(notebook, timeout=250, resources={"metadata": {"path": str(NOTEBOOK.parent)}})
    client.execute()  # raises where a cell does
    text = "".join(each.text for each in outputs(notebook, "stream"))
    assert "epoch 3" in text and "test digits read rightly" in text
    truth, shipped = re.findall(r"^(?:written|shipped): +(.*)$", text, re.MULTILINE)
    assert SequenceMatcher(None, truth, shipped).ratio() > 0.9, "the shipped network reads the photo"
    shown = pictures(notebook)
    assert len(shown) >= 9
    assert all(picture.std() > 10 for picture in shown), "one of them is empty"


def test_what_is_committed_has_been_run_and_is_small() -> None:
    assert NOTEBOOK.stat().st_size < 300_000
    notebook = read()
    counts = [cell.execution_count for cell in notebook.cells if cell.cell_type == "code"]
    assert counts == list(range(1, len(counts) + 1)), "run from the top, once"
    assert not outputs(notebook, "error")
    assert not [each for each in outputs(notebook, "stream") if each.name == "stderr"]
    assert len(pictures(notebook)) >= 9


def test_it_imports_our_code_instead_of_repeating_it() -> None:
    code = "\n".join(cell.source for cell in read().cells if cell.cell_type == "code")
    assert len(re.findall(r"^from (?:realtime|training)", code, re.MULTILINE)) >= 12
    assert not re.search(r"keras|GradientTape|tf\.|Conv2D|pyplot", code)
    assert max(map(len, code.splitlines())) <= 120
