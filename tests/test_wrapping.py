"""Width and line breaks of generated texts, compared with wcwidth."""

import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st
from wcwidth import wcswidth, wcwidth

from kg.wrapping import COMMON, is_wide, measure_text, split_words, wrap_text

MIXED = "武汉，。（）Ｗuhan 한국ﾊ①\u200b\u2060\u200d\u00ad\u0301\ufe0f👩👧🏽❤🇨🇳e-–…"
texts = st.text(st.sampled_from(MIXED) | st.characters(exclude_categories=["Cs"]), max_size=30)


def test_common_characters_are_measured_as_wcwidth_does() -> None:
    common = [chr(n) for n in range(sys.maxunicode + 1) if COMMON.fullmatch(chr(n))]
    assert len(common) > 25_000
    assert [c for c in common if measure_text(c) != wcwidth(c)] == []
    # Between these, the width of a text is the sum.
    assert measure_text("".join(common)) == wcswidth("".join(common))


@given(texts)
def test_width_is_that_of_wcwidth(text: str) -> None:
    width = wcswidth(text)
    assert measure_text(text) == width if width >= 0 else measure_text(text) >= 0


@pytest.mark.parametrize(
    ("text", "columns"),
    [
        ("a\u2060b", 2),
        ("a\u200bb", 2),
        ("👩\u200d👩\u200d👧", 2),
        ("e\u0301", 1),
        ("\u1112\u1161\u11ab", 2),
        ("ﾊﾟ①", 3),
        ("\x1b\u0007a", 1),
    ],
)
def test_format_characters_and_sequences(text: str, columns: int) -> None:
    assert measure_text(text) == columns


@given(texts, st.integers(1, 20), st.booleans())
def test_lines_have_all_characters(text: str, width: int, cut: bool) -> None:
    lines = wrap_text(text, width, cut=cut)
    assert "".join("".join(lines).split()) == "".join(text.split())
    assert "".join(split_words(text)) == text


@given(st.text("ab 武汉，（e\u0301-", max_size=30), st.integers(2, 20))
def test_cut_lines_fit(text: str, width: int) -> None:
    assert all(wcswidth(line) <= width for line in wrap_text(text, width, cut=True))


@given(
    st.sampled_from(["👩\u200d👩\u200d👧", "👍🏽", "武\u0301", "❤\ufe0f", "武\u2060汉"]),
    st.integers(1, 9),
)
def test_sequence_is_never_broken(sequence: str, count: int) -> None:
    words = split_words(sequence * count)
    assert all(len(word) % len(sequence) == 0 for word in words)
    lines = wrap_text(sequence * count, 4, cut=True)
    assert all(len(line) % len(sequence) == 0 for line in lines)
    assert is_wide("武")
