"""Parquet: the same rows as CSV, with types."""

import json
import re
import sys
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from io import BytesIO
from pathlib import Path

import pytest

from kg.errors import KgError
from kg.home import PACKAGE, Home
from kg.names import LANGUAGES
from kg.tables import Vocabulary, export_tables
from kg.tables.parquet import write_parquet
from kg.tables.rows import Row
from kg.tables.schema import read_schema

ReadCsv = Callable[[Path], list[list[str]]]


@pytest.fixture(scope="module")
def parquet(home: Home, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder with the tables of the project's own data."""
    folder = tmp_path_factory.mktemp("parquet") / "tables"
    export_tables(home, folder, file_format="parquet")
    return folder


def format_value(value: object) -> str:
    """Return a value of Parquet as in CSV, a decimal without trailing zeros."""
    if isinstance(value, Decimal):
        return str(value.normalize())
    if isinstance(value, date):
        return value.isoformat()
    return "" if value is None else str(value).lower() if isinstance(value, bool) else str(value)


@pytest.mark.slow
def test_parquet_has_the_rows_of_csv(parquet: Path, tables: Path, read_csv: ReadCsv) -> None:
    import pyarrow.parquet as pq

    paths = sorted(parquet.glob("*.parquet"))
    assert {path.stem for path in paths} == {path.stem for path in tables.glob("*.csv")}
    assert len(paths) > 60
    for path in paths:
        header, *rows = read_csv(tables / f"{path.stem}.csv")
        table = pq.read_table(path)
        assert table.column_names == header
        assert [[format_value(v) for v in row.values()] for row in table.to_pylist()] == [
            [str(Decimal(c).normalize()) if re.fullmatch(r"\d+\.\d+", c) else c for c in row]
            for row in rows
        ]


def test_columns_have_types(parquet: Path) -> None:
    import pyarrow as pa
    import pyarrow.parquet as pq

    targets = pq.read_schema(parquet / "targets.parquet")
    assert pa.types.is_decimal(targets.field("targetValue").type)
    assert targets.field("deadlineYear").type == pa.int64()
    assert targets.field("themes").type == pa.string()
    assert not targets.field("id").nullable
    periods = pq.read_schema(parquet / "periods.parquet")
    assert periods.field("startDate").type == pa.date32()


def test_each_file_has_its_metadata(parquet: Path) -> None:
    import pyarrow.parquet as pq

    for path in parquet.glob("*.parquet"):
        metadata = pq.read_schema(path).metadata
        assert metadata[PACKAGE.encode()].decode().startswith(PACKAGE)
        assert json.loads(metadata[b"csvw"])["url"] == path.name
        assert ".csv" not in metadata[b"csvw"].decode()
    assert not (parquet / "csv-metadata.json").exists()


def test_lists_are_texts_that_pandas_groups_by(parquet: Path) -> None:
    import pandas as pd

    targets = pd.read_parquet(parquet / "targets.parquet")
    assert any(" | " in themes for themes in targets["themes"])
    for name in ("city_label", "document", "themes"):
        assert len(targets.groupby(name).size()) > 5


def test_texts_are_not_escaped(
    hostile_home: Home, hostile_texts: list[str], tmp_path: Path
) -> None:
    import pyarrow.parquet as pq

    export_tables(hostile_home, tmp_path, file_format="parquet", table_names=["indicators"])
    labels = pq.read_table(tmp_path / "indicators.parquet")["label_en"].to_pylist()
    assert set(hostile_texts) <= set(labels)


def test_value_that_does_not_fit_its_type(home: Home, vocabulary: Vocabulary) -> None:
    schema = read_schema(home, vocabulary, LANGUAGES)
    targets = next(table for table in schema.tables if table.name == "targets")
    cases = [
        ("targetValue", "1.12345678901"),  # more than ten places
        ("deadline", "2022-13-45"),
        ("deadlineYear", "99999999999999999999"),
        ("openEnded", "perhaps"),
        # Python reads these.
        ("targetValue", "1E2"),
        ("deadline", "20221231"),
        ("deadlineYear", "2_022"),
        ("deadlineYear", "２０２２"),
    ]
    for column, value in cases:
        row: Row = {"id": ("https://e.org/a",), column: (value,)}
        with (
            pytest.raises(KgError, match=rf"{column}: .*Correct the data"),
            write_parquet(schema, targets, BytesIO()) as write,
        ):
            write([row])


def test_failed_export_leaves_no_files(
    small: Home, add_data: Callable[[Home, str], None], tmp_path: Path
) -> None:
    add_data(small, "target:odd a cdp:QuantitativeTarget ; cdp:targetValue 1.12345678901 .")
    with pytest.raises(KgError, match="targetValue"):
        export_tables(small, tmp_path / "tables", file_format="parquet")
    assert not (tmp_path / "tables").exists()


def test_error_without_pyarrow_names_the_extra(
    untouched: Home, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    with pytest.raises(KgError, match=r"city-policy-kg\[parquet\]"):
        export_tables(untouched, tmp_path / "tables", file_format="parquet")
    assert not (tmp_path / "tables").exists()
