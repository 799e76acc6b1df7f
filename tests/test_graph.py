"""The entailments: what each rule adds, and nothing twice."""

from collections import Counter
from functools import cache

import pytest
from pyoxigraph import Literal, NamedNode, Quad, RdfFormat, Triple, parse

from kg.errors import KgError
from kg.graph import add_entailments, load_graph
from kg.home import Home, find_home
from kg.names import read_names
from kg.store import Memory
from kg.turtle import list_files

HOME = find_home()
NAMES = read_names(HOME)
RULES = sorted((HOME.ontology / "rules").glob("*.rq"))
ENTAILED = NAMES.expand("graph:entailed")
COUNT = 5


@cache
def read_store() -> Memory:
    return load_graph(HOME)


@cache
def read_quads() -> tuple[Quad, ...]:
    return tuple(parse(read_store().dump(), RdfFormat.N_QUADS))


def node(name: str) -> NamedNode:
    return NamedNode(NAMES.expand(name))


def list_entailed() -> set[tuple[object, ...]]:
    return {
        (q.subject, q.predicate, q.object)
        for q in read_quads()
        if q.graph_name == NamedNode(ENTAILED)
    }


def list_stated() -> set[tuple[object, ...]]:
    return {
        (q.subject, q.predicate, q.object)
        for q in read_quads()
        if q.graph_name != NamedNode(ENTAILED)
    }


def make_store(home: Home, *turtle: str) -> Memory:
    """Return a store with some statements and what the rules make of them."""
    prefixes = "".join(f"PREFIX {p}: <{n}>\n" for p, n in NAMES.prefixes.items())
    store = Memory()
    quads = parse(prefixes + "\n".join(turtle), RdfFormat.TURTLE)
    store.add_triples([Triple(q.subject, q.predicate, q.object) for q in quads], "urn:stated")
    add_entailments(store, home)
    return store


def test_number_of_rules() -> None:
    assert len(RULES) == COUNT


def test_rules_repeat_nothing_that_is_stated() -> None:
    entailed = list_entailed()
    assert len(entailed) > 1000
    assert not entailed & list_stated()


def test_rules_have_nothing_more_to_add() -> None:
    store = load_graph(HOME)
    before = store.dump()
    assert add_entailments(store, HOME) == 0
    assert store.dump() == before


def test_number_added_is_the_number_told() -> None:
    store = Memory()
    store.add_files(list_files(HOME))
    stated = len(store)
    assert add_entailments(store, HOME) == len(store) - stated == len(list_entailed())


def test_order_of_the_rules_leaves_nothing_out(small: Home) -> None:
    # Run over and over, in any order, they come to what one run in their order comes to.
    store = Memory()
    store.add_files(list_files(small))
    for _ in range(COUNT):
        for path in reversed(RULES):
            store.add_triples(store.construct(path.read_text("utf-8")), ENTAILED)
    assert store.dump() == load_graph(small).dump()


@pytest.mark.parametrize("rule", RULES, ids=lambda path: path.stem)
def test_each_rule_adds_something(rule: object) -> None:
    store = Memory()
    store.add_files(list_files(HOME))
    for path in RULES:
        added = store.construct(path.read_text("utf-8"), str(path))
        if path == rule:
            assert added
            return
        store.add_triples(added, ENTAILED)


def test_every_preferred_label_is_a_label_and_nothing_else_is_made_one() -> None:
    label, preferred = node("rdfs:label"), node("skos:prefLabel")
    made = {(s, o) for s, p, o in list_entailed() if p == label}
    stated = list_stated()
    wanted = {(s, o) for s, p, o in stated if p == preferred}
    assert len(wanted) > 100
    assert made == wanted
    assert all(isinstance(text, Literal) and text.language for _, text in made)
    languages = Counter(text.language for _, text in made if isinstance(text, Literal))
    assert languages["en"] == languages["zh-hans"]


def test_label_rule_alone() -> None:
    store = make_store(
        HOME,
        'theme:a skos:prefLabel "A"@en , "甲"@zh-Hans ; skos:altLabel "B"@en .',
        'theme:b rdfs:label "B"@en ; skos:prefLabel "B"@en .',
        'theme:c rdfs:label "C"@en ; cdp:title "D"@en .',
    )
    assert store.dump_triples(ENTAILED).splitlines() == [
        f'<{NAMES.expand("theme:a")}> <{NAMES.expand("rdfs:label")}> "A"@en .',
        f'<{NAMES.expand("theme:a")}> <{NAMES.expand("rdfs:label")}> "甲"@zh-Hans .',
    ]


def test_place_reaches_what_is_stated_and_listed_below_its_documents() -> None:
    store = make_store(
        HOME,
        "doc:a cdp:appliesTo place:a . part:a cdp:partOf doc:a . item:a cdp:statedIn part:a .",
        "item:b cdp:partOf item:a ; cdp:hasTheme theme:a . item:c cdp:statedIn doc:b .",
    )
    rows = store.select(f"SELECT ?x {{ ?x <{NAMES.expand('cdp:appliesTo')}> ?p }} ORDER BY ?x").rows
    assert [NAMES.show(x) for (x,) in rows] == ["doc:a", "item:a", "item:b", "part:a"]
    text = f"SELECT ?t {{ ?p <{NAMES.expand('cdp:addressesTheme')}> ?t }}"
    assert [NAMES.show(t) for (t,) in store.select(text).rows] == ["theme:a"]


def test_rule_that_is_no_construct_is_told(small: Home) -> None:
    rule = small.ontology / "rules" / "15-wrong.rq"
    rule.write_text("SELECT * { ?s ?p ?o }", "utf-8")
    with pytest.raises(KgError, match=r"15-wrong\.rq:1: no CONSTRUCT query"):
        load_graph(small)
    rule.write_text("CONSTRUCT {\n?s ?p } WHERE {}", "utf-8")
    with pytest.raises(KgError, match=r"15-wrong\.rq:2:7: not SPARQL"):
        load_graph(small)


def test_store_that_cannot_be_opened_names_all_faults(small: Home) -> None:
    for name in ("source", "suzhou"):
        with (small.data / "town" / f"{name}.ttl").open("a", encoding="utf-8") as file:
            file.write("x y\n")
    with pytest.raises(KgError) as caught:
        load_graph(small)
    assert [line.split(": ")[0].split("/")[-1] for line in str(caught.value).splitlines()] == [
        "source.ttl:82",
        "suzhou.ttl:79",
    ]
