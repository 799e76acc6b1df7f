"""The networks on the article's data: against SPARQL, by hand, in time, measured, laid out."""

from __future__ import annotations

import math
import re
from collections import Counter
from dataclasses import replace
from functools import cache
from itertools import combinations, permutations

import networkx
import pytest
from pyoxigraph import NamedNode

from kg.ask.question import ask_question, find_question
from kg.errors import KgError
from kg.graph import load_graph
from kg.home import Home, find_home
from kg.names import LANGUAGES, read_names
from kg.networks.edges import clip_span, join_spans
from kg.networks.layout import LAYOUTS, choose_layout, pack_disks, place_nodes, size_nodes
from kg.networks.metrics import choose_pivots, make_graph, measure_nodes
from kg.networks.model import Edge, Network, Node
from kg.networks.node_data import OPEN, NodeData, read_style, resolve_spans
from kg.networks.query import STEPS, NetworkOptions, build_network, find_network, list_networks
from kg.store import Memory, Rows
from kg.turtle import list_files, parse_file

HOME = find_home()
NAMES = read_names(HOME)
NETWORKS = [network.name for network in list_networks(HOME)]
LEFT_OUT = {
    "hasEvidence", "hasVoice", "hasComparator", "hasUnit", "about", "transcribes", "reportedIn",
}  # fmt: skip
DAY = re.compile(r"\d{4}-\d{2}-\d{2}")


@cache
def read_store() -> Memory:
    return load_graph(HOME)


@cache
def read_facts() -> NodeData:
    return NodeData(read_store())


@cache
def build(name: str, language: str = "en") -> Network:
    wanted = NetworkOptions(language)
    return build_network(read_store(), find_network(HOME, name), wanted, read_facts())


def build_with(name: str, **wanted: object) -> Network:
    values = {n: v for n, v in wanted.items() if n in ("city", "theme", "voice")}
    rest = {n: v for n, v in wanted.items() if n not in values}
    asked = NetworkOptions(values=values, **rest)  # type: ignore[arg-type]
    return build_network(read_store(), find_network(HOME, name), asked, read_facts())


def ask(text: str) -> list[tuple[str, ...]]:
    answer = read_store().query(text, "test", NAMES.prefixes)
    assert isinstance(answer, Rows)
    return [tuple(NAMES.show(term) for term in row) for row in answer.rows]


def find_node(network: Network, name: str) -> Node:
    return next(node for node in network.nodes if node.id == name)


def find_edge(network: Network, source: str, target: str) -> Edge:
    return next(e for e in network.edges if (e.source, e.target) == (source, target))


def list_ends(network: Network) -> set[tuple[str, str]]:
    return {(edge.source, edge.target) for edge in network.edges}


# --- what is in them ---------------------------------------------------------------------------


def test_the_networks_are_those_promised() -> None:
    assert NETWORKS == ["city-city", "city-technology", "city-theme", "documents", "entities"]


def test_city_theme_has_an_edge_for_each_row_of_the_question() -> None:
    rows = ask_question(read_store(), find_question(HOME, "themes"), "en")
    assert isinstance(rows, Rows)
    at = {name: number for number, name in enumerate(rows.variables)}
    pairs = {(NAMES.show(r[at["cityIri"]]), NAMES.show(r[at["themeIri"]])) for r in rows.rows}
    assert len(pairs) == 73
    assert list_ends(build("city-theme")) == pairs


@pytest.mark.parametrize(
    ("name", "word"), [("city-theme", "hasTheme"), ("city-technology", "usesTechnology")]
)
def test_weight_counts_elements_and_evidence_passages(name: str, word: str) -> None:
    counted = ask(
        f"SELECT ?c ?t (COUNT(DISTINCT ?e) AS ?n) {{ ?e cdp:{word} ?t ; cdp:appliesTo ?c }}"
        " GROUP BY ?c ?t"
    )
    passages = ask(
        f"SELECT ?c ?t (COUNT(DISTINCT ?p) AS ?n)"
        f" {{ ?e cdp:{word} ?t ; cdp:appliesTo ?c ; cdp:hasEvidence ?p }} GROUP BY ?c ?t"
    )
    edges = build(name).edges
    assert {(e.source, e.target): e.weight for e in edges} == {
        (c, t): float(n) for c, t, n in counted
    }
    assert {(e.source, e.target): e.evidence for e in edges} == {
        (c, t): int(n) for c, t, n in passages
    }


def test_city_city_is_the_question_of_pairs_with_the_themes() -> None:
    rows = ask_question(read_store(), find_question(HOME, "city-pairs"), "en")
    assert isinstance(rows, Rows)
    asked = {}
    for row in rows.rows:
        said = dict(zip(rows.variables, map(NAMES.show, row), strict=True))
        pair = said["firstIri"], said["secondIri"]
        asked[pair] = int(said["shared"]), float(said["jaccard"])
    network = build("city-city")
    assert {
        (e.source, e.target): (e.attributes["shared"], e.attributes["jaccard"])
        for e in network.edges
    } == {pair: figures for pair, figures in asked.items() if figures[0]}
    for edge in network.edges:
        assert edge.weight == edge.attributes["shared"] == len(edge.attributes["themes"])  # type: ignore[arg-type]
    both = ask(
        "SELECT DISTINCT ?l { place:nanjing cdp:addressesTheme ?t ."
        " place:wuhan cdp:addressesTheme ?t . ?t rdfs:label ?l FILTER(LANG(?l) = 'en') }"
    )
    edge = find_edge(network, "place:nanjing", "place:wuhan")
    assert sorted(edge.attributes["themes"]) == sorted(label for (label,) in both)  # type: ignore[arg-type]


def test_passages_of_a_pair_are_those_of_both_cities() -> None:
    said = ask(
        "SELECT DISTINCT ?p { place:nanjing cdp:addressesTheme ?t ."
        " place:wuhan cdp:addressesTheme ?t . ?e cdp:hasTheme ?t ; cdp:appliesTo ?c ;"
        " cdp:hasEvidence ?p FILTER(?c IN (place:nanjing, place:wuhan)) }"
    )
    assert find_edge(build("city-city"), "place:nanjing", "place:wuhan").evidence == len(said)


def test_documents_are_tied_as_the_article_says() -> None:
    network = build("documents")
    assert {(e.source, e.label, e.target) for e in network.edges} == {
        ("doc:changsha-top-level-design", "is based on", "doc:changsha-decision"),
        ("doc:changsha-action-plan", "is based on", "doc:changsha-decision"),
        ("doc:changsha-action-plan", "is based on", "doc:changsha-top-level-design"),
        ("doc:shenzhen-opinions", "cooperates with", "place:singapore"),
        ("doc:shenzhen-opinions", "cooperates with", "place:greater-bay-area"),
    }
    documents = {doc for (doc,) in ask("SELECT ?d { ?d a cdp:PolicyDocument }")}
    assert {node.id for node in network.nodes} == {
        *documents, "place:singapore", "place:greater-bay-area",
    }  # fmt: skip


def test_documents_with_a_shared_indicator_or_a_partner_with_documents(small: Home) -> None:
    """What the article's data do not have: the made-up town's do, with a document more."""
    documents = [d for (d,) in ask_home(small, "SELECT ?d { ?d a cdp:PolicyDocument } ORDER BY ?d")]
    first = documents[0]
    (small.data / "more.ttl").write_text(
        "".join(f"PREFIX {p}: <{n}>\n" for p, n in sorted(NAMES.prefixes.items()))
        + "place:elsewhere a cdp:City .\n"
        "doc:elsewhere a cdp:PolicyDocument ; cdp:appliesTo place:elsewhere .\n"
        "target:x a cdp:QualitativeTarget ; cdp:statedIn doc:elsewhere ;"
        " cdp:hasIndicator indicator:x .\n"
        f"target:y a cdp:QualitativeTarget ; cdp:statedIn {first} ;"
        " cdp:hasIndicator indicator:x .\n"
        'indicator:x a cdp:Indicator ; rdfs:label "how much"@en .\n'
        f"initiative:x a cdp:Cooperation ; cdp:statedIn {first} ;"
        " cdp:hasPartner place:elsewhere .\n",
        "utf-8",
    )
    question = find_network(small, "documents")
    network = build_network(load_graph(small), question, NetworkOptions())
    ties = {(e.kind, *sorted((e.source, e.target))): e for e in network.edges}
    ends = sorted((first, "doc:elsewhere"))
    assert ties["cdp:hasPartner", *ends].target == "doc:elsewhere"
    shared = ties["cdp:hasIndicator", *ends]
    assert shared.label == "shares indicators with"
    assert shared.attributes["indicators"] == ("how much",)
    assert (shared.weight, shared.attributes["shared"]) == (1.0, 1)


def ask_home(home: Home, text: str) -> list[tuple[str, ...]]:
    answer = load_graph(home).query(text, "test", NAMES.prefixes)
    assert isinstance(answer, Rows)
    return [tuple(NAMES.show(term) for term in row) for row in answer.rows]


def test_entities_have_every_statement_of_the_files_between_things() -> None:
    own = {word for (word,) in ask(
        "SELECT ?p { ?p a owl:ObjectProperty ; rdfs:isDefinedBy <https://w3id.org/cdp/ontology> }"
    )} - {f"cdp:{word}" for word in LEFT_OUT}  # fmt: skip
    stated = set()
    for file in list_files(HOME):
        for quad in parse_file(file):
            kind = NAMES.shorten(quad.predicate.value)
            if kind in own and isinstance(quad.object, NamedNode):
                assert isinstance(quad.subject, NamedNode)
                ends = NAMES.shorten(quad.subject.value), NAMES.shorten(quad.object.value)
                stated.add((ends[0], kind, ends[1]))
    assert len(stated) == 1032
    assert {(e.source, e.kind, e.target) for e in build("entities").edges} == stated


def test_node_says_what_it_is() -> None:
    node = find_node(build("entities"), "target:wuhan-open-rate-2022")
    assert node.iri == "https://w3id.org/cdp/id/target/wuhan-open-rate-2022"
    assert node.labels == {
        "en": "Open rate of 80% or more in 2022",
        "zh-Hans": "2022年开放率八成以上",
    }
    assert (node.type, node.type_label) == ("Target", "target")
    assert node.attributes == {"class": "quantitative target", "city": "Wuhan", "voice": "document"}
    hong_kong = find_node(build("city-city", "zh-Hant"), "place:hong-kong")
    assert set(hong_kong.labels) == set(LANGUAGES)


def test_evidence_of_a_statement_is_that_of_its_subject() -> None:
    edge = find_edge(build("entities"), "initiative:wuhan-city-brain", "theme:city-brain")
    assert (edge.evidence, edge.weight, edge.label) == (3, 1.0, "has theme")


@pytest.mark.parametrize("name", NETWORKS)
def test_every_network_is_sound(name: str) -> None:
    network = build(name)
    ids = [node.id for node in network.nodes]
    assert len(set(ids)) == len(ids) > 5
    assert len({edge.id for edge in network.edges}) == len(network.edges) > 0
    styled = read_style(HOME).types
    types = {NAMES.shorten(iri).partition(":")[2]: colour for iri, colour in styled.items()}
    degree = Counter(end for e in network.edges for end in (e.source, e.target))
    for node in network.nodes:
        assert node.label
        assert {"en", "zh-Hans"} <= set(node.labels)
        assert node.color == types[node.type]
        assert node.degree == degree[node.id]
        assert node.size > 0
    for edge in network.edges:
        assert {edge.source, edge.target} <= set(ids)
        assert edge.source != edge.target
        assert edge.weight > 0
        assert edge.label
        assert not edge.label.startswith("cdp:")
        assert NAMES.expand(edge.kind)


@pytest.mark.parametrize("language", LANGUAGES)
def test_labels_are_in_the_language_asked_for(language: str) -> None:
    network = build("documents", language)
    hong_kong = find_node(network, "doc:hong-kong-blueprint")
    assert hong_kong.label == hong_kong.labels[language]
    nanjing = find_node(network, "doc:nanjing-policy-measures")
    assert nanjing.label == nanjing.labels["en" if language == "en" else "zh-Hans"]
    labels = {edge.label for edge in network.edges}
    assert labels == (
        {"is based on", "cooperates with"} if language == "en" else {"依据", "合作方"}
    )
    assert bool(re.search("[\u4e00-\u9fff]", network.description)) == (language != "en")


# --- what is asked for -------------------------------------------------------------------------


def test_cities_are_named_as_people_name_them() -> None:
    network = build_with("city-theme", city=["深圳", "wuhan"])
    assert {node.id for node in network.nodes if node.type == "City"} == {
        "place:shenzhen", "place:wuhan",
    }  # fmt: skip
    whole = {e for e in list_ends(build("city-theme")) if e[0] in ("place:shenzhen", "place:wuhan")}
    assert list_ends(network) == whole
    assert "Filters: city 深圳, wuhan." in network.description


def test_themes_and_voices_leave_the_others_out() -> None:
    assert {t for _, t in list_ends(build_with("city-theme", theme=["mobility"]))} == {
        "theme:mobility"
    }
    said = ask(
        "SELECT DISTINCT ?c ?t"
        " { ?e cdp:hasTheme ?t ; cdp:appliesTo ?c ; cdp:hasVoice voice:article }"
    )
    assert list_ends(build_with("city-theme", voice=["article"])) == set(said)
    assert 0 < len(said) < 73


def test_filters_of_the_other_networks() -> None:
    assert list_ends(build_with("city-city", city=["suzhou", "wuhan"])) == {
        ("place:suzhou", "place:wuhan")
    }
    entities = build_with("entities", city=["wuhan"])
    applies = {e for (e,) in ask("SELECT ?e { ?e cdp:appliesTo place:wuhan }")} | {"place:wuhan"}
    assert all({e.source, e.target} & applies for e in entities.edges)
    assert len(applies & {node.id for node in entities.nodes}) == len(applies)
    documents = build_with("documents", city=["changsha"], theme=["city-positioning"])
    assert {n.id for n in documents.nodes} <= {
        "doc:changsha-decision", "doc:changsha-top-level-design", "doc:changsha-action-plan",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("wanted", "said"),
    [
        ({"city": ["wuhn"]}, "Did you mean wuhan"),
        ({"theme": ["mobilty"]}, "Did you mean mobility"),
        ({"voice": ["nobody"]}, "no voice is called that"),
        ({"layout": "spiral"}, "There are auto, force, communities, circle"),
        ({"largest": 0}, "no size"),
        ({"language": "fr"}, "no such language"),
    ],
)
def test_wrong_wishes_are_refused(wanted: dict[str, object], said: str) -> None:
    with pytest.raises(KgError, match=said) as refused:
        build_with("city-theme", **wanted)
    assert refused.value.exit_code == 2


def test_nothing_told_is_no_empty_network() -> None:
    with pytest.raises(KgError, match="nothing is told of that") as refused:
        build_with("city-technology", city=["nanjing"])
    assert refused.value.exit_code == 1


def test_unknown_network_is_met_with_the_nearest() -> None:
    with pytest.raises(KgError, match="Did you mean city-theme"):
        find_network(HOME, "city-themes")


def test_largest_drops_what_has_the_fewest_ties_and_says_so() -> None:
    whole, network = build("entities"), build_with("entities", largest=50)
    kept = {node.id for node in network.nodes}
    assert len(kept) == 50
    assert list_ends(network) == {e for e in list_ends(whole) if set(e) <= kept}
    # More hangs together than among those with the most ties to all.
    ranked = sorted(whole.nodes, key=lambda node: -node.degree)
    top = {node.id for node in ranked[:50]}
    among = [edge for edge in whole.edges if {edge.source, edge.target} <= top]
    assert len(network.edges) > len(among)
    assert min(node.degree for node in network.nodes) == 2
    assert "Of 409 nodes, 50 are kept; 359 were dropped" in network.description
    assert "dropped" not in whole.description


def test_largest_keeps_what_hangs_together() -> None:
    for name, largest in (("documents", 6), ("city-theme", 4), ("entities", 5)):
        network = build_with(name, largest=largest)
        assert len(network.nodes) == largest
        assert min(node.degree for node in network.nodes) >= 1


def test_progress_is_told_of_each_step() -> None:
    steps: list[str] = []
    question = find_network(HOME, "documents")
    build_network(read_store(), question, NetworkOptions(), read_facts(), steps.append)
    assert steps == list(STEPS)


# --- time --------------------------------------------------------------------------------------


def test_what_has_a_deadline_or_a_period_holds_to_or_in_that() -> None:
    network = build("entities")
    spans = {node.id: (node.start, node.end) for node in network.nodes}
    assert spans["target:wuhan-open-rate-2022"] == (None, "2022-12-31")
    assert spans["target:shenzhen-goal-2025"] == (None, "2025-12-31")
    assert spans["doc:suzhou-action-plan"] == ("2021-01-01", "2023-12-31")
    assert spans["period:changsha-2021-2025"] == ("2021-01-01", "2025-12-31")
    # Relative, or without years: nothing is filled in.
    assert spans["doc:wuhan-implementation-plan"] == spans["period:wuhan-next-three-years"] == OPEN
    # Its own deadline, and the beginning of its document.
    demonstration = spans["target:changsha-demonstration-city-2023"]
    assert demonstration[1] == "2023-12-31"
    assert spans["place:suzhou"] == spans["theme:mobility"] == OPEN


def test_a_statement_of_a_dated_document_holds_as_long_as_that() -> None:
    (element,) = ask(
        "SELECT ?e { ?e cdp:statedIn doc:suzhou-action-plan ; a cdp:Pillar } ORDER BY ?e LIMIT 1"
    )
    node = find_node(build("entities"), element[0])
    assert (node.start, node.end) == ("2021-01-01", "2023-12-31")


@pytest.mark.parametrize("name", NETWORKS)
def test_edges_hold_within_their_ends(name: str) -> None:
    network = build(name)
    nodes = {node.id: node for node in network.nodes}
    dated = 0
    for edge in network.edges:
        for end in (nodes[edge.source], nodes[edge.target]):
            assert not end.start or (edge.start and edge.start >= end.start)
            assert not end.end or (edge.end and edge.end <= end.end)
        assert all(DAY.fullmatch(day) for day in (edge.start, edge.end) if day)
        assert not (edge.start and edge.end) or edge.start <= edge.end
        dated += bool(edge.start or edge.end)
    assert dated > 0


def test_spans_of_wholes_are_taken_over_and_circles_say_nothing() -> None:
    day, year = "2021-01-01", "2023-12-31"
    rows = [
        ("plan", day, year, None),
        ("part", None, None, "plan"),
        ("aim", None, "2022-12-31", "part"),
        ("late", "2024-01-01", "2023-06-30", None),
        ("a", None, None, "b"),
        ("b", None, None, "a"),
        ("both", None, None, "plan"),
        ("both", None, None, "late"),
    ]
    assert resolve_spans(rows) == {
        "plan": (day, year),
        "part": (day, year),
        "aim": (day, "2022-12-31"),
        "late": (None, "2023-06-30"),
    }
    tangled = [
        ("x", None, None, "plan"), ("x", None, None, "z"), ("y", None, None, "x"),
        ("y", None, None, "z"), ("z", None, None, "x2"), ("x2", None, None, "plan"),
    ]  # fmt: skip
    for shuffled in permutations(tangled):
        found = resolve_spans([*shuffled, ("plan", day, year, None)])
        assert set(found) == {"plan", "x", "y", "z", "x2"}
        assert set(found.values()) == {(day, year)}
    deep = [(f"n{n}", None, None, f"n{n + 1}") for n in range(5000)]
    assert len(resolve_spans([*deep, ("n5000", day, None, None)])) == 5001


def test_spans_are_joined_and_clipped() -> None:
    assert join_spans([]) == OPEN
    assert join_spans([("2021-01-01", None), ("2020-01-01", "2022-12-31")]) == ("2020-01-01", None)
    assert clip_span(("2021-01-01", "2021-12-31"), ("2022-01-01", None)) is None
    assert clip_span(OPEN, OPEN) == OPEN


def test_what_never_holds_at_once_is_left_out_and_counted(small: Home) -> None:
    (small.data / "more.ttl").write_text(
        "".join(f"PREFIX {p}: <{n}>\n" for p, n in sorted(NAMES.prefixes.items()))
        + "target:x a cdp:QualitativeTarget ; cdp:deadlineYear 2019 ; cdp:serves target:y .\n"
        "target:y a cdp:QualitativeTarget ; cdp:hasValidityPeriod period:y .\n"
        'period:y a cdp:ValidityPeriod ; dcat:startDate "2030-01-01"^^xsd:date .\n',
        "utf-8",
    )
    question = find_network(small, "entities")
    network = build_network(load_graph(small), question, NetworkOptions())
    assert ("target:x", "target:y") not in list_ends(network)
    assert "1 edges are left out because their ends are never valid" in network.description


# --- measures ----------------------------------------------------------------------------------


@pytest.mark.parametrize("name", NETWORKS)
def test_measures_are_those_of_networkx(name: str) -> None:
    network = build(name)
    graph: networkx.Graph[str] = networkx.Graph()
    graph.add_nodes_from(node.id for node in network.nodes)
    graph.add_edges_from((e.source, e.target) for e in network.edges)
    between = networkx.betweenness_centrality(graph)
    for node in network.nodes:
        assert node.betweenness == pytest.approx(between[node.id], abs=1e-6)
    sizes = Counter(node.community for node in network.nodes)
    assert sorted(sizes) == list(range(len(sizes)))
    assert [sizes[n] for n in range(len(sizes))] == sorted(sizes.values(), reverse=True)
    members = [{n.id for n in network.nodes if n.community == c} for c in sizes]
    assert networkx.community.is_partition(graph, members)
    assert "Betweenness is exact" in network.description


def test_communities_are_better_than_chance() -> None:
    network = build("entities")
    graph: networkx.Graph[str] = networkx.Graph()
    graph.add_edges_from((e.source, e.target) for e in network.edges)
    members = {}
    for node in network.nodes:
        members.setdefault(node.community, set()).add(node.id)
    assert networkx.community.modularity(graph, members.values()) > 0.4


def test_betweenness_of_a_large_network_is_estimated_from_few() -> None:
    assert choose_pivots(410, 1078) == 0
    links = [(n, n % 40, 1.0) for n in range(40, 3000)] + [(n, n + 1, 1.0) for n in range(39)]
    graph = make_graph(3000, links)
    measures = measure_nodes(graph, links)
    assert 8 <= measures.pivots == choose_pivots(3000, len(links)) < 3000
    assert measures == measure_nodes(make_graph(3000, links), links)
    exact = networkx.betweenness_centrality(graph)
    ranked = sorted(exact, key=lambda n: -exact[n])[:10]
    # Those between most, here the middle of a chain, are found to be so.
    found = sorted(range(3000), key=lambda n: -measures.betweenness[n])[:20]
    assert len(set(ranked) & set(found)) >= 9


# --- layout ------------------------------------------------------------------------------------


def find_overlaps(nodes: tuple[Node, ...]) -> list[tuple[str, str]]:
    return [
        (a.id, b.id)
        for a, b in combinations(nodes, 2)
        if math.hypot(a.x - b.x, a.y - b.y) < (a.size + b.size) / 2 - 0.05
    ]


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("name", NETWORKS)
def test_no_node_lies_on_another(name: str, layout: str) -> None:
    network = build(name) if layout == "auto" else build_with(name, layout=layout)
    assert find_overlaps(network.nodes) == []
    assert "Layout: " in network.description
    # Not on a line, and not scattered to the winds.
    across = max(n.x for n in network.nodes) - min(n.x for n in network.nodes)
    along = max(n.y for n in network.nodes) - min(n.y for n in network.nodes)
    assert 1 / 4 < across / along < 4
    covered = sum(math.pi * (node.size / 2) ** 2 for node in network.nodes)
    assert covered > across * along / (60 if layout != "circle" else 600)


def test_overlap_is_seen() -> None:
    nodes = build("documents").nodes
    moved = replace(nodes[1], x=nodes[0].x, y=nodes[0].y)
    assert find_overlaps((nodes[0], moved))


def test_neighbours_lie_nearer_than_others() -> None:
    network = build("entities")
    nodes = {node.id: node for node in network.nodes}

    def measure(pairs: list[tuple[str, str]]) -> float:
        apart = [math.hypot(nodes[a].x - nodes[b].x, nodes[a].y - nodes[b].y) for a, b in pairs]
        return sum(apart) / len(apart)

    tied = [(e.source, e.target) for e in network.edges]
    assert measure(tied) < 0.6 * measure(list(combinations(nodes, 2)))


def test_large_networks_are_laid_out_by_community_without_overlap() -> None:
    links = [(n, n % 37, 1.0) for n in range(37, 2000)] + [(n, n + 1, 1.0) for n in range(36)]
    graph = make_graph(2100, links)  # with a hundred that stand alone
    measures = measure_nodes(graph, links)
    sizes = size_nodes(measures.degree)
    assert choose_layout("auto", 2100) == "communities"
    points = place_nodes(graph, measures, sizes, "communities")
    cells: dict[tuple[int, int], list[int]] = {}
    for node, (x, y) in enumerate(points):
        cells.setdefault((math.floor(x / 50), math.floor(y / 50)), []).append(node)
    looked = 0
    for (column, row), members in cells.items():
        near = [
            n for i in (-1, 0, 1) for j in (-1, 0, 1) for n in cells.get((column + i, row + j), [])
        ]
        for a in members:
            for b in near:
                if a < b:
                    looked += 1
                    apart = math.hypot(points[a][0] - points[b][0], points[a][1] - points[b][1])
                    assert apart >= (sizes[a] + sizes[b]) / 2 - 0.05
    assert looked > 1000


def test_disks_are_packed_side_by_side() -> None:
    radii = [300.0, 80.0, *[10.0] * 300]
    centres = pack_disks(radii)
    for (a, first), (b, second) in combinations(zip(centres, radii, strict=True), 2):
        assert math.dist(a, b) >= first + second - 0.01
    assert max(math.hypot(*c) for c in centres) < 1000


def test_force_is_refused_where_it_would_take_all_memory() -> None:
    with pytest.raises(KgError, match="--layout communities"):
        choose_layout("force", 3001)


# --- colours -----------------------------------------------------------------------------------


def read_light(colour: str) -> tuple[float, float, float]:
    """Return the linear light of a colour (sRGB, IEC 61966-2-1)."""
    parts = [int(colour[n : n + 2], 16) / 255 for n in (1, 3, 5)]
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts)
    return red, green, blue


def measure_contrast(colour: str) -> float:
    """Return the contrast to white (WCAG 2.2)."""
    weights = (0.2126, 0.7152, 0.0722)
    light = sum(w * c for w, c in zip(weights, read_light(colour), strict=True))
    return 1.05 / (light + 0.05)


# Machado, Oliveira and Fernandes 2009, severity 1: how a colour looks without one kind of cone.
BLIND = {
    "none": ((1, 0, 0), (0, 1, 0), (0, 0, 1)),
    "protan": ((0.152286, 1.052583, -0.204868), (0.114503, 0.786281, 0.099216),
               (-0.003882, -0.048116, 1.051998)),
    "deutan": ((0.367322, 0.860646, -0.227968), (0.280085, 0.672501, 0.047413),
               (-0.011820, 0.042940, 0.968881)),
    "tritan": ((1.255528, -0.076749, -0.178779), (-0.078411, 0.930809, 0.147602),
               (0.004733, 0.691367, 0.303900)),
}  # fmt: skip


def read_lab(light: tuple[float, ...]) -> tuple[float, ...]:
    """Return CIELAB (D65) of linear light."""
    matrix = (
        (0.4124, 0.3576, 0.1805), (0.2126, 0.7152, 0.0722), (0.0193, 0.1192, 0.9505),
    )  # fmt: skip
    x, y, z = (
        sum(w * min(1, max(0, c)) for w, c in zip(row, light, strict=True)) / white
        for row, white in zip(matrix, (0.9505, 1.0, 1.089), strict=True)
    )
    a, b, c = (v ** (1 / 3) if v > 0.008856 else 7.787 * v + 16 / 116 for v in (x, y, z))
    return 116 * b - 16, 500 * (a - b), 200 * (b - c)


@pytest.mark.parametrize("kind", BLIND)
def test_colours_are_told_apart_and_stand_out_from_white(kind: str) -> None:
    colours = sorted(set(read_style(HOME).types.values()))
    assert len(colours) == 7
    assert min(map(measure_contrast, colours)) >= 3
    seen = {}
    for colour in colours:
        light = read_light(colour)
        seen[colour] = read_lab(
            tuple(sum(w * c for w, c in zip(row, light, strict=True)) for row in BLIND[kind])
        )
    nearest = min(math.dist(seen[a], seen[b]) for a, b in combinations(colours, 2))
    # 2.3 is a just noticeable difference (Mahy et al. 1994).
    assert nearest > 15


def test_pale_colour_is_seen() -> None:
    assert measure_contrast("#88CCEE") < 3
