"""Nodes and edges as the writers take them, and the words that describe a network."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from kg.ask.question import Question
from kg.names import LANGUAGES
from kg.networks.edges import EdgeData, Key
from kg.networks.metrics import SEED, STEPS, Measures
from kg.networks.model import Edge, Network, Node, Value
from kg.networks.node_data import OPEN, NodeData, pick_label

Looks = tuple[float, float, float]  # x, y, size


@dataclass(frozen=True)
class Provenance:
    """What a description says beside the network: what there was, what was asked for, and how."""

    all: int
    untimely: int
    pivots: int
    layout: str
    values: Mapping[str, Sequence[str]]


class NetworkBuilder:
    """Makes the nodes and edges of one network from its ties and from the facts, in a language."""

    def __init__(self, facts: NodeData, question: Question, language: str) -> None:
        self._facts = facts
        self._names = facts.names
        self._question = question
        self._language = language
        self._fold = question.header.get("fold") or {}
        self._relations = {
            self._names.expand(name): said
            for name, said in (question.header.get("relations") or {}).items()
        }

    def make_network(
        self,
        things: Sequence[str],
        ties: Mapping[Key, EdgeData],
        measures: Measures,
        looks: Sequence[Looks],
    ) -> Network:
        """Return the network, its nodes and edges in the order given, its notes empty."""
        return Network(
            name=self._question.name,
            title=self._question.text("summary", self._language),
            summary=self._question.text("description", self._language),
            notes=(),
            language=self._language,
            directed=bool(self._question.header.get("directed")),
            nodes=tuple(
                self._make_node(iri, number, measures, looks[number])
                for number, iri in enumerate(things)
            ),
            edges=tuple(
                self._make_edge(f"e{number}", key, tie)
                for number, (key, tie) in enumerate(ties.items(), 1)
            ),
            node_columns=self.node_columns(),
            edge_columns=self.edge_columns(),
            legend=self._facts.style.list_legend(self._language),
        )

    def describe(self, network: Network, told: Provenance) -> tuple[str, ...]:
        """Return what is in a network, what was dropped, how it was measured, of which data."""
        nodes, edges = len(network.nodes), len(network.edges)
        sentences = [self._note("size", nodes=nodes, edges=edges)]
        if told.values:
            values = "; ".join(f"{name} {', '.join(v)}" for name, v in told.values.items())
            sentences.append(self._note("asked", values=values))
        if told.all > nodes:
            dropped = told.all - nodes
            sentences.append(self._note("dropped", all=told.all, nodes=nodes, dropped=dropped))
        if told.untimely:
            sentences.append(self._note("untimely", count=told.untimely))
        measured = "estimated" if told.pivots else "exact"
        sentences += [
            self._note("passages"),
            self._note("time"),
            self._note(measured, pivots=told.pivots, steps=f"{STEPS:,}", seed=SEED),
            self._note(told.layout, seed=SEED),
            self._note("colours"),
            self._note("data", version=self._facts.version[0], licence=self._facts.version[1]),
        ]
        return tuple(sentences)

    def node_columns(self) -> dict[str, str]:
        """Return the titles of the nodes' columns, by name, in order."""
        labels = (f"label_{tag}" for tag in LANGUAGES)
        names = ("type", "type_label", "class", "city", "voice", "iri", *labels)
        return {name: self._title(name) for name in (*names, "degree", "betweenness", "community")}

    def edge_columns(self) -> dict[str, str]:
        """Return the titles of the edges' columns: with what is shared, where that is a tie."""
        shared = ("shared", "jaccard") if self._fold else ()
        columns = {name: self._title(name) for name in ("relation", "evidence", *shared)}
        if self._fold:
            columns[self._fold["column"]] = pick_label(self._fold, self._language)
        return columns

    def _note(self, name: str, **said: object) -> str:
        return self._facts.style.note(name, self._language, **said)

    def _title(self, column: str) -> str:
        return self._facts.style.title(column, self._language)

    def _make_node(self, iri: str, number: int, measures: Measures, looks: Looks) -> Node:
        facts, language = self._facts, self._language
        said = facts.labels.get(iri, {})
        kind = facts.types.get(iri) or list(facts.style.types)[-1]
        start, end = facts.spans.get(iri, OPEN)
        x, y, size = looks
        attributes: dict[str, Value] = {}
        if iri in facts.classes:
            attributes["class"] = facts.label(facts.classes[iri], language)
        for column, known in (("city", facts.cities), ("voice", facts.voices)):
            if iri in known:
                attributes[column] = ", ".join(facts.label(v, language) for v in known[iri])
        return Node(
            id=self._names.shorten(iri),
            iri=iri,
            label=facts.label(iri, language),
            labels={tag: said[tag] for tag in LANGUAGES if tag in said},
            type=self._names.shorten(kind).partition(":")[2],
            type_label=facts.label(kind, language),
            start=start,
            end=end,
            degree=measures.degree[number],
            betweenness=measures.betweenness[number],
            community=measures.community[number],
            x=x,
            y=y,
            size=size,
            color=facts.style.types[kind],
            attributes=attributes,
        )

    def _make_edge(self, name: str, key: Key, tie: EdgeData) -> Edge:
        source, kind, target = key
        attributes: dict[str, Value] = {}
        if tie.shared:
            labels = tuple(self._facts.label(iri, self._language) for iri in tie.shared)
            attributes = {
                "shared": len(tie.shared),
                "jaccard": tie.jaccard,
                str(self._fold["column"]): labels,
            }
        return Edge(
            id=name,
            source=self._names.shorten(source),
            target=self._names.shorten(target),
            kind=self._names.shorten(kind),
            label=pick_label(self._relations.get(kind, {}), self._language)
            or self._facts.label(kind, self._language),
            weight=tie.weight,
            evidence=len(tie.passages),
            start=tie.span[0],
            end=tie.span[1],
            attributes=attributes,
        )
