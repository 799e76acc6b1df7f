"""Tables to look at: a ruled frame or Markdown, Chinese characters two columns wide.

The well-kept libraries for this spend more time on their import than a question takes to answer
(20 ms of 90), and all that is wanted of them is here.
"""

import unicodedata
from collections.abc import Sequence

NARROWEST = 8


def measure_text(text: str) -> int:
    """Return how many columns of a terminal a text takes (Unicode Annex 11).

    >>> measure_text("Suzhou 苏州")
    11
    """
    return sum(_width(character) for character in text)


def wrap_text(text: str, width: int) -> list[str]:
    """Return a text in lines at most that wide, broken at spaces or between wide characters.

    >>> wrap_text("data centre 数据中心", 8)
    ['data', 'centre', '数据中心']
    """
    lines, line, used, gap = [], "", 0, 0
    for character in " ".join(text.split()):
        taken = _width(character)
        if used + taken > width and character == " ":
            lines.append(line)
            line, used, gap = "", 0, 0
            continue
        if used + taken > width:
            # Back to the last place to break at, or cut a word that is wider than the column.
            kept, rest = (line[:gap], line[gap:]) if gap else (line, "")
            lines.append(kept.rstrip())
            line, used, gap = rest.lstrip(), measure_text(rest.lstrip()), 0
        line, used = line + character, used + taken
        if character == " " or taken == 2:
            gap = len(line)
    return [*lines, line.rstrip()]


def rule_table(titles: Sequence[str], cells: Sequence[Sequence[str]], width: int | None) -> str:
    """Return a table in a ruled frame, its columns narrowed to fit a width if one is given.

    Where that would leave columns too narrow to read, it is a list: a line for each cell.
    """
    columns = [
        max(measure_text(text) for text in column) for column in zip(titles, *cells, strict=True)
    ]
    while width and sum(columns) + 3 * len(columns) + 1 > width and max(columns) > NARROWEST:
        columns[columns.index(max(columns))] -= 1
    if width and sum(columns) + 3 * len(columns) + 1 > width:
        return _list_rows(titles, cells, width)
    edges = [
        [left, *[mid] * (len(columns) - 1), right] for left, mid, right in ("┌┬┐", "├┼┤", "└┴┘")
    ]
    top, middle, bottom = (
        "".join(f"{edge}{'─' * (size + 2)}" for edge, size in zip(row, columns, strict=False))
        + row[-1]
        for row in edges
    )
    lines = [top, *_rule_row(titles, columns), middle]
    for row in cells:
        lines += _rule_row(row, columns)
    return "".join(f"{line}\n" for line in [*lines, bottom])


def mark_table(titles: Sequence[str], cells: Sequence[Sequence[str]]) -> str:
    """Return a table in GitHub's Markdown."""
    rows = [titles, ["---"] * len(titles), *cells]
    return "".join(f"| {' | '.join(map(_escape, row))} |\n" for row in rows)


def _list_rows(titles: Sequence[str], cells: Sequence[Sequence[str]], width: int) -> str:
    blocks = []
    for row in cells:
        lines = [
            line
            for title, text in zip(titles, row, strict=True)
            for line in wrap_text(f"{title}: {text}", width)
        ]
        blocks.append("".join(f"{line}\n" for line in lines))
    return "\n".join(blocks)


def _rule_row(row: Sequence[str], columns: Sequence[int]) -> list[str]:
    wrapped = [wrap_text(text, size) for text, size in zip(row, columns, strict=True)]
    lines = []
    for n in range(max(map(len, wrapped))):
        parts = [lines_[n] if n < len(lines_) else "" for lines_ in wrapped]
        padded = [
            p + " " * (size - measure_text(p)) for p, size in zip(parts, columns, strict=True)
        ]
        lines.append(f"│ {' │ '.join(padded)} │")
    return lines


def _escape(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")


def _width(character: str) -> int:
    if unicodedata.combining(character):
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1
