"""Faulty literals: one finding each, with its line, and without noise of libraries."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from pyoxigraph import Literal, NamedNode, Store

import kg
from kg.check import check_files
from kg.check.literals import TEXTS, find_literal_fault
from kg.home import Home
from kg.xsd import INTEGERS, PATTERNS, XSD

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


@pytest.mark.filterwarnings("error")
def test_each_faulty_literal_is_one_finding(small: Home, capfd: pytest.CaptureFixture[str]) -> None:
    path = write_file(small, FAULTY)
    report = check_files(small)
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


def test_sound_literals_are_no_findings(small: Home, capfd: pytest.CaptureFixture[str]) -> None:
    write_file(small, SOUND)
    findings = check_files(small).findings
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


# Lexical forms, compared with the engine

STORE = Store()
# A value of each type whose values the engine compares, to which every other one is unequal.
COMPARED = {
    **dict.fromkeys([*INTEGERS, "decimal", "double", "float"], '"123456.75"^^xsd:decimal'),
    "boolean": "true",
    "date": '"1500-06-06"^^xsd:date',
    "dateTime": '"1500-01-01T00:00:00"^^xsd:dateTime',
    "dateTimeStamp": '"1500-01-01T00:00:00Z"^^xsd:dateTime',
    "time": '"01:01:01"^^xsd:time',
    "gYear": '"1500"^^xsd:gYear',
    "gYearMonth": '"1500-01"^^xsd:gYearMonth',
    "gMonth": '"--05"^^xsd:gMonth',
    "gMonthDay": '"--05-05"^^xsd:gMonthDay',
    "gDay": '"---05"^^xsd:gDay',
    "duration": '"P5Y1D"^^xsd:duration',
    "yearMonthDuration": '"P5Y"^^xsd:yearMonthDuration',
    "dayTimeDuration": '"P5D"^^xsd:dayTimeDuration',
}
LEAP_DAY = "--02-29"  # which pyoxigraph 0.5.13 takes for an invalid gMonthDay
VALID = {
    "integer": ["0", "-0", "+7", "007", "9" * 30],
    "byte": ["-128", "127", "+0"],
    "unsignedLong": ["18446744073709551615"],
    "negativeInteger": ["-1", "-99999999999999999999"],
    "decimal": ["1", "1.", ".5", "-0.0", "+1.50", "0." + "1" * 30],
    "double": ["1", "1e5", "1.E-5", ".5e+05", "INF", "-INF", "+INF", "NaN", "1e999"],
    "boolean": ["true", "false", "1", "0"],
    "date": ["2020-02-29", "-0044-03-15", "0000-01-01", "12345-01-01", "2021-01-01+14:00"],
    "dateTime": ["2021-01-01T24:00:00", "2021-01-01T00:00:00.000Z", "2000-02-29T23:59:59-13:59"],
    "dateTimeStamp": ["2021-01-01T00:00:00Z"],
    "time": ["24:00:00", "23:59:59.5+01:00"],
    "gYear": ["2021", "-2021Z", "0000"],
    "gYearMonth": ["2021-12"],
    "gMonth": ["--12"],
    "gMonthDay": ["--02-29", "--12-31Z"],
    "gDay": ["---31"],
    "duration": ["P1Y", "-P1Y2M3DT4H5M6.7S", "PT0S", "P1YT1M"],
    "yearMonthDuration": ["P1Y", "-P20M"],
    "dayTimeDuration": ["P1D", "PT1.5S"],
    "hexBinary": ["", "0aFF"],
    "base64Binary": ["", "YQ==", "YWI=", "YWJj", "Y W J j", "YWJjYWJj"],
    "language": ["en", "zh-Hans", "x-y"],
    "anyURI": ["", "a/b?c#d", "http://e.org/%20", "武汉"],
    "normalizedString": ["", " a  b "],
    "token": ["", "a b"],
    "Name": ["a:b", "_", "武汉"],
    "NCName": ["a-b.c", "é"],
    "NMTOKEN": ["-1", "1.2:3"],
}
INVALID = {
    "integer": ["", "1.0", "1_000", "٣", "１", "1e3", " 1", "1\n", "--1", "+", "0x1"],
    "byte": ["128", "-129"],
    "unsignedLong": ["18446744073709551616", "-1"],
    "negativeInteger": ["0", "-0"],
    "decimal": ["8E1", "NaN", "INF", "8_0.0", ".", "1,5", "1.5 ", "八"],
    "double": ["inf", "nan", "-NaN", "1e", "e5", "1e5.5", "Infinity", "0x1p3"],
    "boolean": ["maybe", "TRUE", "True", "yes", "2", ""],
    "date": ["2021-99-99", "2021-02-29", "1900-02-29", "20211231", "021-01-01", "2021-1-1",
             "+2021-01-01", "2021-01-01+14:01", "2021-00-10", "2021-04-31", "2021-01-01T00:00:00"],
    "dateTime": ["2021-01-01", "2021-01-01T24:00:01", "2021-01-01T10:00:60", "2021-01-01 10:00:00"],
    "dateTimeStamp": ["2021-01-01T00:00:00"],
    "time": ["24:00:01", "10:00", "1:00:00"],
    "gYear": ["20x5", "21", "2021-01", "02021"],
    "gYearMonth": ["2021", "2021-13"],
    "gMonth": ["--13", "12", "--1"],
    "gMonthDay": ["--02-30", "--04-31"],
    "gDay": ["---32", "31"],
    "duration": ["P", "PT", "P1YT", "1Y", "P1S", "P-1Y", "P1.5Y"],
    "yearMonthDuration": ["P1D", "P"],
    "dayTimeDuration": ["P1Y", "PT"],
    "hexBinary": ["0", "0g", "0a "],
    "base64Binary": ["Y", "YQ=", "YWI", "?"],
    "language": ["", "abcdefghi", "en_US", "12"],
    "anyURI": ["a b", "<a>", "http://e.org/\\"],
    "normalizedString": ["a\tb", "a\n"],
    "token": [" a", "a  b", "a\n"],
    "Name": ["", "1a", "a b"],
    "NCName": ["a:b", "-a"],
    "NMTOKEN": ["", "a b"],
    "dat": ["2021-01-01"],
    "QName": ["a:b"],
    "": ["x"],
}  # fmt: skip


def make(form: str, name: str) -> Literal:
    return Literal(form, datatype=NamedNode(XSD + name))


def engine_has_value(literal: Literal, name: str) -> bool:
    """Return whether the engine can compare a literal; the comparison is an error if not."""
    form = str(literal).replace("\r", "\\r")
    query = (
        f"PREFIX xsd: <{XSD}> ASK {{ BIND(({form} = {COMPARED[name]}) AS ?x) FILTER(BOUND(?x)) }}"
    )
    return bool(STORE.query(query))


def list_forms(table: dict[str, list[str]]) -> Iterator[tuple[str, str]]:
    return ((form, name) for name, forms in table.items() for form in forms)


def test_every_type_has_valid_and_invalid_forms() -> None:
    same = set(INTEGERS) - {"integer", "byte", "unsignedLong", "negativeInteger"} | {"float"}
    assert set(PATTERNS) | set(TEXTS) == set(VALID) | same
    assert set(VALID) < set(INVALID)


def test_valid_forms_have_no_fault_but_their_size() -> None:
    faults = {each: find_literal_fault(make(*each)) for each in list_forms(VALID)}
    assert {each for each, fault in faults.items() if fault not in ("", "range")} == set()


def test_engine_agrees_on_what_it_can_compute() -> None:
    other = [
        (form, name)
        for form, name in list_forms(VALID)
        if name in COMPARED
        and not form.startswith(LEAP_DAY)
        and engine_has_value(make(form, name), name) == bool(find_literal_fault(make(form, name)))
    ]
    assert other == []


def test_invalid_forms_have_a_fault() -> None:
    faults = {each: find_literal_fault(make(*each)) for each in list_forms(INVALID)}
    assert {each for each, fault in faults.items() if fault not in ("form", "datatype")} == set()


@st.composite
def draw_forms(draw: st.DrawFn) -> tuple[str, str]:
    """Draw a type and a form: of its grammar, changed by some characters, or any text."""
    name = draw(st.sampled_from(sorted(COMPARED)))
    form = draw(st.from_regex(re.compile(PATTERNS[name].pattern, re.ASCII), fullmatch=True))
    if draw(st.booleans()):
        place = draw(st.integers(0, len(form)))
        size = draw(st.integers(0, 2))
        text = draw(st.text("0123456789+-.:TZPYMDHSeEINFa _٣\n", max_size=2))
        form = form[:place] + text + form[place + size :]
    return name, form


@given(draw_forms())
@example(("integer", "9223372036854775808"))
@example(("integer", "-9223372036854775808"))
@example(("decimal", "170141183460469231731.687303715884105727"))
@example(("decimal", "-170141183460469231731.687303715884105729"))
@example(("decimal", "0.1" + "0" * 40))
@example(("date", "999999999999-12-31"))
@example(("gYear", "9999999999999"))
@example(("time", "10:00:00." + "1" * 19))
def test_engine_has_a_value_for_each_literal_without_fault(drawn: tuple[str, str]) -> None:
    name, form = drawn
    literal = make(form, name)
    is_leap_day = name == "gMonthDay" and form.startswith(LEAP_DAY)
    if not find_literal_fault(literal) and not is_leap_day:
        assert engine_has_value(literal, name)


@given(st.one_of(draw_forms().filter(lambda d: d[0] in {*INTEGERS, "decimal", "boolean"})))
def test_engine_has_no_value_for_a_refused_number(drawn: tuple[str, str]) -> None:
    """No number that is a finding is one in the engine, unless its derived type is the reason."""
    name, form = drawn
    base = "integer" if name in INTEGERS else name
    if find_literal_fault(make(form, base)):
        assert not engine_has_value(make(form, base), base)


@given(draw_forms(), st.text(max_size=20))
def test_any_text_is_judged(drawn: tuple[str, str], text: str) -> None:
    name, form = drawn
    for each in (form, text, form + text, form * 2000):
        assert find_literal_fault(make(each, name)) in ("", "form", "range")
