"""What networks say of things besides their edges: labels, types, passages, when they hold."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from kg.errors import KgError
from kg.graph import Graph
from kg.home import Home
from kg.names import FALLBACKS, Term, bind_json, read_names

Span = tuple[str | None, str | None]
OPEN: Span = (None, None)


@dataclass(frozen=True)
class Style:
    """How networks look and speak: each type's colour, by its IRI, first match first; words."""

    types: Mapping[str, str]
    columns: Mapping[str, Mapping[str, str]]
    notes: Mapping[str, Mapping[str, str]]
    legend: Mapping[str, Mapping[str, str]]

    def title(self, column: str, language: str) -> str:
        """Return the title of a column in a language, or in the one that stands in for it."""
        said = self.columns[column]
        return next(said[tag] for tag in FALLBACKS[language] if tag in said)

    def note(self, name: str, language: str, **said: object) -> str:
        """Return a sentence in a language, or in the one that stands in, its gaps filled."""
        return pick_label(self.notes[name], language).format(**said)

    def list_legend(self, language: str) -> dict[str, str]:
        """Return the texts of a picture's legend in a language, by name."""
        return {name: pick_label(said, language) for name, said in self.legend.items()}


def read_style(home: Home) -> Style:
    """Return how networks look, from `queries/networks/network.toml`.

    Raises:
        KgError: the file cannot be read, or is not TOML with types and columns.
    """
    path = home.queries / "networks" / "network.toml"
    names = read_names(home)
    try:
        read = tomllib.loads(path.read_text("utf-8"))
        types = {names.expand(name): colour for name, colour in read["types"].items()}
        return Style(types, read["columns"], read["notes"], read["legend"])
    except (OSError, tomllib.TOMLDecodeError, KeyError) as error:
        raise KgError(f"{path}: {error}. Types and columns of networks are wanted here.") from None


class NodeData:
    """What a store says of all things, read once for as many networks as are wanted.

    Things are known by IRI. Nothing is asked for before it is wanted.
    """

    def __init__(self, graph: Graph) -> None:
        self.names = graph.names
        self.style = read_style(graph.home)
        self._graph = graph
        self.labels: dict[str, dict[str, str]] = {}
        self.classes: dict[str, str] = {}
        self.types: dict[str, str] = {}
        self.passages: dict[str, set[str]] = {}
        self.spans: dict[str, Span] = {}
        self.cities: dict[str, list[str]] = {}
        self.voices: dict[str, list[str]] = {}
        self.version: tuple[str, ...] = ()
        self._is_read = False

    def read(self) -> None:
        """Ask the store, unless that has been done."""
        if self._is_read:
            return
        for node, label in self._ask("network-labels"):
            said = bind_json(label) if label is not None else {}
            tag, known = said.get("xml:lang", ""), self.labels.setdefault(_text(node), {})
            known[tag] = min(said["value"], known.get(tag, said["value"]))
        self.version = next((tuple(map(_text, r)) for r in self._ask("network-version")), ("", ""))
        self._read_types()
        for node, passage in self._ask("network-evidence"):
            self.passages.setdefault(_text(node), set()).add(_text(passage))
        for node, city, voice in self._ask("network-columns"):
            for value, kept in ((city, self.cities), (voice, self.voices)):
                if value is not None:
                    kept.setdefault(_text(node), []).append(_text(value))
        for kept in (self.cities, self.voices):
            for found in kept.values():
                found.sort()
        self.spans = resolve_spans(self._read_spans())
        self._is_read = True

    def label(self, iri: str, language: str) -> str:
        """Return the label of a thing, or its prefixed name where it has none."""
        return pick_label(self.labels.get(iri, {}), language) or self.names.shorten(iri)

    def _ask(self, name: str) -> Iterable[tuple[Term | None, ...]]:
        return self._graph.internal(name)

    def _read_types(self) -> None:
        """Find the type of each thing: the first of the style that a class of it lies below."""
        above: dict[str, set[str]] = {}
        for lower, upper in self._ask("network-classes"):
            above.setdefault(_text(lower), set()).add(_text(upper))
        order = {iri: rank for rank, iri in enumerate(self.style.types)}
        last = max(order.values())
        ranks: dict[str, int] = {}
        for node, kind in self._ask("network-nodes"):
            iri, stated = _text(node), _text(kind)
            if stated not in ranks:
                known = (order[c] for c in above.get(stated, {stated}) if c in order)
                ranks[stated] = min(known, default=last)
            known_class = self.classes.get(iri, stated)
            self.classes[iri] = min(stated, known_class, key=lambda c: (ranks[c], c))
        wanted = list(self.style.types)
        self.types = {iri: wanted[ranks[stated]] for iri, stated in self.classes.items()}

    def _read_spans(self) -> Iterator[tuple[str, str | None, str | None, str | None]]:
        for node, start, end, year, day, whole in self._ask("network-validity"):
            due = _text(day) or (f"{int(_text(year)):04}-12-31" if year is not None else "")
            yield (
                _text(node), _text(start) or None, due or _text(end) or None, _text(whole) or None
            )  # fmt: skip


def pick_label(labels: Mapping[str, str], language: str) -> str:
    """Return the label in a language, or in the one that stands in for it, or nothing."""
    return next((labels[tag] for tag in FALLBACKS[language] if tag in labels), "")


def resolve_spans(
    rows: Iterable[tuple[str, str | None, str | None, str | None]],
) -> dict[str, Span]:
    """Return from which day to which each thing holds, from rows of thing, start, end and whole.

    What a row does not say of a thing, the whole says that it is stated in or part of; wholes of
    several that differ leave it open. An end that lies before the start is kept, and the start
    is open then: a deadline is said of the thing itself.

    >>> resolve_spans([("plan", "2021-01-01", "2023-12-31", None), ("aim", None, None, "plan")])
    {'aim': ('2021-01-01', '2023-12-31'), 'plan': ('2021-01-01', '2023-12-31')}
    """
    own: dict[str, tuple[set[str], set[str]]] = {}
    wholes: dict[str, set[str]] = {}
    for thing, start, end, whole in rows:
        if whole:
            wholes.setdefault(thing, set()).add(whole)
        for day, days in zip((start, end), own.setdefault(thing, (set(), set())), strict=True):
            if day:
                days.add(day)
    known: dict[str, Span] = {}
    for thing in sorted(own):
        _resolve(thing, own, wholes, known)
    return {thing: span for thing, span in sorted(known.items()) if span != OPEN}


def _resolve(
    thing: str,
    own: Mapping[str, tuple[set[str], set[str]]],
    wholes: Mapping[str, set[str]],
    known: dict[str, Span],
) -> None:
    """Settle a thing after its wholes, without recursion; a circle among these says nothing."""
    stack, begun = [thing], set()
    while stack:
        current = stack[-1]
        around = sorted(wholes.get(current, ()))
        if current not in begun and current not in known:
            begun.add(current)
            stack += [whole for whole in around if whole not in begun and whole not in known]
            continue
        stack.pop()
        if current in known:
            continue
        starts, ends = own.get(current, (set(), set()))
        dated = {known[whole] for whole in around if whole in known} - {OPEN}
        whole = dated.pop() if len(dated) == 1 else OPEN
        # A thing with several periods holds from the first to the last.
        start = min(starts) if starts else whole[0]
        end = max(ends) if ends else whole[1]
        known[current] = (None, end) if start and end and start > end else (start, end)


def _text(term: Term | None) -> str:
    return "" if term is None else bind_json(term)["value"]
