"""Write statements as sorted lines, in memory that does not grow with their number."""

import heapq
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack
from tempfile import TemporaryFile
from typing import BinaryIO

from pyoxigraph import BlankNode, CanonicalizationAlgorithm, Dataset, Quad, Triple

from kg.turtle import restore_languages

RUN_BYTES = 24_000_000  # lines sorted in memory at a time
MAX_RUNS = 64  # files open at a time
LINE_OVERHEAD = 50  # bytes in memory that a line needs besides its text


def sort_statements(
    quads: Iterable[Quad],
    encode: Callable[[Quad], str] | None = None,
    run_bytes: int = RUN_BYTES,
) -> Iterator[str]:
    """Yield each statement once, sorted, as the line that `encode` returns; N-Quads by default.

    Lines are sorted by code points, like `LC_ALL=C sort`. Blank nodes are named by RDFC-1.0
    (https://www.w3.org/TR/rdf-canon/), over all given statements. All statements are read before
    the first line is yielded.
    """
    return sort_lines(_encode_statements(quads, encode or encode_quad), run_bytes)


def encode_quad(quad: Quad) -> str:
    """Return a statement of a named graph as a line of N-Quads, without the line end."""
    return f"{restore_languages(str(quad))} ."


def encode_triple(quad: Quad) -> str:
    """Return a statement as a line of N-Triples, without the line end."""
    return f"{restore_languages(str(quad.triple))} ."


def sort_lines(lines: Iterable[str], run_bytes: int = RUN_BYTES) -> Iterator[str]:
    """Yield each line once, sorted by code points; lines contain no control characters.

    At most about `run_bytes` are in memory; sorted runs of more lines are on disk, and merged.

    >>> list(sort_lines(["b", "a", "b"]))
    ['a', 'b']
    """
    with ExitStack() as files:
        runs: list[BinaryIO] = []
        run: list[bytes] = []
        size = 0
        for line in lines:
            # UTF-8 sorts like code points.
            data = line.encode("utf-8") + b"\n"
            run.append(data)
            size += len(data) + LINE_OVERHEAD
            if size > run_bytes:
                run.sort()
                runs.append(files.enter_context(_write_run(run)))
                run, size = [], 0
                if len(runs) == MAX_RUNS:
                    merged = files.enter_context(_write_run(heapq.merge(*runs)))
                    for file in runs:
                        file.close()
                    runs = [merged]
        run.sort()
        previous = b""
        for data in heapq.merge(*runs, run):
            if data != previous:
                previous = data
                yield data[:-1].decode("utf-8")


def _write_run(lines: Iterable[bytes]) -> BinaryIO:
    file: BinaryIO = TemporaryFile()
    file.writelines(lines)
    file.seek(0)
    return file


def _encode_statements(quads: Iterable[Quad], encode: Callable[[Quad], str]) -> Iterator[str]:
    """Yield the lines of all statements, those with blank nodes last.

    Only the latter are kept in memory: the names of blank nodes depend on nothing else.
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
