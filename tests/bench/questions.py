"""Time every question after the data are loaded, as ratios to peers in the same run.

With the project's own data, the peer is rdflib, which answers the same query. With synthetic
cities, the peer is pyoxigraph, the engine inside kg; and the time of kg is compared with its time
for a tenth of the cities. Times are processor times, measured alternately, because the machine may
be shared. Every engine has its own process. The exit code is 1 if a ratio is not within its limit,
or if a question has no answer in time.
"""

import tempfile
import time
import tomllib
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import click
from engines import (
    ENTAILING,
    LOADING,
    Timing,
    ask_kg,
    ask_pyoxigraph,
    ask_rdflib,
    open_kg,
    open_pyoxigraph,
    open_rdflib,
)
from homes import export_statements, make_homes
from report import Table, judge, print_report, show_progress
from results import Results
from worker import Worker

from kg.ask.question import list_questions
from kg.home import Home, find_home

AT_LEAST_RDFLIB, AT_MOST_PYOXIGRAPH = 20.0, 1.2
# Each call of kg starts a thread, so that Ctrl-C can stop the query. That takes more than a fifth
# of the time of a query that is shorter than a millisecond.
SHORT, AT_MOST_PYOXIGRAPH_SHORT = 0.001, 1.5
GROWTH = 10
# Ten times as many rows fit the caches less well, and each answer is sorted.
TOLERANCE = 1.5
# Questions about pairs of cities: ten times as many cities form a hundred times as many pairs.
# 1,000 cities form half a million pairs, far more than the caches can hold.
QUADRATIC, QUADRATIC_TOLERANCE = frozenset({"city-pairs"}), 2.0
LONG = 5.0  # seconds; a question that takes longer is timed only once
PARAMETERS = Path(__file__).parents[1] / "answers" / "parameters.toml"
# Values of required parameters. Optional ones have none, because then the answer is largest.
SYNTHETIC_VALUES = {
    "compare": {"first": "city-00001", "second": "city-00002"},
    "everything": {"thing": "target:city-00001-6"},
    "evidence": {"thing": "target:city-00001-6"},
    "outline": {"document": "city-00001-blueprint-2"},
    "search": {"text": "data"},
}


@dataclass
class QuestionResults(Results[Timing]):
    """The results of a question, by engine or number of cities."""

    question: str = ""
    values: dict[str, str] = field(default_factory=dict)

    @property
    def is_complete(self) -> bool:
        """Whether the question needs no other run, because it failed or takes long."""
        last = [timings[-1].seconds for timings in self.measurements.values()]
        return bool(self.failures) or max(last, default=0) > LONG

    @property
    def is_short(self) -> bool:
        """Whether pyoxigraph is so fast that the fixed cost of a call matters."""
        return any(timing.seconds < SHORT for timing in self.list("pyoxigraph"))

    def ask_kg(self, name: str, worker: Worker) -> str:
        """Time the question with kg; return its query with values bound, "" if it fails."""
        timing = self.add(name, lambda: worker.request((self.question, self.values)))
        return timing.query if timing else ""

    def ask_peer(self, name: str, worker: Worker, query: str) -> None:
        """Time the same query with a peer."""
        if query:
            self.add(name, lambda: worker.request(query))

    def count_rows(self, name: str) -> int:
        """Return the number of rows, or 0 if there is no answer."""
        timings = self.list(name)
        return timings[0].rows if timings else 0


def read_own_values() -> dict[str, dict[str, str]]:
    """Return the values for the project's own data: those of the first answer in the tests."""
    cases = tomllib.loads(PARAMETERS.read_text("utf-8"))
    return {name: next(iter(cases[name].values())) for name in SYNTHETIC_VALUES}


def run_own_data(
    names: list[str], runs: int, timeout: float, step: Callable[[int], None]
) -> list[QuestionResults]:
    """Time questions about the project's own data, with kg and rdflib."""
    home, values = find_home(), read_own_values()
    all_results = [QuestionResults(question=name, values=values.get(name, {})) for name in names]
    with tempfile.TemporaryDirectory() as folder:
        statements = Path(folder) / "statements.nt"
        export_statements(home, statements)
        with (
            closing(Worker(partial(open_kg, home), ask_kg, timeout)) as kg,
            closing(Worker(partial(open_rdflib, statements), ask_rdflib, timeout)) as rdflib,
        ):
            for results in all_results:
                for _ in range(runs):
                    results.ask_peer("rdflib", rdflib, results.ask_kg("kg", kg))
                    if results.is_complete:
                        break
                step(1)
    return all_results


def run_synthetic_cities(
    small: Home,
    large: Home,
    names: list[str],
    runs: int,
    timeout: float,
    step: Callable[[int], None],
) -> tuple[list[QuestionResults], Results[Timing]]:
    """Time questions about few and many cities; return the results, and those of opening."""
    all_results = [
        QuestionResults(question=name, values=SYNTHETIC_VALUES.get(name, {})) for name in names
    ]
    opening: Results[Timing] = Results()
    statements = large.root / "statements.nq"
    export_statements(large, statements)
    with (
        closing(Worker(partial(open_kg, small), ask_kg, timeout)) as few,
        closing(Worker(partial(open_kg, large), ask_kg, timeout)) as many,
        closing(Worker(partial(open_pyoxigraph, statements), ask_pyoxigraph, timeout)) as peer,
    ):
        for part in (LOADING, ENTAILING):
            opening.add(f"{part} few", partial(few.request, part))
            opening.add(f"{part} many", partial(many.request, part))
        for results in all_results:
            for _ in range(runs):
                results.ask_kg("few", few)
                results.ask_peer("pyoxigraph", peer, results.ask_kg("many", many))
                if results.is_complete:
                    break
            step(1)
    return all_results, opening


def report_own_data(all_results: list[QuestionResults]) -> Table:
    """Return the table of the ratios of rdflib to kg; both must have the same number of rows."""
    rows, passed = [], True
    for results in all_results:
        verdict = judge(results.compare("rdflib", "kg"), at_least=AT_LEAST_RDFLIB)
        *cells, result = verdict.cells
        counts = [results.count_rows(name) for name in ("kg", "rdflib")]
        if not results.failures and counts[0] != counts[1]:
            passed, result = False, f"{counts[1]} rows in rdflib"
        rows.append((results.question, str(counts[0]), *cells, result))
        passed = passed and verdict.passed
    titles = ("question, own data", "rows", "rdflib / kg", "range", "limit", "result")
    return Table(titles, rows, passed)


def report_synthetic_cities(all_results: list[QuestionResults], cities: int) -> Table:
    """Return the table of the ratios of kg to pyoxigraph, and to kg for a tenth of the cities."""
    rows, passed = [], True
    for results in all_results:
        is_quadratic = results.question in QUADRATIC
        at_most = AT_MOST_PYOXIGRAPH_SHORT if results.is_short else AT_MOST_PYOXIGRAPH
        peer = judge(results.compare("many", "pyoxigraph"), at_most=at_most)
        # An answer may grow faster than the data: then its time may grow as its rows do.
        more_rows = results.count_rows("many") / max(results.count_rows("few"), 1)
        expected = max(GROWTH**2 if is_quadratic else GROWTH, more_rows)
        tolerance = QUADRATIC_TOLERANCE if is_quadratic else TOLERANCE
        growth = judge(results.compare("many", "few"), at_most=tolerance * expected)
        count = str(results.count_rows("many"))
        rows.append((results.question, count, *peer.cells, *growth.cells))
        passed = passed and peer.passed and growth.passed
    titles = (
        f"question, {cities} cities", "rows", "kg / pyoxigraph", "range", "limit", "result",
        f"time / at {cities // GROWTH}", "range", "limit", "result",
    )  # fmt: skip
    return Table(titles, rows, passed)


def report_opening(opening: Results[Timing], cities: int) -> Table:
    """Return the table of how the time to open the data grows."""
    rows, passed = [], True
    for title, part in (("load the files", LOADING), ("run the rules", ENTAILING)):
        ratios = opening.compare(f"{part} many", f"{part} few")
        verdict = judge(ratios, at_most=TOLERANCE * GROWTH)
        rows.append((title, *verdict.cells))
        passed = passed and verdict.passed
    ratio = f"at {cities} cities / at {cities // GROWTH}"
    return Table(("opening", ratio, "range", "limit", "result"), rows, passed)


@click.command(help=__doc__)
@click.option(
    "--runs", type=click.IntRange(1), default=5, show_default=True, help="Runs of each question."
)
@click.option(
    "--cities",
    type=click.IntRange(2 * GROWTH),
    default=1000,
    show_default=True,
    help="Number of synthetic cities.",
)
@click.option(
    "--timeout", default=120.0, show_default=True, help="Seconds after which a query is stopped."
)
@click.argument("questions", nargs=-1)
def main(questions: tuple[str, ...], runs: int, cities: int, timeout: float) -> None:
    """Time the questions, by default all, and print the ratios."""
    known = [question.name for question in list_questions(find_home())]
    unknown = sorted(set(questions) - set(known))
    if unknown:
        raise click.BadParameter(f"unknown question: {', '.join(unknown)}. `kg ask` lists all.")
    names = [name for name in known if not questions or name in questions]
    started = time.monotonic()
    with show_progress("Asking", 2 * len(names)) as step:
        own = run_own_data(names, runs, timeout, step)
        with make_homes((cities // GROWTH, cities)) as (small, large):
            synthetic, opening = run_synthetic_cities(small, large, names, runs, timeout, step)
    tables = [
        report_own_data(own),
        report_synthetic_cities(synthetic, cities),
        report_opening(opening, cities),
    ]
    print_report(tables, f"{runs} runs of each question, {time.monotonic() - started:.0f} s.")


if __name__ == "__main__":
    main()
