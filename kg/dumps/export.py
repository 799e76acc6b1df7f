"""`kg export rdf`: the statements, in the formats of RDF."""

import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from difflib import get_close_matches
from fnmatch import fnmatchcase
from functools import cached_property
from itertools import islice
from pathlib import Path, PurePath
from typing import BinaryIO, Protocol
from urllib.parse import unquote

from pyoxigraph import Quad

from kg.dumps.context import Context, read_context
from kg.dumps.jsonld import JsonWriter
from kg.dumps.nquads import LineWriter
from kg.dumps.turtle import TurtleWriter
from kg.errors import KgError
from kg.files import COMPRESSIONS, compress_stream, write_file, write_folder
from kg.graph import LocalGraph, load_graph
from kg.home import Home
from kg.names import read_names
from kg.store.canonical import sort_statements
from kg.turtle import TurtleFile, find_faults, list_files, parse_file

SYNTAXES = {
    ".nq": "N-Quads",
    ".nt": "N-Triples",
    ".trig": "TriG",
    ".ttl": "Turtle",
    ".jsonld": "JSON-LD",
}
FORMATS = tuple(
    f"{syntax}{packed}".removeprefix(".") for packed in ("", *COMPRESSIONS) for syntax in SYNTAXES
)
NAMED = (".nq", ".trig")
FOLDER_FORMAT, STREAM_FORMAT = ".ttl", ".nq"
ENTAILED = "entailed"
CHUNK_LINES = 2000

# NameIndex with what is worked on, and how much of all is done, from 0 to 1.
Progress = Callable[[str, float], None]


class Writer(Protocol):
    """What a format is written with."""

    def encode(self, quad: Quad) -> str:
        """Return the line by which a statement is sorted and from which it is written."""

    def write(self, lines: Iterator[str]) -> Iterator[str]:
        """Yield the text of a file of the lines, sorted."""


@dataclass(frozen=True)
class Part:
    """A named graph: its path in `graph:`, its IRI, its files; the entailments have no file."""

    name: str
    graph: str
    files: tuple[TurtleFile, ...]


@dataclass(frozen=True)
class Exported:
    """What was written: how many statements, of which graphs, by their IRIs."""

    statements: int
    graphs: tuple[str, ...]


def export_rdf(
    home: Home,
    target: str,
    *,
    form: str | None = None,
    graphs: Sequence[str] = (),
    entailed: bool | None = None,
    force: bool = False,
    progress: Progress = lambda what, share: None,
) -> Exported:
    """Write the statements of a home to a file, a folder (a file a graph), or `-`, the output.

    The format is that of the target's suffix, or `form`, one of `FORMATS`; N-Quads for `-`,
    Turtle in a folder. A target is a folder if it ends in `/`, if there is one, or if nothing is
    there, its name has no suffix and no format is said. Formats without named graphs have each
    statement once, and in a folder a comment with the graph's IRI. The
    same data give the same bytes. Memory does not grow with the data, but for the store that the
    entailments need.

    Raises:
        KgError: the format or a graph is not known, or something that is not ours stands there
            (exit code 2); the target cannot be written, or a file is no Turtle (1).
    """
    folder = is_folder(target, form)
    syntax, packed = find_form(target, form, folder=folder)
    parts = choose_graphs(home, graphs, entailed)
    work = Work(home, syntax, packed, progress)
    count = 0
    if folder:
        with write_folder(Path(target), force=force, export="rdf") as open_file:
            for number, part in enumerate(parts):
                with open_file(f"{part.name}{syntax}{packed}") as stream:
                    count += work.write([part], stream, number, len(parts), part.graph)
    else:
        with write_file(Path(target)) as stream:
            count = work.write(parts, stream, 0, 1)
    return Exported(count, tuple(part.graph for part in parts))


def is_folder(target: str, form: str | None = None) -> bool:
    """Tell whether a target means a folder, to hold a file for each graph.

    >>> is_folder("dumps/"), is_folder("city-policy.nq"), is_folder("new", "nq"), is_folder("-")
    (True, False, False, False)
    """
    place = Path(target)
    if target == "-" or target.endswith(("/", os.sep)):
        return target != "-"
    return place.is_dir() if place.exists() else not (place.suffix or form)


def find_form(target: str, form: str | None, *, folder: bool = False) -> tuple[str, str]:
    """Return the suffixes of the format and of its compression, the latter empty without one.

    Raises:
        KgError: there is no such format, none is named, or two are.

    >>> find_form("city-policy.trig.gz", None), find_form("-", "nt")
    (('.trig', '.gz'), ('.nt', ''))
    """
    place = Path(target)
    wanted = _split_form(f".{form}") if form else ("", "")
    if folder or target == "-" or (place.exists() and not place.is_file()):
        return wanted if form else (FOLDER_FORMAT if folder else STREAM_FORMAT, "")
    syntax, packed = _split_form(place.name)
    if form and (syntax not in ("", wanted[0]) or (syntax and wanted[1] not in ("", packed))):
        raise KgError(
            f"{target}: its suffix says another format than --format {form}. Leave one out.",
            exit_code=2,
        )
    if not (form or syntax):
        known = ", ".join(f"{suffix} ({name})" for suffix, name in SYNTAXES.items())
        raise KgError(
            f"{target}: its suffix is that of no format of RDF that kg writes. They are {known}, "
            f"each also with {' or '.join(COMPRESSIONS)} behind it; or name one with --format.",
            exit_code=2,
        )
    return wanted[0] or syntax, wanted[1] or packed


def _split_form(name: str) -> tuple[str, str]:
    """Return the suffixes that a name ends in, each empty where it is none of ours."""
    suffixes = [suffix.lower() for suffix in PurePath(f"x{name}").suffixes[-2:]]
    packed = suffixes.pop() if suffixes and suffixes[-1] in COMPRESSIONS else ""
    syntax = suffixes[-1] if suffixes and suffixes[-1] in SYNTAXES else ""
    return syntax, packed


def list_graphs(home: Home) -> list[Part]:
    """Return the named graphs of a home, in the order of their files, the entailments last."""
    start = read_names(home).expand("graph:")
    files: dict[str, list[TurtleFile]] = {}
    for file in list_files(home):
        files.setdefault(file.graph, []).append(file)
    parts = [Part(graph.removeprefix(start), graph, tuple(of)) for graph, of in files.items()]
    return [*parts, Part(ENTAILED, start + ENTAILED, ())]


def choose_graphs(home: Home, wanted: Sequence[str], entailed: bool | None = None) -> list[Part]:
    """Return the graphs that are wanted: all without a name, those alone with some.

    A name is a path (`roundup-2021/wuhan`), a pattern of paths (`roundup-2021/*`), a prefixed name
    in `graph:`, or an IRI; a path may also be that of the file (`data/roundup-2021/wuhan.ttl`),
    with or without its suffix. Unless it is said, the entailments belong to all, and not to some.

    Raises:
        KgError: a name fits no graph, or none is left.
    """
    parts = list_graphs(home)
    start = read_names(home).expand("graph:")
    known = {part.graph: _list_paths(home, part) for part in parts}
    chosen = {part.graph for part in parts} if not wanted else set()
    for name in wanted:
        path = name.removeprefix(start).removeprefix("graph:")
        found = {graph for graph, paths in known.items() if path in paths}
        found = found or {
            graph for graph, paths in known.items() if any(fnmatchcase(p, path) for p in paths)
        }
        if not found:
            raise KgError(_tell_near(name, path, parts), exit_code=2)
        chosen |= found
    if entailed is not None:
        chosen = chosen | {start + ENTAILED} if entailed else chosen - {start + ENTAILED}
    if not chosen:
        raise KgError(
            "No graph is left: --graphs names the entailments alone, and --no-entailed leaves "
            "them out. Leave one out.",
            exit_code=2,
        )
    return [part for part in parts if part.graph in chosen]


def _list_paths(home: Home, part: Part) -> set[str]:
    """Return all that a graph may be called: its path, and those of its files."""
    paths = {part.name, unquote(part.name)}
    for file in part.files:
        for folder in (home.data, home.ontology):
            if file.path.is_relative_to(folder):
                path = file.path.relative_to(folder)
                whole = folder.name / path
                paths |= {one.as_posix() for one in (path, whole, whole.with_suffix(""))}
    return paths


def _tell_near(name: str, path: str, parts: Sequence[Part]) -> str:
    names = [unquote(part.name) for part in parts]
    near = [known for known in names if path and path.lower() in known.lower()]
    near = near or get_close_matches(path, names, 3, 0.5)
    told = f"Near are {', '.join(near[:5])}." if near else f"There are {', '.join(names[:20])}."
    return f"{name}: no graph is called so. {told} A pattern such as 'roundup-2021/*' takes many."


class Work:
    """What is the same for all files of an export."""

    def __init__(self, home: Home, syntax: str, packed: str, progress: Progress) -> None:
        self._home = home
        self._syntax = syntax
        self._packed = packed
        self._progress = progress

    @cached_property
    def _graph(self) -> LocalGraph:
        return load_graph(self._home)

    @cached_property
    def _context(self) -> Context:
        with _explain_faults(list_files(self._home, shapes=True)):
            return read_context(self._home)

    def write(
        self, parts: Sequence[Part], stream: BinaryIO, number: int, many: int, graph: str = ""
    ) -> int:
        """Write the statements of some graphs to file `number` of so many; return how many.

        `graph` is the IRI of the one graph that the file has, for formats that do not name it.
        """
        read = written = 0

        def report(what: str, share: float) -> None:
            self._progress(what, (number + share) / many)

        def count_read(quads: Iterator[Quad]) -> Iterator[Quad]:
            nonlocal read
            for quad in quads:
                read += 1
                yield quad

        def count_written(lines: Iterator[str]) -> Iterator[str]:
            nonlocal written
            for line in lines:
                if written % CHUNK_LINES == 0:
                    report("writing", 0.5 + 0.5 * written / read)
                written += 1
                yield line

        with compress_stream(stream, self._packed) as out:
            writer = self._make_writer(graph)
            quads = count_read(self._read_parts(parts, report))
            lines = count_written(sort_statements(quads, writer.encode))
            pieces = writer.write(lines)
            while text := "".join(islice(pieces, CHUNK_LINES)):
                out.write(text.encode("utf-8"))
        report("written", 1)
        return written

    def _make_writer(self, graph: str) -> Writer:
        named = self._syntax in NAMED
        if self._syntax == ".jsonld":
            return JsonWriter(self._context)
        if self._syntax in (".nq", ".nt"):
            return LineWriter(named=named, graph=graph)
        return TurtleWriter(read_names(self._home), named=named, graph=graph)

    def _read_parts(
        self, parts: Sequence[Part], report: Callable[[str, float], None]
    ) -> Iterator[Quad]:
        for number, part in enumerate(parts):
            report(unquote(part.name), 0.5 * number / len(parts))
            for file in part.files:
                with _explain_faults([file]):
                    yield from parse_file(file)
            if not part.files:
                yield from self._graph.memory.list_added()


@contextmanager
def _explain_faults(files: Sequence[TurtleFile]) -> Iterator[None]:
    """Raise the faults of files that cannot be read as such, and not as what the target has."""
    try:
        yield
    except (SyntaxError, OSError):
        faults = find_faults(files)
        if not faults:
            raise
        raise KgError("\n".join(str(fault) for fault in faults)) from None
