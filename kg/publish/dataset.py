"""The dumps, and the pages that describe the data: what there is, how to cite it, its licence."""

import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256

from kg.dumps.export import SYNTAXES, DumpJob, list_graphs
from kg.graph import Graph
from kg.names import text
from kg.publish.answers import answer_question, write_answer
from kg.publish.edition import Edition
from kg.publish.page import Page

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
class NamedGraph:
    """A named graph and its number of statements."""

    iri: str
    name: str
    statements: int


def write_dumps(graph: Graph) -> Iterator[File]:
    """Yield a dump in each format, compressed; the same data give the same bytes."""
    graphs = list_graphs(graph.home)
    for syntax, form in SYNTAXES.items():
        stream = io.BytesIO()
        job = DumpJob(graph.home, syntax, COMPRESSION, tuple(graphs))
        job.write(graphs, stream, lambda what, share: None)
        content = stream.getvalue()
        path = f"{FOLDER}/{NAME}{syntax}{COMPRESSION}"
        yield File(path, form, len(content), sha256(content).hexdigest(), content)


def make_dataset_pages(edition: Edition, dumps: Sequence[File]) -> Iterator[Page]:
    """Yield the page with all downloads, and the page about the data."""
    words = edition.words
    counts = edition.graph.internal("graph-counts", named_graphs=True, start='""')
    graphs = [
        NamedGraph(text(iri), edition.reading.names.shorten(text(iri)), int(text(count)))
        for iri, count in counts
    ]
    yield Page(
        DATA,
        "data.html",
        words["data"],
        words["data-summary"],
        values={
            "beside": DATA,
            "dumps": dumps,
            "graphs": graphs,
            "coverage": answer_question(edition, "coverage"),
        },
        files={"coverage.csv": write_answer(edition, "coverage")},
    )
    yield Page("about", "about.html", words["about"], words["about-summary"],
               values={"sources": edition.list_instances("cdp:SourceText")})  # fmt: skip
