"""A finding of a check, and where in the files it is."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Protocol

from kg.display import escape_controls
from kg.names import is_iri
from kg.turtle import TurtleFile
from kg.turtle_tokens import LineIndex

VIOLATION, WARNING = "violation", "warning"
Read = tuple[str, str]
"""A subject and a property whose values decide about a finding."""


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


@dataclass(frozen=True)
class Basis:
    """What a finding rests on: the statement at fault, as far as it has one, and what it reads.

    `named` are objects and properties: it rests on which statements have them. `paths` are the
    files that describe these objects. `meant` are the terms that the value of the statement may
    have been meant to be, `cause` is the term that causes the finding, and perhaps others.
    """

    node: str
    predicate: str = ""
    value: str = ""
    reads: frozenset[Read] = frozenset()
    named: frozenset[Read] = frozenset()
    paths: frozenset[str] = frozenset()
    meant: tuple[str, ...] = ()
    cause: str = ""


class Tracing(Protocol):
    """Finds the statements of files that cause what is wrong with others: see `Tracer`."""

    def trace(self, node: str, predicate: str, value: str) -> list[tuple[str, str, str]]:
        """Return the premises of a statement that no file has."""

    def explain(self, node: str, predicate: str, value: str) -> str:
        """Return a sentence about the first of them, or ""."""


class Locator:
    """Finds the lines of statements in the files that are checked.

    `find_statements` returns named graph, predicate and object of the statements about a node,
    and `read_lines` the lines of a file: only files with findings are read. `fallback` is the path
    for findings about nodes that are no subject in the checked files. Without it there are no such
    findings: they belong to the files that are not checked. With `tracing`, a finding about a
    statement that no file has is at the one from which it follows.

    `bases` has what each finding rests on.
    """

    def __init__(
        self,
        files: Sequence[TurtleFile],
        find_statements: Callable[[str], Sequence[tuple[str, str, str]]],
        read_lines: Callable[[TurtleFile], LineIndex],
        fallback: Path | None = None,
        tracing: Tracing | None = None,
    ) -> None:
        self.bases: dict[Finding, Basis] = {}
        self._tracing = tracing
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

    def has_value(self, node: str, predicate: str) -> bool:
        """Return whether a node has a property."""
        try:
            return any(each[1] == predicate for each in self._find_statements(node))
        except ValueError:
            return False  # the node is a literal

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
        reads: Iterable[Read] = (),
        named: Iterable[Read] = (),
        meant: Iterable[str] = (),
        cause: str = "",
    ) -> Iterator[Finding]:
        """Yield the finding about a node, unless it belongs to a file that is not checked.

        The other arguments are those of its `Basis`.
        """
        premises = self._tracing.trace(node, predicate, value) if self._tracing else []
        if self._tracing and premises:
            message += self._tracing.explain(node, predicate, value)
            naming = [each for each in premises if each[2] == node]
            found = (self.locate(*each) for each in naming or premises[:1])
            position = next(filter(None, found), None)
        else:
            position = self.locate(node, predicate, value, within=within)
        if position is None and self._fallback:
            position = str(self._fallback), 0
        if position:
            finding = Finding(*position, severity, check, node, message)
            known = self.bases.get(finding, Basis(node))
            own, objects = [(node, predicate)] if predicate else [], list(named)
            graphs = {
                graph for each, _ in objects if is_iri(each) for graph in self._list_graphs(each)
            }
            self.bases[finding] = Basis(
                node,
                predicate,
                value,
                known.reads.union(own, reads),
                known.named.union(objects),
                known.paths.union(str(self._files[graph].path) for graph in graphs),
                tuple(meant),
                cause,
            )
            yield finding
