"""Trace an entailed statement to the statement in a file from which a rule infers it."""

import re
from functools import cache

from pyoxigraph import NamedNode

from kg.graph import ENTAILED, LocalGraph, read_query
from kg.names import is_iri, text

# Before the rule, subject, predicate and object of what it infers, and its pattern.
RULE = re.compile(
    r"(.*)CONSTRUCT \{\s*\?(\w+) (\S+) \?(\w+) \.\s*\}\s*WHERE \{(.*)\}\s*", re.DOTALL
)


class Tracer:
    """Finds the premises of entailed statements, with the rules of a home."""

    def __init__(self, graph: LocalGraph) -> None:
        self._graph = graph
        self._find_statements = cache(graph.memory.find_statements)

    def find_premise(
        self, node: str, predicate: str, value: str = ""
    ) -> tuple[str, str, str, str] | None:
        """Return predicate and object of an entailed statement, and of its premise about the node.

        Without a value, or if it is not found, any statement with the predicate counts. None is
        returned if a file has one, or no rule with one predicate infers it.
        """
        if not is_iri(node) or not predicate:
            return None
        entailed = self._graph.names.expand(ENTAILED)
        found = [each for each in self._find_statements(node) if each[1] == predicate]
        found = [each for each in found if each[2] == value] or found
        if not found or any(graph != entailed for graph, _, _ in found):
            return None
        asserted = [each for each in self._find_statements(node) if each[0] != entailed]
        for bound in self._apply_rules(node, predicate, found[0][2]):
            for _, other, premise in asserted:
                if premise in bound:
                    return predicate, found[0][2], other, premise
        return None

    def _apply_rules(self, node: str, predicate: str, value: str) -> list[set[str]]:
        """Return the terms of each match of a rule that infers a statement."""
        names = self._graph.names
        matches = []
        for path in sorted((self._graph.home.ontology / "rules").glob("*.rq")):
            rule = RULE.fullmatch(read_query(path))
            if rule is None or rule[3] not in (names.shorten(predicate), predicate):
                continue
            # The statement was inferred already.
            again = rf"FILTER NOT EXISTS {{ \?{rule[2]} {re.escape(rule[3])} \?{rule[4]} \. }}"
            where = f"VALUES ?{rule[2]} {{ {NamedNode(node)} }} {re.sub(again, '', rule[5])}"
            rows = self._graph.select(f"{rule[1]}SELECT * {{ {where} }}", str(path))
            at = rows.variables.index(rule[4])
            matches += [
                {text(term) for term in row if term is not None}
                for row in rows.rows
                if text(row[at]) == value
            ]
        return matches
