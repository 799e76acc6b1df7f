"""Every command that the README shows runs, and answers what the README says it answers."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from kg.ask.parameters import needs_value
from kg.ask.question import list_questions
from kg.home import find_home

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text("utf-8")
# `make run` is run in a copy of its own, `make test` is what runs this.
APART = {"make run", "make test"}


@dataclass(frozen=True)
class Shown:
    """A command in the README, and the output shown below it, if any is."""

    command: str
    output: str


def list_shown(text: str) -> list[Shown]:
    """Return the commands of all console blocks.

    What follows a command in its block is its output; where nothing does, a Markdown table right
    below the block is.
    """
    shown = []
    for block in re.finditer(r"```console\n(.*?)```\n(\n(?:\|[^\n]*\n)+)?", text, re.DOTALL):
        parts = re.split(r"^\$ ", block[1], flags=re.MULTILINE)
        commands = [part.partition("\n") for part in parts if part]
        for command, _, output in commands:
            shown.append(Shown(command, output))
        if block[2] and not commands[-1][2]:
            shown[-1] = Shown(commands[-1][0], block[2].lstrip("\n"))
    return shown


def borrow_environment(folder: Path) -> Path:
    """Return a folder that make takes for an environment of its own, with all of this one in it."""
    folder.mkdir(exist_ok=True)
    for path in Path(sys.prefix).iterdir():
        if not path.name.startswith("installed") and not (folder / path.name).exists():
            (folder / path.name).symlink_to(path)
    for stamp in ("installed", "installed-test"):
        (folder / stamp).touch()
    return folder


def run_shell(command: str, folder: Path, home: Path) -> subprocess.CompletedProcess[str]:
    environment = dict(os.environ, XDG_DATA_HOME=str(home), LC_ALL="C.UTF-8")
    # One pair of runs shows that the benchmark works; the environment at hand has what it needs.
    environment |= {"RUNS": "1", "VENV": str(borrow_environment(home / "environment"))}
    if "KG_ARTICLE" in os.environ:
        environment["KG_ARTICLE"] = str(Path(os.environ["KG_ARTICLE"]).resolve())
    environment["PATH"] = f"{Path(sys.executable).parent}{os.pathsep}{environment['PATH']}"
    return subprocess.run(
        ["bash", "-c", command],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=300,
        check=False,
    )


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a copy of the project as git would give it, to write in."""
    folder = tmp_path_factory.mktemp("readme") / "checkout"
    ignore = shutil.ignore_patterns(".git", ".venv", "out", "target", "__pycache__", ".*_cache")
    shutil.copytree(ROOT, folder, ignore=ignore)
    return folder


def test_the_readme_shows_commands() -> None:
    commands = {shown.command for shown in list_shown(README)}
    assert len(commands) >= 18
    assert commands >= APART - {"make test"}
    assert "make test" in README
    verbs = {command.split()[1] for command in commands if command.startswith("kg ")}
    assert verbs >= {"ask", "query", "show", "check", "format", "source", "build", "export"}
    assert "make bench" in commands


@pytest.mark.parametrize(
    "shown",
    [shown for shown in list_shown(README) if shown.command not in APART],
    ids=lambda shown: shown.command,
)
def test_a_command_answers_as_shown(shown: Shown, checkout: Path, tmp_path: Path) -> None:
    if "$KG_ARTICLE" in shown.command and not os.environ.get("KG_ARTICLE"):
        pytest.skip("KG_ARTICLE is not set: no folder with the source article")
    done = run_shell(shown.command, checkout, tmp_path)
    assert done.returncode == 0, done.stderr
    if shown.output:
        assert done.stdout == shown.output
    else:
        assert "Traceback" not in done.stderr


def test_make_run_does_the_main_job_from_nothing(checkout: Path, tmp_path: Path) -> None:
    done = run_shell("VENV=.venv make run", checkout, tmp_path)
    assert done.returncode == 0, done.stderr
    assert "0 violations" in done.stdout
    assert "target:wuhan-open-rate-2022" in done.stdout
    out = checkout / "out"
    assert (out / "city-policy.nq").stat().st_size > 100_000
    home = find_home()
    questions = {q.name for q in list_questions(home) if not needs_value(home, q)}
    assert {path.stem for path in (out / "answers").iterdir()} == questions
    assert len(questions) >= 24
    for network in ("city-theme", "entities"):
        folder = out / "networks" / network
        names = {path.suffix for path in folder.glob(f"{network}.*")}
        assert names >= {".gexf", ".graphml", ".json", ".svg"}
        told = rf"^{network}: \d+ nodes, \d+ edges -> out/networks$"
        assert re.search(told, done.stdout, re.MULTILINE)
    assert (out / "tables" / "csv-metadata.json").is_file()
    assert re.search(r"^\d+ tables, \d+ rows, in out/tables", done.stdout, re.MULTILINE)
    assert (checkout / ".venv" / "bin" / "kg").is_file()


def test_a_wrong_output_in_the_readme_is_seen(checkout: Path, tmp_path: Path) -> None:
    shown = next(s for s in list_shown(README) if s.command.startswith("kg ask targets"))
    assert "| 2022 |" in shown.output
    done = run_shell(shown.command, checkout, tmp_path)
    assert done.stdout != shown.output.replace("| 2022 |", "| 2023 |")
