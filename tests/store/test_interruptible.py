"""Calls in a worker thread: results, errors, Ctrl-C and deadlines."""

import os
import signal
import subprocess
import sys
import threading

import pytest

from kg.store.interruptible import run_interruptible


def test_call_runs_in_another_thread() -> None:
    assert run_interruptible(threading.current_thread) is not threading.main_thread()


def test_error_is_raised_without_the_frames_of_the_call() -> None:
    with pytest.raises(ZeroDivisionError) as caught:
        run_interruptible(lambda: 1 // 0)
    assert "<lambda>" not in [entry.name for entry in caught.traceback]


def test_worker_is_used_again() -> None:
    first = run_interruptible(threading.get_ident)
    assert run_interruptible(threading.get_ident) == first


def test_slow_call_raises_timeout_error_and_others_go_on() -> None:
    release = threading.Event()
    with pytest.raises(TimeoutError):
        run_interruptible(release.wait, 0.1)
    assert run_interruptible(lambda: "done") == "done"
    release.set()


@pytest.mark.skipif(os.name != "posix", reason="Windows sends no signals to itself")
def test_ctrl_c_does_not_wait_for_the_call() -> None:
    release = threading.Event()

    def interrupt_and_wait() -> None:
        os.kill(os.getpid(), signal.SIGINT)
        release.wait()

    with pytest.raises(KeyboardInterrupt):
        run_interruptible(interrupt_and_wait)
    assert run_interruptible(lambda: "done") == "done"
    release.set()


@pytest.mark.skipif(not hasattr(os, "fork"), reason="Windows has no fork")
def test_forked_process_starts_its_own_worker() -> None:
    code = (
        "import os\n"
        "from kg.store.interruptible import run_interruptible\n"
        "run_interruptible(int)\n"
        "child = os.fork()\n"
        "if not child:\n"
        "    os._exit(run_interruptible(lambda: 42, 60))\n"
        "print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))\n"
    )
    command = [sys.executable, "-W", "ignore", "-c", code]
    done = subprocess.run(command, capture_output=True, text=True, timeout=600, check=True)
    assert done.stdout == "42\n"


def test_ctrl_c_while_a_worker_starts_is_no_error() -> None:
    """In the locks of threading, Ctrl-C becomes another error, such as a lack of threads."""
    script = """
import sys
from kg.store.interruptible import run_interruptible
def interrupt(frame, event, argument):
    if frame.f_code.co_name == "_acquire_restore":
        raise KeyboardInterrupt
sys.settrace(interrupt)
try:
    run_interruptible(int)
except KeyboardInterrupt:
    pass
"""
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, timeout=60
    )
    assert (done.returncode, done.stderr) == (0, "")
