"""Check mutants of the data: which of the checks of `kg check` detect each of them.

`python tests/mutations/mutate.py HOME wuhan suzhou` writes a line of JSON for each mutant.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
import warnings
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from unittest.mock import patch

import pyoxigraph as ox
from mutants import Data, Mutant, Triple, is_sampled, kind_of, list_mutants, make_literal
from pyshacl.shape import Shape
from rdflib import OWL, RDF, SH, Graph, Literal, URIRef
from rdflib.term import Node

from kg.check.constraint_queries import list_constraint_queries, run_constraint_query
from kg.check.evidence import check_evidence
from kg.check.finding import Finding, Locator
from kg.check.language_tags import check_language_tags
from kg.check.shacl import check_shapes, read_shapes
from kg.graph import Graph as KnowledgeGraph
from kg.home import Home
from kg.names import language_of, text
from kg.store.engine import Result, collect_result
from kg.turtle import LineIndex, TurtleFile, parse_file


@dataclass(frozen=True)
class Change:
    """The statements that a mutant removes and adds, with entailments."""

    removed: tuple[Triple, ...]
    added: tuple[Triple, ...]


@dataclass(frozen=True)
class Prepared:
    """A mutant with its change, the nodes to validate, and all nodes that it can affect."""

    mutant: Mutant
    change: Change
    focus: frozenset[Node]
    touched: frozenset[Node]


def to_quad(triple: Triple, graph: str) -> ox.Quad:
    """Return a statement of rdflib as one of pyoxigraph."""
    s, p, o = triple
    value: ox.NamedNode | ox.Literal
    if isinstance(o, Literal):
        datatype = ox.NamedNode(str(o.datatype)) if o.datatype and not o.language else None
        value = ox.Literal(str(o), datatype=datatype, language=o.language)
    else:
        value = ox.NamedNode(str(o))
    return ox.Quad(ox.NamedNode(str(s)), ox.NamedNode(str(p)), value, ox.NamedNode(graph))


def to_triple(quad: ox.Quad) -> Triple:
    """Return an entailment, whose object is an IRI or a label, as a statement of rdflib."""
    s, p, o = URIRef(text(quad.subject)), URIRef(text(quad.predicate)), text(quad.object)
    if isinstance(quad.object, ox.Literal):
        return s, p, make_literal(o, language_of(quad.object))
    return s, p, URIRef(o)


class MutableStore:
    """An engine whose statements can be removed."""

    name = "mutants"

    def __init__(self, files: Iterable[TurtleFile]) -> None:
        self.store = ox.Store()
        self.store.extend(chain.from_iterable(map(parse_file, files)))

    def query(
        self,
        text: str,
        where: str = "query",
        prefixes: Mapping[str, str] | None = None,
        *,
        named_graphs: bool = False,
    ) -> Result:
        """Return the result of a query; the default graph is the union of all named graphs."""
        known = dict(prefixes) if prefixes else None
        found = self.store.query(text, prefixes=known, use_default_graph_as_union=True)
        return collect_result(found)


class Sandbox:
    """A home in memory, to which mutants are applied, checked, and undone.

    Its statements are in a store, for the queries, and in an rdflib graph, for the shapes.
    """

    def __init__(self, data: Data) -> None:
        self.data = data
        engine = MutableStore(data.files)
        self.store, self.graph = engine.store, KnowledgeGraph(data.home, engine)
        self.entailed_graph = ox.NamedNode(data.names.expand("graph:entailed"))
        self.entailed = self._add_entailments()
        self.rule_terms = self._list_rule_terms()
        self.rdf = Graph(bind_namespaces="none")
        for triple in chain(*data.graphs.values(), map(to_triple, self.entailed)):
            self.rdf.add(triple)
        self.shapes = read_shapes(data.home)
        self.inverse_paths = set(self.shapes.objects(None, SH.inversePath))
        # Only the nodes of findings matter here: one file has them all.
        subjects = {str(s): 1 for graph in data.graphs.values() for s in graph.subjects()}
        index = LineIndex(TurtleFile(data.home.data, ""), subjects=subjects)
        self.locator = Locator([index], frozenset([data.home.data]))
        self.queries = list_constraint_queries(data.home)
        self.hits = Counter[str]()

    def _add_entailments(self) -> set[ox.Quad]:
        """Replace the entailments by those of the present statements; return them."""
        self.store.remove_graph(self.entailed_graph)
        for rule in sorted((self.data.home.ontology / "rules").glob("*.rq")):
            for t in self.graph.construct(rule.read_text("utf-8"), str(rule)):
                quad = ox.Quad(t.subject, t.predicate, t.object, self.entailed_graph)
                self.store.add(quad)
        return set(self.store.quads_for_pattern(None, None, None, self.entailed_graph))

    def _list_rule_terms(self) -> set[str]:
        """Return the properties that the rules read: no other property changes an entailment."""
        rules = (self.data.home.ontology / "rules").glob("*.rq")
        queries = (re.sub(r"(?m)^#.*|<[^>]*>", "", rule.read_text("utf-8")) for rule in rules)
        names = re.findall(r"\b[a-z]+:[A-Za-z]+", "\n".join(queries))
        known = {self.data.names.expand(name) for name in names}
        # The rule about genres reads its property from the ontology.
        return {*known, str(RDF.type), *map(str, self.data.ontology.objects(None, OWL.onProperty))}

    @contextmanager
    def apply_to_store(self, mutant: Mutant) -> Iterator[Change]:
        """Apply a mutant to the store, with its entailments; yield all statements that change."""
        old = [to_quad(triple, mutant.graph) for triple in mutant.removed]
        new = [to_quad(triple, mutant.graph) for triple in mutant.added]
        for quad in old:
            self.store.remove(quad)
        self.store.extend(new)
        if not {str(p) for _, p, _ in (*mutant.removed, *mutant.added)} & self.rule_terms:
            yield Change(mutant.removed, mutant.added)
        else:
            entailed = self._add_entailments()
            yield Change(
                (*mutant.removed, *map(to_triple, self.entailed - entailed)),
                (*mutant.added, *map(to_triple, entailed - self.entailed)),
            )
            self.store.remove_graph(self.entailed_graph)
            self.store.extend(self.entailed)
        for quad in new:
            self.store.remove(quad)
        self.store.extend(old)

    @contextmanager
    def apply_to_rdf(self, *prepared: Prepared) -> Iterator[None]:
        """Apply mutants that have no node in common to the rdflib graph."""
        subjects = self.locator.files[0].subjects
        before = dict(subjects)
        removed: list[Triple] = []
        added: list[Triple] = []
        for one in prepared:
            others = [g for name, g in self.data.graphs.items() if name != one.mutant.graph]
            # A statement that is also in another file is still there.
            removed += [t for t in one.change.removed if not any(t in other for other in others)]
            added += one.change.added
            subjects |= {str(s): 1 for s, _, _ in one.mutant.added}
        for triple in removed:
            self.rdf.remove(triple)
        added = [triple for triple in added if triple not in self.rdf]
        for triple in added:
            self.rdf.add(triple)
        yield
        for triple in added:
            self.rdf.remove(triple)
        for triple in removed:
            self.rdf.add(triple)
        subjects.clear()
        subjects |= before

    def prepare(self, mutant: Mutant) -> Prepared:
        """Return a mutant with all statements that it changes, and the nodes to validate.

        A shape reads the statements of its focus node, the classes of their objects and, along an
        inverse path, the statements about it. Of the nodes of one kind and class that refer to a
        retyped node with the same property, one is enough: the findings are the same.
        """
        with self.apply_to_store(mutant) as change:
            triples = (*change.removed, *change.added)
        objects = {o for _, p, o in triples if p in self.inverse_paths and isinstance(o, URIRef)}
        retyped = {s for s, p, _ in triples if p == RDF.type}
        referring = {(node, s, p) for node in retyped for s, p in self.rdf[::node]}
        one_of_each = {
            (node, p, kind_of(s), *sorted(map(str, self.rdf[s : RDF.type]))): s
            for node, s, p in sorted(referring)
        }
        own = frozenset({s for s, _, _ in triples} | objects)
        touched = own | {s for _, s, _ in referring}
        return Prepared(mutant, change, own | {*one_of_each.values()}, touched)

    def check_shapes(self, focus: Iterable[Node]) -> set[Finding]:
        """Return the findings of shapes and language tags about the given nodes."""
        wanted = set(focus)
        list_targets: Callable[[Shape, Graph, bool], set[Node]] = Shape.focus_nodes

        def list_wanted(shape: Shape, graph: Graph, debug: bool = False) -> set[Node]:
            return wanted.intersection(list_targets(shape, graph, debug))

        names = self.data.names
        # pySHACL's own option focus_nodes restricts the inner shapes, too, and finds less.
        with patch.object(Shape, "focus_nodes", list_wanted):
            found = set(check_shapes(names, self.rdf, self.shapes, self.locator, "en"))
        return found | set(check_language_tags(names, self.rdf, self.locator, "en"))

    def find_query(self) -> set[str]:
        """Return the name of the first query with a finding; the most successful is run first."""
        for query in sorted(self.queries, key=lambda query: -self.hits[query.name]):
            if any(run_constraint_query(self.graph, query, self.locator, "en")):
                self.hits[query.name] += 1
                return {query.name}
        return set()

    def compare_source(self) -> set[str]:
        """Return the names of the checks that the source text fails, if it was added."""
        return {finding.check for finding in check_evidence(self.graph, self.locator, "en")}

    def check_mutants(self, mutants: list[Mutant]) -> Iterator[tuple[Mutant, set[str], set[str]]]:
        """Yield each mutant with the checks that detect it, and those that need the source text.

        Mutants that have no node in common are validated together. Queries are run for each
        mutant that no shape detects, until one detects it. The source is compared at last.
        """
        for batch in batch_prepared(map(self.prepare, mutants)):
            with self.apply_to_rdf(*batch):
                found = self.check_shapes({node for one in batch for node in one.focus})
            for one in batch:
                own = {finding for finding in found if URIRef(finding.node) in one.focus}
                found -= own
                checks, source = {finding.check for finding in own}, set[str]()
                if not checks:
                    with self.apply_to_rdf(one), self.apply_to_store(one.mutant):
                        checks = self.find_query()
                        source = set() if checks else self.compare_source()
                yield one.mutant, checks, source
            if found:
                raise AssertionError(f"findings about nodes that no mutant changes: {found}")


def batch_prepared(prepared: Iterable[Prepared]) -> list[list[Prepared]]:
    """Return mutants in batches in which no two can affect the same node."""
    batches: list[tuple[set[Node], list[Prepared]]] = []
    for one in prepared:
        for taken, batch in batches:
            if not taken & one.touched:
                taken |= one.touched
                batch.append(one)
                break
        else:
            batches.append((set(one.touched), [one]))
    return [batch for _, batch in batches]


def format_mutant(mutant: Mutant, checks: set[str], source: set[str]) -> str:
    """Return a mutant as a line of JSON, with its statements as N-Triples terms."""
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
    """Write each mutant of some data files, with the checks that detect it, as a line of JSON."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("home", type=Path)
    parser.add_argument("files", nargs="+", help="names of data files: wuhan, source")
    parser.add_argument("--only", action="append", help="operator and property: drop cdp:title")
    parser.add_argument("--sample", type=int, default=1, help="check about one mutant in SAMPLE")
    parser.add_argument("--list", action="store_true", help="list the mutants without checking")
    given = parser.parse_args(arguments)
    warnings.filterwarnings("ignore", "Parsing weird boolean")
    data = Data(Home(given.home))
    mutants = [
        mutant
        for file in given.files
        for mutant in list_mutants(data, file)
        if is_sampled(mutant, given.sample)
        and (not given.only or f"{mutant.operator} {mutant.of}" in given.only)
    ]
    if given.list:
        lines = (format_mutant(mutant, set(), set()) for mutant in mutants)
    else:
        lines = (format_mutant(*checked) for checked in Sandbox(data).check_mutants(mutants))
    sys.stdout.writelines(lines)


if __name__ == "__main__":
    main(sys.argv[1:])
