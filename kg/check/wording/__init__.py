"""Check the wording of things with evidence: in itself, and against the source."""

from collections import defaultdict
from collections.abc import Iterator, Mapping

from kg.check.finding import Finding, Locator
from kg.check.index import StatementIndex
from kg.check.passages.positions import Position, Positions
from kg.check.wording import agreement, concepts, order, source_texts, verbs
from kg.check.wording.agreement import CHINESE, ENGLISH, check_agreement
from kg.check.wording.concepts import check_concepts
from kg.check.wording.order import check_order, find_document
from kg.check.wording.source_texts import Cited, Reader, check_source_texts
from kg.check.wording.things import Text, Thing, read_things
from kg.check.wording.verbs import check_verbs
from kg.errors import KgError
from kg.graph import Graph
from kg.names import LANGUAGES, language_of, pick, text
from kg.source import find_source

__all__ = ["SOURCE_CHECKS", "check_wording"]

SOURCE_MESSAGES = source_texts.MESSAGES | verbs.MESSAGES
MESSAGES = agreement.MESSAGES | concepts.MESSAGES | order.MESSAGES | SOURCE_MESSAGES
ROLES = {
    "label": {"en": "label", "zh-Hans": "标签"},
    "description": {"en": "description", "zh-Hans": "描述"},
}
TAGS = {tag.lower(): tag for tag in LANGUAGES}
# The role of the links that decide about a finding, beside the statement at fault.
READ = {"name-differs": "place", "order-of-documents": "document", "order-of-list": "whole"}
SOURCE_CHECKS = frozenset(SOURCE_MESSAGES)
"""The checks that need the source text."""


def check_wording(
    graph: Graph,
    index: StatementIndex,
    positions: Positions,
    locator: Locator,
    language: str,
) -> Iterator[Finding]:
    """Yield the findings on the texts of things that have evidence."""
    names = graph.names

    def report(
        check: str, severity: str, node: str, *values: str, about: Text
    ) -> Iterator[Finding]:
        shown = [
            pick(ROLES[value], language, "")
            if value in ROLES
            else TAGS.get(value) or names.shorten(value)
            for value in values
        ]
        message = pick(MESSAGES[check], language, "").format(*shown)
        role = READ.get(check, "")
        places = (node, find_document(node, things)) if role else ()
        return locator.report(
            node,
            severity,
            check,
            f"{names.shorten(node)}: {message}",
            predicate=about.property,
            value=about.value,
            reads=[(each, properties.get(role, "")) for each in places],
        )

    labels: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    notations: dict[str, str] = {}
    for code, label, notation in graph.internal("wording-codes"):
        if notation is not None:
            notations[text(code)] = text(notation)
            continue
        tag = ENGLISH if language_of(label) == ENGLISH else CHINESE
        labels[text(code)][tag].append(text(label))
    things = read_things(graph, index)
    properties = {r: p for each in things.values() for r, p in each.properties.items()}
    yield from check_agreement(things, notations, report)
    yield from check_concepts(things, labels, report)
    yield from check_order(things, positions.passages, report)
    if cited := _read_cited(graph, things, positions.passages):
        yield from check_source_texts(things, cited, report)
        yield from check_verbs(things, cited, _read_verbs(graph), report)


def _read_cited(
    graph: Graph, things: Mapping[str, Thing], passages: Mapping[str, Position]
) -> dict[str, Cited]:
    """Return what each thing cites, if all of it is in source texts that were added."""
    readers = {}
    for source, sha256, _ in graph.internal("sources"):
        try:
            raw = find_source(text(sha256))
            if raw is not None:
                readers[text(source)] = Reader(raw)
        except KgError:
            continue  # Reported with the passages, or an optional package is not installed.
    cited = {}
    for node, thing in things.items() if readers else ():
        found = [passages[each] for each in thing.links["evidence"] if each in passages]
        is_known = all(each.source in readers and each.start < each.end for each in found)
        if len(found) == len(thing.links["evidence"]) and is_known:
            texts = [readers[each.source].read(each.start, each.end) for each in sorted(found)]
            cited[node] = Cited([each[0] for each in texts], [each[1] for each in texts])
            if thing.links["firmness"]:
                for each in found:
                    clause = readers[each.source].read_clause(each.start, each.end)
                    cited[node].clauses.append(clause)
    return cited


def _read_verbs(graph: Graph) -> dict[str, dict[str, set[str]]]:
    """Return the codes of each verb, by language."""
    verbs: dict[str, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    for code, verb in graph.internal("wording-verbs"):
        verbs[language_of(verb).lower()][text(verb)].add(text(code))
    return verbs
