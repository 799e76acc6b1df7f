"""Export all tables to a folder with their codebook, or one table to a stream."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from kg.errors import KgError
from kg.files import OpenFile, write_file, write_folder
from kg.graph import Graph, load_graph
from kg.home import Home
from kg.names import LANGUAGES, format_language, text
from kg.tables import codebook, metadata
from kg.tables.columns import NAMESPACED_IRIS, OTHER_IRIS
from kg.tables.csv_writer import CsvWriter
from kg.tables.parquet import ParquetWriter, load_pyarrow
from kg.tables.rows import StatementRouter, Writer, find_value_kind, is_exported
from kg.tables.schema import Schema, Table, read_schema
from kg.tables.statements import Value, list_data_files, read_subjects
from kg.tables.vocabulary import read_vocabulary

FORMATS = ("csv", "parquet")
PROGRESS_STEP = 5_000  # statements between two reports
Progress = Callable[[int, int], None]


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
    progress: Progress = lambda done, total: None,
) -> TableExport:
    """Write tables and their codebook to a folder, or one table to standard output (`-`).

    `table_names` selects tables of classes, each with its link tables, and single link tables; by
    default all are written. Texts are in `languages`, labels in the first of these. `progress`
    gets the number of processed statements and the total; each statement is processed twice.

    Raises:
        KgError: a table is unknown, `-` is the target of several tables, pyarrow is not
            installed, the data are not valid Turtle, or the folder has files that kg did not
            write and `force` is false.
    """
    options = _Options(table_names, file_format, excel=excel, is_stream=str(target) == "-")
    schema = read_schema(home, read_vocabulary(home), languages)
    _check_options(schema, options)
    graph = load_graph(home)
    _check_link_tables(graph, schema, table_names)
    with _open_target(target, force=force) as open_file, ExitStack() as stack:

        def open_writer(table: Table) -> Writer:
            stream = open_file(f"{table.name}.{file_format}")
            if file_format == "parquet":
                writer = ParquetWriter(schema, table, stream)
                stack.callback(writer.release)
                return writer
            return CsvWriter(table, stream, excel=excel)

        router = StatementRouter(graph, schema, open_writer, options.is_wanted)
        _route_statements(graph, router, progress)
        written = {table.name for table in router.row_counts}
        for name in table_names:
            if name not in written:
                raise KgError(f"{name}: the data have no rows for this table.", exit_code=2)
        if not options.is_stream:
            _write_descriptions(graph, schema, router, options, open_file)
    rows = {table.name: count for table, count in router.row_counts.items()}
    return TableExport(dict(sorted(rows.items())), dict(sorted(router.left_out.items())))


@dataclass(frozen=True)
class _Options:
    """What to export: all tables, or those with the given names."""

    table_names: Sequence[str]
    file_format: str
    excel: bool
    is_stream: bool

    def is_wanted(self, table: Table) -> bool:
        """Return whether to export a table; a link table also with the table of its class."""
        names = {table.name} if self.is_stream else {table.name, table.parent}
        return not self.table_names or bool(names & {*self.table_names})


def _check_options(schema: Schema, options: _Options) -> None:
    known = [table.name for table in schema.tables]
    for name in options.table_names:
        if name not in known and not name.startswith(tuple(f"{one}-" for one in known)):
            raise KgError(f"{name}: unknown table. Use one of {', '.join(known)}.", exit_code=2)
    if options.is_stream and len(options.table_names) != 1:
        raise KgError(
            "-o - writes one table. Select it with --table, or give a folder.", exit_code=2
        )
    if options.excel and options.file_format != "csv":
        raise KgError("--excel is for CSV only. Remove it, or --format.", exit_code=2)
    if options.file_format == "parquet":
        load_pyarrow()


def _check_link_tables(graph: Graph, schema: Schema, table_names: Sequence[str]) -> None:
    """Refuse, before anything is written, a link table that the data cannot have rows for."""
    tables = {table.name for table in schema.tables}
    link_names = [name for name in table_names if name not in tables]
    if not link_names:
        return
    possible, certain = _list_link_tables(graph, schema)
    for name in link_names:
        if name not in possible:
            parent = max((one for one in tables if name.startswith(f"{one}-")), key=len)
            near = [link for link in certain if link.startswith(f"{parent}-")] or certain
            raise KgError(f"{name}: unknown link table. Use one of {', '.join(near)}.", exit_code=2)


def _list_link_tables(graph: Graph, schema: Schema) -> tuple[set[str], list[str]]:
    """Return the names of the link tables that may have rows, and of those that must, sorted.

    If a property has columns in the table of the class, only further values are in a link table.
    """
    possible, certain = set(), set()
    for terms in graph.internal("table-links"):
        class_iri, predicate, value_type, tag, datatype = map(text, terms)
        language = format_language(tag) if tag else ""
        table = schema.find_table([class_iri])
        if table is None or not is_exported(language, schema.languages):
            continue
        value = Value(value_type, "", language, "" if language else datatype)
        value_kind = find_value_kind(value, schema.languages)
        name = schema.make_link_table(table, predicate, value_kind).name
        possible.add(name)
        if value_kind == NAMESPACED_IRIS:
            possible.add(schema.make_link_table(table, predicate, OTHER_IRIS).name)
        if (predicate, language) not in table.statement_columns:
            certain.add(name)
    return possible, sorted(certain)


@contextmanager
def _open_target(target: Path, *, force: bool) -> Iterator[OpenFile]:
    if str(target) == "-":
        with write_file(target) as stream:
            yield lambda name: stream
    elif target.is_file() or target.suffix in (".csv", ".parquet"):
        raise KgError(
            f"{target}: is not a folder. Give a folder with -o, or write one table with "
            "--table NAME -o -.",
            exit_code=2,
        )
    else:
        with write_folder(target, force=force, export="tables") as open_file:
            yield open_file


def _route_statements(graph: Graph, router: StatementRouter, progress: Progress) -> None:
    files = list_data_files(graph.home)
    start = f'"{graph.names.expand("graph:")}"'
    counts = {text(g): int(text(n)) for g, n in graph.internal("graph-counts", start=start)}
    total = 2 * sum(counts.get(file.graph, 0) for file in files)
    done = reported = 0

    def count(statements: int) -> None:
        nonlocal done, reported
        done += statements
        if done - reported >= PROGRESS_STEP:
            reported = done
            progress(done, total)

    for subject in read_subjects(files, count):
        router.add(subject)
    router.close()
    progress(total, total)


def _write_descriptions(
    graph: Graph, schema: Schema, router: StatementRouter, options: _Options, open_file: OpenFile
) -> None:
    """Write the codebook and, for CSV, the metadata."""
    row_counts = router.row_counts
    attribution = metadata.read_attribution(graph)
    introduction = codebook.write_introduction(
        graph.home,
        schema,
        router.left_out,
        options.file_format,
        is_selection=bool(options.table_names),
    )
    text = codebook.make_codebook(schema, row_counts, attribution, introduction)
    open_file(codebook.FILE).write(text.encode())
    if options.file_format == "csv":
        text = metadata.make_metadata(schema, row_counts, attribution, excel=options.excel)
        open_file(metadata.FILE).write(text.encode())
