"""Write networks as two CSV files (RFC 4180), for Gephi's import of spreadsheets.

Texts that a spreadsheet would run as a formula are escaped with an apostrophe (`kg.formulas`).
"""

import csv
import io
from collections.abc import Iterator, Sequence

from kg.formulas import escape_cell
from kg.networks.columns import Column, format_value, list_edge_columns, list_node_columns
from kg.networks.model import Edge, Network, Node, Value


def write_nodes(network: Network) -> Iterator[str]:
    """Yield the row of titles, then a row for each node.

    Id, Label and Timeset are columns of Gephi; then the network's own, and X, Y, Size and Color.
    """
    columns = list_node_columns(network)
    titles = [column.title for column in columns]
    yield _write_row(["Id", "Label", "Timeset", *titles, "X", "Y", "Size", "Color"])
    for node in network.nodes:
        looks: list[Value] = [node.x, node.y, node.size, node.color]
        values = _list_values(node, columns)
        yield _write_row([node.id, node.label, format_interval(node), *values, *looks])


def write_edges(network: Network) -> Iterator[str]:
    """Yield the row of titles, then a row for each edge.

    Source, Target, Type, Kind, Id, Label, Timeset and Weight are columns of Gephi; then the
    network's own.
    """
    columns = list_edge_columns(network)
    kind = "Directed" if network.directed else "Undirected"
    titles = ["Source", "Target", "Type", "Kind", "Id", "Label", "Timeset", "Weight"]
    yield _write_row([*titles, *(column.title for column in columns)])
    for edge in network.edges:
        known = [edge.source, edge.target, kind, edge.kind, edge.id, edge.label]
        values = _list_values(edge, columns)
        yield _write_row([*known, format_interval(edge), edge.weight, *values])


def format_interval(element: Node | Edge) -> str:
    """Return the validity of a node or edge as an interval of Gephi, or "" if it is open.

    >>> format_interval(Edge("e1", "a", "b", "k", "l", end="2023-12-31"))
    '<[-Infinity, 2023-12-31]>'
    """
    if not element.start and not element.end:
        return ""
    return f"<[{element.start or '-Infinity'}, {element.end or 'Infinity'}]>"


def _list_values(element: Node | Edge, columns: Sequence[Column]) -> list[Value | None]:
    return [column.read(element) for column in columns]


def _write_row(values: Sequence[Value | None]) -> str:
    line = io.StringIO()
    cells = ("" if value is None else _format_cell(value) for value in values)
    csv.writer(line, lineterminator="\r\n").writerow(cells)
    return line.getvalue()


def _format_cell(value: Value) -> str:
    return escape_cell(format_value(value), is_typed=isinstance(value, int | float))
