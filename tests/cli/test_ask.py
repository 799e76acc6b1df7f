"""`kg ask`: the options of questions, formats, and answers on a terminal."""

import csv
import io
import json
import re
import subprocess
from collections.abc import Callable

import pytest
from click.testing import CliRunner

from kg.ask import find_question, list_questions, read_parameters
from kg.cli import cli
from kg.home import Home, find_home
from kg.names import LANGUAGES
from kg.store import Rows
from kg.wrapping import measure_text

Call = Callable[..., "subprocess.CompletedProcess[str]"]
Terminal = Callable[..., str]
CHINESE = re.compile("[\u4e00-\u9fff]")


def test_questions_are_listed_in_each_language(call: Call) -> None:
    lists = {language: call("ask", "--lang", language).stdout for language in LANGUAGES}
    assert lists["en"] == call("ask").stdout
    assert not CHINESE.search(lists["en"])
    assert CHINESE.search(lists["zh-Hans"])
    assert {text.count("\n") for text in lists.values()} == {lists["en"].count("\n")}


def test_values_are_given_in_any_spelling(call: Call) -> None:
    answers = {
        call("ask", "policies", "--city", city, "--format", "csv").stdout
        for city in ("shenzhen", "深圳", "Shenzhen", "place:shenzhen")
    }
    assert len(answers) == 1
    rows = list(csv.reader(io.StringIO(answers.pop())))
    assert len(rows) == 3
    assert {row[0] for row in rows[1:]} == {"Shenzhen"}


def test_labels_are_in_the_language(call: Call) -> None:
    words = ["ask", "policies", "--city=Hong Kong", "--format", "csv", "--lang"]
    cities = {tag: call(*words, tag).stdout.splitlines()[1].split(",")[0] for tag in LANGUAGES}
    assert cities == {"en": "Hong Kong", "zh-Hans": "香港", "zh-Hant": "香港"}


@pytest.mark.parametrize("value", ['x" } UNION { ?s ?p ?o } #', "-x", "--help", "\\u0022 } #"])
def test_value_that_looks_like_a_query_or_an_option_finds_nothing(value: str, call: Call) -> None:
    done = call("ask", "search", f"--text={value}", "--format", "csv")
    assert done.stdout == "name,match,kind,thingIri\r\n"


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("policies --city wuhn", "city: wuhn: unknown city. Did you mean wuhan?"),
        ("policies --city a --city a", "--city: given twice (a and a). Give it once."),
        ("policies wuhan", "name of the parameter is missing. Write kg ask policies --city wuhan."),
        ("--lang en policies 武汉", "Write kg ask policies --city '武汉'."),
        ("everything --thing wuhan --lang en", "has labels in all languages. Omit it."),
        ("everything --thing wuhan --format csv", "csv: a format for rows"),
        ("policies --format turtle", "turtle: a format for triples"),
        ("search", "Missing option '--text'"),
        ("goals --year soon", "year: soon: not a year"),
    ],
)  # fmt: skip
def test_usage_error_says_what_to_do(line: str, message: str, call: Call) -> None:
    done = call("ask", *line.split(), code=2)
    assert done.stdout == ""
    assert done.stderr.startswith("kg: ")
    assert message in done.stderr
    assert done.stderr.removesuffix("\n").isprintable()


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("--cty wuhan", r"No such option:? '?--cty'?\.? Did you mean '?--city'?\?"),
        ("--year 2020", r"No such option:? '?--year'?\. See kg ask policies --help\."),
    ],
)
def test_only_similar_options_are_suggested(line: str, message: str, call: Call) -> None:
    """Versions of Click differ in quotes and colon."""
    assert re.match(f"kg: {message}", call("ask", "policies", *line.split(), code=2).stderr)


def test_empty_answer_is_explained_on_standard_error(call: Call, roundup: Home) -> None:
    for language in ("en", "zh-Hans"):
        done = call("ask", "baselines", "--lang", language, "--format", "csv", home=roundup)
        assert done.stdout == "city,target,baseline,year,targetIri\r\n"
        assert done.stderr == find_question(roundup, "baselines").text("empty", language) + "\n"
    done = call("ask", "targets", "--city", "nanjing", "--format", "csv", home=roundup)
    assert done.stderr.startswith("The source states no target with a number for this city")
    assert call("ask", "targets", "--city", "wuhan", "--format", "csv", home=roundup).stderr == ""


@pytest.mark.slow
def test_each_question_explains_an_answer_without_rows(monkeypatch: pytest.MonkeyPatch) -> None:
    home = find_home()
    monkeypatch.setattr("kg.cli.ask.ask_question", lambda *_: Rows(("city",), []))
    monkeypatch.setattr("kg.cli.ask.bind_question", lambda *_: {})
    for number, question in enumerate(list_questions(home)):
        needed = [p for p in read_parameters(home, question).values() if p.required]
        words = [word for p in needed for word in (f"--{p.name}", p.sample)]
        for language in ("en", "zh-Hans") if question.has_language else ("en",):
            note = question.text("empty", language)
            # Each call loads the graph, so only every sixth question is asked.
            if number % 6 == 0 or needed:
                chosen = ["--lang", language] if question.has_language else []
                done = CliRunner().invoke(cli, ["ask", question.name, *words, *chosen])
                assert done.exit_code == 0, done.output
                assert done.stderr == f"{note}\n", question.name
            # One sentence.
            assert not re.search(r"\. |。.", note), question.name
            assert note.endswith("." if language == "en" else "。"), question.name


def test_csv_json_and_markdown_have_the_same_rows(call: Call) -> None:
    words = ["ask", "goals", "--lang", "zh-Hans", "--format"]
    titles, *rows = csv.reader(io.StringIO(call(*words, "csv").stdout))
    answer = json.loads(call(*words, "json").stdout)
    assert answer["head"]["vars"] == titles
    bindings = answer["results"]["bindings"]
    assert [[b.get(name, {}).get("value", "") for name in titles] for b in bindings] == rows
    tags = {cell["xml:lang"] for b in bindings for cell in b.values() if "xml:lang" in cell}
    assert tags == {"zh-Hans"}
    markdown = call(*words, "markdown").stdout.splitlines()
    assert markdown[0] == f"| {' | '.join(titles)} |"
    assert len(markdown) == len(rows) + 2 > 10


def test_question_about_everything_returns_rdf(call: Call) -> None:
    words = ["ask", "everything", "--thing", "wuhan"]
    assert call(*words).stdout.startswith("PREFIX ")
    for form, start in (("turtle", "PREFIX "), ("jsonld", "["), ("rdfxml", "<?xml")):
        assert call(*words, "--format", form).stdout.startswith(start)
    lines = call(*words, "--format", "ntriples").stdout.splitlines()
    assert len(lines) == len(set(lines)) > 10


@pytest.mark.parametrize(
    ("name", "language", "start"),
    [("policies", "zh-Hans", "┌──────┬"), ("targets", "en", "city: ")],
)
def test_answer_fits_a_terminal_and_is_complete(
    name: str, language: str, start: str, run_on_terminal: Terminal, call: Call, roundup: Home
) -> None:
    shown = run_on_terminal("ask", name, "--lang", language, home=roundup, columns=80)
    assert shown.startswith(start)
    assert max(map(measure_text, shown.splitlines())) <= 80
    assert "Iri" not in shown
    if start.startswith("┌"):
        # A cell is wrapped inside its column.
        lines = [line.split("│") for line in shown.splitlines() if line.startswith("│")]
        shown = "".join(cell for column in zip(*lines, strict=True) for cell in column)
    text = call("ask", name, "--lang", language, "--format", "csv", home=roundup).stdout
    cells = {cell for row in csv.reader(io.StringIO(text)) for cell in row}
    cells = {cell for cell in cells if not cell.startswith("https:") and not cell.endswith("Iri")}
    assert len(cells) >= 15
    missing = [x for x in cells if "".join(x.split()) not in "".join(shown.split())]
    assert set(missing) <= {"lowerBound", "upperBound"}  # columns without a value


@pytest.mark.slow
def test_columns_of_iris_are_shown_if_they_fit_or_on_request(run_on_terminal: Terminal) -> None:
    for columns, line, has_iris in (
        (200, "themes --city wuhan", True),
        (80, "themes --city wuhan", False),
        (80, "themes --city wuhan --iris", True),
        (80, "--iris --city wuhan themes", True),
    ):
        shown = run_on_terminal("ask", *line.split(), columns=columns)
        assert max(map(measure_text, shown.splitlines())) <= columns
        assert ("theme:city-brain" in shown) == has_iris


def test_note_on_an_empty_answer_fits_the_terminal(run_on_terminal: Terminal) -> None:
    shown = run_on_terminal("ask", "baselines", columns=60)
    assert len(shown.splitlines()) >= 3
    assert max(map(measure_text, shown.splitlines())) <= 60
