"""Networks as GEXF 1.3, written as Gephi and graphology read it (https://gexf.net/schema.html)."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from kg.home import producer
from kg.networks.columns import Column, list_edge_columns, list_node_columns
from kg.networks.model import Edge, Network, Node, Value
from kg.networks.xml import escape_text, write_value

NAMESPACE = "http://gexf.net/1.3"

# What stands before the value of a column, and how the value is read.
Written = tuple[str, Callable[[Any], Value | None]]


def write_gexf(network: Network) -> Iterator[str]:
    """Yield a network as GEXF 1.3, a piece for its head and one for each node and edge.

    Its mode is dynamic where anything in it has a day of beginning or end; these are whole days,
    a missing one is open. Relations are kinds, so that parallel edges stay apart.
    """
    node_columns, edge_columns = list_node_columns(network), list_edge_columns(network)
    yield from _write_head(network)
    yield _declare("node", node_columns)
    yield _declare("edge", edge_columns)
    node_values, edge_values = _prepare(node_columns), _prepare(edge_columns)
    yield "    <nodes>\n"
    for node in network.nodes:
        yield _write_node(node, node_values)
    yield "    </nodes>\n    <edges>\n"
    for edge in network.edges:
        yield _write_edge(edge, edge_values)
    yield "    </edges>\n  </graph>\n</gexf>\n"


def is_dynamic(network: Network) -> bool:
    """Tell whether anything in a network begins or ends."""
    parts: tuple[Node | Edge, ...] = (*network.nodes, *network.edges)
    return any(part.start or part.end for part in parts)


def _write_head(network: Network) -> Iterator[str]:
    description = escape_text(f"{network.title}\n{network.description}")
    keywords = ", ".join((network.name, *sorted({node.type for node in network.nodes})))
    yield (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f'<gexf version="1.3" xmlns="{NAMESPACE}" xmlns:viz="{NAMESPACE}/viz">\n'
        f"  <meta>\n    <creator>{escape_text(producer())}</creator>\n"
        f"    <keywords>{escape_text(keywords)}</keywords>\n"
        f"    <description>{description}</description>\n  </meta>\n"
        f'  <graph defaultedgetype="{"directed" if network.directed else "undirected"}"'
        f' mode="{"dynamic" if is_dynamic(network) else "static"}" timeformat="date"'
        ' timerepresentation="interval" idtype="string">\n'
    )


def _declare(element: str, columns: Sequence[Column]) -> str:
    lines = "".join(
        f'      <attribute id="{escape_text(c.name)}" title="{escape_text(c.title)}"'
        f' type="{c.type}"/>\n'
        for c in columns
    )
    return f'    <attributes class="{element}" mode="static">\n{lines}    </attributes>\n'


def _write_node(node: Node, columns: Sequence[Written]) -> str:
    red, green, blue = (int(node.color[n : n + 2], 16) for n in (1, 3, 5))
    return (
        f'      <node id="{escape_text(node.id)}" label="{escape_text(node.label)}"{_time(node)}>\n'
        f"{_write_values(node, columns)}"
        f'        <viz:size value="{node.size!r}"/>\n'
        f'        <viz:position x="{node.x!r}" y="{node.y!r}" z="0.0"/>\n'
        f'        <viz:color r="{red}" g="{green}" b="{blue}"/>\n'
        "      </node>\n"
    )


def _write_edge(edge: Edge, columns: Sequence[Written]) -> str:
    return (
        f'      <edge id="{escape_text(edge.id)}" source="{escape_text(edge.source)}"'
        f' target="{escape_text(edge.target)}" kind="{escape_text(edge.kind)}"'
        f' label="{escape_text(edge.label)}" weight="{float(edge.weight)!r}"{_time(edge)}>\n'
        f"{_write_values(edge, columns)}"
        "      </edge>\n"
    )


def _write_values(element: Node | Edge, columns: Sequence[Written]) -> str:
    lines = []
    for before, read in columns:
        value = read(element)
        if value is not None:
            kind = type(value)
            written = (
                escape_text(value) if kind is str
                else repr(value) if kind is int or kind is float
                else write_value(value)
            )  # fmt: skip
            lines.append(f'{before}{written}"/>\n')
    return f"        <attvalues>\n{''.join(lines)}        </attvalues>\n" if lines else ""


def _prepare(columns: Sequence[Column]) -> list[Written]:
    return [
        (f'          <attvalue for="{escape_text(column.name)}" value="', column.read)
        for column in columns
    ]


def _time(element: Node | Edge) -> str:
    start = f' start="{element.start}"' if element.start else ""
    return f'{start} end="{element.end}"' if element.end else start
