"""Answers of an endpoint that are not what was asked for."""

import json
from collections.abc import Callable, Iterator
from copy import deepcopy
from functools import reduce
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kg.errors import KgError
from kg.names import bind_json
from kg.store import Rows
from kg.store.endpoint import Endpoint

JSON = "application/sparql-results+json"
XML = "application/sparql-results+xml"
SELECT = "SELECT ?x ?y WHERE { ?x ?p ?y }"
CONSTRUCT = "CONSTRUCT WHERE { ?s ?p ?o }"
ANSWER: dict[str, Any] = {
    "head": {"vars": ["x", "y"], "link": ["http://e.org/"]},
    "results": {
        "bindings": [
            {
                "x": {"type": "uri", "value": "http://e.org/a"},
                "y": {"type": "literal", "value": "深圳", "xml:lang": "zh-Hans"},
            },
            {
                "x": {"type": "bnode", "value": "b0"},
                "y": {"type": "literal", "value": "80", "datatype": "http://e.org/d"},
            },
            {"y": {"type": "literal", "value": "a\nb"}},
            {},
        ]
    },
}
RESULTS = (
    '<sparql xmlns="http://www.w3.org/2005/sparql-results#"><head><variable name="x"/>'
    '<variable name="y"/></head><results><result><binding name="x"><uri>http://e.org/a</uri>'
    '</binding><binding name="y"><literal xml:lang="en">b</literal></binding></result><result>'
    '<binding name="y"><literal>c</literal></binding></result></results></sparql>'
)
# What can be in place of a node of an answer.
OTHER = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.text(max_size=5),
    st.sampled_from(["x", "y", "z", "uri", "literal", "bnode", "triple", "http://e.org/", "en"]),
    st.recursive(
        st.none() | st.text(max_size=2),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(st.sampled_from(["type", "value", "x", "vars"]), inner, max_size=3)
        ),
        max_leaves=5,
    ),
)
# An answer that each test sets anew.
Current = dict[str, Any]
Serve = Callable[..., Any]

pytestmark = pytest.mark.usefixtures("no_credentials")


@pytest.fixture
def reply(serve: Serve) -> Callable[..., object]:
    """Return a function that answers a query with a given body, and returns the result."""
    current: Current = {}
    # The server takes the same object again and again.
    endpoint = Endpoint(serve(current).url)

    def query(body: bytes | str, kind: str = JSON, text: str = SELECT) -> object:
        data = body if isinstance(body, bytes) else body.encode()
        current.update(body=data, kind=kind)
        return endpoint.query(text)

    return query


def list_paths(node: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Yield the path of each node in a JSON value."""
    yield path
    if isinstance(node, dict | list):
        items = node.items() if isinstance(node, dict) else enumerate(node)
        for key, inner in items:
            yield from list_paths(inner, (*path, key))


def change(path: tuple[Any, ...], how: str, value: Any) -> Any:
    """Return the answer with one node replaced, removed, doubled or with a key more."""
    changed = deepcopy(ANSWER)
    if not path:
        return value
    *above, key = path
    parent = reduce(lambda node, step: node[step], above, changed)
    if how == "remove":
        del parent[key]
    elif how == "rename" and isinstance(parent, dict):
        parent[str(value)] = parent.pop(key)
    elif how == "double" and isinstance(parent, list):
        parent.append(parent[key])
    elif how == "add" and isinstance(parent[key], dict):
        parent[key]["more"] = value
    else:
        parent[key] = value
    return changed


def read_rows(answer: Any) -> list[tuple[Any, ...]] | None:
    """Read SPARQL results as the standard says; None if they are not for SELECT ?x ?y."""
    try:
        names, rows = answer["head"]["vars"], answer["results"]["bindings"]
        if not isinstance(rows, list) or (rows and not {"x", "y"} <= set(names)):
            return None
        if any(set(row) - set(names) for row in rows):
            return None
        return [tuple(row.get(name) for name in ("x", "y")) for row in rows]
    except (KeyError, TypeError, AttributeError):
        return None


@pytest.mark.slow
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=200)
@given(
    st.sampled_from(list(list_paths(ANSWER))),
    st.sampled_from(["replace", "remove", "rename", "double", "add"]),
    OTHER,
)
def test_changed_answer_has_right_rows_or_is_an_error(
    reply: Callable[..., object], path: tuple[Any, ...], how: str, value: Any
) -> None:
    changed = change(path, how, value)
    expected = read_rows(changed)
    try:
        found = reply(json.dumps(changed))
    except KgError as error:
        assert "the answer " in str(error)
        assert str(error).isprintable()
        return
    assert isinstance(found, Rows)
    assert found.variables == ("x", "y")
    assert expected is not None
    for row, wanted in zip(found.rows, expected, strict=True):
        assert [level_term(term and bind_json(term)) for term in row] == list(
            map(level_term, wanted)
        )


def level_term(term: Any) -> Any:
    """Return what two terms have in common if they are the same."""
    if not term:
        return None
    if term["type"] == "bnode":
        return "bnode"
    return term["type"], term["value"], term.get("xml:lang", "").lower(), term.get("datatype")


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.integers(0, 1_000), st.binary(max_size=3), st.sampled_from([JSON, XML]))
def test_answer_with_changed_bytes_has_rows_or_is_an_error(
    reply: Callable[..., object], place: int, data: bytes, kind: str
) -> None:
    body = (json.dumps(ANSWER) if kind == JSON else RESULTS).encode()
    for changed in (body[:place], body[:place] + data + body[place + len(data) :]):
        try:
            assert isinstance(reply(changed, kind), Rows)
        except KgError as error:
            assert str(error).isprintable()
        else:
            # An answer that breaks off is never taken as complete.
            assert len(changed) >= len(body)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.binary(max_size=100) | st.text(max_size=50).map(str.encode),
    st.sampled_from([JSON, XML, "application/n-triples", "text/turtle", "application/rdf+xml"]),
    st.sampled_from([SELECT, CONSTRUCT, "ASK {}"]),
)
def test_any_other_answer_is_an_error(
    reply: Callable[..., object], body: bytes, kind: str, text: str
) -> None:
    try:
        assert reply(body, kind, text) is not None
    except KgError as error:
        assert str(error).isprintable()
        assert len(str(error)) < 1_000


PAGE = "<!DOCTYPE html><html><title>Log in</title></html>"
BOOLEAN = '{"head":{},"boolean":true}'
ROWS = json.dumps(ANSWER)


@pytest.mark.parametrize(
    ("body", "kind", "text", "message"),
    [
        (PAGE, "text/html", SELECT, f"the answer is text/html, not SPARQL results: {PAGE}. Oxi"),
        ('{"error":"no\x1b[2J"}', JSON, SELECT, r'{"error":"no\x1b[2J"}. Try again.'),
        ('{"error":"no"}', "application/json", SELECT, '{"error":"no"}. Try again.'),
        ("error", "text/plain", CONSTRUCT, "the answer is text/plain, not triples: error. Oxi"),
        (PAGE, XML, SELECT, f"document type declaration: {PAGE}. Try again."),
        ("", JSON, SELECT, "the answer is empty (200 OK). Oxigraph has /query"),
        (" \n", XML, "ASK {}", "the answer is empty (200 OK). Oxigraph has /query"),
        (BOOLEAN, JSON, SELECT, "the answer is the boolean true, not rows"),
        (ROWS, JSON, "ASK {}", "the answer is 4 rows, not a boolean"),
        (ROWS, JSON, CONSTRUCT, f"the answer is {JSON}, not triples"),
        ("<a:b> <a:b> <a:b> .", "text/turtle", SELECT, "the answer is text/turtle, not SPARQL"),
        (ROWS, JSON, "SELECT (COUNT(?x) AS ?n) {}", "the answer lacks the variables ?n: {"),
        (f"{ROWS[:-40]} java.lang.NullPointer", JSON, SELECT, f"the answer is not valid {JSON}: "),
        (f"{ROWS} java.lang.NullPointer", JSON, SELECT, f"the answer is not valid {JSON}: "),
        (RESULTS[:-60], XML, SELECT, "unclosed token: line 1"),
        (ROWS.encode("utf-16"), JSON, SELECT, f"the answer is not valid {JSON}: "),
        ("[" * 100_000, JSON, SELECT, "line:1:51: nested deeper than 50 levels"),
        ("<a:b> <a:b> " + "<<( <a:b> <a:b> " * 100_000, "text/turtle", CONSTRUCT, "nested deeper"),
        ("<a:b> <a:b> " + "<<( <a:b> <a:b> " * 60, "application/n-triples", CONSTRUCT, "nested"),
        (
            RESULTS.replace("<literal>", "<triple><object>" * 50_000),
            XML,
            SELECT,
            "nested more than 3,000",
        ),
        ("<a>" * 50_000, "application/rdf+xml", CONSTRUCT, "nested more than 3,000 deep"),
    ],
)
def test_other_answer_is_quoted(
    reply: Callable[..., object], body: str, kind: str, text: str, message: str
) -> None:
    with pytest.raises(KgError) as caught:
        reply(body, kind, text)
    assert message in str(caught.value)
    assert caught.value.exit_code == 1
    assert str(caught.value).isprintable()
    assert len(str(caught.value)) < 1_000
    # A traceback of the parser, deleted later in another thread, would crash the process.
    assert caught.value.__context__ is None


@pytest.mark.parametrize("status", [200, 202, 204, 205])
def test_answer_without_a_body_is_explained(serve: Serve, status: int) -> None:
    url = serve({"status": status, "body": b"", "kind": ""}).url
    for text in (SELECT, "ASK {}", CONSTRUCT):
        with pytest.raises(KgError, match=rf"the answer is empty \({status} "):
            Endpoint(url).query(text)


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (ROWS, "application/json"),
        (ROWS, f"{JSON.upper()}; charset=utf-8"),
        (f"\ufeff{ROWS}", JSON),
    ],
)
def test_answer_in_json_is_read(reply: Callable[..., object], body: str, kind: str) -> None:
    found = reply(body, kind)
    assert isinstance(found, Rows)
    assert len(found.rows) == 4


@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_answer_in_xml_is_read(reply: Callable[..., object], mark: str) -> None:
    for kind in (XML, f"{XML};charset=UTF-8"):
        found = reply(mark + RESULTS, kind)
        assert isinstance(found, Rows)
        assert [tuple(map(str, row)) for row in found.rows] == [
            ("<http://e.org/a>", '"b"@en'),
            ("None", '"c"'),
        ]


def test_rows_have_the_variables_of_the_query_in_its_order(reply: Callable[..., object]) -> None:
    for text in ("SELECT ?y (STR(?x) AS ?x) { }", "select distinct $y ?x ?y from <a:b> where {}"):
        found = reply(ROWS, JSON, text)
        assert isinstance(found, Rows)
        assert found.variables == ("y", "x")
        assert str(found.rows[0][1]) == "<http://e.org/a>"
    found = reply(ROWS, JSON, "SELECT * { ?y ?p ?x }")
    assert isinstance(found, Rows)
    assert found.variables == ("x", "y")
    found = reply('{"head":{"vars":[]},"results":{"bindings":[]}}')
    assert found == Rows(("x", "y"), [])
