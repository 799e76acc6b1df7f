"""The options of questions and networks: completion in a shell, and help."""

import os
import shlex
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from click.shell_completion import BashComplete, FishComplete, ShellComplete, ZshComplete

from kg.ask import list_questions, read_parameters
from kg.cli import cli
from kg.cli.parameters import NAMING
from kg.home import Home, find_home
from kg.names import LANGUAGES
from kg.networks import list_networks
from kg.wrapping import measure_text

Call = Callable[..., "subprocess.CompletedProcess[str]"]
HOME = find_home()
QUESTIONS = {question.name: question for question in list_questions(HOME)}


@pytest.fixture
def empty_home(tmp_path: Path) -> Home:
    """A home with the project's ontology, without questions and data."""
    (tmp_path / "ontology").symlink_to(HOME.ontology)
    (tmp_path / "data").mkdir()
    (tmp_path / "queries").mkdir()
    return Home(tmp_path)


def complete(*words: str) -> dict[str, str | None]:
    """Return what the last word may become, with the help for each."""
    shell = ShellComplete(cli, {}, "kg", "_KG_COMPLETE")
    items = shell.get_completions(list(words[:-1]), words[-1])
    assert len({item.value for item in items}) == len(items)
    return {item.value: item.help for item in items}


# Completion


def test_commands_are_completed() -> None:
    assert set(complete("")) == set(cli.modules)
    assert set(complete("as")) == {"ask"}


def test_questions_and_networks_are_completed_with_their_titles() -> None:
    assert complete("ask", "") == {q.name: q.text("summary", "en") for q in QUESTIONS.values()}
    title = "Which quantitative targets are set, and when are they due?"
    assert complete("ask", "targ") == {"targets": title}
    chinese = complete("ask", "--lang", "zh-Hans", "targ")
    assert chinese == {"targets": QUESTIONS["targets"].text("summary", "zh-Hans")}
    assert complete("ask", "nosuch") == {}
    networks = {n.name: n.text("summary", "en") for n in list_networks(HOME)}
    assert complete("export", "gephi", "") == networks


def test_options_are_completed() -> None:
    options = complete("ask", "policies", "--")
    assert {"--city", "--genre", "--status", "--format", "--lang"} < set(options)
    assert options["--format"]
    assert set(complete("ask", "goals", "--y")) == {"--year"}
    assert set(complete("export", "gephi", "entities", "--t")) == {"--theme"}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("wu", {"wuhan": "Wuhan"}),
        ("Wu", {"wuhan": "Wuhan"}),
        ("hong-", {"hong-kong": "Hong Kong"}),
        ("Hong K", {"hong-kong": "Hong Kong"}),
        ("深", {"深圳": "shenzhen"}),
        ("香", {"香港": "hong-kong"}),
        ("x", {}),
        ('"; rm', {}),
    ],
)
def test_cities_are_completed_by_name_and_label(text: str, expected: dict[str, str]) -> None:
    assert complete("ask", "policies", "--city", text) == expected


def test_values_are_completed_with_their_labels() -> None:
    cities = complete("ask", "policies", "--city", "")
    assert len(cities) >= 7
    assert cities["shenzhen"] == "Shenzhen"
    for words in (
        ("ask", "--lang", "zh-Hans", "policies", "--city", ""),
        ("ask", "policies", "--lang", "zh-Hans", "--city", "sh"),
    ):
        assert complete(*words)["shenzhen"] == "深圳"
    assert "decision" in complete("ask", "policies", "--city", "wuhan", "--genre", "")
    assert set(complete("ask", "policies", "--lang", "")) == set(LANGUAGES)
    assert set(complete("ask", "goals", "--kind", "Pos")) == {"Positioning"}
    assert "wuhan" in complete("ask", "everything", "--entity", "wuh")
    assert complete("ask", "goals", "--year", "20") == {}


def test_questions_of_another_home_are_completed(empty_home: Home, tmp_path: Path) -> None:
    assert complete("--home", str(tmp_path / "nowhere"), "ask", "") == {}
    (empty_home.queries / "mine.rq").write_text(
        "#+ summary:\n#+   en: Is it mine?\n#+ parameters:\n#+   year:\n#+     type: enum\n"
        "#+     values: [a, b]\nASK {\n  VALUES ?year { UNDEF }\n}\n",
        "utf-8",
    )
    options = ("--home", str(empty_home.root))
    assert complete(*options, "ask", "") == {"mine": "Is it mine?"}
    assert set(complete(*options, "ask", "mine", "--year", "")) == {"a", "b"}


def test_invalid_files_complete_nothing(empty_home: Home) -> None:
    (empty_home.queries / "bad.rq").write_text("#+ : : :\nSELECT\n", "utf-8")
    options = ("--home", str(empty_home.root))
    assert complete(*options, "ask", "b") == {}
    assert complete(*options, "ask", "bad", "--year", "") == {}
    (empty_home.queries / "bad.rq").unlink()
    (empty_home.queries / "policies.rq").symlink_to(HOME.queries / "policies.rq")
    (empty_home.data / "bad.ttl").write_text("bad", "utf-8")
    assert set(complete(*options, "ask", "policies", "--ci")) == {"--city"}
    assert complete(*options, "ask", "policies", "--city", "") == {}


def test_zsh_and_fish_show_titles() -> None:
    for shell in (ZshComplete, FishComplete, BashComplete):
        completer = shell(cli, {}, "kg", "_KG_COMPLETE")
        (item,) = completer.get_completions(["ask"], "targ")
        text = completer.format_completion(item)
        assert "targets" in text
        assert ("Which quantitative targets" in text) == (shell is not BashComplete)


@pytest.mark.slow
def test_bash_completes_a_line(tmp_path: Path) -> None:
    command = tmp_path / "kg"
    command.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m kg "$@"\n', "utf-8")
    command.chmod(0o755)
    lines = {
        "kg as": "ask",
        "kg ask --lang en targ": "targets",
        "kg ask policies --city 深": "深圳",
        "kg ask nosuch --city w": "",
    }
    script = 'eval "$(_KG_COMPLETE=bash_source kg)"\n' + "".join(
        f"COMPREPLY=() COMP_WORDS=({line}) COMP_CWORD={line.count(' ')}; _kg_completion kg\n"
        'echo "${COMPREPLY[@]}"\n'
        for line in lines
    )
    environment = {"PATH": f"{tmp_path}:{os.environ['PATH']}", "LC_ALL": "C.UTF-8"}
    done = subprocess.run(
        ["bash", "-c", script], env=os.environ | environment, capture_output=True, check=True
    )
    assert done.stdout.decode("utf-8").splitlines() == list(lines.values())
    assert done.stderr == b""


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_each_shell_has_a_script(shell: str, call: Call, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("_KG_COMPLETE", f"{shell}_source")
    assert f"_KG_COMPLETE={shell}_complete" in call().stdout


# Help


def test_help_of_questions_and_networks_explains_their_parameters(call: Call) -> None:
    faults = []
    for prefix, queries in (
        (("ask",), list_questions(HOME)),
        (("export", "gephi"), list_networks(HOME)),
    ):
        assert len(queries) >= 5
        for query in queries:
            for language in ("en", "zh-Hans"):
                help_ = call(*prefix, "--lang", language, query.name, "--help").stdout
                text = "".join(help_.split())
                parameters = read_parameters(HOME, query)
                expected = [query.text("summary", language), query.text("description", language)]
                expected += [parameter.text(language) for parameter in parameters.values()]
                expected += [f"--{name} {p.metavar}" for name, p in parameters.items()]
                expected += ["--lang", "--endpoint", "--help"]
                missing = [part for part in expected if "".join(part.split()) not in text]
                faults += [f"{query.name}, {language}: {part}" for part in missing]
                wide = [x for x in help_.splitlines() if measure_text(x) > 80 and "|" not in x]
                faults += [f"{query.name}, {language}: too wide: {line}" for line in wide]
    assert faults == []


def test_help_of_a_question_says_what_is_required_and_how_to_name_things(call: Call) -> None:
    required = call("ask", "outline", "--help").stdout
    assert "--document DOCUMENT  the document to outline [required]\n" in required
    assert " ".join(NAMING.split()) in " ".join(required.split())
    text = call("ask", "search", "--help").stdout
    assert "[required]" in text
    assert "(wuhan)" not in text


@pytest.mark.slow
def test_example_of_every_question_runs(call: Call) -> None:
    faults = []
    for question in list_questions(HOME):
        example = shlex.split(call("ask", question.name, "--help").stdout.splitlines()[-1])
        options = {word.removeprefix("--") for word in example if word.startswith("--")}
        parameters = read_parameters(HOME, question)
        required = {name for name, parameter in parameters.items() if parameter.required}
        if example[:3] != ["kg", "ask", question.name] or options != (required or options):
            faults.append(f"{question.name}: {example} is not an example")
        form = "ntriples" if question.name == "everything" else "csv"
        done = call(*example[1:], "--format", form)
        if done.stdout.count("\n") < 2 and not done.stderr:
            faults.append(f"{question.name}: {example} finds nothing")
    assert faults == []


def test_help_needs_no_graph(empty_home: Home, call: Call) -> None:
    empty_home.queries.rmdir()
    empty_home.queries.symlink_to(HOME.queries)
    (empty_home.data / "bad.ttl").write_text("not Turtle", "utf-8")
    for words in (["ask", "targets", "-h"], ["ask", "-h"], ["export", "gephi", "documents", "-h"]):
        assert call(*words, home=empty_home).stdout.startswith("Usage: ")


def test_help_lists_questions_and_networks(call: Call) -> None:
    for words, queries in (
        (("ask",), list_questions(HOME)),
        (("export", "gephi"), list_networks(HOME)),
    ):
        for language in ("en", "zh-Hans"):
            text = "".join(call(*words, "--lang", language, "--help").stdout.split())
            titles = [f"{query.name}{query.text('summary', language)}" for query in queries]
            assert [title for title in titles if "".join(title.split()) not in text] == []
