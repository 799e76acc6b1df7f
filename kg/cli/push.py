"""`kg push`: load the dataset into a SPARQL endpoint."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from kg.ask import render_table
from kg.cli.help import HelpCommand
from kg.cli.messages import print_message
from kg.cli.options import find_context_home, show_notices
from kg.cli.output import find_width, print_text, show_progress
from kg.errors import join_names
from kg.names import Names, read_names

if TYPE_CHECKING:
    from kg.push import Push
    from kg.push_plan import Plan

COLUMNS = ("named graph", "action", "statements here", "statements there")


@click.command(cls=HelpCommand, short_help="Load the dataset into a SPARQL endpoint.")
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
    help="Replace named graphs that differ, and delete those that an earlier push of the same "
    "sources has listed. Without it, they are an error.",
)
@click.option("--dry-run", is_flag=True, help="Show what would be done, and write nothing.")
@click.pass_context
def push(
    ctx: click.Context,
    url: str,
    graph_store: str | None,
    update: str | None,
    replace: bool,
    dry_run: bool,
) -> None:
    """Load the dataset, with named graphs and entailments, into the endpoint at URL.

    URL is the address for queries. Named graphs that the endpoint already has are not sent again:
    after an interruption, the same command continues. At the end, the number of statements of each
    graph and the answers to the main questions are compared. Graphs that were
    not pushed from the sources of this home are never changed.

    \b
    kg push http://127.0.0.1:7878/query
    kg push http://127.0.0.1:3030/ds/query --replace
    kg push https://example.org/sparql --update https://example.org/update

    Credentials: set KG_ENDPOINT_USER and KG_ENDPOINT_PASSWORD, or KG_ENDPOINT_TOKEN, or use
    netrc; never write them into URL.
    """
    from kg.push import GO_ON, find_target, preview_push, push_dataset

    url = url.strip()
    target = find_target(url, graph_store, update)
    home = find_context_home(ctx)
    show_notices()
    if dry_run:
        plan = preview_push(home, url)
        print_plan(plan, read_names(home))
        plan.check(url.partition("?")[0], replace=replace)
        return
    try:
        with show_progress("Sending") as progress:
            done = push_dataset(home, url, target, replace=replace, progress=progress)
    except KeyboardInterrupt:
        print_message(GO_ON, err=True)
        raise
    print_result(done)


def print_plan(plan: Plan, names: Names) -> None:
    """Print what a push would do, with a row for each named graph."""
    rows = [(names.shorten(g.graph), g.action, str(g.local), str(g.remote)) for g in plan.graphs]
    print_text(render_table(COLUMNS, rows, width=find_width()))


def print_result(done: Push) -> None:
    """Print what a push did."""
    plan = done.plan
    answers = f", and the answers of {', '.join(done.questions)}" if done.questions else ""
    print_message(
        f"{len(plan.sent)} named graphs sent ({plan.statements} statements), "
        f"{len(plan.select('keep'))} unchanged, {len(plan.select('delete'))} deleted. "
        f"Checked: counts{answers}."
    )
    if others := plan.select("other"):
        print_message(
            "Not of this home, and not changed: "
            f"{join_names(g.graph for g in others)}. Their statements are part of "
            "all answers."
        )
