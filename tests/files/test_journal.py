"""A run that was interrupted is undone by the next one."""

import ctypes
import hashlib
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import pytest

from kg.errors import KgError
from kg.files import MANIFEST, write_file, write_folder
from kg.files.journal import MANY, sync_files

ReadTree = Callable[[Path], dict[str, bytes | None]]
WriteAll = Callable[..., None]


def leave_journal(folder: Path, monkeypatch: pytest.MonkeyPatch, write_all: WriteAll) -> None:
    """Interrupt an export to a folder with other files when its first file is replaced."""
    write_all(folder, {"a": b"old", "b": b"old"})
    (folder / "mine").write_bytes(b"mine")
    with monkeypatch.context() as patch, pytest.raises(ZeroDivisionError):
        patch.setattr("kg.files.journal.undo_journal", lambda stage: 1 / 0)
        patch.setattr("kg.files.journal._sync_folders", lambda folder, names: 1 / 0)
        write_all(folder, {"a": b"new", "b": b"new", "c": b"new"})
    assert (folder / "c").read_bytes() == b"new"
    assert len(list(folder.glob(".kg-*.tmp/journal.json"))) == 1


def test_journal_is_undone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, read_tree: ReadTree, write_all: WriteAll
) -> None:
    leave_journal(tmp_path, monkeypatch, write_all)
    with pytest.raises(ZeroDivisionError), write_folder(tmp_path, export="test"):
        raise ZeroDivisionError
    tree = read_tree(tmp_path)
    assert set(tree) == {"a", "b", "mine", MANIFEST}
    assert (tree["a"], tree["b"]) == (b"old", b"old")
    write_all(tmp_path, {"a": b"2"})


@pytest.mark.parametrize("change", [lambda path: path.write_bytes(b"mine"), Path.mkdir])
def test_what_was_changed_after_an_interruption_remains(
    change: Callable[[Path], object],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    read_tree: ReadTree,
    write_all: WriteAll,
) -> None:
    leave_journal(tmp_path, monkeypatch, write_all)
    for name in ("a", "c"):
        (tmp_path / name).unlink()
        change(tmp_path / name)
    before = read_tree(tmp_path)
    with write_file(tmp_path / "x"):  # the next run in this folder
        pass
    tree = read_tree(tmp_path)
    assert set(tree) == {"a", "b", "c", "mine", "x", MANIFEST}
    assert (tree["a"], tree["b"], tree["c"]) == (before["a"], b"old", before["c"])


@pytest.mark.parametrize(
    "journal",
    [
        b"[]",
        b"[" * 99999,
        b"\xff",
        b'{"files": {"../victim": [null, "DIGEST"]}, "folders": []}',
        b'{"files": {"out/victim": [null, "DIGEST"]}, "folders": []}',
        b'{"files": {"VICTIM": [null, "DIGEST"]}, "folders": []}',
        b'{"files": {}, "folders": ["../empty"]}',
    ],
)
def test_invalid_journal_is_refused(
    journal: bytes, tmp_path: Path, read_tree: ReadTree, write_all: WriteAll
) -> None:
    victim = tmp_path / "victim"
    victim.write_bytes(b"mine")
    (tmp_path / "empty").mkdir()
    stage = tmp_path / "d" / ".kg-0123456789abcdef.tmp"
    stage.mkdir(parents=True)
    (tmp_path / "d" / "out").symlink_to(tmp_path)
    digest = hashlib.sha256(b"mine").hexdigest().encode()
    journal = journal.replace(b"DIGEST", digest).replace(b"VICTIM", str(victim).encode())
    (stage / "journal.json").write_bytes(journal)
    before = read_tree(tmp_path)
    with pytest.raises(KgError, match="is left from an interrupted run, whose changes cannot be"):
        write_all(tmp_path / "d", {"a": b"1"})
    assert read_tree(tmp_path) == before


def test_each_file_reaches_the_disk_where_the_system_cannot_sync_all(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    paths = [tmp_path / str(number) for number in range(MANY + 1)]
    for path in paths:
        path.write_text("x")
    synced: list[str] = []

    def note(descriptor: int) -> None:
        synced.append(str(Path(f"/proc/self/fd/{descriptor}").readlink()))

    monkeypatch.setattr("os.fsync", note)
    sync_files(paths)
    assert synced == ([] if hasattr(ctypes.CDLL(None), "syncfs") else list(map(str, paths)))
    synced.clear()
    sync_files(paths[:2])
    assert synced == list(map(str, paths[:2]))
    synced.clear()
    monkeypatch.setattr("ctypes.CDLL", lambda name: SimpleNamespace(syncfs=lambda descriptor: -1))
    sync_files(paths)
    assert synced == list(map(str, paths))
