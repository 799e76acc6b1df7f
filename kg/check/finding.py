"""A finding of a check, and where in the files it is."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from kg.turtle import LineIndex

VIOLATION, WARNING = "violation", "warning"


@dataclass(frozen=True, order=True)
class Finding:
    """A fault in a file; `check` names the check, and `line` is 0 if no line is at fault."""

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
    """The lines of all files, of which some are checked.

    `fallback` is the path of findings about nodes that no checked file describes. Without it these
    findings are dropped: they belong to files that are not checked.
    """

    files: Sequence[LineIndex]
    checked: frozenset[Path]
    fallback: Path | None = None

    def locate(self, node: str, predicate: str = "", value: str = "") -> tuple[str, int] | None:
        """Return path and line of a statement, or else of its subject; None if there is none.

        Only the checked files are searched. Without a value, or if it is not found, the first
        statement with the predicate counts.
        """
        checked = [index for index in self.files if index.file.path in self.checked]
        for index in checked:
            line = index.lines.get((node, predicate, value))
            if line is None and predicate:
                same = (n for key, n in index.lines.items() if key[:2] == (node, predicate))
                line = next(same, None)
            if line is not None:
                return str(index.file.path), line
        for index in checked:
            if node in index.subjects:
                return str(index.file.path), index.subjects[node]
        return None

    def report(
        self,
        node: str,
        severity: str,
        check: str,
        message: str,
        *,
        predicate: str = "",
        value: str = "",
    ) -> Iterator[Finding]:
        """Yield the finding about a node, unless it belongs to a file that is not checked."""
        position = self.locate(node, predicate, value)
        if position is None and self.fallback:
            position = str(self.fallback), 0
        if position:
            yield Finding(*position, severity, check, node, message)
