"""Write networks as GEXF 1.3, in the form that Gephi and graphology read.

See https://gexf.net/schema.html.
"""

from collections.abc import Iterator, Sequence

from kg.home import name_program
from kg.networks.columns import Column, format_value, list_edge_columns, list_node_columns
from kg.networks.model import Edge, Network, Node
from kg.networks.xml import escape_text

NAMESPACE = "http://gexf.net/1.3"


def write_gexf(network: Network) -> Iterator[str]:
    """Yield a network as GEXF 1.3: the head, then each node and each edge.

    Intervals are days, both ends included; a missing one is open. The mode is dynamic if any node
    or edge has one. Each relation is a kind, so that Gephi does not merge parallel edges.
    """
    node_columns, edge_columns = list_node_columns(network), list_edge_columns(network)
    yield _write_head(network)
    yield _declare_columns("node", node_columns)
    yield _declare_columns("edge", edge_columns)
    yield "    <nodes>\n"
    for node in network.nodes:
        yield _write_node(node, node_columns)
    yield "    </nodes>\n    <edges>\n"
    for edge in network.edges:
        yield _write_edge(edge, edge_columns)
    yield "    </edges>\n  </graph>\n</gexf>\n"


def _write_head(network: Network) -> str:
    description = f"{network.title}\n{network.description}"
    keywords = ", ".join((network.name, *sorted({node.type for node in network.nodes})))
    elements: tuple[Node | Edge, ...] = (*network.nodes, *network.edges)
    dynamic = any(element.start or element.end for element in elements)
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f'<gexf version="1.3" xmlns="{NAMESPACE}" xmlns:viz="{NAMESPACE}/viz">\n'
        f"  <meta>\n    <creator>{escape_text(name_program())}</creator>\n"
        f"    <keywords>{escape_text(keywords)}</keywords>\n"
        f"    <description>{escape_text(description)}</description>\n  </meta>\n"
        f'  <graph defaultedgetype="{"directed" if network.directed else "undirected"}"'
        f' mode="{"dynamic" if dynamic else "static"}" timeformat="date"'
        ' timerepresentation="interval" idtype="string">\n'
    )


def _declare_columns(element: str, columns: Sequence[Column]) -> str:
    lines = "".join(
        f'      <attribute id="{escape_text(column.name)}" title="{escape_text(column.title)}"'
        f' type="{column.type}"/>\n'
        for column in columns
    )
    return f'    <attributes class="{element}" mode="static">\n{lines}    </attributes>\n'


def _write_node(node: Node, columns: Sequence[Column]) -> str:
    red, green, blue = bytes.fromhex(node.color[1:])
    return (
        f'      <node id="{escape_text(node.id)}" label="{escape_text(node.label)}"'
        f"{_write_interval(node)}>\n"
        f"{_write_values(node, columns)}"
        f'        <viz:size value="{node.size}"/>\n'
        f'        <viz:position x="{node.x}" y="{node.y}" z="0.0"/>\n'
        f'        <viz:color r="{red}" g="{green}" b="{blue}"/>\n'
        "      </node>\n"
    )


def _write_edge(edge: Edge, columns: Sequence[Column]) -> str:
    return (
        f'      <edge id="{escape_text(edge.id)}" source="{escape_text(edge.source)}"'
        f' target="{escape_text(edge.target)}" kind="{escape_text(edge.kind)}"'
        f' label="{escape_text(edge.label)}" weight="{edge.weight}"'
        f"{_write_interval(edge)}>\n"
        f"{_write_values(edge, columns)}"
        "      </edge>\n"
    )


def _write_values(element: Node | Edge, columns: Sequence[Column]) -> str:
    lines = "".join(
        f'          <attvalue for="{escape_text(column.name)}"'
        f' value="{escape_text(format_value(value))}"/>\n'
        for column in columns
        if (value := column.read(element)) is not None
    )
    return f"        <attvalues>\n{lines}        </attvalues>\n" if lines else ""


def _write_interval(element: Node | Edge) -> str:
    start = f' start="{element.start}"' if element.start else ""
    return f'{start} end="{element.end}"' if element.end else start
