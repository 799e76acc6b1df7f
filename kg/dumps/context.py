"""The context of our JSON-LD: short names for the words of the ontology, and what values they have.

See https://www.w3.org/TR/json-ld11/#the-context.
"""

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from pyoxigraph import Literal, NamedNode, Quad

from kg.home import Home
from kg.names import XSD_STRING, Names, read_names
from kg.turtle import list_files, parse_file

IRI, LANGUAGE = "@id", "@language"
TERM = re.compile(r"[A-Za-z][A-Za-z0-9_]*")
RESERVED = ("generator", "id", "type")
# Borrowed, and without a range in the ontology; https://schema.org/sameAs has it: a URL.
LINKS = ("schema:sameAs",)
PROPERTIES = ("owl:AnnotationProperty", "owl:DatatypeProperty", "owl:ObjectProperty")
# An IRI that ends so can stand before a local name without more ado (JSON-LD 1.1, 9.15.1).
DELIMITERS = tuple(":/?#[]@")


@dataclass(frozen=True)
class Context:
    """The short name of each property and class, by IRI, and what values a property has.

    `kinds` says of a property whose values are all of one kind: `@id` for IRIs, `@language` for
    texts with a language, else the IRI of a datatype; a property without is given plain texts.
    """

    names: Names
    terms: dict[str, str]
    kinds: dict[str, str]

    def write(self) -> dict[str, object]:
        """Return the context as JSON has it: prefixes, then the terms, each sorted."""
        written: dict[str, object] = {"@version": 1.1, "generator": None}
        written |= {"id": "@id", "type": "@type"}
        for prefix, iri in self.names.prefixes.items():
            simple = iri.endswith(DELIMITERS)
            written[prefix] = iri if simple else {"@id": iri, "@prefix": True}
        for iri, term in sorted(self.terms.items(), key=lambda pair: (pair[1].lower(), pair[1])):
            kind = self.kinds.get(iri)
            name = self.names.shorten(iri)
            if kind == LANGUAGE:
                written[term] = {"@id": name, "@container": LANGUAGE}
            elif kind:
                coerced = kind if kind == IRI else self.names.shorten(kind)
                written[term] = {"@id": name, "@type": coerced}
            elif term != name:
                written[term] = name
        return written


@dataclass
class _Words:
    """What the ontology and its shapes say of properties and classes, by IRI."""

    properties: set[str] = field(default_factory=set)
    classes: set[str] = field(default_factory=set)
    links: set[str] = field(default_factory=set)
    ranges: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    used: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))


def read_context(home: Home) -> Context:
    """Return the context for what a home's ontology declares and uses.

    A word's short name is its local name: for words of the ontology first, then for the borrowed
    ones, where the name is free; the others keep their prefix. The kind of a property's values is
    that of its declaration, of its range, of what its shapes ask (`sh:datatype`, `sh:languageIn`,
    `sh:nodeKind`), or else that of all its values in the ontology.

    Raises:
        SyntaxError: a file is no Turtle; see `kg.turtle.find_faults`.
    """
    names = read_names(home)
    words = _Words(links={names.expand(name) for name in LINKS})
    for file in list_files(home, shapes=True):
        if file.path.is_relative_to(home.ontology / "shapes"):
            _read_shapes(names, parse_file(file), words)
        elif file.path.is_relative_to(home.ontology):
            _read_ontology(names, parse_file(file), words)
    kinds = {iri: kind for iri in words.properties if (kind := _find_kind(iri, words))}
    return Context(names, _name_words(names, words.properties | words.classes), kinds)


def _read_ontology(names: Names, quads: Iterable[Quad], words: _Words) -> None:
    a, spans = names.expand("rdf:type"), names.expand("rdfs:range")
    known = {names.expand(name) for name in PROPERTIES}
    links, classes = names.expand("owl:ObjectProperty"), names.expand("owl:Class")
    for quad in quads:
        predicate, value = quad.predicate.value, quad.object
        if predicate == a and isinstance(quad.subject, NamedNode) and isinstance(value, NamedNode):
            if value.value in known:
                words.properties.add(quad.subject.value)
            if value.value == links:
                words.links.add(quad.subject.value)
            if value.value == classes:
                words.classes.add(quad.subject.value)
            words.classes.add(value.value)
        elif predicate != a:
            words.properties.add(predicate)
            words.used[predicate].add(find_kind(value))
        if predicate == spans and isinstance(quad.subject, NamedNode):
            words.ranges[quad.subject.value].add(getattr(value, "value", ""))


def _read_shapes(names: Names, quads: Iterable[Quad], words: _Words) -> None:
    """Note what shapes ask of the values of a path, for which the ontology may have no range."""
    path, datatype = names.expand("sh:path"), names.expand("sh:datatype")
    tags, node = names.expand("sh:languageIn"), names.expand("sh:nodeKind")
    paths: dict[str, str] = {}
    asked: dict[str, str] = {}
    for quad in quads:
        shape, predicate = str(quad.subject), quad.predicate.value
        if predicate == tags:
            asked[shape] = LANGUAGE
        elif isinstance(quad.object, NamedNode):
            if predicate == path:
                paths[shape] = quad.object.value
            elif predicate == datatype:
                asked[shape] = quad.object.value
            elif predicate == node and quad.object.value == names.expand("sh:IRI"):
                asked[shape] = IRI
    for shape, kind in asked.items():
        if shape in paths:
            words.ranges[paths[shape]].add(kind)


def find_kind(value: object) -> str:
    """Return what kind of value a term is: `@id`, `@language`, or the IRI of its datatype."""
    if not isinstance(value, Literal):
        return IRI
    return LANGUAGE if value.language else value.datatype.value


def _find_kind(iri: str, words: _Words) -> str:
    """Return the one kind of a property's values; nothing where there are several, or texts."""
    kinds = words.ranges.get(iri) or words.used.get(iri, set())
    if iri in words.links:
        kinds = {IRI}
    if len(kinds) != 1:
        return ""
    kind = next(iter(kinds))
    return "" if kind == XSD_STRING else kind


def _name_words(names: Names, iris: Iterable[str]) -> dict[str, str]:
    """Return the short name of each word, no two alike and none that is a prefix."""
    own = names.expand("cdp:")
    taken = {*RESERVED, *names.prefixes}
    terms = {}
    for iri in sorted(iris, key=lambda iri: (not iri.startswith(own), names.shorten(iri))):
        name = names.shorten(iri)
        local = name.partition(":")[2]
        if name != iri and TERM.fullmatch(local) and local not in taken:
            name = local
            taken.add(local)
        terms[iri] = name
    return terms
