"""The benchmarks run and judge; how fast anything is, no test says: machines are shared."""

import importlib
import re
import subprocess
import sys
from pathlib import Path

import pytest

BENCH = Path(__file__).parent / "bench"
QUESTIONS = ("city-pairs", "themes")


@pytest.fixture(scope="module")
def judged() -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, BENCH / "questions.py", "--runs", "1", "--cities", "10", *QUESTIONS]
    return subprocess.run(command, capture_output=True, text=True, timeout=120, encoding="utf-8")


def test_questions_are_raced_on_own_data_and_on_made_up_cities(
    judged: "subprocess.CompletedProcess[str]",
) -> None:
    assert judged.stderr == ""
    tables = judged.stdout.split("└")[:-1]
    assert len(tables) == 3
    for table in tables:
        cells = [re.split(r" *│ *", line)[1:-1] for line in table.splitlines() if line[:1] == "│"]
        assert len(cells) == 3
        ratios = cells[0].index("range") - 1
        assert all(float(row[ratios]) > 0 for row in cells[1:])
        assert [row[0] for row in cells[1:]] == [*QUESTIONS] or is_opening(cells)
    pairs = next(line for line in tables[1].splitlines() if "city-pairs" in line)
    assert pairs.split()[3] == "45"
    assert judged.returncode == ("missed" in judged.stdout)


def is_opening(cells: list[list[str]]) -> bool:
    return [row[0] for row in cells[1:]] == ["loading files", "running rules"]


@pytest.mark.parametrize(
    ("ratios", "limit", "least", "kept"),
    [
        ([1.0, 1.2, 9.0], 1.2, False, True),
        ([1.0, 1.3, 1.4], 1.2, False, False),
        ([19.0, 20.0, 21.0], 20, True, True),
        ([19.0, 19.9, 99.0], 20, True, False),
        ("no answer in time", 20, True, False),
    ],
)
def test_a_missed_limit_is_told(
    ratios: list[float] | str,
    limit: float,
    least: bool,
    kept: bool,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.syspath_prepend(BENCH)
    judge = importlib.import_module("questions").judge
    verdict = judge(ratios, limit, least=least)
    assert verdict.kept is kept
    assert verdict.cells[-1] == ("" if kept else "missed" if isinstance(ratios, list) else ratios)
