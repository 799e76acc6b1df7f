"""One reading of a graph: its statements by subject, in one language, for any number of portraits.

A portrait is made of a reading alone. `read_thing` reads what the portrait of one thing needs,
`read_everything` what all need; the portraits are the same.
"""

import re
from collections.abc import Container, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

from kg.ask.question import LABEL, ask_question, find_question
from kg.errors import KgError
from kg.graph import Graph, bind_values, read_internal, write_iri
from kg.names import DISPLAY_LABELS, Names, Term, bind_json, collect_texts, language_of, pick, text
from kg.portrait.model import Link, Passage
from kg.portrait.words import Words, read_words
from kg.store import Rows
from kg.xsd import read_integer

# The year and the month of an xsd:date (https://www.w3.org/TR/xmlschema11-2/#date).
DATE = re.compile(r"(-?[0-9]{4,})-[0-9]{2}(?=-)")
# How many things are asked for in one query.
BATCH = 500

Fields = tuple[Term | None, ...]


@dataclass(frozen=True)
class Statement:
    """A property (an IRI) with its title, and a value with its label, or ""."""

    property: str
    title: str
    value: Term
    label: str
    is_entailed: bool

    @cached_property
    def is_link(self) -> bool:
        """Whether the value is an IRI."""
        return bool(bind_json(self.value)["type"] == "uri")


@dataclass(frozen=True)
class Missing:
    """A fact that the source does not state, as the question not-stated answers."""

    fact: str
    subject: Link


@dataclass
class Reading:
    """The statements of things, by IRI and property, with their passages, in one language.

    `references` are the same statements, with their subjects, by the thing that is their value.
    """

    names: Names
    language: str
    words: Words
    statements: dict[str, dict[str, list[Statement]]] = field(default_factory=dict)
    passages: dict[str, list[Passage]] = field(default_factory=dict)
    missing: dict[Missing, None] = field(default_factory=dict)
    references: dict[str, list[tuple[str, Statement]]] = field(default_factory=dict)
    titles: dict[str, str] = field(default_factory=dict)

    def find(self, iri: str, name: str) -> list[Statement]:
        """Return the statements with a property, given by its prefixed name."""
        return self.statements.get(iri, {}).get(self.names.expand(name), [])

    def list_links(self, iri: str, *properties: str) -> list[Link]:
        """Return the values of properties, sorted by IRI within each; texts in one language."""
        return [link for name in properties for link in self.make_links(self.find(iri, name))]

    def list_iris(self, iri: str, *properties: str) -> list[str]:
        """Return the things that are values of properties."""
        found = [
            text(one.value) for name in properties for one in self.find(iri, name) if one.is_link
        ]
        return list(dict.fromkeys(found))

    def list_subjects(self, iri: str, *properties: str) -> list[str]:
        """Return the things that have a thing as value of one of the properties, sorted."""
        wanted = {self.names.expand(name) for name in properties}
        found = {s for s, one in self.references.get(iri, ()) if one.property in wanted}
        return sorted(found)

    def read_text(self, iri: str, name: str) -> str:
        """Return the values of a property as a text, in the best language; "" without any."""
        return self.words.join([link.name for link in self.list_links(iri, name)])

    def read_number(self, iri: str, name: str) -> int | None:
        """Return the value of a property as an integer, or None."""
        found = self.find(iri, name)
        return read_integer(text(found[0].value)) if found else None

    def is_a(self, iri: str, *classes: str) -> bool:
        """Return whether a thing is an instance of one of the classes."""
        wanted = {self.names.expand(name) for name in classes}
        return any(text(one.value) in wanted for one in self.find(iri, "rdf:type"))

    def read_kind(self, iri: str) -> str:
        """Return the label of the class that the data state, of several the first."""
        stated = [one for one in self.find(iri, "rdf:type") if not one.is_entailed]
        links = self.make_links(stated)
        return links[0].name if links else ""

    def read_label(self, iri: str) -> str:
        """Return the label to display; without one, the prefixed name."""
        found = self.find(iri, f"cdp:{DISPLAY_LABELS[self.language]}")
        return text(found[0].value) if found else self.names.shorten(iri)

    def link(self, iri: str) -> Link:
        """Return a thing whose statements were read as a link."""
        return Link(self.read_label(iri), self.names.shorten(iri), iri)

    def make_links(self, statements: Sequence[Statement]) -> list[Link]:
        """Return the values of statements with one property.

        Of texts with a language tag, only those in the best language are returned.
        """
        tagged: dict[str, list[str]] = {}
        for one in statements:
            if (tag := language_of(one.value)) and text(one.value):
                tagged.setdefault(tag, []).append(text(one.value))
        none: list[str] = []
        links = [Link(found) for found in pick(tagged, self.language, none)]
        for one in statements:
            if not language_of(one.value):
                shown = self.names.show(one.value)
                iri = text(one.value) if one.is_link else ""
                links.append(Link(one.label or shown, shown if iri else "", iri))
        return list(dict.fromkeys(links))

    def write_date(self, statement: Statement, precisions: Container[str]) -> Statement:
        """Return a statement; a value that is a date has a label, as precise as it is known."""
        datatype = bind_json(statement.value).get("datatype")
        if datatype != self.names.expand("xsd:date"):
            return statement
        date = cut_date(text(statement.value), precisions)
        return replace(statement, label=date)

    def read_place(self, iri: str) -> tuple[str, int, int, int]:
        """Return source, start, negative end and index in a list, by which things are sorted.

        The passage is the first; of a passage and a part of it, the part.
        """
        index = self.read_number(iri, "cdp:listIndex") or 0
        found = self.passages.get(iri)
        if not found:
            return "~", 0, 0, index
        first = min(found, key=lambda one: (one.source, one.end, -one.start))
        return first.source, first.start, -first.end, index


def read_thing(graph: Graph, iri: str, language: str) -> Reading:
    """Return the reading that the portrait of one thing needs.

    Raises:
        KgError: an offset of a passage is not a number, or there is no answer.
    """
    rows = graph.internal("portrait-things", node=write_iri(iri))
    reading = _start_reading(graph, language)
    _add_statements(reading, graph, sorted({text(thing) for (thing,) in rows} | {iri}))
    cities = [iri] if reading.is_a(iri, "cdp:City") else reading.list_iris(iri, "cdp:appliesTo")
    for city in cities:
        _add_missing(reading, graph, city)
    return reading


def read_everything(graph: Graph, language: str) -> Reading:
    """Return the reading that the portraits of all things need.

    Raises:
        KgError: see `read_thing`.
    """
    reading = _start_reading(graph, language)
    _add_statements(reading, graph, None)
    _add_missing(reading, graph, None)
    return reading


def _start_reading(graph: Graph, language: str) -> Reading:
    reading = Reading(graph.names, language, read_words(language))
    titles: dict[str, list[Term | None]] = {}
    for iri, title in graph.internal("property-titles"):
        titles.setdefault(text(iri), []).append(title)
    reading.titles = {
        iri: pick(collect_texts(found), language, "") for iri, found in titles.items()
    }
    return reading


def list_passages(graph: Graph, nodes: str) -> Iterator[tuple[str, Passage]]:
    """Yield the passages of nodes, given as SPARQL terms (UNDEF for all), in source order.

    Raises:
        KgError: an offset of a passage is not a number.
    """
    for node, source, start, end in graph.internal("passages", node=nodes):
        first, last = read_integer(text(start)), read_integer(text(end))
        if first is None or last is None:
            raise KgError(f"{text(node)}: an offset of its evidence is not a number. Run kg check.")
        yield text(node), Passage(graph.names.shorten(text(source)), first, last)


def _add_statements(reading: Reading, graph: Graph, things: Sequence[str] | None) -> None:
    query = LABEL.sub(
        f"cdp:{DISPLAY_LABELS[reading.language]}", read_internal(graph.home, "portrait-statements")
    )
    hidden = reading.names.expand("cdp:hasEvidence")
    for nodes in _split(things):
        bound = bind_values(query, {"thing": nodes})
        for row in _sort(graph.select(bound, "portrait-statements").rows):
            statement = _make_statement(reading, row)
            if statement.property != hidden:
                found = reading.statements.setdefault(text(row[0]), {})
                found.setdefault(statement.property, []).append(statement)
        for node, passage in list_passages(graph, nodes):
            reading.passages.setdefault(node, []).append(passage)
    for subject, found in reading.statements.items():
        precision = {text(one.value) for one in reading.find(subject, "cdp:datePrecision")}
        for name in found:
            found[name] = [reading.write_date(one, precision) for one in found[name]]
            for one in found[name]:
                if one.is_link:
                    reading.references.setdefault(text(one.value), []).append((subject, one))


def _split(things: Sequence[str] | None) -> Iterator[str]:
    """Yield the values for one query after the other; UNDEF, which means all, for None."""
    if things is None:
        yield "UNDEF"
    else:
        for start in range(0, len(things), BATCH):
            yield " ".join(map(write_iri, things[start : start + BATCH]))


def _sort(rows: Sequence[Fields]) -> Iterator[Fields]:
    """Yield rows of subject, property, title, value, label and whether it is entailed, sorted.

    A statement that several graphs contain is yielded once, as stated if a data file has it.
    """
    seen = set()
    for row in sorted(rows, key=lambda row: [(text(term), language_of(term)) for term in row]):
        key = (row[0], row[1], row[3])
        # "false" sorts before "true".
        if key not in seen:
            seen.add(key)
            yield row


def _make_statement(reading: Reading, fields: Fields) -> Statement:
    _, name, title, value, label, is_entailed = fields
    iri = text(name)
    heading = text(title) or reading.titles.get(iri) or reading.names.shorten(iri)
    assert value is not None  # noqa: S101
    return Statement(iri, heading, value, text(label), text(is_entailed) == "true")


def _add_missing(reading: Reading, graph: Graph, city: str | None) -> None:
    terms = {"cityIri": write_iri(city)} if city else {}
    question = find_question(graph.home, "not-stated")
    result = ask_question(graph, question, reading.language, terms)
    if not isinstance(result, Rows):
        return
    for row in result.rows:
        found = dict(zip(result.variables, map(text, row), strict=True))
        iri = found["subjectIri"]
        name = found["subject"]
        if found["wording"]:
            name = reading.words["only-worded"].format(name, found["wording"])
        subject = Link(name, reading.names.shorten(iri), iri)
        reading.missing[Missing(found["fact"], subject)] = None


def cut_date(date: str, precisions: Container[str]) -> str:
    """Return a date as precise as it is known: as day, or cut to its month or year.

    >>> cut_date("2021-03-31", {"month"}), cut_date("2021-12-31", {"year"})
    ('2021-03', '2021')
    """
    found = DATE.match(date)
    if found and "year" in precisions:
        return found[1]
    return found[0] if found and "month" in precisions else date
