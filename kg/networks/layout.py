"""Where the nodes of a network lie, and how large they are."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

from kg.errors import KgError
from kg.networks.metrics import SEED, Measures
from kg.networks.overlap import GOLDEN_ANGLE, Point, remove_overlaps

if TYPE_CHECKING:
    import networkx

LAYOUTS = ("auto", "force", "communities", "circle")
# ForceAtlas2 of networkx takes the square of the nodes in time and memory.
LARGEST_FORCE = 700
HARDEST_FORCE = 3000
SMALLEST, LARGEST = 8.0, 40.0
GAP = 1.3
DIRECTIONS, MOST_PACKED = 24, 150


def choose_layout(asked: str, nodes: int) -> str:
    """Return the layout that `auto` is for so many nodes, or the one that is asked for.

    Raises:
        KgError: the nodes are too many for ForceAtlas2.

    >>> choose_layout("auto", 300), choose_layout("auto", 5_000), choose_layout("circle", 3)
    ('force', 'communities', 'circle')
    """
    if asked == "force" and nodes > HARDEST_FORCE:
        raise KgError(
            f"force: {nodes} nodes are too many for it, its memory grows with their square. "
            f"Take --layout communities, or --largest {HARDEST_FORCE}.",
            exit_code=2,
        )
    if asked != "auto":
        return asked
    return "force" if nodes <= LARGEST_FORCE else "communities"


def size_nodes(degree: Sequence[int]) -> list[float]:
    """Return the diameter of each node: its area grows with its degree, from 8 to 40 across.

    >>> size_nodes([0, 1, 4])
    [8.0, 24.0, 40.0]
    """
    top = math.sqrt(max(degree, default=0)) or 1.0
    return [round(SMALLEST + (LARGEST - SMALLEST) * math.sqrt(d) / top, 2) for d in degree]


def place_nodes(
    graph: networkx.Graph[int], measures: Measures, sizes: Sequence[float], layout: str
) -> list[Point]:
    """Return the place of each node, in the units of the sizes, around 0, y upwards; none overlap.

    force is ForceAtlas2 (Jacomy et al. 2014), communities places these first, each in a disk of
    its own, and the nodes within, those of highest degree in the middle; circle is a circle by
    community. The first takes the square of the number of nodes, the others n log n.
    """
    if layout == "force":
        points = place_by_force(graph, sizes)
    elif layout == "communities":
        points = place_by_community(measures, sizes)
    else:
        points = place_on_circle(measures, sizes)
    return [(round(x, 2) + 0.0, round(y, 2) + 0.0) for x, y in points]


def place_by_force(graph: networkx.Graph[int], sizes: Sequence[float]) -> list[Point]:
    """Return the places that ForceAtlas2 finds from a start drawn with a fixed seed.

    What hangs together is placed by itself, and these disks then side by side: nothing holds
    them to each other, and ForceAtlas2 would drive them apart.
    """
    import networkx

    points: list[Point] = [(0.0, 0.0)] * len(graph)
    parts = sorted(map(sorted, networkx.connected_components(graph)), key=lambda p: (-len(p), p))
    disks = []
    for members in parts:
        local = [(0.0, 0.0)]
        own = [sizes[node] for node in members]
        if len(members) > 1:
            found = networkx.forceatlas2_layout(
                graph.subgraph(members), max_iter=300, weight="weight", seed=SEED
            )
            at = [(float(found[node][0]), float(found[node][1])) for node in members]
            apart = remove_overlaps(fit_area(at, own), [size / 2 for size in own], GAP)
            middle = fit_middle(apart, own)
            local = [(x - middle[0], y - middle[1]) for x, y in apart]
        for node, point in zip(members, local, strict=True):
            points[node] = point
        disks.append((members, measure_reach(local, own)))
    return _place_disks(points, disks)


def measure_reach(points: Sequence[Point], sizes: Sequence[float]) -> float:
    """Return how far nodes reach from 0."""
    return max(math.hypot(x, y) + size / 2 for (x, y), size in zip(points, sizes, strict=True))


def _place_disks(points: list[Point], disks: Sequence[tuple[Sequence[int], float]]) -> list[Point]:
    """Return points, those of each disk moved to where it is placed among the others."""
    reaches = [reach for _, reach in disks]
    centres = pack_disks(reaches)
    middle = fit_middle(centres, [2 * reach for reach in reaches])
    for (members, _), (x, y) in zip(disks, centres, strict=True):
        for node in members:
            points[node] = (points[node][0] + x - middle[0], points[node][1] + y - middle[1])
    return points


def pack_disks(radii: Sequence[float]) -> list[Point]:
    """Return centres of disks, each as near to the first as is free in one of some directions.

    The first hundred and fifty are tried against each other, the rest, which had better be the
    smallest, lie around those on a sunflower: the square of their number is never taken.
    """
    centres: list[Point] = []
    gaps = [radius + SMALLEST for radius in radii[:MOST_PACKED]]
    for number, radius in enumerate(gaps):
        rays = [number * GOLDEN_ANGLE + math.tau * step / DIRECTIONS for step in range(DIRECTIONS)]
        reached = [
            (_find_free(angle, radius, centres, gaps), step) for step, angle in enumerate(rays)
        ]
        far, step = min(reached)
        centres.append((far * math.cos(rays[step]), far * math.sin(rays[step])))
    around = max((math.hypot(*c) + r for c, r in zip(centres, gaps, strict=True)), default=0.0)
    return centres + _pack_sunflower(radii[MOST_PACKED:], GAP, around)


def _find_free(
    angle: float, radius: float, centres: Sequence[Point], radii: Sequence[float]
) -> float:
    """Return how far from 0 a disk has room in a direction."""
    across, along = math.cos(angle), math.sin(angle)
    taken = []
    for (x, y), other in zip(centres, radii, strict=False):
        beside = across * x + along * y
        rest = (radius + other) ** 2 - (x * x + y * y - beside * beside)
        if rest > 0 and beside + math.sqrt(rest) > 0:
            taken.append((beside - math.sqrt(rest), beside + math.sqrt(rest)))
    far = 0.0
    for start, end in sorted(taken):
        if start > far:
            break
        far = max(far, end)
    return far


def fit_middle(points: Sequence[Point], sizes: Sequence[float]) -> Point:
    """Return the middle of the box around nodes."""
    low = [min(p[axis] - s / 2 for p, s in zip(points, sizes, strict=True)) for axis in (0, 1)]
    high = [max(p[axis] + s / 2 for p, s in zip(points, sizes, strict=True)) for axis in (0, 1)]
    return (low[0] + high[0]) / 2, (low[1] + high[1]) / 2


def fit_area(points: Sequence[Point], sizes: Sequence[float]) -> list[Point]:
    """Return points moved around 0 and scaled, so that the nodes cover a tenth of their area."""
    middle = tuple(sum(axis) / len(points) for axis in zip(*points, strict=True))
    moved = [(x - middle[0], y - middle[1]) for x, y in points]
    reach = math.sqrt(sum(x * x + y * y for x, y in moved) / len(moved)) or 1.0
    wanted = math.sqrt(10 * sum((s / 2) ** 2 for s in sizes))
    return [(x / reach * wanted, y / reach * wanted) for x, y in moved]


def place_by_community(measures: Measures, sizes: Sequence[float]) -> list[Point]:
    """Return the nodes of each community on a sunflower of its own, the largest in the middle."""
    members: dict[int, list[int]] = {}
    for node, community in enumerate(measures.community):
        members.setdefault(community, []).append(node)
    points: list[Point] = [(0.0, 0.0)] * len(sizes)
    disks = []
    for community in sorted(members):
        nodes = sorted(members[community], key=lambda n: (-measures.degree[n], n))
        own = [sizes[n] for n in nodes]
        local = _pack_sunflower([size / 2 for size in own], GAP)
        for node, point in zip(nodes, local, strict=True):
            points[node] = point
        disks.append((nodes, measure_reach(local, own) + LARGEST / 2))
    return _place_disks(points, disks)


def _pack_sunflower(radii: Sequence[float], gap: float, around: float = 0.0) -> list[Point]:
    """Return centres of disks on a spiral; those of falling size do not overlap.

    It leaves free what lies within `around` of the middle.

    On a sunflower (Vogel 1979) disks of radius r do not overlap where the n-th is 2 r sqrt(n)
    from the middle. What lies beside a disk there was placed at most 34 disks before it: so each
    takes the room of the largest of those.
    """
    points = []
    area = 0.0
    for number in range(len(radii)):
        angle = number * GOLDEN_ANGLE
        reach = math.hypot(2 * gap * math.sqrt(area), around + radii[0] if around else 0.0)
        points.append((reach * math.cos(angle), reach * math.sin(angle)))
        area += max(radii[max(0, number - 34) : number + 1]) ** 2
    return points


def place_on_circle(measures: Measures, sizes: Sequence[float]) -> list[Point]:
    """Return the nodes on a circle, those of a community beside each other."""
    order = sorted(range(len(sizes)), key=lambda n: (measures.community[n], n))
    round_length = sum(sizes) * GAP * 1.5
    radius = round_length / math.tau
    points: list[Point] = [(0.0, 0.0)] * len(sizes)
    gone = 0.0
    for node in order:
        angle = (gone + sizes[node] / 2) * GAP * 1.5 / (radius or 1.0)
        points[node] = (radius * math.cos(angle), radius * math.sin(angle))
        gone += sizes[node]
    return points
