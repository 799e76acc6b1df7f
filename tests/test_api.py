"""`kg.open`: questions, queries and descriptions in Python."""

import subprocess
import sys
from collections.abc import Callable
from datetime import date, datetime, time
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

import kg
from kg.api import KnowledgeGraph
from kg.errors import KgError
from kg.home import Home, find_home

HOME = find_home()
PLACE = "https://w3id.org/cdp/id/place/"
HEAVY = ("pyoxigraph", "rdflib", "pyshacl", "yaml", "click", "networkx", "pandas", "SPARQLWrapper")
CITIES = """SELECT ?city {
  VALUES ?province { UNDEF }
  ?city cdp:isWithin ?province
}"""


@pytest.fixture(scope="module")
def graph(roundup: Home) -> KnowledgeGraph:
    return kg.open(roundup.root)


def list_imported(code: str) -> set[str]:
    code = f"import sys; {code}; sys.stdout.write(' '.join(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return set(done.stdout.split())


def test_import_loads_nothing_heavy() -> None:
    assert not list_imported("import kg") & set(HEAVY)
    used = list_imported("import kg; kg.open().ask('policies')")
    assert used & set(HEAVY) == {"pyoxigraph"}


def test_question_is_answered(graph: KnowledgeGraph) -> None:
    (row,) = graph.ask("targets", city="wuhan")
    assert (row["city"], row["value"], row["year"]) == ("Wuhan", Decimal(80), 2022)
    assert row["targetIri"] == "https://w3id.org/cdp/id/target/wuhan-open-rate-2022"
    assert graph.ask("everything", thing="wuhan").columns == ("subject", "predicate", "object")


def test_values_are_given_by_name(graph: KnowledgeGraph) -> None:
    for city in ("shenzhen", "深圳", f"{PLACE}shenzhen"):
        assert {row["city"] for row in graph.ask("policies", city=city)} == {"Shenzhen"}
    policies = list(graph.ask("policies"))
    assert list(graph.ask("policies", city=None)) == policies
    assert len(policies) > len(graph.ask("policies", city="shenzhen")) > 0
    assert len(graph.ask("goals", year=2022)) == len(graph.ask("goals", year="2022")) > 0
    (row,) = graph.ask("policies", "zh-Hans", city="wuhan")
    assert row["city"] == "武汉"
    assert list(graph.ask("policies", language="zh-Hans", city="wuhan")) == [row]


def test_hyphen_in_a_name_is_written_as_underscore(tmp_path: Path) -> None:
    for name in ("ontology", "data"):
        (tmp_path / name).symlink_to(HOME.root / name)
    (tmp_path / "queries").mkdir()
    (tmp_path / "queries" / "mine.rq").write_text(
        "#+ parameters:\n#+   due-year:\n#+     type: year\n#+     binds: year\n"
        "SELECT ?year {\n  VALUES ?year { UNDEF }\n}\n",
        "utf-8",
    )
    assert list(kg.open(tmp_path).ask("mine", due_year=2022)) == [{"year": 2022}]


def test_query_knows_the_prefixes_of_the_project(graph: KnowledgeGraph) -> None:
    assert graph.query("ASK { place:wuhan a cdp:City }")
    assert not graph.query("ASK { place:wuhan a cdp:Country }")


def test_query_has_values_by_name(graph: KnowledgeGraph) -> None:
    wuhan = [{"city": f"{PLACE}wuhan"}]
    for province in ("place:hubei", f"{PLACE}hubei"):
        assert list(graph.query(CITIES, province=province)) == wuhan
    assert len(graph.query(CITIES)) > 1
    hostile = graph.query(CITIES, province='x" } UNION { ?city ?p ?o } #')
    assert list(hostile) == []


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda graph: graph.ask("polices"), "Did you mean policies"),
        (lambda graph: graph.ask("policies", city="wuhn"), "Did you mean wuhan"),
        (lambda graph: graph.ask("policies", cty="wuhan"), "Did you mean city"),
        (lambda graph: graph.ask("search"), "text: a value is required"),
        (lambda graph: graph.ask("policies", language="de"), "unknown language"),
        (lambda graph: graph.query("SELECT"), "query:1:"),
        (lambda graph: graph.query("ASK {}", city="wuhan"), "no line VALUES ?city"),
        (lambda graph: graph.describe("wuhn"), "Did you mean wuhan"),
        (lambda graph: graph.describe("wuhan", "de"), "unknown language"),
    ],
)
def test_usage_error_is_raised(
    call: Callable[[KnowledgeGraph], object], message: str, graph: KnowledgeGraph
) -> None:
    with pytest.raises(KgError) as caught:
        call(graph)
    assert message in str(caught.value)
    assert caught.value.exit_code == 2
    assert isinstance(caught.value, ValueError)


def test_questions_have_titles_in_each_language(graph: KnowledgeGraph) -> None:
    names = {path.stem for path in HOME.queries.glob("*.rq")}
    english, chinese = graph.questions(), graph.questions("zh-Hans")
    assert set(english) == set(chinese) == names
    assert all(english[name] and english[name] != chinese[name] for name in names)


def test_thing_is_described(graph: KnowledgeGraph) -> None:
    assert graph.describe("武汉").name == "place:wuhan"
    assert graph.describe("wuhan", "zh-Hans").label == "武汉"


def test_repr_has_home_and_engine(graph: KnowledgeGraph, roundup: Home) -> None:
    assert repr(graph) == f"<KnowledgeGraph of {roundup.root} in memory>"


def test_folder_is_opened(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    for name in ("ontology", "queries"):
        (tmp_path / name).symlink_to(HOME.root / name)
    for where in (tmp_path, str(tmp_path)):
        assert len(kg.open(where).ask("policies")) == 0
    with pytest.raises(KgError, match=r"nowhere: no such folder\. Give a folder with ontology/"):
        kg.open(tmp_path / "nowhere")


@pytest.mark.parametrize("url", ["http://127.0.0.1:7878/query", "https://example.org/sparql"])
def test_url_is_opened_as_an_endpoint(url: str) -> None:
    # Nothing is sent before the first query.
    assert repr(kg.open(url)) == f"<KnowledgeGraph of {HOME.root} in {url}>"


class Unprintable:
    def __str__(self) -> str:
        raise RuntimeError

    __repr__ = __str__


# Values that no parameter is made for, in types and in content.
ODD: list[Any] = [
    10**5000, -(10**5000), None, 5, 5.5, float("nan"), float("inf"), True, b"x", bytearray(b"x"),
    object(), [], {}, (), set(), Unprintable(), Unprintable, "", "x" * 10_000, "\0", "\ud800",
    "\udcff", "a\nb", Decimal("NaN"), Decimal("Infinity"), Decimal("1E999999999"),
    Decimal("1E-999999999"), date(1, 1, 1), datetime.max, time(), 1j, range(5), len, "<a:b>",
    "../../etc/passwd", "http://", "https://[", "http://x y", "[", "é" * 3000, "١٢", "\ufeff",
]  # fmt: skip
CALLS: dict[str, Callable[[KnowledgeGraph, Any], object]] = {
    "open": lambda graph, value: kg.open(value),
    "ask": lambda graph, value: graph.ask(value),
    "ask: language": lambda graph, value: graph.ask("policies", value),
    "ask: code": lambda graph, value: graph.ask("policies", city=value),
    "ask: year": lambda graph, value: graph.ask("goals", year=value),
    "ask: text": lambda graph, value: graph.ask("search", text=value),
    "ask: iri": lambda graph, value: graph.ask("everything", thing=value),
    "ask: timeout": lambda graph, value: graph.ask("policies", timeout=value),
    "query": lambda graph, value: graph.query(value),
    "query: value": lambda graph, value: graph.query(CITIES, province=value),
    "query: timeout": lambda graph, value: graph.query("ASK {}", timeout=value),
    "query: service": lambda graph, value: graph.query("ASK {}", allow_service=value),
    "describe": lambda graph, value: graph.describe(value),
    "describe: language": lambda graph, value: graph.describe("wuhan", value),
    "questions": lambda graph, value: graph.questions(value),
}


@pytest.mark.slow
@pytest.mark.parametrize("name", CALLS)
def test_odd_value_is_an_answer_or_a_kg_error(name: str, graph: KnowledgeGraph) -> None:
    errors = 0
    for value in ODD:
        try:
            CALLS[name](graph, value)
        except KgError as error:
            errors += 1
            assert 0 < len(str(error)) < 15_000
    assert errors > 15 or name == "query: service"


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda graph: graph.ask(5), r"question: a str is needed, not int\."),
        (lambda graph: graph.ask("policies", None), r"language: a str is needed, not NoneType\."),
        (lambda graph: graph.ask("policies", city=b"x"), "city: a str, a number or a date is need"),
        (
            lambda graph: graph.ask("goals", year=10**5000),
            "year: The number has more than 4,300 digits",
        ),
        (lambda graph: graph.query(b"ASK {}"), r"query: a str is needed, not bytes\."),
        (
            lambda graph: graph.query("ASK {\ud800}"),
            r"query: character 6 \(U\+D800\) is not a char",
        ),
        (
            lambda graph: graph.describe("\udce6\udcad"),
            r"name: byte E6 is not text in the encoding of this locale\. Set LC_ALL=C\.UTF-8\.",
        ),
        (lambda graph: graph.query(CITIES, province=10**5000), "more than 4,300 digits"),
        (lambda graph: graph.query("ASK {}", timeout="5"), "timeout: not a number of seconds"),
        (lambda graph: kg.open(5), "where: a str or a Path is needed, not int"),  # type: ignore[arg-type]
        (lambda graph: kg.open(""), "where: a str or a Path is needed, not an empty one"),
        (lambda graph: kg.open("x" * 5000), r"x: ontology.* not found \(its name is too long\)"),
    ],
)
def test_odd_value_is_explained(
    call: Callable[[KnowledgeGraph], object], message: str, graph: KnowledgeGraph
) -> None:
    with pytest.raises(KgError, match=message):
        call(graph)


def test_timeout_is_also_a_timeout_error(graph: KnowledgeGraph) -> None:
    # It takes seconds, and then ends: an abandoned query uses a processor until it does.
    long = "SELECT (COUNT(*) AS ?n) { ?a a cdp:Evidence . ?b a cdp:Evidence . ?c a cdp:Evidence }"
    with pytest.raises(TimeoutError) as caught:
        graph.query(long, timeout=0.1)
    assert isinstance(caught.value, kg.KgTimeoutError)
    assert isinstance(caught.value, KgError)
    assert len(graph.ask("policies", timeout=60)) > 0


def test_dataset_clauses_are_obeyed(graph: KnowledgeGraph) -> None:
    count = "SELECT (COUNT(*) AS ?n) {} {{ ?s ?p ?o }}"
    wuhan = graph.query(count.format("FROM <https://w3id.org/cdp/graph/roundup-2021/wuhan>"))[0][
        "n"
    ]
    graph_of_wuhan = "<https://w3id.org/cdp/graph/roundup-2021/wuhan>"
    grouped = f"SELECT (COUNT(*) AS ?n) {{ GRAPH {graph_of_wuhan} {{ ?s ?p ?o }} }}"
    assert wuhan == graph.query(grouped)[0]["n"] != 0
    assert graph.query(count.format("FROM <https://nowhere.example/>"))[0]["n"] == 0


def test_service_needs_a_permission(graph: KnowledgeGraph) -> None:
    query = "SELECT * { SERVICE <http://127.0.0.1:1/> { ?s ?p ?o } }"
    with pytest.raises(KgError, match="allow_service=True"):
        graph.query(query)
    with pytest.raises(KgError, match="the query failed"):
        graph.query(query, allow_service=True)


def test_byte_order_mark_is_not_part_of_a_query(graph: KnowledgeGraph) -> None:
    assert graph.query("\ufeffASK {}")
