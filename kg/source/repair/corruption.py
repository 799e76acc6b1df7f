"""The accident, forwards: what a byte-wise pinyin tool makes of a readable Chinese text.

The tool held the text as GBK bytes and put ``(reading)`` behind every pair of bytes that spells a
character of its table, wherever the pair began. A pair that straddles two characters is torn open
by the insertion, and the decoder that came later took one byte after the torn lead byte with it.
Full-width marks were cut out of the bytes in the same way, and made half-width in the end.
GBK here is the two-byte part of GB 18030 (<https://www.unicode.org/L2/L2006/06394-gb18030.html>).
"""

from collections.abc import Iterable, Mapping
from functools import cache

MARKS = ",?:;!()"
"""The marks whose full-width bytes the tool cut out, as they stand half-width in a garbled text."""

_WIDE = {half: chr(ord(half) + 0xFEE0) for half in map(chr, range(0x21, 0x7F))}
_NARROW = str.maketrans({wide: half for half, wide in _WIDE.items()})
# Bytes are held as characters 0-255, so that everything else can stand between them unmistakably.
_CUT = "\u0100"
_INSERTED = 0x10_0000
_OPAQUE = 0x200


def narrow_marks(text: str) -> str:
    """Return the text with every full-width ASCII character half-width, as the accident leaves it.

    >>> narrow_marks("一\uff0c二")
    '一,二'
    """
    return text.translate(_NARROW)


def widen_marks(text: str) -> str:
    """Return the text with its half-width `MARKS` full-width, as they stood before the accident.

    >>> widen_marks("一,二") == "一\uff0c二"
    True
    """
    return text.translate({ord(mark): _WIDE[mark] for mark in MARKS})


@cache
def encode_char(char: str) -> bytes | None:
    """Return the one or two bytes of a character in GBK, None where it has none.

    >>> encode_char("營").hex(), encode_char("\U00020000")
    ('a049', None)
    """
    try:
        data = char.encode("gb18030")
    except UnicodeEncodeError:
        return None
    return data if len(data) <= 2 else None


@cache
def decode_pair(first: int, second: int) -> str | None:
    """Return the character of two bytes, None where they spell none; private ones come back too.

    >>> decode_pair(0xA0, 0x49), decode_pair(0xA0, 0x28)
    ('營', None)
    """
    if not (0x81 <= first <= 0xFE and 0x40 <= second <= 0xFE and second != 0x7F):
        return None
    try:
        return bytes((first, second)).decode("gb18030")
    except UnicodeDecodeError:
        return None


def is_private(char: str) -> bool:
    """Return whether a character lies in the private-use area, where no text has any business.

    >>> is_private("\ue7c4"), is_private("一")
    (True, False)
    """
    return "\ue000" <= char <= "\uf8ff"


def _spell(text: str) -> tuple[str, list[str]]:
    out: list[str] = []
    opaque: list[str] = []
    for char in text:
        data = encode_char(char)
        if data is None:
            out.append(chr(_OPAQUE + len(opaque)))
            opaque.append(char)
        else:
            out.append(data.decode("latin-1"))
    return "".join(out), opaque


def _decode(units: str, opaque: list[str], readings: list[str]) -> Iterable[str]:
    at = 0
    while at < len(units):
        code = ord(units[at])
        following = ord(units[at + 1]) if at + 1 < len(units) else 0
        at += 1
        if code >= _INSERTED:
            yield f"({readings[code - _INSERTED]})"
        elif code >= _OPAQUE:
            yield opaque[code - _OPAQUE]
        elif code < 0x80:
            yield chr(code)
        elif code == ord(_CUT):
            continue
        elif following >= _INSERTED:  # the torn byte takes the bracket with it
            yield f"?{readings[following - _INSERTED]})"
            at += 1
        elif 0x21 <= following < 0x40:  # and would take a digit in the same way
            yield "?"
            at += 1
        else:
            char = decode_pair(code, following) if following < 0x100 else None
            at += char is not None
            yield char or "?"


def garble(text: str, readings: Mapping[str, str], *, narrow: bool = True) -> str:
    """Return what the accident makes of a text: ``(reading)`` inserted, straddled characters torn.

    `readings` is the tool's table, in the order of its passes: a pair torn open by an earlier
    pass is no longer found by a later one. Marks are cut out only where they are full-width.
    With `narrow` they come out half-width.

    >>> garble("焦營造", {"範": "fàn", "營": "yíng"})
    '焦?fàn)I造'
    >>> garble("府數字", {"數": "shù", "當": "dāng"})
    '府?dāng)?shù)字'
    """
    units, opaque = _spell(text)
    inserted: list[str] = []
    for char, reading in readings.items():
        data = encode_char(char)
        if data is not None and len(data) == 2:
            pair = data.decode("latin-1")
            units = units.replace(pair, pair + chr(_INSERTED + len(inserted)))
            inserted.append(reading)
    for mark in MARKS:
        pair = _WIDE[mark].encode("gb18030").decode("latin-1")
        units = units.replace(pair, _CUT + pair)
    garbled = "".join(_decode(units, opaque, inserted))
    return narrow_marks(garbled) if narrow else garbled
