"""A knowledge graph of what cities promise in their digitalization policies.

>>> import kg
>>> graph = kg.open()
>>> [row["target"] for row in graph.ask("targets")]
['Open rate of 80% or more in 2022']
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from kg.home import KgError

if TYPE_CHECKING:
    from kg.ask.graph import Graph

__all__ = ["KgError", "open"]


def open(where: str | Path | None = None) -> Graph:
    """Return the graph of a folder, of a SPARQL endpoint (a URL), or the project's own.

    Raises:
        KgError: the folder is no home, or a file in it is not Turtle.

    >>> open().describe("place:wuhan").label
    'Wuhan'
    """
    # Here and not above: `import kg` is to cost next to nothing.
    from kg.ask.graph import open_graph

    return open_graph(where)
