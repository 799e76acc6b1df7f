"""What several commands share: options, the home, the graph."""

import os
from contextlib import AbstractContextManager, nullcontext, suppress
from pathlib import Path
from typing import Any

import click

from kg.ask import ROW_FORMATS, TRIPLE_FORMATS
from kg.errors import KgError
from kg.graph import Graph, connect_graph, load_graph
from kg.home import Home, find_home
from kg.names import LANGUAGES

PATH = click.Path(path_type=Path)

language_option = click.option(
    "--lang",
    "language",
    type=click.Choice(LANGUAGES),
    default="en",
    show_default=True,
    help="Language of labels and messages. Texts without zh-Hant are in zh-Hans.",
)
# Questions and networks: eager, for --help, and None if not given, for `kg ask everything`.
help_language_option = click.option(
    "--lang",
    "language",
    type=click.Choice(LANGUAGES),
    is_eager=True,
    help="Language of labels and of this help. Texts without zh-Hant are in zh-Hans.  "
    "[default: en]",
)
format_option = click.option(
    "--format",
    "form",
    type=click.Choice([*ROW_FORMATS, *TRIPLE_FORMATS]),
    help="Format of the answer. Default: table for rows, turtle for triples.",
)
iris_option = click.option(
    "--iris",
    is_flag=True,
    help="Always show the columns of IRIs. By default, a table too wide for the terminal omits "
    "them.",
)
endpoint_option = click.option(
    "--endpoint",
    metavar="URL",
    help="Query this SPARQL endpoint, which kg push has loaded, instead of the files. "
    "Environment variable: KG_ENDPOINT.",
)
timeout_option = click.option(
    "--timeout",
    type=float,
    metavar="SECONDS",
    help="Stop after this time. Default: no limit, or 60 seconds at an endpoint.",
)
force_option = click.option(
    "--force", is_flag=True, help="Overwrite files in the folder that kg did not write."
)


def refuse_empty(ctx: click.Context, option: click.Parameter, value: Any) -> Any:
    """Return the value of an option; an empty one is an error, often an unset shell variable."""
    if value == "":
        raise click.BadParameter("The value is empty. Give a file or a folder.", ctx, option)
    return value


def open_graph(ctx: click.Context, endpoint: str | None) -> Graph:
    """Return the graph of the endpoint in --endpoint or KG_ENDPOINT, or of the home."""
    home = find_context_home(ctx)
    url = endpoint or os.environ.get("KG_ENDPOINT")
    return connect_graph(home, url) if url else load_graph(home)


def find_context_home(ctx: click.Context) -> Home:
    """Return the home of `kg --home`."""
    return find_home(ctx.find_root().params.get("folder"))


def find_language(ctx: click.Context) -> str:
    """Return the language of --lang, or en."""
    return ctx.params.get("language") or "en"


def ignore_errors(ctx: click.Context) -> AbstractContextManager[object]:
    """Return a context that ignores errors while a shell completes a line."""
    return suppress(KgError) if ctx.resilient_parsing else nullcontext()
