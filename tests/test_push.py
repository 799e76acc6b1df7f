"""`kg push` to an Oxigraph server: the first time, again, interrupted, and over other data."""

import os
import pty
import re
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import quote
from urllib.request import Request, urlopen

import pytest
from pyoxigraph import BlankNode, Literal, NamedNode, RdfFormat, Triple, parse

from kg.errors import KgError
from kg.graph import Graph, LocalGraph, load_graph
from kg.home import find_home
from kg.names import read_names
from kg.push import (
    GO_ON,
    compare_graphs,
    count_graphs,
    cut_batches,
    find_target,
    plan_push,
    push_dataset,
)
from kg.store.endpoint import Endpoint
from kg.store.graph_store import GraphStore, UpdateService
from kg.turtle import restore_languages

HOME = find_home()
NAMES = read_names(HOME)
FOREIGN = "http://example.org/of-somebody-else"
# Outside graph:, although the IRI differs in the last characters only.
SIMILAR = NAMES.expand("graph:").removesuffix("/") + "s/x"
CITY = NAMES.expand("graph:roundup-2021/wuhan")
FOREIGN_TRIPLE = f'<{FOREIGN}> <{FOREIGN}> "1" .'
# The one value in the answer to the question targets.
VALUE = b'"80"^^<http://www.w3.org/2001/XMLSchema#decimal>'
BATCH_BYTES = 20_000

pytestmark = pytest.mark.usefixtures("no_credentials")
RunServer = Callable[..., AbstractContextManager["subprocess.Popen[bytes]"]]
Run = Callable[..., "subprocess.CompletedProcess[str]"]


@cache
def load_local() -> LocalGraph:
    return load_graph(HOME)


def connect(url: str) -> Graph:
    return Graph(HOME, Endpoint(url))


def send(server: str, graph: str, method: str, body: str | None = None) -> str:
    """Read or write a graph with the server's graph store."""
    address = f"{server.removesuffix('query')}store?graph={quote(graph, safe='')}"
    headers = {"Content-Type": "text/turtle", "Accept": "application/n-triples"}
    data = None if body is None else body.encode()
    request = Request(address, data, headers, method=method)  # noqa: S310
    with urlopen(request, timeout=60) as response:  # noqa: S310
        return str(response.read().decode())


def list_statements(server: str, graph: str) -> set[str]:
    return set(send(server, graph, "GET").splitlines())


def is_ground(line: str) -> bool:
    return "_:" not in line


@dataclass
class RecordedProgress:
    """The calls of a push's `progress`."""

    graphs: list[str] = field(default_factory=list)
    shares: list[float] = field(default_factory=list)

    def __call__(self, graph: str, share: float) -> None:
        self.graphs.append(graph)
        self.shares.append(share)


@pytest.fixture
def server(serve_oxigraph: Callable[..., str]) -> str:
    """The address for queries of an empty server."""
    return serve_oxigraph("--union-default-graph")


# --- the first time, and again ----------------------------------------------------------------


@pytest.mark.parametrize("protocol", ["graph store", "update"])
def test_push_writes_all_graphs_in_batches(server: str, protocol: str) -> None:
    update = server.replace("/query", "/update") if protocol == "update" else None
    progress = RecordedProgress()
    target = find_target(server, update=update)
    done = push_dataset(HOME, server, target, progress=progress, batch_bytes=BATCH_BYTES)
    sizes = count_graphs(load_local())
    assert len(sizes) >= 15
    assert set(done.plan.send) == set(sizes) == set(progress.graphs)
    assert done.plan.keep == done.plan.drop == ()
    assert done.questions == ("frameworks", "policies", "targets")
    assert done.plan.statements == sum(sizes.values()) == len(load_local().memory)
    assert progress.shares == sorted(progress.shares)
    assert progress.shares[-1] == 1
    assert len(progress.graphs) > len(sizes) + 20
    for graph in sizes:
        remote = list_statements(server, graph)
        local = load_local().memory.dump_triples(graph).splitlines()
        assert {restore_languages(line) for line in remote if is_ground(line)} == set(
            filter(is_ground, local)
        )
        assert len(remote) == len(local)


def test_second_push_sends_nothing(server: str) -> None:
    push_dataset(HOME, server, find_target(server))
    progress = RecordedProgress()
    done = push_dataset(HOME, server, find_target(server), progress=progress)
    assert done.plan.send == ()
    assert len(done.plan.keep) >= 15
    assert progress.graphs == []
    assert done.questions


def test_interrupted_push_resumes(
    serve_process: RunServer, find_port: Callable[[], int], tmp_path: Path
) -> None:
    port = find_port()
    program = Path(sys.executable).with_name("oxigraph")
    command = [str(program), "serve", "--bind", f"127.0.0.1:{port}", "--union-default-graph"]
    command += ["--location", str(tmp_path / "database")]
    url = f"http://127.0.0.1:{port}/query"
    progress = RecordedProgress()
    with serve_process(command, port, 60) as process:

        def stop_server(graph: str, share: float) -> None:
            progress(graph, share)
            # In the middle of a graph, after complete ones.
            if progress.graphs.count(CITY) == 2:
                process.kill()
                process.wait(60)

        with pytest.raises(KgError, match="Run the same command again to resume") as caught:
            push_dataset(HOME, url, find_target(url), progress=stop_server, batch_bytes=BATCH_BYTES)
        assert caught.value.exit_code == 1
    with serve_process(command, port, 60):
        complete = set(progress.graphs) - {CITY}
        plan = plan_push(load_local(), connect(url))
        assert set(plan.keep) == complete
        assert len(complete) >= 10
        assert CITY in plan.send
        assert 0 < count_graphs(connect(url))[CITY] < plan.sizes[CITY]
        done = push_dataset(HOME, url, find_target(url), batch_bytes=BATCH_BYTES)
        assert done.plan == plan
        assert count_graphs(connect(url)) == count_graphs(load_local())


# --- other data on the server -----------------------------------------------------------------


def test_other_statements_remain_unless_replaced(server: str) -> None:
    push_dataset(HOME, server, find_target(server))
    deleted = NAMES.expand("graph:of-a-deleted-file")
    for graph, method in ((FOREIGN, "PUT"), (SIMILAR, "PUT"), (deleted, "PUT"), (CITY, "POST")):
        send(server, graph, method, FOREIGN_TRIPLE)
    with pytest.raises(KgError, match=r"Nothing was written. Use kg push --replace") as caught:
        push_dataset(HOME, server, find_target(server))
    assert caught.value.exit_code == 1
    message = str(caught.value)
    assert CITY in message
    assert deleted in message
    assert FOREIGN not in message
    assert SIMILAR not in message
    assert FOREIGN_TRIPLE in list_statements(server, CITY)
    done = push_dataset(HOME, server, find_target(server), replace=True)
    assert done.plan.send == (CITY,)
    assert done.plan.drop == (deleted,)
    assert FOREIGN_TRIPLE not in list_statements(server, CITY)
    assert count_graphs(connect(server)) == count_graphs(load_local())
    assert list_statements(server, FOREIGN) == list_statements(server, SIMILAR) == {FOREIGN_TRIPLE}


def test_graph_of_the_same_size_with_another_statement_is_detected(server: str) -> None:
    push_dataset(HOME, server, find_target(server))
    lines = sorted(filter(is_ground, list_statements(server, CITY)))
    changed = lines[0].rpartition(" <")[0] + f" <{FOREIGN}> ."
    send(server, CITY, "PUT", "\n".join([changed, *lines[1:]]))
    with pytest.raises(KgError, match=CITY):
        push_dataset(HOME, server, find_target(server))
    target = find_target(server, update=server.replace("/query", "/update"))
    done = push_dataset(HOME, server, target, replace=True)
    assert done.plan.send == (CITY,)
    assert changed not in list_statements(server, CITY)


def test_graph_hidden_by_a_default_graph_in_the_address_is_detected(server: str) -> None:
    send(server, CITY, "PUT", FOREIGN_TRIPLE)
    hiding = f"{server}?default-graph-uri={FOREIGN}"
    with pytest.raises(KgError, match="Nothing was written"):
        push_dataset(HOME, hiding, find_target(hiding))


# --- faults on the way ------------------------------------------------------------------------


@contextmanager
def run_proxy(
    server: str, intercept: Callable[[BaseHTTPRequestHandler, bytes], bool]
) -> Iterator[str]:
    """Yield the address of a graph store that forwards what `intercept` does not answer."""

    class Handler(BaseHTTPRequestHandler):
        def forward(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            if intercept(self, body):
                return
            headers = {"Content-Type": self.headers["Content-Type"]}
            address = server.removesuffix("/query") + self.path
            request = Request(address, body, headers, method=self.command)  # noqa: S310
            urlopen(request, timeout=60).close()  # noqa: S310
            self.send_response(204)
            self.end_headers()

        do_PUT = do_POST = forward  # noqa: N815

        def log_message(self, format: str, *args: object) -> None:
            """Print nothing."""

    proxy = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    proxy.daemon_threads = True
    threading.Thread(target=proxy.serve_forever, args=(0.01,), daemon=True).start()
    yield f"http://127.0.0.1:{proxy.server_port}/store"
    proxy.shutdown()
    proxy.server_close()


def test_lost_statements_are_detected(server: str) -> None:
    def lose(handler: BaseHTTPRequestHandler, body: bytes) -> bool:
        if "wuhan" not in handler.path:
            return False
        handler.send_response(204)
        handler.end_headers()
        return True

    with (
        run_proxy(server, lose) as store,
        pytest.raises(KgError, match=r"other numbers of statements: .*wuhan \(0 of \d+\)\. Check"),
    ):
        push_dataset(HOME, server, find_target(server, store))


def test_other_answers_are_detected(server: str) -> None:
    def change_value(handler: BaseHTTPRequestHandler, body: bytes) -> bool:
        if VALUE not in body:
            return False
        send(server, CITY, "PUT", body.replace(VALUE, VALUE.replace(b"80", b"81")).decode())
        handler.send_response(204)
        handler.end_headers()
        return True

    with (
        run_proxy(server, change_value) as store,
        pytest.raises(KgError, match=r"numbers of statements agree, but .* another answer to targ"),
    ):
        push_dataset(HOME, server, find_target(server, store))


def test_busy_graph_store_is_asked_again(server: str) -> None:
    refused: list[str] = []

    def refuse_once(handler: BaseHTTPRequestHandler, body: bytes) -> bool:
        if handler.path in refused:
            return False
        refused.append(handler.path)
        handler.send_response(503)
        handler.send_header("Retry-After", "0")
        handler.end_headers()
        return True

    with run_proxy(server, refuse_once) as store:
        done = push_dataset(HOME, server, find_target(server, store))
    assert len(refused) == len(done.plan.send) >= 15


@pytest.mark.parametrize("path", ["nothing", "query"])
def test_wrong_graph_store_is_an_error(server: str, path: str) -> None:
    store = server.removesuffix("query") + path
    with pytest.raises(KgError) as caught:
        push_dataset(HOME, server, find_target(server, store))
    assert caught.value.exit_code == 1
    assert str(caught.value).endswith(GO_ON)


# --- targets ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("url", "store"),
    [
        ("http://h:7878/query", "http://h:7878/store"),
        ("http://h:3030/ds/query?x=1", "http://h:3030/ds/data"),
        ("http://h:3030/a/ds/sparql", "http://h:3030/a/ds/data"),
        ("http://h/repositories/cdp", "http://h/repositories/cdp/rdf-graphs/service"),
    ],
)
def test_graph_store_of_a_known_server(url: str, store: str) -> None:
    target = find_target(url)
    assert isinstance(target, GraphStore)
    assert target.url == store


def test_unknown_server_needs_an_address_to_write_to() -> None:
    with pytest.raises(KgError, match=r"^http://h/mine: unknown graph store.*--graph-store") as no:
        find_target("http://h/mine?key=1")
    assert no.value.exit_code == 2
    with pytest.raises(KgError, match="both given") as both:
        find_target("http://h/query", "http://h/a", "http://h/b")
    assert both.value.exit_code == 2
    assert isinstance(find_target("http://h/mine", "http://h/a"), GraphStore)
    assert isinstance(find_target("http://h/mine", update="http://h/a"), UpdateService)


# --- comparison and batches -------------------------------------------------------------------


def read(text: str) -> list[Triple]:
    return [quad.triple for quad in parse(text, RdfFormat.TURTLE, base_iri="http://e.org/")]


@pytest.mark.parametrize(
    ("remote", "state"),
    [
        ("<a> <b> 1 , 2.50 ; <c> [ <d> 'x'@zh-Hans ] .", "same"),
        ("<a> <c> [ <d> 'x'@zh-hans ] ; <b> 01 , 2.5 .", "same"),
        ("<a> <b> 1 , 2.50 .", "part"),
        ("", "part"),
        ("<a> <b> 1 , 2.50 ; <c> [ <d> 'y' ] .", "part"),
        ("<a> <b> 1 , 2.51 ; <c> [ <d> 'x'@zh-Hans ] .", "other"),
        ("<a> <b> '1' , 2.50 ; <c> [ <d> 'x'@zh-Hans ] .", "other"),
        ("<a> <b> 1 , 2.50 ; <c> [ <d> 'x'@zh-Hans ; <e> 'y' ] .", "other"),
    ],
)
def test_comparison_of_graphs(remote: str, state: str) -> None:
    local = read("<a> <b> 1 , 2.50 ; <c> [ <d> 'x'@zh-Hans ] .")
    assert compare_graphs(local, read(remote)) == state


def test_first_batch_has_all_blank_nodes() -> None:
    node, iri = BlankNode("n"), NamedNode("http://e.org/_:n")
    like = Literal("> _:n .", datatype=NamedNode("http://e.org/_:n"))
    triples = [Triple(iri, iri, Literal("_:n .")), Triple(iri, iri, node), Triple(iri, iri, like)]
    triples += [Triple(node, iri, iri), Triple(iri, iri, Literal("x", language="en"))]
    lines = [f"{triple} .\n" for triple in triples]
    batches = list(cut_batches(lines, 1))
    assert batches[0] == [lines[1], lines[3]]
    assert batches[1:] == [[lines[0]], [lines[2]], [lines[4]]]
    assert list(cut_batches(lines, 10_000)) == [[lines[1], lines[3], lines[0], lines[2], lines[4]]]
    assert list(cut_batches([], 1)) == [[]]


def test_batches_have_at_most_the_given_size() -> None:
    lines = load_local().memory.dump_triples(CITY).splitlines(keepends=True)
    batches = list(cut_batches(lines, BATCH_BYTES))
    assert len(batches) > 3
    assert sorted(line for batch in batches for line in batch) == sorted(lines)
    assert all(len("".join(batch).encode()) <= BATCH_BYTES for batch in batches)


# --- the command line -------------------------------------------------------------------------


def test_commands_with_an_endpoint_print_what_they_print_without(server: str, run: Run) -> None:
    size = len(load_local().memory)
    done = run("push", server)
    assert re.match(rf"15 (named )?graphs sent \({size} statements\), 0 .* 0 dropped", done.stdout)
    assert done.stdout.endswith("frameworks, policies, targets.\n")
    assert done.stderr == ""
    done = run("push", server)
    assert re.match(r"0 (named )?graphs sent \(0 statements\), 15 .* 0 dropped", done.stdout)
    words = ["ask", "targets", "--city", "武汉", "--lang", "zh-Hans"]
    assert run(*words, "--endpoint", server).stdout == run(*words).stdout
    count = "SELECT (COUNT(*) AS ?n) { GRAPH ?g { ?s ?p ?o } }"
    local = run("query", count).stdout
    assert run("query", count, "--endpoint", server).stdout == local
    assert run("query", count, KG_ENDPOINT=server).stdout == local
    send(server, FOREIGN, "PUT", "<a:b> <a:b> <a:b> .")
    assert run("query", count, "--endpoint", server).stdout != local


def test_option_precedes_the_environment(
    server: str, find_port: Callable[[], int], run: Run
) -> None:
    push_dataset(HOME, server, find_target(server))
    closed = f"http://127.0.0.1:{find_port()}/query"
    for words in (
        ["ask", "targets", "--endpoint", server],
        ["ask", "--endpoint", server, "targets"],
    ):
        run(*words, KG_ENDPOINT=closed)
    done = run("ask", "targets", KG_ENDPOINT=closed, code=1)
    assert done.stderr.startswith(f"kg: {closed}: no connection to")
    run("ask", KG_ENDPOINT=closed)
    run("ask", "--endpoint", closed, code=2)


def test_usage_errors_have_exit_code_2(server: str, run: Run) -> None:
    run("push", "somewhere", code=2)
    run("push", server, "--update", "http://h/a", "--graph-store", "http://h/b", code=2)
    push_dataset(HOME, server, find_target(server))
    assert "error at 1:" in run("query", "SELECT {", "--endpoint", server, code=2).stderr


@pytest.mark.parametrize("terminal", [True, False])
def test_ctrl_c_ends_a_push_and_a_terminal_has_a_progress_bar(terminal: bool) -> None:
    """The server is empty, accepts two graphs, and does not answer to the third."""
    waiting, release = threading.Event(), threading.Event()
    empty = b'{"head":{"vars":[]},"results":{"bindings":[]}}'

    class Handler(BaseHTTPRequestHandler):
        def do_PUT(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            if "codes" in self.path:
                waiting.set()
                release.wait(60)
            self.send_response(204)
            self.end_headers()

        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "application/sparql-results+json")
            self.end_headers()
            self.wfile.write(empty)

        def log_message(self, format: str, *args: object) -> None:
            """Print nothing."""

    class QuietServer(ThreadingHTTPServer):
        daemon_threads = True

        def handle_error(self, request: object, client_address: object) -> None:
            """Print nothing when the client breaks off."""

    server = QuietServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    reader, writer = pty.openpty() if terminal else os.pipe()
    command = [sys.executable, "-m", "kg", "push", f"http://127.0.0.1:{server.server_port}/query"]
    process = subprocess.Popen(command, stderr=writer, stdout=subprocess.DEVNULL)
    try:
        assert waiting.wait(120)
        process.send_signal(signal.SIGINT)
        assert process.wait(60) == 130
        os.close(writer)
        shown = read_all(reader)
        assert GO_ON in shown
        assert ("Sending" in shown) == terminal
        assert ("graph/cdp" in shown) == terminal
    finally:
        process.kill()
        process.wait(60)
        release.set()
        os.close(reader)
        server.shutdown()
        server.server_close()


def read_all(descriptor: int) -> str:
    """Return what was written; reading a terminal that is closed at the other end fails."""
    parts = []
    try:
        while part := os.read(descriptor, 65_536):
            parts.append(part)
    except OSError:
        pass
    return b"".join(parts).decode()
