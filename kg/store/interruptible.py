"""Work that Ctrl-C does not have to wait for."""

import os
import threading
from collections.abc import Callable
from queue import Empty, SimpleQueue
from typing import Any, TypeVar

T = TypeVar("T")
STEP = 0.05  # seconds between two looks for a signal


class _Worker:
    """A thread that does one piece of work after another, and ends with the process."""

    def __init__(self) -> None:
        self._works: SimpleQueue[Callable[[], Any]] = SimpleQueue()
        self._outcomes: SimpleQueue[tuple[Any, BaseException | None]] = SimpleQueue()
        threading.Thread(target=self._run, daemon=True).start()

    def _run(self) -> None:
        while True:
            self._outcomes.put(_try(self._works.get()))

    def do(self, work: Callable[[], Any]) -> tuple[Any, BaseException | None]:
        self._works.put(work)
        while True:
            try:
                return self._outcomes.get(timeout=STEP)
            except Empty:
                continue


# Those who wait for work: starting a thread would take longer than many a query.
_idle: list[_Worker] = []
if hasattr(os, "register_at_fork"):
    # A forked process has this list, and none of the threads.
    os.register_at_fork(after_in_child=_idle.clear)


def run_interruptible(work: Callable[[], T]) -> T:
    """Return what `work` gives, run in a thread that Ctrl-C does not have to wait for.

    The engine keeps the thread that asks until it is done; the calling thread waits in short steps
    and so hears a signal at once. What `work` still does then ends with the process.

    >>> run_interruptible(lambda: 6 * 7)
    42
    """
    try:
        worker = _idle.pop()
    except IndexError:
        worker = _Worker()
    result, failure = worker.do(work)
    # Not when interrupted: then it is still at work, and left behind.
    _idle.append(worker)
    if failure is not None:
        raise failure
    return result  # type: ignore[no-any-return]


def _try(work: Callable[[], Any]) -> tuple[Any, BaseException | None]:
    try:
        return work(), None
    except BaseException as error:
        # Without its frames: the engine's objects in them may not die in another thread.
        return None, error.with_traceback(None)
