"""Tables as text: in a frame, as records, or in Markdown.

East Asian wide characters take two columns of a terminal. The libraries for this (prettytable with
wcwidth) take 30 ms to import, a fifth of the time of `kg ask`.
"""

import unicodedata
from collections.abc import Iterator, Sequence
from itertools import zip_longest

from kg.ask.lookup import escape_unprintable

# Punctuation that does not start or end a line (GB/T 15834-2011, 5.1).
NEVER_FIRST = frozenset("，。、；：？！）》」』】〕〉”’％…·～－／,.;:?!)]}%~-–/")
NEVER_LAST = frozenset("（《「『【〔〈“‘([{")


def clean_text(text: str) -> str:
    r"""Return a text on one line, with control and format characters as escapes.

    >>> clean_text("open\n data\x1b[2J")
    'open data\\x1b[2J'
    """
    return escape_unprintable(" ".join(text.split()))


def measure_text(text: str) -> int:
    """Return how many columns of a terminal a text takes (Unicode Standard Annex 11).

    >>> measure_text("Suzhou 苏州")
    11
    """
    return len(text) if text.isascii() else sum(map(_measure_character, text))


def wrap_text(text: str, width: int, indent: str = "") -> list[str]:
    """Return the lines of a text, broken at spaces or between East Asian characters.

    Lines after the first start with the indent. A word that is longer than the width is not cut:
    it is on a line of its own.

    >>> wrap_text("data centre 数据中心", 8)
    ['data', 'centre', '数据中心']
    """
    lines, line, used = [], "", 0
    for piece in _split_text(" ".join(text.split())):
        size = measure_text(piece.rstrip())
        if line.strip() and used + size > width:
            lines.append(line.rstrip())
            line, used = indent, measure_text(indent)
        line += piece
        used += measure_text(piece)
    return [*lines, line.rstrip()]


def render_table(
    titles: Sequence[str], rows: Sequence[Sequence[str]], width: int | None = None
) -> str:
    """Return a table in a frame, which is as wide as it needs to be, or fits a width.

    To fit, long cells are wrapped (see `wrap_text`). If a word is longer than its column could be,
    each row becomes a record: a line `title: cell` for each cell that is not empty. A blank line
    separates records.

    >>> print(render_table(["city", "n"], [["Wuhan", "1"]]), end="")
    ┌───────┬───┐
    │ city  │ n │
    ├───────┼───┤
    │ Wuhan │ 1 │
    └───────┴───┘
    """
    head, *body = ([clean_text(cell) for cell in row] for row in (titles, *rows))
    sizes = _fit_columns(list(zip(head, *body, strict=True)), width)
    records = _list_records(head, body, width or 0)
    lines = records if sizes is None else _draw_frame(head, body, sizes)
    return "".join(f"{line}\n" for line in lines)


def measure_table(rows: Sequence[Sequence[str]]) -> int:
    """Return the width of a table whose cells are not wrapped; its titles are the first row."""
    columns = zip(*rows, strict=True)
    sizes = [max(measure_text(clean_text(cell)) for cell in column) for column in columns]
    return sum(sizes) + _measure_frame(len(sizes))


def render_markdown(titles: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Return a table in GitHub's Markdown."""
    lines = [titles, ["---"] * len(titles), *rows]
    escaped = ([clean_text(cell).replace("|", "\\|") for cell in line] for line in lines)
    return "".join(f"| {' | '.join(line)} |\n" for line in escaped)


def _measure_character(character: str) -> int:
    if unicodedata.category(character) in ("Mn", "Me", "Cf"):
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1


def _measure_frame(columns: int) -> int:
    return 3 * columns + 1


def _split_text(text: str) -> Iterator[str]:
    """Yield the parts of a text that a line break may separate; a space ends a part."""
    start = 0
    for index in range(1, len(text)):
        if _may_break(text[index - 1], text[index]):
            yield text[start:index]
            start = index
    yield text[start:]


def _may_break(before: str, after: str) -> bool:
    if " " in (before, after):
        return before == " "
    is_east_asian = _measure_character(before) == 2 or _measure_character(after) == 2
    return is_east_asian and before not in NEVER_LAST and after not in NEVER_FIRST


def _fit_columns(columns: Sequence[Sequence[str]], width: int | None) -> list[int] | None:
    """Return the widths of columns in a frame: the widest are narrowed until the table fits.

    No column gets narrower than its longest word. Return None if the table does not fit.
    """
    sizes = [max(map(measure_text, column)) for column in columns]
    excess = 0 if width is None else sum(sizes) + _measure_frame(len(sizes)) - width
    if excess <= 0:
        return sizes
    longest = [
        max(measure_text(word.rstrip()) for cell in column for word in _split_text(cell))
        for column in columns
    ]
    for _ in range(excess):
        wide = [n for n, size in enumerate(sizes) if size > longest[n]]
        if not wide:
            return None
        sizes[max(wide, key=lambda n: sizes[n])] -= 1
    return sizes


def _draw_frame(
    head: Sequence[str], body: Sequence[Sequence[str]], sizes: Sequence[int]
) -> Iterator[str]:
    rules = [mid.join("─" * (size + 2) for size in sizes) for mid in "┬┼┴"]
    yield f"┌{rules[0]}┐"
    yield from _draw_row(head, sizes)
    yield f"├{rules[1]}┤"
    for row in body:
        yield from _draw_row(row, sizes)
    yield f"└{rules[2]}┘"


def _draw_row(row: Sequence[str], sizes: Sequence[int]) -> Iterator[str]:
    wrapped = [wrap_text(cell, size) for cell, size in zip(row, sizes, strict=True)]
    for parts in zip_longest(*wrapped, fillvalue=""):
        padded = [p + " " * (size - measure_text(p)) for p, size in zip(parts, sizes, strict=True)]
        yield f"│ {' │ '.join(padded)} │"


def _list_records(head: Sequence[str], body: Sequence[Sequence[str]], width: int) -> Iterator[str]:
    if not body:
        yield from wrap_text(", ".join(head), width)
    for number, row in enumerate(body):
        if number:
            yield ""
        for title, cell in zip(head, row, strict=True):
            if cell:
                yield from wrap_text(f"{title}: {cell}", width, "  ")
