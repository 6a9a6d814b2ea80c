"""Searchable PDF: pages as they were, and over them, invisible, the numbers that were read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest

from realtime.detections import Detections
from realtime.layout.arrange import arrange
from realtime.live.result import FrameResult
from realtime.sinks.paths import OutputError
from realtime.sinks.pdf import PdfSink
from realtime.sources.frame import Frame, mirrored
from realtime.sources.open import open_source

pdfium = pytest.importorskip("pypdfium2")

SAMPLES = Path(__file__).parents[2] / "samples"
ROWS = SAMPLES / "rows.jpg"  # 1280x960, without a size on paper
BOXES = {"12": (100, 200, 180, 260), "7": (300, 210, 330, 258)}
"""Numbers, and where they stand in a picture as it was read."""


def read(frame: Frame, quarters: int = 0) -> FrameResult:
    """What is read in a frame: `BOXES`, after it was turned so many quarters clockwise."""
    frame = replace(frame, image=np.ascontiguousarray(np.rot90(frame.image, -quarters)), turned=quarters)
    boxes = np.array([(100, 200, 140, 260), (140, 200, 180, 260), BOXES["7"]])
    probabilities = np.full((3, 11), 0.001, np.float32)
    probabilities[[0, 1, 2], [1, 2, 7]] = 0.99
    digits = Detections.from_probabilities(boxes, probabilities)
    return FrameResult(frame, None, digits, arrange(digits))


def save(path: Path, inputs: Sequence[str | Path], quarters: int = 0, *, mirror: bool = False, most: int = 9) -> None:
    names = [str(name) for name in inputs]
    with PdfSink(str(path), names) as sink, open_source(names, max_frames=most) as source:
        for frame in source:
            sink.write(read(mirrored(frame) if mirror else frame, quarters))


def numbers(path: Path, page: int = 0, width: int = 1280) -> dict[str, tuple[int, ...]]:
    """The words of a page that is drawn so many pixels wide, and the box around each in these pixels."""
    with pdfium.PdfDocument(str(path)) as document:
        drawn = document[page]
        scale = width / drawn.get_width()
        edge, _, _, top = drawn.get_bbox()
        text, found = drawn.get_textpage(), {}
        characters = text.get_text_range()
        for word in characters.split():
            start = characters.index(word)
            sides = np.array([text.get_charbox(start + i) for i in range(len(word))])
            (left, low), (right, high) = sides[:, :2].min(axis=0), sides[:, 2:].max(axis=0)
            found[word] = tuple(round(scale * side) for side in (left - edge, top - high, right - edge, top - low))
        return found


def picture(path: Path, page: int = 0) -> np.ndarray:
    """A page, 640 pixels wide."""
    with pdfium.PdfDocument(str(path)) as document:
        drawn = document[page]
        image: np.ndarray = drawn.render(scale=640 / drawn.get_width(), rev_byteorder=False).to_numpy()[..., :3]
        return image.astype(int)


def assert_near(found: dict[str, tuple[int, ...]], expected: dict[str, tuple[int, int, int, int]]) -> None:
    """The glyphs of a font do not fill their places to the sides."""
    assert sorted(found) == sorted(expected)
    for word, box in expected.items():
        np.testing.assert_allclose(found[word], box, atol=8, err_msg=word)


@pytest.fixture(scope="module")
def document(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A PDF of three pages: one is turned, one cut."""
    path = tmp_path_factory.mktemp("pdf") / "pages.pdf"
    with pdfium.PdfDocument.new() as made:
        for _ in range(3):
            page = made.new_page(300, 400)
            image = pdfium.PdfImage.new(made)
            image.load_jpeg(str(ROWS), inline=True)
            image.set_matrix(pdfium.PdfMatrix().scale(300, 400))
            page.insert_obj(image)
            page.gen_content()
        made[0].set_rotation(90)
        made[1].set_cropbox(20, 30, 280, 390)
        made.save(str(path))
    return path


def test_a_photo_is_a_page_with_its_numbers_where_they_stand(tmp_path: Path):
    path = tmp_path / "new" / "out.pdf"
    save(path, [ROWS])
    assert_near(numbers(path), BOXES)
    with pdfium.PdfDocument(str(path)) as document:
        assert len(document) == 1
        assert max(document[0].get_size()) == pytest.approx(842), "as long as A4, for the photo tells no size"
    photo = cv2.resize(cv2.imread(str(ROWS)), (640, 480), interpolation=cv2.INTER_AREA).astype(int)
    assert np.abs(picture(path) - photo).mean() < 3, "and no letter is seen"
    assert ROWS.read_bytes() in path.read_bytes(), "a JPEG stays as it is"
    assert [name.name for name in path.parent.iterdir()] == ["out.pdf"]


@pytest.mark.parametrize("quarters", [1, 2, 3])
def test_a_page_lies_as_its_source_and_the_numbers_are_turned(quarters: int, tmp_path: Path):
    path = tmp_path / "out.pdf"
    save(path, [ROWS], quarters)
    left, top, right, bottom = BOXES["12"]
    wide, high = 1280, 960
    place = {
        1: (top, high - right, bottom, high - left),
        2: (wide - right, high - bottom, wide - left, high - top),
        3: (wide - bottom, left, wide - top, right),
    }[quarters]
    np.testing.assert_allclose(numbers(path)["12"], place, atol=8)


def test_the_size_on_paper_is_that_of_the_scan(tmp_path: Path):
    pillow = pytest.importorskip("PIL.Image")
    for ending in ("png", "tif"):
        scan, path = tmp_path / f"scan.{ending}", tmp_path / "out.pdf"
        pillow.open(ROWS).save(scan, dpi=(160, 160))
        save(path, [scan])
        with pdfium.PdfDocument(str(path)) as document:
            assert document[0].get_size() == pytest.approx((1280 / 160 * 72, 960 / 160 * 72), abs=0.1)


def test_pages_of_a_pdf_stay_what_they_are(document: Path, tmp_path: Path):
    """Those of the first one are not copied, those of others are; a file that is read twice has its pages twice."""
    path = tmp_path / "out.pdf"
    save(path, [document, ROWS, document])
    with pdfium.PdfDocument(str(path)) as made, pdfium.PdfDocument(str(document)) as source:
        assert len(made) == 7
        for place, page in enumerate([0, 1, 2, None, 0, 1, 2]):
            if page is None:
                continue
            np.testing.assert_allclose(made[place].get_size(), source[page].get_size(), atol=0.4)
            assert (place > 3) or made[place].get_rotation() == source[page].get_rotation()
            width = round(source[page].get_width() * 200 / 72)
            kept, given = picture(path, place)[:470], picture(document, page)[:470]
            assert np.abs(kept - given).mean() < 3
            if made[place].get_rotation() == 0:
                assert_near(numbers(path, place, width), BOXES)


def test_what_a_page_does_to_its_coordinates_moves_no_number(tmp_path: Path):
    source, path = tmp_path / "scaled.pdf", tmp_path / "out.pdf"
    content = b"0.5 0 0 0.5 20 20 cm 0 0 300 400 re f"  # and nothing takes it back
    source.write_bytes(
        b"%%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n"
        b"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 300 400]/Contents 4 0 R>>endobj\n"
        b"4 0 obj<</Length %d>>stream\n%s\nendstream endobj\ntrailer<</Root 1 0 R>>\n" % (len(content), content)
    )
    save(path, [source])
    assert_near(numbers(path, width=round(300 * 200 / 72)), BOXES)
    assert np.abs(picture(path) - picture(source)).mean() < 1


def test_a_searchable_pdf_that_is_read_again_has_each_number_once(document: Path, tmp_path: Path):
    first, path = tmp_path / "first.pdf", tmp_path / "out.pdf"
    save(first, [document])
    save(path, [first, ROWS, first])
    with pdfium.PdfDocument(str(path)) as made:
        texts = [sorted(page.get_textpage().get_text_range().split()) for page in made]
    assert texts == [["12", "7"]] * 7


def test_what_was_not_read_is_no_page(document: Path, tmp_path: Path):
    path = tmp_path / "out.pdf"
    save(path, [document], most=2)
    with pdfium.PdfDocument(str(path)) as made:
        assert len(made) == 2


def test_a_mirrored_page_is_mirrored(document: Path, tmp_path: Path):
    path = tmp_path / "out.pdf"
    save(path, [document], mirror=True, most=1)
    assert np.abs(picture(path)[:, ::-1] - picture(document)).mean() < 4
    assert_near(numbers(path, width=1111), BOXES)


def test_what_was_read_is_kept_when_reading_ends_early(tmp_path: Path):
    path = tmp_path / "out.pdf"
    path.write_text("before")
    with pytest.raises(KeyboardInterrupt), PdfSink(str(path), [str(ROWS)]):
        raise KeyboardInterrupt
    assert path.read_text() == "before", "nothing was read, and nothing is written"
    with (
        pytest.raises(KeyboardInterrupt),
        PdfSink(str(path), [str(ROWS)]) as sink,
        open_source(str(ROWS)) as source,
    ):
        sink.write(read(next(iter(source))))
        assert path.read_text() == "before", "it is replaced at the end"
        raise KeyboardInterrupt
    assert sink.saved == [str(path)]
    assert_near(numbers(path), BOXES)


def test_what_cannot_be_a_pdf_is_refused_at_once(tmp_path: Path):
    path, clip = tmp_path / "out.pdf", SAMPLES / "clip.mp4"
    with pytest.raises(OutputError, match=f"holds photos and documents, not {clip}"):
        PdfSink(str(path), [str(ROWS), str(clip)])
    with pytest.raises(OutputError, match="not a camera or stream"):
        PdfSink(str(path), live=True)
    path.write_bytes(b"%PDF-")
    with pytest.raises(OutputError, match="this is what is being read"):
        PdfSink(str(path), [str(path)])
    path.unlink()
    (tmp_path / "file").touch()
    with pytest.raises(OutputError, match="not a folder"):
        PdfSink(str(tmp_path / "file" / "out.pdf"), [str(ROWS)])


def test_what_is_no_file_is_a_page_as_well(tmp_path: Path):
    """From standard input or the clipboard: that a file is called so is chance, and a video among it ends the run."""
    path, image = tmp_path / "out.pdf", np.full((960, 1280, 3), 200, np.uint8)
    with pytest.raises(OutputError, match="not clipboard"), PdfSink(str(path)) as sink:
        sink.write(read(Frame(image, "clipboard", 0, 0.0, still=True)))
        sink.write(read(Frame(image, "clipboard", 1, 0.1, still=False)))
    assert_near(numbers(path), BOXES)
    assert abs(picture(path).mean() - 200) < 3


def test_a_full_disk_is_one_line_and_leaves_what_was_there(tmp_path: Path):
    resource = pytest.importorskip("resource")
    path = tmp_path / "out.pdf"
    path.write_text("before")
    sink = PdfSink(str(path), [str(ROWS)])
    with open_source(str(ROWS)) as source:
        sink.write(read(next(iter(source))))
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1000, hard))
    try:
        with pytest.raises(OutputError, match=r"out\.pdf"):
            sink.close()
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert path.read_text() == "before" and len(list(tmp_path.iterdir())) == 1
