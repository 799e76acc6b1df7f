"""Any SPARQL 1.1 endpoint, asked as the embedded engine is (SPARQL 1.1 Protocol).

This module loads SPARQLWrapper and urllib: import it where an endpoint is asked, and only there.
"""

import re
from collections.abc import Mapping, Sequence
from http.client import HTTPResponse
from urllib.parse import parse_qsl, quote_plus

from pyoxigraph import QueryResultsFormat, RdfFormat, Triple, parse, parse_query_results
from SPARQLWrapper import GET, POST, SPARQLWrapper

from kg.home import Home, KgError
from kg.store.client import TIMEOUT, Client, Reply
from kg.store.engine import Result
from kg.store.memory import Rows, collect_answer
from kg.store.question import read_internal

# A longer query goes by POST: some servers and proxies take no longer address.
LONGEST_GET = 4_000
RESULTS = {
    "application/sparql-results+json": QueryResultsFormat.JSON,
    "application/json": QueryResultsFormat.JSON,
    "application/sparql-results+xml": QueryResultsFormat.XML,
}
GRAPHS = {
    "application/n-triples": RdfFormat.N_TRIPLES,
    "text/turtle": RdfFormat.TURTLE,
    "application/rdf+xml": RdfFormat.RDF_XML,
}
DATASET = ("default-graph-uri", "named-graph-uri")
WANTED = {True: "SPARQL results", False: "triples"}
# Strings, IRIs and comments: what stands in them is no word of SPARQL.
APART = re.compile(
    r"\"{3}(?:[^\"\\]|\\.|\"{1,2}(?!\"))*\"{3}|'{3}(?:[^'\\]|\\.|'{1,2}(?!'))*'{3}"
    r"|\"(?:[^\"\\\n]|\\.)*\"|'(?:[^'\\\n]|\\.)*'|<[^<>\"{}|^`\\\s]*>|#[^\n]*",
    re.DOTALL,
)
DECLARED = re.compile(r"\bPREFIX\s+([^\s:]*):", re.IGNORECASE)
FORM = re.compile(r"\b(SELECT|ASK|CONSTRUCT|DESCRIBE)\b", re.IGNORECASE)
UNION = (
    "Oxigraph: start it with --union-default-graph, or add ?union-default-graph to the address. "
    "Fuseki: say tdb2:unionDefaultGraph true of the dataset in its configuration. "
    "GraphDB and Virtuoso need nothing."
)


class Endpoint:
    """A SPARQL 1.1 endpoint that our graph has been pushed to, asked of its default graph.

    Before the first answer it looks whether our ontology and what the rules have added are
    visible there, and named graphs, too: an engine whose default graph is not the union of the
    named ones would answer nothing to every question.
    """

    def __init__(self, url: str, home: Home, timeout: float = TIMEOUT) -> None:
        """Take an address; nothing is sent before the first question.

        Raises:
            KgError: it is no address, or the environment does not say properly who asks.
        """
        self._client = Client(url, timeout)
        self._home = home
        self._seen = False

    @property
    def name(self) -> str:
        """The address as messages show it."""
        return self._client.name

    def query(
        self, text: str, where: str = "query", prefixes: Mapping[str, str] | None = None
    ) -> Result:
        """Return the answer of a SPARQL 1.1 query: rows of a SELECT, ASK's bool, or triples.

        Prefixes given need not be declared in the query. Rows come in the order of the answer.

        Raises:
            KgError: exit code 2 where the endpoint refuses the query, with what it says; 1 where
                there is no answer, or our graph is not to be seen.
        """
        self.look()
        return self.answer(text, where, prefixes)

    def select(self, text: str, where: str = "query") -> Rows:
        """Return the rows of a SELECT query.

        Raises:
            KgError: see `query`; or the query is of another form.
        """
        answer = self.query(text, where)
        if not isinstance(answer, Rows):
            raise KgError(f"{where}:1: no SELECT query. Only a SELECT has rows.", exit_code=2)
        return answer

    def construct(self, text: str, where: str = "query") -> list[Triple]:
        """Return the triples of a CONSTRUCT query, each once.

        Raises:
            KgError: see `query`; or the query is of another form.
        """
        answer = self.query(text, where)
        if not isinstance(answer, list):
            raise KgError(f"{where}:1: no CONSTRUCT query. It has to give triples.", exit_code=2)
        return list(dict.fromkeys(answer))

    def look(self) -> None:
        """Look, once, whether our graph is to be seen in the default graph, all of it.

        Raises:
            KgError: it is not; the message names the setting that is missing, or says what to do.
        """
        if self._seen:
            return
        if not self._check("endpoint-whole"):
            raise self._explain()
        self._seen = True

    def answer(
        self,
        text: str,
        where: str = "query",
        prefixes: Mapping[str, str] | None = None,
        *,
        named: bool = False,
    ) -> Result:
        """Return the answer of a query, without looking first whether our graph is there.

        `named` is for queries about named graphs: where the address itself chooses a default
        graph, there would be none (SPARQL 1.1 Protocol, 2.1.4), and the choice is left out.

        Raises:
            KgError: see `query`.
        """
        bare = APART.sub(" ", text)
        found = FORM.search(DECLARED.sub(" ", bare))
        # What is no query goes out as it is: the endpoint says what is wrong with it.
        form = found[1].upper() if found else "SELECT"
        has_rows = form in ("SELECT", "ASK")
        wrapper = _Wrapper(self._client, form, where, DATASET if named else ())
        wrapper.setQuery(_declare(bare, prefixes or {}) + text)
        accepted = RESULTS if has_rows else GRAPHS
        wrapper.addCustomHttpHeader("Accept", ", ".join(accepted))
        response = wrapper.query().response
        return self._read(self._client.read(response), has_rows)

    def _explain(self) -> KgError:
        push = f"Load it: kg push {self.name}"
        if self._check("endpoint-visible"):
            if self._check("endpoint-hidden"):
                return KgError(
                    f"{self.name}: the graph is there without what the rules add. {push}"
                )
            return KgError(
                f"{self.name}: the graph is there without its named graphs, which kg show and "
                f"others ask. Leave default-graph-uri out of the address, or: {push}"
            )
        if self._check("endpoint-hidden", named=True):
            return KgError(
                f"{self.name}: the graph is there, in named graphs, and the default graph is "
                f"not the union of them. {UNION}"
            )
        return KgError(f"{self.name}: the graph is not there. {push}")

    def _check(self, name: str, *, named: bool = False) -> bool:
        try:
            answer = self.answer(read_internal(self._home, name), name, named=named)
        except KgError as error:
            # Our own ASK is right: whoever refuses it is no endpoint.
            raise KgError(str(error)) from None
        return answer is True

    def _read(self, reply: Reply, has_rows: bool) -> Result:
        try:
            if has_rows and reply.kind in RESULTS:
                return collect_answer(parse_query_results(reply.body, RESULTS[reply.kind]))
            if not has_rows and reply.kind in GRAPHS:
                return [quad.triple for quad in parse(reply.body, GRAPHS[reply.kind])]
        except (SyntaxError, ValueError) as error:
            broken = str(error)
        else:
            raise self._client.fail_kind(reply, WANTED[has_rows])
        # Out here, so that nothing holds the library's frames: what is in them may not die in
        # another thread.
        raise self._client.fail_broken(broken)


class _Wrapper(SPARQLWrapper):
    """SPARQLWrapper for the request; what is sent and what form a query has is settled here.

    Its own way out follows redirects, credentials and all, waits for ever, and knows no busy
    server; its own look at a query takes words of a comment for the form, or warns.
    """

    def __init__(self, client: Client, form: str, where: str, left_out: Sequence[str]) -> None:
        self._client = client
        self._form = form
        self._where = where
        address, _, parameters = client.url.partition("?")
        super().__init__(address)
        # No format=json and the like in the address: what is accepted stands in the header.
        self.setOnlyConneg(True)
        for name, value in parse_qsl(parameters, keep_blank_values=True):
            if name not in left_out:
                self.addParameter(name, value)

    def setQuery(self, query: str | bytes) -> None:
        """Take the query; send it by POST where the address would be too long."""
        super().setQuery(query)
        length = len(self._client.url) + len(quote_plus(self.queryString))
        self.setMethod(POST if length > LONGEST_GET else GET)

    def _parseQueryType(self, query: str) -> str:
        return self._form

    def _query(self) -> tuple[HTTPResponse, str]:
        return self._client.open(self._createRequest(), self._where), self.returnFormat


def _declare(bare: str, prefixes: Mapping[str, str]) -> str:
    """Return PREFIX declarations, all in one line, of the prefixes used and not declared."""
    declared = set(DECLARED.findall(bare))
    used = set(re.findall(r"(?<![\w:-])([A-Za-z][\w.-]*):", bare))
    lines = (f"PREFIX {p}: <{prefixes[p]}> " for p in sorted(used - declared) if p in prefixes)
    return "".join(lines)
