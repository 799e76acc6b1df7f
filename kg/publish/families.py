"""The terms of the ontology in families: a tree of classes, and the properties of its things."""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import groupby

from kg.names import text
from kg.portrait.model import Link
from kg.publish.edition import Edition
from kg.publish.vocabulary import Term, list_terms

# A class with fewer terms is in a family with others.
FEWEST = 3


@dataclass(frozen=True)
class Family:
    """Terms under a heading, by kind: classes, each below its superclass, then properties."""

    heading: str
    anchor: str
    kinds: tuple[tuple[str, tuple[Term, ...]], ...]

    @property
    def size(self) -> int:
        """The number of terms."""
        return sum(len(terms) for _, terms in self.kinds)


def list_families(edition: Edition, iris: Iterable[str]) -> list[Family]:
    """Return all of the terms, each once; the families with most terms come first.

    A property is in the family of the classes in its domain. After them are small classes
    together, and the properties of several families and of none.
    """
    kinds = list_terms(edition, iris)
    terms = {term.link.iri: term for _, many in kinds for term in many}
    classes = {iri for iri in terms if edition.reading.is_a(iri, "owl:Class")}
    domains, ranges = _read_classes(edition)
    families: dict[str, dict[str, Term]] = {}
    placed: set[str] = set()
    roots = (one for one in sorted(classes) if not _list_above(edition, one, classes))
    # Classes that are below each other are below no root.
    for root in (*roots, *sorted(classes)):
        if root not in placed:
            levels = dict(_walk(edition, root, classes, placed))
            families[root] = {iri: replace(terms[iri], level=levels[iri]) for iri in levels}
    held = {iri: root for root, family in families.items() for iri in family}
    for iri, term in terms.items():
        if iri not in classes:
            holders = {held[one.iri] for one in domains.get(iri, ()) if one.iri in held}
            name = "several" if len(holders) > 1 else "".join(holders) or "any"
            signed = replace(term, domains=domains.get(iri, ()), ranges=ranges.get(iri, ()))
            families.setdefault(name, {})[iri] = signed
    return _make_families(edition, families, [kind for kind, _ in kinds])


def _list_above(edition: Edition, iri: str, classes: Collection[str]) -> list[str]:
    return [one for one in edition.reading.list_iris(iri, "rdfs:subClassOf") if one in classes]


def _walk(
    edition: Edition, iri: str, classes: Collection[str], placed: set[str], level: int = 0
) -> Iterator[tuple[str, int]]:
    """Yield a class and those below it, each with its depth, unless they are placed."""
    placed.add(iri)
    yield iri, level
    for one in edition.reading.list_subjects(iri, "rdfs:subClassOf"):
        if one in classes and one not in placed:
            yield from _walk(edition, one, classes, placed, level + 1)


def _read_classes(edition: Edition) -> tuple[dict[str, tuple[Link, ...]], ...]:
    """Return the domains and the ranges of properties."""
    found: tuple[dict[str, tuple[Link, ...]], ...] = ({}, {})
    for row in edition.graph.internal("property-classes"):
        iri, role, name = map(text, row)
        links = found[role.endswith("range")]
        links[iri] = (*links.get(iri, ()), edition.reading.link(name))
    return found


def _make_families(
    edition: Edition, families: dict[str, dict[str, Term]], kinds: list[str]
) -> list[Family]:
    words = edition.words
    last = {
        "codes": words["code-classes"],
        "others": words["other-classes"],
        "several": words["properties-of-several"],
        "any": words["properties-of-any"],
    }
    found: dict[str, dict[str, Term]] = {}
    for name, family in families.items():
        above = [link.prefixed for link in edition.reading.list_links(name, "rdfs:subClassOf")]
        small = "codes" if "skos:Concept" in above else "others"
        key = name if name in last or len(family) >= FEWEST else small
        found.setdefault(key, {}).update(family)
    largest = sorted(found.keys() - last.keys(), key=lambda name: (-len(found[name]), name))
    # Classes come before properties.
    kinds = sorted(kinds, key=lambda kind: kind != words["kind-owl-Class"])
    families = {name: found[name] for name in (*largest, *last) if name in found}
    return [
        Family(
            last.get(name) or edition.reading.read_label(name),
            f"family-{name if name in last else edition.routes.addresses[name].fragment}",
            tuple(_group(terms.values(), kinds)),
        )
        for name, terms in families.items()
    ]


def _group(terms: Iterable[Term], kinds: list[str]) -> Iterator[tuple[str, tuple[Term, ...]]]:
    ordered = sorted(terms, key=lambda term: kinds.index(term.kind))
    for kind, many in groupby(ordered, lambda term: term.kind):
        yield kind, tuple(many)
