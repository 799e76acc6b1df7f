"""Positions of nodes: circles do not overlap, and make room for labels."""

import math
from collections.abc import Callable, Sequence
from itertools import combinations

import pytest

from kg.networks.model import Node
from kg.pictures.labels import NODE_MARGIN, Box, Circle, LabelText
from kg.pictures.placement import (
    CIRCLE_GAP,
    MAX_RADIUS,
    MIN_RADIUS,
    choose_area,
    fit_nodes,
    place_large_labels,
    separate_circles,
    spread_circles,
)

AREA = Box(0, 0, 900, 600)


def find_overlaps(circles: Sequence[Circle]) -> list[tuple[Circle, Circle]]:
    return [
        (one, two)
        for one, two in combinations(circles, 2)
        if math.dist((one.x, one.y), (two.x, two.y)) < one.radius + two.radius
    ]


def test_area_grows_with_the_number_of_nodes(make_node: Callable[..., Node]) -> None:
    areas = [choose_area([make_node(n) for n in range(count)]) for count in (1, 50, 400)]
    sizes = [area.right * area.bottom for area in areas]
    assert sizes == sorted(set(sizes))
    wide = choose_area([make_node(n, x=n, y=n / 9) for n in range(9)])
    high = choose_area([make_node(n, x=n / 9, y=n) for n in range(9)])
    assert wide.right / wide.bottom > high.right / high.bottom


@pytest.mark.parametrize("axis", ["x", "y"])
def test_nodes_in_a_line_keep_their_order(axis: str, make_node: Callable[..., Node]) -> None:
    nodes = [make_node(n, **{"x": 0.0, "y": 0.0, axis: 1e9 * n}) for n in range(6)]
    positions = [getattr(circle, axis) for circle in fit_nodes(nodes, AREA)]
    assert len(set(positions)) == 6
    # In a network y points upwards.
    assert positions == sorted(positions, reverse=axis == "y")


def test_radius_follows_the_size_within_limits(make_node: Callable[..., Node]) -> None:
    nodes = [make_node(n, size=size) for n, size in enumerate((1.0, 30.0, 60.0))]
    radii = [circle.radius for circle in fit_nodes(nodes, AREA)]
    assert radii[0] == MIN_RADIUS < radii[1] < radii[2] <= MAX_RADIUS
    assert fit_nodes([], AREA) == ()


@pytest.mark.parametrize("count", [2, 40])
def test_circles_in_the_same_position_are_separated(
    count: int, make_circle: Callable[..., Circle]
) -> None:
    circles = [make_circle(n, 450, 300) for n in range(count)]
    assert len(find_overlaps(circles)) == math.comb(count, 2)
    assert find_overlaps(separate_circles(circles, AREA, 200)) == []


def test_distant_circles_stay_in_place(make_circle: Callable[..., Circle]) -> None:
    circles = [make_circle(1, 200, 300), make_circle(2, 220 + CIRCLE_GAP, 300)]
    assert separate_circles(circles, AREA, 200) == tuple(circles)
    spread = separate_circles(circles, AREA, 200, spread=100)
    assert spread[1].x - spread[0].x > 60


def test_fixed_circles_stay_and_others_move(make_circle: Callable[..., Circle]) -> None:
    circles = [make_circle(1, 300, 300), make_circle(2, 305, 300), make_circle(3, 300, 305)]
    moved = separate_circles(circles, AREA, 200, fixed={0})
    assert moved[0] == circles[0] and find_overlaps(moved) == []
    assert separate_circles(circles, AREA, 200, fixed={0, 1, 2}) == tuple(circles)


def test_circles_leave_boxes(make_circle: Callable[..., Circle]) -> None:
    box = Box(250, 280, 350, 320)
    circles = [make_circle(n, 255 + 10 * n, 300, 5) for n in range(10)]
    moved = separate_circles(circles, AREA, 60, boxes=[box])
    assert find_overlaps(moved) == []
    # A circle may be left at the rim of the box.
    assert not [c for c in moved if box.overlaps_circle(c.x, c.y, c.radius + NODE_MARGIN - 0.1)]


def test_circles_stay_in_the_area(make_circle: Callable[..., Circle]) -> None:
    circles = [make_circle(n, 5, 5, 20) for n in range(30)]
    for circle in separate_circles(circles, AREA, 200, spread=150):
        assert AREA.contains(Box(circle.x - 20, circle.y - 20, circle.x + 20, circle.y + 20))


def test_dense_cluster_is_spread(make_circle: Callable[..., Circle]) -> None:
    cluster = [make_circle(n, 450 + n % 3, 300 + n % 5, 4) for n in range(30)]
    spread = spread_circles(cluster, AREA)
    assert find_overlaps(spread) == []
    assert max(circle.x for circle in spread) - min(circle.x for circle in spread) > 200


def test_small_circles_give_way_to_the_labels_of_large_ones(
    make_circle: Callable[..., Circle],
) -> None:
    # A ring around the large circle blocks each position of its label.
    ring = [
        make_circle(n, 450 + 60 * math.cos(n / 4), 300 + 60 * math.sin(n / 4), 5)
        for n in range(1, 25)
    ]
    circles = [make_circle(0, 450, 300, 20), *ring]
    texts = {circle.node.id: LabelText(("a long label",), 14) for circle in circles}
    moved, labels = place_large_labels(circles, texts, AREA)
    # The circles of the ring are of equal size, and too many for all to have a label.
    assert list(labels) == ["n0"]
    assert moved[0] == circles[0] and moved != tuple(circles)
    box = labels["n0"].box
    assert not [c for c in moved if box.overlaps_circle(c.x, c.y, c.radius)]
