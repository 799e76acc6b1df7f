"""The embedded engine (Oxigraph), in memory."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain

from pyoxigraph import BlankNode, NamedNode, Quad, RdfFormat, Store, Triple

from kg.errors import KgError
from kg.names import is_iri, text
from kg.reading import ReadError
from kg.store.canonical import encode_triple, sort_statements
from kg.store.engine import Result, collect_result
from kg.store.interruptible import run_interruptible
from kg.turtle import TurtleFile, find_faults, parse_file, read_turtle

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
    ) -> Result:
        """Return the result of a SPARQL 1.1 query; see `Engine.query`.

        Raises:
            KgError: a syntax error, as `where:line:column`, with exit code 2.
        """
        declared = dict(prefixes) if prefixes else None
        try:
            return run_interruptible(
                lambda: collect_result(
                    self._store.query(text, prefixes=declared, use_default_graph_as_union=True)
                )
            )
        except SyntaxError as error:
            raise _explain(error, where) from None
        except (OSError, RuntimeError) as error:
            # For example the endpoint of a SERVICE clause.
            raise KgError(f"{where}: the query failed: {error}.") from None

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

    def dump(self) -> str:
        """Return all statements as sorted N-Quads: the same data give the same bytes.

        The files are read again, because the engine changes the lexical forms of numbers.
        """
        loaded = chain.from_iterable(map(parse_file, self._files))
        return "".join(f"{line}\n" for line in sort_statements(chain(loaded, self.list_added())))

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


def _explain(error: SyntaxError, where: str) -> KgError:
    found = POSITION.match(error.msg)
    line, column, reason = found.groups() if found else ("1", "1", error.msg)
    if "Prefix not found" in reason:
        what = "unknown prefix. Declare it with PREFIX, or use one of ontology/prefixes.ttl."
    else:
        what = f"not valid SPARQL 1.1: {reason}."
    return KgError(f"{where}:{line}:{column}: {what}", exit_code=2)
