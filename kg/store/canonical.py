"""Write statements as sorted lines, in memory that does not grow with their number."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import closing

from pyoxigraph import BlankNode, CanonicalizationAlgorithm, Dataset, Quad, Triple

from kg.errors import KgError
from kg.turtle import restore_languages

WITH_BLANK = (BlankNode, Triple)  # objects that are or may have blank nodes


def encode_quad(quad: Quad) -> str:
    """Return a statement of a named graph as a line of N-Quads, without the line end."""
    return f"{restore_languages(str(quad))} ."


def encode_triple(quad: Quad) -> str:
    """Return a statement as a line of N-Triples, without the line end."""
    return f"{restore_languages(str(quad.triple))} ."


def sort_statements(
    quads: Iterable[Quad], encode: Callable[[Quad], str] = encode_quad
) -> Iterator[str]:
    """Yield each statement once, sorted, as the line that `encode` returns.

    Lines are sorted by code points, like `LC_ALL=C sort`. Blank nodes are named by RDFC-1.0
    (https://www.w3.org/TR/rdf-canon/), over all given statements. All statements are read before
    the first line is yielded.

    Raises:
        KgError: see `sort_lines`.
    """
    return sort_lines(_encode_statements(quads, encode))


def sort_few(quads: Iterable[Quad], encode: Callable[[Quad], str]) -> list[str]:
    """Return what `sort_statements` yields, sorted in memory: quicker for few statements."""
    return sorted(set(_encode_statements(quads, encode)))


def sort_lines(lines: Iterable[str]) -> Iterator[str]:
    """Yield each line once, sorted by code points, as SQLite sorts them in a temporary file.

    Raises:
        KgError: there is no room for the temporary file.

    >>> list(sort_lines(["b", "a", "b"]))
    ['a', 'b']
    """
    # Imported here: most commands sort nothing.
    import sqlite3

    with closing(sqlite3.connect("")) as database:
        try:
            database.execute("CREATE TABLE lines (line TEXT)")
            database.executemany("INSERT INTO lines VALUES (?)", ((line,) for line in lines))
            for (line,) in database.execute("SELECT DISTINCT line FROM lines ORDER BY line"):
                yield line
        except sqlite3.Error as error:
            raise KgError(
                f"Sorting failed: {error}. Free disk space, or set TMPDIR to another folder."
            ) from None


def _encode_statements(quads: Iterable[Quad], encode: Callable[[Quad], str]) -> Iterator[str]:
    """Yield the lines of all statements, those with blank nodes last.

    Only the latter are kept in memory: the names of blank nodes depend on nothing else.
    """
    blank = Dataset()
    for quad in quads:
        if isinstance(quad.subject, BlankNode) or isinstance(quad.object, WITH_BLANK):
            blank.add(quad)
        else:
            yield encode(quad)
    blank.canonicalize(CanonicalizationAlgorithm.RDFC_1_0)
    for quad in blank:
        yield encode(quad)
