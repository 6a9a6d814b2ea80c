"""Whatever comes in is read, or refused in one line: no other exception, and nothing that never ends.

`HYPOTHESIS_PROFILE=long` tries 10,800 inputs, twelve times as many.
"""

from __future__ import annotations

import asyncio
import io
import json
import os
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pypdfium2
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

from realtime.batch.inputs import find
from realtime.networks.model_file import ModelError, read_model
from realtime.sinks.own_digits import LABELS, OwnDigitsError, read_digits
from realtime.sinks.paths import OutputError
from realtime.sinks.records import CsvSink, SaveSink
from realtime.sources.frame import Frame, SourceError
from realtime.sources.open import open_source
from realtime.sources.stills import page_count
from realtime.web.corrections import parse_boxes, parse_labels
from realtime.web.guard import Guard

_SHARED: Any = dict(deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck))
settings.register_profile("usual", max_examples=50, **_SHARED)
settings.register_profile("long", max_examples=600, **_SHARED)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "usual"))

PICTURE = cv2.circle(np.full((48, 64, 3), 220, np.uint8), (30, 24), 12, (30, 30, 30), 3)


def picture(suffix: str) -> bytes:
    return cv2.imencode(suffix, PICTURE)[1].tobytes()


def pages(suffix: str) -> bytes:
    file, page = io.BytesIO(), Image.fromarray(PICTURE)
    kind = {".tif": "TIFF", ".gif": "GIF"}[suffix]
    page.save(file, kind, save_all=True, append_images=[page, page], duration=900)  # TIFF knows no duration
    return file.getvalue()


def pdf(__: str) -> bytes:
    file, document = io.BytesIO(), pypdfium2.PdfDocument.new()
    for _ in range(2):
        document.new_page(60, 40)
    document.save(file)
    document.close()
    return file.getvalue()


def video(suffix: str) -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"whole{suffix}"
        with SaveSink(str(path)) as sink:
            for i in range(4):
                sink.write(Frame(PICTURE, "a", i, i / 10, still=False, fps=10), PICTURE)
        return path.read_bytes()


WHOLE = {
    **dict.fromkeys((".jpg", ".png", ".webp", ".bmp", ".ppm"), picture),
    **dict.fromkeys((".tif", ".gif"), pages),
    ".pdf": pdf,
    **dict.fromkeys((".mp4", ".webm", ".avi"), video),
}

EDITS = st.lists(st.tuples(st.floats(0, 1), st.binary(max_size=6), st.booleans()), min_size=1, max_size=6)
"""Each: where, what, and whether it is put there instead of what is there or between it."""


def damaged(content: bytes, edits: list[tuple[float, bytes, bool]], share: float) -> bytes:
    """A file with some of its bytes changed, and perhaps its end cut off."""
    for where, what, instead in edits:
        at = int(where * len(content))
        content = content[:at] + what + content[at + (len(what) if instead else 0) :]
    return content[: int(len(content) * share)] if share < 1 else content


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("fuzzed")


@pytest.fixture(scope="module", params=WHOLE)
def whole(request: pytest.FixtureRequest) -> tuple[str, bytes]:
    return request.param, WHOLE[request.param](request.param)


@given(edits=EDITS, share=st.sampled_from([1.0, 1.0, 0.97, 0.6, 0.1, 0.0]))
def test_files(folder: Path, whole: tuple[str, bytes], edits: list[tuple[float, bytes, bool]], share: float):
    suffix, content = whole
    path = folder / f"a{suffix}"
    path.write_bytes(damaged(content, edits, share))
    try:
        page_count(str(path))
        with open_source(str(path), max_frames=6) as source:
            for frame in source:
                assert frame.image.ndim == 3 and frame.image.dtype == np.uint8
    except SourceError as error:
        assert str(error).startswith(str(path)) and "\n" not in str(error)


NAMES = st.text(st.characters(codec="utf-8"), max_size=40) | st.text("*?[]{}~/\\.@:#%a1", max_size=20)


@given(name=NAMES)
def test_names_of_sources(folder: Path, name: str):
    spec = str(folder) + "/" + name
    try:
        with open_source(spec) as source:
            assert source.inputs and all(os.path.exists(path) for path in source.inputs)
    except SourceError as error:
        assert spec in str(error)


@given(name=NAMES)
def test_names_of_outputs(folder: Path, name: str):
    for sink in (CsvSink, SaveSink):
        before = set(folder.iterdir())
        with suppress(OutputError), sink(f"{folder}/out/{name.replace('..', '')}"):
            pass
        assert set(folder.iterdir()) <= before | {folder / "out"}, "it wrote where it was not asked to"


@given(content=st.binary(max_size=200) | st.lists(NAMES).map(lambda names: "\n".join(names).encode()))
def test_lists_of_inputs(folder: Path, content: bytes):
    (folder / "list.txt").write_bytes(content.replace(b"/", b"").replace(b"..", b""))
    refused: list[str] = []
    before = os.getcwd()
    os.chdir(folder)
    try:
        found = list(find(["@list.txt"], refused.append))
        assert len(found) == len(set(found)) and all(os.path.exists(path) for path in found)
        assert not [line for line in refused if "\n" in line]
    finally:
        os.chdir(before)


@given(
    card=st.binary(max_size=60)
    | st.recursive(st.none() | st.integers() | st.text(), st.lists).map(json.dumps).map(str.encode)
)
def test_model_cards(folder: Path, card: bytes):
    (folder / "model.tflite").write_bytes(b"no model")
    (folder / "model.json").write_bytes(card)
    with pytest.raises(ModelError):
        read_model(folder / "model.tflite")


@given(
    rows=st.lists(st.lists(st.text(max_size=12) | st.sampled_from(["crop.png", "3", "x"]), max_size=10), max_size=6),
    raw=st.binary(max_size=80) | st.none(),
)
def test_labels_of_own_digits(folder: Path, rows: list[list[str]], raw: bytes | None):
    (folder / "crop.png").write_bytes(picture(".png"))
    text = "file,label,read,confidence,frame,x1,y1,x2,y2\n" + "\n".join(",".join(row) for row in rows)
    (folder / LABELS).write_bytes(text.encode("utf-8", "surrogatepass") if raw is None else raw)
    with suppress(OwnDigitsError):
        images, labels = read_digits(folder)
        assert len(images) == len(labels)


@given(edits=EDITS, share=st.sampled_from([1.0, 0.9, 0.3, 0.0]))
def test_crops_of_own_digits(folder: Path, edits: list[tuple[float, bytes, bool]], share: float):
    (folder / "crop.png").write_bytes(damaged(picture(".png"), edits, share))
    (folder / LABELS).write_text("file,label,read,confidence,frame,x1,y1,x2,y2\ncrop.png,3,3,0.9,crop.png,1,1,9,9\n")
    with suppress(OwnDigitsError):
        images, labels = read_digits(folder)
        assert len(images) == len(labels) <= 1


@given(text=st.text(max_size=40) | st.text("0123456789:,;x-", max_size=40))
def test_corrections(text: str):
    with suppress(ValueError):
        assert all(place >= 0 and label in range(11) for place, label in parse_labels(text).items())
    with suppress(ValueError):
        assert all(x1 < x2 and y1 < y2 and label in range(11) for (x1, y1, x2, y2), label in parse_boxes(text))


@given(host=st.binary(max_size=40) | st.text("[]:@./al1-", max_size=20).map(str.encode), origin=st.binary(max_size=40))
def test_headers_of_requests(host: bytes, origin: bytes):
    sent = []

    async def app(scope, receive, send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b""})

    async def send(message) -> None:
        sent.append(message)

    scope = {"type": "http", "method": "GET", "path": "/", "headers": [(b"host", host), (b"origin", origin)]}
    asyncio.run(Guard(app)(scope, None, send))  # type: ignore[arg-type]
    assert sent[0]["status"] in (200, 400, 403, 421)
