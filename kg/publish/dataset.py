"""The dumps, and the pages that describe the data: what there is, how to cite it, its licence."""

import io
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from hashlib import sha256

from pyoxigraph import NamedNode, Quad

from kg.catalog import (
    CRATE_FILE,
    Answers,
    WrittenFile,
    describe_dataset,
    describe_schema,
    write_crate,
)
from kg.dumps import MEDIA_TYPES
from kg.dumps.context import Context, read_context
from kg.dumps.export import SYNTAXES, DumpJob, list_graphs
from kg.graph import LocalGraph
from kg.names import Term, collect_texts, language_of, pick, text
from kg.portrait.model import Detail, Link
from kg.publish.answers import answer_question, write_answer
from kg.publish.edition import Edition
from kg.publish.page import Page, write_csv
from kg.publish.words import LANGUAGES

DATA = "data"  # the path of the page of the data
FOLDER = "dumps"
NAME = "city-policy"
COMPRESSION = ".gz"
SUMS = "SHA256SUMS"  # as sha256sum --check reads it
# The catalogue at a plain address, and where VoID says to look for a description
# (https://www.w3.org/TR/void/#well-known).
VOID = ("void.ttl", ".well-known/void")
# What the page says about the dataset, by the words of the headings.
FACTS = {
    "version": "dcat:version",
    "issued": "dcterms:issued",
    "changed": "dcterms:modified",
    "licence": "dcterms:license",
    "about-cite": "dcterms:bibliographicCitation",
}


@dataclass(frozen=True)
class File:
    """A file to download: its path, its format, its size in bytes and its SHA-256."""

    path: str
    form: str
    size: int
    digest: str
    content: bytes


@dataclass(frozen=True)
class CountedGraph:
    """A named graph: its title, which leads to what it is about, and its number of statements."""

    title: Link
    iri: str
    statements: int


@dataclass(frozen=True)
class Dumps:
    """The files to download, and the catalogue that lists them.

    Also what the files have: all statements but those of the catalogue, and the context of JSON-LD.
    """

    files: list[File]
    catalog: list[Quad]
    statements: list[Quad]
    context: Context


def write_dumps(graph: LocalGraph, base: str) -> Dumps:
    """Return a dump in each format, compressed, then an RO-Crate; and the catalogue.

    If the site has an address, `base`, the catalogue says where each file can be downloaded.
    """
    graphs = list_graphs(graph.home)
    iris = [one.iri for one in graphs[:-1]]
    context = read_context(graph.home)
    job = DumpJob(graph.home, "", COMPRESSION, tuple(graphs), loaded=graph, known=context)
    statements = list(job.read(graphs[:-1], _ignore_progress))
    answers: Answers = {}
    quads = statements + describe_dataset(graph, iris, complete=True, answers=answers)
    files, written = [], []
    for syntax, form in SYNTAXES.items():
        stream = io.BytesIO()
        replace(job, syntax=syntax).write_quads(quads, stream)
        path = f"{FOLDER}/{NAME}{syntax}{COMPRESSION}"
        file = make_file(path, form, stream.getvalue())
        types = MEDIA_TYPES[syntax], MEDIA_TYPES[COMPRESSION]
        url = f"{base}{path}" if base else ""
        name = path.rpartition("/")[2]
        written.append(WrittenFile(name, "", *types, file.size, file.digest, url))
        files.append(file)
    page = f"{base}{LANGUAGES[0]}/{DATA}.html" if base else ""
    catalog = describe_dataset(graph, iris, written, complete=True, page=page, answers=answers)
    crate = write_crate(graph, catalog).encode()
    files.append(make_file(f"{FOLDER}/{CRATE_FILE}", SYNTAXES[".jsonld"], crate))
    return Dumps(files, catalog, statements, context)


def _ignore_progress(what: str, share: float) -> None:
    pass


def make_file(path: str, form: str, content: bytes) -> File:
    """Return a file to download with its size and digest."""
    return File(path, form, len(content), sha256(content).hexdigest(), content)


def write_sums(files: Iterable[File]) -> bytes:
    """Return the SHA-256 of each file with its path, a line each."""
    return "".join(f"{one.digest}  {one.path}\n" for one in files).encode()


class Catalog:
    """What the catalogue says, in one language."""

    def __init__(self, edition: Edition, quads: Iterable[Quad]) -> None:
        self._edition = edition
        self._said: dict[tuple[str, str], list[Term]] = {}
        for quad in quads:
            if isinstance(quad.subject, NamedNode):
                place = quad.subject.value, quad.predicate.value
                self._said.setdefault(place, []).append(quad.object)

    def list_values(self, iri: str, name: str) -> list[str]:
        """Return the values of a property; of those in several languages only the best."""
        terms = self._said.get((iri, self._edition.reading.names.expand(name)), [])
        tagged = collect_texts(one for one in terms if language_of(one))
        plain = [text(one) for one in terms if not language_of(one)]
        return [*plain, pick(tagged, self._edition.language, "")] if tagged else plain

    def read(self, iri: str, name: str) -> str:
        """Return the first value of a property, or ""."""
        return next(iter(self.list_values(iri, name)), "")

    def list_facts(self, iri: str) -> list[Detail]:
        """Return version, dates, licence and citation of the dataset."""
        words = self._edition.words
        return [
            Detail(words[word], (Link(found, iri=found if found.startswith("http") else ""),))
            for word, name in FACTS.items()
            if (found := self.read(iri, name))
        ]

    def make_graph(self, iri: str, statements: int) -> CountedGraph:
        """Return a named graph; its topic is that of a file, or its only place."""
        names = ("foaf:primaryTopic", "dcterms:spatial")
        topics = next(filter(None, (self.list_values(iri, name) for name in names)), [])
        title = self.read(iri, "dcterms:title") or self._edition.reading.names.shorten(iri)
        is_linked = len(topics) == 1 and self._edition.routes.find(topics[0])
        return CountedGraph(Link(title, iri=topics[0] if is_linked else ""), iri, statements)


def make_dataset_pages(edition: Edition, graph: LocalGraph, dumps: Dumps) -> Iterator[Page]:
    """Yield the page with all downloads, and the page about the data."""
    words = edition.words
    counts = edition.graph.internal("graph-counts", named_graphs=True, start='""')
    catalog = Catalog(edition, dumps.catalog)
    dataset = edition.reading.names.expand("dataset:").rstrip("#")
    graphs = [catalog.make_graph(text(iri), int(text(count))) for iri, count in counts]
    total = Detail(words["number-of-statements"], (Link(f"{sum(g.statements for g in graphs):,}"),))
    covered = edition.ask_texts("coverage")
    sums = [sum(int(row[name]) for row in covered) for name in ("covered", "passages")]
    table = write_csv(
        [words[f"column-{name}"] for name in ("thing", "iri", "statements")],
        ([one.title.name, one.iri, str(one.statements)] for one in graphs),
    )
    schema = describe_schema(graph, dumps.catalog, edition.language)
    yield Page(
        DATA,
        "data.html",
        words["data"],
        catalog.read(dataset, "dcterms:description") or words["data-summary"],
        values={
            "beside": DATA,
            "facts": [total, *catalog.list_facts(dataset)],
            "dumps": [one for one in dumps.files if not one.path.endswith(CRATE_FILE)],
            "crate": f"{FOLDER}/{CRATE_FILE}",
            "void": VOID,
            "sums": SUMS,
            "graphs": graphs,
            "covered": words["coverage-sum"].format(*sums) if covered else "",
            "coverage": answer_question(edition, "coverage"),
        },
        files={"coverage.csv": write_answer(edition, "coverage"), "data.csv": table},
        download="data.csv",
        schema=schema,
    )
    yield Page("about", "about.html", words["about"], words["about-summary"],
               values={"sources": edition.list_instances("cdp:SourceText"),
                       "citation": schema.get("creditText", "")})  # fmt: skip
