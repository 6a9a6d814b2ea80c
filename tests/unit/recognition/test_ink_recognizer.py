from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest

from realtime.boxes import overlaps
from realtime.layout.arrange import arrange
from realtime.recognition.classifier import Classifier
from realtime.recognition.decide import Trees
from realtime.recognition.features import ALONE, TOGETHER, features_together
from realtime.recognition.recognizer import Recognizer

SAMPLES = Path(__file__).resolve().parents[3] / "samples"


@pytest.fixture(scope="module")
def recognizer() -> Recognizer:
    return Recognizer(Classifier())


def test_a_sheet_is_read(recognizer: Recognizer):
    frame = cv2.imread(str(SAMPLES / "rows.jpg"))
    trace = recognizer.trace(frame)
    found = trace.detections
    assert (
        len(found) > 5 and found.confidence.min() >= 0.5 and np.allclose(found.probabilities.sum(axis=1), 1, atol=1e-4)
    )
    assert len(trace.boxes) == len(trace.crops) == len(trace.probabilities)
    h, w = frame.shape[:2]
    assert (found.xyxy >= 0).all() and (found.xyxy[:, 2:] <= [w + 1, h + 1]).all()
    again = recognizer(frame)
    assert arrange(again).lines == arrange(found).lines


def test_no_two_detections_are_the_same_digit(recognizer: Recognizer):
    found = recognizer(cv2.imread(str(SAMPLES / "rows.jpg")))
    shared = overlaps(found.xyxy, found.xyxy)
    np.fill_diagonal(shared, 0)
    assert shared.max() < 0.4


@pytest.mark.parametrize("size", [(720, 1280), (40, 30), (9, 400)])
def test_blank_paper_of_any_size_has_no_digits(recognizer: Recognizer, size: tuple[int, int]):
    assert len(recognizer(np.full((*size, 3), 220, np.uint8))) == 0


def test_a_lone_body_is_told_from_one_in_a_row():
    boxes = np.array([[x, 100, x + 30, 150] for x in (100, 150, 200, 900)])
    features = np.zeros((4, len(ALONE)))
    features[:, ALONE.index("dark")] = 100
    together = dict(zip(TOGETHER, features_together(boxes, features, np.full(4, 5.0)).T, strict=True))
    assert together["row"].round().tolist() == [2, 2, 2, 0]
    assert together["near"][3] == 0 and (together["near"][:3] > 0).all()


def test_trees_ask_what_they_were_grown_for():
    trees = Trees(np.array([[1, 0, 0]]), np.array([[0.5, 2, 3]]), np.array([[1.0, 2, 3, 4]]), 10.0)
    features = np.array([[1, 0], [2.5, 0], [1, 1], [4, 1]])
    assert trees(features).tolist() == [11, 12, 13, 14]
