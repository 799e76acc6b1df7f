"""The networks of the project's data, compared with SPARQL and with the questions."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from pyoxigraph import NamedNode

from kg.ask.question import ask_question, find_question
from kg.graph import LocalGraph, load_graph
from kg.home import Home, find_home
from kg.names import LANGUAGES
from kg.networks import Edge, Network, NetworkOptions, Node, NodeData, build_network, find_network
from kg.networks.query import list_networks
from kg.networks.validity import OPEN
from kg.store import Rows
from kg.turtle import list_files, parse_file

NETWORKS = [network.name for network in list_networks(find_home())]
# Relations of the ontology that are no edges of the network of entities.
LEFT_OUT = {
    "hasEvidence", "hasVoice", "hasComparator", "hasUnit", "hasFirmness", "about", "transcribes",
    "reportedIn",
}  # fmt: skip
DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
Build = Callable[..., Network]
Select = Callable[[str], list[tuple[str, ...]]]


def select_from(graph: LocalGraph, text: str) -> list[tuple[str, ...]]:
    """Return the rows of a query as texts; IRIs are prefixed names."""
    result = graph.query(text, "test", graph.names.prefixes)
    assert isinstance(result, Rows)
    return [tuple(map(graph.names.show, row)) for row in result.rows]


@pytest.fixture(scope="module")
def select(graph: LocalGraph) -> Select:
    """Return a function that queries the project's data."""
    return lambda text: select_from(graph, text)


@pytest.fixture(scope="module")
def build_with(graph: LocalGraph, data: NodeData) -> Callable[..., Network]:
    """Return a function that builds a network with values of parameters."""

    def build_values(name: str, **values: list[str]) -> Network:
        options = NetworkOptions(layout="communities", values=values)
        return build_network(graph, find_network(graph.home, name), options, data)

    return build_values


def find_node(network: Network, name: str) -> Node:
    return next(node for node in network.nodes if node.id == name)


def find_edge(network: Network, source: str, target: str) -> Edge:
    return next(e for e in network.edges if (e.source, e.target) == (source, target))


def list_pairs(network: Network) -> set[tuple[str, str]]:
    return {(edge.source, edge.target) for edge in network.edges}


def answer_rows(graph: LocalGraph, name: str) -> list[dict[str, str]]:
    """Return the answer of a question; IRIs are prefixed names."""
    rows = ask_question(graph, find_question(graph.home, name), "en")
    assert isinstance(rows, Rows)
    shown = (map(graph.names.show, row) for row in rows.rows)
    return [dict(zip(rows.variables, row, strict=True)) for row in shown]


def test_city_theme_has_an_edge_for_each_row_of_the_question(
    graph: LocalGraph, build: Build
) -> None:
    pairs = {(row["cityIri"], row["themeIri"]) for row in answer_rows(graph, "themes")}
    assert len(pairs) == 78
    assert list_pairs(build("city-theme")) == pairs


@pytest.mark.parametrize(
    ("name", "word"), [("city-theme", "hasTheme"), ("city-technology", "usesTechnology")]
)
def test_weight_counts_elements_and_evidence_counts_passages(
    name: str, word: str, select: Select, build: Build
) -> None:
    weights = select(
        f"SELECT ?c ?t (COUNT(DISTINCT ?e) AS ?n) {{ ?e cdp:{word} ?t ; cdp:appliesTo ?c }}"
        " GROUP BY ?c ?t"
    )
    passages = select(
        f"SELECT ?c ?t (COUNT(DISTINCT ?p) AS ?n)"
        f" {{ ?e cdp:{word} ?t ; cdp:appliesTo ?c ; cdp:hasEvidence ?p }} GROUP BY ?c ?t"
    )
    edges = build(name).edges
    assert {(e.source, e.target): e.weight for e in edges} == {
        (c, t): float(n) for c, t, n in weights
    }
    assert {(e.source, e.target): e.evidence for e in edges} == {
        (c, t): int(n) for c, t, n in passages
    }


def test_city_city_has_the_figures_of_the_question(graph: LocalGraph, build: Build) -> None:
    expected = {
        (row["firstIri"], row["secondIri"]): (int(row["shared"]), float(row["jaccard"]))
        for row in answer_rows(graph, "city-pairs")
        if int(row["shared"])
    }
    assert len(expected) == 21
    assert {
        (e.source, e.target): (e.attributes["shared"], e.attributes["jaccard"])
        for e in build("city-city").edges
    } == expected


def test_themes_and_evidence_of_a_pair_of_cities(select: Select, build: Build) -> None:
    shared = "place:nanjing cdp:addressesTheme ?t . place:wuhan cdp:addressesTheme ?t ."
    themes = select(f"SELECT DISTINCT ?l {{ {shared} ?t rdfs:label ?l FILTER(LANG(?l) = 'en') }}")
    passages = select(
        f"SELECT DISTINCT ?p {{ {shared} ?e cdp:hasTheme ?t ; cdp:appliesTo ?c ;"
        " cdp:hasEvidence ?p FILTER(?c IN (place:nanjing, place:wuhan)) }"
    )
    edge = find_edge(build("city-city"), "place:nanjing", "place:wuhan")
    assert edge.evidence == len(passages) > 0
    found = edge.attributes["themes"]
    assert isinstance(found, tuple)
    assert sorted(found) == sorted(label for (label,) in themes)


def test_edges_of_documents(select: Select, build: Build) -> None:
    network = build("documents")
    assert {(e.source, e.kind, e.target) for e in network.edges} == {
        ("doc:changsha-top-level-design", "cdp:basedOn", "doc:changsha-decision"),
        ("doc:changsha-action-plan", "cdp:basedOn", "doc:changsha-decision"),
        ("doc:changsha-action-plan", "cdp:basedOn", "doc:changsha-top-level-design"),
        ("doc:shenzhen-opinions", "cdp:hasPartner", "place:singapore"),
        ("doc:shenzhen-opinions", "cdp:hasPartner", "place:greater-bay-area"),
    }
    documents = {name for (name,) in select("SELECT ?d { ?d a cdp:PolicyDocument }")}
    partners = {"place:singapore", "place:greater-bay-area"}
    assert {node.id for node in network.nodes} == documents | partners


def test_documents_with_a_shared_indicator_or_the_document_of_a_partner(small: Home) -> None:
    """Cases that the project's data does not have."""
    before = load_graph(small)
    ((document,),) = select_from(before, "SELECT ?d { ?d a cdp:PolicyDocument }")
    (small.data / "more.ttl").write_text(
        "".join(f"PREFIX {name}: <{iri}>\n" for name, iri in before.names.prefixes.items())
        + "place:elsewhere a cdp:City .\n"
        "doc:elsewhere a cdp:PolicyDocument ; cdp:appliesTo place:elsewhere .\n"
        "target:x a cdp:QualitativeTarget ; cdp:statedIn doc:elsewhere ;"
        " cdp:hasIndicator indicator:x .\n"
        f"target:y a cdp:QualitativeTarget ; cdp:statedIn {document} ;"
        " cdp:hasIndicator indicator:x .\n"
        'indicator:x a cdp:Indicator ; rdfs:label "how much"@en .\n'
        f"initiative:x a cdp:Cooperation ; cdp:statedIn {document} ;"
        " cdp:hasPartner place:elsewhere .\n",
        "utf-8",
    )
    question = find_network(small, "documents")
    network = build_network(load_graph(small), question, NetworkOptions())
    edges = {edge.kind: edge for edge in network.edges}
    assert set(edges) == {"cdp:hasPartner", "cdp:hasIndicator"}
    partner, shared = edges["cdp:hasPartner"], edges["cdp:hasIndicator"]
    assert (partner.source, partner.target) == (document, "doc:elsewhere")
    assert {shared.source, shared.target} == {document, "doc:elsewhere"}
    assert shared.attributes == {"shared": 1, "jaccard": 1.0, "indicators": ("how much",)}


def test_entities_have_every_statement_of_the_files_between_things(
    graph: LocalGraph, select: Select, build: Build
) -> None:
    names = graph.names
    relations = {word for (word,) in select(
        "SELECT ?p { ?p a owl:ObjectProperty ; rdfs:isDefinedBy <https://w3id.org/cdp/ontology> }"
    )} - {f"cdp:{word}" for word in LEFT_OUT}  # fmt: skip
    stated = {
        tuple(map(names.show, (quad.subject, quad.predicate, quad.object)))
        for file in list_files(graph.home)
        for quad in parse_file(file)
        if names.show(quad.predicate) in relations and isinstance(quad.object, NamedNode)
    }
    assert len(stated) == 979
    assert {(e.source, e.kind, e.target) for e in build("entities").edges} == stated


def test_node_and_edge_of_entities(build: Build, data: NodeData) -> None:
    def label(name: str) -> str:
        return data.label(data.names.expand(name), "en")

    node = find_node(build("entities"), "target:wuhan-open-rate-2022")
    assert node.iri == "https://w3id.org/cdp/id/target/wuhan-open-rate-2022"
    assert node.labels == {
        "en": "80% or more of public information resources open to the public in 2022",
        "zh-Hans": "公共信息资源社会开放率2022年达80%及以上",
    }
    assert (node.type, node.type_label) == ("Target", label("cdp:Target"))
    assert node.attributes == {
        "class": label("cdp:QuantitativeTarget"),
        "city": label("place:wuhan"),
        "voice": label("voice:document"),
    }
    assert (node.start, node.end) == (None, "2022-12-31")
    edge = find_edge(build("entities"), "initiative:wuhan-city-brain", "theme:city-brain")
    assert (edge.evidence, edge.weight, edge.label) == (3, 1.0, label("cdp:hasTheme"))


@pytest.mark.parametrize("name", NETWORKS)
def test_ids_labels_and_ends(name: str, graph: LocalGraph, build: Build) -> None:
    network = build(name)
    ids = {node.id for node in network.nodes}
    assert len(ids) == len(network.nodes) > 5
    assert len({edge.id for edge in network.edges}) == len(network.edges) > 0
    assert [n.id for n in network.nodes if not {"en", "zh-Hans"} <= set(n.labels)] == []
    assert [e for e in network.edges if not {e.source, e.target} <= ids] == []
    for edge in network.edges:
        assert edge.source != edge.target
        assert edge.weight > 0
        assert graph.names.expand(edge.kind)
        assert edge.label and not edge.label.startswith("cdp:")


@pytest.mark.parametrize("language", LANGUAGES)
def test_labels_are_in_the_language_or_its_fallback(language: str, build: Build) -> None:
    network = build("documents", language)
    hong_kong = find_node(network, "doc:hong-kong-blueprint")
    assert set(hong_kong.labels) == set(LANGUAGES)
    assert hong_kong.label == hong_kong.labels[language]
    nanjing = find_node(network, "doc:nanjing-policy-measures")
    assert nanjing.label == nanjing.labels["en" if language == "en" else "zh-Hans"]


def test_validity_of_nodes(build: Build) -> None:
    spans = {node.id: (node.start, node.end) for node in build("entities").nodes}
    assert spans["target:shenzhen-goal-2025"] == (None, "2025-12-31")
    assert spans["doc:suzhou-action-plan"] == ("2021-01-01", "2023-12-31")
    assert spans["period:changsha-2021-2025"] == ("2021-01-01", "2025-12-31")
    # Relative periods, and those without years, have no days.
    assert spans["doc:wuhan-implementation-plan"] == spans["period:wuhan-next-three-years"] == OPEN
    assert spans["target:changsha-demonstration-city-2023"][1] == "2023-12-31"
    assert spans["place:suzhou"] == spans["theme:mobility"] == OPEN


def test_element_is_valid_as_long_as_its_document(select: Select, build: Build) -> None:
    pillars = select("SELECT ?e { ?e cdp:statedIn doc:suzhou-action-plan ; a cdp:Pillar }")
    assert pillars
    nodes = [find_node(build("entities"), pillar) for (pillar,) in pillars]
    assert {(node.start, node.end) for node in nodes} == {("2021-01-01", "2023-12-31")}


@pytest.mark.parametrize("name", NETWORKS)
def test_edges_are_valid_within_their_ends(name: str, build: Build) -> None:
    network = build(name)
    nodes = {node.id: node for node in network.nodes}
    dated = [edge for edge in network.edges if edge.start or edge.end]
    assert dated
    for edge in network.edges:
        for end in (nodes[edge.source], nodes[edge.target]):
            assert not end.start or (edge.start and edge.start >= end.start)
            assert not end.end or (edge.end and edge.end <= end.end)
        assert all(DAY.fullmatch(day) for day in (edge.start, edge.end) if day)
        assert not (edge.start and edge.end) or edge.start <= edge.end


def test_cities_are_found_by_any_name(build: Build, build_with: Build) -> None:
    cities = {"place:shenzhen", "place:wuhan"}
    network = build_with("city-theme", city=["深圳", "wuhan"])
    assert {node.id for node in network.nodes if node.type == "City"} == cities
    assert list_pairs(network) == {p for p in list_pairs(build("city-theme")) if p[0] in cities}


def test_theme_and_voice_of_city_theme(select: Select, build_with: Build) -> None:
    pairs = list_pairs(build_with("city-theme", theme=["mobility"]))
    assert {theme for _, theme in pairs} == {"theme:mobility"}
    stated = select(
        "SELECT DISTINCT ?c ?t"
        " { ?e cdp:hasTheme ?t ; cdp:appliesTo ?c ; cdp:hasVoice voice:article }"
    )
    assert list_pairs(build_with("city-theme", voice=["article"])) == set(stated)
    assert 0 < len(stated) < 73


def test_values_of_the_other_networks(select: Select, build_with: Build) -> None:
    assert list_pairs(build_with("city-city", city=["suzhou", "wuhan"])) == {
        ("place:suzhou", "place:wuhan")
    }
    entities = build_with("entities", city=["wuhan"])
    applying = {name for (name,) in select("SELECT ?e { ?e cdp:appliesTo place:wuhan }")}
    applying.add("place:wuhan")
    assert all({e.source, e.target} & applying for e in entities.edges)
    assert applying <= {node.id for node in entities.nodes}
    documents = build_with("documents", city=["changsha"], theme=["city-positioning"])
    assert {node.id for node in documents.nodes} == {
        "doc:changsha-decision", "doc:changsha-top-level-design", "doc:changsha-action-plan",
    }  # fmt: skip


def test_small_cores_are_connected(graph: LocalGraph, data: NodeData) -> None:
    for name, largest in (("documents", 6), ("city-theme", 4), ("entities", 5), ("entities", 50)):
        options = NetworkOptions(layout="communities", largest=largest)
        network = build_network(graph, find_network(graph.home, name), options, data)
        assert len(network.nodes) == largest
        assert min(node.degree for node in network.nodes) >= 1
