from __future__ import annotations

import cv2
import numpy as np
import pytest

from realtime.ink.chroma import chroma


@pytest.mark.parametrize(("paper", "ink"), [((120, 190, 120), (168, 119, 240)), ((200, 170, 140), (120, 150, 208))])
def test_ink_that_is_as_bright_as_its_paper_stands_out(paper, ink):
    image = np.full((90, 160, 3), paper, np.uint8)
    image[30:60, 40:60] = ink
    assert np.ptp(cv2.cvtColor(image, cv2.COLOR_BGR2GRAY)) <= 2
    gray = chroma(image)
    assert gray is not None and gray.shape == (90, 160) and gray.dtype == np.uint8
    assert abs(int(gray[45, 50]) - int(gray[0, 0])) > 50


def test_a_grey_picture_and_one_under_coloured_light_have_no_colours_to_tell():
    ramp = np.linspace(0, 255, 160).astype(np.uint8)[None].repeat(90, 0)
    assert chroma(cv2.cvtColor(ramp, cv2.COLOR_GRAY2BGR)) is None
    warm = (ramp[..., None] * np.array([0.9, 0.95, 1.0])).astype(np.uint8)
    assert chroma(warm) is None
