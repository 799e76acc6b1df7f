"""The questions: whole answers, headers, and two engines that agree.

`answers/<question>.csv` is the answer in English, written from the article and not from the data;
`answers/<question>.<language>.csv` is that in another language.
"""

import csv
import io
import random
import re
from collections import Counter
from collections.abc import Iterable
from decimal import Decimal
from functools import cache
from pathlib import Path

import pytest
from pyoxigraph import NamedNode, Quad, RdfFormat, Triple, parse
from rdflib import Graph, Literal
from rdflib.query import ResultRow
from rdflib.term import Node

from kg.ask.question import ask_question, bind_values, find_question, list_questions
from kg.ask.render import render_rows
from kg.home import find_home
from kg.names import LANGUAGES, Term, bind_json, read_names
from kg.rules import open_store
from kg.store import Memory, Rows

HOME = find_home()
NAMES = read_names(HOME)
QUESTIONS = {question.name: question for question in list_questions(HOME)}
ANSWERS = {path.stem: path for path in sorted((Path(__file__).parent / "answers").glob("*.csv"))}
FLOOR = 11
HEADLINES = {"policies", "targets", "frameworks"}
HEADER_LANGUAGES = ("en", "zh-Hans")
CHINESE = re.compile("[\u4e00-\u9fff]")
SEED = 2021

# For each question facts that its answer rests on: subject, property, object; None is any.
FACTS: list[tuple[str, str | None, str, str | None]] = [
    ("chain", "doc:changsha-top-level-design", "cdp:basedOn", "doc:changsha-decision"),
    ("chain", "doc:changsha-decision", "rdfs:label", None),
    ("counts", "count:wuhan-brain-capabilities", "cdp:hasMember", "initiative:wuhan-brain-data"),
    ("counts", "count:hong-kong-measures", "cdp:hasComparator", None),
    ("counts", "count:shanghai-keywords", "cdp:hasVoice", None),
    ("frameworks", "component:wuhan-1153-fields", "cdp:hasMember", None),
    ("frameworks", "framework:changsha-6826", "cdp:hasComponent", None),
    ("goals", "target:wuhan-brain-2021", "cdp:deadlineYear", None),
    ("goals", "target:shanghai-goal-2025", "cdp:deadlineText", None),
    ("goals", "target:shanghai-capital-framework", "cdp:partOf", None),
    ("goals", "target:wuhan-open-rate-2022", "rdf:type", "cdp:QuantitativeTarget"),
    ("initiatives", "initiative:shenzhen-data-legislation", "rdf:type", "cdp:LegislativeTask"),
    ("initiatives", "initiative:hong-kong-open-data", "cdp:hasStatus", None),
    ("partners", "initiative:shenzhen-singapore", "cdp:hasPartner", "place:singapore"),
    ("partners", "initiative:shenzhen-singapore", "cdp:cooperationTopic", None),
    ("periods", "doc:wuhan-implementation-plan", "cdp:hasValidityPeriod", None),
    ("periods", "period:changsha-2021-2025", "dcat:endDate", None),
    ("policies", "doc:wuhan-implementation-plan", "cdp:issuedBy", None),
    ("policies", "doc:nanjing-policy-measures", "cdp:issuerText", None),
    ("policies", "doc:shanghai-opinions", "cdp:documentGenre", None),
    ("policies", "doc:shenzhen-data-regulation", "cdp:hasStatus", None),
    ("targets", "target:wuhan-open-rate-2022", "cdp:hasComparator", "comparator:ge"),
    ("targets", "target:wuhan-open-rate-2022", "cdp:hasIndicator", None),
    ("targets", "target:wuhan-open-rate-2022", "cdp:hasUnit", None),
    ("targets", "target:wuhan-open-rate-2022", "cdp:targetValue", None),
    ("technologies", None, "cdp:usesTechnology", "technology:blockchain"),
    ("themes", "place:hong-kong", "cdp:addressesTheme", "theme:mobility"),
]


@cache
def read_store() -> Memory:
    return open_store(HOME)


@cache
def read_quads() -> tuple[Quad, ...]:
    return tuple(parse(read_store().dump(), RdfFormat.N_QUADS))


@cache
def read_graph() -> Graph:
    """Return the same statements in the other engine, each once, language tags as declared."""
    graph = Graph()
    for name in sorted({str(quad.graph_name).strip("<>") for quad in read_quads()}):
        graph.parse(data=read_store().dump_triples(name), format="nt")
    return graph


def build_store(quads: Iterable[Quad]) -> Memory:
    """Return a store with these statements, added one by one in this order."""
    store = Memory()
    for quad in quads:
        assert isinstance(quad.graph_name, NamedNode)
        triple = Triple(quad.subject, quad.predicate, quad.object)
        store.add_triples([triple], quad.graph_name.value)
    return store


def read_cells(rows: Rows) -> list[list[str]]:
    return list(csv.reader(io.StringIO(render_rows(rows, "csv", NAMES), newline="")))


def level_ours(term: Term | None) -> tuple[object, ...]:
    """Return what a term says: the value of a number, a language in lower case."""
    if term is None:
        return ()
    bound = bind_json(term)
    number = re.search("#(integer|decimal)$", bound.get("datatype", ""))
    value = Decimal(bound["value"]) if number else bound["value"]
    return bound["type"], value, bound.get("xml:lang", "").lower()


def level_theirs(term: Node | None) -> tuple[object, ...]:
    if term is None:
        return ()
    if not isinstance(term, Literal):
        return "uri", str(term), ""
    number = re.search("#(integer|decimal)$", str(term.datatype))
    value = Decimal(str(term)) if number else str(term)
    return "literal", value, (term.language or "").lower()


def expand(name: str | None) -> NamedNode | None:
    return None if name is None else NamedNode(NAMES.expand(name))


def test_each_question_has_an_answer_and_each_answer_a_question() -> None:
    assert {name for name in ANSWERS if "." not in name} == set(QUESTIONS)
    others = [name.split(".") for name in ANSWERS if "." in name]
    assert all(name in QUESTIONS and tag in LANGUAGES[1:] for name, tag in others)
    assert {tag for _, tag in others} == set(LANGUAGES[1:])
    assert len(QUESTIONS) >= FLOOR


@pytest.mark.parametrize("name", ANSWERS)
def test_answer_is_the_one_expected(name: str) -> None:
    question, _, language = name.partition(".")
    rows = ask_question(read_store(), find_question(HOME, question), language or "en")
    with ANSWERS[name].open(encoding="utf-8", newline="") as file:
        expected = list(csv.reader(file))
    assert len(expected) > 1
    assert read_cells(rows) == expected


@pytest.mark.parametrize("name", QUESTIONS)
def test_header_says_all_in_both_languages(name: str) -> None:
    header = QUESTIONS[name].header
    assert set(header) == {"summary", "description", "tags", "columns"}
    told = [header["summary"], header["description"], *header["columns"].values()]
    for texts in told:
        assert set(texts) == set(HEADER_LANGUAGES)
        assert CHINESE.search(texts["zh-Hans"])
        assert texts["en"].strip()
        assert not CHINESE.search(texts["en"])
    assert header["tags"] and all(re.fullmatch("[a-z]+", tag) for tag in header["tags"])
    assert ("headline" in header["tags"]) == (name in HEADLINES)


@pytest.mark.parametrize("name", QUESTIONS)
def test_header_columns_are_the_variables(name: str) -> None:
    rows = ask_question(read_store(), QUESTIONS[name], "en")
    assert list(rows.variables) == list(QUESTIONS[name].header["columns"])
    assert rows.variables[-1].endswith("Iri")


@pytest.mark.parametrize("name", QUESTIONS)
def test_language_is_bound_in_one_line(name: str) -> None:
    bound = bind_values(QUESTIONS[name].text, {"lang": '"x-test"'})
    assert bound.count('VALUES ?lang { "x-test" }') == 1
    assert bound.count("VALUES ?lang") == 1


@pytest.mark.parametrize("name", QUESTIONS)
def test_languages_differ_in_words_alone(name: str) -> None:
    english, *others = (ask_question(read_store(), QUESTIONS[name], tag) for tag in LANGUAGES)
    names = [i for i, name in enumerate(english.variables) if name in ("city", "document")]
    for rows in others:
        assert [[term is None for term in row] for row in rows.rows] == [
            [term is None for term in row] for row in english.rows
        ]
        assert [[term for term in row if isinstance(term, NamedNode)] for row in rows.rows] == [
            [term for term in row if isinstance(term, NamedNode)] for row in english.rows
        ]
        for row in rows.rows:
            assert all(CHINESE.search(NAMES.show(row[i])) for i in names)
    for row in english.rows:
        assert not any(CHINESE.search(NAMES.show(row[i])) for i in names)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", QUESTIONS)
def test_engines_agree(name: str, language: str) -> None:
    ours = ask_question(read_store(), QUESTIONS[name], language)
    text = bind_values(QUESTIONS[name].text, {"lang": f'"{language}"'})
    theirs = read_graph().query(text)
    assert [str(variable) for variable in theirs.vars or ()] == list(ours.variables)
    rows = [row for row in theirs if isinstance(row, ResultRow)]
    assert Counter(tuple(map(level_theirs, row)) for row in rows) == Counter(
        tuple(map(level_ours, row)) for row in ours.rows
    )


@pytest.mark.parametrize("name", QUESTIONS)
def test_no_two_rows_tie(name: str) -> None:
    rows = ask_question(read_store(), QUESTIONS[name], "en")
    assert len(set(rows.rows)) == len(rows.rows)
    head, order, keys = QUESTIONS[name].text.rpartition("\nORDER BY ")
    assert order
    wanted = list(dict.fromkeys(re.findall(r"\?(\w+)", keys)))
    more = "".join(f" ?{key}" for key in wanted if key not in rows.variables)
    text, count = re.subn("^SELECT DISTINCT$", rf"\g<0>{more}", head, count=1, flags=re.M)
    assert count == 1
    keyed = read_store().select(text)
    places = [keyed.variables.index(key) for key in wanted]
    assert len(keyed.rows) == len(rows.rows)
    assert len({tuple(row[i] for i in places) for row in keyed.rows}) == len(rows.rows)


def test_rows_come_in_the_same_order_whatever_was_loaded_first() -> None:
    quads = list(read_quads())
    random.Random(SEED).shuffle(quads)  # an order, not a secret
    shuffled = build_store(quads)
    for question in QUESTIONS.values():
        for language in LANGUAGES:
            rows = ask_question(read_store(), question, language)
            assert ask_question(shuffled, question, language) == rows, question.name


def test_a_statement_in_two_graphs_counts_once() -> None:
    kind = expand("rdf:type")
    again = [
        Quad(quad.subject, quad.predicate, quad.object, NamedNode("urn:again"))
        for quad in read_quads()
        if quad.predicate == kind or "/id/place/" in str(quad.subject)
    ]
    doubled = build_store([*read_quads(), *again])
    for question in QUESTIONS.values():
        rows = ask_question(read_store(), question, "en")
        assert ask_question(doubled, question, "en") == rows, question.name


def test_each_question_has_a_fact_to_remove() -> None:
    assert {name for name, *_ in FACTS} == set(QUESTIONS)


@pytest.mark.parametrize("fact", FACTS, ids=lambda fact: " ".join(map(str, fact)))
def test_answer_changes_without_a_fact_it_rests_on(
    fact: tuple[str, str | None, str, str | None],
) -> None:
    name, *pattern = fact
    wanted = [expand(part) for part in pattern]
    quads = read_quads()
    left = [
        quad
        for quad in quads
        if any(
            want is not None and term != want
            for want, term in zip(wanted, (quad.subject, quad.predicate, quad.object), strict=True)
        )
    ]
    assert 0 < len(quads) - len(left) < 50
    before = ask_question(read_store(), QUESTIONS[name], "en")
    assert ask_question(build_store(left), QUESTIONS[name], "en") != before
