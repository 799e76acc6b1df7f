"""What several verbs take: the option for the language, paths, the home; how they show progress."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from kg.home import Home, find_home
from kg.names import LANGUAGES

if TYPE_CHECKING:
    from kg.graph import Graph
    from kg.names import Names
    from kg.store import Result

FindHome = Callable[[], Home]
PATH = click.Path(path_type=Path)

language_option = click.option(
    "--lang",
    "language",
    type=click.Choice(LANGUAGES),
    default="en",
    show_default=True,
    help="Language of labels and messages; zh-Hant falls back on zh-Hans.",
)

IRIS_HELP = (
    "Show the columns of IRIs in a table that is too wide for the terminal with them. "
    "Other formats, and a table that is not for a terminal, always have them."
)
ENDPOINT_HELP = (
    "Ask this SPARQL endpoint, which kg push has filled; so does KG_ENDPOINT in the environment."
)
endpoint_option = click.option("--endpoint", metavar="URL", help=ENDPOINT_HELP)
iris_option = click.option("--iris", is_flag=True, help=IRIS_HELP)


def refuse_empty(context: click.Context, option: click.Parameter, value: Any) -> Any:
    """Return the value of an option, unless it is an empty text: an unset variable, most likely."""
    if value == "":
        raise click.BadParameter("it is empty. Name a file or a folder.", context, option)
    return value


def open_graph(home: Home, endpoint: str | None) -> Graph:
    """Return the graph of the endpoint in --endpoint or KG_ENDPOINT, or of the home."""
    from kg.graph import connect_graph, load_graph

    url = endpoint or os.environ.get("KG_ENDPOINT")
    return connect_graph(home, url) if url else load_graph(home)


def find_width() -> int | None:
    """Return the width of the terminal, or None if standard output is not one."""
    return shutil.get_terminal_size().columns if sys.stdout.isatty() else None


def print_answer(answer: Result, form: str | None, names: Names, *, iris: bool) -> None:
    """Print an answer: a table for the terminal, other formats in UTF-8 whatever the locale."""
    from kg.ask import render_answer

    text = render_answer(answer, form, names, width=find_width(), iris=iris or None)
    is_table = not isinstance(answer, list) and form in (None, "table")
    # From a text, click removes escape sequences, which a value can have.
    click.echo(text if is_table else text.encode(), nl=False)


def find_context_home(context: click.Context) -> Home:
    """Return the home that `kg --home` names; also while a shell asks what could come next."""
    return find_home(context.find_root().params.get("folder"))


@contextmanager
def show_progress() -> Iterator[Callable[[str], None]]:
    """Give a function that moves a progress bar by a step; none where nobody looks."""
    from kg.check import STEPS

    if not sys.stderr.isatty():
        yield lambda step: None
        return
    with click.progressbar(
        length=len(STEPS), label="Checking", file=sys.stderr, item_show_func=lambda s: s or ""
    ) as bar:
        yield lambda step: bar.update(1, step)


@contextmanager
def show_share(label: str) -> Iterator[Callable[[str, float], None]]:
    """Give a function that moves a progress bar to a share of 1; none where nobody looks."""
    if not sys.stderr.isatty():
        yield lambda what, share: None
        return
    with click.progressbar(
        length=1000, label=label, file=sys.stderr, item_show_func=lambda what: what or ""
    ) as bar:
        yield lambda what, share: bar.update(round(1000 * share) - bar.pos, what)
