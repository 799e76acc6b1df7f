"""Which texts are numbers, dates, years and language tags, compared with what the engine reads."""

import re
from datetime import date, timedelta, timezone
from decimal import Decimal

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from pyoxigraph import Literal, NamedNode, QuerySolutions, Store

from kg.ask.answer import READERS, read_value, write_value
from kg.ask.parameters import Parameter, make_term
from kg.errors import KgError
from kg.graph import LocalGraph
from kg.names import LANGUAGES, Names
from kg.xsd import XSD

# Python's int(), Decimal() or date.fromisoformat() take some of these, XML Schema does not.
MARKS = ["_", "+", "-", ".", "e", "E", ",", ":", "/", " ", "\t", "\n", "\r", "\x0b", "\x85"]
MARKS += [
    "\xa0",
    "\u2009",
    "\u2212",
    "\u200b",
    "\ufeff",
    "\x00",
    "٣",
    "３",
    "२",
    "²",
    "½",
    "Ⅳ",
    "一",
]
MARKS += ["NaN", "INF", "inf", "Infinity", "nan", "0x", "0b", "j", "W", "T", "Z", "z", "true"]
DIGITS = st.text("0123456789", max_size=20)
SIGN = st.sampled_from(["", "", "+", "-"])
NUMBERS = st.tuples(SIGN, DIGITS, st.sampled_from(["", "."]), DIGITS).map("".join)
ZONES = st.sampled_from(["", "Z", "+08:00", "-14:00", "+14:01", "+24:00", "+8:00"])
DATES = st.builds(
    "{}{:0>{}}-{:0>2}-{:0>2}{}".format,
    st.sampled_from(["", "", "-", "+"]),
    st.one_of(st.integers(0, 10**10), st.integers(1890, 2030)),
    st.sampled_from([3, 4, 4, 4, 5]),
    st.one_of(st.integers(0, 13), st.integers(1, 12)),
    st.one_of(st.integers(0, 32), st.integers(1, 28)),
    ZONES,
)
TAGS = st.lists(
    st.sampled_from(["en", "EN", "zh", "Hans", "hans", "HANT", "GB", "x", "-", "_", "é", " "]),
    min_size=1, max_size=4,
).map("-".join)  # fmt: skip
# The forms of each type of parameter, and what the engine can read of them but kg does not take.
FORMS = {
    "integer": (NUMBERS, r"(?:\D*\d){19}.*"),
    "decimal": (NUMBERS, r"(?:\D*\d){19}.*"),
    "year": (st.one_of(NUMBERS, st.integers(-10, 12_000).map(str)), r"[+-].*|\d{5}.*|0+"),
    # kg takes years of at most nine digits.
    "date": (DATES, r".{31}.*|-?\d{10}.*"),
}
ENGINE = Store()


@st.composite
def near_misses(draw: st.DrawFn, forms: st.SearchStrategy[str]) -> str:
    """Draw a form, in most cases with a mark put in, a character left out, or one doubled."""
    text = draw(forms)
    at = draw(st.integers(0, len(text)))
    kind = draw(st.sampled_from(["as it is", "as it is", "insert", "delete", "double"]))
    if kind == "insert":
        return text[:at] + draw(st.sampled_from(MARKS)) + text[at:]
    if kind == "delete":
        return text[:at] + text[at + 1 :]
    return text[:at] + text[at - 1 : at] + text[at:] if kind == "double" else text


def engine_reads(text: str, datatype: str) -> bool:
    """Return whether the embedded engine reads a text as a value of a datatype."""
    query = f"SELECT (<{XSD}{datatype}>({Literal(text)}) AS ?value) {{}}"
    rows = ENGINE.query(query)
    assert isinstance(rows, QuerySolutions)
    return next(rows)["value"] is not None


def make_parameter(kind: str) -> Parameter:
    values = LANGUAGES if kind == "language" else ()
    return Parameter("value", kind, "value", "", values, None, None, False, {})


def is_taken(graph: LocalGraph, kind: str, text: str) -> bool:
    try:
        term = make_term(graph, make_parameter(kind), text)
    except KgError as error:
        assert error.exit_code == 2
        assert str(error).isprintable()
        return False
    assert isinstance(term, Literal)
    if kind == "year":
        assert int(term.value) == int(text)
    elif kind == "language":
        assert term.value.lower() == text.lower()
    else:
        assert term.value == text
    return True


@pytest.mark.parametrize("kind", FORMS)
def test_value_is_taken_if_and_only_if_the_engine_reads_it(kind: str, graph: LocalGraph) -> None:
    forms, beyond = FORMS[kind]
    datatype = "integer" if kind == "year" else kind
    seen = {True: 0, False: 0}

    @settings(max_examples=100)
    @given(near_misses(forms))
    def check(text: str) -> None:
        taken = is_taken(graph, kind, text)
        seen[taken] += 1
        if taken:
            assert engine_reads(text, datatype)
        elif engine_reads(text, datatype):
            assert re.fullmatch(beyond, text, re.ASCII)

    check()
    assert min(seen.values()) > 5


@given(near_misses(st.one_of(TAGS, st.sampled_from(LANGUAGES))))
@example("ZH-hans")
@example("en\n")
def test_language_is_taken_in_any_case(graph: LocalGraph, text: str) -> None:
    known = {tag.lower() for tag in LANGUAGES}
    is_ascii = text.isascii()  # "K" is k in lower case
    assert is_taken(graph, "language", text) == (is_ascii and text.lower() in known)


@given(st.text(st.characters(codec="utf-8"), min_size=1))
def test_text_reaches_the_engine_unchanged(graph: LocalGraph, text: str) -> None:
    has_controls = re.search(r"[\x00-\x1f\x7f-\x9f]", text)
    assert is_taken(graph, "string", text) == (not has_controls)


@given(
    st.sampled_from([name.removeprefix("xsd:") for name in READERS]),
    near_misses(st.one_of(NUMBERS, DATES, DATES.map("{}T12:00:00".format), st.just("true"))),
)
@example("integer", "1_000")
@example("decimal", "NaN")
@example("date", "20210331")
@example("dateTime", "2021-W01-1")
@example("double", "infinity")
@example("integer", "٣")
@example("integer", " 5")
def test_literal_of_an_answer_is_a_number_only_for_the_engine_too(datatype: str, text: str) -> None:
    literal = Literal(text, datatype=NamedNode(XSD + datatype))
    value = read_value(literal, Names({"xsd": XSD}))
    if not isinstance(value, str):
        # The engine has no types for integers of 8 to 64 bits; Python has no limit.
        wide = {"decimal": "decimal", "double": "double", "float": "double"}
        is_long = isinstance(value, int | Decimal) and len(text) > 18
        as_type = wide.get(
            datatype, datatype if datatype in ("boolean", "date", "dateTime") else "integer"
        )
        assert is_long or engine_reads(text, as_type)


ZONES_OF_PYTHON = st.timedeltas(timedelta(hours=-14), timedelta(hours=14)).map(timezone)


@given(
    st.one_of(
        st.integers(),
        st.integers(-(2**70), 2**70),
        st.decimals(),
        st.decimals(allow_nan=False, places=20),
        st.floats(),
        st.dates(),
        st.datetimes(timezones=st.one_of(st.none(), ZONES_OF_PYTHON)),
    )
)
@example(2**63)
@example(2**63 - 1)
@example(Decimal("1E-19"))
@example(Decimal("1E+400"))
def test_engine_computes_with_every_python_value_that_is_taken(
    value: int | Decimal | float | date,
) -> None:
    try:
        term = write_value(value, Names({"xsd": XSD}))
    except KgError as error:
        assert error.exit_code == 2
        assert not isinstance(value, float)
        assert not isinstance(value, int) or abs(value) >= 2**63
        return
    is_day = isinstance(value, date)
    query = f"SELECT ({'?x = ?x' if is_day else '?x + 0'} AS ?y) {{ VALUES ?x {{ {term} }} }}"
    rows = ENGINE.query(query)
    assert isinstance(rows, QuerySolutions)
    assert next(rows)["y"] is not None
