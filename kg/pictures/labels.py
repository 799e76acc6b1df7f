"""Labels: how wide they are, where their lines break, and where they fit.

A picture must look the same everywhere, so no font is read: widths come from a small table, a
little above those of common fonts. Lengths are in pixels, y downwards, unless stated otherwise.
"""

import math
import re
import sys
import unicodedata
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import NamedTuple

from kg.networks.model import Node
from kg.wrapping import OPENING, is_wide, measure_text, split_words, wrap_text

# Widths in em. Other characters take 1 em if they are East Asian, and DEFAULT_WIDTH if not.
WIDTHS = {
    character: width
    for characters, width in (
        ("ijl|'.,:;!", 0.31),
        ('I ftr()[]/-"', 0.40),
        ("ckszJvxy?*", 0.54),
        ("FLPSETBZYKRX", 0.65),
        ("ACVHUDNGOQ&", 0.75),
        ("wm%", 0.87),
        ("MW@—…", 0.97),
    )
    for character in characters
}
DEFAULT_WIDTH = 0.60
LINE_HEIGHT = 1.2  # em
# A label is limited in columns, as on a terminal: two for a Chinese character, one for a letter.
COLUMNS, MAX_LINES = 24, 2
WIDE_COLUMN = 0.65  # em: text of wide letters takes more columns than it has letters
MEASURED = 10_000  # the texts whose columns are remembered: lines are tried in several widths
HYPHENS = "-–\u2010"
DROPPED_BEFORE_ELLIPSIS = "，、；：,;: " + "".join(sorted(OPENING))
# Control characters, also those for the direction of text, and what XML forbids
# (https://www.w3.org/TR/xml/#charsets).
REMOVED = re.compile("[\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufffe\uffff]")

NODE_GAP, NODE_MARGIN = 3.0, 2.0  # px between a label and its own node, and other nodes
LABEL_GAP = 5.0  # px between labels in a row
# Costs of a label's position: pointing to the neighbours of its node (0 to twice as much), lying
# on an edge (for each point of it, divided by the type size), and standing late in POSITIONS.
DIRECTION_COST, CROSSING_COST, ORDER_COST = 0.6, 0.2, 0.02
# Positions around a node, best first: across, down, and by how much of its own length the label
# is shifted along that side.
POSITIONS = (
    (1, 0, 0.0), (-1, 0, 0.0), (0, -1, 0.0), (0, 1, 0.0),
    (1, -1, 0.0), (1, 1, 0.0), (-1, -1, 0.0), (-1, 1, 0.0),
    (1, 0, 0.3), (1, 0, -0.3), (-1, 0, 0.3), (-1, 0, -0.3),
    (0, -1, 0.25), (0, -1, -0.25), (0, 1, 0.25), (0, 1, -0.25),
    (0, -1, 0.42), (0, -1, -0.42), (0, 1, 0.42), (0, 1, -0.42),
)  # fmt: skip
CELL = 48.0  # px: the side of a cell of the grid in which obstacles are looked up

Point = tuple[float, float]
Cell = tuple[int, int]


class Box(NamedTuple):
    """A rectangle."""

    left: float
    top: float
    right: float
    bottom: float

    def overlaps(self, other: "Box") -> bool:
        """Return whether two boxes share more than an edge."""
        return (
            self.left < other.right
            and other.left < self.right
            and self.top < other.bottom
            and other.top < self.bottom
        )

    def contains(self, other: "Box") -> bool:
        """Return whether the other box lies within this one."""
        return (
            self.left <= other.left
            and self.top <= other.top
            and self.right >= other.right
            and self.bottom >= other.bottom
        )

    def overlaps_circle(self, x: float, y: float, radius: float) -> bool:
        """Return whether a circle reaches into the box."""
        across = x - min(max(x, self.left), self.right)
        down = y - min(max(y, self.top), self.bottom)
        return across * across + down * down < radius * radius


@dataclass(frozen=True)
class Circle:
    """A node in its position, and the direction of its neighbours."""

    node: Node
    x: float
    y: float
    radius: float
    toward: Point = (0.0, 0.0)

    def touches(self, box: Box) -> bool:
        """Return whether a label in a box would be too close to the circle."""
        return box.overlaps_circle(self.x, self.y, self.radius + NODE_MARGIN)


@dataclass(frozen=True)
class LabelText:
    """The lines of a label and their type size."""

    lines: tuple[str, ...]
    size: float


class Label(NamedTuple):
    """A label in its position; `text_anchor` is SVG's: start, middle or end."""

    text: LabelText
    box: Box
    text_anchor: str

    @property
    def x(self) -> float:
        """The x to which `text_anchor` refers."""
        left, right = self.box.left, self.box.right
        return {"start": left, "end": right}.get(self.text_anchor, (left + right) / 2)


def clean_label(text: str) -> str:
    """Return a text as one line in NFC, without characters that break XML or the text around it.

    >>> clean_label("a\\x00  b\\u202e\\nc")
    'a b c'
    """
    kept = REMOVED.sub("", " ".join(text.split()))
    return unicodedata.normalize("NFC", " ".join(kept.split()))


def measure_label(text: str) -> float:
    """Return the approximate width of a text in em.

    >>> measure_label("深圳"), round(measure_label("Wuhan"), 2)
    (2.0, 3.37)
    """
    return sum(map(_measure_character, text))


@cache
def _measure_character(character: str) -> float:
    if character in WIDTHS:
        return WIDTHS[character]
    if unicodedata.combining(character) or unicodedata.category(character) == "Cf":
        return 0.0
    # Marks of ambiguous width are wide in Chinese fonts; letters (Greek, Cyrillic) are not.
    ambiguous = unicodedata.east_asian_width(character) == "A"
    wide = is_wide(character) or (ambiguous and not character.isalpha())
    return 1.0 if wide else DEFAULT_WIDTH


@lru_cache(MEASURED)
def measure_columns(text: str) -> float:
    """Return how many columns of a label a text takes: those of a terminal, or more if wider."""
    return max(measure_text(text), measure_label(text) / WIDE_COLUMN)


def limit_lines(
    text: str,
    width: float,
    most: int = sys.maxsize,
    measure: Callable[[str], float] = measure_label,
    hyphens: str = HYPHENS,
) -> list[str]:
    """Return a text in lines of a width, by default in em; after `most` lines, `…` marks a cut.

    >>> limit_lines("data centre 数据", 8, 2, measure_columns)
    ['data', 'centre…']
    """
    lines = wrap_text(text, width, measure=measure, hyphens=hyphens, cut=True)
    if len(lines) <= most:
        return lines
    rest = " ".join(text.split())
    for line in lines[: most - 1]:
        rest = rest[len(line) :].lstrip()
    # A word that fits, but not together with `…`, is kept nonetheless.
    word = measure(split_words(rest, hyphens)[0].rstrip())
    room = max(width - measure("…"), word if word <= width else 0)
    last = wrap_text(rest, room, measure=measure, hyphens=hyphens, cut=True)[0]
    return [*lines[: most - 1], f"{last.rstrip(DROPPED_BEFORE_ELLIPSIS)}…"]


def break_label(text: str, columns: int = COLUMNS, most: int = MAX_LINES) -> tuple[str, ...]:
    """Return a text in at most `most` lines of about equal length; `…` marks a cut.

    If a word is wider than the columns, lines get wider too, up to `COLUMNS`: only wider words
    are cut. A word is broken at a hyphen only if that saves a line or some of the text.

    >>> break_label("Shenzhen–Singapore smart-city cooperation")
    ('Shenzhen–Singapore', 'smart-city cooperation')
    """
    unbroken = _break_evenly(text, columns, most, HYPHENS.replace("-", ""))
    broken = _break_evenly(text, columns, most, HYPHENS) if "-" in text else unbroken
    return min(unbroken, broken, key=lambda found: found[0])[1]


def _break_evenly(
    text: str, columns: int, most: int, hyphens: str
) -> tuple[tuple[bool, int, int], tuple[str, ...]]:
    """Return the lines of a label, and before them how bad they are: cut, how many, how wide."""
    words = split_words(text, hyphens)
    widest = max((measure_columns(word.rstrip()) for word in words), default=0.0)
    least = min(math.ceil(widest), max(columns, COLUMNS))
    columns = max(columns, least)
    lines = wrap_text(text, columns, measure=measure_columns, hyphens=hyphens, cut=True)
    if len(lines) > most:
        lines = limit_lines(text, columns, most, measure_columns, hyphens)
        return (True, most, columns), tuple(lines)
    penalty = widest > columns, len(lines), columns
    # The narrowest column that needs no more lines makes them even.
    for narrower in range(columns - 1, max(least, 2) - 1, -1):
        found = wrap_text(text, narrower, measure=measure_columns, hyphens=hyphens, cut=True)
        if len(found) > len(lines):
            break
        lines = found
    return penalty, tuple(lines)


class LabelPlacer:
    """Finds free positions for labels among nodes, edges and the labels placed before."""

    def __init__(self, area: Box, circles: Iterable[Circle], edge_points: Iterable[Point]) -> None:
        self._area = area
        self._boxes: dict[Cell, list[Box]] = defaultdict(list)
        self._circles: dict[Cell, list[Circle]] = defaultdict(list)
        self._edge_points: dict[Cell, list[Point]] = defaultdict(list)
        for circle in circles:
            x, y, reach = circle.x, circle.y, circle.radius + NODE_MARGIN
            for cell in _list_cells(Box(x - reach, y - reach, x + reach, y + reach)):
                self._circles[cell].append(circle)
        for x, y in edge_points:
            self._edge_points[int(x // CELL), int(y // CELL)].append((x, y))

    def place(self, circle: Circle, text: LabelText) -> Label | None:
        """Return a label in the best free position, and reserve that; None if none is free."""
        best: Label | None = None
        lowest = math.inf
        for cost, label in list_candidates(circle, text):
            if cost < lowest and self._is_free(label.box):
                cost += CROSSING_COST * self._count_edge_points(label.box) / text.size
                if cost < lowest:
                    best, lowest = label, cost
        if best:
            self.reserve(best.box)
        return best

    def reserve(self, box: Box) -> None:
        """Keep other labels out of a box."""
        for cell in _list_cells(box):
            self._boxes[cell].append(box)

    def _is_free(self, box: Box) -> bool:
        wide = Box(box.left - LABEL_GAP, box.top - 1, box.right + LABEL_GAP, box.bottom + 1)
        return self._area.contains(box) and not any(
            any(wide.overlaps(other) for other in self._boxes[cell])
            or any(circle.touches(box) for circle in self._circles[cell])
            for cell in _list_cells(box)
        )

    def _count_edge_points(self, box: Box) -> int:
        return sum(
            box.left <= x <= box.right and box.top <= y <= box.bottom
            for cell in _list_cells(box)
            for x, y in self._edge_points[cell]
        )


def list_candidates(circle: Circle, text: LabelText) -> Iterator[tuple[float, Label]]:
    """Yield a label in each of `POSITIONS` around its node, after its cost: 0 is best."""
    width = max(map(measure_label, text.lines)) * text.size
    height = len(text.lines) * LINE_HEIGHT * text.size
    straight = circle.radius + NODE_GAP + NODE_MARGIN
    diagonal = circle.radius * math.sqrt(0.5) + NODE_GAP + NODE_MARGIN
    length = math.hypot(*circle.toward)
    away = (-circle.toward[0] / length, -circle.toward[1] / length) if length else (0.0, 0.0)
    for index, (across, down, shift) in enumerate(POSITIONS):
        reach = diagonal if across and down else straight
        left = circle.x + across * reach - (width if across < 0 else 0)
        top = circle.y + down * reach - (height if down < 0 else 0)
        if not across:
            left -= width * (0.5 + shift)
        if not down:
            top -= height * (0.5 + shift)
        norm = math.hypot(across, down)
        turned = 1 - (across * away[0] + down * away[1]) / norm if length else 0.0
        text_anchor = "start" if across > 0 else "end" if across < 0 else "middle"
        box = Box(left, top, left + width, top + height)
        yield DIRECTION_COST * turned + ORDER_COST * index, Label(text, box, text_anchor)


def _list_cells(box: Box) -> Iterator[Cell]:
    for column in range(int(box.left // CELL), int(box.right // CELL) + 1):
        for row in range(int(box.top // CELL), int(box.bottom // CELL) + 1):
            yield column, row
