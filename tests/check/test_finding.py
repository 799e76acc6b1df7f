"""Findings, and the lines at which they are reported."""

from pathlib import Path

from kg.check.finding import Finding, Locator
from kg.turtle import LineIndex, TurtleFile

CHECKED, OTHER = Path("a.ttl"), Path("b.ttl")
LINES = {("s", "p", "1"): 3, ("s", "p", "2"): 4, ("s", "q", "1"): 5}
LOCATOR = Locator(
    [
        LineIndex(TurtleFile(OTHER, "g"), {("s", "p", "3"): 8}, {"s": 7, "t": 9}),
        LineIndex(TurtleFile(CHECKED, "h"), LINES, {"s": 2}),
    ],
    frozenset([CHECKED]),
)


def test_statement_is_located_before_its_subject() -> None:
    positions = {
        ("s", "p", "2"): 4,
        ("s", "q", ""): 5,
        ("s", "p", "3"): 3,
        ("s", "r", "1"): 2,
        ("s", "", ""): 2,
    }
    assert {key: LOCATOR.locate(*key) for key in positions} == {
        key: ("a.ttl", line) for key, line in positions.items()
    }


def test_node_in_files_that_are_not_checked_is_not_located() -> None:
    assert LOCATOR.locate("t") is None
    assert list(LOCATOR.report("t", "violation", "check", "message")) == []


def test_finding_has_position_severity_and_check() -> None:
    (finding,) = LOCATOR.report("s", "warning", "check", "message", predicate="p", value="2")
    assert finding == Finding("a.ttl", 4, "warning", "check", "s", "message")
    assert str(finding) == "a.ttl:4: warning: message [check]"


def test_finding_about_a_node_in_no_file_has_the_fallback_path() -> None:
    locator = Locator([], frozenset(), Path("home"))
    (finding,) = locator.report("s", "violation", "check", "message")
    assert str(finding) == "home:0: violation: message [check]"
