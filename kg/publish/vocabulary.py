"""The terms of the ontology, the code lists, the alignments and the deprecated terms."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from kg.names import language_of
from kg.portrait.model import Detail, Link
from kg.publish.edition import Edition
from kg.publish.page import Page, write_csv

# The properties that say how a thing of ours relates to one of another vocabulary.
ALIGNING = (
    "owl:sameAs", "owl:equivalentClass", "owl:equivalentProperty", "rdfs:subClassOf",
    "rdfs:subPropertyOf", "skos:exactMatch", "skos:closeMatch", "skos:broadMatch",
    "skos:narrowMatch", "skos:relatedMatch", "cdp:contributesTo",
)  # fmt: skip
# What the entry of a term says at its head.
HEAD = (
    "rdf:type", "rdfs:label", "skos:prefLabel", "skos:definition", "rdfs:isDefinedBy",
    "owl:deprecated",
)  # fmt: skip


@dataclass(frozen=True)
class Term:
    """A term of a vocabulary, with the fragment of its entry.

    `level` is the depth of a class below the first of its family; domains and ranges are those of a
    property.
    """

    link: Link
    fragment: str
    kind: str
    definition: str
    details: tuple[Detail, ...]
    is_deprecated: bool
    level: int = 0
    domains: tuple[Link, ...] = ()
    ranges: tuple[Link, ...] = ()


def list_terms(edition: Edition, iris: Iterable[str]) -> list[tuple[str, list[Term]]]:
    """Return terms by kind: the groups sorted by the kind, the terms by their IRIs."""
    groups: dict[str, list[Term]] = {}
    for iri in sorted(iris):
        term = _make_term(edition, iri)
        groups.setdefault(term.kind, []).append(term)
    return sorted(groups.items())


def _make_term(edition: Edition, iri: str) -> Term:
    reading, thing = edition.reading, edition.things[iri]
    hidden = {one.title for name in HEAD for one in reading.find(iri, name)}
    # An example in another language helps nobody who reads a translated definition.
    examples = reading.find(iri, "skos:example")
    if not any(language_of(one.value)[:2] == edition.language[:2] for one in examples):
        hidden |= {one.title for one in examples}
    address = edition.routes.addresses[iri]
    return Term(
        reading.link(iri),
        address.fragment or address.page.replace("/", "-"),
        edition.name_kind(iri),
        reading.read_text(iri, "skos:definition"),
        tuple(one for one in thing.statements if one.heading not in hidden),
        reading.read_text(iri, "owl:deprecated") == "true",
    )


def write_terms(edition: Edition, groups: Iterable[tuple[str, Iterable[Term]]]) -> bytes:
    """Return terms by group as CSV."""
    names = ("group", "term", "definition", "iri")
    titles = [edition.words[f"column-{name}"] for name in names]
    rows = (
        [group, one.link.name, one.definition, one.link.iri]
        for group, terms in groups
        for one in terms
    )
    return write_csv(titles, rows)


def make_vocabulary_pages(edition: Edition) -> Iterator[Page]:
    """Yield the page of all codes, and that of the alignments with other vocabularies."""
    words, reading = edition.words, edition.reading
    schemes = []
    for scheme in edition.list_instances("skos:ConceptScheme"):
        members = reading.list_subjects(scheme, "skos:inScheme")
        terms = [_make_term(edition, iri) for iri in members if edition.routes.find(iri)]
        terms.sort(key=lambda term: (term.link.name.casefold(), term.link.iri))
        schemes.append((_make_term(edition, scheme), terms))
    deprecated = [
        reading.link(iri)
        for iri in edition.routes.addresses
        if reading.read_text(iri, "owl:deprecated") == "true"
    ]
    entries = write_terms(edition, ((scheme.link.name, terms) for scheme, terms in schemes))
    yield Page("codes", "codes.html", words["codes"], words["codes-summary"],
               values={"schemes": schemes, "deprecated": deprecated},
               files={"codes.csv": entries}, download="codes.csv")  # fmt: skip
    rows = list(_list_alignments(edition))
    titles = [words[f"column-{name}"] for name in ("term", "relation", "other-term")]
    table = write_csv(titles, ([a.iri, heading, b.iri] for a, heading, b in rows))
    yield Page("alignments", "alignments.html", words["alignments"], words["alignments-summary"],
               values={"rows": rows}, files={"alignments.csv": table},
               download="alignments.csv")  # fmt: skip


def _list_alignments(edition: Edition) -> Iterator[tuple[Link, str, Link]]:
    """Yield each statement that ties a thing of ours to one of another vocabulary."""
    aligning = {edition.reading.names.expand(name) for name in ALIGNING}
    for iri in edition.routes.addresses:
        for name, statements in edition.reading.statements[iri].items():
            for other in edition.reading.make_links(statements) if name in aligning else ():
                if other.iri and not other.iri.startswith(edition.routes.base):
                    yield edition.reading.link(iri), statements[0].title, other
