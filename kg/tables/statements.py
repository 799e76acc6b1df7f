"""Read the statements of each subject from the data files, with literals as they are written.

An engine may change literals (`02022` to 2022), so they are not read from the graph in memory.
"""

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from kg.home import Home
from kg.names import bind_json
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
    files: Sequence[TurtleFile], progress: Callable[[int], None] = lambda statements: None
) -> Iterator[Subject]:
    """Yield the subjects of all files, sorted by IRI.

    `progress` gets the number of statements read or yielded since the last call: each statement
    counts once when it is read and once when it is yielded.
    """
    lines = sort_lines(line for file in files for line in _encode_statements(file, progress))
    for iri, group in groupby(lines, lambda line: line.partition("\t")[0]):
        statements = tuple(map(_decode_statement, group))
        progress(len(statements))
        yield Subject(iri, statements)


def _encode_statements(file: TurtleFile, progress: Callable[[int], None]) -> Iterator[str]:
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
                json.dumps(value["value"]),
            )
        )
        progress(1)


def _decode_statement(line: str) -> tuple[str, Value]:
    _, predicate, kind, language, datatype, text = line.split("\t")
    return predicate, Value(kind, json.loads(text), language, datatype)
