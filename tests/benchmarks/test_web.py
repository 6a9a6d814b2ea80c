from __future__ import annotations

import asyncio
import json

import cv2
import numpy as np
from websockets.asyncio.server import serve

from benchmarks import screenshots, web


def test_a_crowd_is_counted_and_nothing_is_lost():
    with web.serving(blind=True) as (address, start):
        figures = asyncio.run(web.crowd(address, clients=3, seconds=0.3))
    assert start > 0 and figures["lost"] == 0
    assert 1 <= figures["least"] <= figures["most"] and figures["most_read"] <= figures["most"]
    assert figures["fps"] * 0.3 >= 3 and 0 < figures["median_ms"] <= figures["p95_ms"]


def test_frames_that_are_not_answered_are_lost():
    async def measure() -> dict[str, float]:
        async def answer_twice(socket) -> None:
            for i in range(2):
                await socket.recv()
                await socket.send(json.dumps({"frame": i}))
            await socket.close()

        async with serve(answer_twice, "127.0.0.1", 0) as server:
            port = next(iter(server.sockets)).getsockname()[1]
            return await web.crowd(f"http://127.0.0.1:{port}/", clients=2, seconds=0.5)

    figures = asyncio.run(measure())
    assert figures["lost"] == 2 and figures["least"] == figures["most"] == 2


def test_the_table_and_the_file_tell_the_same(tmp_path, capsys, monkeypatch):
    row = {"fps": 29.5, "median_ms": 21.5, "p95_ms": 31.5, "reads": 8.5, "read_ms": 90.5}
    figures: dict[str, object] = {"cpus": 2, "load_before": 0.1, "start_s": 0.9}
    figures |= {"page": [{"size": [640, 480], "recogniser": read, **row} for read in (True, False)]}
    figures |= {"crowd": {"clients": 32, **row, "least": 5, "most": 6, "least_read": 3, "most_read": 4, "lost": 0}}
    monkeypatch.setattr(web, "measure", lambda *_: figures)
    assert web.main(["--json", str(tmp_path / "web.json")]) == 0
    table = capsys.readouterr().out
    assert "640x480, no recogniser" in table and "29.5" in table and "31.5" in table
    assert table.count("90.5") == 1 and "3 to 4 read" in table
    assert json.loads((tmp_path / "web.json").read_text()) == figures


def test_the_four_views_become_one_picture():
    views = {
        name: np.full((screenshots.HEIGHT, screenshots.WIDTH, 3), 90, np.uint8)
        for name in "camera upload draw sees".split()
    }
    picture = screenshots.together(views)
    height, width = picture.shape[:2]
    assert 2 * 0.7 * screenshots.WIDTH < width < 1.45 * screenshots.WIDTH and height > 1.4 * screenshots.HEIGHT
    assert cv2.countNonZero(cv2.inRange(picture, (90, 90, 90), (90, 90, 90))) > 0.9 * height * width
