"""The dumps, and the pages that describe the data: what there is, how to cite it, its licence."""

import io
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256

from pyoxigraph import Quad

from kg.catalog import (
    CRATE_FILE,
    WrittenFile,
    describe_dataset,
    describe_schema,
    write_crate,
)
from kg.dumps import MEDIA_TYPES
from kg.dumps.export import SYNTAXES, DumpJob, list_graphs
from kg.graph import LocalGraph
from kg.names import text
from kg.publish.answers import answer_question, write_answer
from kg.publish.edition import Edition
from kg.publish.page import Page
from kg.publish.words import LANGUAGES

DATA = "data"  # the path of the page of the data
FOLDER = "dumps"
NAME = "city-policy"
COMPRESSION = ".gz"


@dataclass(frozen=True)
class File:
    """A file to download: its path, its format, its size in bytes and its SHA-256."""

    path: str
    form: str
    size: int
    digest: str
    content: bytes


@dataclass(frozen=True)
class Dumps:
    """The files to download, and the catalogue that lists them."""

    files: list[File]
    catalog: list[Quad]


def write_dumps(graph: LocalGraph, base: str) -> Dumps:
    """Return a dump in each format, compressed, then an RO-Crate; and the catalogue.

    If the site has an address, `base`, the catalogue says where each file can be downloaded.
    """
    graphs = list_graphs(graph.home)
    files, written = [], []
    quads: list[Quad] = []
    for syntax, form in SYNTAXES.items():
        stream = io.BytesIO()
        job = DumpJob(graph.home, syntax, COMPRESSION, tuple(graphs), loaded=graph)
        quads = quads or list(job.read(graphs, _ignore_progress))
        job.write_quads(quads, stream, _ignore_progress)
        content = stream.getvalue()
        path = f"{FOLDER}/{NAME}{syntax}{COMPRESSION}"
        file = make_file(path, form, content)
        types = MEDIA_TYPES[syntax], MEDIA_TYPES[COMPRESSION]
        url = f"{base}{path}" if base else ""
        name = path.rpartition("/")[2]
        written.append(WrittenFile(name, "", *types, file.size, file.digest, url))
        files.append(file)
    page = f"{base}{LANGUAGES[0]}/{DATA}.html" if base else ""
    iris = [one.iri for one in graphs[:-1]]
    catalog = describe_dataset(graph, iris, written, complete=True, page=page)
    crate = write_crate(graph, catalog).encode()
    files.append(make_file(f"{FOLDER}/{CRATE_FILE}", SYNTAXES[".jsonld"], crate))
    return Dumps(files, catalog)


def _ignore_progress(what: str, share: float) -> None:
    pass


def make_file(path: str, form: str, content: bytes) -> File:
    """Return a file to download with its size and digest."""
    return File(path, form, len(content), sha256(content).hexdigest(), content)


def make_dataset_pages(edition: Edition, graph: LocalGraph, dumps: Dumps) -> Iterator[Page]:
    """Yield the page with all downloads, and the page about the data."""
    words = edition.words
    counts = edition.graph.internal("graph-counts", named_graphs=True, start='""')
    graphs = [(text(iri), text(count)) for iri, count in counts]
    yield Page(
        DATA,
        "data.html",
        words["data"],
        words["data-summary"],
        values={
            "beside": DATA,
            "dumps": dumps.files,
            "graphs": graphs,
            "coverage": answer_question(edition, "coverage"),
        },
        files={"coverage.csv": write_answer(edition, "coverage")},
        schema=describe_schema(graph, dumps.catalog, edition.language),
    )
    yield Page("about", "about.html", words["about"], words["about-summary"],
               values={"sources": edition.list_instances("cdp:SourceText")})  # fmt: skip
