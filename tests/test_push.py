"""`kg push`: the dataset to a real server, again, on from an interruption, in place of another."""

from __future__ import annotations

import os
import pty
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import urlencode
from urllib.request import Request

import pytest
from pyoxigraph import BlankNode, Literal, NamedNode, RdfFormat, Triple, parse

from kg.errors import KgError
from kg.graph import load_graph
from kg.home import find_home
from kg.names import read_names
from kg.push import (
    compare_graphs,
    count_graphs,
    cut_batches,
    find_target,
    plan_push,
    push_dataset,
)
from kg.store import Memory
from kg.store.endpoint import Endpoint
from kg.store.http import Client
from kg.turtle import restore_languages

HOME = find_home()
NAMES = read_names(HOME)
FOREIGN = "http://example.org/of-somebody-else"
# So near to our graphs that only the slash tells them apart.
NEAR = NAMES.expand("graph:").removesuffix("/") + "s/x"
CITY = NAMES.expand("graph:roundup-2021/wuhan")
# The one value that the question targets answers with.
VALUE = b'"80"^^<http://www.w3.org/2001/XMLSchema#decimal>'
SMALL = 20_000

pytestmark = pytest.mark.usefixtures("nobody_asks")
Serve = Callable[..., AbstractContextManager["subprocess.Popen[bytes]"]]


@cache
def read_store() -> Memory:
    return load_graph(HOME)


def list_statements(url: str, graph: str) -> set[str]:
    """Return the statements of a graph at the server, by its own Graph Store Protocol."""
    client = Client(url.removesuffix("query") + "store")
    address = f"{client.url}?{urlencode({'graph': graph})}"
    reply = client.send(Request(address, headers={"Accept": "application/n-triples"}), graph)  # noqa: S310
    return set(reply.body.decode().splitlines())


def put(url: str, graph: str, turtle: str, method: str = "PUT") -> None:
    client = Client(url.removesuffix("query") + "store")
    address = f"{client.url}?{urlencode({'graph': graph})}"
    headers = {"Content-Type": "text/turtle"}
    client.send(Request(address, turtle.encode(), headers, method=method), graph)  # noqa: S310


def is_ground(line: str) -> bool:
    return "_:" not in line


@dataclass
class Sent:
    """What progress told of a push."""

    graphs: list[str]
    done: list[int]
    total: int = 0

    def __call__(self, graph: str, done: int, total: int) -> None:
        self.graphs.append(graph)
        self.done.append(done)
        self.total = total


@pytest.fixture
def server(serve_oxigraph: Callable[..., str]) -> str:
    return serve_oxigraph("--union-default-graph")


# Fresh, and again


@pytest.mark.parametrize("way", ["graph store", "update"])
def test_everything_arrives(server: str, way: str) -> None:
    update = server.removesuffix("query") + "update" if way == "update" else None
    sent = Sent([], [])
    done = push_dataset(
        HOME, server, find_target(server, update=update), progress=sent, batch_bytes=SMALL
    )
    ours = count_graphs(HOME, read_store())
    assert len(ours) >= 15
    assert set(done.plan.send) == set(ours) == set(sent.graphs)
    assert done.plan.keep == done.plan.drop == ()
    assert done.questions == ("frameworks", "policies", "targets")
    assert sent.done[-1] == sent.total == sum(ours.values()) == len(read_store())
    # More requests than graphs: it did go in batches.
    assert len(sent.graphs) > len(ours) + 20
    for graph in ours:
        theirs = list_statements(server, graph)
        mine = read_store().dump_triples(graph).splitlines()
        assert {restore_languages(t) for t in theirs if is_ground(t)} == set(
            filter(is_ground, mine)
        )
        assert len(theirs) == len(mine)
    assert count_graphs(HOME, Endpoint(server, HOME)) == ours


def test_a_second_push_sends_nothing(server: str) -> None:
    push_dataset(HOME, server, find_target(server))
    sent = Sent([], [])
    done = push_dataset(HOME, server, find_target(server), progress=sent)
    assert done.plan.send == () and len(done.plan.keep) >= 15
    assert sent.graphs == []
    assert done.questions


# Interrupted, and on from there


def test_an_interrupted_push_goes_on_where_it_was(
    serve_process: Serve, find_port: Callable[[], int], tmp_path: Path
) -> None:
    port = find_port()
    program = Path(sys.executable).with_name("oxigraph")
    command = [str(program), "serve", "--bind", f"127.0.0.1:{port}", "--union-default-graph"]
    command += ["--location", str(tmp_path / "kept")]
    url = f"http://127.0.0.1:{port}/query"
    sent = Sent([], [])
    with serve_process(command, port, 20) as process:

        def cut(graph: str, done: int, total: int) -> None:
            sent(graph, done, total)
            # In the middle of a graph, after some whole ones.
            if sent.graphs.count(CITY) == 2:
                process.kill()
                process.wait(10)

        with pytest.raises(KgError, match="the same command goes on from there") as caught:
            push_dataset(HOME, url, find_target(url), progress=cut, batch_bytes=SMALL)
        assert caught.value.exit_code == 1
    with serve_process(command, port, 20):
        whole = set(sent.graphs) - {CITY}
        plan = plan_push(HOME, read_store(), Endpoint(url, HOME))
        assert set(plan.keep) == whole
        assert len(whole) >= 10
        assert CITY in plan.send
        assert 0 < count_graphs(HOME, Endpoint(url, HOME))[CITY] < plan.sizes[CITY]
        done = push_dataset(HOME, url, find_target(url), batch_bytes=SMALL)
        assert done.plan == plan
        assert count_graphs(HOME, Endpoint(url, HOME)) == count_graphs(HOME, read_store())


# In place of another


def test_statements_that_are_not_ours_are_left_alone_unless_replaced(server: str) -> None:
    push_dataset(HOME, server, find_target(server))
    theirs = f'<{FOREIGN}> <{FOREIGN}> "1" .'
    old = NAMES.expand("graph:of-a-file-that-is-gone")
    for graph, method in ((FOREIGN, "PUT"), (NEAR, "PUT"), (old, "PUT"), (CITY, "POST")):
        put(server, graph, theirs, method)
    with pytest.raises(KgError, match=r"Nothing was written. kg push --replace swaps") as caught:
        push_dataset(HOME, server, find_target(server))
    assert caught.value.exit_code == 1
    message = str(caught.value)
    assert CITY in message and old in message
    assert FOREIGN not in message and NEAR not in message
    assert theirs in list_statements(server, CITY)
    done = push_dataset(HOME, server, find_target(server), replace=True)
    assert done.plan.send == (CITY,)
    assert done.plan.drop == (old,)
    assert theirs not in list_statements(server, CITY)
    assert count_graphs(HOME, Endpoint(server, HOME)) == count_graphs(HOME, read_store())
    assert list_statements(server, FOREIGN) == list_statements(server, NEAR) == {theirs}


def test_a_graph_of_the_same_size_with_another_statement_is_seen(server: str) -> None:
    push_dataset(HOME, server, find_target(server))
    lines = sorted(filter(is_ground, list_statements(server, CITY)))
    changed = lines[0].rpartition(" <")[0] + f" <{FOREIGN}> ."
    put(server, CITY, "\n".join([changed, *lines[1:]]))
    with pytest.raises(KgError, match=CITY):
        push_dataset(HOME, server, find_target(server))
    update = server.removesuffix("query") + "update"
    done = push_dataset(HOME, server, find_target(server, update=update), replace=True)
    assert done.plan.send == (CITY,)
    assert changed not in list_statements(server, CITY)


def test_a_graph_that_the_address_hides_is_seen(server: str) -> None:
    put(server, CITY, f'<{FOREIGN}> <{FOREIGN}> "1" .')
    hiding = f"{server}?default-graph-uri={FOREIGN}"
    with pytest.raises(KgError, match="Nothing was written"):
        push_dataset(HOME, hiding, find_target(hiding))


# What does not work


@contextmanager
def run_beside(
    server: str, spoil: Callable[[BaseHTTPRequestHandler, bytes], bool]
) -> Iterator[str]:
    """Give the address of a graph store that passes on to a server what `spoil` does not keep."""

    class Handler(BaseHTTPRequestHandler):
        def take(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            if spoil(self, body):
                return
            client = Client(server.removesuffix("/query"))
            headers = {"Content-Type": self.headers["Content-Type"]}
            request = Request(client.url + self.path, body, headers, method=self.command)  # noqa: S310
            client.send(request, "beside")
            self.send_response(204)
            self.end_headers()

        do_PUT = do_POST = take  # noqa: N815

        def log_message(self, format: str, *args: object) -> None:
            pass

    beside = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    beside.daemon_threads = True
    threading.Thread(target=beside.serve_forever, args=(0.01,), daemon=True).start()
    yield f"http://127.0.0.1:{beside.server_port}/store"
    beside.shutdown()
    beside.server_close()


def test_what_is_lost_on_the_way_is_counted(server: str) -> None:
    def lose(handler: BaseHTTPRequestHandler, body: bytes) -> bool:
        if "wuhan" not in handler.path:
            return False
        handler.send_response(204)
        handler.end_headers()
        return True

    with (
        run_beside(server, lose) as store,
        pytest.raises(KgError, match=r"counts otherwise: .*wuhan \(0 of \d+\)\. Does anybody"),
    ):
        push_dataset(HOME, server, find_target(server, store))


def test_other_answers_are_seen(server: str) -> None:
    def garble(handler: BaseHTTPRequestHandler, body: bytes) -> bool:
        if VALUE not in body:
            return False
        body = body.replace(VALUE, VALUE.replace(b"80", b"81"))
        put(server, CITY, body.decode())
        handler.send_response(204)
        handler.end_headers()
        return True

    with (
        run_beside(server, garble) as store,
        pytest.raises(KgError, match=r"counts agree; but .* answers targets otherwise"),
    ):
        push_dataset(HOME, server, find_target(server, store))


def test_a_busy_graph_store_is_waited_for(server: str) -> None:
    busy: list[str] = []

    def refuse(handler: BaseHTTPRequestHandler, body: bytes) -> bool:
        if handler.path in busy:
            return False
        busy.append(handler.path)
        handler.send_response(503)
        handler.send_header("Retry-After", "0")
        handler.end_headers()
        return True

    with run_beside(server, refuse) as store:
        done = push_dataset(HOME, server, find_target(server, store))
    assert len(busy) == len(done.plan.send) >= 15


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("nothing", "404: no answers at this path. Name the graph store with --graph-store"),
        ("query", "refuses it|no answers at this path|415"),
    ],
)
def test_a_wrong_graph_store_is_told(server: str, path: str, said: str) -> None:
    store = server.removesuffix("query") + path
    with pytest.raises(KgError, match=said) as caught:
        push_dataset(HOME, server, find_target(server, store))
    assert caught.value.exit_code == 1


@pytest.mark.parametrize(
    ("url", "store"),
    [
        ("http://h:7878/query", "http://h:7878/store"),
        ("http://h:3030/ds/query?x=1", "http://h:3030/ds/data"),
        ("http://h:3030/a/ds/sparql", "http://h:3030/a/ds/data"),
        ("http://h/repositories/cdp", "http://h/repositories/cdp/rdf-graphs/service"),
    ],
)
def test_the_graph_store_is_guessed(url: str, store: str) -> None:
    target = find_target(url)
    assert target.client.url == store
    assert not target.update


def test_what_cannot_be_guessed_is_asked_for() -> None:
    with pytest.raises(KgError, match=r"where are graphs written.*--graph-store") as caught:
        find_target("http://h/sparql-of-mine")
    assert caught.value.exit_code == 2
    with pytest.raises(KgError, match="both given") as caught:
        find_target("http://h/query", "http://h/a", "http://h/b")
    assert caught.value.exit_code == 2
    assert find_target("http://h/x", "http://h/a").client.url == "http://h/a"
    assert find_target("http://h/x", update="http://h/a").update


# The parts


def read(text: str) -> list[Triple]:
    return [quad.triple for quad in parse(text, RdfFormat.TURTLE, base_iri="http://e.org/")]


@pytest.mark.parametrize(
    ("theirs", "found"),
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
def test_graphs_are_compared(theirs: str, found: str) -> None:
    ours = read("<a> <b> 1 , 2.50 ; <c> [ <d> 'x'@zh-Hans ] .")
    assert compare_graphs(ours, read(theirs)) == found


def test_blank_nodes_go_in_the_first_batch() -> None:
    node, iri = BlankNode("n"), NamedNode("http://e.org/_:n")
    like = Literal("> _:n .", datatype=NamedNode("http://e.org/_:n"))
    triples = [Triple(iri, iri, Literal("_:n .")), Triple(iri, iri, node), Triple(iri, iri, like)]
    triples += [Triple(node, iri, iri), Triple(iri, iri, Literal("x", language="en"))]
    lines = [f"{triple} .\n" for triple in triples]
    batches = list(cut_batches(lines, 1))
    assert batches[0] == [lines[1], lines[3]]
    assert batches[1:] == [[lines[0]], [lines[2]], [lines[4]]]
    assert list(cut_batches(lines, 10_000)) == [[lines[1], lines[3], lines[0], lines[2], lines[4]]]


def test_batches_are_no_larger_than_asked() -> None:
    lines = read_store().dump_triples(CITY).splitlines(keepends=True)
    batches = list(cut_batches(lines, SMALL))
    assert len(batches) > 3
    assert sorted(line for batch in batches for line in batch) == sorted(lines)
    assert all(len("".join(batch).encode()) <= SMALL for batch in batches)


# On the command line


def run_kg(*words: str, **variables: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "kg", *words],
        env={**os.environ, **variables},
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=120,
        check=False,
    )


def test_the_command_pushes_and_the_others_ask(server: str) -> None:
    done = run_kg("push", server)
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith(f"15 graphs sent ({len(read_store())} statements), 0 were there")
    assert done.stdout.endswith("Same counts, same answers: frameworks, policies, targets.\n")
    assert done.stderr == ""
    assert "0 graphs sent (0 statements), 15 were there, 0 dropped" in run_kg("push", server).stdout
    count = "SELECT (COUNT(*) AS ?n) { GRAPH ?g { ?s ?p ?o } }"
    for words in (
        ["ask", "targets", "--format", "csv"],
        ["ask", "targets", "--city", "武汉", "--lang", "zh-Hans"],
        ["show", "place:wuhan"],
        ["query", count],
    ):
        mine = run_kg(*words)
        assert mine.returncode == 0, mine.stderr
        theirs = [run_kg(*words, "--endpoint", server), run_kg(*words, KG_ENDPOINT=server)]
        assert [done.stdout for done in theirs] == [mine.stdout] * 2
    put(server, FOREIGN, "<a> <b> <c> .")
    assert run_kg("query", count, "--endpoint", server).stdout != run_kg("query", count).stdout


def test_an_option_goes_before_the_environment(server: str, find_port: Callable[[], int]) -> None:
    push_dataset(HOME, server, find_target(server))
    dead = f"http://127.0.0.1:{find_port()}/query"
    for words in (
        ["ask", "targets", "--endpoint", server],
        ["ask", "--endpoint", server, "targets"],
        ["query", "ASK {}", "--endpoint", server],
    ):
        done = run_kg(*words, KG_ENDPOINT=dead)
        assert done.returncode == 0, done.stderr
    done = run_kg("ask", "targets", KG_ENDPOINT=dead)
    assert done.returncode == 1
    assert done.stderr.startswith(f"kg: {dead}: nothing listens at")
    assert run_kg("ask", KG_ENDPOINT=dead).returncode == 0
    assert run_kg("ask", "--endpoint", dead).returncode == 2


def test_a_wrong_call_ends_with_2(server: str) -> None:
    assert run_kg("push").returncode == 2
    assert run_kg("push", "somewhere").returncode == 2
    done = run_kg("push", server, "--update", "http://h/a", "--graph-store", "http://h/b")
    assert done.returncode == 2
    push_dataset(HOME, server, find_target(server))
    done = run_kg("query", "SELECT {", "--endpoint", server)
    assert done.returncode == 2
    assert "error at 1:" in done.stderr


@pytest.mark.parametrize("looking", [True, False])
def test_ctrl_c_ends_a_push_and_a_bar_is_shown_to_who_looks(looking: bool) -> None:
    """The server has nothing yet, takes two graphs, and keeps the third waiting."""
    waiting, release = threading.Event(), threading.Event()
    nothing = b'{"head":{"vars":[]},"results":{"bindings":[]}}'

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
            self.wfile.write(nothing)

        def log_message(self, format: str, *args: object) -> None:
            pass

    class Quiet(ThreadingHTTPServer):
        def handle_error(self, request: object, client_address: object) -> None:
            pass

    server = Quiet(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    ours, theirs = pty.openpty() if looking else os.pipe()
    command = [sys.executable, "-m", "kg", "push", f"http://127.0.0.1:{server.server_port}/query"]
    process = subprocess.Popen(command, stderr=theirs, stdout=subprocess.DEVNULL)
    try:
        assert waiting.wait(60)
        process.send_signal(signal.SIGINT)
        assert process.wait(20) == 130
        os.close(theirs)
        told = read_all(ours)
        assert "What was sent stays there: the same command goes on from there." in told
        assert told.rstrip().endswith("kg: stopped.")
        assert ("Sending" in told) == looking
        assert ("graph/cdp" in told) == looking
    finally:
        process.kill()
        process.wait(10)
        release.set()
        os.close(ours)
        server.shutdown()
        server.server_close()


def read_all(descriptor: int) -> str:
    """Return what has been written; a terminal whose other side is closed ends with an error."""
    parts = []
    try:
        while part := os.read(descriptor, 65_536):
            parts.append(part)
    except OSError:
        pass
    return b"".join(parts).decode()
