"""Regular expressions: the semantics of SPARQL, and no expression that takes for ever."""

import re
from collections.abc import Callable

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from kg.check.patterns import BATCH, Pattern

# Each of them takes a matcher that backtracks exponential or high polynomial time.
BOMBS = [
    ("^(.+)+~$", "a"),
    ("^(a|a)*~", "a"),
    ("^(a|aa)+~$", "a"),
    ("(.*)*(.*)*(.*)*~", "a"),
    (r"^(\w+\s?)*~$", "a "),
    ("(x+x+)+y", "x"),
    ("^([a-zA-Z0-9]+)*~$", "a"),
    (".*.*.*.*.*.*~", "a"),
    ("(a?){200}a{200}~", "a"),
    ("^(([a-z])+.)+[A-Z]([a-z])+$", "a"),
]


def test_no_expression_takes_for_ever() -> None:
    # A matcher that backtracks would not come to an end: there is nothing to measure.
    assert [bomb for bomb, text in BOMBS if Pattern(bomb).matches(text * 20_000)] == []


PIECES = st.sampled_from(
    ["a", "b", "ab", ".", "[ab]", "[^a]", r"\d", r"\w", r"\s", r"\S", "深", "(a|b)", "(?:ab)",
     "^", "$", "*", "+", "?", "{2}", "{1,2}", "|", r"\.", " ", "-"]
)  # fmt: skip
TEXTS = st.text(alphabet="ab1. \n\t深　\u00a0-", max_size=8)


@settings(max_examples=150, deadline=None, derandomize=True)
@given(st.lists(PIECES, max_size=6).map("".join), st.lists(TEXTS, min_size=1, max_size=6))
def test_matches_as_python_does_except_at_line_ends(pattern: str, texts: list[str]) -> None:
    try:
        # $ of Python also matches before a line end at the end.
        search = re.compile(pattern.replace("$", r"\Z")).search
        ours = Pattern(pattern)
    except (re.error, ValueError):
        assume(False)
    assert [ours.matches(text) for text in texts] == [bool(search(text)) for text in texts]


@pytest.mark.parametrize(
    ("flags", "pattern", "text"),
    [
        ("i", "深A", "深a"),
        ("m", "^b$", "a\nb\nc"),
        ("s", "a.b", "a\nb"),
        ("x", "a b # c", "ab"),
        ("q", "a.b(", "xa.b(y"),
        ("im", "^B$", "a\nb"),
    ],
)
def test_flags_have_an_effect(flags: str, pattern: str, text: str) -> None:
    assert Pattern(pattern, flags).matches(text)
    if "(" not in pattern:
        assert not Pattern(pattern).matches(text)


@pytest.mark.parametrize(
    ("pattern", "flags"),
    [
        ("(", ""), ("[", ""), ("a{2,1}", ""), ("*", ""), ("(?=a)", ""), (r"(a)\1", ""),
        ("a{100000000}", ""), ("((a{99}){99}){99}", ""), ("a", "z"), ("a", "g"),
    ],
)  # fmt: skip
def test_what_is_not_an_expression_is_an_error(pattern: str, flags: str) -> None:
    with pytest.raises(ValueError, match=re.escape(pattern)):
        Pattern(pattern, flags)


def test_texts_are_matched_together(monkeypatch: pytest.MonkeyPatch) -> None:
    queries: list[object] = []

    def count(query: Callable[[], object]) -> object:
        queries.append(query)
        return query()

    pattern = Pattern("[05]$", list_texts=lambda: map(str, range(2 * BATCH)))
    monkeypatch.setattr("kg.check.patterns.run_interruptible", count)
    found = [number for number in range(2 * BATCH + 1) if pattern.matches(str(number))]
    assert found == list(range(0, 2 * BATCH + 1, 5))
    # The last number was not among the likely ones.
    assert len(queries) == 3


@pytest.mark.parametrize("text", ['"', "\\", "'", "\n", "\r\n", "\0", "\x1b", "\u2028", "𠀀", "}"])
def test_any_text_can_be_matched(text: str) -> None:
    assert Pattern("^(?s:.)+$").matches(text)
    assert not Pattern("^deep$").matches(text)
