"""How many of 140 mistakes in the data `kg check` sees; `tests/mutations/independent.py` says how.

The mistakes were designed without knowledge of the checks. Whoever adds a check must not change
them for it. One mistake of each kind is checked; with KG_ALL_MUTANTS=1 all seven (after a change of
data or checks).
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from kg.check.passages.evidence import SOURCE_CHECKS
from kg.check.wording import SOURCE_CHECKS as WORDING_CHECKS
from kg.home import Home

FOLDER = Path(__file__).parents[1] / "mutations"
OF_SOURCE = SOURCE_CHECKS | WORDING_CHECKS
KINDS = 20
OF_EACH_KIND = 7
CHECKED = OF_EACH_KIND if os.environ.get("KG_ALL_MUTANTS") else 1  # of each kind
# How many of the 140 are seen at least, and of a sample in proportion.
SEEN_WITH_ARTICLE = 75
SEEN_WITHOUT_ARTICLE = 45
# Edits of the data may replace some of the mistakes in the list of the design.
KEPT_OF_DESIGN = 100

Mutant = dict[str, Any]


def run_independent(home: Home, *arguments: str | Path, **environment: str | Path) -> str:
    """Return what `independent.py` writes."""
    done = subprocess.run(
        [sys.executable, FOLDER / "independent.py", home.root, *arguments],
        capture_output=True,
        encoding="utf-8",
        env=os.environ | {name: str(value) for name, value in environment.items()},
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def check_mistakes(home: Home, *arguments: str | Path, **environment: str | Path) -> list[Mutant]:
    """Return the mistakes with the checks that see them."""
    lines = run_independent(home, *arguments, **environment).splitlines()
    return [json.loads(line) for line in lines]


def describe(mutants: list[Mutant]) -> str:
    """Return how many mistakes of each kind are seen, and which are not."""
    total, seen = Counter(m["kind"] for m in mutants), Counter(m["kind"] for m in seen_of(mutants))
    lines = [f"{kind}: {seen[kind]} of {number}" for kind, number in total.items()]
    return "\n".join(lines + [f"unseen: {m['kind']} {m['of']}" for m in mutants if not m["checks"]])


def seen_of(mutants: list[Mutant]) -> list[Mutant]:
    """Return the mistakes that a check sees."""
    return [mutant for mutant in mutants if mutant["checks"]]


@pytest.mark.slow
def test_mistakes_are_those_of_the_design(roundup: Home) -> None:
    """Copied passages are only made with the article at hand."""
    design = [line.split("\t") for line in (FOLDER / "independent.tsv").read_text().splitlines()]
    assert Counter(kind for kind, *_ in design) == dict.fromkeys(
        (kind for kind, *_ in design), OF_EACH_KIND
    )
    assert len({kind for kind, *_ in design}) == KINDS
    made = [
        line.split("\t")
        for seed in "12"
        for line in run_independent(roundup, "--list", PYTHONHASHSEED=seed).splitlines()
    ]
    half = len(made) // 2
    assert made[:half] == made[half:], "the order of a set must not matter"
    numbers = Counter(kind for kind, *_ in made[:half])
    assert set(numbers.values()) == {OF_EACH_KIND}
    assert len(numbers) == KINDS - 1
    kept = {tuple(line[:3]) for line in made} & {tuple(line[:3]) for line in design}
    assert len(kept) >= KEPT_OF_DESIGN


@pytest.mark.slow
def test_ledger_shows_every_mistake(roundup: Home, request: pytest.FixtureRequest) -> None:
    options: list[str | Path] = []
    if "KG_ARTICLE" in os.environ:
        (text,) = request.getfixturevalue("article").rglob("*.txt")
        options = ["--source", text]
    mutants = check_mistakes(roundup, "--ledger", "--first", str(CHECKED), *options)
    assert len(mutants) == (KINDS if options else KINDS - 1) * CHECKED
    assert [(m["kind"], m["of"]) for m in mutants if not m["checks"]] == []


@pytest.mark.slow
def test_mistakes_are_seen(roundup: Home, request: pytest.FixtureRequest) -> None:
    has_article = "KG_ARTICLE" in os.environ
    options: list[str | Path] = []
    environment: dict[str, Path] = {}
    if has_article:
        folder = request.getfixturevalue("article")
        options = ["--source", *folder.rglob("*.txt")]
        environment = {"XDG_DATA_HOME": folder}
    mutants = check_mistakes(roundup, "--first", str(CHECKED), *options, **environment)
    assert len(mutants) == (KINDS if has_article else KINDS - 1) * CHECKED
    share = CHECKED / OF_EACH_KIND
    if has_article:
        assert len(seen_of(mutants)) >= SEEN_WITH_ARTICLE * share, describe(mutants)
    # These checks find the same without the article.
    seen = [mutant for mutant in mutants if set(mutant["checks"]) - OF_SOURCE]
    assert len(seen) >= SEEN_WITHOUT_ARTICLE * share, describe(mutants)
