"""What several commands share: options, the home, the graph."""

import logging
import os
import sys
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext, suppress
from pathlib import Path
from typing import Any, TypeVar

import click

from kg.ask import ROW_FORMATS, TRIPLE_FORMATS
from kg.ask.lookup import quote_input
from kg.cli.help import FALLBACK
from kg.cli.messages import print_message
from kg.display import LANGUAGES
from kg.errors import KgError
from kg.graph import Graph, connect_graph, load_graph
from kg.home import Home, find_home
from kg.xsd import XSD, is_lexical_form, read_integer

MAX_ANSWER_SIZE = "kg.max_answer_size"  # its key in the context of a command
Command = TypeVar("Command", bound=Callable[..., Any] | click.Command)


class IntegerType(click.IntRange):
    """An integer as XML Schema writes it; click also takes 1_000 and digits of other scripts."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """Return the value of an option as a number."""
        if isinstance(value, str) and read_integer(value) is None:
            raise click.BadParameter(f"{quote_input(value)} is not an integer.", ctx, param)
        return super().convert(value, param, ctx)


class NumberType(click.FloatRange):
    """A number as XML Schema writes it; click also takes 1_000 and digits of other scripts."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """Return the value of an option as a number."""
        is_number = not isinstance(value, str) or is_lexical_form(value, f"{XSD}double")
        if not is_number or (isinstance(value, str) and value != value.strip()):
            raise click.BadParameter(f"{quote_input(value)} is not a number.", ctx, param)
        return super().convert(value, param, ctx)


class PathType(click.Path):
    """A path. An empty one, often an unset shell variable, is an error, not the current folder."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """Return the path; a usage error if it is empty."""
        if value == "":
            self.fail("The path is empty. Give a file or a folder.", param, ctx)
        return super().convert(value, param, ctx)


PATH = PathType(path_type=Path)

language_option = click.option(
    "--lang",
    "language",
    type=click.Choice(LANGUAGES),
    expose_value=False,
    help=f"Language of labels, messages and this help. {FALLBACK}",
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
size_option = click.option(
    "--max-answer-size",
    "max_answer_size",
    metavar="SIZE",
    expose_value=False,
    callback=lambda ctx, option, value: ctx.meta.update({MAX_ANSWER_SIZE: value}),
    help="Largest answer of an endpoint, for example 500MB or 2GB. Default: 100MB. "
    "Environment variable: KG_MAX_ANSWER_SIZE.",
)
timeout_option = click.option(
    "--timeout",
    type=NumberType(min=0, min_open=True),
    metavar="SECONDS",
    help="Stop after this time. Default: no limit, or 60 seconds at an endpoint.",
)


def endpoint_option(command: Command) -> Command:
    """Add the options of commands that can query an endpoint; see `open_graph`."""
    return click.option(
        "--endpoint",
        metavar="URL",
        help="Query this SPARQL endpoint, which kg push has loaded, instead of the files. "
        "Environment variable: KG_ENDPOINT.",
    )(size_option(command))


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
    # A shell leaves the \r of a line that ends in CRLF: `export KG_ENDPOINT=$(cat FILE)`.
    url = (endpoint or os.environ.get("KG_ENDPOINT", "")).strip()
    if not url:
        return load_graph(home)
    show_notices()
    return connect_graph(home, url, ctx.meta.get(MAX_ANSWER_SIZE))


class NoticeHandler(logging.Handler):
    """Prints notices to standard error, on a terminal over the line of a progress bar."""

    def emit(self, record: logging.LogRecord) -> None:
        """Print a notice."""
        if sys.stderr.isatty():
            sys.stderr.write("\r\x1b[K")
        print_message(f"kg: {record.getMessage()}", err=True)


def show_notices() -> None:
    """Print notices of a client, for example that it waits for a server."""
    logger = logging.getLogger("kg")
    if not logger.handlers:
        logger.addHandler(NoticeHandler())
        logger.setLevel(logging.INFO)


def find_context_home(ctx: click.Context) -> Home:
    """Return the home of `kg --home`."""
    return find_home(ctx.find_root().params.get("folder"))


def ignore_errors(ctx: click.Context) -> AbstractContextManager[object]:
    """Return a context that ignores errors while a shell completes a line."""
    return suppress(KgError) if ctx.resilient_parsing else nullcontext()
