"""A phone as the camera: paired by the code, watched on the page of the computer. Two browsers play the two."""

from __future__ import annotations

import contextlib
import os
import re
import socket
import ssl
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import cv2
import numpy as np
import pytest
from playwright.sync_api import expect
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect

from benchmarks.browser import ROOT

ADDRESS = "127.0.0.2"  # another address of this machine, as that in a network is
SHEET = ["0522 1859", "31 415 926", "7 48 60"]


class Program(NamedTuple):
    """Where `main.py --phone` answers."""

    page: str
    phone: str
    pair: str


@pytest.fixture(scope="module")
def program(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Program]:
    if not sys.platform.startswith("linux"):
        pytest.skip("other systems have no second loopback address")
    environment = {**os.environ, "XDG_DATA_HOME": str(tmp_path_factory.mktemp("data"))}
    command = [sys.executable, "main.py", "--phone", ADDRESS, "--port", "0", "--phone-port", "0", "--no-browser"]
    running = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True, env=environment)
    assert running.stdout is not None
    page = re.search(r"http://\S+", running.stdout.readline())
    pair = re.search(r"https://\S+", running.stdout.readline())
    assert page and pair
    yield Program(page[0], pair[0][: pair[0].index("/pair")], pair[0])
    running.terminate()
    running.communicate(timeout=100)


def any_certificate() -> ssl.SSLContext:
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    return context


def status(address: str) -> int:
    try:
        with urllib.request.urlopen(address, context=any_certificate(), timeout=100) as answer:
            return answer.status
    except urllib.error.HTTPError as error:
        error.close()
        return error.code


PATHS = ("/", "/static/app.js", "/api/health", "/api/samples", "/api/phone", "/pair", "/pair?token=", "/pair?token=a")


@pytest.mark.parametrize("path", PATHS)
def test_without_the_token_nothing_is_served(path: str, program: Program):
    assert status(program.phone + path) == 403


@pytest.mark.parametrize("path", ["/api/live", "/api/phone/live"])
def test_without_the_token_no_live_connection_is_opened(path: str, program: Program):
    address = program.phone.replace("https", "wss") + path
    with pytest.raises(InvalidStatus, match="403"), connect(address, ssl=any_certificate()):
        pass


def test_the_page_of_the_computer_is_not_reached_from_the_network(program: Program):
    port = int(program.page.rstrip("/").rsplit(":", 1)[1])
    with contextlib.closing(socket.socket()) as other:
        assert other.connect_ex((ADDRESS, port)) != 0


def test_the_certificate_is_for_the_address(program: Program):
    certificate = ssl.get_server_certificate((ADDRESS, int(program.phone.rsplit(":", 1)[1])))
    trusting = ssl.create_default_context(cadata=certificate)
    with pytest.raises(urllib.error.HTTPError, match="403") as refused:
        urllib.request.urlopen(program.phone, context=trusting, timeout=100)
    refused.value.close()


def test_the_computer_shows_what_the_phone_reads(playwright, browser, program: Program):
    computer = browser.new_context(viewport={"width": 1200, "height": 900})
    page = computer.new_page()
    page.goto(program.page + "#/phone")
    code = page.locator("#phone-code")
    expect(code).to_be_visible()
    screenshot = cv2.imdecode(np.frombuffer(code.screenshot(scale="css"), np.uint8), cv2.IMREAD_COLOR)
    scanned = cv2.QRCodeDetector().detectAndDecode(cv2.resize(screenshot, None, fx=3, fy=3))[0]
    assert scanned == program.pair

    phone = browser.new_context(ignore_https_errors=True, viewport={"width": 400, "height": 800}, is_mobile=True)
    view = phone.new_page()
    view.goto(scanned)
    expect(view).to_have_url(program.phone + "/#/camera")
    expect(view.locator("#tab-phone")).to_be_hidden()
    assert view.evaluate("fetch('/api/phone').then((answer) => answer.status)") == 404, "it cannot pair others"
    view.click("#camera-start")

    expect(page.locator("#phone-reading div")).to_have_text(SHEET)
    expect(page.locator("#phone-log li").first.locator("div > div")).to_have_text(SHEET)
    expect(page.locator("#phone-picture")).to_be_visible()
    expect(code).to_be_hidden()
    phone.close()
    computer.close()


def test_the_certificate_is_kept_and_made_anew_for_another_address(tmp_path: Path):
    from realtime.web.certificate import certificate_for

    first = certificate_for("10.1.2.3", tmp_path)
    content = first.read_bytes()
    assert certificate_for("10.1.2.3", tmp_path).read_bytes() == content
    assert first.stat().st_mode & 0o077 == 0
    assert certificate_for("10.1.2.4", tmp_path).read_bytes() != content
    first.write_text("no certificate")
    assert b"PRIVATE KEY" in certificate_for("10.1.2.4", tmp_path).read_bytes()


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["--phone", "--host", "0.0.0.0", "--insecure"], 2, "leave out --host"),
        (["--phone", "nowhere.example"], 1, "cannot make a certificate for nowhere.example"),
        (["--phone", "192.0.2.77"], 1, "cannot listen on 192.0.2.77"),
    ],
)
def test_what_cannot_be_says_so_in_one_line(arguments: list[str], code: int, said: str, tmp_path: Path):
    command = [sys.executable, "main.py", *arguments, "--port", "0", "--no-browser"]
    environment = {**os.environ, "XDG_DATA_HOME": str(tmp_path)}
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=200, env=environment)
    assert done.returncode == code
    assert said in done.stderr.splitlines()[-1]
