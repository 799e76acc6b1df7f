"""`kg push`: load the dataset into a SPARQL endpoint."""

import click

from kg.cli.messages import print_message
from kg.cli.options import find_context_home
from kg.cli.output import show_progress


@click.command(short_help="Load the dataset into a SPARQL endpoint.")
@click.argument("url")
@click.option(
    "--graph-store",
    metavar="URL",
    help="Address of the graph store. Default: derived from URL, if it has the form of Oxigraph, "
    "Fuseki, GraphDB or RDF4J.",
)
@click.option(
    "--update", metavar="URL", help="Address for SPARQL Update, to use instead of a graph store."
)
@click.option(
    "--replace",
    is_flag=True,
    help="Replace named graphs that differ. Without it, they are an error.",
)
@click.pass_context
def push(
    ctx: click.Context, url: str, graph_store: str | None, update: str | None, replace: bool
) -> None:
    """Load the dataset, with named graphs and entailments, into the endpoint at URL.

    URL is the address for queries. Named graphs that the endpoint already has are not sent again:
    after an interruption, the same command continues. At the end, the number of statements of each
    graph and the answers to the main questions are compared.

    \b
    kg push http://127.0.0.1:7878/query
    kg push http://127.0.0.1:3030/ds/query --replace
    kg push https://example.org/sparql --update https://example.org/update

    Credentials: set KG_ENDPOINT_USER and KG_ENDPOINT_PASSWORD, or KG_ENDPOINT_TOKEN, or use
    netrc; never write them into URL.
    """
    from kg.push import GO_ON, find_target, push_dataset

    target = find_target(url, graph_store, update)
    home = find_context_home(ctx)
    try:
        with show_progress("Sending") as progress:
            done = push_dataset(home, url, target, replace=replace, progress=progress)
    except KeyboardInterrupt:
        print_message(GO_ON, err=True)
        raise
    plan = done.plan
    print_message(
        f"{len(plan.send)} named graphs sent ({plan.statements} statements), {len(plan.keep)} "
        f"unchanged, {len(plan.drop)} dropped. Checked: counts, and the answers of "
        f"{', '.join(done.questions)}."
    )
