"""Write N-Quads and N-Triples: one statement per line (https://www.w3.org/TR/n-quads/)."""

from collections.abc import Iterator

from pyoxigraph import Quad

from kg.home import producer
from kg.store.canonical import encode_quad, encode_triple


def comment_header(graph: str) -> str:
    """Return the comment at the top of a file: the program, and the IRI of the graph, if given.

    >>> comment_header("https://example.org/g").splitlines()[1:]
    ['# graph <https://example.org/g>']
    """
    return f"# {producer()}\n" + (f"# graph <{graph}>\n" if graph else "")


class LineWriter:
    """Writes statements as N-Quads, or without named graphs as N-Triples.

    For N-Triples, `graph` is the IRI of the one graph in the file, written in a comment.
    """

    def __init__(self, *, named: bool, graph: str = "") -> None:
        self._named = named
        self._graph = graph

    def encode(self, quad: Quad) -> str:
        """Return a statement as the line by which it is sorted and from which it is written."""
        return encode_quad(quad) if self._named else encode_triple(quad)

    def write(self, lines: Iterator[str]) -> Iterator[str]:
        """Yield the text of a file, given its sorted lines. The comment sorts before them."""
        yield comment_header(self._graph)
        for line in lines:
            yield f"{line}\n"
