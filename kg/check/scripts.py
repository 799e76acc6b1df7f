"""Check that texts in simplified and traditional Chinese are Chinese, and in their script.

A character is simplified or traditional if the character set of the other script lacks it: GB 2312
has the simplified ones, Big5 the traditional ones. Many characters are in both.
"""

import re
from collections.abc import Iterator

from kg.check.finding import WARNING, Finding, Locator
from kg.check.index import StatementIndex
from kg.names import Names, language_of, pick, text
from kg.source.pinyin import HAN

NOT_HAN = re.compile(f"[^{HAN}]+")
# For each tag, the encoding that its characters have and the one of the other script.
ENCODINGS = {"zh-hans": ("gb2312", "big5"), "zh-hant": ("big5hkscs", "gb2312")}
# Names may have several words, but not in lower case.
ENGLISH = re.compile("[A-Za-z]+ [a-z]{2,}")
CHINESE = re.compile(f"[{HAN}]")
MESSAGES = {
    "text-in-other-script": {
        "en": "“{0}” is tagged {1}, but {2} is written in the other script. Correct the text or "
        "the tag.",
        "zh-Hans": "“{0}”的标签是 {1}，但“{2}”是另一种字体。请更正文字或标签。",
    },
    "english-in-chinese": {
        "en": "“{0}” is tagged {1}, but has no Chinese character. Correct the text or the tag.",
        "zh-Hans": "“{0}”的标签是 {1}，但其中没有汉字。请更正文字或标签。",
    },
}


def find_other_script(value: str, language: str) -> str:
    """Return the characters of a text that only the other Chinese script has.

    >>> find_other_script("數據", "zh-hans"), find_other_script("数字", "zh-hant")
    ('數據', '数')
    """
    encodings = ENCODINGS.get(language)
    if not encodings:
        return ""
    own, other = encodings
    try:
        value.encode(own)
        return ""
    except UnicodeEncodeError:
        return "".join(
            each
            for each in NOT_HAN.sub("", value)
            if not each.encode(own, "ignore") and each.encode(other, "ignore")
        )


def is_in_english(value: str, language: str) -> bool:
    """Return whether a text with a tag of Chinese has English words and no Chinese character.

    >>> [is_in_english(each, "zh-hans") for each in ("Bridge the gap", "Smart Nation", "5G")]
    [True, False, False]
    """
    is_chinese = language not in ENCODINGS or CHINESE.search(value)
    return not is_chinese and bool(ENGLISH.search(value))


def check_scripts(
    index: StatementIndex, names: Names, locator: Locator, language: str
) -> Iterator[Finding]:
    """Yield a warning for each text with a character of the other Chinese script, or in English."""
    reported = set()  # A label is also entailed as the label to display.
    for subject, predicate, value in index.list_texts():
        found = find_other_script(value.value, value.language or "")
        is_english = is_in_english(value.value, value.language or "")
        if (found or is_english) and (subject, value) not in reported:
            reported.add((subject, value))
            node, tag = text(subject), language_of(value)
            check = "english-in-chinese" if is_english else "text-in-other-script"
            message = pick(MESSAGES[check], language, "").format(value.value, tag, found)
            yield from locator.report(
                node,
                WARNING,
                check,
                f"{names.shorten(node)}: {message}",
                predicate=predicate.value,
                value=value.value,
            )
