"""Texts and values in XML 1.0, for GEXF and GraphML."""

import re
import unicodedata
from functools import lru_cache

from kg.networks.columns import format_value
from kg.networks.model import Value

# All other characters are not allowed in XML: https://www.w3.org/TR/xml/#charsets
FORBIDDEN = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
SPECIAL = re.compile('[&<>"\x00-\x1f\ud800-\udfff\ufffe\uffff]')
ENTITIES = str.maketrans({
    "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;",
    # A parser replaces these with spaces in an attribute.
    "\t": "&#9;", "\n": "&#10;", "\r": "&#13;",
})  # fmt: skip


@lru_cache(maxsize=1 << 16)
def escape_text(text: str) -> str:
    r"""Return a text in NFC for an attribute or element, without characters that XML forbids.

    >>> escape_text('a\x01 & "b"\n')
    'a &amp; &quot;b&quot;&#10;'
    """
    if not text.isascii():
        text = unicodedata.normalize("NFC", text)
    return FORBIDDEN.sub("", text).translate(ENTITIES) if SPECIAL.search(text) else text


def write_value(value: Value) -> str:
    """Return a value as text for an attribute or element; see `format_value`.

    >>> write_value(0.25), write_value(("a", "b & c"))
    ('0.25', '[&quot;a&quot;, &quot;b &amp; c&quot;]')
    """
    if isinstance(value, str):
        return escape_text(value)
    return escape_text(format_value(value)) if isinstance(value, tuple) else format_value(value)
