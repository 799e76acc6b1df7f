"""Garble a text as the annotation tool did, and decode its bytes.

GBK is the part of GB 18030 with one or two bytes for a character
(<https://www.unicode.org/L2/L2006/06394-gb18030.html>).
"""

import re
from collections.abc import Iterator, Mapping
from functools import cache

MARKS = ",?:;!()"
"""The punctuation whose full-width form the tool searched for and made half-width."""

PRIVATE_USE = re.compile("[\ue000-\uf8ff]")
"""A character that no text has: GBK leaves it to private use."""

_TO_HALF_WIDTH = {code + 0xFEE0: code for code in range(0x21, 0x7F)}
_TO_FULL_WIDTH = {ord(mark): ord(mark) + 0xFEE0 for mark in MARKS}

# While a text is garbled, each of its bytes is a character below 0x100. A character from here on
# is a match of a mark, a character outside GBK, or an annotation.
_MARK_MATCH = 0x100
_UNENCODABLE = 0x101
_ANNOTATION = 0x200


def make_half_width(text: str) -> str:
    """Return the text with all full-width ASCII characters half-width.

    >>> make_half_width("一\uff0c二")
    '一,二'
    """
    return text.translate(_TO_HALF_WIDTH)


def make_marks_full_width(text: str) -> str:
    """Return the text with its half-width `MARKS` full-width.

    >>> make_marks_full_width("一,二") == "一\uff0c二"
    True
    """
    return text.translate(_TO_FULL_WIDTH)


@cache
def encode_gbk(char: str) -> bytes:
    """Return the one or two bytes of a character; none if it is not in GBK.

    >>> encode_gbk("營").hex(), encode_gbk("\U00020000")
    ('a049', b'')
    """
    data = char.encode("gb18030", "ignore")
    return data if len(data) <= 2 else b""


def decode_gbk(data: bytes) -> str:
    r"""Return the characters with these bytes, or "" if not all bytes are of characters.

    >>> decode_gbk(b"\xa0\x49"), decode_gbk(b"\xa0(")
    ('營', '')
    """
    try:
        return data.decode("gb18030")
    except UnicodeDecodeError:
        return ""


def garble_text(text: str, table: Mapping[str, str]) -> str:
    """Return what the tool makes of a text, with marks still full-width.

    `table` maps characters to readings, in the order in which the tool searched for them: a
    match that an earlier annotation has split is not found any more.

    >>> garble_text("焦營造", {"範": "fàn", "營": "yíng"})
    '焦?fàn)I造'
    >>> garble_text("府數字", {"數": "shù", "當": "dāng"})
    '府?dāng)?shù)字'
    """
    units = "".join(encode_gbk(char).decode("latin-1") or chr(_UNENCODABLE) for char in text)
    for code, char in enumerate(table, _ANNOTATION):
        if match := encode_gbk(char).decode("latin-1"):
            units = units.replace(match, match + chr(code))
    for mark in make_marks_full_width(MARKS):
        match = encode_gbk(mark).decode("latin-1")
        units = units.replace(match, chr(_MARK_MATCH) + match)
    unencodable = [char for char in text if not encode_gbk(char)]
    return "".join(_decode(units, iter(unencodable), list(table.values())))


def _decode(units: str, unencodable: Iterator[str], readings: list[str]) -> Iterator[str]:
    at = 0
    while at < len(units):
        code = ord(units[at])
        following = ord(units[at + 1]) if at + 1 < len(units) else 0
        at += 1
        if code >= _ANNOTATION:
            yield f"({readings[code - _ANNOTATION]})"
        elif code == _UNENCODABLE:
            yield next(unencodable)
        elif code < 0x80:
            yield chr(code)
        elif code == _MARK_MATCH:
            continue
        elif following >= _ANNOTATION:
            # The first byte of a split character takes the bracket with it.
            yield f"?{readings[following - _ANNOTATION]})"
            at += 1
        elif 0x21 <= following < 0x40:
            # So it does with a digit.
            yield "?"
            at += 1
        else:
            char = decode_gbk(bytes((code, following))) if following < 0x100 else ""
            at += len(char)
            yield char or "?"
