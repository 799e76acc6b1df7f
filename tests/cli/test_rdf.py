"""`kg export rdf`: options, messages and exit codes.

What the files contain is tested in tests/dumps/.
"""

import gzip
import re
import shlex
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from click.shell_completion import ShellComplete

from kg.cli import cli
from kg.dumps import FORMATS, export_rdf
from kg.home import Home, find_home

Call = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture(scope="module")
def wuhan(tmp_path_factory: pytest.TempPathFactory) -> Home:
    """A home with the data of one city, which the examples of the help name."""
    folder, home = tmp_path_factory.mktemp("wuhan"), find_home()
    for name in ("ontology", "queries"):
        (folder / name).symlink_to(home.root / name)
    (folder / "data" / "roundup-2021").mkdir(parents=True)
    file = Path("roundup-2021", "wuhan.ttl")
    (folder / "data" / file).symlink_to(home.data / file)
    return Home(folder)


@pytest.fixture(autouse=True)
def work_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of the test's own, which is the working folder."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_standard_output_has_n_quads_by_default(call: Call, untouched: Home) -> None:
    export_rdf(untouched, "x.nq")
    expected = Path("x.nq").read_text("utf-8")
    for options in ([], ["-o", "-"], ["--format", "nq"]):
        done = call("export", "rdf", *options, home=untouched)
        assert done.stdout == expected
        assert done.stderr == ""


def test_graphs_entailments_and_compression(call: Call, wuhan: Home) -> None:
    done = call(
        "export", "rdf", "-o", "x.trig.gz", "--graphs", "themes", "--graphs", "roundup-2021/*",
        "--entailed", home=wuhan,
    )  # fmt: skip
    assert re.fullmatch(r"x\.trig\.gz: \d+ statements, 4 named graphs\n", done.stdout)
    assert gzip.decompress(Path("x.trig.gz").read_bytes()).decode().count(" {\n") == 4
    done = call("export", "rdf", "-o", "y.nq", "--graphs", "themes", home=wuhan)
    assert done.stdout.endswith(" statements, 2 named graphs\n")


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("--graphs wuhan", "kg: wuhan: unknown graph. Did you mean roundup-2021/wuhan?"),
        ("-o x.xml", "kg: x.xml: unknown suffix. Use .nq (N-Quads), "),
        ("-o x.nq --format trig", "kg: x.nq: the suffix contradicts --format trig."),
        ("--format xml", "kg: Invalid value for '--format': 'xml' is not one of 'nq', "),
        ("--graphs graph:entailed --no-entailed", "kg: No graph is left: "),
        ("--graphs themes --without themes", "kg: No graph is left: "),
        ("--without borrowed-label", "kg: borrowed-label: unknown graph. Did you mean borrowed"),
    ],
)
def test_usage_error_writes_nothing(
    line: str, message: str, call: Call, wuhan: Home, work_folder: Path
) -> None:
    done = call("export", "rdf", *line.split(), home=wuhan, code=2)
    assert done.stderr.startswith(message)
    assert done.stdout == ""
    assert list(work_folder.iterdir()) == []


@pytest.mark.slow
def test_examples_of_the_help(call: Call, wuhan: Home, work_folder: Path) -> None:
    text = call("export", "rdf", "--help").stdout
    examples = re.findall(r"^  kg (export rdf.*?)(?:   .*| \| .*)?$", text, re.M)
    assert len(examples) == 9
    for example in examples:
        assert call(*shlex.split(example), home=wuhan).stdout
    assert {path.name for path in work_folder.iterdir()} == {
        "city-policy.nq", "city-policy.trig.gz", "city-policy.jsonld", "json", "dumps",
        "wuhan.ttl", "all.nq",
    }  # fmt: skip
    assert [form for form in FORMATS if "." not in form and form not in text] == []


def test_example_with_a_pipe_counts_the_statements(call: Call, wuhan: Home) -> None:
    text = call("export", "rdf", "--help").stdout
    (example,) = (line.strip() for line in text.split("\n") if " | " in line)
    count = export_rdf(wuhan, "x.nt", graphs=["roundup-2021/*"]).statements
    (pipe,) = re.findall(r"\| (grep -c .*?)(?:   .*)?$", example)
    done = subprocess.run([*shlex.split(pipe), "x.nt"], check=True, capture_output=True)
    assert int(done.stdout) == count > 500


def test_reader_that_stops_early_gets_no_error(untouched: Home) -> None:
    command = [sys.executable, "-m", "kg", "--home", str(untouched.root), "export", "rdf"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        assert process.stdout.readline().startswith(b"# city-policy-kg")
        process.stdout.close()
        assert process.stderr.read() == b""
    assert process.returncode == 1


def test_named_graphs_are_completed() -> None:
    shell = ShellComplete(cli, {}, "kg", "_KG_COMPLETE")
    items = shell.get_completions(["export", "rdf", "--graphs"], "roundup-2021/s")
    names = {item.value for item in items}
    assert {"roundup-2021/suzhou", "roundup-2021/shanghai"} < names
    assert all(name.startswith("roundup-2021/s") for name in names)
