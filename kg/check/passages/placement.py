"""Check where the cited passages lie: within one sentence, and not in another city's section.

A query would compare each passage with each sentence of its source, which takes long where a
source is about many cities.
"""

from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import accumulate

from kg.check.finding import VIOLATION, Finding, Locator
from kg.check.passages.positions import Position, Positions
from kg.check.tracing import list_properties
from kg.graph import Graph, read_internal
from kg.names import pick, text

MESSAGES = {
    "applies-to-another-place": {
        "en": "The document applies to {}, but all passages that are cited for it ({}) are in "
        "sections about {}. Correct cdp:appliesTo, or the evidence.",
        "zh-Hans": "该文件适用于 {}，但其全部依据（{} 个段落）都位于讲 {} 的章节。"
        "请更正 cdp:appliesTo 或依据。",
    },
    "digest-of-another-passage": {
        "en": "{} has the same digest and another length, or the same offsets and another digest. "
        "Compute both digests again from the source text.",
        "zh-Hans": "{} 的摘要相同而长度不同，或起止相同而摘要不同。应从来源文本重新计算两个摘要。",
    },
    "evidence-across-segments": {
        "en": "The passage from {} to {} does not lie within one sentence or heading of its "
        "source. End it where the sentence ends, and cite the next sentence as separate evidence.",
        "zh-Hans": "从 {} 到 {} 的段落不在来源的一个句子或标题之内。应在句末截断，下一句另立依据。",
    },
    "evidence-in-no-section": {
        "en": "The evidence {} is outside the sections about cities, but this thing belongs to {}, "
        "of which its source has a section. Cite the passage in that section.",
        "zh-Hans": "依据 {} 不在讲城市的章节之内，但该事物属于 {}，而来源设有相应章节。"
        "应引用该章节中的段落。",
    },
    "evidence-of-another-city": {
        "en": "The evidence {} is in the section about {}, but this thing belongs to {}, which "
        "does not apply there. Correct cdp:statedIn, cdp:partOf or the evidence.",
        "zh-Hans": "依据 {} 位于讲 {} 的章节，但该事物属于 {}，而该文件不适用于该地。"
        "请更正 cdp:statedIn、cdp:partOf 或依据。",
    },
}
USES = "evidence-places"
LEAST_PASSAGES = 2  # of a document that is said to apply to a wrong place
Span = tuple[int, int]


class Spans:
    """Intervals of offsets with a value each, which may overlap."""

    def __init__(self, spans: Iterable[tuple[Span, str]]) -> None:
        self._spans = sorted(spans)
        self._starts = [start for (start, _), _ in self._spans]
        # The furthest end of a span and of all before it.
        self._reach = list(accumulate((end for (_, end), _ in self._spans), max))

    def find_around(self, span: Span) -> Iterator[str]:
        """Yield the value of each interval that contains a span, from the last to the first."""
        start, end = span
        for index in reversed(range(bisect_right(self._starts, start))):
            if self._reach[index] < end:
                return
            (_, other_end), value = self._spans[index]
            if other_end >= end:
                yield value


def check_placement(
    graph: Graph, positions: Positions, locator: Locator, language: str
) -> Iterator[Finding]:
    """Yield the violations by passages that lie where they cannot be evidence."""

    def report(
        check: str, node: str, *values: object, predicate: str = "", document: str = ""
    ) -> Iterator[Finding]:
        message = pick(MESSAGES[check], language, "").format(*values)
        message = f"{graph.names.shorten(node)}: {message}"
        reads = [(each, p) for each in (node, document) if document for p in properties]
        return locator.report(node, VIOLATION, check, message, predicate=predicate, reads=reads)

    properties = list_properties(read_internal(graph.home, USES), graph.names)

    listed = _list_segments(positions)
    segments = {source: Spans(found) for source, found in listed.items()}
    sections = {source: {place for _, place in found} for source, found in listed.items()}
    places: dict[str, set[str]] = {}  # of the sentences that contain a passage
    outside: dict[str, set[str]] = {}  # the places of sections of a source, for others of it
    for evidence, position in positions.passages.items():
        if position.source not in segments:
            continue
        span = position.start, position.end
        found = set(segments[position.source].find_around(span))
        if not found:
            yield from report("evidence-across-segments", evidence, *span)
        places.setdefault(evidence, set()).update(found - {""})
        if found == {""}:
            outside[evidence] = sections[position.source]
    yield from _compare_digests(positions, report)
    shorten = graph.names.shorten
    uses = _read_uses(graph)
    misplaced = _find_misplaced(uses, places)
    for document, (passages, wrong) in misplaced.items():
        applies = next(each for (_, _, d), each in uses.items() if d == document)
        names = [", ".join(map(shorten, sorted(each))) for each in (applies, wrong)]
        yield from report(
            "applies-to-another-place", document, names[0], len(passages), names[1],
            predicate=positions.get_property("applies"),
        )  # fmt: skip
    for (evidence, node, document), applies in uses.items():
        for place in sorted(places.get(evidence, set()) - applies):
            if document not in misplaced:
                values = (shorten(evidence), shorten(place), shorten(document))
                yield from report("evidence-of-another-city", node, *values, document=document)
        if outside.get(evidence, set()) & applies:
            names = [shorten(evidence), shorten(document)]
            yield from report("evidence-in-no-section", node, *names, document=document)


def _list_segments(positions: Positions) -> dict[str, list[tuple[Span, str]]]:
    """Return the segments of each source, with the places that they are about."""
    listed: dict[str, list[tuple[Span, str]]] = {}
    for node, position in positions.segments.items():
        about = positions.find("place", node)
        spans = listed.setdefault(position.source, [])
        spans.append(((position.start, position.end), text(about) if about else ""))
    return listed


def _find_misplaced(
    uses: Mapping[tuple[str, str, str], set[str]], places: Mapping[str, set[str]]
) -> dict[str, tuple[set[str], set[str]]]:
    """Return the documents all of whose passages are about other places, with both."""
    found: dict[str, tuple[set[str], set[str]]] = {}
    for (evidence, _, document), applies in uses.items():
        about = places.get(evidence)
        if about:
            passages, wrong = found.setdefault(document, (set(), set()))
            passages.add(evidence)
            wrong |= about
            if not applies or about & applies:
                wrong.add("")
    return {
        document: each
        for document, each in found.items()
        if "" not in each[1] and len(each[0]) >= LEAST_PASSAGES
    }


def _compare_digests(
    positions: Positions, report: Callable[..., Iterator[Finding]]
) -> Iterator[Finding]:
    """Yield the violations by digests that contradict each other."""
    by_digest: dict[str, str] = {}
    by_position: dict[Position, str] = {}
    digests = {}
    for node, position in sorted(positions.passages.items()):
        digest = positions.find("digest", node)
        if digest is None:
            continue
        digests[node] = text(digest)
        other = by_digest.setdefault(digests[node], node)
        same = by_position.setdefault(position, node)
        length = position.end - position.start
        if positions.passages[other].end - positions.passages[other].start == length:
            other = same if digests[same] != digests[node] else node
        if other != node:
            yield from report(
                "digest-of-another-passage", node, other,
                predicate=positions.get_property("digest"),
            )  # fmt: skip


def _read_uses(graph: Graph) -> dict[tuple[str, str, str], set[str]]:
    """Return the places to which a document applies, by evidence, node and document."""
    uses: dict[tuple[str, str, str], set[str]] = {}
    for evidence, node, document, place in graph.internal(USES):
        key = text(evidence), text(node), text(document)
        uses.setdefault(key, set()).update({text(place)} if place else ())
    return uses
