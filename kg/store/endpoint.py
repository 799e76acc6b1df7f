"""Query and update a SPARQL 1.1 endpoint (https://www.w3.org/TR/sparql11-protocol/).

SPARQLWrapper builds and sends all queries and updates. It cannot keep a deadline, refuse redirects
or write to a graph store: `kg.store.http` does, with urllib, the library below SPARQLWrapper.
"""

import re
from collections.abc import Mapping
from copy import copy
from functools import partial
from http.client import HTTPResponse, responses
from math import ceil
from typing import NamedTuple
from urllib.parse import parse_qsl, quote_plus

from SPARQLWrapper import ASK, GET, INSERT, POST, POSTDIRECTLY, SELECT, SPARQLWrapper

from kg.errors import KgError
from kg.nesting import check_nesting
from kg.sparql_tokens import list_tokens
from kg.store.clauses import Clauses, find_clauses
from kg.store.engine import Result, Rows
from kg.store.http import Client, Reply
from kg.store.results import ROW_TYPES, TRIPLE_TYPES, describe_result, parse_rows, parse_triples

# A longer query is sent by POST, because servers and proxies limit the length of an address.
LONGEST_GET = 4_000
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
        head = _read_head(text)
        check_nesting(text, where, "sparql")  # a server may crash, too
        used = {p: iri for p, iri in (prefixes or {}).items() if f"{p}:" in text}
        lines = [f"PREFIX {p}: <{iri}> " for p, iri in used.items() if p not in head.prefixes]
        # In one line with the query, so that an error is reported in the right line.
        query = f"{''.join(lines)}{text}"
        accepted = ROW_TYPES if head.form in (SELECT, ASK) else TRIPLE_TYPES
        wrapper = self._wrap(query, head.form, ", ".join(accepted))
        _choose_dataset(wrapper, find_clauses(text, where, prefixes or {}), named_graphs)
        is_long = len(self.url) + len(quote_plus(query)) > LONGEST_GET
        wrapper.setMethod(POST if is_long else GET)
        return self._parse(self.send(partial(_open_response, wrapper), where), head)

    def update(self, text: str, where: str) -> None:
        """Run a SPARQL 1.1 update that may be repeated; `where` names it in messages.

        Raises:
            KgError: exit code 2 if the endpoint rejects the update; 1 if there is no answer.
        """
        wrapper = self._wrap(text, INSERT, "*/*")
        wrapper.setMethod(POST)
        wrapper.setRequestMethod(POSTDIRECTLY)
        self.send(partial(_open_response, wrapper), where)

    def _wrap(self, text: str, form: str, accepted: str) -> SPARQLWrapper:
        """Return a wrapper for a query or an update."""
        address, _, parameters = self.url.partition("?")
        wrapper = SPARQLWrapper(address)
        # Not setQuery, which guesses the form and takes words of comments and prefixes for it.
        wrapper.queryString, wrapper.queryType = text, form
        # Otherwise format=, output= and results= are added to the address.
        wrapper.setOnlyConneg(True)
        for name, value in parse_qsl(parameters, keep_blank_values=True):
            wrapper.addParameter(name, value)
        for name, value in {"Accept": accepted, **self.headers}.items():
            wrapper.addCustomHttpHeader(name, value)
        return wrapper

    def _parse(self, reply: Reply, head: "_Head") -> Result:
        """Return the result in an answer, with the variables in the order of the query."""
        has_rows = head.form in (SELECT, ASK)
        accepted = ROW_TYPES if has_rows else TRIPLE_TYPES
        advice = "Try again."
        if reply.kind not in accepted or (has_rows and not reply.body.strip()):
            problem, advice = _describe_reply(reply, has_rows), self.paths
        else:
            try:
                result = (parse_rows if has_rows else parse_triples)(reply.kind, reply.body)
                problem = _find_difference(result, head)
            except (SyntaxError, ValueError) as error:
                problem = f"the answer is not valid {reply.kind}: {error}"
        # Raised here, because the traceback above holds objects of the engine, and these must
        # not be deleted in another thread.
        if problem:
            raise self.fail(problem, advice, reply.body)
        if isinstance(result, Rows) and head.variables and result.variables != head.variables:
            found = {name: place for place, name in enumerate(result.variables)}
            places = [found.get(name, 0) for name in head.variables]
            return Rows(head.variables, [tuple(row[p] for p in places) for row in result.rows])
        return result


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


class _Head(NamedTuple):
    """The form of a query, in capital letters, the prefixes that it declares, and its variables.

    The variables are those of the SELECT clause, or () for `*` and other forms.
    """

    form: str
    prefixes: set[str]
    variables: tuple[str, ...]


def _read_head(text: str) -> _Head:
    r"""Return what precedes the pattern of a query.

    >>> _read_head("# SELECT?\nPREFIX ask: <http://example.org/> construct where { ?s ?p ?o }")
    _Head(form='CONSTRUCT', prefixes={'ask'}, variables=())
    >>> _read_head("select distinct ?s (count(?o) as ?n) { ?s ?p ?o }").variables
    ('s', 'n')
    """
    declared = set()
    end = 0
    while part := PROLOGUE.match(text, end):
        declared.add(part[1])
        end = part.end()
    found = FORM.match(text, end)
    # Text that is not a query is sent as a SELECT: the endpoint reports what is wrong.
    form = found[0].upper() if found else SELECT
    variables = _read_variables(text[found.end() :]) if found and form == SELECT else ()
    return _Head(form, declared - {None}, variables)


def _read_variables(text: str) -> tuple[str, ...]:
    """Return the variables of a SELECT clause, in order; () for `*` and invalid queries."""
    names: list[str] = []
    last = ""
    try:
        for token in list_tokens(text, "query"):
            if token.kind == "variable":
                last = token.text[1:]
            # In (... AS ?name), the variable is the last one.
            if (token.kind == "variable" and not token.brackets) or (
                token.text == ")" and token.brackets == ["("]
            ):
                names.append(last)
            elif token.text == "*" and not token.brackets:
                return ()
            elif token.kind == "name" and token.text.upper() in ("FROM", "WHERE"):
                break
            elif token.text == "{" and not token.brackets:
                break
    except KgError:
        return ()  # The endpoint reports what is wrong.
    return tuple(dict.fromkeys(names))


def _find_difference(result: Result, head: _Head) -> str:
    """Return how a result differs from what the query asks for, or ""."""
    if isinstance(result, list) or (head.form == ASK) != isinstance(result, Rows):
        missing = [
            f"?{name}"
            for name in head.variables
            if isinstance(result, Rows) and result.rows and name not in result.variables
        ]
        return f"the answer lacks the variables {', '.join(missing)}" if missing else ""
    wanted = "a boolean" if head.form == ASK else "rows"
    return f"the answer is {describe_result(result)}, not {wanted}"


def _describe_reply(reply: Reply, has_rows: bool) -> str:
    """Describe an answer that has neither rows nor triples."""
    if not reply.body.strip():
        return f"the answer is empty ({reply.status} {responses.get(reply.status, '')})"
    return f"the answer is {reply.kind}, not {'SPARQL results' if has_rows else 'triples'}"


def _open_response(wrapper: SPARQLWrapper, seconds: float) -> HTTPResponse:
    # SPARQLWrapper takes complete seconds, and 0 for no timeout.
    wrapper.setTimeout(max(1, ceil(seconds)))
    return wrapper.query().response
