"""What a graph says about the nodes of networks: labels, types, passages, validity, and colours."""

import re
from bisect import insort
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from kg.errors import KgError
from kg.graph import Graph
from kg.home import Home
from kg.names import Term, collect_texts, pick, read_names, text
from kg.networks.layout import Layout
from kg.networks.metrics import Metrics
from kg.networks.validity import Span, resolve_spans
from kg.reading import parse_toml, read_text

COLOR = re.compile(r"#[0-9a-fA-F]{6}")


@dataclass(frozen=True)
class Style:
    """The colours and the texts of networks, as `queries/networks/network.toml` has them.

    `colors` has `#rrggbb` by the IRI of a type; the first type that a class is, or is below, is
    its type. `tables` has columns, notes and legend: texts by name and language.
    """

    colors: Mapping[str, str]
    tables: Mapping[str, Mapping[str, Mapping[str, str]]]

    def texts(self, table: str, language: str) -> dict[str, str]:
        """Return the texts of a table, by name, in a language or its fallback."""
        return {name: pick(texts, language, "") for name, texts in self.tables[table].items()}


def read_style(home: Home) -> Style:
    """Return the style of the networks of a home.

    Raises:
        KgError: the file cannot be read, or is not TOML with the tables of a style.
    """
    path = home.queries / "networks" / "network.toml"
    names = read_names(home)
    text = read_text(path)
    try:
        tables = parse_toml(text, path)
        colors = {names.expand(name): color for name, color in tables["types"].items()}
        if not colors or not all(map(COLOR.fullmatch, colors.values())):
            raise ValueError("[types] is empty or has a colour that is not #rrggbb")
        texts = {name: tables[name] for name in ("columns", "notes", "legend")}
        if not all(isinstance(t, str) for one in texts.values() for by_tag in one.values()
                   for t in by_tag.values()):  # fmt: skip
            raise ValueError("a text is not in quotes")
        return Style(colors, texts)
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise KgError(
            f"{path}: cannot be read ({error}). "
            "Write TOML with [types], [columns], [notes] and [legend]."
        ) from None


class NodeData:
    """The data of all nodes in a graph, by IRI; each kind is queried once, when first used."""

    def __init__(self, graph: Graph) -> None:
        self.names = graph.names
        self.style = read_style(graph.home)
        self._graph = graph
        self._types = list(self.style.colors)
        # The measures and positions of networks with the same edges, in any language.
        self.placed: dict[tuple[object, ...], tuple[Metrics, Layout]] = {}

    @cached_property
    def labels(self) -> dict[str, dict[str, str]]:
        """The labels to display of each node, by language tag."""
        labels: dict[str, list[Term | None]] = {}
        for node, label in self._graph.internal("network-labels"):
            labels.setdefault(text(node), []).append(label)
        return {iri: collect_texts(sorted(found, key=text)) for iri, found in labels.items()}

    def label(self, iri: str, language: str) -> str:
        """Return the label of a node in a language or its fallback, or its prefixed name."""
        return pick(self.labels.get(iri, {}), language, "") or self.names.shorten(iri)

    @cached_property
    def classes(self) -> dict[str, str]:
        """The class of each node: of several, that whose type is first in the style."""
        classes: dict[str, str] = {}
        for node, kind in self._graph.internal("network-nodes"):
            known = classes.get(text(node), text(kind))
            classes[text(node)] = min(known, text(kind), key=lambda c: (self._rank_class(c), c))
        return classes

    def type_of(self, iri: str) -> str:
        """Return the type of a node, by default the last type of the style."""
        return self._types[self._rank_class(self.classes.get(iri, ""))]

    @cached_property
    def passages(self) -> dict[str, set[str]]:
        """The passages that each node cites as evidence."""
        passages: dict[str, set[str]] = {}
        for node, passage in self._graph.internal("network-evidence"):
            passages.setdefault(text(node), set()).add(text(passage))
        return passages

    @cached_property
    def columns(self) -> dict[str, dict[str, list[str]]]:
        """The cities and the voices of each node, sorted, by the column (city, voice) and IRI."""
        found: dict[str, dict[str, list[str]]] = {"city": {}, "voice": {}}
        for node, *values in self._graph.internal("network-columns"):
            for column, value in zip(found.values(), values, strict=True):
                if value is not None:
                    insort(column.setdefault(text(node), []), text(value))
        return found

    @cached_property
    def spans(self) -> dict[str, Span]:
        """The validity of each node that is not always valid."""
        return resolve_spans(self._read_spans())

    @cached_property
    def version(self) -> tuple[str, str]:
        """The version and the licence of the data."""
        rows = self._graph.internal("network-version")
        return next(((text(version), text(licence)) for version, licence in rows), ("", ""))

    @cached_property
    def _ranks(self) -> dict[str, int]:
        """The rank of the first type of the style that each class is, or is below."""
        order = {iri: rank for rank, iri in enumerate(self._types)}
        ranks = dict(order)
        for lower, upper in self._graph.internal("network-classes"):
            if text(upper) in order:
                known = ranks.get(text(lower), len(order))
                ranks[text(lower)] = min(order[text(upper)], known)
        return ranks

    def _rank_class(self, iri: str) -> int:
        return self._ranks.get(iri, len(self._types) - 1)

    def _read_spans(self) -> Iterator[tuple[str, str, str, str]]:
        for node, start, end, year, day, parent in self._graph.internal("network-validity"):
            deadline = text(day) or (f"{text(year):0>4}-12-31" if year is not None else "")
            yield text(node), text(start), deadline or text(end), text(parent)
