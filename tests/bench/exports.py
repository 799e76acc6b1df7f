"""Measure the time and memory of every export, and how they grow with the number of cities.

Times are processor times. They are compared as ratios within one run, because the machine may be
shared: many cities to few, and peers (networkx, pyoxigraph, rdflib) to kg. Memory is what an export
needs in addition to its input (the graph, or a network), which is prepared once. Every export runs
in its own forked process, which needs Linux or macOS. The exit code is 1 if a value is not within
its limit.
"""

import gc
import math
import resource
import statistics
import sys
import time
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from functools import partial
from itertools import groupby
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import click
from homes import make_homes
from report import Table, judge, print_report, show_progress
from results import Results
from worker import Worker, call_in_fork, time_work
from workloads import WORKLOADS, Workload

from kg.home import Home

# Sorting takes n log n. Larger data also fit the caches less well: with four times as much data,
# pyoxigraph's dump, which does not sort, takes 5.2 times as long, although n log n is 4.8.
TOLERANCE = 1.5
# Statements are sorted in chunks of 24 MB. Memory may differ by a chunk and its buffers.
MORE_MEGABYTES = 32.0
WARM_UP = 5.0  # times as long as an export is repeated for
GRACE = 60.0  # more seconds for a worker, which has to end a fork that takes too long
BY_NAME = {workload.name: workload for workload in WORKLOADS}


@dataclass(frozen=True)
class Usage:
    """Processor seconds, and peak memory in megabytes."""

    seconds: float
    megabytes: float


def name_result(workload: str, cities: int) -> str:
    """Return the name of a workload's results for a number of cities."""
    return f"{workload} at {cities}"


def measure_usage(
    timeout: float, repeat_for: float, prepared: tuple[Home, Any], name: str
) -> Usage:
    """Return the usage of a fork of this process that runs a workload, or nothing for no name."""

    def run() -> Usage:
        seconds = time_workload(BY_NAME[name], *prepared, repeat_for) if name else 0.0
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        # Kilobytes, but bytes on macOS.
        return Usage(seconds, peak / (1 << 20 if sys.platform == "darwin" else 1 << 10))

    usage: Usage = call_in_fork(run, timeout)
    return usage


def time_workload(workload: Workload, home: Home, prepared: Any, repeat_for: float) -> float:
    """Return the processor seconds of a workload, repeated for so many seconds."""
    # In the folder of the home: some exports may not fit on the disk for temporary files.
    with TemporaryDirectory(dir=home.root) as folder:
        run = partial(workload.run, prepared, home, Path(folder) / "output")
        return time_work(run, repeat_for=repeat_for, warm_up=WARM_UP * repeat_for)


def prepare_input(prepare: Callable[[Home], Any], home: Home) -> tuple[Home, Any]:
    """Return a home and the input prepared from it, which the forks of this process share."""
    prepared = prepare(home)
    # Otherwise a garbage collection in a fork would copy the memory of the input.
    gc.freeze()
    return home, prepared


def run_workloads(
    workloads: list[Workload],
    homes: Mapping[int, Home],
    runs: int,
    timeout: float,
    repeat_for: float,
    step: Callable[[int], None],
) -> Results[Usage]:
    """Measure workloads for homes with few and with many cities."""
    results: Results[Usage] = Results()
    few = min(homes)
    for prepare, group in groupby(workloads, lambda workload: workload.prepare):
        same_input = list(group)
        with ExitStack() as stack:
            workers = {}
            for cities, home in homes.items():
                workers[cities] = start_worker(prepare, home, timeout, repeat_for)
                stack.callback(workers[cities].close)
            for workload in same_input:
                for _ in range(runs):
                    for cities in [few] if workload.slow else homes:
                        name = name_result(workload.name, cities)
                        results.add(name, partial(measure, workers[cities], workload))
                        step(1)
    return results


def start_worker(
    prepare: Callable[[Home], Any], home: Home, timeout: float, repeat_for: float
) -> Worker:
    """Return a worker that measures workloads with one input."""
    respond = partial(measure_usage, timeout, repeat_for)
    prepare_both = partial(prepare_input, prepare, home)
    # A fork reaches its timeout before the worker does.
    return Worker(prepare_both, respond, timeout + GRACE, prepare_timeout=timeout)


def measure(worker: Worker, workload: Workload) -> Usage:
    """Return the usage of a workload, without the memory of its input.

    Raises:
        WorkerError: see `Worker.request`.
    """
    usage, idle = worker.request(workload.name), worker.request("")
    return Usage(usage.seconds, max(usage.megabytes - idle.megabytes, 0.0))


def report_growth(
    results: Results[Usage], workloads: list[Workload], counts: tuple[int, int]
) -> Table:
    """Return the table of how the time and memory of exports grow with the number of cities."""
    few, many = counts
    at_most = TOLERANCE * many * math.log(many) / (few * math.log(few))
    rows, passed = [], True
    for workload in workloads:
        if workload.peer_of:
            continue
        names = [name_result(workload.name, cities) for cities in counts]
        growth = judge(results.compare(names[1], names[0]), at_most=at_most)
        seconds = [find_median(results, name, "seconds") for name in names]
        memory = [find_median(results, name, "megabytes") for name in names]
        more = (memory[1] or 0.0) - (memory[0] or 0.0)
        limit = f"+{MORE_MEGABYTES:.0f}" if workload.constant_memory else ""
        missed = workload.constant_memory and more > MORE_MEGABYTES
        rows.append(
            (
                workload.name,
                *(format_number(number, ".3g") for number in seconds),
                *growth.cells,
                *(format_number(number, ".0f") for number in memory),
                limit,
                "missed" if missed else "",
            )
        )
        passed = passed and growth.passed and not missed
    titles = (
        "export", f"s, {few} cities", f"s, {many}", "ratio", "range", "limit", "result",
        f"MB, {few} cities", f"MB, {many}", "limit", "result",
    )  # fmt: skip
    return Table(titles, rows, passed)


def report_peers(
    results: Results[Usage], workloads: list[Workload], cities: int, few: int
) -> Table:
    """Return the table of the time and memory of peers, for a number of cities."""
    rows, passed = [], True
    for workload in workloads:
        if not workload.peer_of or (workload.slow and cities != few):
            continue
        names = [name_result(name, cities) for name in (workload.name, workload.peer_of)]
        # A file about few cities may be little more than its header.
        at_least = 0.0 if cities == few else workload.at_least
        verdict = judge(results.compare(*names), at_least=at_least)
        memory = [find_median(results, name, "megabytes") for name in names]
        cells = [format_number(number, ".0f") for number in memory]
        rows.append((workload.name, *verdict.cells, *cells))
        passed = passed and verdict.passed
    titles = (
        f"peer, {cities} cities", "peer / kg", "range", "limit", "result", "MB, peer", "MB, kg",
    )  # fmt: skip
    return Table(titles, rows, passed)


def find_median(results: Results[Usage], name: str, quantity: str) -> float | None:
    """Return the median of the seconds or megabytes; None if there are no measurements."""
    values = [getattr(usage, quantity) for usage in results.list(name)]
    return statistics.median(values) if values else None


def format_number(number: float | None, precision: str) -> str:
    """Return a number with a precision, or an empty text for None."""
    return "" if number is None else format(number, precision)


def choose_workloads(names: tuple[str, ...]) -> list[Workload]:
    """Return the exports with these names, or all, with their peers and what they need."""
    chosen = {w.name for w in WORKLOADS if not names or {w.name, w.peer_of} & set(names)}
    if any(BY_NAME[name].needs_network for name in chosen):
        chosen.add("network")
    return [workload for workload in WORKLOADS if workload.name in chosen]


def check_counts(
    context: click.Context, option: click.Parameter, value: tuple[int, int]
) -> tuple[int, int]:
    """Return the two numbers of cities; the second must be larger."""
    if not 2 <= value[0] < value[1]:
        raise click.BadParameter("give two numbers from 2, the larger one last.")
    return value


@click.command(help=__doc__)
@click.option(
    "--cities",
    "counts",
    type=(int, int),
    default=(1000, 4000),
    show_default=True,
    callback=check_counts,
    metavar="FEW MANY",
    help="Numbers of synthetic cities.",
)
@click.option(
    "--runs", type=click.IntRange(1), default=1, show_default=True, help="Runs of each export."
)
@click.option(
    "--repeat-for",
    type=click.FloatRange(0.0),
    default=1.0,
    show_default=True,
    help="Seconds for which each export is repeated, after five times as long to warm up.",
)
@click.option(
    "--timeout", default=900.0, show_default=True, help="Seconds after which a process is stopped."
)
@click.argument(
    "exports", nargs=-1, type=click.Choice([w.name for w in WORKLOADS if not w.peer_of])
)
def main(
    exports: tuple[str, ...],
    counts: tuple[int, int],
    runs: int,
    repeat_for: float,
    timeout: float,
) -> None:
    """Measure the exports, by default all, and their peers, and print the ratios."""
    started = time.monotonic()
    workloads = choose_workloads(exports)
    length = runs * sum(1 if workload.slow else 2 for workload in workloads)
    with make_homes(counts) as homes, show_progress("Exporting", length) as step:
        by_count = dict(zip(counts, homes, strict=True))
        results = run_workloads(workloads, by_count, runs, timeout, repeat_for, step)
    tables = [
        report_growth(results, workloads, counts),
        *(report_peers(results, workloads, cities, counts[0]) for cities in counts),
    ]
    print_report(tables, f"{runs} runs of each export, {time.monotonic() - started:.0f} s.")


if __name__ == "__main__":
    main()
