"""Query and update a SPARQL 1.1 endpoint (https://www.w3.org/TR/sparql11-protocol/).

SPARQLWrapper builds and sends all queries and updates. It cannot keep a deadline, refuse redirects
or write to a graph store: `kg.store.http` does, with urllib, the library below SPARQLWrapper.
"""

import re
from collections.abc import Mapping
from copy import copy
from math import ceil
from urllib.parse import parse_qsl, quote_plus

from pyoxigraph import QueryResultsFormat, RdfFormat, parse, parse_query_results
from SPARQLWrapper import ASK, GET, INSERT, POST, POSTDIRECTLY, SELECT, SPARQLWrapper

from kg.nesting import check_nesting
from kg.store.clauses import Clauses, find_clauses
from kg.store.engine import Result, collect_result
from kg.store.http import Client

# A longer query is sent by POST, because servers and proxies limit the length of an address.
LONGEST_GET = 4_000
ROW_TYPES = "application/sparql-results+json, application/json, application/sparql-results+xml"
TRIPLE_TYPES = "application/n-triples, text/turtle, application/rdf+xml"
DATASET_PARAMETERS = ("default-graph-uri", "named-graph-uri")
# What can precede the form of a query: white space, comments, BASE and PREFIX.
PROLOGUE = re.compile(r"\s+|#[^\n]*|BASE\s*<[^>]*>|PREFIX\s+([^\s:]*):\s*<[^>]*>", re.IGNORECASE)
FORM = re.compile(r"(SELECT|ASK|CONSTRUCT|DESCRIBE)\b", re.IGNORECASE)


class Endpoint(Client):
    """The client of a SPARQL endpoint, as an `Engine`."""

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

        The endpoint decides whether it allows SERVICE.

        With `named_graphs`, the parameters of the address that choose a dataset are left out:
        with a default graph chosen, there are no named graphs (SPARQL 1.1 Protocol, 2.1.4).

        Raises:
            KgError: exit code 2 if the endpoint rejects the query; 1 if there is no answer.
        """
        if timeout is not None:
            client = copy(self)
            client.timeout = timeout
            return client.query(text, where, prefixes, named_graphs=named_graphs)
        form, declared = _read_prologue(text)
        check_nesting(text, where, "sparql")  # a server may crash, too
        used = {p: iri for p, iri in (prefixes or {}).items() if f"{p}:" in text}
        lines = [f"PREFIX {p}: <{iri}> " for p, iri in used.items() if p not in declared]
        has_rows = form in (SELECT, ASK)
        # In one line with the query, so that an error is reported in the right line.
        query = f"{''.join(lines)}{text}"
        wrapper = self._wrap(query, form, ROW_TYPES if has_rows else TRIPLE_TYPES)
        _choose_dataset(wrapper, find_clauses(text, where, prefixes or {}), named_graphs)
        is_long = len(self.url) + len(quote_plus(query)) > LONGEST_GET
        wrapper.setMethod(POST if is_long else GET)
        kind, body = self.send(lambda: wrapper.query().response, where)
        return self._parse(kind, body, has_rows)

    def update(self, text: str, where: str) -> None:
        """Run a SPARQL 1.1 update; `where` names it in messages.

        Raises:
            KgError: exit code 2 if the endpoint rejects the update; 1 if there is no answer.
        """
        wrapper = self._wrap(text, INSERT, "*/*")
        wrapper.setMethod(POST)
        wrapper.setRequestMethod(POSTDIRECTLY)
        self.send(lambda: wrapper.query().response, where)

    def _wrap(self, text: str, form: str, accepted: str) -> SPARQLWrapper:
        """Return a wrapper for a query or an update."""
        address, _, parameters = self.url.partition("?")
        wrapper = SPARQLWrapper(address)
        # Not setQuery, which guesses the form and takes words of comments and prefixes for it.
        wrapper.queryString, wrapper.queryType = text, form
        # Otherwise format=, output= and results= are added to the address.
        wrapper.setOnlyConneg(True)
        wrapper.setTimeout(ceil(self.timeout))
        for name, value in parse_qsl(parameters, keep_blank_values=True):
            wrapper.addParameter(name, value)
        for name, value in {"Accept": accepted, **self.headers}.items():
            wrapper.addCustomHttpHeader(name, value)
        return wrapper

    def _parse(self, kind: str, body: bytes, has_rows: bool) -> Result:
        rows = QueryResultsFormat.from_media_type(kind) if kind in ROW_TYPES else None
        triples = RdfFormat.from_media_type(kind) if kind in TRIPLE_TYPES else None
        try:
            if has_rows and rows:
                return collect_result(parse_query_results(body, rows))
            if not has_rows and triples:
                return [quad.triple for quad in parse(body, triples)]
        except (SyntaxError, ValueError) as error:
            problem, advice = f"the answer is not valid {kind}: {error}", "Try again."
        else:
            wanted = "SPARQL results" if has_rows else "triples"
            problem, advice = f"the answer is {kind}, not {wanted}", self.paths
        # Raised here, because the traceback above holds objects of the engine, and these must
        # not be deleted in another thread.
        raise self.fail(problem, advice)


def _choose_dataset(wrapper: SPARQLWrapper, clauses: Clauses, named_graphs: bool) -> None:
    """Set the parameters that choose a dataset to what the query says with FROM and FROM NAMED.

    They mean the same (SPARQL 1.1 Protocol, 2.1.4), but Oxigraph with --union-default-graph obeys
    only the parameters. Those of the address would override the clauses.
    """
    if named_graphs or clauses.has_dataset:
        for name in DATASET_PARAMETERS:
            wrapper.clearParameter(name)
    if clauses.is_resolved:
        for name, iris in zip(DATASET_PARAMETERS, (clauses.default, clauses.named), strict=True):
            for iri in dict.fromkeys(iris):
                wrapper.addParameter(name, iri)


def _read_prologue(text: str) -> tuple[str, set[str]]:
    """Return the form of a query, in capital letters, and the prefixes that it declares.

    >>> _read_prologue("# SELECT?\\nPREFIX ask: <http://example.org/> construct where { ?s ?p ?o }")
    ('CONSTRUCT', {'ask'})
    """
    declared = set()
    end = 0
    while part := PROLOGUE.match(text, end):
        declared.add(part[1])
        end = part.end()
    form = FORM.match(text, end)
    # Text that is not a query is sent as a SELECT: the endpoint reports what is wrong.
    return form[0].upper() if form else SELECT, declared - {None}
