"""`kg export rdf`: all statements, or those of some named graphs, in an RDF format."""

from contextlib import suppress

import click

from kg.cli.help import HelpCommand
from kg.cli.messages import print_message
from kg.cli.options import find_context_home, force_option, refuse_empty
from kg.cli.output import show_progress
from kg.display import Number
from kg.dumps import FORMATS, export_rdf, list_graphs
from kg.errors import KgError


def complete_graph(ctx: click.Context, option: click.Parameter, incomplete: str) -> list[str]:
    """Return the named graphs that begin with a text."""
    with suppress(KgError):
        names = [graph.name for graph in list_graphs(find_context_home(ctx))]
        return [name for name in names if name.startswith(incomplete)]
    return []


@click.command(cls=HelpCommand, short_help="Export statements, in an RDF format.")
@click.option(
    "-o",
    "--output",
    "target",
    metavar="FILE|DIR|-",
    default="-",
    show_default=True,
    callback=refuse_empty,
    help="A file, whose suffix gives the format; a folder (existing, or ending in /), for one file "
    "per named graph; or - for standard output.",
)
@click.option(
    "--format",
    "form",
    type=click.Choice(FORMATS),
    metavar="FORMAT",
    help="Format, if no suffix gives it: nq (N-Quads, the default for standard output), nt "
    "(N-Triples), trig (TriG), ttl (Turtle, the default for a folder) or jsonld (JSON-LD); each "
    "also compressed, as nq.gz or nq.zst.",
)
@click.option(
    "--graphs",
    multiple=True,
    metavar="GRAPH",
    shell_complete=complete_graph,
    help="Export only this named graph: a path below data/ or ontology/, a pattern of paths, a "
    "prefixed name or an IRI. May be repeated.",
)
@click.option(
    "--without",
    multiple=True,
    metavar="GRAPH",
    shell_complete=complete_graph,
    help="Leave out this named graph, given as for --graphs. borrowed-labels holds the labels that "
    "this project gives to terms of other vocabularies: leave it out if the labels of those "
    "vocabularies are loaded too. May be repeated.",
)
@click.option(
    "--entailed/--no-entailed",
    default=None,
    help="Include or omit the entailments (graph:entailed), which are always those of the complete "
    "dataset. Default: include them, but omit them with --graphs.",
)
@force_option
@click.pass_context
def rdf(
    ctx: click.Context,
    target: str,
    form: str | None,
    graphs: tuple[str, ...],
    without: tuple[str, ...],
    entailed: bool | None,
    force: bool,
) -> None:
    """Export all statements, or those of some named graphs, in an RDF format.

    \b
    kg export rdf -o city-policy.nq           sorted N-Quads
    kg export rdf -o city-policy.trig.gz      TriG, with prefixes, compressed
    kg export rdf -o city-policy.jsonld       JSON-LD, with a context
    kg export rdf -o json/ --format jsonld    also its context, a frame per class
    kg export rdf -o dumps/                   one Turtle file per named graph
    kg export rdf -o wuhan.ttl --graphs roundup-2021/wuhan
    kg export rdf -o all.nq --without borrowed-labels
    kg export rdf --graphs 'roundup-2021/*' --format nt | grep -c '^[^#]'
    kg export rdf --graphs catalog --format ttl    only the catalogue

    N-Quads and TriG keep the named graphs. Turtle, N-Triples and JSON-LD have the union of the
    graphs, each statement once; in JSON-LD, each thing is one object, and identifiers are prefixed
    names: expand the file for full IRIs. Every dump describes itself: graph:catalog has title,
    licence, version, sources and counts of the dataset and of each named graph; in a folder it
    also has the size and the digest of each file. The same data give the same bytes. .zst needs the
    extra [zstd].
    """
    with show_progress("Exporting") as progress:
        done = export_rdf(
            find_context_home(ctx),
            target,
            form=form,
            graphs=graphs,
            without=without,
            entailed=entailed,
            force=force,
            progress=progress,
        )
    if target != "-":
        statements, named = Number(done.statements), Number(len(done.graphs))
        counts = f"{statements} statement{statements:s}, {named} named graph{named:s}"
        print_message(f"{target}: {counts}")
