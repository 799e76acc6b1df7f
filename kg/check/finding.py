"""A finding of a check, and where in the files it is."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from kg.display import escape_controls
from kg.names import is_iri
from kg.turtle import TurtleFile
from kg.turtle_tokens import LineIndex

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
        line = f"{self.path}:{self.line}: {self.severity}: {self.message} [{self.check}]"
        return escape_controls(line, lines=False)


class Locator:
    """Finds the lines of statements in the files that are checked.

    `find_statements` returns named graph, predicate and object of the statements about a node,
    and `read_lines` the lines of a file: only files with findings are read. `fallback` is the path
    for findings about nodes that are no subject in the checked files. Without it there are no such
    findings: they belong to the files that are not checked.
    """

    def __init__(
        self,
        files: Sequence[TurtleFile],
        find_statements: Callable[[str], Sequence[tuple[str, str, str]]],
        read_lines: Callable[[TurtleFile], LineIndex],
        fallback: Path | None = None,
    ) -> None:
        self._files = {file.graph: file for file in files}
        self._find_statements = cache(find_statements)
        self.read_lines = cache(read_lines)
        self._list_graphs = cache(self._find_graphs)
        self._fallback = fallback

    def locate(
        self, node: str, predicate: str = "", value: str = "", *, within: str = ""
    ) -> tuple[str, int] | None:
        """Return path and line of a statement, or else of its subject; None if there is none.

        Without a value, or if it is not found, the first statement with the predicate counts. A
        blank node may be `within` the statements about another node.
        """
        for graph in self._list_graphs(node) if is_iri(node) else ():
            lines = self.read_lines(self._files[graph])
            exact = lines.subjects.get(node)
            if predicate:
                exact = lines.lines.get((node, predicate, value))
            if exact is not None:
                return str(self._files[graph].path), exact
        try:
            found = [each for each in self._find_statements(node) if each[0] in self._files]
        except ValueError:
            return None  # the node is a literal
        found.sort(key=lambda each: (each[1:] != (predicate, value), each[1] != predicate))
        for graph, first, first_value in found:
            lines = self.read_lines(self._files[graph])
            keys = ((within, predicate, value), (within, predicate, ""))
            line: int | None
            if is_iri(node):
                line = lines.find(node, predicate, value)
            elif key := next((key for key in keys if within and key in lines.nested), None):
                line = lines.nested[key]
            else:  # the index does not tell blank nodes apart
                line = lines.find("", first, first_value)
            if line is not None:
                return str(self._files[graph].path), line
        return None

    def _find_graphs(self, node: str) -> list[str]:
        """Return the named graphs of the checked files that have statements about a node."""
        graphs = dict.fromkeys(graph for graph, _, _ in self._find_statements(node))
        return [graph for graph in graphs if graph in self._files]

    def report(
        self,
        node: str,
        severity: str,
        check: str,
        message: str,
        *,
        predicate: str = "",
        value: str = "",
        within: str = "",
    ) -> Iterator[Finding]:
        """Yield the finding about a node, unless it belongs to a file that is not checked."""
        position = self.locate(node, predicate, value, within=within)
        if position is None and self._fallback:
            position = str(self._fallback), 0
        if position:
            yield Finding(*position, severity, check, node, message)
