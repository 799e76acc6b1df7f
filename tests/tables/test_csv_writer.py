"""CSV: headers, cells and line ends."""

from io import BytesIO

from kg.tables.columns import Column
from kg.tables.csv_writer import CsvWriter, format_cell
from kg.tables.schema import Table

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
    writer = CsvWriter(table, stream, excel=excel)
    writer.write([{"id": ("https://e.org/a",), "value": ("-5.50",), "note_en": ("-5.50",)}])
    writer.write([{"id": ("https://e.org/b",), "links": ("https://f.org/1", "https://f.org/2")}])
    writer.close()
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
