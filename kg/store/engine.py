"""The interface of all engines, and the results of a query."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import takewhile
from typing import Protocol

from pyoxigraph import QueryBoolean, QuerySolutions, QueryTriples, Triple

from kg.names import Term


@dataclass(frozen=True)
class Rows:
    """The result of a SELECT: its variables, and a tuple of terms per row (None if unbound)."""

    variables: tuple[str, ...]
    rows: list[tuple[Term | None, ...]]


Result = Rows | bool | list[Triple]
# The advice if a query takes too long.
NARROW = (
    "Narrow the query, or give a longer timeout (kg query --timeout SECONDS, or in Python timeout)."
)


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
        timeout: float | None = None,
        allow_service: bool = False,
    ) -> Result:
        """Return the result of a SPARQL 1.1 query: rows, a bool (ASK), or triples.

        The default graph is the union of all named graphs, unless the query has FROM or FROM NAMED
        (SPARQL 1.1, 13.2). `where` names the query in messages; `prefixes` need no declaration in
        the query; `named_graphs` is for queries that use GRAPH. `timeout` is in seconds; None is
        the engine's own. With `allow_service`, the engine may send requests to other servers.

        Raises:
            KgError: exit code 2 for an error in the query, 1 if there is no answer.
            KgTimeoutError: there is no answer in time.
        """


def collect_result(
    found: QuerySolutions | QueryBoolean | QueryTriples,
    is_wanted: Callable[[], bool] = lambda: True,
) -> Result:
    """Return the result of a query in pyoxigraph, which is an iterator, as a value.

    The rest is left out as soon as the result is no longer wanted.
    """
    if isinstance(found, QueryBoolean):
        return bool(found)
    if isinstance(found, QueryTriples):
        return list(takewhile(lambda _: is_wanted(), found))
    variables = tuple(variable.value for variable in found.variables)
    return Rows(variables, [tuple(row) for row in takewhile(lambda _: is_wanted(), found)])
