"""CSV: headers, cells and line ends, quoting, and escaping of formulas."""

import re
from io import BytesIO
from itertools import product

from kg.tables.cells import escape_formula, format_cell, quote_cell, start_csv, unescape_formula
from kg.tables.columns import Column
from kg.tables.schema import Table

FORMULA = r"[ \u00a0\u3000]*[=+\-@＝＋－＠]"
DECIMAL = "http://www.w3.org/2001/XMLSchema#decimal"
COLUMNS = (
    Column("id", namespace="https://e.org/"),
    Column("value", "https://e.org/value", datatype=DECIMAL),
    Column("note_en", "https://e.org/note", language="en"),
    Column("links", is_iri=True, is_list=True),
)


def write_csv(*, excel: bool) -> bytes:
    stream = BytesIO()
    table = Table("t", "https://e.org/T", COLUMNS, {}, {})
    write = start_csv(table, stream, excel=excel)
    write([{"id": ("https://e.org/a",), "value": ("-5.50",), "note_en": ("-5.50",)}])
    write([{"id": ("https://e.org/b",), "links": ("https://f.org/1", "https://f.org/2")}])
    return stream.getvalue()


def test_csv_has_a_header_and_a_line_for_each_row() -> None:
    assert write_csv(excel=False).decode() == (
        "id,value,note_en,links\na,-5.50,'-5.50,\nb,,,https://f.org/1 | https://f.org/2\n"
    )


def test_csv_for_excel_has_a_byte_order_mark_and_crlf() -> None:
    plain = write_csv(excel=False)
    assert b"\r" not in plain
    assert write_csv(excel=True) == b"\xef\xbb\xbf" + plain.replace(b"\n", b"\r\n")


def test_only_numbers_are_not_escaped() -> None:
    _, number, text, _ = COLUMNS
    assert format_cell(number, ["-5"]) == "-5"
    assert format_cell(number, ["-5+A1"]) == "'-5+A1"
    assert format_cell(text, ["=1+1"]) == "'=1+1"


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
