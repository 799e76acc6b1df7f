"""The review ledger: when each element of the data was last read against its source.

Each folder of data may have a `ledger.tsv` with a line for each element of its files: the file,
the element, the date, and the digest of `digest_elements` on that date. It is sorted, so that
branches merge line by line, and names nobody.
"""

import os
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from kg.errors import KgError
from kg.files import write_file
from kg.names import Names, pick
from kg.reading import ReadError, read_text
from kg.turtle import Fault

LEDGER = "ledger.tsv"
HEADER = "file\telement\tread\tsha256"
LINE = re.compile(r"(?P<file>[^\t]+)\t(?P<element>[^\t]+)\t(?P<read>[^\t]+)\t(?P<sha256>[^\t]+)")
MARKER = re.compile(r"(<{7}|\|{7}|={7}|>{7})( |$)")
DIGEST = re.compile(r"[0-9a-f]{64}")
DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")

MESSAGES = {
    "marker": {
        "en": "This marks a merge conflict. Keep one line for each element, from either side, "
        "and remove the marker; then read what kg review shows.",
        "zh-Hans": "此处是合并冲突标记。每个要素保留任一方的一行，删去标记，再查看 "
        "kg review 所列。",
    },
    "line": {
        "en": "This is not a line of a review ledger, which has file, element, date (YYYY-MM-DD) "
        "and SHA-256 with tabs between them. Remove the line; kg review then shows the element.",
        "zh-Hans": "这不是通读记录的行：应依次为文件、要素、日期（YYYY-MM-DD）和 SHA-256，"
        "以制表符分隔。请删去此行，kg review 会再列出该要素。",
    },
    "element": {
        "en": "{0} is not an IRI and has no prefix of ontology/prefixes.ttl. Correct it, or remove "
        "the line.",
        "zh-Hans": "{0} 不是 IRI，也没有 ontology/prefixes.ttl 中的前缀。请更正，或删去此行。",
    },
    "twice": {
        "en": "Line {0} has the same element. Remove one of them; then read what kg review shows.",
        "zh-Hans": "第 {0} 行是同一要素。请删去其中一行，再查看 kg review 所列。",
    },
}

Key = tuple[str, str]  # the file, as the end of its named graph, and the element's IRI


@dataclass(frozen=True)
class Entry:
    """The digest of an element when it was read, on a date (YYYY-MM-DD)."""

    read: str
    sha256: str


def read_ledger(
    path: Path, names: Names, language: str = "en"
) -> tuple[dict[Key, Entry], list[Fault]]:
    """Return the entries of a ledger, and its faults with their lines; none if there is no file."""
    entries: dict[Key, Entry] = {}
    lines: dict[Key, int] = {}
    faults: list[Fault] = []
    try:
        text = read_text(path, hint="Make it a file that you may read.", pipes=False)
    except ReadError as error:
        if not os.path.lexists(path):
            return {}, []
        return {}, [Fault(path, error.line, pick(error.reasons, language, ""))]
    for number, line in enumerate(text.split("\n"), 1):
        line = line.removesuffix("\r")
        if line in (HEADER, ""):
            continue
        try:
            key, entry = _read_line(line, names)
            if key in lines:
                raise _LineError("twice", lines[key])
        except _LineError as error:
            message = pick(MESSAGES[error.message], language, "").format(*error.values)
            faults.append(Fault(path, number, message))
            continue
        entries[key], lines[key] = entry, number
    return entries, faults


class _LineError(Exception):
    def __init__(self, message: str, *values: object) -> None:
        self.message, self.values = message, values


def _read_line(line: str, names: Names) -> tuple[Key, Entry]:
    if MARKER.match(line):
        raise _LineError("marker")
    found = LINE.fullmatch(line)
    if not (found and DIGEST.fullmatch(found["sha256"]) and is_date(found["read"])):
        raise _LineError("line")
    name = found["element"]
    # The name of a blank node is a digest.
    element = name if name.startswith("_:") else names.find_iri(name)
    if element is None:
        raise _LineError("element", name)
    return (found["file"], element), Entry(found["read"], found["sha256"])


def is_date(text: str) -> bool:
    """Return whether a text is a date as the ledger has it.

    >>> is_date("2026-11-28"), is_date("2026-02-30"), is_date("20261128")
    (True, False, False)
    """
    try:
        return bool(DATE.fullmatch(text) and date.fromisoformat(text))
    except ValueError:
        return False


def write_ledger(path: Path, entries: Mapping[Key, Entry], names: Names) -> None:
    """Write a ledger, completely or not at all.

    Raises:
        KgError: the file cannot be written.
    """
    lines = sorted(
        "\t".join((file, names.shorten(element), entry.read, entry.sha256))
        for (file, element), entry in entries.items()
    )
    with write_file(path) as stream:
        stream.write("".join(f"{line}\n" for line in (HEADER, *lines)).encode())


def refuse_faults(faults: Iterable[Fault]) -> None:
    """Raise an error with the faults of a ledger, if there are any.

    Raises:
        KgError: there are.
    """
    if found := "\n".join(map(str, faults)):
        raise KgError(found)
