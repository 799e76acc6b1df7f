"""Measures of the nodes of a network: degree, betweenness and community."""

from __future__ import annotations

import random
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import networkx

SEED = 2021
# If nodes * (nodes + links) exceeds this number of steps, betweenness is estimated.
MAX_STEPS = 3_000_000
MIN_PIVOTS = 8

Link = tuple[int, int, float]  # the numbers of two nodes, and the weight


@dataclass(frozen=True)
class Metrics:
    """The degree, betweenness and community of each node, in order.

    `pivots` is the number of nodes that betweenness was estimated from, or 0 if it is exact.
    """

    degree: list[int]
    betweenness: list[float]
    community: list[int]
    pivots: int


def make_graph(count: int, links: Sequence[Link]) -> networkx.Graph[int]:
    """Return an undirected graph of nodes numbered from 0; weights of parallel links are added.

    Nodes are integers so that sets of them have the same order in every run.
    """
    import networkx

    graph: networkx.Graph[int] = networkx.Graph()
    graph.add_nodes_from(range(count))
    weights: dict[tuple[int, int], float] = defaultdict(float)
    for first, second, weight in links:
        weights[min(first, second), max(first, second)] += weight
    graph.add_weighted_edges_from((a, b, weights[a, b]) for a, b in sorted(weights))
    return graph


def measure_nodes(
    graph: networkx.Graph[int], links: Sequence[Link], max_steps: int = MAX_STEPS
) -> Metrics:
    """Return the measures of the nodes of a graph that was made from these links.

    Degree counts parallel links too. Betweenness (Brandes 2001) is normalized and ignores weight
    and direction; if exact values would take more than `max_steps` steps, it is estimated from
    nodes drawn with a fixed seed (Brandes and Pich 2007). Communities are those of the Louvain
    method (Blondel et al. 2008) by weight, numbered from 0 by falling size.
    """
    import networkx

    pivots = choose_pivots(len(graph), graph.number_of_edges(), max_steps)
    betweenness = measure_betweenness(graph, pivots)
    found = networkx.community.louvain_communities(graph, weight="weight", seed=SEED)
    ranked = sorted((sorted(members) for members in found), key=lambda m: (-len(m), m))
    community = {node: rank for rank, members in enumerate(ranked) for node in members}
    degree = Counter(end for first, second, _ in links for end in (first, second))
    return Metrics(
        [degree[node] for node in range(len(graph))],
        [round(value, 6) for value in betweenness],
        [community[node] for node in range(len(graph))],
        pivots,
    )


def measure_betweenness(graph: networkx.Graph[int], pivots: int = 0) -> list[float]:
    """Return the normalized betweenness of each node, from all nodes or from some.

    The values are those of `networkx.betweenness_centrality`, in less than half of its time.
    """
    nodes = range(len(graph))
    sources = random.Random(SEED).sample(nodes, pivots) if pivots else nodes  # noqa: S311
    near = [list(graph[node]) for node in nodes]
    total = [0.0] * len(nodes)
    for source in sources:
        _add_shares(total, near, source)
    # No path from or to a node passes through it.
    chosen = set(sources)
    pairs = [(len(chosen) - (node in chosen)) * (len(nodes) - 2) for node in nodes]
    return [value / max(number, 1) for value, number in zip(total, pairs, strict=True)]


def _add_shares(total: list[float], near: Sequence[Sequence[int]], source: int) -> None:
    """Add to each node the share of the shortest paths from a source that pass through it."""
    distances = [-1] * len(near)
    distances[source] = 0
    paths = [0.0] * len(near)  # their number, from the source to each node
    paths[source] = 1.0
    before: list[list[int]] = [[] for _ in near]
    order = [source]
    for node in order:
        distance = distances[node] + 1
        for other in near[node]:
            if distances[other] < 0:
                distances[other] = distance
                order.append(other)
            if distances[other] == distance:
                paths[other] += paths[node]
                before[other].append(node)
    shares = [0.0] * len(near)
    for node in reversed(order[1:]):
        part = (1 + shares[node]) / paths[node]
        for other in before[node]:
            shares[other] += paths[other] * part
        total[node] += shares[node]


def choose_pivots(nodes: int, links: int, max_steps: int = MAX_STEPS) -> int:
    """Return the number of nodes to estimate betweenness from, or 0 to compute it exactly.

    >>> choose_pivots(400, 1_000), choose_pivots(10_000, 40_000)
    (0, 60)
    """
    if nodes * (nodes + links) <= max_steps:
        return 0
    return min(nodes, max(MIN_PIVOTS, max_steps // (nodes + links)))
