"""What a shell completes: verbs, questions, parameters and their values, with what they mean."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest
from click.shell_completion import BashComplete, FishComplete, ShellComplete, ZshComplete

from kg.ask.question import list_questions
from kg.cli import VERBS, cli
from kg.home import find_home
from kg.names import LANGUAGES

HOME = find_home()
QUESTIONS = {question.name: question for question in list_questions(HOME)}


def complete(*words: str) -> dict[str, str | None]:
    """Return what the last word may become, and the help beside it."""
    shell = ShellComplete(cli, {}, "kg", "_KG_COMPLETE")
    items = shell.get_completions(list(words[:-1]), words[-1])
    assert len({item.value for item in items}) == len(items)
    return {item.value: item.help for item in items}


def test_verbs_are_completed() -> None:
    assert set(complete("")) == set(VERBS)
    assert set(complete("as")) == {"ask"}


def test_questions_are_completed_with_what_they_ask() -> None:
    assert complete("ask", "") == {q.name: q.tell("summary", "en") for q in QUESTIONS.values()}
    assert complete("ask", "targ") == {
        "targets": "Which quantitative targets are set, and when are they due?"
    }
    chinese = complete("ask", "--lang", "zh-Hans", "targ")
    assert chinese == {"targets": QUESTIONS["targets"].tell("summary", "zh-Hans")}
    assert complete("ask", "nosuch") == {}


def test_parameters_are_completed() -> None:
    assert {"--city", "--genre", "--status", "--format", "--lang"} <= set(
        complete("ask", "policies", "--")
    )
    assert set(complete("ask", "policies", "--ci")) == {"--city"}
    assert set(complete("ask", "goals", "--y")) == {"--year"}


@pytest.mark.parametrize(
    ("begun", "wanted"),
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
def test_cities_are_completed(begun: str, wanted: dict[str, str]) -> None:
    assert complete("ask", "policies", "--city", begun) == wanted


def test_all_values_are_completed() -> None:
    cities = complete("ask", "policies", "--city", "")
    assert len(cities) >= 7
    assert cities["shenzhen"] == "Shenzhen"
    chinese = complete("ask", "--lang", "zh-Hans", "policies", "--city", "")
    assert chinese["shenzhen"] == "深圳"
    assert complete("ask", "policies", "--lang", "zh-Hans", "--city", "sh")["shenzhen"] == "深圳"
    assert "decision" in complete("ask", "policies", "--city", "wuhan", "--genre", "")
    assert set(complete("ask", "policies", "--lang", "")) == set(LANGUAGES)
    assert set(complete("ask", "goals", "--kind", "Pos")) == {"Positioning"}
    assert "wuhan" in complete("ask", "everything", "--entity", "wuh")
    assert complete("ask", "goals", "--year", "20") == {}


def test_a_home_of_ones_own_is_completed(tmp_path: Path) -> None:
    assert complete("--home", str(tmp_path), "ask", "") == {}
    for name in ("ontology", "data"):
        (tmp_path / name).symlink_to(HOME.root / name)
    (tmp_path / "queries").mkdir()
    (tmp_path / "queries" / "mine.rq").write_text(
        "#+ summary:\n#+   en: Is it mine?\n#+ parameters:\n#+   year:\n#+     type: enum\n"
        "#+     values: [a, b]\nASK {\n  VALUES ?year { UNDEF }\n}\n",
        "utf-8",
    )
    assert complete("--home", str(tmp_path), "ask", "") == {"mine": "Is it mine?"}
    assert set(complete("--home", str(tmp_path), "ask", "mine", "--year", "")) == {"a", "b"}


def test_broken_data_complete_nothing(tmp_path: Path) -> None:
    for name in ("ontology", "queries"):
        (tmp_path / name).symlink_to(HOME.root / name)
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "bad.ttl").write_text("bad", "utf-8")
    assert complete("--home", str(tmp_path), "ask", "policies", "--ci")
    assert complete("--home", str(tmp_path), "ask", "policies", "--city", "") == {}


def test_a_broken_header_completes_nothing(tmp_path: Path) -> None:
    for name in ("ontology", "data"):
        (tmp_path / name).symlink_to(HOME.root / name)
    (tmp_path / "queries").mkdir()
    (tmp_path / "queries" / "bad.rq").write_text("#+ : : :\nSELECT\n", "utf-8")
    assert complete("--home", str(tmp_path), "ask", "b") == {}
    assert complete("--home", str(tmp_path), "ask", "bad", "--year", "") == {}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a folder with a `kg` to put on the path."""
    command = tmp_path / "kg"
    command.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m kg "$@"\n', "utf-8")
    command.chmod(command.stat().st_mode | stat.S_IXUSR)
    return tmp_path


def run(folder: Path, command: str, **variables: str) -> str:
    environment = dict(os.environ, PATH=f"{folder}:{os.environ['PATH']}", LC_ALL="C.UTF-8")
    environment |= {"PYTHONPATH": str(HOME.root), **variables}
    done = subprocess.run(
        ["bash", "-c", command],
        env=environment,
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=True,
        timeout=60,
    )
    assert done.stderr == ""
    return done.stdout


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_each_shell_gets_its_script(folder: Path, shell: str) -> None:
    text = run(folder, "kg", _KG_COMPLETE=f"{shell}_source")
    assert f"_KG_COMPLETE={shell}_complete" in text
    assert "complet" in text


@pytest.mark.parametrize(
    ("words", "wanted"),
    [
        (["kg", "as"], ["ask"]),
        (["kg", "ask", "targ"], ["targets"]),
        (["kg", "ask", "policies", "--ci"], ["--city"]),
        (["kg", "ask", "policies", "--city", "wu"], ["wuhan"]),
        (["kg", "ask", "policies", "--city", "深"], ["深圳"]),
        (["kg", "ask", "nosuch", "--city", "w"], []),
    ],
)
def test_bash_completes(folder: Path, words: list[str], wanted: list[str]) -> None:
    quoted = " ".join(f"'{word}'" for word in words)
    script = (
        'eval "$(_KG_COMPLETE=bash_source kg)"; '
        f"COMP_WORDS=({quoted}); COMP_CWORD={len(words) - 1}; "
        "_kg_completion kg; printf '%s\\n' \"${COMPREPLY[@]}\""
    )
    assert [line for line in run(folder, script).splitlines() if line] == wanted


def test_zsh_and_fish_show_what_a_question_asks() -> None:
    for shell in (ZshComplete, FishComplete, BashComplete):
        completer = shell(cli, {}, "kg", "_KG_COMPLETE")
        (item,) = completer.get_completions(["ask"], "targ")
        text = completer.format_completion(item)
        assert "targets" in text
        assert ("Which quantitative targets" in text) == (shell is not BashComplete)
