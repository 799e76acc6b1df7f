"""GEXF 1.3: the head, what each node and edge has, and that networkx reads it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree

import networkx
import pytest

from kg.home import name_program
from kg.networks import Edge, Network, Node
from kg.networks.columns import format_value, list_edge_columns, list_node_columns

GEXF = "{http://gexf.net/1.3}"
VIZ = "{http://gexf.net/1.3/viz}"
TYPES = {"integer": int, "double": float, "boolean": bool, "string": str}
NAMES = ["city-city", "documents", "entities"]  # undirected with lists, directed, large
Build = Callable[..., Network]
Render = Callable[[Network, str], bytes]


def read_xml(data: bytes) -> ElementTree.Element:
    return ElementTree.fromstring(data)  # noqa: S314


def find_child(parent: ElementTree.Element, name: str) -> ElementTree.Element:
    child = parent.find(name)
    assert child is not None
    return child


def test_file_begins_with_meta_and_attributes_of_the_graph(sample: Network, render: Render) -> None:
    root = read_xml(render(sample, "gexf"))
    assert (root.tag, root.attrib) == (f"{GEXF}gexf", {"version": "1.3"})
    meta, graph = root
    assert [(child.tag.removeprefix(GEXF), child.text) for child in meta] == [
        ("creator", name_program()),
        ("keywords", "test, City, Theme"),
        ("description", "A test\nTwo nodes. A note."),
    ]
    assert graph.attrib == {
        "defaultedgetype": "directed",
        "mode": "dynamic",
        "timeformat": "date",
        "timerepresentation": "interval",
        "idtype": "string",
    }
    tags = ["attributes", "attributes", "nodes", "edges"]
    assert [child.tag.removeprefix(GEXF) for child in graph] == tags
    assert [a.attrib for a in graph[0]] == [
        {"id": "type", "title": "Type", "type": "string"},
        {"id": "iri", "title": "IRI", "type": "string"},
        {"id": "label_en", "title": "Label (en)", "type": "string"},
        {"id": "degree", "title": "Degree", "type": "integer"},
    ]


def test_network_without_days_is_static(sample: Network, render: Render) -> None:
    network = replace(
        sample,
        directed=False,
        nodes=tuple(replace(node, end=None) for node in sample.nodes),
        edges=tuple(replace(edge, end=None) for edge in sample.edges),
    )
    graph = read_xml(render(network, "gexf"))[1]
    assert (graph.get("mode"), graph.get("defaultedgetype")) == ("static", "undirected")


def check_element(element: ElementTree.Element, own: Node | Edge, columns: dict[str, str]) -> None:
    """Check label, days and values of an element; columns are the declared types."""
    assert (element.get("id"), element.get("label")) == (own.id, own.label)
    assert (element.get("start"), element.get("end")) == (own.start, own.end)
    for value in element.iter(f"{GEXF}attvalue"):
        TYPES.get(columns[value.attrib["for"]], str)(value.attrib["value"])


@pytest.mark.parametrize("name", NAMES)
def test_every_node_and_edge_is_written(name: str, build: Build, render: Render) -> None:
    network = build(name)
    graph = read_xml(render(network, "gexf"))[1]
    declared = {
        element.attrib["class"]: {a.attrib["id"]: a.attrib["type"] for a in element}
        for element in graph.iter(f"{GEXF}attributes")
    }
    nodes, edges = list(graph.iter(f"{GEXF}node")), list(graph.iter(f"{GEXF}edge"))
    for element, node in zip(nodes, network.nodes, strict=True):
        check_element(element, node, declared["node"])
        size, position, color = (
            find_child(element, f"{VIZ}{t}") for t in ("size", "position", "color")
        )
        assert float(size.attrib["value"]) == node.size
        assert [float(position.attrib[axis]) for axis in "xyz"] == [node.x, node.y, 0.0]
        assert bytes(int(color.attrib[c]) for c in "rgb") == bytes.fromhex(node.color[1:])
    for element, edge in zip(edges, network.edges, strict=True):
        check_element(element, edge, declared["edge"])
        assert (element.get("source"), element.get("target")) == (edge.source, edge.target)
        assert element.get("kind") == edge.kind
        assert float(element.attrib["weight"]) == edge.weight


@pytest.mark.parametrize("name", NAMES)
def test_networkx_reads_all_values(name: str, build: Build, render: Render, tmp_path: Path) -> None:
    path, network = tmp_path / "network.gexf", build(name)
    path.write_bytes(render(network, "gexf"))
    graph = networkx.read_gexf(path)
    assert graph.is_directed() == network.directed
    assert list(graph) == [node.id for node in network.nodes]
    assert graph.number_of_edges() == len(network.edges)
    for column in list_node_columns(network):
        for node in network.nodes:
            assert graph.nodes[node.id].get(column.title) == column.read(node)
    for column in list_edge_columns(network):
        for edge in network.edges:
            read, value = graph.edges[edge.source, edge.target], column.read(edge)
            expected = format_value(value) if isinstance(value, tuple) else value
            assert read.get(column.title) == expected


def test_parallel_edges_have_their_kinds(sample: Network, render: Render) -> None:
    edges = read_xml(render(sample, "gexf")).iter(f"{GEXF}edge")
    assert [edge.attrib["kind"] for edge in edges] == ["cdp:x", "cdp:y"]


def test_missing_values_are_left_out(sample: Network, render: Render) -> None:
    nodes = list(read_xml(render(sample, "gexf")).iter(f"{GEXF}node"))
    columns = [{v.attrib["for"] for v in node.iter(f"{GEXF}attvalue")} for node in nodes]
    assert columns == [{"type", "iri", "label_en", "degree"}, {"type", "iri", "degree"}]


def test_hostile_text_is_escaped(sample: Network, render: Render) -> None:
    hostile = '\x00 <b> & "c" ]]>'
    node = replace(sample.nodes[0], label=hostile, attributes={"note": hostile})
    network = replace(
        sample, title=hostile, nodes=(node, sample.nodes[1]), node_columns={"note": hostile}
    )
    root = read_xml(render(network, "gexf"))
    texts = [value for element in root.iter() for value in element.attrib.values()]
    assert texts.count(hostile.removeprefix("\x00")) == 3
    assert f"{hostile[1:]}\n" in (root[0].findtext(f"{GEXF}description") or "")
