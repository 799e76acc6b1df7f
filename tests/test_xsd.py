"""Lexical forms of XML Schema, compared with the embedded engine and with rdflib."""

import re
from collections.abc import Iterator
from decimal import Decimal

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from pyoxigraph import Literal, NamedNode, Store

from kg.xsd import INTEGERS, PATTERNS, XSD, is_computable, is_well_formed, read_value

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
    "base64Binary": ["Y", "YQ=", "YR==", "YWI", "?"],
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
    general = {"string"}
    same = set(INTEGERS) - {"integer", "byte", "unsignedLong", "negativeInteger"} | {"float"}
    assert set(PATTERNS) == set(VALID) | same | general
    assert set(VALID) < set(INVALID)


def test_valid_forms_are_well_formed() -> None:
    refused = [each for each in list_forms(VALID) if not is_well_formed(make(*each))]
    assert refused == []


def test_engine_agrees_on_what_it_can_compute() -> None:
    other = [
        (form, name)
        for form, name in list_forms(VALID)
        if name in COMPARED
        and not form.startswith(LEAP_DAY)
        and engine_has_value(make(form, name), name) != is_computable(make(form, name))
    ]
    assert other == []


def test_invalid_forms_are_not_well_formed() -> None:
    accepted = [each for each in list_forms(INVALID) if is_well_formed(make(*each))]
    assert accepted == []
    assert [each for each in list_forms(INVALID) if read_value(make(*each))] == []


@pytest.mark.parametrize(("name", "forms"), INTEGERS.items())
def test_limits_of_integers(name: str, forms: tuple[int | None, int | None]) -> None:
    least, greatest = forms
    for limit, step in ((least, -1), (greatest, 1)):
        if limit is not None:
            assert is_well_formed(make(str(limit), name))
            assert not is_well_formed(make(str(limit + step), name))


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
def test_engine_has_a_value_for_each_accepted_literal(drawn: tuple[str, str]) -> None:
    """What is well formed and computable here has a value in the engine."""
    name, form = drawn
    literal = make(form, name)
    is_leap_day = name == "gMonthDay" and form.startswith(LEAP_DAY)
    if is_well_formed(literal) and is_computable(literal) and not is_leap_day:
        assert engine_has_value(literal, name)


@given(st.one_of(draw_forms().filter(lambda d: d[0] in {*INTEGERS, "decimal", "boolean"})))
def test_engine_has_no_value_for_a_refused_number(drawn: tuple[str, str]) -> None:
    """No number that is a finding is one in the engine, unless its derived type is the reason."""
    name, form = drawn
    base = "integer" if name in INTEGERS else name
    if not is_well_formed(make(form, base)):
        assert not engine_has_value(make(form, base), base)


@given(draw_forms(), st.text(max_size=20))
def test_any_text_is_judged_without_an_error(drawn: tuple[str, str], text: str) -> None:
    name, form = drawn
    for each in (form, text, form + text, form * 2000):
        literal = make(each, name)
        value = read_value(literal)
        assert value is None or is_well_formed(literal)


def test_huge_numbers_and_years_are_read() -> None:
    digits = "9" * 100_000
    assert is_well_formed(make(digits, "integer"))
    assert not is_computable(make(digits, "integer"))
    value = read_value(make(digits, "integer"))
    assert value is not None
    assert value.value == Decimal(digits)
    assert is_well_formed(make(f"{digits}-02-28", "date"))
    assert not is_well_formed(make(f"{digits}-02-29", "date"))
    assert read_value(make(f"{digits}-02-28", "date")) is None
