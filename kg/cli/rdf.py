"""`kg export rdf`: all statements, or those of some graphs, in the formats of RDF."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from kg.cli.options import FindHome, find_context_home, refuse_empty, show_share

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

# As kg.dumps.export has them, which is not loaded for a help page; a test holds the two together.
SYNTAXES = ("nq", "nt", "trig", "ttl", "jsonld")
FORMATS = tuple(f"{form}{packed}" for packed in ("", ".gz", ".zst") for form in SYNTAXES)


def complete_graph(
    context: click.Context, option: click.Parameter, incomplete: str
) -> list[CompletionItem]:
    """Return the graphs that begin so."""
    from click.shell_completion import CompletionItem

    from kg.dumps.export import list_graphs
    from kg.errors import KgError

    try:
        names = [part.name for part in list_graphs(find_context_home(context))]
    except KgError:
        return []
    return [CompletionItem(name) for name in names if name.startswith(incomplete)]


@click.command()
@click.option(
    "-o",
    "--output",
    "target",
    metavar="FILE|DIR|-",
    default="-",
    show_default=True,
    callback=refuse_empty,
    help="A file, whose suffix is its format; a folder, for a file a graph (one that is there, "
    "ends in /, or has neither suffix nor --format); or standard output.",
)
@click.option(
    "--format",
    "form",
    type=click.Choice(FORMATS),
    metavar="FORMAT",
    help="Where no suffix says it: nq (N-Quads; so is standard output), nt (N-Triples), trig "
    "(TriG), ttl (Turtle; so are the files of a folder), jsonld (JSON-LD), each also with .gz or "
    ".zst behind it.",
)
@click.option(
    "--graphs",
    multiple=True,
    metavar="GRAPH",
    shell_complete=complete_graph,
    help="These graphs alone, all if not given: a path below data/ or ontology/, with or without "
    "that folder and .ttl, a pattern of paths, a name in graph:, or an IRI. May be given several "
    "times.",
)
@click.option(
    "--entailed/--no-entailed",
    default=None,
    help="With or without what the rules add (graph:entailed). With it, unless --graphs is given; "
    "beside --graphs, --entailed adds those of everything, not of these graphs alone.",
)
@click.option("--force", is_flag=True, help="Overwrite also what kg did not write.")
@click.pass_obj
def rdf(
    home: FindHome,
    target: str,
    form: str | None,
    graphs: tuple[str, ...],
    entailed: bool | None,
    force: bool,
) -> None:
    """Write all statements, or those of some named graphs, as RDF.

    \b
    kg export rdf -o city-policy.nq           sorted N-Quads, the same bytes each time
    kg export rdf -o city-policy.trig.gz      TriG, with prefixes, compressed
    kg export rdf -o city-policy.jsonld       JSON-LD with a context of our own
    kg export rdf -o dumps/                   a Turtle file for each graph
    kg export rdf -o wuhan.ttl --graphs roundup-2021/wuhan
    kg export rdf --graphs 'roundup-2021/*' --format nt | grep -c '^[^#]'

    N-Quads, TriG and JSON-LD keep the named graphs. Turtle and N-Triples have the union of those
    chosen, each statement once; in a folder, a comment at a file's top has the graph's IRI. .zst
    needs the extra [zstd].
    """
    from kg.dumps.export import export_rdf

    with show_share("Writing") as progress:
        done = export_rdf(
            home(),
            target,
            form=form,
            graphs=graphs,
            entailed=entailed,
            force=force,
            progress=progress,
        )
    if target != "-":
        click.echo(f"{target}: {done.statements} statements of {len(done.graphs)} graphs")
