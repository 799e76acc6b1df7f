"""Check that texts in simplified and traditional Chinese are in their script.

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
MESSAGES = {
    "en": "“{0}” is tagged {1}, but {2} is written in the other script. Correct the text or the "
    "tag.",
    "zh-Hans": "“{0}”的标签是 {1}，但“{2}”是另一种字体。请更正文字或标签。",
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
    letters = NOT_HAN.sub("", value)
    try:
        letters.encode(own)
        return ""
    except UnicodeEncodeError:
        return "".join(
            each
            for each in letters
            if not each.encode(own, "ignore") and each.encode(other, "ignore")
        )


def check_scripts(
    index: StatementIndex, names: Names, locator: Locator, language: str
) -> Iterator[Finding]:
    """Yield a warning for each text with a character of the other Chinese script."""
    reported = set()  # A label is also entailed as the label to display.
    for subject, predicate, value in index.list_texts():
        found = find_other_script(value.value, value.language or "")
        if found and (subject, value) not in reported:
            reported.add((subject, value))
            node, tag = text(subject), language_of(value)
            message = pick(MESSAGES, language, "").format(value.value, tag, found)
            yield from locator.report(
                node,
                WARNING,
                "text-in-other-script",
                f"{names.shorten(node)}: {message}",
                predicate=predicate.value,
                value=value.value,
            )
