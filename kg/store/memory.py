"""The embedded engine (Oxigraph), in memory."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain
from math import inf
from threading import Event

from pyoxigraph import (
    BlankNode,
    NamedNode,
    Quad,
    QueryBoolean,
    QuerySolutions,
    QueryTriples,
    RdfFormat,
    Store,
    Triple,
)

from kg.errors import KgError, KgTimeoutError
from kg.names import is_iri, text
from kg.nesting import check_nesting
from kg.reading import ReadError
from kg.sparql_tokens import locate
from kg.store.canonical import encode_triple, sort_statements
from kg.store.clauses import Clauses, blank_dataset, find_clauses
from kg.store.engine import NARROW, Result, collect_result
from kg.store.interruptible import run_interruptible
from kg.turtle import TurtleFile, find_faults, parse_file, read_turtle

SERVICE = (
    "SERVICE, which sends a request to another server, is not allowed here. Permit it with "
    "kg query --allow-service, or in Python with query(…, allow_service=True)."
)
POSITION = re.compile(r"error at (\d+):(\d+): (.*)", re.DOTALL)


class Memory:
    """An RDF dataset in memory. The default graph is the union of all named graphs."""

    name = "memory"

    def __init__(self) -> None:
        self._store = Store()
        self._files: list[TurtleFile] = []

    def __len__(self) -> int:
        """Return the number of statements, counted once for each named graph."""
        return len(self._store)

    def add_files(self, files: Sequence[TurtleFile]) -> None:
        """Load files, each into its named graph.

        Raises:
            KgError: a file is not Turtle in UTF-8; the message lists all such files.
        """
        try:
            for file in files:
                self._store.load(
                    read_turtle(file),
                    RdfFormat.TURTLE,
                    base_iri=file.graph,
                    to_graph=NamedNode(file.graph),
                )
        except (SyntaxError, ReadError):
            faults = find_faults(files)
            if not faults:
                raise
            raise KgError("\n".join(map(str, faults))) from None
        self._files += files

    def add_parsed(self, file: TurtleFile, quads: Sequence[Quad]) -> None:
        """Add the statements of a file that has been parsed already, in its named graph."""
        self._store.extend(quads)
        self._files.append(file)

    def add_triples(self, triples: Iterable[Triple], graph: str) -> None:
        """Add triples to one named graph."""
        name = NamedNode(graph)
        self._store.extend(Quad(t.subject, t.predicate, t.object, name) for t in triples)

    def query(
        self,
        text: str,
        where: str = "query",
        prefixes: Mapping[str, str] | None = None,
        *,
        named_graphs: bool = False,
        timeout: float | None = None,
        allow_service: bool = False,
    ) -> Result:
        """Return the result of a SPARQL 1.1 query; see `Engine.query`.

        Without `timeout` there is no limit of time. The engine has no way to stop a query: after
        the timeout it goes on in the background, at most until it has the next row.

        Raises:
            KgError: a syntax error, as `where:line:column`, or SERVICE, with exit code 2.
            KgTimeoutError: there is no answer in time.
        """
        check_nesting(text, where, "sparql")
        declared = dict(prefixes or {})
        clauses = find_clauses(text, where, declared)
        if clauses.service >= 0 and not allow_service:
            raise KgError(f"{locate(text, clauses.service, where)}: {SERVICE}", exit_code=2)
        is_over = Event()

        def run() -> Result:
            found = _run_query(self._store, text, clauses, declared)
            return collect_result(found, lambda: not is_over.is_set())

        try:
            return run_interruptible(run, timeout or inf)
        except SyntaxError as error:
            raise _explain(error, where) from None
        except (OSError, RuntimeError) as error:
            if timeout and isinstance(error, TimeoutError):
                problem = f"no answer within {timeout:.3g} second{'s' * (timeout != 1)}. {NARROW}"
                raise KgTimeoutError(f"{where}: {problem}") from None
            # For example the endpoint of a SERVICE clause.
            raise KgError(f"{where}: the query failed: {error}.") from None
        finally:
            is_over.set()

    def find_statements(self, subject: str) -> list[tuple[str, str, str]]:
        """Return named graph, predicate and object of the statements about a subject, as text.

        Raises:
            ValueError: the subject is neither an IRI nor the label of a blank node.
        """
        node = NamedNode(subject) if is_iri(subject) else BlankNode(subject)
        quads = self._store.quads_for_pattern(node, None, None)
        return [
            (quad.graph_name.value, text(quad.predicate), text(quad.object))
            for quad in quads
            if isinstance(quad.graph_name, NamedNode)
        ]

    def dump(self, more: Iterable[Quad] = ()) -> str:
        """Return all statements, and more, as sorted N-Quads: the same data give the same bytes.

        The files are read again, because the engine changes the lexical forms of numbers.
        """
        loaded = chain.from_iterable(map(parse_file, self._files))
        every = chain(loaded, self.list_added(), more)
        return "".join(f"{line}\n" for line in sort_statements(every))

    def list_added(self) -> Iterator[Quad]:
        """Yield the statements of the named graphs that were not loaded from files."""
        of_files = {NamedNode(file.graph) for file in self._files}
        for graph in self._store.named_graphs():
            if graph not in of_files:
                yield from self._store.quads_for_pattern(None, None, None, graph)

    def dump_triples(self, graph: str) -> str:
        """Return the statements of one named graph as N-Triples, sorted."""
        quads = self._store.quads_for_pattern(None, None, None, NamedNode(graph))
        return "".join(f"{line}\n" for line in sorted(map(encode_triple, quads)))


def _run_query(
    store: Store, text: str, clauses: Clauses, prefixes: dict[str, str]
) -> QuerySolutions | QueryBoolean | QueryTriples:
    """Run a query on its dataset, or without dataset clauses on the union of all graphs."""
    if len(clauses.default) + len(clauses.named) > 1 and clauses.is_resolved:
        store, text = _merge_graphs(store, clauses), blank_dataset(text, clauses)
    # The union would override the clauses.
    is_union = not clauses.has_dataset
    return store.query(text, prefixes=prefixes, use_default_graph_as_union=is_union)


def _merge_graphs(store: Store, clauses: Clauses) -> Store:
    """Return the dataset of a query with several dataset clauses.

    Its default graph is a merge, with each statement once (SPARQL 1.1, 13.2.1). The engine would
    count a statement for each graph that has it, and a graph for each clause that names it.
    """
    merged = Store()
    for graph in map(NamedNode, clauses.default):
        quads = store.quads_for_pattern(None, None, None, graph)
        merged.extend(Quad(quad.subject, quad.predicate, quad.object) for quad in quads)
    for graph in map(NamedNode, clauses.named):
        merged.add_graph(graph)
        merged.extend(store.quads_for_pattern(None, None, None, graph))
    return merged


def _explain(error: SyntaxError, where: str) -> KgError:
    found = POSITION.match(error.msg)
    line, column, reason = found.groups() if found else ("1", "1", error.msg)
    if "Prefix not found" in reason:
        what = "unknown prefix. Declare it with PREFIX, or use one of ontology/prefixes.ttl."
    elif "IRI parsing failed" in reason:
        what = "not an absolute IRI. Write it in full, or declare BASE."
    else:
        what = f"not valid SPARQL 1.1: {' '.join(reason.split())}."
    return KgError(f"{where}:{line}:{column}: {what}", exit_code=2)
