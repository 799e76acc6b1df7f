"""Gephi imports every network completely and without a warning.

The tests use the Gephi Toolkit, fetched with Maven: the importers, graph and preview of Gephi
without its window.
"""

from __future__ import annotations

import shutil
import subprocess
from collections import Counter
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

import pytest

from kg.graph import load_graph
from kg.home import find_home
from kg.networks import (
    Edge,
    Network,
    NetworkOptions,
    Node,
    build_network,
    find_network,
    list_networks,
    write_network,
)
from kg.networks.columns import Column, list_edge_columns, list_node_columns

pytestmark = pytest.mark.slow
HERE = Path(__file__).resolve().parent / "gephi"
HOME = find_home()
NETWORKS = [network.name for network in list_networks(HOME)]
CASES = [(name, language) for name in NETWORKS for language in ("en", "zh-Hans")]
SECONDS = 600
TYPES = {
    "integer": "Integer", "double": "Double", "string": "String", "boolean": "Boolean",
    "liststring": "String[]",
}  # fmt: skip
Imported = dict[str, list[str]]  # what Imported.java prints: values by name
Case = tuple[str, str, str]  # network, language, format


graph = cache(load_graph)


@cache
def build(name: str, language: str = "en") -> Network:
    return build_network(graph(HOME), find_network(HOME, name), NetworkOptions(language))


@pytest.fixture(scope="session")
def open_in_gephi(
    java: list[str], fetch_jars: Callable[[Path, str], str]
) -> Callable[..., dict[str, Imported]]:
    """Return a function that imports files into Gephi; it returns what was imported, by path."""
    if shutil.which("javac") is None:
        pytest.skip("no javac on the path: Gephi's toolkit needs a Java development kit")
    classpath = fetch_jars(HERE / "pom.xml", "Gephi's toolkit")
    program = [*java, "-Djava.awt.headless=true", "-cp", classpath, str(HERE / "Imported.java")]

    def open_files(*files: str | Path) -> dict[str, Imported]:
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
        imported: dict[str, Imported] = {}
        for line in lines:
            name, _, value = line.partition("\t")
            if name == "file":
                current = imported.setdefault(value, {})
            else:
                current.setdefault(name, []).append(value)
        return imported

    return open_files


@pytest.fixture(scope="session")
def opened(
    open_in_gephi: Callable[..., dict[str, Imported]], tmp_path_factory: pytest.TempPathFactory
) -> dict[Case, Imported]:
    """What Gephi imports of every network, in two languages, from GEXF and from GraphML."""
    folder = tmp_path_factory.mktemp("gephi")
    files = {}
    for name, language in CASES:
        for suffix in ("gexf", "graphml"):
            path = folder / f"{name}.{language}.{suffix}"
            with path.open("wb") as stream:
                write_network(build(name, language), suffix, stream)
            files[name, language, suffix] = path
    imported = open_in_gephi(*files.values())
    return {case: imported[str(path)] for case, path in files.items()}


def list_issues(imported: Imported) -> list[str]:
    return [issue for issue in imported.get("issue", []) if not issue.startswith("INFO ")]


def count_values(columns: list[Column], elements: tuple[Node | Edge, ...], kind: str) -> set[str]:
    return {
        f"{kind} {column.title} {TYPES[column.type]} "
        f"{sum(column.read(element) is not None for element in elements)}"
        for column in columns
    }


def list_imported_columns(imported: Imported, kind: str) -> set[str]:
    return {
        f"{kind} {value}"
        for name, values in imported.items()
        if name.startswith(f"{kind} column ")
        for value in values
    }


def list_times(elements: tuple[Node | Edge, ...], kind: str) -> Iterator[tuple[str, str]]:
    for element in elements:
        if element.start or element.end:
            days = (element.start, element.end)
            times = " ".join(f"{day}T00:00:00Z" if day else "open" for day in days)
            yield f"time {kind} {element.id}", times


@pytest.mark.parametrize(("name", "language"), CASES)
def test_gephi_imports_gexf_completely_and_without_a_warning(
    name: str, language: str, opened: dict[Case, Imported]
) -> None:
    imported, network = opened[name, language, "gexf"], build(name, language)
    assert list_issues(imported) == []
    assert imported["nodes"] == [str(len(network.nodes))]
    assert imported["edges"] == [str(len(network.edges))]
    assert imported["directed"] == [str(network.directed).lower()]
    assert float(imported["weight"][0]) == pytest.approx(sum(edge.weight for edge in network.edges))
    kinds = Counter(edge.kind for edge in network.edges)
    assert {k: v for k, v in imported.items() if k.startswith("kind ")} == {
        f"kind {kind}": [str(count)] for kind, count in kinds.items()
    }
    nodes, edges = list_node_columns(network), list_edge_columns(network)
    assert list_imported_columns(imported, "node") == count_values(nodes, network.nodes, "node")
    assert list_imported_columns(imported, "edge") == count_values(edges, network.edges, "edge")
    expected = [*list_times(network.nodes, "node"), *list_times(network.edges, "edge")]
    assert expected
    assert {k: v for k, v in imported.items() if k.startswith("time ")} == {
        name: [days] for name, days in expected
    }
    assert imported["dynamic"] == ["true"]


@pytest.mark.parametrize("name", NETWORKS)
def test_gephi_has_labels_positions_sizes_and_colors(
    name: str, opened: dict[Case, Imported]
) -> None:
    imported = opened[name, "zh-Hans", "gexf"]
    for node in build(name, "zh-Hans").nodes:
        looks = f"{node.label} {node.x:.2f} {node.y:.2f} {node.size:.2f} {node.color.lower()}"
        assert imported[f"look {node.id}"] == [looks]


@pytest.mark.parametrize(("name", "language"), CASES)
def test_gephi_imports_graphml(name: str, language: str, opened: dict[Case, Imported]) -> None:
    imported, network = opened[name, language, "graphml"], build(name, language)
    assert list_issues(imported) == []
    assert (imported["nodes"], imported["edges"]) == (
        [str(len(network.nodes))],
        [str(len(network.edges))],
    )
    assert float(imported["weight"][0]) == pytest.approx(sum(edge.weight for edge in network.edges))
    for node in network.nodes:
        looks = f"{node.label} {node.x:.2f} {node.y:.2f} {node.size:.2f} {node.color.lower()}"
        assert imported[f"look {node.id}"] == [looks]


def test_gephi_imports_csv(
    open_in_gephi: Callable[..., dict[str, Imported]], tmp_path: Path
) -> None:
    network = build("entities")
    for name in ("nodes.csv", "edges.csv"):
        with (tmp_path / name).open("wb") as stream:
            write_network(network, name, stream)
    imported = open_in_gephi(tmp_path / "nodes.csv", tmp_path / "edges.csv")
    nodes, edges = imported[str(tmp_path / "nodes.csv")], imported[str(tmp_path / "edges.csv")]
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
    open_in_gephi: Callable[..., dict[str, Imported]], tmp_path: Path
) -> None:
    """Test that there is a picture and that it is not empty."""
    network, picture = tmp_path / "city-theme.gexf", tmp_path / "preview.png"
    with network.open("wb") as stream:
        write_network(build("city-theme"), "gexf", stream)
    open_in_gephi(f"{picture}={network}")
    assert picture.read_bytes().startswith(b"\x89PNG")
    assert picture.stat().st_size > 50_000
    pdf = Path(f"{picture}.pdf").read_bytes()
    assert pdf.startswith(b"%PDF")


def test_warnings_of_gephi_are_found(
    open_in_gephi: Callable[..., dict[str, Imported]], tmp_path: Path
) -> None:
    levels: dict[Path, str] = {}
    for name, right, wrong, level in (
        ("entities", 'end="2022-12-31"', 'end="20x2"', "SEVERE"),
        ("city-city", 'type="liststring"', 'type="anyURI"', "SEVERE"),
        ("city-city", 'version="1.3"', 'version="9"', "WARNING"),
    ):
        path = tmp_path / f"wrong-{len(levels)}.gexf"
        with path.open("wb") as stream:
            write_network(build(name), "gexf", stream)
        text = path.read_text("utf-8")
        assert right in text
        path.write_text(text.replace(right, wrong, 1), "utf-8")
        levels[path] = level
    imported = open_in_gephi(*levels)
    for path, level in levels.items():
        issues = list_issues(imported[str(path)])
        assert any(issue.startswith(level) for issue in issues), issues
