"""The catalogue: statements about the dataset and its named graphs, in `graph:catalog`.

The vocabularies are DCAT 3 (https://www.w3.org/TR/vocab-dcat-3/), VoID
(https://www.w3.org/TR/void/), PROV-O (https://www.w3.org/TR/prov-o/) and schema.org. The queries in
`queries/catalog/` make it from the graph, and from the facts of `kg.catalog.facts`. It is part of
dumps only: questions and checks do not see it.
"""

from collections.abc import Iterable, Mapping, Sequence

from pyoxigraph import Literal, NamedNode, Quad, Triple

from kg.catalog.facts import read_facts
from kg.catalog.written import WrittenFile
from kg.graph import LocalGraph, bind_values, read_query, write_iri
from kg.names import text
from kg.turtle import list_files

CATALOG = "graph:catalog"
# The engine makes all integers xsd:integer, but DCAT wants another datatype here.
SIZE = ("dcat:byteSize", "xsd:nonNegativeInteger")
# About the dataset and some of its named graphs; and about the complete dataset.
PART = ("dataset", "graphs", "ontologies", "sources", "entailments")
COMPLETE = ("totals", "partitions", "linksets")

Answers = dict[str, list[Triple]]  # to queries, by their text


def describe_dataset(
    graph: LocalGraph,
    graphs: Sequence[str],
    files: Iterable[WrittenFile] = (),
    *,
    complete: bool,
    page: str = "",
    answers: Answers | None = None,
) -> list[Quad]:
    """Return the catalogue of a dump with these named graphs, given by IRI.

    If they are the complete dataset, it also has counts, links and examples of the dataset. All
    numbers are those of the dump without the catalogue. The files are listed as distributions;
    `page` is the address where they are offered, if they have one. Catalogues of the same graph,
    such as one in a dump and one with the files of the dump, can share the answers to the queries.

    Raises:
        KgError: a file with facts about the dataset is faulty.
    """
    home = graph.home
    rules = sorted((home.ontology / "rules").glob("*.rq"))
    asserted = sorted({file.graph for file in list_files(home)})
    facts = read_facts(home) | {
        "graph": " ".join(map(write_iri, graphs)),
        "used": " ".join(map(write_iri, asserted)),
        "file": " ".join(str(Literal(path.relative_to(home.root).as_posix())) for path in rules),
    }
    facts |= {"page": write_iri(page)} if page else {}
    answers = {} if answers is None else answers
    found: dict[Triple, None] = {}
    for name in (*PART, *(COMPLETE if complete else ())):
        found |= dict.fromkeys(_run(graph, name, facts, answers))
    for file in files:
        found |= dict.fromkeys(_run(graph, "file", facts | _list_terms(file), answers))
    catalog, size, integer = (NamedNode(graph.names.expand(name)) for name in (CATALOG, *SIZE))
    quads = []
    for triple in found:
        value = triple.object
        if triple.predicate == size:
            value = Literal(text(value), datatype=integer)
        quads.append(Quad(triple.subject, triple.predicate, value, catalog))
    return quads


def _run(graph: LocalGraph, name: str, facts: Mapping[str, str], answers: Answers) -> list[Triple]:
    path = graph.home.queries / "catalog" / f"{name}.rq"
    query = read_query(path)
    bound = {name: terms for name, terms in facts.items() if f"VALUES ?{name} {{ UNDEF }}" in query}
    query = bind_values(query, bound)
    if query not in answers:
        answers[query] = graph.construct(query, str(path))
    return answers[query]


def _list_terms(file: WrittenFile) -> dict[str, str]:
    """Return the terms of a file, as SPARQL writes them, by variable."""
    texts = {
        "name": file.name,
        "encoding": file.media_type,
        "compression": file.compression,
        "size": str(file.size),
        "sha256": file.sha256,
    }
    terms = {name: str(Literal(text)) for name, text in texts.items() if text}
    iris = {"part": file.part, "url": file.url}
    return terms | {name: write_iri(iri) for name, iri in iris.items() if iri}
