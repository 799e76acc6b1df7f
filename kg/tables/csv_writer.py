"""Write rows as CSV (RFC 4180) in UTF-8."""

import re
from collections.abc import Iterable, Sequence
from typing import BinaryIO

from kg.names import XSD_STRING
from kg.tables.cells import escape_formula, quote_cell
from kg.tables.columns import SEPARATOR, Column
from kg.tables.rows import Row
from kg.tables.schema import Table

NUMBER = re.compile(r"[+-]?[0-9.]+")
BYTE_ORDER_MARK = "\ufeff"


class CsvWriter:
    """Writes one table as CSV; for Excel with a byte order mark, and CRLF at the end of lines."""

    def __init__(self, table: Table, stream: BinaryIO, *, excel: bool = False) -> None:
        self._columns = table.columns
        self._stream = stream
        self._line_end = "\r\n" if excel else "\n"
        if excel:
            self._stream.write(BYTE_ORDER_MARK.encode())
        self._write_line(column.name for column in table.columns)

    def write(self, rows: Sequence[Row]) -> None:
        """Write rows."""
        for row in rows:
            self._write_line(format_cell(c, row.get(c.name, ())) for c in self._columns)

    def close(self) -> None:
        """Do nothing: all rows are written."""

    def _write_line(self, cells: Iterable[str]) -> None:
        self._stream.write((",".join(map(quote_cell, cells)) + self._line_end).encode())


def format_cell(column: Column, values: Sequence[str]) -> str:
    """Return the text of a cell, with formulas escaped; a number such as -5 stays as it is.

    >>> column = Column("voice", is_iri=True, namespace="https://e.org/")
    >>> format_cell(column, ["https://e.org/document"])
    'document'
    """
    text = SEPARATOR.join(value.removeprefix(column.namespace) for value in values)
    if column.datatype not in ("", XSD_STRING) and NUMBER.fullmatch(text):
        return text
    return escape_formula(text)
