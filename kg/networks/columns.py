"""The columns of a network's nodes and edges: their titles, types and values, for every writer."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from operator import attrgetter
from typing import Any

from kg.networks.model import Edge, Network, Node, Value

# GEXF's names of types; the narrowest that fits all values is taken.
BOOLEAN, INTEGER, DOUBLE, STRING, LIST = "boolean", "integer", "double", "string", "liststring"
NODE_FIELDS: dict[str, Callable[[Node], Value]] = {
    "type": attrgetter("type"),
    "type_label": attrgetter("type_label"),
    "iri": attrgetter("iri"),
    "degree": attrgetter("degree"),
    "betweenness": attrgetter("betweenness"),
    "community": attrgetter("community"),
}
EDGE_FIELDS: dict[str, Callable[[Edge], Value]] = {
    "relation": attrgetter("label"),
    "evidence": attrgetter("evidence"),
}
LABEL = "label_"
KINDS = {bool: BOOLEAN, int: INTEGER, float: DOUBLE, str: STRING, tuple: LIST}
INTEGER_LIMIT = 2**31  # GEXF's integer is Java's


@dataclass(frozen=True)
class Column:
    """A column: its name, its title, its type over all values, how an element's value is read.

    `read` gives None where an element has no value.
    """

    name: str
    title: str
    type: str
    read: Callable[[Any], Value | None]


def list_node_columns(network: Network) -> list[Column]:
    """Return the columns of the nodes that have a value, in the order of `node_columns`."""
    return _list_columns(network.node_columns, network.nodes, _read_node)


def list_edge_columns(network: Network) -> list[Column]:
    """Return the columns of the edges that have a value, in the order of `edge_columns`.

    Weight, kind and label are no columns: formats have places of their own for them.
    """
    return _list_columns(network.edge_columns, network.edges, _read_edge)


def name_type(values: Iterable[Value | None]) -> str:
    """Return the one type that all values have, or string; empty where there is no value.

    >>> name_type([1, 2.5, None]), name_type([True, "x"]), name_type([None])
    ('double', 'string', '')
    """
    found = [value for value in values if value is not None]
    kinds = {KINDS[kind] for kind in set(map(type, found))}
    if kinds == {INTEGER} and any(abs(int(v)) >= INTEGER_LIMIT for v in found):  # type: ignore[arg-type]
        return DOUBLE
    if len(kinds) <= 1:
        return kinds.pop() if kinds else ""
    return DOUBLE if kinds == {INTEGER, DOUBLE} else STRING


def _list_columns(
    titles: Any, elements: tuple[Any, ...], find: Callable[[str], Callable[[Any], Value | None]]
) -> list[Column]:
    columns = []
    for name, title in titles.items():
        read = find(name)
        kind = name_type(map(read, elements))
        if kind:
            columns.append(Column(name, title, kind, read))
    return columns


def _read_node(name: str) -> Callable[[Node], Value | None]:
    if name in NODE_FIELDS:
        return NODE_FIELDS[name]
    if name.startswith(LABEL):
        tag = name.removeprefix(LABEL)
        return lambda node: node.labels.get(tag)
    return lambda node: node.attributes.get(name)


def _read_edge(name: str) -> Callable[[Edge], Value | None]:
    if name in EDGE_FIELDS:
        return EDGE_FIELDS[name]
    return lambda edge: edge.attributes.get(name)
