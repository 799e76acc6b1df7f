"""Read Turtle files as named graphs, and find their faults.

pyoxigraph reads fast and reports the position of a syntax error. `kg.turtle_format` writes the
canonical form of files.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from pyoxigraph import NamedNode, Quad, RdfFormat, parse

from kg.errors import KgError
from kg.home import Home
from kg.names import RESERVED_GRAPHS, Names, format_language, name_graph, read_names
from kg.reading import ReadError, explain_os_error, find_status, read_text
from kg.turtle_faults import explain_syntax, refuse_syntax
from kg.turtle_folder import list_folder


@dataclass(frozen=True)
class TurtleFile:
    """A Turtle file and the IRI of its named graph; a pipe, which is read once, has its text."""

    path: Path
    graph: str
    text: str | None = field(default=None, repr=False)

    @property
    def resolved(self) -> Path:
        """The path without symbolic links, as far as they lead somewhere."""
        return Path(os.path.realpath(self.path))


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

    Raises:
        KgError: a folder cannot be read, a file has the name of one of `RESERVED_GRAPHS`, or two
            files would have the same named graph.
    """
    names = read_names(home)
    files: dict[str, TurtleFile] = {}
    for folder in (home.ontology, home.data):
        for path in list_folder(folder).files:
            relative = path.relative_to(folder)
            if shapes or relative.parts[0] != "shapes":
                file = TurtleFile(path, _name_graph(names, path, relative))
                other = files.setdefault(file.graph, file)
                if other is not file:
                    raise KgError(
                        f"{path}: its named graph, {names.shorten(file.graph)}, is that of "
                        f"{other.path}. Rename one of the files."
                    )
    return list(files.values())


def match_files(home: Home, paths: Sequence[Path], *, pipes: bool = False) -> list[TurtleFile]:
    """Return the Turtle files in the given paths, each with its named graph.

    A file with the same last folder and name as a file of the home replaces that file; any other
    file gets a graph of its own, with its name. With `pipes`, a path may be a pipe, which is read.

    Raises:
        KgError: a path does not exist, or a folder holds no Turtle file.
    """
    names = read_names(home)
    own = list_files(home)
    exact = {f.resolved: f.graph for f in own}
    known = {f.path.relative_to(home.root).parts[1:]: f.graph for f in own}
    matched: dict[Path, TurtleFile] = {}
    for path in paths:
        found, content = _find_files(path, pipes=pipes)
        for file in found:
            resolved = TurtleFile(file, "").resolved
            parts = resolved.parts
            tails = (known.get(parts[-n:]) for n in range(min(len(parts), 4), 0, -1))
            graph = exact.get(resolved) or next(filter(None, tails), None)
            if graph is None:
                graph = _name_graph(names, file, Path(file.name))
            matched[resolved] = TurtleFile(file, graph, content)
    return list(matched.values())


def _find_files(path: Path, *, pipes: bool) -> tuple[list[Path], str | None]:
    """Return the Turtle files that a path names, and the text if it is that of a pipe."""
    advice = "Give Turtle files (.ttl) or folders."
    try:
        mode = find_status(path).st_mode
    except FileNotFoundError:
        raise KgError(f"{path}: no such file or folder. {advice}", exit_code=2) from None
    except OSError as error:
        reason = f"cannot be read ({explain_os_error(error)}). {advice}"
        raise ReadError(str(path), reason, exit_code=2) from None
    if stat.S_ISDIR(mode):
        found = list_folder(path).files
        if not found:
            raise KgError(
                f"{path}: has no Turtle file. Give files (.ttl), or folders that contain some.",
                exit_code=2,
            )
        return found, None
    content = None if stat.S_ISREG(mode) else read_text(path, hint=advice, pipes=pipes, exit_code=2)
    return [path], content


def _name_graph(names: Names, path: Path, relative: Path) -> str:
    if relative.with_suffix("").as_posix().casefold() in RESERVED_GRAPHS:
        raise KgError(
            f"{path}: no file can have this name, because its named graph, "
            f"graph:{relative.stem}, is one that kg makes. Rename the file."
        )
    return name_graph(names, relative)


def read_turtle(file: TurtleFile) -> str:
    """Return the text of a file that may be Turtle 1.1, without newer syntax and deep nesting.

    Raises:
        ReadError: the file cannot be read, or is not such a text.
    """
    if file.text is None:
        text = read_text(file.path, hint="Give a Turtle file that you may read.", pipes=False)
    else:
        text = file.text.removeprefix("\ufeff")
    refuse_syntax(text, str(file.path))
    return text


def parse_file(file: TurtleFile) -> Iterator[Quad]:
    """Yield the statements of a file in its named graph, with literals as written in the file.

    Raises:
        ReadError: the file cannot be read, or is not Turtle 1.1; see also `find_faults`.
    """
    yield from parse_turtle(read_turtle(file), file)


def parse_turtle(text: str, file: TurtleFile) -> Iterator[Quad]:
    """Yield the statements of a file whose text is known; see `parse_file`."""
    graph = NamedNode(file.graph)
    try:
        for quad in parse(text, RdfFormat.TURTLE, base_iri=file.graph, rename_blank_nodes=True):
            yield Quad(quad.subject, quad.predicate, quad.object, graph)
    except SyntaxError as error:
        raise explain_syntax(error, text, str(file.path)) from None


def find_faults(files: Sequence[TurtleFile]) -> list[Fault]:
    """Return the first error of syntax or encoding of each file; none if all can be read."""
    faults = []
    for file in files:
        try:
            for _ in parse_file(file):
                pass
        except ReadError as error:
            faults.append(Fault(file.path, error.line, error.reasons["en"]))
    return faults


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
