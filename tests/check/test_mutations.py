"""Mutants of the real data: which of them `kg check` sees, and why the others may live.

`tests/mutations/mutate.py` makes them and asks the checks; `tests/mutations/survivors.toml` lists
those that no check sees, by operator and property, each with the reason. A survivor that is not
listed fails, and so does a listed one that is seen by now.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
import tomllib
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from rdflib import Graph, URIRef
from rdflib.util import from_n3

from kg.check import Report, check_files
from kg.home import Home, find_home
from kg.turtle import format_turtle

pytestmark = pytest.mark.xdist_group("mutations")

HOME = find_home()
FOLDER = Path(__file__).parents[1] / "mutations"
LISTED = tomllib.loads((FOLDER / "survivors.toml").read_text("utf-8"))["survivor"]
# Two processes, each with about half of the mutants.
HALVES = (
    ("changsha", "hong-kong", "nanjing", "source"),
    ("shanghai", "shenzhen", "suzhou", "wuhan"),
)
CITIES = {
    "changsha": 290, "hong-kong": 210, "nanjing": 190, "shanghai": 220, "shenzhen": 240,
    "source": 110, "suzhou": 220, "wuhan": 220,
}  # fmt: skip
OPERATORS = {
    "drop": 165, "misspell-property": 120, "misspell-value": 120, "retype-value": 120,
    "retype-number": 15, "retype-node-beside": 35, "retype-node-above": 35,
    "relink-near": 35, "relink-far": 50, "relink-unlike": 60, "duplicate-value": 135,
    "duplicate-node": 40, "language-other": 20, "language-region": 20, "language-case": 20,
    "language-script": 20, "language-swap": 15,
}  # fmt: skip

Mutant = dict[str, Any]


def list_mutants(*arguments: str | Path, **environment: str | Path) -> list[Mutant]:
    """Run the program that makes mutants; it writes a line of JSON for each."""
    done = subprocess.run(
        [sys.executable, FOLDER / "mutate.py", *arguments],
        capture_output=True,
        encoding="utf-8",
        env=os.environ | {name: str(value) for name, value in environment.items()},
    )
    assert done.returncode == 0, done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]


@pytest.fixture(scope="module")
def mutants(request: pytest.FixtureRequest) -> list[Mutant]:
    """Every mutant with the checks that see it, with the article where KG_ARTICLE names it."""
    given = {}
    if "KG_ARTICLE" in os.environ:
        given["XDG_DATA_HOME"] = request.getfixturevalue("article")
    with ThreadPoolExecutor() as pool:
        halves = pool.map(lambda half: list_mutants(HOME.root, *half, **given), HALVES)
        return [mutant for half in halves for mutant in half]


def is_listed(mutant: Mutant, entry: Mutant) -> bool:
    return (
        mutant["operator"] == entry["operator"]
        and mutant["of"] in entry["of"]
        and mutant["city"] in entry.get("in", CITIES)
    )


def name_mutant(mutant: Mutant) -> str:
    return f"{mutant['operator']} {mutant['of']} in {mutant['city']}: {mutant['added'][-1:]}"


def test_data_are_sound_before_they_are_mutated(whole_report: Report) -> None:
    assert whole_report.findings == []


def test_each_property_of_each_file_is_mutated(mutants: list[Mutant]) -> None:
    made = {(m["city"], m["removed"][0][1], m["operator"]) for m in mutants if m["removed"]}
    for city in CITIES:
        graph = Graph().parse(HOME.data / "roundup-2021" / f"{city}.ttl")
        for word in {p.n3() for p in graph.predicates()}:
            for operator in ("drop", "misspell-property", "retype-value", "duplicate-value"):
                # A property with one value in the whole of the data has no second one.
                assert (city, word, operator) in made or operator == "duplicate-value", word
    of_city = Counter(m["city"] for m in mutants)
    assert {c: n for c, n in CITIES.items() if of_city[c] < n} == {}
    of_operator = Counter(m["operator"] for m in mutants)
    assert {o: n for o, n in OPERATORS.items() if of_operator[o] < n} == {}
    assert set(of_operator) == set(OPERATORS)
    assert len({(m["city"], m["operator"], m["of"]) for m in mutants}) == len(mutants)


def test_each_survivor_is_listed(mutants: list[Mutant]) -> None:
    alive = [m for m in mutants if not m["checks"]]
    new = [m for m in alive if not any(is_listed(m, entry) for entry in LISTED)]
    assert [name_mutant(m) for m in new] == []


def test_each_listed_survivor_lives(mutants: list[Mutant]) -> None:
    alive = [m for m in mutants if not m["checks"]]
    for entry in LISTED:
        assert set(entry) - {"in", "source"} == {"operator", "of", "reason"}, entry
        assert len(entry["reason"]) > 20, entry
        for word in entry["of"]:
            for city in entry.get("in", [""]):
                one = entry | {"of": [word]} | ({"in": [city]} if city else {})
                assert any(is_listed(m, one) for m in alive), (entry["operator"], word, city)


def test_no_mutant_is_listed_twice() -> None:
    cells = Counter(
        (entry["operator"], word, city)
        for entry in LISTED
        for word in entry["of"]
        for city in entry.get("in", CITIES)
    )
    assert [cell for cell, times in cells.items() if times > 1] == []


@pytest.mark.usefixtures("article")
def test_source_shows_some_of_the_rest(mutants: list[Mutant]) -> None:
    shown = [entry for entry in LISTED if entry.get("source")]
    assert shown
    for mutant in (m for m in mutants if not m["checks"]):
        listed = any(is_listed(mutant, entry) for entry in shown)
        assert bool(mutant["source"]) == listed, name_mutant(mutant)


def test_most_mutants_are_seen(mutants: list[Mutant]) -> None:
    assert sum(bool(m["checks"]) for m in mutants) / len(mutants) > 0.9


def test_mutants_are_the_same_at_any_order_of_sets() -> None:
    listed = [
        list_mutants(HOME.root, "wuhan", "source", "--list", PYTHONHASHSEED=seed)
        for seed in ("1", "2")
    ]
    assert listed[0] == listed[1] != []


# --- the verdicts are those of kg check --------------------------------------------------------


def copy_home(folder: Path) -> Home:
    for source in (HOME.ontology, HOME.data, HOME.queries):
        shutil.copytree(source, folder / source.name)
    return Home(folder)


def write_mutant(home: Home, mutant: Mutant) -> None:
    """Write a mutant into its file, in the canonical form."""
    path = home.data / "roundup-2021" / f"{mutant['city']}.ttl"
    graph = Graph(bind_namespaces="none").parse(path, format="turtle")
    for triple in mutant["removed"]:
        graph.remove(tuple(map(from_n3, triple)))
    for triple in mutant["added"]:
        graph.add(tuple(map(from_n3, triple)))
    graph.serialize(path, format="turtle")
    path.write_text(format_turtle(path), "utf-8")


def choose_mutants(mutants: list[Mutant], turn: int) -> list[Mutant]:
    """Return one mutant a city: seen by a shape, seen by a query, or not seen, in turn.

    The source's file is left as it is: the evidence in all others is held against its segments.
    """
    chosen: list[Mutant] = []
    for place, city in enumerate(city for city in CITIES if city != "source"):
        kind = ("shape", "query", "")[(place + turn) % 3]
        chosen += sorted(
            (m for m in mutants if m["city"] == city and is_apt(m, kind)), key=rank_mutant
        )[turn : turn + 1]
    return chosen


def is_apt(mutant: Mutant, kind: str) -> bool:
    """Return whether a mutant is of a kind, and seen in its own file if it is seen at all."""
    seen = "".join("shape" if c.startswith("cdps:") else "query" for c in mutant["checks"][:1])
    # rdflib warns of a misspelled boolean, and what is relinked may be found fault with elsewhere.
    apart = mutant["operator"] in ("relink-far", "duplicate-value")
    return seen == kind and not apart and "boolean" not in str(mutant["added"])


def rank_mutant(mutant: Mutant) -> str:
    return hashlib.sha256(name_mutant(mutant).encode()).hexdigest()


@pytest.mark.parametrize("turn", range(2))
def test_check_of_mutants_on_disk_agrees(mutants: list[Mutant], tmp_path: Path, turn: int) -> None:
    home = copy_home(tmp_path)
    chosen = choose_mutants(mutants, turn)
    assert len(chosen) == len(CITIES) - 1
    for mutant in chosen:
        write_mutant(home, mutant)
    found: dict[str, set[str]] = {city: set() for city in CITIES}
    for finding in check_files(home).findings:
        found[Path(finding.path).stem].add(finding.check)
    for mutant in chosen:
        checks = found[mutant["city"]]
        assert bool(checks) == bool(mutant["checks"]), (name_mutant(mutant), checks)
        assert set(mutant["checks"]) <= checks, name_mutant(mutant)


def test_checks_taken_away_let_mutants_live(mutants: list[Mutant], tmp_path: Path) -> None:
    home = copy_home(tmp_path)
    (home.queries / "must-be-empty" / "title-of-another-genre.rq").unlink()
    shapes = home.ontology / "shapes" / "elements.ttl"
    graph = Graph().parse(shapes, format="turtle")
    pillar = URIRef("https://w3id.org/cdp/shapes#Pillar-hasVoice")
    graph.remove((None, None, pillar))
    graph.serialize(shapes, format="turtle")
    only = ["relink-far cdp:documentGenre", "retype-node-beside rdf:type cdp:ReportedHighlight"]
    options = [word for name in only for word in ("--only", name)]
    weaker = list_mutants(home.root, "wuhan", "suzhou", *options)
    names = [name_mutant(mutant) for mutant in weaker]
    assert len(names) == 4
    assert all(m["checks"] for m in mutants if name_mutant(m) in names)
    assert not any(m["checks"] for m in weaker)
