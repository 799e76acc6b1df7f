"""The values that stand for the parameters of a question in what is exported."""

import re
from collections.abc import Iterable, Iterator

from kg.ask import Parameter
from kg.ask.parameters import list_members, make_terms, write_term
from kg.errors import KgError
from kg.graph import Graph
from kg.names import text


def choose_values(graph: Graph, parameters: Iterable[Parameter]) -> dict[str, str]:
    """Return a term for each parameter that has a value in the graph, by name, as in SPARQL.

    The value is that of the example, or the first one if other data do not have the example.

    Raises:
        KgError: see `Graph.internal`.
    """
    return {
        parameter.name: term
        for parameter in parameters
        if (term := next(_list_terms(graph, parameter), None))
    }


def _list_terms(graph: Graph, parameter: Parameter) -> Iterator[str]:
    for value in _list_values(graph, parameter):
        try:
            terms = make_terms(graph, parameter, value)
        except KgError as error:
            if error.exit_code != 2:
                raise
        else:
            yield " ".join(map(write_term, terms))


def _list_values(graph: Graph, parameter: Parameter) -> Iterator[str]:
    if parameter.sample:
        yield parameter.sample
    if parameter.type in ("iri", "code"):
        yield from (text(node) for node, _ in list_members(graph, parameter.group))


def read_value(terms: str) -> str:
    """Return the value of the first of the terms that SPARQL writes.

    >>> read_value('"data" "Data"'), read_value("<urn:a>")
    ('data', 'urn:a')
    """
    found = re.match(r'<([^>]*)>|"((?:[^"\\]|\\.)*)"', terms)
    return (found[1] or found[2]) if found else terms
