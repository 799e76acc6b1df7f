"""How fast `kg` is, as ratios of whole processes timed in turn in one run.

Machines are shared and noisy, so no figure here is a time to quote: each is the median, over
pairs of runs, of ours divided by a peer's, beside the most that it should be.
"""

from __future__ import annotations

import argparse
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from kg.ask.table import render_table
from kg.graph import load_graph
from kg.home import find_home
from kg.turtle import list_files

PEERS = Path(__file__).parent / "peers"
KG = [sys.executable, "-m", "kg"]


@dataclass(frozen=True)
class Race:
    """Two commands that are timed in turn, and the largest ratio that is allowed."""

    name: str
    ours: list[str]
    peer: list[str]
    limit: float


def time_process(command: list[str], environment: dict[str, str]) -> float:
    """Return the processor seconds, user and system, that a command takes as a whole."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(command, env=environment, check=True, stdout=subprocess.DEVNULL)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime


def run_race(race: Race, runs: int, environment: dict[str, str]) -> list[float]:
    """Return the ratios ours/peer of the runs, sorted, after a warm-up of each."""
    for command in (race.ours, race.peer):
        time_process(command, environment)
    ratios = []
    for _ in range(runs):
        ours = time_process(race.ours, environment)
        ratios.append(ours / time_process(race.peer, environment))
    return sorted(ratios)


def list_races(folder: Path) -> list[Race]:
    """Return the races over the project's own data, whose graph is written to the folder."""
    home = find_home()
    files = [str(file.path) for file in list_files(home)]
    entailed = folder / "entailed.nt"
    graph = "https://w3id.org/cdp/graph/entailed"
    entailed.write_text(load_graph(home).dump_triples(graph), "utf-8")
    question = str(home.queries / "policies.rq")
    shapes = [str(path) for path in sorted((home.ontology / "shapes").glob("*.ttl"))]
    ask, python = [*KG, "ask", "policies"], sys.executable
    graph_files = [*files, str(entailed)]
    return [
        Race(
            "kg ask policies / rdflib, same files, same query",
            ask,
            [python, str(PEERS / "ask_rdflib.py"), question, *graph_files],
            0.25,
        ),
        Race(
            "kg ask policies / import pyoxigraph",
            ask,
            [python, "-c", "import pyoxigraph"],
            7.0,
        ),
        Race(
            "kg check / bare pySHACL, same graph",
            [*KG, "check"],
            [python, str(PEERS / "check_pyshacl.py"), *shapes, "--", *graph_files],
            3.0,
        ),
    ]


def main() -> None:
    """Time every race and print the ratios as a table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=11, help="pairs of runs a race (default 11)")
    runs = parser.parse_args().runs
    # Byte code is kept, as it is in any installation: else each run would compile the program.
    environment = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}
    rows = []
    started = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        for race in list_races(Path(folder)):
            ratios = run_race(race, runs, environment)
            median = statistics.median(ratios)
            spread = f"{ratios[0]:.2f}-{ratios[-1]:.2f}"
            rows.append((race.name, f"{median:.2f}", spread, f"{race.limit:g}"))
    titles = ("ours / peer, processor time", "median", "range", "at most")
    sys.stdout.write(render_table(titles, rows))
    sys.stdout.write(f"{runs} pairs a race, {time.monotonic() - started:.0f} s.\n")


if __name__ == "__main__":
    main()
