"""The report of a benchmark: ratios judged by their limits, tables, a progress bar."""

import statistics
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

import click

Ratios = list[float] | str  # in ascending order; or the reason why there are none


@dataclass(frozen=True)
class Verdict:
    """Whether a ratio is within its limit, and its cells in a table: median, range, limit, result.

    The result is empty if the ratio is within its limit; otherwise it is `missed`, or the reason
    why there is no ratio.
    """

    passed: bool
    cells: tuple[str, str, str, str]


def judge(ratios: Ratios, *, at_most: float | None = None, at_least: float = 0.0) -> Verdict:
    """Return whether the median of the ratios is within the limits. Without ratios, it is not."""
    limit = f"≤ {at_most:.3g}" if at_most is not None else f"≥ {at_least:g}" if at_least else ""
    if isinstance(ratios, str):
        return Verdict(False, ("", "", limit, ratios))
    median = statistics.median(ratios)
    passed = at_least <= median and (at_most is None or median <= at_most)
    spread = f"{ratios[0]:.2f}-{ratios[-1]:.2f}"
    return Verdict(passed, (f"{median:.2f}", spread, limit, "" if passed else "missed"))


@dataclass(frozen=True)
class Table:
    """A table of a report, and whether all its ratios are within their limits."""

    titles: tuple[str, ...]
    rows: Sequence[tuple[str, ...]]
    passed: bool

    def __str__(self) -> str:
        widths = [max(map(len, column)) for column in zip(self.titles, *self.rows, strict=True)]
        rule = tuple("-" * width for width in widths)
        lines = [
            " | ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True))
            for row in (self.titles, rule, *self.rows)
        ]
        return "".join(f"| {line} |\n" for line in lines)


def print_report(tables: Sequence[Table], footer: str) -> None:
    """Print the tables. Exit with code 1 if a ratio is not within its limit."""
    click.echo("\n".join(map(str, tables)))
    click.echo(footer)
    if not all(table.passed for table in tables):
        raise SystemExit(1)


@contextmanager
def show_progress(label: str, length: int) -> Iterator[Callable[[int], None]]:
    """Yield a function that advances a progress bar by a number of steps.

    The bar is shown only if standard error is a terminal.
    """
    if not sys.stderr.isatty():
        yield lambda steps: None
        return
    with click.progressbar(length=length, label=label, file=sys.stderr) as bar:
        yield bar.update
