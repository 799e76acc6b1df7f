"""Show texts to people: characters that a terminal would obey, or that mislead, become escapes.

Data for programs (CSV, JSON, Turtle, N-Triples) never go through this module.
"""

import re
from collections.abc import Callable

# The languages of labels and of texts for people.
LANGUAGES = ("en", "zh-Hans", "zh-Hant")
# The two last code points of each plane, and 32 more, are never characters
# (https://www.unicode.org/faq/private_use.html#nonchar1).
NONCHARACTERS = r"\ufdd0-\ufdef" + "".join(
    rf"\U{plane:04x}fffe\U{plane:04x}ffff" for plane in range(17)
)
# Control characters (C0, DEL, C1), without tab, line feed and carriage return.
CONTROLS = r"\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f"
# Embeddings, overrides and isolates (https://www.unicode.org/reports/tr9/#Directional_Formatting_Codes).
BIDI_CONTROLS = r"\u202a-\u202e\u2066-\u2069"
# Marks of direction, line separators, deprecated format characters, byte order marks, annotations.
OTHER_INVISIBLE = r"\u061c\u200e\u200f\u2028\u2029\u206a-\u206f\ufeff\ufff9-\ufffb"
SURROGATES = r"\ud800-\udfff"
MARKUP = re.compile(
    r"[\\`*\[\]<|~$]"
    r"|(?<![^\W_])_+|_+(?![^\W_])"  # not within a word
    r"|&(?=#?\w+;)"
    # Quotes, headings, lists, lines, and underlines of headings.
    r"|^(?:>|\#(?=\#{0,5}(?:\s|$))|(?:[+-]|[0-9]{1,9}[.)])(?=\s|$)|-(?=[- ]*$)|=(?==*$))"
)
ESCAPED = re.compile(f"[\r{CONTROLS}{BIDI_CONTROLS}{OTHER_INVISIBLE}{SURROGATES}{NONCHARACTERS}]")

# Called with what is being done, and the share that is done, from 0 to 1.
Progress = Callable[[str, float], None]


def escape_controls(text: str, *, lines: bool = True) -> str:
    r"""Return a text with visible escapes, as in Python, for characters that are not to be obeyed.

    These are control characters, bidirectional controls, other invisible format characters, lone
    surrogates and noncharacters. Joiners stay, since emoji and scripts need them. Tabs and line
    feeds stay too, unless `lines` is false.

    >>> escape_controls("武汉\u202e \x1b[2J\n")
    '武汉\\u202e \\x1b[2J\n'
    >>> escape_controls("a\tb\n", lines=False)
    'a\\tb\\n'
    """
    if not lines:
        text = text.replace("\t", "\\t").replace("\n", "\\n")
    return text if text.isascii() and text.isprintable() else ESCAPED.sub(_escape, text)


def escape_unprintable(text: str) -> str:
    r"""Return a text with escapes for all characters that cannot be seen, joiners and tabs too.

    >>> escape_unprintable("wu\u200bhan")
    'wu\\u200bhan'
    """
    return "".join(c if c.isprintable() else ascii(c)[1:-1] for c in text)


def escape_markdown(text: str) -> str:
    r"""Return a text of one line for Markdown, in which nothing is markup, HTML or a reference.

    A backslash precedes what GitHub's Markdown would read (https://github.github.com/gfm/).
    Underscores within words stay, since they are no emphasis, and links may have them.

    >>> escape_markdown("1. *a* | b_c <b> &amp; [d]")
    '1\\. \\*a\\* \\| b_c \\<b> \\&amp; \\[d\\]'
    """
    return MARKUP.sub(lambda found: re.sub(r"([^\w\s]|_)", r"\\\1", found[0]), text)


def _escape(found: re.Match[str]) -> str:
    return ascii(found[0])[1:-1]
