"""From a network to what is drawn of it: which nodes and edges, and where, in pixels.

A picture of all is a hairball when there are many: beyond `MOST_NODES` the most connected nodes
are drawn, and where edges are more than these nodes can bear, the strongest of each node; where
all are as strong, those of the relations that are rare, since these tell most.
"""

import math
import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from kg.errors import KgError
from kg.networks.model import Edge, Network, Node
from kg.pictures.labels import MOST_LINES, Box, Label, Room, Spot, break_label, clean_text
from kg.pictures.placement import Circle, Lines, choose_area, make_room, place_nodes, push_apart

MOST_NODES = 450
FIRST_EDGES, EACH_NODE = 80, 1.5  # how many edges are drawn at most: so many, and more a node
COLOR = re.compile(r"#[0-9a-fA-F]{6}")
NARROW = 16  # columns
SMALLEST_TYPE, LARGEST_TYPE, MANY_LINES = 11.0, 16.0, 13.0  # from this size on, a line more
THIN, THICK, SLIM, FEW_LINES = 0.8, 4.5, 2.0, 100  # widths; the widest is less where lines are many
STEP = 12.0  # pixels between the points of a link that labels keep away from


@dataclass(frozen=True)
class Line:
    """An edge from rim to rim, and the point that it bends toward (a quadratic Bézier curve)."""

    edge: Edge
    start: tuple[float, float]
    bend: tuple[float, float]
    end: tuple[float, float]
    width: float


@dataclass(frozen=True)
class Drawing:
    """What is drawn of a network, within an area.

    `labels` are by the id of their node; `unlabelled` counts the nodes that have a label, but for
    which there was no room; `thinned` says by what edges between nodes that are drawn were chosen
    (`strongest`, `rarest`, or `some` where they are all alike), and is empty where all are drawn.
    """

    area: Box
    circles: tuple[Circle, ...]
    lines: tuple[Line, ...]
    labels: Mapping[str, Label]
    unlabelled: int
    thinned: str


def lay_out(network: Network) -> Drawing:
    """Return the drawing of a network, in an area whose left upper corner is 0, 0.

    Raises:
        KgError: a number or colour of a node or edge is none, an id comes twice, or an edge leads
            to a node that is not there.
    """
    validate_network(network)
    nodes, edges, thinned = choose_most_connected(network)
    area = choose_area(nodes)
    circles = push_apart(place_nodes(nodes, area), area)
    texts = write_labels(circles)
    circles, labels = make_room(circles, texts, find_spots(circles, edges), area)
    lines = tuple(draw_lines(circles, edges))
    spots = find_spots(circles, edges)
    room = Room(area, spots.values(), (point for line in lines for point in list_points(line)))
    for label in labels.values():
        room.take(label.box)
    # What finds no room as it should be may find some when it is small and narrow.
    names = {circle.node.id: clean_text(circle.node.label) for circle in circles}
    narrow = {name: break_label(names[name], NARROW, MOST_LINES + 1) for name in texts}
    for name, (text, size) in texts.items():
        found = labels.get(name) or room.place(spots[name], text, size)
        found = found or room.place(spots[name], narrow[name], SMALLEST_TYPE)
        if found:
            labels[name] = found
    return Drawing(area, circles, lines, labels, len(texts) - len(labels), thinned)


def validate_network(network: Network) -> None:
    """Look whether a network can be drawn.

    Raises:
        KgError: see `lay_out`; the message has all faults.
    """
    faults = []
    times = Counter(node.id for node in network.nodes)
    for node in network.nodes:
        for name in ("x", "y", "size"):
            value = getattr(node, name)
            if not math.isfinite(value):
                faults.append(f"node {node.id}: {name} is {value}, and has to be a finite number.")
        if not COLOR.fullmatch(node.color):
            faults.append(f"node {node.id}: color is {node.color!r}, and has to be #rrggbb.")
        if times[node.id] > 1:
            faults.append(f"node {node.id}: is there {times[node.id]} times, and has to be once.")
    for edge in network.edges:
        if not math.isfinite(edge.weight):
            faults.append(f"edge {edge.id}: weight is {edge.weight}, and has to be finite.")
        for end in (edge.source, edge.target):
            if end not in times:
                faults.append(f"edge {edge.id}: leads to {end}, which is no node.")
    if faults:
        told = "\n".join(f"{network.name}: {fault}" for fault in faults[:20])
        more = f"\nand {len(faults) - 20} more." if len(faults) > 20 else ""
        raise KgError(f"{told}{more}\nLay the network out again, and draw that.")


def choose_most_connected(
    network: Network,
) -> tuple[tuple[Node, ...], tuple[Edge, ...], str]:
    """Return the nodes and edges to draw, in the network's order, and by what edges were chosen.

    Nodes are ranked by their number of edges, then by size. An edge is ranked by its weight among
    the edges of each of its ends, and the better of these two ranks counts: so each node keeps
    its strongest edges, and no dense part takes all. Of edges of the same weight that of the rarer
    relation comes first; where all have the same, each node keeps one edge, and beyond these the
    commonest relation is thinned first.
    """
    ties = [edge for edge in network.edges if edge.source != edge.target]
    degree = Counter(end for edge in ties for end in (edge.source, edge.target))
    order = sorted(network.nodes, key=lambda node: (-degree[node.id], -node.size))
    kept = {node.id for node in order[:MOST_NODES]}
    nodes = tuple(node for node in network.nodes if node.id in kept)
    edges = [edge for edge in ties if edge.source in kept and edge.target in kept]
    most = round(FIRST_EDGES + EACH_NODE * len(nodes))
    if len(edges) <= most:
        return nodes, tuple(edges), ""
    seen: Counter[str] = Counter()
    common = Counter(edge.kind for edge in ties)
    alike = len({edge.weight for edge in edges}) == 1
    ranks: list[tuple[bool, int, int, int]] = []
    for index, edge in sorted(
        enumerate(edges), key=lambda found: (-found[1].weight, common[found[1].kind], found[0])
    ):
        rank = min(seen[edge.source], seen[edge.target])
        ranks.append((rank > 0, common[edge.kind] if alike else 0, rank, index))
        seen.update((edge.source, edge.target))
    # The sort is stable: edges of the same rank stay in the order of their strength.
    chosen = sorted(ranks, key=lambda rank: rank[:3])[:most]
    by = "strongest" if not alike else "rarest" if len(common) > 1 else "some"
    return nodes, tuple(edges[index] for index in sorted(rank[3] for rank in chosen)), by


def draw_lines(circles: Sequence[Circle], edges: Sequence[Edge]) -> Iterator[Line]:
    """Yield the edges as lines, the widest last; those between the same two nodes bend apart."""
    by_id = {circle.node.id: circle for circle in circles}
    strongest = max((edge.weight for edge in edges), default=0.0)
    weakest = min((edge.weight for edge in edges), default=0.0)
    side_by_side: dict[tuple[str, str], int] = Counter(_pair(edge) for edge in edges)
    drawn: Counter[tuple[str, str]] = Counter()
    thick = max(THICK * min(math.sqrt(FEW_LINES / max(len(edges), 1)), 1.0), SLIM)
    for edge in sorted(edges, key=lambda edge: edge.weight):
        pair = _pair(edge)
        lane = drawn[pair] - (side_by_side[pair] - 1) / 2
        drawn[pair] += 1
        if pair[0] != edge.source:
            lane = -lane
        width = 1.0
        if strongest > weakest:
            width = THIN + (thick - THIN) * math.sqrt(max(edge.weight, 0.0) / strongest)
        yield _draw_line(edge, by_id[edge.source], by_id[edge.target], lane, width)


def _draw_line(edge: Edge, one: Circle, two: Circle, lane: float, width: float) -> Line:
    across, down = two.x - one.x, two.y - one.y
    distance = math.hypot(across, down) or 1.0
    bow = lane * min(0.25 * distance, 14.0) * 2
    bend = (
        (one.x + two.x) / 2 - bow * down / distance,
        (one.y + two.y) / 2 + bow * across / distance,
    )
    return Line(edge, _reach(one, bend), bend, _reach(two, bend), width)


def _reach(circle: Circle, point: tuple[float, float]) -> tuple[float, float]:
    """Return the point of a circle's rim that is nearest to another point."""
    across, down = point[0] - circle.x, point[1] - circle.y
    share = circle.radius / (math.hypot(across, down) or 1.0)
    return circle.x + across * min(share, 1.0), circle.y + down * min(share, 1.0)


def list_points(line: Line) -> Iterator[tuple[float, float]]:
    """Yield points along a line, about `STEP` pixels apart."""
    steps = max(int(math.dist(line.start, line.end) / STEP), 1)
    for step in range(steps + 1):
        t = step / steps
        a, b, c = (1 - t) ** 2, 2 * t * (1 - t), t**2
        yield (
            a * line.start[0] + b * line.bend[0] + c * line.end[0],
            a * line.start[1] + b * line.bend[1] + c * line.end[1],
        )


def write_labels(circles: Sequence[Circle]) -> dict[str, Lines]:
    """Return the lines and the size of each label, by the id of its node, large nodes first."""
    largest = max((circle.radius for circle in circles), default=1.0)
    labels: dict[str, Lines] = {}
    for circle in sorted(circles, key=lambda circle: (-circle.radius, -circle.node.degree)):
        share = (circle.radius / largest) ** 1.5
        size = round(SMALLEST_TYPE + (LARGEST_TYPE - SMALLEST_TYPE) * share)
        if text := clean_text(circle.node.label):
            labels[circle.node.id] = (
                break_label(text, most=MOST_LINES + (size >= MANY_LINES)),
                size,
            )
    return labels


def find_spots(circles: Sequence[Circle], edges: Sequence[Edge]) -> dict[str, Spot]:
    """Return the nodes as their labels see them, with the direction in which neighbours are."""
    toward: dict[str, list[float]] = defaultdict(lambda: [0.0, 0.0])
    by_id = {circle.node.id: circle for circle in circles}
    for edge in edges:
        one, two = by_id[edge.source], by_id[edge.target]
        distance = math.hypot(two.x - one.x, two.y - one.y) or 1.0
        across, down = (two.x - one.x) / distance, (two.y - one.y) / distance
        for end, sign in ((edge.source, 1), (edge.target, -1)):
            toward[end][0] += sign * across
            toward[end][1] += sign * down
    return {
        name: Spot(circle.x, circle.y, circle.radius, (toward[name][0], toward[name][1]))
        for name, circle in by_id.items()
    }


def _pair(edge: Edge) -> tuple[str, str]:
    return min(edge.source, edge.target), max(edge.source, edge.target)
