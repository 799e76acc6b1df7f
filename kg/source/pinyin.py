"""Pinyin in parentheses: where it stands, whether it is a reading, whether an accident put it."""

import re
import unicodedata
from collections import Counter
from collections.abc import Mapping
from functools import cache

from kg.errors import KgError

INSTALL = 'pip install "city-policy-kg[source]"'

_TONED = "āáǎàēéěèīíǐìōóǒòūúǔùǖǘǚǜńňǹḿ"
SYLLABLE = rf"(?:[zcs]h|[bpmfdtnlgkhjqxzcsryw])?[aeiouüv{_TONED}]{{1,3}}(?:ng?|r)?|[hmn]?[ḿńňǹ]g?"
"""A syllable of Hanyu Pinyin, with or without a tone mark, as a regular expression."""

HAN = "\u3400-\u4dbf\u4e00-\u9fff"
"""The Chinese characters, as the inside of a regular expression's bracket."""

ANNOTATION = re.compile(rf"(?<=[{HAN}])\(({SYLLABLE})\)")
"""A syllable in parentheses behind a Chinese character; the group is the syllable."""


@cache
def is_basic(char: str) -> bool:
    """Return whether a character is in GB 2312, the set of simplified mainland texts.

    >>> is_basic("数"), is_basic("數")
    (True, False)
    """
    try:
        char.encode("gb2312")
    except UnicodeEncodeError:
        return False
    return True


def _load_readings() -> Mapping[int, str]:
    try:
        from pypinyin.pinyin_dict import pinyin_dict
    except ImportError as error:
        raise KgError(
            "readings: pypinyin is not installed. A garbled text is restored with the readings "
            f"of its characters. Run {INSTALL}."
        ) from error
    return pinyin_dict


@cache
def find_readings(char: str) -> frozenset[str]:
    """Return every reading of a character that pypinyin knows, toned, plus the neutral ones.

    Raises:
        KgError: pypinyin is not installed.

    >>> sorted(find_readings("範"))
    ['fan', 'fàn']
    """
    listed = _load_readings().get(ord(char), "").split(",")
    toned = {unicodedata.normalize("NFC", reading) for reading in listed if reading}
    return frozenset(toned | {_drop_tone(one) for one in toned})


def _drop_tone(reading: str) -> str:
    plain = unicodedata.normalize("NFD", reading)
    kept = "".join(c for c in plain if not unicodedata.combining(c) or c == "\u0308")
    return unicodedata.normalize("NFC", kept)


def strip_pinyin(raw: str) -> str:
    """Return the text without the pinyin behind its characters; nothing else is changed.

    It needs no extra, so it cannot tell a reading from an English word that is spelt like a
    syllable: without a tone mark only what follows a character outside GB 2312 is taken away.

    >>> strip_pinyin("開(kāi)年(2021年),區(市)")
    '開年(2021年),區(市)'
    """

    def replace(match: re.Match[str]) -> str:
        toneless = match[1].isascii() and is_basic(raw[match.start() - 1])
        return match[0] if toneless else ""

    return ANNOTATION.sub(replace, raw)


def read_table(raw: str) -> dict[str, str]:
    """Return the tool's table as far as the text shows it: character to its one reading.

    A character is in the table when it is annotated with a true reading, always the same one, and
    (nearly: a torn character can look like any other) never stands bare. Such a tool skips none.

    Raises:
        KgError: there is something to look up, and pypinyin is not installed.

    >>> read_table("開(kāi)年,開(kāi)工,媽(mā)媽,個(ok)")
    {'開': 'kāi'}
    """
    seen = Counter((raw[m.start() - 1], m[1]) for m in ANNOTATION.finditer(raw))
    total = Counter(raw) if seen else Counter()
    table: dict[str, str] = {}
    for (char, reading), count in seen.items():
        if (total[char] - count) * 20 <= count and unicodedata.normalize(
            "NFC", reading
        ) in find_readings(char):
            table[char] = reading
    return table


def is_annotated_throughout(raw: str, table: Mapping[str, str]) -> bool:
    """Return whether the annotations alone show the accident, without any torn character.

    The tool's table holds characters outside GB 2312, and most of those in use. So at least
    three different ones are annotated, they are half or more of all such characters that stand in
    the text, and no more than one annotation in twenty follows a character of GB 2312. A primer
    that glosses a word here and there, or every word, does not look so.

    >>> text = "開(kāi)年學(xué)習(xí)"
    >>> is_annotated_throughout(text, read_table(text))
    True
    >>> is_annotated_throughout("媽(mā)", read_table("媽(mā)"))
    False
    """
    beyond = {char for char in table if not is_basic(char)}
    if len(beyond) < 3:
        return False
    total = Counter(raw)
    seen = Counter((raw[m.start() - 1], m[1]) for m in ANNOTATION.finditer(raw))
    ours = sum(count for (char, _), count in seen.items() if char in beyond)
    inside = sum(
        count
        for (char, reading), count in seen.items()
        if char not in beyond and unicodedata.normalize("NFC", reading) in find_readings(char)
    )
    han = re.compile(f"[{HAN}]")
    others = sum(n for char, n in total.items() if han.match(char) and not is_basic(char))
    return inside * 20 <= ours and ours * 2 >= others
