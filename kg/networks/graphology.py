"""Write networks as the JSON of graphology, which sigma.js draws.

See https://graphology.github.io/serialization.html.
"""

import json
from collections.abc import Iterator, Sequence
from typing import Any

from kg.home import producer
from kg.networks.columns import Column, list_edge_columns, list_node_columns
from kg.networks.model import Edge, Network, Node


def write_json(network: Network) -> Iterator[str]:
    """Yield a network as a serialized graph of graphology, with a line for each node and edge.

    Nodes have label, x, y, size (a radius) and color for sigma.js; edges have label, kind, weight
    and size, their width from 1 to 5. start and end are days. Missing values are left out.
    """
    attributes = {
        "generator": producer(),
        "name": network.name,
        "title": network.title,
        "description": network.description,
        "language": network.language,
    }
    kind = "directed" if network.directed else "undirected"
    options = {"allowSelfLoops": False, "multi": True, "type": kind}
    yield f'{{"attributes": {_dump(attributes)},\n"options": {_dump(options)},\n"nodes": [\n'
    yield from _write_lines(_make_nodes(network))
    yield '\n],\n"edges": [\n'
    yield from _write_lines(_make_edges(network))
    yield "\n]}\n"


def _write_lines(elements: Iterator[dict[str, Any]]) -> Iterator[str]:
    for number, element in enumerate(elements):
        yield (",\n" if number else "") + _dump(element)


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
        attributes = looks | _list_days(node) | _list_values(node, columns)
        yield {"key": node.id, "attributes": attributes}


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
            "attributes": looks | _list_days(edge) | _list_values(edge, columns),
        }


def _list_days(element: Node | Edge) -> dict[str, str]:
    return {name: day for name, day in (("start", element.start), ("end", element.end)) if day}


def _list_values(element: Node | Edge, columns: Sequence[Column]) -> dict[str, Any]:
    values = ((column.name, column.read(element)) for column in columns)
    # sigma.js uses an attribute "type" for the program that draws the node.
    return {
        "nodeType" if name == "type" else name: value for name, value in values if value is not None
    }


def _dump(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)
