"""Networks as the JSON of graphology, which sigma.js draws.

See https://graphology.github.io/serialization.html.
"""

import json
from collections.abc import Iterator
from typing import Any

from kg.home import producer
from kg.networks.columns import Column, list_edge_columns, list_node_columns
from kg.networks.model import Edge, Network, Node


def write_json(network: Network) -> Iterator[str]:
    """Yield a network as graphology's serialized graph, a line for each node and edge.

    Nodes have label, x, y, size and color as sigma.js wants them; edges label, kind, weight and
    size, their width, from 1 to 5. What has no value is left out; start and end are whole days.
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
    yield f'{{"attributes": {_write(attributes)},\n"options": {_write(options)},\n"nodes": [\n'
    columns = list_node_columns(network)
    for number, node in enumerate(network.nodes):
        yield (",\n" if number else "") + _write(
            {"key": node.id, "attributes": _look(node) | _list_values(node, columns)}
        )
    yield '\n],\n"edges": [\n'
    columns = list_edge_columns(network)
    heaviest = max((edge.weight for edge in network.edges), default=1.0)
    for number, edge in enumerate(network.edges):
        yield (",\n" if number else "") + _write(
            {
                "key": edge.id,
                "source": edge.source,
                "target": edge.target,
                "undirected": not network.directed,
                "attributes": _tie(edge, heaviest) | _list_values(edge, columns),
            }
        )
    yield "\n]}\n"


def _look(node: Node) -> dict[str, Any]:
    look = {
        "label": node.label,
        "x": node.x,
        "y": node.y,
        "size": node.size / 4,  # sigma.js has radii in pixels
        "color": node.color,
    }
    return look | _time(node)


def _tie(edge: Edge, heaviest: float) -> dict[str, Any]:
    size = round(1 + 4 * edge.weight / heaviest, 2) if heaviest > 1 else 1.0
    tie = {"label": edge.label, "kind": edge.kind, "weight": edge.weight, "size": size}
    return tie | _time(edge)


def _time(element: Node | Edge) -> dict[str, Any]:
    return {name: day for name, day in (("start", element.start), ("end", element.end)) if day}


def _list_values(element: Node | Edge, columns: list[Column]) -> dict[str, Any]:
    # sigma.js takes an attribute "type" for the program that draws the node.
    return {
        "nodeType" if c.name == "type" else c.name: value
        for c in columns
        if (value := c.read(element)) is not None
    }


def _write(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)
