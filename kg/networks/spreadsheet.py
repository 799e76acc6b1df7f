"""Networks as nodes.csv and edges.csv, in the columns that Gephi's import of spreadsheets knows."""

import csv
import io
from collections.abc import Iterator, Sequence

from kg.networks.columns import Column, list_edge_columns, list_node_columns
from kg.networks.model import Edge, Network, Node, Value
from kg.networks.xml import write_list


def write_nodes(network: Network) -> Iterator[str]:
    """Yield the nodes as CSV (RFC 4180), the titles first.

    Id, Label and Timeset are Gephi's; then the columns, and X, Y, Size and Color.
    """
    columns = list_node_columns(network)
    head = ["Id", "Label", "Timeset", *(c.title for c in columns), "X", "Y", "Size", "Color"]
    yield _write_row(head)
    for node in network.nodes:
        looks = [node.x, node.y, node.size, node.color]
        yield _write_row(
            [node.id, node.label, write_interval(node), *_list_values(node, columns), *looks]
        )


def write_edges(network: Network) -> Iterator[str]:
    """Yield the edges as CSV (RFC 4180), the titles first.

    Source, Target, Type, Kind, Id, Label, Timeset and Weight are Gephi's; then the columns.
    """
    columns = list_edge_columns(network)
    kind = "Directed" if network.directed else "Undirected"
    titles = ["Source", "Target", "Type", "Kind", "Id", "Label", "Timeset", "Weight"]
    yield _write_row([*titles, *(c.title for c in columns)])
    for edge in network.edges:
        known = [edge.source, edge.target, kind, edge.kind, edge.id, edge.label]
        rest = [write_interval(edge), edge.weight, *_list_values(edge, columns)]
        yield _write_row([*known, *rest])


def write_interval(element: Node | Edge) -> str:
    """Return from when to when a node or an edge holds, as Gephi writes intervals, or nothing.

    >>> write_interval(Edge("e1", "a", "b", "k", "l", end="2023-12-31"))
    '<[-Infinity, 2023-12-31]>'
    """
    if not element.start and not element.end:
        return ""
    return f"<[{element.start or '-Infinity'}, {element.end or 'Infinity'}]>"


def _list_values(element: Node | Edge, columns: Sequence[Column]) -> list[str]:
    return [_write_value(column.read(element)) for column in columns]


def _write_value(value: Value | None) -> str:
    if value is None:
        return ""
    if isinstance(value, tuple):
        return write_list(value)
    return str(value).lower() if isinstance(value, bool) else str(value)


def _write_row(values: Sequence[object]) -> str:
    line = io.StringIO()
    csv.writer(line, lineterminator="\r\n").writerow(values)
    return line.getvalue()
