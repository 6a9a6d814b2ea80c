from dataclasses import replace

import cv2
import numpy as np
from page import overlap, paper, ring

from realtime.classifier import Classifier
from realtime.context import shipped
from realtime.detections import Detections
from realtime.recognizer import Recognizer, Trace, glyph_of

BOXES = [(100 + 80 * i, 200, 140 + 80 * i, 260) for i in range(5)]


def page() -> np.ndarray:
    frame = paper()
    for box in BOXES:
        ring(frame, box)
    return frame


class Fake:
    """Calls every glyph the same, and counts its calls."""

    def __init__(self, probabilities: list[float]) -> None:
        self.calls = 0
        self.probabilities = probabilities

    def __call__(self, images: np.ndarray) -> np.ndarray:
        self.calls += 1
        return np.tile(np.array(self.probabilities, np.float32), (len(images), 1))


SURE = [0.99, *[0.001] * 10]
ZERO = [0.9, *[0.01] * 10]
NONE = [0.05, *[0.01] * 9, 0.86]
UNSURE = [0.4, *[0.06] * 10]


def test_every_digit_is_named_once_in_one_network_call():
    network = Fake(ZERO)
    detections = Recognizer(network)(page())
    assert network.calls == 1
    assert detections.digit.tolist() == [0] * 5
    for box in BOXES:
        assert max(overlap(box, found) for found in detections.xyxy) > 0.8


def tilted_page() -> np.ndarray:
    frame = paper()
    for i in range(5):
        x, y = 100 + 80 * i, 160 + 30 * i
        ring(frame, (x, y, x + 40, y + 60))
    return frame


def test_a_tilted_line_is_set_upright_where_it_reads_badly_and_only_there():
    class Uneasy(Fake):
        """Sure of what it sees the second time."""

        def __call__(self, images: np.ndarray) -> np.ndarray:
            self.probabilities = SURE if self.calls else [0.6, *[0.04] * 10]
            return super().__call__(images)

    plain, uneasy = Fake(SURE), Uneasy(ZERO)
    assert len(Recognizer(plain)(tilted_page())) == 5
    assert plain.calls == 1
    found = Recognizer(uneasy)(tilted_page())
    assert uneasy.calls == 2
    np.testing.assert_allclose(found.confidence, SURE[0], atol=0.01)


def test_what_the_network_calls_no_digit_is_not_marked():
    assert len(Recognizer(Fake(NONE))(page())) == 0


class Rings:
    """Calls what is empty in the middle a 0, and all else no digit."""

    def __call__(self, images: np.ndarray) -> np.ndarray:
        hollow = images[:, 11:17, 11:17].max(axis=(1, 2), initial=0) < 0.2
        return np.where(hollow[:, None], np.array(SURE, np.float32), np.array(NONE, np.float32))


def test_of_digits_and_others_on_one_page_the_digits_are_chosen():
    frame = page()
    for x in (140, 380):
        cv2.line(frame, (x, 330), (x + 40, 390), (60, 60, 60), 4, cv2.LINE_AA)
        cv2.line(frame, (x + 40, 330), (x, 390), (60, 60, 60), 4, cv2.LINE_AA)
    trace = Recognizer(Rings()).trace(frame)
    assert (trace.probabilities.argmax(axis=1) == 10).sum() >= 2, "the crosses were looked at"
    assert trace.detections.digit.tolist() == [0] * 5
    for box in BOXES:
        assert max(overlap(box, found) for found in trace.detections.xyxy) > 0.8


def test_below_the_confidence_asked_for_nothing_is_called_a_digit():
    assert len(Recognizer(Fake(UNSURE))(page())) == 0
    assert len(Recognizer(Fake(UNSURE), min_confidence=0.3)(page())) == 5


def test_an_empty_page_and_noise_give_nothing():
    assert len(Recognizer(Fake(ZERO))(paper())) == 0
    noise = np.random.default_rng(0).integers(0, 256, (480, 640, 3), np.uint8)
    assert len(Recognizer(Fake(NONE))(noise)) == 0


def test_the_trace_tells_what_was_seen():
    trace = Recognizer(Fake(ZERO)).trace(page())
    assert trace.ink.shape == (480, 640)
    assert len(trace.boxes) == len(trace.crops) == len(trace.probabilities) >= 5
    assert set(trace.milliseconds) == {"segment", "normalize", "classify", "line"}


def test_the_frame_is_left_as_it_was():
    frame = page()
    before = frame.copy()
    Recognizer(Fake(ZERO))(frame)
    assert np.array_equal(frame, before)


def test_a_detection_finds_its_glyph_though_its_probabilities_were_weighed_since():
    boxes = np.array([[0, 0, 60, 40], [0, 0, 60, 40], [80, 0, 100, 40]], np.int32)
    said = np.eye(11, dtype=np.float32)[[3, 7, 1]]
    weighed = said[1:2] * 0.8 + 0.2 / 11
    found = Detections.from_probabilities(boxes[1:2], weighed)
    trace = Trace(np.zeros((40, 100), np.uint8), boxes, np.zeros((3, 28, 28), np.float32), said, found)
    assert glyph_of(trace, 0) == 1


def test_the_digest_covers_all_that_decides():
    plain = Recognizer(Classifier())
    assert plain.digest == Recognizer(Classifier()).digest and len(plain.digest) == 64
    others = [
        Recognizer(Classifier(glance=False)),
        Recognizer(Classifier(), 0.4),
        Recognizer(Classifier(), in_context=lambda told: told[:, 0] > 0),
    ]
    assert len({plain.digest, *(other.digest for other in others)}) == 4


def test_the_digest_follows_the_version_and_the_trees(monkeypatch):
    digest = Recognizer(Classifier()).digest
    monkeypatch.setattr("realtime.recognizer.__version__", "9.9.9")
    assert Recognizer(Classifier()).digest != digest
    monkeypatch.undo()
    monkeypatch.setattr("realtime.recognizer.shipped", lambda: replace(shipped(), digest="0" * 64))
    assert Recognizer(Classifier()).digest != digest
