"""Export all tables to a folder with their codebook, or one table to a stream."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from kg.errors import KgError
from kg.files import OpenFile, write_file, write_folder
from kg.graph import load_graph
from kg.home import Home
from kg.names import LANGUAGES
from kg.tables import codebook, metadata
from kg.tables.cells import start_csv
from kg.tables.parquet import load_pyarrow, write_parquet
from kg.tables.rows import StatementRouter, WriteRows
from kg.tables.schema import Schema, Table, read_schema
from kg.tables.statements import list_data_files, read_subjects
from kg.tables.vocabulary import read_vocabulary


@dataclass(frozen=True)
class TableExport:
    """The number of rows of each table, by name, and what no table has, by reason."""

    rows: dict[str, int]
    left_out: dict[str, int]


def export_tables(
    home: Home,
    target: Path,
    *,
    languages: Sequence[str] = LANGUAGES,
    table_names: Sequence[str] = (),
    file_format: str = "csv",
    excel: bool = False,
    force: bool = False,
    progress: Callable[[float], None] = lambda share: None,
) -> TableExport:
    """Write tables and their codebook to a folder, or one table to standard output (`-`).

    `table_names` selects tables of classes, each with its link tables, and single link tables; by
    default all are written. Texts are in `languages`, labels in the first of these. `progress`
    gets the share of the export that is done, from 0 to 1.

    Raises:
        KgError: a table is unknown, `-` is the target of several tables, pyarrow is not
            installed, the data are not valid Turtle, or the folder has files that kg did not
            write and `force` is false.
    """
    schema = read_schema(home, read_vocabulary(home), languages)
    _check_options(schema, target, table_names, file_format, excel=excel)
    graph = load_graph(home)
    with _open_target(target, force=force) as open_file, ExitStack() as stack:

        def start_table(table: Table) -> WriteRows:
            stream = open_file(f"{table.name}.{file_format}")
            if file_format == "parquet":
                return stack.enter_context(write_parquet(schema, table, stream))
            return start_csv(table, stream, excel=excel)

        def is_wanted(table: Table) -> bool:
            # Standard output has one table only, without its link tables.
            names = {table.name} if str(target) == "-" else {table.name, table.parent}
            return not table_names or not names.isdisjoint(table_names)

        router = StatementRouter(graph, schema, start_table, is_wanted)
        for subject in read_subjects(list_data_files(home), progress):
            router.add(subject)
        router.flush()
        _check_link_tables(router, table_names)
        if str(target) != "-":
            _write_descriptions(router, open_file, table_names, file_format, excel=excel)
    rows = {table.name: count for table, count in router.row_counts.items()}
    return TableExport(rows, dict(sorted(router.left_out.items())))


def _check_options(
    schema: Schema, target: Path, table_names: Sequence[str], file_format: str, *, excel: bool
) -> None:
    known = [table.name for table in schema.tables]
    for name in table_names:
        if name not in known and not name.startswith(tuple(f"{one}-" for one in known)):
            raise KgError(f"{name}: unknown table. Use one of {', '.join(known)}.", exit_code=2)
    if str(target) == "-" and len(table_names) != 1:
        raise KgError(
            "-o - writes one table. Select it with --table, or give a folder.", exit_code=2
        )
    if target.suffix in (".csv", ".parquet"):
        raise KgError(
            f"{target}: is not a folder. Give a folder with -o, or write one table with "
            "--table NAME -o -.",
            exit_code=2,
        )
    if excel and file_format != "csv":
        raise KgError("--excel is for CSV only. Remove it, or --format.", exit_code=2)
    if file_format == "parquet":
        load_pyarrow()


def _check_link_tables(router: StatementRouter, table_names: Sequence[str]) -> None:
    """Refuse the name of a link table that the data have no rows for."""
    known = router.link_names | {table.name for table in router.schema.tables}
    for name in table_names:
        if name not in known:
            start = name.partition("-")[0]
            near = ", ".join(sorted(one for one in known if one.startswith(start)))
            raise KgError(f"{name}: unknown link table. Use one of {near}.", exit_code=2)


@contextmanager
def _open_target(target: Path, *, force: bool) -> Iterator[OpenFile]:
    if str(target) == "-":
        with write_file(target) as stream:
            yield lambda name: stream
    else:
        with write_folder(target, force=force, export="tables") as open_file:
            yield open_file


def _write_descriptions(
    router: StatementRouter,
    open_file: OpenFile,
    table_names: Sequence[str],
    file_format: str,
    *,
    excel: bool,
) -> None:
    """Write the codebook and, for CSV, the metadata."""
    schema, row_counts = router.schema, router.row_counts
    attribution = metadata.read_attribution(router.graph)
    introduction = codebook.write_introduction(
        router.graph.home, schema, router.left_out, file_format, is_selection=bool(table_names)
    )
    text = codebook.make_codebook(schema, row_counts, attribution, introduction)
    open_file(codebook.FILE).write(text.encode())
    if file_format == "csv":
        text = metadata.make_metadata(schema, row_counts, attribution, excel=excel)
        open_file(metadata.FILE).write(text.encode())
