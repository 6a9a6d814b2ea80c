"""One address leaves room for the others: its connections, live connections, uploads and videos are limited."""

from __future__ import annotations

import json
import socket
import sys
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from pathlib import Path

import cv2
import pytest
from serving import Running, until
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection, connect

from realtime.web import limits

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="only Linux has many addresses for this machine")

SAMPLES = Path(__file__).resolve().parents[2] / "samples"
FRAME = cv2.imencode(".jpg", cv2.resize(cv2.imread(str(SAMPLES / "dark.jpg")), (320, 240)))[1].tobytes()
ONE, OTHER = "127.0.0.1", "127.0.0.2"


@pytest.fixture
def server() -> Iterator[Running]:
    with Running() as running:
        yield running


def call(server: Running, source: str = ONE, data: bytes = b"") -> socket.socket:
    connection = socket.create_connection(("127.0.0.1", server.port), 100, (source, 0))
    connection.sendall(data)
    return connection


def live_client(server: Running, source: str = ONE) -> ClientConnection:
    return connect(f"ws://127.0.0.1:{server.port}/api/live", sock=call(server, source))


def ask(client: ClientConnection) -> int:
    client.send(FRAME)
    return int(json.loads(client.recv(100))["frame"])


def begun(path: str, missing: int = 1) -> bytes:
    """A request whose last byte does not come."""
    return (
        b"POST %b HTTP/1.1\r\nHost: localhost\r\nContent-Length: %d\r\n\r\n" % (path.encode(), len(FRAME))
        + FRAME[:-missing]
    )


def test_sixty_four_silent_live_connections_lock_nobody_out(server):
    with ExitStack() as stack:
        mine = [stack.enter_context(live_client(server)) for _ in range(limits.CLIENTS_OF_ONE)]
        for _ in range(64 - len(mine)):
            with live_client(server) as refused, pytest.raises(ConnectionClosed, match="too many clients from one"):
                refused.recv(100)
        others = [stack.enter_context(live_client(server, OTHER)) for _ in range(limits.CLIENTS_OF_ONE)]
        assert [ask(client) for client in (mine[0], others[0], others[-1])] == [0, 0, 0]


def test_a_place_is_free_again_when_its_client_has_left(server, monkeypatch):
    monkeypatch.setattr(limits, "CLIENTS_OF_ONE", 1)
    for _ in range(3):
        with live_client(server) as client:
            assert ask(client) == 0
        assert until(lambda: json.loads(server.request("GET", "/api/health")[2])["clients"] == 0)


def test_where_one_has_too_many_its_own_silent_one_makes_room_and_no_others(server, monkeypatch):
    monkeypatch.setattr(limits, "CLIENTS_OF_ONE", 1)
    monkeypatch.setattr(limits, "YIELD_SECONDS", 0.0)
    with live_client(server, OTHER) as other, live_client(server) as first, live_client(server) as second:
        with pytest.raises(ConnectionClosed, match="idle"):
            first.recv(100)
        assert ask(other) == ask(second) == 0


@pytest.mark.parametrize(("path", "limit"), [("/api/recognize", "UPLOADS_OF_ONE"), ("/api/video", "VIDEOS_OF_ONE")])
def test_uploads_of_one_address_leave_room_for_those_of_others(path, limit, monkeypatch):
    monkeypatch.setattr(limits, limit, 3)
    with Running() as server, ExitStack() as stack:
        slow = [stack.enter_context(call(server, data=begun(path))) for _ in range(3)]
        assert until(lambda: server.request("POST", path, FRAME)[0] == 429)
        status, headers, body = server.request("POST", path, FRAME)
        assert status == 429 and headers["retry-after"] == "5" and "from your address" in json.loads(body)["error"]
        right = 200 if path == "/api/recognize" else 415
        assert server.request("POST", path, FRAME, source=OTHER)[0] == right
        slow[0].sendall(FRAME[-1:])
        assert slow[0].recv(12) == b"HTTP/1.1 %d" % right
        assert until(lambda: server.request("POST", path, FRAME)[0] == right), "a place is free again"
        slow[1].close()
        assert until(lambda: server.request("POST", path, FRAME)[0] == right)


def test_videos_count_as_uploads_too(monkeypatch):
    monkeypatch.setattr(limits, "UPLOADS_OF_ONE", 1)
    with Running() as server, call(server, data=begun("/api/video")):
        assert until(lambda: server.request("POST", "/api/recognize", FRAME)[0] == 429)


def test_too_many_connections_of_one_address_cost_it_its_own_silent_ones(server, monkeypatch):
    monkeypatch.setattr(limits, "CONNECTIONS_OF_ONE", 4)
    monkeypatch.setattr(limits, "CONNECTIONS", 8)
    monkeypatch.setattr(limits, "HEADER_SECONDS", 1000.0)
    with ExitStack() as stack:
        others = [stack.enter_context(call(server, OTHER)) for _ in range(3)]
        for _ in range(12):
            stack.enter_context(call(server))
            assert server.request("GET", "/api/health")[0] == 200
        for other in others:
            other.sendall(b"GET /api/health HTTP/1.1\r\nHost: localhost\r\n\r\n")
            assert other.recv(12) == b"HTTP/1.1 200", "none of the others was hung up"


def test_and_where_none_is_silent_one_more_is_told_so_and_another_address_is_served(server, monkeypatch):
    monkeypatch.setattr(limits, "CONNECTIONS_OF_ONE", 2)
    with live_client(server), live_client(server):

        def refused() -> bool:
            with call(server) as connection, suppress(ConnectionError):
                connection.sendall(b"GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
                answer = b"".join(iter(lambda: connection.recv(65536), b""))
                return answer.startswith(b"HTTP/1.1 503") and b"too many connections from one address" in answer
            return False

        assert until(refused)
        assert server.request("GET", "/api/health", source=OTHER)[0] == 200


def test_behind_a_proxy_on_this_machine_each_of_its_clients_is_counted_alone(monkeypatch):
    monkeypatch.setattr(limits, "UPLOADS_OF_ONE", 1)
    slow = begun("/api/recognize").replace(b"Host: localhost", b"Host: localhost\r\nX-Forwarded-For: 10.0.0.1")
    with Running() as server, call(server, data=slow):
        asked = {name: {"X-Forwarded-For": name} for name in ("10.0.0.1", "10.0.0.2")}
        assert until(lambda: server.post("/api/recognize", FRAME, asked["10.0.0.1"])[0] == 429)
        assert server.post("/api/recognize", FRAME, asked["10.0.0.2"])[0] == 200
