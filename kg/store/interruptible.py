"""Run a blocking call in a worker thread, so that Ctrl-C and deadlines take effect at once.

Python handles a signal in the main thread only, and not while that thread is inside a call of a
library: without a worker thread, Ctrl-C would wait for the end of a query.
"""

import os
import threading
import time
from _thread import start_new_thread
from collections.abc import Callable
from math import inf
from queue import Empty, SimpleQueue
from typing import Any, TypeVar

from kg.errors import KgError

T = TypeVar("T")
Outcome = tuple[Any, BaseException | None]  # the result, or the error
WAIT_SECONDS = 0.05  # the main thread handles signals after each wait
# The engine calls itself for each level of a query. Memory is used only as far as it does.
STACK_BYTES = 256 * 2**20


class _Worker:
    """A thread that runs one call after another, and ends with the process."""

    def __init__(self) -> None:
        self._calls: SimpleQueue[Callable[[], Any]] = SimpleQueue()
        self._outcomes: SimpleQueue[Outcome] = SimpleQueue()
        previous = threading.stack_size(STACK_BYTES)
        try:
            # threading.Thread waits for the new thread, with a lock that Ctrl-C can break.
            start_new_thread(self._run_all, ())
        except RuntimeError:
            raise KgError(
                "No thread can be started: there is not enough memory. End other programs, or "
                "raise the limit (ulimit -v)."
            ) from None
        finally:
            threading.stack_size(previous)

    def _run_all(self) -> None:
        while True:
            self._outcomes.put(_run(self._calls.get()))

    def run(self, call: Callable[[], Any], seconds: float) -> Outcome:
        deadline = time.monotonic() + seconds
        self._calls.put(call)
        while True:
            try:
                return self._outcomes.get(timeout=WAIT_SECONDS)
            except Empty:
                if time.monotonic() > deadline:
                    raise TimeoutError from None


# Workers without a call. They are kept because starting a thread takes longer than many a query.
_idle: list[_Worker] = []
if hasattr(os, "register_at_fork"):
    # A forked process inherits this list, but not the threads.
    os.register_at_fork(after_in_child=_idle.clear)


def run_interruptible(call: Callable[[], T], seconds: float = inf) -> T:
    """Run a call in a worker thread and return its result.

    If the wait is interrupted or too long, the worker is abandoned: its call goes on in the
    background until it returns or the process ends.

    Raises:
        TimeoutError: there is no result within the given seconds.
        KgError: no thread can be started.

    >>> run_interruptible(lambda: 6 * 7)
    42
    """
    try:
        worker = _idle.pop()
    except IndexError:
        worker = _Worker()
    result, error = worker.run(call, seconds)
    _idle.append(worker)
    if error is not None:
        raise error
    return result  # type: ignore[no-any-return]


def _run(call: Callable[[], Any]) -> Outcome:
    try:
        return call(), None
    except BaseException as error:
        # Without its traceback: the frames hold objects of the engine, and these must not be
        # deleted in another thread.
        return None, error.with_traceback(None)
