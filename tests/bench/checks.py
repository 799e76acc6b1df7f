"""Time `kg check`, as ratios to pySHACL and Jena on the same graph, and how it grows.

Times are the processor times of complete processes. pySHACL takes long and runs at most three
times, the largest home is checked once. The exit code is 1 if a ratio is not within its limit.
"""

import math
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import click
from homes import KG, export_statements, make_homes
from report import Ratios, Table, judge, print_report, show_progress
from worker import call_in_fork

from kg.graph import load_graph
from kg.home import Home, find_home
from kg.turtle import list_files

BENCH = Path(__file__).parent
POM = BENCH.parent / "peers" / "fuseki" / "pom.xml"
LONGEST_LOAD = 3600.0  # seconds
MEGABYTE = 1024**2
LARGEST_MEMORY = 2048 * MEGABYTE


@dataclass(frozen=True)
class Usage:
    """The processor seconds of a process, and its peak memory in bytes."""

    seconds: float
    memory: int


def run_process(command: Sequence[str]) -> Usage:
    """Run a command, discard its output, and return what it used."""
    # Keep byte code, as an installation does: otherwise each run would compile the program.
    environment = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}
    process = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(f"{' '.join(command)[:200]}: exit code {process.returncode}")
    unit = 1 if sys.platform == "darwin" else 1024
    return Usage(usage.ru_utime + usage.ru_stime, usage.ru_maxrss * unit)


def check_home(home: Home) -> list[str]:
    """Return the command that checks a home."""
    return [*KG, "--home", str(home.root), "check"]


def list_shapes(home: Home) -> list[str]:
    """Return the paths of the shape files."""
    return [str(path) for path in sorted((home.ontology / "shapes").glob("*.ttl"))]


def make_pyshacl(home: Home, entailed: Path) -> list[str]:
    """Return the command that validates a home with pySHACL; write the entailments to a file."""
    export_statements(home, entailed, "--graphs", "graph:entailed", "--entailed")
    files = [*(str(file.path) for file in list_files(home)), str(entailed)]
    script = str(BENCH / "peers" / "check_pyshacl.py")
    return [sys.executable, script, *list_shapes(home), "--", *files]


def make_jena(home: Home, folder: Path) -> list[str] | str:
    """Return the command that validates a home with Jena, or the reason why Jena cannot run."""
    if not (shutil.which("java") and shutil.which("mvn")):
        return "Java or Maven is missing"
    classpath = folder / "classpath"
    maven = ["mvn", "-q", "-B", "-f", str(POM), "dependency:build-classpath"]
    maven += [f"-Dmdep.outputFile={classpath}"]
    # Maven writes sequences for colours to standard error, even if nothing is wrong.
    if subprocess.run(maven, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL).returncode:
        return "Maven could not download Jena"
    data, shapes = folder / "data.nt", folder / "shapes.ttl"
    export_statements(home, data)
    shapes.write_text("\n".join(Path(path).read_text("utf-8") for path in list_shapes(home)))
    command = ["java", "-cp", classpath.read_text().strip(), "shacl.shacl", "validate"]
    return [*command, "--shapes", str(shapes), "--data", str(data)]


def compare(home: Home, peer: list[str] | str, runs: int) -> Ratios:
    """Return the ratios of `kg check` to a peer, in ascending order; or why there are none."""
    if isinstance(peer, str):
        return peer
    ours = check_home(home)
    return sorted(run_process(ours).seconds / run_process(peer).seconds for _ in range(runs))


def count_statements(home: Home) -> int:
    """Return the number of statements of a home with its entailments."""
    # In a fork: the graph takes gigabytes.
    number: int = call_in_fork(lambda: len(load_graph(home).memory), LONGEST_LOAD)
    return number


@click.command(help=__doc__)
@click.option("--runs", type=click.IntRange(1), default=5, show_default=True, help="Pairs of runs.")
@click.option(
    "--cities",
    nargs=3,
    type=click.IntRange(1),
    default=(30, 100, 1000),
    show_default=True,
    help="Three numbers of cities; the peers check the second one.",
)
def main(runs: int, cities: tuple[int, int, int]) -> None:
    """Time all checks and print the ratios."""
    started = time.monotonic()
    comparisons: list[tuple[str, Ratios, float]] = []
    with make_homes(cities) as homes, show_progress("Timing", 6) as step:
        folder = homes[1].root
        own = find_home()
        bare = [sys.executable, "-c", "import pyshacl"]
        comparisons.append(("7 cities: kg check / import pyshacl", compare(own, bare, runs), 3.0))
        step(1)
        peer = make_pyshacl(homes[1], folder / "entailed.nt")
        name = f"{cities[1]} cities: kg check / "
        comparisons.append((f"{name}pySHACL", compare(homes[1], peer, min(runs, 3)), 0.1))
        step(1)
        jena = compare(homes[1], make_jena(homes[1], folder), runs)
        comparisons.append((f"{name}Jena", jena, 1.0))
        step(1)
        sizes = [count_statements(home) for home in homes]
        # Alternately, so that a slow or shared machine changes both.
        rounds = [[run_process(check_home(home)) for home in homes[:2]] for _ in range(runs)]
        largest = run_process(check_home(homes[2]))
        step(3)
    usages = [*zip(*rounds, strict=True), (largest,) * runs]
    for n in (1, 2):
        growth = sorted(
            math.log(many.seconds / few.seconds) / math.log(sizes[n] / sizes[n - 1])
            for few, many in zip(usages[n - 1], usages[n], strict=True)
        )
        name = f"{cities[n - 1]} to {cities[n]} cities: log time / log statements"
        comparisons.append((name, growth, 1.1))
    memory = [largest.memory / LARGEST_MEMORY]
    comparisons.append((f"{cities[2]} cities: peak memory / 2 GB", memory, 1.0))
    verdicts = [(name, judge(ratios, at_most=limit)) for name, ratios, limit in comparisons]
    rows = [(name, *verdict.cells) for name, verdict in verdicts]
    titles = ("comparison", "ratio", "range", "limit", "result")
    measured = zip(usages, sizes, strict=True)
    seconds = ", ".join(f"{each[0].seconds:.1f} s for {size} statements" for each, size in measured)
    footer = f"kg check: {seconds}. {time.monotonic() - started:.0f} s in all."
    print_report([Table(titles, rows, all(v.passed for _, v in verdicts))], footer)


if __name__ == "__main__":
    main()
