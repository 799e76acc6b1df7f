"""Mutants of the seven-city source: `kg check` detects them, or the reason why not is written down.

`tests/mutations/mutate.py` makes and checks the mutants. `tests/mutations/survivors.toml` lists
those that no check detects, by operator and property, each with the reason. A survivor that is
not listed fails, and so does a listed one that is detected.

One in sixteen pairs of operator and property is checked, always the same; with KG_ALL_MUTANTS=1
all (after a change of data or checks). The results of the shapes are compared with pySHACL's, and
some mutants are checked in files.
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
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from rdflib import Graph, URIRef
from rdflib.term import Node
from rdflib.util import from_n3

from kg.check import check_files
from kg.check.roots import rank_check
from kg.home import Home
from kg.turtle_format import format_turtle

pytestmark = pytest.mark.slow
FOLDER = Path(__file__).parents[1] / "mutations"
SAMPLE = 1 if os.environ.get("KG_ALL_MUTANTS") else 16
# How many more of these are validated at all nodes.
EVERYWHERE = 4
# For pySHACL: enough that most shapes have results, since its time hardly depends on the number.
PYSHACL_MUTANTS = 1000
LISTED = tomllib.loads((FOLDER / "survivors.toml").read_text("utf-8"))["survivor"]
# How many mutants there are at least, by file and by operator.
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


@dataclass(frozen=True)
class Checked:
    """The mutants of about one in `sample` pairs, each with the checks that detect it."""

    sample: int
    mutants: list[Mutant]

    @property
    def survivors(self) -> list[Mutant]:
        """The mutants that no check detects."""
        return [mutant for mutant in self.mutants if not mutant["checks"]]


def run_mutate(*arguments: str | Path, **environment: str | Path) -> list[Mutant]:
    """Return the mutants that `mutate.py` writes."""
    done = subprocess.run(
        [sys.executable, FOLDER / "mutate.py", *arguments],
        capture_output=True,
        encoding="utf-8",
        env=os.environ | {name: str(value) for name, value in environment.items()},
    )
    assert done.returncode == 0, done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]


@pytest.fixture(scope="module")
def source_folder(request: pytest.FixtureRequest) -> dict[str, Path]:
    """The environment with the article, if KG_ARTICLE names it."""
    has_article = "KG_ARTICLE" in os.environ
    return {"XDG_DATA_HOME": request.getfixturevalue("article")} if has_article else {}


@pytest.fixture(scope="module")
def mutants(roundup: Home) -> list[Mutant]:
    """All mutants, unchecked."""
    return run_mutate(roundup.root, *CITIES, "--list", PYTHONHASHSEED="1")


@pytest.fixture(scope="module")
def checked(roundup: Home, source_folder: dict[str, Path]) -> Checked:
    """The mutants in a sample, with the checks that detect them."""
    environment = source_folder | {"PYTHONHASHSEED": "2"}
    options = ["--sample", str(SAMPLE), "--everywhere", str(EVERYWHERE * SAMPLE)]
    return Checked(SAMPLE, run_mutate(roundup.root, *CITIES, *options, **environment))


def is_listed(mutant: Mutant, entry: Mutant) -> bool:
    return (
        mutant["operator"] == entry["operator"]
        and mutant["of"] in entry["of"]
        and mutant["city"] in entry.get("in", CITIES)
    )


def list_cells(entry: Mutant) -> list[Mutant]:
    """Return an entry of the survivors as one for each property and city that it names."""
    return [
        entry | {"of": [of]} | ({"in": [city]} if city else {})
        for of in entry["of"]
        for city in entry.get("in", [""])
    ]


def name_mutant(mutant: Mutant) -> str:
    return f"{mutant['operator']} {mutant['of']} in {mutant['city']}: {mutant['added'][-1:]}"


def test_data_have_no_finding_before_they_are_mutated(
    roundup: Home, source_folder: dict[str, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, folder in source_folder.items():
        monkeypatch.setenv(name, str(folder))
    assert check_files(roundup).findings == []


def test_each_property_of_each_file_is_mutated(mutants: list[Mutant], roundup: Home) -> None:
    made = {(m["city"], m["removed"][0][1], m["operator"]) for m in mutants if m["removed"]}
    missing = []
    for city in CITIES:
        graph = Graph().parse(roundup.data / "roundup-2021" / f"{city}.ttl")
        for word in {p.n3() for p in graph.predicates()}:
            for operator in ("drop", "misspell-property", "retype-value"):
                if (city, word, operator) not in made:
                    missing.append((city, word, operator))
    assert missing == []
    assert len({(m["city"], m["operator"], m["of"]) for m in mutants}) == len(mutants)


def test_there_are_enough_mutants(mutants: list[Mutant]) -> None:
    of_city = Counter(m["city"] for m in mutants)
    of_operator = Counter(m["operator"] for m in mutants)
    assert {c: n for c, n in CITIES.items() if of_city[c] < n} == {}
    assert {o: n for o, n in OPERATORS.items() if of_operator[o] < n} == {}
    assert set(of_operator) == set(OPERATORS)


def test_checked_mutants_are_a_sample_with_every_file_and_operator(
    mutants: list[Mutant], checked: Checked
) -> None:
    # The other process has sets in another order.
    kept = mutants[0].keys()
    unchecked = [{**m, "checks": [], "source": []} for m in checked.mutants]
    unchecked = [{name: m[name] for name in kept} for m in unchecked]
    assert [m for m in unchecked if m not in mutants] == []
    assert len(unchecked) > len(mutants) / checked.sample * 0.8
    assert {m["city"] for m in unchecked} == set(CITIES)
    assert {m["operator"] for m in unchecked} == set(OPERATORS)


def test_each_survivor_is_listed(checked: Checked) -> None:
    assert checked.survivors
    unlisted = [m for m in checked.survivors if not any(is_listed(m, entry) for entry in LISTED)]
    assert [name_mutant(m) for m in unlisted] == []


def test_each_listed_mutant_survives(mutants: list[Mutant], checked: Checked) -> None:
    sampled = {(m["operator"], m["of"]) for m in checked.mutants}
    cells = [cell for entry in LISTED for cell in list_cells(entry)]
    unknown = [c for c in cells if not any(is_listed(m, c) for m in mutants)]
    assert [(c["operator"], c["of"], c.get("in")) for c in unknown] == []
    detected = [
        (c["operator"], c["of"], c.get("in"))
        for c in cells
        if (c["operator"], *c["of"]) in sampled
        and not any(is_listed(m, c) for m in checked.survivors)
    ]
    assert detected == []


def test_list_of_survivors_is_well_formed() -> None:
    for entry in LISTED:
        assert set(entry) - {"in", "source"} == {"operator", "of", "reason"}, entry
        assert len(entry["reason"]) > 20, entry
    cells = Counter(
        (entry["operator"], of, city)
        for entry in LISTED
        for of in entry["of"]
        for city in entry.get("in", CITIES)
    )
    assert [cell for cell, times in cells.items() if times > 1] == []


@pytest.mark.usefixtures("article")
def test_source_detects_the_survivors_that_are_listed_so(checked: Checked) -> None:
    by_source = [entry for entry in LISTED if entry.get("source")]
    detected = {name_mutant(m) for m in checked.survivors if m["source"]}
    expected = {
        name_mutant(m) for m in checked.survivors if any(is_listed(m, e) for e in by_source)
    }
    assert detected == expected
    assert detected


def test_most_mutants_are_detected(checked: Checked) -> None:
    # Of all, less than a tenth survive; a sample may have more of those that do.
    limit = 0.1 if checked.sample == 1 else 0.15
    assert len(checked.survivors) / len(checked.mutants) < limit


# --- other validations agree ------------------------------------------------------------------


def test_results_are_those_of_pyshacl(roundup: Home) -> None:
    results = run_mutate(roundup.root, *CITIES, "--pyshacl", str(PYSHACL_MUTANTS))
    assert len(results) > PYSHACL_MUTANTS * 0.6
    assert len({result["shape"] for result in results}) > 200
    assert [result for result in results if result["count"]] == []


def test_nodes_that_a_mutant_does_not_affect_have_no_results(checked: Checked) -> None:
    found = [mutant for mutant in checked.mutants if "everywhere" in mutant]
    assert len(found) > 40
    assert sum(bool(mutant["everywhere"]) for mutant in found) > 15
    different = [mutant for mutant in found if list_shapes(mutant) != mutant["everywhere"]]
    assert [name_mutant(mutant) for mutant in different] == []


def list_shapes(mutant: Mutant) -> list[str]:
    return [check for check in mutant["checks"] if check.startswith("cdps:")]


# --- kg check agrees ----------------------------------------------------------------------------


def copy_home(home: Home, folder: Path) -> Home:
    for source in (home.ontology, home.data, home.queries):
        shutil.copytree(source, folder / source.name)
    return Home(folder)


def parse_triple(terms: list[str]) -> tuple[Node, Node, Node]:
    s, p, o = map(from_n3, terms)
    assert isinstance(s, Node) and isinstance(p, Node) and isinstance(o, Node)
    return s, p, o


def write_mutant(home: Home, mutant: Mutant) -> None:
    """Write a mutant into its file, in the canonical form."""
    path = home.data / "roundup-2021" / f"{mutant['city']}.ttl"
    graph = Graph(bind_namespaces="none").parse(path, format="turtle")
    for triple in mutant["removed"]:
        graph.remove(parse_triple(triple))
    for triple in mutant["added"]:
        graph.add(parse_triple(triple))
    graph.serialize(path, format="turtle")
    path.write_text(format_turtle(path), "utf-8")


def choose_mutants(checked: Checked, turn: int) -> list[Mutant]:
    """Return a mutant of each city: detected by a shape, by a query, or not at all, in turn.

    The file of the source is left unchanged: all evidence depends on it.
    """
    chosen: list[Mutant] = []
    for number, city in enumerate(city for city in CITIES if city != "source"):
        kind = ("shape", "query", "")[(number + turn) % 3]
        suitable = [m for m in checked.mutants if m["city"] == city and is_suitable(m, kind)]
        chosen += sorted(suitable, key=rank_mutant)[turn : turn + 1]
    return chosen


def is_suitable(mutant: Mutant, kind: str) -> bool:
    """Return whether a mutant is detected by this kind of check, in its own file."""
    detected = "".join("shape" if c.startswith("cdps:") else "query" for c in mutant["checks"][:1])
    # What is linked elsewhere may have its finding there, and rdflib warns of a wrong boolean.
    is_elsewhere = mutant["operator"] in ("relink-far", "duplicate-value")
    return detected == kind and not is_elsewhere and "boolean" not in str(mutant["added"])


def rank_mutant(mutant: Mutant) -> str:
    return hashlib.sha256(name_mutant(mutant).encode()).hexdigest()


@pytest.mark.parametrize("turn", range(2))
def test_check_of_mutants_in_files_agrees(
    checked: Checked, roundup: Home, tmp_path: Path, turn: int
) -> None:
    home = copy_home(roundup, tmp_path)
    chosen = choose_mutants(checked, turn)
    assert len(chosen) >= len(CITIES) - 2
    for mutant in chosen:
        write_mutant(home, mutant)
    found: dict[str, set[str]] = {city: set() for city in CITIES}
    for finding in check_files(home).findings:
        found[Path(finding.path).stem].add(finding.check)
    for mutant in chosen:
        checks = found[mutant["city"]]
        assert bool(checks) == bool(mutant["checks"]), (name_mutant(mutant), checks)
        # A check that finds the cause is reported without its consequences.
        lowest = min(map(rank_check, checks), default=0)
        missing = [each for each in mutant["checks"] if each not in checks]
        assert [each for each in missing if rank_check(each) < lowest] == [], name_mutant(mutant)


def test_mutants_survive_without_the_checks_that_detect_them(roundup: Home, tmp_path: Path) -> None:
    home = copy_home(roundup, tmp_path)
    (home.queries / "must-be-empty" / "title-of-another-genre.rq").unlink()
    shapes = home.ontology / "shapes" / "elements.ttl"
    graph = Graph().parse(shapes, format="turtle")
    voice = URIRef("https://w3id.org/cdp/shapes#Pillar-hasVoice")
    graph.remove((None, None, voice))
    graph.remove((voice, None, None))
    graph.serialize(shapes, format="turtle")
    only = ["relink-far cdp:documentGenre", "retype-node-beside rdf:type cdp:ReportedHighlight"]
    options = [word for name in only for word in ("--only", name)]
    for root, is_detected in ((roundup.root, True), (home.root, False)):
        found = run_mutate(root, "wuhan", "suzhou", *options)
        assert len(found) == 4
        assert [name_mutant(m) for m in found if bool(m["checks"]) != is_detected] == []
