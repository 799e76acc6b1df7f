"""Text and values as XML 1.0 can hold them, for the writers of GEXF and GraphML."""

import re
import unicodedata
from functools import lru_cache

from kg.networks.model import Value

# https://www.w3.org/TR/xml/#charsets: all others are left out.
FORBIDDEN = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
SPECIAL = re.compile('[&<>"\x00-\x1f\ud800-\udfff\ufffe\uffff]')
ENTITIES = str.maketrans({
    "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;",
    # A parser makes blanks of these in an attribute.
    "\t": "&#9;", "\n": "&#10;", "\r": "&#13;",
})  # fmt: skip


@lru_cache(maxsize=1 << 16)
def escape_text(text: str) -> str:
    r"""Return a text in NFC as an attribute or an element has it, without what XML forbids.

    >>> escape_text('a\x01 & "b"\n')
    'a &amp; &quot;b&quot;&#10;'
    """
    if not text.isascii():
        text = unicodedata.normalize("NFC", text)
    return FORBIDDEN.sub("", text).translate(ENTITIES) if SPECIAL.search(text) else text


def write_value(value: Value) -> str:
    """Return a value as a text of XML: true, 3, 0.25, a list in brackets with quoted members.

    >>> write_value(True), write_value(0.25), write_value(("a", 'b "c"'))
    ('true', '0.25', '[&quot;a&quot;, &quot;b \\\\&quot;c\\\\&quot;&quot;]')
    """
    if isinstance(value, str):
        return escape_text(value)
    if isinstance(value, tuple):
        return escape_text(write_list(value))
    return str(value).lower() if isinstance(value, bool) else repr(value)


def write_list(values: tuple[str, ...]) -> str:
    """Return a list as Gephi and graphology read it.

    >>> write_list(("a, b", "c"))
    '["a, b", "c"]'
    """
    quoted = (value.replace("\\", "\\\\").replace('"', '\\"') for value in values)
    return "[" + ", ".join(f'"{value}"' for value in quoted) + "]"
