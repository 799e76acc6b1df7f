"""Exports come whole or not at all, and never take the place of somebody else's file."""

import gzip
import hashlib
import json
import os
import signal
import stat
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from backports import zstd

from kg.errors import KgError
from kg.files import HEAD, MANIFEST, compress_stream, write_file, write_folder
from kg.home import PACKAGE, producer

OURS = f"# {producer()}\n".encode()
# So long and so varied that the mark is not to be read in what comes of compressing it.
LONG = OURS + b"".join(f"<https://e.org/{n * n}> <e:{n}> .\n".encode() for n in range(2000))
posix = pytest.mark.skipif(os.name != "posix", reason="signals and pipes are POSIX's here")

# Writes half of a file, or of a folder's files, says so, and then waits to be ended.
SLOW = """
import sys, time
from pathlib import Path
from typing import Any
from kg.cli import main
from kg.files import write_file, write_folder
import kg.cli
def work(**options):
    if sys.argv[1] == "file":
        with write_file(Path(sys.argv[2])) as stream:
            stream.write(b"half")
            stream.flush()
            print("ready", flush=True)
            time.sleep(60)
    with write_folder(Path(sys.argv[2])) as open_file:
        open_file("a").write(b"half")
        open_file("new/b").write(b"half")
        print("ready", flush=True)
        time.sleep(60)
kg.cli.cli.main = work
main()
"""


def read_tree(folder: Path) -> dict[str, bytes | None]:
    """Return what is in a folder: the bytes of each file, None for a folder."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes() if path.is_file() else None
        for path in sorted(folder.rglob("*"))
    }


def write(path: Path, data: bytes = OURS, **options: bool) -> None:
    with write_file(path, **options) as stream:
        stream.write(data)


def write_all(folder: Path, files: dict[str, bytes], **options: Any) -> None:
    with write_folder(folder, **options) as open_file:
        for name, data in files.items():
            open_file(name).write(data)


# --- a file -----------------------------------------------------------------------------------


def test_file_is_written_with_its_folders(tmp_path: Path) -> None:
    write(tmp_path / "a" / "b" / "x.nq")
    assert read_tree(tmp_path) == {"a": None, "a/b": None, "a/b/x.nq": OURS}


@pytest.mark.parametrize("error", [KeyboardInterrupt(), RuntimeError("x"), SystemExit(3)])
def test_file_that_fails_leaves_the_old_one(error: BaseException, tmp_path: Path) -> None:
    write(tmp_path / "x.nq")
    for target in ("x.nq", "deep/er/y.nq"):
        with pytest.raises(type(error)), write_file(tmp_path / target) as stream:
            stream.write(b"half")
            raise error
    assert read_tree(tmp_path) == {"x.nq": OURS}


def test_file_is_not_there_until_the_end(tmp_path: Path) -> None:
    with write_file(tmp_path / "x.nq") as stream:
        stream.write(OURS)
        stream.flush()
        assert not (tmp_path / "x.nq").exists()
    assert (tmp_path / "x.nq").read_bytes() == OURS


@pytest.mark.parametrize(
    "data",
    [
        b"mine",
        PACKAGE.encode() + b" is a program I like",
        b" " * HEAD + OURS,
        gzip.compress(b"mine", mtime=0),
        gzip.compress(OURS, mtime=0)[:15],
        b"\x1f\x8b" + OURS[:0] + b"no gzip at all",
        zstd.compress(b"mine"),
        zstd.compress(OURS)[:9],
        b"\x28\xb5\x2f\xfdno zstd at all",
    ],
)
def test_file_of_somebody_else_stays(data: bytes, tmp_path: Path) -> None:
    path = tmp_path / "x.nq"
    path.write_bytes(data)
    with pytest.raises(KgError, match=r"was not written by kg.*--force") as caught:
        write(path)
    assert caught.value.exit_code == 2
    assert read_tree(tmp_path) == {"x.nq": data}
    write(path, force=True)
    assert read_tree(tmp_path) == {"x.nq": OURS}


@pytest.mark.parametrize(
    "data", [b"", OURS, b"<!--\n" + OURS, gzip.compress(LONG, mtime=0), zstd.compress(LONG)]
)
def test_file_of_nothing_or_of_ours_is_overwritten(data: bytes, tmp_path: Path) -> None:
    (tmp_path / "x.nq").write_bytes(data)
    write(tmp_path / "x.nq", OURS + b"new")
    assert read_tree(tmp_path) == {"x.nq": OURS + b"new"}


def test_file_of_somebody_else_is_told_before_the_work(tmp_path: Path) -> None:
    (tmp_path / "x").write_bytes(b"mine")
    (tmp_path / MANIFEST).write_bytes(b"mine")
    worked = []
    with pytest.raises(KgError, match="was not written by kg"), write_file(tmp_path / "x"):
        worked.append("file")
    with pytest.raises(KgError, match="was not written by kg"), write_folder(tmp_path):
        worked.append("folder")
    (tmp_path / MANIFEST).unlink()
    with pytest.raises(KgError, match="was not written by kg"), write_folder(tmp_path) as open_file:
        open_file("x")
        worked.append("file of folder")
    assert worked == []


def test_file_put_there_in_the_meantime_stays(tmp_path: Path) -> None:
    with pytest.raises(KgError, match="was not written by kg"), write_file(tmp_path / "x") as s:
        s.write(OURS)
        (tmp_path / "x").write_bytes(b"mine")
    assert read_tree(tmp_path) == {"x": b"mine"}


@pytest.mark.parametrize("force", [False, True])
def test_folder_in_the_place_of_a_file_is_told(force: bool, tmp_path: Path) -> None:
    (tmp_path / "x").mkdir()
    with pytest.raises(KgError, match=r"is a folder\. Name a file") as caught:
        write(tmp_path / "x", force=force)
    assert caught.value.exit_code == 2
    assert read_tree(tmp_path) == {"x": None}


@pytest.mark.parametrize("target", ["file/x.nq", "/proc/kg/x.nq", "/proc/self/x.nq", "n" * 300])
def test_place_that_cannot_be_written_to_is_told(target: str, tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"mine")
    with pytest.raises(KgError, match=r"cannot be written .*-o") as caught:
        write(tmp_path / target)
    assert caught.value.exit_code == 1
    assert ".tmp" not in str(caught.value)
    assert read_tree(tmp_path) == {"file": b"mine"}


def test_longest_name_can_be_written(tmp_path: Path) -> None:
    write(tmp_path / ("n" * 255))
    assert len(read_tree(tmp_path)) == 1


@posix
def test_link_is_kept_and_what_it_leads_to_is_written(tmp_path: Path) -> None:
    (tmp_path / "far").mkdir()
    for name in ("old", "none"):
        (tmp_path / name).symlink_to(Path("far") / name)
    write(tmp_path / "far" / "old")
    for name in ("old", "none"):
        write(tmp_path / name, OURS + b"new")
        assert (tmp_path / name).is_symlink()
        assert (tmp_path / "far" / name).read_bytes() == OURS + b"new"
    assert len(read_tree(tmp_path)) == 5


@posix
def test_link_that_leads_nowhere_is_told(tmp_path: Path) -> None:
    (tmp_path / "x").symlink_to("x")
    for force in (False, True):
        with pytest.raises(KgError, match="cannot be written"):
            write(tmp_path / "x", force=force)
    assert (tmp_path / "x").is_symlink()


@posix
def test_link_laid_in_the_way_is_not_followed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("kg.files.token_hex", lambda size: "known")
    (tmp_path / "mine").write_bytes(b"mine")
    (tmp_path / f".kg-{os.getpid()}-known.tmp").symlink_to(tmp_path / "mine")
    with pytest.raises(KgError, match="cannot be written"):
        write(tmp_path / "x")
    assert (tmp_path / "mine").read_bytes() == b"mine"


@posix
@pytest.mark.parametrize("mode", [0o600, 0o664, 0o755])
def test_mode_of_a_file_is_kept(mode: int, tmp_path: Path) -> None:
    write(tmp_path / "x")
    (tmp_path / "x").chmod(mode)
    write(tmp_path / "x", OURS + b"new")
    assert stat.S_IMODE((tmp_path / "x").stat().st_mode) == mode
    before = os.umask(0o027)
    try:
        write(tmp_path / "y")
    finally:
        os.umask(before)
    assert stat.S_IMODE((tmp_path / "y").stat().st_mode) == 0o640


def test_file_that_may_not_be_written_to_stays(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(tmp_path / "x")
    monkeypatch.setattr(os, "access", lambda path, mode: mode != os.W_OK)
    with pytest.raises(KgError, match=r"x: cannot be written \(Permission denied\)"):
        write(tmp_path / "x", OURS + b"new")
    assert read_tree(tmp_path) == {"x": OURS}


@contextmanager
def bound_files(size: int) -> Iterator[None]:
    resource = pytest.importorskip("resource", reason="files are bounded on POSIX alone")
    _, most = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, most))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (most, most))


def test_full_disk_leaves_what_was_there(tmp_path: Path) -> None:
    write(tmp_path / "x")
    write_all(tmp_path / "d", {"a": b"old", "b": b"old"})
    before = read_tree(tmp_path)
    with bound_files(1000), pytest.raises(KgError, match=r"cannot be written \(File too large\)"):
        write(tmp_path / "x", OURS * 1000)
    with bound_files(1000), pytest.raises(KgError, match=r"cannot be written \(File too large\)"):
        write_all(tmp_path / "d", {"a": b"new", "c": b"new" * 1000})
    assert read_tree(tmp_path) == before


# --- the output, devices and pipes ------------------------------------------------------------


@posix
@pytest.mark.parametrize("target", ["-", "/dev/stdout"])
def test_output_is_appended_to(target: str, tmp_path: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from kg.files import write_file\n"
        "with write_file(Path(sys.argv[1])) as stream: stream.write(b'data')"
    )
    (tmp_path / "out").write_bytes(b"mine ")
    with (tmp_path / "out").open("ab") as out:
        subprocess.run([sys.executable, "-c", code, target], stdout=out, check=True, timeout=60)
    assert read_tree(tmp_path) == {"out": b"mine data"}
    done = subprocess.run([sys.executable, "-c", code, target], capture_output=True, timeout=60)
    assert (done.stdout, done.stderr) == (b"data", b"")


@posix
def test_pipe_is_written_to_as_it_is(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    got: list[bytes] = []
    reader = threading.Thread(target=lambda: got.append((tmp_path / "pipe").read_bytes()))
    reader.start()
    write(tmp_path / "pipe")
    reader.join(20)
    assert got == [OURS]
    assert stat.S_ISFIFO((tmp_path / "pipe").stat().st_mode)


@posix
def test_full_device_is_told() -> None:
    with pytest.raises(KgError, match=r"/dev/full: cannot be written \(No space left"):
        write(Path("/dev/full"))


# --- interrupts -------------------------------------------------------------------------------


@posix
@pytest.mark.parametrize(
    ("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143), (signal.SIGHUP, 129)]
)
@pytest.mark.parametrize("kind", ["file", "folder"])
def test_process_that_is_ended_leaves_the_old_files(
    kind: str, number: signal.Signals, code: int, tmp_path: Path
) -> None:
    write(tmp_path / "file")
    write_all(tmp_path / "folder", {"a": b"old"})
    before = read_tree(tmp_path)
    command = [sys.executable, "-c", SLOW, kind, str(tmp_path / kind)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        try:
            assert process.stdout is not None
            assert process.stdout.readline() == b"ready\n"
            assert len(read_tree(tmp_path)) > len(before)
            process.send_signal(number)
            _, err = process.communicate(timeout=20)
        finally:
            process.kill()
    assert process.returncode == code
    assert b"Traceback" not in err
    assert read_tree(tmp_path) == before


@posix
def test_signals_are_given_back(tmp_path: Path) -> None:
    before = [signal.getsignal(n) for n in (signal.SIGTERM, signal.SIGHUP)]
    write(tmp_path / "x")
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        with write_file(tmp_path / "x") as stream:
            assert signal.getsignal(signal.SIGHUP) is signal.SIG_IGN  # as nohup has it
            assert signal.getsignal(signal.SIGTERM) is not before[0]
            stream.write(OURS)
    finally:
        signal.signal(signal.SIGHUP, before[1])
    assert [signal.getsignal(n) for n in (signal.SIGTERM, signal.SIGHUP)] == before


def test_file_can_be_written_in_another_thread(tmp_path: Path) -> None:
    thread = threading.Thread(target=write, args=(tmp_path / "x",))
    thread.start()
    thread.join(20)
    assert read_tree(tmp_path) == {"x": OURS}


# --- a folder ---------------------------------------------------------------------------------


def test_folder_has_its_files_and_their_digests(tmp_path: Path) -> None:
    write_all(tmp_path / "d", {"b/c.csv": b"two", "a.csv": b"one"})
    tree = read_tree(tmp_path / "d")
    manifest = json.loads(tree.pop(MANIFEST) or b"")
    assert tree == {"a.csv": b"one", "b": None, "b/c.csv": b"two"}
    assert manifest["generator"] == producer()
    assert list(manifest["files"].items()) == [
        ("a.csv", hashlib.sha256(b"one").hexdigest()),
        ("b/c.csv", hashlib.sha256(b"two").hexdigest()),
    ]


def test_second_export_replaces_the_first(tmp_path: Path) -> None:
    files = {"a": b"1", "b": b"1", "gone": b"1", "sub/c": b"1", "sub/d": b"1"}
    write_all(tmp_path, files, export="one")
    (tmp_path / "b").write_bytes(b"changed")
    (tmp_path / "gone").unlink()
    (tmp_path / "mine").write_bytes(b"mine")
    write_all(tmp_path, {"a": b"2"}, export="one")
    tree = read_tree(tmp_path)
    assert set(tree) == {"a", "b", "mine", MANIFEST}
    assert (tree["a"], tree["b"]) == (b"2", b"changed")
    assert list(json.loads(tree[MANIFEST] or b"")["files"]) == ["a"]
    with pytest.raises(KgError, match="b: was not written by kg"):
        write_all(tmp_path, {"b": b"2"}, export="one")


def test_what_other_exports_left_stays(tmp_path: Path) -> None:
    write_all(tmp_path, {"a": b"1", "b": b"1"}, export="one")
    write_all(tmp_path, {"x/c": b"1", "y/d": b"1"}, export="two")
    write_all(tmp_path, {"x/e": b"1"}, export="two", replaces=lambda name: name.startswith("x/"))
    tree = read_tree(tmp_path)
    assert set(tree) == {"a", "b", "x", "x/e", "y", "y/d", MANIFEST}
    manifest = json.loads(tree[MANIFEST] or b"")
    assert manifest["exports"] == {"a": "one", "b": "one", "x/e": "two", "y/d": "two"}
    assert set(manifest["files"]) == set(manifest["exports"])
    write_all(tmp_path, {"a": b"2"}, export="one")
    assert set(read_tree(tmp_path)) == {"a", "x", "x/e", "y", "y/d", MANIFEST}


@pytest.mark.parametrize("name", ["a", "sub/b", MANIFEST])
def test_file_in_a_folder_that_is_not_ours_stays(name: str, tmp_path: Path) -> None:
    (tmp_path / name).parent.mkdir(exist_ok=True)
    (tmp_path / name).write_bytes(b"{}")
    before = read_tree(tmp_path)
    files = {"a": b"1", "sub/b": b"1"}
    with pytest.raises(KgError, match=rf"{name}: was not written by kg") as caught:
        write_all(tmp_path, files)
    assert caught.value.exit_code == 2
    assert read_tree(tmp_path) == before
    write_all(tmp_path, files, force=True)
    assert read_tree(tmp_path)["sub/b"] == b"1"
    write_all(tmp_path, files)


def test_file_put_into_a_folder_in_the_meantime_stays(tmp_path: Path) -> None:
    with pytest.raises(KgError, match="was not written by kg"), write_folder(tmp_path) as open_file:
        open_file("a").write(b"1")
        open_file("b").write(b"1")
        (tmp_path / "b").write_bytes(b"mine")
    assert read_tree(tmp_path) == {"b": b"mine"}


def test_folder_that_fails_leaves_the_old_files(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_all(tmp_path / "d", {"a": b"1", "b": b"1"})
    before = read_tree(tmp_path)
    for folder in ("d", "new"):
        with pytest.raises(ZeroDivisionError), write_folder(tmp_path / folder) as open_file:
            open_file("a").write(b"2")
            open_file("sub/c").write(b"2")
            raise ZeroDivisionError
    assert read_tree(tmp_path) == before
    replace = Path.replace

    def fail_late(self: Path, target: Path) -> Path:
        if target.name == MANIFEST:
            raise OSError(5, "Input/output error")
        return replace(self, target)

    def refuse_link(target: Path, link: Path) -> None:
        raise OSError(1, "Operation not permitted")

    monkeypatch.setattr(Path, "replace", fail_late)
    for linked in (True, False):
        if not linked:
            monkeypatch.setattr(os, "link", refuse_link)  # as on a disk without links
        with pytest.raises(KgError, match="Input/output error"):
            write_all(tmp_path / "d", {"a": b"2", "b": b"2", "c": b"2"})
        assert read_tree(tmp_path) == before


@pytest.mark.parametrize("name", ["../x", "/x", "a/../x", "", ".", "a\\b", "c:x", MANIFEST, "a\0"])
def test_file_of_a_folder_cannot_be_called_so(name: str, tmp_path: Path) -> None:
    with pytest.raises(KgError, match="cannot be called so"):
        write_all(tmp_path / "d", {name: b"1"})
    assert read_tree(tmp_path) == {}


@pytest.mark.parametrize("hostile", ["../x", "sub/../../x", "out/x"])
def test_manifest_that_leads_out_of_the_folder_does_nothing(hostile: str, tmp_path: Path) -> None:
    folder, victim = tmp_path / "d", tmp_path / "x"
    victim.write_bytes(b"mine")
    (folder / "sub").mkdir(parents=True)
    (folder / "out").symlink_to(tmp_path)
    digest = hashlib.sha256(b"mine").hexdigest()
    manifest = {"generator": producer(), "files": {hostile: digest, str(victim): digest}}
    (folder / MANIFEST).write_text(json.dumps(manifest))
    write_all(folder, {"a": b"1"})
    assert victim.read_bytes() == b"mine"
    assert (folder / "a").read_bytes() == b"1"
    assert list(json.loads((folder / MANIFEST).read_text())["files"]) == ["a"]


@pytest.mark.parametrize(
    "manifest", [b"", b"[]", b'{"generator": 1}', b'{"generator": "kg"}', b"[" * 99999, b"\xff"]
)
def test_broken_manifest_is_somebody_elses(manifest: bytes, tmp_path: Path) -> None:
    (tmp_path / MANIFEST).write_bytes(manifest)
    with pytest.raises(KgError, match="was not written by kg"):
        write_all(tmp_path, {"a": b"1"})
    assert read_tree(tmp_path) == {MANIFEST: manifest}


@pytest.mark.parametrize("force", [False, True])
def test_file_in_the_place_of_a_folder_is_told(force: bool, tmp_path: Path) -> None:
    (tmp_path / "d").write_bytes(b"mine")
    for target in (tmp_path / "d", Path("-")):
        with pytest.raises(KgError, match=r"is no folder\. Name one") as caught:
            write_all(target, {"a": b"1"}, force=force)
        assert caught.value.exit_code == 2
    assert read_tree(tmp_path) == {"d": b"mine"}


@posix
def test_two_exports_at_once_leave_one_of_them_whole(tmp_path: Path) -> None:
    """Both begin before either ends; the one that ends later stays."""
    with write_folder(tmp_path) as open_first:
        open_first("a").write(b"first")
        open_first("b").write(b"first")
        write_all(tmp_path, {"a": b"second", "c": b"second"})
    tree = read_tree(tmp_path)
    manifest = json.loads(tree.pop(MANIFEST) or b"")
    assert tree == {"a": b"first", "b": b"first"}
    digests = {name: hashlib.sha256(data or b"").hexdigest() for name, data in tree.items()}
    assert manifest["files"] == digests
    write(tmp_path / "x")
    with write_file(tmp_path / "x") as first:
        first.write(OURS + b"first")
        write(tmp_path / "x", OURS + b"second")
    assert (tmp_path / "x").read_bytes() == OURS + b"first"


@posix
def test_export_waits_for_another_that_takes_its_names(tmp_path: Path) -> None:
    fcntl = pytest.importorskip("fcntl")
    held = os.open(tmp_path, os.O_RDONLY)
    fcntl.flock(held, fcntl.LOCK_EX)
    thread = threading.Thread(target=write_all, args=(tmp_path, {"a": b"1"}))
    thread.start()
    time.sleep(0.3)
    assert not (tmp_path / "a").exists()
    os.close(held)
    thread.join(20)
    assert (tmp_path / "a").read_bytes() == b"1"


# --- compression ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("suffix", "unpack"), [(".gz", gzip.decompress), (".zst", zstd.decompress)]
)
def test_compressed_bytes_do_not_tell_when_and_where(
    suffix: str, unpack: object, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    written = []
    for name, seconds in (("a", 1e9), ("b", 2e9)):
        monkeypatch.setattr(time, "time", lambda seconds=seconds: seconds)
        with write_file(tmp_path / name) as raw, compress_stream(raw, suffix) as stream:
            stream.write(OURS * 100)
        written.append((tmp_path / name).read_bytes())
    assert written[0] == written[1]
    assert callable(unpack)
    assert unpack(written[0]) == OURS * 100
    if suffix == ".gz":
        assert written[0][3:8] == b"\0" * 5  # no file name, no time


def test_missing_library_is_told(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in ("backports.zstd", "compression.zstd"):
        monkeypatch.setitem(sys.modules, name, None)
    monkeypatch.delattr("backports.zstd", raising=False)
    with (
        pytest.raises(KgError, match=r"pip install 'city-policy-kg\[zstd\]'"),
        write_file(tmp_path / "x") as raw,
        compress_stream(raw, ".zst"),
    ):
        pass
    assert read_tree(tmp_path) == {}
    # Then nobody can tell whose it is.
    (tmp_path / "x").write_bytes(zstd.compress(LONG))
    with pytest.raises(KgError, match="was not written by kg"):
        write(tmp_path / "x")
