"""Write networks as the JSON of graphology, which sigma.js draws.

See https://graphology.github.io/serialization.html.
"""

import json
from collections.abc import Iterator, Sequence
from typing import Any

from kg.home import name_program
from kg.networks.columns import Column, list_edge_columns, list_node_columns
from kg.networks.model import Edge, Network, Node

dump = json.JSONEncoder(ensure_ascii=False).encode


def write_json(network: Network) -> Iterator[str]:
    """Yield a network as a serialized graph of graphology, with a line for each node and edge.

    Nodes have label, x, y, size (a radius) and colour for sigma.js; edges have label, kind, weight
    and size, their width from 1 to 5. start and end are days. Missing values are left out.
    """
    attributes = {
        "generator": name_program(),
        "name": network.name,
        "title": network.title,
        "description": network.description,
        "language": network.language,
    }
    kind = "directed" if network.directed else "undirected"
    options = {"allowSelfLoops": False, "multi": True, "type": kind}
    yield f'{{"attributes": {dump(attributes)},\n"options": {dump(options)},\n"nodes": [\n'
    yield from _write_lines(_make_nodes(network))
    yield '\n],\n"edges": [\n'
    yield from _write_lines(_make_edges(network))
    yield "\n]}\n"


def _write_lines(elements: Iterator[dict[str, Any]]) -> Iterator[str]:
    for number, element in enumerate(elements):
        yield (",\n" if number else "") + dump(element)


def _make_nodes(network: Network) -> Iterator[dict[str, Any]]:
    columns = list_node_columns(network)
    for node in network.nodes:
        looks = {
            "label": node.label,
            "x": node.x,
            "y": node.y,
            "size": node.size / 4,  # a radius in pixels, half as large as in the layout
            "color": node.color,
        }
        yield {"key": node.id, "attributes": looks | _list_values(node, columns)}


def _make_edges(network: Network) -> Iterator[dict[str, Any]]:
    columns = list_edge_columns(network)
    heaviest = max((edge.weight for edge in network.edges), default=1.0)
    for edge in network.edges:
        looks = {
            "label": edge.label,
            "kind": edge.kind,
            "weight": edge.weight,
            "size": round(1 + 4 * edge.weight / heaviest, 2) if heaviest > 1 else 1.0,
        }
        yield {
            "key": edge.id,
            "source": edge.source,
            "target": edge.target,
            "undirected": not network.directed,
            "attributes": looks | _list_values(edge, columns),
        }


def _list_values(element: Node | Edge, columns: Sequence[Column]) -> dict[str, Any]:
    days = {"start": element.start, "end": element.end}
    # sigma.js uses an attribute "type" for the program that draws the node.
    values = {
        "nodeType" if column.name == "type" else column.name: column.read(element)
        for column in columns
    }
    return {name: value for name, value in (days | values).items() if value is not None}
