"""Write rows as CSV (RFC 4180)."""

import re
from collections.abc import Iterable, Sequence
from typing import BinaryIO

from kg.formulas import escape_cell
from kg.names import XSD_STRING
from kg.tables.columns import SEPARATOR, Column
from kg.tables.rows import Row, WriteRows
from kg.tables.schema import Table

QUOTED = re.compile('[",;\t\r\n]|^ | $')


def start_csv(table: Table, stream: BinaryIO) -> WriteRows:
    """Write the header of a table in UTF-8; return the function that writes its rows."""

    def write_line(cells: Iterable[str]) -> None:
        stream.write((",".join(map(quote_cell, cells)) + "\n").encode())

    def write_rows(rows: Sequence[Row]) -> None:
        for row in rows:
            write_line(format_cell(c, row.get(c.name, ())) for c in table.columns)

    write_line(column.name for column in table.columns)
    return write_rows


def format_cell(column: Column, values: Sequence[str]) -> str:
    """Return the text of a cell, with formulas escaped; a number such as -5 stays as it is.

    >>> column = Column("voice", is_iri=True, namespace="https://e.org/")
    >>> format_cell(column, ["https://e.org/document"])
    'document'
    """
    text = SEPARATOR.join(value.removeprefix(column.namespace) for value in values)
    return escape_cell(text, is_typed=column.datatype not in ("", XSD_STRING))


def quote_cell(text: str) -> str:
    """Return a cell in quotation marks if it needs them (RFC 4180).

    >>> quote_cell('say "a", b'), quote_cell("a b")
    ('"say ""a"", b"', 'a b')
    """
    return '"' + text.replace('"', '""') + '"' if QUOTED.search(text) else text
