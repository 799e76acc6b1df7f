"""Write the tables to a folder, or one of them to the output."""

import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from kg.errors import KgError
from kg.files import OpenFile, write_file, write_folder
from kg.graph import Graph, load_graph
from kg.home import Home
from kg.names import LANGUAGES, bind_json, format_language
from kg.tables import codebook, metadata
from kg.tables.codebook import Options
from kg.tables.csv_writer import CsvWriter
from kg.tables.parquet import ParquetWriter, load_library
from kg.tables.rows import Sorter, Writer, find_form
from kg.tables.statements import Value, list_data, read_things
from kg.tables.table import Table, Tables, read_tables
from kg.tables.vocabulary import read_vocabulary

FORMS = ("csv", "parquet")
STEP = 5_000  # statements between two looks at the progress
Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class Exported:
    """The rows of each table written, by its name, and what is in none and why."""

    rows: dict[str, int]
    left_out: dict[str, int]


def export_tables(
    home: Home,
    target: Path,
    *,
    languages: Sequence[str] = LANGUAGES,
    names: Sequence[str] = (),
    form: str = "csv",
    excel: bool = False,
    force: bool = False,
    progress: Progress = lambda done, total: None,
) -> Exported:
    """Write tables to a folder with their codebook; with `-` for the target, one to the output.

    `names` choose tables, and link tables with the table that they belong to or by their own
    names; without any, all are written. The first of the languages is that of the names beside
    ids. `progress` is told of the statements dealt with and of all; each is dealt with twice.

    Raises:
        KgError: a table is not known, `-` does not get one table, pyarrow is not installed, the
            data are not Turtle, or what is there is not ours and `force` is not said.
    """
    tables = read_tables(home, read_vocabulary(home), languages)
    alone = str(target) == "-"
    _check_call(tables, names, form, alone=alone, excel=excel)
    graph = load_graph(home)
    _check_links(graph, tables, names)
    with _open_target(target, force=force) as open_file, ExitStack() as stack:

        def open_table(table: Table) -> Writer:
            stream = open_file(f"{table.name}.{form}")
            if form == "parquet":
                writer = ParquetWriter(tables, table, stream)
                stack.callback(writer.release)
                return writer
            return CsvWriter(table, stream, excel=excel)

        sorter = Sorter(graph, tables, open_table, _choose(names, alone=alone))
        _sort_all(graph, sorter, progress)
        missing = sorted(set(names) - {table.name for table in sorter.counts})
        if missing:
            raise KgError(f"{missing[0]}: no such link table, or it has no row.", exit_code=2)
        if not alone:
            about = metadata.read_about(graph)
            options = Options(form, excel=excel, chosen=bool(names))
            _describe(tables, sorter, about, options, open_file)
    rows = {table.name: count for table, count in sorter.counts.items()}
    return Exported(dict(sorted(rows.items())), dict(sorted(sorter.left_out.items())))


def _describe(
    tables: Tables, sorter: Sorter, about: metadata.About, options: Options, open_file: OpenFile
) -> None:
    """Write the codebook and, beside CSVs, the metadata."""
    text = codebook.write_codebook(tables, sorter.counts, about, sorter.left_out, options)
    open_file(codebook.FILE).write(text)
    if options.form == "csv":
        written = list(sorter.counts)
        said = metadata.write_metadata(tables, written, about, excel=options.excel)
        open_file(metadata.FILE).write(said)


@contextmanager
def _open_target(target: Path, *, force: bool) -> Iterator[OpenFile]:
    if str(target) == "-":
        with write_file(target) as stream:
            yield lambda name: stream
        return
    if target.is_file() or target.suffix in (".csv", ".parquet"):
        raise KgError(
            f"{target}: tables go to a folder. Name one with -o, or write one table to the output "
            "with --table NAME -o -.",
            exit_code=2,
        )
    with write_folder(target, force=force, export="tables") as open_file:
        yield open_file


def _sort_all(graph: Graph, sorter: Sorter, progress: Progress) -> None:
    files = list_data(graph.home)
    start = json.dumps(graph.names.expand("graph:"))
    counted = graph.internal("graph-counts", start=start)
    sizes = {bind_json(g)["value"]: int(bind_json(n)["value"]) for g, n in counted if g and n}
    total = 2 * sum(sizes.get(file.graph, 0) for file in files)
    done = told = 0

    def count(facts: int) -> None:
        nonlocal done, told
        done += facts
        if done - told >= STEP:
            told = done
            progress(done, total)

    for thing in read_things(files, count):
        sorter.add(thing)
    sorter.close()
    progress(total, total)


def _check_call(
    tables: Tables, names: Sequence[str], form: str, *, alone: bool, excel: bool
) -> None:
    known = [table.name for table in tables.wide]
    for name in names:
        if name not in known and not any(name.startswith(f"{one}-") for one in known):
            raise KgError(f"{name}: no such table. There are {', '.join(known)}.", exit_code=2)
    if alone and len(names) != 1:
        raise KgError(
            "-o - takes one table, named with --table. Name a folder for several.", exit_code=2
        )
    if excel and form != "csv":
        raise KgError("--excel is for CSV. Leave it out, or --format.", exit_code=2)
    if form == "parquet":
        load_library()


def _check_links(graph: Graph, tables: Tables, names: Sequence[str]) -> None:
    """Refuse, before anything is written, a link table that the data cannot give rise to."""
    wide = {table.name for table in tables.wide}
    asked = [name for name in names if name not in wide]
    if not asked:
        return
    links = list(_list_links(graph, tables))
    known = {link.name for link, _ in links}
    for name in asked:
        if name not in known:
            begin = max((f"{one}-" for one in wide if name.startswith(f"{one}-")), key=len)
            near = {one.name for one, sure in links if sure and one.name.startswith(begin)}
            near = near or {one.name for one, sure in links if sure}
            told = ", ".join(sorted(near))
            raise KgError(f"{name}: no such link table. There are such as {told}.", exit_code=2)


def _list_links(graph: Graph, tables: Tables) -> Iterator[tuple[Table, bool]]:
    """Yield the link tables that there may be, and whether their values fit no column.

    Of what has a column, only what a thing has besides stands in a link table.
    """
    for terms in graph.internal("table-links"):
        about, name, kind, language, datatype = (bind_json(t)["value"] if t else "" for t in terms)
        table = tables.find_table([about])
        tag = format_language(language) if language else ""
        passed_over = tag and tag not in tables.languages and {*tables.languages} != {*LANGUAGES}
        if table is None or passed_over:
            continue
        datatype = "" if language else datatype
        form = find_form(Value(kind, "", tag, datatype), tables.languages)
        sure = (name, tag) not in table.places
        yield tables.make_link(table, name, form), sure
        if form == "link":
            yield tables.make_link(table, name, "iri"), False


def _choose(names: Sequence[str], *, alone: bool) -> Callable[[Table], bool]:
    """Return what tells whether a table is wanted: by its name, or with what it belongs to."""
    asked = set(names)
    if not asked:
        return lambda table: True
    return lambda table: table.name in asked or (not alone and table.parent in asked)
