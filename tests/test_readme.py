"""Every command in the README runs, prints what the README shows, and its figures are right."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tomllib
from dataclasses import dataclass
from pathlib import Path

import pytest

from kg.ask import list_questions
from kg.check import check_files
from kg.graph import load_graph
from kg.home import Home
from kg.turtle import list_files

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text("utf-8")
LONGEST = 200
SECONDS = 1800  # ends a command that hangs
# Run below in a checkout without an environment; the second one runs these tests.
SET_UP = {"make run", "make test"}
# They take long, and `make run` runs them, too.
RUN_BY_MAKE = ("kg build", "kg publish")
# All other commands run in an empty folder, as for somebody who has the wheel.
IN_CHECKOUT = "# in a checkout"
WIDEST = 5  # columns of a table


@dataclass(frozen=True)
class Example:
    """A command in the README, and the output that is shown below it, if any."""

    command: str
    output: str


def list_examples(text: str) -> list[Example]:
    """Return the commands of all console blocks.

    The output of a command follows it in its block, or is a Markdown table after the block.
    """
    examples = []
    for block in re.finditer(r"```console\n(.*?)```\n(\n(?:\|[^\n]*\n)+)?", text, re.DOTALL):
        parts = re.split(r"^\$ ", block[1], flags=re.MULTILINE)
        commands = [part.partition("\n") for part in parts if part]
        examples += [Example(command, output) for command, _, output in commands]
        if block[2] and not commands[-1][2]:
            examples[-1] = Example(commands[-1][0], block[2].lstrip("\n"))
    return examples


def is_run_by_make(example: Example) -> bool:
    """Return whether `make` runs a command, perhaps with other options."""
    return example.command in SET_UP or example.command.startswith(RUN_BY_MAKE)


def run_shell(
    command: str, folder: Path, home: Path, **variables: str
) -> subprocess.CompletedProcess[str]:
    environment = os.environ | {"XDG_DATA_HOME": str(home), "LC_ALL": "C.UTF-8"} | variables
    environment["PATH"] = f"{Path(sys.executable).parent}{os.pathsep}{environment['PATH']}"
    return subprocess.run(
        ["bash", "-c", command],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=SECONDS,
        check=False,
    )


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the project to write in, without what git ignores except compiled modules."""
    folder = tmp_path_factory.mktemp("readme") / "checkout"
    ignored = shutil.ignore_patterns(".git", ".venv*", "out", "target", ".*_cache")
    shutil.copytree(ROOT, folder, ignore=ignored)
    return folder


def test_readme_is_short_and_shows_every_command() -> None:
    assert README.count("\n") <= LONGEST
    commands = [example.command for example in list_examples(README)]
    assert set(commands) >= SET_UP
    verbs = {command.split()[1] for command in commands if command.startswith("kg ")}
    assert verbs >= {"ask", "query", "show", "check", "format", "source", "build", "export"}
    assert "kg push" in README


@pytest.mark.parametrize(
    "example",
    [example for example in list_examples(README) if not is_run_by_make(example)],
    ids=lambda example: example.command,
)
def test_command_prints_what_is_shown(
    example: Example, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    folder = tmp_path / "empty"
    folder.mkdir()
    if example.command.endswith(IN_CHECKOUT):
        folder = request.getfixturevalue("checkout")
    # What is shown is the answer of the seven-city source, whatever else is in the data.
    home = {"KG_HOME": str(request.getfixturevalue("roundup").root)} if example.output else {}
    done = run_shell(example.command, folder, tmp_path, **home)
    assert done.returncode == 0, done.stderr
    assert "Traceback" not in done.stderr
    if example.output:
        assert done.stdout == example.output
        assert example.output.partition("\n")[0].count(" | ") < WIDEST


def test_output_that_differs_is_found() -> None:
    table = "| a |\n| --- |\n| 1 |\n"
    shown = list_examples(f"```console\n$ kg ask x\n```\n\n{table}\ntext\n")
    assert shown == [Example("kg ask x", table)]
    assert list_examples("```console\n$ a\n1\n2\n$ b\n```\n") == [
        Example("a", "1\n2\n"),
        Example("b", ""),
    ]


def test_python_example_runs(tmp_path: Path) -> None:
    (code,) = re.findall(r"```python\n(.*?)```", README, re.DOTALL)
    (tmp_path / "example.py").write_text(code, "utf-8")
    done = run_shell("python example.py", tmp_path, tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    assert (
        "80% or more of public information resources open to the public in 2022 80 2022"
        in done.stdout
    )


def test_make_run_does_the_main_job_from_nothing(checkout: Path, tmp_path: Path) -> None:
    makefile = (checkout / "Makefile").read_text("utf-8")
    assert [command for command in RUN_BY_MAKE if f"$(BIN)/{command} " not in makefile] == []
    done = run_shell("make run", checkout, tmp_path, VENV=".venv")
    assert done.returncode == 0, done.stderr
    assert "0 violations" in done.stdout
    assert "target:wuhan-open-rate-2022" in done.stdout
    out = checkout / "out"
    assert (out / "city-policy.nq").stat().st_size > 100_000
    assert (out / "answers" / "targets.csv").is_file()
    for network in ("city-theme", "entities"):
        files = {path.suffix for path in (out / "networks" / network).glob(f"{network}.*")}
        assert files >= {".gexf", ".graphml", ".json", ".svg"}
    assert (out / "tables" / "csv-metadata.json").is_file()
    assert (out / "site" / "en" / "id" / "place" / "wuhan.html").is_file()
    assert (checkout / ".venv" / "bin" / "kg").is_file()


def test_figures_are_those_of_the_graph(roundup: Home) -> None:
    graph = load_graph(roundup)
    counts = {graph.names.show(iri): graph.names.show(n) for iri, _, n in graph.internal("summary")}
    words = " ".join(README.split())
    for iri, unit in (
        ("cdp:PolicyDocument", "policy documents"),
        ("cdp:DocumentPart", "parts"),
        ("cdp:Pillar", "pillars"),
        ("cdp:ReportedHighlight", "reported highlights"),
        ("cdp:Initiative", "initiatives"),
        ("cdp:Target", "targets"),
        ("cdp:Framework", "frameworks"),
        ("cdp:CountStatement", "counts"),
        ("cdp:Evidence", "passages as evidence"),
    ):
        assert f"{counts[iri]} {unit}" in words
    report, files = check_files(roundup), len(list_files(roundup))
    assert (
        f"In all {len(graph.memory):,} statements: a named graph for each of {files} files, and "
        f"one of entailments. `kg check` prints {report.statements:,}, without "
        f"{len(graph.memory) - report.statements:,} labels for display, and also counts the "
        f"{report.files - files} files of shapes." in words
    )
    assert f"{len(list_questions(roundup))} canned questions" in words


def test_table_of_extras_is_complete() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    rows = dict(re.findall(r"^\| `(\w+)` \|.*\| ([^|]*) \|$", README, re.MULTILINE))
    extras = {
        name: {re.split(r"[>=\[]", each)[0] for each in packages}
        for name, packages in project["optional-dependencies"].items()
        if name != "all"
    }
    assert {name: set(packages.split(", ")) for name, packages in rows.items()} == extras
