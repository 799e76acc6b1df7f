"""A finding: where it is, how grave, what is wrong and what would be right."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from kg.turtle import LineIndex

VIOLATION, WARNING = "violation", "warning"


@dataclass(frozen=True, order=True)
class Finding:
    """One finding; line is counted from 1, and 0 where it is about a file as a whole."""

    path: str
    line: int
    severity: str
    check: str
    node: str
    message: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.severity}: {self.message} [{self.check}]"


@dataclass(frozen=True)
class Locator:
    """Finds the file and line of a node, in the files that are checked.

    `rest` is where a finding is put that is about none of their subjects; without it there is no
    such finding, which is right where only some files are checked.
    """

    files: Sequence[LineIndex]
    checked: frozenset[Path]
    rest: Path | None = None

    def locate(self, node: str, predicate: str = "", value: str = "") -> tuple[str, int] | None:
        """Return file and line of a statement, or of a node as a subject, or None.

        None means that only files which are not being checked speak of the node.
        """
        for read in self.files:
            line = read.lines.get((node, predicate, value))
            if line is None and predicate:
                line = next((n for k, n in read.lines.items() if k[:2] == (node, predicate)), None)
            if line is not None and read.file.path in self.checked:
                return str(read.file.path), line
        for read in self.files:
            line = read.subjects.get(node)
            if line is not None and read.file.path in self.checked:
                return str(read.file.path), line
        return None

    def find(
        self, node: str, severity: str, check: str, message: str, *, at: tuple[str, str] = ("", "")
    ) -> Iterable[Finding]:
        """Yield the finding about a node if it stands in a file that is checked."""
        place = self.locate(node, *at) or (self.rest and (str(self.rest), 0))
        if place:
            yield Finding(*place, severity, check, node, message)
