import numpy as np
import pytest

from training.__main__ import main
from training.data.sources import read_rendered
from training.render import rendered


def test_pages_are_cut_into_named_glyphs_whatever_the_number_of_processes(tmp_path):
    path = tmp_path / "rendered.npz"
    assert main(["render", str(path), "--sheets", "3", "--scenes", "2", "--seed", "5", "--processes", "2"]) == 0
    images, labels = rendered.render(sheets=3, scenes=2, seed=5, processes=1)
    with np.load(path) as file:
        assert np.array_equal(file["images"], images)
        assert np.array_equal(file["labels"], labels)
    assert images.shape[1:] == (28, 28)
    assert images.max(axis=(1, 2)).min() > 0
    assert (labels < 10).sum() > 30
    assert (labels == 10).sum() > 5
    (source,) = read_rendered(path).sources
    assert source.name == "rendered"
    assert len(source.labels) == len(labels)


def test_a_file_that_cannot_be_written_is_one_clear_line(tmp_path, capsys, monkeypatch):
    glyph = np.zeros((1, 28, 28), np.uint8), np.zeros(1, np.int64)
    monkeypatch.setattr(rendered, "render", lambda *_: glyph)
    path = tmp_path / "missing" / "rendered.npz"
    assert main(["render", str(path), "--sheets", "1", "--scenes", "0", "--processes", "1"]) == 1
    assert capsys.readouterr().err.strip().splitlines()[-1].startswith("error: cannot write ")


@pytest.mark.parametrize("sheets", ["0", "-1", "many"])
def test_numbers_that_make_no_sense_are_refused(sheets):
    with pytest.raises(SystemExit) as stop:
        main(["render", "x.npz", "--sheets", sheets])
    assert stop.value.code == 2
