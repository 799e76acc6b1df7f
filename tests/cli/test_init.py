"""The command line: help of all commands, exit codes, the home, and the standard streams."""

import os
import re
import shlex
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Callable, Iterator
from pathlib import Path

import click
import pytest

from kg.cli import cli, export
from kg.home import Home

Call = Callable[..., "subprocess.CompletedProcess[str]"]
Run = Callable[..., "subprocess.CompletedProcess[str]"]
ROOT = Path(__file__).parents[2]
# A short output is written when it is flushed at the end.
BUFFERED = {"PYTHONUNBUFFERED": ""}
EXAMPLE = re.compile(r"^  kg ([a-z].*?)(?:   .*| [|>] .*)?$", re.MULTILINE)


def list_commands(
    group: click.Group = cli, path: tuple[str, ...] = ()
) -> Iterator[tuple[str, ...]]:
    """Yield the words of each command, except the questions and the networks."""
    yield path
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        if isinstance(command, click.Group) and name not in ("ask", "gephi"):
            yield from list_commands(command, (*path, name))
        else:
            yield (*path, name)


def run_shell(command: str, home: Home, **environment: str) -> "subprocess.CompletedProcess[str]":
    """Run a line of shell, in which `kg` is the program with a home."""
    line = re.sub(r"\bkg ", f"'{sys.executable}' -m kg --home '{home.root}' ", command)
    done = subprocess.run(
        ["bash", "-o", "pipefail", "-c", line],
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=600,
        env=os.environ | BUFFERED | environment,
    )
    assert "Traceback" not in done.stdout + done.stderr
    return done


# Commands


def test_help_shows_no_value_of_python(call: Call, untouched: Home) -> None:
    for words in list_commands():
        shown = call(*words, "--help", home=untouched).stdout
        assert not re.search(r"\b(None|True|False)\b|<function|<class", shown), words


def test_commands_are_imported_when_they_are_named() -> None:
    code = "import sys, kg.cli; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True)
    loaded = set(done.stdout.decode().split())
    names = [*cli.modules.values(), *export.modules.values()]
    modules = {name.partition(":")[0] for name in names}
    assert len(modules) >= 10
    assert modules & loaded == {"kg.cli"}


def test_commands_are_found_by_name() -> None:
    context = click.Context(cli)
    for group in (cli, export):
        names = group.list_commands(context)
        assert names == sorted(names)
        commands = {name: group.get_command(context, name) for name in names}
        assert [name for name, command in commands.items() if not command] == []
        assert {name: command.name for name, command in commands.items() if command} == {
            name: name for name in names
        }
        assert group.get_command(context, "nothing") is None


# Help


def test_help_of_every_command(call: Call) -> None:
    faults = []
    commands = list(list_commands())
    for words in commands:
        text = call(*words, "--help").stdout
        name = " ".join(["kg", *words])
        if call(*words, "-h").stdout != text:
            faults.append(f"{name}: -h is not --help")
        if not re.match(rf"Usage: {name} .*\n\n  [A-Z][^.]+\.", text):
            faults.append(f"{name}: no usage, or no description")
        if not EXAMPLE.search(text) and words != ("source", "list"):
            faults.append(f"{name}: no example")
        faults += [f"{name}: {line}" for line in text.splitlines() if len(line) > 80]
    assert faults == []
    assert {("ask",), ("export", "gephi"), ("source", "add")} < set(commands)
    assert len(commands) == 20


def test_every_option_and_argument_is_explained() -> None:
    faults = []
    for words in list_commands():
        context = click.Context(cli)
        for word in words:
            assert isinstance(context.command, click.Group)
            command = context.command.get_command(context, word)
            assert command
            context = click.Context(command, context)
        for param in context.command.params:
            if isinstance(param, click.Option):
                record = param.get_help_record(context)
                is_explained = bool(record and record[1])
            else:
                is_explained = param.human_readable_name in (context.command.help or "")
            if not is_explained:
                faults.append(f"{' '.join(words)}: {param.human_readable_name}")
    assert faults == []


def test_short_help_is_not_cut_off(call: Call) -> None:
    for words in ((), ("export",), ("source",)):
        lines = call(*words, "--help").stdout.splitlines()
        assert len(lines) > 10
        assert [line for line in lines if line.endswith("...")] == []


@pytest.mark.slow
def test_examples_work(call: Call, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "my-query.rq").write_text("ASK {}", "utf-8")
    examples = [
        example
        for words in ((), ("ask",), ("query",), ("show",))
        for example in EXAMPLE.findall(call(*words, "--help").stdout)
        if example not in ("check", "query my-query.rq --format csv")
    ]
    assert len(examples) >= 9
    assert [example for example in examples if not call(*shlex.split(example)).stdout] == []
    assert call("query", "my-query.rq", "--format", "json").stdout


def test_version_is_that_of_the_project(call: Call) -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    assert call("--version").stdout == f"{project['name']} {project['version']}\n"


# Usage errors


@pytest.mark.parametrize("words", [(), ("export",), ("source",)], ids=" ".join)
def test_missing_command_shows_the_help(words: tuple[str, ...], call: Call) -> None:
    done = call(*words, code=2)
    assert done.stdout == ""
    assert done.stderr == call(*words, "--help").stdout


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["asks"], r"No such command 'asks'\. See kg --help\."),
        (["--hom", "x", "ask"], r"No such option:? .*--hom\W.*--home\W.* See kg --help\."),
        (["show"], r"Missing argument 'THING'\. See kg show --help\."),
        (["format"], r"Missing argument 'PATHS\.\.\.'\. See kg format --help\."),
        (["show", "a", "b"], r"Got unexpected extra argument \(b\)\. See kg show --help\."),
        (["show", "a", "--lang"], r"Option '--lang' requires an argument\..*"),
        (
            ["show", "a", "--lang", "zh"],
            r"Invalid value for '--lang': 'zh' is not one of .*'zh-Hant'\. See kg show --help\.",
        ),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_usage_error_is_one_line(words: list[str], message: str, call: Call) -> None:
    done = call(*words, code=2)
    assert done.stdout == ""
    assert re.fullmatch(f"kg: {message}\n", done.stderr)


# The home


@pytest.mark.parametrize("missing", ["", "data", "queries", "ontology/prefixes.ttl"])
def test_folder_that_is_not_a_home(missing: str, small: Home, tmp_path: Path, call: Call) -> None:
    home = small if missing else Home(tmp_path / "nowhere")
    path = home.root / missing
    if path.is_dir():
        shutil.rmtree(path)
    elif missing:
        path.unlink()
    for words in (["ask"], ["ask", "chain"], ["check"], ["export", "rdf"]):
        done = call(*words, home=home, code=1)
        assert re.fullmatch(
            rf"kg: {home.root}: (no such folder|.* not found)\. Give a folder .*\n", done.stderr
        )
        assert done.stdout == ""


def test_home_from_the_option_the_environment_and_the_working_folder(
    small: Home, call: Call, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = "#+ summary:\n#+   en: Mine?\nSELECT ?x { VALUES ?x { 1 } }"
    (small.queries / "mine.rq").write_text(text, "utf-8")
    assert "mine" not in call("ask").stdout
    assert "│ mine" in call("ask", home=small).stdout
    monkeypatch.setenv("KG_HOME", str(small.root))
    assert "│ mine" in call("ask").stdout
    assert "│ mine" not in call("ask", home=Home(ROOT)).stdout
    monkeypatch.chdir(small.root)
    assert "│ mine" in call("ask", home=Home(Path())).stdout


def test_broken_turtle_in_the_home(
    small: Home, call: Call, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(small.root)
    path = small.data / "town" / "source.ttl"
    count = path.read_bytes().count(b"\n")
    path.write_bytes(path.read_bytes() + b"doc:x a cdp:Document ; .\nx y\n")
    for words in (["ask", "chain"], ["show", "wuhan"], ["build"], ["source", "list"]):
        done = call(*words, home=small, code=1)
        assert re.search(rf"^kg: {path}:{count + 2}: .*not valid Turtle", done.stderr)
        assert done.stdout == ""
    assert not (small.root / "out").exists()


def test_other_encodings_in_the_home(small: Home, call: Call) -> None:
    path = small.data / "town" / "source.ttl"
    path.write_bytes(path.read_text("utf-8").encode("gb18030"))
    done = call("ask", "chain", home=small, code=1)
    assert re.match(rf"kg: {path}:\d+: .*is not UTF-8\.", done.stderr)
    (small.queries / "chain.rq").write_bytes(b"\xb9\xfa")
    done = call("ask", home=small, code=1)
    assert re.match(r"kg: \S*chain\.rq:1: byte 0 is not UTF-8\. Save", done.stderr)


# Standard streams


@pytest.mark.slow
@pytest.mark.parametrize("command", ["kg ask", "kg query 'ASK {}'"])
def test_full_disk(command: str, untouched: Home) -> None:
    done = run_shell(f"{command} > /dev/full", untouched)
    assert (done.returncode, done.stdout) == (1, "")
    message = "kg: cannot write to standard output (No space left on device).\n"
    assert done.stderr == message


@pytest.mark.slow
@pytest.mark.parametrize(
    ("command", "code"),
    [
        ("kg ask >&-", 0),
        ("kg ask nothing 2>&-", 2),
        ("kg query - <&-", 2),
        ("kg ask >&- 2>&- <&-", 0),
    ],
)
def test_closed_streams(command: str, code: int, untouched: Home) -> None:
    done = run_shell(command, untouched)
    assert done.returncode == code
    assert "Error" not in done.stderr


@pytest.mark.slow
@pytest.mark.parametrize(
    "words", [["ask"], ["query", "ASK {}"], ["query", "SELECT * { ?s ?p ?o }"]]
)
def test_closed_pipe_is_not_an_error(words: list[str], untouched: Home) -> None:
    command = [sys.executable, "-m", "kg", "--home", str(untouched.root), *words]
    with subprocess.Popen(
        command,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=os.environ | BUFFERED,
    ) as process:
        assert process.stdout
        assert process.stderr
        process.stdout.close()
        assert process.stderr.read() == b""
    assert process.returncode == 1


@pytest.mark.slow
def test_characters_of_messages_that_the_terminal_lacks_become_escapes(
    untouched: Home, tmp_path: Path
) -> None:
    command = f"cd {tmp_path}; kg export rdf -o 南京.nq --graphs themes; kg show 南京路"
    done = run_shell(command, untouched, PYTHONIOENCODING="latin-1")
    assert done.stdout.startswith(r"\u5357\u4eac.nq: ")
    assert done.stderr.startswith(r"kg: \u5357\u4eac\u8def: nothing has this name.")


def test_file_name_that_is_not_text(untouched: Home, tmp_path: Path, run: Run) -> None:
    path = os.fsdecode(os.fsencode(tmp_path) + b"/\xff.ttl")
    Path(path).write_text("x y", "utf-8")
    done = run("check", path, home=untouched, code=1)
    assert r"/\udcff.ttl:1: violation:" in done.stdout
