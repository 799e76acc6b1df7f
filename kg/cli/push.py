"""`kg push`: load the dataset into a SPARQL endpoint."""

import click

from kg.cli.options import FindHome
from kg.cli.output import show_progress


@click.command(short_help="Load the dataset into a SPARQL endpoint.")
@click.argument("url")
@click.option(
    "--graph-store",
    metavar="URL",
    help="Address of the graph store. Default: guessed from URL for well-known servers.",
)
@click.option("--update", metavar="URL", help="Address for SPARQL Update, to use instead.")
@click.option(
    "--replace", is_flag=True, help="Replace named graphs that differ. Others are not touched."
)
@click.pass_obj
def push(
    home: FindHome, url: str, graph_store: str | None, update: str | None, replace: bool
) -> None:
    """Load the dataset, with named graphs and entailments, into the endpoint at URL.

    URL is the address for queries. Named graphs that are there already are not sent again: after
    an interrupt the same command continues. At the end, the statements of each graph are counted
    and the headline questions are answered there.

    \b
    kg push http://127.0.0.1:7878/query
    kg push http://127.0.0.1:3030/ds/query --replace
    kg push http://127.0.0.1:3030/ds/query --update http://127.0.0.1:3030/ds/update

    Credentials: set KG_ENDPOINT_USER and KG_ENDPOINT_PASSWORD, or KG_ENDPOINT_TOKEN, or use
    netrc; never write them into URL.
    """
    from kg.push import GO_ON, find_target, push_dataset

    target = find_target(url, graph_store, update)
    try:
        with show_progress("Sending") as progress:
            done = push_dataset(home(), url, target, replace=replace, progress=progress)
    except KeyboardInterrupt:
        click.echo(GO_ON, err=True)
        raise
    plan = done.plan
    click.echo(
        f"{len(plan.send)} named graphs sent ({plan.statements} statements), {len(plan.keep)} "
        f"unchanged, {len(plan.drop)} dropped. Checked: counts, and the answers of "
        f"{', '.join(done.questions)}."
    )
