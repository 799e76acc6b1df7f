"""`kg push` to an Oxigraph server: the first time, again, interrupted, and over other data."""

import itertools
import os
import pty
import re
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import quote
from urllib.request import Request, urlopen

import pytest
from pyoxigraph import BlankNode, Literal, NamedNode, Triple

from kg.errors import KgError
from kg.graph import Graph, LocalGraph, load_graph
from kg.home import Home, find_home
from kg.names import read_names
from kg.push import GO_ON, cut_batches, find_target, push_dataset
from kg.push_plan import GraphPlan, count_graphs, plan_push
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


def connect(url: str) -> Graph:
    return Graph(HOME, Endpoint(url))


def send(server: str, graph: str, method: str, body: str | None = None) -> str:
    """Read or write a graph with the server's graph store."""
    address = f"{server.removesuffix('query')}store?graph={quote(graph, safe='')}"
    headers = {"Content-Type": "text/turtle", "Accept": "application/n-triples"}
    data = None if body is None else body.encode()
    request = Request(address, data, headers, method=method)  # noqa: S310
    with urlopen(request, timeout=600) as response:  # noqa: S310
        return str(response.read().decode())


def list_statements(server: str, graph: str) -> set[str]:
    return set(send(server, graph, "GET").splitlines())


def list_graphs(plans: Iterable[GraphPlan]) -> set[str]:
    return {plan.graph for plan in plans}


def list_differences(local: Graph, url: str) -> list[GraphPlan]:
    """Return the graphs of a home that are not complete, or double, at an endpoint."""
    plan = plan_push(local, Graph(local.home, Endpoint(url)))
    return [graph for graph in plan.graphs if graph.action not in ("keep", "other")]


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
def test_push_writes_all_graphs_in_batches_and_does_it_once(
    server: str, protocol: str, roundup: Home, roundup_graph: LocalGraph
) -> None:
    update = server.replace("/query", "/update") if protocol == "update" else None
    progress = RecordedProgress()
    target = find_target(server, update=update)
    done = push_dataset(roundup, server, target, progress=progress, batch_bytes=BATCH_BYTES)
    sizes = count_graphs(roundup_graph)
    assert len(sizes) >= 15
    assert list_graphs(done.plan.select("send")) == set(sizes) == set(progress.graphs)
    assert len(done.plan.graphs) == len(sizes)
    assert done.questions == ("frameworks", "policies", "targets")
    assert done.plan.statements == sum(sizes.values()) == len(roundup_graph.memory)
    assert progress.shares == sorted(progress.shares)
    assert progress.shares[-1] == 1
    assert len(progress.graphs) > len(sizes) + 20
    for graph in sizes:
        remote = list_statements(server, graph)
        local = roundup_graph.memory.dump_triples(graph).splitlines()
        assert {restore_languages(line) for line in remote if is_ground(line)} == set(
            filter(is_ground, local)
        )
        assert len(remote) == len(local)
    # A second push sends nothing.
    progress = RecordedProgress()
    done = push_dataset(roundup, server, target, progress=progress)
    assert len(done.plan.select("keep")) == len(done.plan.graphs) >= 15
    assert progress.graphs == []
    assert done.questions


def test_interrupted_push_resumes(
    serve_process: RunServer,
    find_port: Callable[[], int],
    tmp_path: Path,
    roundup: Home,
    roundup_graph: LocalGraph,
) -> None:
    port = find_port()
    program = Path(sys.executable).with_name("oxigraph")
    command = [str(program), "serve", "--bind", f"127.0.0.1:{port}", "--union-default-graph"]
    command += ["--location", str(tmp_path / "database")]
    url = f"http://127.0.0.1:{port}/query"
    progress = RecordedProgress()
    with serve_process(command, port) as process:

        def stop_server(graph: str, share: float) -> None:
            progress(graph, share)
            # In the middle of a graph, after complete ones.
            if progress.graphs.count(CITY) == 2:
                process.kill()
                process.wait(600)

        with pytest.raises(KgError, match="Run the same command again to resume") as caught:
            push_dataset(
                roundup, url, find_target(url), progress=stop_server, batch_bytes=BATCH_BYTES
            )
        assert caught.value.exit_code == 1
    with serve_process(command, port):
        complete = set(progress.graphs) - {CITY}
        plan = plan_push(roundup_graph, connect(url))
        assert list_graphs(plan.select("keep")) == complete
        assert len(complete) >= 10
        (city,) = (graph for graph in plan.select("send") if graph.graph == CITY)
        assert 0 < city.remote < city.local
        done = push_dataset(roundup, url, find_target(url), batch_bytes=BATCH_BYTES)
        assert done.plan == plan
        assert count_graphs(connect(url)) == count_graphs(roundup_graph)


# --- other data on the server -----------------------------------------------------------------


def advise(message: str) -> list[str]:
    """Return the options of the command that a message advises."""
    (words,) = re.findall(r"Use kg push((?: --[a-z-]+)+) to", message)
    return str(words).split()


def test_other_statements_remain_unless_replaced(server: str, small: Home, run: Run) -> None:
    deleted = NAMES.expand("graph:town/of-a-deleted-file")
    extra = small.data / "town" / "of-a-deleted-file.ttl"
    extra.write_text(FOREIGN_TRIPLE)
    run("push", server, home=small)
    extra.unlink()
    changed = NAMES.expand("graph:town/source")
    notes = NAMES.expand("graph:my-own-notes")
    for graph, method in ((FOREIGN, "PUT"), (SIMILAR, "PUT"), (notes, "PUT"), (changed, "POST")):
        send(server, graph, method, FOREIGN_TRIPLE)
    before = count_graphs(connect(server))
    for options in ([], ["--dry-run"]):
        message = run("push", server, *options, home=small, code=1).stderr
        assert f"not in this dataset, in {deleted}, {changed}. Nothing was written." in message
    assert count_graphs(connect(server)) == before
    done = run("push", server, *advise(message), home=small)
    assert ", 1 deleted." in done.stdout
    assert f"Not of this home, and not changed: {notes}. Their statements" in done.stdout
    assert FOREIGN_TRIPLE not in list_statements(server, changed)
    assert deleted not in count_graphs(connect(server))
    for graph in (FOREIGN, SIMILAR, notes):
        assert list_statements(server, graph) == {FOREIGN_TRIPLE}
    assert list_differences(load_graph(small), server) == []


def test_homes_with_other_sources_keep_their_graphs(server: str, untouched: Home) -> None:
    """Both have the same ontology; each has entailments of its own, in the same graph."""
    local, other = load_graph(HOME), load_graph(untouched)
    push_dataset(HOME, server, find_target(server))
    done = push_dataset(untouched, server, find_target(server), replace=True)
    entailed = NAMES.expand("graph:entailed")
    assert list_graphs(done.plan.select("add")) == {entailed}
    assert done.plan.select("replace", "delete") == ()
    assert CITY in list_graphs(done.plan.select("other"))
    assert done.questions == ()
    for home in (HOME, untouched, HOME):
        again = push_dataset(home, server, find_target(server), replace=True)
        assert again.plan.sent == again.plan.select("delete") == ()
    assert list_differences(local, server) == list_differences(other, server) == []
    remote = {restore_languages(line) for line in list_statements(server, entailed)}
    lines = [graph.memory.dump_triples(entailed).splitlines() for graph in (local, other)]
    assert remote == {*lines[0], *lines[1]}


def test_graph_that_another_home_has_pushed_is_not_replaced(server: str, small: Home) -> None:
    push_dataset(HOME, server, find_target(server))
    places = small.data / "reference" / "places.ttl"
    places.write_text(places.read_text("utf-8").replace('"Wuhan"@en', '"WUHAN"@en'), "utf-8")
    graph = NAMES.expand("graph:reference/places")
    before = count_graphs(connect(server))
    for replace in (False, True):
        with pytest.raises(KgError, match=f"another home has pushed {graph} with diff") as caught:
            push_dataset(small, server, find_target(server), replace=replace)
        assert caught.value.exit_code == 1
    assert count_graphs(connect(server)) == before


def test_graph_of_the_same_size_with_another_statement_is_detected(
    server: str, roundup: Home
) -> None:
    push_dataset(roundup, server, find_target(server))
    lines = sorted(filter(is_ground, list_statements(server, CITY)))
    changed = lines[0].rpartition(" <")[0] + f" <{FOREIGN}> ."
    send(server, CITY, "PUT", "\n".join([changed, *lines[1:]]))
    with pytest.raises(KgError, match=CITY):
        push_dataset(roundup, server, find_target(server))
    target = find_target(server, update=server.replace("/query", "/update"))
    done = push_dataset(roundup, server, target, replace=True)
    assert list_graphs(done.plan.sent) == list_graphs(done.plan.select("replace")) == {CITY}
    assert changed not in list_statements(server, CITY)


def test_graph_hidden_by_a_default_graph_in_the_address_is_detected(
    server: str, roundup: Home
) -> None:
    send(server, CITY, "PUT", FOREIGN_TRIPLE)
    hiding = f"{server}?default-graph-uri={FOREIGN}"
    with pytest.raises(KgError, match="Nothing was written"):
        push_dataset(roundup, hiding, find_target(hiding))


def test_dry_run_shows_what_would_be_done_and_only_reads(
    server: str, small: Home, run: Run
) -> None:
    requests: list[tuple[str, str]] = []

    def record(handler: BaseHTTPRequestHandler, body: bytes) -> bool:
        requests.append((handler.command, handler.path.partition("?")[0]))
        return False

    with run_proxy(server, record) as store:
        url = store.replace("/store", "/query")
        lines = run("push", url, "--dry-run", home=small).stdout.splitlines()[3:-1]
        sizes = count_graphs(load_graph(small))
        names = read_names(small)
        assert [line.strip("│ ").split() for line in lines] == [
            [names.shorten(graph), "│", "send", "│", str(size), "│", "0"]
            for graph, size in sizes.items()
        ]
        assert set(requests) == {("GET", "/query")}
        assert count_graphs(connect(server)) == {}
        run("push", url, home=small)
        send(server, NAMES.expand("graph:town/source"), "POST", FOREIGN_TRIPLE)
        send(server, NAMES.expand("graph:my-own-notes"), "PUT", FOREIGN_TRIPLE)
        requests.clear()
        shown = run("push", url, "--dry-run", "--replace", home=small).stdout
        assert re.search(r"graph/town/source +│ replace +│ +\d+ +│ +\d+ ", shown)
        assert re.search(r"graph:my-own-notes +│ other +│ +0 +│ +1 ", shown)
        assert re.search(r"graph:cdp +│ keep +│ +(\d+) +│ +\1 ", shown)
        assert {method for method, _ in requests} == {"GET"}


# --- faults on the way ------------------------------------------------------------------------


@pytest.fixture
def no_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    """Do not wait between attempts."""
    for module in ("kg.store.http", "kg.push"):
        monkeypatch.setattr(f"{module}.sleep", lambda seconds: None)


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
            status, kind, answer = forward(server, self, body)
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        do_GET = do_PUT = do_POST = do_DELETE = forward  # noqa: N815

        def log_message(self, format: str, *args: object) -> None:
            """Print nothing."""

    proxy = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    proxy.daemon_threads = True
    threading.Thread(target=proxy.serve_forever, args=(0.01,), daemon=True).start()
    yield f"http://127.0.0.1:{proxy.server_port}/store"
    proxy.shutdown()
    proxy.server_close()


def forward(server: str, handler: BaseHTTPRequestHandler, body: bytes) -> tuple[int, str, bytes]:
    """Send a request to the server; return status, media type and body of the answer."""
    headers = {n: handler.headers[n] for n in ("Content-Type", "Accept") if n in handler.headers}
    address = server.removesuffix("/query") + handler.path
    request = Request(address, body or None, headers, method=handler.command)  # noqa: S310
    with urlopen(request, timeout=600) as response:  # noqa: S310
        kind = response.headers.get("Content-Type", "text/plain")
        return response.status, kind, response.read()


def list_faults() -> Iterator[tuple[str, str, str]]:
    """Yield all pairs of a fault, a moment and a protocol; with KG_ALL_FAULTS=1 all of three."""
    for turn, fault in enumerate(("500", "502", "503", "504", "drop")):
        for place, moment in enumerate(("before", "after")):
            protocols = ("graph store", "update")
            for protocol in protocols if "KG_ALL_FAULTS" in os.environ else ("",):
                yield fault, moment, protocol or protocols[(turn + place) % 2]


@pytest.mark.usefixtures("no_waits")
@pytest.mark.parametrize(("fault", "moment", "protocol"), tuple(list_faults()))
def test_server_that_fails_every_third_request_is_filled(
    server: str, untouched: Home, fault: str, moment: str, protocol: str
) -> None:
    """It fails before or after it has done what was requested."""
    count = itertools.count(1)
    failed: list[str] = []

    def fail_third(handler: BaseHTTPRequestHandler, body: bytes) -> bool:
        if next(count) % 3:
            return False
        failed.append(handler.command)
        if moment == "after":
            forward(server, handler, body)
        if fault != "drop":
            handler.send_response(int(fault))
            handler.end_headers()
        return True

    with run_proxy(server, fail_third) as store:
        url = store.replace("/store", "/query")
        update = store.replace("/store", "/update") if protocol == "update" else None
        push_dataset(untouched, url, find_target(url, update=update), batch_bytes=BATCH_BYTES)
    assert len(failed) > 10
    assert {"GET", "POST"} < {*failed, "PUT"}
    assert list_differences(load_graph(untouched), server) == []


@pytest.mark.parametrize("protocol", ["graph store", "update"])
def test_pushes_at_the_same_time_double_nothing(
    serve_oxigraph: Callable[..., str], untouched: Home, protocol: str, tmp_path: Path
) -> None:
    """On disk, Oxigraph doubles the blank nodes of two requests at the same time."""
    url = serve_oxigraph("--union-default-graph", "--location", str(tmp_path / "store"))
    update = url.replace("/query", "/update") if protocol == "update" else None
    push = partial(push_dataset, untouched, url, batch_bytes=BATCH_BYTES)
    with ThreadPoolExecutor(3) as pool:
        calls = [pool.submit(push, find_target(url, update=update)) for _ in range(3)]
        assert len([call.result(600) for call in calls]) == 3
    assert list_differences(load_graph(untouched), url) == []


@pytest.mark.usefixtures("no_waits")
def test_push_that_begins_during_the_comparison_is_waited_for(server: str, roundup: Home) -> None:
    """Twice, when this push verifies a complete endpoint, another one has just emptied a graph."""
    push_dataset(roundup, server, find_target(server))
    full = send(server, CITY, "GET")
    reads = itertools.count(1)

    def disturb(handler: BaseHTTPRequestHandler, body: bytes) -> bool:
        is_count = "COUNT" in handler.path and "GRAPH" in handler.path
        number = next(reads) if is_count else 0
        if number in (2, 4):
            send(server, CITY, "PUT", "")
        elif number in (3, 5):
            send(server, CITY, "PUT", full)
        return False

    with run_proxy(server, disturb) as store:
        url = store.replace("/store", "/query")
        done = push_dataset(roundup, url, find_target(url))
    assert done.plan.is_complete
    assert next(reads) > 6
    assert list_differences(load_graph(roundup), server) == []


def test_doubled_statements_are_repaired(server: str, untouched: Home) -> None:
    push_dataset(untouched, server, find_target(server))
    graph = NAMES.expand("graph:cdp")
    lines = load_graph(untouched).memory.dump_triples(graph)
    send(server, graph, "POST", "".join(line for line in lines.splitlines(True) if "_:" in line))
    assert [each.action for each in list_differences(load_graph(untouched), server)] == ["send"]
    push_dataset(untouched, server, find_target(server))
    assert list_differences(load_graph(untouched), server) == []


@pytest.mark.usefixtures("no_waits")
def test_lost_statements_are_detected(server: str, untouched: Home) -> None:
    def lose(handler: BaseHTTPRequestHandler, body: bytes) -> bool:
        if "suzhou" not in handler.path:
            return False
        handler.send_response(204)
        handler.end_headers()
        return True

    with (
        run_proxy(server, lose) as store,
        pytest.raises(
            KgError, match=r"different numbers of statements: .*suzhou \(0, expected \d+\)\. C"
        ),
    ):
        push_dataset(untouched, server, find_target(server, store))


@pytest.mark.usefixtures("no_waits")
def test_other_answers_are_detected(server: str, roundup: Home) -> None:
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
        push_dataset(roundup, server, find_target(server, store))


@pytest.mark.usefixtures("no_waits")
def test_busy_graph_store_is_asked_again(server: str, roundup: Home) -> None:
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
        done = push_dataset(roundup, server, find_target(server, store))
    # One more for the list of the graphs.
    assert len(refused) == len(done.plan.sent) + 1 >= 16


@pytest.mark.parametrize("path", ["nothing", "query"])
def test_wrong_graph_store_is_an_error(server: str, path: str, roundup: Home) -> None:
    store = server.removesuffix("query") + path
    with pytest.raises(KgError) as caught:
        push_dataset(roundup, server, find_target(server, store))
    assert caught.value.exit_code == 1
    # Nothing was sent.
    assert GO_ON not in str(caught.value)


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


# --- batches -----------------------------------------------------------------------------------


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


def test_batches_have_at_most_the_given_size(roundup_graph: LocalGraph) -> None:
    lines = roundup_graph.memory.dump_triples(CITY).splitlines(keepends=True)
    batches = list(cut_batches(lines, BATCH_BYTES))
    assert len(batches) > 3
    assert sorted(line for batch in batches for line in batch) == sorted(lines)
    assert all(len("".join(batch).encode()) <= BATCH_BYTES for batch in batches)


# --- the command line -------------------------------------------------------------------------


def test_commands_with_an_endpoint_print_what_they_print_without(
    server: str, run: Run, roundup: Home, roundup_graph: LocalGraph
) -> None:
    size = len(roundup_graph.memory)
    done = run("push", server, home=roundup)
    assert re.match(rf"16 (named )?graphs sent \({size} statements\), 0 .* 0 deleted", done.stdout)
    assert done.stdout.endswith("frameworks, policies, targets.\n")
    assert done.stderr == ""
    done = run("push", server, home=roundup)
    assert re.match(r"0 (named )?graphs sent \(0 statements\), 16 .* 0 deleted", done.stdout)
    words = ["ask", "targets", "--city", "武汉", "--lang", "zh-Hans"]
    assert (
        run(*words, "--endpoint", server, home=roundup).stdout == run(*words, home=roundup).stdout
    )
    # Without the list of graphs that the push has written.
    count = "SELECT (COUNT(*) AS ?n) { GRAPH ?g { ?s ?p ?o FILTER(?p != dcterms:hasPart) } }"
    local = run("query", count, home=roundup).stdout
    assert run("query", count, "--endpoint", server, home=roundup).stdout == local
    assert run("query", count, home=roundup, KG_ENDPOINT=server).stdout == local
    send(server, FOREIGN, "PUT", "<a:b> <a:b> <a:b> .")
    assert run("query", count, "--endpoint", server, home=roundup).stdout != local


def test_option_precedes_the_environment(
    server: str, find_port: Callable[[], int], run: Run, roundup: Home
) -> None:
    push_dataset(roundup, server, find_target(server))
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


def test_usage_errors_have_exit_code_2(server: str, run: Run, roundup: Home) -> None:
    run("push", "somewhere", code=2)
    run("push", server, "--update", "http://h/a", "--graph-store", "http://h/b", code=2)
    push_dataset(roundup, server, find_target(server))
    assert "error at 1:" in run("query", "SELECT {", "--endpoint", server, code=2).stderr


@pytest.mark.slow
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
                release.wait(600)
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
        assert waiting.wait(600)
        process.send_signal(signal.SIGINT)
        assert process.wait(600) == 130
        os.close(writer)
        shown = read_all(reader)
        assert GO_ON in shown
        assert ("Sending" in shown) == terminal
        assert ("graph/cdp" in shown) == terminal
    finally:
        process.kill()
        process.wait(600)
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
