"""Where nodes stand in a picture: where the layout has them, but with room for each and its label.

Nobody sees a node that another covers, and a cluster so dense that no name finds room is a blot. So
nodes that stand close are moved apart; what is large gets its label first, and small ones give way.
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from kg.networks.model import Node
from kg.pictures.labels import MARGIN, Box, Label, Spot, list_candidates

# Of the area of nodes and links: its least extents; what it takes for one node, what each adds.
LEAST_WIDTH, LEAST_HEIGHT, FIRST_NODE, EACH_NODE = 560.0, 380.0, 80_000.0, 2_400.0
NARROWEST, WIDEST = 1.0, 1.75  # width by height
LEAST_PAD, PAD_X, PAD_Y = (
    36.0,
    0.045,
    0.025,
)  # pixels; of the area, on each side, where there are labels alone
STRETCH = 1.4  # labels lie, so that nodes may stand farther apart across than down
# Radii in pixels: the least, the least that the mean may be, the greatest.
LEAST_RADIUS, MEAN_RADIUS, GREATEST = 3.0, 4.5, 24.0
APART, ROUNDS, FEW_ROUNDS = 2.0, 200, 60
WAYS = 3  # out of a label's box that are tried in turn
# How far apart nodes are moved, by the distance that they would have if spread over the area
# evenly; half as far down as across, since labels lie.
SPREAD, FLAT = 0.9, 0.5
LARGE = 1.6  # times the root of their number, so many of the nodes are sure of their label
IN_THE_WAY = 0.25  # what it costs a label that a node has to be moved away from there
GOLDEN_ANGLE = math.pi * (3 - math.sqrt(5))


Lines = tuple[tuple[str, ...], float]


@dataclass(frozen=True)
class Circle:
    """A node and where it stands."""

    node: Node
    x: float
    y: float
    radius: float


def choose_area(nodes: Sequence[Node]) -> Box:
    """Return the area for nodes: larger for more of them, and about as wide as their layout."""
    across, down = _span(node.x for node in nodes), _span(node.y for node in nodes)
    shape = min(max(1.2 * across / down if down else WIDEST, NARROWEST), WIDEST)
    shape = shape if across or down else math.sqrt(NARROWEST * WIDEST)
    count = len(nodes)
    area = max(FIRST_NODE * math.sqrt(count) + EACH_NODE * count, LEAST_WIDTH * LEAST_HEIGHT)
    width = max(math.sqrt(area * shape), LEAST_WIDTH)
    height = max(area / width, LEAST_HEIGHT)
    return Box(0.0, 0.0, round(width), round(height))


def place_nodes(nodes: Sequence[Node], area: Box) -> tuple[Circle, ...]:
    """Return the nodes where the layout has them, fitted to the area; y goes downwards."""
    if not nodes:
        return ()
    wide, high = area.right * (1 - 4 * PAD_X), area.bottom * (1 - 4 * PAD_Y)
    across, down = _span(node.x for node in nodes), _span(node.y for node in nodes)
    scale = min(wide / across if across else math.inf, high / down if down else math.inf)
    scale = scale if math.isfinite(scale) else 0.0
    scale_x = min(wide / across, STRETCH * scale) if across else 0.0
    scale_y = min(high / down, STRETCH * scale) if down else 0.0
    middle_x, middle_y = _middle(node.x for node in nodes), _middle(node.y for node in nodes)
    sizes = [max(node.size, 0.0) for node in nodes]
    mean = sum(sizes) / len(sizes)
    factor = max(scale / 2, MEAN_RADIUS / mean) if mean else 0.0
    if factor:
        factor = min(factor, GREATEST / max(sizes))
    # Gephi's y goes upwards, a picture's downwards.
    return tuple(
        Circle(
            node,
            area.right / 2 + scale_x * (node.x - middle_x),
            area.bottom / 2 - scale_y * (node.y - middle_y),
            max(factor * size, LEAST_RADIUS),
        )
        for node, size in zip(nodes, sizes, strict=True)
    )


def push_apart(circles: Sequence[Circle], area: Box) -> tuple[Circle, ...]:
    """Return circles moved until none covers another and labels have room, or for `ROUNDS`.

    Those that stand close together move as far as it takes, the others stay where they are.
    """
    crowd = OverlapRemoval(circles, area, frozenset())
    spread = SPREAD * math.sqrt(area.right * area.bottom / max(len(circles), 1))
    for number in range(ROUNDS):
        # The later rounds are for circles alone: they must not cover each other.
        if not crowd.push(spread if number < ROUNDS / 2 else 0.0):
            break
    return crowd.circles


def make_room(
    circles: Sequence[Circle], labels: Mapping[str, Lines], spots: Mapping[str, Spot], area: Box
) -> tuple[tuple[Circle, ...], dict[str, Label]]:
    """Return circles moved out of the way of the largest ones' labels, and these labels.

    `labels` has the lines of each node's label with their size, by its id, the largest first.
    """
    large = _choose_large(circles, labels)
    fixed = frozenset(n for n, c in enumerate(circles) if c.node.id in large)
    kept: dict[str, Label] = {}
    for name, (lines, size) in large.items():
        best: tuple[float, Label] | None = None
        for cost, label in list_candidates(spots[name], lines, size):
            box = label.box
            if not area.holds(box) or any(box.overlaps(other.box) for other in kept.values()):
                continue
            touched = [n for n, c in enumerate(circles) if _touches(box, c)]
            if fixed.isdisjoint(touched):
                whole = cost + IN_THE_WAY * len(touched)
                best = best if best and best[0] <= whole else (whole, label)
        if best:
            kept[name] = best[1]
    crowd = OverlapRemoval(circles, area, fixed)
    boxes = [label.box for label in kept.values()]
    for number in range(FEW_ROUNDS):
        # Both are to be done in each round.
        cleared = crowd.clear(boxes, number % WAYS)
        if not crowd.push(0.0) and not cleared:
            break
    moved = crowd.circles
    free = {
        name: label
        for name, label in kept.items()
        if not any(_touches(label.box, circle) for circle in moved)
    }
    return moved, free


def _choose_large(circles: Sequence[Circle], labels: Mapping[str, Lines]) -> dict[str, Lines]:
    """Return the labels of the largest circles; none of a size that would only in part be among."""
    radii = {circle.node.id: circle.radius for circle in circles}
    many = math.ceil(LARGE * math.sqrt(len(circles)))
    names = list(labels)
    least = radii[names[many]] if many < len(names) else 0.0
    return {name: labels[name] for name in names[:many] if radii[name] > least}


def _touches(box: Box, circle: Circle) -> bool:
    return box.touches(circle.x, circle.y, circle.radius + MARGIN)


class OverlapRemoval:
    """Circles that make room for each other; those that are fixed stay."""

    def __init__(self, circles: Sequence[Circle], area: Box, fixed: frozenset[int]) -> None:
        self._circles, self._area, self._fixed = circles, area, fixed
        self._xs, self._ys = [c.x for c in circles], [c.y for c in circles]
        self._radii = [c.radius for c in circles]
        self._pad = max(PAD_X * area.right, LEAST_PAD), PAD_Y * area.bottom

    @property
    def circles(self) -> tuple[Circle, ...]:
        """The circles where they are now."""
        places = zip(self._circles, self._xs, self._ys, strict=True)
        return tuple(replace(circle, x=x, y=y) for circle, x, y in places)

    def push(self, room: float) -> bool:
        """Move all pairs apart once, those nearer than `room` a little; tell whether any moved."""
        xs, radii = self._xs, self._radii
        reach = max(room, 2 * max(radii, default=0.0) + APART)
        moved = False
        order = sorted(range(len(xs)), key=lambda index: xs[index])
        for place, one in enumerate(order):
            for two in order[place + 1 :]:
                if xs[two] - xs[one] > reach:
                    break
                moved = self._part(one, two, room) or moved
        self._keep_inside()
        return moved

    def clear(self, boxes: Sequence[Box], other: int) -> bool:
        """Move circles out of boxes, each the shortest way; tell whether any moved.

        Where that leads into another circle, it is pushed back: `other` is which of the longer
        ways to take.
        """
        moved = False
        for index, radius in enumerate(self._radii):
            reach = radius + MARGIN
            for box in () if index in self._fixed else boxes:
                x, y = self._xs[index], self._ys[index]
                if not box.touches(x, y, reach):
                    continue
                ways = [
                    (0.0, box.top - reach - y),
                    (0.0, box.bottom + reach - y),
                    (box.left - reach - x, 0.0),
                    (box.right + reach - x, 0.0),
                ]
                ways = [way for way in ways if self._is_inside(x + way[0], y + way[1], radius)]
                ways.sort(key=lambda way: abs(way[0]) + abs(way[1]))
                across, down = ways[min(other, len(ways) - 1)] if ways else (0.0, 0.0)
                self._xs[index], self._ys[index] = x + across, y + down
                moved = True
        return moved

    def _is_inside(self, x: float, y: float, radius: float) -> bool:
        across, down = self._pad[0] + radius, self._pad[1] + radius
        return across <= x <= self._area.right - across and down <= y <= self._area.bottom - down

    def _keep_inside(self) -> None:
        for index, radius in enumerate(self._radii):
            across, down = self._pad[0] + radius, self._pad[1] + radius
            self._xs[index] = min(max(self._xs[index], across), self._area.right - across)
            self._ys[index] = min(max(self._ys[index], down), self._area.bottom - down)

    def _part(self, one: int, two: int, room: float) -> bool:
        """Move two circles apart until neither covers the other, and some way toward `room`."""
        across, down = self._xs[two] - self._xs[one], self._ys[two] - self._ys[one]
        distance = math.hypot(across, down)
        wanted = self._radii[one] + self._radii[two] + APART
        # An ellipse around each: as far across as `room`, down by `FLAT` of that.
        share = math.hypot(across, down / FLAT) / room if room else 1.0
        if 0 < share < 1:
            wanted = max(wanted, distance + 0.3 * (distance / share - distance))
        if distance >= wanted - 0.01:
            return False
        shares = int(one not in self._fixed), int(two not in self._fixed)
        if not any(shares):
            return False
        push = (wanted - distance) / sum(shares)
        if distance < 1e-6:
            # In the same place there is no direction: each pair takes one of its own.
            angle = GOLDEN_ANGLE * (one + two)
            across, down, distance = math.cos(angle), math.sin(angle), 1.0
        self._xs[one] -= shares[0] * push * across / distance
        self._ys[one] -= shares[0] * push * down / distance
        self._xs[two] += shares[1] * push * across / distance
        self._ys[two] += shares[1] * push * down / distance
        return True


def _span(values: Iterable[float]) -> float:
    found = list(values)
    return max(found) - min(found) if found else 0.0


def _middle(values: Iterable[float]) -> float:
    found = list(values)
    return (max(found) + min(found)) / 2
