"""The questions: whole answers, headers, parameters, and two engines that agree.

`answers/<question>.csv` is the answer in English, written from the article and not from the data;
`answers/<question>.<language>.csv` is that in another language. `answers/<question>.<case>.csv`
(`.nt` where triples are asked for) is the answer with the values that `answers/parameters.toml`
has under that name.
"""

import csv
import io
import random
import re
import tomllib
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from itertools import groupby
from pathlib import Path

import pytest
from pyoxigraph import Literal as Ours
from pyoxigraph import NamedNode, Quad, RdfFormat, Triple, parse
from rdflib import Graph, Literal
from rdflib.query import ResultRow
from rdflib.term import Node

from kg.ask.parameters import Parameter, list_members, make_terms, read_parameters
from kg.ask.question import ask_question, list_questions
from kg.ask.render import render_rows
from kg.graph import bind_values, load_graph
from kg.home import find_home
from kg.names import LANGUAGES, Term, bind_json, read_names
from kg.store import Memory, Rows

HOME = find_home()
NAMES = read_names(HOME)
QUESTIONS = {question.name: question for question in list_questions(HOME)}
FOLDER = Path(__file__).parents[1] / "answers"
CASES = tomllib.loads((FOLDER / "parameters.toml").read_text("utf-8"))
FLOOR = 32
HEADLINES = {"policies", "targets", "frameworks"}
EMPTY = {"baselines", "issue-dates", "laws"}
GRAPHS = {"everything"}
HEADER_LANGUAGES = ("en", "zh-Hans")
CHINESE = re.compile("[\u4e00-\u9fff]")
NUMBER = re.compile(r"-?\d+(\.\d+)?")
NUMERIC = re.compile("#(integer|decimal|nonNegativeInteger)$")
YEARS = range(2020, 2027)
SEED = 2021
CITY = "hong-kong"

Level = tuple[object, ...]


@dataclass(frozen=True)
class Answer:
    """An expected answer: of which question, with which values, in which language."""

    path: Path
    question: str
    case: str
    language: str

    @property
    def values(self) -> Mapping[str, object]:
        return CASES[self.question][self.case] if self.case else {}

    @property
    def is_example(self) -> bool:
        return self.question in TABLES and self.values == EXAMPLES[self.question]


def read_answer(path: Path) -> Answer:
    question, *rest = path.stem.split(".")
    language = rest.pop() if rest and rest[-1] in LANGUAGES[1:] else "en"
    return Answer(path, question, ".".join(rest), language)


ANSWERS = {
    path.name: read_answer(path)
    for path in sorted(FOLDER.iterdir())
    if path.suffix in (".csv", ".nt")
}
REQUIRED = {
    name
    for name, question in QUESTIONS.items()
    if any(parameter.required for parameter in read_parameters(HOME, question).values())
}
# What is asked where a question is to be asked in general: with no values, or its first case's.
EXAMPLES: dict[str, Mapping[str, object]] = {
    name: next(iter(CASES[name].values())) if name in REQUIRED else {} for name in QUESTIONS
}
TABLES = [name for name in QUESTIONS if name not in GRAPHS]
PARAMETERS = [
    (name, parameter)
    for name, question in QUESTIONS.items()
    for parameter in read_parameters(HOME, question).values()
]

# For each question facts that its answer rests on: subject, property, object; None is any.
FACTS: list[tuple[str, str | None, str, str | None]] = [
    ("bodies", "initiative:hong-kong-empf-platform", "cdp:involves", None),
    ("bodies", "doc:shanghai-opinions", "cdp:issuedBy", None),
    ("bodies", "body:suzhou-government", "cdp:hasJurisdiction", None),
    ("chain", "doc:changsha-top-level-design", "cdp:basedOn", "doc:changsha-decision"),
    ("chain", "doc:changsha-decision", "rdfs:label", None),
    ("city-pairs", "place:suzhou", "cdp:addressesTheme", "theme:manufacturing"),
    ("city-pairs", "place:nanjing", "cdp:addressesTheme", "theme:finance"),
    ("compare", "initiative:wuhan-brain-blockchain", "cdp:usesTechnology", None),
    ("compare", "item:suzhou-manufacturing", "cdp:hasTheme", "theme:manufacturing"),
    ("compare", "target:wuhan-brain-2021", "rdf:type", "cdp:Target"),
    ("counts", "count:wuhan-brain-capabilities", "cdp:hasMember", "initiative:wuhan-brain-data"),
    ("counts", "count:hong-kong-measures", "cdp:hasComparator", None),
    ("counts", "count:shanghai-keywords", "cdp:hasVoice", None),
    ("coverage", "segment:roundup-2021-807-828", "cdp:about", None),
    ("coverage", "count:shenzhen-features", "cdp:hasEvidence", None),
    ("everything", "initiative:shenzhen-singapore", "cdp:hasPartner", None),
    ("everything", "evidence:roundup-2021-1526-1546-selector", "oa:end", None),
    ("everything", "place:singapore", "rdfs:label", None),
    ("evidence", "target:wuhan-open-rate-2022", "cdp:hasEvidence", None),
    ("evidence", "evidence:roundup-2021-6191-6229", "cdp:passageDigest", None),
    ("evidence", "source:roundup-2021", "rdfs:label", None),
    ("frameworks", "component:wuhan-1153-fields", "cdp:hasMember", None),
    ("frameworks", "framework:changsha-6826", "cdp:hasComponent", None),
    ("genres", "doc:shanghai-opinions", "cdp:statutoryGenre", None),
    ("genres", "doc:hong-kong-blueprint", "cdp:documentGenre", None),
    ("goals", "target:wuhan-brain-2021", "cdp:deadlineYear", None),
    ("goals", "target:shanghai-goal-2025", "cdp:deadlineText", None),
    ("goals", "target:shanghai-capital-framework", "cdp:partOf", None),
    ("goals", "target:wuhan-open-rate-2022", "rdf:type", "cdp:QuantitativeTarget"),
    ("groups", "initiative:shanghai-adapted-services", "cdp:servesGroup", "group:older-people"),
    ("groups", "group:officials", "rdfs:label", None),
    ("inference", "count:nanjing-highlights", "cdp:hasVoice", None),
    ("inference", "count:nanjing-highlights", "skos:editorialNote", None),
    ("initiatives", "initiative:shenzhen-data-legislation", "rdf:type", "cdp:LegislativeTask"),
    ("initiatives", "initiative:hong-kong-open-data", "cdp:hasStatus", None),
    ("not-stated", "doc:wuhan-implementation-plan", "cdp:hasValidityPeriod", None),
    ("not-stated", "period:changsha-2021-2023", "dcat:startDate", None),
    ("not-stated", "doc:shanghai-opinions", "cdp:issuedBy", None),
    ("not-stated", "target:wuhan-open-rate-2022", "rdf:type", "cdp:QuantitativeTarget"),
    ("not-stated", "target:shanghai-goal-2025", "cdp:deadlineYear", None),
    ("not-stated", "count:hong-kong-areas", "cdp:hasMember", "item:hong-kong-people"),
    ("not-stated", "count:nanjing-plans", "cdp:declaredCount", None),
    ("outline", "part:changsha-plan-3", "cdp:partOf", None),
    ("outline", "part:changsha-plan-4", "cdp:printedNumber", None),
    ("outline", "part:changsha-plan-annex", "cdp:listIndex", None),
    ("outline", "initiative:changsha-one-ledger", "cdp:statedIn", None),
    ("partners", "initiative:shenzhen-singapore", "cdp:hasPartner", "place:singapore"),
    ("partners", "initiative:shenzhen-singapore", "cdp:cooperationTopic", None),
    ("periods", "doc:wuhan-implementation-plan", "cdp:hasValidityPeriod", None),
    ("periods", "period:changsha-2021-2025", "dcat:endDate", None),
    ("policies", "doc:wuhan-implementation-plan", "cdp:issuedBy", None),
    ("policies", "doc:nanjing-policy-measures", "cdp:issuerText", None),
    ("policies", "doc:shanghai-opinions", "cdp:documentGenre", None),
    ("policies", "doc:shenzhen-data-regulation", "cdp:hasStatus", None),
    ("positionings", "target:shenzhen-smart-city-benchmark", "cdp:partOf", None),
    ("positionings", "target:nanjing-first-rank", "cdp:hasVoice", None),
    ("positionings", "target:changsha-trusted-it", "rdf:type", "cdp:Positioning"),
    ("sdg-goals", "theme:digital-inclusion", "cdp:contributesTo", None),
    ("sdg-goals", "sdg:17", "skos:notation", None),
    ("search", "target:shanghai-aiot", "rdfs:label", None),
    ("search", "target:shanghai-aiot", "rdf:type", "cdp:QualitativeTarget"),
    ("targets", "target:wuhan-open-rate-2022", "cdp:hasComparator", "comparator:ge"),
    ("targets", "target:wuhan-open-rate-2022", "cdp:hasIndicator", None),
    ("targets", "target:wuhan-open-rate-2022", "cdp:hasUnit", None),
    ("targets", "target:wuhan-open-rate-2022", "cdp:targetValue", None),
    ("technologies", None, "cdp:usesTechnology", "technology:blockchain"),
    ("theme-matrix", "initiative:suzhou-innovation-ecosystem", "cdp:hasTheme", None),
    ("theme-matrix", "theme:finance", "rdf:type", "cdp:Theme"),
    ("themes", "place:hong-kong", "cdp:addressesTheme", "theme:mobility"),
    ("timeline", "period:changsha-2021-2025", "dcat:endDate", None),
    ("timeline", "period:suzhou-2021-2023", "dcat:startDate", None),
    ("timeline", "target:wuhan-brain-2021", "cdp:deadlineYear", None),
    ("unique-themes", "place:suzhou", "cdp:addressesTheme", "theme:manufacturing"),
    ("unique-themes", "place:hong-kong", "cdp:addressesTheme", "theme:mobility"),
    ("voices", "item:wuhan-brain-headline", "cdp:hasVoice", None),
    ("voices", "voice:article", "rdfs:label", None),
]

# For each question whose answer is empty a fact with which it would not be.
WANTED: list[tuple[str, str, str, Ours | NamedNode]] = [
    (
        "baselines",
        "target:wuhan-open-rate-2022",
        "cdp:baselineValue",
        Ours("70.0", datatype=NamedNode(NAMES.expand("xsd:decimal"))),
    ),
    (
        "issue-dates",
        "doc:shanghai-opinions",
        "cdp:issued",
        Ours("2021-01-05", datatype=NamedNode(NAMES.expand("xsd:date"))),
    ),
    (
        "laws",
        "doc:shanghai-opinions",
        "rdf:type",
        NamedNode(NAMES.expand("cdp:LegalInstrument")),
    ),
]

# Statements over which something is counted.
COUNTED = {
    NamedNode(NAMES.expand(name))
    for name in ("rdf:type", "cdp:hasMember", "cdp:hasTheme", "cdp:hasEvidence", "cdp:about")
}


@cache
def read_store() -> Memory:
    return load_graph(HOME)


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
    """Return a store with these statements, added in this order."""
    store = Memory()
    for name, group in groupby(quads, lambda quad: quad.graph_name):
        assert isinstance(name, NamedNode)
        store.add_triples([Triple(q.subject, q.predicate, q.object) for q in group], name.value)
    return store


def make_values(name: str, values: Mapping[str, object]) -> dict[str, str]:
    return make_terms(read_store(), QUESTIONS[name], values) if values else {}


def ask_rows(
    store: Memory,
    name: str,
    language: str = "en",
    values: Mapping[str, object] | None = None,
) -> Rows:
    """Return the rows of a question, with the values given or else those of its example."""
    terms = make_values(name, EXAMPLES[name] if values is None else values)
    rows = ask_question(store, QUESTIONS[name], language, terms)
    assert isinstance(rows, Rows)
    return rows


def ask_triples(store: Memory, name: str, values: Mapping[str, object]) -> set[Level]:
    triples = ask_question(store, QUESTIONS[name], "en", make_values(name, values))
    assert isinstance(triples, list)
    return {tuple(map(level_ours, triple)) for triple in triples}


def ask_any(store: Memory, name: str) -> object:
    """Return the answer of a question to its example, so that two of them can be compared."""
    return ask_triples(store, name, EXAMPLES[name]) if name in GRAPHS else ask_rows(store, name)


def level_cell(text: str) -> Decimal | str:
    return Decimal(text) if NUMBER.fullmatch(text) else text


def read_cells(text: str) -> list[list[Decimal | str]]:
    """Return the cells of a CSV file, numbers by their value: 0.50 is 0.5."""
    return [[level_cell(cell) for cell in row] for row in csv.reader(io.StringIO(text, newline=""))]


def level_ours(term: Term | None) -> Level:
    """Return what a term says: the value of a number, a language in lower case."""
    if term is None:
        return ()
    bound = bind_json(term)
    number = NUMERIC.search(bound.get("datatype", ""))
    value = Decimal(bound["value"]) if number else bound["value"]
    return bound["type"], value, bound.get("xml:lang", "").lower()


def level_theirs(term: Node | None) -> Level:
    if term is None:
        return ()
    if not isinstance(term, Literal):
        return "uri", str(term), ""
    number = NUMERIC.search(str(term.datatype))
    value = Decimal(str(term)) if number else str(term)
    return "literal", value, (term.language or "").lower()


def expand(name: str | None) -> NamedNode | None:
    return None if name is None else NamedNode(NAMES.expand(name))


def test_each_question_has_an_answer_and_each_answer_a_question() -> None:
    whole = {answer.question for answer in ANSWERS.values() if not answer.case}
    assert whole == set(QUESTIONS) - REQUIRED
    assert {answer.question for answer in ANSWERS.values()} == set(QUESTIONS)
    named = {(question, case) for question, cases in CASES.items() for case in cases}
    assert {(a.question, a.case) for a in ANSWERS.values() if a.case} == named
    for answer in ANSWERS.values():
        assert (answer.path.suffix == ".nt") == (answer.question in GRAPHS)
    assert {answer.language for answer in ANSWERS.values()} == set(LANGUAGES)
    assert len(QUESTIONS) >= FLOOR


@pytest.mark.parametrize("name", ANSWERS)
def test_answer_is_the_one_expected(name: str) -> None:
    answer = ANSWERS[name]
    text = answer.path.read_text("utf-8")
    if answer.question in GRAPHS:
        expected = {
            tuple(map(level_ours, (quad.subject, quad.predicate, quad.object)))
            for quad in parse(text, RdfFormat.N_TRIPLES)
        }
        assert text == "".join(sorted(text.splitlines(keepends=True)))
        assert ask_triples(read_store(), answer.question, answer.values) == expected
        return
    rows = ask_rows(read_store(), answer.question, answer.language, answer.values)
    assert read_cells(render_rows(rows, "csv", NAMES)) == read_cells(text)


@pytest.mark.parametrize("name", TABLES)
def test_an_empty_answer_is_explained(name: str) -> None:
    told = QUESTIONS[name].header.get("empty")
    assert (told is not None) == (name in EMPTY) == (not ask_rows(read_store(), name).rows)
    if told is not None:
        assert set(told) == set(HEADER_LANGUAGES)
        assert CHINESE.search(told["zh-Hans"]) and not CHINESE.search(told["en"])


@pytest.mark.parametrize("name", QUESTIONS)
def test_header_says_all_in_both_languages(name: str) -> None:
    header = QUESTIONS[name].header
    wanted = {"summary", "description", "tags"} | ({"columns"} if name in TABLES else set())
    assert wanted <= set(header) <= wanted | {"parameters", "empty"}
    told = [header["summary"], header["description"], *header.get("columns", {}).values()]
    for texts in told:
        assert set(texts) == set(HEADER_LANGUAGES)
    told += [{tag: p[tag] for tag in HEADER_LANGUAGES} for p in header["parameters"].values()]
    for texts in told:
        assert CHINESE.search(texts["zh-Hans"])
        assert texts["en"].strip()
        assert not CHINESE.search(texts["en"])
    assert header["tags"] and all(re.fullmatch("[a-z]+", tag) for tag in header["tags"])
    assert ("headline" in header["tags"]) == (name in HEADLINES)


@pytest.mark.parametrize("name", TABLES)
def test_header_columns_are_the_variables(name: str) -> None:
    rows = ask_rows(read_store(), name)
    assert list(rows.variables) == list(QUESTIONS[name].header["columns"])
    assert rows.variables[-1].endswith("Iri")


@pytest.mark.parametrize("name", TABLES)
def test_language_is_bound_in_every_line(name: str) -> None:
    bound = bind_values(QUESTIONS[name].text, {"lang": '"x-test"'})
    lines = bound.count("VALUES ?lang")
    assert bound.count('VALUES ?lang { "x-test" }') == lines >= 1


@pytest.mark.parametrize("name", QUESTIONS)
def test_each_line_to_bind_is_a_parameter(name: str) -> None:
    binds = {p.binds for p in read_parameters(HOME, QUESTIONS[name]).values()}
    lines = re.findall(r"^\s*VALUES \?(\w+) \{ UNDEF \}$", QUESTIONS[name].text, re.M)
    assert set(lines) == binds
    assert QUESTIONS[name].text.count("UNDEF") == len(lines)


@pytest.mark.parametrize(
    "name,parameter",
    [(n, p) for n, p in PARAMETERS if not p.required],
    ids=lambda part: getattr(part, "name", part),
)
def test_a_value_leaves_rows_out_and_changes_none(name: str, parameter: Parameter) -> None:
    """Each value gives rows of the whole answer, in its order; some value leaves some out."""
    whole = ask_rows(read_store(), name, "en", {}).rows
    values: Iterable[object] = parameter.values or YEARS
    if parameter.type in ("iri", "code"):
        members = list_members(read_store(), parameter).rows
        values = {node.value for node, _ in members if isinstance(node, NamedNode)}
    answers = [ask_rows(read_store(), name, "en", {parameter.name: v}).rows for v in values]
    for rows in answers:
        assert rows == [row for row in whole if row in rows]
    assert any(len(rows) < len(whole) for rows in answers) or name in EMPTY
    assert any(answers) or name in EMPTY


@pytest.mark.parametrize("name,parameter", [(n, p) for n, p in PARAMETERS if p.name == "kind"])
def test_kinds_to_choose_from_are_those_that_are_shown(name: str, parameter: Parameter) -> None:
    rows = ask_rows(read_store(), name)
    shown = {NAMES.show(row[rows.variables.index("kind")]) for row in rows.rows}
    labels = {
        NAMES.show(row[0])
        for value in parameter.values
        for row in read_store()
        .select(
            f"SELECT ?label {{ <{NAMES.expand(f'cdp:{value}')}> "
            f"<{NAMES.expand('rdfs:label')}> ?label FILTER(LANG(?label) = 'en') }}"
        )
        .rows
    }
    assert shown <= labels
    assert len(labels) == len(parameter.values)


@pytest.mark.parametrize("name", TABLES)
def test_languages_differ_in_words_alone(name: str) -> None:
    english, *others = (ask_rows(read_store(), name, tag) for tag in LANGUAGES)
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
@pytest.mark.parametrize("name", TABLES)
def test_engines_agree(name: str, language: str) -> None:
    """In English on all rows; in the other languages, which differ in words, on one city's."""
    values = dict(EXAMPLES[name])
    if language != "en" and "city" in read_parameters(HOME, QUESTIONS[name]):
        values["city"] = CITY
    check_engines_agree(name, language, values)


@pytest.mark.parametrize("name", [n for n, a in ANSWERS.items() if a.case and not a.is_example])
def test_engines_agree_on_what_is_bound(name: str) -> None:
    answer = ANSWERS[name]
    if answer.question in GRAPHS:
        terms = make_values(answer.question, answer.values)
        theirs = read_graph().query(bind_values(QUESTIONS[answer.question].text, terms))
        found = {tuple(map(level_theirs, triple)) for triple in theirs}
        assert found == ask_triples(read_store(), answer.question, answer.values)
    else:
        check_engines_agree(answer.question, answer.language, answer.values)


def check_engines_agree(name: str, language: str, values: Mapping[str, object]) -> None:
    ours = ask_rows(read_store(), name, language, values)
    terms = {"lang": f'"{language}"', **make_values(name, values)}
    theirs = read_graph().query(bind_values(QUESTIONS[name].text, terms))
    assert [str(variable) for variable in theirs.vars or ()] == list(ours.variables)
    rows = [row for row in theirs if isinstance(row, ResultRow)]
    assert Counter(tuple(map(level_theirs, row)) for row in rows) == Counter(
        tuple(map(level_ours, row)) for row in ours.rows
    )


@pytest.mark.parametrize("name", TABLES)
def test_no_two_rows_tie(name: str) -> None:
    rows = ask_rows(read_store(), name)
    assert len(set(rows.rows)) == len(rows.rows)
    text = bind_values(QUESTIONS[name].text, make_values(name, EXAMPLES[name]))
    head, order, keys = text.rpartition("\nORDER BY ")
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
    for name in TABLES:
        for language in LANGUAGES:
            rows = ask_rows(read_store(), name, language)
            assert ask_rows(shuffled, name, language) == rows, name


def test_a_statement_in_two_graphs_counts_once() -> None:
    again = [
        Quad(quad.subject, quad.predicate, quad.object, NamedNode("urn:again"))
        for quad in read_quads()
        if quad.predicate in COUNTED or "/id/place/" in str(quad.subject)
    ]
    doubled = build_store([*read_quads(), *again])
    for name in QUESTIONS:
        assert ask_any(doubled, name) == ask_any(read_store(), name), name


def test_each_question_has_a_fact_to_remove() -> None:
    assert {name for name, *_ in FACTS} == set(QUESTIONS) - EMPTY
    assert {name for name, *_ in WANTED} == EMPTY


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
    assert ask_any(build_store(left), name) != ask_any(read_store(), name)


@pytest.mark.parametrize("fact", WANTED, ids=lambda fact: " ".join(map(str, fact[:3])))
def test_answer_is_empty_only_for_want_of_a_fact(
    fact: tuple[str, str, str, Ours | NamedNode],
) -> None:
    name, subject, kind, value = fact
    more = Quad(expand(subject), expand(kind), value, NamedNode("urn:more"))
    assert ask_rows(build_store([*read_quads(), more]), name).rows
