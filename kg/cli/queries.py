"""`kg export queries`: the questions for other programs."""

from pathlib import Path

import click

from kg.cli.help import HelpCommand
from kg.cli.messages import print_message
from kg.cli.options import find_context_home, force_option, refuse_empty
from kg.queries import DEFAULT_ENDPOINT, export_queries


@click.command(cls=HelpCommand, short_help="Export the questions, for other programs.")
@click.option(
    "-o",
    "--output",
    "target",
    metavar="DIR",
    default="queries-for-others",
    show_default=True,
    callback=refuse_empty,
    help="Folder to write to.",
)
@click.option(
    "--endpoint",
    metavar="URL",
    default=DEFAULT_ENDPOINT,
    show_default=True,
    envvar="KG_ENDPOINT",
    help="SPARQL endpoint that answers the queries, which kg push has loaded. It is only written "
    "into the files. Environment variable: KG_ENDPOINT.",
)
@force_option
@click.pass_context
def queries(ctx: click.Context, target: str, endpoint: str, force: bool) -> None:
    """Export the questions as SPARQL examples in Turtle, and as query files for grlc.

    \b
    kg export queries -o shared
    kg export queries -o shared --endpoint https://example.org/sparql

    sparql-examples/ follows https://github.com/sib-swiss/sparql-examples: each query is an
    sh:SPARQLExecutable with a comment in English and Chinese, without values and with examples of
    its parameters. grlc/ is for https://github.com/CLARIAH/grlc, which makes a web API of it.
    """
    done = export_queries(find_context_home(ctx), Path(target), endpoint=endpoint, force=force)
    print_message(f"{target}: {done.questions} questions, {done.examples} examples")
