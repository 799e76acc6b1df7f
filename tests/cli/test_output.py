"""Output: pages of text and width on a terminal, bytes for programs, and progress bars."""

import csv
import io
import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from pyoxigraph import RdfFormat, parse

from kg.cli import run
from kg.cli.output import count_steps, print_data
from kg.home import Home
from kg.wrapping import measure_text

Call = Callable[..., "subprocess.CompletedProcess[str]"]
Terminal = Callable[..., str]
ESCAPES = "\x1b[31m红\x1b[0m \u202e"  # red on a terminal, and then from right to left
LABEL = "http://www.w3.org/2000/01/rdf-schema#label"


@pytest.fixture
def pager(tmp_path: Path) -> Path:
    """A pager that copies its input to the file `paged` next to it."""
    path = tmp_path / "pager"
    path.write_text(f'#!/bin/sh\ncat > "{tmp_path}/paged"\n', "utf-8")
    path.chmod(0o755)
    return path


# Terminals


def test_long_answer_goes_through_the_pager(
    pager: Path, untouched: Home, run_on_terminal: Terminal, call: Call
) -> None:
    shown = run_on_terminal("ask", home=untouched, columns=100, PAGER=pager)
    paged = pager.with_name("paged").read_text("utf-8")
    assert shown == ""
    assert paged.count("\n") > 24
    assert paged.endswith("┘\n")
    assert paged == run_on_terminal("ask", home=untouched, columns=100)


def test_short_answer_does_not_start_the_pager(
    pager: Path, untouched: Home, run_on_terminal: Terminal
) -> None:
    shown = run_on_terminal("ask", "policies", home=untouched, PAGER=pager)
    assert "Suzhou" in shown
    assert not pager.with_name("paged").exists()


def test_pager_is_for_people_on_a_terminal_only(
    pager: Path, run_on_terminal: Terminal, call: Call, monkeypatch: pytest.MonkeyPatch
) -> None:
    words = ("ask", "themes")
    shown = run_on_terminal(*words, "--format", "csv", PAGER=pager).replace("\r\n", "\n")
    assert shown.count("\n") > 24
    assert shown == call(*words, "--format", "csv").stdout.replace("\r\n", "\n")
    monkeypatch.setenv("PAGER", str(pager))
    assert call(*words).stdout.count("\n") > 24
    assert not pager.with_name("paged").exists()


def test_list_of_questions_fits_the_terminal(untouched: Home, run_on_terminal: Terminal) -> None:
    for columns, language in ((40, "en"), (80, "zh-Hans")):
        shown = run_on_terminal("ask", "--lang", language, home=untouched, columns=columns)
        assert max(map(measure_text, shown.splitlines())) <= columns
        assert len(shown.splitlines()) > 30


# Data for programs


def test_piped_table_is_complete(call: Call) -> None:
    table = call("ask", "policies").stdout
    assert table == call("ask", "policies", "--format", "table").stdout
    rows = list(csv.reader(io.StringIO(call("ask", "policies", "--format", "csv").stdout)))
    lines = table.splitlines()
    assert [title.strip() for title in lines[1].strip("│").split("│")] == rows[0]
    assert len(lines) == len(rows) + 3 > 10
    assert [row for row in rows[1:] if row[1] not in table] == []


@pytest.mark.slow
@pytest.mark.parametrize("encoding", ["ascii", "cp1252", "gbk"])
def test_data_are_utf_8_in_any_encoding_of_the_terminal(
    encoding: str, call: Call, untouched: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    commands = [
        ["ask", "goals", "--lang", "zh-Hans", "--format", form]
        for form in ("table", "csv", "json", "markdown")
    ]
    commands += [
        ["query", "DESCRIBE place:suzhou", "--format", form]
        for form in ("turtle", "ntriples", "jsonld", "rdfxml")
    ]
    commands += [
        ["show", "suzhou", "--lang", "zh-Hans"],
        ["ask", "--lang", "zh-Hans"],
        ["export", "rdf"],
    ]
    for words in commands:
        expected = call(*words, home=untouched).stdout
        assert not expected.isascii(), words
        bytes_ = io.BytesIO()
        with monkeypatch.context() as patch:
            patch.setattr(sys, "stdout", io.TextIOWrapper(bytes_, encoding, newline=""))
            assert run() == 0
            assert bytes_.getvalue().decode("utf-8") == expected


@pytest.mark.parametrize(
    "environment",
    [
        {"PYTHONIOENCODING": "cp1252"},
        {"LC_ALL": "C", "PYTHONCOERCECLOCALE": "0", "PYTHONUTF8": "0"},
    ],
)
def test_data_are_utf_8_in_any_locale(
    environment: dict[str, str], call: Call, untouched: Home
) -> None:
    words = ["ask", "goals", "--lang", "zh-Hans", "--format", "csv"]
    command = [sys.executable, "-m", "kg", "--home", str(untouched.root), *words]
    done = subprocess.run(command, env=os.environ | environment, capture_output=True, check=True)
    assert done.stdout.decode("utf-8") == call(*words, home=untouched).stdout
    assert "试验平台覆盖面" in done.stdout.decode("utf-8")


def test_data_keep_control_characters_and_tables_show_them(small: Home, call: Call) -> None:
    path = small.data / "town" / "suzhou.ttl"
    turtle = path.read_text("utf-8")
    assert '"Test platform"@en' in turtle
    written = ESCAPES.replace("\x1b", r"\u001B").replace("\u202e", r"\u202E")
    path.write_text(turtle.replace('"Test platform"@en', f'"{written}"@en'), "utf-8")
    node = "initiative:suzhou-test-platform"
    select = ["query", f"SELECT ?x {{ {node} rdfs:label ?x FILTER(LANG(?x) = 'en') }}"]
    read_csv = list(csv.reader(io.StringIO(call(*select, "--format", "csv", home=small).stdout)))
    assert read_csv == [["x"], [ESCAPES]]
    read_json = json.loads(call(*select, "--format", "json", home=small).stdout)
    assert read_json["results"]["bindings"][0]["x"]["value"] == ESCAPES
    for form, known in (
        ("turtle", RdfFormat.TURTLE),
        ("ntriples", RdfFormat.N_TRIPLES),
        ("jsonld", RdfFormat.JSON_LD),
    ):
        text = call("query", f"DESCRIBE {node}", "--format", form, home=small).stdout
        labels = [q.object.value for q in parse(text, known) if q.predicate.value == LABEL]
        assert ESCAPES in labels, form
    table = call(*select, home=small).stdout
    assert r"\x1b[31m红\x1b[0m \u202e" in table
    assert table.replace("\n", "").isprintable()


def test_bytes_of_file_names_become_escapes(capsysbinary: pytest.CaptureFixture[bytes]) -> None:
    name = os.fsdecode(b"\xff.ttl")
    print_data(json.dumps([name], ensure_ascii=False))
    printed = capsysbinary.readouterr().out
    assert printed == rb'["\udcff.ttl"]'
    assert json.loads(printed) == [name]


# Progress


def test_progress_bar_on_a_terminal_ends_at_100_percent(
    untouched: Home, tmp_path: Path, run_on_terminal: Terminal, call: Call
) -> None:
    words = ["export", "rdf", "-o", str(tmp_path / "x.nq")]
    shown = run_on_terminal(*words, home=untouched, stdout=subprocess.DEVNULL)
    assert "Exporting" in shown
    assert "0%" in shown
    assert "100%" in shown.splitlines()[-1].split("\r")[-1]
    assert call(*words, home=untouched).stderr == ""


def test_steps_are_counted_from_0() -> None:
    shares: list[tuple[str, float]] = []
    report = count_steps(lambda step, share: shares.append((step, share)), 4)
    for step in "abcd":
        report(step)
    assert shares == [("a", 0), ("b", 0.25), ("c", 0.5), ("d", 0.75)]
