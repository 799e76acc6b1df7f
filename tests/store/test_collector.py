"""Python's collector of cycles is as before after each block."""

import gc
from collections.abc import Iterator

import pytest

from kg.store.collector import pause_collector, spare_objects


@pytest.fixture(autouse=True)
def enabled() -> Iterator[None]:
    """Enable the collector after a test, whatever it left."""
    yield
    gc.enable()


@pytest.mark.parametrize("was_enabled", [True, False])
def test_collector_is_paused_in_the_block_only(was_enabled: bool) -> None:
    (gc.enable if was_enabled else gc.disable)()
    with pytest.raises(ZeroDivisionError), pause_collector():
        assert not gc.isenabled()
        with pause_collector():
            pass
        assert not gc.isenabled()
        raise ZeroDivisionError
    assert gc.isenabled() == was_enabled


def test_objects_are_spared_in_the_block_only() -> None:
    with pytest.raises(ZeroDivisionError), spare_objects():
        assert gc.get_freeze_count() > 0
        raise ZeroDivisionError
    assert gc.get_freeze_count() == 0
