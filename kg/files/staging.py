"""Write files below temporary names, put them in place together, and clean up after dead runs.

A temporary name is `.kg-HEX.tmp`, in the folder that is written to. The run that writes it holds a
lock on it, which ends with the run: so other runs know what a dead one has left. A single file is
renamed into place. The files of a folder are written to a stage (see `kg.files.journal`) and put in
place in one of two ways:

- *Swap*, if kg wrote all that the folder contains. The stage gets the complete new folder and is
  moved next to the old one; then the two exchange their names in one step.
- *Journal*, if there are other files, or if the swap is not possible: the parent folder is
  read-only, the folder is a mount point or contains the working directory, or the system has no
  renameat2.

If a run ends without a journal, the folder is wholly old or wholly new, and the next run removes
what is left. If there is a journal, the next run first puts the old files back.
"""

import ctypes
import errno
import fcntl
import os
import re
import shutil
import time
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from secrets import token_hex
from typing import BinaryIO

from kg.errors import KgError
from kg.files.journal import (
    JOURNAL,
    NEW,
    FileState,
    copy_attributes,
    list_parents,
    replace_files,
    sign_file,
    sync_path,
    undo_journal,
)
from kg.files.signals import hold_signals

TEMPORARY = re.compile(r"\.kg-[0-9a-f]{16}\.tmp")
LOCK_SECONDS = 60.0
LOCK_STEP = 0.02
AT_FDCWD, RENAME_EXCHANGE = -100, 2


@dataclass
class Stage:
    """A temporary file or folder, and the folder that is written to."""

    folder: Path
    path: Path


@contextmanager
def stage_file(target: Path) -> Iterator[BinaryIO]:
    """Yield a stream of the bytes that are the file after the block; missing folders are made.

    Raises:
        OSError: the file cannot be written.
    """
    with _make_folders(target.parent), ExitStack() as stack:
        clean_folder(target.parent)
        stage = stack.enter_context(_open_stage(target.parent, _make_file))
        with stage.path.open("r+b") as stream:
            yield stream
        if target.exists():
            copy_attributes(target, stage.path)
        sync_path(stage.path)
        with hold_signals():
            stage.path.replace(target)
        sync_path(target.parent)


def _make_file(path: Path) -> None:
    path.touch(exist_ok=False)


@contextmanager
def stage_folder(folder: Path) -> Iterator[Stage]:
    """Yield a stage of a folder, for `commit_stage`; missing folders are made.

    Raises:
        KgError: another run keeps the folder locked.
        OSError: the folder cannot be written to.
    """
    with ExitStack() as stack:
        stack.enter_context(_make_folders(folder))
        clean_folder(folder.parent)  # for a swap that was interrupted
        with lock_folder(folder):
            stage = stack.enter_context(_open_stage(folder, Path.mkdir))
        (stage.path / NEW).mkdir()
        yield stage


@contextmanager
def _make_folders(folder: Path) -> Iterator[None]:
    """Make a folder and those above it; those that are empty after the block are removed."""
    made = [path for path in (folder, *folder.parents) if not path.exists()]
    try:
        for path in reversed(made):
            path.mkdir(exist_ok=True)
        yield
    finally:
        with hold_signals():
            for path in made:
                with suppress(OSError):  # not empty
                    path.rmdir()


@contextmanager
def _open_stage(folder: Path, make: Callable[[Path], None]) -> Iterator[Stage]:
    """Make a temporary file or folder; it is locked in the block, and removed after it."""
    with ExitStack() as stack:
        with hold_signals():
            path, descriptor = _make_locked(folder, make)
            stage = Stage(folder, path)
            stack.callback(_close_stage, stage, descriptor)
        yield stage


def _close_stage(stage: Stage, descriptor: int) -> None:
    with hold_signals():
        _remove_temporary(stage.path)
        os.close(descriptor)


def _make_locked(folder: Path, make: Callable[[Path], None]) -> tuple[Path, int]:
    while True:
        path = folder / f".kg-{token_hex(8)}.tmp"
        make(path)
        # Another run that finds it before it is locked removes it: then once more.
        with suppress(FileNotFoundError):
            descriptor = _open_to_lock(path)
            if _lock(descriptor) is not False and path.exists():
                return path, descriptor
            os.close(descriptor)


def _open_to_lock(path: Path) -> int:
    # A lock on a file of a network disk needs the right to write.
    return os.open(path, os.O_NOFOLLOW | (os.O_RDONLY if path.is_dir() else os.O_RDWR))


def _lock(descriptor: int) -> bool | None:
    """Lock an open file or folder; return False if another run has, None if that is impossible."""
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError:
        return None
    return True


def _remove_temporary(path: Path) -> None:
    """Remove a temporary file or folder as far as possible; the next run tries again."""
    if path.is_dir():
        if not (path / JOURNAL).exists():
            shutil.rmtree(path, ignore_errors=True)
    else:
        with suppress(OSError):
            path.unlink()


def clean_folder(folder: Path) -> None:
    """Undo and remove what dead runs have left in a folder, as far as possible."""
    with suppress(OSError, KgError):
        if _list_temporary(folder):
            with lock_folder(folder):
                pass


def _list_temporary(folder: Path) -> list[Path]:
    return [path for path in folder.iterdir() if TEMPORARY.fullmatch(path.name)]


@contextmanager
def lock_folder(folder: Path) -> Iterator[None]:
    """Keep other runs from locking a folder; first clean up after dead ones.

    Raises:
        KgError: another run keeps the folder locked for a minute, or a journal is not valid.
        OSError: there is no such folder, or a file cannot be put back.
    """
    with ExitStack() as stack:
        deadline = time.monotonic() + LOCK_SECONDS
        while True:
            descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
            stack.callback(os.close, descriptor)
            while _lock(descriptor) is False:
                if time.monotonic() > deadline:
                    raise KgError(
                        f"{folder}: another kg is writing to it. Wait until it finishes, then run "
                        "the command again."
                    )
                time.sleep(LOCK_STEP)
            # The other run may have swapped the folder.
            if os.path.samestat(os.fstat(descriptor), folder.stat()):
                break
        for path in _list_temporary(folder):
            _clean_up(path)
        yield


def _clean_up(path: Path) -> None:
    """Undo and remove what a dead run has left; leave alone what belongs to a live run."""
    try:
        descriptor = _open_to_lock(path)
    except OSError:  # it has ended, or is not ours
        return
    try:
        if _lock(descriptor):
            if (path / JOURNAL).exists():
                undo_journal(path)
            with hold_signals():
                _remove_temporary(path)
    finally:
        os.close(descriptor)


def commit_stage(
    stage: Stage, put: Collection[str], remove: Collection[str], states: Mapping[str, FileState]
) -> None:
    """Put the files `put` of a stage into its locked folder and remove others; all or none.

    `states` has the files of the folder that kg may replace.

    Raises:
        KgError: a file was changed in the meantime.
        OSError: a file cannot be replaced.
    """
    for name in put:
        if name in states and not (stage.folder / name).is_symlink():
            copy_attributes(stage.folder / name, stage.path / NEW / name)
    with hold_signals():
        if not _swap_folder(stage, states.keys() - put - set(remove), states):
            replace_files(stage.path, put, remove, states)


def _swap_folder(stage: Stage, keep: Collection[str], states: Mapping[str, FileState]) -> bool:
    """Exchange a folder for the new one in its stage; return False if that is not possible.

    `states` are the files that the folder may contain; of these, `keep` remain.
    """
    folder, inside = stage.folder, stage.path
    beside = folder.parent / inside.name
    try:
        if Path.cwd().is_relative_to(folder) or not _holds_only(folder, states, inside.name):
            return False
        _complete_folder(folder, inside / NEW, keep)
        inside.rename(beside)
    except OSError:
        return False
    stage.path = beside
    try:
        if states:
            _exchange(beside / NEW, folder)
            if not _is_unchanged(beside / NEW, states):
                _exchange(beside / NEW, folder)
                raise FileExistsError
        else:
            (beside / NEW).rename(folder)  # which is empty
    except OSError:
        beside.rename(inside)
        stage.path = inside
        return False
    with suppress(OSError):
        sync_path(folder.parent)
    return True


def _holds_only(folder: Path, names: Collection[str], *stages: str) -> bool:
    """Return whether a folder contains only files with these names, in folders of their own."""
    parents = list_parents(names)
    device = folder.stat().st_dev
    for root, folders, files in os.walk(folder):
        here = Path(root).relative_to(folder)
        if here == Path():
            folders[:] = [name for name in folders if name not in stages]
        if Path(root).stat().st_dev != device or not os.access(root, os.R_OK | os.W_OK):
            return False
        if any((here / name).as_posix() not in names for name in files):
            return False
        if any((here / n).as_posix() not in parents or Path(root, n).is_symlink() for n in folders):
            return False
    return True


def _is_unchanged(folder: Path, states: Mapping[str, FileState]) -> bool:
    return _holds_only(folder, states) and all(
        sign_file(folder / name) == state.signature for name, state in states.items()
    )


def _complete_folder(old: Path, new: Path, keep: Collection[str]) -> None:
    """Give the new folder the files that remain, and the attributes of the old folders."""
    for name in keep:
        (new / name).parent.mkdir(parents=True, exist_ok=True)
        os.link(old / name, new / name, follow_symlinks=False)
    for root, _, _ in os.walk(new, topdown=False):
        before = old / Path(root).relative_to(new)
        if before.is_dir():
            copy_attributes(before, Path(root))
        sync_path(Path(root))


def _exchange(first: Path, second: Path) -> None:
    """Exchange two paths in one step: https://man7.org/linux/man-pages/man2/rename.2.html.

    Raises:
        OSError: the system or the disk cannot do that.
    """
    renameat2 = getattr(ctypes.CDLL(None, use_errno=True), "renameat2", None)
    if renameat2 is None:
        raise OSError(errno.ENOSYS, os.strerror(errno.ENOSYS), str(second))
    paths = (AT_FDCWD, os.fsencode(first), AT_FDCWD, os.fsencode(second))
    if renameat2(*paths, RENAME_EXCHANGE) != 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number), str(second))
