"""The records of a network: its nodes, its edges, and the network itself."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from kg.errors import KgError

Value = int | float | str | tuple[str, ...]


@dataclass(frozen=True)
class Node:
    """A node with its measures, its position and its appearance.

    `id` is the prefixed name, `type` the local name of the class, `labels` are by language.
    `start` and `end` are the first and last day on which it is valid (ISO 8601), or None if open.
    `x` and `y` are in the units of the layout, y upwards; `size` is a diameter in the same units;
    `color` is `#rrggbb`.
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
    """An edge: `kind` is the prefixed name of its relation, `evidence` its number of passages.

    `source` and `target` are ids of nodes; `start` and `end` are as those of a node.
    """

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
    """Nodes and edges in a fixed order, with the texts that describe them.

    `name` is that of the query. `title`, `summary` and `notes` are in `language`: the summary says
    what is a node and what is an edge, and each note is a sentence on size, selection, measures,
    layout or data. `legend` has the texts of a picture by name, `node_columns` and `edge_columns`
    have the title of each column by its name, in order; see `kg.networks.columns` for their values.
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


def fill_text(texts: Mapping[str, str], name: str, /, **values: object) -> str:
    """Return one of the texts of `queries/networks/network.toml`, with its fields filled.

    Raises:
        KgError: there is no such text, or it has other fields.
    """
    try:
        return texts[name].format(**values)
    except (AttributeError, LookupError, TypeError, ValueError):
        fields = ", ".join(f"{{{field}}}" for field in values) or "no fields"
        raise KgError(
            f"queries/networks/network.toml: the text {name!r} is missing or has unknown fields. "
            f"Write it with {fields}."
        ) from None
