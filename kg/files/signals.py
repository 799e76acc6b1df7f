"""Let signals end a process only between steps that belong together.

In other threads than the main one nothing is changed: Python handles signals in the main thread.
"""

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any

Handle = Callable[[int, FrameType | None], object]


@contextmanager
def hold_signals() -> Iterator[None]:
    """Delay Ctrl-C and the signals that end a process until the end of the block.

    If the block fails, its error ends the command, and the signals are dropped.
    """
    held: list[int] = []
    # SIGALRM repeats a Ctrl-C that came during an import: see `kg.__main__`. SIGINT is the last,
    # so that Ctrl-C cannot interrupt the restoring of the other handlers.
    with _handle_signals(
        ("SIGTERM", "SIGHUP", "SIGALRM", "SIGINT"),
        lambda number, frame: held.append(number),
        # None is a handler that was not installed from Python.
        replaces=lambda handler: handler not in (None, signal.SIG_IGN),
    ):
        yield
    if held:
        signal.raise_signal(held[0])


@contextmanager
def exit_on_signals() -> Iterator[None]:
    """Turn the signals that end a process into SystemExit, so that the block cleans up."""

    def exit_block(number: int, frame: FrameType | None) -> None:
        raise SystemExit(128 + number)

    with _handle_signals(
        ("SIGTERM", "SIGHUP"),
        exit_block,
        # Leave signals alone that somebody handles or ignores, as nohup does.
        replaces=lambda handler: handler is signal.SIG_DFL,
    ):
        yield


@contextmanager
def _handle_signals(
    names: tuple[str, ...], handle: Handle, *, replaces: Callable[[Any], bool]
) -> Iterator[None]:
    """Handle signals in the block, where `replaces` is true of the present handler."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before: dict[int, Any] = {}
    try:
        for number in [getattr(signal, name) for name in names if hasattr(signal, name)]:
            handler = signal.getsignal(number)
            if replaces(handler):
                before[number] = handler
                signal.signal(number, handle)
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
