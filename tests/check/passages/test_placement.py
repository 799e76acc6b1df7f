"""The check of where passages lie, on a broken and a sound case of each of its findings.

In a broken case, `case:found true` marks the nodes that have a finding.
"""

from pathlib import Path
from random import Random

import pytest

from kg.check.finding import Finding, Locator
from kg.check.index import StatementIndex
from kg.check.passages.placement import MESSAGES, Spans, check_placement
from kg.check.passages.positions import Positions
from kg.graph import LocalGraph
from kg.home import find_home
from kg.names import text
from kg.turtle import TurtleFile, list_files, parse_file
from kg.turtle_format import format_files
from kg.turtle_tokens import index_statements

CASES = Path(__file__).parent / "placement"
GRAPH = "https://w3id.org/cdp/graph/case"
MARKED = "SELECT ?node { ?node <https://w3id.org/cdp/test#found> true }"


def check_case(name: str, language: str = "en") -> tuple[list[Finding], set[str]]:
    """Return the findings in a case, and its marked nodes."""
    file = TurtleFile(CASES / name, GRAPH)
    graph = LocalGraph(find_home(), [file])
    lines = index_statements(file.path.read_text("utf-8"), GRAPH, graph.names.expand("rdf:type"))
    locator = Locator([file], graph.memory.find_statements, lambda file: lines)
    marked = {text(node) for (node,) in graph.select(MARKED).rows}
    expand = graph.names.expand
    index = StatementIndex(expand("rdf:type"), expand("rdfs:subClassOf"))
    index.add(parse_file(file))
    for ontology in list_files(find_home()):
        if ontology.path.name == "cdp.ttl":
            index.add(parse_file(ontology))
    positions = Positions(graph, index)
    return list(check_placement(graph, positions, locator, language)), marked


@pytest.mark.parametrize("check", MESSAGES)
@pytest.mark.parametrize("language", ["en", "zh-Hans"])
def test_faults_of_a_broken_case_are_found(check: str, language: str) -> None:
    findings, marked = check_case(f"{check}.broken.ttl", language)
    assert marked
    assert {finding.node for finding in findings} == marked
    assert {finding.check for finding in findings} == {check}
    assert all(finding.line > 0 and "{" not in finding.message for finding in findings)


@pytest.mark.parametrize("check", MESSAGES)
def test_nothing_is_found_in_a_sound_case(check: str) -> None:
    assert check_case(f"{check}.sound.ttl") == ([], set())


def test_each_finding_has_two_cases_in_canonical_form() -> None:
    names = {f"{check}.{kind}.ttl" for check in MESSAGES for kind in ("broken", "sound")}
    assert {path.name for path in CASES.iterdir()} == names
    assert format_files(CASES.iterdir()) == []


def test_intervals_around_another_are_found_as_by_comparing_all() -> None:
    random = Random(7)
    for _ in range(300):
        spans = [(random.randrange(30), random.randrange(30), str(n)) for n in range(12)]
        intervals = [((min(a, b), max(a, b)), name) for a, b, name in spans]
        start = random.randrange(30)
        asked = start, start + random.randrange(6)
        expected = [n for (a, b), n in intervals if a <= asked[0] and asked[1] <= b]
        assert sorted(Spans(intervals).find_around(asked)) == sorted(expected)
