"""Findings, and the lines at which they are reported."""

from collections.abc import Sequence
from pathlib import Path

import pytest

from kg.check.finding import Finding, Locator
from kg.turtle import TurtleFile
from kg.turtle_tokens import LineIndex

CHECKED, OTHER = TurtleFile(Path("a.ttl"), "g:a"), TurtleFile(Path("b.ttl"), "g:b")
STATEMENTS = {
    "e:s": [
        ("g:b", "e:p", "3"),
        ("g:a", "e:p", "1"),
        ("g:a", "e:p", "2"),
        ("g:a", "e:q", "1"),
    ],
    "e:t": [("g:b", "e:p", "1")],
    "blank": [("g:a", "e:q", "4"), ("g:a", "e:p", "5")],
}
LINES = LineIndex(
    {
        ("e:s", "e:p", "1"): 3,
        ("e:s", "e:p", ""): 3,
        ("e:s", "e:p", "2"): 4,
        ("e:s", "e:q", ""): 5,
        ("", "e:p", "5"): 8,
        ("", "e:q", "4"): 9,
    },
    {"e:s": 2},
)


def find_statements(node: str) -> Sequence[tuple[str, str, str]]:
    if " " in node:
        raise ValueError(node)
    return STATEMENTS.get(node, [])


def read_lines(file: TurtleFile) -> LineIndex:
    assert file == CHECKED
    return LINES


@pytest.fixture
def locator() -> Locator:
    return Locator([CHECKED], find_statements, read_lines)


def test_statement_is_located_before_its_subject(locator: Locator) -> None:
    lines = {
        ("e:s", "e:p", "2"): 4,
        ("e:s", "e:q", "1"): 5,
        ("e:s", "e:p", "3"): 3,
        ("e:s", "e:r", "1"): 2,
        ("e:s", "", ""): 2,
    }
    assert {key: locator.locate(*key) for key in lines} == {
        key: ("a.ttl", line) for key, line in lines.items()
    }


def test_blank_node_is_located_by_one_of_its_statements(locator: Locator) -> None:
    assert locator.locate("blank") == ("a.ttl", 9)
    assert locator.locate("blank", "e:p") == ("a.ttl", 8)


def test_node_in_files_that_are_not_checked_is_not_located(locator: Locator) -> None:
    assert locator.locate("e:t") is None
    assert locator.locate("a literal") is None
    assert list(locator.report("e:t", "violation", "check", "message")) == []


def test_finding_has_position_severity_and_check(locator: Locator) -> None:
    (finding,) = locator.report("e:s", "warning", "check", "message", predicate="e:p", value="2")
    assert finding == Finding("a.ttl", 4, "warning", "check", "e:s", "message")
    assert str(finding) == "a.ttl:4: warning: message [check]"


def test_finding_about_a_node_in_no_file_has_the_fallback_path() -> None:
    locator = Locator([CHECKED], find_statements, read_lines, Path("home"))
    (finding,) = locator.report("e:t", "violation", "check", "message")
    assert str(finding) == "home:0: violation: message [check]"
