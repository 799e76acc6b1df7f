"""Endpoints: an Oxigraph server gives the answers of the embedded engine; what is sent and read."""

import subprocess
import sys
from collections.abc import Callable
from typing import Any

import pytest

from kg.errors import KgError
from kg.graph import Graph, LocalGraph, connect_graph, load_graph
from kg.home import Home, find_home
from kg.names import read_names
from kg.portrait import describe_node
from kg.push import find_target, push_dataset
from kg.store.endpoint import Endpoint

HOME = find_home()
PREFIXES = read_names(HOME).prefixes
ENTAILED = PREFIXES["graph"] + "entailed"
JSON = "application/sparql-results+json"
ROWS = b'{"head":{"vars":["x"]},"results":{"bindings":[{"x":{"type":"literal","value":"1"}}]}}'
Serve = Callable[..., Any]
Run = Callable[..., "subprocess.CompletedProcess[str]"]
ServeOxigraph = Callable[..., str]

pytestmark = pytest.mark.usefixtures("no_credentials")


def ask(url: str, text: str = "ASK {}") -> object:
    return Endpoint(url).query(text)


# --- an Oxigraph server -----------------------------------------------------------------------


@pytest.fixture(scope="module")
def local() -> LocalGraph:
    return load_graph(HOME)


@pytest.fixture(scope="module")
def url(serve_oxigraph: ServeOxigraph) -> str:
    """The address of a server that has the dataset."""
    url = serve_oxigraph("--union-default-graph")
    push_dataset(HOME, url, find_target(url))
    return url


@pytest.fixture
def remote(url: str) -> Graph:
    return connect_graph(HOME, url)


def test_every_question_has_the_answer_of_the_embedded_engine(
    local: Graph,
    remote: Graph,
    question_cases: list[object],
    answer_case: Callable[[Graph, object], object],
) -> None:
    assert len(question_cases) > 200
    different = [c for c in question_cases if answer_case(remote, c) != answer_case(local, c)]
    assert different == []


@pytest.mark.parametrize(
    "name",
    [
        "place:wuhan",
        "香港",
        "IoT",
        "doc:changsha-action-plan",
        "theme:data-governance",
        "framework:wuhan-1153",
        "cdp:City",
    ],
)
def test_description_of_a_node_is_that_of_the_embedded_engine(
    local: Graph, remote: Graph, name: str
) -> None:
    expected = describe_node(local, name, "zh-Hant")
    assert len(expected.statements) > 3
    assert describe_node(remote, name, "zh-Hant") == expected


@pytest.mark.parametrize(
    "text",
    [
        "SELECT ?city ?label { ?city a cdp:City ; rdfs:label ?label } ORDER BY ?city ?label",
        "# ADD, INSERT: words of a comment\nSELECT ('ASK { } # \"' AS ?x) { }",
        "PREFIX add: <http://example.org/#select> ASK { add:ask ?construct ?select }",
        "ASK { place:wuhan a cdp:City }",
        "prefix cdp: <https://w3id.org/cdp/ontology#> ask { ?x a cdp:City }",
        "SELECT ?x { VALUES ?x { 1 2.50 true 'a'@zh-Hans '深圳' UNDEF <http://example.org/ü> } }",
    ],
)
def test_query_has_the_result_of_the_embedded_engine(local: Graph, url: str, text: str) -> None:
    result = Endpoint(url).query(text, "query", PREFIXES)
    assert result == local.query(text, "query", PREFIXES)


@pytest.mark.parametrize(
    "text", ["CONSTRUCT { ?x a ?y } WHERE { ?x a cdp:City, ?y }", "DESCRIBE place:wuhan"]
)
def test_triples_are_those_of_the_embedded_engine(local: Graph, url: str, text: str) -> None:
    expected = local.query(text, "query", PREFIXES)
    triples = Endpoint(url).query(text, "query", PREFIXES)
    assert isinstance(expected, list) and isinstance(triples, list)
    assert len(expected) > 5
    assert set(map(str, triples)) == set(map(str, expected))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("SELECT * {\n ?x ?y", "error at 2:"),
        ("SELECT", "error at 1:"),
    ],
)
def test_invalid_query_is_a_usage_error_with_the_message_of_the_server(
    url: str, text: str, message: str
) -> None:
    with pytest.raises(KgError, match=message) as caught:
        ask(url, text)
    assert str(caught.value).startswith(f"query: {url} rejects it: ")
    assert caught.value.exit_code == 2


def test_update_changes_the_data(serve_oxigraph: ServeOxigraph) -> None:
    url = serve_oxigraph()
    update = Endpoint(url.replace("/query", "/update"))
    update.update("INSERT DATA { <a:a> <a:b> '长' }", "test")
    assert ask(url, "ASK { <a:a> <a:b> '长' }") is True
    with pytest.raises(KgError, match=r"^test: .* rejects it: error at 1:") as caught:
        update.update("ASK {}", "test")
    assert caught.value.exit_code == 2


def test_missing_parts_of_the_dataset_are_reported(
    serve_oxigraph: ServeOxigraph, untouched: Home
) -> None:
    url = serve_oxigraph()
    with pytest.raises(KgError, match=r"does not have the dataset\. Load it: kg push") as caught:
        connect_graph(untouched, url).query("ASK {}")
    assert caught.value.exit_code == 1
    with pytest.raises(KgError, match=r"Everything was sent.* is not their union.*--union-default"):
        push_dataset(untouched, url, find_target(url))
    union = f"{url}?union-default-graph"
    assert connect_graph(untouched, union).query("ASK {}") is True
    one = f"{url}?default-graph-uri={PREFIXES['graph']}cdp"
    with pytest.raises(KgError, match=r"without its named graphs.* Remove default-graph-uri"):
        connect_graph(untouched, one).query("ASK {}")
    find_target(url).drop_graph(ENTAILED)
    with pytest.raises(KgError, match=r"without its entailments.* kg push"):
        connect_graph(untouched, union).query("ASK {}")


# --- requests ---------------------------------------------------------------------------------


def test_short_query_is_sent_by_get_and_long_one_by_post(serve: Serve) -> None:
    server = serve()
    short, long = "ASK { # 长\n}", "ASK { # " + "长" * 1_000 + "\n}"
    for text in (short, long):
        assert ask(f"{server.url}?a=1&b=", text) is True
    get, post = server.requests
    assert get.method == "GET"
    assert get.parameters == {"a": ["1"], "b": [""], "query": [short]}
    assert post.method == "POST"
    assert post.path == "/query"
    assert post.headers["content-type"] == "application/x-www-form-urlencoded"
    assert post.parameters == {"a": ["1"], "b": [""], "query": [long]}


@pytest.mark.parametrize(
    ("text", "accepted"),
    [
        ("# CONSTRUCT\n# ADD\n#+ insert: describe\nSELECT * {}", "sparql-results+json"),
        ("PREFIX construct: <http://e.org/construct#> ASK {}", "sparql-results+json"),
        ("BASE <http://e.org/select> CONSTRUCT { } WHERE { }", "n-triples"),
        ("describe <http://e.org/ask>", "n-triples"),
        ("DROPS ALL # SELECT", "sparql-results+json"),
    ],
)
def test_accepted_types_depend_on_the_form_of_the_query(
    serve: Serve, text: str, accepted: str
) -> None:
    answer = {"kind": "application/n-triples", "body": b""} if accepted == "n-triples" else {}
    server = serve(answer if "ASK" in text or answer else {"body": ROWS})
    ask(server.url, text)
    assert accepted in server.requests[0].headers["accept"]
    # Nothing is sent as an update.
    assert server.requests[0].parameters == {"query": [text]}


def test_update_is_refused_before_it_is_sent(serve: Serve) -> None:
    server = serve()
    with pytest.raises(KgError, match=r"^query:1:1: this is an update; kg query only reads\."):
        ask(server.url, "DROP ALL # SELECT")
    assert server.requests == []


def test_undeclared_prefixes_are_declared(serve: Serve) -> None:
    server = serve()
    text = "# PREFIX rdfs: <http://no>\nPREFIX cdp: <http://e.org/> ASK { cdp:x rdfs:label 1 }"
    Endpoint(server.url).query(text, "query", PREFIXES)
    assert server.requests[0].parameters["query"] == [f"PREFIX rdfs: <{PREFIXES['rdfs']}> {text}"]


def test_query_of_named_graphs_has_no_default_graph(serve: Serve) -> None:
    server = serve()
    endpoint = Endpoint(f"{server.url}?default-graph-uri=a:b&named-graph-uri=a:c&d=e")
    endpoint.query("ASK {}", named_graphs=True)
    endpoint.query("ASK {}")
    kept = {"query": ["ASK {}"], "d": ["e"]}
    dataset = {"default-graph-uri": ["a:b"], "named-graph-uri": ["a:c"]}
    assert [request.parameters for request in server.requests] == [kept, {**kept, **dataset}]


def test_update_is_sent_by_post_with_credentials(
    serve: Serve, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KG_ENDPOINT_TOKEN", "token")
    server = serve()
    Endpoint(server.url).update("DROP SILENT GRAPH <a:长>", "test")
    (request,) = server.requests
    assert request.method == "POST"
    assert request.headers["content-type"] == "application/sparql-update"
    assert request.headers["authorization"] == "Bearer token"
    assert request.body.decode() == "DROP SILENT GRAPH <a:长>"


@pytest.mark.parametrize("text", ["ASK {}", "ASK { # " + "x" * 5_000 + "\n}"])
def test_redirected_query_does_not_reach_the_second_host(
    serve: Serve, monkeypatch: pytest.MonkeyPatch, text: str
) -> None:
    other = serve()
    server = serve({"status": 302, "headers": {"Location": other.url}})
    monkeypatch.setenv("KG_ENDPOINT_TOKEN", "token")
    with pytest.raises(KgError, match=f"302 Found: {other.url}"):
        ask(server.url, text)
    assert other.requests == []


# --- the command line -------------------------------------------------------------------------


def test_address_in_the_environment_may_end_with_a_line_end(serve: Serve, run: Run) -> None:
    server = serve()
    for text in (f"{server.url}\r\n", f" {server.url} "):
        assert run("query", "ASK {}", KG_ENDPOINT=text).stdout == "true\n"
    assert run("query", "ASK {}", "--endpoint", f"{server.url}\n").stdout == "true\n"


def test_wait_for_a_server_is_shown(serve: Serve, run: Run) -> None:
    server = serve({"status": 503, "headers": {"Retry-After": "0"}}, {})
    done = run("query", "ASK {}", "--endpoint", server.url)
    assert done.stdout == "true\n"
    assert done.stderr == (
        f"kg: {server.url}: 503 Service Unavailable. Attempt 2 of 4 in 0 seconds.\n"
    )


def test_largest_answer_is_an_option_of_commands_with_an_endpoint(serve: Serve, run: Run) -> None:
    server = serve({"body": b'{"head":{},"boolean":true}' + b" " * 1_000})
    words = ["query", "ASK {}", "--endpoint", server.url, "--max-answer-size"]
    assert run(*words, "2kB").stdout == "true\n"
    assert "larger than 1,000 bytes. Narrow the query" in run(*words, "1k", code=1).stderr
    assert "not a size" in run(*words, "much", code=2).stderr
    assert "needs a question" in run("ask", "--max-answer-size", "1k", code=2).stderr


# --- imports ----------------------------------------------------------------------------------


def test_client_is_imported_only_for_an_endpoint() -> None:
    code = (
        "import sys, kg; from kg.cli import cli; cli(['ask', 'targets'], standalone_mode=False); "
        "print(sorted({'SPARQLWrapper', 'urllib.request', 'ssl'} & set(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=600
    )
    assert done.stdout.splitlines()[-1] == "[]"
