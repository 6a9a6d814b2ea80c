"""One person's digits as a file to learn from: a part is kept out, so that what was learnt can be measured."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from realtime.detections import NOT_A_DIGIT
from realtime.sinks.own_digits import read_digits
from training.data.sources import TEST, TRAIN, DataError, File, Source, digest

NAME = "yours"
"""Of the source of digits; that of what was said to be no digit bears "not " in front."""

_KEPT_OUT = 5  # one in so many of each digit


def read_own(folder: Path, test: Path | None = None) -> File:
    """Read a folder of one's own digits.

    Args:
        folder: as `realtime.sinks.own_digits` writes it. The last of every five of each digit, and of what is none, are
            the test part; of a digit that there are two to four of, the last one.
        test: another such folder, for the test part; all of `folder` is learnt then.

    Raises:
        OwnDigitsError: a folder cannot be read.
        DataError: no digit is there twice, so that nothing is left to measure with.
    """
    images, labels = read_digits(folder)
    part = np.full(len(labels), TRAIN, np.uint8)
    if test is not None:
        test_images, test_labels = read_digits(test)
        images, labels = np.concatenate([images, test_images]), np.concatenate([labels, test_labels])
        part = np.concatenate([part, np.full(len(test_labels), TEST, np.uint8)])
    else:
        for digit in np.unique(labels):
            mine = np.flatnonzero(labels == digit)
            part[mine[_KEPT_OUT - 1 :: _KEPT_OUT] if len(mine) >= _KEPT_OUT else mine[1:][-1:]] = TEST
        if not (part[labels != NOT_A_DIGIT] == TEST).any():
            raise DataError(f"{folder}: write each digit twice at least, to learn from one and measure with the other")
    digits, none = labels != NOT_A_DIGIT, labels == NOT_A_DIGIT
    sources = [Source(NAME, images[digits], labels[digits], part[digits])]
    if none.any():
        sources.append(Source(f"not {NAME}", images[none], labels[none], part[none]))
    return File(folder.name, digest(images, labels), sources)
