"""Edges before nodes are measured: collected from a query, reduced to a core, and weighed."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from heapq import heapify, heappop, heappush
from itertools import combinations

from kg.names import Term, text
from kg.networks.validity import OPEN, Span, clip_span, join_spans

EdgeKey = tuple[str, str, str]  # the IRIs of source, relation and target


@dataclass(frozen=True)
class EdgeData:
    """The weight of an edge, its number of passages, and its validity.

    For nodes that are joined because they share items, `shared` has the sorted IRIs of these, and
    `jaccard` the Jaccard index: the number of shared items over that of all items of either node.
    """

    weight: float
    evidence: int
    span: Span
    shared: tuple[str, ...] = ()
    jaccard: float = 0.0


@dataclass
class Projection:
    """The nodes and edges that a query finds, all as IRIs.

    `edges` has the elements that make each edge. `items` has, for the folded relation, the items
    of each node, with the elements that make them; nodes with the same item are to be joined.
    """

    nodes: set[str] = field(default_factory=set)
    edges: dict[EdgeKey, set[str]] = field(default_factory=dict)
    items: dict[str, dict[str, set[str]]] = field(default_factory=dict)
    folded: str = ""


def collect_edges(rows: Iterable[tuple[Term | None, ...]], folded: str) -> Projection:
    """Return the projection from rows of source, relation, target and element.

    A row without target adds a node only. A row of the folded relation adds an item to its
    source. Loops (edges from a node to itself) are left out.
    """
    projection = Projection(folded=folded)
    for row in rows:
        source, relation, target, element = map(text, row)
        projection.nodes.add(source)
        if not target:
            continue
        if relation == folded:
            items = projection.items.setdefault(source, {})
            items.setdefault(target, set()).add(element)
        elif source != target:
            projection.nodes.add(target)
            projection.edges.setdefault((source, relation, target), set()).add(element)
    return projection


def prune_to_core(projection: Projection, largest: int) -> list[str]:
    """Return at most `largest` nodes, sorted: repeatedly, the node of lowest degree is dropped.

    Edges to dropped nodes no longer count, so that a connected core remains (Seidman 1983). Of
    nodes with the same degree, the last is dropped. An item that others share counts as one edge,
    so that the pairs, which may be many, need not be built first.
    """
    order = sorted(projection.nodes)
    if len(order) <= largest:
        return order
    sharers = Counter(item for items in projection.items.values() for item in items)
    neighbors: dict[str, list[str]] = {node: [] for node in order}
    for source, _, target in projection.edges:
        neighbors[source].append(target)
        neighbors[target].append(source)
    degree = {
        node: len(neighbors[node]) + sum(sharers[i] > 1 for i in projection.items.get(node, ()))
        for node in order
    }
    rank = {node: -number for number, node in enumerate(order)}
    queue = [(degree[node], rank[node], node) for node in order]
    heapify(queue)
    kept = set(order)
    while len(kept) > largest:
        lowest, _, node = heappop(queue)
        if node not in kept or lowest != degree[node]:
            continue  # The degree has fallen since: a later entry of the queue has it.
        kept.remove(node)
        for other in neighbors[node]:
            if other in kept:
                degree[other] -= 1
                heappush(queue, (degree[other], rank[other], other))
    return sorted(kept)


def weigh_edges(
    projection: Projection,
    nodes: Sequence[str],
    passages: Mapping[str, set[str]],
    spans: Mapping[str, Span],
) -> tuple[dict[EdgeKey, EdgeData], int]:
    """Return the edges between some nodes, sorted by key, and how many others are never valid.

    The weight is the number of elements that make the edge, or of items that both ends share. An
    edge is valid while one of its elements is, within the validity of both ends; if nothing
    remains, it is left out and counted. `passages` and `spans` have the evidence and the validity
    of nodes and elements by IRI; what is missing has no evidence, or is always valid.
    """
    known = frozenset(nodes)
    found = {}
    for key, elements in projection.edges.items():
        if key[0] in known and key[2] in known:
            evidence, span = _join_elements(elements, passages, spans)
            found[key] = EdgeData(float(len(elements)), len(evidence), span)
    found.update(_weigh_shared(projection, nodes, passages, spans))
    edges = {}
    for key in sorted(found):
        source, _, target = key
        clipped = clip_span(found[key].span, spans.get(source, OPEN), spans.get(target, OPEN))
        if clipped is not None:
            edges[key] = replace(found[key], span=clipped)
    return edges, len(found) - len(edges)


def _weigh_shared(
    projection: Projection,
    nodes: Sequence[str],
    passages: Mapping[str, set[str]],
    spans: Mapping[str, Span],
) -> Iterator[tuple[EdgeKey, EdgeData]]:
    """Yield an edge for each two nodes that share an item of the folded relation."""
    items = {node: projection.items[node] for node in nodes if node in projection.items}
    joined = {
        (node, item): _join_elements(elements, passages, spans)
        for node, found in items.items()
        for item, elements in found.items()
    }
    for first, second in combinations(items, 2):
        shared = tuple(sorted(items[first].keys() & items[second].keys()))
        if not shared:
            continue
        evidence = set().union(*(joined[node, i][0] for node in (first, second) for i in shared))
        both = [clip_span(joined[first, i][1], joined[second, i][1]) for i in shared]
        yield (
            (first, projection.folded, second),
            EdgeData(
                weight=float(len(shared)),
                evidence=len(evidence),
                # Items that are never shared at the same time leave the validity open.
                span=join_spans(span for span in both if span is not None),
                shared=shared,
                jaccard=round(len(shared) / len(items[first].keys() | items[second].keys()), 4),
            ),
        )


def _join_elements(
    elements: Iterable[str], passages: Mapping[str, set[str]], spans: Mapping[str, Span]
) -> tuple[set[str], Span]:
    """Return the passages of some elements, and when any of them is valid."""
    evidence = set().union(*(passages.get(element, ()) for element in elements))
    return evidence, join_spans(spans.get(element, OPEN) for element in elements)
