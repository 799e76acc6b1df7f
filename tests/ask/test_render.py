"""Answers in each format, and as tables that fit a terminal."""

import csv
import io
import json
import re
import tomllib
from pathlib import Path

import pytest
from pyoxigraph import BlankNode, Literal, NamedNode, Triple

from kg.ask import Question, ask_question, bind_question
from kg.ask.render import render_answer
from kg.errors import KgError
from kg.graph import LocalGraph
from kg.home import find_home
from kg.names import Names, read_names
from kg.store import Rows
from kg.wrapping import measure_text

NAMES = read_names(find_home())
PLACE = "https://w3id.org/cdp/id/place/"
WUHAN = NamedNode(f"{PLACE}wuhan")
XSD = NAMES.prefixes["xsd"]
CASES = Path(__file__).parents[1] / "answers" / "parameters.toml"
CJK = re.compile("[⺀-鿿＀-￯]")
FRAME = re.compile("[┌┬┐├┼┤└┴┘│─]")
ROWS = Rows(
    ("name", "what"),
    [
        (WUHAN, Literal("武汉|\n“x”, y", language="zh-hans")),
        (Literal("80.0", datatype=NamedNode(f"{XSD}decimal")), None),
        (BlankNode("b"), Literal("")),
    ],
)
# A table with an empty column and two columns of IRIs.
CITIES = Rows(
    ("city", "note", "cityIri", "provinceIri"),
    [(Literal("Wuhan"), None, WUHAN, NamedNode(f"{PLACE}hubei"))],
)


def test_csv_is_that_of_sparql() -> None:
    text = render_answer(ROWS, "csv", NAMES)
    assert text.count("\r\n") == 4
    assert list(csv.reader(io.StringIO(text, newline=""))) == [
        ["name", "what"],
        [f"{PLACE}wuhan", "武汉|\n“x”, y"],
        ["80.0", ""],
        ["_:b", ""],
    ]


def test_json_is_that_of_sparql() -> None:
    assert json.loads(render_answer(ROWS, "json", NAMES)) == {
        "head": {"vars": ["name", "what"]},
        "results": {
            "bindings": [
                {
                    "name": {"type": "uri", "value": f"{PLACE}wuhan"},
                    "what": {
                        "type": "literal", "value": "武汉|\n“x”, y", "xml:lang": "zh-Hans",
                    },
                },
                {"name": {"type": "literal", "value": "80.0", "datatype": f"{XSD}decimal"}},
                {
                    "name": {"type": "bnode", "value": "b"},
                    "what": {"type": "literal", "value": ""},
                },
            ]
        },
    }  # fmt: skip


def test_csv_and_json_keep_every_character() -> None:
    value = "a\x1b[2J\u202e\tb\n=1+1"
    rows = Rows(("x",), [(Literal(value),)])
    text = render_answer(rows, "csv", NAMES, exact=True)
    assert list(csv.reader(io.StringIO(text, newline="")))[1] == [value]
    (binding,) = json.loads(render_answer(rows, "json", NAMES))["results"]["bindings"]
    assert binding["x"]["value"] == value


def test_csv_has_no_formulas_and_its_numbers_are_unchanged() -> None:
    number = NamedNode(f"{XSD}decimal")
    terms = [Literal("=1+1"), Literal("+86", language="en"), Literal("-5"), Literal("a;\t@b")]
    numbers = [Literal(text, datatype=number) for text in ("-3.50", "+5", "-5+A1")]
    rows = Rows(("x",), [(term,) for term in [*terms, *numbers]])
    text = render_answer(rows, "csv", NAMES)
    assert [cell for (cell,) in csv.reader(io.StringIO(text, newline=""))] == [
        "x", "'=1+1", "'+86", "'-5", "a;\t'@b", "-3.50", "+5", "'-5+A1",
    ]  # fmt: skip
    assert "'" not in render_answer(rows, "csv", NAMES, exact=True)


def test_markdown_has_a_line_per_row() -> None:
    assert render_answer(ROWS, "markdown", NAMES).splitlines() == [
        "| name | what |",
        "| --- | --- |",
        "| place:wuhan | 武汉\\| “x”, y |",
        "| 80.0 |  |",
        "| \\_:b |  |",
    ]


@pytest.mark.parametrize("form", ["table", "csv", "json", "markdown"])
def test_answer_without_rows_has_its_columns(form: str) -> None:
    rows = Rows(("city", "cityIri"), [])
    for width in (None, 80):
        text = render_answer(rows, form, NAMES, width=width)
        assert re.findall(r"\bcity\w*", text) == ["city", "cityIri"]


def test_table_shows_the_beginning_of_an_enormous_text() -> None:
    rows = Rows(("text",), [(Literal("a" * 1_000_000),)])
    shown = render_answer(rows, "table", NAMES, width=80)
    assert len(shown) < 20_000
    assert "(1,000,000" in shown
    assert "a" * 1_000_000 in render_answer(rows, "csv", NAMES)


def test_answer_without_columns_is_text() -> None:
    for form in ("table", "csv", "json", "markdown"):
        assert isinstance(render_answer(Rows((), [()]), form, NAMES, width=80), str)


def test_answer_of_ask_is_true_or_false() -> None:
    assert render_answer(True, None, NAMES) == "true\n"
    assert render_answer(False, "table", NAMES) == "false\n"
    assert json.loads(render_answer(True, "json", NAMES)) == {"head": {}, "boolean": True}


def test_triples_are_turtle_or_another_rdf_format() -> None:
    triples = [Triple(WUHAN, WUHAN, WUHAN)] * 2
    assert render_answer(triples, "ntriples", NAMES) == f"<{PLACE}wuhan> " * 3 + ".\n"
    assert "PREFIX place:" in render_answer(triples, None, NAMES)


@pytest.mark.parametrize(
    ("answer", "form", "message"),
    [
        (ROWS, "turtle", "turtle: a format for triples, but the query returns rows. Use --format"),
        ([Triple(WUHAN, WUHAN, WUHAN)], "csv", "csv: a format for rows, but the query returns tr"),
        (True, "markdown", "markdown: a format for rows, but the query returns true or false"),
        (True, "turtle", "turtle: a format for triples"),
    ],
)
def test_format_for_another_kind_of_answer_is_a_usage_error(
    answer: Rows | bool | list[Triple], form: str, message: str
) -> None:
    with pytest.raises(KgError, match=re.escape(message)) as caught:
        render_answer(answer, form, NAMES)
    assert caught.value.exit_code == 2


def list_titles(text: str) -> list[str]:
    return [title.strip() for title in text.splitlines()[1].strip("│").split("│")]


def test_table_that_is_not_for_a_terminal_has_all_columns() -> None:
    assert list_titles(render_answer(CITIES, None, NAMES)) == list(CITIES.variables)
    assert list_titles(render_answer(CITIES, None, NAMES, iris=False)) == ["city", "note"]


def test_table_for_a_terminal_omits_empty_columns() -> None:
    titles = list_titles(render_answer(CITIES, None, NAMES, width=80))
    assert titles == ["city", "cityIri", "provinceIri"]


def test_table_for_a_terminal_has_iri_columns_only_if_it_fits_with_them() -> None:
    fitting = len("│ Wuhan │ place:wuhan │ place:hubei │")
    for width, iris, titles in [
        (fitting, None, ["city", "cityIri", "provinceIri"]),
        (fitting - 1, None, ["city"]),
        (fitting, False, ["city"]),
    ]:
        assert list_titles(render_answer(CITIES, None, NAMES, width=width, iris=iris)) == titles
    records = render_answer(CITIES, None, NAMES, width=fitting - 1, iris=True)
    assert records == "city: Wuhan\ncityIri: place:wuhan\nprovinceIri: place:hubei\n"


def test_columns_are_kept_if_none_would_be_left() -> None:
    iris = Rows(("cityIri",), [(WUHAN,)])
    assert "place:wuhan" in render_answer(iris, None, NAMES, width=5)
    empty = Rows(("a",), [(None,)])
    assert list_titles(render_answer(empty, None, NAMES, width=80)) == ["a"]


def list_words(text: str) -> set[str]:
    """Return the words of a text that a line break must not cut, without East Asian text."""
    return set(CJK.sub(" ", FRAME.sub(" ", text)).split())


def find_faults(answer: Rows, names: Names, width: int) -> list[str]:
    """Return what makes a table hard to read: lines that are too wide, words cut or lost."""
    text = render_answer(answer, None, names, width=width)
    shown = [n for n, title in enumerate(answer.variables) if not title.endswith("Iri")]
    expected = {x for row in answer.rows for n in shown for x in list_words(names.show(row[n]))}
    allowed = list_words(render_answer(answer, None, names)) | {f"{x}:" for x in answer.variables}
    return [
        *(line for line in text.splitlines() if measure_text(line) > width),
        *(expected - list_words(text)),
        *(list_words(text) - allowed),
    ]


@pytest.mark.slow
@pytest.mark.parametrize("language", ["en", "zh-Hans"])
def test_every_answer_can_be_read_at_each_width(
    language: str, graph: LocalGraph, questions: dict[str, Question]
) -> None:
    values = tomllib.loads(CASES.read_text("utf-8"))
    faults, count = {}, 0
    for name, question in questions.items():
        for case in values[name].values() if question.has_presets else [{}]:
            answer = ask_question(graph, question, language, bind_question(graph, question, case))
            for width in (80, 100, 120, 200) if isinstance(answer, Rows) else ():
                assert isinstance(answer, Rows)
                faults[name, str(case), width] = find_faults(answer, graph.names, width)
                count += 1
    assert {key: found for key, found in faults.items() if found} == {}
    assert count >= 4 * 30
