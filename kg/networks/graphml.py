"""Write networks as GraphML (http://graphml.graphdrawing.org/specification.html)."""

from collections.abc import Iterator, Sequence

from kg.home import name_program
from kg.networks.columns import Column, format_value, list_edge_columns, list_node_columns
from kg.networks.model import Edge, Network, Node
from kg.networks.xml import escape_text

NAMESPACE = "http://graphml.graphdrawing.org/xmlns"
TYPES = {"integer": "int", "liststring": "string"}  # GraphML has no lists

# Columns with the names by which Gephi reads them.
LOOKS = (
    Column("label", "label", "string", lambda node: node.label),
    Column("x", "x", "double", lambda node: node.x),
    Column("y", "y", "double", lambda node: node.y),
    Column("size", "size", "double", lambda node: node.size),
    Column("r", "r", "integer", lambda node: int(node.color[1:3], 16)),
    Column("g", "g", "integer", lambda node: int(node.color[3:5], 16)),
    Column("b", "b", "integer", lambda node: int(node.color[5:7], 16)),
)
EDGE_TEXTS = (
    Column("label", "label", "string", lambda edge: edge.label),
    Column("kind", "kind", "string", lambda edge: edge.kind),
    Column("weight", "weight", "double", lambda edge: edge.weight),
)
DAYS = (
    Column("start", "start", "string", lambda element: element.start),
    Column("end", "end", "string", lambda element: element.end),
)


def write_graphml(network: Network) -> Iterator[str]:
    """Yield a network as GraphML: the head, then each node and each edge.

    Label, weight, position (x, y), size and colour (r, g, b) have the names that Gephi knows. The
    first and the last day are the texts start and end. A list is a text in the form of GEXF. The
    description is in desc, because Gephi warns of data of the graph.
    """
    node_columns = [*LOOKS, *list_node_columns(network), *DAYS]
    description = f"{network.title}\n{network.description}"
    edge_columns = [*EDGE_TEXTS, *list_edge_columns(network), *DAYS]
    yield (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f"<!-- {escape_text(name_program())} -->\n"
        f'<graphml xmlns="{NAMESPACE}">\n'
    )
    yield _declare_columns("node", node_columns)
    yield _declare_columns("edge", edge_columns)
    yield (
        f'  <graph id="{escape_text(network.name)}"'
        f' edgedefault="{"directed" if network.directed else "undirected"}">\n'
        f"    <desc>{escape_text(description)}</desc>\n"
    )
    for node in network.nodes:
        values = _write_values(node, "node", node_columns)
        yield f'    <node id="{escape_text(node.id)}">\n{values}    </node>\n'
    for edge in network.edges:
        values = _write_values(edge, "edge", edge_columns)
        yield (
            f'    <edge id="{escape_text(edge.id)}" source="{escape_text(edge.source)}"'
            f' target="{escape_text(edge.target)}">\n{values}    </edge>\n'
        )
    yield "  </graph>\n</graphml>\n"


def _declare_columns(element: str, columns: Sequence[Column]) -> str:
    return "".join(
        f'  <key id="{element}_{escape_text(column.name)}" for="{element}"'
        f' attr.name="{escape_text(column.title)}"'
        f' attr.type="{TYPES.get(column.type, column.type)}"/>\n'
        for column in columns
    )


def _write_values(element: Node | Edge, name: str, columns: Sequence[Column]) -> str:
    return "".join(
        f'      <data key="{name}_{escape_text(column.name)}">'
        f"{escape_text(format_value(value))}</data>\n"
        for column in columns
        if (value := column.read(element)) is not None
    )
