"""`kg push`: the dataset to an endpoint."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import click

from kg.cli.options import FindHome


@click.command()
@click.argument("url")
@click.option("--graph-store", metavar="URL", help="Where graphs are written; else it is guessed.")
@click.option("--update", metavar="URL", help="Write with SPARQL Update at this address instead.")
@click.option("--replace", is_flag=True, help="Swap our graphs there; no others are touched.")
@click.pass_obj
def push(
    home: FindHome, url: str, graph_store: str | None, update: str | None, replace: bool
) -> None:
    """Load the dataset, named graphs and entailments included, into the endpoint at URL.

    URL is the address for queries. Graphs that are there already are not sent again, so that an
    interrupted push goes on where it was. In the end the statements of each graph are counted
    and the headline questions are asked there.

    \b
    kg push http://127.0.0.1:7878/query
    kg push http://127.0.0.1:3030/ds/query --replace
    kg push http://127.0.0.1:3030/ds/query --update http://127.0.0.1:3030/ds/update

    Who asks stands in KG_ENDPOINT_USER and KG_ENDPOINT_PASSWORD, in KG_ENDPOINT_TOKEN, or in
    netrc; never in URL.
    """
    from kg.push import GO_ON, find_target, push_dataset

    target = find_target(url, graph_store, update)
    try:
        with show_sending() as progress:
            done = push_dataset(home(), url, target, replace=replace, progress=progress)
    except KeyboardInterrupt:
        click.echo(GO_ON, err=True)
        raise
    plan = done.plan
    click.echo(
        f"{len(plan.send)} graphs sent ({plan.statements} statements), "
        f"{len(plan.keep)} were there, {len(plan.drop)} dropped. "
        f"Same counts, same answers: {', '.join(done.questions)}."
    )


@contextmanager
def show_sending() -> Iterator[Callable[[str, int, int], None]]:
    """Give a function that shows how far a push is; one that does nothing where nobody looks."""
    if not sys.stderr.isatty():
        yield lambda graph, done, total: None
        return
    with click.progressbar(
        length=1, label="Sending", file=sys.stderr, item_show_func=lambda graph: graph or ""
    ) as bar:

        def show(graph: str, done: int, total: int) -> None:
            bar.length = total
            bar.update(done - bar.pos, graph)

        yield show
