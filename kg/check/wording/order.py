"""Check that lists, documents and passages have the order of the source."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from itertools import pairwise

from kg.check.finding import WARNING, Finding
from kg.check.passages.positions import Position
from kg.check.wording.agreement import Reporter
from kg.check.wording.things import Text, Thing

MESSAGES = {
    "order-of-list": {
        "en": "This comes after {0} in the list, but before it in the source. Correct the index or "
        "the evidence.",
        "zh-Hans": "该事物在列表中排在 {0} 之后，在来源中却在其前。请更正次序或依据。",
    },
    "order-of-documents": {
        "en": "This is stated in {0}, but what the source says before and after it is stated in "
        "{1}. Correct cdp:statedIn or the evidence.",
        "zh-Hans": "该事物载于 {0}，而来源中其前后的内容都载于 {1}。请更正 cdp:statedIn 或依据。",
    },
    "passages-overlap": {
        "en": "The passage overlaps with {0}, but neither contains the other. Correct the offsets.",
        "zh-Hans": "该段落与 {0} 部分重叠，互不包含。请更正起止位置。",
    },
}


def check_order(
    things: Mapping[str, Thing], passages: Mapping[str, Position], report: Reporter
) -> Iterator[Finding]:
    """Yield the findings; `passages` has source and offsets of each passage."""
    first: dict[str, Position] = {}
    for node, thing in things.items():
        if spans := [passages[each] for each in thing.links["evidence"] if each in passages]:
            first[node] = min(spans)
    yield from _check_lists(things, first, report)
    yield from _check_documents(things, first, report)
    yield from _check_overlap(passages, report)


def _check_lists(
    things: Mapping[str, Thing], first: Mapping[str, Position], report: Reporter
) -> Iterator[Finding]:
    lists: dict[str, list[tuple[int, str]]] = defaultdict(list)
    for node in first:
        thing = things[node]
        for whole in thing.links["whole"]:
            if thing.index is not None:
                lists[whole].append((thing.index, node))
        for part in thing.links["part"]:
            index = things[part].index if part in first else None
            if index is not None:
                lists[node].append((index, part))
    for members in lists.values():
        for (index, node), (other_index, other) in pairwise(sorted(set(members))):
            is_same_source = first[node].source == first[other].source
            if index < other_index and is_same_source and first[other] < first[node]:
                about = things[other].point("index", str(other_index))
                yield from report("order-of-list", WARNING, other, node, about=about)


def _check_documents(
    things: Mapping[str, Thing], first: Mapping[str, Position], report: Reporter
) -> Iterator[Finding]:
    stated = sorted((span, node) for node, span in first.items() if things[node].links["document"])
    documents = [find_document(node, things) for _, node in stated]
    for before, (own, (_, node)), after in zip(
        documents, zip(documents[1:], stated[1:], strict=True), documents[2:], strict=False
    ):
        if before == after != own:
            about = things[node].point("document", things[node].links["document"][0])
            yield from report("order-of-documents", WARNING, node, own, before, about=about)


def find_document(node: str, things: Mapping[str, Thing]) -> str:
    """Return the document in which a thing is stated, directly or in a part of it."""
    seen = set()
    while node in things and node not in seen:
        seen.add(node)
        links = things[node].links
        above = links["document"] or links["whole"]
        if not above:
            break
        node = above[0]
    return node


def _check_overlap(passages: Mapping[str, Position], report: Reporter) -> Iterator[Finding]:
    ordered = sorted((position, node) for node, position in passages.items())
    for index, (position, node) in enumerate(ordered):
        # islice() would pass over all before, again and again.
        for later in range(index + 1, len(ordered)):
            other, name = ordered[later]
            if other.source != position.source or other.start >= position.end:
                break
            if other.start > position.start and other.end > position.end:
                about = Text("", "passage", "", "")
                yield from report("passages-overlap", WARNING, node, name, about=about)
