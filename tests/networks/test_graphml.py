"""GraphML, as networkx reads it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from xml.etree import ElementTree

import networkx
import pytest

from kg.networks import Network
from kg.networks.columns import format_value, list_edge_columns, list_node_columns

GRAPHML = "{http://graphml.graphdrawing.org/xmlns}"
Render = Callable[[Network, str], bytes]


@pytest.mark.parametrize("name", ["city-city", "documents", "entities"])
def test_networkx_reads_all_values(
    name: str, build: Callable[..., Network], render: Render
) -> None:
    network = build(name)
    graph = networkx.parse_graphml(render(network, "graphml").decode("utf-8"))
    assert graph.is_directed() == network.directed
    assert list(graph) == [node.id for node in network.nodes]
    assert graph.number_of_edges() == len(network.edges)
    for node in network.nodes:
        read = graph.nodes[node.id]
        assert (read["label"], read["x"], read["y"]) == (node.label, node.x, node.y)
        assert bytes(read[c] for c in "rgb") == bytes.fromhex(node.color[1:])
        assert (read.get("start"), read.get("end")) == (node.start, node.end)
        for column in list_node_columns(network):
            assert read.get(column.title) == column.read(node)
    for edge in network.edges:
        read = graph.edges[edge.source, edge.target]
        assert (read["label"], read["kind"], read["weight"]) == (edge.label, edge.kind, edge.weight)
        for column in list_edge_columns(network):
            value = column.read(edge)
            expected = format_value(value) if isinstance(value, tuple) else value
            assert read.get(column.title) == expected


def test_description_and_hostile_text(sample: Network, render: Render) -> None:
    hostile = '\x00 <b> & "c" ]]>'
    nodes = (replace(sample.nodes[0], label=hostile), sample.nodes[1])
    network = replace(sample, title=hostile, nodes=nodes)
    root = ElementTree.fromstring(render(network, "graphml"))  # noqa: S314
    clean = hostile.removeprefix("\x00")
    assert root.findtext(f"{GRAPHML}graph/{GRAPHML}desc") == f"{clean}\nTwo nodes. A note."
    assert clean in [data.text for data in root.iter(f"{GRAPHML}data")]
