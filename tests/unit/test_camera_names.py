from __future__ import annotations

import sys
from pathlib import Path
from types import SimpleNamespace

import cv2
import pytest

from realtime.sources.camera_names import list_cameras
from realtime.sources.frame import NoCamera


@pytest.mark.skipif(sys.platform != "linux", reason="other systems keep them elsewhere")
def test_cameras_are_listed_by_number_and_name(tmp_path: Path) -> None:
    with pytest.raises(NoCamera):
        list_cameras(tmp_path)
    for number, index, name in ((10, 0, "Document camera"), (0, 0, "Integrated Camera"), (1, 1, "Integrated Camera")):
        device = tmp_path / f"video{number}"
        device.mkdir()
        (device / "index").write_text(f"{index}\n")
        (device / "name").write_text(f"{name}\n")
    assert list_cameras(tmp_path) == ["0  Integrated Camera", "10  Document camera"]


@pytest.mark.parametrize(("system", "backend"), [("darwin", cv2.CAP_AVFOUNDATION), ("win32", cv2.CAP_MSMF)])
def test_on_other_systems_a_package_tells(monkeypatch: pytest.MonkeyPatch, system: str, backend: int) -> None:
    monkeypatch.setattr(sys, "platform", system)
    asked = []

    def enumerate_cameras(backend: int) -> list[SimpleNamespace]:
        asked.append(backend)
        return [SimpleNamespace(index=1, name="Phone"), SimpleNamespace(index=0, name="FaceTime HD Camera")]

    monkeypatch.setitem(sys.modules, "cv2_enumerate_cameras", SimpleNamespace(enumerate_cameras=enumerate_cameras))
    assert list_cameras() == ["0  FaceTime HD Camera", "1  Phone"] and asked == [backend]
    monkeypatch.setitem(sys.modules, "cv2_enumerate_cameras", None)
    with pytest.raises(NoCamera, match="pip install cv2-enumerate-cameras"):
        list_cameras()
