"""Parameters: what each type takes, what it refuses, and that a hostile value stays data."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from decimal import Decimal
from functools import cache
from pathlib import Path

import click
import pytest
from pyoxigraph import Literal, NamedNode
from rdflib.plugins.sparql import prepareQuery
from rdflib.plugins.sparql.parserutils import CompValue

from kg.ask.parameters import (
    TYPES,
    bind_question,
    list_members,
    make_terms,
    read_parameters,
    write_term,
)
from kg.ask.question import Question, ask_question, find_question, list_questions
from kg.cli import VERBS, cli
from kg.errors import KgError
from kg.graph import bind_values, load_graph
from kg.home import Home, find_home
from kg.names import read_names
from kg.store import Memory, Rows

HOME = find_home()
NAMES = read_names(HOME)
XSD = "http://www.w3.org/2001/XMLSchema#"
WUHAN = NamedNode("https://w3id.org/cdp/id/place/wuhan")
HONG_KONG = NamedNode("https://w3id.org/cdp/id/place/hong-kong")
EXTRA = {
    "iri": "\n#+     class: cdp:City",
    "code": "\n#+     scheme: genre",
    "enum": "\n#+     values: [open, half closed]",
}
# Echoes its value, and finds the labels that hold it: as data it finds what Python finds.
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
# What each type takes, and the term that it makes of it.
TAKEN = {
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
    "date": [("2024-02-29", Literal("2024-02-29", datatype=NamedNode(f"{XSD}date")))],
    "decimal": [
        (text, Literal(text, datatype=NamedNode(f"{XSD}decimal")))
        for text in ("80", "80.0", "-0.5", ".5", "5.")
    ],
    "string": [
        (text, Literal(text))
        for text in ("data", "Hong Kong", "数据", '"', "\\", "'", '\\u0022 } UNION { #', "UNDEF")
    ],
    "language": [(text, Literal(text)) for text in ("en", "zh-Hans", "zh-Hant")],
    "enum": [(text, Literal(text)) for text in ("open", "half closed")],
}  # fmt: skip
# Near misses, beside the hostile ones: what a careless check lets through.
REFUSED = {
    "iri": [
        "", "place:hubei", "https://w3id.org/cdp/id/place/hubei", "湖北", "cdp:City", "place:",
        "PLACE", "nowhere:wuhan", "https://w3id.org/cdp/id/place/wuhan/", "http://example.org/x",
    ],
    "code": ["", "theme:mobility", "mobility", "5g", "genre:", "genre", "decisions!"],
    "integer": ["", " 5", "5 ", "5.0", "1e3", "0x10", "1_000", "５", "٣", "9" * 19, "--5", "+"],
    "year": ["", "0", "0000", "10000", "-1", "+2022", "2022.0", "２０２２", "2022 ", "20x5", "1e3"],
    "date": [
        "", "2023-02-29", "2022-13-01", "20221231", "2022-W01-1", "2022-1-1", "2022-12-31Z",
        "2022-12-31T00:00:00", "0000-01-01", "２０２２-12-31", "2022-12", "31.12.2022",
    ],
    "decimal": ["", ".", "NaN", "INF", "Infinity", "1e3", "1,5", "1.5.2", "８0", "9" * 19, "-"],
    "string": ["", "\n", "\x00", "\x1b[2J", "\udcff", "\x85"],
    "language": ["", "EN", "zh", "zh-hans", "zh_Hans", "en-GB", "*", "en "],
    "enum": ["", "OPEN", "open ", "half", "closed", "open|half closed"],
}  # fmt: skip


@cache
def read_store() -> Memory:
    return load_graph(HOME)


def make_home(folder: Path, questions: dict[str, str]) -> Home:
    """Return a home with the project's ontology and data, and questions of its own."""
    (folder / "queries").mkdir()
    for name in ("ontology", "data", "queries/internal"):
        (folder / name).symlink_to(HOME.root / name)
    for name, text in questions.items():
        (folder / "queries" / f"{name}.rq").write_text(text, "utf-8")
    return find_home(folder)


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Home:
    questions = {name: QUERY.format(type=name, extra=EXTRA.get(name, "")) for name in TYPES}
    return make_home(tmp_path_factory.mktemp("home"), questions)


def bind(home: Home, question: Question, value: object) -> str:
    return bind_values(question.text, make_terms(read_store(), question, {"value": value}))


def read_shape(query: str) -> tuple[str, list[object]]:
    """Return the algebra of a query as the other engine reads it, and the value taken out of it."""
    algebra = prepareQuery(query).algebra
    values: list[object] = []

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
def refused() -> Iterator[pytest.ExceptionInfo[KgError]]:
    with pytest.raises(KgError) as caught:
        yield caught
    assert caught.value.exit_code == 2
    for line in str(caught.value).split("\n"):
        assert line.isprintable()
        assert len(line) < 600


def test_every_type_is_tried() -> None:
    assert set(TAKEN) == set(REFUSED) == set(TYPES)
    assert len(HOSTILE) >= 60


@pytest.mark.parametrize("kind", TYPES)
def test_each_type_takes_its_values(home: Home, kind: str) -> None:
    question = find_question(home, kind)
    for text, term in TAKEN[kind]:
        assert make_terms(read_store(), question, {"value": text}) == {"value": write_term(term)}


@pytest.mark.parametrize("kind", TYPES)
def test_each_type_refuses_near_misses(home: Home, kind: str) -> None:
    question = find_question(home, kind)
    for text in REFUSED[kind]:
        with refused() as caught:
            make_terms(read_store(), question, {"value": text})
        assert str(caught.value).startswith("value: "), text


@pytest.mark.parametrize("kind", TYPES)
def test_a_hostile_value_is_data_or_refused(home: Home, kind: str) -> None:
    question = find_question(home, kind)
    plain, _ = read_shape(bind(home, question, TAKEN[kind][0][0]))
    labels = read_store().select(
        "SELECT DISTINCT ?label { ?s <http://www.w3.org/2000/01/rdf-schema#label> ?label }"
    )
    accepted = []
    for text in HOSTILE:
        try:
            query = bind(home, question, text)
        except KgError as error:
            assert error.exit_code == 2
            assert str(error).isprintable()
            assert len(str(error)) < 600
            continue
        accepted.append(text)
        shape, values = read_shape(query)
        assert shape == plain, text
        assert [[str(term) for term in row.values()] for row in values] == [[text]]
        rows = read_store().select(query).rows
        # As data it is equal to itself, and in the labels where Python finds it.
        assert {value for value, _ in rows} <= {Literal(text)}, text
        assert len(rows) == sum(text in str(label.value) for (label,) in labels.rows), text
    # Of hostile texts only a text is one: and most of these are.
    assert len(accepted) >= 50 if kind == "string" else not accepted, accepted


def test_a_value_is_bound_in_its_line_alone() -> None:
    text = "VALUES ?one { UNDEF }\n  VALUES ?two { UNDEF }"
    bound = bind_values(text, {"one": '"VALUES ?two { UNDEF }"', "two": '"2"'})
    assert bound == 'VALUES ?one { "VALUES ?two { UNDEF }" }\n  VALUES ?two { "2" }'
    with refused():
        bind_values(text, {"three": '"3"'})


@pytest.mark.parametrize(
    ("kind", "value", "term"),
    [
        ("integer", 5, '"5"^^<http://www.w3.org/2001/XMLSchema#integer>'),
        ("year", 2022, '"2022"^^<http://www.w3.org/2001/XMLSchema#integer>'),
        ("decimal", Decimal("0.5"), '"0.5"^^<http://www.w3.org/2001/XMLSchema#decimal>'),
        ("date", date(2022, 12, 31), '"2022-12-31"^^<http://www.w3.org/2001/XMLSchema#date>'),
    ],
)
def test_python_values_are_taken(home: Home, kind: str, value: object, term: str) -> None:
    question = find_question(home, kind)
    assert make_terms(read_store(), question, {"value": value}) == {"value": term}
    for wrong in (True, float("nan"), Decimal("Infinity"), [value], {"value": value}, b"5"):
        with refused():
            make_terms(read_store(), question, {"value": wrong})
    assert make_terms(read_store(), question, {"value": None}) == {}


def test_unknown_values_get_suggestions(home: Home) -> None:
    for value, hint in (
        ("wuhn", "wuhan"),
        ("Honk Kong", "hong-kong"),
        ("武汉市", "武汉 (wuhan)"),
        ("Chang Sha", "changsha"),
    ):
        with refused() as caught:
            make_terms(read_store(), find_question(home, "iri"), {"value": value})
        assert f"Did you mean {hint}" in str(caught.value)
    with refused() as caught:
        make_terms(read_store(), find_question(home, "code"), {"value": "zzz"})
    assert "There are action-plan, blueprint, decision" in str(caught.value)


def test_a_name_of_several_things_is_refused(tmp_path: Path) -> None:
    text = QUERY.format(type="iri", extra="\n#+     class: rdfs:Resource")
    home = make_home(tmp_path, {"any": text})
    question = find_question(home, "any")
    with refused() as caught:
        make_terms(read_store(), question, {"value": "Shenzhen Municipal People’s Governmen"})
    assert "Did you mean" in str(caught.value)
    with refused() as caught:
        make_terms(read_store(), question, {"value": "notice"})
    assert "genre:notice, cdp:Notice. Name one." in str(caught.value)
    told = make_terms(read_store(), question, {"value": "genre:notice"})
    assert told == {"value": "<https://w3id.org/cdp/code/genre/notice>"}


def test_all_faults_of_a_call_are_told_at_once(tmp_path: Path) -> None:
    other = [
        "  other:",
        "    type: year",
        "    binds: value",
        "    required: true",
        "    en: another",
    ]
    lines = "".join(f"#+ {line}\n" for line in other)
    text = QUERY.format(type="year", extra="").replace("#+   value:\n", f"{lines}#+   value:\n")
    question = find_question(make_home(tmp_path, {"two": text}), "two")
    with refused() as caught:
        make_terms(read_store(), question, {"value": "20x5", "vale": "1"})
    told = str(caught.value).split("\n")
    assert [line.partition(":")[0] for line in told] == ["vale", "other", "value"]
    assert "Did you mean value?" in told[0]
    assert "a value is needed (another)" in told[1]


def test_a_default_is_bound_and_a_value_goes_before_it(tmp_path: Path) -> None:
    text = QUERY.format(type="year", extra="\n#+     default: 2021")
    home = make_home(tmp_path, {"default": text})
    question = find_question(home, "default")
    for given, year in (({}, "2021"), ({"value": 2022}, "2022")):
        terms = bind_question(read_store(), question, given)
        assert terms == {"value": f'"{year}"^^<{XSD}integer>'}


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (("type: year", "type: yaer"), "no type that there is"),
        (("type: year", "typ: year"), "no type that there is"),
        (("type: year", "type: year\n#+     bind: value"), "bind is no field"),
        (("type: year", "type: iri"), "class goes with type iri"),
        (("type: year", "type: code"), "scheme goes with type code"),
        (("type: year", "type: enum"), "values goes with type enum"),
        (("type: year", "type: enum\n#+     values: open"), "values is no list"),
        (("type: year", "type: year\n#+     class: cdp:City"), "class goes with type iri"),
        (("type: year", "type: iri\n#+     class: City"), "no class and no scheme"),
        (("type: year", "type: year\n#+     binds: lang"), "no line VALUES ?lang"),
        (("  value:", "  lang:"), "cannot be called that"),
        (("  value:", "  a b:"), "cannot be called that"),
        (("VALUES ?value", "VALUES ?other"), "no line VALUES ?value"),
        (("#+   value:\n", "#+   - value\n"), "not YAML"),
        (("parameters:\n#+   value:\n", "parameters: 5\n#+ value:\n"), "no names with fields"),
    ],
)
def test_a_wrong_header_is_told(tmp_path: Path, change: tuple[str, str], told: str) -> None:
    # A line that binds the language is in most questions, and no parameter's.
    text = f"{QUERY.format(type='year', extra='')}# as in a query:\n  VALUES ?lang {{ UNDEF }}\n"
    assert change[0] in text
    home = make_home(tmp_path, {"wrong": text.replace(*change)})
    with pytest.raises(KgError, match=re.escape(told)) as caught:
        read_parameters(home, find_question(home, "wrong"))
    assert f"{home.queries / 'wrong.rq'}:1: " in str(caught.value)


@pytest.mark.parametrize("question", list_questions(HOME), ids=lambda question: question.name)
def test_the_parameters_of_the_project_can_be_asked(question: Question) -> None:
    for parameter in read_parameters(HOME, question).values():
        assert parameter.tell("en")
        assert parameter.tell("zh-Hans") != parameter.tell("en")
    members = {
        name: list_members(read_store(), parameter).rows[0][0]
        for name, parameter in read_parameters(HOME, question).items()
        if parameter.type in ("iri", "code")
    }
    for name, member in members.items():
        assert isinstance(member, NamedNode), name
    needed = {
        name: members[name].value if name in members else parameter.sample
        for name, parameter in read_parameters(HOME, question).items()
        if parameter.required
    }
    terms = bind_question(read_store(), question, needed)
    assert ask_question(read_store(), question, "en", terms) is not False


def run_cli(*words: str) -> int:
    return cli.main(list(words), prog_name="kg", standalone_mode=False) or 0


def test_a_question_is_asked_with_values(capsys: pytest.CaptureFixture[str]) -> None:
    for city in ("shenzhen", "深圳", "Shenzhen", "place:shenzhen"):
        run_cli("ask", "policies", "--city", city, "--format", "csv")
        rows = capsys.readouterr().out.splitlines()
        assert len(rows) == 3
        assert all(row.startswith("Shenzhen,") for row in rows[1:])
    run_cli("ask", "--lang", "zh-Hans", "policies", "--city=Hong Kong", "--format", "csv")
    assert capsys.readouterr().out.splitlines()[1].startswith("香港,")


def test_a_hostile_value_does_nothing_on_the_command_line(
    home: Home, capsys: pytest.CaptureFixture[str]
) -> None:
    for text in ('x" } UNION { ?s ?p ?o } #', "-x", "--help", "\\u0022 } #"):
        run_cli("--home", str(home.root), "ask", "string", f"--value={text}", "--format", "csv")
        assert capsys.readouterr().out == "value,label\r\n"


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["policies", "--city", "wuhn"], "Did you mean wuhan?"),
        (["policies", "--city", "wuhan", "--city", "changsha"], "--city is given twice"),
        (["policies", "--city", "wuhan", "--city", "wuhan"], "--city is given twice"),
        (["policies", "wuhan"], "Write kg ask policies --city wuhan."),
        (["polices"], "Did you mean policies"),
        (["a\x1b[2J"], "no such question"),
        (["--format", "csv"], "--format goes with a question"),
        (["everything", "--entity", "wuhan", "--lang", "en"], "Leave --lang out"),
        (["everything", "--entity", "wuhan", "--format", "csv"], "a format for rows"),
        (["policies", "--format", "turtle"], "a format for triples"),
    ],
)
def test_a_wrong_call_is_told(words: list[str], told: str) -> None:
    with refused() as caught:
        run_cli("ask", *words)
    assert told in str(caught.value)


def test_an_unknown_or_missing_option_is_told() -> None:
    with pytest.raises(click.NoSuchOption) as unknown:
        run_cli("ask", "policies", "--cty", "wuhan")
    assert unknown.value.possibilities == ["--city"]
    assert unknown.value.exit_code == 2
    with pytest.raises(click.MissingParameter) as missing:
        run_cli("ask", "search")
    assert missing.value.exit_code == 2


def test_an_empty_answer_is_explained(capsys: pytest.CaptureFixture[str]) -> None:
    run_cli("ask", "baselines", "--lang", "zh-Hans", "--format", "csv")
    shown = capsys.readouterr()
    assert shown.out.count("\n") == 1
    assert shown.err == find_question(HOME, "baselines").tell("empty", "zh-Hans") + "\n"
    run_cli("ask", "targets", "--city", "nanjing", "--format", "csv")
    assert capsys.readouterr().err == ""


def test_a_verb_is_imported_when_named(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(click.UsageError, match="nosuch") as caught:
        run_cli("nosuch")
    assert caught.value.exit_code == 2
    for verb in ([], *([verb] for verb in VERBS)):
        run_cli(*verb, "--help")
        text = capsys.readouterr().out
        assert text.startswith(f"Usage: {' '.join(['kg', *verb])} ")
        assert "\\b" not in text


def test_triples_are_turtle_by_default(capsys: pytest.CaptureFixture[str]) -> None:
    run_cli("ask", "everything", "--entity", "wuhan")
    assert capsys.readouterr().out.startswith("PREFIX ")
    for form, start in (("ntriples", "<"), ("jsonld", "["), ("rdfxml", "<?xml")):
        run_cli("ask", "everything", "--entity", "wuhan", "--format", form)
        text = capsys.readouterr().out
        assert text.startswith(start)
    run_cli("ask", "everything", "--entity", "wuhan", "--format", "ntriples")
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == len(set(lines)) > 10


def test_help_tells_parameters_without_a_store(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def refuse(home: Home) -> Memory:
        raise AssertionError(home)

    monkeypatch.setattr("kg.graph.load_graph", refuse)
    for language, words in (
        ("en", ["--city CITY", "only this city", "--year YEAR", "Example:", "kg ask targets --"]),
        ("zh-Hans", ["只看这座城市", "适用的城市"]),
    ):
        run_cli("ask", "targets", "--lang", language, "--help")
        text = capsys.readouterr().out
        assert all(word in text for word in [*words, "turtle", "--lang"])
    run_cli("ask", "search", "--help")
    assert "[required]" in capsys.readouterr().out
    run_cli("ask", "--help")
    text = capsys.readouterr().out
    assert all(question.name in text for question in list_questions(HOME))


@pytest.mark.parametrize("question", list_questions(HOME), ids=lambda question: question.name)
def test_the_example_in_the_help_runs(
    question: Question, capsys: pytest.CaptureFixture[str]
) -> None:
    run_cli("ask", question.name, "--help")
    example = shlex.split(capsys.readouterr().out.splitlines()[-1])
    assert example[:3] == ["kg", "ask", question.name]
    options = {word.removeprefix("--") for word in example if word.startswith("--")}
    known = read_parameters(HOME, question)
    assert options == {name for name, p in known.items() if p.required} or len(options) == 1
    form = ["--format", "ntriples" if question.name == "everything" else "csv"]
    run_cli(*example[1:], *form)
    assert len(capsys.readouterr().out.splitlines()) > 1 or "empty" in question.header


@pytest.mark.parametrize("question", list_questions(HOME), ids=lambda question: question.name)
def test_every_parameter_has_an_example_that_finds_something(question: Question) -> None:
    known = read_parameters(HOME, question)
    assert known
    needed = {name: p.sample for name, p in known.items() if p.required}
    for name, parameter in known.items():
        given = {**needed, name: parameter.sample}
        answer = ask_question(
            read_store(), question, "en", bind_question(read_store(), question, given)
        )
        rows = answer.rows if isinstance(answer, Rows) else answer
        assert rows or "empty" in question.header, name


def test_no_header_is_read_where_nothing_hangs_on_it(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(self: Question) -> None:
        raise AssertionError(self)

    question = find_question(HOME, "policies")
    assert not question.has_presets
    monkeypatch.setattr(Question, "header", property(refuse))
    assert run_cli("ask", "policies", "--format", "csv", "--lang", "zh-Hans") == 0
    assert isinstance(ask_question(read_store(), question, "en", {}), Rows)
