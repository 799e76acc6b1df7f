"""What two texts about the same thing share: pairs of characters, word stems, names, and senses.

The senses are those that a slip easily turns round: negation, comparison, scale.
"""

import re
from collections.abc import Iterator
from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple

from kg.check.wording.numbers import NUMBER_WORDS, REMEMBERED
from kg.source.pinyin import HAN

NOT_TEXT = re.compile(rf"[^{HAN}0-9A-Za-z]+")
WORD = re.compile(r"[a-z0-9]+")
# Two forms of a word have the same beginning: digital, digitalization.
STEM = 5
STOP_WORDS = frozenset(
    "a an and are as at be by city for from in into is it its more of on one or s than that the "
    "this to under with".split()
)
DOUBTFUL = 0.6
"""Texts of a thing with a smaller share of common parts may have been exchanged."""

LATIN = re.compile(r"[0-9]*[A-Za-z][A-Za-z0-9]*")
# A sentence on what the source says or leaves out is not about the policy.
ENGLISH_REMARK = re.compile(
    r"[^.;:(]*\b(?:article|source|passage|sentence|given|gives?|named?|names|listed|counted|"
    r"stated|says?|explained?|left open)\b[^.;:(]*",
    re.IGNORECASE,
)
CHINESE_REMARK = re.compile(
    "[^。；：，（]*(?:文中|文章|来源|来源|列举|所列|未[写列说给述含点]|不计|该文|不在其列)[^。；：，（]*"
)


class Sense(NamedTuple):
    """Words with one sense; an English text without one of the stems in `hints` has none."""

    name: str
    hints: frozenset[str]
    english: re.Pattern[str]
    chinese: re.Pattern[str]


def _make_sense(name: str, hints: str, english: str, chinese: str) -> Sense:
    return Sense(
        name,
        frozenset(hints.split()),
        re.compile(rf"\b(?:{english})\b", re.IGNORECASE),
        re.compile(chinese),
    )


NEGATION = _make_sense(
    "negation",
    "not no never neith nor none nobod nothi canno witho left",
    r"not|no(?!\. ?\d)|never|neither|nor|none|nobody|nothing|cannot|without(?! delay)"
    r"|left open",
    "不(?!同|断|仅|只|低于|少于|超过|多于|高于|足|动产|可或缺|可分|分|限|动)|未(?!来)"
    "|无(?!障碍|线|人|缝|论|限|锡|纸)|没有|并非|勿|禁止|拒绝|免于",
)
SCALE = (
    _make_sense(
        "world",
        "world globa inter",
        r"world\w*|global\w*|international\w*",
        "世界|全球|国际|环球|境外|国外|对外",
    ),
    _make_sense("nation", "natio count", r"nation\w*|country|countries", "国(?!际|外)"),
    _make_sense("province", "provi", r"provinc\w+", "省|自治区"),
)
"""How far something reaches."""


class Comparison(NamedTuple):
    """The words for a comparison with a number, in English and in Chinese."""

    english: re.Pattern[str]
    chinese: re.Pattern[str]


def _beside(before: str, after: str, chinese_before: str, chinese_after: str) -> Comparison:
    """Return the patterns of words before or after a number, in English and in Chinese."""
    number = rf"(?:[0-9]|(?:{'|'.join(NUMBER_WORDS)})\b)"
    han = "〇零一二两三四五六七八九十百千万亿成"
    words = [rf"\b(?:{before}) {number}"]
    ends = [f"(?:{chinese_before})[0-9{han}]"]
    if after:
        words.append(rf"\b(?:{after})\b")
    if chinese_after:
        ends.append(f"(?<=[0-9%{han}个项条家])(?:{chinese_after})")
    return Comparison(
        re.compile("|".join(words), re.IGNORECASE),
        re.compile("|".join(ends)),
    )


COMPARISONS = {
    "≥": _beside(
        "at least|no less than|not less than|no fewer than", "or more|or above|or higher|upwards",
        "(?:不低于|不少于|至少|不小于)", "及?以上",
    ),
    ">": _beside(
        "more than|over|exceed(?:s|ing)?", "", "(?:超过|突破|多于|高于|逾)",
        "余|多(?=[个项条家种类])",
    ),
    "≤": _beside(
        "at most|no more than|not more than", "or less|or fewer|or below",
        "(?:不超过|不高于|不多于|至多|最多)", "及?以下|以内|之内",
    ),
    "<": _beside("less than|fewer than|below", "", "(?<!不)(?:少于|低于|不足|不到)", ""),
    "≈": _beside("about|approximately|nearly", "or so", "(?:约|大约|近|接近)", "左右|上下"),
}  # fmt: skip
"""The words of the comparators, by their sign."""


@lru_cache(maxsize=REMEMBERED)
def list_pairs(text: str) -> frozenset[str]:
    """Return all pairs of characters next to each other, without punctuation.

    >>> sorted(list_pairs("数字 政府"))
    ['字政', '政府', '数字']
    """
    letters = NOT_TEXT.sub("", text)
    return frozenset(map("".join, pairwise(letters)))


@lru_cache(maxsize=REMEMBERED)
def list_stems(text: str) -> frozenset[str]:
    """Return the beginnings of the words of an English text, without frequent ones.

    >>> sorted(list_stems("The digitalization of the City"))
    ['digit']
    """
    return frozenset(word[:STEM] for word in WORD.findall(text.lower()) if word not in STOP_WORDS)


def list_latin(text: str) -> dict[str, str]:
    """Return the words in Latin letters, by their form in lower case.

    >>> list_latin("5G与AIoT")
    {'5g': '5G', 'aiot': 'AIoT'}
    """
    return {word.lower(): word for word in LATIN.findall(text)}


def has_sense(sense: Sense, text: str, language: str) -> bool:
    """Return whether a text has a sense, remarks on the source aside.

    >>> has_sense(NEGATION, "Fees are not charged; the article says no more.", "en")
    True
    """
    pattern, remark = sense.english, ENGLISH_REMARK
    if language.startswith("zh"):
        pattern, remark = sense.chinese, CHINESE_REMARK
    return bool(pattern.search(text) and pattern.search(remark.sub("", text)))


def compare_sets(first: frozenset[str], second: frozenset[str]) -> float:
    """Return the share of the first set that is in the second, from 0 to 1."""
    return len(first & second) / len(first) if first else 1.0


def find_exchanged(
    items: list[tuple[str, frozenset[str], frozenset[str]]],
) -> Iterator[tuple[str, str]]:
    """Yield pairs of things, if the first text of each fits the second of the other better.

    An item is a thing with the contents of two of its texts. Only things whose own texts do not
    fit well are compared.

    >>> a, b = frozenset("ab"), frozenset("cd")
    >>> list(find_exchanged([("x", a, b), ("y", b, a)]))
    [('x', 'y')]
    """
    doubtful = [
        (thing, one, two, own)
        for thing, one, two in items
        if one and two and (own := compare_sets(one, two)) < DOUBTFUL
    ]
    for index, (thing, one, two, own) in enumerate(doubtful):
        for other, other_one, other_two, other_own in doubtful[index + 1 :]:
            if compare_sets(one, other_two) > own and compare_sets(other_one, two) > other_own:
                yield thing, other
