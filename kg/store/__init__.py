"""SPARQL engines: the embedded one in memory, and the client of an endpoint.

`kg.store.endpoint` loads SPARQLWrapper: import it only where an endpoint is queried.
"""

from kg.store.engine import Engine, Result, Rows
from kg.store.memory import Memory

__all__ = ["Engine", "Memory", "Result", "Rows"]
