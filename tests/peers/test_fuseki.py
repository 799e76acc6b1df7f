"""Apache Jena Fuseki: a push works, and every question has the answer of the embedded engine."""

import shutil
import subprocess
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path

import pytest

from kg.ask.describe import describe_node
from kg.errors import KgError
from kg.graph import Graph, LocalGraph, connect_graph, load_graph
from kg.home import find_home
from kg.push import find_target, push_dataset
from kg.push_plan import count_graphs
from kg.store.endpoint import Endpoint

HERE = Path(__file__).resolve().parent / "fuseki"
HOME = find_home()
SECONDS_TO_START = 120
MAIN = "org.apache.jena.fuseki.main.cmds.FusekiMainCmd"

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("no_credentials")]
RunServer = Callable[..., AbstractContextManager["subprocess.Popen[bytes]"]]


@pytest.fixture(scope="module")
def fuseki(
    fetch_jars: Callable[[Path, str], str], serve_process: RunServer, find_port: Callable[[], int]
) -> Iterator[str]:
    """The address of a Fuseki server with the datasets of config.ttl, all empty."""
    if shutil.which("java") is None:
        pytest.skip("java is not installed, and Fuseki needs it")
    jars, port = fetch_jars(HERE / "pom.xml", "Fuseki"), find_port()
    command = ["java", "-Xmx512m", "-cp", jars, MAIN, "--localhost", "--port", str(port)]
    with serve_process([*command, "--config", str(HERE / "config.ttl")], port, SECONDS_TO_START):
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
    assert len(question_cases) > 200
    different = [c for c in question_cases if answer_case(remote, c) != answer_case(local, c)]
    assert different == []


def test_description_of_a_node_is_that_of_the_embedded_engine(local: Graph, remote: Graph) -> None:
    expected = describe_node(local, "香港", "zh-Hant")
    assert describe_node(remote, "香港", "zh-Hant") == expected


def test_second_push_sends_nothing(url: str) -> None:
    done = push_dataset(HOME, url, find_target(url))
    assert done.plan.is_complete


def test_push_with_updates(fuseki: str, local: Graph) -> None:
    url = f"{fuseki}/updated/query"
    target = find_target(url, update=f"{fuseki}/updated/update")
    done = push_dataset(HOME, url, target, batch_bytes=50_000)
    assert len(done.plan.sent) >= 15
    assert count_graphs(Graph(HOME, Endpoint(url))) == count_graphs(local)
    assert push_dataset(HOME, url, target).plan.is_complete


def test_default_graph_that_is_not_the_union_is_reported(fuseki: str) -> None:
    url = f"{fuseki}/plain/query"
    with pytest.raises(KgError, match=r"Everything was sent.* tdb2:unionDefaultGraph true"):
        push_dataset(HOME, url, find_target(url))
    # The address can choose the union, but Fuseki then has no named graphs.
    union = f"{url}?default-graph-uri=urn:x-arq:UnionGraph"
    with pytest.raises(KgError, match="without its named graphs"):
        connect_graph(HOME, union).query("ASK {}")


@pytest.mark.parametrize(
    ("path", "message", "code"),
    [
        ("union/query", "Parse error: .*line 1, column", 2),
        ("union/update", r"405 Method Not Allowed\. Oxigraph has", 1),
        ("nothing/query", r"404 Not Found\. Oxigraph has", 1),
    ],
)
def test_rejected_query_is_explained(fuseki: str, path: str, message: str, code: int) -> None:
    with pytest.raises(KgError, match=message) as caught:
        Endpoint(f"{fuseki}/{path}").query("SELECT {")
    assert caught.value.exit_code == code
