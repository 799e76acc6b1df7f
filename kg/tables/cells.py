"""Write rows as CSV (RFC 4180), and escape text that a spreadsheet would run as a formula.

A spreadsheet runs a cell that starts with one of `= + - @` (full-width forms too), also after
spaces (https://owasp.org/www-community/attacks/CSV_Injection). If it takes a semicolon or a tab
for the separator, the text after one is a cell of its own.
"""

import re
from collections.abc import Iterable, Sequence
from typing import BinaryIO

from kg.names import XSD_STRING
from kg.tables.columns import SEPARATOR, Column
from kg.tables.rows import Row, WriteRows
from kg.tables.schema import Table

NUMBER = re.compile(r"[+-]?[0-9.]+")
START = r"(?:^|(?<=[;\t\r\n]))"
SPACES = r"[ \u00a0\u3000]*"
FORMULA = f"{SPACES}[=+\\-@＝＋－＠]"
UNESCAPED = re.compile(f"{START}(?='*{FORMULA})|^(?='*{SPACES}[\\t\\r\\n])")
ESCAPED = re.compile(f"{START}'(?='*{FORMULA})|^'(?='*{SPACES}[\\t\\r\\n])")
QUOTED = re.compile('[",;\t\r\n]|^ | $')


def start_csv(table: Table, stream: BinaryIO, *, excel: bool = False) -> WriteRows:
    """Write the header of a table in UTF-8; return the function that writes its rows.

    For Excel there is a byte order mark, and lines end in CRLF.
    """
    line_end = "\r\n" if excel else "\n"

    def write_line(cells: Iterable[str]) -> None:
        stream.write((",".join(map(quote_cell, cells)) + line_end).encode())

    def write_rows(rows: Sequence[Row]) -> None:
        for row in rows:
            write_line(format_cell(c, row.get(c.name, ())) for c in table.columns)

    if excel:
        stream.write("\ufeff".encode())
    write_line(column.name for column in table.columns)
    return write_rows


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


def escape_formula(text: str) -> str:
    """Return a text with an apostrophe before each place where a formula would start.

    Apostrophes that are already there get one more, so that `unescape_formula` is the inverse.

    >>> escape_formula("=1+1"), escape_formula("'=1+1"), escape_formula("a - b; -c")
    ("'=1+1", "''=1+1", "a - b;' -c")
    """
    return UNESCAPED.sub("'", text)


def unescape_formula(text: str) -> str:
    """Return the text that `escape_formula` escaped.

    >>> unescape_formula("''=1+1"), unescape_formula("'tis")
    ("'=1+1", "'tis")
    """
    return ESCAPED.sub("", text)


def quote_cell(text: str) -> str:
    """Return a cell in quotation marks if it needs them (RFC 4180).

    >>> quote_cell('say "a", b'), quote_cell("a b")
    ('"say ""a"", b"', 'a b')
    """
    return '"' + text.replace('"', '""') + '"' if QUOTED.search(text) else text
