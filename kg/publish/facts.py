"""The facts at the top of a page of a thing, and what the page shows as rows to download."""

from collections.abc import Iterable, Iterator

from kg.portrait.description import Description
from kg.portrait.model import Detail, Link
from kg.portrait.reading import Reading
from kg.portrait.rows import list_values
from kg.publish.edition import Edition
from kg.publish.page import write_csv

# What an element is about. The first is mostly entailed, from the document that states it.
SETTING = ("cdp:appliesTo", "cdp:hasTheme", "cdp:usesTechnology", "cdp:servesGroup")
# What identifies a copy of a text, and what is said about the copy.
COPY = ("cdp:transcribes", "cdp:sha256", "cdp:characterCount", "skos:editorialNote")
# The same for the work that it is a copy of.
WORK = ("cdp:title", "cdp:issued", "cdp:description", "skos:editorialNote")

# What a vocabulary says about itself.
VOCABULARY = (
    "vann:preferredNamespaceUri", "vann:preferredNamespacePrefix", "owl:versionInfo",
    "owl:versionIRI", "dcterms:issued", "dcterms:modified", "dcterms:license",
)  # fmt: skip


def list_facts(edition: Edition, iri: str) -> list[Detail]:
    """Return the facts that a page begins with, of a source text or a vocabulary."""
    if edition.reading.is_a(iri, "cdp:SourceText"):
        return list_source_facts(edition.reading, iri)
    if edition.reading.is_a(iri, "owl:Ontology"):
        named = Detail(edition.words["column-iri"], (Link(iri),))
        facts = (one for name in VOCABULARY for one in _read_detail(edition.reading, iri, name))
        return [named, *facts]
    return []


def list_setting(reading: Reading, iri: str) -> list[Detail]:
    """Return the places, themes, technologies and groups of an element."""
    return [one for name in SETTING for one in _read_detail(reading, iri, name)]


def list_source_facts(reading: Reading, iri: str) -> list[Detail]:
    """Return what identifies a source text and the work that it is a copy of.

    The date of the work is always there, if only to say that it has none.
    """
    transcribes, *copy = COPY
    found = _read_detail(reading, iri, transcribes)
    for work in reading.list_iris(iri, transcribes):
        for name in WORK:
            found += _read_detail(reading, work, name)
            if name == "cdp:issued" and not reading.find(work, name):
                unstated = (Link(reading.words["not-stated"]),)
                found.append(Detail(reading.words["issued"], unstated))
    return found + [one for name in copy for one in _read_detail(reading, iri, name)]


def _read_detail(reading: Reading, iri: str, name: str) -> list[Detail]:
    statements = reading.find(iri, name)
    if not statements:
        return []
    return [Detail(statements[0].title, tuple(list_values(reading, iri, name)))]


def write_statements(edition: Edition, thing: Description, facts: Iterable[Detail]) -> bytes:
    """Return what a page says about a thing, and what of others refers to it, as CSV.

    The column of IRIs is that of the other thing.
    """
    titles = [edition.words[f"column-{name}"] for name in ("thing", "relation", "value", "iri")]
    return write_csv(titles, dict.fromkeys(_list_statements(thing, facts)))


def _list_statements(
    thing: Description, facts: Iterable[Detail]
) -> Iterator[tuple[str, str, str, str]]:
    for detail in (*facts, *thing.statements):
        for link in detail.values:
            yield thing.label, detail.heading, link.name, link.iri
    for detail in thing.references:
        for link in detail.values:
            yield link.name, detail.heading, thing.label, link.iri


def write_links(edition: Edition, groups: Iterable[tuple[str, Iterable[Link]]]) -> bytes:
    """Return things by kind as CSV."""
    titles = [edition.words[f"column-{name}"] for name in ("kind", "thing", "iri")]
    rows = ([kind, link.name, link.iri] for kind, links in groups for link in links)
    return write_csv(titles, rows)
