"""Build a network: run its query, weigh edges, measure and position nodes, describe the result."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from kg.ask.lookup import quote_input
from kg.ask.question import Question, check_language
from kg.errors import KgError
from kg.graph import Graph
from kg.names import LANGUAGES, pick
from kg.networks.edges import EdgeData, EdgeKey, collect_edges, prune_to_core, weigh_edges
from kg.networks.layout import Layout, choose_layout, lay_out_nodes
from kg.networks.metrics import MAX_STEPS, SEED, Metrics, make_graph, measure_nodes
from kg.networks.model import Edge, Network, Node, Value, fill_text
from kg.networks.node_data import NodeData
from kg.networks.query import VARIABLES, bind_network, read_fold, read_largest
from kg.networks.validity import OPEN

NODE_COLUMNS = (
    "type", "type_label", "class", "city", "voice", "iri", *(f"label_{tag}" for tag in LANGUAGES),
    "degree", "betweenness", "community",
)  # fmt: skip
EDGE_COLUMNS = ("relation", "evidence", "shared", "jaccard")
STEPS = ("querying", "measuring", "laying out")


class EmptyNetworkError(KgError):
    """A network has no nodes."""


@dataclass(frozen=True)
class NetworkOptions:
    """The language of labels, the layout, and the largest number of nodes (None: by the query).

    `values` are those of the query's parameters, by name; a parameter may have several.
    """

    language: str = "en"
    layout: str = "auto"
    largest: int | None = None
    values: Mapping[str, Sequence[str]] = field(default_factory=dict)


def build_network(
    graph: Graph,
    question: Question,
    options: NetworkOptions,
    data: NodeData | None = None,
    progress: Callable[[str], None] = lambda step: None,
) -> Network:
    """Return the network of a query, measured and laid out.

    Nodes are sorted by IRI, edges by source, relation and target. The same graph and options give
    the same network. Several networks of a graph can share their `data`. `progress` is called
    with the name of each of `STEPS` when it starts.

    Raises:
        KgError: a language, layout, size, parameter or value is invalid; or as a subclass
            EmptyNetworkError, the network has no nodes.
    """
    check_language(options.language)
    choose_layout(options.layout, nodes=0)  # fails before the query runs
    largest = read_largest(question, options.largest)
    data = data or NodeData(graph)
    builder = NetworkBuilder(data, question, options)
    progress(STEPS[0])
    found = graph.select(bind_network(graph, question, options.values), str(question.path))
    if found.variables != VARIABLES:
        raise KgError(f"{question.path}:1: wrong variables. SELECT ?{' ?'.join(VARIABLES)}.")
    projection = collect_edges(found.rows, builder.folded)
    if not projection.nodes:
        raise EmptyNetworkError(_explain_empty(question, options.values))
    nodes = prune_to_core(projection, largest)
    edges, untimely = weigh_edges(projection, nodes, data.passages, data.spans)
    progress(STEPS[1])
    numbers = {iri: number for number, iri in enumerate(nodes)}
    links = [(numbers[s], numbers[t], edge.weight) for (s, _, t), edge in edges.items()]
    key = (len(nodes), options.layout, tuple(links))
    if key not in data.placed:
        linked = make_graph(len(nodes), links)
        metrics = measure_nodes(linked, links)
        progress(STEPS[2])
        data.placed[key] = metrics, lay_out_nodes(linked, metrics, options.layout)
    metrics, layout = data.placed[key]
    counts = {
        "nodes": len(nodes),
        "edges": len(edges),
        "all": len(projection.nodes),
        "dropped": len(projection.nodes) - len(nodes),
        "count": untimely,
    }
    return builder.build(nodes, edges, metrics, layout, counts)


def _explain_empty(question: Question, values: Mapping[str, Sequence[str]]) -> str:
    given = " ".join(f"--{name} {quote_input(v)}" for name, some in values.items() for v in some)
    if not given:
        return f"{question.name}: no statements in the data belong to this network. Add data."
    return f"{question.name}: no statements match {given}. Remove an option, or use another value."


class NetworkBuilder:
    """Make the records of one network, in one language."""

    def __init__(self, data: NodeData, question: Question, options: NetworkOptions) -> None:
        self._data = data
        self._names = data.names
        self._question = question
        self._language = options.language
        self._values = options.values
        self._relations = {
            self._names.expand(name): labels
            for name, labels in (question.header.get("relations") or {}).items()
        }
        # The folded relation, and the column of what its sources share with its title.
        self.folded, self._shared = read_fold(question, data.names, options.language)

    def build(
        self,
        nodes: Sequence[str],
        edges: Mapping[EdgeKey, EdgeData],
        metrics: Metrics,
        layout: Layout,
        counts: Mapping[str, int],
    ) -> Network:
        """Return the network with its nodes and edges in the given order; counts are for notes."""
        titles = self._data.style.texts("columns", self._language)
        return Network(
            name=self._question.name,
            title=self._question.text("summary", self._language),
            summary=self._question.text("description", self._language),
            notes=tuple(self._write_notes(metrics, layout, counts)),
            language=self._language,
            directed=bool(self._question.header.get("directed")),
            nodes=tuple(
                self._make_node(iri, number, metrics, layout) for number, iri in enumerate(nodes)
            ),
            edges=tuple(
                self._make_edge(f"e{number}", key, edge)
                for number, (key, edge) in enumerate(edges.items(), 1)
            ),
            node_columns={name: titles.get(name, name) for name in NODE_COLUMNS},
            edge_columns={name: titles.get(name, name) for name in EDGE_COLUMNS} | self._shared,
            legend=self._data.style.texts("legend", self._language),
        )

    def _write_notes(
        self, metrics: Metrics, layout: Layout, counts: Mapping[str, int]
    ) -> Iterator[str]:
        """Yield the notes; each has the fields that it names."""
        texts = self._data.style.texts("notes", self._language)
        version, licence = self._data.version
        fields = {
            **counts,
            "values": "; ".join(f"{name} {', '.join(v)}" for name, v in self._values.items()),
            "pivots": metrics.pivots,
            "steps": f"{MAX_STEPS:,}",
            "seed": SEED,
            "version": version,
            "licence": licence,
        }
        for name, is_shown in (
            ("size", True),
            ("asked", self._values),
            ("dropped", counts["dropped"]),
            ("untimely", counts["count"]),
            ("passages", True),
            ("time", True),
            ("estimated" if metrics.pivots else "exact", True),
            (layout.name, True),
            ("colours", True),
            ("data", True),
        ):
            if is_shown:
                yield fill_text(texts, name, **fields)

    def _label(self, iri: str) -> str:
        return self._data.label(iri, self._language)

    def _make_node(self, iri: str, number: int, metrics: Metrics, layout: Layout) -> Node:
        data = self._data
        kind = data.type_of(iri)
        start, end = data.spans.get(iri, OPEN)
        attributes: dict[str, Value] = {}
        if iri in data.classes:
            attributes["class"] = self._label(data.classes[iri])
        for column, values in data.columns.items():
            if iri in values:
                attributes[column] = ", ".join(map(self._label, values[iri]))
        return Node(
            id=self._names.shorten(iri),
            iri=iri,
            label=self._label(iri),
            labels=data.labels.get(iri, {}),
            type=self._names.shorten(kind).partition(":")[2],
            type_label=self._label(kind),
            start=start,
            end=end,
            degree=metrics.degree[number],
            betweenness=metrics.betweenness[number],
            community=metrics.community[number],
            x=layout.points[number][0],
            y=layout.points[number][1],
            size=layout.sizes[number],
            color=data.style.colors[kind],
            attributes=attributes,
        )

    def _make_edge(self, name: str, key: EdgeKey, edge: EdgeData) -> Edge:
        source, relation, target = key
        attributes: dict[str, Value] = {}
        if edge.shared:
            labels = tuple(map(self._label, edge.shared))
            attributes = {"shared": len(edge.shared), "jaccard": edge.jaccard}
            attributes |= dict.fromkeys(self._shared, labels)
        start, end = edge.span
        return Edge(
            id=name,
            source=self._names.shorten(source),
            target=self._names.shorten(target),
            kind=self._names.shorten(relation),
            label=pick(self._relations.get(relation, {}), self._language, "")
            or self._label(relation),
            weight=edge.weight,
            evidence=edge.evidence,
            start=start,
            end=end,
            attributes=attributes,
        )
