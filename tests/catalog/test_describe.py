"""The catalogue says what the data, CITATION.cff and dataset.toml say, and counts as they are."""

import gzip
import hashlib
import re
from collections import Counter
from collections.abc import Collection, Iterator
from pathlib import Path

import pyshacl
import pytest
import rdflib
from pyoxigraph import BlankNode, NamedNode, Quad, RdfFormat, Store, parse

from kg.ask.parameters import bind_question, needs_value
from kg.ask.question import ask_question, list_questions
from kg.build import CATALOG_FILE, DUMP, Build
from kg.catalog import CATALOG, describe_dataset
from kg.dumps import export_rdf, list_graphs
from kg.graph import load_graph
from kg.home import Home, find_home
from kg.names import read_names, text

HOME = find_home()
NAMES = read_names(HOME)
DATASET = "https://w3id.org/cdp/dataset"


def name(short: str) -> NamedNode:
    return NamedNode(NAMES.expand(short))


@pytest.fixture(scope="module")
def dump(tmp_path_factory: pytest.TempPathFactory) -> list[Quad]:
    path = tmp_path_factory.mktemp("dump") / "x.nq"
    export_rdf(HOME, str(path))
    return list(parse(path=path, format=RdfFormat.N_QUADS))


@pytest.fixture(scope="module")
def catalog(dump: list[Quad]) -> list[Quad]:
    return [quad for quad in dump if quad.graph_name == name(CATALOG)]


@pytest.fixture(scope="module")
def live(dump: list[Quad]) -> list[Quad]:
    """The statements of the dump without the catalogue."""
    return [quad for quad in dump if quad.graph_name != name(CATALOG)]


def read_text(term: object) -> str:
    """Return the IRI or text of a term; blank nodes and literals are never triples here."""
    return text(term)  # type: ignore[arg-type]


def find(quads: list[Quad], subject: str, predicate: str) -> list[str]:
    """Return the values of a property, sorted."""
    wanted = NamedNode(subject), name(predicate)
    return sorted(read_text(q.object) for q in quads if (q.subject, q.predicate) == wanted)


def count_terms(quads: list[Quad]) -> dict[str, list[str]]:
    """Return the counts of VoID, each statement counted once, as the catalogue has them."""
    triples = {quad.triple for quad in quads}
    classes = {triple.object for triple in triples if triple.predicate == name("rdf:type")}
    counts: dict[str, Collection[object]] = {
        "void:triples": triples,
        "void:distinctSubjects": {triple.subject for triple in triples},
        "void:properties": {triple.predicate for triple in triples},
        "void:classes": classes,
    }
    return {key: [str(len(found))] for key, found in counts.items()}


def list_partitions(quads: list[Quad], kind: str, key: str, number: str) -> dict[str, int]:
    parts = find(quads, DATASET, kind)
    return {find(quads, part, key)[0]: int(*find(quads, part, number)) for part in parts}


# --- counts -----------------------------------------------------------------------------------


def test_counts_are_those_of_the_dump_without_the_catalogue(
    catalog: list[Quad], live: list[Quad]
) -> None:
    expected = count_terms(live)
    assert int(*expected["void:triples"]) > 12_000
    assert {key: find(catalog, DATASET, key) for key in expected} == expected
    for graph in list_graphs(HOME)[:-1]:
        expected = count_terms([q for q in live if q.graph_name == NamedNode(graph.iri)])
        assert {key: find(catalog, graph.iri, key) for key in expected} == expected, graph.name


def test_partitions_are_those_of_the_dump_without_the_catalogue(
    catalog: list[Quad], live: list[Quad]
) -> None:
    triples = {quad.triple for quad in live}
    properties = Counter(triple.predicate.value for triple in triples)
    classes = Counter(read_text(t.object) for t in triples if t.predicate == name("rdf:type"))
    assert len(properties) > 80
    assert len(classes) > 50
    found = list_partitions(catalog, "void:propertyPartition", "void:property", "void:triples")
    assert found == properties
    found = list_partitions(catalog, "void:classPartition", "void:class", "void:entities")
    assert found == classes


def test_linksets_have_all_links_to_wikidata_and_geonames(
    catalog: list[Quad], live: list[Quad]
) -> None:
    sets = [quad.subject for quad in catalog if quad.object == name("void:Linkset")]
    triples = {quad.triple for quad in live if isinstance(quad.object, NamedNode)}
    found = {}
    for linkset in map(str, (s.value for s in sets if isinstance(s, NamedNode))):
        (target,) = find(catalog, linkset, "void:objectsTarget")
        (space,) = find(catalog, target, "void:uriSpace")
        (link,) = find(catalog, linkset, "void:linkPredicate")
        found[space, link] = int(*find(catalog, linkset, "void:triples"))
        assert find(catalog, linkset, "void:subjectsTarget") == [DATASET]
        assert linkset in find(catalog, DATASET, "void:subset")
    expected = Counter(
        (space, triple.predicate.value)
        for triple in triples
        for space in ("http://www.wikidata.org/entity/", "https://sws.geonames.org/")
        if read_text(triple.object).startswith(space)
    )
    assert len(expected) >= 2
    assert found == expected


def test_vocabularies_and_examples_are_in_the_data(catalog: list[Quad], live: list[Quad]) -> None:
    vocabularies = find(catalog, DATASET, "void:vocabulary")
    assert NAMES.expand("cdp:") in vocabularies
    used = {quad.predicate.value for quad in live}
    used |= {read_text(q.object) for q in live if q.predicate == name("rdf:type")}
    assert {re.sub("[^/#]*$", "", iri) for iri in used} == set(vocabularies)
    subjects = {quad.subject for quad in live}
    examples = find(catalog, DATASET, "void:exampleResource")
    assert len(examples) >= 6
    assert {NamedNode(iri) for iri in examples} <= subjects


# --- facts ------------------------------------------------------------------------------------


def test_facts_are_those_of_the_files(catalog: list[Quad]) -> None:
    citation = (HOME.root / "CITATION.cff").read_text("utf-8")

    def read(key: str) -> str:
        return str(re.findall(rf'^{key}: "?([^"\n]*)', citation, re.M)[0])

    assert read("title") in find(catalog, DATASET, "dcterms:title")
    assert len(find(catalog, DATASET, "dcterms:title")) == 2
    assert len(find(catalog, DATASET, "dcterms:description")) == 2
    assert find(catalog, DATASET, "dcat:version") == [read("version")]
    assert max(find(catalog, DATASET, "dcterms:modified")) >= read("date-released")
    assert find(catalog, DATASET, "dcterms:issued") <= [read("date-released")]
    # The dataset is as new as its newest part, and each part has both dates.
    parts = find(catalog, DATASET, "dcterms:hasPart")
    assert len(parts) >= 15
    for key, other, choose in (
        ("issued", "schema:datePublished", min),
        ("modified", "schema:dateModified", max),
    ):
        dates = [date for part in parts for date in find(catalog, part, f"dcterms:{key}")]
        assert len(dates) == len(parts)
        assert find(catalog, DATASET, f"dcterms:{key}") == [choose(dates)]
        assert find(catalog, DATASET, other) == [choose(dates)]
    licence = "https://creativecommons.org/licenses/by/4.0/"
    assert find(catalog, DATASET, "dcterms:license") == [licence]
    (publisher,) = find(catalog, DATASET, "dcterms:publisher")
    assert find(catalog, publisher, "foaf:name") == ["City Digital Policy"]
    (creator,) = find(catalog, DATASET, "dcterms:creator")
    assert find(catalog, creator, "foaf:name") == ["City Digital Policy maintainers"]
    (cited,) = find(catalog, DATASET, "dcterms:bibliographicCitation")
    assert cited.endswith(f"version {read('version')}. {DATASET}")
    assert NAMES.expand("doc:roundup-2021") in find(catalog, DATASET, "dcterms:source")


def test_each_graph_has_title_licence_and_provenance(catalog: list[Quad]) -> None:
    for graph in list_graphs(HOME)[:-1]:
        assert len(find(catalog, graph.iri, "dcterms:title")) == 2, graph.name
        assert len(find(catalog, graph.iri, "dcterms:license")) == 1, graph.name
        assert len(find(catalog, graph.iri, "dcat:version")) == 1, graph.name
        assert graph.iri in find(catalog, DATASET, "void:subset")
    wuhan = NAMES.expand("graph:roundup-2021/wuhan")
    assert find(catalog, wuhan, "dcterms:spatial") == [NAMES.expand("place:wuhan")]
    assert find(catalog, wuhan, "dcterms:source") == [NAMES.expand("doc:roundup-2021")]
    assert "Round-up of 2021 smart-city policies: Wuhan" in find(catalog, wuhan, "dcterms:title")
    entailed = NAMES.expand("graph:entailed")
    (activity,) = find(catalog, entailed, "prov:wasGeneratedBy")
    rules = {f"ontology/rules/{path.name}" for path in (HOME.ontology / "rules").glob("*.rq")}
    used = find(catalog, activity, "prov:used")
    assert rules <= {title for iri in used for title in find(catalog, iri, "dcterms:title")}
    assert {graph.iri for graph in list_graphs(HOME)[:-2]} <= set(used)
    assert find(catalog, entailed, "dcterms:spatial") == []


def test_catalogue_has_no_blank_nodes_and_texts_in_both_languages(catalog: list[Quad]) -> None:
    terms = [term for quad in catalog for term in (quad.subject, quad.object)]
    assert not [term for term in terms if isinstance(term, BlankNode)]
    tags = Counter(getattr(q.object, "language", None) for q in catalog)
    assert set(tags) == {None, "en", "zh-hans"}  # as pyoxigraph reads them


def test_home_without_facts_has_a_catalogue_without_them(untouched: Home) -> None:
    graphs = [graph.iri for graph in list_graphs(untouched)[:-1]]
    quads = describe_dataset(load_graph(untouched), graphs, complete=True)
    assert find(quads, DATASET, "dcterms:title") == []
    assert find(quads, DATASET, "dcterms:license") == []
    assert find(quads, DATASET, "void:triples") != []


# --- who carries it ---------------------------------------------------------------------------


def test_dump_of_some_graphs_has_the_part_that_applies(tmp_path: Path) -> None:
    export_rdf(HOME, str(tmp_path / "x.nq"), graphs=["roundup-2021/wuhan"])
    quads = list(parse(path=tmp_path / "x.nq", format=RdfFormat.N_QUADS))
    wuhan = NAMES.expand("graph:roundup-2021/wuhan")
    described = [quad for quad in quads if quad.graph_name == name(CATALOG)]
    assert find(described, DATASET, "void:subset") == [wuhan]
    assert find(described, DATASET, "dcterms:license") != []
    assert find(described, DATASET, "void:triples") == []
    assert find(described, DATASET, "void:classPartition") == []
    expected = count_terms([quad for quad in quads if quad.graph_name == NamedNode(wuhan)])
    assert {key: find(described, wuhan, key) for key in expected} == expected
    assert not [quad for quad in described if "entailed" in str(quad)]


def test_catalogue_alone_describes_all_graphs(tmp_path: Path, catalog: list[Quad]) -> None:
    export_rdf(HOME, str(tmp_path / "x.nq"), graphs=["catalog"])
    assert set(parse(path=tmp_path / "x.nq", format=RdfFormat.N_QUADS)) == set(catalog)


@pytest.mark.slow
def test_questions_have_the_same_answers_with_the_catalogue(dump: list[Quad]) -> None:
    """Whoever loads a dump into a server has the catalogue in the default graph."""
    graph, other = load_graph(HOME), load_graph(HOME)
    other.memory.add_triples(
        [quad.triple for quad in dump if quad.graph_name == name(CATALOG)], NAMES.expand(CATALOG)
    )
    asked = [question for question in list_questions(HOME) if not needs_value(HOME, question)]
    assert len(asked) > 25
    for question in asked:
        found = [
            ask_question(one, question, "en", bind_question(one, question, {}))
            for one in (graph, other)
        ]
        assert found[0] == found[1], question.name


# --- files ------------------------------------------------------------------------------------


def list_files_of(quads: list[Quad]) -> Iterator[tuple[str, str, str, str, str]]:
    """Yield what each distribution is of, its name, size, digest and media type."""
    for quad in quads:
        if quad.predicate == name("dcat:distribution"):
            of, file = read_text(quad.subject), read_text(quad.object)
            (checksum,) = find(quads, file, "spdx:checksum")
            (title,), (size,) = (
                find(quads, file, "dcterms:title"),
                find(quads, file, "dcat:byteSize"),
            )
            (digest,) = find(quads, checksum, "spdx:checksumValue")
            (media_type,) = find(quads, file, "dcat:mediaType")
            yield of, title, size, digest, media_type


def test_catalogue_of_a_folder_lists_the_other_files(untouched: Home, tmp_path: Path) -> None:
    export_rdf(untouched, f"{tmp_path}/d/", form="nq.gz")
    catalog = Store()
    data = gzip.decompress((tmp_path / "d" / "catalog.nq.gz").read_bytes())
    catalog.load(data, RdfFormat.N_QUADS)
    found = list(list_files_of(list(catalog)))
    graphs = list_graphs(untouched)[:-1]
    assert {of: file for of, file, *_ in found} == {g.iri: f"{g.name}.nq.gz" for g in graphs}
    for _, file, size, digest, media_type in found:
        written = (tmp_path / "d" / file).read_bytes()
        assert (size, digest) == (str(len(written)), hashlib.sha256(written).hexdigest())
        assert media_type.endswith("/application/n-quads")


@pytest.mark.parametrize(
    ("removed", "conforms"),
    [("dcterms:keyword", True), ("dcterms:description", False), ("dcat:accessURL", False)],
)
def test_catalogue_of_a_folder_conforms_to_dcat_ap(
    removed: str, conforms: bool, tmp_path: Path
) -> None:
    """The shapes with what is mandatory in DCAT-AP 3.0.1."""
    export_rdf(HOME, f"{tmp_path}/", graphs=["themes", "roundup-2021/wuhan"])
    graph = rdflib.Graph().parse(tmp_path / "catalog.ttl")
    graph.remove((None, rdflib.URIRef(NAMES.expand(removed)), None))
    shapes = rdflib.Graph().parse(Path(__file__).parent / "dcat-ap-3.0.1.ttl")
    found, _, report = pyshacl.validate(graph, shacl_graph=shapes)
    assert found == conforms, report


def test_catalogue_of_a_build_lists_the_dump(built: tuple[Build, Path]) -> None:
    _, folder = built
    graph = rdflib.Graph().parse(folder / CATALOG_FILE, format="turtle")
    quads = list(parse(graph.serialize(format="nt").encode(), RdfFormat.N_TRIPLES))
    written = (folder / DUMP).read_bytes()
    digest = hashlib.sha256(written).hexdigest()
    media_type = "https://www.iana.org/assignments/media-types/application/n-quads"
    assert list(list_files_of(quads)) == [(DATASET, DUMP, str(len(written)), digest, media_type)]
