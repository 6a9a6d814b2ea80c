"""A sheet in every kind of file that is read, and the table of docs/inputs.md that says so.

`python tests/support/every_input.py` writes the table anew from the list below; a test reads each file in all ways.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import av
import cv2
import numpy as np
import pillow_heif
from PIL import Image

PAGE = Path(__file__).resolve().parents[2] / "docs" / "inputs.md"
LINES = ["471", "58"]
"""What stands on each page."""

_HEAD = """\
# Inputs

<!-- Written by `python tests/support/every_input.py`; `tests/batch/test_every_input.py` reads every row. -->

A file is what its content says, whatever its name. The command with its window, the web app, archives and the Python
library open files with the same code, [`realtime/sources`](../realtime/sources). Each of these files gives the same
digits in `digits FILE`, in the web app and in `digits batch`:

| file | what is read of it | needs the extra |
|---|---|---|
"""

_TAIL = """
The extras are parts of `pip install`; `requirements-run.txt` contains them.

A file that cannot be read, or not to its end, is named in one line, and the exit code is 1. A picture or page of more
than 120 megapixels is refused before it is decoded; the web app refuses 50 megapixels.
"""


@dataclass(frozen=True)
class Input:
    """One kind of file.

    Attributes:
        title: what it is called in the table.
        name: of the file.
        read: what is read of it, for the table.
        contents: makes it.
        extra: of the package that reads it; none for what the light install reads.
        pages: how many it has; a video has none.
        lines: of digits on each page or frame.
        whole: whether nothing of it is missing.
    """

    title: str
    name: str
    read: str
    contents: Callable[[], bytes]
    extra: str = ""
    pages: int | None = 1
    lines: tuple[str, ...] = tuple(LINES)
    whole: bool = True


def sheet(ink: tuple[int, int, int] = (60, 30, 30), paper: tuple[int, int, int] = (235, 235, 235)) -> np.ndarray:
    """A page with `LINES` on it, `(320, 480, 3) uint8` BGR."""
    image = np.full((320, 480, 3), paper, np.uint8)
    for text, y in zip(LINES, (130, 260), strict=True):
        cv2.putText(image, text, (60, y), cv2.FONT_HERSHEY_SIMPLEX, 3, ink, 8, cv2.LINE_AA)
    return image


def _encoded(suffix: str, image: Callable[[], np.ndarray] = sheet, *options: int) -> Callable[[], bytes]:
    return lambda: cv2.imencode(suffix, image(), options)[1].tobytes()


_progressive = _encoded(".jpg", sheet, cv2.IMWRITE_JPEG_PROGRESSIVE, 1)


def _gray() -> np.ndarray:
    return cv2.cvtColor(sheet(), cv2.COLOR_BGR2GRAY)


def _deep() -> np.ndarray:
    return sheet().astype(np.uint16) * 257


def _fractions() -> np.ndarray:
    return _gray().astype(np.float32) / 255


def _on_nothing(ink: int) -> Callable[[], np.ndarray]:
    def draw() -> np.ndarray:
        return np.dstack([np.full((320, 480, 3), ink, np.uint8), 255 - cv2.cvtColor(sheet((0, 0, 0), (255,) * 3), 6)])

    return draw


def _hue() -> np.ndarray:
    return sheet((168, 119, 240), (120, 190, 120))


def _half_a_jpeg() -> bytes:
    image = np.vstack([sheet(), np.random.default_rng(0).integers(0, 255, (320, 480, 3), np.uint8)])
    data = cv2.imencode(".jpg", image)[1].tobytes()
    return data[: len(data) // 2]


def _turned_by_exif() -> bytes:
    image = Image.fromarray(cv2.rotate(sheet(), cv2.ROTATE_90_COUNTERCLOCKWISE)[..., ::-1].copy())
    exif = Image.Exif()
    exif[0x0112] = 6
    return _saved(image, "JPEG", exif=exif)


def _saved(image: Image.Image, kind: str, **options: object) -> bytes:
    file = io.BytesIO()
    image.save(file, kind, **options)
    return file.getvalue()


def _pillow(kind: str, mode: str = "RGB", **options: object) -> Callable[[], bytes]:
    return lambda: _saved(Image.fromarray(sheet()[..., ::-1].copy()).convert(mode), kind, **options)


def _pages(kind: str, **options: object) -> Callable[[], bytes]:
    return lambda: _saved(
        Image.fromarray(sheet()[..., ::-1].copy()),
        kind,
        save_all=True,
        append_images=[Image.fromarray(sheet((30, 30, red))[..., ::-1].copy()) for red in (90, 150)],
        **options,
    )


_slow = _pages("GIF", duration=500)


def _heic() -> bytes:
    file = io.BytesIO()
    pillow_heif.from_bytes("BGR", (480, 320), sheet().tobytes()).save(file, quality=90)
    return file.getvalue()


def _film(container: str, codec: str, frames: int = 8, pixels: str = "yuv420p") -> Callable[[], bytes]:
    def write() -> bytes:
        file = io.BytesIO()
        with av.open(file, "w", container) as film:
            stream = film.add_stream(codec, rate=10)
            assert isinstance(stream, av.VideoStream)
            stream.width, stream.height, stream.pix_fmt, stream.bit_rate = 480, 320, pixels, 2_000_000
            for i in range(frames):
                noise = np.random.default_rng(i).integers(0, 4, sheet().shape, np.uint8)
                film.mux(stream.encode(av.VideoFrame.from_ndarray(sheet() + noise, "bgr24")))
            film.mux(stream.encode())
        return file.getvalue()

    return write


INPUTS = [
    Input("JPEG", "a.jpg", "the picture", _encoded(".jpg")),
    Input("JPEG, progressive", "progressive.jpg", "the picture", _progressive),
    Input("JPEG, turned by its EXIF data", "turned.jpg", "the picture, upright", _turned_by_exif),
    Input("JPEG in CMYK", "cmyk.jpg", "the picture", _pillow("JPEG", "CMYK")),
    Input("JPEG, cut short", "half.jpg", "as much as is there, with a warning", _half_a_jpeg, whole=False),
    Input("PNG", "a.png", "the picture", _encoded(".png")),
    Input("PNG of 16 bits", "deep.png", "the picture", _encoded(".png", _deep)),
    Input("PNG with a palette", "palette.png", "the picture", _pillow("PNG", "P")),
    Input("PNG, dark ink on transparency", "clear.png", "the ink on white", _encoded(".png", _on_nothing(20))),
    Input("PNG, white ink on transparency", "white.png", "the ink on black", _encoded(".png", _on_nothing(255))),
    Input("PNG whose ink differs from its paper in hue only", "hue.png", "the picture", _encoded(".png", _hue)),
    Input("WebP", "a.webp", "the picture", _encoded(".webp")),
    Input("WebP that moves", "moves.webp", "its first picture", _pages("WEBP", duration=100, lossless=True)),
    Input("AVIF", "a.avif", "the picture", _encoded(".avif")),
    Input("HEIC", "a.heic", "the picture", _heic, "documents"),
    Input("BMP", "a.bmp", "the picture", _encoded(".bmp")),
    Input("JPEG 2000", "a.jp2", "the picture", _encoded(".jp2")),
    Input("PBM", "a.pbm", "the picture", _encoded(".pbm", lambda: cv2.threshold(_gray(), 128, 255, 0)[1])),
    Input("PGM", "a.pgm", "the picture", _encoded(".pgm", _gray)),
    Input("PPM", "a.ppm", "the picture", _encoded(".ppm")),
    Input("TIFF", "a.tif", "the picture", _encoded(".tiff")),
    Input("TIFF of 1 bit, as a fax", "fax.tif", "the picture", _pillow("TIFF", "1", compression="group4")),
    Input("TIFF of 16 bits", "deep.tif", "the picture", _encoded(".tiff", _deep)),
    Input("TIFF of fractions", "fractions.tif", "the picture", _encoded(".tiff", _fractions)),
    Input("TIFF of several pages", "pages.tif", "every page", _pages("TIFF"), "documents", 3),
    Input("GIF of one picture", "a.gif", "the picture", _pillow("GIF"), "documents"),
    Input("GIF of pages, five a second at most", "pages.gif", "every page", _slow, "documents", 3),
    Input("GIF that moves", "moves.gif", "every frame", _film("gif", "gif", pixels="rgb8"), "documents", None),
    Input("PDF", "pages.pdf", "every page, at 200 dots an inch", _pages("PDF", resolution=200), "documents", 3),
    Input("MP4", "a.mp4", "every frame", _film("mp4", "h264"), pages=None),
    Input("MP4 of one frame", "one.mp4", "the frame, as a picture", _film("mp4", "h264", 1), pages=None),
    Input("MOV", "a.mov", "every frame", _film("mov", "h264"), pages=None),
    Input("MKV", "a.mkv", "every frame", _film("matroska", "h264"), pages=None),
    Input("WebM", "a.webm", "every frame", _film("webm", "libvpx"), pages=None),
    Input("AVI", "a.avi", "every frame", _film("avi", "mjpeg", pixels="yuvj420p"), pages=None),
    Input("MPEG-TS", "a.ts", "every frame", _film("mpegts", "h264"), pages=None),
    Input("FLV", "a.flv", "every frame", _film("flv", "flv"), pages=None),
    Input("a PNG named `.jpg`", "wrong.jpg", "the picture", _encoded(".png")),
    Input("an MP4 named `.png`", "wrong.png", "every frame", _film("mp4", "h264"), pages=None),
    Input("a PDF with no ending", "document", "every page", _pages("PDF", resolution=200), "documents", 3),
]


def write_all(folder: Path) -> Iterator[tuple[Input, Path]]:
    """Every kind, and its file in a folder."""
    for kind in INPUTS:
        path = folder / kind.name
        path.write_bytes(kind.contents())
        yield kind, path


def page() -> str:
    """The page of the docs, as it should be."""
    rows = (f"| {kind.title} | {kind.read} | {f'`{kind.extra}`' if kind.extra else ''} |\n" for kind in INPUTS)
    return _HEAD + "".join(rows) + _TAIL


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
