"""The set-up: what is installed, and what is said where something lacks."""

from __future__ import annotations

import ast
import os
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet

ROOT = Path(__file__).resolve().parents[2]
IMPORT_NAMES = {
    "opencv-python": "cv2",
    "ai-edge-litert": "ai_edge_litert",
    "pillow": "PIL",
    "pi-heif": "pi_heif",
    "paho-mqtt": "paho",
    "cv2-enumerate-cameras": "cv2_enumerate_cameras",
}

# 150 MB: each is named where a document, a video to save, the screen, a camera's name or a phone needs it.
NOT_LIGHT = {
    "cv2-enumerate-cameras",
    "pillow",
    "pypdfium2",
    "pi-heif",
    "av",
    "mss",
    "paho-mqtt",
    "segno",
    "cryptography",
    "platformdirs",
}


def requirements(name: str) -> dict[str, str]:
    """Package -> the line's version bounds and reason."""
    lines = re.findall(r"^([\w-]+)([=<>].*)$", (ROOT / name).read_text(), re.MULTILINE)
    assert len(dict(lines)) == len(lines), f"{name} names a package twice"
    return dict(lines)


def bounds(name: str) -> dict[str, str]:
    return {package: rest.split("#")[0].strip() for package, rest in requirements(name).items()}


def run(*command: str, **kwargs) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command, capture_output=True, text=True, stdin=subprocess.DEVNULL, **kwargs)


def script(path: Path, text: str) -> Path:
    path.write_text("#!/bin/sh\n" + text)
    path.chmod(0o755)
    return path


def test_every_requirement_states_its_reason():
    for name in ("requirements.txt", "requirements-check.txt", "requirements-run.txt"):
        for package, rest in requirements(name).items():
            assert re.search(r"# .{10}", rest), f"{name}: {package} has no reason"


def test_the_light_list_is_the_run_list_without_a_window_and_what_is_for_some_only():
    run_list, light = bounds("requirements-run.txt"), bounds("requirements-light.txt")
    light["opencv-python"] = light.pop("opencv-python-headless")
    assert light == {package: bound for package, bound in run_list.items() if package not in NOT_LIGHT}


@pytest.mark.parametrize("name", ["requirements", "requirements-check", "requirements-run", "requirements-light"])
def test_the_lock_of_each_install_holds_what_its_list_asks_for(name):
    entries = re.split(r"^(?=\w)", (ROOT / "locks" / f"{name}.txt").read_text(), flags=re.MULTILINE)[1:]
    assert all("--hash=sha256:" in entry for entry in entries)
    versions = dict(re.findall(r"^([\w.-]+)==([\w.]+)", "".join(entries), re.MULTILINE))
    for package, bound in bounds(f"{name}.txt").items():
        assert SpecifierSet(bound).contains(versions[package]), f"tools/lock has not been run: {package}{bound}"


def declared(*extras: str, platform: str = "linux") -> dict[str, SpecifierSet]:
    """What pyproject.toml asks for on a platform: the base where no extra is named, else these extras alone."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    lists = [project["optional-dependencies"][extra] for extra in extras] or [project["dependencies"]]
    found = [Requirement(line) for lines in lists for line in lines]
    return {
        each.name: each.specifier
        for each in found
        if not each.marker or each.marker.evaluate({"sys_platform": platform})
    }


def specifiers(name: str, section: str = "") -> dict[str, SpecifierSet]:
    """What a list asks for, or the part of it below the comment `# section`."""
    found = bounds(name)
    if section:
        part = (ROOT / name).read_text().split(f"\n# {section}\n")[1].split("\n\n")[0]
        found = {package: bound for package, bound in found.items() if re.search(f"^{package}\\b", part, re.MULTILINE)}
    return {package: SpecifierSet(bound) for package, bound in found.items()}


class TestPyproject:
    def test_the_base_is_the_light_list_with_the_opencv_of_the_platform(self):
        assert declared() == specifiers("requirements-light.txt")
        for platform in ("darwin", "win32"):
            light = specifiers("requirements-light.txt")
            light["opencv-python"] = light.pop("opencv-python-headless")
            assert declared(platform=platform) == light

    def test_with_these_extras_it_is_the_run_list(self):
        extras = declared("documents", "video", "screen", "mqtt", "phone", "cameras")
        assert declared(platform="darwin") | extras == specifiers("requirements-run.txt")
        assert set(extras) == NOT_LIGHT

    def test_extras_are_the_other_lists(self):
        assert declared("light") == {}
        assert declared("batch") == specifiers("requirements-batch.txt")
        assert declared("train") == specifiers("requirements.txt", "training")
        assert declared("completion").items() <= specifiers("requirements.txt", "tests").items()

    def test_no_extra_brings_the_other_opencv(self):
        extras = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"][
            "optional-dependencies"
        ]
        assert not any("opencv" in line for lines in extras.values() for line in lines)


def test_the_recogniser_imports_only_what_the_run_list_installs():
    allowed = {IMPORT_NAMES.get(package, package) for package in requirements("requirements-run.txt")} | {"realtime"}
    batch = set(requirements("requirements-batch.txt"))
    for path in (ROOT / "realtime").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            names = []
            if isinstance(node, ast.Import):
                names = [alias.name for alias in node.names]
            elif isinstance(node, ast.ImportFrom):
                names = [node.module or ""]
            extra = {name.split(".")[0] for name in names} - allowed - sys.stdlib_module_names
            # TensorFlow's interpreter stands in where LiteRT has no wheel; archives have a list of their own.
            more = {"tensorflow"} if path.name == "interpreter.py" else batch if path.parent.name == "batch" else set()
            more |= {"shtab"} if path.parent.name == "command" else set()
            assert extra <= more, f"{path} imports {extra}"


class TestPreflight:
    PREFLIGHT = str(ROOT / "tools" / "preflight.py")

    def test_is_silent_where_nothing_lacks(self):
        for arguments in ([], ["cv2"]):
            done = run(sys.executable, self.PREFLIGHT, *arguments)
            assert (done.returncode, done.stdout, done.stderr) == (0, "", "")

    def stubbed(self, tmp_path: Path, module: str, text: str, *arguments: str) -> str:
        """What preflight says where `module` behaves as `text`."""
        (tmp_path / module).write_text(text)
        env = os.environ | {"PYTHONPATH": str(tmp_path)}
        done = run(sys.executable, self.PREFLIGHT, *arguments, env=env)
        assert done.returncode == 1
        assert done.stderr.startswith("error:") and "Traceback" not in done.stderr
        return done.stderr

    def test_names_the_package_where_python_cannot_make_environments(self, tmp_path):
        said = self.stubbed(tmp_path, "ensurepip.py", "raise ImportError")
        assert f"sudo apt install python{sys.version_info[0]}.{sys.version_info[1]}-venv" in said

    def test_names_the_packages_where_a_system_library_of_opencv_is_missing(self, tmp_path):
        text = "raise ImportError('libGL.so.1: cannot open shared object file: No such file or directory')"
        said = self.stubbed(tmp_path, "cv2.py", text, "cv2")
        assert "libGL.so.1" in said and "sudo apt install libgl1" in said and "requirements-light.txt" in said

    def test_says_so_where_opencv_ends_the_process(self, tmp_path):
        assert "does not load" in self.stubbed(tmp_path, "cv2.py", "import os; os.abort()", "cv2")

    def test_names_a_newer_python_where_this_one_is_old(self, tmp_path):
        script(tmp_path / "python3.12", "")
        env = os.environ | {"PATH": str(tmp_path)}
        old = (
            "import runpy, sys; sys.version_info = (3, 9, 2, 'final', 0); "
            f"sys.argv = ['preflight']; runpy.run_path({self.PREFLIGHT!r}, run_name='__main__')"
        )
        done = run(sys.executable, "-c", old, env=env)
        assert done.returncode == 1
        assert "3.11 or newer" in done.stderr and "is 3.9" in done.stderr and "make PYTHON=python3.12" in done.stderr


class Clone:
    """A fresh clone's Makefile and lists, with a Python that only writes down what it is asked to do."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.log = folder, folder / "log"
        for name in ("Makefile", *(path.name for path in ROOT.glob("requirements*.txt"))):
            shutil.copy(ROOT / name, folder)
        copies_itself = '[ "$2" != venv ] || { mkdir -p $3/bin; cp "$0" $3/bin/python; }'
        self.python = script(folder / "python", f'echo "$@" >> {self.log}\n{copies_itself}\n')

    def make(self, *arguments: str) -> list[str]:
        """What Python was asked to do."""
        self.log.write_text("")
        done = run("make", f"PYTHON={self.python}", *arguments, cwd=self.folder)
        assert done.returncode == 0, done.stderr
        return self.log.read_text().splitlines()

    def change(self, name: str) -> None:
        later = max(path.stat().st_mtime for path in self.folder.rglob("*")) + 10
        os.utime(self.folder / name, (later, later))


class TestImage:
    """The Dockerfile, as far as it can be judged without building it."""

    LINES = (ROOT / "Dockerfile").read_text().splitlines()

    def test_what_it_copies_is_there_and_not_ignored(self):
        copied = {source for line in self.LINES if line.startswith("COPY ") for source in line.split()[1:-1]}
        copied |= set(re.findall(r"source=(locks/[^,]+)", "\n".join(self.LINES)))
        kept = {line[1:] for line in (ROOT / ".dockerignore").read_text().splitlines() if line.startswith("!")}
        assert copied == kept
        assert all((ROOT / name).exists() for name in copied)

    def test_the_wheel_is_built_from_what_it_copies(self):
        hatch = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["hatch"]["build"]
        wheel = hatch["targets"]["wheel"]
        assert {"pyproject.toml", *wheel["packages"], *wheel["force-include"]} <= set(" ".join(self.LINES).split())

    def test_nobody_is_root_and_its_health_is_asked_for(self):
        last = self.LINES[self.LINES.index("USER digits") :]
        assert not any(line.startswith(("RUN", "USER root")) for line in last)
        assert any(line.startswith("HEALTHCHECK") for line in last) and last[-1].startswith(
            'ENTRYPOINT ["digits", "web"'
        )


@pytest.mark.skipif(not shutil.which("make"), reason="no make")
class TestMake:
    INSTALL = "-m pip install --quiet --disable-pip-version-check --requirement "

    def test_run_sets_up_once_and_again_when_the_list_changes(self, tmp_path):
        clone = Clone(tmp_path)
        set_up = [
            "tools/preflight.py",
            "-m venv .venv",
            self.INSTALL + "requirements-run.txt",
            "tools/preflight.py cv2",
        ]
        *before, demo = clone.make("run", "ARGS=sheet.jpg --quiet")
        assert before == set_up
        assert demo.startswith("-c ") and demo.endswith("main(demo=True)) sheet.jpg --quiet")
        assert len(clone.make("run")) == 1
        clone.change("requirements-run.txt")
        assert clone.make("run")[:-1] == set_up

    def test_test_installs_everything_and_looks_at_style_and_types_meanwhile(self, tmp_path):
        asked = Clone(tmp_path).make("test", "ARGS=-m 'not install'")
        installed = asked.index(self.INSTALL + "requirements.txt")
        assert asked[installed + 1] == "-m ruff check"
        tests = "-m pytest --numprocesses 2 --dist loadfile --no-loadscope-reorder -m not install"
        assert sorted(asked[installed + 2 :]) == ["-m mypy", tests, "-m ruff check", "-m ruff format --check"]

    def test_test_fails_where_style_or_tests_fail(self, tmp_path):
        clone = Clone(tmp_path)
        for what in ("mypy", "pytest"):
            (tmp_path / ".venv").mkdir(exist_ok=True)
            clone.make("test")
            script(tmp_path / ".venv" / "bin" / "python", f'[ "$2" != {what} ]\n')
            assert run("make", f"PYTHON={clone.python}", "test", cwd=tmp_path).returncode != 0
            shutil.rmtree(tmp_path / ".venv")

    def test_check_installs_no_tensorflow_and_looks_at_style_units_and_whole_results(self, tmp_path):
        asked = Clone(tmp_path).make("check")
        installed = [line for line in asked if line.startswith(self.INSTALL)]
        assert installed == [self.INSTALL + "requirements-run.txt", self.INSTALL + "requirements-check.txt"]
        assert "tensorflow" not in requirements("requirements-check.txt") | requirements("requirements-run.txt")
        drawn = asked.index("-m benchmarks.regression.cache")
        checks = ["-m ruff check", "-m ruff format --check", "-m mypy"]
        tests = [f"-m pytest --quiet tests/{folder}" for folder in ("unit", "whole")]
        assert sorted(asked[drawn + 1 :]) == sorted(checks + tests)

    def test_check_needs_no_other_installation_where_everything_is_installed(self, tmp_path):
        clone = Clone(tmp_path)
        clone.make("test")
        assert not [line for line in clone.make("check") if line.startswith(self.INSTALL)]

    def test_a_failed_preflight_stops_before_anything_is_installed(self, tmp_path):
        clone = Clone(tmp_path)
        script(clone.python, "echo 'error: no venv here' >&2; exit 1\n")
        done = run("make", f"PYTHON={clone.python}", "run", cwd=tmp_path)
        assert done.returncode != 0 and "error: no venv here" in done.stderr
        assert not (tmp_path / ".venv").exists()


class TestContinuousIntegration:
    def ci(self, tmp_path: Path, *tools: str) -> list[str]:
        """What `.ci/run` calls where these tools are there."""
        log = tmp_path / "log"
        for tool in tools:
            script(tmp_path / tool, f'echo {tool} "$@" >> {log}\n')
        for tool in ("bash", "dirname", "id"):
            (tmp_path / tool).symlink_to(shutil.which(tool) or "")
        done = run("bash", str(ROOT / ".ci" / "run"), env={"PATH": str(tmp_path), "CI": "true"})
        assert done.returncode == 0, done.stderr
        return log.read_text().splitlines()

    def test_installs_the_system_packages_and_tests(self, tmp_path):
        update, install, test = self.ci(tmp_path, "apt-get", "make", "sudo")[-3:]
        assert "update" in update and "install" in install and test == "make test"
        assert {"python3-venv", "libgl1", "libglib2.0-0", "libsm6", "libxext6", "xvfb"} <= set(install.split())

    def test_tests_where_there_is_no_apt(self, tmp_path):
        assert self.ci(tmp_path, "make") == ["make test"]
