"""Source texts on this computer: read, recognised by SHA-256, kept in the user's data folder."""

import hashlib
import os
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from kg.errors import KgError


@dataclass(frozen=True)
class SourceText:
    """A raw text at hand: its IRI, SHA-256 (hexadecimal), length in code points, and itself."""

    iri: str
    sha256: str
    length: int
    text: str


@dataclass(frozen=True)
class SourceRow:
    """A line of `kg source list`: a known source, whether a copy is at hand, its place."""

    name: str
    sha256: str
    at_hand: bool
    path: Path


def digest_bytes(data: bytes) -> str:
    """Return the SHA-256 of some bytes, hexadecimal (FIPS 180-4).

    >>> digest_bytes(b"")[:8]
    'e3b0c442'
    """
    return hashlib.sha256(data).hexdigest()


def _read_bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise KgError(
            f"{path}: it cannot be read ({error.strerror or error}). A source is a text file. "
            "Check the name and the permissions."
        ) from error


def _decode(data: bytes, where: str) -> str:
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise KgError(
            f"{where}: byte 0 begins a UTF-16 text, not UTF-8. A source is UTF-8. "
            f"Convert it: iconv -f UTF-16 -t UTF-8 {where}"
        )
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise KgError(
            f"{where}: byte {error.start} (0x{data[error.start]:02x}) is not UTF-8. A source is "
            f"UTF-8. If it is GBK, convert it: iconv -f GB18030 -t UTF-8 {where}"
        ) from error


def read_text(path: Path | str) -> str:
    """Return the text of a UTF-8 file; line ends and a byte order mark stay as they are.

    Raises:
        KgError: there is no such file, or it is not UTF-8 (the message names the byte's offset).

    >>> read_text("no-such-file.txt")
    Traceback (most recent call last):
    ...
    kg.errors.KgError: no-such-file.txt: it cannot be read (No such file or directory). A source \
is a text file. Check the name and the permissions.
    """
    path = Path(path)
    return _decode(_read_bytes(path), str(path))


def source_folder() -> Path:
    """Return the folder of the copies, in the user's data folder; it need not exist yet.

    >>> source_folder().name
    'sources'
    """
    from platformdirs import user_data_dir

    return Path(user_data_dir("kg", appauthor=False)) / "sources"


def _copy_of(sha256: str) -> Path:
    if len(sha256) != 64 or not set(sha256) <= set("0123456789abcdef"):
        raise KgError(
            f"{sha256!r}: not a SHA-256. One is 64 hexadecimal digits in lower case. "
            "See kg source list."
        )
    return source_folder() / f"{sha256}.txt"


def find_source(sha256: str) -> str | None:
    """Return the raw text kept under a SHA-256, None where no copy is at hand.

    Raises:
        KgError: the copy is another text by now, or cannot be read.

    >>> find_source("0" * 64) is None
    True
    """
    path = _copy_of(sha256)
    if not path.is_file():
        return None
    data = _read_bytes(path)
    actual = digest_bytes(data)
    if actual != sha256:
        raise KgError(
            f"{path}: its SHA-256 is {actual}, not {sha256}: the copy was changed. "
            "Delete it and add the text again: kg source add FILE"
        )
    return _decode(data, str(path))


def _write_atomically(path: Path, data: bytes) -> None:
    handle, temporary = -1, ""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=".adding-")
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        Path(temporary).replace(path)
    except OSError as error:
        raise KgError(
            f"{path.parent}: the copy cannot be written ({error.strerror or error}). It is kept in "
            "the user's data folder. Make room or give the folder write permission."
        ) from error
    finally:
        if temporary:
            Path(temporary).unlink(missing_ok=True)


def add_source(path: Path | str, known: Mapping[str, str]) -> Path:
    """Keep a copy of a text that the data know by its SHA-256, and return where the copy is.

    `known` maps a SHA-256 to the source's name. The copy appears whole or not at all.

    Raises:
        KgError: the text is none of those known (the message has its digest and theirs), or the
            copy cannot be written.

    >>> add_source(__file__, {"0" * 64: "roundup"})  # doctest: +ELLIPSIS
    Traceback (most recent call last):
    ...
    kg.errors.KgError: ...files.py: not a source of the data: its SHA-256 is ...
    """
    path = Path(path)
    data = _read_bytes(path)
    actual = digest_bytes(data)
    if actual not in known:
        wanted = ", ".join(f"{sha256} ({name})" for sha256, name in known.items()) or "none"
        raise KgError(
            f"{path}: not a source of the data: its SHA-256 is {actual}. Known: {wanted}. Add the "
            "very file: a copy saved by an editor or a browser is another text."
        )
    _decode(data, str(path))
    copy = _copy_of(actual)
    if not (copy.is_file() and _read_bytes(copy) == data):
        _write_atomically(copy, data)
    return copy


def list_sources(known: Mapping[str, str]) -> list[SourceRow]:
    """Return a row for each known source (SHA-256 to name), in the order of their names.

    Raises:
        KgError: a copy is at hand but is another text by now.

    >>> [row.at_hand for row in list_sources({"0" * 64: "roundup"})]
    [False]
    """
    return [
        SourceRow(name, sha256, find_source(sha256) is not None, _copy_of(sha256))
        for sha256, name in sorted(known.items(), key=lambda item: (item[1], item[0]))
    ]
