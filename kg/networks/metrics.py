"""Measures of the nodes of a network: degree, betweenness and community."""

from __future__ import annotations

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
    betweenness = networkx.betweenness_centrality(graph, k=pivots or None, seed=SEED)
    found = networkx.community.louvain_communities(graph, weight="weight", seed=SEED)
    ranked = sorted((sorted(members) for members in found), key=lambda m: (-len(m), m))
    community = {node: rank for rank, members in enumerate(ranked) for node in members}
    degree = Counter(end for first, second, _ in links for end in (first, second))
    return Metrics(
        [degree[node] for node in range(len(graph))],
        [round(betweenness[node], 6) for node in range(len(graph))],
        [community[node] for node in range(len(graph))],
        pivots,
    )


def choose_pivots(nodes: int, links: int, max_steps: int = MAX_STEPS) -> int:
    """Return the number of nodes to estimate betweenness from, or 0 to compute it exactly.

    >>> choose_pivots(400, 1_000), choose_pivots(10_000, 40_000)
    (0, 60)
    """
    if nodes * (nodes + links) <= max_steps:
        return 0
    return min(nodes, max(MIN_PIVOTS, max_steps // (nodes + links)))
