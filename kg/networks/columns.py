"""The columns of a network's nodes and edges, with their types and values, for all writers."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from operator import attrgetter
from typing import Any

from kg.networks.model import Edge, Network, Node, Value

# The types of GEXF; other formats use those that correspond.
BOOLEAN, INTEGER, DOUBLE, STRING, LIST = "boolean", "integer", "double", "string", "liststring"
TYPES = {bool: BOOLEAN, int: INTEGER, float: DOUBLE, str: STRING, tuple: LIST}
INTEGER_LIMIT = 2**31  # GEXF's integer is that of Java

Read = Callable[[Any], Value | None]

# Columns that are fields of the records; all others are labels or attributes.
NODE_FIELDS = ("type", "type_label", "iri", "degree", "betweenness", "community")
EDGE_FIELDS = {"relation": "label", "evidence": "evidence"}
LABEL_PREFIX = "label_"


@dataclass(frozen=True)
class Column:
    """A column; `read` returns its value of a node or edge, or None if there is none."""

    name: str
    title: str
    type: str
    read: Read


def list_node_columns(network: Network) -> list[Column]:
    """Return the columns of nodes that have any value, in the order of `node_columns`."""
    return _list_columns(network.node_columns, network.nodes, _read_node)


def list_edge_columns(network: Network) -> list[Column]:
    """Return the columns of edges that have any value, in the order of `edge_columns`.

    Weight and kind are not columns, because every format has its own place for them.
    """
    return _list_columns(network.edge_columns, network.edges, _read_edge)


def infer_type(values: Iterable[Value | None]) -> str:
    """Return the narrowest type that fits all values, or "" if all are missing.

    >>> infer_type([1, 2.5, None]), infer_type([True, "x"]), infer_type([None])
    ('double', 'string', '')
    """
    found = [value for value in values if value is not None]
    types = {TYPES[kind] for kind in set(map(type, found))}
    if types == {INTEGER} and any(abs(int(v)) >= INTEGER_LIMIT for v in found):  # type: ignore[arg-type]
        return DOUBLE
    if len(types) <= 1:
        return types.pop() if types else ""
    return DOUBLE if types == {INTEGER, DOUBLE} else STRING


def format_value(value: Value) -> str:
    """Return a value as text: true, 3, 0.25, a list as Gephi and graphology read it.

    >>> format_value(True), format_value(0.25), format_value(("a, b", 'c "d"'))
    ('true', '0.25', '["a, b", "c \\\\"d\\\\""]')
    """
    if isinstance(value, tuple):
        escaped = (member.replace("\\", "\\\\").replace('"', '\\"') for member in value)
        return "[" + ", ".join(f'"{member}"' for member in escaped) + "]"
    return str(value).lower() if isinstance(value, bool) else str(value)


def _list_columns(
    titles: Mapping[str, str],
    elements: Sequence[Node] | Sequence[Edge],
    find_reader: Callable[[str], Read],
) -> list[Column]:
    columns = []
    for name, title in titles.items():
        read = find_reader(name)
        inferred = infer_type(map(read, elements))
        if inferred:
            columns.append(Column(name, title, inferred, read))
    return columns


def _read_node(name: str) -> Read:
    if name in NODE_FIELDS:
        return attrgetter(name)
    if name.startswith(LABEL_PREFIX):
        tag = name.removeprefix(LABEL_PREFIX)
        return lambda node: node.labels.get(tag)
    return lambda node: node.attributes.get(name)


def _read_edge(name: str) -> Read:
    if name in EDGE_FIELDS:
        return attrgetter(EDGE_FIELDS[name])
    return lambda edge: edge.attributes.get(name)
