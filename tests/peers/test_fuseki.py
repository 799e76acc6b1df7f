"""Apache Jena Fuseki: what is pushed there answers every question as memory does."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from functools import cache
from pathlib import Path

import pytest

from kg.ask.describe import describe_node
from kg.errors import KgError
from kg.graph import load_graph
from kg.home import find_home
from kg.push import count_graphs, find_target, push_dataset
from kg.store import Memory
from kg.store.endpoint import Endpoint

HERE = Path(__file__).resolve().parent / "fuseki"
HOME = find_home()
SECONDS_TO_START = 60
MAIN = "org.apache.jena.fuseki.main.cmds.FusekiMainCmd"

pytestmark = pytest.mark.usefixtures("nobody_asks")
Serve = Callable[..., AbstractContextManager["subprocess.Popen[bytes]"]]


@cache
def read_store() -> Memory:
    return load_graph(HOME)


@pytest.fixture(scope="session")
def fuseki(
    fetch_jars: Callable[[Path, str], str], serve_process: Serve, find_port: Callable[[], int]
) -> Iterator[str]:
    """Give the address of a Fuseki with the datasets of config.ttl, all empty."""
    if shutil.which("java") is None:
        pytest.skip("no java on the path: Fuseki needs it")
    jars, port = fetch_jars(HERE / "pom.xml", "Fuseki"), find_port()
    command = ["java", "-Xmx512m", "-cp", jars, MAIN, "--localhost", "--port", str(port)]
    with serve_process([*command, "--config", str(HERE / "config.ttl")], port, SECONDS_TO_START):
        yield f"http://127.0.0.1:{port}"


@pytest.fixture(scope="session")
def pushed(fuseki: str) -> str:
    url = f"{fuseki}/union/query"
    done = push_dataset(HOME, url, find_target(url), batch_bytes=50_000)
    assert len(done.plan.send) >= 15
    assert done.questions == ("frameworks", "policies", "targets")
    return url


def test_every_question_is_answered_as_in_memory(
    pushed: str,
    question_case: tuple[str, str, dict[str, object]],
    answer_case: Callable[..., object],
) -> None:
    endpoint = Endpoint(pushed, HOME)
    assert answer_case(endpoint, question_case) == answer_case(read_store(), question_case)


def test_a_thing_is_shown_as_in_memory(pushed: str) -> None:
    shown = describe_node(Endpoint(pushed, HOME), HOME, "香港", "zh-Hant")
    assert shown == describe_node(read_store(), HOME, "香港", "zh-Hant")


def test_a_second_push_sends_nothing(pushed: str) -> None:
    done = push_dataset(HOME, pushed, find_target(pushed))
    assert done.plan.send == done.plan.drop == ()


def test_updates_do_as_well(fuseki: str) -> None:
    url = f"{fuseki}/updated/query"
    target = find_target(url, update=f"{fuseki}/updated/update")
    done = push_dataset(HOME, url, target, batch_bytes=50_000)
    assert len(done.plan.send) >= 15
    assert count_graphs(HOME, Endpoint(url, HOME)) == count_graphs(HOME, read_store())
    assert push_dataset(HOME, url, target).plan.send == ()


def test_a_default_graph_that_is_no_union_is_told(fuseki: str) -> None:
    url = f"{fuseki}/plain/query"
    with pytest.raises(KgError, match=r"All was sent.* tdb2:unionDefaultGraph true"):
        push_dataset(HOME, url, find_target(url))
    # The address can choose the union, but then Fuseki has no named graphs left.
    chosen = f"{url}?default-graph-uri=urn:x-arq:UnionGraph"
    with pytest.raises(KgError, match="without its named graphs"):
        Endpoint(chosen, HOME).query("ASK {}")


@pytest.mark.parametrize(
    ("path", "said", "code"),
    [
        ("union/query", "Parse error: .*line 1, column", 2),
        ("union/update", "405: no answers at this path", 1),
        ("nothing/query", "404: no answers at this path", 1),
    ],
)
def test_what_fuseki_refuses_is_told(fuseki: str, path: str, said: str, code: int) -> None:
    with pytest.raises(KgError, match=said) as caught:
        Endpoint(f"{fuseki}/{path}", HOME).answer("SELECT {")
    assert caught.value.exit_code == code
