"""Statements as sorted lines of text, in memory that does not grow with their number."""

import heapq
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack
from tempfile import TemporaryFile
from typing import BinaryIO

from pyoxigraph import BlankNode, CanonicalizationAlgorithm, Dataset, Quad, Triple

from kg.turtle import restore_languages

# What is held at a time, and how many files are read side by side.
RUN_BYTES = 24_000_000
MOST_RUNS = 64
LINE_BYTES = 50  # what a line costs beside its bytes


def sort_statements(
    quads: Iterable[Quad], encode: Callable[[Quad], str] | None = None
) -> Iterator[str]:
    """Yield each statement once, as `encode` writes it or else as N-Quads, sorted.

    The order is that of the lines' code points (`LC_ALL=C sort`). Blank nodes are named as
    RDFC-1.0 has it (https://www.w3.org/TR/rdf-canon/), over all statements given. All are read
    before the first line comes.
    """
    return sort_lines(_encode_statements(quads, encode or encode_quad))


def encode_quad(quad: Quad) -> str:
    """Return a statement of a named graph as a line of N-Quads, without the line's end."""
    return f"{encode_triple(quad)[:-2]} {quad.graph_name} ."


def encode_triple(quad: Quad) -> str:
    """Return a statement as a line of N-Triples, without the line's end."""
    return f"{quad.subject} {quad.predicate} {restore_languages(str(quad.object))} ."


def sort_lines(lines: Iterable[str]) -> Iterator[str]:
    """Yield each line once, sorted by code points; many are sorted in parts, on disk.

    >>> list(sort_lines(["b", "a", "b"]))
    ['a', 'b']
    """
    with ExitStack() as files:
        runs: list[BinaryIO] = []
        part: list[bytes] = []
        size = 0
        for line in lines:
            # Bytes of UTF-8 sort as their code points do.
            data = line.encode("utf-8") + b"\n"
            part.append(data)
            size += len(data) + LINE_BYTES
            if size > RUN_BYTES:
                part.sort()
                runs.append(files.enter_context(_keep_lines(part)))
                part, size = [], 0
                if len(runs) == MOST_RUNS:
                    whole = files.enter_context(_keep_lines(heapq.merge(*runs)))
                    for run in runs:
                        run.close()
                    runs = [whole]
        part.sort()
        before = b""
        for data in heapq.merge(*runs, part):
            if data != before:
                before = data
                yield data[:-1].decode("utf-8")


def _keep_lines(lines: Iterable[bytes]) -> BinaryIO:
    file: BinaryIO = TemporaryFile()
    file.writelines(lines)
    file.seek(0)
    return file


def _encode_statements(quads: Iterable[Quad], encode: Callable[[Quad], str]) -> Iterator[str]:
    """Yield the lines of all statements, those with blank nodes last.

    Only those are held: the others have no part in the names that blank nodes are given.
    """
    blank = Dataset()
    for quad in quads:
        if isinstance(quad.subject, BlankNode) or isinstance(quad.object, BlankNode | Triple):
            blank.add(quad)
        else:
            yield encode(quad)
    blank.canonicalize(CanonicalizationAlgorithm.RDFC_1_0)
    for quad in blank:
        yield encode(quad)
