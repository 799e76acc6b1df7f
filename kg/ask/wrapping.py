"""Measure texts and break them into lines; East Asian wide characters are two columns wide."""

import unicodedata
from collections.abc import Callable

# Marks that do not begin a line, and marks that do not end one
# (https://www.w3.org/TR/clreq/#prohibition_rules_for_line_start_end).
CLOSING = frozenset("，。、；：？！）》〉」』】〕〗”’％…—·～－／,.;:?!)]}%~-–/")
OPENING = frozenset("（《〈「『【〔〖“‘([{")


def is_wide(character: str) -> bool:
    """Return whether a character takes two columns (Unicode Standard Annex 11)."""
    return unicodedata.east_asian_width(character) in "WF"


def measure_text(text: str) -> int:
    """Return how many columns of a terminal a text takes.

    >>> measure_text("Suzhou 苏州")
    11
    """
    return len(text) if text.isascii() else sum(map(_measure_character, text))


def split_words(text: str, hyphens: str = "") -> list[str]:
    """Return the parts of a text between which a line may end; joined, they are the text.

    A line may end at a space, before or after an East Asian character, and after one of the given
    hyphens within a word; but not before a closing mark or after an opening one.

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
    indent: str = "",
    *,
    measure: Callable[[str], float] = measure_text,
    hyphens: str = "",
    cut: bool = False,
) -> list[str]:
    """Return the lines of a text that are at most that wide, as `measure` counts.

    Lines end as in `split_words`; those after the first begin with the indent. A word that is
    wider than a line has a line of its own, or is cut with `cut`.

    >>> wrap_text("data centre 数据。", 8)
    ['data', 'centre', '数据。']
    """
    text = " ".join(text.split())
    if measure(text) <= width:
        return [text]
    lines, line = [], ""
    for word in split_words(text, hyphens):
        if not line.strip() or measure((line + word).rstrip()) <= width:
            line += word
        else:
            lines.append(line)
            line = indent + word
        while cut and len(line) > 1 and measure(line.rstrip()) > width:
            end = next((n for n in range(2, len(line)) if measure(line[:n]) > width), len(line))
            lines.append(line[: end - 1])
            line = line[end - 1 :]
    return [kept.rstrip() for kept in [*lines, line]]


def _measure_character(character: str) -> int:
    if unicodedata.category(character) in ("Mn", "Me", "Cf"):
        return 0
    return 2 if is_wide(character) else 1


def _may_break(text: str, index: int, hyphens: str) -> bool:
    """Return whether a line may end before the character at an index."""
    before, after = text[index - 1], text[index]
    if after == " " or after in CLOSING or before in OPENING:
        return before == " " and after != " "
    if before in hyphens:
        # Not within numbers, and not after a single letter, as in `e-government`.
        return after.isalpha() and index > 2 and text[index - 3 : index - 1].isalpha()
    return before == " " or is_wide(before) or is_wide(after)
