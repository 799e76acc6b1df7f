"""The file of the ledger: what is written, and what is wrong in a file that was edited."""

from pathlib import Path

import pytest

from kg.errors import KgError
from kg.home import find_home
from kg.names import read_names
from kg.review.ledger import (
    HEADER,
    MESSAGES,
    Entry,
    read_ledger,
    refuse_faults,
    write_ledger,
)

NAMES = read_names(find_home())
SHA256 = "0" * 64
LINE = f"wuhan\tplace:wuhan\t2026-11-28\t{SHA256}"
ENTRIES = {
    ("wuhan", NAMES.expand("place:wuhan")): Entry("2026-11-28", SHA256),
    ("suzhou", "https://example.org/é"): Entry("2026-01-02", "f" * 64),
    ("suzhou", "_:0123"): Entry("2026-01-02", "1" * 64),
}


def test_ledger_is_sorted_and_read_as_written(tmp_path: Path) -> None:
    path = tmp_path / "ledger.tsv"
    write_ledger(path, ENTRIES, NAMES)
    lines = path.read_text("utf-8").splitlines()
    assert lines[0] == HEADER
    assert lines[1:] == sorted(lines[1:])
    assert lines[-1] == LINE
    assert read_ledger(path, NAMES) == (ENTRIES, [])


def test_without_a_file_there_are_no_entries(tmp_path: Path) -> None:
    assert read_ledger(tmp_path / "ledger.tsv", NAMES) == ({}, [])


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("<<<<<<< HEAD", "marker"),
        ("||||||| 1234567", "marker"),
        ("=======", "marker"),
        (">>>>>>> other", "marker"),
        ("wuhan place:wuhan 2026-11-28", "line"),
        (f"wuhan\tplace:wuhan\t2026-02-30\t{SHA256}", "line"),
        (f"wuhan\tplace:wuhan\t2026-11-28\t{SHA256[1:]}", "line"),
        (f"wuhan\tplace:wuhan\t2026-11-28\t{SHA256}\tA. Reader", "line"),
        (f"wuhan\tnowhere:wuhan x\t2026-11-28\t{SHA256}", "element"),
        (LINE.replace("28", "27"), "twice"),
    ],
)
def test_wrong_line_is_a_fault_with_advice(tmp_path: Path, line: str, message: str) -> None:
    path = tmp_path / "ledger.tsv"
    path.write_text(f"{HEADER}\n{LINE}\n{line}\n", "utf-8")
    for language in ("en", "zh-Hans"):
        entries, faults = read_ledger(path, NAMES, language)
        assert len(entries) == 1
        (fault,) = faults
        assert (fault.path, fault.line) == (path, 3)
        assert (
            fault.message[:8] == MESSAGES[message][language].format(2)[:8] or message == "element"
        )
    with pytest.raises(KgError, match=r"ledger\.tsv:3: "):
        refuse_faults(faults)


def test_line_ends_of_windows_and_a_byte_order_mark_are_read(tmp_path: Path) -> None:
    path = tmp_path / "ledger.tsv"
    path.write_bytes(b"\xef\xbb\xbf" + f"{HEADER}\r\n{LINE}\r\n".encode())
    entries, faults = read_ledger(path, NAMES)
    assert (len(entries), faults) == (1, [])


def test_file_that_cannot_be_read_is_a_fault(tmp_path: Path) -> None:
    path = tmp_path / "ledger.tsv"
    path.write_bytes(f"{HEADER}\n".encode() + b"\xff\n")
    folder = tmp_path / "folder.tsv"
    folder.mkdir()
    for wrong in (path, folder):
        entries, (fault,) = read_ledger(wrong, NAMES)
        assert entries == {}
        assert fault.path == wrong
