"""Export all tables to a folder with their codebook, or one table to a stream."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from kg.errors import KgError
from kg.files import OpenFile, write_file, write_folder
from kg.graph import Graph, load_graph
from kg.home import Home
from kg.names import LANGUAGES
from kg.tables import codebook, metadata
from kg.tables.cells import start_csv
from kg.tables.parquet import load_pyarrow, write_parquet
from kg.tables.rows import CUT_TEXT, StatementRouter, WriteRows
from kg.tables.schema import Schema, Table, read_schema
from kg.tables.statements import list_data_files, read_subjects
from kg.tables.vocabulary import read_vocabulary
from kg.tables.workbook import load_xlsxwriter, write_workbook

XLSX = "xlsx"
# Puts all statements into the tables that a function starts.
Route = Callable[[Callable[[Table], WriteRows]], StatementRouter]


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
    file_format: str | None = None,
    force: bool = False,
    progress: Callable[[float], None] = lambda share: None,
) -> TableExport:
    """Write tables and their codebook to a folder or workbook, or one table to standard output.

    The format is csv, parquet, or xlsx: the default for a target with that suffix, otherwise csv.
    `table_names` selects tables of classes, each with its link tables, and single link tables; by
    default all are written. Texts are in `languages`, labels in the first of these. `progress`
    gets the share of the export that is done, from 0 to 1.

    Raises:
        KgError: a table is unknown, `-` is the target of several tables in files of their own,
            the format does not fit the target, a package is not installed, the data are not valid
            Turtle, or the folder has files that kg did not write and `force` is false.
    """
    schema = read_schema(home, read_vocabulary(home), languages)
    file_format = choose_format(target, file_format)
    _check_options(schema, target, table_names, file_format)
    # Standard output has one table only, without its link tables, or a workbook.
    is_single = str(target) == "-" and file_format != XLSX
    graph = load_graph(home)

    def route(start_table: Callable[[Table], WriteRows]) -> StatementRouter:
        def is_wanted(table: Table) -> bool:
            names = {table.name} if is_single else {table.name, table.parent}
            return not table_names or not names.isdisjoint(table_names)

        router = StatementRouter(graph, schema, start_table, is_wanted)
        for subject in read_subjects(list_data_files(home), progress):
            router.add(subject)
        router.flush()
        _check_link_tables(router, table_names)
        return router

    if file_format == XLSX:
        router = _write_workbook(schema, graph, target, route, is_selection=bool(table_names))
    else:
        with _open_target(target, force=force) as open_file:
            router = _write_files(schema, open_file, file_format, route)
            if not is_single:
                _write_descriptions(router, open_file, table_names, file_format)
    rows = {table.name: count for table, count in router.row_counts.items()}
    return TableExport(rows, dict(sorted(router.left_out.items())))


def choose_format(target: Path, asked: str | None = None) -> str:
    """Return the format to write to a target, csv by default, or xlsx for a name with this suffix.

    Raises:
        KgError: the format that is asked for does not fit the name (exit code 2).

    >>> choose_format(Path("tables.xlsx")), choose_format(Path("tables"))
    ('xlsx', 'csv')
    """
    is_workbook = target.suffix.lower() == f".{XLSX}"
    if is_workbook and asked not in (None, XLSX):
        raise KgError(
            f"{target}: is the name of a workbook, not of a folder. Remove --format.", exit_code=2
        )
    if asked == XLSX and not is_workbook and str(target) != "-":
        raise KgError(
            f"{target}: a workbook is one file. Write -o {target.name or 'tables'}.{XLSX}.",
            exit_code=2,
        )
    return asked or (XLSX if is_workbook else "csv")


def _check_options(
    schema: Schema, target: Path, table_names: Sequence[str], file_format: str
) -> None:
    known = [table.name for table in schema.tables]
    for name in table_names:
        if name not in known and not name.startswith(tuple(f"{one}-" for one in known)):
            raise KgError(f"{name}: unknown table. Use one of {', '.join(known)}.", exit_code=2)
    if str(target) == "-" and file_format != XLSX and len(table_names) != 1:
        raise KgError(
            "-o - writes one table. Select it with --table, or give a folder.", exit_code=2
        )
    if target.suffix in (".csv", ".parquet"):
        raise KgError(
            f"{target}: is not a folder. Give a folder with -o, or write one table with "
            "--table NAME -o -.",
            exit_code=2,
        )
    if file_format == "parquet":
        load_pyarrow()
    if file_format == XLSX:
        load_xlsxwriter()


def _check_link_tables(router: StatementRouter, table_names: Sequence[str]) -> None:
    """Refuse the name of a link table that the data have no rows for."""
    known = router.link_names | {table.name for table in router.schema.tables}
    for name in table_names:
        if name not in known:
            start = name.partition("-")[0]
            near = ", ".join(sorted(one for one in known if one.startswith(start)))
            raise KgError(f"{name}: unknown link table. Use one of {near}.", exit_code=2)


def _write_files(
    schema: Schema, open_file: OpenFile, file_format: str, route: Route
) -> StatementRouter:
    """Write each table to a file; `route` fills the tables."""
    with ExitStack() as stack:

        def start_table(table: Table) -> WriteRows:
            stream = open_file(f"{table.name}.{file_format}")
            if file_format == "parquet":
                return stack.enter_context(write_parquet(schema, table, stream))
            return start_csv(table, stream)

        return route(start_table)


def _write_workbook(
    schema: Schema,
    graph: Graph,
    target: Path,
    route: Route,
    *,
    is_selection: bool,
) -> StatementRouter:
    """Write all tables and the codebook as one file; `route` fills the tables."""
    attribution = metadata.read_attribution(graph)
    names = schema.vocabulary.names
    with (
        write_file(target) as stream,
        write_workbook(stream, names, attribution.creator, codebook.SHEETS) as book,
    ):
        router = route(book.start_table)
        if book.cut_texts:
            router.left_out[CUT_TEXT] = book.cut_texts
        introduction = codebook.write_introduction(
            graph.home, schema, router.left_out, XLSX, is_selection=is_selection
        )
        counts = router.row_counts
        book.sort_sheets([table.name for table in codebook.sort_tables(schema, counts)])
        sheets = codebook.make_sheets(
            schema, counts, attribution, introduction, book.find_sheet_name
        )
        for name, rows in sheets.items():
            book.fill_sheet(name, rows)
    return router


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
        text = metadata.make_metadata(schema, row_counts, attribution)
        open_file(metadata.FILE).write(text.encode())
