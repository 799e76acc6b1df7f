"""Write files and folders atomically: every file completely, or none of them.

A folder that kg writes has a `manifest.json` with the SHA-256 of each file. The manifest is the
only proof that a folder, and each file in it, is ours to replace.
"""

import errno
import gzip
import hashlib
import json
import os
import shutil
import signal
import sys
import threading
from collections.abc import Callable, Container, Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from secrets import token_hex
from typing import BinaryIO, cast

from kg.errors import KgError, require
from kg.home import PACKAGE, producer

MANIFEST = "manifest.json"
COMPRESSIONS = (".gz", ".zst")

OpenFile = Callable[[str], BinaryIO]
OpenPath = Callable[[Path], BinaryIO]
Entry = tuple[str, str]  # the export that wrote a file, and the file's SHA-256


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
    return path.is_dir() if path.exists() else not (path.suffix or one_file)


@contextmanager
def write_file(target: Path) -> Iterator[BinaryIO]:
    """Yield a stream of bytes that replaces the file at the end of the block; `-` is stdout.

    A symbolic link is followed, the mode of an existing file is kept, and devices and pipes are
    written to directly. If the block fails or is interrupted, the old file remains.

    Raises:
        KgError: the target is a folder (exit code 2), or cannot be written (1).
    """
    # As a path, /dev/stdout may be a file that other processes are writing to as well.
    if str(target) in ("-", "/dev/stdout"):
        yield sys.stdout.buffer
        sys.stdout.buffer.flush()
        return
    with _explain_errors(target):
        if target.is_dir():
            raise KgError(f"{target}: is a folder. Give the path of a file.", exit_code=2)
        if target.exists() and not target.is_file():
            with target.open("wb") as stream:
                yield stream
            return
        with _write_atomically() as open_path:
            yield open_path(target)


@contextmanager
def write_folder(
    folder: Path,
    *,
    export: str,
    force: bool = False,
    replaces: Callable[[str], bool] = lambda name: True,
) -> Iterator[OpenFile]:
    """Yield a function that opens a file in the folder, by its relative path, for bytes.

    At the end of the block all files and `manifest.json` are renamed into place together. Files
    that an earlier run of the same `export` wrote, that nobody has changed since, and for which
    `replaces` is true are removed; all other files remain. If the block fails or is interrupted,
    the folder remains as it was.

    Raises:
        KgError: the target is no folder, or a file to be written exists, is not in our manifest
            or was changed since, and `force` is false (exit code 2); or the folder cannot be
            written (1).
    """
    if str(folder) == "-" or (folder.exists() and not folder.is_dir()):
        raise KgError(
            f"{folder}: is not a folder. Give a folder with -o; there are several files.",
            exit_code=2,
        )
    opened: dict[str, BinaryIO] = {}
    with _explain_errors(folder):
        with _write_atomically() as open_path:

            def open_file(name: str) -> BinaryIO:
                opened[name] = open_path(folder / name)
                return opened[name]

            yield open_file
            own = _list_own_files(folder)
            if not force:
                _refuse_foreign(folder, own, [*opened, MANIFEST])
            others = {n: entry for n, entry in own.items() if n not in {*opened, MANIFEST}}
            stale = {n for n, (by, _) in others.items() if by == export and replaces(n)}
            files = {n: entry for n, entry in others.items() if n not in stale}
            for name, stream in opened.items():
                stream.close()
                files[name] = (export, _digest(Path(stream.name)))
            open_path(folder / MANIFEST).write(_encode_manifest(files))
        _remove_files(folder, stale)


@contextmanager
def _write_atomically() -> Iterator[OpenPath]:
    """Yield a function that opens a path for bytes; at the end all are renamed, or none.

    Until then each file has a temporary name in the folder of its target. If the block or a
    renaming fails or is interrupted (Ctrl-C, SIGTERM, SIGHUP), the old files are restored, and
    new files and folders are removed.

    Raises:
        OSError: a file cannot be written.
    """
    targets: dict[Path, Path] = {}
    created: list[Path] = []

    with _raise_on_signals():
        try:
            with ExitStack() as streams:

                def open_path(path: Path) -> BinaryIO:
                    try:
                        target = _resolve_target(path)
                        for folder in [f for f in target.parents[::-1] if not f.exists()]:
                            created.append(folder)
                            folder.mkdir(exist_ok=True)
                        temporary = _temporary_name(target, ".tmp")
                        targets[temporary] = target
                        # Mode x fails if somebody has put a link there.
                        return streams.enter_context(temporary.open("xb"))
                    except OSError as error:
                        raise OSError(error.errno, error.strerror, str(path)) from None

                yield open_path
            _rename_all(targets)
            created.clear()
        finally:
            for temporary in targets:
                with suppress(OSError):
                    temporary.unlink(missing_ok=True)
            for folder in reversed(created):
                with suppress(OSError):  # not empty
                    folder.rmdir()


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


@contextmanager
def _raise_on_signals() -> Iterator[None]:
    """Turn the signals that end a process into SystemExit, so that the block cleans up."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def exit_block(number: int, frame: object) -> None:
        raise SystemExit(128 + number)

    names = ("SIGTERM", "SIGHUP")
    signals = [getattr(signal, name) for name in names if hasattr(signal, name)]
    # Leave signals alone that somebody handles or ignores, as nohup does.
    taken = [number for number in signals if signal.getsignal(number) is signal.SIG_DFL]
    for number in taken:
        signal.signal(number, exit_block)
    try:
        yield
    finally:
        for number in taken:
            signal.signal(number, signal.SIG_DFL)


def _temporary_name(target: Path, suffix: str) -> Path:
    return target.with_name(f".kg-{os.getpid()}-{token_hex(8)}{suffix}")


def _resolve_target(path: Path) -> Path:
    """Return the path to write to, following symbolic links."""
    target = Path(os.path.realpath(path))
    # Renaming would replace a read-only file, and a link to itself.
    if os.path.lexists(target) and not os.access(target, os.W_OK):
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))
    return target


def _rename_all(targets: Mapping[Path, Path]) -> None:
    """Rename each temporary file to its target; if one fails, restore the old files."""
    copies: list[Path] = []
    try:
        with ExitStack() as rollback:
            for temporary, target in targets.items():
                if target.exists():
                    shutil.copymode(target, temporary)
                    copies.append(_link_old(target))
                    rollback.callback(copies[-1].replace, target)
                else:
                    rollback.callback(target.unlink, missing_ok=True)
                temporary.replace(target)
            rollback.pop_all()
    finally:
        for copy in copies:
            copy.unlink(missing_ok=True)


def _link_old(target: Path) -> Path:
    """Return a second name of a file, or a copy if the disk has no hard links."""
    copy = _temporary_name(target, ".old")
    try:
        os.link(target, copy)
    except OSError:
        shutil.copy2(target, copy)
    return copy


def _encode_manifest(files: Mapping[str, Entry]) -> bytes:
    manifest = {
        "generator": producer(),
        "files": {name: digest for name, (_, digest) in sorted(files.items())},
        "exports": {name: by for name, (by, _) in sorted(files.items())},
    }
    return (json.dumps(manifest, indent=2, ensure_ascii=False) + "\n").encode()


def _list_own_files(folder: Path) -> dict[str, Entry]:
    """Return the files of our manifest that nobody has changed since, and the manifest itself."""
    try:
        manifest = json.loads((folder / MANIFEST).read_text("utf-8"))
        if not manifest["generator"].startswith(f"{PACKAGE} "):
            return {}
        own: dict[str, Entry] = {MANIFEST: ("", "")}
        for name, digest in manifest["files"].items():
            path = folder / name
            # A symbolic link, or the manifest of somebody else, could lead out of the folder.
            is_inside = path.resolve().is_relative_to(folder.resolve())
            if is_inside and path.is_file() and _digest(path) == digest:
                own[name] = (manifest["exports"][name], digest)
        return own
    except (OSError, ValueError, TypeError, KeyError, AttributeError, RecursionError):
        return {}


def _refuse_foreign(folder: Path, own: Container[str], names: Iterable[str]) -> None:
    """Raise a KgError if a file exists that is not one of our own."""
    foreign = [
        str(folder / name) for name in names if os.path.lexists(folder / name) and name not in own
    ]
    if foreign:
        raise KgError(
            f"{', '.join(foreign)}: exists and was not written by kg, or was edited since. "
            "Use --force to overwrite it, or give another folder.",
            exit_code=2,
        )


def _remove_files(folder: Path, names: Iterable[str]) -> None:
    """Remove files, and the subfolders that are empty then."""
    for name in sorted(names):
        (folder / name).unlink(missing_ok=True)
        with suppress(OSError):  # not empty, as the folder with its manifest
            os.removedirs((folder / name).parent)


def _digest(path: Path) -> str:
    """Return the SHA-256 of a file in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


@contextmanager
def _explain_errors(target: Path) -> Iterator[None]:
    try:
        yield
    except BrokenPipeError:
        raise
    except OSError as error:
        raise KgError(
            f"{error.filename2 or error.filename or target}: cannot be written ({error.strerror}). "
            "Give a path that you may write to."
        ) from None
