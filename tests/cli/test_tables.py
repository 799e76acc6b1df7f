"""`kg export tables`: options, messages and exit codes.

What the tables contain is tested in tests/tables/.
"""

import csv
import io
import shlex
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from kg.home import Home
from kg.tables.rows import NO_TABLE

Call = Callable[..., "subprocess.CompletedProcess[str]"]


def test_message_has_the_number_of_tables_and_rows(
    untouched: Home, tmp_path: Path, call: Call, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    done = call("export", "tables", home=untouched)
    folder = tmp_path / "tables"
    tables = [path.read_text("utf-8") for path in folder.glob("*.csv")]
    rows = sum(len(list(csv.DictReader(io.StringIO(table)))) for table in tables)
    assert done.stdout == f"tables: {len(tables)} tables, {rows} rows\n"
    assert rows > len(tables) > 10
    assert {"codebook.md", "csv-metadata.json", "manifest.json"} < {
        f.name for f in folder.iterdir()
    }


def test_one_table_to_standard_output(untouched: Home, call: Call) -> None:
    words = ["export", "tables", "--table", "targets", "-o", "-"]
    done = call(*words, home=untouched)
    assert done.stdout.startswith("id,type,")
    assert "\ntarget/suzhou-test-reach," in done.stdout
    assert done.stderr == ""
    chinese = call(*words, "--lang", "zh-Hans", home=untouched).stdout
    assert ",试验平台覆盖面," in chinese
    assert "Reach of the test platform" not in chinese


def test_statements_that_no_table_has_are_reported(small: Home, tmp_path: Path, call: Call) -> None:
    (small.data / "odd.ttl").write_text("<https://example.org/x> a <https://example.org/C> .")
    done = call("export", "tables", "-o", tmp_path / "tables", home=small)
    assert done.stderr == f"kg: not written: 1 {NO_TABLE}\n"


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("--table foo", "kg: foo: unknown table. Use one of cities, documents, "),
        ("--table targets-foo", "kg: targets-foo: unknown link table. Use one of "),
        ("-o -", "kg: -o - writes one table. Select it with --table, or give a folder.\n"),
        ("-o - --table targets --table bodies", "kg: -o - writes one table. "),
        ("-o t.XLSX --format parquet", "kg: t.XLSX: is the name of a workbook, not of a folder. "),
        ("--format xlsx", "kg: tables: a workbook is one file. Write -o tables.xlsx.\n"),
        (
            "-o file.csv --table targets",
            "kg: file.csv: is not a folder. Give a folder with -o, or ",
        ),
        ("--lang fr", "kg: Invalid value for '--lang': 'fr' is not one of 'en', "),
    ],
)
def test_usage_error_writes_nothing(
    line: str,
    message: str,
    untouched: Home,
    tmp_path: Path,
    call: Call,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("file.csv").touch()
    done = call("export", "tables", *line.split(), home=untouched, code=2)
    assert done.stderr.startswith(message)
    assert done.stdout == ""
    assert [path.name for path in tmp_path.iterdir()] == ["file.csv"]


@pytest.mark.slow
def test_examples_of_the_help(
    untouched: Home, tmp_path: Path, call: Call, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    lines = call("export", "tables", "--help").stdout.splitlines()
    examples = [line.strip().partition("   ")[0] for line in lines if line.startswith("  kg ")]
    assert len(examples) == 6
    for example in examples:
        # pyarrow takes long to load; tests/tables/ has it.
        if "parquet" not in example:
            assert call(*shlex.split(example)[1:], home=untouched).stdout
    assert {path.name for path in tmp_path.iterdir()} == {"tables", "targets", "tables.xlsx"}
