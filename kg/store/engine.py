"""What every engine does, in memory or behind an address."""

from collections.abc import Mapping
from typing import Protocol

from pyoxigraph import Triple

from kg.store.memory import Rows

Result = Rows | bool | list[Triple]


class Engine(Protocol):
    """Whatever can be asked: `Memory`, or an `Endpoint`.

    All three raise KgError: with exit code 2 for a query that is none, with 1 where there is no
    answer to be had.
    """

    def query(
        self, text: str, where: str = "query", prefixes: Mapping[str, str] | None = None
    ) -> Result:
        """Return the answer of a query: rows of a SELECT, ASK's bool, or triples."""

    def select(self, text: str, where: str = "query") -> Rows:
        """Return the rows of a SELECT query."""

    def construct(self, text: str, where: str = "query") -> list[Triple]:
        """Return the triples of a CONSTRUCT query, each once."""
