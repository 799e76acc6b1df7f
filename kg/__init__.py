"""A knowledge graph of what cities promise in their digitalization policies.

>>> import kg
>>> graph = kg.open()
>>> [row["target"] for row in graph.ask("targets")]
['Open rate of 80% or more in 2022']
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from kg.errors import KgError

if TYPE_CHECKING:
    from kg.api import KnowledgeGraph

__all__ = ["KgError", "open"]


def open(where: str | Path | None = None) -> KnowledgeGraph:
    """Return the graph of a folder, of a SPARQL endpoint (a URL), or the project's own.

    Raises:
        KgError: the folder is not a home, or a file in it is not valid Turtle.

    >>> open().describe("place:wuhan").label
    'Wuhan'
    """
    # Imported here so that `import kg` stays fast.
    from kg.api import open_graph

    return open_graph(where)
