"""Apache Jena Fuseki: a push works, and every question has the answer of the embedded engine."""

import os
import subprocess
import tomllib
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path

import pytest
from pyoxigraph import BlankNode

from kg.errors import KgError
from kg.graph import Graph, LocalGraph, connect_graph, load_graph
from kg.home import Home, find_home
from kg.names import LANGUAGES, Term, text
from kg.portrait import describe_node
from kg.push import find_target, push_dataset
from kg.push_plan import count_graphs
from kg.store import Rows
from kg.store.endpoint import Endpoint

HERE = Path(__file__).resolve().parent / "fuseki"
DATASETS = Path(__file__).parents[1] / "store" / "datasets.toml"
HOME = find_home()
MAIN = "org.apache.jena.fuseki.main.cmds.FusekiMainCmd"

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("no_credentials")]
RunServer = Callable[..., AbstractContextManager["subprocess.Popen[bytes]"]]


@pytest.fixture(scope="module")
def fuseki(
    java: list[str],
    fetch_jars: Callable[[Path, str], str],
    serve_process: RunServer,
    find_port: Callable[[], int],
) -> Iterator[str]:
    """The address of a Fuseki server with the datasets of config.ttl, all empty."""
    jars, port = fetch_jars(HERE / "pom.xml", "Fuseki"), find_port()
    command = [*java, "-Xmx512m", "-cp", jars, MAIN, "--localhost", "--port", str(port)]
    with serve_process([*command, "--config", str(HERE / "config.ttl")], port):
        yield f"http://127.0.0.1:{port}"


@pytest.fixture(scope="module")
def local() -> LocalGraph:
    return load_graph(HOME)


@pytest.fixture(scope="module")
def url(fuseki: str) -> str:
    """The address of a dataset that has been pushed."""
    url = f"{fuseki}/union/query"
    done = push_dataset(HOME, url, find_target(url), batch_bytes=50_000)
    assert len(done.plan.sent) >= 15
    assert done.questions == ("frameworks", "policies", "targets")
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
    """The values of a case are there in all languages in turn; every value has one of them."""
    assert len(question_cases) > 200
    number = len(LANGUAGES)
    chosen = [
        case
        for turn, case in enumerate(question_cases)
        if "KG_ALL_DATA" in os.environ or turn % number == turn // number % number
    ]
    assert len(chosen) >= len(question_cases) / number
    different = [c for c in chosen if answer_case(remote, c) != answer_case(local, c)]
    assert different == []


def test_description_of_a_node_is_that_of_the_embedded_engine(local: Graph, remote: Graph) -> None:
    expected = describe_node(local, "香港", "zh-Hant")
    assert describe_node(remote, "香港", "zh-Hant") == expected


def test_second_push_sends_nothing(url: str) -> None:
    done = push_dataset(HOME, url, find_target(url))
    assert done.plan.is_complete


def test_push_with_updates(fuseki: str, untouched: Home) -> None:
    url = f"{fuseki}/updated/query"
    target = find_target(url, update=f"{fuseki}/updated/update")
    done = push_dataset(untouched, url, target, batch_bytes=50_000)
    assert len(done.plan.sent) >= 9
    assert count_graphs(Graph(untouched, Endpoint(url))) == count_graphs(load_graph(untouched))
    assert push_dataset(untouched, url, target).plan.is_complete


def test_default_graph_that_is_not_the_union_is_reported(fuseki: str, untouched: Home) -> None:
    url = f"{fuseki}/plain/query"
    with pytest.raises(KgError, match=r"Everything was sent.* tdb2:unionDefaultGraph true"):
        push_dataset(untouched, url, find_target(url))
    # The address can choose the union, but Fuseki then has no named graphs.
    union = f"{url}?default-graph-uri=urn:x-arq:UnionGraph"
    with pytest.raises(KgError, match="without its named graphs"):
        connect_graph(untouched, union).query("ASK {}")


@pytest.mark.parametrize(
    ("path", "message", "code"),
    [
        ("union/query", "Parse error: .*line 1, column", 2),
        ("union/update", r"405 Method Not Allowed: .*Oxigraph has", 1),
        ("nothing/query", r"404 Not Found: .*Oxigraph has", 1),
    ],
)
def test_rejected_query_is_explained(fuseki: str, path: str, message: str, code: int) -> None:
    with pytest.raises(KgError, match=message) as caught:
        Endpoint(f"{fuseki}/{path}").query("SELECT {")
    assert caught.value.exit_code == code


def test_dataset_clauses_choose_what_they_choose_in_memory(fuseki: str) -> None:
    table = tomllib.loads(DATASETS.read_text("utf-8"))
    updates = Endpoint(f"{fuseki}/plain/update")
    for name, data in table["graphs"].items():
        # One by one: in one update, equal labels of blank nodes are the same node.
        updates.update(f"{table['prologue']} INSERT DATA {{ GRAPH g:{name} {{ {data} }} }}", name)
    endpoint = Endpoint(f"{fuseki}/plain/query")
    different = {}
    for case in table["cases"]:
        query = f"{table['prologue']} {case['query']}"
        if "jena" in case:
            with pytest.raises(KgError, match=case["jena"]):
                endpoint.query(query)
            continue
        found = endpoint.query(query)
        assert isinstance(found, Rows)
        rows = sorted(" ".join(map(name_term, row)) for row in found.rows)
        if rows != sorted(case["rows"]):
            different[case["name"]] = rows
    updates.update("DROP ALL", "clean-up")
    assert different == {}


def name_term(term: Term | None) -> str:
    """Return a term as tests/store/datasets.toml has it."""
    if isinstance(term, BlankNode):
        return "_"
    return text(term).rpartition("/")[2] or "-"
