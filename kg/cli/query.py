"""`kg query` and `kg show`: a query of one's own, and all that is known of one thing."""

import sys
from pathlib import Path

import click

from kg.ask import ROW_FORMATS, TRIPLE_FORMATS
from kg.cli.options import (
    FindHome,
    endpoint_option,
    find_width,
    iris_option,
    language_option,
    open_graph,
    print_answer,
)
from kg.errors import KgError


@click.command()
@click.argument("sparql")
@click.option(
    "--format",
    "form",
    type=click.Choice([*ROW_FORMATS, *TRIPLE_FORMATS]),
    help="Rows default to table, triples to turtle.",
)
@iris_option
@endpoint_option
@click.pass_obj
def query(
    home: FindHome, sparql: str, form: str | None, *, iris: bool, endpoint: str | None
) -> None:
    """Answer a SPARQL 1.1 query of one's own: its text, a file of it, or - for standard input.

    The prefixes of ontology/prefixes.ttl need no PREFIX line. All named graphs are asked at once.

    \b
    kg query 'SELECT ?city { ?city a cdp:City }'
    """
    text, where = read_query(sparql)
    graph = open_graph(home(), endpoint)
    answer = graph.query(text, where, graph.names.prefixes)
    print_answer(answer, form, graph.names, iris=iris)


@click.command()
@click.argument("entity")
@language_option
@endpoint_option
@click.pass_obj
def show(home: FindHome, entity: str, language: str, endpoint: str | None) -> None:
    """Print what is known of ENTITY: an IRI, a prefixed name, its last part, or a label.

    Each passage that says it is printed where the source is at hand, else its position.

    \b
    kg show framework:wuhan-1153
    kg show 香港 --lang zh-Hant
    """
    from kg.ask import describe_node, render_description

    description = describe_node(open_graph(home(), endpoint), entity, language)
    click.echo(render_description(description, find_width()), nl=False)


def read_query(sparql: str) -> tuple[str, str]:
    """Return the query that an argument means, and what to call it in messages."""
    if not sparql.endswith(".rq") and any(mark in sparql for mark in "{ \n"):
        return sparql, "query"
    where = "standard input" if sparql == "-" else sparql
    try:
        if sparql == "-":
            return (sys.stdin.buffer.read() if sys.stdin else b"").decode("utf-8"), where
        return Path(sparql).read_text("utf-8"), where
    except UnicodeDecodeError as error:
        raise KgError(
            f"{where}: byte {error.start} is not UTF-8. A query is UTF-8: save it as that.",
            exit_code=2,
        ) from None
    except OSError as error:
        raise KgError(
            f"{sparql}: no file to read ({error.strerror}). Give a query's text, a file, or -.",
            exit_code=2,
        ) from None
