"""`kg export tables`: one table a class."""

from pathlib import Path

import click

from kg.cli.options import FindHome, refuse_empty, show_share
from kg.names import LANGUAGES

FORMS = ("csv", "parquet")


@click.command()
@click.option(
    "-o",
    "--output",
    "target",
    default="tables",
    show_default=True,
    metavar="DIR|-",
    callback=refuse_empty,
    help="The folder to write to, in the place of what an earlier export left there; - is the "
    "output, for one table.",
)
@click.option(
    "--table", "names", multiple=True, metavar="NAME", help="Only this one; may be repeated."
)
@click.option(
    "--lang",
    "languages",
    multiple=True,
    type=click.Choice(LANGUAGES),
    help="Language of texts; may be repeated, and without it all are written. The first is that "
    "of the names beside ids.",
)
@click.option("--format", "form", type=click.Choice(FORMS), default="csv", show_default=True)
@click.option("--excel", is_flag=True, help="With byte order mark and CRLF: Excel reads UTF-8.")
@click.option("--force", is_flag=True, help="Overwrite what kg did not write.")
@click.pass_obj
def tables(
    home: FindHome,
    target: str,
    names: tuple[str, ...],
    languages: tuple[str, ...],
    form: str,
    excel: bool,
    force: bool,
) -> None:
    """Write the data as tables: one a class, a row a thing, a column what it has once.

    \b
    kg export tables                                  all, as CSV, to tables/
    kg export tables -o /tmp/t --table targets        one, with its link tables
    kg export tables --table initiatives -o -         one to the output
    kg export tables --lang zh-Hans --lang en         Chinese first, no zh-Hant
    kg export tables --excel                          for a double click in Excel
    kg export tables --format parquet -o parquet      with types; needs [parquet]

    What a thing may have several times is in link tables (initiatives-theme.csv: subject,
    object). codebook.md tells of every column; csv-metadata.json tells programs (CSVW), which
    get the same statements back. Ids are the end of an IRI, the same wherever a thing is
    pointed to, so that tables can be joined.

    A spreadsheet would run a text that begins with = + - @ (full-width ones too), a tab or a
    line break: such a text has an apostrophe (') before it, inside the text too where one comes
    after a semicolon, a tab or a line break. It is no part of the text: who reads it has to take
    that apostrophe away. Numbers are left as they are, and Parquet has no apostrophes.
    """
    from kg.tables import export_tables

    with show_share("Sorting statements") as show:
        done = export_tables(
            home(),
            Path(target),
            languages=tuple(dict.fromkeys(languages)) or LANGUAGES,
            names=names,
            form=form,
            excel=excel,
            force=force,
            progress=lambda done, total: show("", done / max(total, 1)),
        )
    for what, number in done.left_out.items():
        click.echo(f"Left out: {number} {what}.", err=True)
    if target != "-":
        click.echo(f"{len(done.rows)} tables, {sum(done.rows.values())} rows, in {target}.")
