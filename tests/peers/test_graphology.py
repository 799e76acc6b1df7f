"""graphology and its reader of GEXF, fetched with npm: they hold what the networks hold."""

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
from kg.networks.columns import Column, list_edge_columns, list_node_columns
from kg.networks.model import Network
from kg.networks.query import NetworkOptions, build_network, find_network, list_networks
from kg.networks.write import write_network

HERE = Path(__file__).resolve().parent / "graphology"
HOME = find_home()
NETWORKS = [network.name for network in list_networks(HOME)]
SECONDS = 120


@cache
def build(name: str) -> Network:
    return build_network(load_graph(HOME), find_network(HOME, name), NetworkOptions())


@pytest.fixture(scope="session")
def read(fetch_packages: Callable[[Path], Path]) -> Callable[..., list[Any]]:
    """Return a function that gives what graphology holds of files."""
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
        told: list[Any] = json.loads(done.stdout)
        return told

    return read_files


@pytest.fixture(scope="session")
def held(read: Callable[..., list[Any]], tmp_path_factory: pytest.TempPathFactory) -> Any:
    """What is held of each network, by name, from GEXF and from JSON."""
    folder = tmp_path_factory.mktemp("graphology")
    files = []
    for name in NETWORKS:
        for form in ("gexf", "json"):
            files.append(folder / f"{name}.{form}")
            with files[-1].open("wb") as stream:
                write_network(build(name), form, stream)
    told = iter(read(*files))
    return {name: {"gexf": next(told), "json": next(told)} for name in NETWORKS}


def list_values(element: Any, columns: list[Column], names: Callable[[Column], str]) -> Any:
    values = ((names(column), column.read(element)) for column in columns)
    return {
        name: list(value) if isinstance(value, tuple) else value
        for name, value in values
        if value is not None
    }


@pytest.mark.parametrize("form", ["gexf", "json"])
@pytest.mark.parametrize("name", NETWORKS)
def test_graphology_holds_the_whole_network(name: str, form: str, held: Any) -> None:
    told, network = held[name][form], build(name)
    assert told["type"] == ("directed" if network.directed else "undirected")
    assert [node["key"] for node in told["nodes"]] == [node.id for node in network.nodes]
    assert {(e["key"], e["source"], e["target"], e["undirected"]) for e in told["edges"]} == {
        (e.id, e.source, e.target, not network.directed) for e in network.edges
    }

    def name_column(column: Column) -> str:
        return "nodeType" if (form, column.name) == ("json", "type") else column.name

    for node, own in zip(told["nodes"], network.nodes, strict=True):
        wanted = {"label": own.label, "x": own.x, "y": own.y}
        wanted |= list_values(own, list_node_columns(network), name_column)
        assert {k: node["attributes"].get(k) for k in wanted} == wanted
    own_edges = {edge.id: edge for edge in network.edges}
    columns = list_edge_columns(network)
    for edge in told["edges"]:
        tie = own_edges[edge["key"]]
        wanted = {"label": tie.label, "kind": tie.kind, "weight": tie.weight}
        wanted |= list_values(tie, columns, name_column)
        assert {k: edge["attributes"].get(k) for k in wanted} == wanted


def test_colours_and_sizes_are_read_from_gexf(held: Any) -> None:
    for node, own in zip(
        held["city-theme"]["gexf"]["nodes"], build("city-theme").nodes, strict=True
    ):
        parts = ",".join(str(int(own.color[n : n + 2], 16)) for n in (1, 3, 5))
        assert (node["attributes"]["color"], node["attributes"]["size"]) == (
            f"rgb({parts})",
            own.size,
        )


def test_dangling_edge_is_refused(read: Callable[..., list[Any]], tmp_path: Path) -> None:
    path = tmp_path / "dangling.gexf"
    with path.open("wb") as stream:
        write_network(build("documents"), "gexf", stream)
    text = path.read_text("utf-8")
    path.write_text(text.replace('target="place:singapore"', 'target="place:nowhere"'), "utf-8")
    with pytest.raises(AssertionError, match="inexisting node"):
        read(path)
