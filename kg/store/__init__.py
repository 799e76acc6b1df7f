"""SPARQL engines: the embedded one in memory, and the client of an endpoint.

`kg.store.endpoint` is not imported here, because SPARQLWrapper takes long to load.
"""

from kg.store.engine import Engine, Result, Rows
from kg.store.memory import Memory

__all__ = ["Engine", "Memory", "Result", "Rows"]
