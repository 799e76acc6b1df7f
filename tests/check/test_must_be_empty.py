"""The queries that must be empty: each finds what is broken and nothing in what is sound.

`tests/must_be_empty/<query>.broken.ttl` says with `case:found true` which nodes its query returns;
`<query>.sound.ttl` is its twin, as like as can be, in which the query finds nothing.
"""

from __future__ import annotations

import re
from pathlib import Path
from string import Formatter

import pytest
from pyoxigraph import NamedNode, QuerySolutions, RdfFormat, Store
from rdflib import Graph, Literal, URIRef

ROOT = Path(__file__).parents[2]
QUERIES = sorted((ROOT / "queries" / "must-be-empty").glob("*.rq"))
FIXTURES = ROOT / "tests" / "must_be_empty"

GRAPH = NamedNode("https://w3id.org/cdp/graph/fixture")
FOUND = NamedNode("https://w3id.org/cdp/test#found")
LANGUAGES = {"en", "zh-Hans"}

Header = dict[str, str | dict[str, str]]


def read_header(query: Path) -> Header:
    """Return the `#+` lines of a query: a text for each key, or a text for each language.

    The lines are YAML of the plainest kind, so that anything can read them.
    """
    header: Header = {}
    within: dict[str, str] = {}
    for line in query.read_text("utf-8").splitlines():
        if not line.startswith("#+ "):
            continue
        match = re.fullmatch(r"#\+ (  )?([A-Za-z-]+):(?: (\S.*))?", line)
        assert match, line
        indent, key, text = match.groups()
        if indent:
            within[key] = text
        elif text is None:
            within = {}
            header[key] = within
        else:
            header[key] = text
    return header


def read_fixture(path: Path) -> tuple[Store, set[str]]:
    """Return a fixture in a store, as one named graph, and the IRIs that are to be found."""
    store = Store()
    store.load(path=str(path), format=RdfFormat.TURTLE, to_graph=GRAPH)
    marks = list(store.quads_for_pattern(None, FOUND, None))
    for mark in marks:
        store.remove(mark)
    return store, {mark.subject.value for mark in marks if isinstance(mark.subject, NamedNode)}


def run_query(store: Store, query: Path) -> tuple[list[str], list[dict[str, str]]]:
    """Return a query's variables and its rows over the union of all graphs."""
    answer = store.query(query.read_text("utf-8"), use_default_graph_as_union=True)
    assert isinstance(answer, QuerySolutions)
    names = [variable.value for variable in answer.variables]
    return names, [
        {name: getattr(row[name], "value", "") for name in names if row[name] is not None}
        for row in answer
    ]


def format_graph(path: Path) -> str:
    """Return a Turtle file in canonical form, with those prefixes alone that it uses."""
    read = Graph(bind_namespaces="none").parse(path, format="turtle")
    graph = Graph(bind_namespaces="none")
    terms = {str(t) for triple in read for t in triple if isinstance(t, URIRef)}
    terms |= {str(o.datatype) for o in read.objects() if isinstance(o, Literal)}
    for prefix, namespace in read.namespaces():
        if any(term.startswith(str(namespace)) for term in terms):
            graph.bind(prefix, namespace)
    for triple in read:
        graph.add(triple)
    return graph.serialize(format="longturtle", canon=True).rstrip("\n") + "\n"


def test_no_query_lacks_a_fixture_and_no_fixture_a_query() -> None:
    names = {query.stem for query in QUERIES}
    assert len(names) >= 28
    assert {path.name for path in FIXTURES.iterdir()} == {
        f"{name}.{kind}.ttl" for name in names for kind in ("broken", "sound")
    }


@pytest.mark.parametrize("query", QUERIES, ids=lambda path: path.stem)
def test_a_query_finds_what_is_broken(query: Path) -> None:
    store, expected = read_fixture(FIXTURES / f"{query.stem}.broken.ttl")
    names, rows = run_query(store, query)
    assert expected
    assert {row["node"] for row in rows} == expected
    # A message has something to put for each of its variables.
    assert all(set(row) == set(names) for row in rows)


@pytest.mark.parametrize("query", QUERIES, ids=lambda path: path.stem)
def test_a_query_finds_nothing_in_what_is_sound(query: Path) -> None:
    store, expected = read_fixture(FIXTURES / f"{query.stem}.sound.ttl")
    assert not expected
    assert len(store) > 0
    assert run_query(store, query)[1] == []


@pytest.mark.parametrize("query", QUERIES, ids=lambda path: path.stem)
def test_a_header_says_what_is_wrong_and_what_would_be_right(query: Path) -> None:
    header = read_header(query)
    assert set(header) == {"summary", "severity", "message"}
    assert header["severity"] in ("violation", "warning")
    summary, message = header["summary"], header["message"]
    assert isinstance(summary, dict)
    assert isinstance(message, dict)
    assert set(summary) == set(message) == LANGUAGES
    names, _ = run_query(Store(), query)
    for language, text in message.items():
        stop = "\u3002" if language == "zh-Hans" else ". "
        first, _, rest = text.partition(stop)
        assert len(first) > 4, text
        assert len(rest) > 4, text
        fields = {field for _, field, _, _ in Formatter().parse(text) if field is not None}
        assert fields == set(names) - {"node"}, text
    for text in (*summary.values(), *message.values()):
        # YAML would read these as something else than plain text.
        assert text[0] not in "{[\"'*&!|>%@`#", text
        assert ": " not in text, text
        assert " #" not in text, text


@pytest.mark.parametrize("query", QUERIES, ids=lambda path: path.stem)
def test_a_query_declares_each_prefix_that_it_uses_and_no_other(query: Path) -> None:
    lines = query.read_text("utf-8").splitlines()
    declared = re.findall(r"^PREFIX ([a-z0-9]+): <", "\n".join(lines), re.MULTILINE)
    body = "\n".join(line for line in lines if not line.lstrip().startswith(("#", "PREFIX")))
    body = re.sub(r'"[^"]*"|<[^>]*>', "", body)
    assert sorted(set(declared)) == declared == sorted(set(re.findall(r"\b([a-z0-9]+):", body)))
    assert max(len(line) for line in lines if not line.startswith("#+")) <= 100


@pytest.mark.parametrize("path", sorted(FIXTURES.glob("*.ttl")), ids=lambda path: path.stem)
def test_fixtures_are_in_the_canonical_form(path: Path) -> None:
    assert path.read_text("utf-8") == format_graph(path)


def test_a_query_weakened_is_noticed() -> None:
    for name, line in (
        ("code-not-spelled", "FILTER (SUBSTR("),
        ("cycle", "UNION { ?node cdp:basedOn+"),
        ("more-members-than-declared", "FILTER (?listed > ?declared"),
    ):
        (query,) = (path for path in QUERIES if path.stem == name)
        text = query.read_text("utf-8")
        kept = [part for part in text.splitlines() if not part.strip().startswith(line)]
        assert len(kept) == len(text.splitlines()) - 1
        found = []
        for kind in ("broken", "sound"):
            store, expected = read_fixture(FIXTURES / f"{name}.{kind}.ttl")
            rows = store.query("\n".join(kept), use_default_graph_as_union=True)
            assert isinstance(rows, QuerySolutions)
            found.append({str(row["node"]).strip("<>") for row in rows} == expected)
        assert not all(found), name
