"""Questions found by name, their headers, and the language of an answer."""

import re
from pathlib import Path

import pytest

from kg.ask.question import (
    Question,
    ask_question,
    check_language,
    find_question,
    list_questions,
)
from kg.errors import KgError
from kg.graph import LocalGraph
from kg.home import Home
from kg.names import LANGUAGES
from kg.store import Rows


def write_question(folder: Path, text: str) -> Question:
    path = folder / "mine.rq"
    path.write_text(text, "utf-8")
    return Question("mine", path)


def test_questions_are_sorted_by_name(roundup: Home) -> None:
    names = [question.name for question in list_questions(roundup)]
    assert names == sorted(names)
    assert {"policies", "targets", "frameworks"} <= set(names)
    assert [find_question(roundup, name).name for name in names] == names


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("target", "target: unknown question. Did you mean targets?"),
        ("targets.rq", "Did you mean targets?"),
        ("xyzzy", "xyzzy: unknown question. Questions: baselines, bodies"),
        ("../internal/sources", "unknown question"),
        ("internal/sources", "unknown question"),
        ("", "'': unknown question"),
        ("城市", "Questions: baselines"),
        ("x" * 10_000, "unknown question"),
    ],
)
def test_unknown_question_is_a_usage_error(name: str, message: str, roundup: Home) -> None:
    with pytest.raises(KgError, match=re.escape(message)) as caught:
        find_question(roundup, name)
    assert caught.value.exit_code == 2
    assert str(caught.value).endswith("`kg ask` lists all questions.")


@pytest.mark.parametrize("language", ["zh-hans", "EN", "de", "", '" } #'])
def test_unknown_language_is_a_usage_error(language: str, graph: LocalGraph) -> None:
    with pytest.raises(KgError, match="Use en, zh-Hans, zh-Hant") as caught:
        ask_question(graph, find_question(graph.home, "chain"), language)
    assert caught.value.exit_code == 2
    for known in LANGUAGES:
        check_language(known)


def test_answer_is_in_the_language(graph: LocalGraph) -> None:
    question = find_question(graph.home, "coverage")
    cities = []
    for language in LANGUAGES:
        result = ask_question(graph, question, language)
        assert isinstance(result, Rows)
        column = result.variables.index("city")
        cities.append({str(row[column]).rpartition("@")[0] for row in result.rows})
    assert '"Wuhan"' in cities[0]
    assert '"武汉"' in cities[1]
    # Data without a text in Traditional Chinese fall back on Simplified Chinese.
    assert cities[2] == cities[1]


def test_text_of_a_field_falls_back_on_another_language(tmp_path: Path) -> None:
    question = write_question(tmp_path, "#+ summary:\n#+   en: Mine?\n#+   zh-Hans: 我的？\nASK {}")
    texts = [question.text("summary", language) for language in LANGUAGES]
    assert texts == ["Mine?", "我的？", "我的？"]
    assert question.text("description", "en") == ""


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("#+ - a\n#+ b\nASK {}", "mine.rq:1: the #+ header is not valid YAML"),
        ("#+ summary: {en: " + "9" * 6_000 + "}\nASK {}", "header is not valid YAML: a number"),
        ("ASK {}", "mine.rq:1: the #+ header is missing"),
        ("#+ summary: Mine?\nASK {}", "mine.rq:1: summary has no languages"),
    ],
)
def test_invalid_header_is_an_error(text: str, message: str, tmp_path: Path) -> None:
    with pytest.raises(KgError, match=re.escape(message)):
        write_question(tmp_path, text).text("summary", "en")


VALUES = ["5", "x", "[1]", "{}", "", "{en: 5}", "{en: }", "{fr: Bonjour}", "{5: x}", "{no: x}"]


@pytest.mark.parametrize("value", VALUES)
def test_columns_have_texts_or_are_an_error(value: str, tmp_path: Path) -> None:
    for line in (f"#+ columns: {value}", f"#+ columns:\n#+   a: {value}"):
        question = write_question(tmp_path, f"{line}\nASK {{}}")
        for language in LANGUAGES:
            try:
                columns = question.columns(language)
            except KgError as error:
                assert re.search(r"mine\.rq:1: .* has no (names|languages)\. Write", str(error))
            else:
                assert all(isinstance(text, str) for text in columns.values())
    question = write_question(tmp_path, "#+ columns:\n#+   a:\n#+     fr: Bonjour\nASK {}")
    assert question.columns("en") == {"a": "Bonjour"}


def test_variables_are_those_of_values_lines(tmp_path: Path) -> None:
    text = "SELECT ?a ?b {\n  VALUES ?a { UNDEF }\n  BIND(1 AS ?b)\n}"
    question = write_question(tmp_path, text)
    assert question.has_variable("a")
    assert not question.has_variable("b")


@pytest.mark.parametrize(
    ("line", "has_presets"),
    [("default: 5", True), ("required: true", True), ("en: the default", False)],
)
def test_presets_are_found_without_parsing(line: str, has_presets: bool, tmp_path: Path) -> None:
    question = write_question(tmp_path, f"#+ parameters:\n#+   a:\n#+     {line}\n#+ - not YAML\n")
    assert question.has_presets == has_presets
