"""What the data files say, thing by thing, each text and number as it stands in the file."""

import heapq
import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from itertools import groupby
from tempfile import TemporaryFile

from kg.home import Home
from kg.names import bind_json
from kg.turtle import TurtleFile, list_files, parse_file

CHUNK = 100_000
IRI, LITERAL, BLANK = "uri", "literal", "bnode"


@dataclass(frozen=True)
class Value:
    """The object of a statement: an IRI, or a literal with its language or its datatype.

    `kind` is uri, literal or bnode, as in SPARQL results JSON; `datatype` is empty for a text.
    """

    kind: str
    text: str
    language: str = ""
    datatype: str = ""


@dataclass(frozen=True)
class Thing:
    """All that the data say of one IRI: pairs of property and value, sorted, each once."""

    iri: str
    facts: tuple[tuple[str, Value], ...]


def list_data(home: Home) -> list[TurtleFile]:
    """Return the files of the data alone, in path order."""
    return [file for file in list_files(home) if file.path.is_relative_to(home.data)]


def read_things(
    files: Sequence[TurtleFile], progress: Callable[[int], None] = lambda facts: None
) -> Iterator[Thing]:
    """Yield what the files say of each thing, in the order of their IRIs.

    The files are read one after the other and sorted on disk, so that no more than some
    100,000 statements are in memory; `progress` is told how many statements have come since:
    each comes once from its file and once from the sorting.
    """
    lines = sort_lines(line for file in files for line in _write_lines(file, progress))
    for subject, group in groupby(lines, lambda line: line.partition("\t")[0]):
        facts = []
        before = ""
        count = 0
        for line in group:
            count += 1
            if line != before:
                _, predicate, kind, language, datatype, text = line.split("\t")
                facts.append((predicate, Value(kind, json.loads(text), language, datatype)))
            before = line
        progress(count)
        yield Thing(subject, tuple(facts))


def sort_lines(lines: Iterable[str], chunk: int = CHUNK) -> Iterator[str]:
    """Yield lines without line ends in the order of their code points, sorted on disk.

    >>> list(sort_lines(["b", "a", "c", "a"], chunk=2))
    ['a', 'a', 'b', 'c']
    """
    with ExitStack() as stack:
        runs: list[Iterable[str]] = []
        held: list[str] = []
        for line in lines:
            held.append(line)
            if len(held) == chunk:
                file = stack.enter_context(TemporaryFile("w+", encoding="utf-8", newline="\n"))
                file.writelines(f"{one}\n" for one in sorted(held))
                file.seek(0)
                runs.append(one.removesuffix("\n") for one in file)
                held = []
        yield from heapq.merge(*runs, sorted(held))


def _write_lines(file: TurtleFile, progress: Callable[[int], None]) -> Iterator[str]:
    """Yield a line for each statement: its terms between tabs, the text last, as JSON."""
    for quad in parse_file(file):
        subject, predicate, said = map(bind_json, (quad.subject, quad.predicate, quad.object))
        yield "\t".join(
            (
                ("_:" if subject["type"] == BLANK else "") + subject["value"],
                predicate["value"],
                said["type"],
                said.get("xml:lang", ""),
                said.get("datatype", ""),
                json.dumps(said["value"]),
            )
        )
        progress(1)
