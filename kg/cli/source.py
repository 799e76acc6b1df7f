"""`kg source`: keep and restore the source texts behind the data."""

from pathlib import Path

import click

from kg.cli.options import PATH, FindHome
from kg.home import Home
from kg.names import text


@click.group()
def source() -> None:
    """Keep and restore the source texts behind the data; they are no part of the project."""


@source.command(name="list")
@click.pass_obj
def list_all(home: FindHome) -> None:
    """List the source texts that the data cite, and whether each is at hand."""
    from kg.ask.render import render_table
    from kg.source import list_sources

    cells = [
        (row.name, row.sha256, str(row.path) if row.is_added else "not at hand: kg source add FILE")
        for row in list_sources(read_known(home()))
    ]
    click.echo(render_table(("source", "SHA-256", "kept in"), cells), nl=False)


@source.command()
@click.argument("file", type=PATH)
@click.pass_obj
def add(home: FindHome, file: Path) -> None:
    """Keep a copy of a source text, recognised by its SHA-256, in the user's data folder."""
    from kg.source import add_source

    click.echo(f"Kept as {add_source(file, read_known(home()))}")


@source.command()
@click.argument("file", type=PATH)
@click.option("--traditional", is_flag=True, help="Keep the script that the text has.")
@click.option("-o", "--output", type=PATH, help="Write to this file instead of standard output.")
def restore(file: Path, traditional: bool, output: Path | None) -> None:
    """Write the readable text of a garbled one; say what became of each damaged span.

    A span is proved where one candidate only has the reading given and garbles into the very
    characters found; else it is lost, and marked. The text goes to standard output, the report
    to standard error.
    """
    from kg.files import write_file
    from kg.source import read_text, restore_text, simplify_text

    restoration = restore_text(read_text(file))
    restored = restoration.text if traditional else simplify_text(restoration.text)
    if output:
        with write_file(output) as stream:
            stream.write(restored.encode())
    else:
        click.echo(restored.encode("utf-8"), nl=False)
    for span in restoration.spans:
        how = f", read {span.reading}" if span.reading else ""
        if span.inferred:
            how = f"; {span.inferred} only inferred from the text around"
        click.echo(f"{file}:{span.start}-{span.end}: {span.status}: {span.text}{how}", err=True)


def read_known(home: Home) -> dict[str, str]:
    """Return the name of each source text that the data cite, by its SHA-256."""
    from kg.graph import load_graph

    graph = load_graph(home)
    rows = graph.internal("sources")
    return {text(sha256): graph.names.show(name) for name, sha256, _ in rows}
