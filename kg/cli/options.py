"""What several commands share: options, the home, the graph."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from kg.home import Home, find_home
from kg.names import LANGUAGES

if TYPE_CHECKING:
    from kg.graph import Graph

FindHome = Callable[[], Home]
PATH = click.Path(path_type=Path)
ENDPOINT_HELP = (
    "Query this SPARQL endpoint, which kg push has loaded, instead of the files. "
    "Environment variable: KG_ENDPOINT."
)
IRIS_HELP = (
    "Always show the columns of IRIs. By default, a table too wide for the terminal omits them."
)
FORCE_HELP = "Overwrite files in the folder that kg did not write."

language_option = click.option(
    "--lang",
    "language",
    type=click.Choice(LANGUAGES),
    default="en",
    show_default=True,
    help="Language of labels and messages. Texts without zh-Hant are in zh-Hans.",
)
endpoint_option = click.option("--endpoint", metavar="URL", help=ENDPOINT_HELP)
force_option = click.option("--force", is_flag=True, help=FORCE_HELP)


def make_language_option() -> click.Option:
    """Return the option --lang of questions and networks, and of their help."""
    return click.Option(
        ["--lang", "language"],
        type=click.Choice(LANGUAGES),
        is_eager=True,
        help="Language of labels and of this help. Texts without zh-Hant are in zh-Hans.  "
        "[default: en]",
    )


def refuse_empty(context: click.Context, option: click.Parameter, value: Any) -> Any:
    """Return the value of an option; an empty one is an error, often an unset shell variable."""
    if value == "":
        raise click.BadParameter("The value is empty. Give a file or a folder.", context, option)
    return value


def open_graph(home: Home, endpoint: str | None) -> Graph:
    """Return the graph of the endpoint in --endpoint or KG_ENDPOINT, or of the home."""
    from kg.graph import connect_graph, load_graph

    url = endpoint or os.environ.get("KG_ENDPOINT")
    return connect_graph(home, url) if url else load_graph(home)


def find_context_home(context: click.Context) -> Home:
    """Return the home of `kg --home`, also while a shell completes a command line."""
    return find_home(context.find_root().params.get("folder"))


def find_language(context: click.Context) -> str:
    """Return the language of --lang, or en."""
    contexts = [context, context.parent] if context.parent else [context]
    return next((value for c in contexts if (value := c.params.get("language"))), "en")
