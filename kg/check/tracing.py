"""Trace what is wrong with an entailed statement to the statements in files that cause it."""

import re
from collections.abc import Collection, Iterator
from functools import cache, cached_property

from pyoxigraph import Literal, NamedNode

from kg.check.finding import Read
from kg.graph import ENTAILED, LocalGraph, read_query
from kg.names import Names, Term, is_iri, pick, text

Statement = tuple[str, str, str]
"""Subject, predicate and object, as text."""

# Before the rule, subject, predicate and object of what it infers, and its pattern.
RULE = re.compile(
    r"(.*)CONSTRUCT \{\s*\?(\w+) (\S+) \?(\w+) \.\s*\}\s*WHERE \{(.*)\}\s*", re.DOTALL
)
NAME = re.compile(r"\b[a-z]+:[A-Za-z]+\b|\ba\b")
NAMING = re.compile(r"([a-z]+:[A-Za-z]+) \?node\b")
COMMENT = re.compile("^ *#.*", re.MULTILINE)
NO_VALUES: tuple[dict[str, None], dict[str, None]] = ({}, {})
DEEPEST = 5  # rules whose premises other rules infer
MESSAGES = {
    "inferred": {
        "en": " {0} {1} is inferred from {2}.",
        "zh-Hans": "{0} {1} 由 {2} 推出。",
    },
    "named": {
        "en": " No statement describes {0}, which is the object of {1}.",
        "zh-Hans": "{0} 没有任何描述，它是 {1} 的宾语。",
    },
}


def list_properties(query: str, names: Names) -> set[str]:
    """Return the IRIs of the names in a query, and of rdf:type if it has the keyword `a`."""
    found = {"rdf:type" if each == "a" else each for each in NAME.findall(COMMENT.sub("", query))}
    return {iri for each in found if (iri := names.find_iri(each))}


def list_naming(query: str, names: Names) -> set[str]:
    """Return the IRIs of the properties by which statements in a query refer to ?node."""
    return {iri for name in NAMING.findall(query) if (iri := names.find_iri(name))}


class Tracer:
    """Finds the statements in files that cause findings, with the rules of a home."""

    def __init__(self, graph: LocalGraph, language: str = "en") -> None:
        self._graph = graph
        self._language = language
        self.rdf_type = graph.names.expand("rdf:type")
        self._entailed = graph.names.expand(ENTAILED)
        self._find_statements = cache(graph.memory.find_statements)
        self._find_values = cache(self._list_values)
        self._find_rules = cache(self._list_rules)
        self.trace = cache(self._trace)
        self.find_sources = cache(self._find_sources)

    def _trace(self, node: str, predicate: str = "", value: str = "") -> list[Statement]:
        """Return the premises of a statement that no file has, those with the fault first.

        Without a value, or if it is not found, any statement with the predicate counts, and the
        fault is that its subject has it. What names a node that no file describes is the premise
        of all about it. There is none for statements of files, and if no rule with one predicate
        infers the statement.
        """
        if not self._is_described(node):
            return self._find_naming(node)
        stated, inferred = self._find_values(node).get(predicate, NO_VALUES)
        if value in stated or (stated and value not in inferred) or not inferred:
            return []
        if value in inferred:
            return self._find_premises((node, predicate, value), value)
        return self._find_premises((node, predicate, next(iter(inferred))), node)

    def explain(self, node: str, predicate: str, value: str) -> str:
        """Return a sentence that says from which statement another one follows, or ""."""
        premises = self.trace(node, predicate, value)
        if not premises:
            return ""
        (subject, *rest), shorten = premises[0], self._graph.names.shorten
        shown = " ".join(map(shorten, rest if subject == node else premises[0]))
        _, inferred = self._find_values(node).get(predicate, NO_VALUES)
        if self._is_described(node) and inferred:
            known = value if value in inferred else next(iter(inferred))
            parts = [shorten(predicate), shorten(known), shown]
            return pick(MESSAGES["inferred"], self._language, "").format(*parts)
        return pick(MESSAGES["named"], self._language, "").format(shorten(node), shown)

    def trace_values(
        self, node: str, predicate: str, terms: Collection[str]
    ) -> Iterator[Statement]:
        """Yield the premises of the values of a property that no file has.

        If there are several, only those among the terms count.
        """
        stated, inferred = self._find_values(node).get(predicate, NO_VALUES)
        if self._is_described(node):
            several = len(inferred) > 1
            for value in [each for each in terms if each in inferred] if several else inferred:
                if value not in stated:
                    yield from self.trace(node, predicate, value)

    def _find_sources(self, node: str, predicate: str) -> list[Read]:
        """Return subjects and properties from which a node would inherit a property it lacks.

        These are the properties in the rules that infer it, of the node and of what they lead to.
        """
        properties: set[str] = set()
        for rule in self._find_rules(predicate):
            properties |= list_properties(rule[5], self._graph.names)
        if not properties or predicate in self._find_values(node):
            return []
        found, waiting = {node}, [node]
        while waiting:
            by_property = self._find_values(waiting.pop())
            lists = (each for p in properties for each in by_property.get(p, ()))
            values = {value for each in lists for value in each}
            waiting += sorted(values - found)
            found |= values
        return [(each, p) for each in sorted(found) for p in sorted(properties)]

    def is_linked(self, node: str, other: str) -> bool:
        """Return whether a statement has one of two nodes as subject, and the other as object."""
        for subject, value in ((node, other), (other, node)):
            if any(value in each for pair in self._find_values(subject).values() for each in pair):
                return True
        return False

    def count_values(self, node: str, predicate: str) -> int:
        """Return the number of values that a property has in the files."""
        return len(self._find_values(node).get(predicate, NO_VALUES)[0])

    def _is_described(self, node: str) -> bool:
        return any(stated for stated, _ in self._find_values(node).values())

    def _list_values(self, node: str) -> dict[str, tuple[dict[str, None], dict[str, None]]]:
        """Return the values of each property of a node: those in files, and the inferred ones."""
        found: dict[str, tuple[dict[str, None], dict[str, None]]] = {}
        for graph, predicate, value in self._list_statements(node):
            found.setdefault(predicate, ({}, {}))[graph == self._entailed][value] = None
        return found

    def _list_statements(self, node: str) -> list[tuple[str, str, str]]:
        try:
            return self._find_statements(node)
        except ValueError:
            return []  # the node is a literal

    def _find_naming(self, node: str) -> list[Statement]:
        """Return the statements of files whose object is a node."""
        rows: list[tuple[Term | None, ...]] = []
        if is_iri(node):
            rows = self._graph.internal("naming-statements", object=str(NamedNode(node)))
        found = sorted({(text(s), text(p), node) for s, p, _ in rows})
        # A text may look like an IRI.
        return found or (self._texts.get(node, []) if node else [])

    @cached_property
    def _texts(self) -> dict[str, list[Statement]]:
        """The statements of files whose objects are not IRIs, by object."""
        found: dict[str, list[Statement]] = {}
        for s, p, o in self._graph.internal("naming-statements"):
            if not isinstance(o, NamedNode):
                found.setdefault(text(o), []).append((text(s), text(p), text(o)))
        return {value: sorted(statements) for value, statements in found.items()}

    def _find_premises(self, inferred: Statement, fault: str, depth: int = 0) -> list[Statement]:
        """Return the statements of files from which a statement follows."""
        stated: dict[Statement, None] = {}
        others: dict[Statement, None] = {}
        for properties, terms in self._apply_rules(inferred):
            for subject in sorted(terms):
                by_property = self._find_values(subject)
                for predicate in sorted(properties & by_property.keys()):
                    for found, values in zip((stated, others), by_property[predicate], strict=True):
                        found |= {(subject, predicate, o): None for o in values.keys() & terms}
        premises = sorted(stated, key=lambda each: (fault not in each, each))
        if not premises or fault not in premises[0]:
            for other in sorted(others):
                if fault in other and other != inferred and depth < DEEPEST:
                    return self._find_premises(other, fault, depth + 1) + premises
        return premises

    def _apply_rules(self, inferred: Statement) -> list[tuple[set[str], set[str]]]:
        """Return the properties and the terms in the matches of each rule for a statement."""
        node, predicate, value = inferred
        names = self._graph.names
        matches = []
        for rule in self._find_rules(predicate):
            # The statement was inferred already.
            again = rf"FILTER NOT EXISTS {{ \?{rule[2]} {re.escape(rule[3])} \?{rule[4]} \. }}"
            where = f"VALUES ?{rule[2]} {{ {NamedNode(node)} }} {re.sub(again, '', rule[5])}"
            where = f"{where} FILTER (STR(?{rule[4]}) = {Literal(value)})"
            rows = self._graph.select(f"{rule[1]}SELECT * {{ {where} }}", "rule").rows
            terms = {text(term) for row in rows for term in row if term is not None}
            matches.append((list_properties(rule[5], names), terms))
        return matches

    @cached_property
    def _rules(self) -> list[re.Match[str]]:
        paths = sorted((self._graph.home.ontology / "rules").glob("*.rq"))
        return [rule for path in paths if (rule := RULE.fullmatch(read_query(path)))]

    def _list_rules(self, predicate: str) -> list[re.Match[str]]:
        """Return the rules that infer statements with a predicate."""
        names = {self._graph.names.shorten(predicate), predicate}
        return [rule for rule in self._rules if rule[3] in names]
