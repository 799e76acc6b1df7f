"""Garble a text as the annotation tool did, and decode its bytes.

GBK is the part of GB 18030 with one or two bytes for a character
(<https://www.unicode.org/L2/L2006/06394-gb18030.html>).
"""

from collections.abc import Iterator, Mapping
from functools import cache

MARKS = ",?:;!()"
"""The punctuation whose full-width form the tool searched for and made half-width."""

_FULL_WIDTH = {half: chr(ord(half) + 0xFEE0) for half in map(chr, range(0x21, 0x7F))}
_TO_HALF_WIDTH = str.maketrans({full: half for half, full in _FULL_WIDTH.items()})
_TO_FULL_WIDTH = str.maketrans({mark: _FULL_WIDTH[mark] for mark in MARKS})

# While a text is garbled, each of its bytes is a character below 0x100. A character from here on
# is a match of a mark, a character outside GBK, or an annotation.
_MARK_MATCH = 0x100
_UNENCODABLE = 0x200
_ANNOTATION = 0x10_0000


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
def encode_gbk(char: str) -> bytes | None:
    """Return the one or two bytes of a character, or None if it is not in GBK.

    >>> encode_gbk("營").hex(), encode_gbk("\U00020000")
    ('a049', None)
    """
    try:
        data = char.encode("gb18030")
    except UnicodeEncodeError:
        return None
    return data if len(data) <= 2 else None


@cache
def decode_gbk(first: int, second: int) -> str | None:
    """Return the character with these two bytes, also a private-use one, or None.

    >>> decode_gbk(0xA0, 0x49), decode_gbk(0xA0, 0x28)
    ('營', None)
    """
    if not (0x81 <= first <= 0xFE and 0x40 <= second <= 0xFE and second != 0x7F):
        return None
    try:
        return bytes((first, second)).decode("gb18030")
    except UnicodeDecodeError:
        return None


def is_private_use(char: str) -> bool:
    """Return whether a character is in the private use area, as no character of a text is.

    >>> is_private_use("\ue7c4"), is_private_use("一")
    (True, False)
    """
    return "\ue000" <= char <= "\uf8ff"


def garble_text(text: str, table: Mapping[str, str]) -> str:
    """Return what the tool makes of a text, with marks still full-width.

    `table` maps characters to readings, in the order in which the tool searched for them: a
    match that an earlier annotation has split is not found any more.

    >>> garble_text("焦營造", {"範": "fàn", "營": "yíng"})
    '焦?fàn)I造'
    >>> garble_text("府數字", {"數": "shù", "當": "dāng"})
    '府?dāng)?shù)字'
    """
    units, unencodable = _encode(text)
    readings: list[str] = []
    for char, reading in table.items():
        data = encode_gbk(char)
        if data is not None and len(data) == 2:
            match = data.decode("latin-1")
            units = units.replace(match, match + chr(_ANNOTATION + len(readings)))
            readings.append(reading)
    for mark in MARKS:
        match = _FULL_WIDTH[mark].encode("gb18030").decode("latin-1")
        units = units.replace(match, chr(_MARK_MATCH) + match)
    return "".join(_decode(units, unencodable, readings))


def _encode(text: str) -> tuple[str, list[str]]:
    """Return the bytes of a text, and the characters of it that are not in GBK."""
    units: list[str] = []
    unencodable: list[str] = []
    for char in text:
        data = encode_gbk(char)
        if data is None:
            units.append(chr(_UNENCODABLE + len(unencodable)))
            unencodable.append(char)
        else:
            units.append(data.decode("latin-1"))
    return "".join(units), unencodable


def _decode(units: str, unencodable: list[str], readings: list[str]) -> Iterator[str]:
    at = 0
    while at < len(units):
        code = ord(units[at])
        following = ord(units[at + 1]) if at + 1 < len(units) else 0
        at += 1
        if code >= _ANNOTATION:
            yield f"({readings[code - _ANNOTATION]})"
        elif code >= _UNENCODABLE:
            yield unencodable[code - _UNENCODABLE]
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
            char = decode_gbk(code, following) if following < 0x100 else None
            at += char is not None
            yield char or "?"
