"""`kg export gephi`: names of files, formats, messages and exit codes.

What the files contain is tested in tests/networks/, what the pictures show in tests/pictures/.
"""

from __future__ import annotations

import gzip
import json
import shlex
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from kg.home import Home

Call = Callable[..., "subprocess.CompletedProcess[str]"]
Run = Callable[..., "subprocess.CompletedProcess[str]"]
GEPHI = ("export", "gephi")
TEXTS = [word for name in ("gexf", "graphml", "json", "csv") for word in ("--format", name)]


def read_folder(folder: Path) -> dict[str, bytes]:
    files = (path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in files}


@pytest.fixture
def call_gephi(
    call: Call, untouched: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Call:
    """Return a function that runs the command on the small home, in a folder of the test's own."""
    monkeypatch.chdir(tmp_path)
    return lambda *words, code=0: call(*GEPHI, *words, home=untouched, code=code)


def test_message_has_the_size_and_the_file(call_gephi: Call) -> None:
    done = call_gephi("city-theme", "-o", "a.gexf")
    assert (done.stdout, done.stderr) == ("city-theme: 2 nodes, 1 edge -> a.gexf\n", "")
    assert Path("a.gexf").read_bytes().startswith(b"<?xml")


def test_default_file_has_the_name_of_the_network(call_gephi: Call, tmp_path: Path) -> None:
    call_gephi("documents")
    call_gephi("documents", "--format", "json")
    assert set(read_folder(tmp_path)) == {"documents.gexf", "documents.json"}


def test_suffix_of_the_file_is_its_format(call_gephi: Call, tmp_path: Path) -> None:
    for suffix in ("gexf", "graphml", "json", "svg", "gexf.gz"):
        call_gephi("documents", "-o", f"a.{suffix}")
    files = read_folder(tmp_path)
    assert gzip.decompress(files["a.gexf.gz"]) == files["a.gexf"]
    assert b"<graphml" in files["a.graphml"]
    assert b"<svg" in files["a.svg"]
    assert json.loads(files["a.json"])["attributes"]["name"] == "documents"


def test_standard_output_has_the_network_only(call_gephi: Call) -> None:
    done = call_gephi("documents", "--format", "json", "-o", "-")
    assert json.loads(done.stdout)["attributes"]["name"] == "documents"
    assert done.stderr == "documents: 1 node, 0 edges -> -\n"
    assert call_gephi("documents", "-o", "-").stdout.startswith("<?xml")


def test_all_networks_are_written_and_empty_ones_reported(call_gephi: Call) -> None:
    done = call_gephi(*TEXTS, "-o", "all")
    written = ["city-city", "city-theme", "documents", "entities"]
    assert [line.partition(":")[0] for line in done.stdout.splitlines()] == written
    assert done.stderr.startswith("kg: not written: city-technology: no statements")
    assert set(read_folder(Path("all"))) == {
        "manifest.json",
        *(f"{name}/{file}" for name in written for file in ("nodes.csv", "edges.csv")),
        *(f"{name}/{name}.{suffix}" for name in written for suffix in ("gexf", "graphml", "json")),
    }
    # Exporting one network again leaves the others, and adds its pictures.
    done = call_gephi("documents", "-o", "all")
    files = read_folder(Path("all"))
    assert b"<svg" in files["documents/documents.svg"][:400]
    # PNG needs an extra package, and is left out without it.
    has_png = files.get("documents/documents.png", b"").startswith(b"\x89PNG")
    assert has_png != ("kg: not written: " in done.stderr)
    assert len(files) == 4 * 5 + 1 + 1 + has_png


def test_folder_without_a_name_is_networks(call_gephi: Call) -> None:
    call_gephi("--format", "json", "--city", "suzhou", "--layout", "circle")
    assert set(read_folder(Path("networks"))) == {
        "manifest.json",
        "city-city/city-city.json",
        "city-theme/city-theme.json",
        "documents/documents.json",
        "entities/entities.json",
    }


def test_largest_network_has_the_number_of_nodes(call_gephi: Call) -> None:
    done = call_gephi("entities", "--largest", "4", "-o", "a.json")
    assert done.stdout.startswith("entities: 4 nodes, ")


@pytest.mark.slow
def test_examples_of_the_help(call_gephi: Call, tmp_path: Path) -> None:
    lines = call_gephi("--help").stdout.splitlines()
    examples = [line.strip() for line in lines if line.startswith("  kg export gephi ")]
    assert len(examples) == 3
    for example in examples:
        # The small home has no links of Wuhan and Changsha.
        words = shlex.split(example.replace("wuhan", "suzhou").replace("长沙", "苏州"))
        assert call_gephi(*words[3:]).stdout
    names = {path.name for path in tmp_path.iterdir()}
    assert names == {"city-theme.gexf", "two-cities.svg", "networks"}


@pytest.mark.slow
def test_same_bytes_for_any_hash_seed(run: Run, tmp_path: Path) -> None:
    for seed in ("0", "4711"):
        run(*GEPHI, *TEXTS, "-o", seed, cwd=tmp_path, PYTHONHASHSEED=seed)
    files = read_folder(tmp_path / "0")
    assert len(files) == 5 * 5 + 1
    assert files == read_folder(tmp_path / "4711")


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["citytheme"], "Did you mean city-theme"),
        (["city-theme", "-o", ""], "empty"),
        (["city-theme", "-o", "a.xml"], "no known format"),
        (["city-theme", "-o", "a.png.gz"], "png is not compressed"),
        (["city-theme", "-o", "a.gexf", "--format", "csv"], "folder"),
        (["city-theme", "-o", "-", "--format", "json", "--format", "gexf"], "folder"),
        (["-o", "a.gexf"], "folder"),
        (["-o", "-"], "folder"),
        (["city-theme", "--city", "suzhu"], "Did you mean suzhou"),
        (["city-theme", "--largest", "0"], "--largest"),
        (["city-theme", "--largest", "1_0"], "1_0 is not an integer."),
        (["city-theme", "--largest", "٣"], "--largest"),
        (["city-theme", "--largest", "9" * 5000], "--largest"),
        (["entities", "--layout", "spiral"], "--layout"),
        (["city-theme", "more"], "unexpected extra argument (more)"),
        (["--year", "2022"], "--year"),
    ],
)
def test_usage_error_writes_nothing(
    words: list[str], message: str, call_gephi: Call, tmp_path: Path
) -> None:
    done = call_gephi(*words, code=2)
    assert message in done.stderr
    assert done.stdout == ""
    assert list(tmp_path.iterdir()) == []


def test_network_without_nodes_is_an_error(call_gephi: Call, tmp_path: Path) -> None:
    done = call_gephi("city-technology", code=1)
    assert done.stderr.startswith("kg: city-technology: no statements")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.slow
def test_endpoint_gives_the_same_networks(
    run: Run, serve_oxigraph: Callable[..., str], tmp_path: Path
) -> None:
    url = serve_oxigraph("--union-default-graph")
    run("push", url)
    run(*GEPHI, *TEXTS, "-o", "memory", cwd=tmp_path)
    run(*GEPHI, *TEXTS, "--endpoint", url, "-o", "server", cwd=tmp_path)
    assert read_folder(tmp_path / "memory") == read_folder(tmp_path / "server")
