"""Python's collector of cycles, which takes long to search many statements and finds none."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def pause_collector() -> Iterator[None]:
    """Pause the collector; objects without cycles are still freed once nothing refers to them."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


@contextmanager
def spare_objects() -> Iterator[None]:
    """Let the collector search only objects that are made in the block."""
    gc.freeze()
    try:
        yield
    finally:
        gc.unfreeze()
