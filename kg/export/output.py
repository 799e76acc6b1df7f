"""Files that come whole or not at all, and that never take the place of somebody else's.

A file of ours is known by its mark: what `name_generator` returns stands in its first bytes, be it
a comment or metadata. What is written to a folder is listed, with its SHA-256, in the folder's
`manifest.json`.
"""

import hashlib
import json
import os
import re
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path, PurePosixPath
from typing import BinaryIO

from kg.export.compress import read_head
from kg.home import MARK, KgError, name_generator
from kg.load import write_together

__all__ = ["MANIFEST", "MARK", "OpenFile", "name_generator", "write_file", "write_folder"]

MANIFEST = "manifest.json"
HEAD = 4096
CHUNK = 1 << 20
# With the version, and at the start of a comment, a text or a chunk: a text of somebody's own that
# speaks of us is not taken for ours.
SIGNED = re.compile(rf"(?:^|# |<!-- |[\">\0]){re.escape(MARK)} \d".encode())

OpenFile = Callable[[str], BinaryIO]
Entry = tuple[str, str]  # which export wrote a file, and its SHA-256


@contextmanager
def write_file(target: Path, *, force: bool = False) -> Iterator[BinaryIO]:
    """Give a stream of bytes that becomes the file at the end of the block; `-` is the output.

    A link is kept, and what it leads to is written; so is a file's mode. A device or a pipe is
    written to as it is. When the block fails or is interrupted (Ctrl-C, SIGTERM, SIGHUP), what
    stood there stays, and no other file.

    Raises:
        KgError: the target is a folder (exit code 2), there is something that is not ours and
            `force` is not said (2), or the file cannot be written (1).
    """
    # As a path, /dev/stdout may be a file that others are writing to as well.
    if str(target) in ("-", "/dev/stdout"):
        yield sys.stdout.buffer
        sys.stdout.buffer.flush()
        return
    with _explain(target):
        if target.is_dir():
            raise KgError(f"{target}: is a folder. Name a file with -o.", exit_code=2)
        if target.exists() and not target.is_file():
            with target.open("wb") as stream:  # a device or a pipe
                yield stream
            return
        _refuse_strange([] if force or _is_ours(target) else [target])
        with write_together() as open_path:
            yield open_path(target)
            # Somebody may have put a file there in the meantime.
            _refuse_strange([] if force or _is_ours(target) else [target])


@contextmanager
def write_folder(
    folder: Path,
    *,
    force: bool = False,
    export: str = "",
    replaces: Callable[[str], bool] = lambda name: True,
) -> Iterator[OpenFile]:
    """Give a function that opens a file of the folder by its name, for bytes to be written to.

    A name may have folders in it, with `/` between. At the end of the block all files and
    `manifest.json` take their names together. What an earlier export of the same name left here,
    that `replaces` says belongs to this one, and that nobody has changed since, goes; what others
    left stays, and the manifest goes on listing it. When the block fails or is interrupted (Ctrl-C,
    SIGTERM, SIGHUP), what stood there stays, and nothing else. Of two exports at a time the later
    one stays whole.

    Raises:
        KgError: the folder is a file (exit code 2), a file would take the place of one that is
            not ours and `force` is not said (2), or the folder cannot be written to (1).
    """
    if str(folder) == "-" or (folder.exists() and not folder.is_dir()):
        raise KgError(
            f"{folder}: is no folder. Name one with -o: there are several files.", exit_code=2
        )
    opened: dict[str, BinaryIO] = {}
    with _explain(folder), ExitStack() as lock:
        if not force:
            _refuse_strange(_find_strange(folder, [MANIFEST]))
        with write_together() as open_path:

            def open_file(name: str) -> BinaryIO:
                if not _is_below(name) or name in {*opened, MANIFEST}:
                    raise KgError(f"{name}: a file of a folder cannot be called so, or is there.")
                if not force:
                    _refuse_strange(_find_strange(folder, [name]))
                opened[name] = open_path(folder / name)
                return opened[name]

            yield open_file
            with open_path(folder / MANIFEST) as manifest:
                lock.enter_context(_lock_folder(folder))
                kept = _list_kept(folder, opened)
                stale = {n for n, (of, _) in kept.items() if of == export and replaces(n)}
                files = {name: entry for name, entry in kept.items() if name not in stale}
                manifest.write(_list_files(opened, export, files))
            if not force:
                _refuse_strange(_find_strange(folder, [*opened, MANIFEST]))
        _remove_files(folder, stale)


def _list_files(opened: dict[str, BinaryIO], export: str, kept: Mapping[str, Entry]) -> bytes:
    """Return the manifest of the files that were kept and of those opened, having closed them."""
    files = dict(kept)
    for name, stream in opened.items():
        stream.close()
        files[name] = export, _digest(Path(stream.name))
    manifest = {
        "generator": name_generator(),
        "files": {name: digest for name, (_, digest) in sorted(files.items())},
        "exports": {name: of for name, (of, _) in sorted(files.items())},
    }
    return (json.dumps(manifest, indent=2, ensure_ascii=False) + "\n").encode()


def _list_kept(folder: Path, opened: Iterable[str]) -> dict[str, Entry]:
    """Return what earlier exports left here and nobody has changed since."""
    before = _read_manifest(folder) or {}
    # Through a link a name may lead out of the folder.
    names = [n for n in before if (folder / n).resolve() == folder.resolve() / n]
    names = [name for name in names if name not in opened]
    return {name: before[name] for name in names if _is_kept(folder, name, before)}


def _remove_files(folder: Path, names: Iterable[str]) -> None:
    """Remove files, and the folders below that are empty then."""
    for name in sorted(names):
        (folder / name).unlink(missing_ok=True)
        for parent in list((folder / name).parents)[: name.count("/")]:
            with suppress(OSError):  # not empty
                parent.rmdir()


def _read_manifest(folder: Path) -> dict[str, Entry] | None:
    """Return what an earlier export wrote, by name; None if the manifest is not ours."""
    try:
        manifest = json.loads((folder / MANIFEST).read_text("utf-8"))
        if not SIGNED.match(manifest["generator"].encode()):
            return None
        exports = dict(manifest.get("exports", {}))
        return {
            name: (str(exports.get(name, "")), str(digest))
            for name, digest in manifest["files"].items()
            if _is_below(name)
        }
    except FileNotFoundError:
        return {}
    except (OSError, ValueError, TypeError, KeyError, AttributeError, RecursionError):
        return None


def _is_below(name: str) -> bool:
    """Tell whether a name leads to a file below the folder, on every system."""
    path = PurePosixPath(name)
    plain = bool(path.parts) and not path.is_absolute() and ".." not in path.parts
    return plain and path.as_posix() == name and not re.search(r"[\\:\0]", name)


def _find_strange(folder: Path, names: Iterable[str]) -> list[Path]:
    """Return those files that are there and are not as an earlier export wrote them."""
    before = _read_manifest(folder)
    return [
        folder / name
        for name in names
        if os.path.lexists(folder / name)
        and (before is None or not (name == MANIFEST or _is_kept(folder, name, before)))
    ]


def _is_kept(folder: Path, name: str, before: Mapping[str, Entry]) -> bool:
    return name in before and before[name][1] == _digest(folder / name)


@contextmanager
def _lock_folder(folder: Path) -> Iterator[None]:
    """Hold the folder against other exports, where the system can."""
    if sys.platform == "win32":
        yield
        return
    import fcntl

    number = os.open(folder, os.O_RDONLY)
    try:
        with suppress(OSError):  # some network disks have no locks
            fcntl.flock(number, fcntl.LOCK_EX)
        yield
    finally:
        os.close(number)


def _is_ours(path: Path) -> bool:
    """Tell whether a path may be written to: nothing is there, or a file of nothing or of ours."""
    try:
        head = read_head(path, HEAD)
    except FileNotFoundError:
        return True
    return not head or SIGNED.search(head) is not None


def _refuse_strange(paths: list[Path]) -> None:
    if paths:
        names = ", ".join(map(str, paths))
        raise KgError(
            f"{names}: was not written by kg, or was changed since. It stays as it is. "
            "Name another place with -o, or overwrite it with --force.",
            exit_code=2,
        )


def _digest(path: Path) -> str:
    """Return the SHA-256 of a file, hexadecimal; nothing for what is no file."""
    if not path.is_file():
        return ""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while chunk := file.read(CHUNK):
            digest.update(chunk)
    return digest.hexdigest()


@contextmanager
def _explain(target: Path) -> Iterator[None]:
    try:
        yield
    except BrokenPipeError:
        raise
    except OSError as error:
        raise KgError(
            f"{error.filename or target}: cannot be written ({error.strerror}). "
            "Name a place you may write to with -o."
        ) from None
