"""What the writers of networks write: the contract of GEXF, hostile text, GraphML, CSV, JSON."""

from __future__ import annotations

import csv
import gzip
import io
import json
import re
from collections import Counter
from dataclasses import replace
from functools import cache
from pathlib import Path
from xml.etree import ElementTree

import networkx
import pytest

from kg.errors import KgError
from kg.files import HEAD
from kg.graph import load_graph
from kg.home import PACKAGE, find_home
from kg.networks.columns import list_edge_columns, list_node_columns, name_type
from kg.networks.model import Edge, Network, Node
from kg.networks.query import NetworkOptions, build_network, find_network, list_networks
from kg.networks.write import FORMATS, TEXTS, choose_format, write_network
from kg.networks.xml import escape_text, write_list

HOME = find_home()
NETWORKS = [network.name for network in list_networks(HOME)]
GEXF = "{http://gexf.net/1.3}"
VIZ = "{http://gexf.net/1.3/viz}"
GRAPHML = "{http://graphml.graphdrawing.org/xmlns}"
DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
TYPES = {"integer": int, "double": float, "boolean": bool, "string": str}
HOSTILE = "a\x00\x0b\ud800\ufffe & <b> \"c\" 'd' ]]> --> é\t\n\r\U0001f600 深圳"
CLEAN = "a & <b> \"c\" 'd' ]]> --> é\t\n\r\U0001f600 深圳"


@cache
def build(name: str) -> Network:
    return build_network(load_graph(HOME), find_network(HOME, name), NetworkOptions())


@cache
def write(name: str, form: str) -> bytes:
    return write_bytes(build(name), form)


def write_bytes(network: Network, form: str, *, packed: bool = False) -> bytes:
    stream = io.BytesIO()
    write_network(network, form, stream, packed=packed)
    return stream.getvalue()


def make_network(**changes: object) -> Network:
    nodes = (
        Node("a", "https://e.org/a", "A", {"en": "A"}, "City", "city", degree=2, x=1.0, y=2.5),
        Node("b", "https://e.org/b", "B", {}, "Theme", "theme", end="2022-12-31", degree=2),
    )
    edges = (Edge("e1", "a", "b", "cdp:x", "x", 2.0, 3, None, "2022-12-31"),
             Edge("e2", "a", "b", "cdp:y", "y"))  # fmt: skip
    titles = {"type": "Type", "iri": "IRI", "label_en": "Label (en)", "degree": "Degree"}
    network = Network(
        "test", "A test", "Of two.", "en", True, nodes, edges, titles, {"relation": "Relation"}
    )
    return replace(network, **changes)  # type: ignore[arg-type]


def read_xml(data: bytes) -> ElementTree.Element:
    return ElementTree.fromstring(data)  # noqa: S314


# --- GEXF ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", NETWORKS)
def test_head_of_gexf_is_as_the_contract_has_it(name: str) -> None:
    root, network = read_xml(write(name, "gexf")), build(name)
    assert (root.tag, root.attrib) == (f"{GEXF}gexf", {"version": "1.3"})
    assert [child.tag for child in root] == [f"{GEXF}meta", f"{GEXF}graph"]
    assert [child.tag for child in root[0]] == [
        f"{GEXF}{tag}" for tag in ("creator", "keywords", "description")
    ]
    said = root[0].findtext(f"{GEXF}description") or ""
    for wanted in (network.title, network.description, "City Digital Policy 0.1.0", "licence http"):
        assert wanted in said
    assert root[1].attrib == {
        "defaultedgetype": "directed" if network.directed else "undirected",
        "mode": "dynamic",
        "timeformat": "date",
        "timerepresentation": "interval",
        "idtype": "string",
    }
    assert [child.tag for child in root[1]] == [
        f"{GEXF}{tag}" for tag in ("attributes", "attributes", "nodes", "edges")
    ]


@pytest.mark.parametrize("name", NETWORKS)
def test_nodes_and_edges_of_gexf_have_what_was_declared(name: str) -> None:
    graph, network = read_xml(write(name, "gexf"))[1], build(name)
    declared: dict[str, dict[str, str]] = {}
    for element in graph.findall(f"{GEXF}attributes"):
        rows = {a.attrib["id"]: a.attrib["type"] for a in element}
        assert all(a.attrib["title"] for a in element)
        assert set(rows.values()) <= {*TYPES, "liststring"}
        declared[element.attrib["class"]] = rows
    assert {"type", "iri", "label_en", "label_zh-Hans", "degree", "betweenness", "community"} <= (
        set(declared["node"])
    )
    assert {"relation", "evidence"} <= set(declared["edge"])
    for kind, elements in (("node", network.nodes), ("edge", network.edges)):
        found = graph.findall(f"{GEXF}{kind}s/{GEXF}{kind}")
        assert len(found) == len(elements)
        for element, own in zip(found, elements, strict=True):
            assert (element.attrib["id"], element.attrib["label"]) == (own.id, own.label)
            assert (element.get("start"), element.get("end")) == (own.start, own.end)
            values = {v.attrib["for"]: v.attrib["value"] for v in element.iter(f"{GEXF}attvalue")}
            assert set(values) <= set(declared[kind])
            for column, value in values.items():
                TYPES.get(declared[kind][column], str)(value)
                assert value
    for element, node in zip(graph.iter(f"{GEXF}node"), network.nodes, strict=True):
        looks = [child for child in element if child.tag.startswith(VIZ)]
        assert [child.tag for child in looks] == [
            f"{VIZ}{t}" for t in ("size", "position", "color")
        ]
        assert float(looks[0].attrib["value"]) == node.size
        assert float(looks[1].attrib["x"]) == node.x
        assert "#" + "".join(f"{int(looks[2].attrib[c]):02X}" for c in "rgb") == node.color
    for element, edge in zip(graph.iter(f"{GEXF}edge"), network.edges, strict=True):
        ends = (element.attrib["source"], element.attrib["target"], element.attrib["kind"])
        assert ends == (edge.source, edge.target, edge.kind)
        assert float(element.attrib["weight"]) == edge.weight > 0


@pytest.mark.parametrize("name", NETWORKS)
def test_networkx_reads_gexf_whole(name: str, tmp_path: Path) -> None:
    path, network = tmp_path / "network.gexf", build(name)
    path.write_bytes(write(name, "gexf"))
    graph = networkx.read_gexf(path)
    assert graph.is_directed() == network.directed
    assert list(graph) == [node.id for node in network.nodes]
    assert graph.number_of_edges() == len(network.edges)
    for column in list_node_columns(network):
        for node in network.nodes:
            value = column.read(node)
            assert graph.nodes[node.id].get(column.title) == value
    for edge in network.edges:
        assert graph.edges[edge.source, edge.target]["weight"] == edge.weight


def test_static_network_says_so() -> None:
    network = make_network(
        nodes=tuple(replace(node, end=None) for node in make_network().nodes),
        edges=tuple(replace(edge, end=None) for edge in make_network().edges),
    )
    assert b' mode="static" timeformat' in write_bytes(network, "gexf")
    assert b' mode="dynamic" timeformat' in write_bytes(make_network(), "gexf")


def test_parallel_edges_keep_their_kinds() -> None:
    edges = read_xml(write_bytes(make_network(), "gexf")).iter(f"{GEXF}edge")
    assert [edge.attrib["kind"] for edge in edges] == ["cdp:x", "cdp:y"]


@pytest.mark.parametrize("form", ["gexf", "graphml"])
def test_hostile_text_comes_back_without_what_xml_forbids(form: str) -> None:
    nodes = make_network().nodes
    hostile = replace(nodes[0], label=HOSTILE, attributes={"note": HOSTILE})
    network = make_network(
        title=HOSTILE, nodes=(hostile, nodes[1]), node_columns={"note": f"{HOSTILE} title"}
    )
    data = write_bytes(network, form)
    root = read_xml(data)
    texts = [value for element in root.iter() for value in element.attrib.values()]
    texts += [element.text or "" for element in root.iter()]
    assert texts.count(CLEAN) >= 2
    assert f"{CLEAN} title" in texts


def test_text_is_composed() -> None:
    assert escape_text("e\u0301") == "\u00e9"


@pytest.mark.parametrize(
    ("values", "kind"),
    [
        ([1, 2, None], "integer"), ([1, 2**40], "double"), ([1, 0.5], "double"),
        ([True, False], "boolean"), ([True, 1], "string"), (["a", 1], "string"),
        ([("a",), ()], "liststring"), ([None], ""), ([], ""),
    ],
)  # fmt: skip
def test_type_of_a_column_fits_all_its_values(values: list[object], kind: str) -> None:
    assert name_type(values) == kind  # type: ignore[arg-type]


def test_column_without_a_value_is_left_out() -> None:
    network = make_network(node_columns={"label_en": "L", "label_zh-Hant": "M", "nothing": "N"})
    assert [column.name for column in list_node_columns(network)] == ["label_en"]
    assert [column.name for column in list_edge_columns(network)] == ["relation"]
    assert b"zh-Hant" not in write_bytes(network, "gexf")


def test_empty_and_absent_values_are_left_out() -> None:
    root = read_xml(write_bytes(make_network(), "gexf"))
    second = list(root.iter(f"{GEXF}node"))[1]
    assert "label_en" not in {v.attrib["for"] for v in second.iter(f"{GEXF}attvalue")}


def test_list_is_quoted() -> None:
    assert write_list(('a "b"', "c\\d", "e, f")) == '["a \\"b\\"", "c\\\\d", "e, f"]'


# --- GraphML, CSV, JSON --------------------------------------------------------------------------


@pytest.mark.parametrize("name", NETWORKS)
def test_networkx_reads_graphml_whole(name: str) -> None:
    network = build(name)
    graph = networkx.parse_graphml(write(name, "graphml").decode("utf-8"))
    assert graph.is_directed() == network.directed
    assert list(graph) == [node.id for node in network.nodes]
    assert graph.number_of_edges() == len(network.edges)
    for node in network.nodes:
        read = graph.nodes[node.id]
        assert (read["label"], read["x"], read["y"]) == (node.label, node.x, node.y)
        assert (read.get("start"), read.get("end")) == (node.start, node.end)
        for column in list_node_columns(network):
            assert read.get(column.title) == column.read(node)
    for edge in network.edges:
        read = graph.edges[edge.source, edge.target]
        assert (read["kind"], read["weight"]) == (edge.kind, edge.weight)
        assert read["Passages"] == edge.evidence


def read_rows(data: bytes) -> list[dict[str, str]]:
    rows = list(csv.reader(io.StringIO(data.decode("utf-8"), newline="")))
    assert len(set(map(str.lower, rows[0]))) == len(rows[0])
    return [dict(zip(rows[0], row, strict=True)) for row in rows[1:]]


@pytest.mark.parametrize("name", NETWORKS)
def test_tables_have_the_columns_that_gephi_knows(name: str) -> None:
    network = build(name)
    nodes, edges = read_rows(write(name, "nodes.csv")), read_rows(write(name, "edges.csv"))
    assert [(row["Id"], row["Label"]) for row in nodes] == [(n.id, n.label) for n in network.nodes]
    assert [(r["Source"], r["Target"], r["Kind"], r["Id"], float(r["Weight"])) for r in edges] == [
        (e.source, e.target, e.kind, e.id, e.weight) for e in network.edges
    ]
    assert {row["Type"] for row in edges} == {"Directed" if network.directed else "Undirected"}
    assert Counter(bool(row["Timeset"]) for row in edges)[True] == sum(
        bool(e.start or e.end) for e in network.edges
    )


@pytest.mark.parametrize("name", NETWORKS)
def test_json_is_what_graphology_and_sigma_take(name: str) -> None:
    network, read = build(name), json.loads(write(name, "json"))
    assert list(read) == ["attributes", "options", "nodes", "edges"]
    assert read["attributes"]["description"] == network.description
    kind = "directed" if network.directed else "undirected"
    assert read["options"] == {"type": kind, "multi": True, "allowSelfLoops": False}
    assert [node["key"] for node in read["nodes"]] == [node.id for node in network.nodes]
    for node in read["nodes"]:
        values = node["attributes"]
        assert {"label", "x", "y", "size", "color"} <= set(values)
        # sigma.js would take it for the name of a program that draws nodes.
        assert "type" not in values
    assert [(e["key"], e["source"], e["target"], e["undirected"]) for e in read["edges"]] == [
        (e.id, e.source, e.target, not network.directed) for e in network.edges
    ]
    if name == "city-city":
        assert isinstance(read["edges"][0]["attributes"]["themes"], list)


# --- formats -------------------------------------------------------------------------------------


@pytest.mark.parametrize("form", [form for form in FORMATS if form in TEXTS])
@pytest.mark.parametrize("packed", [False, True])
def test_a_file_of_ours_is_known_by_its_first_bytes(form: str, packed: bool) -> None:
    data = write_bytes(build("entities"), form, packed=packed)
    text = gzip.decompress(data) if packed else data
    assert PACKAGE.encode() in text[:HEAD]
    assert text == write("entities", form)


def test_packed_bytes_have_no_time_and_no_name() -> None:
    data = write_bytes(make_network(), "gexf", packed=True)
    assert (data[3], data[4:8]) == (0, bytes(4))


@pytest.mark.parametrize(
    ("name", "asked", "chosen"),
    [
        ("a.gexf", None, ("gexf", False)), ("a.GraphML", None, ("graphml", False)),
        ("a.json.gz", None, ("json", True)), ("-", "graphml", ("graphml", False)),
        ("a.xml", "gexf", ("gexf", False)), ("a.svg", None, ("svg", False)),
    ],
)  # fmt: skip
def test_format_is_that_of_the_name(name: str, asked: str, chosen: tuple[str, bool]) -> None:
    assert choose_format(Path(name), asked) == chosen


@pytest.mark.parametrize(("name", "said"), [("a.xml", "does not say"), ("a.png.gz", "Leave .gz")])
def test_name_that_says_no_format_is_refused(name: str, said: str) -> None:
    with pytest.raises(KgError, match=said) as refused:
        choose_format(Path(name), None)
    assert refused.value.exit_code == 2
