"""Measure texts and break them into lines; East Asian wide characters are two columns wide."""

import re
import unicodedata
from collections.abc import Callable
from functools import lru_cache
from itertools import pairwise

# Marks that do not begin a line, and marks that do not end one
# (https://www.w3.org/TR/clreq/#prohibition_rules_for_line_start_end).
CLOSING = frozenset("，。、；：？！）》〉」』】〕〗”’％…—·～－／,.;:?!)]}%~-–/")
OPENING = frozenset("（《〈「『【〔〖“‘([{")
# Characters whose width does not depend on others, so that most texts need no wcwidth, which takes
# longer to import than a question to answer: two columns for those in the second pattern.
COMMON = re.compile(
    "[ -~\u00a1-\u00a8\u00aa-\u00ac\u00af-\u02ff\u2010-\u2027\u25a0\u25a1\u3000-\u3029\u3041-\u3096"
    "\u30a1-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uff01-\uff60]*"
)
COMMON_WIDE = re.compile("[\u3000-\uff60]")
JOINERS = frozenset("\u200d\u2060\ufeff")
ZERO_WIDTH_SPACE = "\u200b"
SKIN_TONES = frozenset(map(chr, range(0x1F3FB, 0x1F400)))


def is_wide(character: str) -> bool:
    """Return whether a character takes two columns (Unicode Standard Annex 11)."""
    return unicodedata.east_asian_width(character) in "WF"


def measure_text(text: str) -> int:
    """Return how many columns of a terminal a text takes, as wcwidth measures it.

    Control characters take none.

    >>> measure_text("Suzhou 苏州"), measure_text("👩\u200d👩\u200d👧")
    (11, 2)
    """
    if COMMON.fullmatch(text):
        return len(text) + len(COMMON_WIDE.findall(text))
    # Imported here: see above.
    from wcwidth import wcswidth, wcwidth

    width = wcswidth(text)
    return width if width >= 0 else sum(max(wcwidth(character), 0) for character in text)


@lru_cache(4)  # a text is tried in one width after the other
def split_words(text: str, hyphens: str = "") -> tuple[str, ...]:
    """Return the parts of a text between which a line may end; joined, they are the text.

    A line may end at a space, before or after an East Asian character, and after one of the given
    hyphens within a word; but not before a closing mark or after an opening one.

    >>> split_words("sub-provincial 城市（深圳）。", "-")
    ('sub-', 'provincial ', '城', '市', '（深', '圳）。')
    """
    words: list[str] = []
    for index, character in enumerate(text):
        if not words or _may_break(text, index, hyphens):
            words.append("")
        words[-1] += character
    return tuple(words)


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
            end = _find_cut(line, width, measure)
            lines.append(line[:end])
            line = line[end:]
    return [kept.rstrip() for kept in ([*lines, line] if line else lines)]


def _find_cut(line: str, width: float, measure: Callable[[str], float]) -> int:
    """Return the length of the longest start that fits, or else of the first character."""
    ends = [n for n in range(1, len(line)) if not _is_joined(line[n - 1], line[n])] or [len(line)]
    return next((a for a, b in pairwise(ends) if measure(line[:b]) > width), ends[-1])


def _is_joined(before: str, after: str) -> bool:
    """Return whether two characters are shown as one, roughly as in Unicode Standard Annex 29."""
    return (
        before in JOINERS
        or after in SKIN_TONES
        or unicodedata.category(after) in ("Mn", "Me", "Cf")
    )


def _may_break(text: str, index: int, hyphens: str) -> bool:
    """Return whether a line may end before the character at an index."""
    before, after = text[index - 1], text[index]
    if _is_joined(before, after):
        return False
    if after == " " or after in CLOSING or before in OPENING:
        return before == " " and after != " "
    if before in hyphens:
        # Not within numbers, and not after a single letter, as in `e-government`.
        return after.isalpha() and index > 2 and text[index - 3 : index - 1].isalpha()
    return before in (" ", ZERO_WIDTH_SPACE) or is_wide(before) or is_wide(after)
