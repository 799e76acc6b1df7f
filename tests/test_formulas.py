"""Formulas in CSV are escaped, reversibly, and numbers are left alone."""

import re
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.formulas import escape_cell, escape_formula, unescape_formula

SIGNS = "=+-@＝＋－＠\t\r\n"
FORMULA = r"[ \u00a0\u3000]*[=+\-@＝＋－＠]"
texts = st.text(st.sampled_from(f"{SIGNS}'; \u00a0\u30001aA,\"") | st.characters(), max_size=12)


@given(texts)
def test_escaped_text_is_no_formula_and_can_be_read_back(text: str) -> None:
    escaped = escape_formula(text)
    assert unescape_formula(escaped) == text
    assert not re.match(rf"{FORMULA}|[ \u00a0\u3000]*[\t\r\n]", escaped)
    assert not re.search(f"[;\t\r\n]{FORMULA}", escaped)


def test_all_short_texts_can_be_read_back() -> None:
    escaped_texts = 0
    for length in range(5):
        for characters in product("='\t\n;- ＝a", repeat=length):
            text = "".join(characters)
            assert unescape_formula(escape_formula(text)) == text
            escaped_texts += escape_formula(text) != text
    assert escaped_texts > 2_000


def test_each_sign_is_escaped() -> None:
    assert [sign for sign in SIGNS if escape_formula(f"{sign}1") != f"'{sign}1"] == []


def test_harmless_text_is_not_escaped() -> None:
    for text in ("well-known = fine", "a - b", "'tis", "2020-01", ""):
        assert escape_formula(text) == unescape_formula(text) == text


@pytest.mark.parametrize("number", ["-3.50", "+5", "-.5", "5.", "-1E5", "+1.5e-3", "007", "80.0"])
def test_typed_numbers_stay(number: str) -> None:
    assert escape_cell(number, is_typed=True) == number


@pytest.mark.parametrize("text", ["-5+A1", "+", "-", "-1E5()", "--5", "-٣", "@1", "-1 "])
def test_other_typed_values_are_escaped(text: str) -> None:
    assert escape_cell(text, is_typed=True) == f"'{text}"


def test_numbers_that_are_texts_are_escaped() -> None:
    assert escape_cell("+861012345678", is_typed=False) == "'+861012345678"
