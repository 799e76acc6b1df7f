"""Where the passages and the sentences of the source texts are, read from the index."""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable
from typing import NamedTuple

from pyoxigraph import NamedNode

from kg.check.index import StatementIndex
from kg.graph import Graph
from kg.names import Term, text
from kg.xsd import read_integer


class Position(NamedTuple):
    """A span of a source text, in code points; sorted by source, start and end."""

    source: str
    start: int
    end: int


class Positions:
    """The positions of passages and of segments, by IRI; those without offsets are left out."""

    def __init__(self, graph: Graph, index: StatementIndex) -> None:
        """Read the positions from the index; the names of the properties are in a query."""
        self._index = index
        self._roles: dict[str, NamedNode] = {}
        for property_, role in graph.internal("position-properties"):
            if isinstance(property_, NamedNode):
                self._roles[text(role)] = property_
        self.passages = self._read("passage")
        self.segments = self._read("segment")
        self._ordered: dict[str, list[tuple[int, int, str]]] = defaultdict(list)
        for node, each in self.segments.items():
            self._ordered[each.source].append((each.start, each.end, node))
        for listed in self._ordered.values():
            listed.sort()

    def find(self, role: str, node: str) -> Term | None:
        """Return the first value that a thing has for the property with a role."""
        return next(iter(self._index.objects(self._roles[role]).get(NamedNode(node), ())), None)

    def get_property(self, role: str) -> str:
        """Return the IRI of the property with a role."""
        return self._roles[role].value

    def count_citations(self) -> dict[str, int]:
        """Return how many things cite each passage."""
        counts: dict[str, int] = defaultdict(int)
        for values in self._index.objects(self._roles["evidence"]).values():
            for each in values:
                counts[text(each)] += 1
        return counts

    def find_segment(self, position: Position) -> str:
        """Return the last segment that begins before a position, if it contains it, or ""."""
        listed = self._ordered.get(position.source, [])
        at = bisect_right(listed, position.start, key=lambda each: each[0]) - 1
        return listed[at][2] if at >= 0 and position.end <= listed[at][1] else ""

    def _read(self, role: str) -> dict[str, Position]:
        objects = {
            name: self._index.objects(self._roles[name])
            for name in ("source", "selector", "start", "end")
        }
        found = {}
        instances: Iterable[Term] = self._index.instances(self._roles[role])
        for node in instances:
            selectors, sources = objects["selector"].get(node), objects["source"].get(node)
            if not selectors or not sources or not isinstance(node, NamedNode):
                continue
            offsets = [
                read_integer(text(value))
                for name in ("start", "end")
                for value in objects[name].get(selectors[0], ())[:1]
            ]
            if len(offsets) == 2 and offsets[0] is not None and offsets[1] is not None:
                found[node.value] = Position(text(sources[0]), offsets[0], offsets[1])
        return found
