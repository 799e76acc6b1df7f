"""Mutants of the real data, and which of the checks of `kg check` see each of them.

For each data file, each property used in it and each operator that applies, one statement is
changed. A digest of a fixed seed and the statement's names settles which one, so that neither
the order of a set nor an edit elsewhere in the file moves a mutant.

`python tests/mutations/mutate.py HOME wuhan suzhou` writes a line of JSON for each mutant.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import re
import sys
import warnings
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import cache, partial
from itertools import islice
from pathlib import Path
from unittest.mock import patch

import pyoxigraph as ox
from pyshacl.shape import Shape
from rdflib import OWL, RDF, RDFS, SH, XSD, Graph, Literal, URIRef
from rdflib.term import Node

from kg.check import empty, evidence, shacl
from kg.check.finding import Finding, Locator
from kg.check.tags import find_by_tags
from kg.graph import add_entailments
from kg.home import Home
from kg.names import read_names
from kg.store import Memory
from kg.turtle import LineIndex, TurtleFile, list_files

SEED = 20210224
BATCH = 40
OURS = "https://w3id.org/cdp/"
SHARED = ("code", "theme")
SWAPPED = {"en": "zh-Hans", "zh-Hans": "en", "zh-Hant": "en"}
REGION = {"en": "en-GB", "zh-Hans": "zh-CN", "zh-Hant": "zh-HK"}
CASE = {"en": "EN", "zh-Hans": "zh-hans", "zh-Hant": "zh-hant"}
SCRIPT = {"zh-Hans": "zh-Hant", "zh-Hant": "zh-Hans"}

CACHED = (
    (shacl, "read_shapes"), (evidence, "restore_text"), (evidence, "simplify_text"),
)  # fmt: skip

Triple = tuple[Node, Node, Node]


@dataclass(frozen=True)
class Mutant:
    """One change to one file: the statements that go and those that come."""

    city: str
    operator: str
    of: str
    graph: str
    removed: tuple[Triple, ...]
    added: tuple[Triple, ...]


@dataclass(frozen=True)
class Change:
    """The statements that go and come, entailments too."""

    removed: tuple[Triple, ...]
    added: tuple[Triple, ...]


@dataclass(frozen=True)
class Draft:
    """A mutant with what it changes, the nodes to validate, and all nodes it can bear upon."""

    mutant: Mutant
    change: Change
    focus: frozenset[Node]
    touched: frozenset[Node]


def rank(*names: object) -> str:
    """Return a digest that orders things by the seed and their names alone."""
    return hashlib.sha256("\n".join(map(str, (SEED, *names))).encode()).hexdigest()


def kind_of(iri: Node) -> str:
    """Return the part of an IRI before its last slash or hash: its kind, or its scheme.

    >>> kind_of(URIRef("https://w3id.org/cdp/id/place/wuhan"))
    'https://w3id.org/cdp/id/place/'
    """
    return re.sub(r"[^/#]*$", "", str(iri))


def misspell_text(text: str) -> str:
    """Return a text with one sign changed: a year's last digit, or else the sign in the middle.

    >>> misspell_text("到2025年"), misspell_text("1153"), misspell_text("a1f"), misspell_text("%")
    ('到2026年', '1163', 'a2f', '%%')
    """
    signs = [i for i, sign in enumerate(text) if sign.isalnum()]
    if not signs:
        return text * 2
    year = re.search(r"(19|20)\d\d", text) if len(text) < 64 else None
    at = year.end() - 1 if year else signs[len(signs) // 2]
    ring = next((r for r in ("0123456789", "abcdef") if text[at] in r), "")
    sign = ring[(ring.index(text[at]) + 1) % len(ring)] if ring else chr(ord(text[at]) + 1)
    return text[:at] + sign + text[at + 1 :]


def tag(text: Literal, language: str | None, datatype: URIRef | None = None) -> Literal:
    """Return a literal with the same text, its tag in just the case given."""
    made = Literal(str(text), datatype=datatype) if datatype else Literal(str(text), language)
    if language:
        made._language = language  # rdflib's constructor has no case.
    return made


class Data:
    """The statements of the ontology and of each data file, and what they can be relinked to."""

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
        self.homes: dict[str, dict[Node, set[str]]] = defaultdict(lambda: defaultdict(set))
        for file in self.files:
            of_data = file.path.is_relative_to(home.data)
            for triple in () if of_data else self.graphs[file.graph]:
                self.ontology.add(triple)
            for thing in set(self.graphs[file.graph].subjects(RDF.type, None)):
                if str(thing).startswith(OURS) and "#" not in str(thing):
                    self.homes[kind_of(thing)][thing].add(file.path.stem)

    def list_alike(self, thing: Node, city: str, *, near: bool) -> list[Node]:
        """Return the things of the same kind, of the same city or of others."""
        return [
            other
            for other, homes in self.homes[kind_of(thing)].items()
            if other != thing and (city in homes) == near
        ]

    def list_unlike(self, thing: Node, city: str) -> list[Node]:
        """Return the things of other kinds: of the same city, or of no city, as the thing is."""
        shared = not any(homes & set(self.cities) for homes in self.homes[kind_of(thing)].values())
        return [
            other
            for kind, things in self.homes.items()
            if kind != kind_of(thing)
            for other, homes in things.items()
            if (not homes & set(self.cities) if shared else city in homes)
        ]

    def list_classes(self, given: Node) -> dict[str, list[Node]]:
        """Return the classes beside a class, and those above it."""
        if given not in self.classes:
            self.classes[given] = self._list_classes(given)
        return self.classes[given]

    def _list_classes(self, given: Node) -> dict[str, list[Node]]:
        supers = set(self.ontology.objects(given, RDFS.subClassOf)) & set(
            self.ontology.subjects(RDF.type, OWL.Class)
        )
        beside = {c for s in supers for c in self.ontology.subjects(RDFS.subClassOf, s)} - {given}
        return {
            "beside": [c for c in beside if isinstance(c, URIRef)],
            "above": [c for c in supers if isinstance(c, URIRef)],
        }


Operator = Callable[[Data, str, Triple], Iterable[Triple]]


def choose(triple: Triple, candidates: Iterable[Node], salt: str) -> list[Node]:
    """Return the one candidate that the seed picks for a statement, if there is any."""
    return sorted(candidates, key=lambda c: rank(salt, triple[0], triple[1], c))[:1]


def misspell_property(data: Data, city: str, triple: Triple) -> Iterator[Triple]:
    """Yield the statement with the last letter of its property gone."""
    yield triple[0], URIRef(str(triple[1])[:-1]), triple[2]


def misspell_value(data: Data, city: str, triple: Triple) -> Iterator[Triple]:
    """Yield the statement with one letter of its value gone or changed."""
    s, p, o = triple
    if isinstance(o, Literal):
        yield s, p, tag(Literal(misspell_text(str(o))), o.language, o.datatype)
    elif o != URIRef(kind_of(o)):
        yield s, p, URIRef(str(o)[:-1])


def retype_value(data: Data, city: str, triple: Triple) -> Iterator[Triple]:
    """Yield the statement with its value as a plain text, or a plain text as an English one."""
    s, p, o = triple
    plain = isinstance(o, Literal) and not o.language and o.datatype in (None, XSD.string)
    yield s, p, tag(Literal(str(o)), "en" if plain else None)


def retype_number(data: Data, city: str, triple: Triple) -> Iterator[Triple]:
    """Yield the statement with a whole number for a decimal one, or the other way round."""
    s, p, o = triple
    if isinstance(o, Literal) and o.datatype == XSD.decimal:
        yield s, p, Literal(str(int(float(o))), datatype=XSD.integer)
    elif isinstance(o, Literal) and o.datatype == XSD.integer:
        yield s, p, Literal(f"{o}.0", datatype=XSD.decimal)
    elif isinstance(o, Literal) and o.datatype == XSD.nonNegativeInteger:
        yield s, p, Literal(str(o), datatype=XSD.integer)


def relink(where: str, data: Data, city: str, triple: Triple) -> Iterator[Triple]:
    """Yield the statement about another thing: a near or far one of its kind, or an unlike one."""
    s, p, o = triple
    if isinstance(o, URIRef) and str(o).startswith(OURS) and p != RDF.type:
        found = (
            data.list_unlike(o, city)
            if where == "unlike"
            else data.list_alike(o, city, near=where == "near")
        )
        taken = {*data.graphs[data.cities[city].graph].objects(s, p), s}
        for other in choose(triple, set(found) - taken, where):
            yield s, p, other


def retype_node(where: str, data: Data, city: str, triple: Triple) -> Iterator[Triple]:
    """Yield the statement with another class: beside the thing's, or above it."""
    s, p, o = triple
    if p == RDF.type:
        for other in choose(triple, data.list_classes(o)[where], where):
            yield s, p, other


def duplicate_value(data: Data, city: str, triple: Triple) -> Iterator[Triple]:
    """Yield the statement and a second one with another value of the same kind."""
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
    """Yield the statement with its language tag replaced."""
    s, p, o = triple
    if isinstance(o, Literal) and o.language in tags:
        yield s, p, tag(o, tags[str(o.language)])


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
    "language-other": partial(change_language, SWAPPED),
    "language-region": partial(change_language, REGION),
    "language-case": partial(change_language, CASE),
    "language-script": partial(change_language, SCRIPT),
}

# Of the operators on a class, those that are tried on a thing of each class.
BY_CLASS = {n for n in OPERATORS if n.startswith(("drop", "retype-node", "duplicate"))}


def list_mutants(data: Data, city: str) -> Iterator[Mutant]:
    """Yield the mutants of one file, in the order of properties and operators."""
    graph = data.graphs[data.cities[city].graph]
    groups: dict[str, list[Triple]] = defaultdict(list)
    for s, p, o in sorted(graph):
        groups[data.names.shorten(str(p))].append((s, p, o))
        if p == RDF.type:
            groups[f"rdf:type {data.names.shorten(str(o))}"].append((s, p, o))
    for of, triples in sorted(groups.items()):
        for name in [
            n for n in OPERATORS if of[:8] != "rdf:type" or (n in BY_CLASS) == (" " in of)
        ]:
            operator = OPERATORS[name]
            ranked = sorted(triples, key=lambda t: rank(name, *(name_value(x) for x in t)))
            for triple in ranked:
                added = tuple(operator(data, city, triple))
                if added or name == "drop":
                    yield Mutant(city, name, of, data.cities[city].graph, (triple,), added)
                    break
        if of.startswith("rdf:type "):
            yield copy_node(data, city, of, min(triples, key=lambda t: rank("copy", t[0]))[0])
        languages = {getattr(t[2], "language", None) for t in triples}
        if {"en", "zh-Hans"} <= languages:
            yield swap_languages(data, city, of, triples)


def name_value(term: Node) -> str:
    """Return what a term is picked by: an IRI, or the language of a text, not its words."""
    return str(getattr(term, "language", None) or (term if isinstance(term, URIRef) else ""))


def copy_node(data: Data, city: str, of: str, node: Node) -> Mutant:
    """Return the mutant in which a second node has all that a node has."""
    graph = data.graphs[data.cities[city].graph]
    twin = URIRef(f"{node}-too")
    added = tuple((twin, p, o) for p, o in sorted(graph.predicate_objects(node)))
    return Mutant(city, "duplicate-node", of, data.cities[city].graph, (), added)


def swap_languages(data: Data, city: str, of: str, triples: list[Triple]) -> Mutant:
    """Return the mutant in which the English and the Chinese text have each other's tag."""
    node = min({t[0] for t in triples}, key=lambda n: rank("swap", n))
    both = [t for t in triples if t[0] == node and getattr(t[2], "language", "") != "zh-Hant"]
    swap = partial(change_language, SWAPPED)
    added = tuple(new for old in both for new in swap(data, city, old))
    return Mutant(city, "language-swap", of, data.cities[city].graph, tuple(both), added)


def to_quad(triple: Triple, graph: str) -> ox.Quad:
    """Return a statement of rdflib as one of the embedded engine."""
    s, p, o = triple
    value: ox.NamedNode | ox.Literal
    if isinstance(o, Literal):
        datatype = ox.NamedNode(str(o.datatype)) if o.datatype else None
        value = (
            ox.Literal(str(o), language=o.language)
            if o.language
            else ox.Literal(str(o), datatype=datatype)
        )
    else:
        value = ox.NamedNode(str(o))
    return ox.Quad(
        ox.NamedNode(str(s)), ox.NamedNode(str(p)), value, ox.NamedNode(graph)
    )  # fmt: skip


def to_triple(quad: ox.Quad) -> Triple:
    """Return an entailment of the embedded engine, which is about IRIs, as one of rdflib."""
    s, p, o = (URIRef(str(term)[1:-1]) for term in (quad.subject, quad.predicate, quad.object))
    return s, p, o


class World:
    """The whole home in memory, in which a mutant can come to be, be judged, and be undone."""

    def __init__(self, data: Data) -> None:
        self.home = home = data.home
        self.data = data
        self.entailed = self.data.names.expand("graph:entailed")
        self.memory = Memory()
        self.memory.add_files(self.data.files)
        add_entailments(self.memory, home)
        self.inferred = self._list_inferred()
        self.ruled = self._list_ruled()
        self.graph = Graph(bind_namespaces="none")
        for triple in (t for graph in self.data.graphs.values() for t in graph):
            self.graph.add(triple)
        self.graph.parse(data=self.memory.dump_triples(self.entailed), format="nt")
        subjects = {str(s): 1 for graph in self.data.graphs.values() for s in graph.subjects()}
        place = TurtleFile(home.data, "")
        self.locator = Locator([LineIndex(place, subjects=subjects)], frozenset([home.data]))
        self.checks, self.found = empty.list_checks(home), Counter[str]()
        shapes = shacl.read_shapes(home)
        self.inverse = set(shapes.objects(None, SH.inversePath))

    def _list_ruled(self) -> set[str]:
        """Return every word that a rule reads: without one of them no entailment changes."""
        rules = (path.read_text("utf-8") for path in self.home.ontology.glob("rules/*.rq"))
        words = {
            word
            for rule in rules
            for word in re.findall(r"\b(?!summary|description)[a-z]+:[A-Za-z]+", rule)
        }
        known = {self.data.names.expand(word) for word in words - {"http:", "https:"}}
        # The genre's rule takes its property from the ontology.
        return {*known, str(RDF.type), *map(str, self.data.ontology.objects(None, OWL.onProperty))}

    def _list_inferred(self) -> set[ox.Quad]:
        graph = ox.NamedNode(self.entailed)
        return set(self.memory._store.quads_for_pattern(None, None, None, graph))

    @contextmanager
    def changed(self, mutant: Mutant) -> Iterator[Change]:
        """Have a mutant stand in the store, its entailments made anew; give all that changes."""
        store, entailed = self.memory._store, ox.NamedNode(self.entailed)
        old = [to_quad(t, mutant.graph) for t in mutant.removed]
        new = [to_quad(t, mutant.graph) for t in mutant.added]
        for quad in old:
            store.remove(quad)
        store.extend(new)
        if not {str(p) for _, p, _ in (*mutant.removed, *mutant.added)} & self.ruled:
            yield Change(mutant.removed, mutant.added)
        else:
            store.remove_graph(entailed)
            add_entailments(self.memory, self.home)
            after = self._list_inferred()
            yield Change(
                (*mutant.removed, *map(to_triple, self.inferred - after)),
                (*mutant.added, *map(to_triple, after - self.inferred)),
            )
            store.remove_graph(entailed)
            store.extend(self.inferred)
        for quad in new:
            store.remove(quad)
        store.extend(old)

    def draft(self, mutant: Mutant) -> Draft:
        """Return a mutant with all that it changes, and the nodes that shapes see it from.

        A shape looks at its focus node's statements, at the classes of the nodes that these lead
        to, and, along an inverse path, at statements that lead to it. Of the nodes that lead to a
        thing by one property, and are of one kind and class, one stands for all as focus node:
        what they are told about the thing's class is the same.
        """
        with self.changed(mutant) as change:
            triples = (*change.removed, *change.added)
        led = {o for _, p, o in triples if p in self.inverse and isinstance(o, URIRef)}
        retyped = {s for s, p, _ in triples if p == RDF.type}
        above = {(thing, s, p) for thing in retyped for s, p in self.graph[::thing]}
        alike = {
            (thing, p, kind_of(s), *sorted(map(str, self.graph[s : RDF.type]))): s
            for thing, s, p in sorted(above)
        }
        own = {s for s, _, _ in triples} | led
        touched = own | {s for _, s, _ in above}
        return Draft(mutant, change, frozenset(own | {*alike.values()}), frozenset(touched))

    def find_by_shapes(self, focus: Iterable[Node]) -> set[Finding]:
        """Return what the shapes and the tags find in the graph as it is, at the nodes given."""
        wanted, list_targets = frozenset(focus), Shape.focus_nodes

        def list_wanted(shape: Shape, graph: Graph, debug: bool = False) -> set[Node]:
            return {node for node in list_targets(shape, graph, debug) if node in wanted}

        # pySHACL's own option focus_nodes also drops the values of inner shapes, and finds less.
        with patch.object(Shape, "focus_nodes", list_wanted):
            found = set(shacl.find_by_shapes(self.home, self.graph, self.locator, "en"))
        found |= set(find_by_tags(self.home, self.graph, self.locator, "en"))
        return found

    def find_by_queries(self) -> Iterator[Finding]:
        """Yield what the must-be-empty queries find in the store as it is.

        The queries that have found the most are asked first.
        """
        checks = sorted(self.checks, key=lambda check: -self.found[check.name])
        with patch.object(empty, "list_checks", lambda home: checks):
            for finding in empty.find_by_queries(self.home, self.memory, self.locator, "en"):
                self.found[finding.check] += 1
                yield finding

    def find_by_source(self) -> set[Finding]:
        """Return what the source text shows, where it is at hand."""
        found = evidence.find_by_source(self.home, self.memory, self.locator, "en")
        return {*found}

    @contextmanager
    def drawn(self, *drafts: Draft) -> Iterator[None]:
        """Have mutants that touch no node in common stand in the graph together."""
        subjects = self.locator.files[0].subjects
        before = dict(subjects)
        removed: list[Triple] = []
        added: list[Triple] = []
        for draft in drafts:
            others = [g for name, g in self.data.graphs.items() if name != draft.mutant.graph]
            said = [t for t in draft.change.removed if not any(t in other for other in others)]
            removed += said
            added += draft.change.added
            subjects |= {str(s): 1 for s, _, _ in draft.mutant.added}
        for triple in removed:
            self.graph.remove(triple)
        added = [triple for triple in added if triple not in self.graph]
        for triple in added:
            self.graph.add(triple)
        yield
        for triple in added:
            self.graph.remove(triple)
        for triple in removed:
            self.graph.add(triple)
        subjects.clear()
        subjects |= before

    def judge(self, mutants: list[Mutant]) -> Iterator[tuple[Mutant, set[str], set[str]]]:
        """Yield each mutant with the checks that see it: any that can, and those of the source.

        Mutants that touch no node in common are validated together; the queries and the source
        text are asked of each mutant alone, and only if no shape sees it.
        """
        for batch in gather_drafts(map(self.draft, mutants)):
            with self.drawn(*batch):
                found = self.find_by_shapes({node for draft in batch for node in draft.focus})
            for draft in batch:
                mine = {finding for finding in found if URIRef(finding.node) in draft.focus}
                found -= mine
                checks, source = {finding.check for finding in mine}, set()
                if not checks:
                    with self.drawn(draft), self.changed(draft.mutant):
                        checks = {f.check for f in islice(self.find_by_queries(), 1)}
                        if not checks:
                            source = {f.check for f in self.find_by_source()}
                yield draft.mutant, checks, source
            if found:
                raise AssertionError(f"findings at nodes that no mutant touches: {found}")


def gather_drafts(drafts: Iterable[Draft]) -> list[list[Draft]]:
    """Return drafts in batches in which no two touch the same node."""
    batches: list[tuple[set[Node], list[Draft]]] = []
    for draft in drafts:
        for taken, batch in batches:
            if len(batch) < BATCH and not taken & draft.touched:
                taken |= draft.touched
                batch.append(draft)
                break
        else:
            batches.append((set(draft.touched), [draft]))
    return [batch for _, batch in batches]


def write_mutant(mutant: Mutant, checks: set[str], source: set[str]) -> str:
    """Return a mutant as a line of JSON, its statements as N-Triples terms."""
    line = {
        "city": mutant.city,
        "operator": mutant.operator,
        "of": mutant.of,
        "checks": sorted(checks),
        "source": sorted(source),
        "removed": [[term.n3() for term in triple] for triple in mutant.removed],
        "added": [[term.n3() for term in triple] for triple in mutant.added],
    }
    return json.dumps(line, ensure_ascii=False) + "\n"


def main(arguments: list[str]) -> None:
    """Write a line of JSON for each mutant of some files of a home, with the checks that see it."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("home", type=Path)
    parser.add_argument("files", nargs="+", help="the names of data files: wuhan, source")
    parser.add_argument("--only", action="append", help="operator and property: drop cdp:title")
    parser.add_argument("--list", action="store_true", help="list the mutants, judge none")
    given = parser.parse_args(arguments)
    warnings.filterwarnings("ignore", "Parsing weird boolean")
    home = Home(given.home)
    data = Data(home)
    mutants = [
        mutant
        for file in given.files
        for mutant in list_mutants(data, file)
        if not given.only or f"{mutant.operator} {mutant.of}" in given.only
    ]
    with ExitStack() as stack:
        # Read and restored once, not once for each mutant.
        for module, name in CACHED:
            stack.enter_context(patch.object(module, name, cache(getattr(module, name))))
        judged = ((m, set(), set()) for m in mutants) if given.list else World(data).judge(mutants)
        for mutant, checks, source in judged:
            sys.stdout.write(write_mutant(mutant, checks, source))


if __name__ == "__main__":
    main(sys.argv[1:])
