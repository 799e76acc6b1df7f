"""Escape texts in CSV that a spreadsheet would run as a formula.

A spreadsheet runs a cell that starts with one of `= + - @` (full-width forms too), also after
spaces, a tab or a line end (https://owasp.org/www-community/attacks/CSV_Injection). If it takes a
semicolon or a tab for the separator, the text after one is a cell of its own.
"""

import re
from functools import lru_cache

REMEMBERED = 1 << 14  # texts: columns of labels and IRIs repeat them
NUMBER = re.compile(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?")
START = r"(?:^|(?<=[;\t\r\n]))"
SPACES = r"[ \u00a0\u3000]*"
FORMULA = f"{SPACES}[=+\\-@＝＋－＠]"
SEPARATOR = re.compile("[;\t\r\n]")
UNESCAPED = re.compile(f"{START}(?='*{FORMULA})|^(?='*{SPACES}[\\t\\r\\n])")
ESCAPED = re.compile(f"{START}'(?='*{FORMULA})|^'(?='*{SPACES}[\\t\\r\\n])")


def escape_cell(text: str, *, is_typed: bool) -> str:
    """Return the text of a cell with formulas escaped; a typed number stays as it is.

    >>> escape_cell("-3.50", is_typed=True), escape_cell("-3.50+A1", is_typed=True)
    ('-3.50', "'-3.50+A1")
    """
    return text if is_typed and NUMBER.fullmatch(text) else escape_formula(text)


@lru_cache(REMEMBERED)
def escape_formula(text: str) -> str:
    """Return a text with an apostrophe before each place where a formula would start.

    Apostrophes that are already there get one more, so that `unescape_formula` is the inverse.

    >>> escape_formula("=1+1"), escape_formula("'=1+1"), escape_formula("a - b; -c")
    ("'=1+1", "''=1+1", "a - b;' -c")
    """
    if not SEPARATOR.search(text):  # mostly
        return f"'{text}" if UNESCAPED.match(text) else text
    return UNESCAPED.sub("'", text)


def unescape_formula(text: str) -> str:
    """Return the text that `escape_formula` escaped.

    >>> unescape_formula("''=1+1"), unescape_formula("'tis")
    ("'=1+1", "'tis")
    """
    return ESCAPED.sub("", text)
