"""Any SPARQL 1.1 endpoint, asked as the embedded engine is (SPARQL 1.1 Protocol).

This module loads SPARQLWrapper and urllib: import it where an endpoint is asked, and only there.
"""

import re
from collections.abc import Mapping, Sequence
from http.client import HTTPResponse
from urllib.parse import parse_qsl, quote_plus

from pyoxigraph import QueryResultsFormat, RdfFormat, parse, parse_query_results
from SPARQLWrapper import GET, POST, SPARQLWrapper

from kg.store.engine import Result, collect_result
from kg.store.http import TIMEOUT, Client, Reply

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


class Endpoint:
    """The client of a SPARQL 1.1 endpoint (https://www.w3.org/TR/sparql11-protocol/)."""

    def __init__(self, url: str, timeout: float = TIMEOUT) -> None:
        """Read the credentials; nothing is sent before the first query.

        Raises:
            KgError: the address or the credentials are invalid.
        """
        self._client = Client(url, timeout)

    @property
    def name(self) -> str:
        """The address as messages show it."""
        return self._client.name

    def query(
        self,
        text: str,
        where: str = "query",
        prefixes: Mapping[str, str] | None = None,
        *,
        named_graphs: bool = False,
    ) -> Result:
        """Return the result of a SPARQL 1.1 query; see `Engine.query`.

        With `named_graphs` a default graph in the address is dropped: with one, an endpoint would
        see no named graph (SPARQL 1.1 Protocol, 2.1.4).

        Raises:
            KgError: exit code 2 if the endpoint rejects the query, with its message; 1 if there
                is no answer.
        """
        bare = APART.sub(" ", text)
        found = FORM.search(DECLARED.sub(" ", bare))
        # Whatever is not a query is sent unchanged: the endpoint says what is wrong with it.
        form = found[1].upper() if found else "SELECT"
        has_rows = form in ("SELECT", "ASK")
        wrapper = _Wrapper(self._client, form, where, DATASET if named_graphs else ())
        wrapper.setQuery(_declare(bare, prefixes or {}) + text)
        accepted = RESULTS if has_rows else GRAPHS
        wrapper.addCustomHttpHeader("Accept", ", ".join(accepted))
        response = wrapper.query().response
        return self._read(self._client.read(response), has_rows)

    def _read(self, reply: Reply, has_rows: bool) -> Result:
        try:
            if has_rows and reply.kind in RESULTS:
                return collect_result(parse_query_results(reply.body, RESULTS[reply.kind]))
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
