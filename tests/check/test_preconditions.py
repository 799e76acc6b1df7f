"""Preconditions of must-be-empty queries: false only where the query finds nothing."""

import re
from pathlib import Path

import pytest
from pyoxigraph import DefaultGraph, Quad, QuerySolutions, Store

from kg.ask.question import Question
from kg.check.constraint_queries import list_constraint_queries
from kg.check.index import StatementIndex
from kg.check.preconditions import PRECONDITIONS, meets_precondition
from kg.errors import KgError
from kg.home import find_home
from kg.names import Names, read_names
from kg.turtle import TurtleFile, list_files, parse_turtle, read_turtle

CASES = sorted((Path(__file__).parents[1] / "must_be_empty").glob("*.ttl"))
QUERIES = [q for q in list_constraint_queries(find_home()) if "#+ precondition:" in q.query]
# Things that a query finds, and some that it does not although its precondition holds.
MORE = [
    "cdp:a a cdp:City . [] a cdp:City .",
    "[] cdp:title 'x' .",
    "[] oa:start 1 .",
    "cdp:a oa:hasSelector _:b .",
    "cdp:a cdp:partOf [ cdp:partOf [ rdfs:label 'x' ] ] .",
    "place:x cdp:partOf place:y .",
    "place:x rdfs:seeAlso <http://qudt.org/vocab/unit/NONE> .",
    "place:x rdfs:seeAlso <http://metadata.un.org/sdg/99> .",
    "place:x rdfs:seeAlso theme:none .",
    "place:x rdfs:seeAlso <https://w3id.org/cdp/code/unit/none> .",
    "<https://w3id.org/cdp/id/place/北京> rdfs:label 'x' .",
    "<https://w3id.org/cdp/id/place/a%20b> rdfs:label 'x' .",
    "<https://w3id.org/cdp/x/é> rdfs:label 'x' .",
    "place:x rdfs:labell 'x' .",
    "place:x owl:ObjectProperty 'x' .",
    "cdp:a a owl:ObjectProperty . place:x cdp:a place:y .",
    "place:x a rdf:type, owl:Thing .",
    "place:x rdfs:label 'x'@en, 'x'@zh-Hant .",
    "place:x skos:editorialNote 'x'@zh-Hans .",
    "place:x cdp:title 'x'@zh-Hant .",
    "place:x rdfs:label 'x'@en-GB .",
    "place:x cdp:title 'x'@zh-Hans .",
]


@pytest.fixture(scope="module")
def names() -> Names:
    return read_names(find_home())


def make_index(names: Names, quads: list[Quad]) -> StatementIndex:
    index = StatementIndex(names.expand("rdf:type"), names.expand("rdfs:subClassOf"))
    index.add(quads)
    return index


def count_rows(query: Question, quads: list[Quad]) -> int:
    store = Store()
    store.extend(Quad(q.subject, q.predicate, q.object, DefaultGraph()) for q in quads)
    found = store.query(query.query)
    assert isinstance(found, QuerySolutions)
    return sum(1 for _ in found)


def list_inputs(names: Names) -> list[list[Quad]]:
    prefixes = "".join(f"PREFIX {k}: <{v}>\n" for k, v in names.prefixes.items())
    texts = [*(path.read_text("utf-8") for path in CASES), *(prefixes + each for each in MORE)]
    file = TurtleFile(Path("case.ttl"), "https://w3id.org/cdp/graph/case")
    return [list(parse_turtle(text, file)) for text in texts]


def test_query_finds_nothing_without_its_precondition(names: Names) -> None:
    assert {q.name for q in QUERIES} == {
        "blank-node",
        "dangling-iri",
        "iri-not-ascii",
        "text-in-one-language",
        "undeclared-class",
        "undeclared-property",
    }
    inputs = [(quads, make_index(names, quads)) for quads in list_inputs(names)]
    for query in QUERIES:
        found = [(count_rows(query, quads), quads, index) for quads, index in inputs]
        assert sum(rows > 0 for rows, _, _ in found) >= 3, query.name
        missed = [
            quads[:3]
            for rows, quads, index in found
            if rows and not meets_precondition(query, index, names)
        ]
        assert missed == [], query.name


def test_own_data_meet_no_precondition(names: Names) -> None:
    """So that no query is run in vain."""
    quads = [
        quad for file in list_files(find_home()) for quad in parse_turtle(read_turtle(file), file)
    ]
    index = make_index(names, quads)
    assert [q.name for q in QUERIES if meets_precondition(q, index, names)] == []


def test_unknown_precondition_is_an_error(names: Names, tmp_path: Path) -> None:
    path = tmp_path / "x.rq"
    path.write_text("#+ precondition: none-such\nSELECT * {}")
    known = ", ".join(PRECONDITIONS)
    with pytest.raises(
        KgError, match=re.escape(f"x.rq:1: none-such: no such precondition. There are: {known}.")
    ):
        meets_precondition(Question("x", path), make_index(names, []), names)
