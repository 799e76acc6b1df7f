"""Gephi itself, its toolkit fetched with Maven: it opens every network, whole and without a word.

Its toolkit is what Gephi's window stands on: the same importers, the same graph, the same preview.
"""

from __future__ import annotations

import re
import shutil
import subprocess
from collections import Counter
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

import pytest

from kg.graph import load_graph
from kg.home import find_home
from kg.names import LANGUAGES
from kg.networks.columns import Column, list_edge_columns, list_node_columns
from kg.networks.model import Edge, Network, Node
from kg.networks.query import NetworkOptions, build_network, find_network, list_networks
from kg.networks.write import write_network

HERE = Path(__file__).resolve().parent / "gephi"
HOME = find_home()
NETWORKS = [network.name for network in list_networks(HOME)]
CASES = [(name, language) for name in NETWORKS for language in ("en", "zh-Hans")]
SECONDS = 240
TYPES = {
    "integer": "Integer", "double": "Double", "string": "String", "boolean": "Boolean",
    "liststring": "String[]",
}  # fmt: skip
Provenance = dict[str, list[str]]


@cache
def build(name: str, language: str = "en") -> Network:
    return build_network(load_graph(HOME), find_network(HOME, name), NetworkOptions(language))


@pytest.fixture(scope="session")
def open_in_gephi(fetch_jars: Callable[[Path, str], str]) -> Callable[..., dict[str, Provenance]]:
    """Return a function that gives what Gephi tells of each file, by its path."""
    if shutil.which("javac") is None:
        pytest.skip("no javac on the path: Gephi's toolkit needs a Java development kit")
    classpath = fetch_jars(HERE / "pom.xml", "Gephi's toolkit")
    program = ["java", "-Djava.awt.headless=true", "-cp", classpath, str(HERE / "Imported.java")]

    def open_files(*files: str | Path) -> dict[str, Provenance]:
        done = subprocess.run(
            [*program, *map(str, files)],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            encoding="utf-8",
            timeout=SECONDS,
            check=False,
        )
        *lines, end = done.stdout.splitlines()
        assert (done.returncode, end) == (0, "end"), done.stderr[-3000:]
        told: dict[str, Provenance] = {}
        for line in lines:
            name, _, value = line.partition("\t")
            if name == "file":
                current = told.setdefault(value, {})
            else:
                current.setdefault(name, []).append(value)
        return told

    return open_files


@pytest.fixture(scope="session")
def opened(
    open_in_gephi: Callable[..., dict[str, Provenance]], tmp_path_factory: pytest.TempPathFactory
) -> dict[tuple[str, str, str], Provenance]:
    """What Gephi tells of every network, in two languages, from GEXF and from GraphML."""
    folder = tmp_path_factory.mktemp("gephi")
    files = {}
    for name, language in CASES:
        for form in ("gexf", "graphml"):
            path = folder / f"{name}.{language}.{form}"
            with path.open("wb") as stream:
                write_network(build(name, language), form, stream)
            files[name, language, form] = path
    told = open_in_gephi(*files.values())
    return {case: told[str(path)] for case, path in files.items()}


def list_issues(told: Provenance) -> list[str]:
    return [issue for issue in told.get("issue", []) if not issue.startswith("INFO ")]


def count_values(columns: list[Column], elements: tuple[Node | Edge, ...], kind: str) -> set[str]:
    return {
        f"{kind} {column.title} {TYPES[column.type]} "
        f"{sum(column.read(element) is not None for element in elements)}"
        for column in columns
    }


def list_told_columns(told: Provenance, kind: str) -> set[str]:
    return {
        f"{kind} {value}"
        for name, values in told.items()
        if name.startswith(f"{kind} column ")
        for value in values
    }


def list_times(elements: tuple[Node | Edge, ...], kind: str) -> Iterator[tuple[str, str]]:
    for element in elements:
        if element.start or element.end:
            days = (element.start, element.end)
            told = " ".join(f"{day}T00:00:00Z" if day else "open" for day in days)
            yield f"time {kind} {element.id}", told


@pytest.mark.parametrize(("name", "language"), CASES)
def test_gephi_imports_gexf_whole_and_without_a_warning(
    name: str, language: str, opened: dict[tuple[str, str, str], Provenance]
) -> None:
    told, network = opened[name, language, "gexf"], build(name, language)
    assert list_issues(told) == []
    assert told["nodes"] == [str(len(network.nodes))]
    assert told["edges"] == [str(len(network.edges))]
    assert told["directed"] == [str(network.directed).lower()]
    assert float(told["weight"][0]) == pytest.approx(sum(edge.weight for edge in network.edges))
    kinds = Counter(edge.kind for edge in network.edges)
    assert {k: v for k, v in told.items() if k.startswith("kind ")} == {
        f"kind {kind}": [str(count)] for kind, count in kinds.items()
    }
    nodes, edges = list_node_columns(network), list_edge_columns(network)
    assert list_told_columns(told, "node") == count_values(nodes, network.nodes, "node")
    assert list_told_columns(told, "edge") == count_values(edges, network.edges, "edge")
    wanted = [*list_times(network.nodes, "node"), *list_times(network.edges, "edge")]
    assert wanted
    assert {k: v for k, v in told.items() if k.startswith("time ")} == {
        name: [days] for name, days in wanted
    }
    assert told["dynamic"] == ["true"]


@pytest.mark.parametrize("name", NETWORKS)
def test_gephi_has_labels_places_sizes_and_colours(
    name: str, opened: dict[tuple[str, str, str], Provenance]
) -> None:
    told = opened[name, "zh-Hans", "gexf"]
    for node in build(name, "zh-Hans").nodes:
        looks = f"{node.label} {node.x:.2f} {node.y:.2f} {node.size:.2f} {node.color.lower()}"
        assert told[f"look {node.id}"] == [looks]


@pytest.mark.parametrize(("name", "language"), CASES)
def test_gephi_imports_graphml(
    name: str, language: str, opened: dict[tuple[str, str, str], Provenance]
) -> None:
    told, network = opened[name, language, "graphml"], build(name, language)
    assert list_issues(told) == []
    assert (told["nodes"], told["edges"]) == (
        [str(len(network.nodes))],
        [str(len(network.edges))],
    )
    assert float(told["weight"][0]) == pytest.approx(sum(edge.weight for edge in network.edges))
    for node in network.nodes:
        looks = f"{node.label} {node.x:.2f} {node.y:.2f} {node.size:.2f} {node.color.lower()}"
        assert told[f"look {node.id}"] == [looks]


def test_gephi_imports_the_tables(
    open_in_gephi: Callable[..., dict[str, Provenance]], tmp_path: Path
) -> None:
    network = build("entities")
    for name in ("nodes.csv", "edges.csv"):
        with (tmp_path / name).open("wb") as stream:
            write_network(network, name, stream)
    told = open_in_gephi(tmp_path / "nodes.csv", tmp_path / "edges.csv")
    nodes, edges = told[str(tmp_path / "nodes.csv")], told[str(tmp_path / "edges.csv")]
    assert list_issues(nodes) == list_issues(edges) == []
    assert nodes["nodes"] == [str(len(network.nodes))]
    assert edges["edges"] == [str(len(network.edges))]
    kinds = Counter(edge.kind for edge in network.edges)
    assert {k: v for k, v in edges.items() if k.startswith("kind ")} == {
        f"kind {kind}": [str(count)] for kind, count in kinds.items()
    }
    assert nodes["node intervals"] == [str(sum(bool(n.start or n.end) for n in network.nodes))]
    assert edges["edge intervals"] == [str(sum(bool(e.start or e.end) for e in network.edges))]


def test_gephi_draws_a_preview(
    open_in_gephi: Callable[..., dict[str, Provenance]], tmp_path: Path
) -> None:
    """What it draws was looked at; here, that there is such a picture, and that it is not empty."""
    network, picture = tmp_path / "city-theme.gexf", tmp_path / "preview.png"
    with network.open("wb") as stream:
        write_network(build("city-theme"), "gexf", stream)
    open_in_gephi(f"{picture}={network}")
    assert picture.read_bytes().startswith(b"\x89PNG")
    assert picture.stat().st_size > 50_000
    pdf = Path(f"{picture}.pdf").read_bytes()
    assert pdf.startswith(b"%PDF")


@pytest.mark.parametrize(
    ("wrong", "right", "said"),
    [
        ('end="20x2"', 'end="2022-12-31"', "SEVERE"),
        ('type="anyURI"', 'type="liststring"', "SEVERE"),
        ('version="9"', 'version="1.3"', "WARNING"),
    ],
)
def test_what_gephi_warns_of_is_seen(
    wrong: str,
    right: str,
    said: str,
    open_in_gephi: Callable[..., dict[str, Provenance]],
    tmp_path: Path,
) -> None:
    name = "entities" if "end" in wrong else "city-city"
    path = tmp_path / "wrong.gexf"
    with path.open("wb") as stream:
        write_network(build(name), "gexf", stream)
    text = path.read_text("utf-8")
    assert right in text
    path.write_text(text.replace(right, wrong, 1), "utf-8")
    issues = list_issues(open_in_gephi(path)[str(path)])
    assert any(issue.startswith(said) for issue in issues), issues


def test_languages_are_those_that_there_are() -> None:
    assert {language for _, language in CASES} < set(LANGUAGES)
    assert re.search("[\u4e00-\u9fff]", build("city-theme", "zh-Hans").node_columns["type"])
