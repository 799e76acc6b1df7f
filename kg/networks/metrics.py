"""What is measured of the nodes of a network: degree, betweenness, community."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from kg.errors import KgError

if TYPE_CHECKING:
    import networkx

SEED = 2021
# Steps that betweenness may take: above, it is estimated from as many nodes as fit.
STEPS = 3_000_000
LEAST_PIVOTS = 8

Link = tuple[int, int, float]


@dataclass(frozen=True)
class Measures:
    """For each node in order its degree, betweenness and community.

    `pivots` is how many nodes betweenness was estimated from, or 0 where it is exact.
    """

    degree: list[int]
    betweenness: list[float]
    community: list[int]
    pivots: int


def load_networkx() -> type[networkx.Graph]:
    """Return networkx's undirected graph, having loaded the library.

    Raises:
        KgError: it, or numpy, is not installed.
    """
    try:
        import networkx
        import numpy  # noqa: F401
    except ImportError as error:
        raise KgError(
            f"{error.name} is not installed, and networks are measured and laid out with it. "
            "To have it: pip install 'city-policy-kg[networkx]'."
        ) from None
    graph: type[networkx.Graph] = networkx.Graph
    return graph


def make_graph(count: int, links: Sequence[Link]) -> networkx.Graph[int]:
    """Return an undirected graph of nodes numbered from 0; weights of parallel links are added.

    Its nodes are integers: sets of them have the same order in every run.
    """
    graph: networkx.Graph[int] = load_networkx()()
    graph.add_nodes_from(range(count))
    weights: dict[tuple[int, int], float] = {}
    for first, second, weight in links:
        pair = (min(first, second), max(first, second))
        weights[pair] = weights.get(pair, 0.0) + weight
    graph.add_weighted_edges_from((a, b, weights[a, b]) for a, b in sorted(weights))
    return graph


def measure_nodes(graph: networkx.Graph[int], links: Sequence[Link]) -> Measures:
    """Return the measures of the nodes of `make_graph`.

    Degree counts all links, parallel ones too. Betweenness (Brandes 2001, normalised) goes by
    the number of links and not by their direction or weight; where nodes times (nodes + links)
    exceed `STEPS` it is estimated from nodes drawn with a fixed seed (Brandes and Pich 2007).
    Communities are Louvain's (Blondel et al. 2008) by weight, numbered by size from 0.
    """
    import networkx

    degree = count_degrees(len(graph), links)
    pivots = choose_pivots(len(graph), graph.number_of_edges())
    between = networkx.betweenness_centrality(graph, k=pivots or None, seed=SEED)
    found = networkx.community.louvain_communities(graph, weight="weight", seed=SEED)
    ranked = sorted((sorted(members) for members in found), key=lambda m: (-len(m), m))
    community = {node: rank for rank, members in enumerate(ranked) for node in members}
    return Measures(
        degree,
        [round(between[node], 6) + 0.0 for node in range(len(graph))],
        [community[node] for node in range(len(graph))],
        pivots,
    )


def count_degrees(count: int, links: Sequence[Link]) -> list[int]:
    """Return how many links end at each node.

    >>> count_degrees(3, [(0, 1, 1.0), (0, 1, 2.0)])
    [2, 2, 0]
    """
    ends = Counter(end for first, second, _ in links for end in (first, second))
    return [ends[node] for node in range(count)]


def choose_pivots(nodes: int, links: int) -> int:
    """Return from how many nodes betweenness is estimated, 0 for all: then it is exact.

    >>> choose_pivots(400, 1_000), choose_pivots(10_000, 40_000)
    (0, 60)
    """
    if nodes * (nodes + links) <= STEPS:
        return 0
    return min(nodes, max(LEAST_PIVOTS, STEPS // (nodes + links)))
