"""Signals wait for the end of a block, or end it so that it cleans up."""

import os
import signal
import threading
from collections.abc import Iterator

import pytest

from kg.files.signals import exit_on_signals, hold_signals


@pytest.fixture(autouse=True)
def default_handlers() -> Iterator[None]:
    numbers = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    before = {number: signal.getsignal(number) for number in numbers}
    yield
    assert {number: signal.getsignal(number) for number in numbers} == before


def test_interrupts_wait_for_the_end_of_the_block() -> None:
    steps = 0
    with pytest.raises(KeyboardInterrupt), hold_signals():
        for _ in range(3):
            os.kill(os.getpid(), signal.SIGINT)
            steps += 1
    assert steps == 3


def test_first_of_several_signals_counts() -> None:
    with pytest.raises(SystemExit) as caught, exit_on_signals(), hold_signals(), hold_signals():
        os.kill(os.getpid(), signal.SIGTERM)
        os.kill(os.getpid(), signal.SIGINT)
    assert caught.value.code == 143


def test_error_in_the_block_counts() -> None:
    with pytest.raises(ZeroDivisionError), hold_signals():
        os.kill(os.getpid(), signal.SIGINT)
        raise ZeroDivisionError


def test_ignored_signal_stays_ignored() -> None:
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)  # as nohup does
    try:
        with exit_on_signals(), hold_signals():
            assert signal.getsignal(signal.SIGHUP) is signal.SIG_IGN
            os.kill(os.getpid(), signal.SIGHUP)
    finally:
        signal.signal(signal.SIGHUP, before)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_signal_ends_the_block(number: signal.Signals) -> None:
    with pytest.raises(SystemExit) as caught, exit_on_signals():
        os.kill(os.getpid(), number)
    assert caught.value.code == 128 + number


def test_other_threads_leave_signals_alone() -> None:
    seen: list[bool] = []

    def look() -> None:
        before = signal.getsignal(signal.SIGINT)
        with exit_on_signals(), hold_signals():
            seen.append(signal.getsignal(signal.SIGINT) is before)

    thread = threading.Thread(target=look)
    thread.start()
    thread.join(600)
    assert seen == [True]
