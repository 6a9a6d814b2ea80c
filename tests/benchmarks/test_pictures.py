from __future__ import annotations

import cv2

from benchmarks import pictures


def test_the_pictures_are_drawn(tmp_path, capsys):
    assert pictures.main(["--output", str(tmp_path / "docs")]) == 0
    for line in capsys.readouterr().out.splitlines():
        picture = cv2.imread(line)
        assert picture.shape[1] == pictures.WIDTH and picture.std() > 10
    assert sorted(path.name for path in (tmp_path / "docs").iterdir()) == ["reading.jpg", "steps.jpg"]
