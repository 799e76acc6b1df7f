"""Tables as text: in a frame, as records, or in Markdown."""

from collections.abc import Iterator, Sequence
from itertools import zip_longest

from kg.display import escape_controls, escape_markdown
from kg.wrapping import measure_text, split_words, wrap_text


def clean_text(text: str) -> str:
    r"""Return a text on one line, with control characters as escapes.

    Spaces, tabs and line ends become one space.

    >>> clean_text("open\n data\x1b[2J")
    'open data\\x1b[2J'
    """
    return " ".join(escape_controls(text.replace("\r\n", "\n")).split())


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
    """Return a table in GitHub's Markdown (https://github.github.com/gfm/#tables-extension-)."""
    head, *body = ([escape_markdown(clean_text(cell)) for cell in row] for row in (titles, *rows))
    lines = [head, ["---"] * len(head), *body]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


def _measure_frame(columns: int) -> int:
    return 3 * columns + 1


def _fit_columns(columns: Sequence[Sequence[str]], width: int | None) -> list[int] | None:
    """Return the widths of columns in a frame: the widest are narrowed until the table fits.

    No column gets narrower than its longest word. Return None if the table does not fit.
    """
    sizes = [max(map(measure_text, column)) for column in columns]
    excess = 0 if width is None else sum(sizes) + _measure_frame(len(sizes)) - width
    if excess <= 0:
        return sizes
    longest = [
        max(measure_text(word.rstrip()) for cell in column for word in split_words(cell))
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
