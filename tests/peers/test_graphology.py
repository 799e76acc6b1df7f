"""graphology and its GEXF reader, installed with npm, read every network completely."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

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
HERE = Path(__file__).resolve().parent / "graphology"
HOME = find_home()
NETWORKS = [network.name for network in list_networks(HOME)]
SECONDS = 600


@cache
def build(name: str) -> Network:
    return build_network(load_graph(HOME), find_network(HOME, name), NetworkOptions())


@pytest.fixture(scope="session")
def read(fetch_packages: Callable[[Path], Path]) -> Callable[..., list[Any]]:
    """Return a function that returns the graphs that graphology reads from files."""
    folder = fetch_packages(HERE)

    def read_files(*files: Path) -> list[Any]:
        done = subprocess.run(
            ["node", HERE / "read.js", folder, *files],
            capture_output=True,
            encoding="utf-8",
            timeout=SECONDS,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        graphs: list[Any] = json.loads(done.stdout)
        return graphs

    return read_files


@pytest.fixture(scope="session")
def graphs(read: Callable[..., list[Any]], tmp_path_factory: pytest.TempPathFactory) -> Any:
    """The graph of each network, by name and format."""
    folder = tmp_path_factory.mktemp("graphology")
    files = []
    for name in NETWORKS:
        for suffix in ("gexf", "json"):
            files.append(folder / f"{name}.{suffix}")
            with files[-1].open("wb") as stream:
                write_network(build(name), suffix, stream)
    found = iter(read(*files))
    return {name: {"gexf": next(found), "json": next(found)} for name in NETWORKS}


def list_values(
    element: Node | Edge, columns: list[Column], name_column: Callable[[Column], str]
) -> dict[str, Any]:
    values = ((name_column(column), column.read(element)) for column in columns)
    return {
        name: list(value) if isinstance(value, tuple) else value
        for name, value in values
        if value is not None
    }


@pytest.mark.parametrize("suffix", ["gexf", "json"])
@pytest.mark.parametrize("name", NETWORKS)
def test_graphology_reads_all_nodes_edges_and_values(name: str, suffix: str, graphs: Any) -> None:
    graph, network = graphs[name][suffix], build(name)
    assert graph["type"] == ("directed" if network.directed else "undirected")
    assert [node["key"] for node in graph["nodes"]] == [node.id for node in network.nodes]
    assert {(e["key"], e["source"], e["target"], e["undirected"]) for e in graph["edges"]} == {
        (e.id, e.source, e.target, not network.directed) for e in network.edges
    }

    def name_column(column: Column) -> str:
        return "nodeType" if (suffix, column.name) == ("json", "type") else column.name

    for node, own in zip(graph["nodes"], network.nodes, strict=True):
        expected: dict[str, Any] = {"label": own.label, "x": own.x, "y": own.y}
        expected |= list_values(own, list_node_columns(network), name_column)
        assert {k: node["attributes"].get(k) for k in expected} == expected
    own_edges = {edge.id: edge for edge in network.edges}
    columns = list_edge_columns(network)
    for edge in graph["edges"]:
        own_edge = own_edges[edge["key"]]
        expected = {"label": own_edge.label, "kind": own_edge.kind, "weight": own_edge.weight}
        expected |= list_values(own_edge, columns, name_column)
        assert {k: edge["attributes"].get(k) for k in expected} == expected


def test_colors_and_sizes_are_read_from_gexf(graphs: Any) -> None:
    for node, own in zip(
        graphs["city-theme"]["gexf"]["nodes"], build("city-theme").nodes, strict=True
    ):
        parts = ",".join(str(int(own.color[n : n + 2], 16)) for n in (1, 3, 5))
        assert (node["attributes"]["color"], node["attributes"]["size"]) == (
            f"rgb({parts})",
            own.size,
        )


def test_edge_without_node_is_an_error(read: Callable[..., list[Any]], tmp_path: Path) -> None:
    path = tmp_path / "dangling.gexf"
    with path.open("wb") as stream:
        write_network(build("documents"), "gexf", stream)
    text = path.read_text("utf-8")
    path.write_text(text.replace('target="place:singapore"', 'target="place:nowhere"'), "utf-8")
    with pytest.raises(AssertionError, match="inexisting node"):
        read(path)
