"""The columns of a network's nodes and edges, with their types and values, for all writers."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from kg.networks.model import Edge, Network, Node, Value

# The types of GEXF; other formats use those that correspond.
TYPES = {int: "integer", float: "double", str: "string", tuple: "liststring"}

# Columns that are fields of the records; all others are labels of nodes or attributes.
FIELDS = {
    **{name: name for name in ("type", "type_label", "iri", "degree", "betweenness", "community")},
    "relation": "label",
    "evidence": "evidence",
}
LABEL_PREFIX = "label_"


@dataclass(frozen=True)
class Column:
    """A column; `read` returns its value of a node or edge, or None if there is none."""

    name: str
    title: str
    type: str
    read: Callable[[Any], Value | None]


def list_node_columns(network: Network) -> list[Column]:
    """Return the columns of nodes that have any value, in the order of `node_columns`."""
    return _list_columns(network.node_columns, network.nodes)


def list_edge_columns(network: Network) -> list[Column]:
    """Return the columns of edges that have any value, in the order of `edge_columns`.

    Weight and kind are not columns, because every format has its own place for them.
    """
    return _list_columns(network.edge_columns, network.edges)


def format_value(value: Value) -> str:
    """Return a value as text: 3, 0.25, a list as Gephi and graphology read it.

    >>> format_value(0.25), format_value(("a, b", 'c "d"'))
    ('0.25', '["a, b", "c \\\\"d\\\\""]')
    """
    return json.dumps(value, ensure_ascii=False) if isinstance(value, tuple) else str(value)


def _list_columns(
    titles: Mapping[str, str], elements: Sequence[Node] | Sequence[Edge]
) -> list[Column]:
    columns = []
    for name, title in titles.items():
        read = partial(_read_value, name)
        found = next((value for value in map(read, elements) if value is not None), None)
        # All values of a column have the same type.
        if found is not None:
            columns.append(Column(name, title, TYPES[type(found)], read))
    return columns


def _read_value(name: str, element: Node | Edge) -> Value | None:
    if name in FIELDS:
        value: Value = getattr(element, FIELDS[name])
        return value
    if isinstance(element, Node) and name.startswith(LABEL_PREFIX):
        return element.labels.get(name.removeprefix(LABEL_PREFIX))
    return element.attributes.get(name)
