"""Describe a thing: its properties, what refers to it, and the passages that are its evidence."""

import re
from collections.abc import Container, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Literal

from kg.ask.lookup import find_similar, index_names, quote_input, resolve_name, suggest_names
from kg.ask.question import check_language
from kg.ask.table import clean_text
from kg.ask.wrapping import wrap_text
from kg.errors import KgError, check_text
from kg.graph import Graph, iri_term
from kg.names import Term, bind_json, collect_texts, language_of, pick, text
from kg.xsd import read_integer

# The year and the month of an xsd:date (https://www.w3.org/TR/xmlschema11-2/#date).
DATE = re.compile(r"(-?[0-9]{4,})-[0-9]{2}(?=-)")
Script = Literal["zh-Hans", "zh-Hant"]


@dataclass(frozen=True)
class Passage:
    """A passage of a source, by the offsets of its characters; text is None without the source."""

    source: str
    start: int
    end: int
    text: str | None


@dataclass(frozen=True, repr=False)
class Description:
    """A thing with its IRI, prefixed name and label.

    `properties` are pairs of the label of a property and a value, `references` pairs of the label
    of a property and the thing that has this thing as its value. All texts are in one language.
    """

    iri: str
    name: str
    label: str
    properties: list[tuple[str, str]]
    references: list[tuple[str, str]]
    passages: list[Passage]

    def __repr__(self) -> str:
        return (
            f"<Description of {self.name}: {len(self.properties)} properties, "
            f"{len(self.references)} references, {len(self.passages)} passages>"
        )

    def __str__(self) -> str:
        return render_description(self)


def find_node(graph: Graph, name: str) -> str:
    """Return the IRI of the thing with a name.

    The name is its IRI, its prefixed name (`place:wuhan`), the last part of its IRI (`wuhan`), or
    a label in any language, script, case and width. A thing without a label has only the first two.

    Raises:
        KgError: nothing, or more than one thing, has the name; the message suggests names.
    """
    names = graph.names
    check_text(name, "name")
    iri = names.find_iri(name.strip().strip("<>"))
    # This query is much faster than that for all labels.
    if iri and graph.internal("outgoing", node=iri_term(iri)):
        return iri
    index = index_names(graph.internal("labels"), names)
    if found := resolve_name(index, name, names):
        return found
    similar = find_similar(name, index, cutoff=0.6)
    hint = suggest_names(similar, "Use a label, or a prefixed name such as place:wuhan.")
    raise KgError(f"{quote_input(name)}: nothing has this name. {hint}", exit_code=2)


def describe_node(graph: Graph, name: str, language: str) -> Description:
    """Return the description of the thing with a name, in a language or its fallback.

    Raises:
        KgError: see `find_node`; or the language is unknown.
    """
    check_language(language)
    names = graph.names
    iri = find_node(graph, name)
    labels = collect_texts(label for _, label in graph.internal("table-labels", node=iri_term(iri)))
    writer = _ValueWriter(graph, language)
    return Description(
        iri,
        names.shorten(iri),
        pick(labels, language, iri),
        writer.list_values(graph.internal("outgoing", node=iri_term(iri))),
        writer.list_values(graph.internal("incoming", node=iri_term(iri))),
        list(read_passages(graph, iri, language)),
    )


def read_passages(graph: Graph, iri: str, language: str) -> Iterator[Passage]:
    """Yield the passages that are the evidence for a thing, in the order of their source.

    Raises:
        KgError: an offset is not a number.
    """
    # Imported here: `kg ask` does not need it, and it takes long to load.
    from kg.source import find_source, restore_passage

    script: Script = "zh-Hant" if language == "zh-Hant" else "zh-Hans"
    for source, sha256, start, end, _ in graph.internal("passages", node=iri_term(iri)):
        raw = find_source(text(sha256))
        first, last = read_integer(text(start)), read_integer(text(end))
        if first is None or last is None:
            raise KgError(f"{iri}: an offset of its evidence is not a number. Run kg check.")
        passage = None if raw is None else restore_passage(raw, first, last, script)
        yield Passage(graph.names.shorten(text(source)), first, last, passage)


def render_description(description: Description, width: int | None = None) -> str:
    """Return a description as text; lines that are longer than the width, if given, are wrapped."""

    def wrap(entry: str, indent: str = "  ") -> list[str]:
        line = clean_text(entry)
        lines = [line] if width is None else wrap_text(line, width - len(indent), "  ")
        return [f"{indent}{line}" for line in lines]

    lines = [
        *wrap(f"{description.label} — {description.name}", ""),
        f"<{clean_text(description.iri)}>",
        "",
    ]
    for title, value in description.properties:
        lines += wrap(f"{title}: {value}")
    if description.references:
        lines += ["", "Referenced by:"]
    for title, value in description.references:
        lines += wrap(f"{value} — {title}")
    if description.passages:
        lines += ["", "Evidence:"]
    for passage in description.passages:
        quote = passage.text or "(text not available: kg source add FILE)"
        lines += wrap(f"{passage.source} {passage.start}–{passage.end}: {quote}")
    return "".join(f"{line}\n" for line in lines)


class _ValueWriter:
    """Writes properties and their values in one language."""

    def __init__(self, graph: Graph, language: str) -> None:
        self._names = graph.names
        self._language = language
        self._precision = self._names.expand("cdp:datePrecision")
        self._date = self._names.expand("xsd:date")
        titles: dict[str, list[Term | None]] = {}
        for iri, title in graph.internal("property-titles"):
            titles.setdefault(text(iri), []).append(title)
        self._titles = {iri: collect_texts(found) for iri, found in titles.items()}

    def list_values(self, rows: Sequence[tuple[Term | None, ...]]) -> list[tuple[str, str]]:
        """Return pairs of the title of a property and a value, from rows sorted by property.

        Of texts with a language tag, only those in the best language are returned. Dates are cut
        to the precision that the rows give.
        """
        precisions = {text(value) for iri, _, value, _ in rows if text(iri) == self._precision}
        pairs = []
        for iri, group in groupby(rows, lambda row: text(row[0])):
            titles: list[Term | None] = []
            tagged: dict[str, dict[str, None]] = {}
            values: dict[Term | None, list[Term | None]] = {}
            for _, title, value, label in group:
                titles.append(title)
                if tag := language_of(value):
                    tagged.setdefault(tag, {}).update(dict.fromkeys(filter(None, [text(value)])))
                else:
                    values.setdefault(value, []).append(label)
            known = collect_texts(titles) or self._titles.get(iri, {})
            heading = pick(known, self._language, self._names.shorten(iri))
            empty: dict[str, None] = {"": None} if tagged else {}
            pairs += [(heading, value) for value in pick(tagged, self._language, empty)]
            pairs += [(heading, self._write(x, labels, precisions)) for x, labels in values.items()]
        return pairs

    def _write(
        self, value: Term | None, labels: Iterable[Term | None], precisions: Container[str]
    ) -> str:
        if value and bind_json(value).get("datatype") == self._date:
            return cut_date(text(value), precisions)
        name = self._names.show(value)
        shown = pick(collect_texts(labels), self._language, "")
        return f"{shown} ({name})" if shown else name


def cut_date(date: str, precisions: Container[str]) -> str:
    """Return a date as precise as it is known: as day, or cut to its month or year.

    >>> cut_date("2021-03-31", {"month"}), cut_date("2021-12-31", {"year"})
    ('2021-03', '2021')
    """
    found = DATE.match(date)
    if found and "year" in precisions:
        return found[1]
    return found[0] if found and "month" in precisions else date
