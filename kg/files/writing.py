"""Write files and folders completely or not at all; see `kg.files.staging` for how.

A folder that kg writes has a `manifest.json` with the SHA-256 of each file. The manifest is the
only proof that a folder, and each file in it, is ours to replace.
"""

import errno
import gzip
import json
import os
import posixpath
import re
import sys
import time
from collections.abc import Callable, Container, Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import BinaryIO, cast

from kg.errors import KgError, join_names, require
from kg.files.journal import (
    NEW,
    FileState,
    compute_digest,
    is_inside,
    list_parents,
    read_state,
    sync_files,
    sync_path,
)
from kg.files.signals import exit_on_signals
from kg.files.staging import TEMPORARY, Stage, commit_stage, lock_folder, stage_file, stage_folder
from kg.home import PACKAGE, name_program

MANIFEST = "manifest.json"
COMPRESSIONS = (".gz", ".zst")
# As a path, /dev/stdout may be a file that other processes are writing to as well.
READER_SECONDS = 10  # that a program has to open a named pipe to which kg writes
STDOUT = ("-", "/dev/stdout")

OpenFile = Callable[[str], BinaryIO]
Entry = tuple[str, str]  # the export that wrote a file, and the file's SHA-256

# What to do about an error of the system: https://man7.org/linux/man-pages/man3/errno.3.html.
PERMISSION = "Give a path that you may write to."
FULL = "Make room on the disk, then run the command again."
ADVICE = {
    errno.EACCES: PERMISSION,
    errno.EPERM: PERMISSION,
    errno.EROFS: PERMISSION,
    errno.ENOSPC: FULL,
    errno.EDQUOT: FULL,
    errno.EFBIG: "Raise the limit of file sizes (ulimit -f), or give a path on another disk.",
    errno.ENAMETOOLONG: "Give a shorter path.",
    errno.ENOTDIR: "A part of the path is a file: give another path.",
    errno.EISDIR: "It is a folder: remove it, or give another path.",
    errno.ENXIO: "No program reads from the pipe: start one.",
    errno.ELOOP: "Its symbolic links lead in a circle: remove them, or give another path.",
}


def is_folder_target(target: str, *, one_file: bool = False) -> bool:
    """Return whether the target of `-o` is a folder: it exists as one, or ends in `/`.

    A new target without a suffix is a folder, too, unless the command writes `one_file`.

    >>> is_folder_target("dumps/"), is_folder_target("dumps"), is_folder_target("dump.nq")
    (True, True, False)
    >>> is_folder_target("dump", one_file=True), is_folder_target("-")
    (False, False)
    """
    if target == "-" or target.endswith(("/", os.sep)):
        return target != "-"
    path = Path(target)
    with suppress(OSError):  # the name is too long
        if path.exists():
            return path.is_dir()
    return not (path.suffix or one_file)


def is_stream_target(target: str) -> bool:
    """Return whether the target of `-o` is standard output, a device or a pipe.

    >>> is_stream_target("-"), is_stream_target("/dev/null"), is_stream_target("dump.nq")
    (True, True, False)
    """
    path = Path(target)
    try:
        return target in STDOUT or (path.exists() and not (path.is_file() or path.is_dir()))
    except OSError:  # the name is too long
        return False


@contextmanager
def write_file(target: Path) -> Iterator[BinaryIO]:
    """Yield a stream of bytes that replaces the file at the end of the block; `-` is stdout.

    A symbolic link is followed, the mode of an existing file is kept, and devices and pipes are
    written to directly. If the block fails or is interrupted, the old file remains.

    Raises:
        KgError: the target is a folder (exit code 2), or cannot be written (1).
    """
    if str(target) in STDOUT:
        yield sys.stdout.buffer
        sys.stdout.buffer.flush()
        return
    with _explain_errors(target):
        if target.is_dir():
            raise KgError(f"{target}: is a folder. Give the path of a file.", exit_code=2)
        if is_stream_target(str(target)):
            with open(_open_stream(target), "wb") as stream:
                yield stream
            return
        with exit_on_signals(), stage_file(_resolve_target(target)) as stream:
            yield stream


def _open_stream(target: Path) -> int:
    """Return the descriptor of a device or pipe, opened for writing.

    Raises:
        OSError: no program reads from the pipe.
    """
    deadline = time.monotonic() + READER_SECONDS
    while True:
        try:
            descriptor = os.open(target, os.O_WRONLY | getattr(os, "O_NONBLOCK", 0))
        except OSError as error:
            if error.errno != errno.ENXIO or time.monotonic() > deadline:
                raise
            time.sleep(0.05)
        else:
            if hasattr(os, "set_blocking"):
                os.set_blocking(descriptor, True)
            return descriptor


@contextmanager
def write_folder(
    folder: Path,
    *,
    export: str,
    force: bool = False,
    replaces: Callable[[str], bool] = lambda name: True,
) -> Iterator[OpenFile]:
    """Yield a function that opens a file in the folder, by its relative path, for bytes.

    At the end of the block all files and `manifest.json` are renamed into place together; those of
    ours that have the same bytes already are not touched. Files
    that an earlier run of the same `export` wrote, that nobody has changed since, and for which
    `replaces` is true are removed; all other files remain. If the block fails or is interrupted,
    the folder remains as it was.

    Raises:
        KgError: the target is no folder, or a file to be written exists, is not in our manifest
            or was changed since, and `force` is false (exit code 2); or the folder cannot be
            written (1).
    """
    with _explain_errors(folder):
        if str(folder) == "-" or (folder.exists() and not folder.is_dir()):
            raise KgError(
                f"{folder}: is not a folder. Give a folder: several files are written.",
                exit_code=2,
            )
        target = _resolve_target(folder)
    opened: dict[str, BinaryIO] = {}
    made = set[str]()
    with _explain_errors(folder), exit_on_signals(), stage_folder(target) as stage:
        new = stage.path / NEW
        with ExitStack() as streams:

            def open_file(name: str) -> BinaryIO:
                parent = posixpath.dirname(name)
                if parent not in made:
                    (new / parent).mkdir(parents=True, exist_ok=True)
                    made.add(parent)
                opened[name] = streams.enter_context((new / name).open("xb"))
                return opened[name]

            yield open_file
        sync_files([new / name for name in opened])
        written = {name: (export, compute_digest(new / name)) for name in opened}
        with lock_folder(stage.folder):
            own, states = _list_own_files(folder)
            states |= _refuse_others(folder, {*written, MANIFEST} - states.keys(), own, force=force)
            _commit_files(stage, written, own, states, lambda n, by: by == export and replaces(n))


def _commit_files(
    stage: Stage,
    written: Mapping[str, Entry],
    own: Mapping[str, Entry],
    states: Mapping[str, FileState],
    is_stale: Callable[[str, str], bool],
) -> None:
    """Put the new files of a stage and the manifest into its folder, and remove stale ones.

    Our own files that have these bytes already are left alone, with their time of change.
    """
    same = {name for name, (_, digest) in written.items() if own.get(name, ("", ""))[1] == digest}
    put = {*written, MANIFEST} - same
    for name in put & states.keys():
        _refuse_read_only(stage.folder / name)
    for name in same:
        (stage.path / NEW / name).unlink()
    stale = {name for name, (by, _) in own.items() if name not in written and is_stale(name, by)}
    files = {**{name: entry for name, entry in own.items() if name not in stale}, **written}
    manifest = stage.path / NEW / MANIFEST
    manifest.write_bytes(_encode_manifest(files))
    if not stale and put == {MANIFEST} and _has_bytes(stage.folder / MANIFEST, manifest):
        return
    sync_path(manifest)
    commit_stage(stage, sorted(put), sorted(stale), states)


def _has_bytes(path: Path, other: Path) -> bool:
    return path.is_file() and path.read_bytes() == other.read_bytes()


@contextmanager
def compress_stream(stream: BinaryIO, suffix: str) -> Iterator[BinaryIO]:
    """Yield a stream that compresses into another: `.gz`, `.zst`, or "" for no compression.

    gzip (RFC 1952) is written without time and file name, so that the bytes are reproducible.

    Raises:
        KgError: Zstandard (RFC 8878) is asked for and its library is not installed.
    """
    if suffix == ".gz":
        with gzip.GzipFile("", "wb", fileobj=stream, mtime=0) as compressed:
            yield cast(BinaryIO, compressed)
    elif suffix == ".zst":
        module = "compression.zstd" if sys.version_info >= (3, 14) else "backports.zstd"
        with require(module, "zstd", hint=", or write .gz.").ZstdFile(stream, "wb") as compressed:
            yield compressed
    else:
        yield stream


def _resolve_target(path: Path) -> Path:
    """Return the path to write to, following symbolic links."""
    target = Path(os.path.realpath(path))
    if target.is_symlink():
        raise OSError(errno.ELOOP, os.strerror(errno.ELOOP), str(path))
    _refuse_read_only(target)
    return target


def _refuse_read_only(path: Path) -> None:
    """Raise a PermissionError for what is read-only: renaming would replace it."""
    if path.exists() and not os.access(path, os.W_OK):
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(path))


def _encode_manifest(files: Mapping[str, Entry]) -> bytes:
    manifest = {
        "generator": name_program(),
        "files": {name: digest for name, (_, digest) in sorted(files.items())},
        "exports": {name: by for name, (by, _) in sorted(files.items())},
    }
    return (json.dumps(manifest, indent=2, ensure_ascii=False) + "\n").encode()


def _list_own_files(folder: Path) -> tuple[dict[str, Entry], dict[str, FileState]]:
    """Return the files of our manifest that nobody has changed since, and their states.

    The states include that of the manifest itself.
    """
    own: dict[str, Entry] = {}
    try:
        state = read_state(folder / MANIFEST)
        manifest = json.loads((folder / MANIFEST).read_text("utf-8"))
        if not (state and state.digest and manifest["generator"].startswith(f"{PACKAGE} ")):
            return {}, {}
        states = {MANIFEST: state}
        for name, digest in manifest["files"].items():
            entry = (manifest["exports"][name], digest)
            # A symbolic link, or the manifest of somebody else, could lead out of the folder.
            if is_inside(folder, name):
                with suppress(OSError):  # a folder, or not readable
                    if (state := read_state(folder / name)) and state.digest == digest:
                        own[name], states[name] = entry, state
        return own, states
    except (OSError, ValueError, TypeError, KeyError, AttributeError, RecursionError):
        return {}, {}


def _refuse_others(
    folder: Path, names: Iterable[str], own: Container[str], *, force: bool
) -> dict[str, FileState]:
    """Return the states of the files to be overwritten that are not our own.

    Raises:
        KgError: there are such files and `force` is false, or a link is in the way.
        OSError: something else is in the way.
    """
    for parent in sorted(list_parents(names)):
        path = folder / parent
        if path.is_symlink():
            raise KgError(f"{path}: is a link. Remove it, or give another folder.", exit_code=2)
        if path.exists() and not path.is_dir() and parent not in own:
            raise NotADirectoryError(errno.ENOTDIR, os.strerror(errno.ENOTDIR), str(path))
    found = [name for name in sorted(names) if os.path.lexists(folder / name)]
    if found and not force:
        foreign = sorted(str(folder / name) for name in found)
        exists, was, it = ("exist", "were", "them") if foreign[1:] else ("exists", "was", "it")
        raise KgError(
            f"{join_names(foreign)}: {exists} and {was} not written by kg, or {was} edited since. "
            f"Use --force to overwrite {it}, or give another folder.",
            exit_code=2,
        )
    return {name: state for name in found if (state := read_state(folder / name))}


@contextmanager
def _explain_errors(target: Path) -> Iterator[None]:
    try:
        yield
    except BrokenPipeError:
        raise
    except OSError as error:
        name = _show_path(str(error.filename2 or error.filename or target), target)
        advice = ADVICE.get(error.errno or 0, "Give another path.")
        raise KgError(f"{name}: cannot be written ({error.strerror or error}). {advice}") from None


def _show_path(name: str, target: Path) -> str:
    """Return the path of an error as the user has given it, without temporary names."""
    real = os.path.realpath(target)
    name = re.sub(rf"/{TEMPORARY.pattern}(/(new|old))?(?=/|$)", "", name)
    if name.startswith(f"{real}/"):
        return str(target) + name.removeprefix(real)
    return str(target) if real.startswith(name) else name
