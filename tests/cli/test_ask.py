"""`kg ask`: options of questions, formats, and what a table on a terminal has."""

import fcntl
import os
import pty
import re
import shlex
import struct
import subprocess
import sys
import termios
from pathlib import Path

import click
import pytest

from kg.ask import find_question, list_questions, read_parameters
from kg.ask.wrapping import measure_text
from kg.cli import cli
from kg.errors import KgError
from kg.home import find_home

HOME = find_home()


def run_cli(*words: str) -> int:
    return cli.main(list(words), prog_name="kg", standalone_mode=False) or 0


def run_on_terminal(*words: str, columns: int) -> str:
    """Return what `kg` prints on a terminal of that width."""
    main, side = pty.openpty()
    fcntl.ioctl(side, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
    command = [sys.executable, "-m", "kg", *words]
    # Without an environment, it would get the COLUMNS that readline sets in this process.
    environment = dict(os.environ)
    with subprocess.Popen(
        command, stdin=side, stdout=side, stderr=side, env=environment
    ) as process:
        os.close(side)
        printed = b""
        while True:
            try:
                data = os.read(main, 65536)
            except OSError:  # on Linux: the other side is closed
                break
            printed += data
            if not data:
                break
    os.close(main)
    assert process.returncode == 0
    return printed.decode("utf-8").replace("\r\n", "\n")


def test_parameters_are_options(capsys: pytest.CaptureFixture[str]) -> None:
    for city in ("shenzhen", "深圳", "Shenzhen", "place:shenzhen"):
        run_cli("ask", "policies", "--city", city, "--format", "csv")
        rows = capsys.readouterr().out.splitlines()
        assert len(rows) == 3
        assert all(row.startswith("Shenzhen,") for row in rows[1:])
    run_cli("ask", "--lang", "zh-Hans", "policies", "--city=Hong Kong", "--format", "csv")
    assert capsys.readouterr().out.splitlines()[1].startswith("香港,")


@pytest.mark.parametrize("value", ['x" } UNION { ?s ?p ?o } #', "-x", "--help", "\\u0022 } #"])
def test_hostile_value_finds_nothing(value: str, capsys: pytest.CaptureFixture[str]) -> None:
    run_cli("ask", "search", f"--text={value}", "--format", "csv")
    assert capsys.readouterr().out == "name,match,kind,thingIri\r\n"


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["policies", "--city", "wuhn"], "Did you mean wuhan?"),
        (["policies", "--city", "wuhan", "--city", "changsha"], "--city is given twice"),
        (["policies", "--city", "wuhan", "--city", "wuhan"], "--city is given twice"),
        (["policies", "wuhan"], "Write kg ask policies --city wuhan."),
        (["polices"], "Did you mean policies"),
        (["a\x1b[2J"], "a\\x1b[2J: unknown question"),
        (["--format", "csv"], "--format goes with a question"),
        (["--iris"], "--iris goes with a question"),
        (["everything", "--entity", "wuhan", "--lang", "en"], "Leave --lang out"),
        (["everything", "--entity", "wuhan", "--format", "csv"], "a format for rows"),
        (["policies", "--format", "turtle"], "a format for triples"),
    ],
)
def test_usage_error_says_what_to_do(words: list[str], message: str) -> None:
    with pytest.raises(KgError, match=re.escape(message)) as caught:
        run_cli("ask", *words)
    assert caught.value.exit_code == 2
    assert str(caught.value).isprintable()


def test_unknown_or_missing_option_is_a_usage_error() -> None:
    with pytest.raises(click.NoSuchOption) as unknown:
        run_cli("ask", "policies", "--cty", "wuhan")
    assert unknown.value.possibilities == ["--city"]
    with pytest.raises(click.MissingParameter) as missing:
        run_cli("ask", "search")
    assert (unknown.value.exit_code, missing.value.exit_code) == (2, 2)


def test_empty_answer_is_explained(capsys: pytest.CaptureFixture[str]) -> None:
    run_cli("ask", "baselines", "--lang", "zh-Hans", "--format", "csv")
    printed = capsys.readouterr()
    assert printed.out.count("\n") == 1
    assert printed.err == find_question(HOME, "baselines").text("empty", "zh-Hans") + "\n"
    run_cli("ask", "targets", "--city", "nanjing", "--format", "csv")
    assert capsys.readouterr().err == ""


def test_triples_are_turtle_or_another_rdf_format(capsys: pytest.CaptureFixture[str]) -> None:
    words = ("ask", "everything", "--entity", "wuhan")
    run_cli(*words)
    assert capsys.readouterr().out.startswith("PREFIX ")
    for form, start in (("ntriples", "<"), ("jsonld", "["), ("rdfxml", "<?xml")):
        run_cli(*words, "--format", form)
        assert capsys.readouterr().out.startswith(start)
    run_cli(*words, "--format", "ntriples")
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == len(set(lines)) > 10


def test_help_lists_parameters_and_the_example_runs(capsys: pytest.CaptureFixture[str]) -> None:
    faults = []
    for question in list_questions(HOME):
        run_cli("ask", question.name, "--help")
        text = capsys.readouterr().out
        parameters = read_parameters(HOME, question)
        missing = [name for name in (*parameters, "iris", "lang") if f"--{name}" not in text]
        faults += [f"{question.name}: no --{name} in the help" for name in missing]
        example = shlex.split(text.splitlines()[-1])
        options = {word.removeprefix("--") for word in example if word.startswith("--")}
        required = {name for name, parameter in parameters.items() if parameter.required}
        if example[:3] != ["kg", "ask", question.name] or (options != (required or options)):
            faults.append(f"{question.name}: {example} is not an example")
        form = "ntriples" if question.name == "everything" else "csv"
        run_cli(*example[1:], "--format", form)
        if capsys.readouterr().out.count("\n") < 2 and "empty" not in question.header:
            faults.append(f"{question.name}: {example} finds nothing")
    assert faults == []


def test_help_is_in_the_language_and_needs_no_graph(tmp_path: Path) -> None:
    # A home without valid data: its graph cannot be loaded.
    for name in ("ontology", "queries"):
        (tmp_path / name).symlink_to(HOME.root / name)
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "broken.ttl").write_text("not Turtle", "utf-8")
    command = [sys.executable, "-m", "kg", "--home", str(tmp_path), "ask"]
    for words, texts in (
        (["targets", "--help"], ["--city CITY", "--year YEAR", "Example:", "kg ask targets --"]),
        (["targets", "--lang", "zh-Hans", "--help"], ["城市", "--year YEAR"]),
        (["search", "--help"], ["[required]"]),
        (["--help"], [question.name for question in list_questions(HOME)]),
    ):
        done = subprocess.run([*command, *words], capture_output=True, text=True, check=True)
        assert [text for text in texts if text not in done.stdout] == []


def test_table_on_a_terminal_fits_and_has_iris_on_request() -> None:
    for columns, words, has_iris in (
        (200, ("themes",), True),
        (80, ("themes",), False),
        (80, ("themes", "--iris"), True),
        (80, ("--iris", "themes"), True),
    ):
        text = run_on_terminal("ask", *words, "--city", "wuhan", columns=columns)
        assert max(map(measure_text, text.splitlines())) <= columns
        assert ("theme:city-brain" in text) == has_iris
    text = run_on_terminal("ask", "laws", columns=60)
    assert max(map(measure_text, text.splitlines())) <= 60


def test_description_on_a_terminal_is_wrapped() -> None:
    text = run_on_terminal("show", "doc:wuhan-implementation-plan", columns=60)
    assert max(map(measure_text, text.splitlines())) <= 60
    assert "<https://w3id.org/cdp/id/doc/wuhan-implementation-plan>" in text


@pytest.mark.parametrize("form", ["csv", "json"])
def test_formats_for_programs_keep_every_character(form: str) -> None:
    query = r'SELECT ?x { VALUES ?x { "a\u001B[2J 武汉 \u202E" } }'
    command = [sys.executable, "-m", "kg", "query", query, "--format", form]
    done = subprocess.run(
        command, capture_output=True, check=True, env=os.environ | {"PYTHONIOENCODING": "latin-1"}
    )
    printed = done.stdout.decode("utf-8")
    assert "武汉 \u202e" in printed
    assert ("\x1b" if form == "csv" else "\\u001b") in printed
