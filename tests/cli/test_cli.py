"""The command line, each time in a process of its own: answers, exit codes, interrupts, pipes."""

import csv
import fcntl
import io
import json
import os
import pty
import re
import shutil
import struct
import subprocess
import sys
import termios
import tomllib
from collections.abc import Callable
from pathlib import Path

import click
import pytest
from pyoxigraph import RdfFormat, parse

from kg.ask.wrapping import measure_text
from kg.cli import cli
from kg.home import Home

Run = Callable[..., "subprocess.CompletedProcess[str]"]
Interrupt = Callable[[list[str | Path]], tuple[int, str, str, float]]
ROOT = Path(__file__).parents[2]
KG = [sys.executable, "-m", "kg"]
LONG = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }"
CHINESE = re.compile("[\u4e00-\u9fff]")
VERBS = [
    ["check"], ["format"], ["ask"], ["query"], ["show"], ["build"], ["push"],
    ["export"], ["export", "gephi"], ["export", "rdf"], ["export", "tables"],
    ["source"], ["source", "list"], ["source", "add"], ["source", "restore"],
]  # fmt: skip


def run_shell(command: str, home: Home, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run a line of shell in which `kg` is the program, on a home."""
    line = command.replace("kg ", f"'{sys.executable}' -m kg --home '{home.root}' ")
    done = subprocess.run(
        ["bash", "-o", "pipefail", "-c", line],
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=60,
        env=os.environ | environment,
    )
    assert "Traceback" not in done.stdout + done.stderr
    return done


def run_on_terminal(*arguments: str, columns: int, home: Home) -> str:
    """Return what the program writes to a terminal that is so wide."""
    main, side = pty.openpty()
    fcntl.ioctl(side, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
    command = [*KG, "--home", str(home.root), *arguments]
    # Without an environment, it would get the COLUMNS that readline sets in this process.
    environment = dict(os.environ)
    with subprocess.Popen(
        command, stdin=side, stdout=side, stderr=side, env=environment
    ) as process:
        os.close(side)
        written = b""
        while True:
            try:
                data = os.read(main, 65536)
            except OSError:  # how Linux says that the other side is closed
                break
            if not data:
                break
            written += data
    os.close(main)
    assert process.returncode == 0
    assert b"Traceback" not in written
    return written.decode("utf-8").replace("\r\n", "\n")


# --- help -------------------------------------------------------------------------------------


@pytest.mark.parametrize("verb", VERBS, ids=" ".join)
def test_help_of_each_verb_teaches(verb: list[str], run: Run) -> None:
    text = run(*verb, "--help").stdout
    assert text == run(*verb, "-h").stdout
    assert text.startswith(f"Usage: kg {' '.join(verb)} ")
    explained = re.search(r"\n\n  (\w.*?)\n\n", text, re.DOTALL)
    assert explained
    assert len(explained[1]) > 30
    for option in re.findall(r"^  (?:-\w, )?--([\w-]+)", text, re.M):
        assert re.search(rf"--{option}\b.*\s{{2,}}\S|--{option}\b.*\n\s{{20,}}\S|\[.*\|", text)


@pytest.mark.parametrize("verb", [[], ["ask"], ["query"], ["show"]], ids=" ".join)
def test_help_has_an_example_that_works(verb: list[str], run: Run) -> None:
    examples = re.findall(r"^\s+kg ([a-z].*?)(?:   .*| > .*)?$", run(*verb, "--help").stdout, re.M)
    assert examples
    for example in examples:
        if not example.startswith("check"):
            words = [word.strip("'") for word in re.findall(r"'[^']*'|\S+", example)]
            assert run(*words).stdout


def test_every_verb_is_tested_for_its_help() -> None:
    context = click.Context(cli)
    verbs = [[name] for name in cli.list_commands(context)]
    for name in ("export", "source"):
        group = cli.get_command(context, name)
        assert isinstance(group, click.Group)
        verbs += [[name, verb] for verb in group.list_commands(context)]
    assert sorted(verbs) == sorted(VERBS)


def test_version_is_that_of_the_project(run: Run) -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    assert run("--version").stdout == f"{project['name']} {project['version']}\n"


def test_without_a_verb_the_verbs_are_told(run: Run) -> None:
    done = run(code=2)
    for (verb,) in (verb for verb in VERBS if len(verb) == 1):
        assert f"\n  {verb} " in done.stderr


# --- wrong calls ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["ask", "target"], r"kg: target: no such question\. Did you mean targets\?"),
        (["ask", "xyzzy"], r"There are baselines, bodies"),
        (["asks"], r"No such command 'asks'"),
        (["ask", "chain", "--lang", "zh-hans"], r"'zh-hans' is not one of 'en', 'zh-Hans'"),
        (["ask", "chain", "--format", "xml"], r"'xml' is not one of 'table', 'csv'"),
        (["ask", "chain", "--colour"], r"No such option"),
        (["ask", "chain", "more"], r"has to have the name of its parameter before it"),
        (["query", "ASK { ?s ?p }"], r"kg: query:1:14: not SPARQL 1\.1: .*Correct the query"),
        (["query", "# a\nSELECT *\n{ ?s ?p ?o"], r"kg: query:3:11: not SPARQL"),
        (["query", "SELECT ?x { ?x a nope:City }"], r"kg: query:1:\d+: not SPARQL"),
        (["query", "INSERT DATA { <a:a> <a:a> 1 }"], r"kg: query:1:\d+: not SPARQL"),
        (["query", "nowhere.rq"], r"kg: nowhere\.rq: no file to read \(No such file"),
        (["query", "ASK {}", "--format", "xml"], r"'xml' is not one of"),
        (["query", "SELECT * {}", "--format", "turtle"], r"turtle: a format for triples"),
        (["query", "CONSTRUCT WHERE {}", "--format", "csv"], r"csv: a format for rows"),
        (["query"], r"Missing argument 'SPARQL'"),
        (["show", "wuhn"], r"kg: wuhn: nothing has this name\. Did you mean wuhan"),
        (["show", "roundup-2021"], r"several things have this name: doc:.*Use one"),
        (["format"], r"Missing argument"),
        (["source", "restore"], r"Missing argument 'FILE'"),
    ],
)
def test_wrong_call_is_told_and_ends_with_2(arguments: list[str], said: str, run: Run) -> None:
    done = run(*arguments, code=2)
    assert done.stdout == ""
    assert re.search(said, done.stderr)


def test_query_file_that_is_wrong_is_told_with_its_place(
    tmp_path: Path, untouched: Home, run: Run
) -> None:
    path = tmp_path / "mine.rq"
    path.write_bytes("# 城市\nSELECT * {\n  ?s ?p ?o ) }".encode())
    done = run("query", path, home=untouched, code=2)
    assert re.match(rf"kg: {path}:3:\d+: not SPARQL", done.stderr)
    path.write_bytes("# 城市".encode("gb18030"))
    assert f"kg: {path}: byte 2 is not UTF-8" in run("query", path, home=untouched, code=2).stderr


# --- no answer to be had ----------------------------------------------------------------------


@pytest.mark.parametrize(
    "verb", [["ask", "chain"], ["show", "wuhan"], ["build"], ["source", "list"]]
)
def test_broken_turtle_in_a_home_is_told(verb: list[str], small: Home, run: Run) -> None:
    path = small.data / "town" / "source.ttl"
    count = path.read_bytes().count(b"\n")
    path.write_bytes(path.read_bytes() + b"doc:x a cdp:Document ; .\nx y\n")
    done = run(*verb, home=small, code=1, cwd=small.root)
    assert re.search(rf"{path}:{count + 2}: .*Turtle is wanted here\.", done.stderr)
    assert not (small.root / "out").exists()


def test_other_encoding_in_a_home_is_told(small: Home, run: Run) -> None:
    path = small.data / "town" / "source.ttl"
    path.write_bytes(path.read_text("utf-8").encode("gb18030"))
    done = run("ask", "chain", home=small, code=1)
    assert re.search(rf"kg: {path}:\d+: byte \d+ is not UTF-8\. .*save the file", done.stderr)
    (small.queries / "chain.rq").write_bytes(b"\xb9\xfa")
    assert "chain.rq:1: byte 0 is not UTF-8" in run("ask", home=small, code=1).stderr


@pytest.mark.parametrize("missing", ["", "data", "queries", "ontology/prefixes.ttl"])
def test_folder_that_is_no_home_is_told(
    missing: str, small: Home, tmp_path: Path, run: Run
) -> None:
    home = small if missing else Home(tmp_path / "nowhere")
    path = home.root / missing
    if path.is_dir():
        shutil.rmtree(path)
    elif missing:
        path.unlink()
    done = run("ask", "chain", home=home, code=1)
    assert re.fullmatch(r"kg: .*(missing|no ontology/prefixes\.ttl).*--home.*\n", done.stderr)


@pytest.mark.parametrize("folder", ["file", "file/out", "/proc/kg"])
def test_folder_that_cannot_be_written_to_is_told(
    folder: str, untouched: Home, tmp_path: Path, run: Run
) -> None:
    (tmp_path / "file").touch()
    text = tmp_path / "raw.txt"
    text.write_text("開(kāi)年", "utf-8")
    target = tmp_path / folder / "text.txt"
    done = run("source", "restore", text, "-o", target, home=untouched, code=1)
    assert re.search(r"kg: .*cannot be written \(.*Name a folder you may write to", done.stderr)


def test_full_disk_is_told(untouched: Home) -> None:
    done = run_shell("kg ask chain > /dev/full", untouched)
    assert (done.returncode, done.stdout) == (1, "")
    assert re.fullmatch(r"kg: cannot be written \(No space left on device\).*\n", done.stderr)


@pytest.mark.parametrize(
    ("command", "code"),
    [
        ("kg ask >&-", 0), ("kg ask nothing 2>&-", 2), ("kg query - <&-", 2),
        ("kg ask >&- 2>&- <&-", 0),
    ],
)  # fmt: skip
def test_closed_streams_do_no_harm(command: str, code: int, untouched: Home) -> None:
    assert run_shell(command, untouched).returncode == code


def test_file_name_that_is_no_text_does_no_harm(untouched: Home, tmp_path: Path, run: Run) -> None:
    path = os.fsdecode(os.fsencode(tmp_path) + b"/\xff.ttl")
    Path(path).write_text("x y", "utf-8")
    done = run("check", path, home=untouched, code=1)
    assert r"/\udcff.ttl:1: violation:" in done.stdout


# --- interrupts and pipes ---------------------------------------------------------------------


def test_interrupt_ends_a_long_query_within_a_second(untouched: Home, interrupt: Interrupt) -> None:
    code, out, err, seconds = interrupt([*KG, "--home", untouched.root, "query", LONG])
    assert (code, out, err.split()) == (130, "", ["kg:", "stopped."])
    assert seconds < 1


@pytest.mark.parametrize(
    "command",
    ["kg query 'SELECT * { ?s ?p ?o }' | head -1", "kg show suzhou | true", "kg check | head -1"],
)
def test_closed_pipe_is_no_fault(command: str, untouched: Home) -> None:
    done = run_shell(command, untouched)
    assert done.stderr == ""
    assert done.returncode in (0, 1)


# --- queries and formats ----------------------------------------------------------------------


def test_query_is_text_a_file_or_standard_input(untouched: Home, tmp_path: Path, run: Run) -> None:
    text = "SELECT ?city { ?city a cdp:City } ORDER BY ?city"
    path = tmp_path / "cities.rq"
    path.write_text(text, "utf-8")
    answers = {
        run("query", text, "--format", "csv", home=untouched).stdout,
        run("query", path, "--format", "csv", home=untouched).stdout,
        run("query", "-", "--format", "csv", home=untouched, stdin=text).stdout,
    }
    assert len(answers) == 1
    assert "https://w3id.org/cdp/id/place/suzhou" in answers.pop()


def test_standard_input_that_is_no_query_is_told(untouched: Home, run: Run) -> None:
    done = run("query", "-", home=untouched, stdin="SELECT *\n{ ?s", code=2)
    assert re.match(r"kg: standard input:2:\d+: not SPARQL", done.stderr)
    done = run("query", "-", home=untouched, stdin=b"ASK {}\xff", code=2)
    assert done.stderr.startswith("kg: standard input: byte 6 is not UTF-8")


def test_ask_says_true_or_false(untouched: Home, run: Run) -> None:
    assert run("query", "ASK { place:suzhou a cdp:City }", home=untouched).stdout == "true\n"
    assert run("query", "ASK { place:suzhou a cdp:Theme }", home=untouched).stdout == "false\n"


@pytest.mark.parametrize(
    ("form", "known"),
    [
        (None, RdfFormat.TURTLE), ("turtle", RdfFormat.TURTLE), ("ntriples", RdfFormat.N_TRIPLES),
        ("jsonld", RdfFormat.JSON_LD), ("rdfxml", RdfFormat.RDF_XML),
    ],
)  # fmt: skip
def test_construct_and_describe_give_triples(
    form: str | None, known: RdfFormat, untouched: Home, run: Run
) -> None:
    more = ["--format", form] if form else []
    for query in ("DESCRIBE place:suzhou", "CONSTRUCT WHERE { place:suzhou ?p ?o }"):
        text = run("query", query, *more, home=untouched).stdout
        quads = list(parse(text, known))
        assert {quad.subject.value for quad in quads} == {"https://w3id.org/cdp/id/place/suzhou"}
        assert len(quads) > 5
        assert "zh-Hans" in text


def test_csv_and_json_read_back_the_same(untouched: Home, run: Run) -> None:
    ask = ["ask", "goals", "--lang", "zh-Hans"]
    rows = list(csv.reader(io.StringIO(run(*ask, "--format", "csv", home=untouched).stdout)))
    read = json.loads(run(*ask, "--format", "json", home=untouched).stdout)
    assert read["head"]["vars"] == rows[0]
    bindings = read["results"]["bindings"]
    assert [[b.get(name, {}).get("value", "") for name in rows[0]] for b in bindings] == rows[1:]
    tags = {cell["xml:lang"] for b in bindings for cell in b.values() if "xml:lang" in cell}
    assert tags == {"zh-Hans"}
    markdown = run(*ask, "--format", "markdown", home=untouched).stdout.splitlines()
    assert markdown[0] == f"| {' | '.join(rows[0])} |"
    assert len(markdown) == len(rows) + 1


def test_table_is_the_same_whatever_it_is_written_to(untouched: Home, run: Run) -> None:
    text = run("ask", "goals", home=untouched).stdout
    assert text == run("ask", "goals", "--format", "table", home=untouched).stdout
    assert {text.splitlines()[n][0] for n in (0, 2, -1)} == {"┌", "├", "└"}


def test_language_is_that_asked_for(untouched: Home, run: Run) -> None:
    english = run("ask", home=untouched).stdout
    assert not CHINESE.search(english)
    chinese = run("ask", "--lang", "zh-Hans", home=untouched).stdout
    assert len(chinese.splitlines()) == len(english.splitlines())
    assert CHINESE.search(chinese)
    assert run("ask", "--lang", "zh-Hant", home=untouched).stdout == chinese


def test_home_may_come_from_the_environment(small: Home, run: Run) -> None:
    (small.queries / "mine.rq").write_text(
        "#+ summary:\n#+   en: Mine?\nSELECT ?x { VALUES ?x { 1 } }", "utf-8"
    )
    assert "│ mine" in run("ask", KG_HOME=small.root).stdout
    assert "│ mine" in run("ask", home=Home(Path()), cwd=small.root).stdout
    assert "│ mine" not in run("ask", home=Home(ROOT), KG_HOME=small.root).stdout


# --- languages of the terminal ----------------------------------------------------------------


@pytest.mark.parametrize(
    "environment",
    [
        {"LANG": "C", "LC_ALL": "C"},
        {"LANG": "POSIX", "LC_ALL": "POSIX", "PYTHONCOERCECLOCALE": "0", "PYTHONUTF8": "0"},
        {"PYTHONIOENCODING": "ascii"},
    ],
)
def test_chinese_comes_out_whole_in_a_locale_that_has_none(
    environment: dict[str, str], untouched: Home, run: Run
) -> None:
    done = run("ask", "goals", "--lang", "zh-Hans", home=untouched, **environment)
    assert "试验平台覆盖面" in done.stdout


def test_encoding_that_lacks_characters_shows_which(untouched: Home) -> None:
    done = run_shell("kg ask goals --lang zh-Hans", untouched, PYTHONIOENCODING="latin-1")
    assert done.returncode == 0
    assert done.stdout.encode("latin-1", "replace").decode("unicode_escape").count("试验平台") > 0


# --- the terminal -----------------------------------------------------------------------------


def test_progress_is_shown_on_a_terminal(untouched: Home) -> None:
    assert "Checking" in run_on_terminal("check", columns=100, home=untouched)


@pytest.mark.parametrize("columns", [40, 60, 80, 120])
def test_table_fits_a_narrow_terminal(columns: int, untouched: Home) -> None:
    for arguments in (["ask"], ["ask", "goals", "--lang", "zh-Hans"]):
        text = run_on_terminal(*arguments, columns=columns, home=untouched)
        assert max(map(measure_text, text.splitlines())) <= columns
        assert len(text.splitlines()) >= 5


# --- formatting and sources -------------------------------------------------------------------


def test_format_checks_then_writes_then_has_nothing_to_do(small: Home, run: Run) -> None:
    path = small.data / "town" / "suzhou.ttl"
    before = path.read_bytes()
    path.write_bytes(b"# A remark.\n" + before)
    changed = path.read_bytes()
    done = run("format", "--check", path, home=small, code=1)
    assert "-# A remark." in done.stdout.splitlines()
    assert path.read_bytes() == changed
    assert run("format", small.data, home=small).stdout == f"{path}: formatted\n"
    assert path.read_bytes() == before
    assert run("format", "--check", small.data, home=small).stdout == ""


def test_source_is_kept_listed_and_restored(untouched: Home, tmp_path: Path, run: Run) -> None:
    text = ROOT / "tests" / "small" / "town.txt"
    own = {"home": untouched, "XDG_DATA_HOME": tmp_path / "own"}
    assert "not at hand: kg source add FILE" in run("source", "list", **own).stdout
    done = run("source", "add", text, **own)
    kept = Path(done.stdout.removeprefix("Kept as ").strip())
    assert kept.read_bytes() == text.read_bytes()
    assert kept.is_relative_to(tmp_path / "own")
    assert str(kept) in run("source", "list", **own).stdout
    assert run("source", "restore", text).stdout.startswith("试验城云\n")
    assert run("source", "restore", "--traditional", text).stdout.startswith("試驗城云\n")
    other = tmp_path / "other.txt"
    other.write_text("x", "utf-8")
    done = run("source", "add", other, code=1, **own)
    assert "not a source of the data: its SHA-256 is" in done.stderr
    assert "(source:town)" in done.stderr


def test_installed_command_is_the_same_program() -> None:
    command = Path(sys.executable).with_name("kg")
    if not command.exists():
        pytest.skip("the command kg is not installed beside this Python: pip install -e .")
    done = subprocess.run([command, "--version"], capture_output=True, check=True)
    again = subprocess.run([*KG, "--version"], capture_output=True, check=True)
    assert done.stdout == again.stdout
