"""One camera is exchanged for the next."""

from __future__ import annotations

import pytest
from plugged_in import PluggedIn

from realtime.sources.cameras import Cameras
from realtime.sources.frame import NoCamera, SourceError


def test_the_next_camera_goes_on_after_the_last_frame() -> None:
    desk = PluggedIn({0: "Lid", 2: "Desk", 3: "Broken"}, broken=(3,))
    with Cameras(0, desk.connect, names=desk.tell) as cameras:
        assert cameras.live and cameras.name == "camera 0" and cameras.size == (64, 48)
        frames = iter(cameras)
        assert next(frames).source == "camera 0"
        assert cameras.switch() == "camera 2, Desk: 66x48"
        assert desk.opened[0].released
        frame = next(frames)
        assert frame.source == cameras.name == "camera 2" and frame.image[0, 0, 0] == 120 and frame.image.shape[1] == 66
        assert cameras.switch() == "camera 0, Lid: 64x48", "what is broken is left out"
        assert next(frames).source == "camera 0"
    assert all(capture.released for capture in desk.opened)
    assert list(frames) == []


def test_an_only_camera_stays() -> None:
    desk = PluggedIn({0: "Lid"})
    with Cameras(0, desk.connect, names=desk.tell) as cameras:
        frames = iter(cameras)
        next(frames)
        assert cameras.switch() == "there is no other camera"
        assert next(frames).source == "camera 0"


def test_where_the_system_does_not_tell_numbers_are_tried() -> None:
    desk = PluggedIn({0: "", 1: ""})

    def silent() -> dict[int, str]:
        raise NoCamera("nobody knows")

    with Cameras(0, desk.connect, names=silent) as cameras:
        assert cameras.switch() == "camera 1: 65x48"


def test_frames_are_counted_over_all_cameras() -> None:
    desk = PluggedIn({0: "Lid", 1: "Desk"})
    with Cameras(0, desk.connect, max_frames=5, names=desk.tell) as cameras:
        assert cameras.total == 5
        frames = iter(cameras)
        first = [next(frames).source for _ in range(2)]
        cameras.switch()
        assert [*first, *(frame.source for frame in frames)] == ["camera 0"] * 2 + ["camera 1"] * 3


def test_the_first_camera_must_be_there() -> None:
    with pytest.raises(SourceError):
        Cameras(7, PluggedIn({0: "Lid"}).connect)
