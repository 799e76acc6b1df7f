"""Rows as Parquet, with types: https://parquet.apache.org/."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any, BinaryIO

from kg.errors import KgError
from kg.home import PACKAGE, producer
from kg.tables.metadata import describe_table
from kg.tables.rows import Row
from kg.tables.table import SEPARATOR, Column, Table, Tables

if TYPE_CHECKING:
    import pyarrow as pa

GROUP = 20_000  # rows held in memory and written together
DIGITS, PLACES = 38, 10
CORRECT = "Correct the data (kg check), or export CSV."


class ParquetWriter:
    """One table as Parquet, in groups of rows."""

    def __init__(self, tables: Tables, table: Table, stream: BinaryIO) -> None:
        """Begin a table.

        Raises:
            KgError: pyarrow is not installed.
        """
        self._library = load_library()
        from pyarrow.parquet import ParquetWriter as Library

        self._table = table
        pairs = [_choose_type(self._library, tables, column) for column in table.columns]
        self._readers = [reader for _, reader in pairs]
        said = describe_table(tables, table, [], form="parquet")
        told = {PACKAGE: producer(), "csvw": json.dumps(said)}
        self._schema = self._library.schema(
            [
                self._library.field(column.name, kind, nullable=column is not table.key)
                for column, (kind, _) in zip(table.columns, pairs, strict=True)
            ],
            metadata=told,
        )
        self._writer = Library(stream, self._schema, compression="zstd", version="2.6")
        self._held: list[Any] = []
        self._count = 0

    def write(self, rows: Sequence[Row]) -> None:
        """Take rows.

        Raises:
            KgError: a value is not of its column's datatype.
        """
        self._held.append(self._make_batch(rows))
        self._count += len(rows)
        if self._count >= GROUP:
            self._flush()

    def close(self) -> None:
        """Write what there is still to write."""
        if self._count:
            self._flush()
        self._writer.close()

    def release(self) -> None:
        """Let go of the stream, whatever came of it; the library does so only much later."""
        self._writer.close()

    def _make_batch(self, rows: Sequence[Row]) -> Any:
        """Return rows in the library's form, which is smaller than ours."""
        arrays = []
        for column, read, part in zip(
            self._table.columns, self._readers, self._schema, strict=True
        ):
            values = [_read_cell(self._table, column, read, row) for row in rows]
            try:
                arrays.append(self._library.array(values, part.type))
            except (self._library.ArrowException, OverflowError) as error:
                raise KgError(f"{self._table.name}: {column.name}: {error}. {CORRECT}") from None
        return self._library.record_batch(arrays, schema=self._schema)

    def _flush(self) -> None:
        self._writer.write_table(self._library.Table.from_batches(self._held, self._schema))
        self._held, self._count = [], 0


def load_library() -> Any:
    """Return pyarrow.

    Raises:
        KgError: it is not installed.
    """
    try:
        import pyarrow
        import pyarrow.parquet
    except ImportError:
        raise KgError(
            "Parquet needs pyarrow, which is not installed. "
            "Install it with: pip install 'city-policy-kg[parquet]', or leave --format out."
        ) from None
    return pyarrow


def _read_cell(table: Table, column: Column, read: Callable[[str], object], row: Row) -> object:
    value = row.get(column.name, ())
    if isinstance(value, tuple) and column.many:
        # One text as in CSV: a list cannot be grouped by, nor joined on.
        return SEPARATOR.join(one.removeprefix(column.base) for one in value) or None
    text = value[0] if isinstance(value, tuple) and value else value
    if not isinstance(text, str) or not text:
        return None
    try:
        return read(text.removeprefix(column.base))
    except (ValueError, ArithmeticError, KeyError):
        about = row[table.key.name]
        raise KgError(
            f"{about}: {column.name}: {text!r} is no {column.datatype.rpartition('#')[2]} that "
            f"Parquet has. {CORRECT}"
        ) from None


def _choose_type(
    library: Any, tables: Tables, column: Column
) -> tuple[pa.DataType, Callable[[str], object]]:
    """Return a column's type in Parquet, and what makes its values of text."""
    xsd = tables.vocabulary.names.expand("xsd:")
    kinds: dict[str, tuple[pa.DataType, Callable[[str], object]]] = {
        "integer": (library.int64(), int),
        "nonNegativeInteger": (library.int64(), int),
        "decimal": (library.decimal128(DIGITS, PLACES), Decimal),
        "boolean": (library.bool_(), _read_boolean),
        "date": (library.date32(), date.fromisoformat),
    }
    local = column.datatype.removeprefix(xsd) if column.datatype.startswith(xsd) else ""
    text: tuple[pa.DataType, Callable[[str], object]] = (library.string(), str)
    return text if column.many else kinds.get(local, text)


def _read_boolean(text: str) -> bool:
    """Return a boolean of XML Schema (https://www.w3.org/TR/xmlschema11-2/#boolean)."""
    return {"true": True, "1": True, "false": False, "0": False}[text.strip()]
