"""Positions of nodes in a picture: where the layout has them, but with room for their labels.

Nodes must not overlap, and a dense cluster must not become a blot without a label. So nodes that
are close together are separated. Large nodes get their labels first, and small ones give way.
Lengths are in pixels, y downwards.
"""

import math
from collections.abc import Mapping, Sequence, Set
from dataclasses import replace
from functools import lru_cache
from operator import itemgetter

from kg.networks.model import Node
from kg.networks.overlap import Disks, Point
from kg.pictures.labels import NODE_MARGIN, Box, Circle, Label, LabelText, list_candidates

# The area of nodes and labels: its least sides, its aspect ratio (width by height), and its size
# in square pixels, as a multiple of the root of the number of nodes and one of that number.
MIN_WIDTH, MIN_HEIGHT = 560.0, 380.0
MIN_ASPECT, MAX_ASPECT = 1.0, 1.75
AREA_OF_ROOT, AREA_OF_NODE = 80_000.0, 2_400.0
# Margins of the area, left to labels: shares of its width and height, and the least at the sides.
MARGIN_X, MARGIN_Y, MIN_MARGIN_X = 0.045, 0.025, 36.0
MAX_STRETCH = 1.4  # of the layout in one direction: labels are flat, so width helps more
MIN_RADIUS, MIN_MEAN_RADIUS, MAX_RADIUS = 3.0, 4.5, 24.0
CIRCLE_GAP = 2.0  # px between circles
# The distance to which close nodes are spread, as a share of that in a regular grid, and how much
# of it vertically.
SPREAD, FLATNESS = 0.9, 0.5
SPREAD_STEP = 0.3  # share of the way that is left, in each round
SPREAD_ROUNDS, LABEL_ROUNDS = 100, 60
EXITS = 3  # ways out of a label's box that a circle tries in turn
LARGE_SHARE = 1.6  # the number of large nodes, as a multiple of the root of the number of nodes
MOVE_COST = 0.25  # of a label's position, for each node that has to move away

Disk = tuple[float, float, float]  # the center and the radius


def choose_area(nodes: Sequence[Node]) -> Box:
    """Return the area for some nodes, about as wide as their layout; its upper left is 0, 0."""
    across, _ = _measure_extent([node.x for node in nodes])
    down, _ = _measure_extent([node.y for node in nodes])
    if across or down:
        # A little wider than the layout, since labels need width.
        aspect = 1.2 * across / down if down else MAX_ASPECT
        aspect = min(max(aspect, MIN_ASPECT), MAX_ASPECT)
    else:
        aspect = math.sqrt(MIN_ASPECT * MAX_ASPECT)
    count = len(nodes)
    size = max(AREA_OF_ROOT * math.sqrt(count) + AREA_OF_NODE * count, MIN_WIDTH * MIN_HEIGHT)
    width = max(math.sqrt(size * aspect), MIN_WIDTH)
    height = max(size / width, MIN_HEIGHT)
    return Box(0.0, 0.0, round(width), round(height))


def fit_nodes(nodes: Sequence[Node], area: Box) -> tuple[Circle, ...]:
    """Return the nodes in the positions of their layout, scaled to the area."""
    if not nodes:
        return ()
    width, height = area.right * (1 - 4 * MARGIN_X), area.bottom * (1 - 4 * MARGIN_Y)
    across, middle_x = _measure_extent([node.x for node in nodes])
    down, middle_y = _measure_extent([node.y for node in nodes])
    fits = [side / extent for side, extent in ((width, across), (height, down)) if extent]
    scale = min(fits, default=0.0)
    scale_x = min(width / across, MAX_STRETCH * scale) if across else 0.0
    scale_y = min(height / down, MAX_STRETCH * scale) if down else 0.0
    sizes = [node.size for node in nodes]
    factor = max(scale / 2, MIN_MEAN_RADIUS / (sum(sizes) / len(sizes)))
    factor = min(factor, MAX_RADIUS / max(sizes))
    # In a network y points upwards, in a picture downwards.
    return tuple(
        Circle(
            node,
            area.right / 2 + scale_x * (node.x - middle_x),
            area.bottom / 2 - scale_y * (node.y - middle_y),
            max(factor * node.size, MIN_RADIUS),
        )
        for node in nodes
    )


def spread_circles(circles: Sequence[Circle], area: Box) -> tuple[Circle, ...]:
    """Return circles without overlaps and with room for labels; distant ones stay in place."""
    spread = SPREAD * math.sqrt(area.right * area.bottom / max(len(circles), 1))
    centers = _spread_centers(tuple((one.x, one.y, one.radius) for one in circles), area, spread)
    return _move_circles(circles, centers)


def place_large_labels(
    circles: Sequence[Circle], texts: Mapping[str, LabelText], area: Box
) -> tuple[tuple[Circle, ...], dict[str, Label]]:
    """Return the labels of the largest circles, and the circles, moved out of these labels.

    `texts` are by node id, those of the largest circles first; so are the labels returned.
    """
    radii = sorted((circle.radius for circle in circles), reverse=True)
    count = math.ceil(LARGE_SHARE * math.sqrt(len(circles)))
    # Of circles of equal size, either all are large or none.
    limit = radii[count] if count < len(radii) else 0.0
    large = {circle.node.id: circle for circle in circles if circle.radius > limit}
    fixed = {index for index, circle in enumerate(circles) if circle.node.id in large}
    placed: dict[str, Label] = {}
    for name, text in texts.items():
        if name not in large:
            break
        free = []
        candidates = list(list_candidates(large[name], text))
        near = _list_near(circles, [label.box for _, label in candidates])
        for cost, label in candidates:
            box = label.box
            if not area.contains(box) or any(box.overlaps(other.box) for other in placed.values()):
                continue
            covered = {index for index, circle in near if circle.touches(box)}
            if fixed.isdisjoint(covered):
                free.append((cost + MOVE_COST * len(covered), label))
        if free:
            _, placed[name] = min(free, key=itemgetter(0))
    boxes = [label.box for label in placed.values()]
    moved = separate_circles(circles, area, LABEL_ROUNDS, fixed=fixed, boxes=boxes)
    labels = {
        name: label
        for name, label in placed.items()
        if not any(circle.touches(label.box) for circle in moved)
    }
    return moved, labels


def _list_near(circles: Sequence[Circle], boxes: Sequence[Box]) -> list[tuple[int, Circle]]:
    """Return the circles, with their index, that may touch one of the boxes."""
    left, right = min(box.left for box in boxes), max(box.right for box in boxes)
    top, bottom = min(box.top for box in boxes), max(box.bottom for box in boxes)
    around = Box(left, top, right, bottom)
    return [(index, circle) for index, circle in enumerate(circles) if circle.touches(around)]


def separate_circles(
    circles: Sequence[Circle],
    area: Box,
    rounds: int,
    *,
    spread: float = 0.0,
    fixed: Set[int] = frozenset(),
    boxes: Sequence[Box] = (),
) -> tuple[Circle, ...]:
    """Return circles that overlap neither each other nor boxes, if the rounds suffice for that.

    In the first half of the rounds, circles nearer than `spread` also move towards that distance.
    Those whose index is in `fixed` push others away, but stay in place.
    """
    disks = [(circle.x, circle.y, circle.radius) for circle in circles]
    return _move_circles(
        circles, _separate_disks(disks, area, rounds, spread=spread, fixed=fixed, boxes=boxes)
    )


@lru_cache(16)  # pictures of a network in several languages differ only in labels
def _spread_centers(disks: tuple[Disk, ...], area: Box, spread: float) -> list[Point]:
    return _separate_disks(disks, area, SPREAD_ROUNDS, spread=spread)


def _separate_disks(
    disks: Sequence[Disk],
    area: Box,
    rounds: int,
    *,
    spread: float,
    fixed: Set[int] = frozenset(),
    boxes: Sequence[Box] = (),
) -> list[Point]:
    moving = _MovingCircles(disks, area, fixed)
    for number in range(rounds):
        left = moving.leave_boxes(boxes, number % EXITS)
        pushed = moving.push_pairs(spread if number < rounds / 2 else 0.0)
        if not left and not pushed:
            break
    return moving.centers


def _move_circles(circles: Sequence[Circle], centers: Sequence[Point]) -> tuple[Circle, ...]:
    moved = zip(circles, centers, strict=True)
    return tuple(replace(circle, x=x, y=y) for circle, (x, y) in moved)


class _MovingCircles(Disks):
    """Circles while they move, within the margins of an area."""

    def __init__(self, disks: Sequence[Disk], area: Box, fixed: Set[int]) -> None:
        super().__init__([(x, y) for x, y, _ in disks], [radius for _, _, radius in disks], fixed)
        margin_x, margin_y = max(MARGIN_X * area.right, MIN_MARGIN_X), MARGIN_Y * area.bottom
        self._area = Box(margin_x, margin_y, area.right - margin_x, area.bottom - margin_y)

    def push_pairs(self, spread: float) -> bool:
        """Separate each close pair once; return whether any circle moved."""
        wanted = 2 * max(self.radii, default=0.0) + CIRCLE_GAP
        reach, down = max(spread, wanted), max(spread * FLATNESS, wanted)
        moved = False
        for one, two in self.list_near_pairs(reach):
            # Most pairs are too far from each other: it is quicker to see that first.
            if abs(self.xs[two] - self.xs[one]) < reach and abs(self.ys[two] - self.ys[one]) < down:
                moved = self._push_pair(one, two, spread) or moved
        for index, radius in enumerate(self.radii):
            left, right = self._area.left + radius, self._area.right - radius
            top, bottom = self._area.top + radius, self._area.bottom - radius
            self.xs[index] = min(max(self.xs[index], left), right)
            self.ys[index] = min(max(self.ys[index], top), bottom)
        return moved

    def _push_pair(self, one: int, two: int, spread: float) -> bool:
        """Separate two circles if they are too close; return whether that was so."""
        across, down = self.xs[two] - self.xs[one], self.ys[two] - self.ys[one]
        distance = math.hypot(across, down)
        wanted = self.radii[one] + self.radii[two] + CIRCLE_GAP
        # Circles spread until each has an ellipse to itself, `spread` wide and flat as labels are.
        share = math.hypot(across, down / FLATNESS) / spread if spread else 1.0
        if 0 < share < 1:
            wanted = max(wanted, distance + SPREAD_STEP * (distance / share - distance))
        return self.separate(one, two, wanted, 0.01)

    def leave_boxes(self, boxes: Sequence[Box], choice: int) -> bool:
        """Move circles out of boxes; return whether any was in one.

        `choice` is the index of the way out, the shortest first: that may lead into another
        circle, which pushes back.
        """
        moved = False
        for index, radius in enumerate(self.radii):
            reach = radius + NODE_MARGIN
            for box in () if index in self.fixed else boxes:
                x, y = self.xs[index], self.ys[index]
                # Most boxes are far away: it is quicker to see that first.
                if x - reach >= box.right or x + reach <= box.left:
                    continue
                if not box.overlaps_circle(x, y, reach):
                    continue
                moved = True
                shifts = [
                    (0.0, box.top - reach - y),
                    (0.0, box.bottom + reach - y),
                    (box.left - reach - x, 0.0),
                    (box.right + reach - x, 0.0),
                ]
                shifts = [(dx, dy) for dx, dy in shifts if self._is_inside(x + dx, y + dy, radius)]
                if shifts:
                    shifts.sort(key=lambda shift: abs(shift[0]) + abs(shift[1]))
                    dx, dy = shifts[min(choice, len(shifts) - 1)]
                    self.xs[index], self.ys[index] = x + dx, y + dy
        return moved

    def _is_inside(self, x: float, y: float, radius: float) -> bool:
        return self._area.contains(Box(x - radius, y - radius, x + radius, y + radius))


def _measure_extent(values: Sequence[float]) -> tuple[float, float]:
    """Return the extent of some values, and the middle of it; 0 if there are none."""
    low, high = min(values, default=0.0), max(values, default=0.0)
    return high - low, (high + low) / 2
