"""Accepted exceptions: which findings they take away, and what is wrong with the list itself."""

from pathlib import Path

import pytest

from kg.check import check_files
from kg.check.exceptions import NAME
from kg.check.finding import Finding
from kg.home import Home


def write_list(home: Home, text: str) -> Path:
    path = home.data / "town" / NAME
    path.write_text(text, "utf-8")
    return path


def add_exception(home: Home, check: str, node: str) -> int:
    """Add an exception to the list of the small home; return its line."""
    path = home.data / "town" / NAME
    before = path.read_text("utf-8")
    entry = f'\n[[exception]]\ncheck = "{check}"\nnode = "{node}"\nreason = "A test."\n'
    path.write_text(before + entry, "utf-8")
    return before.count("\n") + 2


def break_number(home: Home) -> None:
    path = home.data / "town" / "suzhou.ttl"
    text = path.read_text("utf-8")
    path.write_text(text.replace("By 2030 the", "By 2031 the"), "utf-8")


def test_accepted_finding_is_not_reported(small: Home) -> None:
    break_number(small)
    found = {(finding.check, finding.node) for finding in check_files(small).findings}
    assert {check for check, _ in found} == {"numbers-differ", "number-not-in-text"}
    for check, _ in found:
        add_exception(small, check, "target:suzhou-test-reach")
    assert check_files(small).findings == []


def test_exceptions_that_are_not_needed_are_found(small: Home) -> None:
    exceptions = [
        ("numbers-differ", "target:suzhou-test-reach"),
        ("no-such-check", "target:suzhou-test-reach"),
        ("numbers-differ", "target:no-such-thing"),
    ]
    lines = [add_exception(small, *each) for each in exceptions]
    findings = check_files(small).findings
    assert {finding.check for finding in findings} == {"exception-unneeded"}
    assert {finding.path for finding in findings} == {str(small.data / "town" / NAME)}
    assert [finding.line for finding in findings] == lines
    for (check, node), finding in zip(exceptions, findings, strict=True):
        assert check in finding.message
        assert node in finding.message


@pytest.mark.slow
def test_exception_that_needs_the_source_is_kept_without_it(
    small: Home, town: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    add_exception(small, "source-number", "target:suzhou-test-reach")
    assert check_files(small).findings == []
    monkeypatch.setenv("XDG_DATA_HOME", str(town))
    assert [finding.check for finding in check_files(small).findings] == ["exception-unneeded"]


@pytest.mark.slow
def test_exception_about_another_file_is_not_judged(small: Home) -> None:
    add_exception(small, "numbers-differ", "target:suzhou-test-reach")
    assert check_files(small, [small.data / "town" / "source.ttl"]).findings == []
    found: list[Finding] = check_files(small, [small.data / "town" / "suzhou.ttl"]).findings
    assert [finding.check for finding in found] == ["exception-unneeded"]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("text", "line", "language"),
    [
        ('[[exception]]\ncheck = "a"\nnode = "b"\n', 1, "en"),
        ('[[exception]]\ncheck = "a"\nnode = "b"\nreason = " "\n', 1, "zh-Hans"),
        ('[[exception]]\ncheck = "a"\nnode = "b"\nreason = 5\n', 1, "en"),
        ('exception = "a"\n', 0, "en"),
        ('exception = "a"\n', 0, "zh-Hans"),
        ("[[exception]\n", 1, "en"),
        ("[[exception]\n", 1, "zh-Hans"),
        ("[[exceptions]]\n", 0, "zh-Hans"),
        ("a = " + "[" * 5_000, 0, "en"),
    ],
)
def test_faulty_list_is_found(text: str, line: int, language: str, small: Home) -> None:
    path = write_list(small, text)
    (finding,) = check_files(small, language=language).findings
    assert (finding.path, finding.line, finding.check) == (str(path), line, "exception-invalid")
    assert "{" not in finding.message
