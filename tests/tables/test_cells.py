"""Cells: escaping of formulas, and quoting."""

import re
from itertools import product

from kg.tables.cells import escape_formula, quote_cell, unescape_formula

FORMULA = r"[ \u00a0\u3000]*[=+\-@＝＋－＠]"


def test_escaping_is_reversible_and_leaves_no_formula() -> None:
    escaped_texts = 0
    for length in range(5):
        for characters in product("='\t\n;- ＝a", repeat=length):
            text = "".join(characters)
            escaped = escape_formula(text)
            assert unescape_formula(escaped) == text
            assert not re.match(rf"{FORMULA}|[ \u00a0\u3000]*[\t\r\n]", escaped), text
            assert not re.search(f"[;\t\n]{FORMULA}", escaped), text
            escaped_texts += escaped != text
    assert escaped_texts > 2_000


def test_harmless_text_is_not_escaped() -> None:
    for text in ("well-known = fine", "a - b", "'tis", "2020-01", ""):
        assert escape_formula(text) == unescape_formula(text) == text


def test_cells_are_quoted_if_a_reader_could_split_or_trim_them() -> None:
    for text in ("a,b", "a;b", "a\tb", "a\nb", "a\rb", " a", "a "):
        assert quote_cell(text) == f'"{text}"'
    assert quote_cell('say "a"') == '"say ""a"""'
    assert quote_cell("plain text") == "plain text"
