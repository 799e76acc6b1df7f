"""The interface of all engines, and the results of a query."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from pyoxigraph import QueryBoolean, QuerySolutions, QueryTriples, Triple

from kg.names import Term


@dataclass(frozen=True)
class Rows:
    """The result of a SELECT: its variables, and a tuple of terms per row (None if unbound)."""

    variables: tuple[str, ...]
    rows: list[tuple[Term | None, ...]]


Result = Rows | bool | list[Triple]


class Engine(Protocol):
    """A SPARQL engine: `Memory`, or the client of an `Endpoint`."""

    @property
    def name(self) -> str:
        """The name of the engine in messages: an address, or "memory"."""

    def query(
        self,
        text: str,
        where: str = "query",
        prefixes: Mapping[str, str] | None = None,
        *,
        named_graphs: bool = False,
    ) -> Result:
        """Return the result of a SPARQL 1.1 query: rows, a bool (ASK), or triples.

        The default graph is the union of all named graphs. `where` names the query in messages;
        `prefixes` need no declaration in the query; `named_graphs` is for queries that use GRAPH.

        Raises:
            KgError: exit code 2 for an error in the query, 1 if there is no answer.
        """


def collect_result(found: QuerySolutions | QueryBoolean | QueryTriples) -> Result:
    """Return the result of a query in pyoxigraph, which is an iterator, as a value."""
    if isinstance(found, QueryBoolean):
        return bool(found)
    if isinstance(found, QueryTriples):
        return list(found)
    variables = tuple(variable.value for variable in found.variables)
    return Rows(variables, [tuple(solution) for solution in found])
