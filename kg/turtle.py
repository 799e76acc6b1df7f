"""Read Turtle files as named graphs, find their faults, and serialize triples.

pyoxigraph reads fast and reports the position of a syntax error. `kg.turtle_format` writes the
canonical form of files.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from pyoxigraph import NamedNode, Quad, RdfFormat, parse

from kg.errors import KgError
from kg.home import Home
from kg.names import format_language, name_graph, read_names

XMLNS = re.compile(r'(?:^  xmlns:\w+="[^"\n]*"\n)+', re.MULTILINE)


@dataclass(frozen=True)
class TurtleFile:
    """A Turtle file and the IRI of its named graph."""

    path: Path
    graph: str


@dataclass(frozen=True)
class Fault:
    """A syntax error in a file; lines count from 1, and 0 means the file as a whole."""

    path: Path
    line: int
    message: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.message}"


def list_files(home: Home, *, shapes: bool = False) -> list[TurtleFile]:
    """Return the Turtle files of the ontology, then those of the data, in path order.

    The shapes describe the data and are not part of the graph: they are left out by default.
    """
    names = read_names(home)
    files = []
    for folder in (home.ontology, home.data):
        for path in sorted(folder.rglob("*.ttl")):
            relative = path.relative_to(folder)
            if shapes or relative.parts[0] != "shapes":
                files.append(TurtleFile(path, name_graph(names, relative)))
    return files


def match_files(home: Home, paths: Sequence[Path]) -> list[TurtleFile]:
    """Return the Turtle files in the given paths, each with its named graph.

    A file with the same last folder and name as a file of the home replaces that file; any other
    file gets a graph of its own, with its name.

    Raises:
        KgError: a path does not exist, or a folder holds no Turtle file.
    """
    names = read_names(home)
    known = {f.path.relative_to(home.root).parts[1:]: f.graph for f in list_files(home)}
    matched: dict[Path, TurtleFile] = {}
    for path in paths:
        if not path.exists():
            raise KgError(
                f"{path}: no such file or folder. Give Turtle files (.ttl) or folders.", exit_code=2
            )
        found = sorted(path.rglob("*.ttl")) if path.is_dir() else [path]
        if not found:
            raise KgError(
                f"{path}: has no Turtle file. Give files (.ttl), or folders that contain some.",
                exit_code=2,
            )
        for file in found:
            parts = file.resolve().parts
            tails = (known.get(parts[-n:]) for n in range(min(len(parts), 4), 0, -1))
            graph = next(filter(None, tails), name_graph(names, Path(file.name)))
            matched[file.resolve()] = TurtleFile(file, graph)
    return list(matched.values())


def parse_file(file: TurtleFile) -> Iterator[Quad]:
    """Yield the statements of a file in its named graph, with literals as written in the file.

    Raises:
        SyntaxError: the file is not Turtle; see `find_faults`.
    """
    graph = NamedNode(file.graph)
    data = file.path.read_bytes()
    parsed = parse(data, RdfFormat.TURTLE, base_iri=file.graph, rename_blank_nodes=True)
    for quad in parsed:
        yield Quad(quad.subject, quad.predicate, quad.object, graph)


def find_faults(files: Sequence[TurtleFile]) -> list[Fault]:
    """Return the first syntax or encoding error of each file; none if all can be read."""
    faults = []
    for file in files:
        try:
            text = file.path.read_bytes().decode("utf-8")
            for _ in parse(text, RdfFormat.TURTLE, base_iri=file.graph):
                pass
        except UnicodeDecodeError as error:
            line = error.object.count(b"\n", 0, error.start) + 1
            message = f"byte {error.start} is not UTF-8. Save the file as UTF-8."
            faults.append(Fault(file.path, line, message))
        except SyntaxError as error:
            reason = re.sub(r"^Parser error at line \d+ column \d+: ", "", error.msg)
            message = f"not valid Turtle, at column {error.offset}: {reason}."
            faults.append(Fault(file.path, error.lineno or 0, message))
        except OSError as error:
            faults.append(Fault(file.path, 0, f"cannot be read ({error.strerror})."))
    return faults


def serialize_triples(triples: Sequence[object], form: str, prefixes: Mapping[str, str]) -> str:
    """Serialize triples, each once, as turtle, ntriples, jsonld or rdfxml."""
    import rdflib

    lines = sorted({restore_languages(f"{triple} .") for triple in triples})
    if form == "ntriples":
        return "".join(f"{line}\n" for line in lines)
    # RDF/XML always needs the prefixes rdf and xml.
    graph = rdflib.Graph(bind_namespaces="core" if form == "rdfxml" else "none")
    for prefix, namespace in prefixes.items():
        if any(namespace in line for line in lines):
            graph.bind(prefix, namespace, override=True, replace=True)
    graph.parse(data="\n".join(lines), format="nt")
    plugins = {"turtle": "longturtle", "jsonld": "json-ld", "rdfxml": "pretty-xml"}
    written: str = graph.serialize(format=plugins[form])
    # The order of prefixes in RDF/XML differs from process to process.
    written = XMLNS.sub(lambda block: "".join(sorted(block[0].splitlines(True))), written, count=1)
    return written.rstrip("\n") + "\n"


def restore_languages(line: str) -> str:
    """Return a line of N-Quads with its language tag in the case that RFC 5646 recommends.

    >>> restore_languages('<http://e.org/s> <http://e.org/p> "a"@zh-hans .')
    '<http://e.org/s> <http://e.org/p> "a"@zh-Hans .'
    """
    head, quote, tail = line.rpartition('"')
    if not quote or not tail.startswith("@"):
        return line
    tag, space, rest = tail[1:].partition(" ")
    return f"{head}{quote}@{format_language(tag)}{space}{rest}"
