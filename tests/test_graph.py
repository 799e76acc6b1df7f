"""The graph of a home: entailments, queries with bound values, and the check of an endpoint."""

from collections import Counter
from collections.abc import Mapping
from functools import cache
from pathlib import Path

import pytest
from pyoxigraph import Literal, NamedNode, RdfFormat, Triple, parse

from kg.errors import KgError
from kg.graph import Graph, LocalGraph, bind_values, load_graph, read_internal, read_query
from kg.home import Home, find_home
from kg.names import DISPLAY_LABELS, read_names
from kg.store import Memory, Result
from kg.turtle import list_files

HOME = find_home()
NAMES = read_names(HOME)
RULES = sorted((HOME.ontology / "rules").glob("*.rq"))
ENTAILED = NAMES.expand("graph:entailed")
COUNT = 8


@cache
def read_graph() -> LocalGraph:
    return load_graph(HOME)


def node(name: str) -> NamedNode:
    return NamedNode(NAMES.expand(name))


@cache
def list_entailed() -> set[tuple[object, ...]]:
    return {(q.subject, q.predicate, q.object) for q in read_graph().memory.list_added()}


@cache
def list_asserted() -> set[tuple[object, ...]]:
    query = f"SELECT ?s ?p ?o {{ GRAPH ?g {{ ?s ?p ?o }} FILTER(?g != <{ENTAILED}>) }}"
    return set(read_graph().select(query, named_graphs=True).rows)


def make_graph(home: Home, *turtle: str) -> LocalGraph:
    """Return a graph of some statements and their entailments."""
    prefixes = "".join(f"PREFIX {p}: <{n}>\n" for p, n in NAMES.prefixes.items())
    graph = LocalGraph(home, [])
    quads = parse(prefixes + "\n".join(turtle), RdfFormat.TURTLE)
    triples = [Triple(q.subject, q.predicate, q.object) for q in quads]
    graph.memory.add_triples(triples, "urn:stated")
    graph.add_entailments()
    return graph


def test_number_of_rules() -> None:
    assert len(RULES) == COUNT


def test_entailments_repeat_no_asserted_statement() -> None:
    entailed = list_entailed()
    assert len(entailed) > 1000
    assert not entailed & list_asserted()


def test_second_run_of_the_rules_adds_nothing(untouched: Home) -> None:
    graph = load_graph(untouched)
    before = graph.memory.dump()
    assert graph.add_entailments() == 0
    assert graph.memory.dump() == before


def test_returns_the_number_of_new_statements() -> None:
    graph = LocalGraph(HOME, list_files(HOME))
    asserted = len(graph.memory)
    added = graph.add_entailments()
    assert added == len(graph.memory) - asserted == len(list_entailed())


def test_one_run_of_the_rules_is_complete(untouched: Home) -> None:
    # Running the rules repeatedly, in any order, gives the result of one run in their order.
    graph = LocalGraph(untouched, list_files(untouched))
    size = -1
    while len(graph.memory) > size:
        size = len(graph.memory)
        for path in reversed(RULES):
            graph.memory.add_triples(graph.construct(path.read_text("utf-8")), ENTAILED)
    assert graph.memory.dump() == load_graph(untouched).memory.dump()


def test_each_rule_adds_statements() -> None:
    graph = LocalGraph(HOME, list_files(HOME))
    for path in RULES:
        added = graph.construct(path.read_text("utf-8"), str(path))
        assert added, path.stem
        graph.memory.add_triples(added, ENTAILED)


def test_label_rule_copies_preferred_labels_only() -> None:
    label, preferred = node("rdfs:label"), node("skos:prefLabel")
    copied = {(s, o) for s, p, o in list_entailed() if p == label}
    asserted = list_asserted()
    wanted = {(s, o) for s, p, o in asserted if p == preferred}
    assert len(wanted) > 100
    assert copied == wanted
    assert all(isinstance(text, Literal) and text.language for _, text in copied)
    languages = Counter(text.language for _, text in copied if isinstance(text, Literal))
    assert languages["en"] == languages["zh-hans"]


def test_label_rule_on_a_small_graph() -> None:
    graph = make_graph(
        HOME,
        'theme:a skos:prefLabel "A"@en , "甲"@zh-Hans ; skos:altLabel "B"@en .',
        'theme:b rdfs:label "B"@en ; skos:prefLabel "B"@en .',
        'theme:c rdfs:label "C"@en ; cdp:title "D"@en .',
    )
    label = NAMES.expand("rdfs:label")
    entailed = graph.memory.dump_triples(ENTAILED).splitlines()
    assert [line for line in entailed if label in line] == [
        f'<{NAMES.expand("theme:a")}> <{NAMES.expand("rdfs:label")}> "A"@en .',
        f'<{NAMES.expand("theme:a")}> <{NAMES.expand("rdfs:label")}> "甲"@zh-Hans .',
    ]


def test_each_thing_has_one_display_label_for_each_language() -> None:
    graph = make_graph(
        HOME,
        'theme:a rdfs:label "A"@en , "B"@en , "甲"@zh-Hans . place:b rdfs:label "乙"@zh-Hant .',
        'place:c rdfs:label "Ville"@fr . place:d rdfs:comment "no label"@en .',
    )
    query = "SELECT ?x ?l {{ ?x <{}> ?l }} ORDER BY ?x"
    shown = {
        name: [
            NAMES.show(term)
            for row in graph.select(query.format(NAMES.expand(f"cdp:{name}"))).rows
            for term in row
        ]
        for name in DISPLAY_LABELS.values()
    }
    assert shown == {
        "labelEn": ["place:b", "乙", "place:c", "Ville", "theme:a", "B"],
        "labelZhHans": ["place:b", "乙", "place:c", "Ville", "theme:a", "甲"],
        "labelZhHant": ["place:b", "乙", "place:c", "Ville", "theme:a", "甲"],
    }


def test_an_element_is_due_in_the_year_of_the_nearest_dated_element() -> None:
    graph = make_graph(
        HOME,
        "target:a cdp:deadlineYear 2025 . target:b cdp:partOf target:a .",
        "target:c cdp:partOf target:b .",
        "target:d cdp:partOf target:a ; cdp:deadlineYear 2023 . target:e cdp:partOf target:d .",
    )
    rows = graph.select(
        f"SELECT ?x ?y {{ ?x <{NAMES.expand('cdp:dueYear')}> ?y }} ORDER BY ?x"
    ).rows
    assert [(NAMES.show(x)[-1], NAMES.show(y)) for x, y in rows] == [
        ("a", "2025"), ("b", "2025"), ("c", "2025"), ("d", "2023"), ("e", "2023"),
    ]  # fmt: skip


def test_applies_to_reaches_the_elements_of_a_document() -> None:
    graph = make_graph(
        HOME,
        "doc:a cdp:appliesTo place:a . part:a cdp:partOf doc:a . item:a cdp:statedIn part:a .",
        "item:b cdp:partOf item:a ; cdp:hasTheme theme:a . item:c cdp:statedIn doc:b .",
    )
    rows = graph.select(f"SELECT ?x {{ ?x <{NAMES.expand('cdp:appliesTo')}> ?p }} ORDER BY ?x").rows
    assert [NAMES.show(x) for (x,) in rows] == ["doc:a", "item:a", "item:b", "part:a"]
    text = f"SELECT ?t {{ ?p <{NAMES.expand('cdp:addressesTheme')}> ?t }}"
    assert [NAMES.show(t) for (t,) in graph.select(text).rows] == ["theme:a"]


def test_rule_that_is_not_a_construct_is_an_error(small: Home) -> None:
    rule = small.ontology / "rules" / "15-wrong.rq"
    rule.write_text("SELECT * { ?s ?p ?o }", "utf-8")
    with pytest.raises(KgError, match=r"15-wrong\.rq:1: not a CONSTRUCT query"):
        load_graph(small)
    rule.write_text("CONSTRUCT {\n?s ?p } WHERE {}", "utf-8")
    with pytest.raises(KgError, match=r"15-wrong\.rq:2:7: not valid SPARQL"):
        load_graph(small)


def test_error_lists_the_faults_of_all_files(small: Home) -> None:
    for name in ("source", "suzhou"):
        with (small.data / "town" / f"{name}.ttl").open("a", encoding="utf-8") as file:
            file.write("x y\n")
    with pytest.raises(KgError) as caught:
        load_graph(small)
    assert [line.split(": ")[0].split("/")[-1] for line in str(caught.value).splitlines()] == [
        "source.ttl:82",
        "suzhou.ttl:79",
    ]


def test_binds_terms_in_values_lines_only() -> None:
    text = "# VALUES ?x { 1 }\n  VALUES ?x { UNDEF }\nVALUES ?y { UNDEF }\n"
    bound = bind_values(text, {"x": "<a:b>", "y": '"VALUES ?x { UNDEF }"'})
    assert (
        bound == '# VALUES ?x { 1 }\n  VALUES ?x { <a:b> }\nVALUES ?y { "VALUES ?x { UNDEF }" }\n'
    )
    with pytest.raises(KgError, match=r"no line VALUES \?z") as caught:
        bind_values(text, {"z": "1"})
    assert caught.value.exit_code == 2


def test_query_of_another_form_is_a_usage_error(untouched: Home) -> None:
    graph = load_graph(untouched)
    for work, text in ((graph.select, "ASK {}"), (graph.construct, "SELECT * {}")):
        with pytest.raises(KgError, match=r"query:1: not a (SELECT|CONSTRUCT) query") as caught:
            work(text)
        assert caught.value.exit_code == 2


class Counting:
    """An engine that counts the queries it passes on."""

    name = "counting"

    def __init__(self, memory: Memory) -> None:
        self.memory = memory
        self.count = 0

    def query(
        self,
        text: str,
        where: str = "query",
        prefixes: Mapping[str, str] | None = None,
        *,
        named_graphs: bool = False,
        timeout: float | None = None,
        allow_service: bool = False,
    ) -> Result:
        self.count += 1
        return self.memory.query(text, where, prefixes, named_graphs=named_graphs)


def test_verifies_the_dataset_before_the_first_query_only(untouched: Home) -> None:
    empty = Counting(Memory())
    with pytest.raises(KgError, match=r"counting: the endpoint does not have the dataset.*kg push"):
        Graph(untouched, empty, verify=True).query("ASK {}")
    partial = LocalGraph(untouched, list_files(untouched))
    with pytest.raises(KgError, match="without its entailments"):
        Graph(untouched, partial.memory, verify=True).query("ASK {}")
    partial.add_entailments()
    complete = Counting(partial.memory)
    graph = Graph(untouched, complete, verify=True)
    assert [graph.query("ASK {}") for _ in range(3)] == [True] * 3
    assert complete.count == 4


def test_file_that_cannot_be_read_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "q.rq").write_bytes(b"# \n\xb9\xfa")
    with pytest.raises(KgError, match=r"q\.rq:2: byte 3 is not UTF-8"):
        read_query(tmp_path / "q.rq")
    with pytest.raises(KgError, match=r"gone\.rq: cannot be read"):
        read_query(tmp_path / "gone.rq")
    with pytest.raises(KgError, match=r"nothing\.rq: cannot be read"):
        read_internal(Home(tmp_path), "nothing")


def test_internal_query_is_read() -> None:
    assert "cdp:sha256" in read_internal(find_home(), "sources")


def test_all_values_lines_of_a_name_are_bound() -> None:
    text = 'SELECT * {\n  VALUES ?lang { "en" }\n  {\n\tVALUES ?lang { UNDEF }\n  }\n}'
    assert bind_values(text, {"lang": '"zh-Hans"'}) == (
        'SELECT * {\n  VALUES ?lang { "zh-Hans" }\n  {\n\tVALUES ?lang { "zh-Hans" }\n  }\n}'
    )


@pytest.mark.parametrize("value", [r'"a\\b"', r'"\1"', r'"\g<0>"', r'"\n"', '"{}"', '"城"'])
def test_term_is_bound_unchanged(value: str) -> None:
    text = "SELECT ?x {\n  VALUES ?x { UNDEF }\n}"
    assert bind_values(text, {"x": value}) == text.replace("UNDEF", value)


def test_names_are_compared_completely() -> None:
    text = "VALUES ?lang { UNDEF }\nVALUES ?language { UNDEF }"
    assert bind_values(text, {"language": "1", "lang": "2"}) == (
        "VALUES ?lang { 2 }\nVALUES ?language { 1 }"
    )


@pytest.mark.parametrize(
    "text",
    ["", "VALUES ?other { UNDEF }", "# VALUES ?lang { UNDEF }", "x VALUES ?lang { UNDEF } y"],
)
def test_query_without_the_line_is_a_usage_error(text: str) -> None:
    with pytest.raises(KgError, match=r"no line VALUES \?lang") as caught:
        bind_values(text, {"lang": '"en"'})
    assert caught.value.exit_code == 2
