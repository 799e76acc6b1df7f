"""From a network to a scene: which nodes and edges are drawn, and where, in pixels.

A picture of many nodes and edges is unreadable. So at most `MAX_NODES` nodes are drawn, those of
highest degree; and of too many edges the strongest of each node, or, if all have the same weight,
those of rare relations, since these are the most informative.
"""

import math
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from kg.networks.model import Edge, Network, Node
from kg.pictures.labels import (
    MAX_LINES,
    Box,
    Circle,
    Label,
    LabelPlacer,
    LabelText,
    Point,
    break_label,
    clean_label,
)
from kg.pictures.placement import choose_area, fit_nodes, place_large_labels, spread_circles

MAX_NODES = 450
EDGES, EDGES_PER_NODE = 80, 1.5  # the most edges drawn: a number, plus a number for each node
# Type sizes of labels in px; from THREE_LINES on, a label may have one line more.
MIN_TYPE, MAX_TYPE, THREE_LINES = 11.0, 16.0, 13.0
NARROW_COLUMNS = 16  # of a label that finds no room otherwise
# Widths of edges in px: from MIN_EDGE to MAX_EDGE for up to FEW_EDGES edges, and the more edges
# the narrower, down to MIN_STRONGEST for the strongest. EVEN_EDGE if all have the same weight.
MIN_EDGE, MAX_EDGE, MIN_STRONGEST, EVEN_EDGE, FEW_EDGES = 0.8, 4.5, 2.0, 1.0, 100
# How far parallel edges bend: as a share of their length, and at most in px.
BEND, MAX_BEND = 0.5, 28.0
POINT_DISTANCE = 12.0  # px between the points of an edge that labels avoid


@dataclass(frozen=True)
class Curve:
    """An edge as a quadratic Bézier curve from the rim of a circle to that of another."""

    edge: Edge
    start: Point
    control: Point
    end: Point
    width: float

    def list_points(self) -> Iterator[Point]:
        """Yield points of the curve, about `POINT_DISTANCE` from one to the next."""
        steps = max(int(math.dist(self.start, self.end) / POINT_DISTANCE), 1)
        for step in range(steps + 1):
            t = step / steps
            a, b, c = (1 - t) ** 2, 2 * t * (1 - t), t**2
            yield (
                a * self.start[0] + b * self.control[0] + c * self.end[0],
                a * self.start[1] + b * self.control[1] + c * self.end[1],
            )


@dataclass(frozen=True)
class Scene:
    """What is drawn of a network, within an area whose upper left corner is 0, 0.

    `curves` are in the order of their width. `labels` are by node id; `unlabelled` counts the
    labels that found no room. `selection` says how the edges were chosen: `strongest`, `rarest`,
    `some` (they are all alike), or "" if all are drawn.
    """

    area: Box
    circles: tuple[Circle, ...]
    curves: tuple[Curve, ...]
    labels: Mapping[str, Label]
    unlabelled: int
    selection: str


def compose_scene(network: Network) -> Scene:
    """Return the scene of a network."""
    nodes, edges, selection = select_elements(network)
    area = choose_area(nodes)
    circles = spread_circles(fit_nodes(nodes, area), area)
    texts = write_labels(circles)
    circles, labels = place_large_labels(point_circles(circles, edges), texts, area)
    circles = point_circles(circles, edges)
    curves = tuple(draw_curves(circles, edges))
    edge_points = (point for curve in curves for point in curve.list_points())
    placer = LabelPlacer(area, circles, edge_points)
    for label in labels.values():
        placer.reserve(label.box)
    by_id = {circle.node.id: circle for circle in circles}
    for name, text in texts.items():
        circle = by_id[name]
        found = labels.get(name) or placer.place(circle, text)
        if found is None:
            narrow = break_label(clean_label(circle.node.label), NARROW_COLUMNS, MAX_LINES + 1)
            found = placer.place(circle, LabelText(narrow, MIN_TYPE))
        if found:
            labels[name] = found
    return Scene(area, circles, curves, labels, len(texts) - len(labels), selection)


def select_elements(network: Network) -> tuple[tuple[Node, ...], tuple[Edge, ...], str]:
    """Return the nodes and edges to draw, in the network's order, and how edges were selected.

    Nodes are ranked by degree, then by size. An edge is ranked by its weight among the edges of
    each of its ends, and the better rank counts: so each node keeps its strongest edge, and no
    dense part takes all. Of edges of the same weight, those of the rarer relation come first. If
    all have the same weight, each node keeps one edge, and the commonest relation is thinned out
    first.
    """
    degree = Counter(end for edge in network.edges for end in (edge.source, edge.target))
    order = sorted(network.nodes, key=lambda node: (-degree[node.id], -node.size))
    kept = {node.id for node in order[:MAX_NODES]}
    nodes = tuple(node for node in network.nodes if node.id in kept)
    edges = [edge for edge in network.edges if edge.source in kept and edge.target in kept]
    most = round(EDGES + EDGES_PER_NODE * len(nodes))
    if len(edges) <= most:
        return nodes, tuple(edges), ""
    frequency = Counter(edge.kind for edge in network.edges)
    even = len({edge.weight for edge in edges}) == 1
    by_strength = sorted(
        range(len(edges)), key=lambda n: (-edges[n].weight, frequency[edges[n].kind])
    )
    seen: Counter[str] = Counter()
    ranks = {}
    for number in by_strength:
        edge = edges[number]
        rank = min(seen[edge.source], seen[edge.target])
        ranks[number] = (rank > 0, frequency[edge.kind] if even else 0, rank)
        seen.update((edge.source, edge.target))
    # Both sorts are stable: edges of the same rank stay in the order of their strength.
    best = sorted(ranks, key=ranks.__getitem__)[:most]
    selection = "strongest" if not even else "rarest" if len(frequency) > 1 else "some"
    return nodes, tuple(edges[number] for number in sorted(best)), selection


def draw_curves(circles: Sequence[Circle], edges: Sequence[Edge]) -> Iterator[Curve]:
    """Yield the curves of edges, the widest last; parallel edges bend away from each other."""
    by_id = {circle.node.id: circle for circle in circles}
    strongest = max((edge.weight for edge in edges), default=0.0)
    weakest = min((edge.weight for edge in edges), default=0.0)
    parallel = Counter(_pair(edge) for edge in edges)
    drawn: Counter[tuple[str, str]] = Counter()
    widest = max(MAX_EDGE * min(math.sqrt(FEW_EDGES / max(len(edges), 1)), 1.0), MIN_STRONGEST)
    for edge in sorted(edges, key=lambda edge: edge.weight):
        pair = _pair(edge)
        lane = drawn[pair] - (parallel[pair] - 1) / 2
        drawn[pair] += 1
        if pair[0] != edge.source:
            lane = -lane
        width = EVEN_EDGE
        if strongest > weakest:
            width = MIN_EDGE + (widest - MIN_EDGE) * math.sqrt(edge.weight / strongest)
        yield _draw_curve(edge, by_id[edge.source], by_id[edge.target], lane, width)


def _draw_curve(edge: Edge, source: Circle, target: Circle, lane: float, width: float) -> Curve:
    across, down = target.x - source.x, target.y - source.y
    distance = math.hypot(across, down) or 1.0
    bend = lane * min(BEND * distance, MAX_BEND)
    control = (
        (source.x + target.x) / 2 - bend * down / distance,
        (source.y + target.y) / 2 + bend * across / distance,
    )
    return Curve(edge, _find_rim(source, control), control, _find_rim(target, control), width)


def _find_rim(circle: Circle, point: Point) -> Point:
    """Return the point of a circle's rim that is nearest to another point."""
    across, down = point[0] - circle.x, point[1] - circle.y
    share = min(circle.radius / (math.hypot(across, down) or 1.0), 1.0)
    return circle.x + across * share, circle.y + down * share


def write_labels(circles: Sequence[Circle]) -> dict[str, LabelText]:
    """Return the text of each label by node id, those of the largest circles first."""
    largest = max((circle.radius for circle in circles), default=1.0)
    texts: dict[str, LabelText] = {}
    for circle in sorted(circles, key=lambda circle: (-circle.radius, -circle.node.degree)):
        share = (circle.radius / largest) ** 1.5
        size = round(MIN_TYPE + (MAX_TYPE - MIN_TYPE) * share)
        if text := clean_label(circle.node.label):
            lines = break_label(text, most=MAX_LINES + (size >= THREE_LINES))
            texts[circle.node.id] = LabelText(lines, size)
    return texts


def point_circles(circles: Sequence[Circle], edges: Sequence[Edge]) -> tuple[Circle, ...]:
    """Return circles with the directions of their neighbours."""
    toward: dict[str, Point] = defaultdict(lambda: (0.0, 0.0))
    by_id = {circle.node.id: circle for circle in circles}
    for edge in edges:
        source, target = by_id[edge.source], by_id[edge.target]
        distance = math.hypot(target.x - source.x, target.y - source.y) or 1.0
        across, down = (target.x - source.x) / distance, (target.y - source.y) / distance
        for end, sign in ((edge.source, 1), (edge.target, -1)):
            x, y = toward[end]
            toward[end] = x + sign * across, y + sign * down
    return tuple(replace(circle, toward=toward[circle.node.id]) for circle in circles)


def _pair(edge: Edge) -> tuple[str, str]:
    return min(edge.source, edge.target), max(edge.source, edge.target)
