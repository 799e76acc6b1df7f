"""Time complete commands of kg, as ratios to peers that do the same work.

A ratio is the processor time of kg divided by that of the peer. Both run alternately, because the
machine may be shared. The table has the median of several pairs of runs, their range and the
limit. The exit code is 1 if a ratio is not within its limit.
"""

import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import click
from homes import KG, export_statements
from report import Table, judge, print_report, show_progress

from kg.home import find_home
from kg.turtle import list_files

PEERS = Path(__file__).parent / "peers"
# Tokens of Turtle with a number of characters.
TOKENS: tuple[Callable[[int], str], ...] = (
    lambda n: "'" + "x" * n + "'",
    lambda n: '"' + "深" * n + '"',
    lambda n: '"' + "\\n" * (n // 2) + '"@en',
    lambda n: '"""' + '"a" \r\n' * (n // 6) + '"""',
    lambda n: "9" * n,
    lambda n: f"<x:{'a' * n}>",
    lambda n: f"e:{'a.' * (n // 2)}a",
    lambda n: "1" + " \n" * (n // 2),
)
LONG, SHORT = 200_000, 100


@dataclass(frozen=True)
class Comparison:
    """Two commands, and the limit of the ratio of their times."""

    name: str
    command: list[str]
    peer: list[str]
    at_most: float


def list_comparisons(folder: Path) -> Iterator[Comparison]:
    """Yield the comparisons, with the project's own data; write a file for peers to a folder."""
    home = find_home()
    entailed = folder / "entailed.nt"
    export_statements(home, entailed, "--graphs", "graph:entailed", "--entailed")
    files = [*(str(file.path) for file in list_files(home)), str(entailed)]
    question = str(home.queries / "policies.rq")
    for engine, limit in (("rdflib", 0.25), ("pyoxigraph", 3.0)):
        peer = [sys.executable, str(PEERS / f"ask_{engine}.py"), question, *files]
        name = f"kg ask, {engine} with the same files and query"
        yield Comparison(name, [*KG, "ask", "policies"], peer, limit)
    long, short = (write_tokens(folder / f"{n}.ttl", n) for n in (LONG, SHORT))
    form = [*KG, "format"]
    yield Comparison(
        "kg format, the same with short tokens", [*form, str(long)], [*form, str(short)], 1.0
    )


def write_tokens(path: Path, length: int) -> Path:
    """Write Turtle of about one size, with tokens of a length, to a file; return its path."""
    tokens = [token(length) for token in TOKENS for _ in range(LONG // length)]
    lines = [f"<a{number}> e:p {token} .\n" for number, token in enumerate(tokens)]
    path.write_text("PREFIX e: <x:>\n" + "".join(lines), "utf-8", newline="")
    return path


def time_process(command: list[str]) -> float:
    """Return the processor seconds, user and system, of a command."""
    # Keep byte code, as an installation does: otherwise each run would compile the program.
    environment = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(command, env=environment, check=True, stdout=subprocess.DEVNULL)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime


def measure_ratios(comparison: Comparison, runs: int) -> list[float]:
    """Return the ratios of the runs, in ascending order; the first run of each is not counted."""
    for command in (comparison.command, comparison.peer):
        time_process(command)
    return sorted(
        time_process(comparison.command) / time_process(comparison.peer) for _ in range(runs)
    )


@click.command(help=__doc__)
@click.option(
    "--runs",
    type=click.IntRange(1),
    default=11,
    show_default=True,
    help="Number of pairs of runs.",
)
def main(runs: int) -> None:
    """Time all commands and print the ratios."""
    started = time.monotonic()
    rows, passed = [], True
    with tempfile.TemporaryDirectory() as folder:
        comparisons = list(list_comparisons(Path(folder)))
        with show_progress("Timing", len(comparisons)) as step:
            for comparison in comparisons:
                verdict = judge(measure_ratios(comparison, runs), at_most=comparison.at_most)
                rows.append((comparison.name, *verdict.cells))
                passed = passed and verdict.passed
                step(1)
    titles = ("command and peer", "kg / peer", "range", "limit", "result")
    footer = f"{runs} pairs of runs per comparison, {time.monotonic() - started:.0f} s."
    print_report([Table(titles, rows, passed)], footer)


if __name__ == "__main__":
    main()
