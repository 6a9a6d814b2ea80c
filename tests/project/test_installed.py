"""The package: built, installed in a clean environment, it is light, whole, and reads as the repository does."""

from __future__ import annotations

import csv
import json
import os
import re
import shutil
import subprocess
import sys
import urllib.request
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from realtime import __version__

ROOT = Path(__file__).resolve().parents[2]

pytestmark = [pytest.mark.install, pytest.mark.timeout(600)]


def run(*command: str, **kwargs: Any) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command, capture_output=True, text=True, stdin=subprocess.DEVNULL, **kwargs)


@dataclass(frozen=True)
class Installed:
    """The wheel in a clean environment.

    Attributes:
        wheel: the file, built from the source archive.
        venv: the environment.
        bytes: that the environment takes on disk.
        elsewhere: a folder outside the repository, with a sheet in it.
    """

    wheel: Path
    venv: Path
    bytes: int
    elsewhere: Path

    def find(self, name: str) -> str:
        """A program of the environment."""
        places = (self.venv / "bin" / name, self.venv / "Scripts" / f"{name}.exe")
        return str(next(path for path in places if path.exists()))

    def run(self, name: str, *arguments: str) -> str:
        """What a program of the environment says on standard output, run outside the repository."""
        environment = {key: value for key, value in os.environ.items() if key not in ("PYTHONPATH", "DISPLAY")}
        done = run(self.find(name), *arguments, cwd=self.elsewhere, env=environment)
        assert done.returncode == 0, done.stderr
        return done.stdout


def pip_install(*arguments: str, python: str = sys.executable) -> None:
    done = run(sys.executable, "-m", "pip", "--python", python, "--disable-pip-version-check", "install", *arguments)
    if "CI" not in os.environ and re.search("NewConnectionError|NameResolutionError|timed out", done.stderr):
        pytest.skip("no network")
    assert done.returncode == 0, done.stderr


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Installed:
    folder = tmp_path_factory.mktemp("installed")
    venv, tools, elsewhere = folder / "venv", folder / "tools", folder / "elsewhere"
    pip_install("--target", str(tools), "build", "hatchling")
    build = subprocess.Popen(
        [sys.executable, "-m", "build", "--no-isolation", "--outdir", str(folder / "dist"), str(ROOT)],
        env=os.environ | {"PYTHONPATH": str(tools)},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    try:
        run(sys.executable, "-m", "venv", "--without-pip", str(venv), check=True)
        python = str(next(path for path in (venv / "bin" / "python", venv / "Scripts" / "python.exe") if path.exists()))
        pip_install("--no-compile", "--require-hashes", "-r", str(ROOT / "locks/requirements-light.txt"), python=python)
    finally:
        said, _ = build.communicate()
    assert build.returncode == 0, said
    (wheel,) = (folder / "dist").glob("*.whl")
    pip_install("--no-compile", "--no-deps", str(wheel), python=python)
    on_disk = sum(path.stat().st_size for path in venv.rglob("*") if path.is_file() and not path.is_symlink())
    elsewhere.mkdir()
    shutil.copy(ROOT / "samples" / "rows.jpg", elsewhere / "sheet.jpg")
    return Installed(wheel, venv, on_disk, elsewhere)


class TestInstalled:
    def test_is_light(self, installed):
        assert installed.bytes < 300e6
        heavy = ("tensorflow", "keras", "sklearn", "scipy", "av", "PIL")
        code = f"from importlib.util import find_spec; print(*filter(find_spec, {heavy}))"
        assert installed.run("python", "-c", code) == "\n"

    def test_the_light_list_is_all_that_it_asks_for(self, installed):
        done = run(sys.executable, "-m", "pip", "--python", installed.find("python"), "check")
        assert done.returncode == 0, done.stdout

    def test_the_wheel_holds_all_that_is_tracked(self, installed):
        tracked = run("git", "ls-files", "realtime", "training", "models", "samples", cwd=ROOT)
        if tracked.returncode:
            pytest.skip("not a git checkout")
        expected = {re.sub("^(models|samples)/", r"realtime/shipped/\1/", path) for path in tracked.stdout.split()}
        assert expected <= set(zipfile.ZipFile(installed.wheel).namelist())

    def test_has_one_version(self, installed):
        assert installed.wheel.name.startswith(f"digit_reader-{__version__}-")
        assert installed.run("digits", "--version") == f"digits {__version__}\n"

    def test_reads_a_sheet_as_the_repository_does(self, installed):
        def record(text: str) -> dict[str, Any]:
            return json.loads(text) | {"source": ""}

        read = record(installed.run("digits", "sheet.jpg", "--json", "-", "--quiet"))
        here = run(sys.executable, "-m", "realtime", "samples/rows.jpg", "--json", "-", "--no-window", cwd=ROOT)
        assert read == record(here.stdout)
        with (ROOT / "samples" / "labels.csv").open(newline="") as file:
            rows = {row["file"]: row["rows"] for row in csv.DictReader(file)}
        assert "|".join(read["lines"]) == rows["rows.jpg"]
        assert record(installed.run("python", "-m", "realtime", "sheet.jpg", "--json", "-", "--quiet")) == read

    def test_finds_the_sample_clip(self, installed):
        lines = installed.run("python", "-c", "from realtime.cli import CLIP; print(CLIP, CLIP.stat().st_size)")
        assert lines.split()[0].startswith(str(installed.venv)) and lines.split()[1] == str(
            (ROOT / "samples" / "clip.mp4").stat().st_size
        )

    @pytest.fixture
    def address(self, installed: Installed) -> Iterator[str]:
        """Of the web app."""
        command = [installed.find("digits"), "web", "--no-browser", "--port", "0"]
        with subprocess.Popen(command, cwd=installed.elsewhere, stdout=subprocess.PIPE, text=True) as server:
            try:
                assert server.stdout is not None
                yield server.stdout.readline().split()[3]
            finally:
                server.terminate()

    def test_serves_the_page_with_its_files_and_samples(self, address):
        for path, file in {
            "": "realtime/web/static/index.html",
            "static/app.js": "realtime/web/static/app.js",
            "api/samples/dark.jpg": "samples/dark.jpg",
        }.items():
            with urllib.request.urlopen(address + path) as answer:
                assert answer.read() == (ROOT / file).read_bytes()
