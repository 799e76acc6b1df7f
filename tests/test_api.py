"""`kg.open`: answers as Python has them, as tables, as networks."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from pathlib import Path

import networkx
import pandas
import pytest
from pyoxigraph import BlankNode, Literal, NamedNode, Triple

import kg
from kg.api import Graph
from kg.ask.answer import Answer, read_value
from kg.errors import KgError
from kg.graph import load_graph
from kg.home import Home, find_home
from kg.names import Names, read_names
from kg.store import Memory, Rows

HOME = find_home()
NAMES = read_names(HOME)
PLACE = "https://w3id.org/cdp/id/place/"
HEAVY = ("pyoxigraph", "rdflib", "pyshacl", "yaml", "click", "networkx", "pandas", "SPARQLWrapper")


@cache
def read_graph() -> Graph:
    return kg.open()


def literal(text: str, kind: str) -> Literal:
    return Literal(text, datatype=NamedNode(NAMES.expand(f"xsd:{kind}")))


def list_imported(code: str) -> set[str]:
    code = f"import sys; {code}; sys.stdout.write(' '.join(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return set(done.stdout.split())


def test_import_is_light() -> None:
    assert not list_imported("import kg") & set(HEAVY)
    used = list_imported("import kg; kg.open().ask('policies')")
    assert used & set(HEAVY) == {"pyoxigraph"}


def test_rows_have_python_values() -> None:
    answer = read_graph().ask("targets", city="wuhan")
    assert len(answer) == 1
    (row,) = answer
    assert list(row) == list(answer.columns)
    assert row == answer[0] == answer[-1]
    assert row["city"] == "Wuhan"
    assert (row["value"], type(row["value"])) == (Decimal(80), Decimal)
    assert (row["year"], type(row["year"])) == (2022, int)
    assert row["lowerBound"] is None
    assert row["targetIri"] == "https://w3id.org/cdp/id/target/wuhan-open-rate-2022"
    with pytest.raises(IndexError):
        answer[1]
    assert repr(answer).startswith("<Answer: 1 rows of city, document")


@pytest.mark.parametrize(
    ("term", "value"),
    [
        (None, None),
        (NamedNode(f"{PLACE}wuhan"), f"{PLACE}wuhan"),
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
        # What is none of its datatype is a text.
        (literal("many", "integer"), "many"),
        (literal("many", "decimal"), "many"),
        (literal("2022-02-30", "date"), "2022-02-30"),
        (literal("maybe", "boolean"), "maybe"),
        (literal("2022", "gYear"), "2022"),
    ],
)
def test_terms_become_python_values(term: NamedNode | Literal | None, value: object) -> None:
    read = read_value(term, NAMES)
    assert read == value
    assert type(read) is type(value)


def test_values_are_given_by_name() -> None:
    graph = read_graph()
    for city in ("shenzhen", "深圳", f"{PLACE}shenzhen"):
        assert {row["city"] for row in graph.ask("policies", city=city)} == {"Shenzhen"}
    assert len(graph.ask("policies", city=None)) == len(graph.ask("policies")) == 10
    assert len(graph.ask("goals", year=2022)) == len(graph.ask("goals", year="2022")) > 0
    (row,) = graph.ask("policies", "zh-Hans", city="wuhan")
    assert row["city"] == "武汉"
    assert list(graph.ask("policies", language="zh-Hans", city="wuhan")) == [row]


@pytest.mark.parametrize(
    ("call", "told"),
    [
        (lambda graph: graph.ask("polices"), "Did you mean policies"),
        (lambda graph: graph.ask("policies", city="wuhn"), "Did you mean wuhan"),
        (lambda graph: graph.ask("policies", cty="wuhan"), "Did you mean city"),
        (lambda graph: graph.ask("goals", year="20x5"), "no year from 1 to 9999"),
        (lambda graph: graph.ask("search"), "text: a value is needed"),
        (lambda graph: graph.ask("policies", language="de"), "no such language"),
        (lambda graph: graph.query("SELECT"), "query:1:"),
        (lambda graph: graph.describe("wuhn"), "Did you mean wuhan"),
        (lambda graph: graph.ask("policies").to_text("turtle"), "a format for triples"),
        (lambda graph: graph.ask("policies").to_networkx(), "of its columns 1 are IRIs"),
        (lambda graph: graph.query("ASK {}").to_networkx(), "none is called <x>Iri"),
    ],
)
def test_a_wrong_call_raises(call: Callable[[Graph], object], told: str) -> None:
    with pytest.raises(KgError) as caught:
        call(read_graph())
    assert told in str(caught.value)
    assert caught.value.exit_code == 2
    assert isinstance(caught.value, ValueError)


def test_triples_are_rows() -> None:
    answer = read_graph().ask("everything", entity="wuhan")
    assert answer.columns == ("subject", "predicate", "object")
    assert len(answer) > 10
    assert answer.to_text().startswith("PREFIX ")
    assert answer.to_text("ntriples").count("\n") == len(answer)
    twice = Triple(NamedNode("x:s"), NamedNode("x:p"), Literal("o"))
    assert len(Answer([twice, twice], NAMES)) == 1


def test_an_ask_is_true_or_false() -> None:
    graph = read_graph()
    assert graph.query("ASK { place:wuhan a cdp:City }")
    assert not graph.query("ASK { place:wuhan a cdp:Country }")
    assert graph.query("ASK { place:wuhan a cdp:City }").to_text() == "true\n"


def test_texts_are_those_of_the_command_line() -> None:
    answer = read_graph().ask("themes", city="wuhan")
    assert str(answer) == answer.to_text("table")
    assert answer.to_text("csv").splitlines()[0] == ",".join(answer.columns)
    assert answer.to_text("markdown").count("\n") == len(answer) + 2


def test_questions_and_portraits() -> None:
    graph = read_graph()
    assert (
        graph.questions()["targets"] == "Which quantitative targets are set, and when are they due?"
    )
    assert set(graph.questions("zh-Hans")) == {p.stem for p in HOME.queries.glob("*.rq")}
    for thing in ("place:wuhan", "wuhan", "武汉", f"{PLACE}wuhan"):
        assert graph.describe(thing).name == "place:wuhan"
    assert graph.describe("wuhan", "zh-Hans").label == "武汉"


def test_pandas_gets_the_rows_as_they_are() -> None:
    answer = read_graph().ask("targets")
    table = answer.to_pandas()
    assert isinstance(table, pandas.DataFrame)
    assert list(table.columns) == list(answer.columns)
    assert table.to_dict("records") == list(answer)
    assert type(table["value"][0]) is Decimal
    goals = read_graph().ask("goals")
    assert {type(row["year"]) for row in goals} == {int, type(None)}
    assert goals.to_pandas().to_dict("records") == list(goals)
    empty = read_graph().ask("targets", city="nanjing").to_pandas()
    assert list(empty.columns) == list(answer.columns)
    assert len(empty) == 0


def test_networkx_gets_an_edge_a_row() -> None:
    answer = read_graph().ask("themes")
    network = answer.to_networkx()
    assert isinstance(network, networkx.MultiDiGraph)
    assert network.number_of_edges() == len(answer) > 50
    assert network.nodes[f"{PLACE}wuhan"] == {"label": "Wuhan"}
    assert network.has_edge("https://w3id.org/cdp/theme/mobility", f"{PLACE}hong-kong")
    partners = read_graph().ask("partners").to_networkx()
    topics = {told["topic"] for _, _, told in partners.edges(data=True)}
    assert "smart city" in topics
    assert all("partner" not in told for _, _, told in partners.edges(data=True))


def test_networkx_skips_an_edge_without_an_end() -> None:
    rows = Rows(("aIri", "bIri", "n"), [(NamedNode("x:a"), None, Literal("1"))])
    network = Answer(rows, NAMES).to_networkx()
    assert list(network.nodes) == ["x:a"]
    assert not network.edges


def test_triples_are_a_network() -> None:
    answer = read_graph().query("CONSTRUCT { ?s ?p ?o } { ?s cdp:isWithin ?o ; ?p ?o }")
    network = answer.to_networkx()
    assert network.number_of_edges() == len(answer) > 5
    labelled = read_graph().query("CONSTRUCT WHERE { ?s cdp:isWithin ?o ; rdfs:label ?l }")
    within = labelled.to_networkx()
    assert within.number_of_edges() < len(labelled)
    assert within.has_edge(f"{PLACE}wuhan", f"{PLACE}hubei")
    ((_, _, told),) = within.edges([f"{PLACE}wuhan"], data=True)
    assert told == {"predicate": "https://w3id.org/cdp/ontology#isWithin"}


@pytest.mark.parametrize("name", ["pandas", "networkx"])
def test_a_missing_library_is_told(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, name, None)
    with pytest.raises(KgError, match=f"pip install {name}"):
        getattr(read_graph().ask("themes"), f"to_{name}")()


def test_a_folder_is_opened(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    for name in ("ontology", "queries"):
        (tmp_path / name).symlink_to(HOME.root / name)
    for where in (tmp_path, str(tmp_path)):
        assert len(kg.open(where).ask("policies")) == 0
    with pytest.raises(KgError, match="no ontology"):
        kg.open(tmp_path / "nowhere")


def test_a_name_with_a_hyphen_is_given_with_an_underscore(tmp_path: Path) -> None:
    for name in ("ontology", "data"):
        (tmp_path / name).symlink_to(HOME.root / name)
    (tmp_path / "queries").mkdir()
    (tmp_path / "queries" / "mine.rq").write_text(
        "#+ parameters:\n#+   due-year:\n#+     type: year\n#+     binds: year\n"
        "SELECT ?year {\n  VALUES ?year { UNDEF }\n}\n",
        "utf-8",
    )
    assert list(kg.open(tmp_path).ask("mine", due_year=2022)) == [{"year": 2022}]


def test_an_endpoint_is_opened(monkeypatch: pytest.MonkeyPatch) -> None:
    opened = []

    def connect(url: str, home: Home) -> Memory:
        opened.append((url, home))
        return load_graph(home)

    monkeypatch.setattr("kg.store.endpoint.Endpoint", connect)
    for url in ("http://127.0.0.1:7878/query", "https://example.org/sparql"):
        assert len(kg.open(url).ask("policies", city="武汉")) == 1
    assert opened == [("http://127.0.0.1:7878/query", HOME), ("https://example.org/sparql", HOME)]


def test_names_without_xsd_leave_texts() -> None:
    assert read_value(literal("80", "integer"), Names({})) == "80"
