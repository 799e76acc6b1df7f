"""Wording that a description shares with a source text."""

import pytest

from kg.source import NgramIndex
from kg.source.overlap import COPY_LENGTH, COPY_WORDS

TEXTS = ["甲乙丙丁戊己庚,辛壬癸子丑寅卯辰"]
COPIED = "甲乙丙丁戊己庚辛壬癸子丑寅卯"


def test_copy_is_found_whatever_the_punctuation() -> None:
    assert len(COPIED) == COPY_LENGTH
    for description in (COPIED, "見甲乙丙丁、戊己庚辛壬癸子丑寅卯了", "a甲1乙 丙" + COPIED[3:]):
        assert NgramIndex(TEXTS).find(description) == COPIED, description


def test_shorter_copy_is_not_found() -> None:
    assert NgramIndex(TEXTS).find(COPIED[:-1] + "了") is None
    assert NgramIndex(TEXTS).find("") is None
    assert NgramIndex([]).find(COPIED) is None


@pytest.mark.parametrize(
    ("name", "found"), [("丁戊己庚辛壬", None), ("丁戊己庚辛", COPIED), ("丁(戊己庚辛", COPIED)]
)
def test_long_names_may_be_the_same(name: str, found: str | None) -> None:
    assert NgramIndex(TEXTS, [name]).find(COPIED) == found


def test_part_of_a_name_is_no_copy() -> None:
    name = f"关于{COPIED}的意见"
    assert NgramIndex([f"印发{name}并实施"], [name]).find(COPIED) is None
    assert NgramIndex([f"印发{name}并实施"]).find(COPIED) == COPIED


def test_words_in_other_languages_are_compared() -> None:
    words = "the platform is first tried in three districts"
    assert len(words.split()) == COPY_WORDS
    index = NgramIndex([f"Then {words}, it says."])
    assert index.find(f"We hear that {words.title()}!") == words
    assert index.find(words.replace("three", "four")) is None


def test_first_of_several_copies_in_any_text_is_returned() -> None:
    other = "一二三四五六七八九十上下左右"
    index = NgramIndex([COPIED, other])
    assert index.find(f"{other},{COPIED}") == other
    assert index.find(f"{COPIED},{other}") == COPIED
