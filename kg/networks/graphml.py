"""Networks as GraphML (http://graphml.graphdrawing.org/specification.html)."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from kg.home import producer
from kg.networks.columns import (
    DOUBLE,
    INTEGER,
    LIST,
    STRING,
    Column,
    list_edge_columns,
    list_node_columns,
)
from kg.networks.model import Edge, Network, Node, Value
from kg.networks.xml import escape_text, write_value

NAMESPACE = "http://graphml.graphdrawing.org/xmlns"


def write_graphml(network: Network) -> Iterator[str]:
    """Yield a network as GraphML, a piece for its head and one for each node and edge.

    Keys are named as columns are; label, weight, x, y, size and colour (r, g, b) are named as
    Gephi knows them. Days of beginning and end are the texts start and end; a list, which GraphML
    has not, is a text in the form that GEXF has for lists. The description stands in desc: of
    data of the graph Gephi warns.
    """
    node_columns = [*_look_columns(), *list_node_columns(network), *_time_columns()]
    edge_columns = [*_tie_columns(), *list_edge_columns(network), *_time_columns()]
    told = f"{network.title}\n{network.description}"
    yield (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f"<!-- {escape_text(producer())} -->\n"
        f'<graphml xmlns="{NAMESPACE}">\n'
    )
    yield _declare("node", node_columns)
    yield _declare("edge", edge_columns)
    yield (
        f'  <graph id="{escape_text(network.name)}"'
        f' edgedefault="{"directed" if network.directed else "undirected"}">\n'
        f"    <desc>{escape_text(told)}</desc>\n"
    )
    for node in network.nodes:
        values = _write_data(node, "node", node_columns)
        yield f'    <node id="{escape_text(node.id)}">\n{values}    </node>\n'
    for edge in network.edges:
        values = _write_data(edge, "edge", edge_columns)
        yield (
            f'    <edge id="{escape_text(edge.id)}" source="{escape_text(edge.source)}"'
            f' target="{escape_text(edge.target)}">\n{values}    </edge>\n'
        )
    yield "  </graph>\n</graphml>\n"


def _declare(element: str, columns: Sequence[Column]) -> str:
    return "".join(
        f'  <key id="{element}_{escape_text(column.name)}" for="{element}"'
        f' attr.name="{escape_text(column.title)}"'
        f' attr.type="{_name_type(column.type)}"/>\n'
        for column in columns
    )


def _name_type(kind: str) -> str:
    # GraphML's int is GEXF's integer; it has no lists.
    return {INTEGER: "int", LIST: STRING}.get(kind, kind)


def _write_data(element: Node | Edge, name: str, columns: Sequence[Column]) -> str:
    lines = []
    for column in columns:
        value = column.read(element)
        if value is not None:
            key = f"{name}_{escape_text(column.name)}"
            lines.append(f'      <data key="{key}">{write_value(value)}</data>\n')
    return "".join(lines)


def _make(name: str, kind: str, read: Callable[[Any], Value | None]) -> Column:
    return Column(name, name, kind, read)


def _look_columns() -> list[Column]:
    return [
        _make("label", STRING, lambda node: node.label),
        _make("x", DOUBLE, lambda node: node.x),
        _make("y", DOUBLE, lambda node: node.y),
        _make("size", DOUBLE, lambda node: node.size),
        _make("r", INTEGER, lambda node: int(node.color[1:3], 16)),
        _make("g", INTEGER, lambda node: int(node.color[3:5], 16)),
        _make("b", INTEGER, lambda node: int(node.color[5:7], 16)),
    ]


def _tie_columns() -> list[Column]:
    return [
        _make("label", STRING, lambda edge: edge.label),
        _make("kind", STRING, lambda edge: edge.kind),
        _make("weight", DOUBLE, lambda edge: float(edge.weight)),
    ]


def _time_columns() -> list[Column]:
    return [
        _make("start", STRING, lambda element: element.start),
        _make("end", STRING, lambda element: element.end),
    ]
