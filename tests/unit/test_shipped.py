"""Models and samples are found in a clone and in an installed package."""

from pathlib import Path

import pytest

from realtime import shipped
from realtime.shipped import shipped_folder

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize("name", ["models", "samples"])
def test_a_clone_has_them_at_its_top(name):
    assert shipped_folder(name) == ROOT / name


def test_an_installed_package_has_them_within(tmp_path, monkeypatch):
    (tmp_path / "models").mkdir()
    monkeypatch.setattr(shipped, "INSTALLED", tmp_path)
    assert shipped_folder("models") == tmp_path / "models"
    assert shipped_folder("samples") == ROOT / "samples"
