"""Answers in Python: values, rows, text, pandas tables and networks."""

import sys
from datetime import date, datetime
from decimal import Decimal

import networkx
import pandas
import pytest
from pyoxigraph import BlankNode, Literal, NamedNode, Triple

from kg.ask.answer import Answer, read_value, write_value
from kg.errors import KgError
from kg.home import find_home
from kg.names import Names, Term, read_names
from kg.store import Memory, Rows

NAMES = read_names(find_home())
PLACE = "https://w3id.org/cdp/id/place/"
WUHAN, HUBEI = NamedNode(f"{PLACE}wuhan"), NamedNode(f"{PLACE}hubei")


def literal(text: str, datatype: str) -> Literal:
    return Literal(text, datatype=NamedNode(NAMES.expand(f"xsd:{datatype}")))


TARGETS = Answer(
    Rows(
        ("city", "value", "year", "unit", "targetIri"),
        [(Literal("Wuhan", language="en"), literal("80.0", "decimal"), literal("2022", "integer"),
          None, WUHAN)],
    ),
    NAMES,
)  # fmt: skip
WITHIN = Answer(
    Rows(
        ("city", "since", "province", "cityIri", "provinceIri"),
        [
            (Literal("Wuhan"), literal("1949", "integer"), Literal("Hubei"), WUHAN, HUBEI),
            (Literal("Wuhan"), None, None, WUHAN, HUBEI),
            (Literal("Nowhere"), None, None, NamedNode("x:nowhere"), None),
        ],
    ),
    NAMES,
)
TRIPLES = [
    Triple(WUHAN, NamedNode("x:within"), HUBEI),
    Triple(WUHAN, NamedNode("x:label"), Literal("Wuhan")),
    Triple(WUHAN, NamedNode("x:within"), HUBEI),
]


@pytest.mark.parametrize(
    ("term", "value"),
    [
        (None, None),
        (WUHAN, f"{PLACE}wuhan"),
        (BlankNode("b0"), "_:b0"),
        (Literal("武汉", language="zh-hans"), "武汉"),
        (Literal("80"), "80"),
        (literal("80", "integer"), 80),
        (literal("7", "nonNegativeInteger"), 7),
        (literal("80.0", "decimal"), Decimal("80.0")),
        (literal("0.1", "double"), 0.1),
        (literal("true", "boolean"), True),
        (literal("0", "boolean"), False),
        (literal("2022-12-31", "date"), date(2022, 12, 31)),
        (literal("2022-12-31T01:02:03", "dateTime"), datetime(2022, 12, 31, 1, 2, 3)),
        # A literal that its datatype does not allow is a text.
        (literal("many", "integer"), "many"),
        (literal("many", "decimal"), "many"),
        (literal("2022-02-30", "date"), "2022-02-30"),
        (literal("maybe", "boolean"), "maybe"),
        (literal("2022", "gYear"), "2022"),
    ],
)
def test_terms_become_python_values(term: Term | None, value: object) -> None:
    read = read_value(term, NAMES)
    assert read == value
    assert type(read) is type(value)


def test_numbers_stay_texts_without_the_prefix_xsd() -> None:
    assert read_value(literal("80", "integer"), Names({})) == "80"


@pytest.mark.parametrize(
    "value",
    [
        f"{PLACE}wuhan", '数据 "x" \\u0022', "", 80, True, Decimal("0.50"), 0.1,
        date(2022, 12, 31), datetime(2022, 12, 31, 1, 2, 3),
    ],
)  # fmt: skip
def test_python_values_become_terms_and_back(value: object) -> None:
    written = write_value(value, NAMES)
    (row,) = Answer(query_value(written), NAMES)
    assert row == {"x": value}
    assert type(row["x"]) is type(value)


def query_value(term: str) -> Rows:
    result = Memory().query(f"SELECT ?x {{ VALUES ?x {{ {term} }} }}")
    assert isinstance(result, Rows)
    return result


def test_prefixed_name_becomes_an_iri() -> None:
    assert write_value("place:wuhan", NAMES) == str(WUHAN)
    assert write_value("no prefix: here", NAMES) == '"no prefix: here"'


@pytest.mark.parametrize("value", [None, [1], {"a": 1}, b"x", object()])
def test_value_without_a_datatype_is_a_usage_error(value: object) -> None:
    with pytest.raises(KgError, match=r"not a value for a query\. Use a str, a bool") as caught:
        write_value(value, NAMES)
    assert caught.value.exit_code == 2


def test_rows_are_dicts_of_python_values() -> None:
    row = {
        "city": "Wuhan",
        "value": Decimal("80.0"),
        "year": 2022,
        "unit": None,
        "targetIri": f"{PLACE}wuhan",
    }
    assert TARGETS.columns == tuple(row)
    assert TARGETS.rows == list(TARGETS) == [row]
    assert TARGETS[0] == TARGETS[-1] == row
    assert len(TARGETS) == 1
    with pytest.raises(IndexError):
        TARGETS[1]


def test_triples_are_rows_without_duplicates() -> None:
    answer = Answer(TRIPLES, NAMES)
    assert answer.columns == ("subject", "predicate", "object")
    assert [row["object"] for row in answer] == [f"{PLACE}hubei", "Wuhan"]
    assert "PREFIX place:" in answer.to_text()
    assert answer.to_text("ntriples").count("\n") == 2


def test_answer_of_ask_is_true_or_false() -> None:
    assert Answer(True, NAMES)
    assert not Answer(False, NAMES)
    assert Answer(True, NAMES).columns == ()


def test_repr_is_a_table_with_the_number_of_rows() -> None:
    assert repr(TARGETS) == TARGETS.to_text(width=80) + "<Answer: 1 row>"
    assert repr(Answer(TRIPLES, NAMES)).endswith("┘\n<Answer: 2 rows>")
    assert repr(Answer(False, NAMES)) == "<Answer: False>"


@pytest.mark.parametrize("texts", [("word",) * 20, ("word " * 90,) * 20, ("w" * 90,) * 20])
def test_repr_is_bounded(texts: tuple[str, ...]) -> None:
    answer = Answer(Rows(("a", "b", "c"), [(Literal(text),) * 3 for text in texts]), NAMES)
    lines = repr(answer).splitlines()
    assert len(lines) <= 41
    assert lines[-1] == "<Answer: 20 rows; print() shows all>"
    assert str(answer).count("w") == 3 * "".join(texts).count("w")


def test_text_is_that_of_the_command_line() -> None:
    assert str(TARGETS) == TARGETS.to_text("table")
    assert TARGETS.to_text("csv").splitlines()[0] == "city,value,year,unit,targetIri"
    assert "unit" not in TARGETS.to_text(width=80)
    assert TARGETS.to_text(width=30, iris=True).splitlines()[-1] == "targetIri: place:wuhan"
    with pytest.raises(KgError, match="a format for triples"):
        TARGETS.to_text("turtle")


def test_pandas_table_has_the_values_of_the_rows() -> None:
    table = TARGETS.to_pandas()
    assert isinstance(table, pandas.DataFrame)
    assert list(table.columns) == list(TARGETS.columns)
    assert table.to_dict("records") == TARGETS.rows
    assert type(table["value"][0]) is Decimal
    years = WITHIN.to_pandas()["since"]
    assert [type(year) for year in years] == [int, type(None), type(None)]
    empty = Answer(Rows(("a", "b"), []), NAMES).to_pandas()
    assert (list(empty.columns), len(empty)) == (["a", "b"], 0)


def test_missing_pandas_names_the_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pandas", None)
    with pytest.raises(KgError, match=r"pip install 'city-policy-kg\[pandas\]'"):
        TARGETS.to_pandas()


def test_network_has_an_edge_for_each_row_with_two_ends() -> None:
    network = WITHIN.to_networkx()
    assert isinstance(network, networkx.MultiDiGraph)
    assert dict(network.nodes(data=True)) == {
        f"{PLACE}wuhan": {"label": "Wuhan"},
        f"{PLACE}hubei": {"label": "Hubei"},
        "x:nowhere": {"label": "Nowhere"},
    }
    assert list(network.edges(data=True)) == [
        (f"{PLACE}wuhan", f"{PLACE}hubei", {"since": 1949}),
        (f"{PLACE}wuhan", f"{PLACE}hubei", {}),
    ]


def test_network_of_triples_has_an_edge_for_each_link() -> None:
    network = Answer(TRIPLES, NAMES).to_networkx()
    assert list(network.edges(data=True)) == [
        (f"{PLACE}wuhan", f"{PLACE}hubei", {"predicate": "x:within"})
    ]


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        (TARGETS, "this answer has 1: targetIri. Use to_pandas()."),
        (Answer(True, NAMES), "this answer has 0. Use to_pandas()."),
    ],
)
def test_answer_without_two_iri_columns_is_not_a_network(answer: Answer, message: str) -> None:
    with pytest.raises(KgError) as caught:
        answer.to_networkx()
    assert str(caught.value).endswith(message)
    assert caught.value.exit_code == 2
