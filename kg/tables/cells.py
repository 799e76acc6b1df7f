"""A cell as CSV has it: quoted, and harmless where a spreadsheet would take it for a formula."""

import re

# A spreadsheet takes a cell for a formula that begins with one of = + - @, in full width too
# (https://owasp.org/www-community/attacks/CSV_Injection), spaces before it or not; and where it
# takes a semicolon or a tab for the end of a cell, one begins within the text.
BEFORE = r"(?:^|(?<=[;\t\r\n]))"
SPACES = r"[ \u00a0\u3000]*"
DANGER = f"{SPACES}[=+\\-@＝＋－＠]"
GUARD = re.compile(f"{BEFORE}(?='*{DANGER})|^(?='*{SPACES}[\\t\\r\\n])")
GUARDED = re.compile(f"{BEFORE}'(?='*{DANGER})|^'(?='*{SPACES}[\\t\\r\\n])")
QUOTED = re.compile('[",;\t\r\n]|^ | $')


def guard_text(text: str) -> str:
    """Return a text with an apostrophe before whatever would begin a formula.

    One that is there already gets another, so that `restore_text` gives back the same text.

    >>> guard_text("=1+1"), guard_text("'=1+1"), guard_text("a - b; -c"), guard_text("'tis")
    ("'=1+1", "''=1+1", "a - b;' -c", "'tis")
    """
    return GUARD.sub("'", text)


def restore_text(text: str) -> str:
    """Return the text that `guard_text` made harmless.

    >>> restore_text("''=1+1"), restore_text("'tis")
    ("'=1+1", "'tis")
    """
    return GUARDED.sub("", text)


def quote_cell(text: str) -> str:
    """Return a cell as RFC 4180 has it, between quotation marks where it has to be.

    >>> quote_cell('say "a", b'), quote_cell("a b")
    ('"say ""a"", b"', 'a b')
    """
    return '"' + text.replace('"', '""') + '"' if QUOTED.search(text) else text
