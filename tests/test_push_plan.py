"""The comparison of named graphs before a push."""

import pytest
from pyoxigraph import Literal, NamedNode, RdfFormat, Triple, parse

from kg.errors import KgError
from kg.graph import Graph
from kg.home import find_home
from kg.push_plan import compare_graphs, count_graphs
from kg.store import Rows

XSD = "http://www.w3.org/2001/XMLSchema#"


def read(text: str) -> list[Triple]:
    return [quad.triple for quad in parse(text, RdfFormat.TURTLE, base_iri="http://e.org/")]


@pytest.mark.parametrize(
    ("remote", "state"),
    [
        ("<a> <b> 1 , 2.50 ; <c> [ <d> 'x'@zh-Hans ] .", "same"),
        ("<a> <c> [ <d> 'x'@zh-hans ] ; <b> 01 , 2.5 .", "same"),
        ("<a> <b> 1 , 2.50 .", "part"),
        ("", "part"),
        ("<a> <b> 1 ; <c> [ <d> 'x'@zh-Hans ] .", "part"),
        ("<a> <b> 1 , 2.50 ; <c> [ <d> 'x'@zh-Hans ] , [ <d> 'x'@zh-Hans ] .", "part"),
        ("<a> <b> 1 , 2.50 ; <c> [ <d> 'y' ] .", "other"),
        ("<a> <b> 1 , 2.51 ; <c> [ <d> 'x'@zh-Hans ] .", "other"),
        (f"<a> <b> '１'^^<{XSD}integer> , 2.50 ; <c> [ <d> 'x'@zh-Hans ] .", "other"),
        ("<a> <b> '1' , 2.50 ; <c> [ <d> 'x'@zh-Hans ] .", "other"),
        ("<a> <b> 1 , 2.50 ; <c> [ <d> 'x'@zh-Hans ; <e> 'y' ] .", "other"),
    ],
)
def test_comparison_of_graphs(remote: str, state: str) -> None:
    local = read("<a> <b> 1 , 2.50 ; <c> [ <d> 'x'@zh-Hans ] .")
    assert compare_graphs(local, read(remote)) == state


def test_graph_with_all_local_statements_is_more() -> None:
    assert compare_graphs(read("<a> <b> 1 ."), read("<a> <b> 1 , 2 ; <c> [] .")) == "more"
    assert compare_graphs(read("<a> <b> [] ."), read("<a> <b> 1 , [] .")) == "other"


class Answering:
    """An engine with one answer to everything."""

    name = "http://e.org/query"

    def __init__(self, rows: Rows) -> None:
        self.rows = rows

    def query(self, *args: object, **more: object) -> Rows:
        return self.rows


@pytest.mark.parametrize("count", [None, Literal("1_0"), Literal("many\x1b"), Literal("9" * 5000)])
def test_count_that_is_not_a_number_is_an_error(count: Literal | None) -> None:
    rows = Rows(("graph", "count"), [(NamedNode("http://e.org/g"), count)])
    graph = Graph(find_home(), Answering(rows))
    with pytest.raises(KgError, match="is not a number of statements") as caught:
        count_graphs(graph)
    assert "\x1b" not in str(caught.value)
