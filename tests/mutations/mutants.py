"""Make mutants of the data: in each file, one change for each property and each operator.

A digest of a fixed seed and of the names in a statement decides which statement is changed. So
neither the order of a set nor an edit elsewhere in the file gives another mutant.
"""

from __future__ import annotations

import hashlib
import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import partial

from rdflib import OWL, RDF, RDFS, XSD, Graph, Literal, URIRef
from rdflib.term import Node

from kg.home import Home
from kg.names import read_names
from kg.turtle import list_files

SEED = 20210224
BASE = "https://w3id.org/cdp/"
OTHER_LANGUAGE = {"en": "zh-Hans", "zh-Hans": "en", "zh-Hant": "en"}
WITH_REGION = {"en": "en-GB", "zh-Hans": "zh-CN", "zh-Hant": "zh-HK"}
OTHER_CASE = {"en": "EN", "zh-Hans": "zh-hans", "zh-Hant": "zh-hant"}
OTHER_SCRIPT = {"zh-Hans": "zh-Hant", "zh-Hant": "zh-Hans"}

Triple = tuple[Node, Node, Node]


@dataclass(frozen=True)
class Mutant:
    """A change of one file: the statements that are removed and those that are added.

    `city` is the name of the file, and `of` the property that is changed, or `rdf:type` and the
    class of the thing that is.
    """

    city: str
    operator: str
    of: str
    graph: str
    removed: tuple[Triple, ...]
    added: tuple[Triple, ...]


def rank(*names: object) -> str:
    """Return a digest of the seed and some names, by which things are sorted."""
    return hashlib.sha256("\n".join(map(str, (SEED, *names))).encode()).hexdigest()


def kind_of(iri: Node) -> str:
    """Return an IRI up to its last slash or hash.

    >>> kind_of(URIRef("https://w3id.org/cdp/id/place/wuhan"))
    'https://w3id.org/cdp/id/place/'
    """
    return re.sub(r"[^/#]*$", "", str(iri))


def misspell_text(text: str) -> str:
    """Return a text with one character changed: the last digit of a year, or the middle one.

    >>> misspell_text("到2025年"), misspell_text("1153"), misspell_text("a1f"), misspell_text("%")
    ('到2026年', '1163', 'a2f', '%%')
    """
    places = [at for at, char in enumerate(text) if char.isalnum()]
    if not places:
        return text * 2
    year = re.search(r"(19|20)\d\d", text) if len(text) < 64 else None
    at = year.end() - 1 if year else places[len(places) // 2]
    digits = next((digits for digits in ("0123456789", "abcdef") if text[at] in digits), "")
    char = digits[(digits.index(text[at]) + 1) % len(digits)] if digits else chr(ord(text[at]) + 1)
    return text[:at] + char + text[at + 1 :]


def make_literal(text: str, language: str | None, datatype: URIRef | None = None) -> Literal:
    """Return a literal with the text as given, and the language tag in the case given."""
    literal = Literal(text, language, None if language else datatype, normalize=False)
    if language:
        literal._language = language  # The constructor changes the case.
    return literal


class Data:
    """The statements of a home by named graph, and what they can be changed to."""

    def __init__(self, home: Home) -> None:
        self.home = home
        self.names = read_names(home)
        self.files = list_files(home)
        self.graphs = {file.graph: Graph().parse(file.path, format="turtle") for file in self.files}
        self.cities = {
            file.path.stem: file
            for file in self.files
            if file.path.is_relative_to(home.data) and file.path.parent.name != "reference"
        }
        self.ontology = Graph()
        self.classes: dict[Node, dict[str, list[Node]]] = {}
        # The files in which a thing is described, by the kind of the thing.
        self.described: dict[str, dict[Node, set[str]]] = defaultdict(lambda: defaultdict(set))
        for file in self.files:
            is_ontology = not file.path.is_relative_to(home.data)
            for triple in self.graphs[file.graph] if is_ontology else ():
                self.ontology.add(triple)
            for thing in set(self.graphs[file.graph].subjects(RDF.type, None)):
                if str(thing).startswith(BASE) and "#" not in str(thing):
                    self.described[kind_of(thing)][thing].add(file.path.stem)

    def list_same_kind(self, thing: Node, city: str, *, near: bool) -> list[Node]:
        """Return other things of the same kind, from the file of a city or from other files."""
        return [
            other
            for other, files in self.described[kind_of(thing)].items()
            if other != thing and (city in files) == near
        ]

    def list_other_kinds(self, thing: Node, city: str) -> list[Node]:
        """Return things of other kinds that are described in the same files as a thing.

        These are the file of a city or, for things that no city file describes, all others.
        """
        cities = set(self.cities)
        is_shared = not any(files & cities for files in self.described[kind_of(thing)].values())
        return [
            other
            for kind, things in self.described.items()
            if kind != kind_of(thing)
            for other, files in things.items()
            if (not files & cities if is_shared else city in files)
        ]

    def list_classes(self, given: Node) -> dict[str, list[Node]]:
        """Return the siblings ("beside") and the superclasses ("above") of a class."""
        if given not in self.classes:
            classes = set(self.ontology.subjects(RDF.type, OWL.Class))
            above = set(self.ontology.objects(given, RDFS.subClassOf)) & classes
            beside = {c for one in above for c in self.ontology.subjects(RDFS.subClassOf, one)}
            self.classes[given] = {
                "beside": [c for c in beside - {given} if isinstance(c, URIRef)],
                "above": [c for c in above if isinstance(c, URIRef)],
            }
        return self.classes[given]


# Yields the statements that replace a statement in the file of a city.
Operator = Callable[[Data, str, Triple], Iterable[Triple]]


def choose(triple: Triple, candidates: Iterable[Node], salt: str) -> list[Node]:
    """Return the candidate that the seed chooses for a statement, if there are any."""
    return sorted(candidates, key=lambda node: rank(salt, triple[0], triple[1], node))[:1]


def misspell_property(data: Data, city: str, triple: Triple) -> Iterator[Triple]:
    """Remove the last letter of the property."""
    yield triple[0], URIRef(str(triple[1])[:-1]), triple[2]


def misspell_value(data: Data, city: str, triple: Triple) -> Iterator[Triple]:
    """Change a character of a text, or remove the last one of an IRI."""
    s, p, o = triple
    if isinstance(o, Literal):
        yield s, p, make_literal(misspell_text(str(o)), o.language, o.datatype)
    elif o != URIRef(kind_of(o)):
        yield s, p, URIRef(str(o)[:-1])


def retype_value(data: Data, city: str, triple: Triple) -> Iterator[Triple]:
    """Make the value a plain text, or a plain text an English one."""
    s, p, o = triple
    is_plain = isinstance(o, Literal) and not o.language and o.datatype in (None, XSD.string)
    yield s, p, make_literal(str(o), "en" if is_plain else None)


def retype_number(data: Data, city: str, triple: Triple) -> Iterator[Triple]:
    """Make a decimal number an integer, an integer decimal, a non-negative integer an integer."""
    s, p, o = triple
    if isinstance(o, Literal) and o.datatype == XSD.decimal:
        yield s, p, Literal(str(int(float(o))), datatype=XSD.integer)
    elif isinstance(o, Literal) and o.datatype == XSD.integer:
        yield s, p, Literal(f"{o}.0", datatype=XSD.decimal)
    elif isinstance(o, Literal) and o.datatype == XSD.nonNegativeInteger:
        yield s, p, Literal(str(o), datatype=XSD.integer)


def relink(where: str, data: Data, city: str, triple: Triple) -> Iterator[Triple]:
    """Replace a thing by one of its kind in the same file (near) or another (far), or unlike it."""
    s, p, o = triple
    if isinstance(o, URIRef) and str(o).startswith(BASE) and p != RDF.type:
        others = (
            data.list_other_kinds(o, city)
            if where == "unlike"
            else data.list_same_kind(o, city, near=where == "near")
        )
        present = {*data.graphs[data.cities[city].graph].objects(s, p), s}
        for other in choose(triple, set(others) - present, where):
            yield s, p, other


def retype_node(where: str, data: Data, city: str, triple: Triple) -> Iterator[Triple]:
    """Replace a class by a sibling ("beside") or a superclass ("above")."""
    s, p, o = triple
    if p == RDF.type:
        for other in choose(triple, data.list_classes(o)[where], where):
            yield s, p, other


def duplicate_value(data: Data, city: str, triple: Triple) -> Iterator[Triple]:
    """Keep the statement, and add one with another value of the same kind."""
    if isinstance(triple[2], Literal):
        other = list(misspell_value(data, city, triple))
    else:
        other = list(relink("near", data, city, triple)) or list(relink("far", data, city, triple))
        other += retype_node("beside", data, city, triple)
    if other:
        yield from (triple, other[0])


def change_language(
    tags: dict[str, str], data: Data, city: str, triple: Triple
) -> Iterator[Triple]:
    """Replace the language tag."""
    s, p, o = triple
    if isinstance(o, Literal) and o.language in tags:
        yield s, p, make_literal(str(o), tags[str(o.language)], o.datatype)


OPERATORS: dict[str, Operator] = {
    "drop": lambda data, city, triple: iter(()),
    "misspell-property": misspell_property,
    "misspell-value": misspell_value,
    "retype-value": retype_value,
    "retype-number": retype_number,
    "retype-node-beside": partial(retype_node, "beside"),
    "retype-node-above": partial(retype_node, "above"),
    "relink-near": partial(relink, "near"),
    "relink-far": partial(relink, "far"),
    "relink-unlike": partial(relink, "unlike"),
    "duplicate-value": duplicate_value,
    "language-other": partial(change_language, OTHER_LANGUAGE),
    "language-region": partial(change_language, WITH_REGION),
    "language-case": partial(change_language, OTHER_CASE),
    "language-script": partial(change_language, OTHER_SCRIPT),
}

# The operators that change rdf:type are applied to one thing of each class.
CLASS_OPERATORS = {n for n in OPERATORS if n.startswith(("drop", "retype-node", "duplicate"))}


def list_mutants(data: Data, city: str) -> Iterator[Mutant]:
    """Yield the mutants of a file, in the order of properties and operators."""
    graph = data.graphs[data.cities[city].graph]
    groups: dict[str, list[Triple]] = defaultdict(list)
    for s, p, o in sorted(graph):
        groups[data.names.shorten(str(p))].append((s, p, o))
        if p == RDF.type:
            groups[f"rdf:type {data.names.shorten(str(o))}"].append((s, p, o))
    for of, triples in sorted(groups.items()):
        is_type, is_class = of.startswith("rdf:type"), of.startswith("rdf:type ")
        for name, operator in OPERATORS.items():
            if is_type and (name in CLASS_OPERATORS) != is_class:
                continue
            ranked = sorted(triples, key=lambda t: rank(name, *map(name_value, t)))
            for triple in ranked:
                added = tuple(operator(data, city, triple))
                if added or name == "drop":
                    yield Mutant(city, name, of, data.cities[city].graph, (triple,), added)
                    break
        if is_class:
            yield copy_node(data, city, of, min(triples, key=lambda t: rank("copy", t[0]))[0])
        languages = {getattr(t[2], "language", None) for t in triples}
        if {"en", "zh-Hans"} <= languages:
            yield swap_languages(data, city, of, triples)


def name_value(term: Node) -> str:
    """Return what a term is ranked by: an IRI, or the language of a text, but not its words."""
    return str(getattr(term, "language", None) or (term if isinstance(term, URIRef) else ""))


def copy_node(data: Data, city: str, of: str, node: Node) -> Mutant:
    """Return the mutant in which a second node has all statements of a node."""
    graph = data.graphs[data.cities[city].graph]
    twin = URIRef(f"{node}-too")
    added = tuple((twin, p, o) for p, o in sorted(graph.predicate_objects(node)))
    return Mutant(city, "duplicate-node", of, data.cities[city].graph, (), added)


def swap_languages(data: Data, city: str, of: str, triples: list[Triple]) -> Mutant:
    """Return the mutant in which the English text has the tag of the Chinese one and vice versa."""
    node = min({t[0] for t in triples}, key=lambda node: rank("swap", node))
    both = [t for t in triples if t[0] == node and getattr(t[2], "language", "") != "zh-Hant"]
    swap = partial(change_language, OTHER_LANGUAGE)
    added = tuple(new for old in both for new in swap(data, city, old))
    return Mutant(city, "language-swap", of, data.cities[city].graph, tuple(both), added)


def sample_mutants(mutants: Iterable[Mutant], sample: int) -> list[Mutant]:
    """Return those of about one in `sample` pairs of operator and property, of each operator."""
    of_pair: dict[tuple[str, str], list[Mutant]] = defaultdict(list)
    for mutant in mutants:
        of_pair[mutant.operator, mutant.of].append(mutant)
    ranks = {pair: int(rank("some", *pair), 16) for pair in of_pair}
    first = {
        operator: (operator, of) for operator, of in sorted(ranks, key=ranks.__getitem__)[::-1]
    }
    chosen = {*first.values(), *(pair for pair in ranks if ranks[pair] % sample == 0)}
    return [mutant for pair, each in of_pair.items() if pair in chosen for mutant in each]
