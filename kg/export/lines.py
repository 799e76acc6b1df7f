"""N-Quads and N-Triples: a statement a line (https://www.w3.org/TR/n-quads/)."""

from collections.abc import Iterator

from pyoxigraph import Quad

from kg.home import name_generator
from kg.store.dump import encode_quad, encode_triple


class LineWriter:
    """Writes statements as N-Quads, or as N-Triples, which have no names of graphs."""

    def __init__(self, *, named: bool) -> None:
        self._named = named

    def encode(self, quad: Quad) -> str:
        """Return the line by which a statement is sorted and from which it is written."""
        return encode_quad(quad) if self._named else encode_triple(quad)

    def write(self, lines: Iterator[str]) -> Iterator[str]:
        """Yield the text of a file of the lines, sorted; the comment sorts first as well."""
        yield f"# {name_generator()}\n"
        for line in lines:
            yield f"{line}\n"
