"""Labels of a picture: how wide they are, where they break, and where there is room for them.

A picture is to look the same wherever it is opened, so nothing is asked of a font: widths are
those of a small table, a little above what common fonts have.
"""

import math
import unicodedata
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from kg.ask.table import measure_text

# Widths in em. Whatever is not here is 1 where East Asian text is, or else `OTHER`.
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
OTHER = 0.60
LINE_HEIGHT = 1.2  # em
WIDEST = 0.65  # em a column
COLUMNS, MOST_LINES = 24, 2  # of a label: half an em each, as a terminal counts them
# What may not begin a line, what may not end one, and what is dropped before `…`.
CLOSING = frozenset("。，、；：？！）〉》」』】〕〗”’％…—·,.;:?!)]}%")
OPENING = frozenset("（〈《「『【〔〖“‘([{")
HYPHENS = frozenset("-–\u2010")
LOOSE = "，、；：,;: " + "".join(sorted(OPENING))
BIDI_CONTROLS = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
CELL = 48.0
GAP, MARGIN = 3.0, 2.0  # pixels from a node to its own label, and to others'
APART = 5.0  # pixels from a label to that beside it
# What it costs to leave the direction that leads away from a node's neighbours, and to lie on a
# link: the halo keeps a label readable there, but beside the link it is better still.
AWAY, CROSSED = 0.6, 0.2

Measure = Callable[[str], float]


@dataclass(frozen=True)
class Box:
    """A rectangle in pixels, y downwards."""

    left: float
    top: float
    right: float
    bottom: float

    def overlaps(self, other: "Box") -> bool:
        """Tell whether two boxes share more than an edge."""
        return (
            self.left < other.right
            and other.left < self.right
            and self.top < other.bottom
            and other.top < self.bottom
        )

    def holds(self, other: "Box") -> bool:
        """Tell whether the other box lies within this one."""
        return (
            self.left <= other.left
            and self.top <= other.top
            and self.right >= other.right
            and self.bottom >= other.bottom
        )

    def touches(self, x: float, y: float, radius: float) -> bool:
        """Tell whether a circle reaches into the box."""
        across = x - min(max(x, self.left), self.right)
        down = y - min(max(y, self.top), self.bottom)
        return across * across + down * down < radius * radius


@dataclass(frozen=True)
class Spot:
    """A node as its label sees it: a circle, and the direction in which its neighbours are."""

    x: float
    y: float
    radius: float
    toward: tuple[float, float] = (0.0, 0.0)


@dataclass(frozen=True)
class Label:
    """A label that found room: its lines, its box, and how each line is anchored in it."""

    lines: tuple[str, ...]
    size: float
    box: Box
    anchor: str

    @property
    def x(self) -> float:
        """Where each line is anchored."""
        left, right = self.box.left, self.box.right
        return {"start": left, "end": right}.get(self.anchor, (left + right) / 2)


def clean_text(text: str) -> str:
    """Return a text in one line as XML 1.0 and its neighbours can bear it, in NFC.

    Control characters, what is no character, and marks that turn the direction of what comes
    after are dropped (https://www.w3.org/TR/xml/#charsets).

    >>> clean_text("a\\x00  b\\u202e\\nc")
    'a b c'
    """
    kept = (
        character
        for character in " ".join(text.split())
        if character not in BIDI_CONTROLS
        and unicodedata.category(character) not in ("Cc", "Cs")
        and ord(character) & 0xFFFE != 0xFFFE
    )
    return unicodedata.normalize("NFC", " ".join("".join(kept).split()))


def measure_label(text: str) -> float:
    """Return about how wide a text is, in em.

    >>> measure_label("深圳"), round(measure_label("Wuhan"), 2)
    (2.0, 3.37)
    """
    return sum(map(_measure_character, text))


def _measure_character(character: str) -> float:
    if character in WIDTHS:
        return WIDTHS[character]
    if unicodedata.combining(character) or unicodedata.category(character) == "Cf":
        return 0.0
    wide = unicodedata.east_asian_width(character)
    # Letters of ambiguous width (Greek, Cyrillic) are narrow in all fonts of today.
    return 1.0 if wide in "WF" or (wide == "A" and not character.isalpha()) else OTHER


def split_words(text: str, marks: frozenset[str] = HYPHENS) -> list[str]:
    """Return the parts of a text between which a line may end; joined they are the text.

    A line may end at a space, after one of these marks within a word, and beside an East Asian
    character, but not before a mark that closes or after one that opens
    (https://www.w3.org/TR/clreq/#prohibition_rules_for_line_start_end).

    >>> split_words("sub-provincial 城市（深圳）。")
    ['sub-', 'provincial ', '城', '市', '（深', '圳）。']
    """
    words: list[str] = []
    for place, character in enumerate(text):
        if not words or _may_break(text, place, marks):
            words.append("")
        words[-1] += character
    return words


def _may_break(text: str, place: int, marks: frozenset[str]) -> bool:
    """Tell whether a line may end before the character at a place."""
    before, after = text[place - 1], text[place]
    if after == " " or after in CLOSING or before in OPENING:
        return False
    if before in marks:
        # Not within numbers, and not after a single letter, as in `e-government`.
        return after.isalpha() and place > 2 and text[place - 3 : place - 1].isalpha()
    return before == " " or _is_wide(before) or _is_wide(after)


def _is_wide(character: str) -> bool:
    return unicodedata.east_asian_width(character) in "WF"


def wrap_words(
    text: str, width: float, measure: Measure = measure_label, marks: frozenset[str] = HYPHENS
) -> list[str]:
    """Return a text in lines at most that wide; a word is cut only where it alone is wider.

    >>> wrap_words("data centre 数据。", 8, measure_columns)
    ['data', 'centre', '数据。']
    """
    lines, line = [], ""
    for word in split_words(" ".join(text.split()), marks):
        if measure((line + word).rstrip()) <= width:
            line += word
            continue
        lines += [line] if line else []
        line = word
        while len(line) > 1 and measure(line.rstrip()) > width:
            end = next((n for n in range(2, len(line)) if measure(line[:n]) > width), len(line))
            lines.append(line[: end - 1])
            line = line[end - 1 :]
    return [kept.rstrip() for kept in [*lines, line]]


def wrap_start(
    text: str,
    width: float,
    most: int,
    measure: Measure = measure_label,
    marks: frozenset[str] = HYPHENS,
) -> list[str]:
    """Return the first lines of a text, at most so many; what is cut off ends in `…`.

    >>> wrap_start("data centre 数据", 8, 2, measure_columns)
    ['data', 'centre…']
    """
    lines = wrap_words(text, width, measure, marks)
    if len(lines) <= most:
        return lines
    rest = " ".join(text.split())
    for line in lines[: most - 1]:
        rest = rest[len(line) :].lstrip()
    # A word that fits, but not with what says that more follows, is left whole nonetheless.
    word = measure(split_words(rest, marks)[0].rstrip())
    room = max(width - measure("…"), word if word <= width else 0)
    cut = wrap_words(rest, room, measure, marks)[0]
    return [*lines[: most - 1], f"{cut.rstrip(LOOSE)}…"]


def measure_columns(text: str) -> float:
    """Return how many columns of half an em a text takes, as a terminal counts them.

    Some letters take more than a column: capitals, say.
    """
    return max(measure_text(text), measure_label(text) / WIDEST)


def break_label(text: str, columns: int = COLUMNS, most: int = MOST_LINES) -> tuple[str, ...]:
    """Return a text in at most so many lines, about equally long; what is cut off ends in `…`.

    A column is half an em, a Chinese character takes two. Where a word is wider than the columns
    asked for, lines are wider, too, up to `COLUMNS`: only what is wider than that is cut. A word
    with a hyphen is broken after it only where that saves a line or some of the text.

    >>> break_label("Shenzhen–Singapore smart-city cooperation")
    ('Shenzhen–Singapore', 'smart-city cooperation')
    """
    whole, parts = (
        _break_evenly(text, columns, most, marks) for marks in (HYPHENS - {"-"}, HYPHENS)
    )
    return min(whole, parts, key=lambda found: found[0])[1]


def _break_evenly(
    text: str, columns: int, most: int, marks: frozenset[str]
) -> tuple[tuple[bool, int, int], tuple[str, ...]]:
    """Return the lines of a label, and how bad they are: with a cut, how many, how wide."""
    widest = max((measure_columns(word.rstrip()) for word in split_words(text, marks)), default=0.0)
    least = min(math.ceil(widest), max(columns, COLUMNS))
    columns = max(columns, least)
    lines = wrap_words(text, columns, measure_columns, marks)
    cut = widest > columns or len(lines) > most
    if len(lines) > most:
        lines = wrap_start(text, columns, most, measure_columns, marks)
        return (cut, most, columns), tuple(lines)
    bad = cut, len(lines), columns
    # The narrowest column that needs no more lines makes them even.
    for narrow in range(columns - 1, max(least, 2) - 1, -1):
        fewer = wrap_words(text, narrow, measure_columns, marks)
        if len(fewer) > len(lines):
            break
        lines = fewer
    return bad, tuple(lines)


def measure_lines(lines: Iterable[str], size: float) -> tuple[float, float]:
    """Return width and height of lines of text in pixels, at a size in pixels."""
    widths = [measure_label(line) for line in lines]
    return max(widths, default=0.0) * size, len(widths) * LINE_HEIGHT * size


class Room:
    """The area of a picture in which labels are placed, and what is in their way there."""

    def __init__(
        self,
        area: Box,
        spots: Iterable[Spot],
        crossings: Iterable[tuple[float, float]],
    ) -> None:
        self._area = area
        self._boxes: dict[tuple[int, int], list[Box]] = defaultdict(list)
        self._spots: dict[tuple[int, int], list[Spot]] = defaultdict(list)
        self._crossings: dict[tuple[int, int], list[tuple[float, float]]] = defaultdict(list)
        for spot in spots:
            reach = spot.radius + MARGIN
            box = Box(spot.x - reach, spot.y - reach, spot.x + reach, spot.y + reach)
            for cell in _list_cells(box):
                self._spots[cell].append(spot)
        for x, y in crossings:
            self._crossings[int(x // CELL), int(y // CELL)].append((x, y))

    def place(self, spot: Spot, lines: tuple[str, ...], size: float) -> Label | None:
        """Return the label of a node in the best place that is free, or None; it is then taken."""
        best: tuple[float, Label] | None = None
        for cost, label in list_candidates(spot, lines, size):
            if best and cost >= best[0]:
                continue
            if self._is_free(label.box):
                whole = cost + CROSSED * self._count_crossings(label.box) / size
                if best is None or whole < best[0]:
                    best = whole, label
        if best is None:
            return None
        self.take(best[1].box)
        return best[1]

    def take(self, box: Box) -> None:
        """Let nothing else be placed in a box."""
        for cell in _list_cells(box):
            self._boxes[cell].append(box)

    def _is_free(self, box: Box) -> bool:
        if not self._area.holds(box):
            return False
        wide = Box(box.left - APART, box.top - 1, box.right + APART, box.bottom + 1)
        return not any(
            any(wide.overlaps(other) for other in self._boxes.get(cell, ()))
            or any(box.touches(s.x, s.y, s.radius + MARGIN) for s in self._spots.get(cell, ()))
            for cell in _list_cells(box)
        )

    def _count_crossings(self, box: Box) -> int:
        return sum(
            box.left <= x <= box.right and box.top <= y <= box.bottom
            for cell in _list_cells(box)
            for x, y in self._crossings.get(cell, ())
        )


def list_candidates(
    spot: Spot, lines: tuple[str, ...], size: float
) -> Iterator[tuple[float, Label]]:
    """Yield places around a node for its label, each with its cost, from 0 for the best."""
    width, height = measure_lines(lines, size)
    reach = spot.radius + GAP + MARGIN
    slant = spot.radius * math.sqrt(0.5) + GAP + MARGIN
    length = math.hypot(*spot.toward)
    away = (-spot.toward[0] / length, -spot.toward[1] / length) if length else (0.0, 0.0)
    for index, (across, down, shift) in enumerate(SIDES):
        far = slant if across and down else reach
        left = spot.x + across * far - (width if across < 0 else 0)
        top = spot.y + down * far - (height if down < 0 else 0)
        if not across:
            left -= width * (0.5 + shift)
        if not down:
            top -= height * (0.5 + shift)
        norm = math.hypot(across, down)
        turned = 1 - (across * away[0] + down * away[1]) / norm if length else 0.0
        anchor = "start" if across > 0 else "end" if across < 0 else "middle"
        box = Box(left, top, left + width, top + height)
        yield AWAY * turned + 0.02 * index, Label(lines, size, box, anchor)


# Beside, above or below a node, and by how much of its own length the label is moved along there.
SIDES = (
    (1, 0, 0.0), (-1, 0, 0.0), (0, -1, 0.0), (0, 1, 0.0),
    (1, -1, 0.0), (1, 1, 0.0), (-1, -1, 0.0), (-1, 1, 0.0),
    (1, 0, 0.3), (1, 0, -0.3), (-1, 0, 0.3), (-1, 0, -0.3),
    (0, -1, 0.25), (0, -1, -0.25), (0, 1, 0.25), (0, 1, -0.25),
    (0, -1, 0.42), (0, -1, -0.42), (0, 1, 0.42), (0, 1, -0.42),
)  # fmt: skip


def _list_cells(box: Box) -> Iterator[tuple[int, int]]:
    for column in range(int(box.left // CELL), int(box.right // CELL) + 1):
        for row in range(int(box.top // CELL), int(box.bottom // CELL) + 1):
            yield column, row
