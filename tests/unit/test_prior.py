from __future__ import annotations

import numpy as np

from realtime.glyph import Glyph
from realtime.prior import weighed_by_page


def page(digits: int, others: int, height: int = 40) -> tuple[list[Glyph], np.ndarray]:
    """Sure digits, sure others, and at the end a shape that is hardly a 6."""
    n = digits + others + 1
    boxes = [np.array([50 * i, 0, 50 * i + 30, 40], np.int32) for i in range(n - 1)]
    boxes.append(np.array([50 * n, 0, 50 * n + 30, height], np.int32))
    glyphs = [Glyph(box, np.zeros((42, 32), np.uint8), frozenset({i})) for i, box in enumerate(boxes)]
    said = np.zeros((n, 11), np.float32)
    said[:digits, 3] = said[digits:-1, 10] = 1
    said[-1, 6], said[-1, 10] = 0.2, 0.8
    return glyphs, said


def last(digits: int, others: int, height: int = 40) -> int:
    weighed = weighed_by_page(*page(digits, others, height))
    np.testing.assert_allclose(weighed.sum(axis=1), 1, atol=1e-6)
    return int(weighed[-1].argmax())


def test_on_a_page_of_digits_an_odd_one_is_read() -> None:
    assert last(20, 0) == 6
    assert last(20, 30) == 10, "not beside many letters"
    assert last(2, 0) == 10, "two digits are no page"
    assert last(20, 0, height=120) == 10, "not what is of another size"


def test_what_is_surely_none_stays_so() -> None:
    glyphs, said = page(30, 2)
    assert weighed_by_page(glyphs, said)[30:32].argmax(axis=1).tolist() == [10, 10]


def test_parts_are_left_as_they_are() -> None:
    glyphs, said = page(20, 0)
    glyphs[-1] = Glyph(glyphs[-1].xyxy, glyphs[-1].crop, frozenset({20}), prior=-0.1, cut_from=19)
    assert weighed_by_page(glyphs, said)[-1].argmax() == 10


def test_nothing_at_all() -> None:
    assert weighed_by_page([], np.zeros((0, 11), np.float32)).shape == (0, 11)
