"""Write rows as Parquet with typed columns: https://parquet.apache.org/."""

import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from decimal import Decimal
from typing import Any, BinaryIO

from kg.errors import KgError, require
from kg.home import PACKAGE, name_program
from kg.tables.columns import SEPARATOR, Column
from kg.tables.metadata import describe_table
from kg.tables.rows import Row, WriteRows
from kg.tables.schema import Schema, Table
from kg.xsd import is_lexical_form

Type = tuple[Any, Callable[[str], object]]  # of pyarrow, and the function that reads a cell

GROUP_ROWS = 20_000  # written together, and held in memory until then
DIGITS, DECIMAL_PLACES = 38, 10
# See https://www.w3.org/TR/xmlschema11-2/#boolean.
BOOLEANS = {"true": True, "1": True, "false": False, "0": False}
FIX = "Correct the data (kg check), or export CSV."


def load_pyarrow() -> Any:
    """Return pyarrow.

    Raises:
        KgError: it is not installed.
    """
    require("pyarrow.parquet", "parquet", hint=", or export CSV.")
    return require("pyarrow", "parquet")


@contextmanager
def write_parquet(schema: Schema, table: Table, stream: BinaryIO) -> Iterator[WriteRows]:
    """Yield the function that writes rows of a table; the table is finished after the block.

    Raises:
        KgError: pyarrow is not installed, or a value does not fit the type of its column.
    """
    pyarrow = load_pyarrow()
    types = [_choose_type(pyarrow, schema, column) for column in table.columns]
    description = describe_table(schema, table, [], suffix=".parquet")
    fields = pyarrow.schema(
        [
            pyarrow.field(column.name, kind, nullable=column is not table.key)
            for column, (kind, _) in zip(table.columns, types, strict=True)
        ],
        metadata={PACKAGE: name_program(), "csvw": json.dumps(description)},
    )
    batches: list[Any] = []  # which take less memory than rows

    def write_rows(rows: Sequence[Row]) -> None:
        arrays = []
        for column, (kind, read) in zip(table.columns, types, strict=True):
            values = [_read_cell(table, column, read, row) for row in rows]
            try:
                arrays.append(pyarrow.array(values, kind))
            except (pyarrow.ArrowException, OverflowError) as error:
                raise KgError(f"{table.name}: {column.name}: {error}. {FIX}") from None
        batches.append(pyarrow.record_batch(arrays, schema=fields))
        if sum(batch.num_rows for batch in batches) >= GROUP_ROWS:
            write_group()

    def write_group() -> None:
        writer.write_table(pyarrow.Table.from_batches(batches, fields))
        batches.clear()

    with pyarrow.parquet.ParquetWriter(stream, fields, compression="zstd", version="2.6") as writer:
        yield write_rows
        if batches:
            write_group()


def _read_cell(table: Table, column: Column, read: Callable[[str], object], row: Row) -> object:
    values = [value.removeprefix(column.namespace) for value in row.get(column.name, ())]
    # A list is one text, as in CSV: a list type could not be grouped by, nor joined on.
    text = SEPARATOR.join(values if column.is_list else values[:1])
    if not text:
        return None
    try:
        # Python reads more than the datatype allows: int("1_000") is a number.
        if read is not str and not is_lexical_form(text, column.datatype):
            raise ValueError
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
        "boolean": (pyarrow.bool_(), lambda text: BOOLEANS[text.strip()]),
        "date": (pyarrow.date32(), date.fromisoformat),
    }
    xsd = schema.vocabulary.names.expand("xsd:")
    return types.get(column.datatype.removeprefix(xsd), (pyarrow.string(), str))
