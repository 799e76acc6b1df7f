"""The embedded engine: load files, ask, add, dump."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain

from pyoxigraph import (
    NamedNode,
    Quad,
    QueryBoolean,
    QuerySolutions,
    QueryTriples,
    RdfFormat,
    Store,
    Triple,
)

from kg.home import KgError
from kg.load import TurtleFile, find_faults, parse_file, restore_languages
from kg.names import Term
from kg.store.apart import run_apart
from kg.store.dump import sort_statements

POSITION = re.compile(r"error at (\d+):(\d+): (.*)", re.DOTALL)


@dataclass(frozen=True)
class Rows:
    """What a SELECT gives: its variables, and a tuple of terms a row, None where unbound."""

    variables: tuple[str, ...]
    rows: list[tuple[Term | None, ...]]


class Memory:
    """The embedded engine in memory, asked of the union of all its named graphs."""

    def __init__(self) -> None:
        self._store = Store()
        self._files: list[TurtleFile] = []

    def __len__(self) -> int:
        """Return the number of statements, counted once for each named graph."""
        return len(self._store)

    def add_files(self, files: Sequence[TurtleFile]) -> None:
        """Load files, each into its named graph.

        Raises:
            KgError: files are no Turtle in UTF-8; all such places are named.
        """
        try:
            for file in files:
                self._store.load(
                    file.path.read_bytes(),
                    RdfFormat.TURTLE,
                    base_iri=file.graph,
                    to_graph=NamedNode(file.graph),
                )
        except (SyntaxError, OSError):
            faults = find_faults(files)
            if not faults:
                raise
            raise KgError("\n".join(str(fault) for fault in faults)) from None
        self._files += files

    def add_triples(self, triples: Iterable[Triple], graph: str) -> None:
        """Add triples to one named graph."""
        name = NamedNode(graph)
        self._store.extend(Quad(t.subject, t.predicate, t.object, name) for t in triples)

    def query(
        self, text: str, where: str = "query", prefixes: Mapping[str, str] | None = None
    ) -> Rows | bool | list[Triple]:
        """Return the answer of a SPARQL 1.1 query: rows of a SELECT, ASK's bool, or triples.

        Prefixes given need not be declared in the query.

        Raises:
            KgError: the query has a syntax error; `where:line:column` says in which place.
        """
        try:
            return run_apart(lambda: collect_answer(self._ask(text, prefixes)))
        except SyntaxError as error:
            raise _explain(error, where) from None
        except (OSError, RuntimeError) as error:
            # An endpoint of a SERVICE, say.
            raise KgError(f"{where}: no answer to be had: {error}.") from None

    def select(self, text: str, where: str = "query") -> Rows:
        """Return the rows of a SELECT query.

        Raises:
            KgError: a syntax error, or the query is of another form.
        """
        answer = self.query(text, where)
        if not isinstance(answer, Rows):
            raise KgError(f"{where}:1: no SELECT query. Only a SELECT has rows.", exit_code=2)
        return answer

    def construct(self, text: str, where: str = "query") -> list[Triple]:
        """Return the triples of a CONSTRUCT query, each once.

        It runs in this thread: it is for our own short queries, and a second thread costs more
        than they do.

        Raises:
            KgError: a syntax error, or the query is of another form.
        """
        try:
            answer = collect_answer(self._ask(text, None))
        except SyntaxError as error:
            raise _explain(error, where) from None
        if not isinstance(answer, list):
            raise KgError(f"{where}:1: no CONSTRUCT query. It has to give triples.", exit_code=2)
        return list(dict.fromkeys(answer))

    def dump(self) -> str:
        """Return all statements as N-Quads, sorted, so that the same data give the same bytes.

        What was loaded from files is read from them again, since the engine keeps the values of
        numbers and not how they were written.
        """
        loaded = (quad for file in self._files for quad in parse_file(file))
        return "".join(f"{line}\n" for line in sort_statements(chain(loaded, self.list_added())))

    def list_added(self) -> Iterator[Quad]:
        """Yield the statements of the graphs that no file became."""
        loaded = {NamedNode(file.graph) for file in self._files}
        for graph in self._store.named_graphs():
            if graph not in loaded:
                yield from self._store.quads_for_pattern(None, None, None, graph)

    def dump_triples(self, graph: str) -> str:
        """Return the statements of one named graph as N-Triples, sorted."""
        lines = (
            f"{Triple(q.subject, q.predicate, q.object)} ."
            for q in self._store.quads_for_pattern(None, None, None, NamedNode(graph))
        )
        return "".join(f"{restore_languages(line)}\n" for line in sorted(lines))

    def _ask(
        self, text: str, prefixes: Mapping[str, str] | None
    ) -> QuerySolutions | QueryBoolean | QueryTriples:
        known = dict(prefixes) if prefixes else None
        return self._store.query(text, prefixes=known, use_default_graph_as_union=True)


def collect_answer(
    answer: QuerySolutions | QueryBoolean | QueryTriples,
) -> Rows | bool | list[Triple]:
    """Return the whole of what the library gives piece by piece."""
    if isinstance(answer, QueryBoolean):
        return bool(answer)
    if isinstance(answer, QueryTriples):
        return list(answer)
    variables = tuple(variable.value for variable in answer.variables)
    return Rows(variables, [tuple(solution) for solution in answer])


def _explain(error: SyntaxError, where: str) -> KgError:
    message = str(error.msg or error)
    found = POSITION.match(message)
    line, column, reason = found.groups() if found else ("1", "1", message)
    return KgError(
        f"{where}:{line}:{column}: not SPARQL 1.1: {reason}. Correct the query at that place.",
        exit_code=2,
    )
