"""Files and folders are written completely or not at all; foreign files in a folder remain."""

import errno
import gzip
import hashlib
import json
import os
import re
import signal
import stat
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from backports import zstd

from kg.errors import KgError
from kg.files import MANIFEST, compress_stream, is_folder_target, write_file, write_folder
from kg.home import name_program

ReadTree = Callable[[Path], dict[str, bytes | None]]
WriteAll = Callable[..., None]
DATA = b"<https://e.org/s> <https://e.org/p> <https://e.org/o> .\n"
posix = pytest.mark.skipif(os.name != "posix", reason="needs POSIX signals and pipes")

# Writes half of a file, or of the files of a folder, reports it, and waits for a signal.
SLOW = """
import sys, time
from pathlib import Path
from typing import Any
from kg.__main__ import main
from kg.files import write_file, write_folder
import kg.cli
def work(**options):
    if sys.argv[1] == "file":
        with write_file(Path(sys.argv[2])) as stream:
            stream.write(b"half")
            stream.flush()
            print("ready", flush=True)
            time.sleep(60)
    with write_folder(Path(sys.argv[2]), export="test") as open_file:
        open_file("a").write(b"half")
        open_file("new/b").write(b"half")
        print("ready", flush=True)
        time.sleep(60)
kg.cli.cli.main = work
main()
"""


def write(path: Path, data: bytes = DATA) -> None:
    with write_file(path) as stream:
        stream.write(data)


# A file


def test_folder_or_file(tmp_path: Path) -> None:
    (tmp_path / "old").write_text("")
    (tmp_path / "old.folder").mkdir()
    found = [str(path) for path in sorted(tmp_path.iterdir()) if is_folder_target(str(path))]
    assert found == [str(tmp_path / "old.folder")]
    new = ["-", "a.gexf", "a.gexf/", "a"]
    assert [target for target in new if is_folder_target(target)] == ["a.gexf/", "a"]
    assert [target for target in new if is_folder_target(target, one_file=True)] == ["a.gexf/"]


def test_file_is_written_with_its_parent_folders(tmp_path: Path, read_tree: ReadTree) -> None:
    write(tmp_path / "a" / "b" / "x.nq")
    assert read_tree(tmp_path) == {"a": None, "a/b": None, "a/b/x.nq": DATA}


@pytest.mark.parametrize("error", [KeyboardInterrupt(), RuntimeError("x"), SystemExit(3)])
def test_failed_write_keeps_the_old_file(
    error: BaseException, tmp_path: Path, read_tree: ReadTree
) -> None:
    write(tmp_path / "x.nq")
    for target in ("x.nq", "deep/er/y.nq"):
        with pytest.raises(type(error)), write_file(tmp_path / target) as stream:
            stream.write(b"half")
            raise error
    assert read_tree(tmp_path) == {"x.nq": DATA}


def test_file_appears_at_the_end_of_the_block(tmp_path: Path) -> None:
    with write_file(tmp_path / "x.nq") as stream:
        stream.write(DATA)
        stream.flush()
        assert not (tmp_path / "x.nq").exists()
    assert (tmp_path / "x.nq").read_bytes() == DATA


def test_refuses_a_folder_as_file(tmp_path: Path, read_tree: ReadTree) -> None:
    (tmp_path / "x").mkdir()
    with pytest.raises(KgError, match=r"is a folder\. Give the path of a file") as caught:
        write(tmp_path / "x")
    assert caught.value.exit_code == 2
    assert read_tree(tmp_path) == {"x": None}


@pytest.mark.parametrize(
    ("target", "message"),
    [
        ("file/x", r"/file/x: .*\(Not a directory\)\. A part of the path is a file"),
        ("file/x/y", r"/file/x.*: .*\(Not a directory\)\. A part of the path is a file"),
        ("/proc/kg/x", r"/proc/kg/x: .*\(No such file or directory\)\. Give another path"),
        ("n" * 300, r"n: .*\(File name too long\)\. Give a shorter path"),
        ("/".join("n" * 2500), r"n: .*\(File name too long\)\. Give a shorter path"),
        ("loop", r"/loop: .*\(Too many levels of symbolic links\)\. Its symbolic links lead"),
    ],
)
@pytest.mark.parametrize("kind", ["file", "folder"])
def test_unwritable_path_is_an_error(
    kind: str, target: str, message: str, tmp_path: Path, write_all: WriteAll
) -> None:
    (tmp_path / "file").write_bytes(b"mine")
    (tmp_path / "loop").symlink_to("loop")
    before = sorted(tmp_path.iterdir())
    with pytest.raises(KgError) as caught:
        if kind == "file":
            write(tmp_path / target)
        else:
            write_all(tmp_path / target, {"a": b"1"})
    assert re.search(message, str(caught.value))
    assert caught.value.exit_code == 1
    assert ".tmp" not in str(caught.value)
    assert sorted(tmp_path.iterdir()) == before


@pytest.mark.parametrize(
    ("number", "advice"),
    [
        (errno.ENOSPC, "Make room on the disk"),
        (errno.EDQUOT, "Make room on the disk"),
        (errno.EFBIG, "Raise the limit of file sizes"),
        (errno.EROFS, "Give a path that you may write to"),
        (errno.EPERM, "Give a path that you may write to"),
        (errno.EIO, "Give another path"),
    ],
)
def test_error_says_what_to_do(
    number: int, advice: str, tmp_path: Path, read_tree: ReadTree
) -> None:
    for target in ("x", "d"):
        with pytest.raises(KgError, match=rf"{target}: cannot be written \(.*\)\. {advice}"):
            fail_to_write(tmp_path / target, OSError(number, os.strerror(number)))
    assert read_tree(tmp_path) == {}


def fail_to_write(path: Path, error: OSError) -> None:
    if path.name == "x":
        with write_file(path):
            raise error
    with write_folder(path, export="test"):
        raise error


def test_longest_file_name_can_be_written(tmp_path: Path, read_tree: ReadTree) -> None:
    write(tmp_path / ("n" * 255))
    assert len(read_tree(tmp_path)) == 1


@posix
def test_symbolic_link_is_followed_and_kept(tmp_path: Path, read_tree: ReadTree) -> None:
    (tmp_path / "far").mkdir()
    for name in ("old", "none"):
        (tmp_path / name).symlink_to(Path("far") / name)
    write(tmp_path / "far" / "old")
    for name in ("old", "none"):
        write(tmp_path / name, DATA + b"new")
        assert (tmp_path / name).is_symlink()
        assert (tmp_path / "far" / name).read_bytes() == DATA + b"new"
    assert len(read_tree(tmp_path)) == 5


@posix
def test_circular_link_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "x").symlink_to("x")
    with pytest.raises(KgError, match="cannot be written"):
        write(tmp_path / "x")
    assert (tmp_path / "x").is_symlink()


@posix
def test_link_with_the_temporary_name_is_not_followed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, write_all: WriteAll
) -> None:
    token = "0" * 16
    monkeypatch.setattr("kg.files.staging.token_hex", lambda size: token)
    (tmp_path / "mine").write_bytes(b"mine")
    (tmp_path / f".kg-{token}.tmp").symlink_to(tmp_path / "mine")
    with pytest.raises(KgError, match="cannot be written"):
        write(tmp_path / "x")
    with pytest.raises(KgError, match="cannot be written"):
        write_all(tmp_path, {"x": b"1"})
    assert (tmp_path / f".kg-{token}.tmp").is_symlink()
    assert (tmp_path / "mine").read_bytes() == b"mine"


@posix
@pytest.mark.parametrize("mode", [0o600, 0o664, 0o755])
def test_file_mode_is_kept(mode: int, tmp_path: Path) -> None:
    write(tmp_path / "x")
    (tmp_path / "x").chmod(mode)
    write(tmp_path / "x", DATA + b"new")
    assert stat.S_IMODE((tmp_path / "x").stat().st_mode) == mode
    before = os.umask(0o027)
    try:
        write(tmp_path / "y")
    finally:
        os.umask(before)
    assert stat.S_IMODE((tmp_path / "y").stat().st_mode) == 0o640


def test_read_only_file_is_an_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, read_tree: ReadTree
) -> None:
    write(tmp_path / "x")
    monkeypatch.setattr(os, "access", lambda path, mode: mode != os.W_OK)
    with pytest.raises(KgError, match=r"x: cannot be written \(Permission denied\)"):
        write(tmp_path / "x", DATA + b"new")
    assert read_tree(tmp_path) == {"x": DATA}


@contextmanager
def limit_file_size(size: int) -> Iterator[None]:
    resource = pytest.importorskip("resource", reason="files are bounded on POSIX alone")
    _, most = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, most))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (most, most))


def test_full_disk_keeps_the_old_files(
    tmp_path: Path, read_tree: ReadTree, write_all: WriteAll
) -> None:
    write(tmp_path / "x")
    write_all(tmp_path / "d", {"a": b"old", "b": b"old"})
    before = read_tree(tmp_path)
    with (
        limit_file_size(1000),
        pytest.raises(KgError, match=r"cannot be written \(File too large\)"),
    ):
        write(tmp_path / "x", DATA * 1000)
    with (
        limit_file_size(1000),
        pytest.raises(KgError, match=r"cannot be written \(File too large\)"),
    ):
        write_all(tmp_path / "d", {"a": b"new", "c": b"new" * 1000})
    assert read_tree(tmp_path) == before


# Standard output, devices and pipes


@posix
@pytest.mark.parametrize("target", ["-", "/dev/stdout"])
def test_stdout_is_appended_to(target: str, tmp_path: Path, read_tree: ReadTree) -> None:
    code = (
        "import sys; from pathlib import Path; from kg.files import write_file\n"
        "with write_file(Path(sys.argv[1])) as stream: stream.write(b'data')"
    )
    (tmp_path / "out").write_bytes(b"mine ")
    with (tmp_path / "out").open("ab") as out:
        subprocess.run([sys.executable, "-c", code, target], stdout=out, check=True, timeout=600)
    assert read_tree(tmp_path) == {"out": b"mine data"}
    done = subprocess.run([sys.executable, "-c", code, target], capture_output=True, timeout=600)
    assert (done.stdout, done.stderr) == (b"data", b"")


@posix
def test_pipe_is_written_to_directly(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    got: list[bytes] = []
    reader = threading.Thread(target=lambda: got.append((tmp_path / "pipe").read_bytes()))
    reader.start()
    write(tmp_path / "pipe")
    reader.join(600)
    assert got == [DATA]
    assert stat.S_ISFIFO((tmp_path / "pipe").stat().st_mode)


@posix
def test_pipe_that_nobody_reads_is_an_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("kg.files.writing.READER_SECONDS", 0.1)
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(KgError, match=r"cannot be written .* No program reads from the pipe"):
        write(tmp_path / "pipe")


@posix
def test_full_device_is_an_error() -> None:
    with pytest.raises(KgError, match=r"/dev/full: cannot be written \(No space left"):
        write(Path("/dev/full"))


# Signals


@posix
@pytest.mark.parametrize(
    ("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143), (signal.SIGHUP, 129)]
)
@pytest.mark.parametrize("kind", ["file", "folder"])
def test_signal_keeps_the_old_files(
    kind: str,
    number: signal.Signals,
    code: int,
    tmp_path: Path,
    read_tree: ReadTree,
    write_all: WriteAll,
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
            _, err = process.communicate(timeout=600)
        finally:
            process.kill()
    assert process.returncode == code
    assert b"Traceback" not in err
    assert read_tree(tmp_path) == before


@posix
def test_signal_handlers_are_restored(tmp_path: Path) -> None:
    before = [signal.getsignal(n) for n in (signal.SIGTERM, signal.SIGHUP)]
    write(tmp_path / "x")
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        with write_file(tmp_path / "x") as stream:
            assert signal.getsignal(signal.SIGHUP) is signal.SIG_IGN  # as nohup has it
            assert signal.getsignal(signal.SIGTERM) is not before[0]
            stream.write(DATA)
    finally:
        signal.signal(signal.SIGHUP, before[1])
    assert [signal.getsignal(n) for n in (signal.SIGTERM, signal.SIGHUP)] == before


def test_file_can_be_written_in_another_thread(tmp_path: Path, read_tree: ReadTree) -> None:
    thread = threading.Thread(target=write, args=(tmp_path / "x",))
    thread.start()
    thread.join(600)
    assert read_tree(tmp_path) == {"x": DATA}


# A folder


def test_manifest_has_the_digest_of_each_file(
    tmp_path: Path, read_tree: ReadTree, write_all: WriteAll
) -> None:
    write_all(tmp_path / "d", {"b/c.csv": b"two", "a.csv": b"one"})
    tree = read_tree(tmp_path / "d")
    manifest = json.loads(tree.pop(MANIFEST) or b"")
    assert tree == {"a.csv": b"one", "b": None, "b/c.csv": b"two"}
    assert manifest["generator"] == name_program()
    assert list(manifest["files"].items()) == [
        ("a.csv", hashlib.sha256(b"one").hexdigest()),
        ("b/c.csv", hashlib.sha256(b"two").hexdigest()),
    ]


def test_second_export_replaces_the_first(
    tmp_path: Path, read_tree: ReadTree, write_all: WriteAll
) -> None:
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
    with pytest.raises(KgError, match="b: exists and was not written by kg"):
        write_all(tmp_path, {"b": b"2"}, export="one")


def test_files_of_other_exports_remain(
    tmp_path: Path, read_tree: ReadTree, write_all: WriteAll
) -> None:
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
def test_refuses_to_overwrite_foreign_file(
    name: str, tmp_path: Path, read_tree: ReadTree, write_all: WriteAll
) -> None:
    (tmp_path / name).parent.mkdir(exist_ok=True)
    (tmp_path / name).write_bytes(b"{}")
    before = read_tree(tmp_path)
    files = {"a": b"1", "sub/b": b"1"}
    with pytest.raises(KgError, match=rf"{name}: exists and was not written by kg") as caught:
        write_all(tmp_path, files)
    assert caught.value.exit_code == 2
    assert read_tree(tmp_path) == before
    write_all(tmp_path, files, force=True)
    assert read_tree(tmp_path)["sub/b"] == b"1"
    write_all(tmp_path, files)


def test_message_names_the_first_files_of_many(tmp_path: Path, write_all: WriteAll) -> None:
    files = {f"{number:03d}": b"1" for number in range(140)}
    for name in files:
        (tmp_path / name).write_bytes(b"mine")
    with pytest.raises(KgError) as caught:
        write_all(tmp_path, files)
    first = ", ".join(str(tmp_path / f"00{number}") for number in range(5))
    assert str(caught.value) == (
        f"{first} and 135 more: exist and were not written by kg, or were edited since. "
        "Use --force to overwrite them, or give another folder."
    )


def test_file_created_in_the_meantime_remains(tmp_path: Path, read_tree: ReadTree) -> None:
    with (
        pytest.raises(KgError, match="exists and was not written by kg"),
        write_folder(tmp_path, export="test") as open_file,
    ):
        open_file("a").write(b"1")
        open_file("b").write(b"1")
        (tmp_path / "b").write_bytes(b"mine")
    assert read_tree(tmp_path) == {"b": b"mine"}


def test_failed_folder_keeps_the_old_files(
    tmp_path: Path, read_tree: ReadTree, write_all: WriteAll
) -> None:
    write_all(tmp_path / "d", {"a": b"1", "b": b"1"})
    before = read_tree(tmp_path)
    for folder in ("d", "new"):
        with (
            pytest.raises(ZeroDivisionError),
            write_folder(tmp_path / folder, export="test") as open_file,
        ):
            open_file("a").write(b"2")
            open_file("sub/c").write(b"2")
            raise ZeroDivisionError
    assert read_tree(tmp_path) == before


@pytest.mark.parametrize("hostile", ["../x", "sub/../../x", "out/x"])
def test_manifest_entries_outside_the_folder_are_ignored(
    hostile: str, tmp_path: Path, write_all: WriteAll
) -> None:
    folder, victim = tmp_path / "d", tmp_path / "x"
    victim.write_bytes(b"mine")
    (folder / "sub").mkdir(parents=True)
    (folder / "out").symlink_to(tmp_path)
    digest = hashlib.sha256(b"mine").hexdigest()
    names = (hostile, str(victim))
    manifest = {
        "generator": name_program(),
        "files": dict.fromkeys(names, digest),
        "exports": dict.fromkeys(names, "test"),
    }
    (folder / MANIFEST).write_text(json.dumps(manifest))
    write_all(folder, {"a": b"1"})
    assert victim.read_bytes() == b"mine"
    assert (folder / "a").read_bytes() == b"1"
    assert list(json.loads((folder / MANIFEST).read_text())["files"]) == ["a"]


@pytest.mark.parametrize(
    "manifest", [b"", b"[]", b'{"generator": 1}', b'{"generator": "kg"}', b"[" * 99999, b"\xff"]
)
def test_invalid_manifest_is_foreign(
    manifest: bytes, tmp_path: Path, read_tree: ReadTree, write_all: WriteAll
) -> None:
    (tmp_path / MANIFEST).write_bytes(manifest)
    with pytest.raises(KgError, match="exists and was not written by kg"):
        write_all(tmp_path, {"a": b"1"})
    assert read_tree(tmp_path) == {MANIFEST: manifest}


@pytest.mark.parametrize("force", [False, True])
def test_refuses_a_file_as_folder(
    force: bool, tmp_path: Path, read_tree: ReadTree, write_all: WriteAll
) -> None:
    (tmp_path / "d").write_bytes(b"mine")
    for target in (tmp_path / "d", Path("-")):
        with pytest.raises(KgError, match=r"is not a folder\. Give a folder") as caught:
            write_all(target, {"a": b"1"}, force=force)
        assert caught.value.exit_code == 2
    assert read_tree(tmp_path) == {"d": b"mine"}


@posix
def test_later_of_two_exports_is_complete(
    tmp_path: Path, read_tree: ReadTree, write_all: WriteAll
) -> None:
    """Both begin before either ends; the one that ends later stays."""
    with write_folder(tmp_path, export="test") as open_first:
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
        first.write(DATA + b"first")
        write(tmp_path / "x", DATA + b"second")
    assert (tmp_path / "x").read_bytes() == DATA + b"first"


# Links and folders in the way


@pytest.mark.parametrize("exists", [False, True])
def test_link_to_a_folder_is_followed_and_kept(
    exists: bool, tmp_path: Path, read_tree: ReadTree, write_all: WriteAll
) -> None:
    (tmp_path / "link").symlink_to("far/d")
    if exists:
        write_all(tmp_path / "far" / "d", {"a": b"1", "b": b"1"})
    write_all(tmp_path / "link", {"a": b"2"})
    assert (tmp_path / "link").is_symlink()
    assert set(read_tree(tmp_path / "far")) == {"d", "d/a", f"d/{MANIFEST}"}


@pytest.mark.parametrize("force", [False, True])
def test_link_inside_the_folder_is_not_followed(
    force: bool, tmp_path: Path, read_tree: ReadTree, write_all: WriteAll
) -> None:
    (tmp_path / "far").mkdir()
    (tmp_path / "far" / "file").write_bytes(b"mine")
    (tmp_path / "d").mkdir()
    (tmp_path / "d" / "sub").symlink_to("../far")
    with pytest.raises(KgError, match="d/sub: is a link"):
        write_all(tmp_path / "d", {"sub/a": b"1"}, force=force)
    (tmp_path / "d" / "a").symlink_to("../far/file")
    if force:
        write_all(tmp_path / "d", {"a": b"1"}, force=True)
        assert (tmp_path / "d" / "a").read_bytes() == b"1"
    assert read_tree(tmp_path / "far") == {"file": b"mine"}


def test_folder_in_the_way_is_an_error(
    tmp_path: Path, read_tree: ReadTree, write_all: WriteAll
) -> None:
    (tmp_path / "a" / "mine").mkdir(parents=True)
    (tmp_path / "file").write_bytes(b"mine")
    before = read_tree(tmp_path)
    with pytest.raises(KgError, match=r"/a: cannot be written \(Is a directory\)\. It is a folder"):
        write_all(tmp_path, {"a": b"1", "b": b"1"}, force=True)
    with pytest.raises(KgError, match=r"/file: .*\(Not a directory\)\. A part of the path"):
        write_all(tmp_path, {"file/a": b"1", "b": b"1"}, force=True)
    assert read_tree(tmp_path) == before


@pytest.mark.parametrize("other", [False, True])
def test_folder_takes_the_place_of_a_file_of_ours(
    other: bool, tmp_path: Path, write_all: WriteAll
) -> None:
    write_all(tmp_path / "d", {"x": b"1"})
    if other:
        (tmp_path / "d" / "mine").write_bytes(b"mine")
    write_all(tmp_path / "d", {"x/a": b"2"})
    assert (tmp_path / "d" / "x" / "a").read_bytes() == b"2"


# Compression


@pytest.mark.parametrize(
    ("suffix", "unpack"), [(".gz", gzip.decompress), (".zst", zstd.decompress)]
)
def test_compressed_bytes_have_no_time_or_name(
    suffix: str, unpack: object, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    written = []
    for name, seconds in (("a", 1e9), ("b", 2e9)):
        monkeypatch.setattr(time, "time", lambda seconds=seconds: seconds)
        with write_file(tmp_path / name) as raw, compress_stream(raw, suffix) as stream:
            stream.write(DATA * 100)
        written.append((tmp_path / name).read_bytes())
    assert written[0] == written[1]
    assert callable(unpack)
    assert unpack(written[0]) == DATA * 100
    if suffix == ".gz":
        assert written[0][3:8] == b"\0" * 5  # no file name, no time


def test_missing_zstandard_library_is_an_error(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, read_tree: ReadTree
) -> None:
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


def test_unchanged_files_of_a_folder_are_not_touched(tmp_path: Path) -> None:
    folder = tmp_path / "out"

    def write(**files: bytes) -> dict[str, tuple[int, int, int]]:
        with write_folder(folder, export="test") as open_file:
            for name, content in files.items():
                with open_file(f"{name}/file") as stream:
                    stream.write(content)
        states = {path.relative_to(folder).as_posix(): path.stat() for path in folder.rglob("*")}
        return {name: (s.st_ino, s.st_mtime_ns, s.st_size) for name, s in states.items()}

    first = write(a=b"1", b=b"2")
    assert write(a=b"1", b=b"2") == first
    second = write(a=b"1", b=b"3", c=b"4")
    assert second["a/file"] == first["a/file"]
    assert second["b/file"] != first["b/file"]
    assert write(a=b"1")["a/file"] == first["a/file"]
    assert sorted(path.name for path in folder.iterdir()) == ["a", MANIFEST]
