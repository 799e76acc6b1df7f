"""Time `kg publish`, as a ratio to the reading of the graph, and how it grows.

Reading is what publishing begins with: the graph is loaded, and read once in each language. Times
are processor times, each of a fork of this process, which needs Linux or macOS. The exit code is 1
if a ratio is not within its limit.
"""

import math
import time
from contextlib import ExitStack
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory, mkdtemp

import click
from checks import count_statements
from homes import make_homes
from report import Ratios, Table, judge, print_report, show_progress
from worker import WorkerError, call_in_fork

from kg.graph import load_graph
from kg.home import Home, find_home
from kg.publish import publish_site
from kg.publish.edition import read_edition
from kg.publish.words import LANGUAGES

READINGS, SLOPE = 5.0, 1.1  # the limits


@dataclass(frozen=True)
class Seconds:
    """Processor seconds of the reading of a graph, and of all of its publishing."""

    reading: float
    publishing: float


def time_site(home: Home, folder: Path) -> Seconds:
    """Return the seconds for a site in a new folder below a folder."""
    started = time.process_time()
    graph = load_graph(home)
    for language in LANGUAGES:
        read_edition(graph, language)
    read = time.process_time()
    publish_site(home, Path(mkdtemp(dir=folder)))
    published = time.process_time()
    return Seconds(read - started, published - read)


def measure(home: Home, folder: Path, runs: int, timeout: float) -> list[Seconds] | str:
    """Return the seconds of each run, or the reason why there are none."""
    try:
        return [call_in_fork(partial(time_site, home, folder), timeout) for _ in range(runs)]
    except WorkerError as error:
        return str(error)


def find_slope(
    few: list[Seconds] | str, many: list[Seconds] | str, statements: tuple[int, int]
) -> Ratios:
    """Return the growth of log time over that of log statements, or why there is none."""
    if isinstance(few, str) or isinstance(many, str):
        return few if isinstance(few, str) else str(many)
    length = math.log(statements[1] / statements[0])
    pairs = zip(few, many, strict=True)
    return sorted(math.log(b.publishing / a.publishing) / length for a, b in pairs)


@click.command(help=__doc__)
@click.option(
    "--home",
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    callback=lambda context, parameter, path: find_home(path),
    help="The home for the comparison with reading; the project's own by default.",
)
@click.option("--runs", type=click.IntRange(1), default=1, show_default=True, help="Runs of each.")
@click.option(
    "--cities",
    nargs=2,
    type=click.IntRange(1),
    default=(10, 100),
    show_default=True,
    help="Numbers of synthetic cities, the larger one last.",
)
@click.option(
    "--timeout", default=1800.0, show_default=True, help="Seconds after which a run is stopped."
)
def main(home: Home, runs: int, cities: tuple[int, int], timeout: float) -> None:
    """Time all sites and print the ratios."""
    started = time.monotonic()
    with ExitStack() as stack:
        homes = stack.enter_context(make_homes(cities))
        step = stack.enter_context(show_progress("Publishing", 3))
        # Sites remain until the end: some disks create files slowly after others were removed.
        folder = Path(stack.enter_context(TemporaryDirectory()))
        results = []
        for each in (home, *homes):
            results.append(measure(each, folder, runs, timeout))
            step(1)
        counts = [count_statements(each) for each in homes]
    own, few, many = results
    ratios = own if isinstance(own, str) else sorted(s.publishing / s.reading for s in own)
    slope = find_slope(few, many, (counts[0], counts[1]))
    comparisons = [
        ("own data: kg publish / reading", judge(ratios, at_most=READINGS)),
        (
            f"{cities[0]} to {cities[1]} cities: log time / log statements",
            judge(slope, at_most=SLOPE),
        ),
    ]
    rows = [(name, *verdict.cells) for name, verdict in comparisons]
    titles = ("comparison", "ratio", "range", "limit", "result")
    table = Table(titles, rows, all(verdict.passed for _, verdict in comparisons))
    print_report([table], f"{runs} runs of each, {time.monotonic() - started:.0f} s.")


if __name__ == "__main__":
    main()
