"""Sizes and positions of nodes, in all layouts."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace
from itertools import combinations

import pytest

from kg.errors import KgError
from kg.networks import Network, Node
from kg.networks.layout import (
    LAYOUTS,
    Layout,
    choose_layout,
    lay_out_nodes,
    pack_disks,
)
from kg.networks.metrics import Link, Metrics, make_graph, measure_nodes


def find_overlaps(nodes: tuple[Node, ...]) -> list[tuple[str, str]]:
    return [
        (a.id, b.id)
        for a, b in combinations(nodes, 2)
        if math.hypot(a.x - b.x, a.y - b.y) < (a.size + b.size) / 2 - 0.05
    ]


@pytest.mark.slow
@pytest.mark.parametrize("layout", LAYOUTS)
def test_nodes_do_not_overlap_and_fill_their_area(
    layout: str, build: Callable[..., Network]
) -> None:
    names = ["city-city", "city-theme", "documents"]
    for name in names if layout in ("auto", "force") else [*names, "entities"]:
        nodes = build(name, layout=layout).nodes
        assert find_overlaps(nodes) == []
        # Not on a line, and not scattered.
        width = max(n.x for n in nodes) - min(n.x for n in nodes)
        height = max(n.y for n in nodes) - min(n.y for n in nodes)
        assert 1 / 4 < width / height < 4
        covered = sum(math.pi * (node.size / 2) ** 2 for node in nodes)
        assert covered > width * height / (60 if layout != "circle" else 600)


def test_overlap_is_found(sample: Network) -> None:
    first, second = sample.nodes
    moved = replace(second, x=first.x, y=first.y)
    assert find_overlaps((first, moved)) == [("a", "b")]


def test_neighbors_are_nearer_than_others() -> None:
    groups = [range(start, start + 15) for start in (0, 15, 30)]
    links: list[Link] = [(a, b, 1.0) for g in groups for a, b in combinations(g, 2) if (a + b) % 3]
    links += [(0, 15, 1.0), (15, 30, 1.0)]
    graph = make_graph(45, links)
    metrics = measure_nodes(graph, links)
    points = lay_out_nodes(graph, metrics, "force").points
    assert lay_out_nodes(graph, metrics, "force").points == points

    def average(pairs: list[tuple[int, int]]) -> float:
        return sum(math.dist(points[a], points[b]) for a, b in pairs) / len(pairs)

    linked = [(a, b) for a, b, _ in links]
    assert average(linked) < 0.6 * average(list(combinations(range(45), 2)))


def list_overlaps(layout: Layout) -> list[tuple[int, int]]:
    points, sizes = layout.points, layout.sizes
    return [
        (a, b)
        for a, b in combinations(range(len(points)), 2)
        if math.dist(points[a], points[b]) < (sizes[a] + sizes[b]) / 2 - 0.05
    ]


def test_force_removes_overlaps() -> None:
    links = [(n % 3, n, 1.0) for n in range(3, 60)] + [(0, 1, 1.0), (1, 2, 1.0)]
    graph = make_graph(60, links)
    assert list_overlaps(lay_out_nodes(graph, measure_nodes(graph, links), "force")) == []


def test_large_and_small_nodes_of_a_community_do_not_overlap() -> None:
    metrics = Metrics([25] * 40 + [0] * 160, [0.0] * 200, [0] * 200, 0)
    layout = lay_out_nodes(make_graph(200, []), metrics, "communities")
    assert len(set(layout.sizes)) == 2
    assert list_overlaps(layout) == []


def test_large_network_is_laid_out_without_overlap() -> None:
    links = [(n, n % 37, 1.0) for n in range(37, 2000)] + [(n, n + 1, 1.0) for n in range(36)]
    graph = make_graph(2100, links)  # a hundred nodes have no links
    community = [n % 37 if n < 2000 else n for n in range(2100)]
    ends = [end for first, second, _ in links for end in (first, second)]
    metrics = Metrics([ends.count(n) for n in range(2100)], [0.0] * 2100, community, 0)
    layout = lay_out_nodes(graph, metrics, "auto")
    assert layout.name == "communities"
    points, sizes = layout.points, layout.sizes
    order = sorted(range(2100), key=lambda n: points[n])
    overlaps = []
    for number, a in enumerate(order):
        for b in order[number + 1 :]:
            if points[b][0] - points[a][0] > 40:
                break
            if math.dist(points[a], points[b]) < (sizes[a] + sizes[b]) / 2 - 0.05:
                overlaps.append((a, b))
    assert overlaps == []


def test_layout_without_links() -> None:
    for count in (1, 3):
        graph = make_graph(count, [])
        metrics = measure_nodes(graph, [])
        for name in LAYOUTS:
            layout = lay_out_nodes(graph, metrics, name)
            assert len(set(layout.points)) == len(layout.sizes) == count


@pytest.mark.parametrize("last", [10.0, 1.0])
def test_disks_are_packed_without_overlap(last: float) -> None:
    radii = [300.0, 80.0, *[10.0] * 150, *(10.0 - (10.0 - last) * n / 150 for n in range(150))]
    centers = pack_disks(radii)
    for (a, first), (b, second) in combinations(zip(centers, radii, strict=True), 2):
        assert math.dist(a, b) >= first + second - 0.01
    assert max(math.hypot(*c) for c in centers) < 1000


def test_unknown_layout_and_too_many_nodes_for_force_are_errors() -> None:
    with pytest.raises(KgError, match="Use auto, force, communities, circle") as error:
        choose_layout("spiral", 3)
    assert error.value.exit_code == 2
    assert choose_layout("force", 3000) == "force"
    with pytest.raises(KgError, match="--layout communities") as error:
        choose_layout("force", 3001)
    assert error.value.exit_code == 2
