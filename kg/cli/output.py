"""Write to the terminal: text, pages of text, data, and progress bars."""

import os
import shutil
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import count

import click

from kg.ask import render_answer
from kg.display import Progress, escape_controls
from kg.names import Names
from kg.store import Result


def find_width() -> int | None:
    """Return the columns of the terminal, or None if standard output is not a terminal."""
    return shutil.get_terminal_size().columns if sys.stdout.isatty() else None


def print_text(text: str, *, paged: bool = False) -> None:
    """Print a text for people; if `paged`, a long one goes through a pager on a terminal."""
    text = escape_controls(text)
    if not sys.stdout.isatty():
        print_data(text)
    elif not paged or text.count("\n") < shutil.get_terminal_size().lines:
        click.echo(text, nl=False)
    else:
        # As git does: less ends if the text fits on a screen, and keeps it on the screen.
        os.environ.setdefault("LESS", "FRX")
        os.environ.setdefault("LESSCHARSET", "utf-8")
        # click adds a line end.
        click.echo_via_pager(text.removesuffix("\n"))


def print_answer(
    answer: Result, form: str | None, names: Names, *, iris: bool, exact: bool = False
) -> None:
    """Print an answer in a format: a table, the default, for people, all others for programs.

    With `exact`, CSV is as SPARQL 1.1 has it; otherwise formulas are escaped.
    """
    text = render_answer(answer, form, names, width=find_width(), iris=iris or None, exact=exact)
    if form in (None, "table"):
        print_text(text, paged=True)
    else:
        print_data(text)


def print_data(text: str) -> None:
    """Print a text for programs: UTF-8 whatever the locale, with every character as it is.

    Bytes of file names that are not text become escapes, which JSON also has (\\udcff).
    """
    sys.stdout.flush()
    sys.stdout.buffer.write(text.encode("utf-8", "backslashreplace"))


@contextmanager
def show_progress(label: str) -> Iterator[Progress]:
    """Yield a function that takes the current step and the share done, from 0 to 1.

    The bar is shown only if standard error is a terminal.
    """
    if not sys.stderr.isatty():
        yield lambda step, share: None
        return

    def show_step(step: str | None) -> str:
        return escape_controls(step or "", lines=False)

    with click.progressbar(
        length=1000, label=show_step(label), file=sys.stderr, item_show_func=show_step
    ) as bar:
        yield lambda step, share: bar.update(round(1000 * share) - bar.pos, step)
        bar.update(1000 - bar.pos)


def count_steps(progress: Progress, total: int) -> Callable[[str], None]:
    """Return a function that reports one step of `total` with each call."""
    done = count()
    return lambda step: progress(step, next(done) / total)
