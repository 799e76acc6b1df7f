"""Files that are written together: all of them whole, or none."""

import errno
import os
import shutil
import signal
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from secrets import token_hex
from typing import BinaryIO

from kg.home import KgError

OpenPath = Callable[[Path], BinaryIO]


def replace_files(folder: Path, texts: Mapping[str, str]) -> list[Path]:
    """Write texts to files below a folder, all or none; return the files' paths.

    Raises:
        KgError: the folder cannot be written to; what stood there stays.
    """
    try:
        with write_together() as open_path:
            for name, text in texts.items():
                with open_path(folder / name) as stream:
                    stream.write(text.encode("utf-8"))
    except OSError as error:
        raise KgError(
            f"{error.filename or folder}: cannot be written ({error.strerror}). "
            "Name a folder you may write to."
        ) from None
    return [folder / name for name in texts]


@contextmanager
def write_together() -> Iterator[OpenPath]:
    """Give a function that opens a file for bytes; in the end all take their names, or none.

    Until then each has a temporary name, beside its path or beside what that is a link to. What
    takes the place of a file has that file's mode. When the block or the renaming fails or is
    interrupted (Ctrl-C, SIGTERM, SIGHUP), the old files are there, and no new file or folder.

    Raises:
        OSError: a file cannot be written.
    """
    places: dict[Path, Path] = {}
    made: list[Path] = []

    with _heed_signals():
        try:
            with ExitStack() as streams:

                def open_path(path: Path) -> BinaryIO:
                    try:
                        target = _find_place(path)
                        _make_folder(target.parent, made)
                        # Opened only if nothing is there: no link laid in its way is followed.
                        name = f".kg-{os.getpid()}-{token_hex(8)}.tmp"
                        temporary = target.with_name(name)
                        places[temporary] = target
                        return streams.enter_context(temporary.open("xb"))
                    except OSError as error:
                        raise OSError(error.errno, error.strerror, str(path)) from None

                yield open_path
            _take_names(places)
            made.clear()
        finally:
            for temporary in places:
                with suppress(OSError):
                    temporary.unlink(missing_ok=True)
            for folder in reversed(made):
                with suppress(OSError):  # somebody else's file is in it by now
                    folder.rmdir()


@contextmanager
def _heed_signals() -> Iterator[None]:
    """Have the signals that end a process end the block as an exception does, and so tidily."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def end_block(number: int, frame: object) -> None:
        raise SystemExit(128 + number)

    ending = [getattr(signal, name) for name in ("SIGTERM", "SIGHUP") if hasattr(signal, name)]
    # Only where nobody has said otherwise, as nohup does.
    taken = [number for number in ending if signal.getsignal(number) is signal.SIG_DFL]
    for number in taken:
        signal.signal(number, end_block)
    try:
        yield
    finally:
        for number in taken:
            signal.signal(number, signal.SIG_DFL)


def _find_place(path: Path) -> Path:
    """Return where a file has to be written: at its path, or at what that is a link to."""
    try:
        target = path.resolve() if path.is_symlink() else path
    except RuntimeError:
        target = path  # a link that leads to itself; later versions of Python give it back
    fault = 0
    if target.is_symlink():
        fault = errno.ELOOP
    elif target.is_dir():
        fault = errno.EISDIR
    elif target.exists() and not os.access(target, os.W_OK):
        # Renaming does not ask the file itself, but its mode says that it is to stay.
        fault = errno.EACCES
    if fault:
        raise OSError(fault, os.strerror(fault), str(path))
    return target


def _make_folder(folder: Path, made: list[Path]) -> None:
    missing = [place for place in (folder, *folder.parents) if not place.exists()]
    for place in reversed(missing):
        place.mkdir(exist_ok=True)
        made.append(place)


def _take_names(places: Mapping[Path, Path]) -> None:
    """Rename each temporary file to its place; where one fails, give the old ones back."""
    kept: dict[Path, Path | None] = {}
    try:
        for temporary, target in places.items():
            if target.exists():
                shutil.copymode(target, temporary)
            # The last renaming is done or not done: nothing has to be kept for it.
            if len(kept) + 1 < len(places):
                kept[target] = _keep_file(target)
            temporary.replace(target)
    except BaseException:
        for target, copy in kept.items():
            with suppress(OSError):
                if copy is None:
                    target.unlink(missing_ok=True)
                else:
                    copy.replace(target)
        raise
    finally:
        for copy in kept.values():
            if copy is not None:
                copy.unlink(missing_ok=True)


def _keep_file(target: Path) -> Path | None:
    """Return a second name of a file, or a copy where the disk has no links; None if none is."""
    if not target.exists():
        return None
    copy = target.with_name(f".kg-{os.getpid()}-{token_hex(8)}.old")
    try:
        os.link(target, copy)
    except OSError:
        shutil.copy2(target, copy)
    return copy
