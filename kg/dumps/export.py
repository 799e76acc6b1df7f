"""`kg export rdf`: write the statements in the formats of RDF."""

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
from kg.files import COMPRESSIONS, compress_stream, is_folder_target, write_file, write_folder
from kg.graph import ENTAILED, LocalGraph, load_graph
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
    f"{syntax}{compression}".removeprefix(".")
    for compression in ("", *COMPRESSIONS)
    for syntax in SYNTAXES
)
FOLDER_SYNTAX, STREAM_SYNTAX = ".ttl", ".nq"
CHUNK_LINES = 2000

# Called with what is being read or written, and the share of the export that is done, 0 to 1.
Progress = Callable[[str, float], None]


class Writer(Protocol):
    """Writes statements in a format."""

    def encode(self, quad: Quad) -> str:
        """Return a statement as the line by which it is sorted and from which it is written."""

    def write(self, lines: Iterator[str]) -> Iterator[str]:
        """Yield the text of a file, given its sorted lines."""


@dataclass(frozen=True)
class NamedGraph:
    """A named graph: its IRI, its path below `graph:`, and its files; entailments have none."""

    name: str
    iri: str
    files: tuple[TurtleFile, ...]


@dataclass(frozen=True)
class Dump:
    """What was written: the number of statements, and the IRIs of the named graphs."""

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
) -> Dump:
    """Write the statements of a home to a file, to a folder (one file per graph), or to `-`.

    The format is `form`, one of `FORMATS`, or that of the target's suffix; by default Turtle in a
    folder and N-Quads on `-`, standard output. See `is_folder_target` for what is a folder and
    `choose_graphs` for `graphs` and `entailed`. In formats without named graphs each statement is
    written once. The same data give the same bytes. Memory does not grow with the data, except
    for the store that computes the entailments.

    Raises:
        KgError: the format or a graph is unknown, or a file in the folder was not written by kg
            (exit code 2); the target cannot be written, or a file is not Turtle (1).
    """
    folder = is_folder_target(target, one_file=form is not None)
    syntax, compression = find_format(target, form, folder=folder)
    chosen = choose_graphs(home, graphs, entailed)
    job = DumpJob(home, syntax, compression, progress)
    if folder:
        count = 0
        with write_folder(Path(target), force=force, export="rdf") as open_file:
            for number, graph in enumerate(chosen):
                with open_file(f"{graph.name}{syntax}{compression}") as stream:
                    share = (number / len(chosen), (number + 1) / len(chosen))
                    count += job.write([graph], stream, share, iri=graph.iri)
    else:
        with write_file(Path(target)) as stream:
            count = job.write(chosen, stream)
    return Dump(count, tuple(graph.iri for graph in chosen))


def find_format(target: str, form: str | None, *, folder: bool = False) -> tuple[str, str]:
    """Return the suffixes of the syntax and of the compression, the latter "" for none.

    Raises:
        KgError: the format is unknown, or `form` contradicts the target's suffix.

    >>> find_format("city-policy.trig.gz", None), find_format("-", "nt")
    (('.trig', '.gz'), ('.nt', ''))
    """
    path = Path(target)
    given = _split_suffixes(f".{form}") if form else ("", "")
    if folder or target == "-" or (path.exists() and not path.is_file()):
        return given if form else (FOLDER_SYNTAX if folder else STREAM_SYNTAX, "")
    syntax, compression = _split_suffixes(path.name)
    if form and (syntax not in ("", given[0]) or (syntax and given[1] not in ("", compression))):
        raise KgError(
            f"{target}: the suffix contradicts --format {form}. Remove one of them.", exit_code=2
        )
    if not (form or syntax):
        known = ", ".join(f"{suffix} ({name})" for suffix, name in SYNTAXES.items())
        raise KgError(
            f"{target}: unknown suffix. Use {known}, each also followed by "
            f"{' or '.join(COMPRESSIONS)}; or set --format.",
            exit_code=2,
        )
    return given[0] or syntax, given[1] or compression


def _split_suffixes(name: str) -> tuple[str, str]:
    """Return the suffixes of the syntax and of the compression, "" for one that is unknown."""
    suffixes = [suffix.lower() for suffix in PurePath(f"x{name}").suffixes[-2:]]
    compression = suffixes.pop() if suffixes and suffixes[-1] in COMPRESSIONS else ""
    syntax = suffixes[-1] if suffixes and suffixes[-1] in SYNTAXES else ""
    return syntax, compression


def list_graphs(home: Home) -> list[NamedGraph]:
    """Return the named graphs of a home, in the order of their files, the entailments last."""
    names = read_names(home)
    files: dict[str, list[TurtleFile]] = {}
    for file in list_files(home):
        files.setdefault(file.graph, []).append(file)
    graphs = [*files.items(), (names.expand(ENTAILED), [])]
    start = names.expand("graph:")
    return [NamedGraph(iri.removeprefix(start), iri, tuple(of)) for iri, of in graphs]


def choose_graphs(
    home: Home, wanted: Sequence[str], entailed: bool | None = None
) -> list[NamedGraph]:
    """Return the named graphs with the given names; all of them if there are no names.

    A name is a path (`roundup-2021/wuhan`), a pattern (`roundup-2021/*`), a prefixed name in
    `graph:`, an IRI, or the path of a file (`data/roundup-2021/wuhan.ttl`), with or without its
    suffix. If `entailed` is None, the entailments are among all graphs, but not added to names.

    Raises:
        KgError: a name matches no graph, or no graph is left.
    """
    graphs = list_graphs(home)
    names = read_names(home)
    start, entailments = names.expand("graph:"), names.expand(ENTAILED)
    paths = {graph.iri: _list_paths(home, graph) for graph in graphs}
    chosen = {graph.iri for graph in graphs} if not wanted else set()
    for name in wanted:
        path = name.removeprefix(start).removeprefix("graph:")
        found = {iri for iri, known in paths.items() if any(fnmatchcase(p, path) for p in known)}
        if not found:
            raise KgError(_explain_unknown(name, path, graphs), exit_code=2)
        chosen |= found
    if entailed is not None:
        chosen = chosen | {entailments} if entailed else chosen - {entailments}
    if not chosen:
        raise KgError(
            "No graph is left: --graphs names only the entailments, and --no-entailed leaves them "
            "out. Remove one of the two.",
            exit_code=2,
        )
    return [graph for graph in graphs if graph.iri in chosen]


def _list_paths(home: Home, graph: NamedGraph) -> set[str]:
    """Return all paths that name a graph: its own, and those of its files."""
    paths = {graph.name, unquote(graph.name)}
    for file in graph.files:
        for folder in (home.data, home.ontology):
            if file.path.is_relative_to(folder):
                inner = file.path.relative_to(folder)
                outer = folder.name / inner
                paths |= {path.as_posix() for path in (inner, outer, outer.with_suffix(""))}
    return paths


def _explain_unknown(name: str, path: str, graphs: Sequence[NamedGraph]) -> str:
    names = [unquote(graph.name) for graph in graphs]
    similar = [known for known in names if path and path.lower() in known.lower()]
    similar = similar or get_close_matches(path, names, 3, 0.5)
    hint = f"Did you mean {', '.join(similar[:5])}?" if similar else f"Use {', '.join(names[:20])}."
    return f"{name}: unknown graph. {hint} A pattern such as 'roundup-2021/*' matches several."


class DumpJob:
    """Writes the files of one export: what they share is loaded once, and only if needed."""

    def __init__(self, home: Home, syntax: str, compression: str, progress: Progress) -> None:
        self._home = home
        self._syntax = syntax
        self._compression = compression
        self._progress = progress

    @cached_property
    def _graph(self) -> LocalGraph:
        return load_graph(self._home)

    @cached_property
    def _context(self) -> Context:
        return read_context(self._home)

    def write(
        self,
        graphs: Sequence[NamedGraph],
        stream: BinaryIO,
        share: tuple[float, float] = (0.0, 1.0),
        iri: str = "",
    ) -> int:
        """Write the statements of named graphs to a file; return their number.

        `share` is the file's part of the progress. `iri` is that of the one graph in the file,
        for formats without named graphs.
        """
        read = written = 0

        def report(what: str, done: float) -> None:
            self._progress(what, share[0] + done * (share[1] - share[0]))

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

        with compress_stream(stream, self._compression) as out:
            writer = self._make_writer(iri)
            quads = count_read(self._read_graphs(graphs, report))
            lines = count_written(sort_statements(quads, writer.encode))
            texts = writer.write(lines)
            while chunk := "".join(islice(texts, CHUNK_LINES)):
                out.write(chunk.encode("utf-8"))
        report("written", 1)
        return written

    def _make_writer(self, iri: str) -> Writer:
        match self._syntax:
            case ".jsonld":
                return JsonWriter(self._context)
            case ".nq":
                return LineWriter(named=True)
            case ".nt":
                return LineWriter(named=False, graph=iri)
            case syntax:
                return TurtleWriter(read_names(self._home), named=syntax == ".trig", graph=iri)

    def _read_graphs(
        self, graphs: Sequence[NamedGraph], report: Callable[[str, float], None]
    ) -> Iterator[Quad]:
        for number, graph in enumerate(graphs):
            report(unquote(graph.name), 0.5 * number / len(graphs))
            for file in graph.files:
                with _explain_faults(file):
                    yield from parse_file(file)
            if not graph.files:
                yield from self._graph.memory.list_added()


@contextmanager
def _explain_faults(file: TurtleFile) -> Iterator[None]:
    """Report a broken file as such, and not as an error of the target."""
    try:
        yield
    except (SyntaxError, OSError):
        faults = find_faults([file])
        if not faults:
            raise
        raise KgError("\n".join(str(fault) for fault in faults)) from None
