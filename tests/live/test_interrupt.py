from __future__ import annotations

import os
import signal
import threading
from collections.abc import Iterator

import pytest

from realtime.system.interrupt import Interrupts

pytestmark = pytest.mark.skipif(os.name != "posix", reason="signals of POSIX")


@pytest.fixture(autouse=True)
def usual_ctrl_c() -> Iterator[None]:
    """Ctrl-C as it is in a terminal: a job in the background begins with one that is ignored."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


def test_ctrl_c_interrupts():
    interrupts = Interrupts()
    with interrupts, pytest.raises(KeyboardInterrupt):
        signal.raise_signal(signal.SIGINT)
    assert interrupts.exit_code == 130


def test_kill_interrupts_as_well():
    interrupts = Interrupts()
    with interrupts, pytest.raises(KeyboardInterrupt):
        signal.raise_signal(signal.SIGTERM)
    assert interrupts.exit_code == 143


def test_what_is_held_is_finished_first():
    done = []
    with Interrupts() as interrupts, pytest.raises(KeyboardInterrupt):
        with interrupts.held():
            signal.raise_signal(signal.SIGINT)
            done.append("write")
        done.append("never")
    assert done == ["write"]


def test_an_error_in_what_is_held_comes_through():
    with Interrupts() as interrupts, pytest.raises(OSError), interrupts.held():
        raise OSError


def test_everything_is_as_before_afterwards():
    before = [signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)]
    with Interrupts():
        assert signal.getsignal(signal.SIGINT) != before[0]
    assert [signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)] == before


def test_a_second_signal_finds_the_usual_handler():
    with Interrupts() as interrupts:
        before = signal.default_int_handler
        with pytest.raises(KeyboardInterrupt):
            signal.raise_signal(signal.SIGINT)
        assert signal.getsignal(signal.SIGINT) == before
        assert interrupts.exit_code == 130


def test_nohup_means_it(monkeypatch):
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        with Interrupts() as interrupts:
            signal.raise_signal(signal.SIGHUP)
            assert signal.getsignal(signal.SIGHUP) is signal.SIG_IGN and interrupts.exit_code == 130
    finally:
        signal.signal(signal.SIGHUP, before)


def test_beside_the_main_thread_signals_are_left_alone():
    before, during = signal.getsignal(signal.SIGINT), []

    def work():
        with Interrupts() as interrupts, interrupts.held():
            during.append(signal.getsignal(signal.SIGINT))

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert during == [before], "and no error either"
