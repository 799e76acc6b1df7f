"""Write to the terminal: text, pages of text, data, and progress bars."""

import os
import shutil
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import click

Progress = Callable[[str, float], None]


def find_width() -> int | None:
    """Return the columns of the terminal, or None if standard output is not a terminal."""
    return shutil.get_terminal_size().columns if sys.stdout.isatty() else None


def print_text(text: str, *, paged: bool = False) -> None:
    """Print a text for people; if `paged`, a long one goes through a pager on a terminal."""
    if not sys.stdout.isatty():
        print_data(text)
    elif not paged or text.count("\n") < shutil.get_terminal_size().lines:
        click.echo(text, nl=False)
    else:
        # As git does: less ends if the text fits on a screen, and keeps it on the screen.
        os.environ.setdefault("LESS", "FRX")
        os.environ.setdefault("LESSCHARSET", "utf-8")
        click.echo_via_pager(text)


def print_answer(text: str, form: str | None) -> None:
    """Print an answer in a format: a table, the default, for people, all others for programs."""
    if form in (None, "table"):
        print_text(text, paged=True)
    else:
        print_data(text)


def print_data(text: str) -> None:
    """Print a text for programs: UTF-8 whatever the locale, every character as it is."""
    sys.stdout.flush()
    sys.stdout.buffer.write(text.encode("utf-8", "surrogateescape"))


def print_note(text: str) -> None:
    """Print a note to standard error, wrapped to the width of the terminal."""
    from kg.ask.wrapping import wrap_text

    width = find_width()
    click.echo("\n".join(wrap_text(text, width)) if width else text, err=True)


@contextmanager
def show_progress(label: str) -> Iterator[Progress]:
    """Yield a function that takes the current step and the share done, from 0 to 1.

    The bar is shown only if standard error is a terminal.
    """
    if not sys.stderr.isatty():
        yield lambda step, share: None
        return
    with click.progressbar(
        length=1000, label=label, file=sys.stderr, item_show_func=lambda step: step or ""
    ) as bar:
        yield lambda step, share: bar.update(round(1000 * share) - bar.pos, step)


def count_steps(progress: Progress, total: int) -> Callable[[str], None]:
    """Return a function that reports one step of `total` with each call."""
    done = -1

    def report(step: str) -> None:
        nonlocal done
        done += 1
        progress(step, done / total)

    return report
