"""Parameters: what each type allows, what it refuses, and that a hostile value stays data."""

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from pyoxigraph import Literal, NamedNode
from rdflib.plugins.sparql import prepareQuery
from rdflib.plugins.sparql.parserutils import CompValue

from kg.ask.parameters import (
    TYPES,
    bind_question,
    label_members,
    list_members,
    needs_value,
    read_parameters,
    write_term,
)
from kg.ask.question import Question, ask_question
from kg.errors import KgError
from kg.graph import LocalGraph, bind_values
from kg.home import Home
from kg.names import LANGUAGES, text
from kg.store import Rows

XSD = "http://www.w3.org/2001/XMLSchema#"
WUHAN = NamedNode("https://w3id.org/cdp/id/place/wuhan")
HONG_KONG = NamedNode("https://w3id.org/cdp/id/place/hong-kong")
EXTRA = {
    "iri": "\n#+     class: cdp:City",
    "code": "\n#+     scheme: genre",
    "enum": "\n#+     values: [open, half closed]",
}
# Returns its value and the labels that contain it: bound as data, it finds what Python finds.
QUERY = """#+ summary:
#+   en: Which labels hold a value?
#+   zh-Hans: 哪些名称含有该值？
#+ parameters:
#+   value:
#+     type: {type}{extra}
#+     en: the value
#+     zh-Hans: 该值
PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
SELECT DISTINCT ?value ?label WHERE {{
  VALUES ?value {{ UNDEF }}
  ?thing rdfs:label ?label .
  FILTER(CONTAINS(STR(?label), STR(?value)))
}}
ORDER BY ?label
"""
HOSTILE = [
    '"', "'", "\\", '\\"', '""" }', "''' }",
    'x" } UNION { ?s ?p ?o } #',
    "x' } UNION { ?s ?p ?o } #",
    "x } UNION { ?s ?p ?o } #",
    'data" } } UNION { SELECT * { ?s ?p ?o } } #',
    "> } UNION { ?s ?p ?o } #",
    "https://w3id.org/cdp/id/place/wuhan> } UNION { ?s ?p ?o } #",
    "<https://w3id.org/cdp/id/place/wuhan>",
    "place:wuhan } # ",
    "wuhan shenzhen", "wuhan) (UNDEF",
    '\\u0022 } UNION { ?s ?p ?o } #', "\\U00000022", "\\u005c\\u0022", "\\\\u0022", "\\u003e",
    "\\n", "\n", "a\nVALUES ?value { UNDEF }", "\nVALUES ?lang { UNDEF }\n", "\r\n", "\t", "\x0b",
    "\u2028", "\u2029", "\x85", "\x00", "a\x00b", "\x1b[2J", "\x7f",
    "\u202ewuhan", "\u200fwuhan", "\ufeffwuhan", "wu\u200bhan", "\udcff", "\ufffe", "\U0001f600",
    "UNDEF", "undef", "#", "# comment", "{", "}", "?s", "$s", "*", "_:b0", "a", "true",
    "1 UNION", "2022 } UNION { ?s ?p ?o", "2022; DROP ALL", "1e999", "--", ";", "$(id)", "`id`",
    '2022"^^<http://www.w3.org/2001/XMLSchema#integer> "', '"en"@en', "en|zh-Hans", "%22",
    "open closed", "open} #", "2022-12-31\n", "2022\n", "80.0\n", "en\n", "wuhan\n#", "&quot;",
    "decision\x00", "\\\\\\u0022 } #", "\\\ufffe", "\\U0001F600", "\\u", "\\uD800",
    "x" * 10_000, '"' * 10_000, "武" * 10_000, "\\" * 9_999,
]  # fmt: skip
# The values that each type allows, and their terms.
ALLOWED: Mapping[str, Sequence[tuple[str, NamedNode | Literal]]] = {
    "iri": [
        (text, WUHAN)
        for text in (
            "wuhan", "Wuhan", "WUHAN", " wuhan ", "武汉", "place:wuhan",
            "https://w3id.org/cdp/id/place/wuhan",
        )
    ] + [(text, HONG_KONG) for text in ("hong-kong", "Hong Kong", "hong KONG", "香港")],
    "code": [
        (text, NamedNode("https://w3id.org/cdp/code/genre/decision"))
        for text in ("decision", "Decision", "genre:decision", "决定")
    ],
    "integer": [
        (text, Literal(text, datatype=NamedNode(f"{XSD}integer")))
        for text in ("5", "-5", "+5", "0", "9" * 18)
    ],
    "year": [
        ("2022", Literal("2022", datatype=NamedNode(f"{XSD}integer"))),
        ("1", Literal("1", datatype=NamedNode(f"{XSD}integer"))),
        ("0999", Literal("999", datatype=NamedNode(f"{XSD}integer"))),
        ("9999", Literal("9999", datatype=NamedNode(f"{XSD}integer"))),
    ],
    "date": [
        (text, Literal(text, datatype=NamedNode(f"{XSD}date")))
        for text in ("2024-02-29", "2022-12-31Z", "2022-12-31+08:00", "0000-01-01", "-0044-03-15")
    ],
    "decimal": [
        (text, Literal(text, datatype=NamedNode(f"{XSD}decimal")))
        for text in ("80", "80.0", "-0.5", ".5", "5.")
    ],
    "string": [
        (text, Literal(text))
        for text in ("data", "Hong Kong", "数据", '"', "\\", "'", '\\u0022 } UNION { #', "UNDEF")
    ],
    "language": [
        (text, Literal(tag))
        for text, tag in (
            ("en", "en"), ("zh-Hans", "zh-Hans"), ("zh-Hant", "zh-Hant"),
            ("EN", "en"), ("zh-hans", "zh-Hans"), ("ZH-HANT", "zh-Hant"),
        )
    ],
    "enum": [(text, Literal(text)) for text in ("open", "half closed")],
}  # fmt: skip
# Values that a careless check lets through.
REFUSED = {
    "iri": [
        "", "place:hubei", "https://w3id.org/cdp/id/place/hubei", "湖北", "cdp:City", "place:",
        "PLACE", "nowhere:wuhan", "https://w3id.org/cdp/id/place/wuhan/", "http://example.org/x",
    ],
    "code": ["", "theme:mobility", "mobility", "5g", "genre:", "genre", "decisions!"],
    "integer": ["", " 5", "5 ", "5.0", "1e3", "0x10", "1_000", "５", "٣", "9" * 19, "--5", "+"],
    "year": ["", "0", "0000", "10000", "-1", "+2022", "2022.0", "２０２２", "2022 ", "20x5", "1e3"],
    "date": [
        "", "2023-02-29", "2022-13-01", "20221231", "2022-W01-1", "2022-1-1", "2022-12-31 ",
        "2022-12-31T00:00:00", "2022-12-31+14:01", "２０２２-12-31", "2022-12", "31.12.2022",
        f"{'9' * 5000}-01-01",
    ],
    "decimal": ["", ".", "NaN", "INF", "Infinity", "1e3", "1,5", "1.5.2", "８0", "9" * 19, "-"],
    "string": ["", "\n", "\x00", "\x1b[2J", "\udcff", "\x85"],
    "language": ["", "zh", "zh_Hans", "en-GB", "*", "en ", "ｅｎ", "zh-Hans-"],
    "enum": ["", "OPEN", "open ", "half", "closed", "open|half closed"],
}  # fmt: skip


def write_question(folder: Path, text: str) -> Question:
    path = folder / "mine.rq"
    path.write_text(text, "utf-8")
    return Question("mine", path)


@pytest.fixture(scope="module")
def typed(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Question]:
    """A question for each type, with one parameter of this type."""
    return {
        name: write_question(
            tmp_path_factory.mktemp(name), QUERY.format(type=name, extra=EXTRA.get(name, ""))
        )
        for name in TYPES
    }


def read_shape(query: str) -> tuple[str, list[Mapping[object, object]]]:
    """Return the algebra of a query in rdflib without its values, and the values."""
    algebra = prepareQuery(query).algebra
    values: list[Mapping[object, object]] = []

    def walk(node: object) -> str:
        if isinstance(node, CompValue):
            if node.name == "values":
                values.extend(row for row in node.res)
                return "values"
            return f"{node.name}({', '.join(f'{k}={walk(v)}' for k, v in sorted(node.items()))})"
        if isinstance(node, list | tuple):
            return f"[{', '.join(map(walk, node))}]"
        if isinstance(node, dict | set | frozenset):
            return f"{{{', '.join(sorted(map(repr, node)))}}}"
        return repr(node)

    return walk(algebra), values


@contextmanager
def usage_error() -> Iterator[pytest.ExceptionInfo[KgError]]:
    with pytest.raises(KgError) as caught:
        yield caught
    assert caught.value.exit_code == 2
    for line in str(caught.value).split("\n"):
        assert line.isprintable()
        assert len(line) < 600


def test_every_type_is_tested() -> None:
    assert set(ALLOWED) == set(REFUSED) == set(TYPES)
    assert len(HOSTILE) >= 60


@pytest.mark.parametrize("kind", TYPES)
def test_allowed_values_become_terms(
    kind: str, typed: dict[str, Question], graph: LocalGraph
) -> None:
    terms = [bind_question(graph, typed[kind], {"value": text}) for text, _ in ALLOWED[kind]]
    assert terms == [{"value": write_term(term)} for _, term in ALLOWED[kind]]


@pytest.mark.parametrize("kind", TYPES)
def test_other_values_are_refused(kind: str, typed: dict[str, Question], graph: LocalGraph) -> None:
    for value in REFUSED[kind]:
        with usage_error() as caught:
            bind_question(graph, typed[kind], {"value": value})
        assert str(caught.value).startswith("value: "), value


@pytest.mark.parametrize("kind", TYPES)
def test_hostile_value_is_data_or_refused(
    kind: str, typed: dict[str, Question], graph: LocalGraph
) -> None:
    def bind(value: str) -> str:
        terms = bind_question(graph, typed[kind], {"value": value})
        return bind_values(typed[kind].query, terms)

    plain, _ = read_shape(bind(ALLOWED[kind][0][0]))
    found = graph.select(
        "SELECT DISTINCT ?label { ?s <http://www.w3.org/2000/01/rdf-schema#label> ?label }"
    )
    labels = [text(label) for (label,) in found.rows]
    accepted = []
    for value in HOSTILE:
        try:
            query = bind(value)
        except KgError as error:
            assert error.exit_code == 2
            assert str(error).isprintable()
            assert len(str(error)) < 600
            continue
        accepted.append(value)
        shape, values = read_shape(query)
        assert shape == plain, value
        assert [[str(term) for term in row.values()] for row in values] == [[value]]
        rows = graph.select(query).rows
        # The query returns the value itself, and the labels in which Python finds it.
        assert {bound for bound, _ in rows} <= {Literal(value)}, value
        assert len(rows) == sum(value in label for label in labels), value
    # Only a parameter of type string accepts such values, and it accepts most of them.
    assert len(accepted) >= 50 if kind == "string" else not accepted, accepted


@pytest.mark.parametrize(
    ("kind", "value", "term"),
    [
        ("integer", 5, '"5"^^<http://www.w3.org/2001/XMLSchema#integer>'),
        ("year", 2022, '"2022"^^<http://www.w3.org/2001/XMLSchema#integer>'),
        ("decimal", Decimal("0.5"), '"0.5"^^<http://www.w3.org/2001/XMLSchema#decimal>'),
        ("decimal", Decimal("1E+2"), '"100"^^<http://www.w3.org/2001/XMLSchema#decimal>'),
        ("decimal", 1e-7, '"0.0000001"^^<http://www.w3.org/2001/XMLSchema#decimal>'),
        ("date", date(2022, 12, 31), '"2022-12-31"^^<http://www.w3.org/2001/XMLSchema#date>'),
    ],
)
def test_python_values_are_allowed(
    kind: str, value: object, term: str, typed: dict[str, Question], graph: LocalGraph
) -> None:
    assert bind_question(graph, typed[kind], {"value": value}) == {"value": term}
    for wrong in (True, float("nan"), Decimal("Infinity"), [value], {"value": value}, b"5"):
        with usage_error():
            bind_question(graph, typed[kind], {"value": wrong})
    assert bind_question(graph, typed[kind], {"value": None}) == {}


@pytest.mark.parametrize(
    ("kind", "value", "message"),
    [
        ("iri", "wuhn", "value: wuhn: unknown city. Did you mean wuhan?"),
        ("iri", "Honk Kong", "Did you mean hong-kong?"),
        ("iri", "武汉市", "Did you mean 武汉 (wuhan)?"),
        ("iri", "Chang Sha", "Did you mean changsha"),
        ("code", "zzz", "value: zzz: unknown genre. Values: action-plan, blueprint, decision"),
        ("enum", "shut", "value: shut: unknown value. Use open, half closed."),
        ("year", "20x5", "value: 20x5: not a year from 1 to 9999. Write it like 2022."),
        ("string", "", "value: the value is empty. Give a text, such as data."),
        ("year", "", "value: the value is empty. Give a value, such as 2022."),
        ("decimal", "x", "value: x: not a decimal of at most 18 digits. Write it like 80.0."),
    ],
)
def test_message_says_what_to_use(
    kind: str, value: str, message: str, typed: dict[str, Question], graph: LocalGraph
) -> None:
    with usage_error() as caught:
        bind_question(graph, typed[kind], {"value": value})
    assert message in str(caught.value)


def test_parameter_of_any_class_takes_any_thing(tmp_path: Path, graph: LocalGraph) -> None:
    text = QUERY.format(type="iri", extra="\n#+     class: rdfs:Resource")
    question = write_question(tmp_path, text)
    for value, message in (
        ("Shenzhen Municipal People’s Governmen", "Did you mean"),
        ("notice", "several things have this name: genre:notice, cdp:Notice"),
    ):
        with usage_error() as caught:
            bind_question(graph, question, {"value": value})
        assert message in str(caught.value)
    terms = bind_question(graph, question, {"value": "genre:notice"})
    assert terms == {"value": "<https://w3id.org/cdp/code/genre/notice>"}
    (parameter,) = read_parameters(graph.home, question).values()
    assert len(list_members(graph, parameter.group)) > 1000


def test_all_faults_of_a_call_are_listed(tmp_path: Path, graph: LocalGraph) -> None:
    other = "#+   other:\n#+     type: year\n#+     binds: value\n#+     required: true\n"
    text = QUERY.format(type="year", extra="")
    text = text.replace("#+   value:\n", f"{other}#+     en: another\n#+   value:\n")
    question = write_question(tmp_path, text)
    assert needs_value(graph.home, question)
    with usage_error() as caught:
        bind_question(graph, question, {"value": "20x5", "vale": "1"})
    faults = str(caught.value).split("\n")
    assert [fault.partition(":")[0] for fault in faults] == ["vale", "other", "value"]
    assert faults[0] == "vale: unknown parameter of mine. Did you mean value?"
    assert faults[1] == "other: a value is required (another)."


def test_default_is_bound_unless_a_value_is_given(tmp_path: Path, graph: LocalGraph) -> None:
    text = QUERY.format(type="year", extra="\n#+     default: 2021")
    question = write_question(tmp_path, text)
    assert not needs_value(graph.home, question)
    for given, year in (({}, "2021"), ({"value": 2022}, "2022")):
        terms = bind_question(graph, question, given)
        assert terms == {"value": f'"{year}"^^<{XSD}integer>'}


def test_header_is_not_read_without_values_and_presets(tmp_path: Path, graph: LocalGraph) -> None:
    question = write_question(tmp_path, "#+ - not\n#+ a header\nASK {}")
    assert bind_question(graph, question, {}) == {}
    with pytest.raises(KgError, match="not valid YAML"):
        bind_question(graph, question, {"value": "1"})


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (("type: year", "type: yaer"), "unknown type. Write `type:` and one of iri, code"),
        (("type: year", "typ: year"), "unknown type"),
        (("type: year", "type: iri"), "type iri needs a field such as `class: cdp:City`"),
        (("type: year", "type: code"), "type code needs a field such as `scheme"),
        (("type: year", "type: enum"), "type enum needs a field such as `values"),
        (
            ("type: year", "type: enum\n#+     values: open"),
            "a field such as `values: [one, other]`",
        ),
        (("type: year", "type: iri\n#+     class: City"), "City is not a class or concept scheme"),
        (("VALUES ?value", "VALUES ?other"), "no line `VALUES ?value"),
        (("#+   value:\n", "#+   - value\n"), "not valid YAML"),
        (("parameters:\n#+   value:\n", "parameters: 5\n#+ value:\n"), "parameters is not a map"),
    ],
)
def test_invalid_declaration_is_an_error(
    change: tuple[str, str], message: str, tmp_path: Path, roundup: Home
) -> None:
    text = QUERY.format(type="year", extra="")
    assert change[0] in text
    question = write_question(tmp_path, text.replace(*change))
    with pytest.raises(KgError, match=re.escape(message)) as caught:
        read_parameters(roundup, question)
    assert f"{question.path}:1: " in str(caught.value)


def test_declarations_become_parameters(tmp_path: Path, roundup: Home) -> None:
    text = QUERY.format(type="enum", extra=EXTRA["enum"])
    (parameter,) = read_parameters(roundup, write_question(tmp_path, text)).values()
    assert [parameter.text(tag) for tag in LANGUAGES] == ["the value", "该值", "该值"]
    assert (parameter.name, parameter.binds) == ("value", "value")
    assert (parameter.metavar, parameter.sample) == ("open|half closed", "open")
    text = QUERY.format(type="code", extra=EXTRA["code"])
    (parameter,) = read_parameters(roundup, write_question(tmp_path, text)).values()
    assert (parameter.metavar, parameter.sample) == ("VALUE", "")
    assert parameter.group == "https://w3id.org/cdp/code/genre"


def test_members_have_labels_by_language(typed: dict[str, Question], graph: LocalGraph) -> None:
    (parameter,) = read_parameters(graph.home, typed["iri"]).values()
    labels = label_members(list_members(graph, parameter.group))
    assert labels[WUHAN.value] == {"en": "Wuhan", "zh-Hans": "武汉"}
    assert len(labels) > 5
    assert label_members([(WUHAN, None)]) == {WUHAN.value: {}}


def test_parameters_of_each_question_can_be_used(
    graph: LocalGraph, questions: dict[str, Question]
) -> None:
    """Each has a description in both languages, members, and an example that finds something."""
    faults = []
    for question in questions.values():
        known = read_parameters(graph.home, question)
        needed = {name: p.sample for name, p in known.items() if p.required}
        for name, parameter in known.items():
            if len({parameter.text("en"), parameter.text("zh-Hans"), ""}) < 3:
                faults.append(f"{question.name}: {name} is not described")
            if parameter.type in ("iri", "code") and not list_members(graph, parameter.group):
                faults.append(f"{question.name}: {name} has no members")
            given = {**needed, name: parameter.sample}
            answer = ask_question(graph, question, "en", bind_question(graph, question, given))
            found = answer.rows if isinstance(answer, Rows) else answer
            if not found and "empty" not in question.header:
                faults.append(f"{question.name}: the example of {name} finds nothing")
        if not known:
            faults.append(f"{question.name} has no parameters")
    assert faults == []
    assert len(questions) > 30
