"""The benchmarks run, and judge what they measure. No test checks how fast anything is."""

import importlib
import math
import operator
import os
import pkgutil
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from functools import partial
from multiprocessing import active_children
from pathlib import Path
from types import ModuleType

import pytest

from kg.ask.parameters import needs_value
from kg.ask.question import list_questions
from kg.home import Home, find_home

BENCH = Path(__file__).parent / "bench"
EVALUATE = partial(pkgutil.resolve_name, "builtins:eval")
LONG = 900.0  # seconds; nothing here takes as long, on a busy machine either
Rows = list[list[str]]


@pytest.fixture(scope="module", autouse=True)
def bench_path() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(BENCH)
        yield


@pytest.fixture
def report() -> ModuleType:
    return importlib.import_module("report")


@pytest.fixture
def results() -> ModuleType:
    return importlib.import_module("results")


@pytest.fixture
def worker() -> ModuleType:
    return importlib.import_module("worker")


def run_benchmark(
    name: str, *arguments: str, home: Home | None = None
) -> "subprocess.CompletedProcess[str]":
    """Run a benchmark, if a home is given with that instead of the checkout."""
    command = [sys.executable, str(BENCH / name), *arguments]
    environment = os.environ | ({"KG_HOME": str(home.root)} if home else {})
    done = subprocess.run(
        command, capture_output=True, timeout=LONG, text=True, encoding="utf-8", env=environment
    )
    assert done.stderr == ""
    return done


def read_tables(text: str) -> list[Rows]:
    """Return the rows of each table, its titles first."""
    tables = []
    for block in text.split("\n\n"):
        lines = [line for line in block.splitlines() if line.startswith("|")]
        if lines:
            rows = [[cell.strip() for cell in line[1:-1].split("|")] for line in lines]
            tables.append([rows[0], *rows[2:]])
    return tables


def list_cells(tables: list[Rows], pattern: str) -> list[str]:
    """Return the cells of all columns whose title matches a pattern."""
    return [
        row[column]
        for titles, *rows in tables
        for column, title in enumerate(titles)
        if re.search(pattern, title)
        for row in rows
    ]


def check_verdicts(done: "subprocess.CompletedProcess[str]", tables: list[Rows]) -> None:
    """Check that everything was measured, and that the exit code says what was missed."""
    found = set(list_cells(tables, "^result$"))
    assert found <= {"", "missed"}
    assert done.returncode == ("missed" in found)
    ratios = list_cells(tables, " / |^ratio$")
    assert ratios
    # So few cities may take less time than fewer.
    assert all(math.isfinite(float(ratio)) for ratio in ratios)


@pytest.mark.slow
def test_questions_are_compared_with_peers_and_with_fewer_cities() -> None:
    required = [q.name for q in list_questions(find_home()) if needs_value(find_home(), q)]
    names = sorted([*required, "city-pairs", "themes"])
    done = run_benchmark("questions.py", "--runs", "1", "--cities", "20", *names)
    tables = read_tables(done.stdout)
    check_verdicts(done, tables)
    steps = ["load the files", "run the rules"]
    assert [[row[0] for row in rows] for _, *rows in tables] == [names, names, steps]
    assert next(row[1] for row in tables[1] if row[0] == "city-pairs") == str(20 * 19 // 2)


@pytest.mark.slow
def test_exports_are_compared_with_peers_and_with_fewer_cities(untouched: Home) -> None:
    options = ["--cities", "2", "4", "--repeat-for", "0"]
    done = run_benchmark("exports.py", *options, "nq", "gexf", home=untouched)
    tables = read_tables(done.stdout)
    check_verdicts(done, tables)
    assert [[row[0] for row in rows] for _, *rows in tables] == [
        ["network", "nq", "gexf"],
        ["gexf, networkx", "nq, pyoxigraph", "nq, rdflib"],
        ["gexf, networkx", "nq, pyoxigraph"],
    ]
    assert all(float(megabytes) >= 0 for megabytes in list_cells(tables, "^MB"))


@pytest.mark.slow
def test_site_is_compared_with_reading_and_with_fewer_cities(untouched: Home) -> None:
    done = run_benchmark("publish.py", "--cities", "1", "2", home=untouched)
    tables = read_tables(done.stdout)
    check_verdicts(done, tables)
    assert [row[0] for row in tables[0][1:]] == [
        "own data: kg publish / reading",
        "1 to 2 cities: log time / log statements",
    ]


@pytest.mark.slow
def test_commands_are_compared_with_peers(untouched: Home) -> None:
    done = run_benchmark("speed.py", "--runs", "1", home=untouched)
    tables = read_tables(done.stdout)
    check_verdicts(done, tables)
    assert [len(rows) for _, *rows in tables] == [3]


@pytest.mark.slow
def test_checks_are_compared_with_peers(untouched: Home) -> None:
    done = run_benchmark("checks.py", "--runs", "1", "--cities", "1", "2", "3", home=untouched)
    tables = read_tables(done.stdout)
    check_verdicts(done, tables)
    assert [len(rows) for _, *rows in tables] == [6]


@pytest.mark.slow
def test_question_without_answer_in_time_is_a_failure() -> None:
    command = ["--runs", "1", "--cities", "20", "--timeout", "0", "themes"]
    done = run_benchmark("questions.py", *command)
    assert done.returncode == 1
    found = list_cells(read_tables(done.stdout), "^result$")
    assert len(found) == 5
    assert all("no result in time" in result for result in found)


def test_every_required_parameter_has_a_value_for_synthetic_cities() -> None:
    home = find_home()
    required = {q.name for q in list_questions(home) if needs_value(home, q)}
    assert required == importlib.import_module("questions").SYNTHETIC_VALUES.keys()


@pytest.mark.parametrize(
    ("ratios", "limits", "passed"),
    [
        ([1.0, 1.2, 9.0], {"at_most": 1.2}, True),
        ([1.0, 1.3, 1.4], {"at_most": 1.2}, False),
        ([19.0, 20.0, 21.0], {"at_least": 20}, True),
        ([19.0, 19.9, 99.0], {"at_least": 20}, False),
        ([0.1], {}, True),
        ("no result in time", {"at_least": 20}, False),
        ("no result in time", {}, False),
    ],
)
def test_median_is_judged_by_its_limit(
    report: ModuleType, ratios: list[float] | str, limits: dict[str, float], passed: bool
) -> None:
    verdict = report.judge(ratios, **limits)
    assert verdict.passed is passed
    result = "" if passed else "missed" if isinstance(ratios, list) else ratios
    assert verdict.cells[-1] == result


def test_verdict_shows_median_range_and_limit(report: ModuleType) -> None:
    assert report.judge([1.0, 1.1, 1.3], at_most=1.2).cells == ("1.10", "1.00-1.30", "≤ 1.2", "")
    assert report.judge([2.0], at_least=5).cells == ("2.00", "2.00-2.00", "≥ 5", "missed")


def test_report_fails_if_any_table_has_failed(
    report: ModuleType, capsys: pytest.CaptureFixture[str]
) -> None:
    good = report.Table(("name", "ratio"), [("nq", "1.00"), ("tables", "2.00")], True)
    bad = report.Table(("name",), [("gexf",)], False)
    report.print_report([good, good], "2 runs.")
    assert (
        capsys.readouterr().out
        == ("| name   | ratio |\n| ------ | ----- |\n| nq     | 1.00  |\n| tables | 2.00  |\n\n")
        * 2
        + "2 runs.\n"
    )
    with pytest.raises(SystemExit) as ended:
        report.print_report([good, bad, good], "2 runs.")
    assert ended.value.code == 1


def test_results_are_compared_run_by_run(results: ModuleType, worker: ModuleType) -> None:
    timing = importlib.import_module("engines").Timing
    found = results.Results()
    for kg, peer in ((1.0, 4.0), (2.0, 4.0), (1.0, 3.0)):
        found.add("kg", partial(timing, kg))
        found.add("peer", partial(timing, peer))
    assert found.compare("peer", "kg") == [2.0, 3.0, 4.0]


def test_failure_is_the_result_and_is_not_repeated(results: ModuleType, worker: ModuleType) -> None:
    timing = importlib.import_module("engines").Timing
    tried = []

    def fail() -> None:
        tried.append(1)
        raise worker.WorkerError("no result in time")

    found = results.Results()
    found.add("kg", partial(timing, 1.0))
    assert found.add("peer", fail) is None
    assert found.add("peer", fail) is None
    assert len(tried) == 1
    assert found.compare("peer", "kg") == found.compare("kg", "peer") == "peer: no result in time"


def test_worker_responds_after_errors(worker: ModuleType) -> None:
    with closing(worker.Worker(EVALUATE, operator.call, LONG)) as evaluator:
        assert evaluator.request("1 + 1") == 2
        process = evaluator.request("__import__('os').getpid()")
        with pytest.raises(worker.WorkerError, match=r"^ZeroDivisionError: "):
            evaluator.request("1 / 0")
        assert evaluator.request("__import__('os').getpid()") == process
        with pytest.raises(worker.WorkerError, match=r"^the process ended$"):
            evaluator.request("__import__('os')._exit(0)")
        assert evaluator.request("__import__('os').getpid()") != process


def test_worker_that_takes_too_long_is_ended(worker: ModuleType) -> None:
    with closing(worker.Worker(EVALUATE, operator.call, 0.01)) as evaluator:
        with pytest.raises(worker.WorkerError, match=r"^no result in time$"):
            evaluator.request("__import__('time').sleep(600)")
        assert active_children() == []


def test_input_that_cannot_be_prepared_is_not_tried_again(
    worker: ModuleType, tmp_path: Path
) -> None:
    # A second try would succeed: the parent folder exists by then.
    with closing(worker.Worker((tmp_path / "x" / "y").mkdir, operator.call, LONG)) as maker:
        for _ in range(2):
            with pytest.raises(worker.WorkerError, match=r"^input: FileNotFoundError: "):
                maker.request("")
            (tmp_path / "x").mkdir(exist_ok=True)
    assert not (tmp_path / "x" / "y").exists()


def test_short_work_is_repeated_after_a_warm_up(worker: ModuleType) -> None:
    calls: list[int] = []
    assert worker.time_work(lambda: calls.append(1), repeat_for=0, warm_up=LONG) >= 0
    assert len(calls) == 2
    worker.time_work(lambda: calls.append(1), repeat_for=0.01, warm_up=LONG)
    assert len(calls) > 4


def test_long_work_is_done_once(worker: ModuleType) -> None:
    calls: list[int] = []
    assert worker.time_work(lambda: calls.append(1), repeat_for=LONG, warm_up=-1) >= 0
    assert len(calls) == 1
