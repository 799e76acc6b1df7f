"""Rows as CSV (RFC 4180) in UTF-8."""

import re
from collections.abc import Sequence
from typing import BinaryIO

from kg.names import XSD_STRING
from kg.tables.cells import guard_text, quote_cell
from kg.tables.rows import Row
from kg.tables.table import SEPARATOR, Column, Table

NUMBER = re.compile(r"[+-]?[0-9.]+")
BYTE_ORDER_MARK = "\ufeff"


class CsvWriter:
    """One table as CSV; for Excel with a byte order mark and CRLF at the end of lines."""

    def __init__(self, table: Table, stream: BinaryIO, *, excel: bool = False) -> None:
        self._columns = table.columns
        self._stream = stream
        self._end = "\r\n" if excel else "\n"
        head = ",".join(quote_cell(column.name) for column in table.columns)
        self._put((BYTE_ORDER_MARK if excel else "") + head + self._end)

    def write(self, rows: Sequence[Row]) -> None:
        """Write rows."""
        self._put(
            "".join(
                ",".join(quote_cell(render_cell(c, row.get(c.name, ""))) for c in self._columns)
                + self._end
                for row in rows
            )
        )

    def close(self) -> None:
        """All is written already."""

    def _put(self, text: str) -> None:
        self._stream.write(text.encode("utf-8"))


def render_cell(column: Column, value: str | tuple[str, ...]) -> str:
    """Return a value as its cell has it, harmless for spreadsheets.

    A number is left as it is: -5 is no formula.

    >>> render_cell(Column("voice", link=True, base="https://e.org/"), "https://e.org/document")
    'document'
    """
    if not value:
        return ""
    values = value if isinstance(value, tuple) else (value,)
    text = SEPARATOR.join(one.removeprefix(column.base) for one in values)
    if column.datatype not in ("", XSD_STRING) and NUMBER.fullmatch(text):
        return text
    return guard_text(text)
