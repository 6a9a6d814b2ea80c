from __future__ import annotations

import numpy as np
import pytest
from drawn import crosses, pen_digits
from page import paper, ring

from realtime.detections import CLASSES, NOT_A_DIGIT
from realtime.ink.network import MAPS
from realtime.networks.model_file import read_model
from realtime.recognition import decide as reading
from realtime.recognition.decide import Trees
from realtime.recognition.features import ALONE
from realtime.recognition.line_reader import LineReading
from training.models.decide import Examples, gather, grow, label_bodies, pages, save
from training.render.ink.lettering import Fonts
from training.render.ink.pages import Drawn, draw
from training.render.ink.writer import Hands


def examples(n: int = 600) -> Examples:
    """Bodies that are digits where the naming network says so and little is dark around them."""
    rng = np.random.default_rng(0)
    features = rng.normal(0, 1, (n, len(ALONE)))
    right = features[:, ALONE.index("digit")] > features[:, ALONE.index("beside")]
    corner = rng.integers(0, 500, (n, 2))
    return Examples(
        features, np.concatenate([corner, corner + 30], axis=1), right, np.arange(n) // 20, (n, int(right.sum()))
    )


@pytest.fixture(scope="module")
def grown() -> tuple[Examples, tuple[Trees, Trees, np.ndarray]]:
    """Bodies, and what is grown on them: takes seconds."""
    known = examples()
    return known, grow(known)


def test_what_is_grown_tells_digits_and_is_read_again(grown, tmp_path, monkeypatch):
    known, (alone, together, odds) = grown
    assert ((odds > 0) == known.right).mean() > 0.85
    save(tmp_path / "decide.npz", alone, together, {"grown on": "numbers"})
    _, card = read_model(tmp_path / "decide.npz")
    assert card["name"] == "decide" and card["grown on"] == "numbers"
    monkeypatch.setattr(reading, "FILE", tmp_path / "decide.npz")
    again = reading.shipped.__wrapped__()
    assert np.allclose(again.alone(known.features), alone(known.features))
    assert ((alone(known.features) > 0) == known.right).mean() > 0.9
    assert len(again.digest) == 64


def test_a_digit_that_is_missed_is_as_bad_as_three_that_are_none(grown, monkeypatch):
    known, (alone, together, odds) = grown
    prior = np.log(known.right.mean() / (1 - known.right.mean()))
    assert alone.bias == pytest.approx(prior) and together.bias == pytest.approx(prior + np.log(3))
    monkeypatch.setattr("training.models.decide.MISS_COST", 1.0)
    plain, plainly, fair = grow(known)
    assert np.allclose(odds - fair, np.log(3)) and np.allclose(alone(known.features), plain(known.features))
    assert (together.value == plainly.value).all()


@pytest.mark.parametrize(
    ("box", "right"),
    [
        ((100, 100, 140, 160), True),
        ((105, 100, 145, 160), True),
        ((107, 100, 147, 160), False),
        ((100, 100, 140, 130), False),
        ((90, 85, 150, 175), False),
        ((299, 100, 307, 160), True),
        ((296, 100, 310, 160), False),
    ],
    ids=["the same", "a little off", "more", "half of it", "too large", "a pixel more of a 1", "far more of it"],
)
def test_a_body_is_right_where_its_box_is_the_digits_but_for_a_little(box: tuple[int, ...], right: bool):
    drawn, names = np.array([[100.0, 100, 140, 160], [300, 100, 306, 160]]), np.array([4, 1])
    its = int(box[0] > 200)
    boxes = np.array([box, box])
    found, nearest = label_bodies(boxes, np.array([names[its], 7]), drawn, names)
    assert found.tolist() == [right, False] and nearest.tolist() == [its, its]


def test_where_there_is_no_digit_no_body_is_right():
    assert not label_bodies(np.array([[0, 0, 9, 9]]), np.array([1]), np.zeros((0, 4)), np.zeros(0, np.int64))[0].any()


def test_what_is_gathered_is_right_where_it_is_named_as_it_was_written():
    page = ring(ring(paper(), (100, 200, 140, 260)), (300, 200, 340, 260))
    owner = np.full(page.shape[:2], -1)
    owner[200:260, 100:140] = 0
    owner[200:260, 300:340] = 1

    def network(contrast: np.ndarray) -> np.ndarray:
        return np.zeros((contrast.shape[0] // 2, contrast.shape[1] // 2, MAPS), np.uint8)

    def reader(row: np.ndarray) -> LineReading:
        return LineReading(np.zeros(0, np.int64), np.zeros((0, CLASSES)), np.zeros((0, 4)), 1.0)

    def seven(images: np.ndarray) -> np.ndarray:
        return np.eye(CLASSES, dtype=np.float32)[np.full(len(images), 7)]

    known = gather(network, seven, reader, iter([(page, owner, [7, 2]), (page, owner, [7, NOT_A_DIGIT])]))
    assert known.digits == (3, 2)
    assert known.features.shape == (len(known.xyxy), len(ALONE)) and set(known.page) == {0, 1}
    assert (known.right == (known.xyxy[:, 0] < 200)).all()


def test_pages_of_all_kinds_come_with_their_truth(monkeypatch):
    kinds = []

    def drawing(rng: np.random.Generator, hands: Hands, fonts: Fonts | None, kind: str | None = None) -> Drawn:
        kinds.append(kind)
        return draw(rng, hands, fonts, kind)

    monkeypatch.setattr("training.models.decide.draw", drawing)
    hands = Hands([pen_digits(100, 0)], crosses(20, 1), crosses(20, 2))
    for frame, owner, labels in pages(20, 3, hands, None):
        assert frame.shape == (*owner.shape, 3) and frame.dtype == np.uint8
        assert owner.max() < max(1, len(labels))
    assert set(kinds) == {None, "near"} and 4 <= kinds.count("near") <= kinds.count(None) < 12
