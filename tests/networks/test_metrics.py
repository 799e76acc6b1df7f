"""Measures of nodes, compared with networkx."""

from __future__ import annotations

import random

import networkx
import pytest

from kg.networks.metrics import Link, choose_pivots, make_graph, measure_nodes


def make_links(nodes: int, seed: int = 1) -> list[Link]:
    """Return random links of four groups, some of them parallel, and leave the last node out."""
    pick = random.Random(seed)
    links = []
    for first in range(nodes - 1):
        others = [n for n in range(nodes - 1) if n != first and n % 4 == first % 4]
        links += [(first, other, 1.0 + first % 3) for other in pick.sample(others, 3)]
    return [*links, *((n, n + 1, 1.0) for n in range(0, nodes - 2, 7))]


def test_weights_of_parallel_links_are_added() -> None:
    graph = make_graph(3, [(0, 1, 2.0), (1, 0, 3.0)])
    assert list(graph) == [0, 1, 2]
    assert list(graph.edges(data="weight")) == [(0, 1, 5.0)]


def test_degree_counts_parallel_links() -> None:
    links = make_links(40)
    metrics = measure_nodes(make_graph(40, links), links)
    assert sum(metrics.degree) == 2 * len(links)
    assert metrics.degree[39] == 0


def test_betweenness_is_that_of_networkx() -> None:
    links = make_links(40)
    metrics = measure_nodes(make_graph(40, links), links)
    graph: networkx.Graph[int] = networkx.Graph([(a, b) for a, b, _ in links])
    graph.add_nodes_from(range(40))
    expected = networkx.betweenness_centrality(graph)
    assert metrics.betweenness == pytest.approx([expected[n] for n in range(40)], abs=1e-6)
    assert metrics.pivots == 0


def test_communities_are_a_partition_numbered_by_size() -> None:
    links = make_links(40)
    graph = make_graph(40, links)
    community = measure_nodes(graph, links).community
    numbers = range(max(community) + 1)
    members = [{n for n in range(40) if community[n] == number} for number in numbers]
    assert networkx.community.is_partition(graph, members)
    assert [len(m) for m in members] == sorted(map(len, members), reverse=True)
    assert networkx.community.modularity(graph, members) > 0.4


def test_betweenness_of_a_large_network_is_estimated() -> None:
    # A chain of 20 nodes, each with 19 others.
    links = [(n, n % 20, 1.0) for n in range(20, 400)] + [(n, n + 1, 1.0) for n in range(19)]
    graph = make_graph(400, links)
    metrics = measure_nodes(graph, links, max_steps=40_000)
    assert metrics.pivots == 50
    exact = networkx.betweenness_centrality(graph)
    assert metrics.betweenness != pytest.approx([exact[n] for n in range(400)], abs=1e-6)
    highest = sorted(exact, key=lambda n: -exact[n])[:8]
    found = sorted(range(400), key=lambda n: -metrics.betweenness[n])[:10]
    assert len(set(highest) & set(found)) >= 7
    assert metrics == measure_nodes(make_graph(400, links), links, max_steps=40_000)


def test_betweenness_of_large_networks_is_sampled() -> None:
    assert choose_pivots(410, 1078) == 0
    assert choose_pivots(200_000, 1_000_000) == 8
