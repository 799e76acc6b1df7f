"""Write tables as an Excel workbook with typed cells, a sheet for each, with XlsxWriter.

Excel keeps 15 digits of a number, has no date before 1900, and cuts texts, sheets and the names of
sheets (https://support.microsoft.com/office/1672b34d-7043-467e-8e27-269d656771c3). What it would
change is written as text, so that it stays as it is.
"""

import re
import shutil
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, BinaryIO

from kg.display import escape_controls
from kg.errors import KgError, require
from kg.formulas import NUMBER, escape_formula
from kg.home import name_program
from kg.names import Names
from kg.tables.columns import SEPARATOR, Column
from kg.tables.rows import Row, WriteRows
from kg.tables.schema import Table

Cell = str | int | float | bool | date

LONGEST_TEXT, LONGEST_NAME, LONGEST_SHEET = 32_767, 31, 1_048_576
LONGEST_FORMATTED = 255  # Some versions show ### for a longer text in the format for texts.
DIGITS = 15
FIRST_DATE = date(1900, 3, 1)  # Excel has a 29 February 1900, other programs do not.
BOOLEANS = {"true": True, "1": True, "false": False, "0": False}
# Everything else about a workbook is fixed as well, so the same data give the same bytes.
CREATED = datetime(2000, 1, 1)
COLUMN_WIDTH = 20


def load_xlsxwriter() -> Any:
    """Return XlsxWriter.

    Raises:
        KgError: it is not installed.
    """
    return require("xlsxwriter", "excel", hint=", or export CSV.")


class Workbook:
    """A workbook under construction; `cut_texts` is the number of texts that were too long."""

    def __init__(self, book: Any, names: Names, reserved: Sequence[str]) -> None:
        """Take a workbook of XlsxWriter; its first sheets have the reserved names."""
        self.cut_texts = 0
        self._book, self._names = book, names
        self._formats = {
            "title": book.add_format({"bold": True}),
            "text": book.add_format({"num_format": "@"}),
            "date": book.add_format({"num_format": "yyyy-mm-dd"}),
        }
        self._sheets: dict[str, Any] = {}
        for name in reserved:
            self._add_sheet(name)

    def start_table(self, table: Table) -> WriteRows:
        """Add the sheet of a table with its header; return the function that writes its rows.

        Raises (that function):
            KgError: the table has more rows than a sheet.
        """
        sheet = self._add_sheet(table.name)
        self._write_row(sheet, 0, [column.name for column in table.columns], "title")
        last = 0

        def write_rows(rows: Sequence[Row]) -> None:
            nonlocal last
            if last + len(rows) >= LONGEST_SHEET:
                raise KgError(
                    f"{table.name}: more rows than a sheet can have ({LONGEST_SHEET - 1:,}). "
                    "Export CSV or Parquet."
                )
            for last, row in enumerate(rows, last + 1):  # noqa: B020
                cells = (make_cell(self._names, c, row.get(c.name, ())) for c in table.columns)
                self._write_row(sheet, last, cells)

        return write_rows

    def fill_sheet(self, name: str, rows: Iterable[Sequence[str]]) -> None:
        """Write the rows of a reserved sheet, with the header first."""
        for number, row in enumerate(rows):
            self._write_row(self._sheets[name], number, row, "title" if number == 0 else "")

    def sort_sheets(self, names: Sequence[str]) -> None:
        """Put the sheets of these tables into an order, after the reserved ones."""
        order = [self._sheets[name] for name in names]
        first = [sheet for sheet in self._book.worksheets() if sheet not in order]
        self._book.worksheets_objs[:] = [*first, *order]

    def find_sheet_name(self, table_name: str) -> str:
        """Return the name of a table's sheet, which can be shorter."""
        name: str = self._sheets[table_name].get_name()
        return name

    def _add_sheet(self, name: str) -> Any:
        taken = {sheet.get_name().lower() for sheet in self._book.worksheets()}
        sheet = self._book.add_worksheet(shorten_name(name, taken))
        sheet.freeze_panes(1, 1)
        sheet.set_column(0, 0, 2 * COLUMN_WIDTH)
        sheet.set_column(1, 200, COLUMN_WIDTH)
        self._sheets[name] = sheet
        return sheet

    def _write_row(self, sheet: Any, row: int, cells: Iterable[Cell], form: str = "") -> None:
        for number, cell in enumerate(cells):
            if isinstance(cell, bool):
                sheet.write_boolean(row, number, cell)
            elif isinstance(cell, int | float):
                sheet.write_number(row, number, cell)
            elif isinstance(cell, date):
                sheet.write_datetime(row, number, cell, self._formats["date"])
            elif cell:
                self._write_text(sheet, row, number, cell, form)

    def _write_text(self, sheet: Any, row: int, column: int, text: str, form: str) -> None:
        shown = cut_text(text)
        self.cut_texts += shown != text
        # In this format, a text that looks like something else stays a text when it is edited.
        if not form and len(shown) <= LONGEST_FORMATTED and is_misread(shown):
            form = "text"
        if shown.startswith("<r>") and shown.endswith("</r>"):
            # XlsxWriter would take it for its own markup, unless it comes in parts.
            sheet.write_rich_string(row, column, "<", "r>", escape_controls(shown[3:]))
        else:
            sheet.write_string(row, column, shown, self._formats.get(form))


@contextmanager
def write_workbook(
    stream: BinaryIO, names: Names, creator: str, reserved: Sequence[str]
) -> Iterator[Workbook]:
    """Yield a workbook that is written to the stream at the end of the block.

    Raises:
        KgError: XlsxWriter is not installed.
    """
    xlsxwriter = load_xlsxwriter()
    with TemporaryDirectory() as folder:
        path = Path(folder) / "tables.xlsx"
        # Rows wait in temporary files, so that memory does not grow with the tables.
        book = xlsxwriter.Workbook(str(path), {"constant_memory": True, "tmpdir": folder})
        book.set_properties({"author": creator, "comments": name_program(), "created": CREATED})
        try:
            yield Workbook(book, names, reserved)
        finally:
            _close(xlsxwriter, book)
        with path.open("rb") as file:
            shutil.copyfileobj(file, stream)


def _close(xlsxwriter: Any, book: Any) -> None:
    """Close a workbook and its temporary files, also after an error."""
    try:
        book.close()
    except xlsxwriter.exceptions.FileCreateError as error:
        raise error.args[0] from None


def make_cell(names: Names, column: Column, values: Sequence[str]) -> Cell:
    """Return the value of a cell: a number, bool or date if Excel keeps it, otherwise the text."""
    text = SEPARATOR.join(value.removeprefix(column.namespace) for value in values)
    read = READERS.get(names.shorten(column.datatype)) if column.datatype else None
    value = read(text.strip()) if read and text else None
    return text if value is None else value


def read_number(text: str) -> float | None:
    """Return a number, or None if it is not one or has more digits than Excel keeps.

    >>> read_number("-3.50"), read_number("12345678901234567890"), read_number("INF")
    (-3.5, None, None)
    """
    if not NUMBER.fullmatch(text):
        return None
    digits = re.split("[eE]", text)[0].lstrip("+-0.")
    if "." in text:
        digits = digits.rstrip("0").replace(".", "")
    number = float(text)
    return number if len(digits) <= DIGITS and abs(number) < 1e300 else None


def read_date(text: str) -> date | None:
    """Return a date, or None if it is not one without a time zone, or is one before March 1900."""
    try:
        found = date.fromisoformat(text) if re.fullmatch(r"\d{4}-\d\d-\d\d", text) else None
    except ValueError:
        return None
    return found if found and found >= FIRST_DATE else None


READERS: dict[str, Callable[[str], Cell | None]] = {
    "xsd:boolean": BOOLEANS.get,
    "xsd:date": read_date,
    **{
        f"xsd:{name}": read_number
        for name in "byte decimal double float gYear int integer long negativeInteger "
        "nonNegativeInteger nonPositiveInteger positiveInteger short".split()
    },
}


def is_misread(text: str) -> bool:
    """Return whether Excel could take a text for a number, date or formula when it is edited.

    >>> [is_misread(text) for text in ("00123", "1/2", "1E5", "=A1", "2021 plan", "武汉")]
    [True, True, True, True, True, False]
    """
    return text[0].isdigit() or text[0] in "+-.'(" or escape_formula(text) != text


def cut_text(text: str) -> str:
    """Return a text as a cell can hold it; if it is cut, it ends in `…`.

    Excel counts code units of UTF-16, in which some characters have two.
    """
    if len(text) * 2 <= LONGEST_TEXT or len(text.encode("utf-16-le")) // 2 <= LONGEST_TEXT:
        return text
    encoded = text.encode("utf-16-le")[: 2 * (LONGEST_TEXT - 1)]
    return encoded.decode("utf-16-le", "ignore") + "…"


def shorten_name(name: str, taken: Iterable[str]) -> str:
    """Return a name as a sheet can have it, which is not among the ones taken, in lower case.

    >>> shorten_name("pillars-and-highlights-usesTechnology", [])
    'pillars-and-highlights-usesTech'
    >>> shorten_name("a/b", ["a-b"])
    'a-b~2'
    """
    name = re.sub(r"[\[\]:*?/\\'\x00-\x1f]", "-", name)
    short, number = name[:LONGEST_NAME], 1
    while short.lower() in taken or short.lower() == "history":
        number += 1
        end = f"~{number}"
        short = name[: LONGEST_NAME - len(end)] + end
    return short
