from __future__ import annotations

import sys
from pathlib import Path

import pytest

from realtime.sources.camera_names import list_cameras
from realtime.sources.frame import NoCamera


@pytest.mark.skipif(sys.platform != "linux", reason="other systems do not tell")
def test_cameras_are_listed_by_number_and_name(tmp_path: Path) -> None:
    with pytest.raises(NoCamera):
        list_cameras(tmp_path)
    for number, index, name in ((10, 0, "Document camera"), (0, 0, "Integrated Camera"), (1, 1, "Integrated Camera")):
        device = tmp_path / f"video{number}"
        device.mkdir()
        (device / "index").write_text(f"{index}\n")
        (device / "name").write_text(f"{name}\n")
    assert list_cameras(tmp_path) == ["0  Integrated Camera", "10  Document camera"]
