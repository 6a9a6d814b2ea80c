from __future__ import annotations

from pathlib import Path

import pytest
from fake_program import write_clip


@pytest.fixture(scope="session")
def long_clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A video of a sheet that lies still for a minute: longer than any test takes to do with it what it wants."""
    return write_clip(tmp_path_factory.mktemp("clips") / "long.mp4", "71", seconds=60, fps=10)
