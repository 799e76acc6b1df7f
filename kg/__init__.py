"""A knowledge graph of what cities promise in their digitalization policies.

>>> import kg
>>> graph = kg.open()
>>> targets = [row["target"] for row in graph.ask("targets", city="wuhan")]
>>> "80% or more of public information resources open to the public in 2022" in targets
True
"""

# Nothing is imported here, so that `import kg` is fast and Ctrl-C cannot interrupt it.
TYPE_CHECKING = False
if TYPE_CHECKING:
    from pathlib import Path

    from kg.api import KnowledgeGraph
    from kg.errors import KgError, KgTimeoutError

__all__ = ["KgError", "KgTimeoutError", "open"]


def open(where: "str | Path | None" = None) -> "KnowledgeGraph":
    """Return the graph of a folder, of a SPARQL endpoint (a URL), or the project's own.

    Raises:
        KgError: the folder is not a home, or a file in it is not valid Turtle.

    >>> open().describe("place:wuhan").label
    'Wuhan'
    """
    from kg.api import open_graph

    return open_graph(where)


def __getattr__(name: str) -> object:
    # Imported on demand, so that `import kg` and the start of the command line are fast.
    if name in ("KgError", "KgTimeoutError"):
        from kg import errors

        return getattr(errors, name)
    raise AttributeError(f"module 'kg' has no attribute {name!r}")
