"""Tables to look at: a ruled frame or Markdown, Chinese characters two columns wide.

The well-kept libraries for this spend more time on their import than a question takes to answer
(20 ms of 90), and all that is wanted of them is here.
"""

import unicodedata
from collections.abc import Callable, Sequence

NARROWEST = 8
# Marks that must not begin a line, and marks that must not end one.
CLOSING = frozenset("。，、；：？！）〉》」』】〕〗”’％…—·,.;:?!)]}%")
OPENING = frozenset("（〈《「『【〔〖“‘([{")


def measure_text(text: str) -> int:
    """Return how many columns of a terminal a text takes (Unicode Annex 11).

    >>> measure_text("Suzhou 苏州")
    11
    """
    return len(text) if text.isascii() else sum(map(_width, text))


def split_words(text: str, hyphens: str = "") -> list[str]:
    """Return the parts of a text between which a line may end; joined, they are the text.

    A line may end at a space, before or after an East Asian character, and after one of the given
    hyphens within a word; but not before a closing mark or after an opening one
    (https://www.w3.org/TR/clreq/#prohibition_rules_for_line_start_end).

    >>> split_words("sub-provincial 城市（深圳）。", "-")
    ['sub-', 'provincial ', '城', '市', '（深', '圳）。']
    """
    words: list[str] = []
    for index, character in enumerate(text):
        if not words or _may_break(text, index, hyphens):
            words.append("")
        words[-1] += character
    return words


def wrap_text(
    text: str,
    width: float,
    measure: Callable[[str], float] = measure_text,
    hyphens: str = "",
) -> list[str]:
    """Return a text in lines at most that wide, as `measure` counts, broken as in `split_words`.

    Only a word that is wider than a line is cut.

    >>> wrap_text("data centre 数据。", 8)
    ['data', 'centre', '数据。']
    """
    text = " ".join(text.split())
    if measure(text) <= width:
        return [text]
    lines, line = [], ""
    for word in split_words(text, hyphens):
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


def _may_break(text: str, index: int, hyphens: str) -> bool:
    """Return whether a line may end before the character at an index."""
    before, after = text[index - 1], text[index]
    if after == " " or after in CLOSING or before in OPENING:
        return False
    if before in hyphens:
        # Not within numbers, and not after a single letter, as in `e-government`.
        return after.isalpha() and index > 2 and text[index - 3 : index - 1].isalpha()
    return before == " " or is_wide(before) or is_wide(after)


def is_wide(character: str) -> bool:
    """Return whether a character is two columns wide."""
    return unicodedata.east_asian_width(character) in "WF"


def _width(character: str) -> int:
    if unicodedata.combining(character):
        return 0
    return 2 if is_wide(character) else 1
