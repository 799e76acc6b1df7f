"""Read the statements of each subject from the data files, with literals as they are written.

An engine may change literals (`02022` to 2022), so they are not read from the graph in memory.
"""

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from kg.home import Home
from kg.names import bind_json, text
from kg.store.canonical import sort_lines
from kg.turtle import TurtleFile, list_files, parse_file

IRI, BLANK_NODE = "uri", "bnode"


@dataclass(frozen=True)
class Value:
    """The object of a statement.

    `type` is uri, literal or bnode, as in SPARQL results JSON; `datatype` is "" for a text.
    """

    type: str
    text: str
    language: str = ""
    datatype: str = ""


@dataclass(frozen=True)
class Subject:
    """An IRI and its statements: pairs of predicate and value, sorted, each once."""

    iri: str
    statements: tuple[tuple[str, Value], ...]


def list_data_files(home: Home) -> list[TurtleFile]:
    """Return the files of the data, without the ontology, in path order."""
    return [file for file in list_files(home) if file.path.is_relative_to(home.data)]


def read_subjects(
    files: Sequence[TurtleFile], progress: Callable[[float], None] = lambda share: None
) -> Iterator[Subject]:
    """Yield the subjects of all files, sorted by IRI.

    `progress` gets the share of the work that is done, from 0 to 1: half of it is reading.
    """
    read = done = 0

    def encode_files() -> Iterator[str]:
        nonlocal read
        for number, file in enumerate(files):
            progress(0.5 * number / len(files))
            for line in _encode_statements(file):
                read += 1
                yield line

    for iri, group in groupby(sort_lines(encode_files()), lambda line: line.partition("\t")[0]):
        statements = tuple(map(_decode_statement, group))
        yield Subject(iri, statements)
        done += len(statements)
        progress(0.5 + 0.5 * done / read)
    progress(1)


def _encode_statements(file: TurtleFile) -> Iterator[str]:
    """Yield each statement as a line: its terms between tabs, the text last, as JSON."""
    for quad in parse_file(file):
        subject, predicate, value = map(bind_json, (quad.subject, quad.predicate, quad.object))
        yield "\t".join(
            (
                ("_:" if subject["type"] == BLANK_NODE else "") + subject["value"],
                predicate["value"],
                value["type"],
                value.get("xml:lang", ""),
                value.get("datatype", ""),
                json.dumps(text(quad.object)),
            )
        )


def _decode_statement(line: str) -> tuple[str, Value]:
    _, predicate, kind, language, datatype, written = line.split("\t")
    return predicate, Value(kind, json.loads(written), language, datatype)
