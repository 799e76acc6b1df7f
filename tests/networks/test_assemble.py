"""Networks are built: options, selection, notes and errors."""

from __future__ import annotations

from collections.abc import Callable
from itertools import combinations
from typing import Any

import pytest

from kg.errors import KgError
from kg.graph import LocalGraph, load_graph
from kg.home import Home, find_home
from kg.names import LANGUAGES
from kg.networks import (
    EmptyNetworkError,
    Network,
    NetworkOptions,
    NodeData,
    build_network,
    find_network,
)
from kg.networks.assemble import STEPS
from kg.networks.node_data import read_style

Build = Callable[..., Network]


def build_small(graph: LocalGraph, name: str = "entities", **options: Any) -> Network:
    given = {"layout": "communities", **options}
    return build_network(graph, find_network(graph.home, name), NetworkOptions(**given))


def write_note(name: str, **values: Any) -> str:
    """Return a note in English."""
    return read_style(find_home()).texts("notes", "en")[name].format(**values)


def list_pairs(network: Network) -> set[tuple[str, str]]:
    return {(edge.source, edge.target) for edge in network.edges}


def test_nodes_and_edges_are_sorted(small_network: Network) -> None:
    iris = [node.iri for node in small_network.nodes]
    assert iris == sorted(iris)
    iri = {node.id: node.iri for node in small_network.nodes}
    pairs = [(iri[edge.source], iri[edge.target]) for edge in small_network.edges]
    assert [source for source, _ in pairs] == sorted(source for source, _ in pairs)
    assert [edge.id for edge in small_network.edges] == [f"e{n}" for n in range(1, len(pairs) + 1)]


def test_same_graph_gives_the_same_network(untouched: Home, small_network: Network) -> None:
    assert build_small(load_graph(untouched)) == small_network


def test_texts_of_the_question(small_network: Network, untouched: Home) -> None:
    question = find_network(untouched, "entities")
    assert small_network.title == question.text("summary", "en")
    assert small_network.summary == question.text("description", "en")


@pytest.mark.parametrize("language", LANGUAGES)
def test_labels_and_titles_are_in_the_language(language: str, small_graph: LocalGraph) -> None:
    network = build_small(small_graph, language=language)
    tags = {"en": ["en"], "zh-Hans": ["zh-Hans"], "zh-Hant": ["zh-Hant", "zh-Hans"]}[language]
    for node in network.nodes:
        assert node.label == next(node.labels[tag] for tag in tags if tag in node.labels)
    texts = [*network.node_columns.values(), *(edge.label for edge in network.edges)]
    chinese = [text for text in texts if any("\u4e00" <= c <= "\u9fff" for c in text)]
    assert bool(chinese) == (language != "en")
    assert all(network.notes)


def test_degree_and_color_of_nodes(small_network: Network, small_graph: LocalGraph) -> None:
    ends = [end for edge in small_network.edges for end in (edge.source, edge.target)]
    colors = NodeData(small_graph).style.colors
    types = {small_graph.names.shorten(iri).partition(":")[2]: c for iri, c in colors.items()}
    for node in small_network.nodes:
        assert node.degree == ends.count(node.id)
        assert node.color == types[node.type]


def test_largest_keeps_a_core(small_network: Network, small_graph: LocalGraph) -> None:
    network = build_small(small_graph, largest=10)
    kept = {node.id for node in network.nodes}
    assert len(kept) == 10
    assert list_pairs(network) == {p for p in list_pairs(small_network) if set(p) <= kept}
    assert min(node.degree for node in network.nodes) >= 1
    total = len(small_network.nodes)
    assert write_note("dropped", all=total, nodes=10, dropped=total - 10) in network.notes


def test_notes_have_the_values_asked_for(small_network: Network, small_graph: LocalGraph) -> None:
    network = build_small(small_graph, values={"city": ["suzhou", "苏州"]})
    assert write_note("asked", values="city suzhou, 苏州") in network.notes
    assert len(network.notes) == len(small_network.notes) + 1


def test_notes_have_size_and_version(small_network: Network, small_graph: LocalGraph) -> None:
    nodes, edges = len(small_network.nodes), len(small_network.edges)
    version, licence = NodeData(small_graph).version
    assert write_note("size", nodes=nodes, edges=edges) in small_network.notes
    assert write_note("data", version=version, licence=licence) in small_network.notes


def test_edges_that_are_never_valid_are_left_out_and_counted(small: Home) -> None:
    prefixes = load_graph(small).names.prefixes
    (small.data / "more.ttl").write_text(
        "".join(f"PREFIX {name}: <{iri}>\n" for name, iri in prefixes.items())
        + "target:x a cdp:QualitativeTarget ; cdp:deadlineYear 2019 ; cdp:serves target:y .\n"
        "target:y a cdp:QualitativeTarget ; cdp:hasValidityPeriod period:y .\n"
        'period:y a cdp:ValidityPeriod ; dcat:startDate "2030-01-01"^^xsd:date .\n',
        "utf-8",
    )
    graph = load_graph(small)
    network = build_small(graph)
    assert ("target:x", "target:y") not in list_pairs(network)
    assert {"target:x", "target:y"} <= {node.id for node in network.nodes}
    assert write_note("untimely", count=1) in network.notes


def test_columns_of_nodes(small_network: Network) -> None:
    assert list(small_network.node_columns) == [
        "type", "type_label", "class", "city", "voice", "iri",
        "label_en", "label_zh-Hans", "label_zh-Hant", "degree", "betweenness", "community",
    ]  # fmt: skip


def test_folded_relation_joins_in_pairs(build: Build) -> None:
    network = build("city-city")
    assert list(network.edge_columns) == ["relation", "evidence", "shared", "jaccard", "themes"]
    cities = [node.id for node in network.nodes]
    assert list_pairs(network) <= set(combinations(cities, 2))
    for edge in network.edges:
        themes = edge.attributes["themes"]
        assert isinstance(themes, tuple)
        assert edge.weight == edge.attributes["shared"] == len(themes)


def test_header_labels_relations(graph: LocalGraph, build: Build) -> None:
    header = find_network(graph.home, "city-city").header
    labels = header["relations"]["cdp:addressesTheme"]
    for language in ("en", "zh-Hans"):
        edges = build("city-city", language).edges
        assert {edge.label for edge in edges} == {labels[language]}


def test_progress_has_each_step(small_graph: LocalGraph) -> None:
    steps: list[str] = []
    question = find_network(small_graph.home, "entities")
    build_network(
        small_graph, question, NetworkOptions(layout="communities"), progress=steps.append
    )
    assert steps == list(STEPS)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"values": {"city": ["suzhu"]}}, "Did you mean suzhou"),
        ({"layout": "spiral"}, "spiral: unknown layout"),
        ({"largest": 0}, "Use 1 or more"),
        ({"language": "fr"}, "fr: unknown language"),
    ],
)
def test_invalid_option_is_an_error(
    options: dict[str, Any], message: str, small_graph: LocalGraph
) -> None:
    with pytest.raises(KgError, match=message) as error:
        # Errors come before the query: this network has no nodes.
        build_small(small_graph, "city-technology", **options)
    assert error.value.exit_code == 2


def test_network_without_nodes_is_an_error(small_graph: LocalGraph) -> None:
    with pytest.raises(EmptyNetworkError, match="city-technology: no statements") as error:
        build_small(small_graph, "city-technology")
    assert error.value.exit_code == 1
    with pytest.raises(EmptyNetworkError, match=r"match --city suzhou\. Remove an option"):
        build_small(small_graph, "city-technology", values={"city": ["suzhou"]})


def test_query_with_other_variables_is_an_error(small: Home) -> None:
    path = small.queries / "networks" / "wrong.rq"
    path.write_text("#+ summary:\n#+   en: Wrong\nSELECT ?a ?b { ?a ?r ?b }\n", "utf-8")
    with pytest.raises(KgError, match=r"wrong.rq:1: .* SELECT \?source \?kind \?target \?element"):
        build_small(load_graph(small), "wrong")
