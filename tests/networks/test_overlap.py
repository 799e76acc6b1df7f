"""Disks are moved until they do not overlap."""

import math
import random
from itertools import combinations

from kg.networks.overlap import Disks, Point, remove_overlaps


def find_overlaps(centers: list[Point], radii: list[float]) -> list[tuple[int, int]]:
    return [
        (a, b)
        for a, b in combinations(range(len(centers)), 2)
        if math.dist(centers[a], centers[b]) < radii[a] + radii[b] - 0.01
    ]


def test_overlaps_are_removed() -> None:
    pick = random.Random(1)
    centers = [(pick.uniform(0, 100), pick.uniform(0, 100)) for _ in range(80)]
    radii = [pick.uniform(1, 10) for _ in range(80)]
    assert len(find_overlaps(centers, radii)) > 50
    moved = remove_overlaps(centers, radii, 1.3)
    assert find_overlaps(moved, [1.25 * radius for radius in radii]) == []


def test_disks_at_the_same_point_are_separated() -> None:
    moved = remove_overlaps([(5.0, 5.0)] * 30, [1.0] * 30, 1.0)
    assert find_overlaps(moved, [1.0] * 30) == []


def test_disks_without_overlap_stay() -> None:
    centers = [(0.0, 0.0), (10.0, 0.0), (0.0, -10.0)]
    assert remove_overlaps(centers, [1.0, 2.0, 3.0], 1.3) == centers
    assert remove_overlaps([], [], 1.3) == []


def test_fixed_disk_is_not_moved() -> None:
    disks = Disks([(0.0, 0.0), (1.0, 0.0)], [1.0, 1.0], fixed={0})
    assert disks.separate(0, 1, 4.0)
    assert disks.centers == [(0.0, 0.0), (4.0, 0.0)]
    fixed = Disks([(0.0, 0.0), (1.0, 0.0)], [1.0, 1.0], fixed={0, 1})
    assert not fixed.separate(0, 1, 4.0)


def test_disks_are_separated_by_half_each() -> None:
    disks = Disks([(0.0, 0.0), (0.0, 1.0)], [1.0, 1.0])
    assert disks.separate(0, 1, 2.0)
    assert disks.centers == [(0.0, -0.5), (0.0, 1.5)]
    assert not disks.separate(0, 1, 2.0)
    assert not disks.separate(0, 1, 2.005, tolerance=0.01)


def test_near_pairs_are_all_found_once() -> None:
    pick = random.Random(2)
    centers = [(pick.uniform(-50, 50), pick.uniform(-50, 50)) for _ in range(100)]
    found = list(Disks(centers, [1.0] * 100).list_near_pairs(8.0))
    near = {p for p in combinations(range(100), 2) if math.dist(centers[p[0]], centers[p[1]]) <= 8}
    assert near <= set(found)
    assert all(first < second for first, second in found)
    assert len(found) == len(set(found)) < 100 * 99 / 4
