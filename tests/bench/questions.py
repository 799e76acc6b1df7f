"""How fast every question is answered once the data are loaded, as ratios taken in one run.

On the project's own data: the time of the same query in rdflib by ours. On made-up cities: ours
by the raw engine's on the same query, and how the time grows when there are ten times as many.
All are medians of processor times taken in turn, since machines are shared and noisy. Each store
stands in a process of its own, which is ended when a query takes too long. A ratio that misses
its limit ends the run with exit code 1.
"""

from __future__ import annotations

import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from multiprocessing import get_context
from multiprocessing.connection import Connection
from pathlib import Path

import click
from pyoxigraph import NamedNode, QueryBoolean, Triple
from synthesize import write_cities

from kg.ask.lookup import local_name
from kg.ask.parameters import bind_question, list_members, read_parameters
from kg.ask.question import Question, ask_question, find_question, list_questions
from kg.ask.table import render_table
from kg.graph import add_entailments, bind_values
from kg.home import Home, find_home
from kg.names import read_names
from kg.store import Memory, Rows
from kg.turtle import list_files

TIMES_RDFLIB, TIMES_RAW, TENFOLD = 20.0, 1.2, 10
# Ten times the rows hardly fit the same caches, and each answer is sorted.
SLACK = 1.5
# Questions on pairs of cities: with ten times the cities there are a hundred times the pairs, half
# a million of them at a thousand cities, which no cache holds at all.
QUADRATIC, PAIRS_SLACK = frozenset({"city-pairs"}), 2.0
SHORTEST = 0.02  # seconds: what takes less is done again until it is that long
LONGEST = 5.0  # seconds: what takes more is timed once alone


@dataclass(frozen=True)
class Answer:
    """What one query took, in processor seconds, and how many rows it gave."""

    seconds: float
    rows: int


@dataclass(frozen=True)
class Opened:
    """What it took to open a store, in processor seconds: to load the files, to add to them."""

    loading: float
    entailing: float


class Asker:
    """A process that has a home's store open, and is ended when it takes too long to answer."""

    def __init__(self, home: Home, library: str, bound: float) -> None:
        self._home, self._library, self._bound = home, library, bound
        self._start()

    def _start(self) -> None:
        context = get_context("spawn")
        self._connection, theirs = context.Pipe()
        self._process = context.Process(
            target=serve_store, args=(theirs, self._home, self._library), daemon=True
        )
        self._process.start()
        theirs.close()
        self.opened: Opened = self._connection.recv()

    def ask(self, engine: str, name: str) -> Answer | str:
        """Return what a question took with an engine, or else why there is no answer."""
        self._connection.send((engine, name))
        reason = "no answer in time"
        try:
            if self._connection.poll(self._bound):
                answer: Answer | str = self._connection.recv()
                return answer
        except EOFError:
            reason = "its process ended"
        self.close()
        self._start()
        return reason

    def close(self) -> None:
        """End the process, whatever it is doing."""
        self._process.kill()
        self._process.join()
        self._connection.close()


def serve_store(connection: Connection, home: Home, library: str) -> None:
    """Open a store, say so, and answer questions with it as long as somebody asks."""
    started = time.process_time()
    memory = Memory()
    memory.add_files(list_files(home))
    loaded = time.process_time()
    add_entailments(memory, home)
    opened = Opened(loaded - started, time.process_time() - loaded)
    asks = list_engines(home, memory, library)
    connection.send(opened)
    known: dict[str, tuple[Question, dict[str, str]]] = {}
    while True:
        try:
            engine, name = connection.recv()
        except EOFError:
            return
        try:
            if name not in known:
                question = find_question(home, name)
                given = choose_values(home, memory, question)
                known[name] = question, bind_question(memory, question, given)
            answer: Answer | str = time_question(asks[engine], *known[name])
        except Exception as error:
            # Whatever is wrong with one question, the others are still to be timed.
            answer = f"{type(error).__name__}: {error}"
        connection.send(answer)


def choose_values(home: Home, memory: Memory, question: Question) -> dict[str, str]:
    """Return a value for each parameter that has to have one: its example, or the first there is.

    The other parameters are left open, for then there is most to do.
    """
    values: dict[str, str] = {}
    for name, parameter in read_parameters(home, question).items():
        if not parameter.required or parameter.default is not None:
            continue
        value = parameter.sample
        if parameter.type in ("iri", "code"):
            # One that is of no class in particular can be anything: we take a policy element.
            group = parameter.group or read_names(home).expand("cdp:PolicyElement")
            rows = list_members(memory, replace(parameter, group=group)).rows
            members = [node.value for node, _ in rows if isinstance(node, NamedNode)]
            if value not in {local_name(member) for member in members}:
                # Two parameters of a class get two things of it.
                value = next(member for member in members if member not in values.values())
        values[name] = value
    return values


Ask = Callable[[Question, Mapping[str, str]], Iterable[object]]


def list_engines(home: Home, memory: Memory, library: str) -> dict[str, Ask]:
    """Return by name what answers a question from the store, each with rows to be gone through."""
    if library == "rdflib":
        import rdflib

        graph = rdflib.Graph()
        for file in list_files(home):
            graph.parse(file.path)
        entailed = memory.dump_triples(read_names(home).expand("graph:entailed"))
        graph.parse(data=entailed, format="nt")
        return {"rdflib": lambda question, terms: graph.query(write_query(question, terms))}
    return {
        "kg": lambda question, terms: list_rows(ask_question(memory, question, "en", terms)),
        "raw": lambda question, terms: read_raw(memory, write_query(question, terms)),
    }


def write_query(question: Question, terms: Mapping[str, str]) -> str:
    """Return a question's text as `ask_question` binds it."""
    spoken = {"lang": '"en"'} if question.takes("lang") else {}
    return bind_values(question.text, {**terms, **spoken})


def list_rows(answer: Rows | bool | list[Triple]) -> Iterable[object]:
    """Return the rows, or else the triples, of an answer; of a yes or no just that."""
    if isinstance(answer, Rows):
        return answer.rows
    return answer if isinstance(answer, list) else [answer]


def read_raw(memory: Memory, text: str) -> Iterator[object]:
    """Yield the rows that the engine itself gives, each with its terms read."""
    answer = memory._store.query(text, use_default_graph_as_union=True)
    if isinstance(answer, QueryBoolean):
        yield bool(answer)
    else:
        yield from map(tuple, answer)


def time_question(ask: Ask, question: Question, terms: Mapping[str, str]) -> Answer:
    """Return what it takes to have all rows; a short question is asked again and again."""
    rows, rounds = 0, 0
    started = time.process_time()
    while (taken := time.process_time() - started) < SHORTEST or not rounds:
        rows = sum(1 for _ in ask(question, terms))
        rounds += 1
    return Answer(taken / rounds, rows)


@dataclass
class Race:
    """The answers of one question, lane by lane, run by run; why there is none in some lanes."""

    question: Question
    answers: dict[str, list[Answer]] = field(default_factory=dict)
    failed: dict[str, str] = field(default_factory=dict)

    def run(self, lane: str, asker: Asker, engine: str) -> None:
        """Have the question answered once more in a lane, unless it failed there."""
        if lane in self.failed:
            return
        answer = asker.ask(engine, self.question.name)
        if isinstance(answer, str):
            self.failed[lane] = answer
        else:
            self.answers.setdefault(lane, []).append(answer)

    def compare(self, lane: str, other: str) -> list[float] | str:
        """Return the ratios of times in one lane by those in another, sorted, or why not."""
        for name in (other, lane):
            if name in self.failed:
                return f"{name}: {self.failed[name]}"
        pairs = zip(self.answers[lane], self.answers[other], strict=True)
        return sorted(one.seconds / two.seconds for one, two in pairs)

    @property
    def is_long(self) -> bool:
        """Whether there is no use in running it again: it failed, or it takes its time."""
        last = [answers[-1].seconds for answers in self.answers.values()]
        return bool(self.failed) or max(last, default=0) > LONGEST

    def count(self, lane: str) -> int:
        """Return how many rows there are in a lane, 0 when none ever came."""
        return self.answers[lane][0].rows if self.answers.get(lane) else 0


@dataclass(frozen=True)
class Verdict:
    """A ratio, its range and its limit, as a line of a table, and whether it keeps the limit."""

    kept: bool
    cells: tuple[str, ...]


def judge(ratios: list[float] | str, limit: float, *, least: bool = False) -> Verdict:
    """Return whether the median of ratios is at most, or at least, a limit; without any it is not.

    >>> judge([1.0, 1.1, 1.3], 1.2)
    Verdict(kept=True, cells=('1.10', '1.00-1.30', '1.2', ''))
    """
    if isinstance(ratios, str):
        return Verdict(False, ("", "", f"{limit:.3g}", ratios))
    median = statistics.median(ratios)
    kept = median >= limit if least else median <= limit
    spread = f"{ratios[0]:.2f}-{ratios[-1]:.2f}"
    return Verdict(kept, (f"{median:.2f}", spread, f"{limit:.3g}", "" if kept else "missed"))


def run_on_own_data(
    home: Home, races: list[Race], runs: int, bound: float, step: Callable[[], None]
) -> None:
    """Run races between us and rdflib on a home's own data."""
    with open_askers({"kg": (home, "oxigraph"), "rdflib": (home, "rdflib")}, bound) as askers:
        for race in races:
            for _ in range(runs):
                for engine, asker in askers.items():
                    race.run(engine, asker, engine)
                if race.is_long:
                    break
            step()


def run_on_cities(
    few: Home, many: Home, races: list[Race], runs: int, bound: float, step: Callable[[], None]
) -> dict[str, Opened]:
    """Run races on many cities and on few; return what opening them took."""
    homes = {"few": (few, "oxigraph"), "many": (many, "oxigraph")}
    with open_askers(homes, bound) as askers:
        opened = {name: asker.opened for name, asker in askers.items()}
        for race in races:
            for _ in range(runs):
                race.run("few", askers["few"], "kg")
                race.run("many", askers["many"], "kg")
                race.run("raw", askers["many"], "raw")
                if race.is_long:
                    break
            step()
    return opened


@contextmanager
def open_askers(homes: Mapping[str, tuple[Home, str]], bound: float) -> Iterator[dict[str, Asker]]:
    """Give an asker for each home and library; their processes end with the block."""
    with ExitStack() as stack:
        askers = {}
        for name, (home, library) in homes.items():
            askers[name] = Asker(home, library, bound)
            stack.callback(askers[name].close)
        yield askers


@contextmanager
def make_homes(home: Home, counts: Iterable[int]) -> Iterator[list[Home]]:
    """Give homes with the ontology and queries of one, and that many made-up cities each."""
    with tempfile.TemporaryDirectory() as folder:
        homes = []
        for count in counts:
            root = Path(folder) / str(count)
            write_cities(root / "data", count)
            for source in (home.ontology, home.queries):
                shutil.copytree(source, root / source.name)
            homes.append(Home(root))
        yield homes


def tell_own_data(races: list[Race]) -> tuple[str, bool]:
    """Return the table of the races with rdflib, and whether all limits are kept."""
    rows, kept = [], True
    for race in races:
        verdict = judge(race.compare("rdflib", "kg"), TIMES_RDFLIB, least=True)
        if not race.failed and race.count("kg") != race.count("rdflib"):
            verdict = Verdict(False, (*verdict.cells[:3], f"{race.count('rdflib')} in rdflib"))
        rows.append((race.question.name, str(race.count("kg")), *verdict.cells))
        kept = kept and verdict.kept
    titles = ("question, own data", "rows", "rdflib / kg", "range", "at least", "")
    return render_table(titles, rows), kept


def tell_cities(races: list[Race], cities: int) -> tuple[str, bool]:
    """Return the table of the races with the raw engine, and whether all limits are kept."""
    rows, kept = [], True
    for race in races:
        name = race.question.name
        # Where the answer itself grows faster than the cities do, its rows are the measure.
        least = TENFOLD**2 if name in QUADRATIC else TENFOLD
        tenfold = max(least, race.count("many") / max(race.count("few"), 1))
        raw = judge(race.compare("many", "raw"), TIMES_RAW)
        slack = PAIRS_SLACK if name in QUADRATIC else SLACK
        growth = judge(race.compare("many", "few"), slack * tenfold)
        rows.append((name, str(race.count("many")), *raw.cells, *growth.cells))
        kept = kept and raw.kept and growth.kept
    titles = (
        f"question, {cities} cities", "rows", "kg / engine", "range", "at most", "",
        f"time / that at {cities // TENFOLD}", "range", "at most", "",
    )  # fmt: skip
    return render_table(titles, rows), kept


def tell_opening(opened: Mapping[str, Opened], cities: int) -> tuple[str, bool]:
    """Return the table of how opening a store grows, and whether it keeps its limit."""
    few, many = opened["few"], opened["many"]
    loading = judge([many.loading / few.loading], SLACK * TENFOLD)
    entailing = judge([many.entailing / few.entailing], SLACK * TENFOLD)
    rows = [("loading files", *loading.cells), ("running rules", *entailing.cells)]
    titles = ("to open it", f"at {cities} / at {cities // TENFOLD}", "range", "at most", "")
    return render_table(titles, rows), loading.kept and entailing.kept


@contextmanager
def show_progress(length: int) -> Iterator[Callable[[], None]]:
    """Give a function that moves a progress bar by a question; none where nobody looks."""
    if not sys.stderr.isatty():
        yield lambda: None
        return
    with click.progressbar(length=length, label="Asking", file=sys.stderr) as bar:
        yield lambda: bar.update(1)


@click.command(help=__doc__)
@click.option("--runs", type=click.IntRange(1), default=5, show_default=True, help="A question.")
@click.option("--cities", type=click.IntRange(TENFOLD), default=1000, show_default=True)
@click.option("--bound", default=120.0, show_default=True, help="Seconds a query may take.")
@click.argument("names", nargs=-1)
def main(names: tuple[str, ...], runs: int, cities: int, bound: float) -> None:
    """Time the questions named, or every one, and print the ratios as tables."""
    home = find_home()
    asked = [q for q in list_questions(home) if not names or q.name in names]
    own, made_up = [Race(question) for question in asked], [Race(question) for question in asked]
    started = time.monotonic()
    with show_progress(2 * len(asked)) as step:
        run_on_own_data(home, own, runs, bound, step)
        with make_homes(home, (cities // TENFOLD, cities)) as (few, many):
            opened = run_on_cities(few, many, made_up, runs, bound, step)
    tables = tell_own_data(own), tell_cities(made_up, cities), tell_opening(opened, cities)
    sys.stdout.write("".join(table for table, _ in tables))
    sys.stdout.write(f"{runs} runs a question, {time.monotonic() - started:.0f} s.\n")
    if not all(kept for _, kept in tables):
        raise SystemExit(1)


if __name__ == "__main__":
    main()
