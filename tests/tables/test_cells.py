"""CSV: headers, cells, line ends and quoting."""

from io import BytesIO

from kg.tables.cells import format_cell, quote_cell, start_csv
from kg.tables.columns import Column
from kg.tables.schema import Table

DECIMAL = "http://www.w3.org/2001/XMLSchema#decimal"
COLUMNS = (
    Column("id", namespace="https://e.org/"),
    Column("value", "https://e.org/value", datatype=DECIMAL),
    Column("note_en", "https://e.org/note", language="en"),
    Column("links", is_iri=True, is_list=True),
)


def test_csv_has_a_header_and_a_line_for_each_row() -> None:
    stream = BytesIO()
    write = start_csv(Table("t", "https://e.org/T", COLUMNS, {}, {}), stream)
    write([{"id": ("https://e.org/a",), "value": ("-5.50",), "note_en": ("-5.50",)}])
    write([{"id": ("https://e.org/b",), "links": ("https://f.org/1", "https://f.org/2")}])
    assert stream.getvalue().decode() == (
        "id,value,note_en,links\na,-5.50,'-5.50,\nb,,,https://f.org/1 | https://f.org/2\n"
    )


def test_only_numbers_are_not_escaped() -> None:
    _, number, text, _ = COLUMNS
    assert format_cell(number, ["-5"]) == "-5"
    assert format_cell(number, ["-5+A1"]) == "'-5+A1"
    assert format_cell(text, ["=1+1"]) == "'=1+1"


def test_cells_are_quoted_if_a_reader_could_split_or_trim_them() -> None:
    for text in ("a,b", "a;b", "a\tb", "a\nb", "a\rb", " a", "a "):
        assert quote_cell(text) == f'"{text}"'
    assert quote_cell('say "a"') == '"say ""a"""'
    assert quote_cell("plain text") == "plain text"
