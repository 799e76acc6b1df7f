"""`kg query` and `kg show`: answer a SPARQL query, and describe a thing."""

import click

from kg.cli.help import HelpCommand, find_language
from kg.cli.options import (
    endpoint_option,
    format_option,
    iris_option,
    language_option,
    open_graph,
    timeout_option,
)
from kg.cli.output import find_width, print_answer, print_data, print_text
from kg.portrait import describe_node
from kg.reading import STANDARD_INPUT, read_text


@click.command(cls=HelpCommand, short_help="Answer a SPARQL query.")
@click.argument("sparql")
@format_option
@iris_option
@endpoint_option
@timeout_option
@click.option(
    "--allow-service",
    is_flag=True,
    help="Let SERVICE in the query send requests to other servers. An endpoint decides by itself.",
)
@click.pass_context
def query(
    ctx: click.Context,
    sparql: str,
    form: str | None,
    iris: bool,
    endpoint: str | None,
    timeout: float | None,
    allow_service: bool,
) -> None:
    """Answer a SPARQL 1.1 query.

    SPARQL is the text of the query, the name of a file with it, or - for standard input. The
    prefixes of ontology/prefixes.ttl need no PREFIX line. The default graph is the union of all
    named graphs, unless the query has FROM or FROM NAMED.

    A query may have 50 levels of brackets and operators, and 5,000 tokens without values.

    CSV and JSON are exactly those of SPARQL 1.1. A spreadsheet runs texts such as =1+1. Do not open
    CSV of untrusted data in one; `kg ask` escapes them.

    \b
    kg query 'SELECT ?city { ?city a cdp:City }'
    kg query my-query.rq --format csv
    """
    text, where = read_argument(sparql)
    graph = open_graph(ctx, endpoint)
    answer = graph.query(
        text, where, graph.names.prefixes, timeout=timeout, allow_service=allow_service
    )
    print_answer(answer, form, graph.names, iris=iris, exact=True)


@click.command(cls=HelpCommand, short_help="Show what is known about a thing.")
@click.argument("thing")
@language_option
@click.option("--all", "everything", is_flag=True, help="Also list every statement and reference.")
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json"]),
    default="text",
    show_default=True,
    help="Format. JSON always has every statement.",
)
@endpoint_option
@click.pass_context
def show(
    ctx: click.Context,
    thing: str,
    everything: bool,
    form: str,
    endpoint: str | None,
) -> None:
    """Show what is known about THING, whose words state it, and where.

    A city is shown by its documents, frameworks, targets, pillars, initiatives, partners and
    numbers, the highlights of the reporter, and what the source does not state; a document by its
    chain and its outline; a theme by what each city says on it. Anything else is shown by its
    statements and references.

    THING is a label in any language (武汉), an alternative label (IoT), a prefixed name
    (place:wuhan), an IRI, or the last part of an IRI (wuhan). A passage of THING itself is shown as
    text if `kg source add` has added its source, and all others as a position in the source.

    \b
    kg show Wuhan
    kg show theme:data-governance --lang zh-Hans
    kg show 香港 --lang zh-Hant --all
    """
    description = describe_node(open_graph(ctx, endpoint), thing, find_language(ctx))
    if form == "json":
        print_data(description.to_json())
    else:
        print_text(description.to_text(find_width(), everything=everything), paged=True)


def read_argument(sparql: str) -> tuple[str, str]:
    """Return the query that the argument means, and its name in messages.

    Raises:
        KgError: the argument is a file that cannot be read.
    """
    is_text = not sparql.endswith(".rq") and any(mark in sparql for mark in "{ \n")
    if is_text or not sparql:
        return sparql.removeprefix("\ufeff"), "query"  # a byte order mark
    text = read_text(sparql, hint="Give a query, a file, or -.", exit_code=2)
    return text, STANDARD_INPUT if sparql == "-" else sparql
