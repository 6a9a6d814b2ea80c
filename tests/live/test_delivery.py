"""Readings on their way to other programs: a webhook, and a broker of MQTT."""

from __future__ import annotations

import http.server
import json
import signal
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from broker import Broker
from serving import until

from realtime.cli import main
from realtime.sinks import delivery as deliveries
from realtime.sinks.delivery import Delivery
from realtime.sinks.mqtt import Mqtt
from realtime.sinks.paths import OutputError
from realtime.sinks.webhook import Webhook
from realtime.sources import certificates
from realtime.web.certificate import certificate_for

SAMPLES = Path(__file__).resolve().parents[2] / "samples"


@pytest.fixture
def hasty(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("FIRST_PAUSE", "LONGEST_PAUSE"):
        monkeypatch.setattr(deliveries, name, 0.01)
    monkeypatch.setattr(deliveries, "IN_VAIN", 0.2)


class Receiver:
    """A server that keeps what is POSTed to it, and answers with one status after the other, the last one for ever.

    With a `certificate` it listens for https.
    """

    def __init__(self, *statuses: int, certificate: Path | None = None) -> None:
        self.requests: list[tuple[str, dict[str, str], Any]] = []
        receiver, left = self, list(statuses or (200,))

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                headers = {name.lower(): value for name, value in self.headers.items()}
                receiver.requests.append((self.path, headers, json.loads(body)))
                self.send_response(left.pop(0) if len(left) > 1 else left[0])
                self.end_headers()

            def log_message(self, *_: object) -> None:
                pass

        self._server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        if certificate is not None:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(certificate)
            self._server.socket = context.wrap_socket(self._server.socket, server_side=True)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,))
        self.address = f"127.0.0.1:{self._server.server_address[1]}"

    def __enter__(self) -> Receiver:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


@pytest.fixture
def nobody() -> Iterator[str]:
    """An address at which nobody listens."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        yield f"127.0.0.1:{taken.getsockname()[1]}"


def test_each_reading_of_the_command_is_posted(capsys):
    with Receiver() as receiver:
        url = f"http://me:p%40ss@{receiver.address}/readings?to=here"
        photos = [str(SAMPLES / name) for name in ("dark.jpg", "rows.jpg")]
        assert main([*photos, "--no-window", "--webhook", url]) == 0
    out = capsys.readouterr().out
    assert len(out.splitlines()) == 2, "they are printed as well"
    assert len({headers["idempotency-key"] for _, headers, _ in receiver.requests}) == 2
    for (path, headers, reading), photo, line in zip(receiver.requests, photos, out.splitlines(), strict=True):
        assert path == "/readings?to=here" and headers["authorization"] == "Basic bWU6cEBzcw=="
        assert headers["content-type"] == "application/json" and headers["idempotency-key"] == reading["id"]
        assert reading["source"] == photo and line == f"{photo}: {' / '.join(reading['reading'])}"
        assert [number["text"] for number in reading["numbers"]] == " ".join(reading["reading"]).split()


@pytest.mark.parametrize(
    ("path", "asked"),
    [("/ä b?c=ü", "/%C3%A4%20b?c=%C3%BC"), ("/a%20b/~c;d?e[]=f+g&h=%2F", "/a%20b/~c;d?e[]=f+g&h=%2F"), ("", "/")],
)
def test_an_address_is_encoded_where_it_is_not(path, asked):
    with Receiver() as receiver:
        Webhook(f"http://{receiver.address}{path}")("id", b"{}")
    assert [path for path, _, _ in receiver.requests] == [asked]


@pytest.mark.usefixtures("hasty")
def test_what_is_not_taken_at_once_is_sent_again_under_the_same_id():
    said: list[str] = []
    with Receiver(503, 429, 200) as receiver:
        send = Webhook(f"http://{receiver.address}")
        with Delivery("hook", send, send.close, said.append) as delivery:
            delivery.put({"text": "471"})
    assert delivery.lost == 0
    assert len({reading["id"] for _, _, reading in receiver.requests}) == 1 and len(receiver.requests) == 3
    assert said == ["hook: it answers 503; trying again", "hook: it answers 429; trying again"]


def test_over_https_only_a_trusted_certificate_is_sent_to_unless_any_may_be(tmp_path, monkeypatch):
    certificate = certificate_for("127.0.0.1", tmp_path)
    said: list[str] = []
    with Receiver(certificate=certificate) as receiver:
        url = f"https://{receiver.address}"
        strict = Webhook(url)
        with Delivery("hook", strict, strict.close, said.append) as delivery:
            delivery.put({"text": "1"})
        assert delivery.lost == 1 and not receiver.requests
        assert "not to be trusted" in said[0] and "--insecure-stream" in said[0]
        Webhook(url, insecure=True)("2", b"{}")
        monkeypatch.setattr(certificates, "trusted_file", lambda: str(certificate))
        Webhook(url)("3", b"{}")
    assert [headers["idempotency-key"] for _, headers, _ in receiver.requests] == ["2", "3"]


@pytest.mark.usefixtures("hasty")
def test_what_is_refused_is_left_out_and_the_rest_goes_on():
    said: list[str] = []
    with Receiver(400, 200) as receiver:
        send = Webhook(f"http://{receiver.address}")
        with Delivery("hook", send, send.close, said.append) as delivery:
            for text in ("1", "2"):
                delivery.put({"text": text})
    assert [reading["text"] for _, _, reading in receiver.requests] == ["1", "2"] and delivery.lost == 1
    assert said == ["hook: it answers 400", "hook: 1 reading was not taken"]


@pytest.mark.usefixtures("hasty")
def test_one_that_never_answers_ends_with_1_and_shows_no_password(nobody, capsys):
    photo = str(SAMPLES / "dark.jpg")
    for option, url in (("--webhook", f"http://me:secret@{nobody}/x"), ("--mqtt", f"mqtt://me:secret@{nobody}/x")):
        assert main([photo, "--no-window", option, url]) == 1
        out, err = capsys.readouterr()
        assert out.count("\n") == 1 and "secret" not in err
        assert [line.split(nobody)[1] for line in err.splitlines()] == [
            "/x: it does not answer; trying again" if "http" in url else "/x: the broker does not answer; trying again",
            "/x: 1 reading was not taken",
        ]


def test_more_than_may_wait_push_the_oldest_out(monkeypatch):
    monkeypatch.setattr(deliveries, "MOST", 3)
    sent: list[str] = []
    begun, go_on = threading.Event(), threading.Event()

    def send(_: str, data: bytes) -> None:
        begun.set()
        assert go_on.wait(100)
        sent.append(json.loads(data)["text"])

    with Delivery("slow", send, lambda: None, lambda _: None) as delivery:
        delivery.put({"text": "0"})
        assert begun.wait(100)
        for i in range(1, 7):
            delivery.put({"text": str(i)})
        go_on.set()
    assert sent == ["0", "4", "5", "6"] and delivery.lost == 3


def test_ctrl_c_does_not_wait_for_one_that_hangs(monkeypatch):
    monkeypatch.setattr(deliveries, "IN_VAIN", 0.05)
    hangs = threading.Event()
    said: list[str] = []

    def send(*_: object) -> None:
        hangs.wait(100)

    with pytest.raises(KeyboardInterrupt):  # noqa: SIM117
        with Delivery("hook", send, lambda: None, said.append) as delivery:
            delivery.put({})
            raise KeyboardInterrupt
    assert said == ["hook: 1 reading was not taken"]
    hangs.set()


def test_ctrl_c_while_it_waits_at_the_end_tells_what_is_lost():
    leaving, hangs = threading.Event(), threading.Event()
    said: list[str] = []

    def send(*_: object) -> None:
        assert leaving.wait(100)
        signal.raise_signal(signal.SIGINT)  # Python hands it to the main thread
        hangs.wait(100)

    with pytest.raises(KeyboardInterrupt):  # noqa: SIM117
        with Delivery("hook", send, lambda: None, said.append) as delivery:
            delivery.put({})
            leaving.set()
    hangs.set()
    assert said == ["hook: 1 reading was not taken"]


def test_each_reading_of_the_command_is_published():
    with Broker(password="p@ss") as broker:
        url = f"mqtt://me:p%40ss@127.0.0.1:{broker.port}/desk/sheets"
        assert main([str(SAMPLES / "dark.jpg"), "--no-window", "--mqtt", url]) == 0
    ((topic, payload),) = broker.messages
    assert topic == "desk/sheets" and json.loads(payload)["reading"]


def test_a_broker_that_comes_late_gets_what_waited(monkeypatch):
    monkeypatch.setattr(deliveries, "FIRST_PAUSE", 0.01)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    failed = threading.Event()
    send = Mqtt(f"mqtt://127.0.0.1:{port}/x")
    with Delivery("broker", send, send.close, lambda _: failed.set()) as delivery:
        delivery.put({"text": "471"})
        assert failed.wait(100)
        with Broker(port=port) as broker:
            assert until(lambda: delivery.lost == 0)
    assert [json.loads(payload)["text"] for _, payload in broker.messages] == ["471"]


@pytest.mark.parametrize(
    ("make", "url"),
    [
        *((Webhook, url) for url in ("example.com", "ftp://example.com", "http://", "http://a:x/", "http://a b/")),
        *((Webhook, url) for url in ("http://ä..b/", f"http://{'a' * 64}.com/", "http://a/\udcff", "http://\udcff@a/")),
        *((Mqtt, url) for url in ("example.com/x", "mqtt://host", "mqtt://host/a/#", "http://host/x", "mqtt://h:x/t")),
    ],
)
def test_what_is_no_address_is_told(make: Callable[[str], object], url: str):
    with pytest.raises(OutputError, match="needs an address"):
        make(url)
