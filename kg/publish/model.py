"""The diagram of the ontology and its history, for the page of the ontology."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from kg.names import text
from kg.portrait.model import Link
from kg.publish.edition import Edition


@dataclass(frozen=True)
class Relation:
    """A property, and the classes to which it leads."""

    link: Link
    targets: tuple[Link, ...]


@dataclass(frozen=True)
class Box:
    """A class with its direct subclasses, and the properties that its things may have."""

    link: Link
    kinds: tuple[Link, ...]
    relations: tuple[Relation, ...]


@dataclass(frozen=True)
class Version:
    """The present version of a file of the ontology; texts that nobody states are ""."""

    link: Link
    number: str
    address: str
    issued: str
    modified: str
    prior: tuple[Link, ...]
    note: str


@dataclass(frozen=True)
class Replacement:
    """A deprecated term, and those to use instead."""

    link: Link
    definition: str
    by: tuple[Link, ...]


@dataclass(frozen=True)
class Model:
    """What the ontology has, and how it came to be."""

    boxes: list[Box]
    versions: list[Version]
    replacements: list[Replacement]


def make_model(edition: Edition) -> Model:
    """Return the model of an edition's ontology, with labels in its language."""
    headers = [iri for iri in sorted(edition.things) if edition.reading.is_a(iri, "owl:Ontology")]
    return Model(
        list_boxes(edition),
        [_make_version(edition, iri) for iri in headers],
        list_replacements(edition),
    )


def list_boxes(edition: Edition) -> list[Box]:
    """Return the classes in the domains of properties; those with most properties come first."""
    found: dict[str, dict[str, list[str]]] = {}
    degrees: Counter[str] = Counter()
    for row in edition.graph.internal("model-links"):
        name, property_, target = map(text, row)
        found.setdefault(name, {}).setdefault(property_, []).append(target)
        degrees.update((name, target))
    boxes = []
    for name in sorted(found, key=lambda iri: (-degrees[iri], iri)):
        kinds = edition.reading.list_subjects(name, "rdfs:subClassOf")
        relations = (
            Relation(edition.reading.link(iri), _link(edition, targets))
            for iri, targets in found[name].items()
        )
        boxes.append(Box(edition.reading.link(name), _link(edition, kinds), tuple(relations)))
    return boxes


def _make_version(edition: Edition, iri: str) -> Version:
    reading = edition.reading
    title = reading.read_text(iri, "dcterms:title")
    return Version(
        Link(title, "", iri) if title else reading.link(iri),
        reading.read_text(iri, "owl:versionInfo"),
        next(iter(reading.list_iris(iri, "owl:versionIRI")), ""),
        reading.read_text(iri, "dcterms:issued"),
        reading.read_text(iri, "dcterms:modified"),
        tuple(reading.list_links(iri, "owl:priorVersion")),
        reading.read_text(iri, "skos:historyNote"),
    )


def list_replacements(edition: Edition) -> list[Replacement]:
    """Return the deprecated terms, sorted by IRI."""
    reading = edition.reading
    return [
        Replacement(
            reading.link(iri),
            reading.read_text(iri, "skos:definition"),
            tuple(reading.list_links(iri, "dcterms:isReplacedBy")),
        )
        for iri in sorted(edition.routes.addresses)
        if reading.read_text(iri, "owl:deprecated") == "true"
    ]


def _link(edition: Edition, iris: Sequence[str]) -> tuple[Link, ...]:
    return tuple(edition.reading.link(iri) for iri in iris)
