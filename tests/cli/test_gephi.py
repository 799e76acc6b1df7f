"""`kg export gephi`: names, formats, folders, what is refused, the same bytes, the help."""

from __future__ import annotations

import gzip
import json
import os
import pty
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from kg.home import Home, find_home
from kg.networks.query import list_networks

Run = Callable[..., "subprocess.CompletedProcess[str]"]
HOME = find_home()
NETWORKS = {network.name: network for network in list_networks(HOME)}
TEXTS = ("gexf", "graphml", "json", "csv")
GEPHI = ("export", "gephi")


def choose_texts() -> list[str]:
    return [word for form in TEXTS for word in ("--format", form)]


def read_folder(folder: Path) -> dict[str, bytes]:
    files = (path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in files}


def test_help_names_every_network_and_what_it_is(run: Run) -> None:
    told = " ".join(run(*GEPHI, "--help").stdout.split())
    chinese = "".join(run(*GEPHI, "--lang", "zh-Hans", "--help").stdout.split())
    for network in NETWORKS.values():
        assert f"{network.name} {network.tell('summary', 'en')}" in told
        assert "".join(network.tell("summary", "zh-Hans").split()) in chinese


@pytest.mark.parametrize("name", NETWORKS)
def test_help_of_a_network_describes_it(name: str, run: Run) -> None:
    told = " ".join(run(*GEPHI, name, "--help").stdout.split())
    assert NETWORKS[name].tell("description", "en") in told
    for option in ("--city", "--theme", "--voice", "--lang", "--layout", "--largest", "--output"):
        assert option in told
    chinese = "".join(run(*GEPHI, name, "--lang", "zh-Hans", "--help").stdout.split())
    assert NETWORKS[name].tell("description", "zh-Hans") in chinese


def test_file_of_a_network_says_how_large_it_is(run: Run, tmp_path: Path) -> None:
    done = run(*GEPHI, "city-theme", "-o", "a.gexf", cwd=tmp_path)
    assert (done.stdout, done.stderr) == ("city-theme: 25 nodes, 73 edges -> a.gexf\n", "")
    assert (tmp_path / "a.gexf").read_bytes().startswith(b"<?xml")
    run(*GEPHI, "documents", cwd=tmp_path)
    run(*GEPHI, "documents", "--format", "json", cwd=tmp_path)
    assert {path.name for path in tmp_path.iterdir()} == {
        "a.gexf", "documents.gexf", "documents.json",
    }  # fmt: skip


def test_output_takes_a_network_alone(run: Run, tmp_path: Path) -> None:
    done = run(*GEPHI, "documents", "--format", "json", "-o", "-")
    assert len(json.loads(done.stdout)["nodes"]) == 12
    assert done.stderr == "documents: 12 nodes, 5 edges -> -\n"
    run(*GEPHI, "documents", "-o", "a.gexf", cwd=tmp_path)
    assert run(*GEPHI, "documents", "-o", "-").stdout.encode() == (tmp_path / "a.gexf").read_bytes()


def test_packed_file_holds_the_same(run: Run, tmp_path: Path) -> None:
    for name in ("a.gexf", "a.gexf.gz"):
        run(*GEPHI, "documents", "-o", name, cwd=tmp_path)
    packed = gzip.decompress((tmp_path / "a.gexf.gz").read_bytes())
    assert packed == (tmp_path / "a.gexf").read_bytes()


def test_folder_has_all_networks_each_in_a_folder_of_its_own(run: Run, tmp_path: Path) -> None:
    done = run(*GEPHI, *choose_texts(), "-o", "all", cwd=tmp_path)
    assert [line.partition(":")[0] for line in done.stdout.splitlines()] == list(NETWORKS)
    files = read_folder(tmp_path / "all")
    names = {
        f"{network}/{file}"
        for network in NETWORKS
        for file in (*(f"{network}.{f}" for f in TEXTS[:-1]), "nodes.csv", "edges.csv")
    }
    assert set(files) == {*names, "manifest.json"}
    assert set(json.loads(files["manifest.json"])["files"]) == names


def test_each_network_has_a_folder_of_its_own(run: Run, tmp_path: Path) -> None:
    for name in ("documents", "city-city"):
        run(*GEPHI, name, *choose_texts(), "-o", "two", cwd=tmp_path)
    names = {"documents.gexf", "documents.graphml", "documents.json", "nodes.csv", "edges.csv"}
    assert set(read_folder(tmp_path / "two" / "documents")) == names
    assert len(read_folder(tmp_path / "two")) == 2 * 5 + 1
    run(*GEPHI, "documents", "--format", "csv", "-o", "two", cwd=tmp_path)
    assert set(read_folder(tmp_path / "two" / "documents")) == {"nodes.csv", "edges.csv"}
    assert len(read_folder(tmp_path / "two" / "city-city")) == 5
    run(*GEPHI, *choose_texts(), "-o", "two", cwd=tmp_path)
    assert len(read_folder(tmp_path / "two")) == 5 * 5 + 1
    narrow = ("--city", "wuhan", "--theme", "environment")
    run(*GEPHI, *narrow, *choose_texts(), "-o", "two", cwd=tmp_path)
    assert not (tmp_path / "two" / "city-technology").exists()


def test_folder_has_pictures_too(run: Run, tmp_path: Path) -> None:
    run(*GEPHI, "documents", "-o", "one", cwd=tmp_path)
    files = read_folder(tmp_path / "one" / "documents")
    assert {"documents.svg", "documents.png", "documents.gexf", "nodes.csv"} <= set(files)
    assert files["documents.png"].startswith(b"\x89PNG")
    assert b"<svg" in files["documents.svg"][:400]


def test_same_input_gives_same_bytes_whatever_the_hash_seed(run: Run, tmp_path: Path) -> None:
    for seed in ("0", "1", "4711"):
        run(*GEPHI, *choose_texts(), "-o", seed, cwd=tmp_path, PYTHONHASHSEED=seed)
    files = read_folder(tmp_path / "0")
    assert len(files) == 5 * 5 + 1
    assert files == read_folder(tmp_path / "1") == read_folder(tmp_path / "4711")


def test_what_kg_did_not_write_stays_without_force(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "mine.gexf"
    path.write_text("<gexf>mine</gexf>", "utf-8")
    done = run(*GEPHI, "documents", "-o", path, code=2)
    assert "was not written by kg" in done.stderr
    assert "--force" in done.stderr
    assert path.read_text("utf-8") == "<gexf>mine</gexf>"
    run(*GEPHI, "documents", "-o", path, "--force")
    # What it wrote itself it writes again.
    run(*GEPHI, "city-theme", "-o", path)
    assert b"city-theme" in path.read_bytes()[:1000]


def test_file_changed_since_in_a_folder_stays(run: Run, tmp_path: Path) -> None:
    arguments = (*GEPHI, "documents", "--format", "csv", "-o", tmp_path / "one")
    run(*arguments)
    nodes = tmp_path / "one" / "documents" / "nodes.csv"
    nodes.write_text("mine", "utf-8")
    assert "nodes.csv: was not written by kg" in run(*arguments, code=2).stderr
    assert nodes.read_text("utf-8") == "mine"
    run(*arguments, "--force")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["citytheme"], "Did you mean city-theme"),
        (["city-theme", "-o", ""], "it is empty"),
        (["--lang", "zh-Hans", "city-theme", "-o", "-"], "behind the name of the network"),
        (["city-theme", "-o", "a.xml"], "does not say which format"),
        (["city-theme", "-o", "a.png.gz"], "a picture is not packed"),
        (["city-theme", "-o", "a.gexf", "--format", "csv"], "so many files need a folder"),
        (["city-theme", "-o", "-", "--format", "json", "--format", "gexf"], "need a folder"),
        (["-o", "a.gexf"], "all networks need a folder"),
        (["-o", "-"], "all networks need a folder"),
        (["city-theme", "--city", "wuhn"], "Did you mean wuhan"),
        (["city-theme", "--largest", "0"], "--largest"),
        (["--city", "wuhan", "city-theme"], "Options go behind the name"),
        (["entities", "--layout", "spiral"], "--layout"),
    ],
)
def test_wrong_calls_are_refused_and_leave_nothing(
    arguments: list[str], said: str, run: Run, tmp_path: Path
) -> None:
    done = run(*GEPHI, *arguments, code=2, cwd=tmp_path)
    assert said in done.stderr
    assert done.stdout == ""
    assert list(tmp_path.iterdir()) == []


def test_nothing_told_is_said_and_leaves_nothing(run: Run, tmp_path: Path) -> None:
    done = run(*GEPHI, "city-technology", "--city", "nanjing", code=1, cwd=tmp_path)
    assert "nothing is told of that" in done.stderr
    assert list(tmp_path.iterdir()) == []


def test_of_all_networks_those_that_are_empty_are_named(run: Run, tmp_path: Path) -> None:
    done = run(*GEPHI, "--city", "nanjing", "--format", "gexf", "-o", "n", cwd=tmp_path)
    assert "city-technology: nothing is told of that" in done.stderr
    assert [line.partition(":")[0] for line in done.stdout.splitlines()] == [
        "city-city", "city-theme", "documents", "entities",
    ]  # fmt: skip
    assert "city-technology" not in {path.name for path in (tmp_path / "n").iterdir()}


def test_home_with_data_of_others_works(run: Run, small: Home, tmp_path: Path) -> None:
    done = run(*GEPHI, "entities", "-o", tmp_path / "a.gexf", home=small)
    assert done.stdout.startswith("entities: ")


def test_progress_is_shown_to_who_looks(tmp_path: Path) -> None:
    main, side = pty.openpty()
    command = [sys.executable, "-m", "kg", *GEPHI, "documents", "-o", "a.gexf"]
    with subprocess.Popen(command, cwd=tmp_path, stdout=subprocess.PIPE, stderr=side) as process:
        os.close(side)
        shown = b""
        while True:
            try:
                data = os.read(main, 4096)
            except OSError:  # how Linux says that the other side is closed
                break
            if not data:
                break
            shown += data
        assert process.wait(60) == 0
    os.close(main)
    assert b"Exporting" in shown
    assert b"100%" in shown


def test_endpoint_gives_the_same_network(
    run: Run, serve_oxigraph: Callable[..., str], tmp_path: Path
) -> None:
    url = serve_oxigraph("--union-default-graph")
    run("push", url)
    for name, more in (("memory", ()), ("server", ("--endpoint", url))):
        run(*GEPHI, *choose_texts(), *more, "-o", name, cwd=tmp_path)
    assert read_folder(tmp_path / "memory") == read_folder(tmp_path / "server")


def test_missing_library_is_named(run: Run, tmp_path: Path) -> None:
    (tmp_path / "networkx.py").write_text("raise ImportError(name='networkx')", "utf-8")
    path = os.pathsep.join([str(tmp_path), os.environ.get("PYTHONPATH", "")])
    done = run(*GEPHI, "documents", "-o", "-", code=1, PYTHONPATH=path)
    assert "networkx is not installed" in done.stderr
    assert "pip install 'city-policy-kg[networkx]'" in done.stderr
