"""Pinyin annotations such as 開(kāi): find them, check their readings, remove them."""

import re
from collections import Counter
from collections.abc import Mapping
from functools import cache

from kg.errors import require

_TONED = "āáǎàēéěèīíǐìōóǒòūúǔùǖǘǚǜńňǹḿ"
_REMOVE_TONE = str.maketrans(_TONED + "ếề", "aaaaeeeeiiiioooouuuuüüüünnnmee")
SYLLABLE = rf"(?:[zcs]h|[bpmfdtnlgkhjqxzcsryw])?[aeiouüv{_TONED}]{{1,3}}(?:ng?|r)?|[hmn]?[ḿńňǹ]g?"
"""A syllable of Hanyu Pinyin, with or without a tone mark, as a regular expression."""

HAN = "\u3400-\u4dbf\u4e00-\u9fff"
"""The Chinese characters, for use between the brackets of a regular expression."""

ANNOTATION = re.compile(rf"(?<=[{HAN}])\(({SYLLABLE})\)")
"""A syllable in parentheses after a Chinese character; the group is the syllable."""


@cache
def is_gb2312(char: str) -> bool:
    """Return whether a character is in GB 2312, the basic set of simplified Chinese.

    >>> is_gb2312("数"), is_gb2312("數")
    (True, False)
    """
    return char.encode("gb2312", "ignore") != b""


@cache
def find_readings(char: str) -> frozenset[str]:
    """Return every pinyin reading of a character, with and without its tone mark.

    Raises:
        KgError: pypinyin is not installed.

    >>> sorted(find_readings("範"))
    ['fan', 'fàn']
    """
    listed = require("pypinyin.pinyin_dict", "source").pinyin_dict.get(ord(char), "")
    return frozenset(f"{listed},{listed.translate(_REMOVE_TONE)}".split(",")) - {""}


def strip_pinyin(raw: str) -> str:
    """Return the text without its pinyin annotations.

    No optional package is needed, so an English word may be mistaken for a syllable. Therefore
    syllables without a tone mark are removed only after a character outside GB 2312.

    >>> strip_pinyin("開(kāi)年(2021年),區(市)")
    '開年(2021年),區(市)'
    """

    def replace(match: re.Match[str]) -> str:
        is_doubtful = match[1].isascii() and is_gb2312(raw[match.start() - 1])
        return match[0] if is_doubtful else ""

    return ANNOTATION.sub(replace, raw)


def _count_annotations(raw: str) -> Counter[tuple[str, str]]:
    return Counter((raw[m.start() - 1], m[1]) for m in ANNOTATION.finditer(raw))


def infer_table(raw: str) -> dict[str, str]:
    """Return the annotation tool's table, from character to reading, as far as the text shows it.

    The tool annotates a character everywhere and always with the same reading. So a character is
    in the table if an annotation of it has a correct reading and at most one in twenty of its
    occurrences lacks that annotation (next to a garbled span, a character may be a wrong one).

    Raises:
        KgError: the text has annotations, and pypinyin is not installed.

    >>> infer_table("開(kāi)年,開(kāi)工,媽(mā)媽,個(ok)")
    {'開': 'kāi'}
    """
    annotations = _count_annotations(raw)
    total = Counter(raw)
    return {
        char: reading
        for (char, reading), count in annotations.items()
        if (total[char] - count) * 20 <= count and reading in find_readings(char)
    }


def is_tool_annotated(raw: str, table: Mapping[str, str]) -> bool:
    """Return whether the annotations show by themselves that the tool made them.

    The tool annotates most characters outside GB 2312, and hardly any others. So at least three
    different ones are annotated, they are at least half of all such characters in the text, and
    at most one annotation in twenty follows another character. A primer, in which some or all
    words are annotated, does not fit.

    >>> text = "開(kāi)年學(xué)習(xí)"
    >>> is_tool_annotated(text, infer_table(text))
    True
    >>> is_tool_annotated("媽(mā)", infer_table("媽(mā)"))
    False
    """
    expected = {char for char in table if not is_gb2312(char)}
    if len(expected) < 3:
        return False
    annotations = _count_annotations(raw)
    fitting = sum(count for (char, _), count in annotations.items() if char in expected)
    unexpected = sum(
        count
        for (char, reading), count in annotations.items()
        if char not in expected and reading in find_readings(char)
    )
    rare = [char for char in re.findall(f"[{HAN}]", raw) if not is_gb2312(char)]
    return unexpected * 20 <= fitting and fitting * 2 >= len(rare)
