"""Bring Turtle files into canonical form (see `turtle_layout`), or show what would change."""

import difflib
import io
import os
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from kg.errors import KgError
from kg.files import write_file
from kg.reading import decode_text, read_bytes, read_text
from kg.turtle import TurtleFile, find_faults
from kg.turtle_layout import format_text

# Only for the check of the syntax: the canonical form keeps relative IRIs.
BASE = "x:"
# Longer files are compared without difflib, whose time grows with the square of the length.
LONGEST_DIFF = 5000


@dataclass(frozen=True)
class Formatted:
    """A file that is not in canonical form: its bytes, and its text in that form."""

    path: Path
    before: bytes
    after: str

    def diff(self) -> str:
        """Return the difference as a unified diff."""
        texts = (self.before.decode("utf-8"), self.after)
        # Only LF ends a line here: other line ends may be characters of a literal.
        before, after = (io.StringIO(text, newline="\n").readlines() for text in texts)
        name = str(self.path)
        is_long = max(len(before), len(after)) > LONGEST_DIFF
        lines = (
            _diff_once(before, after, name)
            if is_long
            else difflib.unified_diff(before, after, name, name)
        )
        mark = "\n\\ No newline at end of file\n"
        return "".join(line if line.endswith("\n") else line + mark for line in lines)

    def write(self) -> None:
        """Replace the file.

        Raises:
            KgError: another program has changed the file, or it cannot be written.
        """
        if read_bytes(self.path) != self.before:
            raise KgError(f"{self.path}: another program is changing the file. Try again.")
        with write_file(self.path) as stream:
            stream.write(self.after.encode("utf-8"))


def find_outside_links(files: Iterable[Path], paths: Sequence[Path]) -> set[Path]:
    """Return the files that are links to files outside the files and folders in `paths`."""
    folders = [Path(os.path.realpath(path)) for path in paths]
    return {
        file
        for file in files
        if not any(Path(os.path.realpath(file)).is_relative_to(folder) for folder in folders)
    }


def format_files(paths: Iterable[Path], *, drop_comments: bool = False) -> list[Formatted]:
    """Return the files that are not in canonical form; nothing is written.

    Raises:
        KgError: files are not Turtle 1.1 in UTF-8, or have comments that are not to be dropped.
            The message has the error of each such file.
    """
    formatted, errors = [], []
    for path in paths:
        try:
            if change := _format_file(path, drop_comments=drop_comments):
                formatted.append(change)
        except KgError as error:
            errors.append(str(error))
    if errors:
        raise KgError("\n".join(errors))
    return formatted


def format_turtle(path: Path, *, drop_comments: bool = False) -> str:
    """Return the text of a file in canonical form. Formatting again changes nothing.

    Raises:
        KgError: see `format_files`.
    """
    change = _format_file(path, drop_comments=drop_comments)
    return change.after if change else read_text(path)


def _format_file(path: Path, *, drop_comments: bool) -> Formatted | None:
    """Return the change that brings a file into canonical form, or None if it has that form."""
    faults = find_faults([TurtleFile(path, BASE)])
    if faults:
        raise KgError("\n".join(str(fault) for fault in faults))
    before = read_bytes(path)
    text = decode_text(before, str(path)).removeprefix("\ufeff")
    after = format_text(text, str(path), drop_comments=drop_comments)
    return None if after.encode("utf-8") == before else Formatted(path, before, after)


def _diff_once(before: Sequence[str], after: Sequence[str], name: str) -> Iterator[str]:
    """Yield a unified diff with all lines from the first that differs to the last one."""
    start = _count_common(before, after)
    end = _count_common(before[start:][::-1], after[start:][::-1])
    removed, added = before[start : len(before) - end], after[start : len(after) - end]
    # The number of a range without lines is that of the line before it.
    ranges = (f"{start + bool(lines)},{len(lines)}" for lines in (removed, added))
    yield "--- {0}\n+++ {0}\n@@ -{1} +{2} @@\n".format(name, *ranges)
    yield from (f"-{line}" for line in removed)
    yield from (f"+{line}" for line in added)


def _count_common(first: Sequence[str], second: Sequence[str]) -> int:
    """Return how many lines at the beginning are equal."""
    pairs = enumerate(zip(first, second, strict=False))
    return next((n for n, (x, y) in pairs if x != y), min(len(first), len(second)))
