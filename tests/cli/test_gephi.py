"""`kg export gephi`: help, names of files, messages and exit codes.

What the files contain is tested in tests/networks/.
"""

from __future__ import annotations

import json
import os
import pty
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import click
import pytest

from kg.cli import cli
from kg.errors import KgError
from kg.home import Home, find_home
from kg.networks import find_network, list_networks

Run = Callable[..., "subprocess.CompletedProcess[str]"]
Call = Callable[..., tuple[str, str]]
GEPHI = ("export", "gephi")
TEXTS = [word for name in ("gexf", "graphml", "json", "csv") for word in ("--format", name)]


def read_folder(folder: Path) -> dict[str, bytes]:
    files = (path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in files}


@pytest.fixture
def call(capsys: pytest.CaptureFixture[str], untouched: Home) -> Call:
    """Return a function that runs the command in this process; it returns stdout and stderr."""

    def call_gephi(*arguments: str | Path) -> tuple[str, str]:
        command = ["--home", str(untouched.root), *GEPHI, *map(str, arguments)]
        cli.main(command, "kg", standalone_mode=False)
        captured = capsys.readouterr()
        return captured.out, captured.err

    return call_gephi


@pytest.fixture(autouse=True)
def work_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Run every test in a folder of its own."""
    monkeypatch.chdir(tmp_path)


def read_error(call: Call, *arguments: str) -> tuple[int, str]:
    """Return the exit code and the message of a command that fails."""
    with pytest.raises((KgError, click.UsageError)) as caught:
        call(*arguments)
    error = caught.value
    if isinstance(error, click.UsageError):
        return error.exit_code, error.format_message()
    assert isinstance(error, KgError)
    return error.exit_code, str(error)


def test_help_lists_the_networks(call: Call) -> None:
    english = " ".join(call("--help")[0].split())
    chinese = "".join(call("--lang", "zh-Hans", "--help")[0].split())
    for network in list_networks(find_home()):
        assert f"{network.name} {network.text('summary', 'en')}" in english
        assert "".join(network.text("summary", "zh-Hans").split()) in chinese


def test_help_of_a_network_has_its_description_and_options(call: Call) -> None:
    network = find_network(find_home(), "documents")
    english = " ".join(call("documents", "--help")[0].split())
    assert network.text("description", "en") in english
    for option in ("--city", "--theme", "--voice", "--lang", "--layout", "--largest", "--output"):
        assert option in english
    chinese = "".join(call("documents", "--lang", "zh-Hans", "--help")[0].split())
    assert network.text("description", "zh-Hans") in chinese


def test_message_has_the_size_and_the_file(call: Call) -> None:
    out, err = call("city-theme", "-o", "a.gexf")
    assert (out, err) == ("city-theme: 2 nodes, 1 edges -> a.gexf\n", "")
    assert Path("a.gexf").read_bytes().startswith(b"<?xml")


def test_default_file_has_the_name_of_the_network(call: Call, tmp_path: Path) -> None:
    call("documents")
    call("documents", "--format", "json")
    assert set(read_folder(tmp_path)) == {"documents.gexf", "documents.json"}


def test_existing_file_is_overwritten(call: Call) -> None:
    path = Path("a.gexf")
    path.write_text("not by kg", "utf-8")
    call("documents", "-o", path)
    assert path.read_bytes().startswith(b"<?xml")


def test_stdout_has_the_network_only(call: Call) -> None:
    out, err = call("documents", "--format", "json", "-o", "-")
    assert json.loads(out)["attributes"]["name"] == "documents"
    assert err == "documents: 1 nodes, 0 edges -> -\n"


def test_all_networks_are_written_and_empty_ones_reported(call: Call) -> None:
    out, err = call(*TEXTS, "-o", "all")
    written = ["city-city", "city-theme", "documents", "entities"]
    assert [line.partition(":")[0] for line in out.splitlines()] == written
    assert err.startswith("kg: city-technology: no statements")
    assert set(read_folder(Path("all"))) == {
        "manifest.json",
        *(f"{name}/{file}" for name in written for file in ("nodes.csv", "edges.csv")),
        *(f"{name}/{name}.{suffix}" for name in written for suffix in ("gexf", "graphml", "json")),
    }


def test_folder_of_one_network_has_pictures_too(call: Call) -> None:
    call(*TEXTS, "-o", "one")
    call("documents", "-o", "one")
    files = read_folder(Path("one/documents"))
    assert {"documents.svg", "documents.png", "documents.gexf", "nodes.csv"} <= set(files)
    assert files["documents.png"].startswith(b"\x89PNG")
    assert b"<svg" in files["documents.svg"][:400]
    assert len(read_folder(Path("one/entities"))) == 5


def test_same_bytes_for_any_hash_seed(run: Run, untouched: Home, tmp_path: Path) -> None:
    for seed in ("0", "1"):
        environment = {"PYTHONHASHSEED": seed}
        run(*GEPHI, *TEXTS, "-o", seed, home=untouched, cwd=tmp_path, **environment)
    assert len(read_folder(tmp_path / "0")) == 4 * 5 + 1
    assert read_folder(tmp_path / "0") == read_folder(tmp_path / "1")


@pytest.mark.slow
def test_same_bytes_for_any_hash_seed_of_all_data(run: Run, tmp_path: Path) -> None:
    for seed in ("0", "1", "4711"):
        run(*GEPHI, *TEXTS, "-o", seed, cwd=tmp_path, PYTHONHASHSEED=seed)
    files = read_folder(tmp_path / "0")
    assert len(files) == 5 * 5 + 1
    assert files == read_folder(tmp_path / "1") == read_folder(tmp_path / "4711")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["citytheme"], "Did you mean city-theme"),
        (["city-theme", "-o", ""], "empty"),
        (["--lang", "zh-Hans", "city-theme", "-o", "-"], "name of the network"),
        (["--city", "wuhan", "city-theme"], "name of the network"),
        (["city-theme", "-o", "a.xml"], "no known format"),
        (["city-theme", "-o", "a.png.gz"], "png is not compressed"),
        (["city-theme", "-o", "a.gexf", "--format", "csv"], "folder"),
        (["city-theme", "-o", "-", "--format", "json", "--format", "gexf"], "folder"),
        (["-o", "a.gexf"], "folder"),
        (["-o", "-"], "folder"),
        (["city-theme", "--city", "suzhu"], "Did you mean suzhou"),
        (["city-theme", "--largest", "0"], "--largest"),
        (["entities", "--layout", "spiral"], "--layout"),
    ],
)
def test_usage_error_writes_nothing(
    arguments: list[str], message: str, call: Call, tmp_path: Path
) -> None:
    exit_code, error = read_error(call, *arguments)
    assert exit_code == 2
    assert message in error
    assert list(tmp_path.iterdir()) == []


def test_network_without_nodes_is_an_error(call: Call, tmp_path: Path) -> None:
    exit_code, error = read_error(call, "city-technology")
    assert exit_code == 1
    assert error.startswith("city-technology: no statements")
    assert list(tmp_path.iterdir()) == []


def test_progress_bar_on_a_terminal(untouched: Home, tmp_path: Path) -> None:
    main, side = pty.openpty()
    command = [sys.executable, "-m", "kg", "--home", str(untouched.root), *GEPHI, "documents"]
    with subprocess.Popen(command, cwd=tmp_path, stdout=subprocess.PIPE, stderr=side) as process:
        os.close(side)
        shown = b""
        while True:
            try:
                data = os.read(main, 4096)
            except OSError:  # Linux: the other side is closed
                break
            if not data:
                break
            shown += data
        assert process.wait() == 0
    os.close(main)
    assert b"Exporting" in shown
    assert b"100%" in shown


@pytest.mark.slow
def test_endpoint_gives_the_same_networks(
    run: Run, serve_oxigraph: Callable[..., str], tmp_path: Path
) -> None:
    url = serve_oxigraph("--union-default-graph")
    run("push", url)
    run(*GEPHI, *TEXTS, "-o", "memory", cwd=tmp_path)
    run(*GEPHI, *TEXTS, "--endpoint", url, "-o", "server", cwd=tmp_path)
    assert read_folder(tmp_path / "memory") == read_folder(tmp_path / "server")
