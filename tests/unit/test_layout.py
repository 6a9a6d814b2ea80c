import numpy as np
import pytest

from realtime.detections import Detections
from realtime.layout.arrange import arrange


def written(*digits: tuple[str, float, float], size: float = 40, slope: float = 0.0) -> Detections:
    """Digits given as (digit, x, y of the centre), all of one size, on lines that fall by `slope`."""
    boxes = [(x - size * 0.3, y + slope * x - size / 2, x + size * 0.3, y + slope * x + size / 2) for _, x, y in digits]
    probabilities = np.zeros((len(digits), 11), np.float32)
    for row, (digit, _, _) in zip(probabilities, digits, strict=True):
        row[int(digit)] = 1
    return Detections.from_probabilities(np.array(boxes).reshape(-1, 4), probabilities)


def row(text: str, y: float, start: float = 30, step: float = 34) -> list[tuple[str, float, float]]:
    return [(digit, start + i * step, y) for i, digit in enumerate(text) if digit != " "]


def test_nothing_gives_no_lines():
    layout = arrange(Detections.empty())
    assert layout.lines == []
    assert len(layout.order) == 0


@pytest.mark.parametrize("slope", [-0.5, -0.2, 0, 0.1, 0.3, 0.55])
def test_lines_are_read_from_the_top_however_the_sheet_is_tilted(slope):
    digits = row("0522 1859", 100) + row("7", 200) + row("31415926", 300)
    shuffled = [digits[i] for i in np.random.default_rng(0).permutation(len(digits))]
    assert arrange(written(*shuffled, slope=slope)).lines == ["0522 1859", "7", "31415926"]


def test_a_wavy_line_is_one_line():
    digits = [(d, 30 + 40 * i, 100 + 30 * np.sin(i / 2)) for i, d in enumerate("123456789012345")]
    assert arrange(written(*digits)).lines == ["123456789012345"]


def test_a_gap_parts_numbers_and_columns():
    layout = arrange(written(*row("12   34", 100), *row("5      6", 200)))
    assert layout.lines == ["12 34", "5 6"]
    assert layout.line.tolist() == [0, 0, 0, 0, 1, 1]
    assert layout.number.tolist() == [0, 0, 1, 1, 0, 1]


def test_wide_even_spacing_is_one_number():
    assert arrange(written(*row("1234567", 100, step=62))).lines == ["1234567"]


def test_digits_of_uneven_height_share_a_line():
    detections = written(*row("123456", 100))
    boxes = detections.xyxy.copy()
    boxes[2, 1] += 18  # a low 3
    boxes[4, 3] += 14  # a 5 that reaches below
    assert arrange(Detections.from_probabilities(boxes, detections.probabilities)).lines == ["123456"]


def test_order_is_that_of_reading():
    layout = arrange(written(("3", 30, 200), ("2", 90, 100), ("1", 30, 100)))
    assert layout.order.tolist() == [2, 1, 0]


def test_one_above_the_other_are_two_lines():
    assert arrange(written(("1", 50, 50), ("2", 52, 120))).lines == ["1", "2"]
