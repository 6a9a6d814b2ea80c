"""What went wrong in the sets that are out of bounds: a list, and a contact sheet."""

from __future__ import annotations

import shutil
from pathlib import Path

import cv2

from benchmarks.contact_sheet import contact_sheet
from benchmarks.regression.bounds import violations
from benchmarks.regression.cache import ROOT
from benchmarks.regression.reading import CLIP, Results

FOLDER = ROOT / "runs" / "whole"


def file_of(name: str, suffix: str) -> Path:
    """The file in which the mistakes of a set are told or shown."""
    return FOLDER / f"{name.replace(' ', '_')}{suffix}"


def write_report(read: Results) -> None:
    """Write the mistakes of each set that is out of bounds; what an earlier run wrote goes."""
    shutil.rmtree(FOLDER, ignore_errors=True)
    for name in sorted({violation.name for violation in violations(read)}):
        FOLDER.mkdir(parents=True, exist_ok=True)
        if name == CLIP:
            assert read.clip is not None
            failures, wrong = read.clip.judged.failures, [f"reading {lines}" for lines in read.clip.judged.readings]
        else:
            failures, wrong = read.outcomes[name].failures, read.outcomes[name].wrong
        file_of(name, ".txt").write_text("\n".join(wrong) + "\n", encoding="utf-8")
        if failures:
            cv2.imwrite(str(file_of(name, ".png")), contact_sheet(failures, f"{name}: {len(failures)} mistakes"))
