"""Scenes: which nodes and edges are drawn, and where they and their labels are."""

import math
from collections.abc import Callable
from dataclasses import replace
from itertools import combinations

import pytest

from kg.networks.model import Edge, Network, Node
from kg.pictures.labels import Circle
from kg.pictures.scene import (
    EDGES,
    EDGES_PER_NODE,
    MAX_NODES,
    MIN_TYPE,
    Scene,
    compose_scene,
    point_circles,
)

Make = Callable[..., Network]
MakeNode = Callable[..., Node]
MakeEdge = Callable[..., Edge]


@pytest.fixture(scope="module")
def make_dense(make_node: MakeNode, make_edge: MakeEdge, make_network: Make) -> Make:
    """Return a function that makes a network of 60 nodes, all connected with the same weight.

    Of the given number of relations, `cdp:k0` is the commonest: the others share 40 edges.
    """
    pairs = list(combinations(range(60), 2))

    def make(kinds: int) -> Network:
        edges = [
            make_edge(n, *pair, kind=f"cdp:k{max(n - len(pairs) + 40, 0) * (kinds - 1) // 40}")
            for n, pair in enumerate(pairs)
        ]
        return make_network([make_node(n) for n in range(60)], edges)

    return make


@pytest.fixture(scope="module")
def large(make_wheel: Make) -> Network:
    """A network of more nodes than are drawn."""
    return make_wheel(MAX_NODES + 50)


@pytest.fixture(scope="module")
def large_scene(large: Network) -> Scene:
    return compose_scene(large)


def list_ends(scene: Scene) -> set[str]:
    return {end for curve in scene.curves for end in (curve.edge.source, curve.edge.target)}


def check_positions(scene: Scene) -> None:
    """Check that circles and labels neither overlap nor leave the area."""
    boxes = [label.box for label in scene.labels.values()]
    assert not [pair for pair in combinations(boxes, 2) if pair[0].overlaps(pair[1])]
    for box in boxes:
        assert scene.area.contains(box)
        assert not [c for c in scene.circles if box.overlaps_circle(c.x, c.y, c.radius)]
    for one, two in combinations(scene.circles, 2):
        assert math.dist((one.x, one.y), (two.x, two.y)) >= one.radius + two.radius


@pytest.mark.parametrize("label", ["Smart city number {}", "第{}座智慧城市的方案"])
@pytest.mark.parametrize("count", [5, 30, 120])
def test_labels_overlap_neither_each_other_nor_nodes(
    count: int, label: str, make_wheel: Make
) -> None:
    network = make_wheel(count)
    nodes = tuple(replace(node, label=label.format(n)) for n, node in enumerate(network.nodes))
    scene = compose_scene(replace(network, nodes=nodes))
    check_positions(scene)
    assert len(scene.circles) == count
    assert len(scene.labels) >= min(count, 60)
    assert len(scene.labels) + scene.unlabelled == count


@pytest.mark.slow
def test_large_scene_is_in_order_and_labels_its_largest_nodes(large_scene: Scene) -> None:
    check_positions(large_scene)
    assert {f"n{number}" for number in range(5)} <= set(large_scene.labels)
    assert large_scene.unlabelled > 0


def test_nodes_of_highest_degree_and_strongest_edges_are_drawn(
    large: Network, large_scene: Scene
) -> None:
    assert len(large_scene.circles) == MAX_NODES < len(large.nodes)
    assert len(large_scene.curves) == round(EDGES + EDGES_PER_NODE * MAX_NODES) < len(large.edges)
    assert large_scene.selection == "strongest"
    drawn = {circle.node.id for circle in large_scene.circles}
    assert drawn >= {f"n{number}" for number in range(5)}
    assert drawn >= list_ends(large_scene)


def test_label_without_room_is_made_narrower(make_wheel: Make) -> None:
    network = make_wheel(120)
    long = [replace(n, label=f"Guangdong–Hong Kong–Macao Area {n.id}") for n in network.nodes]
    labels = compose_scene(replace(network, nodes=tuple(long))).labels.values()
    assert 3 in {len(label.text.lines) for label in labels if label.text.size == MIN_TYPE}


def test_dense_cluster_has_labels(make_node: MakeNode, make_network: Make) -> None:
    far = [make_node(1, x=0.0), make_node(2, x=10_000.0)]
    near = [make_node(n, x=0.1 * n, y=0.1 * (n % 7)) for n in range(3, 60)]
    assert len(compose_scene(make_network([*far, *near], [])).labels) > 30


def test_empty_network_and_single_node(make_node: MakeNode, make_network: Make) -> None:
    empty = compose_scene(make_network([], []))
    assert (empty.circles, empty.curves, empty.labels, empty.unlabelled) == ((), (), {}, 0)
    single = compose_scene(make_network([make_node(3)], []))
    assert single.labels["n3"].text.lines == ("City number 3",)


def test_each_node_keeps_its_strongest_edge(make_dense: Make) -> None:
    network = make_dense(1)
    edges = [replace(edge, weight=1.0 + n) for n, edge in enumerate(network.edges)]
    scene = compose_scene(replace(network, edges=tuple(edges)))
    assert scene.selection == "strongest" and len(scene.curves) < len(edges)
    assert list_ends(scene) == {node.id for node in network.nodes}
    strongest = {
        max((e for e in edges if node.id in (e.source, e.target)), key=lambda e: e.weight).id
        for node in network.nodes
    }
    assert strongest <= {curve.edge.id for curve in scene.curves}


def test_edges_of_rare_relations_are_kept_if_all_have_the_same_weight(make_dense: Make) -> None:
    network = make_dense(5)
    scene = compose_scene(network)
    kinds = [curve.edge.kind for curve in scene.curves]
    assert scene.selection == "rarest" and len(kinds) == round(EDGES + EDGES_PER_NODE * 60)
    for kind in {edge.kind for edge in network.edges} - {"cdp:k0"}:
        assert kinds.count(kind) == sum(edge.kind == kind for edge in network.edges) > 0
    assert list_ends(scene) == {node.id for node in network.nodes}


def test_rare_relation_comes_first_among_edges_of_the_same_weight(make_dense: Make) -> None:
    network = make_dense(1)
    first, *others, last = network.edges
    edges = (replace(first, weight=2.0), *others, replace(last, kind="cdp:rare"))
    scene = compose_scene(replace(network, edges=edges))
    assert scene.selection == "strongest"
    assert "cdp:rare" in {curve.edge.kind for curve in scene.curves}


def test_node_with_edges_of_the_commonest_relation_keeps_one(make_dense: Make) -> None:
    network = make_dense(1)
    edges = [
        replace(edge, kind="cdp:common" if edge.target == "n59" else f"cdp:k{n % 50}")
        for n, edge in enumerate(network.edges)
    ]
    scene = compose_scene(replace(network, edges=tuple(edges)))
    assert "cdp:common" in {curve.edge.kind for curve in scene.curves}


def test_edges_that_are_all_alike_are_thinned_out(make_dense: Make) -> None:
    assert compose_scene(make_dense(1)).selection == "some"


def test_width_grows_with_weight(
    make_node: MakeNode, make_edge: MakeEdge, make_network: Make
) -> None:
    nodes = [make_node(n) for n in range(4)]
    edges = [make_edge(n, n, n + 1, weight=weight) for n, weight in enumerate((10.0, 100.0, 1.0))]
    curves = compose_scene(make_network(nodes, edges)).curves
    assert [curve.edge.id for curve in curves] == ["e2", "e0", "e1"]
    widths = [curve.width for curve in curves]
    assert widths == sorted(widths) and widths[-1] > 2 * widths[0] > 0
    same = [make_edge(n, n, n + 1, weight=7.0) for n in range(3)]
    assert len({curve.width for curve in compose_scene(make_network(nodes, same)).curves}) == 1


def test_parallel_edges_bend_away_from_each_other(
    make_node: MakeNode, make_edge: MakeEdge, make_network: Make
) -> None:
    edges = [make_edge(0, 1, 2), make_edge(1, 1, 2, kind="cdp:x"), make_edge(2, 2, 1)]
    curves = compose_scene(make_network([make_node(1), make_node(2)], edges)).curves
    assert len({curve.control for curve in curves}) == 3
    for curve in curves:
        points = list(curve.list_points())
        assert len(points) > 3 and points[0] == curve.start and points[-1] == curve.end


def test_circles_point_to_their_neighbours(
    make_circle: Callable[..., Circle], make_edge: MakeEdge
) -> None:
    circles = [make_circle(1, 0, 0), make_circle(2, 30, 40), make_circle(3, 90, 0)]
    edges = [make_edge(1, 1, 2), make_edge(2, 3, 1)]
    pointed = point_circles(circles, edges)
    assert [circle.toward for circle in pointed] == [(1.6, 0.8), (-0.6, -0.8), (-1.0, 0.0)]
    assert point_circles(circles, []) == tuple(circles)
