"""What several verbs take: the option for the language, paths, the home; how they show progress."""

from __future__ import annotations

import os
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

FindHome = Callable[[], Home]
PATH = click.Path(path_type=Path)
ROW_FORMATS = ("table", "csv", "json", "markdown")
TRIPLE_FORMATS = ("turtle", "ntriples", "jsonld", "rdfxml")

language_option = click.option(
    "--lang",
    "language",
    type=click.Choice(LANGUAGES),
    default="en",
    show_default=True,
    help="Language of labels and messages; zh-Hant falls back on zh-Hans.",
)

ENDPOINT_HELP = (
    "Ask this SPARQL endpoint, which kg push has filled; so does KG_ENDPOINT in the environment."
)
endpoint_option = click.option("--endpoint", metavar="URL", help=ENDPOINT_HELP)


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
