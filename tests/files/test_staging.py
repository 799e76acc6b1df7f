"""Several runs in one folder; folders that are replaced in one step, with their attributes."""

import hashlib
import json
import os
import stat
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

import kg.files.staging
from kg.errors import KgError
from kg.files import MANIFEST, write_file
from kg.files.staging import lock_folder

ReadTree = Callable[[Path], dict[str, bytes | None]]
WriteAll = Callable[..., None]


# Several runs


def test_exports_at_the_same_time_lose_no_file(
    tmp_path: Path, read_tree: ReadTree, write_all: WriteAll
) -> None:
    def export(number: int) -> None:
        for turn in range(6):
            files = {name: f"{number} {turn}".encode() for name in (f"{number}", f"sub/{number}")}
            write_all(tmp_path / "d", files, export=f"{number}")
            write_all(tmp_path / "d", {"a": f"{number}".encode(), "b": f"{number}".encode()})

    with ThreadPoolExecutor(4) as pool:
        for done in [pool.submit(export, number) for number in range(4)]:
            done.result()
    tree = read_tree(tmp_path / "d")
    manifest = json.loads(tree.pop(MANIFEST) or b"")
    names = {"a", "b", *(f"{folder}{n}" for folder in ("", "sub/") for n in range(4))}
    assert set(tree) == names | {"sub"}
    assert tree["a"] == tree["b"]
    assert all(tree[f"{n}"] == tree[f"sub/{n}"] == f"{n} 5".encode() for n in range(4))
    digests = {name: hashlib.sha256(tree[name] or b"").hexdigest() for name in names}
    assert manifest["files"] == digests


def test_locked_folder_is_an_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, write_all: WriteAll
) -> None:
    write_all(tmp_path, {"a": b"1"})
    monkeypatch.setattr("kg.files.staging.LOCK_SECONDS", 0.1)
    with (
        lock_folder(tmp_path),
        pytest.raises(KgError, match=r"another kg is writing to it\. Wait until it finishes"),
    ):
        write_all(tmp_path, {"a": b"2"})
    assert (tmp_path / "a").read_bytes() == b"1"
    write_all(tmp_path, {"a": b"2"})


def test_only_what_dead_runs_have_left_is_removed(
    tmp_path: Path, read_tree: ReadTree, write_all: WriteAll
) -> None:
    own = [".kg-0.tmp", ".kg-0123456789abcdef.tmp.txt", "kg-0123456789abcdef.tmp", ".kg"]
    for name in own:
        (tmp_path / name).write_bytes(b"mine")
    (tmp_path / ".kg-0123456789abcdef.tmp").write_bytes(b"left")
    (tmp_path / ".kg-0123456789abcdee.tmp" / "new").mkdir(parents=True)
    with write_file(tmp_path / "x"):
        with write_file(tmp_path / "y"):
            pass
        write_all(tmp_path, {"z": b"1"})
    assert set(read_tree(tmp_path)) == {*own, "x", "y", "z", MANIFEST}


# The attributes of what is replaced


@pytest.mark.parametrize("other", [False, True])
def test_modes_and_owner_are_kept(other: bool, tmp_path: Path, write_all: WriteAll) -> None:
    """Whether the folder is exchanged, or its files are replaced one by one."""
    folder = tmp_path / "d"
    write_all(folder, {"a": b"1", "sub/b": b"1", "sub/c": b"1"})
    if other:
        (folder / "mine").write_bytes(b"mine")
    modes = {
        folder: 0o750,
        folder / "a": 0o600,
        folder / "sub": 0o2755,
        folder / "sub" / "b": 0o664,
    }
    for path, mode in modes.items():
        path.chmod(mode)
        if os.geteuid() == 0:
            os.chown(path, 1234, 1234)
            path.chmod(mode)
    owners = {path: (path.stat().st_uid, path.stat().st_gid) for path in modes}
    write_all(folder, {"a": b"2", "sub/b": b"2"})
    assert {path: stat.S_IMODE(path.stat().st_mode) for path in modes} == modes
    assert {path: (path.stat().st_uid, path.stat().st_gid) for path in modes} == owners


# Swapping a folder


def test_folder_of_ours_is_swapped_in_one_step(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, read_tree: ReadTree, write_all: WriteAll
) -> None:
    exchange = kg.files.staging._exchange
    states = []

    def record(first: Path, second: Path) -> None:
        states.append(set(read_tree(second)))
        exchange(first, second)
        states.append(set(read_tree(second)))

    monkeypatch.setattr("kg.files.staging._exchange", record)
    write_all(tmp_path / "d", {"kept": b"1"}, export="other")
    write_all(tmp_path / "d", {"a": b"1", "sub/b": b"1"})
    states.clear()
    write_all(tmp_path / "d", {"a": b"2", "c": b"2"})
    assert states == [
        {"a", "kept", "sub", "sub/b", MANIFEST},
        {"a", "kept", "c", MANIFEST},
    ]


@pytest.mark.parametrize("reason", ["foreign file", "foreign folder", "link", "working directory"])
def test_folder_is_not_swapped(
    reason: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    read_tree: ReadTree,
    write_all: WriteAll,
) -> None:
    folder = tmp_path / "d"
    write_all(folder, {"a": b"1", "sub/b": b"1"})
    if reason == "foreign file":
        (folder / "sub" / "mine").write_bytes(b"mine")
    elif reason == "foreign folder":
        (folder / "mine").mkdir()
    elif reason == "link":
        (folder / "mine").symlink_to("sub")
    else:
        monkeypatch.chdir(folder / "sub")
    before = set(read_tree(folder)), folder.stat().st_ino
    write_all(folder, {"a": b"2", "sub/b": b"2"})
    assert (set(read_tree(folder)), folder.stat().st_ino) == before
    assert (folder / "sub" / "b").read_bytes() == b"2"


def test_file_added_during_the_swap_remains(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, read_tree: ReadTree, write_all: WriteAll
) -> None:
    exchange = kg.files.staging._exchange

    def add_file(first: Path, second: Path) -> None:
        if not (first / "mine").exists():
            (second / "mine").write_bytes(b"mine")
        exchange(first, second)

    write_all(tmp_path / "d", {"a": b"1", "b": b"1"})
    monkeypatch.setattr("kg.files.staging._exchange", add_file)
    write_all(tmp_path / "d", {"a": b"2"})
    assert set(read_tree(tmp_path)) == {"d", "d/a", "d/mine", f"d/{MANIFEST}"}
    assert (tmp_path / "d" / "a").read_bytes() == b"2"


def test_file_edited_during_the_swap_remains(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, read_tree: ReadTree, write_all: WriteAll
) -> None:
    exchange = kg.files.staging._exchange

    def edit_file(first: Path, second: Path) -> None:
        if (second / "a").read_bytes() == b"1":
            (second / "a").write_bytes(b"mine")
        exchange(first, second)

    write_all(tmp_path / "d", {"a": b"1", "b": b"1"})
    monkeypatch.setattr("kg.files.staging._exchange", edit_file)
    with pytest.raises(KgError, match=r"d/a: another program has just changed it"):
        write_all(tmp_path / "d", {"a": b"2", "b": b"2"})
    tree = read_tree(tmp_path)
    assert set(tree) == {"d", "d/a", "d/b", f"d/{MANIFEST}"}
    assert (tree["d/a"], tree["d/b"]) == (b"mine", b"1")
