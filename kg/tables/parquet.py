"""Write rows as Parquet with typed columns: https://parquet.apache.org/."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any, BinaryIO

from kg.errors import KgError, require
from kg.home import PACKAGE, producer
from kg.tables.columns import SEPARATOR, Column
from kg.tables.metadata import describe_table
from kg.tables.rows import Row
from kg.tables.schema import Schema, Table

if TYPE_CHECKING:
    import pyarrow as pa

    Type = tuple[pa.DataType, Callable[[str], object]]  # and the function that reads a cell

GROUP_ROWS = 20_000  # written together, and held in memory until then
DIGITS, DECIMAL_PLACES = 38, 10
FIX = "Correct the data (kg check), or export CSV."


def load_pyarrow() -> Any:
    """Return pyarrow.

    Raises:
        KgError: it is not installed.
    """
    require("pyarrow.parquet", "parquet", hint=", or export CSV.")
    return require("pyarrow", "parquet")


class ParquetWriter:
    """Writes one table as Parquet, in groups of rows."""

    def __init__(self, schema: Schema, table: Table, stream: BinaryIO) -> None:
        """Start a table.

        Raises:
            KgError: pyarrow is not installed.
        """
        self._pyarrow = load_pyarrow()
        self._table = table
        types = [_choose_type(self._pyarrow, schema, column) for column in table.columns]
        self._readers = [read for _, read in types]
        description = describe_table(schema, table, [], suffix=".parquet")
        self._schema = self._pyarrow.schema(
            [
                self._pyarrow.field(column.name, kind, nullable=column is not table.key)
                for column, (kind, _) in zip(table.columns, types, strict=True)
            ],
            metadata={PACKAGE: producer(), "csvw": json.dumps(description)},
        )
        self._writer = self._pyarrow.parquet.ParquetWriter(
            stream, self._schema, compression="zstd", version="2.6"
        )
        self._batches: list[Any] = []
        self._row_count = 0

    def write(self, rows: Sequence[Row]) -> None:
        """Write rows.

        Raises:
            KgError: a value does not fit the type of its column.
        """
        self._batches.append(self._make_batch(rows))
        self._row_count += len(rows)
        if self._row_count >= GROUP_ROWS:
            self._write_group()

    def close(self) -> None:
        """Write the remaining rows and finish the table."""
        if self._row_count:
            self._write_group()
        self._writer.close()

    def release(self) -> None:
        """Close the file after an error too; pyarrow would do so when the stream is closed."""
        self._writer.close()

    def _make_batch(self, rows: Sequence[Row]) -> Any:
        """Return rows as a record batch, which takes less memory."""
        arrays = []
        for column, read, part in zip(
            self._table.columns, self._readers, self._schema, strict=True
        ):
            values = [_read_cell(self._table, column, read, row) for row in rows]
            try:
                arrays.append(self._pyarrow.array(values, part.type))
            except (self._pyarrow.ArrowException, OverflowError) as error:
                raise KgError(f"{self._table.name}: {column.name}: {error}. {FIX}") from None
        return self._pyarrow.record_batch(arrays, schema=self._schema)

    def _write_group(self) -> None:
        self._writer.write_table(self._pyarrow.Table.from_batches(self._batches, self._schema))
        self._batches, self._row_count = [], 0


def _read_cell(table: Table, column: Column, read: Callable[[str], object], row: Row) -> object:
    values = [value.removeprefix(column.namespace) for value in row.get(column.name, ())]
    # A list is one text, as in CSV: a list type could not be grouped by, nor joined on.
    text = SEPARATOR.join(values if column.is_list else values[:1])
    if not text:
        return None
    try:
        return read(text)
    except (ValueError, ArithmeticError, KeyError):
        raise KgError(
            f"{row[table.key.name][0]}: {column.name}: {text!r} is not a value of type "
            f"{column.datatype.rpartition('#')[2]} that Parquet can hold. {FIX}"
        ) from None


def _choose_type(pyarrow: Any, schema: Schema, column: Column) -> Type:
    """Return the Parquet type of a column, and the function that reads its cells."""
    types: dict[str, Type] = {
        "integer": (pyarrow.int64(), int),
        "nonNegativeInteger": (pyarrow.int64(), int),
        "decimal": (pyarrow.decimal128(DIGITS, DECIMAL_PLACES), Decimal),
        "boolean": (pyarrow.bool_(), _read_boolean),
        "date": (pyarrow.date32(), date.fromisoformat),
    }
    xsd = schema.vocabulary.names.expand("xsd:")
    known = {f"{xsd}{name}": kind for name, kind in types.items()}
    return known.get(column.datatype, (pyarrow.string(), str))


def _read_boolean(text: str) -> bool:
    """Return a boolean of XML Schema (https://www.w3.org/TR/xmlschema11-2/#boolean)."""
    return {"true": True, "1": True, "false": False, "0": False}[text.strip()]
