"""`kg export tables`: one table per class."""

from pathlib import Path

import click

from kg.cli.help import HelpCommand
from kg.cli.messages import print_message
from kg.cli.options import find_context_home, force_option, refuse_empty
from kg.cli.output import show_progress
from kg.display import LANGUAGES


@click.command(cls=HelpCommand, short_help="Export tables, as CSV, Excel or Parquet.")
@click.option(
    "-o",
    "--output",
    "target",
    default="tables",
    show_default=True,
    metavar="DIR|FILE.xlsx|-",
    callback=refuse_empty,
    help="Folder or workbook to write to; - is standard output, for one table or a workbook.",
)
@click.option(
    "--table",
    "names",
    multiple=True,
    metavar="NAME",
    help="Export only this table, with its link tables. May be repeated.",
)
@click.option(
    "--lang",
    "languages",
    multiple=True,
    type=click.Choice(LANGUAGES),
    help="Language of texts; the first is also that of the labels next to ids. May be repeated. "
    "Default: all languages.",
)
@click.option(
    "--format",
    "form",
    type=click.Choice(("csv", "xlsx", "parquet")),
    help="Format of the tables. Default: xlsx if the name after -o ends so, otherwise csv. xlsx "
    "needs the extra [excel], parquet the extra [parquet].",
)
@force_option
@click.pass_context
def tables(
    ctx: click.Context,
    target: str,
    names: tuple[str, ...],
    languages: tuple[str, ...],
    form: str | None,
    force: bool,
) -> None:
    """Export one table per class: a row per thing, a column per single-valued property.

    \b
    kg export tables                                all tables, as CSV, to tables/
    kg export tables --table targets -o targets     one table with its link tables
    kg export tables --table initiatives -o -       one table to standard output
    kg export tables --lang zh-Hans --lang en       Chinese first, no zh-Hant
    kg export tables -o tables.xlsx                 an Excel workbook
    kg export tables --format parquet -o parquet    columns with data types

    Properties with several values are in link tables: initiatives-theme.csv has the columns
    subject and object. Ids are the ends of IRIs and join the tables. codebook.md describes every
    column; csv-metadata.json (CSVW) lets programs read the tables as the same statements.

    In CSV, a text that a spreadsheet would take for a formula gets an apostrophe (') before it.
    Numbers are unchanged. A workbook has numbers, dates and texts as such: it needs no apostrophes.
    """
    from kg.tables import export_tables

    with show_progress("Exporting") as progress:
        done = export_tables(
            find_context_home(ctx),
            Path(target),
            languages=tuple(dict.fromkeys(languages)) or LANGUAGES,
            table_names=names,
            file_format=form,
            force=force,
            progress=lambda share: progress("", share),
        )
    for what, number in done.left_out.items():
        print_message(f"kg: not written: {number} {what}", err=True)
    if target != "-":
        print_message(f"{target}: {len(done.rows)} tables, {sum(done.rows.values())} rows")
