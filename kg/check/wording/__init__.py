"""Check the wording of things with evidence: in itself, and against the source."""

from collections import defaultdict
from collections.abc import Iterator, Mapping

from kg.check.finding import Finding, Locator
from kg.check.index import StatementIndex
from kg.check.wording import agreement, source_texts
from kg.check.wording.agreement import check_agreement
from kg.check.wording.source_texts import Cited, Reader, check_source_texts
from kg.check.wording.things import Text, Thing, read_things
from kg.errors import KgError
from kg.graph import Graph
from kg.names import pick, text
from kg.source import find_source
from kg.xsd import read_integer

__all__ = ["SOURCE_CHECKS", "check_wording"]

MESSAGES = agreement.MESSAGES | source_texts.MESSAGES
SOURCE_CHECKS = frozenset(source_texts.MESSAGES)
"""The checks that need the source text."""


def check_wording(
    graph: Graph, index: StatementIndex, locator: Locator, language: str
) -> Iterator[Finding]:
    """Yield the findings on the texts of things that have evidence."""
    names = graph.names

    def report(
        check: str, severity: str, node: str, *values: str, about: Text
    ) -> Iterator[Finding]:
        shown = [names.shorten(value) for value in values]
        message = pick(MESSAGES[check], language, "").format(*shown)
        return locator.report(
            node,
            severity,
            check,
            f"{names.shorten(node)}: {message}",
            predicate=about.property,
            value=about.value,
        )

    labels: dict[str, list[str]] = defaultdict(list)
    notations: dict[str, str] = {}
    for code, label, notation in graph.internal("wording-codes"):
        labels[text(code)].append(text(label))
        if notation:
            notations[text(code)] = text(notation)
    things = read_things(graph, index)
    known = {code: " ".join(found) for code, found in labels.items()}
    yield from check_agreement(things, known, notations, report)
    if cited := _read_cited(graph, things):
        yield from check_source_texts(things, cited, report)


def _read_cited(graph: Graph, things: Mapping[str, Thing]) -> dict[str, Cited]:
    """Return what each thing cites, if all of it is in source texts that were added."""
    readers = {}
    for _, sha256, _ in graph.internal("sources"):
        try:
            raw = find_source(text(sha256))
            if raw is not None:
                readers[text(sha256)] = Reader(raw)
        except KgError:
            continue  # Reported with the passages, or an optional package is not installed.
    if not readers:
        return {}
    passages: dict[str, tuple[str, int, int]] = {}
    for evidence, sha256, start, end, _ in graph.internal("evidence"):
        first, last = read_integer(text(start)), read_integer(text(end))
        if text(sha256) in readers and first is not None and last is not None and first < last:
            passages[text(evidence)] = (text(sha256), first, last)
    cited = {}
    for node, thing in things.items():
        found = [passages[each] for each in thing.links["evidence"] if each in passages]
        if len(found) == len(thing.links["evidence"]):
            texts = [readers[sha256].read(start, end) for sha256, start, end in sorted(found)]
            cited[node] = Cited([each[0] for each in texts], [each[1] for each in texts])
    return cited
