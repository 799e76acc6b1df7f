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
from functools import partial
from itertools import chain
from pathlib import Path
from tempfile import TemporaryDirectory

import pyoxigraph as ox
from mutants import Data, Mutant, Triple, list_mutants, rank, sample_mutants
from rdflib import OWL, RDF, RDFS, Literal

from kg.check.constraint_queries import list_constraint_queries, run_constraint_query
from kg.check.finding import Finding, Locator
from kg.check.index import StatementIndex
from kg.check.language_tags import check_language_tags
from kg.check.passages import Positions, check_evidence, check_figures, check_placement
from kg.check.reference import validate_with_pyshacl
from kg.check.scripts import check_scripts
from kg.check.shapes import ShapeCompiler
from kg.check.validation import Result
from kg.check.wording import SOURCE_CHECKS, check_wording
from kg.graph import ENTAILED
from kg.graph import Graph as KnowledgeGraph
from kg.home import Home
from kg.names import Term, text
from kg.store.engine import Result as QueryResult
from kg.store.engine import collect_result
from kg.turtle import TurtleFile, list_files, parse_file
from kg.turtle_tokens import LineIndex, index_statements


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


def read_lines(file: TurtleFile) -> LineIndex:
    """Return the lines of the statements of a file."""
    return index_statements(file.path.read_text("utf-8"), file.graph, str(RDF.type))


class MutableStore:
    """An engine whose statements can be removed."""

    name = "mutants"

    def __init__(self, quads: Iterable[ox.Quad]) -> None:
        self.store = ox.Store()
        self.store.extend(quads)

    def query(
        self,
        text: str,
        where: str = "query",
        prefixes: Mapping[str, str] | None = None,
        *,
        named_graphs: bool = False,
        timeout: float | None = None,
        allow_service: bool = False,
    ) -> QueryResult:
        """Return the result of a query; the default graph is the union of all named graphs."""
        known = dict(prefixes) if prefixes else None
        found = self.store.query(text, prefixes=known, use_default_graph_as_union=True)
        return collect_result(found)


class Sandbox:
    """A home in memory, to which mutants are applied, checked, and undone.

    Its statements are in a store, for the queries, and in an index, for the shapes.
    """

    def __init__(self, data: Data) -> None:
        self.data, self.names = data, data.names
        quads = [quad for file in data.files for quad in parse_file(file)]
        engine = MutableStore(quads)
        self.store, self.graph = engine.store, KnowledgeGraph(data.home, engine)
        rules = sorted((data.home.ontology / "rules").glob("*.rq"))
        self.rules = {str(rule): rule.read_text("utf-8") for rule in rules}
        self.rule_terms = {name: self._list_terms(rule) for name, rule in self.rules.items()}
        self.entailed_graph = ox.NamedNode(self.names.expand(ENTAILED))
        # The entailments of each rule.
        self.entailed: dict[str, set[ox.Quad]] = {}
        for name in self.rules:
            self.entailed[name] = self._entail(name)
            self.store.extend(self.entailed[name])
        # In how many named graphs each statement is, counting every lexical form by itself.
        self.counts = Counter(quad.triple for quad in {*quads, *chain(*self.entailed.values())})
        self.index = StatementIndex(str(RDF.type), str(RDFS.subClassOf))
        self.index.add(self.counts)
        self.shape_files = [f for f in list_files(data.home, shapes=True) if f not in data.files]
        self.shapes = ShapeCompiler(self.index, self.names)
        self.shapes.add(chain.from_iterable(map(parse_file, self.shape_files)))
        # Only the names of checks matter here: all findings are in one place.
        self.locator = Locator([], lambda node: [], read_lines, data.home.root)
        self.searches: dict[str, Callable[[], Iterator[Finding]]] = {
            query.name: partial(run_constraint_query, self.graph, query, self.locator, "en")
            for query in list_constraint_queries(data.home)
        }
        self.searches["placement"] = self._check_placement
        self.searches["figures"] = self._check_figures
        self.searches["scripts"] = partial(
            check_scripts, self.index, self.names, self.locator, "en"
        )
        self.searches["wording"] = self._check_wording
        # What is found before any mutation is accepted: data/*/accepted-exceptions.toml.
        self.accepted = {*chain(*(search() for search in self.searches.values()))}
        self.accepted.update(check_evidence(self.graph, self.locator, "en"))
        self.hits = Counter[str]()

    def _check_placement(self) -> Iterator[Finding]:
        positions = Positions(self.graph, self.index)
        return check_placement(self.graph, positions, self.locator, "en")

    def _check_figures(self) -> Iterator[Finding]:
        return check_figures(Positions(self.graph, self.index), self.names, self.locator, "en")

    def _check_wording(self) -> Iterator[Finding]:
        positions = Positions(self.graph, self.index)
        return check_wording(self.graph, self.index, positions, self.locator, "en")

    def _entail(self, rule: str) -> set[ox.Quad]:
        """Return what a rule entails from the present statements."""
        found = self.graph.construct(self.rules[rule], rule)
        return {ox.Quad(t.subject, t.predicate, t.object, self.entailed_graph) for t in found}

    def _list_terms(self, rule: str) -> set[str]:
        """Return the properties that a rule reads: no other property changes what it entails."""
        where = re.sub(r"(?m)^\s*#.*|<[^>]*>", "", rule).partition("WHERE")[2]
        known = {self.names.expand(name) for name in re.findall(r"\b[a-z]+:[A-Za-z]+", where)}
        # Some rules read their properties from the ontology.
        restricted = map(str, self.data.ontology.objects(None, OWL.onProperty))
        return {*known, str(RDF.type), *(restricted if "owl:" in where else ())}

    def _update_entailments(self, changed: set[str]) -> tuple[set[ox.Quad], set[ox.Quad]]:
        """Run the rules that read a property that changed; return what is gone, and what is new."""
        gone: set[ox.Quad] = set()
        new: set[ox.Quad] = set()
        for rule, terms in self.rule_terms.items():
            if changed & terms:
                before = self.entailed[rule]
                # A rule does not entail what is there already.
                self._update_store(before, ())
                after = self._entail(rule)
                self._update_store((), after)
                changed = changed | {quad.predicate.value for quad in before ^ after}
                gone |= before - after
                new |= after - before
        return gone, new

    @contextmanager
    def apply(self, *mutants: Mutant) -> Iterator[set[ox.Triple]]:
        """Apply mutants with their entailments, and undo them; yield the statements that change."""
        removed = {to_quad(triple, each.graph) for each in mutants for triple in each.removed}
        added = {to_quad(triple, each.graph) for each in mutants for triple in each.added}
        removed, added = removed - added, added - removed
        self._update_store(removed, added)
        gone, new = self._update_entailments({quad.predicate.value for quad in removed | added})
        removed |= gone
        added |= new
        changed = self._update_index(removed, added)
        yield changed
        self._update_index(added, removed)
        self._update_store(added, removed)

    def _update_store(self, removed: Iterable[ox.Quad], added: Iterable[ox.Quad]) -> None:
        for quad in removed:
            self.store.remove(quad)
        self.store.extend(added)

    def _update_index(self, removed: set[ox.Quad], added: set[ox.Quad]) -> set[ox.Triple]:
        """Change the index; return the triples that no named graph has any more, or had before."""
        self.counts.subtract(quad.triple for quad in removed)
        gone = {quad.triple for quad in removed if not self.counts[quad.triple]}
        new = {quad.triple for quad in added if not self.counts[quad.triple]}
        self.counts.update(quad.triple for quad in added)
        self.index.remove(gone)
        self.index.add(new)
        return gone | new

    def list_affected(self, changed: Iterable[ox.Triple]) -> set[Term]:
        """Return the nodes whose validation a change of statements can affect.

        A shape reads the statements of its focus node, the classes of their objects and, along an
        inverse path, the statements about it.
        """
        affected: set[Term] = set()
        for triple in changed:
            affected |= {triple.subject, triple.object}
            if triple.predicate.value == str(RDF.type):
                referring = self.store.quads_for_pattern(None, None, triple.subject)
                affected |= {quad.subject for quad in referring}
        return affected

    def find_tags(self, mutant: Mutant) -> set[str]:
        """Return the name of the check of language tags if a text of the mutant fails it."""
        if not any(isinstance(o, Literal) and o.language for _, _, o in mutant.added):
            return set()
        lines = (" ".join(term.n3() for term in triple) for triple in mutant.added)
        with TemporaryDirectory() as folder:
            path = Path(folder) / "mutant.ttl"
            path.write_text("".join(f"{line} .\n" for line in lines), "utf-8")
            file = TurtleFile(path, mutant.graph)
            # The lines of a file are kept by a locator: each file needs its own.
            locator = Locator([file], lambda node: [], read_lines)
            return {each.check for each in check_language_tags(self.names, [file], locator, "en")}

    def search(self) -> set[str]:
        """Return the check of the first query with a finding; the most successful is run first."""
        for name in sorted(self.searches, key=lambda name: -self.hits[name]):
            checks = {each.check for each in self.searches[name]() if each not in self.accepted}
            checks -= SOURCE_CHECKS
            if checks:
                self.hits[name] += 1
                return checks
        return set()

    def compare_source(self) -> set[str]:
        """Return the names of the checks that the source text fails, if it was added."""
        found = chain(check_evidence(self.graph, self.locator, "en"), self._check_wording())
        return {each.check for each in found if each not in self.accepted}

    def validate(self, nodes: set[Term] | None = None) -> set[str]:
        """Return the names of the shapes that some nodes fail, or any."""
        results = self.shapes.validate(nodes)
        return {self.names.shorten(text(result.shape)) for result in results}

    def check_mutant(self, mutant: Mutant, *, everywhere: bool = False) -> dict[str, object]:
        """Return a mutant with the checks that detect it, and those that need the source text.

        Only nodes that the mutant can affect are validated; `everywhere` returns also the shapes
        that any node fails. Queries are run if no shape detects the mutant, until one does; the
        source is compared last.
        """
        with self.apply(mutant) as changed:
            checks = self.validate(self.list_affected(changed))
            more = {"everywhere": sorted(self.validate())} if everywhere else {}
            checks |= self.find_tags(mutant)
            source = set[str]()
            if not checks:
                checks = self.search()
                source = set() if checks else self.compare_source()
        return format_mutant(mutant, checks, source) | more

    def compare_results(self, mutants: Iterable[Mutant]) -> Iterator[dict[str, object]]:
        """Apply mutants at once; yield each result of the evaluator and of pySHACL.

        `count` is the number of results of the evaluator less those of pySHACL: 0 if they agree.
        """
        with self.apply(*mutants):
            counts = Counter(map(describe_result, self.shapes.validate()))
            others = validate_with_pyshacl(self.index, self.shapes.list_triples())
            counts.subtract(map(describe_result, others))
            titles = ("focus", "path", "shape", "component", "severity", "count")
            for parts, count in sorted(counts.items()):
                values: list[str] = []
                if parts[1]:
                    objects = self.index.objects(ox.NamedNode(parts[1]))
                    values = [str(value) for value in objects.get(ox.NamedNode(parts[0]), ())]
                yield dict(zip(titles, (*parts, count), strict=True)) | {"values": values}


def describe_result(result: Result) -> tuple[str, ...]:
    """Return a validation result without its value, whose text rdflib may change."""
    focus, shape = text(result.focus), text(result.shape)
    return focus, result.path, shape, result.component, result.severity


def format_mutant(mutant: Mutant, checks: set[str], source: set[str]) -> dict[str, object]:
    """Return a mutant for JSON, with its statements as N-Triples terms."""
    return {
        "city": mutant.city,
        "operator": mutant.operator,
        "of": mutant.of,
        "checks": sorted(checks),
        "source": sorted(source),
        "removed": [[term.n3() for term in triple] for triple in mutant.removed],
        "added": [[term.n3() for term in triple] for triple in mutant.added],
    }


def main(arguments: list[str]) -> None:
    """Write each mutant of some data files, with the checks that detect it, as a line of JSON."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("home", type=Path)
    parser.add_argument("files", nargs="+", help="names of data files: wuhan, source")
    parser.add_argument("--only", action="append", help="operator and property: drop cdp:title")
    parser.add_argument("--sample", type=int, default=1, help="check about one mutant in SAMPLE")
    parser.add_argument("--list", action="store_true", help="list the mutants without checking")
    parser.add_argument(
        "--everywhere", type=int, metavar="N", help="validate all nodes for about one in N, too"
    )
    parser.add_argument(
        "--pyshacl", type=int, metavar="N", help="compare results for N mutants with pySHACL's"
    )
    given = parser.parse_args(arguments)
    warnings.filterwarnings("ignore", "Parsing weird boolean")
    data = Data(Home(given.home))
    mutants = [
        mutant
        for file in given.files
        for mutant in list_mutants(data, file)
        if not given.only or f"{mutant.operator} {mutant.of}" in given.only
    ]
    mutants = sample_mutants(mutants, given.sample)
    lines: Iterable[dict[str, object]]
    if given.list:
        lines = (format_mutant(mutant, set(), set()) for mutant in mutants)
    elif given.pyshacl:
        mutants.sort(key=lambda mutant: rank("pyshacl", mutant.city, mutant.operator, mutant.of))
        lines = Sandbox(data).compare_results(mutants[: given.pyshacl])
    else:
        sandbox = Sandbox(data)
        every = sample_mutants(mutants, given.everywhere) if given.everywhere else []
        lines = (sandbox.check_mutant(each, everywhere=each in every) for each in mutants)
    for line in lines:
        sys.stdout.write(json.dumps(line, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main(sys.argv[1:])
