"""`kg export rdf` on the command line."""

import gzip
import os
import re
import shlex
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

import kg.cli.rdf
from kg.dumps import FORMATS, export_rdf
from kg.home import Home, find_home

Run = Callable[..., "subprocess.CompletedProcess[str]"]


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


def test_command_has_all_formats() -> None:
    assert kg.cli.rdf.FORMATS == FORMATS


def test_standard_output_has_sorted_n_quads(run: Run, untouched: Home, tmp_path: Path) -> None:
    export_rdf(untouched, str(tmp_path / "x.nq"))
    expected = (tmp_path / "x.nq").read_text("utf-8")
    for options in ([], ["-o", "-"], ["-o", "/dev/stdout"]):
        done = run("export", "rdf", *options, home=untouched)
        assert done.stdout.startswith(expected)
        assert done.stderr == ""


def test_all_options(run: Run, wuhan: Home, tmp_path: Path) -> None:
    target = tmp_path / "x.trig.gz"
    done = run("export", "rdf", "-o", target, "--graphs", "themes", "--graphs", "roundup-2021/*",
               "--entailed", home=wuhan)  # fmt: skip
    assert re.fullmatch(rf"{target}: \d+ statements\D+ 3 (named )?graphs\n", done.stdout)
    assert gzip.decompress(target.read_bytes()).decode().count(" {\n") == 3
    run("export", "rdf", "-o", tmp_path / "y", "--format", "ttl", "--graphs", "themes", "--force")
    assert (tmp_path / "y").read_text("utf-8").startswith("# city-policy-kg ")


def test_usage_errors_write_nothing(run: Run, tmp_path: Path) -> None:
    for options in (
        ["--graphs", "wuhan"],
        ["-o", "x.xml"],
        ["-o", "x.nq", "--format", "trig"],
        ["-o", ""],
    ):
        done = run("export", "rdf", *options, code=2, cwd=tmp_path)
        assert done.stdout == ""
        assert done.stderr
    assert list(tmp_path.iterdir()) == []


def test_examples_of_the_help(run: Run, wuhan: Home, tmp_path: Path) -> None:
    text = run("export", "rdf", "--help").stdout
    examples = re.findall(r"^  kg (export rdf.*?)(?:   .*| \| .*)?$", text, re.M)
    assert len(examples) == 6
    for example in examples:
        assert run(*shlex.split(example), home=wuhan, cwd=tmp_path).stdout
    assert {path.name for path in tmp_path.iterdir()} == {
        "city-policy.nq", "city-policy.trig.gz", "city-policy.jsonld", "dumps", "wuhan.ttl",
    }  # fmt: skip
    for word in (*kg.cli.rdf.SYNTAXES, "--graphs", "--no-entailed", "--force", "FILE|DIR|-"):
        assert word in text


def test_example_with_a_pipe_counts_the_statements(run: Run, wuhan: Home, tmp_path: Path) -> None:
    text = run("export", "rdf", "--help").stdout
    (example,) = (line.strip() for line in text.split("\n") if " | " in line)
    count = export_rdf(wuhan, str(tmp_path / "x.nt"), graphs=["roundup-2021/*"]).statements
    (pipe,) = re.findall(r"\| (grep -c .*?)(?:   .*)?$", example)
    command = [*shlex.split(pipe), str(tmp_path / "x.nt")]
    done = subprocess.run(command, check=True, capture_output=True)
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


def test_terminal_has_a_progress_bar(untouched: Home, tmp_path: Path) -> None:
    pty = pytest.importorskip("pty", reason="Windows has no pseudo-terminals")
    reader, writer = pty.openpty()
    command = [sys.executable, "-m", "kg", "--home", str(untouched.root), "export", "rdf"]
    command += ["-o", str(tmp_path / "x.nq")]
    subprocess.run(command, stderr=writer, stdout=subprocess.DEVNULL, check=True, timeout=120)
    os.close(writer)
    shown = b""
    while True:
        try:
            data = os.read(reader, 4096)
        except OSError:  # on Linux, the other end is closed
            break
        if not data:
            break
        shown += data
    os.close(reader)
    assert b"100%" in shown


def test_shell_completes_graphs(run: Run) -> None:
    done = run(_KG_COMPLETE="bash_complete", COMP_CWORD="4",
               COMP_WORDS="kg export rdf --graphs roundup-2021/s")  # fmt: skip
    assert "roundup-2021/suzhou" in done.stdout
    assert "wuhan" not in done.stdout
