"""The engines that answer questions: kg, and its peers pyoxigraph and rdflib.

Each has a function that opens it and one that answers a query, for a `Worker`.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from worker import time_work

from kg.ask.parameters import bind_question
from kg.ask.question import ask_question, find_question
from kg.graph import LocalGraph, bind_values
from kg.home import Home
from kg.store import Rows
from kg.turtle import list_files

SHORTEST = 0.02  # seconds; a shorter query is repeated
LOADING, ENTAILING = "loading", "entailing"  # requests for the times of the steps of opening


@dataclass(frozen=True)
class Timing:
    """The processor seconds of a query, its number of rows, and its text with values bound."""

    seconds: float
    rows: int = 0
    query: str = ""


@dataclass(frozen=True)
class OpenGraph:
    """A graph of kg, and the processor seconds of the two steps of opening it."""

    graph: LocalGraph
    seconds: dict[str, float]


def open_kg(home: Home) -> OpenGraph:
    """Load the files of a home and add their entailments."""
    started = time.process_time()
    graph = LocalGraph(home, list_files(home))
    loaded = time.process_time()
    graph.add_entailments()
    seconds = {LOADING: loaded - started, ENTAILING: time.process_time() - loaded}
    return OpenGraph(graph, seconds)


def ask_kg(opened: OpenGraph, request: str | tuple[str, dict[str, str]]) -> Timing:
    """Answer a question, given as name and values; or return the time of a step of opening."""
    if isinstance(request, str):
        return Timing(opened.seconds[request])
    name, values = request
    graph, question = opened.graph, find_question(opened.graph.home, name)
    terms = bind_question(graph, question, values)
    language = {"lang": '"en"'} if question.has_variable("lang") else {}

    def count_rows() -> int:
        answer = ask_question(graph, question, "en", terms)
        if isinstance(answer, bool):
            return 1
        return len(answer.rows) if isinstance(answer, Rows) else len(answer)

    query = bind_values(question.query, {**terms, **language})
    return time_query(count_rows, query)


def open_pyoxigraph(statements: Path) -> Any:
    """Return a store of pyoxigraph with the statements of an N-Quads file."""
    import pyoxigraph

    store = pyoxigraph.Store()
    store.bulk_load(path=str(statements))
    return store


def ask_pyoxigraph(store: Any, query: str) -> Timing:
    """Answer a query with pyoxigraph, and read the terms of each row."""

    def count_rows() -> int:
        answer = store.query(query, use_default_graph_as_union=True)
        return sum(1 for _ in map(tuple, answer)) if hasattr(answer, "__iter__") else 1

    return time_query(count_rows, query)


def open_rdflib(statements: Path) -> Any:
    """Return a graph of rdflib with the statements of an N-Triples file."""
    import rdflib

    return rdflib.Graph().parse(statements, format="nt")


def ask_rdflib(graph: Any, query: str) -> Timing:
    """Answer a query with rdflib."""
    return time_query(lambda: sum(1 for _ in graph.query(query)), query)


def time_query(count_rows: Callable[[], int], query: str) -> Timing:
    """Return the time of a query; repeat a short one."""
    counts: list[int] = []
    seconds = time_work(lambda: counts.append(count_rows()), repeat_for=SHORTEST, warm_up=SHORTEST)
    return Timing(seconds, counts[-1], query)
