"""Sizes and positions of the nodes of a network."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING

from kg.ask.lookup import quote_input
from kg.errors import KgError
from kg.networks.force import place_by_force
from kg.networks.metrics import SEED, Metrics
from kg.networks.overlap import GOLDEN_ANGLE, Point, remove_overlaps

if TYPE_CHECKING:
    import networkx

LAYOUTS = ("auto", "force", "communities", "circle")
# ForceAtlas2 takes time and memory quadratic in the number of nodes.
AUTO_FORCE_NODES = 700
# Its steps: a large network looks the same after half of them.
FORCE_STEPS, FEW_FORCE_STEPS, LARGE = 300, 150, 100
MAX_FORCE_NODES = 3000
MIN_SIZE, MAX_SIZE = 8.0, 40.0  # diameters
GAP = 1.3  # the least distance of two nodes, as a factor of the sum of their radii
DIRECTIONS = 24  # in which a free position for a disk is searched
MAX_SEARCHED = 150  # disks whose position is searched


@dataclass(frozen=True)
class Layout:
    """The name of a layout, and the diameter and the position of each node, in order."""

    name: str
    sizes: list[float]
    points: list[Point]


def choose_layout(layout: str, nodes: int) -> str:
    """Return the layout for that number of nodes: the given one, or for `auto` one of two.

    Raises:
        KgError: the layout is unknown, or there are too many nodes for force (exit code 2).

    >>> choose_layout("auto", 300), choose_layout("auto", 5_000), choose_layout("circle", 3)
    ('force', 'communities', 'circle')
    """
    if layout not in LAYOUTS:
        raise KgError(
            f"{quote_input(layout)}: unknown layout. Use {', '.join(LAYOUTS)}.", exit_code=2
        )
    if layout == "force" and nodes > MAX_FORCE_NODES:
        raise KgError(
            f"force: {nodes} nodes are too many; its memory grows with their square. "
            f"Use --layout communities, or --largest {MAX_FORCE_NODES}.",
            exit_code=2,
        )
    if layout == "auto":
        return "force" if nodes <= AUTO_FORCE_NODES else "communities"
    return layout


def size_nodes(degree: Sequence[int]) -> list[float]:
    """Return the diameter of each node, from 8 to 40: the area grows with the degree.

    >>> size_nodes([0, 1, 4])
    [8.0, 24.0, 40.0]
    """
    top = math.sqrt(max(degree, default=0)) or 1.0
    return [round(MIN_SIZE + (MAX_SIZE - MIN_SIZE) * math.sqrt(d) / top, 2) for d in degree]


def lay_out_nodes(graph: networkx.Graph[int], metrics: Metrics, layout: str) -> Layout:
    """Return the sizes and positions of all nodes in one of `LAYOUTS`; no nodes overlap.

    Positions are around 0, in units of the sizes. force is ForceAtlas2 (Jacomy et al. 2014).
    communities arranges the communities, and within each the nodes, those of highest degree in
    the middle. circle is a circle, sorted by community. force takes time quadratic in the number
    of nodes, the others n log n.

    Raises:
        KgError: see `choose_layout`.
    """
    name = choose_layout(layout, len(graph))
    sizes = size_nodes(metrics.degree)
    if name == "force":
        points = position_by_force(graph, sizes)
    elif name == "communities":
        points = position_by_community(metrics, sizes)
    else:
        points = position_on_circle(metrics, sizes)
    # Adding 0 turns -0.0 into 0.0.
    return Layout(name, sizes, [(round(x, 2) + 0.0, round(y, 2) + 0.0) for x, y in points])


def position_by_force(graph: networkx.Graph[int], sizes: Sequence[float]) -> list[Point]:
    """Return the positions that ForceAtlas2 finds from a start drawn with a fixed seed.

    Each connected component is positioned separately, and then as a disk next to the others:
    nothing attracts components to each other, so ForceAtlas2 would drive them ever farther away.
    """
    import networkx

    components = sorted(
        map(sorted, networkx.connected_components(graph)), key=lambda nodes: (-len(nodes), nodes)
    )
    groups = []
    for nodes in components:
        points = [(0.0, 0.0)]
        if len(nodes) > 1:
            steps = FEW_FORCE_STEPS if len(nodes) > LARGE else FORCE_STEPS
            found = place_by_force(graph.subgraph(nodes), steps, SEED)
            own = [sizes[node] for node in nodes]
            start = scale_points([found[node] for node in nodes], own)
            free = remove_overlaps(start, [size / 2 for size in own], GAP)
            center_x, center_y = find_center(free, own)
            points = [(x - center_x, y - center_y) for x, y in free]
        groups.append(dict(zip(nodes, points, strict=True)))
    return _arrange_groups(groups, sizes)


def position_by_community(metrics: Metrics, sizes: Sequence[float]) -> list[Point]:
    """Return the nodes of each community on a spiral of its own, the largest in the middle."""
    community, degree = metrics.community, metrics.degree
    order = sorted(range(len(sizes)), key=lambda node: (community[node], -degree[node], node))
    groups = []
    for _, members in groupby(order, key=community.__getitem__):
        nodes = list(members)
        points = _arrange_spiral([sizes[node] / 2 for node in nodes])
        groups.append(dict(zip(nodes, points, strict=True)))
    return _arrange_groups(groups, sizes, MAX_SIZE / 2)


def position_on_circle(metrics: Metrics, sizes: Sequence[float]) -> list[Point]:
    """Return the nodes on a circle, those of a community next to each other."""
    order = sorted(range(len(sizes)), key=lambda n: (metrics.community[n], n))
    stretch = GAP * 1.5
    radius = sum(sizes) * stretch / math.tau
    points: list[Point] = [(0.0, 0.0)] * len(sizes)
    used = 0.0
    for node in order:
        angle = (used + sizes[node] / 2) * stretch / (radius or 1.0)
        points[node] = (radius * math.cos(angle), radius * math.sin(angle))
        used += sizes[node]
    return points


def find_center(points: Sequence[Point], sizes: Sequence[float]) -> Point:
    """Return the center of the box that contains all nodes."""
    low = [min(p[axis] - s / 2 for p, s in zip(points, sizes, strict=True)) for axis in (0, 1)]
    high = [max(p[axis] + s / 2 for p, s in zip(points, sizes, strict=True)) for axis in (0, 1)]
    return (low[0] + high[0]) / 2, (low[1] + high[1]) / 2


def scale_points(points: Sequence[Point], sizes: Sequence[float]) -> list[Point]:
    """Return points moved to 0 and scaled, so that the nodes cover a tenth of their area."""
    center = tuple(sum(axis) / len(points) for axis in zip(*points, strict=True))
    moved = [(x - center[0], y - center[1]) for x, y in points]
    actual = math.sqrt(sum(x * x + y * y for x, y in moved) / len(moved)) or 1.0
    radius = math.sqrt(10 * sum((s / 2) ** 2 for s in sizes))
    return [(x / actual * radius, y / actual * radius) for x, y in moved]


def _arrange_groups(
    groups: Sequence[Mapping[int, Point]], sizes: Sequence[float], margin: float = 0.0
) -> list[Point]:
    """Return the points of all nodes: each group, with points around 0, moved to its own disk."""
    radii = [
        max(math.hypot(x, y) + sizes[node] / 2 for node, (x, y) in group.items()) + margin
        for group in groups
    ]
    centers = pack_disks(radii)
    center_x, center_y = find_center(centers, [2 * radius for radius in radii])
    points = {
        node: (x + disk_x - center_x, y + disk_y - center_y)
        for group, (disk_x, disk_y) in zip(groups, centers, strict=True)
        for node, (x, y) in group.items()
    }
    return [points[node] for node in range(len(sizes))]


def pack_disks(radii: Sequence[float]) -> list[Point]:
    """Return centers of disks: each as near to the first as possible, in one of some directions.

    To avoid quadratic time, only the first `MAX_SEARCHED` disks are positioned that way. The
    others, which should be the smallest, are on a spiral around them.
    """
    centers: list[Point] = []
    searched = [radius + MIN_SIZE for radius in radii[:MAX_SEARCHED]]
    for number, radius in enumerate(searched):
        start = number * GOLDEN_ANGLE
        angles = [start + math.tau * step / DIRECTIONS for step in range(DIRECTIONS)]
        distance, angle = min(
            (_find_free_distance(angle, radius, centers, searched), angle) for angle in angles
        )
        centers.append((distance * math.cos(angle), distance * math.sin(angle)))
    inside = max(math.hypot(*center) + r for center, r in zip(centers, searched, strict=True))
    return centers + _arrange_spiral(radii[MAX_SEARCHED:], inside)


def _find_free_distance(
    angle: float, radius: float, centers: Sequence[Point], radii: Sequence[float]
) -> float:
    """Return the least distance from 0, in a direction, at which a disk overlaps no other."""
    direction_x, direction_y = math.cos(angle), math.sin(angle)
    blocked = []
    for (x, y), other in zip(centers, radii, strict=False):
        # The distance along the ray at which the other center is nearest.
        along = direction_x * x + direction_y * y
        rest = (radius + other) ** 2 - (x * x + y * y - along * along)
        if rest > 0 and along + math.sqrt(rest) > 0:
            blocked.append((along - math.sqrt(rest), along + math.sqrt(rest)))
    distance = 0.0
    for start, end in sorted(blocked):
        if start > distance:
            break
        distance = max(distance, end)
    return distance


def _arrange_spiral(radii: Sequence[float], inside: float = 0.0) -> list[Point]:
    """Return centers of disks on a spiral that leaves a disk of radius `inside` free.

    Disks of falling size do not overlap. On such a spiral (Vogel 1979), disks of radius r do not
    overlap if the n-th is 2 r sqrt(n) from the center. The neighbors of a disk are at most 34
    disks before it, so each disk gets as much area as the largest of those.
    """
    points = []
    area = 0.0
    for number in range(len(radii)):
        angle = number * GOLDEN_ANGLE
        distance = math.hypot(2 * GAP * math.sqrt(area), inside + radii[0] if inside else 0.0)
        points.append((distance * math.cos(angle), distance * math.sin(angle)))
        area += max(radii[max(0, number - 34) : number + 1]) ** 2
    return points
