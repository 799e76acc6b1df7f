"""The ties of a network before it is measured: what joins two things, and what stands behind it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from heapq import heapify, heappop, heappush

from kg.names import Term, bind_json
from kg.networks.node_data import OPEN, NodeData, Span

Key = tuple[str, str, str]  # source, kind, target


@dataclass
class EdgeData:
    """What joins two things by one relation: the elements that make it, its weight and time."""

    elements: set[str] = field(default_factory=set)
    passages: set[str] = field(default_factory=set)
    weight: float = 0.0
    span: Span = OPEN
    shared: tuple[str, ...] = ()
    jaccard: float = 0.0


@dataclass
class Projection:
    """All things of a network, and its ties; IRIs throughout.

    `members` has, for a kind that is folded, what each thing shares and with which elements.
    """

    things: set[str] = field(default_factory=set)
    direct: dict[Key, EdgeData] = field(default_factory=dict)
    members: dict[str, dict[str, set[str]]] = field(default_factory=dict)


def collect_edges(rows: Iterable[tuple[Term | None, ...]], folded: str | None) -> Projection:
    """Return the ties that rows of source, kind, target and element make.

    A row without a target names a thing alone; one of the kind that is folded says what the
    thing shares. A thing has no tie to itself.
    """
    ties = Projection()
    for row in rows:
        source, kind, target, element = map(_text, row)
        ties.things.add(source)
        if not target:
            continue
        if kind == folded:
            ties.members.setdefault(source, {}).setdefault(target, set()).add(element)
        elif source != target:
            ties.things.add(target)
            ties.direct.setdefault((source, kind, target), EdgeData()).elements.add(element)
    return ties


def prune_to_core(ties: Projection, largest: int) -> list[str]:
    """Return so many things at most, sorted by IRI: each time the one with the fewest ties goes.

    Projection to what has gone do not count, so that what stays hangs together (Seidman 1983); of
    things with as few, the last goes. What a thing shares with others counts as ties, too, so that
    no pairs are made that are then dropped.
    """
    order = sorted(ties.things)
    if len(order) <= largest:
        return order
    holders = Counter(shared for members in ties.members.values() for shared in members)
    near: dict[str, list[str]] = {thing: [] for thing in order}
    for source, _, target in ties.direct:
        near[source].append(target)
        near[target].append(source)
    degree = {
        thing: len(near[thing]) + sum(holders[s] > 1 for s in ties.members.get(thing, ()))
        for thing in order
    }
    queue = [(degree[thing], -rank, thing) for rank, thing in enumerate(order)]
    places = {thing: place for _, place, thing in queue}
    heapify(queue)
    kept = set(order)
    while len(kept) > largest:
        fewest, _, thing = heappop(queue)
        if thing not in kept or fewest != degree[thing]:
            continue  # it has fewer by now, and stands further ahead as well
        kept.remove(thing)
        for other in near[thing]:
            if other in kept:
                degree[other] -= 1
                heappush(queue, (degree[other], places[other], other))
    return sorted(kept)


def weigh_edges(
    ties: Projection, kept: Sequence[str], folded: str | None, facts: NodeData
) -> tuple[dict[Key, EdgeData], int]:
    """Return the ties between the things that are kept, sorted, with weight, passages and time.

    A tie weighs as much as there are elements that make it, or things that are shared. It holds
    while one of its elements does, and not outside the time of either end; how many would then
    hold at no time, and are left out, is returned beside.
    """
    known = set(kept)
    found: dict[Key, EdgeData] = {}
    for key, tie in ties.direct.items():
        if key[0] in known and key[2] in known:
            tie.weight = float(len(tie.elements))
            tie.passages = set().union(*(facts.passages.get(e, set()) for e in tie.elements))
            tie.span = join_spans(facts.spans.get(element, OPEN) for element in tie.elements)
            found[key] = tie
    if folded:
        found |= _fold_members(ties.members, kept, folded, facts)
    clipped = {}
    for key in sorted(found):
        ends = (facts.spans.get(key[0], OPEN), facts.spans.get(key[2], OPEN))
        span = clip_span(found[key].span, *ends)
        if span is not None:
            found[key].span = span
            clipped[key] = found[key]
    return clipped, len(found) - len(clipped)


def _fold_members(
    members: Mapping[str, Mapping[str, set[str]]], kept: Sequence[str], kind: str, facts: NodeData
) -> dict[Key, EdgeData]:
    """Return a tie between each two things that share something, with the index of Jaccard."""
    passages = {
        (thing, shared): set().union(*(facts.passages.get(e, set()) for e in elements))
        for thing in kept
        for shared, elements in members.get(thing, {}).items()
    }
    spans = {
        (thing, shared): join_spans(facts.spans.get(e, OPEN) for e in members[thing][shared])
        for thing, shared in passages
    }
    found = {}
    holders = [thing for thing in kept if thing in members]
    sets = {thing: frozenset(members[thing]) for thing in holders}
    for number, first in enumerate(holders):
        for second in holders[number + 1 :]:
            common = sets[first] & sets[second]
            if not common:
                continue
            shared = tuple(sorted(common))
            both = [clip_span(spans[first, s], spans[second, s]) for s in shared]
            found[first, kind, second] = EdgeData(
                passages=set().union(*(passages[first, s] | passages[second, s] for s in shared)),
                weight=float(len(shared)),
                # What is shared, though never at the same time, leaves the time open.
                span=join_spans(span for span in both if span is not None),
                shared=shared,
                jaccard=round(len(shared) / len(sets[first] | sets[second]), 4),
            )
    return found


def join_spans(spans: Iterable[Span]) -> Span:
    """Return the time from the first to the last of some; open where one is open, or none is.

    >>> join_spans([("2021-01-01", "2021-12-31"), (None, "2023-12-31")])
    (None, '2023-12-31')
    """
    starts, ends = [], []
    for start, end in spans:
        starts.append(start)
        ends.append(end)
    first = [s for s in starts if s is not None]
    last = [e for e in ends if e is not None]
    return (
        min(first) if first and len(first) == len(starts) else None,
        max(last) if last and len(last) == len(ends) else None,
    )


def clip_span(span: Span, *around: Span) -> Span | None:
    """Return what of a time lies within all others, or None if nothing does.

    >>> clip_span((None, "2025-12-31"), ("2021-01-01", "2023-12-31"))
    ('2021-01-01', '2023-12-31')
    """
    starts = [s for s, _ in (span, *around) if s is not None]
    ends = [e for _, e in (span, *around) if e is not None]
    start, end = max(starts, default=None), min(ends, default=None)
    return None if start and end and start > end else (start, end)


def _text(term: Term | None) -> str:
    return "" if term is None else bind_json(term)["value"]
