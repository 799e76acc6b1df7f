"""`kg export rdf`: write the statements in the formats of RDF."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from functools import cached_property
from itertools import chain, islice
from pathlib import Path, PurePath
from typing import BinaryIO, cast
from urllib.parse import unquote

from pyoxigraph import Quad

from kg.ask.lookup import find_similar, suggest_names
from kg.catalog import (
    CATALOG,
    CRATE_FILE,
    CountedStream,
    WrittenFile,
    describe_dataset,
    write_crate,
)
from kg.display import Progress
from kg.dumps.context import Context, read_context
from kg.dumps.frames import CONTEXT_FILE, FOLDER, build_frames
from kg.dumps.jsonld import JsonWriter, encode_document
from kg.dumps.turtle import TurtleWriter
from kg.errors import KgError
from kg.files import (
    COMPRESSIONS,
    compress_stream,
    is_folder_target,
    is_stream_target,
    write_file,
    write_folder,
)
from kg.graph import ENTAILED, LocalGraph, load_graph
from kg.home import Home, name_program
from kg.names import read_names
from kg.store.canonical import encode_quad, encode_triple, sort_few, sort_statements
from kg.turtle import TurtleFile, list_files, parse_file

SYNTAXES = {
    ".nq": "N-Quads",
    ".nt": "N-Triples",
    ".trig": "TriG",
    ".ttl": "Turtle",
    ".jsonld": "JSON-LD",
}
# See https://www.iana.org/assignments/media-types/.
MEDIA_TYPES = {
    ".nq": "application/n-quads",
    ".nt": "application/n-triples",
    ".trig": "application/trig",
    ".ttl": "text/turtle",
    ".jsonld": "application/ld+json",
    ".gz": "application/gzip",
    ".zst": "application/zstd",
    "": "",
}
FORMATS = tuple(
    f"{syntax}{compression}".removeprefix(".")
    for compression in ("", *COMPRESSIONS)
    for syntax in SYNTAXES
)
CHUNK_LINES = 2000

# Returns a statement as the line by which it is sorted and from which it is written.
Encode = Callable[[Quad], str]
# Yields the text of a file, given its sorted lines.
Write = Callable[[Iterator[str]], Iterator[str]]


@dataclass(frozen=True)
class NamedGraph:
    """A named graph: its IRI, its path below `graph:`, and its files.

    Those that the program makes, `entailed` and `catalog`, have no files.
    """

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
    without: Sequence[str] = (),
    entailed: bool | None = None,
    force: bool = False,
    progress: Progress = lambda what, share: None,
) -> Dump:
    """Write the statements of a home to a file, to a folder (one file per graph), or to `-`.

    The format is `form`, one of `FORMATS`, or that of the target's suffix; by default Turtle in a
    folder and N-Quads on `-`, standard output. See `is_folder_target` for what is a folder and
    `choose_graphs` for `graphs`, `without` and `entailed`. In formats without named graphs each
    statement is written once. The catalogue is part of what is written; in a folder it lists the
    other files, also as an RO-Crate. The same data give the same bytes. Memory does not grow with
    the data, except for the store that computes the entailments and the catalogue.

    Raises:
        KgError: the format or a graph is unknown, or a file in the folder was not written by kg
            (exit code 2); the target cannot be written, or a file is not Turtle (1).
    """
    folder = is_folder_target(target, one_file=form is not None)
    syntax, compression = find_format(target, form, folder=folder)
    chosen = choose_graphs(home, graphs, entailed, without)
    job = DumpJob(home, syntax, compression, tuple(chosen))
    if folder:
        count = 0
        with write_folder(Path(target), force=force, export="rdf") as open_file:
            for number, graph in enumerate(chosen):

                def report(what: str, share: float, number: int = number) -> None:
                    progress(what, (number + share) / len(chosen))

                name = f"{graph.name}{syntax}{compression}"
                with open_file(name) as stream:
                    count += job.write_listed(name, graph, stream, report)
            for name, document in job.build_json().items():
                open_file(name).write(encode_document(document))
            if job.catalog:
                open_file(CRATE_FILE).write(write_crate(job.graph, job.catalog).encode())
    else:
        with write_file(Path(target)) as stream:
            count = job.write(chosen, stream, progress)
    return Dump(count, tuple(graph.iri for graph in chosen))


def find_format(target: str, form: str | None, *, folder: bool = False) -> tuple[str, str]:
    """Return the suffixes of the syntax and of the compression, the latter "" for none.

    Raises:
        KgError: the format is unknown, or `form` contradicts the target's suffix.

    >>> find_format("city-policy.trig.gz", None), find_format("-", "nt")
    (('.trig', '.gz'), ('.nt', ''))
    """
    given = _split_suffixes(f".{form}") if form else ("", "")
    if folder or is_stream_target(target):
        return given if form else (".ttl" if folder else ".nq", "")
    syntax, compression = _split_suffixes(PurePath(target).name)
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
    """Return the named graphs of a home, in the order of their files.

    The last two are the entailments and the catalogue.
    """
    names = read_names(home)
    files: dict[str, list[TurtleFile]] = {}
    for file in list_files(home):
        files.setdefault(file.graph, []).append(file)
    graphs = [*files.items(), (names.expand(ENTAILED), []), (names.expand(CATALOG), [])]
    start = names.expand("graph:")
    return [NamedGraph(iri.removeprefix(start), iri, tuple(of)) for iri, of in graphs]


def choose_graphs(
    home: Home,
    wanted: Sequence[str],
    entailed: bool | None = None,
    without: Sequence[str] = (),
) -> list[NamedGraph]:
    """Return the named graphs with the names in `wanted`, or all, but none of those in `without`.

    A name is a path (`roundup-2021/wuhan`), a pattern (`roundup-2021/*`), a prefixed name in
    `graph:`, an IRI, or the path of a file (`data/roundup-2021/wuhan.ttl`), with or without its
    suffix. If `entailed` is None, the entailments are among all graphs, but not added to names. The
    catalogue, which describes the others, is added and last; alone, it describes all graphs.

    Raises:
        KgError: a name matches no graph, or no graph is left.
    """
    graphs = list_graphs(home)
    start = read_names(home).expand("graph:")
    paths = {graph.iri: _list_paths(home, graph) for graph in graphs}

    def find(name: str) -> set[str]:
        path = name.removeprefix(start).removeprefix("graph:")
        found = {iri for iri, known in paths.items() if any(fnmatchcase(p, path) for p in known)}
        if not found:
            raise KgError(_explain_unknown(name, path, graphs), exit_code=2)
        return found

    chosen = set().union(*map(find, wanted)) if wanted else set(paths)
    omitted = set().union(*map(find, without))
    made, catalog = graphs[-2:]
    if entailed is not None:
        chosen = chosen | {made.iri} if entailed else chosen - {made.iri}
    chosen -= omitted
    if not chosen:
        raise KgError(
            "No graph is left: --without or --no-entailed leaves out all that --graphs names. "
            "Remove one of them.",
            exit_code=2,
        )
    chosen |= {catalog.iri} - omitted
    return [graph for graph in graphs if graph.iri in chosen]


def _list_paths(home: Home, graph: NamedGraph) -> set[str]:
    """Return all paths that name a graph: its own, and those of its files."""
    paths = {graph.name, unquote(graph.name)}
    for file in graph.files:
        outer = file.path.relative_to(home.root)  # below data/ or ontology/
        inner = outer.relative_to(outer.parts[0])
        paths |= {path.as_posix() for path in (inner, outer, outer.with_suffix(""))}
    return paths


def _explain_unknown(name: str, path: str, graphs: Sequence[NamedGraph]) -> str:
    names = [unquote(graph.name) for graph in graphs]
    similar = [known for known in names if path and path.lower() in known.lower()]
    hint = suggest_names(similar[:5] or find_similar(path, names), f"Use {', '.join(names[:20])}.")
    return f"{name}: unknown graph. {hint} A pattern such as 'roundup-2021/*' matches several."


@dataclass(frozen=True)
class DumpJob:
    """Writes the files of one export.

    `listed` are the files written so far, and `catalog` the catalogue, once it has been written.
    `loaded` is the graph of the home and `known` its context, if they have been read before.
    """

    home: Home
    syntax: str
    compression: str
    graphs: tuple[NamedGraph, ...]
    listed: list[WrittenFile] = field(default_factory=list)
    catalog: list[Quad] = field(default_factory=list)
    loaded: LocalGraph | None = None
    known: Context | None = None

    @cached_property
    def graph(self) -> LocalGraph:
        """All statements of the home in memory, with their entailments."""
        return self.loaded or load_graph(self.home)

    @cached_property
    def context(self) -> Context:
        """The context of all files in JSON-LD."""
        return self.known or read_context(self.home)

    def build_json(self) -> dict[str, dict[str, object]]:
        """Return the context and the frames for a folder of JSON-LD, by the name of the file."""
        if self.syntax != ".jsonld":
            return {}
        frames = build_frames(self.graph, self.context)
        documents = {f"{FOLDER}/{name}.json": frame for name, frame in frames.items()}
        return {CONTEXT_FILE: {"@context": self.context.build()}, **documents}

    def write_listed(
        self, name: str, graph: NamedGraph, stream: BinaryIO, progress: Progress
    ) -> int:
        """Write one named graph to a file, which the catalogue lists if it is written later."""
        counted = CountedStream(stream)
        count = self.write([graph], cast(BinaryIO, counted), progress, iri=graph.iri)
        types = MEDIA_TYPES[self.syntax], MEDIA_TYPES[self.compression]
        self.listed.append(counted.describe(name, graph.iri, *types))
        return count

    def write(
        self, graphs: Sequence[NamedGraph], stream: BinaryIO, progress: Progress, iri: str = ""
    ) -> int:
        """Write the statements of named graphs to a file; return their number.

        `iri` is that of the one graph in the file, for formats without named graphs.
        """
        encode, write = self._choose_functions()
        encoded = written = 0

        def count_encoded(quad: Quad) -> str:
            nonlocal encoded
            encoded += 1
            return encode(quad)

        def count_written(lines: Iterator[str]) -> Iterator[str]:
            nonlocal written
            for line in lines:
                if written % CHUNK_LINES == 0:
                    progress("writing", 0.5 + 0.5 * written / encoded)
                written += 1
                yield line

        lines = sort_statements(self.read(graphs, progress), count_encoded)
        self._write_texts(write(count_written(lines)), stream, iri)
        progress("written", 1)
        return written

    def write_quads(self, quads: Iterable[Quad], stream: BinaryIO) -> None:
        """Write statements that are in memory to a file: see `write`."""
        encode, write = self._choose_functions()
        self._write_texts(write(iter(sort_few(quads, encode))), stream)

    def _write_texts(self, texts: Iterator[str], stream: BinaryIO, iri: str = "") -> None:
        texts = chain([self._make_comment(iri)], texts)
        with compress_stream(stream, self.compression) as out:
            while chunk := "".join(islice(texts, CHUNK_LINES)):
                out.write(chunk.encode("utf-8"))

    def _choose_functions(self) -> tuple[Encode, Write]:
        writer: JsonWriter | TurtleWriter
        match self.syntax:
            case ".nq":
                return encode_quad, _write_lines
            case ".nt":
                return encode_triple, _write_lines
            case ".jsonld":
                writer = JsonWriter(self.context)
            case syntax:
                writer = TurtleWriter(read_names(self.home), named=syntax == ".trig")
        return writer.encode, writer.write

    def _make_comment(self, iri: str) -> str:
        """Return the comment at the top, which names the graph if the statements do not."""
        graph = f"# graph <{iri}>\n" if iri and self.syntax in (".nt", ".ttl") else ""
        return "" if self.syntax == ".jsonld" else f"# {name_program()}\n{graph}"

    def read(self, graphs: Sequence[NamedGraph], progress: Progress) -> Iterator[Quad]:
        """Yield the statements of named graphs, with literals as they are in the files."""
        for number, graph in enumerate(graphs):
            progress(unquote(graph.name), 0.5 * number / len(graphs))
            for file in graph.files:
                yield from parse_file(file)
            if graph.iri == read_names(self.home).expand(CATALOG):
                yield from self._describe()
            elif not graph.files:
                yield from self.graph.memory.list_added()

    def _describe(self) -> list[Quad]:
        """Return the catalogue of the chosen graphs, or of all if it is the only one."""
        every = [graph.iri for graph in list_graphs(self.home)]
        chosen = [graph.iri for graph in self.graphs]
        described = chosen[:-1] or every[:-1]
        complete = described == every[:-1]
        self.catalog[:] = describe_dataset(self.graph, described, self.listed, complete=complete)
        return self.catalog


def _write_lines(lines: Iterator[str]) -> Iterator[str]:
    return (f"{line}\n" for line in lines)
