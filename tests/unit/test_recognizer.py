from collections.abc import Callable
from dataclasses import replace
from typing import Any

import cv2
import numpy as np
import pytest
from page import overlap, paper, ring

from realtime.boxes import centers
from realtime.detections import NOT_A_DIGIT, Detections
from realtime.ink.candidates import Candidates
from realtime.ink.proposals import grays
from realtime.recognition.classifier import Classifier
from realtime.recognition.decide import Decision, shipped
from realtime.recognition.line_reader import LineReading
from realtime.recognition.recognizer import Recognizer, clarity, glyph_of
from realtime.recognition.trace import DIGIT, NO_DIGIT, UNSURE, Trace

BOXES = [(100 + 80 * i, 200, 140 + 80 * i, 260) for i in range(5)]


def page() -> np.ndarray:
    frame = paper()
    for box in BOXES:
        ring(frame, box)
    return frame


class Fake:
    """Calls every body the same, and counts its calls."""

    def __init__(self, probabilities: list[float]) -> None:
        self.calls = 0
        self.probabilities = probabilities

    def __call__(self, images: np.ndarray) -> np.ndarray:
        self.calls += 1
        return np.tile(np.array(self.probabilities, np.float32), (len(images), 1))


SURE = [0.99, *[0.001] * 10]
ZERO = [0.9, *[0.01] * 10]
NONE = [0.05, *[0.01] * 9, 0.86]
SURELY_NONE = [*[0.0001] * 10, 0.999]
DOUBTFUL = [0.4, *[0.06] * 10]


def by_look(seen: Candidates, probabilities: np.ndarray, shape: tuple[int, ...]) -> np.ndarray:
    """Decide by nothing but what the naming network says."""
    return probabilities[:, :NOT_A_DIGIT].max(axis=1)


def recognizer(classifier: Callable[[np.ndarray], np.ndarray], **parts: Any) -> Recognizer:
    """A recogniser that has stand-ins for some of its parts."""
    return Recognizer(classifier, **parts)


def read_of(box: tuple[int, int, int, int], trace: Trace) -> bool:
    return any(overlap(box, found) > 0.8 for found in trace.detections.xyxy)


def test_every_digit_is_named_once_in_one_network_call():
    network = Fake(ZERO)
    trace = recognizer(network, decision=by_look).trace(page())
    assert network.calls == 1
    assert trace.detections.digit.tolist() == [0] * 5
    assert all(read_of(box, trace) for box in BOXES)


def test_what_the_network_calls_no_digit_is_not_marked():
    assert len(recognizer(Fake(NONE), decision=by_look)(page())) == 0


class Rings:
    """Calls what is empty in the middle a 0, and all else no digit: as surely as the shipped network does."""

    def __init__(self, otherwise: list[float] | None = None) -> None:
        self.otherwise = otherwise or SURELY_NONE

    def __call__(self, images: np.ndarray) -> np.ndarray:
        hollow = images[:, 11:17, 11:17].max(axis=(1, 2), initial=0) < 0.2
        return np.where(hollow[:, None], np.array(SURE, np.float32), np.array(self.otherwise, np.float32))


def test_of_digits_and_others_on_one_page_the_digits_are_chosen():
    frame = page()
    crosses = [(140, 330, 180, 390), (380, 330, 420, 390)]
    for x0, y0, x1, y1 in crosses:
        cv2.line(frame, (x0, y0), (x1, y1), (60, 60, 60), 4, cv2.LINE_AA)
        cv2.line(frame, (x1, y0), (x0, y1), (60, 60, 60), 4, cv2.LINE_AA)
    trace = Recognizer(Rings()).trace(frame)
    assert trace.detections.digit.tolist() == [0] * 5
    assert all(read_of(box, trace) for box in BOXES)
    for cross in crosses:
        within = (centers(trace.boxes) > cross[:2]).all(axis=1) & (centers(trace.boxes) < cross[2:]).all(axis=1)
        assert set(trace.fate[within]) == {NO_DIGIT}, "it was looked at, whole or in parts"


def test_below_the_confidence_asked_for_nothing_is_called_a_digit():
    assert len(recognizer(Fake(DOUBTFUL), decision=by_look)(page())) == 0
    assert len(recognizer(Fake(DOUBTFUL), min_confidence=0.3, decision=by_look)(page())) == 5


def test_an_empty_page_and_noise_give_nothing():
    assert len(Recognizer(Fake(ZERO))(paper())) == 0
    noise = np.random.default_rng(0).integers(0, 256, (480, 640, 3), np.uint8)
    assert len(Recognizer(Fake(NONE))(noise)) == 0


def test_a_digit_is_as_sure_as_the_decision_and_named_as_the_network_has_it():
    def left_is_surer(seen: Candidates, probabilities: np.ndarray, shape: tuple[int, ...]) -> np.ndarray:
        return np.where(seen.xyxy[:, 0] < 160, 0.8, 0.6)

    found = recognizer(Fake([0.02, 0.03, 0.7, *[0.01] * 7, 0.18]), decision=left_is_surer)(page())
    assert found.digit.tolist() == [2] * 5
    assert found.confidence.tolist() == np.array([0.8, 0.6, 0.6, 0.6, 0.6], np.float32).tolist()
    assert found.probabilities.sum(axis=1) == pytest.approx([1] * 5, abs=0.001)
    assert (found.probabilities[:, 1] > found.probabilities[:, 0]).all()


@pytest.mark.parametrize("likely", [0.3, 0.55, 0.9, 0.999])
def test_of_two_digits_that_look_alike_the_first_is_as_sure_as_the_decision(likely: float):
    def by_word(seen: Candidates, probabilities: np.ndarray, shape: tuple[int, ...]) -> np.ndarray:
        return np.full(len(probabilities), likely)

    alike = [0.46, 0.02, 0.02, 0.02, 0.4, *[0.02] * 4, 0, 0]
    found = recognizer(Fake(alike), min_confidence=0.2, decision=by_word)(page())
    assert found.digit.tolist() == [0] * 5
    assert found.confidence.tolist() == [np.float32(likely)] * 5
    assert found.probabilities.sum(axis=1) == pytest.approx([1] * 5, abs=0.001)
    others = found.probabilities[:, 1:10]
    assert (others.argmax(axis=1) == 3).all() and (others.sum(axis=1) <= 1 - likely + 0.001).all()


@pytest.mark.parametrize(("said", "fate"), [(SURE, UNSURE), (NONE, NO_DIGIT)], ids=["a digit", "none"])
def test_what_is_turned_down_is_kept_as_what_it_looks_like(said: list[float], fate: int):
    def but_the_first(seen: Candidates, probabilities: np.ndarray, shape: tuple[int, ...]) -> np.ndarray:
        return np.where(seen.xyxy[:, 0] < 160, 0.1, 0.9)

    trace = recognizer(Fake(said), decision=but_the_first).trace(page())
    assert len(trace.detections) == 4 and not read_of(BOXES[0], trace)
    first = [k for k, box in enumerate(trace.boxes) if overlap(BOXES[0], box) > 0.8]
    assert trace.fate[first].tolist() == [fate]
    assert (trace.fate == DIGIT).sum() == 4


def test_the_trace_tells_what_was_seen():
    trace = recognizer(Fake(ZERO), decision=by_look).trace(page())
    assert trace.ink.shape == trace.digit_ink.shape == (480, 640)
    assert len(trace.boxes) == len(trace.crops) == len(trace.probabilities) == len(trace.fate) >= 5
    assert set(trace.milliseconds) == {"look", "line", "normalize", "classify", "decide"}
    assert trace.digit_ink[230, 102] > 128 > trace.digit_ink[100, 100], "the pen of the first ring, and paper"
    for hidden in trace.overlapped:
        x0, y0, x1, y1 = hidden
        assert x0 < x1 and y0 < y1
    assert len(trace.overlapped) >= 5, "each ring is seen on more than one copy of the page"


class Row:
    """Reads three digits in every row, side by side, the last one so surely; and keeps how it was asked."""

    def __init__(self, last: float = 1.0) -> None:
        self.last = last
        self.asked: list[bool] = []

    def read(self, row: np.ndarray, thorough: bool = True) -> LineReading:
        self.asked.append(thorough)
        h, w = row.shape
        xyxy = np.array([[w * k / 3, 0.1 * h, w * (k + 0.9) / 3, 0.9 * h] for k in range(3)], np.float32)
        probabilities = np.eye(11, dtype=np.float32)[[4, 5, 6]]
        probabilities[2] = (1 - self.last) / 10
        probabilities[2, 6] = self.last
        return LineReading(np.array([4, 5, 6]), probabilities, xyxy, 0.99)


def strip() -> np.ndarray:
    return ring(ring(paper((300, 100)), (60, 20, 100, 80)), (190, 20, 230, 80))


def test_a_picture_of_one_row_is_read_as_one():
    trace = recognizer(Fake(ZERO), decision=by_look, line_reader=Row()).trace(strip())
    assert trace.detections.digit.tolist() == [4, 5, 6]
    assert trace.detections.xyxy.tolist() == [[0, 10, 90, 90], [100, 10, 190, 90], [200, 10, 290, 90]]
    assert [glyph_of(trace, i) for i in range(3)] == [0, 1, 2]
    assert any(overlap((60, 20, 100, 80), box) > 0.8 for box in trace.overlapped), "the row stands in its place"


@pytest.mark.parametrize(("asked", "read"), [(0.3, [4, 5, 6]), (0.5, [4, 5, 6]), (0.6, [4, 5])])
def test_a_row_keeps_its_doubtful_digit_unless_only_sure_ones_are_asked_for(asked: float, read: list[int]):
    trace = recognizer(Fake(ZERO), min_confidence=asked, decision=by_look, line_reader=Row(0.25)).trace(strip())
    assert trace.detections.digit.tolist() == read
    assert trace.fate.tolist() == [DIGIT, DIGIT, DIGIT if len(read) == 3 else UNSURE]


def of_filled(contrast: np.ndarray) -> np.ndarray:
    """An ink network that calls what is dark ink, and all that it encloses a body."""
    small = cv2.resize(contrast, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA)
    dark = cv2.compare(small, 100, cv2.CMP_LT)
    outlines, _ = cv2.findContours(dark, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)
    body = cv2.drawContours(np.zeros_like(dark), outlines, -1, 250, cv2.FILLED)
    return np.stack([dark, body, np.zeros_like(dark)], axis=2)


@pytest.mark.parametrize(("width", "thorough"), [(640, [False]), (140, [False, True])], ids=["page", "strip"])
def test_what_touches_is_looked_at_once_and_a_whole_picture_thoroughly(width: int, thorough: list[bool]):
    frame = paper((width, 480 if width == 640 else 100))
    ring(ring(frame, (20, 20, 62, 80)), (58, 20, 100, 80))
    reader = Row()
    recognizer(Fake(ZERO), decision=by_look, network=of_filled, line_reader=reader)(frame)
    assert reader.asked == thorough


@pytest.mark.parametrize(
    ("first", "other", "kept"),
    [(0.8, 0.9, 1), (0.8, 0.83, 0), (0.9, 0.8, 0), (0.4, 0.6, 1), (0.4, 0.3, 0)],
    ids=["clearer", "hardly clearer", "less clear", "read where nothing was", "nothing in either"],
)
def test_of_two_answers_to_whether_the_pen_is_dark_the_clearer_is_kept(monkeypatch, first, other, kept):
    (gray,) = grays(page())
    answers = [gray, np.maximum(gray, 1)]
    monkeypatch.setattr("realtime.recognition.recognizer.grays", lambda frame: answers)

    def by_answer(seen: Candidates, probabilities: np.ndarray, shape: tuple[int, ...]) -> np.ndarray:
        return np.full(len(probabilities), first if seen.gray is answers[0] else other)

    answers[1][0, 0] = 77
    network = Fake(ZERO)
    trace = recognizer(network, decision=by_answer).trace(page())
    assert network.calls == 2
    assert trace.ink[0, 0] == (255 - answers[kept][0, 0])
    likely = (first, other)[kept]
    assert trace.detections.confidence.tolist() == [np.float32(likely)] * (5 if likely > 0.5 else 0)


def test_a_frame_that_is_read_clearly_is_not_looked_at_in_another_way(monkeypatch):
    (gray,) = grays(page())
    monkeypatch.setattr("realtime.recognition.recognizer.grays", lambda frame: [gray, gray])
    network = Fake(SURE)
    assert len(recognizer(network, decision=by_look)(page())) == 5
    assert network.calls == 1


def test_a_light_pen_is_read_where_it_is_unclear_which_is_the_pen():
    frame = page()
    frame[:, 500:] = 255 - frame[:, 140:0:-1]
    both = grays(frame)
    read = []
    for answers in (both, both[::-1]):
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr("realtime.recognition.recognizer.grays", lambda frame, answers=answers: answers)
            read.append(recognizer(Rings(DOUBTFUL), decision=by_look).trace(frame))
    assert len(both) == 2 and [sum(read_of(box, trace) for box in BOXES) for trace in read] == [5, 5]


@pytest.mark.parametrize(
    ("slope", "second", "kept"), [(30, 0.99, 0.99), (30, 0.83, 0.8), (30, 0.6, 0.8), (0, 0.99, 0.8)]
)
def test_a_tilted_line_is_set_upright_where_it_reads_more_clearly_so(slope: int, second: float, kept: float):
    class InTurn(Fake):
        """So sure of what it sees first, and the second time."""

        def __call__(self, images: np.ndarray) -> np.ndarray:
            self.probabilities = [second if self.calls else 0.8, *[0.001] * 10]
            return super().__call__(images)

    frame = paper()
    for i in range(5):
        x, y = 100 + 80 * i, 160 + slope * i
        ring(frame, (x, y, x + 40, y + 60))
    network = InTurn(SURE)
    found = recognizer(network, decision=by_look)(frame)
    assert network.calls == (2 if slope else 1)
    assert found.confidence.tolist() == [np.float32(kept)] * 5


def test_clarity_counts_sure_digits_for_much_and_guesses_for_little():
    def trace_of(confidence: list[float]) -> Trace:
        n = len(confidence)
        boxes, said = np.zeros((n, 4), np.int32), np.zeros((n, 11), np.float32)
        found = Detections(boxes, np.zeros(n, np.int64), np.array(confidence, np.float32), said)
        return Trace(np.zeros((1, 1), np.uint8), boxes, np.zeros((n, 28, 28), np.float32), said, found)

    assert clarity(trace_of([])) == 0 == clarity(trace_of([0.3, 0.5]))
    assert clarity(trace_of([0.3, 0.75, 1.0])) == pytest.approx(1.5)


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


class Digested:
    """A model that is told from others by its digest alone."""

    digest = "0" * 64


def test_the_digest_covers_all_that_decides():
    plain = Recognizer(Classifier())
    assert plain.digest == Recognizer(Classifier()).digest and len(plain.digest) == 64
    trees = Decision(lambda told: told[:, 0], lambda told: told[:, 0], "1" * 64)
    others = [
        Recognizer(Classifier(glance=False)),
        Recognizer(Classifier(), 0.4),
        recognizer(Classifier(), network=Digested()),
        recognizer(Classifier(), decision=trees),
        recognizer(Classifier(), line_reader=Digested()),
    ]
    assert len({plain.digest, *(other.digest for other in others)}) == 6


def test_the_digest_follows_the_version_and_the_trees(monkeypatch):
    digest = Recognizer(Classifier()).digest
    monkeypatch.setattr("realtime.recognition.recognizer.__version__", "9.9.9")
    assert Recognizer(Classifier()).digest != digest
    monkeypatch.undo()
    trees = replace(shipped(), digest="0" * 64)
    monkeypatch.setattr("realtime.recognition.recognizer.shipped", lambda: trees)
    assert Recognizer(Classifier()).digest != digest
