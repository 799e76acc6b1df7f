"""Faulty literals: one finding each, with its line, and without noise of libraries."""

import re
from pathlib import Path

import pytest

import kg
from kg.check import check_files
from kg.home import Home

XSD = "http://www.w3.org/2001/XMLSchema#"
FAULTY = {
    "8E1": "decimal", "NaN": "decimal", "8_0.0": "decimal", "1,080.0": "decimal", "１": "integer",
    "9" * 100_000: "integer", "1E999999999": "decimal", "0." + "1" * 40: "decimal",
    "maybe": "boolean", "2021-99-99": "date", "-0044-02-30": "date", "abc": "integer",
    "0g": "hexBinary", "25:00:00": "time", "x": "dateTme", "300": "byte", "en_US": "language",
    "P": "duration", "20x5": "gYear", "a b": "anyURI", "9999999999999-01-01": "date",
}  # fmt: skip
SOUND = {
    "80": "decimal", "-0044-03-15": "date", "0000-01-01": "date", "AB0F": "hexBinary",
    "007": "integer", "1e999": "double", "P1Y": "duration", "2021": "gYear", "NaN": "double",
}  # fmt: skip


def write_file(home: Home, literals: dict[str, str]) -> Path:
    """Write a file with one literal a line, from the second line on, also of blank nodes."""
    subjects = ["<a:a>", "[]", "<a:b> <a:q> [ <a:r> 1 ] ;"]
    lines = [
        f'{subjects[n % 3]} <a:p> "{form}"^^<{XSD}{name}> .'
        for n, (form, name) in enumerate(literals.items())
    ]
    path = home.data / "town" / "literals.ttl"
    path.write_text("# literals\n" + "\n".join(lines), "utf-8")
    return path


@pytest.mark.parametrize("reference", [False, True])
@pytest.mark.filterwarnings("error")
def test_each_faulty_literal_is_one_finding(
    small: Home, reference: bool, capfd: pytest.CaptureFixture[str]
) -> None:
    path = write_file(small, FAULTY)
    report = check_files(small, reference=reference)
    found = [f for f in report.findings if "not declared" not in f.message]
    assert [f.line for f in found] == list(range(2, len(FAULTY) + 2))
    assert {f.check for f in found} == {"literal-form", "literal-range", "literal-datatype"}
    assert all(len(f.message) < 200 for f in found)
    zh = [
        f for f in check_files(small, [path], "zh-Hans").findings if f.check.startswith("literal")
    ]
    assert [f.line for f in zh] == [f.line for f in found]
    assert all("请" in f.message for f in zh)
    kg.open(small.root).ask("policies")
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize("reference", [False, True])
def test_sound_literals_are_no_findings(
    small: Home, reference: bool, capfd: pytest.CaptureFixture[str]
) -> None:
    write_file(small, SOUND)
    findings = check_files(small, reference=reference).findings
    assert [f for f in findings if "not declared" not in f.message] == []
    assert capfd.readouterr() == ("", "")


def test_literal_that_a_shape_reports_is_one_finding(small: Home) -> None:
    path = small.data / "town" / "suzhou.ttl"
    text = path.read_text("utf-8")
    assert '"16"^^xsd:nonNegativeInteger' in text
    path.write_text(text.replace('"16"^^xsd:nonNeg', '"1_6"^^xsd:nonNeg', 1), "utf-8")
    findings = check_files(small).findings
    assert [f for f in findings if "must be an xsd:nonNegativeInteger" in f.message]
    assert [f for f in findings if f.check.startswith("literal")] == []
