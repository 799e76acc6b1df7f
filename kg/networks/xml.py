"""Texts in XML 1.0, for GEXF and GraphML."""

import re
import unicodedata
from functools import lru_cache
from xml.sax.saxutils import escape

# All other characters are not allowed in XML: https://www.w3.org/TR/xml/#charsets
FORBIDDEN = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
# A parser replaces the white space with spaces in an attribute.
ENTITIES = {'"': "&quot;", "\t": "&#9;", "\n": "&#10;", "\r": "&#13;"}


@lru_cache(maxsize=1 << 16)
def escape_text(text: str) -> str:
    r"""Return a text in NFC for an attribute or element, without characters that XML forbids.

    These are most control characters, surrogates, U+FFFE and U+FFFF; `kg check` reports them.

    >>> escape_text('a\x01 & "b"\n')
    'a &amp; &quot;b&quot;&#10;'
    """
    return escape(FORBIDDEN.sub("", unicodedata.normalize("NFC", text)), ENTITIES)
