"""The knowledge graph: a home and the engine that has its dataset, as one object."""

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from threading import TIMEOUT_MAX
from time import monotonic

from pyoxigraph import NamedNode, Triple

from kg.errors import KgError, KgTimeoutError, check_text
from kg.home import Home
from kg.names import Names, Term, read_names
from kg.reading import read_text
from kg.store import Engine, Memory, Result, Rows
from kg.turtle import TurtleFile, list_files

SHORTEST_TIMEOUT = 0.001  # seconds
ENTAILED = "graph:entailed"
FOR_DISPLAY = re.compile(r"^#\+ purpose: display$", re.MULTILINE)
VALUES_LINE = re.compile(r"^([ \t]*)VALUES \?(\w+) \{[^{}]*\}[ \t]*$", re.MULTILINE)
UNION = (
    "Oxigraph: start it with --union-default-graph, or add ?union-default-graph to the address. "
    "Fuseki: set tdb2:unionDefaultGraph true for the dataset in its configuration. "
    "GraphDB and Virtuoso need no setting."
)


class Graph:
    """A knowledge graph that can be queried: ontology, data and entailments of a home.

    With `verify`, the first query checks that the engine has the complete dataset (see `verify`).
    """

    def __init__(self, home: Home, engine: Engine, *, verify: bool = False) -> None:
        self.home = home
        self.engine = engine
        self._is_verified = not verify

    @property
    def names(self) -> Names:
        """The prefixes of the home."""
        return read_names(self.home)

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

        Raises:
            KgError: exit code 2 for an error in the query or the timeout, 1 if there is no answer.
            KgTimeoutError: there is no answer in time.
        """
        check_text(text, where)
        _check_timeout(timeout)
        start = monotonic()
        self.verify(timeout)
        return self.engine.query(
            text,
            where,
            prefixes,
            named_graphs=named_graphs,
            timeout=timeout and max(timeout - (monotonic() - start), SHORTEST_TIMEOUT),
            allow_service=allow_service,
        )

    def select(self, text: str, where: str = "query", *, named_graphs: bool = False) -> Rows:
        """Return the result of a SELECT query.

        Raises:
            KgError: see `query`; or the query is not a SELECT.
        """
        result = self.query(text, where, named_graphs=named_graphs)
        if not isinstance(result, Rows):
            raise KgError(f"{where}:1: not a SELECT query. Use SELECT here.", exit_code=2)
        return result

    def construct(
        self, text: str, where: str = "query", *, named_graphs: bool = False
    ) -> list[Triple]:
        """Return the triples of a CONSTRUCT query, without duplicates.

        Raises:
            KgError: see `query`; or the query is not a CONSTRUCT.
        """
        found = self._run_construct(text, where, named_graphs=named_graphs)
        return list(dict.fromkeys(found))

    def _run_construct(self, text: str, where: str, *, named_graphs: bool = False) -> list[Triple]:
        result = self.query(text, where, named_graphs=named_graphs)
        if not isinstance(result, list):
            raise KgError(f"{where}:1: not a CONSTRUCT query. Use CONSTRUCT here.", exit_code=2)
        return result

    def internal(
        self, name: str, /, *, named_graphs: bool = False, **terms: str
    ) -> list[tuple[Term | None, ...]]:
        """Return the rows of a query in `queries/internal/`, with terms bound (`bind_values`)."""
        text = bind_values(read_internal(self.home, name), terms)
        return self.select(text, name, named_graphs=named_graphs).rows

    def verify(self, timeout: float | None = None) -> None:
        """Check, once, that the default graph has the dataset with its entailments.

        The timeout is in seconds, for each of at most four queries.

        Raises:
            KgError: it does not; the message names the missing setting, or says to push.
        """
        if not self._is_verified and not self._ask("endpoint-complete", timeout):
            raise KgError(f"{self.engine.name}: {self._explain_missing(timeout)}")
        self._is_verified = True

    def _explain_missing(self, timeout: float | None) -> str:
        push = f"Load it: kg push {self.engine.name}"
        if self._ask("endpoint-default-graph", timeout):
            if self._ask("endpoint-named-graphs", timeout):
                return f"the endpoint has the dataset without its entailments. {push}"
            return (
                "the endpoint has the dataset without its named graphs, which kg show and other "
                f"commands need. Remove default-graph-uri from the address, or: {push}"
            )
        if self._ask("endpoint-named-graphs", timeout, named_graphs=True):
            return (
                "the endpoint has the dataset in named graphs, but its default graph is not "
                f"their union. {UNION}"
            )
        return f"the endpoint does not have the dataset. {push}"

    def _ask(self, name: str, timeout: float | None, *, named_graphs: bool = False) -> bool:
        text = read_internal(self.home, name)
        try:
            where = "the query that checks the endpoint"
            found = self.engine.query(text, where, named_graphs=named_graphs, timeout=timeout)
            return found is True
        except KgTimeoutError:
            raise
        except KgError as error:
            # The query is ours and valid: the address is not that of a SPARQL endpoint.
            raise KgError(str(error)) from None


class LocalGraph(Graph):
    """A graph in memory: Turtle files, each a named graph, and the entailments."""

    def __init__(self, home: Home, files: Sequence[TurtleFile]) -> None:
        """Load the files, without entailments.

        Raises:
            KgError: a file is not Turtle in UTF-8.
        """
        self.memory = Memory()
        super().__init__(home, self.memory)
        self.memory.add_files(files)

    def add_entailments(self, *, for_display: bool = True) -> int:
        """Run `ontology/rules/` in the order of their names; return the number of new statements.

        New statements go to the named graph `graph:entailed`. Each rule sees the results of those
        before it. Rules with the purpose `display` can be left out.

        Raises:
            KgError: a rule is not a CONSTRUCT query.
        """
        before = len(self.memory)
        graph = self.names.expand(ENTAILED)
        for path in sorted((self.home.ontology / "rules").glob("*.rq")):
            query = read_query(path)
            if for_display or FOR_DISPLAY.search(query) is None:
                # The engine drops duplicates itself.
                self.memory.add_triples(self._run_construct(query, str(path)), graph)
        return len(self.memory) - before


def load_graph(home: Home) -> LocalGraph:
    """Return the home's ontology and data in memory, with their entailments.

    Raises:
        KgError: a file is not Turtle in UTF-8.
    """
    graph = LocalGraph(home, list_files(home))
    graph.add_entailments()
    return graph


def connect_graph(home: Home, url: str, max_answer_size: str | None = None) -> Graph:
    """Return the graph of a SPARQL endpoint, which `kg push` has loaded.

    `max_answer_size` is the size of the largest answer, like "500MB"; see `kg.store.http.Client`.

    Raises:
        KgError: an argument or the credentials are invalid. Nothing is sent before the first query.
    """
    # Imported here: SPARQLWrapper takes long to load.
    from kg.store.endpoint import Endpoint

    return Graph(home, Endpoint(url, max_answer_size=max_answer_size), verify=True)


def read_query(path: Path) -> str:
    """Return the text of a query file.

    Raises:
        ReadError: the file cannot be read, or is not UTF-8.
    """
    return read_text(path, hint="Give a query file.", pipes=False)


def read_internal(home: Home, name: str) -> str:
    """Return the text of a query in `queries/internal/`.

    Raises:
        KgError: see `read_query`.
    """
    return read_query(home.queries / "internal" / f"{name}.rq")


def bind_values(text: str, values: Mapping[str, str]) -> str:
    """Return a query with terms bound in its lines `VALUES ?name { … }`.

    Terms are written as in SPARQL (`<https://…>`, `"en"`). All are bound in one pass, so that a
    term which looks like a VALUES line is not changed.

    Raises:
        KgError: the query has no such line.

    >>> bind_values("VALUES ?lang { UNDEF }", {"lang": '"zh-Hans"'})
    'VALUES ?lang { "zh-Hans" }'
    """
    known = {line[2] for line in VALUES_LINE.finditer(text)}
    for name in values:
        if name not in known:
            raise KgError(f"The query has no line VALUES ?{name} {{ … }}. Add it.", exit_code=2)

    def bind_line(line: re.Match[str]) -> str:
        indent, name = line.groups()
        return f"{indent}VALUES ?{name} {{ {values[name]} }}" if name in values else line[0]

    return VALUES_LINE.sub(bind_line, text)


def _check_timeout(timeout: object) -> None:
    if timeout is None:
        return
    is_number = isinstance(timeout, int | float) and not isinstance(timeout, bool)
    if not is_number or not 0 < timeout <= TIMEOUT_MAX:  # type: ignore[operator]
        raise KgError(
            "timeout: not a number of seconds. Give one above 0, such as 30.", exit_code=2
        )


def write_iri(iri: str) -> str:
    """Return an IRI as SPARQL writes it.

    Raises:
        ValueError: the text is not an absolute IRI.

    >>> write_iri("https://w3id.org/cdp/id/place/wuhan")
    '<https://w3id.org/cdp/id/place/wuhan>'
    """
    return str(NamedNode(iri))
