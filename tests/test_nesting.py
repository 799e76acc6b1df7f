"""Limits of nesting, counted before a parser or an engine reads a text."""

from typing import Literal

import pytest

from kg.errors import KgError
from kg.nesting import DEEPEST, check_nesting

Syntax = Literal["sparql", "turtle", "json"]
INSIDE: dict[Syntax, list[str]] = {
    "sparql": ["{%s}", "(%s)", "[%s]", "{|%s|}", "<<%s>>", "<<(%s)>>", "!%s", "- %s", "+%s", "^%s"],
    "turtle": ["{%s}", "(%s)", "[%s]", "{|%s|}", "<<%s>>", "<<(%s)>>"],
    "json": ["{%s}", "[%s]"],
}
CASES = [(syntax, form) for syntax, forms in INSIDE.items() for form in forms]


def nest(form: str, depth: int) -> str:
    before, after = form.split("%s")
    return f"\n {before * depth}1{after * depth}"


@pytest.mark.parametrize(("syntax", "form"), CASES)
def test_levels_above_the_limit_are_refused(syntax: Syntax, form: str) -> None:
    check_nesting(nest(form, DEEPEST), "a", syntax)
    column = 2 + DEEPEST * form.index("%s")
    for depth in (DEEPEST + 1, 1_000_000):
        with pytest.raises(
            KgError, match=rf"^a:2:{column}: nested deeper than 50 levels\. "
        ) as caught:
            check_nesting(nest(form, depth), "a", syntax)
        assert caught.value.exit_code == 2
