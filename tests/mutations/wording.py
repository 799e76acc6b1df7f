"""Numbers and years in texts, in figures and in English and Chinese words."""

import re

ONES = "zero one two three four five six seven eight nine ten eleven twelve".split()
TENS = {20: "twenty", 30: "thirty", 40: "forty", 50: "fifty", 60: "sixty", 70: "seventy"}
FIGURES = "〇一二三四五六七八九十"


def shift_year(text: str, year: int, step: int) -> str:
    """Return a text with another year.

    >>> shift_year("到2025年", 2025, -1)
    '到2024年'
    """
    return re.sub(rf"(?<!\d){year}(?!\d)", str(year + step), text)


def spell(number: int, language: str | None) -> str:
    """Return a number up to 79 in words; 13 to 19 in figures.

    >>> spell(32, "en"), spell(7, "en"), spell(32, "zh-Hans"), spell(20, "zh-Hans")
    ('thirty-two', 'seven', '三十二', '二十')
    """
    tens, one = divmod(number, 10)
    if language == "en":
        if number < len(ONES):
            return ONES[number]
        if tens * 10 not in TENS:
            return str(number)
        return TENS[tens * 10] + (f"-{ONES[one]}" if one else "")
    if number <= 10:
        return FIGURES[number]
    return (FIGURES[tens] if tens > 1 else "") + "十" + (FIGURES[one] if one else "")


def respell(text: str, language: str | None, old: int, new: int) -> str:
    """Return a text with another number, in figures or words as before.

    >>> respell("Seven parts, 7 in all", "en", 7, 8), respell("七个", "zh-Hans", 7, 8)
    ('Eight parts, 8 in all', '八个')
    """
    text = re.sub(rf"(?<!\d){old}(?!\d)", str(new), text)
    if old < 2 or language not in ("en", "zh-Hans") or new > 79:
        return text
    word, other = spell(old, language), spell(new, language)
    if language == "en":
        text = re.sub(rf"\b{word.capitalize()}\b", other.capitalize(), text)
        return re.sub(rf"\b{word}\b", other, text)
    return re.sub(rf"(?<![{FIGURES}]){word}(?![{FIGURES}])", other, text)
