"""Rows of a must-be-empty query become findings; a query that cannot be used is an error."""

import re
import shutil
from pathlib import Path

import pytest
from pyoxigraph import Literal, NamedNode, Triple

from kg.check.constraint_queries import list_constraint_queries, run_constraint_query
from kg.check.finding import Finding, Locator
from kg.errors import KgError
from kg.graph import Graph
from kg.home import Home
from kg.store import Memory
from kg.turtle_tokens import LineIndex

NODE, PREDICATE = "https://w3id.org/cdp/id/doc/x", "https://example.org/p"
QUERY = """\
#+ severity: warning
#+ message:
#+   en: The value {value} is
#+     wrong.
#+   zh-Hans: 值 {value} 有误。
SELECT ?node ?value { ?node ?p ?value }
"""


@pytest.fixture
def graph(untouched: Home, tmp_path: Path) -> Graph:
    (tmp_path / "ontology").mkdir()
    (tmp_path / "queries" / "must-be-empty").mkdir(parents=True)
    shutil.copy(untouched.ontology / "prefixes.ttl", tmp_path / "ontology")
    memory = Memory()
    triple = Triple(NamedNode(NODE), NamedNode(PREDICATE), Literal("text"))
    memory.add_triples([triple], "https://example.org/g")
    return Graph(Home(tmp_path), memory)


def run_query(graph: Graph, text: str, language: str = "en") -> list[Finding]:
    path = graph.home.queries / "must-be-empty" / "some-check.rq"
    path.write_text(text, "utf-8")
    (query,) = list_constraint_queries(graph.home)
    locator = Locator([], lambda node: [], lambda file: LineIndex(), Path("x"))
    return list(run_constraint_query(graph, query, locator, language))


@pytest.mark.parametrize(
    ("language", "message"),
    [("en", "The value text is wrong."), ("zh-Hant", "值 text 有误。")],
)
def test_each_row_is_a_finding(language: str, message: str, graph: Graph) -> None:
    assert run_query(graph, QUERY, language) == [
        Finding("x", 0, "warning", "some-check", NODE, f"doc:x: {message}")
    ]


def test_query_without_rows_has_no_finding(graph: Graph) -> None:
    assert run_query(graph, QUERY.replace("?p ?value", "?value ?node")) == []


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("#+ message:", "#+ massage:", "1: 'message' is missing"),
        ("#+ severity:", "#+ gravity:", "1: 'severity' is missing"),
        ("{value}", "{other}", "1: 'other' is missing"),
        ("?node", "?thing", r"1: '\?node' is missing"),
        ("SELECT", "SELEKT", r"\d+:\d+: not valid SPARQL"),
        ("SELECT ?node ?value", "ASK", "not a SELECT query"),
    ],
)
def test_query_that_cannot_be_used_is_an_error(
    old: str, new: str, message: str, graph: Graph
) -> None:
    with pytest.raises(KgError, match=rf"some-check\.rq:.*{message}"):
        run_query(graph, QUERY.replace(old, new))


@pytest.mark.parametrize("key", ["message", "severity"])
def test_header_is_checked_without_rows_too(key: str, graph: Graph) -> None:
    empty = QUERY.replace("?p ?value", "?value ?node")
    with pytest.raises(KgError, match=rf"some-check\.rq:1: '{key}' is missing"):
        run_query(graph, empty.replace(f"#+ {key}:", "#+ other:"))


def test_queries_are_sorted_by_name(untouched: Home) -> None:
    names = [query.name for query in list_constraint_queries(untouched)]
    assert names == sorted(path.stem for path in untouched.queries.glob("must-be-empty/*.rq"))
    assert len(names) >= 40
    assert all(re.fullmatch("[a-z-]+", name) for name in names)
