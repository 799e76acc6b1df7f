"""A network as the writers take it: nodes, edges, and what is said of the whole."""

from collections.abc import Mapping
from dataclasses import dataclass, field

Value = bool | int | float | str | tuple[str, ...]


@dataclass(frozen=True)
class Node:
    """A node with what was measured of it, and its place and looks.

    Its id is the prefixed name, its type the local name of its class; `labels` are by language;
    start and end are whole days (ISO 8601), or None where the interval is open; x and y are in
    units of the layout, size is a diameter in the same units, color is `#rrggbb`.
    """

    id: str
    iri: str
    label: str
    labels: Mapping[str, str]
    type: str
    type_label: str
    start: str | None = None
    end: str | None = None
    degree: int = 0
    betweenness: float = 0.0
    community: int = 0
    x: float = 0.0
    y: float = 0.0
    size: float = 1.0
    color: str = "#000000"
    attributes: Mapping[str, Value] = field(default_factory=dict)


@dataclass(frozen=True)
class Edge:
    """An edge: `kind` is the prefixed name of its relation, `evidence` counts the passages."""

    id: str
    source: str
    target: str
    kind: str
    label: str
    weight: float = 1.0
    evidence: int = 0
    start: str | None = None
    end: str | None = None
    attributes: Mapping[str, Value] = field(default_factory=dict)


@dataclass(frozen=True)
class Network:
    """Nodes and edges in a fixed order.

    `name` is that of the projection. `title`, `summary` (what the nodes and edges are) and `notes`
    (sentences on what was left out, on measures, layout and data) are in `language`, and so are
    the texts of a picture's `legend`, by name. `node_columns` and `edge_columns` give the title of
    each column, by its name, in the order of writing: type, type_label, iri, degree, betweenness
    and community are fields of the nodes, relation and evidence of the edges, label_<tag> is a
    label of the nodes, and all others are attributes.
    """

    name: str
    title: str
    summary: str
    notes: tuple[str, ...]
    language: str
    directed: bool
    nodes: tuple[Node, ...]
    edges: tuple[Edge, ...]
    node_columns: Mapping[str, str] = field(default_factory=dict)
    edge_columns: Mapping[str, str] = field(default_factory=dict)
    legend: Mapping[str, str] = field(default_factory=dict)

    @property
    def description(self) -> str:
        """The summary and the notes as one text."""
        space = "" if self.language.startswith("zh") else " "
        return space.join(filter(None, (self.summary, *self.notes)))
