import sys
import unicodedata
from functools import cache

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.ask.lookup import quote_input
from kg.ask.table import render_markdown, render_table
from kg.check.finding import VIOLATION, Finding
from kg.display import escape_controls, escape_unprintable
from kg.errors import KgError

BIDI_CLASSES = {"LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI"}


def is_hostile(character: str) -> bool:
    """Return whether a terminal may obey a character, or no text may have it."""
    code = ord(character)
    return (
        (unicodedata.category(character) in ("Cc", "Cs", "Zl", "Zp") and character not in "\t\n")
        or unicodedata.bidirectional(character) in BIDI_CLASSES
        or 0xFDD0 <= code <= 0xFDEF
        or code & 0xFFFE == 0xFFFE
    )


@cache
def list_hostile() -> list[str]:
    return [chr(n) for n in range(sys.maxunicode + 1) if is_hostile(chr(n))]


# Any text, with as many hostile characters as others.
texts = st.deferred(
    lambda: st.text(
        st.characters(exclude_categories=()) | st.sampled_from(list_hostile()), max_size=40
    )
)


def test_every_hostile_character_is_escaped() -> None:
    assert [ascii(c) for c in list_hostile() if escape_controls(c) != ascii(c)[1:-1]] == []


def test_letters_marks_and_joiners_stay() -> None:
    for text in (
        "武汉 ＷＵＨＡＮ\t2021\n",
        "👩\u200d👩\u200d👧",
        "a\u200cb",
        "\ue000",
        "e\u0301",
    ):
        assert escape_controls(text) == text


@given(texts)
def test_escaped_text_has_nothing_hostile_and_is_encodable(text: str) -> None:
    escaped = escape_controls(text)
    assert not any(map(is_hostile, escaped))
    escaped.encode()  # no lone surrogate is left
    assert escape_controls(escaped) == escaped
    assert len(escape_controls(text, lines=False).splitlines()) <= 1
    assert escape_unprintable(text).isprintable()


@given(texts, texts)
def test_no_text_for_people_has_a_hostile_character(first: str, second: str) -> None:
    shown = [
        render_table([first], [[second]]),
        render_table([first], [[second]], 20),
        render_markdown([first], [[second]]),
        str(Finding(first, 1, VIOLATION, "check", "node", second)),
        str(KgError(first)),
        quote_input(first),
    ]
    assert [text for text in shown if any(map(is_hostile, text))] == []
    assert shown[3].count("\n") == 0


@pytest.mark.parametrize("character", ["\x1b", "\x9b", "\u202e", "\u2066", "\ufffe", "\udcff"])
def test_message_names_the_character(character: str) -> None:
    assert str(KgError(f"a{character}b")) == f"a{ascii(character)[1:-1]}b"
