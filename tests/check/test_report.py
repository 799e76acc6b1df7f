"""A report as text and as JSON."""

import json

from kg.check import Coverage, Finding, Report, render_report

FINDINGS = [
    Finding("a.ttl", 3, "violation", "language-tag", "https://example.org/x", "x: wrong"),
    Finding("b.ttl", 1, "warning", "thing-unused", "https://example.org/y", "y: 无用"),
]
COVERAGE = [Coverage("place:suzhou", 3, 2)]
REPORT = Report(FINDINGS, COVERAGE, 4, 100, [("source:a", True), ("source:b", False)], ["Noted."])


def test_text_has_findings_notes_coverage_and_sources_that_were_not_compared() -> None:
    lines = render_report(REPORT, "text").splitlines()
    assert lines[:2] == [str(finding) for finding in FINDINGS]
    assert lines[2] == "Noted."
    assert lines[4] == "  place:suzhou: 2 of 3"
    assert lines[5].startswith("source:b: ")
    assert lines[6] == "4 files, 100 statements: 1 violations, 1 warnings."
    assert len(lines) == 7


def test_text_of_an_empty_report_is_the_last_line() -> None:
    text = render_report(Report([], [], 1, 0, []), "text")
    assert text == "1 files, 0 statements: 0 violations, 0 warnings.\n"


def test_json_has_all_fields() -> None:
    read = json.loads(render_report(REPORT, "json"))
    assert [Finding(**finding) for finding in read["findings"]] == FINDINGS
    assert [Coverage(**coverage) for coverage in read["coverage"]] == COVERAGE
    assert read["notes"] == ["Noted."]
    assert read["sources"] == [["source:a", True], ["source:b", False]]
    assert (read["files"], read["statements"]) == (4, 100)
    fields = {"findings", "coverage", "files", "statements", "sources", "notes", "reviews"}
    assert set(read) == fields
