"""Local copies of source texts, in the user's data folder, identified by SHA-256."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from kg.errors import KgError
from kg.files import write_file
from kg.files.staging import clean_folder
from kg.reading import decode_text, read_bytes


@dataclass(frozen=True)
class KnownSource:
    """A source that the data cite: whether its text was added, and the path of the copy."""

    name: str
    sha256: str
    is_added: bool
    path: Path


def read_text(path: Path) -> str:
    """Return the text of a UTF-8 file, with its line ends and byte order mark unchanged.

    Raises:
        ReadError: the file cannot be read, or is not UTF-8; the message has the byte's offset.
    """
    return decode_text(read_bytes(path), str(path))


def source_folder() -> Path:
    """Return the folder of the copies, in the user's data folder; it may not exist yet.

    >>> source_folder().name
    'sources'
    """
    from platformdirs import user_data_dir

    return Path(user_data_dir("kg", appauthor=False)) / "sources"


def _copy_path(sha256: str) -> Path:
    if len(sha256) != 64 or not set(sha256) <= set("0123456789abcdef"):
        raise KgError(
            f"{sha256!r}: not a SHA-256. Give 64 hexadecimal digits in lower case, as printed by "
            "kg source list.",
            chinese=f"{sha256!r} 不是 SHA-256。应为 64 位小写十六进制数字，见 kg source list。",
        )
    return source_folder() / f"{sha256}.txt"


def find_source(sha256: str) -> str | None:
    """Return the raw text with a SHA-256, or None if it was not added.

    Raises:
        KgError: the copy was changed, or cannot be read.

    >>> find_source("0" * 64) is None
    True
    """
    path = _copy_path(sha256)
    if not path.is_file():
        return None
    data = read_bytes(path)
    actual = hashlib.sha256(data).hexdigest()
    if actual != sha256:
        raise KgError(
            f"{path}: the copy was changed: its SHA-256 is {actual}. "
            "Add the original again: kg source add FILE",
            chinese=f"{path} 是副本，已被改动：其 SHA-256 为 {actual}。"
            "请重新添加原文件：kg source add FILE",
        )
    return decode_text(data, str(path))


def add_source(path: Path, known: Mapping[str, str]) -> Path:
    """Copy a text that the data cite to the user's data folder; return the path of the copy.

    `known` maps the SHA-256 of each cited source to its name. The copy is complete or missing.

    Raises:
        KgError: the text is not a known source, or the copy cannot be written.
    """
    data = read_bytes(path)
    actual = hashlib.sha256(data).hexdigest()
    if actual not in known:
        expected = ", ".join(f"{sha256} ({name})" for sha256, name in known.items()) or "none"
        raise KgError(
            f"{path}: not a source of the data: its SHA-256 is {actual}. Known: {expected}. Add "
            "the original file: an editor or a browser saves a different one."
        )
    decode_text(data, str(path))
    copy = _copy_path(actual)
    clean_folder(copy.parent)  # an interrupted run may have left a part of another source
    if not (copy.is_file() and read_bytes(copy) == data):
        with write_file(copy) as stream:
            stream.write(data)
    return copy


def list_sources(known: Mapping[str, str]) -> list[KnownSource]:
    """Return each known source (SHA-256 to name), sorted by name.

    Raises:
        KgError: a copy was changed; see `find_source`.

    >>> [source.is_added for source in list_sources({"0" * 64: "roundup"})]
    [False]
    """
    return [
        KnownSource(name, sha256, find_source(sha256) is not None, _copy_path(sha256))
        for sha256, name in sorted(known.items(), key=lambda item: (item[1], item[0]))
    ]
