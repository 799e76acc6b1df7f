"""Workbooks: typed cells that Excel keeps as they are; opened with LibreOffice."""

import csv
import hashlib
import re
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from io import BytesIO
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.errors import KgError
from kg.formulas import unescape_formula
from kg.home import Home, find_home
from kg.names import read_names
from kg.tables import export_tables
from kg.tables import workbook as module
from kg.tables.codebook import SHEETS
from kg.tables.columns import Column
from kg.tables.rows import CUT_TEXT
from kg.tables.schema import Table
from kg.tables.workbook import cut_text, make_cell, read_number, shorten_name, write_workbook

ReadCsv = Callable[[Path], list[list[str]]]
NAMES = read_names(find_home())
MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
COLUMNS = (
    Column("id", namespace="https://e.org/"),
    *(
        Column(name, "https://e.org/p", datatype=NAMES.expand(f"xsd:{name}"))
        for name in ("decimal", "integer", "date", "boolean", "string")
    ),
    Column("link", is_iri=True),
)
TABLE = Table("t", "https://e.org/T", COLUMNS, {}, {})


def read_sheets(data: bytes) -> dict[str, list[list[object]]]:
    """Return the rows of each sheet: texts as str, numbers as float, True and False as bool."""
    archive = zipfile.ZipFile(BytesIO(data))
    book = ElementTree.fromstring(archive.read("xl/workbook.xml"))
    names = [sheet.attrib["name"] for sheet in book.iter(f"{MAIN}sheet")]
    return {
        name: list(read_rows(archive.read(f"xl/worksheets/sheet{number}.xml")))
        for number, name in enumerate(names, 1)
    }


def read_rows(xml: bytes) -> Iterator[list[object]]:
    tree = ElementTree.fromstring(xml)
    assert not list(tree.iter(f"{MAIN}f")), "no formulas"
    assert not list(tree.iter(f"{MAIN}hyperlink"))
    for row in tree.iter(f"{MAIN}row"):
        cells: list[object] = []
        for cell in row:
            letters = re.sub("[0-9]", "", cell.attrib["r"])
            column = sum((ord(c) - 64) * 26**n for n, c in enumerate(reversed(letters)))
            cells += [None] * (column - 1 - len(cells))
            text = "".join(part.text or "" for part in cell.iter() if part.tag[len(MAIN) :] in "tv")
            kind = cell.attrib.get("t")
            if kind == "inlineStr":
                # See ECMA-376, 22.9.2.19.
                cells.append(re.sub("_x([0-9A-F]{4})_", lambda m: chr(int(m[1], 16)), text))
            else:
                cells.append(bool(int(text)) if kind == "b" else float(text))
        yield cells


def write(*rows: dict[str, str]) -> list[list[object]]:
    """Return the cells of a sheet with these rows, with the header first."""
    stream = BytesIO()
    with write_workbook(stream, NAMES, "me", []) as book:
        book.start_table(TABLE)([{name: (text,) for name, text in row.items()} for row in rows])
    return read_sheets(stream.getvalue())["t"]


def write_one(column: str, text: str) -> object:
    return write({"id": "x", column: text})[1][-1]


@pytest.mark.parametrize(
    ("column", "text", "cell"),
    [
        ("decimal", "80.0", 80.0),
        ("decimal", "-3.50", -3.5),
        ("integer", "+5", 5.0),
        ("integer", "02022", 2022.0),
        ("integer", "999999999999999", 999999999999999.0),
        ("integer", "12345678901234567890", "12345678901234567890"),
        ("decimal", "0.1234567890123456789", "0.1234567890123456789"),
        ("decimal", "8_0", "8_0"),
        ("decimal", "NaN", "NaN"),
        ("boolean", "true", True),
        ("boolean", "0", False),
        ("boolean", "yes", "yes"),
        ("date", "2021-12-31", float((date(2021, 12, 31) - date(1899, 12, 30)).days)),
        ("date", "1900-02-28", "1900-02-28"),
        ("date", "-0044-03-15", "-0044-03-15"),
        ("date", "2021-12-31Z", "2021-12-31Z"),
        ("date", "2021-02-30", "2021-02-30"),
        ("date", "10000-01-01", "10000-01-01"),
        ("string", "00123", "00123"),
        ("string", "1/2", "1/2"),
        ("string", "1E5", "1E5"),
        ("string", "12345678901234567890", "12345678901234567890"),
        ("string", "TRUE", "TRUE"),
        ("string", "2021-12-31", "2021-12-31"),
        ("string", "=1+1", "=1+1"),
        ("string", "@SUM(A1)", "@SUM(A1)"),
        ("string", "{=1}", "{=1}"),
        ("string", "<r>x</r>", "<r>x</r>"),
        ("string", "<r><t>&lt;</t></r>", "<r><t>&lt;</t></r>"),
        ("string", "a\x00\x1b\r\n\ufffe\U0001f600", "a\x00\x1b\r\n\ufffe\U0001f600"),
        ("string", "_x0041_", "_x0041_"),
        ("string", " a ", " a "),
        ("link", "https://e.org/a", "https://e.org/a"),
        ("link", "mailto:a@e.org", "mailto:a@e.org"),
    ],
)
def test_cells_have_types_that_excel_keeps(column: str, text: str, cell: object) -> None:
    found = write_one(column, text)
    assert (found, type(found)) == (cell, type(cell))


@given(st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=50))
def test_any_text_arrives_as_it_is(text: str) -> None:
    assert write_one("string", text) == text


@given(st.decimals(allow_nan=False, allow_infinity=False), st.integers(0, 5))
def test_number_is_exact_or_a_text(number: Any, zeros: int) -> None:
    text = f"{number:f}"
    if "." in text:
        text += "0" * zeros
    found = read_number(text)
    # Excel writes 15 significant digits.
    assert found is None or f"{found:.15g}" == f"{float(text):.15g}"
    assert found is None or float(f"{found:.15g}") == float(text)
    digits = re.sub(r"[-.]", "", text).strip("0")
    assert found is None if len(digits) > 15 else True


@given(st.dates())
def test_date_is_a_date_since_march_1900(day: date) -> None:
    cell = make_cell(NAMES, COLUMNS[3], [day.isoformat()])
    assert cell == (day if day >= date(1900, 3, 1) else day.isoformat())


@pytest.mark.parametrize("text", ["x" * 32_767, "x" * 40_000, "😀" * 20_000, "x" + "😀" * 16_384])
def test_long_text_is_cut_between_characters(text: str) -> None:
    shown = cut_text(text)
    assert len(shown.encode("utf-16-le")) // 2 <= 32_767
    assert shown == text or (shown[-1] == "…" and text.startswith(shown[:-1]))
    assert (shown == text) == (len(text.encode("utf-16-le")) // 2 <= 32_767)


def test_sheet_names_fit_and_differ() -> None:
    taken: set[str] = set()
    for name in ("A" * 40, "a" * 31, "a" * 45, "History", "a[b]:*?/\\'", "A-B------"):
        short = shorten_name(name, taken)
        assert len(short) <= 31
        assert not set(short) & set("[]:*?/\\'")
        assert short.lower() not in taken | {"history"}
        taken.add(short.lower())


@pytest.fixture(scope="module")
def book(home: Home, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The workbook with the project's own data."""
    path = tmp_path_factory.mktemp("workbook") / "tables.xlsx"
    assert export_tables(home, path).left_out == {}
    return path


def format_cell(header: str, cell: object) -> str:
    """Return a cell as CSV has it, with numbers as short as possible."""
    if isinstance(cell, bool):
        return str(cell).lower()
    if isinstance(cell, float):
        if header in ("issued", "startDate", "endDate", "deadline", "modified", "retrieved"):
            return (date(1899, 12, 30) + timedelta(cell)).isoformat()
        return f"{cell:.15g}"
    return "" if cell is None else str(cell)


def compare_with_csv(
    sheets: dict[str, list[list[str]]], sheet_names: dict[str, str], folder: Path, read_csv: ReadCsv
) -> int:
    """Check that the sheets have the rows of the CSV files; return the number of cells."""
    paths = sorted(folder.glob("*.csv"))
    assert {path.stem for path in paths} == set(sheet_names)
    compared = 0
    for path in paths:
        rows = sheets[sheet_names[path.stem]]
        expected = [[level(unescape_formula(cell)) for cell in row] for row in read_csv(path)]
        width = len(expected[0])
        found = [[level(cell) for cell in row] + [""] * (width - len(row)) for row in rows]
        assert found == expected, path.name
        compared += sum(map(len, found))
    return compared


def level(cell: str) -> str:
    """Return a cell without what only the notation of a number or of a line end changes."""
    cell = cell.replace("\r\n", "\n").replace("\r", "\n")
    return f"{float(cell):.15g}" if re.fullmatch(r"-?\d{1,12}\.\d+", cell) else cell


@pytest.mark.slow
def test_workbook_has_the_rows_of_csv(book: Path, tables: Path, read_csv: ReadCsv) -> None:
    raw = read_sheets(book.read_bytes())
    assert list(raw)[:3] == list(SHEETS)
    codebook = raw["codebook"][1:]
    sheet_names = {str(row[1]): str(row[0]) for row in codebook}
    assert list(raw)[3:] == list(dict.fromkeys(sheet_names.values()))
    dates = {
        str(row[2]) for row in codebook if str(row[5]).startswith("date") and str(row[1]) in raw
    }
    sheets = {}
    for name, (header, *rows) in ((n, raw[n]) for n in sheet_names.values()):
        titles = [str(title) for title in header]
        cells = [
            [
                (date(1899, 12, 30) + timedelta(cell)).isoformat()
                if isinstance(cell, float) and title in dates
                else format_cell(title, cell)
                for title, cell in zip(titles, row, strict=False)
            ]
            for row in rows
        ]
        sheets[name] = [titles, *cells]
    assert compare_with_csv(sheets, sheet_names, tables, read_csv) > 20_000
    columns = {(row[1], row[2]) for row in codebook}
    assert len(columns) == sum(len(read_csv(path)[0]) for path in tables.glob("*.csv"))
    assert ["voice", "document"] in [row[:2] for row in raw["codes"]]
    about = "\n".join(str(row[0]) for row in raw["about"])
    assert "`" not in about and "**" not in about and "编码手册" in about


def test_the_same_data_give_the_same_bytes(
    untouched: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    digests = set()
    for number, zone in enumerate(("UTC", "Asia/Shanghai")):
        monkeypatch.setenv("TZ", zone)
        export_tables(untouched, tmp_path / f"{number}.xlsx")
        digests.add(hashlib.sha256((tmp_path / f"{number}.xlsx").read_bytes()).hexdigest())
    assert len(digests) == 1


def test_selection_to_standard_output(
    untouched: Home, capsysbinary: pytest.CaptureFixture[bytes]
) -> None:
    export_tables(untouched, Path("-"), file_format="xlsx", table_names=["targets"])
    output, errors = capsysbinary.readouterr()
    assert errors == b""
    names = list(read_sheets(output))
    assert names[:4] == [*SHEETS, "targets"]
    assert all(name.startswith("targets-") for name in names[4:])


def test_cut_texts_are_reported(hostile_home: Home, tmp_path: Path) -> None:
    path = tmp_path / "t.xlsx"
    export = export_tables(hostile_home, path)
    assert export.left_out[CUT_TEXT] == 5  # cells of labels, a unit, a description and a note
    about = read_sheets(path.read_bytes())["about"]
    assert any("5 texts are longer than a cell can hold" in str(row) for row in about)


def test_failure_leaves_nothing(
    untouched: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr("tempfile.tempdir", None)
    monkeypatch.setattr(module, "LONGEST_SHEET", 3)
    with pytest.raises(KgError, match=r"more rows than a sheet can have \(2\)\. Export CSV"):
        export_tables(untouched, tmp_path / "t.xlsx")
    assert list(tmp_path.iterdir()) == []


def test_missing_xlsxwriter_is_reported(
    untouched: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "xlsxwriter", None)
    with pytest.raises(KgError, match=r"city-policy-kg\[excel\]', or export CSV\."):
        export_tables(untouched, tmp_path / "t.xlsx")
    assert list(tmp_path.iterdir()) == []


def convert(book: Path, folder: Path) -> dict[str, list[list[str]]]:
    """Return the rows of each sheet as LibreOffice reads and shows them."""
    office = shutil.which("soffice") or shutil.which("libreoffice")
    if not office:
        pytest.skip("soffice is not installed: LibreOffice Calc opens the workbook")
    # All sheets, in UTF-8, with numbers and dates as shown:
    # https://help.libreoffice.org/latest/en-US/text/shared/guide/csv_params.html
    form = "csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,true,false,false,false,-1"
    profile = f"-env:UserInstallation={(folder / 'profile').as_uri()}"
    command: list[str | Path] = [
        office,
        profile,
        "--headless",
        "--convert-to",
        form,
        "--outdir",
        folder,
        book,
    ]
    subprocess.run(command, check=True, capture_output=True, timeout=600)
    sheets = {}
    for path in folder.glob("*.csv"):
        with path.open(encoding="utf-8", newline="") as file:
            rows = list(csv.reader(file))
        sheets[path.stem.removeprefix(f"{book.stem}-")] = rows
    return sheets


@pytest.mark.slow
def test_libreoffice_shows_the_same_cells(
    book: Path, tables: Path, read_csv: ReadCsv, tmp_path: Path
) -> None:
    sheets = convert(book, tmp_path)
    sheet_names = {row[1]: row[0] for row in sheets["codebook"][1:]}
    for rows in sheets.values():
        for row in rows:
            row[:] = [{"TRUE": "true", "FALSE": "false"}.get(cell, cell) for cell in row]
    assert compare_with_csv(sheets, sheet_names, tables, read_csv) > 20_000


@pytest.mark.slow
def test_libreoffice_shows_hostile_texts_as_texts(
    hostile_home: Home, hostile_texts: list[str], tmp_path: Path
) -> None:
    path = tmp_path / "t.xlsx"
    export_tables(hostile_home, path)
    header, *rows = convert(path, tmp_path / "csv")["indicators"]
    label = header.index("label_en")
    shown = {row[0]: row[label] for row in rows}
    for number, text in enumerate(hostile_texts):
        cell = shown[f"indicator/hostile-{number}"]
        expected = cut_text(text).replace("\r\n", "\n").replace("\r", "\n")
        assert cell.replace("\r\n", "\n").replace("\r", "\n") == expected
