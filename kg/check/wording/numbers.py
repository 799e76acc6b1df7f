"""Find the numbers that a text states, in digits and in words, in English and in Chinese.

A numeral may also be part of a word (一体化, "second"), and a number can be read in several ways:
八成 is 8 tenths and 80 per cent, 1.5万 is 15,000. So the numbers of a text are those that it
certainly states, each with all its readings, and those that it possibly states.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from fractions import Fraction
from functools import lru_cache

Value = int | Fraction
FULL_WIDTH = str.maketrans("０１２３４５６７８９．％", "0123456789.%")
FULL = re.compile("[０-９．％]")
DIGITS = r"([0-9]{1,3}(?:,[0-9]{3})+(?![0-9])|[0-9]+)(\.[0-9]+)?"
LONGEST = 40
# For how many texts the results are remembered: a place has fewer, and many texts occur often.
REMEMBERED = 8_192
HAN_DIGITS = {digit: value for value, digit in enumerate("零一二三四五六七八九")} | {
    "〇": 0, "两": 2, "兩": 2,
}  # fmt: skip
HAN_UNITS = {"十": 10, "百": 100, "千": 1000}
HAN_SCALES = {"百": 100, "千": 1000, "万": 10**4, "萬": 10**4, "亿": 10**8, "億": 10**8}
HAN = re.compile(rf"{DIGITS}|[{''.join(HAN_DIGITS)}十百千]+")
PLAN = re.compile(r"(十[一二三四五六七八九]?)五")  # 十四五: the 14th Five-Year Plan
# A numeral before one of these is a number, and not part of a word.
COUNTED = frozenset(
    "个個大项項类類种種条條座家年月日期位级級层層次批倍成号號方篇章节節步轮輪所名万萬亿億"
)
HAN_WORDS: dict[str, Value] = {"双": 2, "雙": 2, "首": 1, "之一": 1, "半": Fraction(1, 2)}
HAN_WORD = re.compile("|".join(HAN_WORDS))
CARDINALS = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen "
    "fifteen sixteen seventeen eighteen nineteen"
).split()
TENS = "twenty thirty forty fifty sixty seventy eighty ninety".split()
ORDINALS = (
    "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth "
    "fourteenth fifteenth sixteenth seventeenth eighteenth nineteenth twentieth"
).split()
SCALES = {"hundred": 100, "thousand": 1000, "million": 10**6, "billion": 10**9}
WORDS: dict[str, Value] = {
    **{word: value for value, word in enumerate(CARDINALS)},
    **{word: value * 10 for value, word in enumerate(TENS, 2)},
    **{word: value for value, word in enumerate(ORDINALS, 1)},
}
# Words that are often no number: "one of them", "in the second place".
DOUBTFUL = {"zero", "one", "first", "second"}
OTHERS: dict[str, Value] = {
    "both": 2, "double": 2, "dual": 2, "pair": 2, "twice": 2, "two-way": 2,
    "single": 1, "once": 1, "half": Fraction(1, 2), **SCALES,
}  # fmt: skip
NUMBER_WORDS = frozenset((*WORDS, *OTHERS))
WORD, DIGIT = re.compile("[a-z]+"), re.compile(DIGITS)
ENGLISH = re.compile(rf"{DIGITS}|[A-Za-z]+")


@dataclass
class Numbers:
    """The numbers that a text certainly states, each as its readings, and all possible ones."""

    certain: list[frozenset[Value]] = field(default_factory=list)
    possible: set[Value] = field(default_factory=set)

    def list_missing(self, possible: set[Value]) -> list[str]:
        """Return the certain numbers of which no reading is among the possible ones."""
        missing = (readings for readings in self.certain if readings.isdisjoint(possible))
        return list(dict.fromkeys(format_number(min(readings)) for readings in missing))


def format_number(value: Value) -> str:
    """Return a number in digits.

    >>> format_number(Fraction(5, 2))
    '2.5'
    """
    return str(value) if value == int(value) else str(float(value))


@lru_cache(maxsize=REMEMBERED)
def find_numbers(text: str, language: str) -> Numbers:
    """Return the numbers of a text; languages other than Chinese are read as English.

    >>> sorted(find_numbers("七部分、八成、1.5万", "zh-hans").possible)
    [Fraction(3, 2), 7, 8, 80, Fraction(15000, 1)]
    >>> find_numbers("Twenty-five of 1,200 in the fourteenth plan", "en").certain
    [frozenset({25}), frozenset({1200}), frozenset({14})]
    """
    return _find_chinese(text) if language.startswith("zh") else _find_english(text)


def parse_number(text: str) -> Value | None:
    """Return the value of a text that is a number in digits; None for another text.

    >>> parse_number("80.0"), parse_number("1153"), parse_number("x")
    (80, 1153, None)
    """
    found = re.fullmatch(DIGITS, text.translate(FULL_WIDTH))
    return _read_digits(found) if found else None


def _read_digits(found: re.Match[str]) -> Value:
    # Python converts at most 4,300 digits, and no number of a policy has forty.
    whole = int(found[1].replace(",", "")[:LONGEST])
    if not found[2] or not found[2].strip(".0"):
        return whole
    return whole + Fraction(f"0{found[2][:LONGEST]}")


def _find_chinese(text: str) -> Numbers:
    if FULL.search(text):
        text = text.translate(FULL_WIDTH)
    numbers = Numbers()
    numbers.possible.update(HAN_WORDS[word] for word in HAN_WORD.findall(text))
    for found in HAN.finditer(text):
        written, before, after = found[0], text[found.start() - 1 : found.start()], found.end()
        if found[1]:
            value, is_certain = _read_digits(found), True
        else:
            value = _read_numeral(written)
            counts = before == "第" or text[after : after + 1] in COUNTED
            is_certain = value > 1 and counts and not set(written) <= {"百", "千"}
        readings = {value}
        if plan := PLAN.fullmatch(written):
            readings, is_certain = {_read_numeral(plan[1]), value}, True
            numbers.possible.add(5)
        while scale := HAN_SCALES.get(text[after : after + 1]):
            value, after = value * scale, after + 1
            readings.add(value)
        if text[after : after + 1] == "成":
            readings.add(value * 10)
        numbers.possible |= readings
        numbers.possible.update(HAN_DIGITS[each] for each in written if each in HAN_DIGITS)
        if is_certain:
            numbers.certain.append(frozenset(readings))
    return numbers


def _read_numeral(written: str) -> int:
    if all(each in HAN_DIGITS for each in written):
        return int("".join(str(HAN_DIGITS[each]) for each in written))
    total, last = 0, None
    for each in written:
        if each in HAN_DIGITS:
            last = HAN_DIGITS[each]
        else:
            total += (1 if last is None else last) * HAN_UNITS[each]
            last = None
    return total + (last or 0)


def _find_english(text: str) -> Numbers:
    numbers = Numbers()
    if NUMBER_WORDS.isdisjoint(WORD.findall(text.lower())):
        for found in DIGIT.finditer(text):
            value = _read_digits(found)
            numbers.possible.add(value)
            numbers.certain.append(frozenset({value}))
        return numbers
    tokens = list(ENGLISH.finditer(text))
    at = 0
    while at < len(tokens):
        found, word = tokens[at], tokens[at][0].lower()
        at += 1
        if not found[1] and word not in WORDS:
            if word in OTHERS:
                numbers.possible.add(OTHERS[word])
            continue
        value = _read_digits(found) if found[1] else WORDS[word]
        following = list(_list_words(text, tokens, at))
        if word in TENS and following and 0 < WORDS.get(following[0], 0) < 10:
            value += WORDS[following.pop(0)]
            at += 1
        readings = {value}
        for scale in following:
            if scale not in SCALES:
                break
            value, at = value * SCALES[scale], at + 1
            readings.add(value)
        numbers.possible |= readings
        if word not in DOUBTFUL or len(readings) > 1:
            numbers.certain.append(frozenset(readings))
    return numbers


def _list_words(text: str, tokens: list[re.Match[str]], at: int) -> Iterator[str]:
    """Yield the words that follow each other directly, at most three."""
    for index in range(at, min(at + 3, len(tokens))):
        if text[tokens[index - 1].end() : tokens[index].start()] not in ("-", " "):
            return
        yield tokens[index][0].lower()
