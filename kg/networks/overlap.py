"""Remove overlaps of disks by moving pairs of them away from each other."""

import math
from collections.abc import Collection, Iterator, Sequence

Point = tuple[float, float]

# Directions that differ by this angle, one after the other, spread evenly around a center.
GOLDEN_ANGLE = math.pi * (3 - math.sqrt(5))


class Disks:
    """Disks whose centers (`xs` and `ys`) change, except those of the disks in `fixed`."""

    def __init__(
        self, centers: Sequence[Point], radii: Sequence[float], fixed: Collection[int] = ()
    ) -> None:
        self.xs = [x for x, _ in centers]
        self.ys = [y for _, y in centers]
        self.radii = radii
        self.fixed = fixed

    @property
    def centers(self) -> list[Point]:
        """The centers of the disks, in order."""
        return list(zip(self.xs, self.ys, strict=True))

    def separate(self, first: int, second: int, distance: float, tolerance: float = 1e-6) -> bool:
        """Move two disks to that distance of their centers, if they are nearer to each other.

        Both move half of the way, along the line through their centers; if one is fixed, the
        other moves all of the way. Returns whether they moved.
        """
        x, y = self.xs[second] - self.xs[first], self.ys[second] - self.ys[first]
        if abs(x) >= distance or abs(y) >= distance:  # mostly
            return False
        actual = math.hypot(x, y)
        moved = [(d, sign) for d, sign in ((first, -1), (second, 1)) if d not in self.fixed]
        if actual >= distance - tolerance or not moved:
            return False
        if actual < 1e-9:
            # Disks at the same point have no direction: each pair gets one of its own.
            x, y = math.cos(second * GOLDEN_ANGLE), math.sin(second * GOLDEN_ANGLE)
            step = distance / len(moved)
            actual = 1.0
        else:
            step = (distance - actual) / len(moved)
        for disk, sign in moved:
            self.xs[disk] += sign * x / actual * step
            self.ys[disk] += sign * y / actual * step
        return True

    def list_near_pairs(self, reach: float) -> Iterator[tuple[int, int]]:
        """Yield every pair whose centers are within reach of each other, and other near pairs.

        Only disks in neighboring cells of a grid are paired: if few disks overlap, the time is
        linear in their number.
        """
        cells: dict[tuple[int, int], list[int]] = {}
        for disk, (x, y) in enumerate(self.centers):
            cells.setdefault((math.floor(x / reach), math.floor(y / reach)), []).append(disk)
        for (column, row), members in cells.items():
            near = [
                other
                for i in (-1, 0, 1)
                for j in (-1, 0, 1)
                for other in cells.get((column + i, row + j), ())
            ]
            for disk in members:
                yield from ((disk, other) for other in near if other > disk)


def remove_overlaps(centers: Sequence[Point], radii: Sequence[float], gap: float) -> list[Point]:
    """Return centers at which the disks do not overlap, or the centers after 200 rounds.

    The distance of two centers is at least the sum of the radii times `gap`.

    >>> remove_overlaps([(0.0, 0.0), (1.0, 0.0), (9.0, 0.0)], [1.0, 1.0, 1.0], 1.0)
    [(-0.5, 0.0), (1.5, 0.0), (9.0, 0.0)]
    """
    disks = Disks(centers, radii)
    reach = 2 * max(radii, default=1.0) * gap
    for _ in range(200):
        moved = [
            disks.separate(first, second, (radii[first] + radii[second]) * gap)
            for first, second in disks.list_near_pairs(reach)
        ]
        if not any(moved):
            break
    return disks.centers
