"""Replace files of a folder one by one, so that an interrupted run can be undone.

A *stage* is a temporary folder in the folder. New files are below its `new`. Before a file is
replaced or removed, it gets a second name below `old`. The journal in the stage lists the files
with their digests: while there is a journal, the work can be undone; removing it ends the work.
"""

import ctypes
import errno
import hashlib
import json
import os
import posixpath
import shutil
import stat
from collections.abc import Collection, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from kg.errors import KgError
from kg.files.signals import hold_signals

JOURNAL = "journal.json"
NEW, OLD = "new", "old"
MANY = 100  # files: see `sync_files`
SMALL = 1 << 18  # bytes of a file that is read at once: for it, a buffer takes longer than reading


@dataclass(frozen=True)
class FileState:
    """A file when it was read: its SHA-256 ("" for a link or device), and what shows a change."""

    digest: str
    signature: tuple[int, ...]


def read_state(path: Path) -> FileState | None:
    """Return the state of a file; None if nothing has this path.

    Raises:
        OSError: the path is a folder, or cannot be read.
    """
    signature = sign_file(path)
    return FileState(compute_digest(path), signature) if signature else None


def sign_file(path: Path) -> tuple[int, ...] | None:
    """Return numbers that change when the file is changed; None if nothing has this path."""
    try:
        found = path.lstat()
    except (FileNotFoundError, NotADirectoryError):
        return None
    return found.st_mode, found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns


def compute_digest(path: Path) -> str:
    """Return the SHA-256 of a file in hexadecimal; "" for a symbolic link, device or pipe.

    Raises:
        OSError: the path is a folder, or cannot be read.
    """
    found = path.lstat()
    if not (stat.S_ISREG(found.st_mode) or stat.S_ISDIR(found.st_mode)):
        return ""
    with path.open("rb") as file:
        if found.st_size < SMALL:
            return hashlib.sha256(file.read()).hexdigest()
        return hashlib.file_digest(file, "sha256").hexdigest()


def sync_path(path: Path) -> None:
    """Wait until the disk has a file, or the names in a folder.

    Raises:
        OSError: the disk is full or broken.
    """
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    except OSError as error:
        if error.errno not in (errno.EINVAL, errno.ENOSYS, errno.ENOTSUP):  # not supported
            raise
    finally:
        os.close(descriptor)


def sync_files(paths: Sequence[Path]) -> None:
    """Wait until the disk has some new files of one folder.

    Of many files, it is far quicker to wait for all that is written to their disk
    (https://man7.org/linux/man-pages/man2/syncfs.2.html).

    Raises:
        OSError: the disk is full or broken.
    """
    sync_disk = getattr(ctypes.CDLL(None), "syncfs", None)
    if sync_disk and len(paths) > MANY:
        descriptor = os.open(paths[0], os.O_RDONLY)
        try:
            if sync_disk(descriptor) == 0:
                return
        finally:
            os.close(descriptor)
    for path in paths:
        sync_path(path)


def copy_attributes(old: Path, new: Path) -> None:
    """Give a new file or folder the mode, the access list and, if allowed, the owner of an old."""
    found = old.stat()
    with suppress(OSError):
        os.chown(new, found.st_uid, found.st_gid)
    shutil.copystat(old, new)
    os.utime(new)


def list_parents(names: Iterable[str]) -> set[str]:
    """Return all folders above files, as relative paths; "." is not among them.

    >>> sorted(list_parents(["a", "b/c/d"]))
    ['b', 'b/c']
    """
    folders = {posixpath.dirname(name) for name in names}
    found: set[str] = set()
    while folders := folders - {"", *found}:
        found |= folders
        folders = {posixpath.dirname(name) for name in folders}
    return found


def replace_files(
    stage: Path, put: Collection[str], remove: Collection[str], states: Mapping[str, FileState]
) -> None:
    """Move the files `put` from the stage into its folder, and remove others; all or none.

    `states` has the files of the folder that are replaced or removed.

    Raises:
        KgError: a file was changed in the meantime.
        OSError: a file cannot be replaced.
    """
    with hold_signals():
        try:
            _write_journal(stage, put, remove, states)
            for name in remove:
                _keep_file(stage, name, states.get(name), is_replaced=False)
            remove_empty_folders(stage.parent, remove)
            for name in put:
                _keep_file(stage, name, states.get(name), is_replaced=True)
                _move_file(stage / NEW / name, stage.parent / name)
            _sync_folders(stage.parent, [*put, *remove])
            (stage / JOURNAL).unlink()
            sync_path(stage)
        except BaseException:
            if (stage / JOURNAL).exists():
                undo_journal(stage)
            raise


def _write_journal(
    stage: Path, put: Collection[str], remove: Collection[str], states: Mapping[str, FileState]
) -> None:
    after = {name: compute_digest(stage / NEW / name) for name in put}
    journal = {
        # In this order, old and new digest; None if there is no file.
        "files": {
            name: (states[name].digest if name in states else None, after.get(name))
            for name in [*remove, *put]
        },
        "folders": sorted(n for n in list_parents(put) if not (stage.parent / n).exists()),
    }
    draft = stage / f"{JOURNAL}.tmp"
    draft.write_text(json.dumps(journal), "utf-8")
    sync_path(draft)
    draft.replace(stage / JOURNAL)
    sync_path(stage)


def _keep_file(stage: Path, name: str, state: FileState | None, *, is_replaced: bool) -> None:
    """Give the file that is to be replaced or removed a name in the stage."""
    path, old = stage.parent / name, stage / OLD / name
    if sign_file(path) != (state and state.signature):
        raise KgError(f"{path}: another program has just changed it. Run the command again.")
    if not state:
        return
    old.parent.mkdir(parents=True, exist_ok=True)
    if is_replaced:
        # With a second name or a copy, the file is never missing in its folder.
        try:
            os.link(path, old, follow_symlinks=False)
        except OSError:  # no links on this disk, or not to files of others
            shutil.copy2(path, old, follow_symlinks=False)
            sync_path(old)
    else:
        path.rename(old)


def _move_file(path: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    path.replace(target)


def undo_journal(stage: Path) -> None:
    """Put back the old files of the folder that a stage is in; keep what others have changed.

    Raises:
        KgError: the journal is not valid for this folder.
        OSError: a file cannot be put back; a later call continues.
    """
    folder = stage.parent
    try:
        journal = json.loads((stage / JOURNAL).read_text("utf-8"))
        files: dict[str, tuple[str | None, str | None]] = journal["files"]
        folders: list[str] = journal["folders"]
        if not all(is_inside(folder, name) for name in [*files, *folders]):
            raise ValueError
        pairs = [(name, before, after) for name, (before, after) in files.items()]
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        raise KgError(
            f"{stage}: is left from an interrupted run, whose changes cannot be undone. Move it to "
            "another folder, and run the command again."
        ) from None
    with hold_signals():
        for name, before, after in pairs:
            path, old = folder / name, stage / OLD / name
            state = None if path.is_dir() else read_state(path)
            now = "a folder" if path.is_dir() else state and state.digest
            if os.path.lexists(old):
                # An unfinished copy is not put back: the old file is still in its place.
                if now in (None, after) and compute_digest(old) == before:
                    _move_file(old, path)
            elif before is None and now == after:
                path.unlink(missing_ok=True)
        for name in sorted(folders, reverse=True):
            with suppress(OSError):  # not empty, or not made yet
                (folder / name).rmdir()
        _sync_folders(folder, files)
        (stage / JOURNAL).unlink()
        sync_path(stage)


def is_inside(folder: Path, name: str) -> bool:
    """Return whether a relative path leads to something in a folder, and through no link."""
    path = PurePosixPath(name)
    if path.is_absolute() or ".." in path.parts or str(path) != name or name == ".":
        return False
    above = Path(os.path.realpath(folder / path.parent))
    return above == Path(os.path.realpath(folder)) / path.parent


def remove_empty_folders(folder: Path, names: Iterable[str]) -> None:
    """Remove the folders above files, below a folder, that are empty now."""
    for name in sorted(list_parents(names), reverse=True):
        with suppress(OSError):  # not empty
            (folder / name).rmdir()


def _sync_folders(folder: Path, names: Iterable[str]) -> None:
    for name in {".", *list_parents(names)}:
        with suppress(FileNotFoundError):
            sync_path(folder / name)
