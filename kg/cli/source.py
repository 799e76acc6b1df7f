"""`kg source`: add and restore the source texts behind the data."""

from pathlib import Path

import click

from kg.ask import render_table
from kg.cli.help import HelpGroup
from kg.cli.messages import print_message
from kg.cli.options import PATH, find_context_home
from kg.cli.output import find_width, print_text
from kg.graph import load_graph
from kg.home import Home
from kg.names import text


@click.group(
    cls=HelpGroup, subcommand_metavar="COMMAND", short_help="Add and restore source texts."
)
def source() -> None:
    """Add and restore the source texts behind the data, which are not part of the project.

    \b
    kg source list                               the texts that the data cite
    kg source add article.txt                    for kg check and kg show
    kg source count                              record how much of it is cited
    kg source restore article.txt -o clean.txt   make a garbled text readable
    """


@source.command(name="list", short_help="List the source texts.")
@click.pass_context
def list_all(ctx: click.Context) -> None:
    """List the source texts that the data cite, and whether each has been added."""
    from kg.source import list_sources

    cells = [
        (row.name, row.sha256, str(row.path) if row.is_added else "missing: kg source add FILE")
        for row in list_sources(list_cited_sources(find_context_home(ctx)))
    ]
    print_text(render_table(("source", "SHA-256", "copy"), cells, width=find_width()))


@source.command(short_help="Add a source text.")
@click.argument("file", type=PATH)
@click.pass_context
def add(ctx: click.Context, file: Path) -> None:
    """Copy the source text in FILE, recognised by its SHA-256, to the user's data folder.

    Then `kg check` compares the passages with it, and `kg show` prints them.

    \b
    kg source add article.txt
    """
    from kg.source import add_source

    known = list_cited_sources(find_context_home(ctx))
    print_message(f"Copied to {add_source(file, known)}")


@source.command(short_help="Write how much of each sentence is cited.")
@click.pass_context
def count(ctx: click.Context) -> None:
    """Write into the data how much of each sentence of the sources is cited.

    The figures are cdp:coveredCharacters and cdp:citationCount of each source segment. Afterwards,
    kg check reports each sentence in which something was deleted. Write them when the data are
    right. The files are written in canonical form.

    \b
    kg source count
    """
    from kg.check import write_figures

    for path in write_figures(find_context_home(ctx)):
        print_message(f"{path}: written")


@source.command(short_help="Restore a garbled source text.")
@click.argument("file", type=PATH)
@click.option(
    "--traditional",
    is_flag=True,
    help="Keep traditional characters. Default: write simplified ones.",
)
@click.option(
    "-o",
    "--output",
    type=PATH,
    default="-",
    help="Write to this file. Default: standard output.",
)
def restore(file: Path, traditional: bool, output: Path) -> None:
    """Write the garbled text in FILE in readable form, and report each damaged span.

    A garbled text is Chinese with pinyin in brackets, and lost bytes when its encoding was
    converted. A span is restored if exactly one candidate has the given pinyin and would be
    garbled in the same way; otherwise □ replaces each lost character. The report goes to standard
    error.

    \b
    kg source restore article.txt -o clean.txt
    """
    from kg.files import write_file
    from kg.source import read_text, restore_text, simplify_text

    restoration = restore_text(read_text(file))
    restored = restoration.text if traditional else simplify_text(restoration.text)
    with write_file(output) as stream:
        stream.write(restored.encode())
    for span in restoration.spans:
        note = f", reading {span.reading}" if span.reading else ""
        if span.inferred:
            note = f"; {span.inferred} only inferred from the context"
        print_message(f"{file}:{span.start}-{span.end}: {span.status}: {span.text}{note}", err=True)


def list_cited_sources(home: Home) -> dict[str, str]:
    """Return the name of each source text that the data cite, by its SHA-256."""
    graph = load_graph(home)
    return {text(sha): graph.names.show(name) for name, sha, _ in graph.internal("sources")}
