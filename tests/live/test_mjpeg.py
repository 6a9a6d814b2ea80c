"""Streams of JPEGs over HTTP, also from those that mean harm: everything that they send is bounded."""

from __future__ import annotations

import itertools
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Self

import cv2
import numpy as np
import pytest
from fake_camera import picture

from realtime.sources import camera, mjpeg, stream
from realtime.sources.open import SourceError, open_source
from realtime.sources.stream import open_stream

HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: multipart/x-mixed-replace; boundary=frame\r\n\r\n"
JPEG = cv2.imencode(".jpg", picture(40))[1].tobytes()


def part(data: bytes = JPEG, length: bool = True) -> bytes:
    says = b"Content-Length: %d\r\n" % len(data) if length else b""
    return b"--frame\r\nContent-Type: image/jpeg\r\n" + says + b"\r\n" + data + b"\r\n"


class Sender:
    """Sends `script(request)` to each who connects, bytes by bytes, then hangs up.

    Attributes:
        url: its address.
        sent: bytes that were taken from it.
        connections: how many there were.
    """

    def __init__(self, script: Callable[[bytes], Iterator[bytes]]) -> None:
        self._script = script
        self.sent = self.connections = 0
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._listening.getsockname()[1]}/"
        self.stop = threading.Event()
        self._threads = [threading.Thread(target=self._accept)]

    def __enter__(self) -> Self:
        self._threads[0].start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop.set()
        self._listening.shutdown(socket.SHUT_RDWR)
        self._listening.close()
        for thread in self._threads:
            thread.join()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                connection, _ = self._listening.accept()
                self.connections += 1
                self._threads.append(threading.Thread(target=self._serve, args=(connection,)))
                self._threads[-1].start()

    def _serve(self, connection: socket.socket) -> None:
        with connection, suppress(OSError):
            connection.settimeout(100)
            asked = b""
            while b"\r\n\r\n" not in asked and (more := connection.recv(4096)):
                asked += more
            for data in self._script(asked):
                if self.stop.is_set():
                    return
                connection.sendall(data)
                self.sent += len(data)


def plays(*data: bytes) -> Sender:
    """Sends this and hangs up."""
    return Sender(lambda _: iter(data))


def levels(url: str, count: int) -> list[int]:
    """The brightness of the pictures that a stream gives before it ends, at most so many."""
    found: list[int] = []
    capture = open_stream(url)
    try:
        assert isinstance(capture, mjpeg.Mjpeg)
        while len(found) < count and (image := capture.read()[1]) is not None:
            found.append(int(np.median(image[:, -8:])))
    finally:
        capture.release()
    return found


JPEGS = [cv2.imencode(".jpg", picture(level))[1].tobytes() for level in (40, 60, 80)]


@pytest.mark.parametrize("length", [True, False])
@pytest.mark.parametrize("step", [1, 7, 100_000])
def test_pictures_come_whole_however_they_are_cut_on_the_way(length: bool, step: int):
    data = HEAD + b"".join(part(jpeg, length) for jpeg in JPEGS) + b"--frame\r\n"
    with plays(*(data[at : at + step] for at in range(0, len(data), step))) as sender:
        assert levels(sender.url, 9) == [40, 60, 80]


@pytest.mark.parametrize(
    "head",
    [
        HEAD.replace(b"boundary=frame", b"boundary=--frame"),
        HEAD.replace(b"; boundary=frame", b""),
        b"HTTP/1.0 200 OK\r\n\r\n",
        HEAD.replace(b"\r\n\r\n", b"\r\n\r\n\r\n"),
    ],
)
def test_cameras_that_announce_it_in_their_own_way(head: bytes):
    with plays(head, *map(part, JPEGS)) as sender:
        assert levels(sender.url, 9) == [40, 60, 80]


def test_chunks():
    data = b"".join(map(part, JPEGS))
    chunks = [b"%x\r\n%b\r\n" % (len(data[at : at + 99]), data[at : at + 99]) for at in range(0, len(data), 99)]
    with plays(HEAD.replace(b"\r\n\r\n", b"\r\nTransfer-Encoding: chunked\r\n\r\n"), *chunks, b"0\r\n\r\n") as sender:
        assert levels(sender.url, 9) == [40, 60, 80]


ONE = b"HTTP/1.1 200 OK\r\nContent-Type: image/jpeg\r\n\r\n"


def test_the_picture_of_a_camera_is_asked_for_again_and_again():
    def script(_: bytes) -> Iterator[bytes]:
        yield ONE + JPEGS[sender.connections % 3]

    with Sender(script) as sender:
        with open_source(sender.url, max_frames=4) as source:
            assert source.live
            frames = list(source)
        assert [(frame.note, frame.still) for frame in frames] == [(None, False)] * 4
        assert len({int(np.median(frame.image[:, -8:])) for frame in frames}) == 3
        assert sender.connections >= 4


@pytest.mark.parametrize(("suffix", "pages"), [(".jpg", 1), (".png", 1), (".tiff", 2)])
def test_a_photo_or_document_that_stays_as_it_is_is_read_once(suffix: str, pages: int):
    data = (
        cv2.imencodemulti(suffix, [picture(40), picture(60)])[1] if pages > 1 else cv2.imencode(suffix, picture(40))[1]
    )
    with plays(ONE, data.tobytes()) as sender, open_source(sender.url) as source:
        assert not source.live and source.many == (pages > 1)
        frames = list(source)
    assert [(frame.still, frame.index, frame.source) for frame in frames] == [
        (True, i, sender.url) for i in range(pages)
    ]


def test_a_damaged_picture_is_passed_by_and_nothing_but_damaged_ones_end_the_stream():
    with plays(HEAD, part(JPEGS[0]), part(b"\xff\xd8 what"), part(b"text"), part(JPEGS[1])) as sender:
        assert levels(sender.url, 9) == [40, 60]
    with plays(HEAD, *[part(b"text")] * 100) as sender, pytest.raises(SourceError, match="no JPEGs, or damaged ones"):
        open_stream(sender.url)


def endless(head: bytes) -> Sender:
    return Sender(lambda _: itertools.chain([head], itertools.repeat(bytes([65]) * 65_536)))


OPEN_END = b"--frame\r\nContent-Type: image/jpeg\r\n"


@pytest.mark.parametrize(
    ("head", "reason"),
    [
        (HEAD + OPEN_END + b"\r\n\xff\xd8", "its pictures are too large: 16 MB are the most"),
        (HEAD + part() + OPEN_END + b"\r\n\xff\xd8", "its pictures are too large: 16 MB are the most"),
        (HEAD + OPEN_END + b"Content-Length: 17000000\r\n\r\n", "its pictures are too large: 16 MB are the most"),
        (HEAD + OPEN_END + b"Content-Length: 1" + bytes([48]) * 9999 + b"\r\n\r\n", "are the most"),
        (HEAD + OPEN_END, "it sends a header without an end"),
        (HEAD, "it sends a header without an end"),
        (b"HTTP/1.0 200 OK\r\n\r\n\xff\xd8\xff", "its pictures are too large: 16 MB are the most"),
    ],
)
def test_what_never_ends_is_not_kept(head: bytes, reason: str):
    """Neither a picture nor what stands before it."""
    with endless(head) as sender:
        with pytest.raises(SourceError) as error:
            levels(sender.url, 9)
        assert str(error.value).startswith(f"{sender.url}: ") and str(error.value).endswith(reason)
        assert "\n" not in str(error.value)
    assert sender.connections == 1
    assert sender.sent < mjpeg.PICTURE_BYTES + 12_000_000, "what is more than that is in the buffers of both sockets"


def test_a_header_of_the_answer_that_never_ends_is_refused():
    with endless(b"HTTP/1.1 200 OK\r\nX: ") as sender, pytest.raises(SourceError, match="a header without an end"):
        open_stream(sender.url)
    assert sender.connections == 1 and sender.sent < 20_000_000


def claims(width: int, height: int) -> bytes:
    """A JPEG whose header says that it is of this size."""
    at = JPEG.index(b"\xff\xc0") + 5
    return JPEG[:at] + height.to_bytes(2, "big") + width.to_bytes(2, "big") + JPEG[at + 4 :]


def test_a_picture_that_claims_to_be_huge_is_not_decoded(monkeypatch):
    assert levels_of(claims(64, 48)) == [40], "the header is where it is thought to be"
    monkeypatch.setattr(cv2, "imdecode", lambda *_: pytest.fail("it was decoded"))
    with pytest.raises(SourceError, match="65500x65500, 33 megapixels are the most"):
        levels_of(claims(65500, 65500))


def test_nor_is_one_of_many_passes(monkeypatch):
    jpeg = cv2.imencode(".jpg", picture(40), [cv2.IMWRITE_JPEG_PROGRESSIVE, 1])[1].tobytes()
    assert levels_of(jpeg) == [40]
    scan = jpeg[jpeg.rindex(b"\xff\xda") : -2]
    with pytest.raises(SourceError, match="no JPEGs, or damaged ones"):
        levels_of(*[jpeg[:-2] + 1000 * scan + jpeg[-2:]] * mjpeg.DAMAGED)


def levels_of(*jpegs: bytes) -> list[int]:
    with plays(HEAD, *map(part, jpegs)) as sender:
        return levels(sender.url, 9)


@pytest.fixture
def hasty(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, seconds in {"OPEN_TIMEOUT": 1.0, "READ_TIMEOUT": 0.3, "FIRST_PAUSE": 0.02, "POLL": 0.02}.items():
        for module in (camera, stream):
            if hasattr(module, name):
                monkeypatch.setattr(module, name, seconds)


def trickle(data: bytes, stop: threading.Event) -> Iterator[bytes]:
    """A byte now and then, so that no single one is long in coming."""
    for i in range(len(data)):
        yield data[i : i + 1]
        if stop.wait(0.05):
            return


@pytest.mark.parametrize("begin", [b"", HEAD, HEAD + OPEN_END + b"\r\n\xff\xd8"])
def test_headers_and_pictures_that_come_byte_by_byte_are_not_waited_for(begin: bytes, hasty):
    def script(_: bytes) -> Iterator[bytes]:
        yield begin
        yield from trickle((HEAD + 9999 * OPEN_END)[len(begin) :], sender.stop)

    with Sender(script) as sender:
        with pytest.raises(SourceError, match=r"^http://127.0.0.1:\d+/: no video there"):
            open_stream(sender.url)
        assert sender.connections == 1 and sender.sent < len(begin) + 4000, "it would have taken minutes"


def test_a_later_picture_that_trickles_ends_the_connection_and_another_one_goes_on(hasty):
    def script(_: bytes) -> Iterator[bytes]:
        yield HEAD + part()
        yield from trickle(part() * 9, sender.stop)

    with Sender(script) as sender, open_source(sender.url, max_frames=3) as source:
        assert [frame.note for frame in source if frame.note is None] == [None] * 3
        assert sender.connections >= 3


def test_why_no_pictures_come_is_told_while_it_is_tried_again(hasty, monkeypatch):
    monkeypatch.setattr(camera, "STALL", 0.05)

    def script(_: bytes) -> Iterator[bytes]:
        yield HEAD + part()
        yield part(claims(30_000, 30_000))

    with Sender(script) as sender, open_source(sender.url) as source:
        note = next(frame.note for frame in source if frame.note is not None)
        assert note.startswith(f"{sender.url}: its pictures are too large: 30000x30000, 33 megapixels are the most: ")
        assert note.endswith(" s, trying again") and "\n" not in note


def ask_for_password(kind: str) -> Callable[[bytes], Iterator[bytes]]:
    def script(asked: bytes) -> Iterator[bytes]:
        if b"Authorization: " + kind.encode() in asked:
            yield HEAD + part()
        else:
            more = ', nonce="n", qop="auth"' if kind == "Digest" else ""
            yield f'HTTP/1.1 401 No\r\nWWW-Authenticate: {kind} realm="r"{more}\r\nContent-Length: 0\r\n\r\n'.encode()

    return script


@pytest.mark.parametrize("kind", ["Basic", "Digest"])
def test_a_password_is_given_where_it_is_asked_for(kind: str):
    with Sender(ask_for_password(kind)) as sender:
        assert levels(sender.url.replace("//", "//user:p%40ss@"), 9) == [40]
        with pytest.raises(SourceError, match=r"^http://127.0.0.1:\d+/: it asks for a user name and a password"):
            open_stream(sender.url)


def test_jpegs_that_come_only_when_asked_again_are_not_left_to_ffmpeg():
    def script(_: bytes) -> Iterator[bytes]:
        yield b"HTTP/1.1 200 OK\r\n\r\nno video" if sender.connections == 1 else HEAD + part() * 50

    with Sender(script) as sender:
        with pytest.raises(SourceError, match="no video there"):
            open_stream(sender.url)
        assert sender.connections >= 2
