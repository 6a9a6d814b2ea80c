"""The package offers its names without importing what they need before they are asked for."""

import subprocess
import sys

import pytest

import realtime


@pytest.mark.parametrize("name", realtime.__all__)
def test_every_name_is_there(name):
    assert getattr(realtime, name) is not None


def test_the_package_alone_imports_no_opencv():
    code = "import sys, realtime; print({'cv2', 'numpy'} & set(sys.modules))"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True).stdout == "set()\n"
