"""Python's collector of cycles, which takes long to search many statements and finds none."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager

NEW_OBJECTS = 50_000  # before the collector searches them, where it spares those before


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
    """Let the collector search only objects that are made in the block, and more at a time."""
    thresholds = gc.get_threshold()
    gc.freeze()
    gc.set_threshold(NEW_OBJECTS, *thresholds[1:])
    try:
        yield
    finally:
        gc.set_threshold(*thresholds)
        gc.unfreeze()
