"""The questions in `queries/`: pinned answers, headers, and an independent engine that agrees.

`answers/<question>.csv` is the answer in English, written from the article and not from the data;
`answers/<question>.<language>.csv` is the answer in another language.
`answers/<question>.<case>.csv` (`.nt` for triples) is the answer with the values of that case in
`answers/parameters.toml`. `answers/write.py` writes them all again.
"""

import csv
import io
import os
import posixpath
import random
import re
import tomllib
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

import pytest
import rdflib
from pyoxigraph import Literal, NamedNode, Quad, RdfFormat, Store, Triple, parse
from rdflib.term import Node

from kg.ask import Question, ask_question, bind_question, read_parameters, render_answer
from kg.ask.parameters import list_members
from kg.graph import Graph, LocalGraph, bind_values
from kg.home import find_home
from kg.names import DISPLAY_LABELS, LANGUAGES, Term, bind_json, read_names, text
from kg.networks import NetworkOptions, build_network, list_networks
from kg.store import Result, Rows
from kg.store.engine import collect_result
from kg.tables import export_tables

FOLDER = Path(__file__).parents[1] / "answers"
CASES = tomllib.loads((FOLDER / "parameters.toml").read_text("utf-8"))
NAMES = read_names(find_home())
MAIN = {"policies", "targets", "frameworks"}
EMPTY = {"baselines", "issue-dates", "laws"}
TRIPLES = {"everything"}
HEADER_LANGUAGES = ("en", "zh-Hans")
CHINESE = re.compile("[\u4e00-\u9fff]")
NUMBER = re.compile(r"-?\d+(\.\d+)?")
NUMERIC = re.compile("#(integer|decimal|nonNegativeInteger)$")
YEARS = range(2020, 2027)
SEED = 2021
CITY = "hong-kong"
ALL_CASES = bool(os.environ.get("KG_ALL_CASES"))
STEP = 1 if ALL_CASES else 3

# A term for comparison: its kind, value and language.
Compared = tuple[object, ...]
# The name of a question, a language, and values for its parameters.
Case = tuple[str, str, Mapping[str, object]]


@dataclass(frozen=True)
class Expected:
    """An expected answer: the question, the case of its values, and the language."""

    path: Path
    question: str
    case: str
    language: str

    @property
    def values(self) -> Mapping[str, object]:
        return CASES[self.question][self.case] if self.case else {}


def read_expected(path: Path) -> Expected:
    question, *rest = path.stem.split(".")
    language = rest.pop() if rest and rest[-1] in LANGUAGES[1:] else "en"
    return Expected(path, question, ".".join(rest), language)


EXPECTED = [
    read_expected(path) for path in sorted(FOLDER.iterdir()) if path.suffix in (".csv", ".nt")
]

# For each question, facts that its answer depends on: subject, property, object; None is any.
FACTS: list[tuple[str, str | None, str, str | None]] = [
    ("bodies", "initiative:hong-kong-empf-platform", "cdp:involves", None),
    ("bodies", "doc:shanghai-opinions", "cdp:issuedBy", None),
    ("bodies", "body:suzhou-government", "cdp:hasJurisdiction", None),
    ("by-theme", "target:wuhan-open-rate-2022", "cdp:description", None),
    ("by-theme", "target:shanghai-goal-2025", "cdp:dueYear", None),
    ("by-theme", "evidence:roundup-2021-6191-6229-selector", "oa:start", None),
    ("by-theme", "count:nanjing-highlights", "cdp:hasVoice", None),
    ("chain", "doc:changsha-top-level-design", "cdp:basedOn", "doc:changsha-decision"),
    ("chain", "doc:changsha-decision", "cdp:labelEn", None),
    ("city-pairs", "initiative:suzhou-manufacturing-upgrade", "cdp:hasTheme", None),
    ("city-pairs", "item:nanjing-finance", "cdp:hasTheme", "theme:finance"),
    ("compare", "initiative:wuhan-brain-blockchain", "cdp:usesTechnology", None),
    ("compare", "initiative:suzhou-manufacturing-upgrade", "cdp:hasTheme", None),
    ("compare", "target:wuhan-brain-2021", "rdf:type", "cdp:Target"),
    ("counts", "count:wuhan-brain-capabilities", "cdp:hasMember", "initiative:wuhan-brain-data"),
    ("counts", "count:hong-kong-measures", "cdp:hasComparator", None),
    ("counts", "count:shanghai-keywords", "cdp:hasVoice", None),
    ("coverage", "segment:roundup-2021-807-828", "cdp:about", None),
    ("coverage", "count:shenzhen-features", "cdp:hasEvidence", None),
    ("everything", "initiative:shenzhen-singapore", "cdp:hasPartner", None),
    ("everything", "evidence:roundup-2021-1526-1546-selector", "oa:end", None),
    ("everything", "place:singapore", "cdp:labelEn", None),
    ("evidence", "target:wuhan-open-rate-2022", "cdp:hasEvidence", None),
    ("evidence", "evidence:roundup-2021-6191-6229", "cdp:passageDigest", None),
    ("evidence", "source:roundup-2021", "cdp:labelEn", None),
    ("firmness", "initiative:hong-kong-open-data", "cdp:hasStatus", None),
    ("firmness", "initiative:shenzhen-singapore", "cdp:hasVoice", None),
    ("frameworks", "component:wuhan-1153-fields", "cdp:hasMember", None),
    ("frameworks", "framework:changsha-6826", "cdp:hasComponent", None),
    ("genres", "doc:shanghai-opinions", "cdp:statutoryGenre", None),
    ("genres", "doc:hong-kong-blueprint", "cdp:documentGenre", None),
    ("goals", "target:wuhan-brain-2021", "cdp:dueYear", None),
    ("goals", "target:wuhan-brain-2021", "cdp:deadlineYear", None),
    ("goals", "target:wuhan-brain-2021", "cdp:hasVoice", None),
    ("goals", "target:shanghai-goal-2025", "cdp:deadlineText", None),
    ("goals", "target:shanghai-capital-framework", "cdp:partOf", None),
    ("goals", "target:wuhan-open-rate-2022", "rdf:type", "cdp:QuantitativeTarget"),
    ("groups", "initiative:shanghai-adapted-services", "cdp:servesGroup", "group:older-people"),
    ("groups", "group:officials", "cdp:labelEn", None),
    ("inference", "count:nanjing-highlights", "cdp:hasVoice", None),
    ("inference", "count:nanjing-highlights", "skos:editorialNote", None),
    ("inference", "component:wuhan-1153-brain", "cdp:inferredProperty", "cdp:hasMember"),
    ("initiatives", "initiative:shenzhen-data-legislation", "rdf:type", "cdp:LegislativeTask"),
    ("initiatives", "initiative:hong-kong-open-data", "cdp:hasStatus", None),
    ("leads", "initiative:hong-kong-empf-platform", "cdp:involves", None),
    ("leads", "initiative:changsha-division-of-duties", "cdp:hasTheme", None),
    ("leads", "initiative:changsha-division-of-duties", "cdp:description", None),
    ("not-stated", "doc:wuhan-implementation-plan", "cdp:hasValidityPeriod", None),
    ("not-stated", "period:changsha-2021-2023", "dcat:startDate", None),
    ("not-stated", "doc:shanghai-opinions", "cdp:issuedBy", None),
    ("not-stated", "doc:nanjing-policy-measures", "cdp:issuerText", None),
    ("not-stated", "period:wuhan-next-three-years", "cdp:periodText", None),
    ("not-stated", "target:wuhan-open-rate-2022", "rdf:type", "cdp:QuantitativeTarget"),
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
    ("responds-to", "part:changsha-design-positioning", "cdp:respondsTo", "policy:three-highlands"),
    ("responds-to", "policy:three-highlands", "cdp:description", None),
    ("sdg-goals", None, "cdp:contributesTo", "sdg:9"),
    ("sdg-goals", "sdg:9", "skos:notation", None),
    ("search", "target:shanghai-aiot", "cdp:labelEn", None),
    ("search", "target:shanghai-aiot", "rdf:type", "cdp:QualitativeTarget"),
    ("serves", "doc:suzhou-action-plan", "cdp:serves", None),
    ("serves", "target:shanghai-international-digital-capital", "cdp:appliesTo", None),
    ("targets", "target:wuhan-open-rate-2022", "cdp:hasComparator", "comparator:ge"),
    ("targets", "target:wuhan-open-rate-2022", "cdp:dueYear", None),
    ("targets", "target:wuhan-open-rate-2022", "cdp:hasIndicator", None),
    ("targets", "target:wuhan-open-rate-2022", "cdp:hasUnit", None),
    ("targets", "target:wuhan-open-rate-2022", "cdp:targetValue", None),
    ("technologies", None, "cdp:usesTechnology", "technology:blockchain"),
    ("theme-matrix", "initiative:suzhou-innovation-ecosystem", "cdp:hasTheme", None),
    ("theme-matrix", "theme:finance", "rdf:type", "cdp:Theme"),
    ("themes", "place:hong-kong", "cdp:addressesTheme", "theme:mobility"),
    ("timeline", "period:changsha-2021-2025", "dcat:endDate", None),
    ("timeline", "period:suzhou-2021-2023", "dcat:startDate", None),
    ("timeline", "target:wuhan-brain-2021", "cdp:dueYear", None),
    ("timeline", "target:wuhan-brain-2021", "cdp:deadlineYear", None),
    ("unique-themes", "target:suzhou-manufacturing-benchmark", "cdp:hasTheme", None),
    ("unique-themes", "initiative:shanghai-adapted-services", "cdp:hasTheme", None),
    ("voices", "item:wuhan-brain-headline", "cdp:hasVoice", None),
    ("voices", "voice:article", "cdp:labelEn", None),
]

# For each question with an empty answer, a fact that would change this.
MISSING: list[tuple[str, str, str, Literal | NamedNode]] = [
    (
        "baselines",
        "target:wuhan-open-rate-2022",
        "cdp:baselineValue",
        Literal("70.0", datatype=NamedNode(NAMES.expand("xsd:decimal"))),
    ),
    (
        "issue-dates",
        "doc:shanghai-opinions",
        "cdp:issued",
        Literal("2021-01-05", datatype=NamedNode(NAMES.expand("xsd:date"))),
    ),
    (
        "laws",
        "doc:shanghai-opinions",
        "rdf:type",
        NamedNode(NAMES.expand("cdp:LegalInstrument")),
    ),
]

# The properties over which questions count.
COUNTED = {
    NamedNode(NAMES.expand(name))
    for name in ("rdf:type", "cdp:hasMember", "cdp:hasTheme", "cdp:hasEvidence", "cdp:about")
}


class StoreEngine:
    """An engine over a store that a test changes."""

    name = "store"

    def __init__(self, quads: Iterable[Quad]) -> None:
        self.store = Store()
        self.store.extend(quads)

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
        return collect_result(self.store.query(text, use_default_graph_as_union=True))


class Asker:
    """Asks the questions of a graph, by name."""

    def __init__(self, graph: Graph, questions: Mapping[str, Question]) -> None:
        self.graph = graph
        self.questions = questions

    def bind(self, name: str, values: Mapping[str, object] | None = None) -> dict[str, str]:
        """Return the terms for values, or else for those of the example."""
        question = self.questions[name]
        return bind_question(self.graph, question, self.example(name) if values is None else values)

    def example(self, name: str) -> Mapping[str, object]:
        """Return the values of the first case of a question that needs values, or else none."""
        return next(iter(CASES[name].values())) if self.questions[name].has_presets else {}

    def ask(
        self, name: str, language: str = "en", values: Mapping[str, object] | None = None
    ) -> Result:
        question = self.questions[name]
        return ask_question(self.graph, question, language, self.bind(name, values))

    def rows(
        self, name: str, language: str = "en", values: Mapping[str, object] | None = None
    ) -> Rows:
        result = self.ask(name, language, values)
        assert isinstance(result, Rows)
        return result


@pytest.fixture(scope="module")
def asker(graph: LocalGraph, questions: dict[str, Question]) -> Asker:
    return Asker(graph, questions)


@pytest.fixture(scope="module")
def tables(questions: dict[str, Question]) -> list[str]:
    """The names of the questions that are answered with rows."""
    return [name for name in questions if name not in TRIPLES]


@pytest.fixture(scope="module")
def quads(graph: LocalGraph) -> list[Quad]:
    return list(parse(graph.memory.dump(), RdfFormat.N_QUADS))


@pytest.fixture(scope="module")
def other_engine(quads: list[Quad]) -> rdflib.Graph:
    """The same statements in rdflib, each once."""
    lines = {f"{Triple(q.subject, q.predicate, q.object)} ." for q in quads}
    return rdflib.Graph().parse(data="\n".join(lines), format="nt")


def compare_term(term: Term | None) -> Compared:
    """Return a term in a form that is equal for equal numbers (0.50, 0.5) and language tags."""
    if term is None:
        return ()
    bound = bind_json(term)
    is_number = NUMERIC.search(bound.get("datatype", ""))
    value = Decimal(bound["value"]) if is_number else bound["value"]
    return bound["type"], value, bound.get("xml:lang", "").lower()


def compare_node(node: Node | None) -> Compared:
    """Return a term of rdflib in the form of `compare_term`."""
    if node is None:
        return ()
    if not isinstance(node, rdflib.Literal):
        return "uri", str(node), ""
    is_number = NUMERIC.search(str(node.datatype))
    value = Decimal(str(node)) if is_number else str(node)
    return "literal", value, (node.language or "").lower()


def compare_rows(rows: Rows) -> tuple[tuple[str, ...], list[tuple[Compared, ...]]]:
    return rows.variables, [tuple(map(compare_term, row)) for row in rows.rows]


def compare_result(result: Result) -> object:
    """Return a result for comparison: rows in their order, triples in any."""
    if isinstance(result, Rows):
        return compare_rows(result)
    assert isinstance(result, list)
    return {tuple(map(compare_term, (t.subject, t.predicate, t.object))) for t in result}


def expand(name: str | None) -> NamedNode | None:
    return None if name is None else NamedNode(NAMES.expand(name))


def read_cells(text: str) -> list[list[Decimal | str]]:
    """Return the cells of a CSV file, numbers by their value: 0.50 is 0.5."""
    return [
        [Decimal(cell) if NUMBER.fullmatch(cell) else cell for cell in row]
        for row in csv.reader(io.StringIO(text, newline=""))
    ]


def test_each_question_has_an_expected_answer(questions: dict[str, Question]) -> None:
    required = {name for name, question in questions.items() if question.has_presets}
    assert {e.question for e in EXPECTED if not e.case} == set(questions) - required
    assert {e.question for e in EXPECTED} == set(questions)
    cases = {(question, case) for question, cases in CASES.items() for case in cases}
    assert {(e.question, e.case) for e in EXPECTED if e.case} == cases
    assert {e.question for e in EXPECTED if e.path.suffix == ".nt"} == TRIPLES
    assert {e.language for e in EXPECTED} == set(LANGUAGES)
    assert len(questions) >= 37


def test_answers_are_as_expected(asker: Asker) -> None:
    different = []
    for expected in EXPECTED:
        pinned = expected.path.read_text("utf-8")
        answer = asker.ask(expected.question, expected.language, expected.values)
        if expected.question in TRIPLES:
            triples = [q.triple for q in parse(pinned, RdfFormat.N_TRIPLES)]
            if compare_result(answer) != compare_result(triples):
                different.append(expected.path.name)
        elif read_cells(render_answer(answer, "csv", NAMES)) != read_cells(pinned):
            different.append(expected.path.name)
    assert different == []


def test_empty_answers_are_explained(asker: Asker, tables: list[str]) -> None:
    assert {name for name in tables if not asker.rows(name).rows} == EMPTY


def test_headers_have_both_languages(questions: dict[str, Question]) -> None:
    faults = []
    for name, question in questions.items():
        header = question.header
        needed = {"summary", "description", "empty", "tags", "parameters"}
        needed |= set() if name in TRIPLES else {"columns"}
        if set(header) != needed:
            faults.append(f"{name}: fields {set(header)}")
        if (name in MAIN) != ("main" in header["tags"]):
            faults.append(f"{name}: tags {header['tags']}")
        texts = {field: header[field] for field in ("summary", "description", "empty")}
        texts |= header.get("columns", {})
        faults += [
            f"{name}: {f} has {set(t)}" for f, t in texts.items() if set(t) != set(HEADER_LANGUAGES)
        ]
        for field, said in (texts | header["parameters"]).items():
            if not CHINESE.search(said["zh-Hans"]) or CHINESE.search(said["en"]) or not said["en"]:
                faults.append(f"{name}: {field} is not in both languages")
    assert faults == []


def test_descriptions_name_no_columns(questions: dict[str, Question]) -> None:
    """On pages, columns have headings in the language and not the names of variables."""
    named = []
    for name, question in questions.items():
        for language in ("en", "zh-Hans"):
            said = question.text("description", language)
            for column in question.columns(language):
                is_word = language == "en" and column.islower()
                form = f"column {column}" if is_word else column
                if re.search(rf"(?<![A-Za-z-]){form}(?![A-Za-z])", said):
                    named.append((name, language, column))
    assert named == []


def test_columns_of_headers_are_the_variables(asker: Asker, tables: list[str]) -> None:
    variables = {name: list(asker.rows(name).variables) for name in tables}
    assert variables == {name: list(asker.questions[name].header["columns"]) for name in tables}
    assert [name for name, columns in variables.items() if not columns[-1].endswith("Iri")] == []


def strip_comments(query: str) -> str:
    return re.sub(r"^\s*#.*\n", "", query, flags=re.M)


def test_language_is_bound_in_every_line(questions: dict[str, Question], tables: list[str]) -> None:
    for name in tables:
        query = strip_comments(questions[name].query)
        has_language = questions[name].has_variable("lang")
        bound = bind_values(query, {"lang": '"x-test"'} if has_language else {})
        assert bound.count('VALUES ?lang { "x-test" }') == bound.count("VALUES ?lang"), name
        # What is not read as a display label has a language of its own, which ?lang chooses.
        assert "cdp:labelEn ?" in bound, name
        assert "LANG(" not in bound or "VALUES ?lang" in bound, name
        assert not re.search(r"cdp:labelZh|\?\w+ (rdfs:label|skos:prefLabel) ", bound), name


@pytest.mark.slow
def test_comments_say_how_to_ask_by_hand(asker: Asker, tables: list[str]) -> None:
    """The values and the properties in the comments work in any SPARQL client."""
    for name, question in asker.questions.items():
        comments = re.findall(r"^# - (.*)\.$", question.query, re.M)
        told = [line.partition(":") for line in comments]
        parameters = read_parameters(asker.graph.home, question)
        assert [what.removesuffix(" (needed)") for what, *_ in told[:-1]] == list(parameters), name
        query = strip_comments(question.query)
        for (what, _, how), parameter in zip(told, parameters.values(), strict=False):
            assert what.endswith(" (needed)") == parameter.required, name
            (found,) = re.findall(r"replace UNDEF after \?(\w+) by a value such as (.*)", how)
            variable, value = found
            assert variable == parameter.binds, name
            if not parameter.required and name not in EMPTY:
                line = f"VALUES ?{variable} {{ UNDEF }}"
                rows = asker.graph.select(query.replace(line, line.replace("UNDEF", value)))
                assert rows.rows or parameter.type == "year", (name, value)
        if name not in TRIPLES:
            for language, label in DISPLAY_LABELS.items():
                changed = query.replace("cdp:labelEn", f"cdp:{label}")
                changed = changed.replace('VALUES ?lang { "en"', f'VALUES ?lang {{ "{language}"')
                if not question.has_presets:
                    assert asker.graph.select(changed) == asker.rows(name, language), name
            assert ("?lang" in told[-1][2]) == ("VALUES ?lang" in query), name


def test_each_undefined_line_is_that_of_a_parameter(questions: dict[str, Question]) -> None:
    for name, question in questions.items():
        binds = {p.binds for p in read_parameters(find_home(), question).values()}
        query = strip_comments(question.query)
        lines = re.findall(r"^\s*VALUES \?(\w+) \{ UNDEF \}$", query, re.M)
        assert set(lines) == binds, name
        assert query.count("UNDEF") == len(lines), name


@pytest.mark.slow
def test_values_only_select_rows(asker: Asker, tables: list[str]) -> None:
    """The answer for a value is a part of the answer without it, in the same order.

    One value in three is given, or all if these have no rows, or with KG_ALL_CASES=1.
    """
    faults = []
    for name in tables:
        complete = asker.rows(name).rows
        for parameter in read_parameters(asker.graph.home, asker.questions[name]).values():
            if parameter.required:
                continue
            values: Iterable[object] = parameter.values or YEARS
            if parameter.type in ("iri", "code"):
                values = sorted(
                    {text(node) for node, _ in list_members(asker.graph, parameter.group)}
                )
            given = [{**asker.example(name), parameter.name: value} for value in values]
            answers = [asker.rows(name, "en", case).rows for case in given[::STEP]]
            if not any(answers):
                answers += [asker.rows(name, "en", case).rows for case in given]
            where = f"{name} --{parameter.name}"
            if any(rows != [row for row in complete if row in rows] for rows in answers):
                faults.append(f"{where} changes rows")
            if name not in EMPTY and all(len(rows) == len(complete) for rows in answers):
                faults.append(f"{where} selects nothing")
            if name not in EMPTY and not any(answers):
                faults.append(f"{where} finds nothing")
    assert faults == []


def test_values_of_kind_are_the_kinds_in_the_answer(asker: Asker, tables: list[str]) -> None:
    tested = []
    for name in tables:
        parameters = read_parameters(asker.graph.home, asker.questions[name])
        if "kind" not in parameters or parameters["kind"].type != "enum":
            continue
        tested.append(name)
        rows = asker.rows(name)
        column = rows.variables.index("kind")
        labels = {
            text(label)
            for value in parameters["kind"].values
            for (label,) in asker.graph.select(
                f"SELECT ?label {{ <{NAMES.expand(f'cdp:{value}')}> "
                f"<{NAMES.expand('rdfs:label')}> ?label FILTER(LANG(?label) = 'en') }}"
            ).rows
        }
        assert {text(row[column]) for row in rows.rows} <= labels, name
        assert len(labels) == len(parameters["kind"].values), name
    assert tested


def hide_words(rows: Rows) -> list[list[object]]:
    """Return rows with IRIs and missing values as they are, and True for each literal."""
    return [[t if t is None or isinstance(t, NamedNode) else True for t in r] for r in rows.rows]


@pytest.mark.slow
def test_answers_in_other_languages_differ_only_in_words(asker: Asker, tables: list[str]) -> None:
    for name in tables:
        english, *others = (asker.rows(name, tag) for tag in LANGUAGES)
        assert [hide_words(rows) for rows in others] == [hide_words(english)] * 2, name
        columns = [n for n, v in enumerate(english.variables) if v in ("city", "document")]
        shown = {text(row[n]) for row in english.rows for n in columns if row[n]}
        assert not any(map(CHINESE.search, shown)), name
        shown = {text(row[n]) for rows in others for row in rows.rows for n in columns if row[n]}
        assert all(map(CHINESE.search, shown)), name


def find_disagreements(
    asker: Asker, cases: Iterable[Case], other_engine: rdflib.Graph
) -> list[Case]:
    """Return the cases that rdflib answers with other rows."""
    found = []
    for case in cases:
        name, language, values = case
        question, terms = asker.questions[name], asker.bind(name, values)
        if question.has_variable("lang"):
            terms["lang"] = f'"{language}"'
        query = re.sub(r"\bcdp:labelEn\b", f"cdp:{DISPLAY_LABELS[language]}", question.query)
        theirs = other_engine.query(bind_values(query, terms))
        counted = Counter(tuple(map(compare_node, row)) for row in theirs if isinstance(row, tuple))
        ours = asker.ask(name, language, values)
        if isinstance(ours, Rows):
            variables, rows = compare_rows(ours)
            agree = (variables, Counter(rows)) == (tuple(map(str, theirs.vars or ())), counted)
        else:
            agree = set(counted) == compare_result(ours)
        if not agree:
            found.append(case)
    return found


def add_city(asker: Asker, name: str) -> Mapping[str, object]:
    """Return the values of the example of a question, for one city if it has such a parameter."""
    parameters = read_parameters(asker.graph.home, asker.questions[name])
    return {**asker.example(name), **({"city": CITY} if "city" in parameters else {})}


def choose_cases(cases: list[Case]) -> list[Case]:
    """Return cases that give each parameter of a question, those with most parameters first."""
    chosen, given = [], set[tuple[str, str]]()
    for case in sorted(cases, key=lambda one: -len(one[2])):
        names = {(case[0], name) for name in case[2]}
        chosen += [case] if names - given else []
        given |= names
    return chosen


@pytest.mark.slow
def test_engines_agree_on_each_question_and_parameter(
    asker: Asker, other_engine: rdflib.Graph
) -> None:
    """With KG_ALL_CASES=1, on all cases, and on each question about one city and about all."""
    expected: list[Case] = [(e.question, e.language, e.values) for e in EXPECTED if e.case]
    cases = choose_cases(expected)
    asked = {name for name, *_ in cases}
    cases += [(n, "", add_city(asker, n)) for n in asker.questions if ALL_CASES or n not in asked]
    cases = [(n, LANGUAGES[i % 3], values) for i, (n, _, values) in enumerate(cases)]
    if ALL_CASES:
        cases += [*expected, *((name, "en", asker.example(name)) for name in asker.questions)]
    assert find_disagreements(asker, cases, other_engine) == []
    assert {name for name, *_ in cases} == set(asker.questions)
    given = {(name, parameter) for name, _, values in cases for parameter in values}
    assert given >= {(name, parameter) for name, _, values in expected for parameter in values}


def test_no_two_rows_have_the_same_place_in_the_order(asker: Asker, tables: list[str]) -> None:
    for name in tables:
        rows = asker.rows(name)
        assert len(set(rows.rows)) == len(rows.rows), name
        query = bind_values(asker.questions[name].query, asker.bind(name))
        head, order, keys = query.rpartition("\nORDER BY ")
        assert order, name
        wanted = list(dict.fromkeys(re.findall(r"\?(\w+)", keys)))
        more = "".join(f" ?{key}" for key in wanted if key not in rows.variables)
        query, count = re.subn("^SELECT DISTINCT$", rf"\g<0>{more}", head, count=1, flags=re.M)
        assert count == 1, name
        keyed = asker.graph.select(query)
        columns = [keyed.variables.index(key) for key in wanted]
        assert len(keyed.rows) == len(rows.rows), name
        assert len({tuple(row[n] for n in columns) for row in keyed.rows}) == len(rows.rows), name


@pytest.mark.slow
def test_order_of_rows_does_not_depend_on_the_order_of_loading(
    asker: Asker, tables: list[str], quads: list[Quad]
) -> None:
    shuffled = list(quads)
    random.Random(SEED).shuffle(shuffled)  # an order, not a secret
    other = Asker(Graph(asker.graph.home, StoreEngine(shuffled)), asker.questions)
    different = [
        (name, language)
        for name in tables
        for language in LANGUAGES
        if other.rows(name, language) != asker.rows(name, language)
    ]
    assert different == []
    assert len(tables) >= 36


@pytest.mark.slow
def test_statement_in_two_graphs_counts_once(asker: Asker, quads: list[Quad]) -> None:
    again = [
        Quad(quad.subject, quad.predicate, quad.object, NamedNode("urn:again"))
        for quad in quads
        if quad.predicate in COUNTED or "/id/place/" in str(quad.subject)
    ]
    assert len(again) > 1000
    other = Asker(Graph(asker.graph.home, StoreEngine([*quads, *again])), asker.questions)
    different = [
        name
        for name in asker.questions
        if compare_result(other.ask(name)) != compare_result(asker.ask(name))
    ]
    assert different == []


def label_neighbours(quads: Iterable[Quad], without: set[NamedNode]) -> list[Quad]:
    """Return labels that others give to the terms and things in some statements, except passages.

    They are in several languages, two of a kind, before and after ours in the alphabet.
    """
    used = {term for q in quads for term in (q.subject, q.predicate, q.object)}
    nodes = sorted((n for n in used if isinstance(n, NamedNode)), key=str)
    words = {"en": "label", "zh-Hans": "名称", "zh-Hant": "名稱", "de": "Name"}
    labels = [
        Literal(f"{start} {word}", language=tag)
        for tag, word in words.items()
        for start in ("!", "\U0001f409")
    ]
    labels.append(Literal("name without a language"))
    properties = [NamedNode(NAMES.expand(p)) for p in ("rdfs:label", "skos:prefLabel")]
    graph = NamedNode("urn:others")
    return [
        Quad(node, prop, label, graph)
        for node in nodes
        if node not in without and "/id/evidence/" not in node.value
        for prop in properties
        for label in labels
    ]


@pytest.fixture(scope="module")
def labelled(asker: Asker, quads: list[Quad]) -> Asker:
    """Asks a graph beside which there are the labels of others, as at a shared endpoint.

    What a question is about has none: all that is known about it includes what others say.
    """
    subjects = {NamedNode(NAMES.expand(str(c["thing"]))) for c in CASES["everything"].values()}
    foreign = label_neighbours(quads, subjects)
    named = {text(quad.subject) for quad in foreign}
    assert {NAMES.expand(n) for n in ("unit:PERCENT", "sdg:9", "dcterms:title")} <= named
    return Asker(Graph(asker.graph.home, StoreEngine([*quads, *foreign])), asker.questions)


@pytest.mark.slow
def test_labels_of_others_change_no_answer(asker: Asker, labelled: Asker) -> None:
    cases: list[Case] = [(e.question, e.language, e.values) for e in EXPECTED]
    for name in asker.questions:
        cases += [(name, tag, asker.example(name)) for tag in LANGUAGES[1:]]
    changed = [
        (name, language, values)
        for name, language, values in cases
        if compare_result(labelled.ask(name, language, values))
        != compare_result(asker.ask(name, language, values))
    ]
    assert changed == []
    assert len(cases) > 140


@pytest.mark.slow
def test_labels_of_others_change_no_network(asker: Asker, labelled: Asker) -> None:
    """Each in one language, or with KG_ALL_CASES=1 in all."""
    for number, question in enumerate(list_networks(asker.graph.home)):
        for language in LANGUAGES if ALL_CASES else [LANGUAGES[number % len(LANGUAGES)]]:
            options = NetworkOptions(language)
            ours = build_network(asker.graph, question, options)
            theirs = build_network(labelled.graph, question, options)
            assert (theirs.nodes, theirs.edges) == (ours.nodes, ours.edges), question.name


@pytest.mark.slow
def test_labels_of_others_change_no_table(
    asker: Asker, labelled: Asker, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for asked in (asker, labelled):
        monkeypatch.setattr("kg.tables.export.load_graph", lambda home, graph=asked.graph: graph)
        export_tables(asker.graph.home, tmp_path / str(asked is labelled))
    ours, theirs = (
        {path.name: path.read_bytes() for path in (tmp_path / name).iterdir()}
        for name in ("False", "True")
    )
    assert theirs == ours
    assert len(ours) > 20


@pytest.mark.slow
def test_answers_change_without_a_fact_that_they_depend_on(asker: Asker, quads: list[Quad]) -> None:
    assert {name for name, *_ in FACTS} == set(asker.questions) - EMPTY
    engine = StoreEngine(quads)
    other = Asker(Graph(asker.graph.home, engine), asker.questions)
    unchanged = []
    for name, *pattern in FACTS:
        subject, predicate, value = map(expand, pattern)
        removed = list(engine.store.quads_for_pattern(subject, predicate, value))
        assert 0 < len(removed) < 50, (name, pattern)
        for quad in removed:
            engine.store.remove(quad)
        if compare_result(other.ask(name)) == compare_result(asker.ask(name)):
            unchanged.append((name, *pattern))
        engine.store.extend(removed)
    assert unchanged == []


def test_empty_answers_have_rows_with_the_missing_fact(asker: Asker, quads: list[Quad]) -> None:
    assert {name for name, *_ in MISSING} == EMPTY
    for name, subject, predicate, value in MISSING:
        node, kind = NamedNode(NAMES.expand(subject)), NamedNode(NAMES.expand(predicate))
        more = Quad(node, kind, value, NamedNode("urn:more"))
        other = Asker(Graph(asker.graph.home, StoreEngine([*quads, more])), asker.questions)
        assert other.rows(name).rows, name


def test_general_words_are_given_for_what_is_not_stated(asker: Asker, quads: list[Quad]) -> None:
    target = NamedNode(NAMES.expand("target:suzhou-digital-benchmark-city"))
    deadline = NamedNode(NAMES.expand("cdp:deadlineText"))
    more = [
        Quad(target, deadline, Literal(words, language=tag), NamedNode("urn:more"))
        for words, tag in (("before long", "en"), ("近期", "zh-Hans"))
    ]
    other = Asker(Graph(asker.graph.home, StoreEngine([*quads, *more])), asker.questions)
    values = {"city": "suzhou", "fact": "target-year"}
    for language, words in (("en", "before long"), ("zh-Hans", "近期"), ("zh-Hant", "近期")):
        rows = other.rows("not-stated", language, values)
        wordings = [text(row[rows.variables.index("wording")]) for row in rows.rows]
        assert wordings == [words], language
    assert not text(asker.rows("not-stated", values=values).rows[0][4])


# What is inferred for every thing that has it, or is a name or a text: the help says so once.
ALWAYS = {"contributesTo", "hasTheme", "dueYear", "hasFirmness", "label", "description"}
# Questions whose rows sum up elements or say what is missing: their help speaks of inference.
SUMS = {"city-pairs", "compare", "not-stated", "theme-matrix", "unique-themes"}


@pytest.mark.slow
def test_answers_mark_what_is_inferred(asker: Asker, quads: list[Quad]) -> None:
    """An answer that depends on an inferred statement depends on the mark of it, too.

    Three marks of each property of each kind of thing are removed, or with KG_ALL_CASES=1 all.
    """
    engine = StoreEngine(quads)
    other = Asker(Graph(asker.graph.home, engine), asker.questions)
    marks = [q for q in quads if q.predicate == expand("cdp:inferredProperty")]
    kinds: dict[tuple[str, str], list[Quad]] = {}
    for mark in sorted(marks, key=str):
        kinds.setdefault((str(mark.object), posixpath.dirname(text(mark.subject))), []).append(mark)
    chosen = [mark for many in kinds.values() for mark in (many if ALL_CASES else many[:3])]
    marked = {(q.subject, q.object): q for q in chosen}
    unmarked, depend = [], set()
    for (thing, named), mark in marked.items():
        assert isinstance(named, NamedNode)
        name = re.split("[/#]", named.value)[-1]
        for question in [] if name in ALWAYS else set(asker.questions) - SUMS:
            if f"cdp:{name}" not in asker.questions[question].query:
                continue
            cases = (
                list(CASES[question].values()) if asker.questions[question].has_presets else [{}]
            )
            answers = []
            for removed in list(engine.store.quads_for_pattern(thing, named, None)), [mark]:
                for quad in removed:
                    engine.store.remove(quad)
                answers.append([compare_result(other.ask(question, "en", c)) for c in cases])
                engine.store.extend(removed)
            present = [compare_result(asker.ask(question, "en", case)) for case in cases]
            if answers[0] != present:
                depend.add(question)
                if answers[1] == present:
                    unmarked.append((question, str(thing), name))
    assert unmarked == []
    assert len(depend) > 15
    for question in SUMS:
        for language, word in (("en", "infer"), ("zh-Hans", "推断")):
            assert word in asker.questions[question].text("description", language), question
