"""Quote CSV cells, and escape text that a spreadsheet would run as a formula.

A spreadsheet runs a cell that starts with one of `= + - @` (full-width forms too), also after
spaces (https://owasp.org/www-community/attacks/CSV_Injection). If it takes a semicolon or a tab
for the separator, the text after one is a cell of its own.
"""

import re

START = r"(?:^|(?<=[;\t\r\n]))"
SPACES = r"[ \u00a0\u3000]*"
FORMULA = f"{SPACES}[=+\\-@＝＋－＠]"
UNESCAPED = re.compile(f"{START}(?='*{FORMULA})|^(?='*{SPACES}[\\t\\r\\n])")
ESCAPED = re.compile(f"{START}'(?='*{FORMULA})|^'(?='*{SPACES}[\\t\\r\\n])")
QUOTED = re.compile('[",;\t\r\n]|^ | $')


def escape_formula(text: str) -> str:
    """Return a text with an apostrophe before each place where a formula would start.

    Apostrophes that are already there get one more, so that `unescape_formula` is the inverse.

    >>> escape_formula("=1+1"), escape_formula("'=1+1"), escape_formula("a - b; -c")
    ("'=1+1", "''=1+1", "a - b;' -c")
    """
    return UNESCAPED.sub("'", text)


def unescape_formula(text: str) -> str:
    """Return the text that `escape_formula` escaped.

    >>> unescape_formula("''=1+1"), unescape_formula("'tis")
    ("'=1+1", "'tis")
    """
    return ESCAPED.sub("", text)


def quote_cell(text: str) -> str:
    """Return a cell in quotation marks if it needs them (RFC 4180).

    >>> quote_cell('say "a", b'), quote_cell("a b")
    ('"say ""a"", b"', 'a b')
    """
    return '"' + text.replace('"', '""') + '"' if QUOTED.search(text) else text
