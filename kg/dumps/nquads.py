"""N-Quads and N-Triples: a statement a line (https://www.w3.org/TR/n-quads/)."""

from collections.abc import Iterator

from pyoxigraph import Quad

from kg.home import producer
from kg.store.canonical import encode_quad, encode_triple


def head_file(graph: str) -> str:
    """Return the comment at a file's top: what wrote it, and the graph that it is, if it is one.

    >>> head_file("https://e.org/g").split("\\n")[1:]
    ['# graph <https://e.org/g>', '']
    """
    return f"# {producer()}\n" + (f"# graph <{graph}>\n" if graph else "")


class LineWriter:
    """Writes statements as N-Quads, or as N-Triples, which have no names of graphs.

    N-Triples that are one graph have its IRI, `graph`, in a comment.
    """

    def __init__(self, *, named: bool, graph: str = "") -> None:
        self._named = named
        self._graph = "" if named else graph

    def encode(self, quad: Quad) -> str:
        """Return the line by which a statement is sorted and from which it is written."""
        return encode_quad(quad) if self._named else encode_triple(quad)

    def write(self, lines: Iterator[str]) -> Iterator[str]:
        """Yield the text of a file of the lines, sorted; the comments sort first as well."""
        yield head_file(self._graph)
        for line in lines:
            yield f"{line}\n"
