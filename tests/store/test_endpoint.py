"""Endpoints: an Oxigraph server answers as memory does; servers that misbehave are told plainly."""

from __future__ import annotations

import base64
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, urlsplit
from urllib.request import Request

import pytest
import trustme
from pyoxigraph import Literal

from kg.ask.describe import describe_node
from kg.errors import KgError
from kg.graph import load_graph
from kg.home import find_home
from kg.names import read_names
from kg.push import find_target, push_dataset
from kg.store import Memory, Rows
from kg.store.endpoint import Endpoint
from kg.store.http import BACKOFF, TRIES

HOME = find_home()
NAMES = read_names(HOME)
YES = b'{"head":{},"boolean":true}'
ONE = b'{"head":{"vars":["x"]},"results":{"bindings":[{"x":{"type":"literal","value":"1"}}]}}'
ENTAILED = NAMES.expand("graph:entailed")
JSON = "application/sparql-results+json"
SECRET = "s3cret-Zwiebel"  # noqa: S105  # of nothing

pytestmark = pytest.mark.usefixtures("nobody_asks")


@dataclass(frozen=True)
class Seen:
    """A request as a server got it."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def parameters(self) -> dict[str, list[str]]:
        """What it asks for, in the address or in the body."""
        return parse_qs(self.body.decode() or urlsplit(self.path).query, keep_blank_values=True)


@dataclass
class Odd:
    """A server of a test's own, and what it was sent; `answer` writes to a handler."""

    answer: Callable[[BaseHTTPRequestHandler], None]
    url: str = ""
    seen: list[Seen] = field(default_factory=list)


@pytest.fixture
def serve() -> Iterator[Callable[[Callable[[BaseHTTPRequestHandler], None]], Odd]]:
    servers = []

    def start(answer: Callable[[BaseHTTPRequestHandler], None], port: int = 0) -> Odd:
        odd = Odd(answer)

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def take(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
                headers = {name.lower(): value for name, value in self.headers.items()}
                odd.seen.append(Seen(self.command, self.path, headers, body))
                self.close_connection = True
                odd.answer(self)

            do_GET = do_POST = do_PUT = do_DELETE = take  # noqa: N815

            def log_message(self, format: str, *args: object) -> None:
                pass

        server = ThreadingHTTPServer(("127.0.0.1", port), Handler)
        server.daemon_threads = True
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        servers.append(server)
        odd.url = f"http://127.0.0.1:{server.server_port}/query"
        return odd

    yield start
    for server in servers:
        server.shutdown()
        server.server_close()


def give(
    body: bytes = YES, kind: str = JSON, status: int = 200, **headers: str
) -> Callable[[BaseHTTPRequestHandler], None]:
    """Return what answers always the same; an underscore in a header's name is a hyphen."""

    def answer(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(status)
        for name, value in {"Content-Type": kind, "Content-Length": str(len(body))}.items():
            if name.replace("-", "_") not in headers:
                handler.send_header(name, value)
        for name, value in headers.items():
            handler.send_header(name.replace("_", "-"), value)
        handler.end_headers()
        handler.wfile.write(body)

    return answer


def take_turns(*answers: Callable[[BaseHTTPRequestHandler], None]) -> Callable[..., None]:
    """Return what answers with each in turn, and with the last for ever."""
    left = list(answers)
    return lambda handler: (left.pop(0) if len(left) > 1 else left[0])(handler)


def ask(url: str, text: str = "ASK {}", timeout: float = 5) -> object:
    return Endpoint(url, HOME, timeout).answer(text)


def fail(url: str, text: str = "ASK {}", timeout: float = 5, code: int = 1) -> str:
    with pytest.raises(KgError) as caught:
        ask(url, text, timeout)
    assert caught.value.exit_code == code, caught.value
    assert caught.value.__cause__ is None
    assert caught.value.__suppress_context__ or caught.value.__context__ is None
    return str(caught.value)


@cache
def read_store() -> Memory:
    return load_graph(HOME)


# A real server


@pytest.fixture(scope="session")
def pushed(serve_oxigraph: Callable[..., str]) -> str:
    url = serve_oxigraph("--union-default-graph")
    push_dataset(HOME, url, find_target(url))
    return url


def test_every_question_is_answered_as_in_memory(
    pushed: str,
    question_case: tuple[str, str, dict[str, object]],
    answer_case: Callable[..., object],
) -> None:
    endpoint = Endpoint(pushed, HOME)
    assert answer_case(endpoint, question_case) == answer_case(read_store(), question_case)


@pytest.mark.parametrize("thing", ["place:wuhan", "香港", "framework:wuhan-1153"])
def test_a_thing_is_shown_as_in_memory(pushed: str, thing: str) -> None:
    shown, expected = (
        describe_node(engine, thing, "zh-Hant") for engine in (Endpoint(pushed, HOME), read_store())
    )
    assert len(expected.properties) > 3
    assert shown == expected


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
def test_a_query_is_answered_as_in_memory(pushed: str, text: str) -> None:
    answer = Endpoint(pushed, HOME).query(text, "query", NAMES.prefixes)
    assert answer == read_store().query(text, "query", NAMES.prefixes)


@pytest.mark.parametrize(
    "text",
    ["CONSTRUCT { ?x a ?y } WHERE { ?x a cdp:City, ?y }", "DESCRIBE place:wuhan"],
)
def test_triples_are_those_of_memory(pushed: str, text: str) -> None:
    mine = read_store().query(text, "query", NAMES.prefixes)
    theirs = Endpoint(pushed, HOME).query(text, "query", NAMES.prefixes)
    assert isinstance(mine, list) and isinstance(theirs, list)
    assert len(mine) > 5
    assert set(map(str, mine)) == set(map(str, theirs))


def test_the_form_asked_for_has_to_be_the_form_of_the_query(pushed: str) -> None:
    endpoint = Endpoint(pushed, HOME)
    assert isinstance(endpoint.select("SELECT ?x { ?x a ?y } LIMIT 1"), Rows)
    assert len(endpoint.construct("CONSTRUCT WHERE { ?x a ?y } LIMIT 2")) == 2
    with pytest.raises(KgError, match="no SELECT query") as caught:
        endpoint.select("ASK {}")
    assert caught.value.exit_code == 2
    with pytest.raises(KgError, match="no CONSTRUCT query") as caught:
        endpoint.construct("ASK {}")
    assert caught.value.exit_code == 2


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("SELECT * {\n ?x ?y", "error at 2:"),
        ("INSERT DATA { <http://e.org/a> <http://e.org/b> 1 }", "error at 1:"),
        ("", "error at 1:1"),
    ],
)
def test_what_is_no_query_is_a_wrong_call_with_what_the_server_says(
    pushed: str, text: str, said: str
) -> None:
    message = fail(pushed, text, code=2)
    assert message.startswith(f"query: {pushed} refuses it: ")
    assert said in message


def test_a_default_graph_that_is_no_union_is_told_with_the_setting(
    serve_oxigraph: Callable[..., str],
) -> None:
    url = serve_oxigraph()
    with pytest.raises(KgError, match=r"the graph is not there. Load it: kg push http") as nothing:
        Endpoint(url, HOME).query("ASK {}")
    assert nothing.value.exit_code == 1
    with pytest.raises(KgError, match="All was sent, and the counts agree; but"):
        push_dataset(HOME, url, find_target(url))
    with pytest.raises(KgError, match="not the union") as caught:
        Endpoint(url, HOME).select("SELECT * {}")
    assert "--union-default-graph" in str(caught.value)
    assert "tdb2:unionDefaultGraph true" in str(caught.value)
    assert Endpoint(f"{url}?union-default-graph", HOME).query("ASK {}") is True


def test_a_graph_of_which_a_part_is_hidden_is_told(serve_oxigraph: Callable[..., str]) -> None:
    url = serve_oxigraph("--union-default-graph")
    push_dataset(HOME, url, find_target(url))
    one = f"{url}?default-graph-uri=https://w3id.org/cdp/graph/cdp"
    with pytest.raises(KgError, match=r"without its named graphs.* Leave default-graph-uri out"):
        Endpoint(one, HOME).query("ASK {}")
    target = find_target(url).client
    drop = Request(f"{target.url}?graph={ENTAILED}", method="DELETE")  # noqa: S310
    target.send(drop, "entailed")
    with pytest.raises(KgError, match=r"without what the rules add.* kg push"):
        Endpoint(url, HOME).query("ASK {}")


def test_the_look_is_taken_once(serve: Callable[..., Odd]) -> None:
    odd = serve(give())
    endpoint = Endpoint(odd.url, HOME)
    assert endpoint.query("ASK {}") is True
    assert endpoint.query("ASK {}") is True
    assert ["owl:Ontology" in seen.parameters["query"][0] for seen in odd.seen] == [
        True, False, False,
    ]  # fmt: skip


# What is sent


def test_short_queries_go_by_get_and_long_ones_by_post(serve: Callable[..., Odd]) -> None:
    odd = serve(give())
    long = "ASK { # " + "长" * 1_000 + "\n}"
    for text in ("ASK { # 长\n}", long):
        assert ask(f"{odd.url}?a=1&b=", text) is True
    short, post = odd.seen
    assert short.method == "GET"
    assert short.parameters == {"a": ["1"], "b": [""], "query": ["ASK { # 长\n}"]}
    assert post.method == "POST"
    assert post.headers["content-type"] == "application/x-www-form-urlencoded"
    assert post.parameters == {"a": ["1"], "b": [""], "query": [long]}
    assert post.path == "/query"


@pytest.mark.parametrize(
    ("text", "accepted"),
    [
        ("# CONSTRUCT\n# ADD\n#+ insert: describe\nSELECT * {}", "sparql-results+json"),
        ("PREFIX construct: <http://e.org/construct#> ASK {}", "sparql-results+json"),
        ("BASE <http://e.org/select> CONSTRUCT { } WHERE { }", "n-triples"),
        ("describe <http://e.org/ask>", "n-triples"),
    ],
)
def test_the_form_is_read_from_the_query_alone(
    serve: Callable[..., Odd], text: str, accepted: str
) -> None:
    odd = serve(give(kind=JSON) if "results" in accepted else give(b"", "application/n-triples"))
    ask(odd.url, text)
    assert accepted in odd.seen[0].headers["accept"]


def test_prefixes_that_are_used_and_not_declared_are_declared(serve: Callable[..., Odd]) -> None:
    odd = serve(give())
    text = 'PREFIX cdp: <http://e.org/> ASK { cdp:x rdfs:label "place:wuhan" }'
    Endpoint(odd.url, HOME).answer(text, "query", NAMES.prefixes)
    label = f"PREFIX rdfs: <{NAMES.prefixes['rdfs']}> "
    assert odd.seen[0].parameters["query"] == [label + text]


# Answers that are none


def test_an_answer_in_xml_is_read(serve: Callable[..., Odd]) -> None:
    xml = (
        b'<sparql xmlns="http://www.w3.org/2005/sparql-results#"><head><variable name="x"/></head>'
        b'<results><result><binding name="x"><literal>1</literal></binding></result></results>'
        b"</sparql>"
    )
    odd = serve(give(xml, "application/sparql-results+xml; charset=utf-8"))
    assert ask(odd.url, "SELECT ?x {}") == Rows(("x",), [(Literal("1"),)])


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (give(b"<html>Hello</html>", "text/html"), "a web page, not SPARQL results. Oxigraph is"),
        (give(YES, "text/plain"), "text/plain, not SPARQL results"),
        (give(b"<a:b> <a:b> <a:b> .", "text/turtle"), "text/turtle, not SPARQL results"),
        (give(ONE[:60]), "not whole"),
        (give(ONE[:-1]), "not whole"),
        (give(b""), "not whole"),
        (give(b"{}"), "not whole"),
        (give(ONE, Content_Length="200"), r"not whole: \d+ of 200 bytes came"),
        (give(b"5\r\n{\"hea", Content_Length="", Transfer_Encoding="chunked"), "not whole"),
        (give(b"", "text/plain", 404), "404: no answers at this path. .*Correct the address"),
        (give(b"", "text/plain", 406), "406: no answers at this path"),
        (give(b"<h1>Oh</h1><p>no</p>", "text/html", 500), "500: Oh no$"),
        (give(b"x" * 5_000, "text/plain", 500), "500: x{300}…$"),
        (give(b"a\x1b[31m\x00b", "text/plain", 500), r"500: a\[31mb$"),
        (give(b"", "text/plain", 504), "504: the server gave up"),
        (give(b"", "text/plain", 401), "401: who asks has to say who asks. Set KG_ENDPOINT_USER"),
    ],
)  # fmt: skip
def test_an_answer_that_is_none_is_told(
    serve: Callable[..., Odd], answer: Callable[..., None], said: str
) -> None:
    odd = serve(answer)
    with pytest.raises(KgError, match=said) as caught:
        ask(odd.url, "SELECT ?x {}")
    assert str(caught.value).startswith(f"{odd.url}: ")
    assert caught.value.exit_code == 1
    assert len(odd.seen) == 1


def test_triples_that_break_off_are_told(serve: Callable[..., Odd]) -> None:
    odd = serve(give(b'<a:b> <a:b> "c', "application/n-triples"))
    assert "not whole" in fail(odd.url, "CONSTRUCT WHERE { ?s ?p ?o }")


def test_a_slow_answer_ends_in_time(serve: Callable[..., Odd]) -> None:
    stop = threading.Event()

    def drip(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(200)
        handler.send_header("Content-Type", JSON)
        handler.end_headers()
        while not stop.wait(0.1):
            handler.wfile.write(b" ")
            handler.wfile.flush()

    for answer in (drip, lambda handler: stop.wait(20)):
        odd = serve(answer)
        start = time.monotonic()
        assert "no whole answer within 0.5 seconds" in fail(odd.url, timeout=0.5)
        assert time.monotonic() - start < 5
    stop.set()


def test_a_dead_port_is_told(find_port: Callable[[], int]) -> None:
    port = find_port()
    message = fail(f"http://127.0.0.1:{port}/query")
    assert f"nothing listens at 127.0.0.1:{port}" in message


def test_a_host_that_is_not_is_told() -> None:
    assert "there is no host nobody.invalid" in fail("http://nobody.invalid/query")


def test_what_is_not_http_is_told() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:

        def greet() -> None:
            connection, _ = server.accept()
            with connection:
                connection.sendall(b"220 mail.example.org ESMTP\r\n")
                connection.recv(65_536)

        threading.Thread(target=greet, daemon=True).start()
        message = fail(f"http://127.0.0.1:{server.getsockname()[1]}/query")
    assert "not whole: BadStatusLine" in message


# Patience


def test_a_busy_server_is_asked_again(serve: Callable[..., Odd]) -> None:
    busy = [give(status=status, Retry_After="0") for status in (429, 503, 429)]
    odd = serve(take_turns(*busy, give()))
    assert ask(odd.url) is True
    assert len(odd.seen) == TRIES == 4
    assert len({seen.path for seen in odd.seen}) == 1


@pytest.mark.parametrize(
    ("status", "wait"), [(429, lambda: "1"), (503, lambda: "1"), (503, lambda: soon(2))]
)
def test_retry_after_is_honoured(
    serve: Callable[..., Odd], status: int, wait: Callable[[], str]
) -> None:
    odd = serve(take_turns(give(status=status, Retry_After=wait()), give()))
    start = time.monotonic()
    assert ask(odd.url) is True
    assert 0.9 <= time.monotonic() - start < 4
    assert len(odd.seen) == 2


def soon(seconds: int) -> str:
    """Return a date of HTTP so many seconds from now, cut to whole ones."""
    return format_datetime(datetime.now(UTC) + timedelta(seconds=seconds), usegmt=True)


@pytest.mark.parametrize("wait", ["", "soon", "Mon, 99 Foo"])
def test_without_a_time_the_waits_double(
    serve: Callable[..., Odd], wait: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    waits: list[float] = []
    monkeypatch.setattr("kg.store.http.time.sleep", waits.append)
    odd = serve(give(status=503, Retry_After=wait))
    assert f"503: still busy after {TRIES} tries" in fail(odd.url)
    assert waits == [BACKOFF, 2 * BACKOFF, 4 * BACKOFF]
    assert len(odd.seen) == TRIES


def test_who_is_busy_for_long_is_not_waited_for(serve: Callable[..., Odd]) -> None:
    odd = serve(give(status=429, Retry_After="3600"))
    assert "busy for 3600 seconds more" in fail(odd.url)
    assert len(odd.seen) == 1


@pytest.mark.parametrize("status", [400, 500, 502])
def test_other_failures_are_not_tried_again(serve: Callable[..., Odd], status: int) -> None:
    odd = serve(give(status=status, kind="text/plain"))
    fail(odd.url, code=2 if status == 400 else 1)
    assert len(odd.seen) == 1


# Who asks


def test_nobody_asks_unless_told(serve: Callable[..., Odd]) -> None:
    odd = serve(give())
    ask(odd.url)
    assert "authorization" not in odd.seen[0].headers


def test_a_token_is_sent(serve: Callable[..., Odd], monkeypatch: pytest.MonkeyPatch) -> None:
    odd = serve(give())
    monkeypatch.setenv("KG_ENDPOINT_TOKEN", SECRET)
    ask(odd.url)
    assert odd.seen[0].headers["authorization"] == f"Bearer {SECRET}"


def code_basic(user: str, password: str) -> str:
    return "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()


def test_user_and_password_are_sent_and_go_before_netrc(
    serve: Callable[..., Odd], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    odd = serve(give())
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login eve password other\n")
    netrc.chmod(0o600)
    monkeypatch.setenv("NETRC", str(netrc))
    monkeypatch.setenv("KG_ENDPOINT_USER", "änne")
    monkeypatch.setenv("KG_ENDPOINT_PASSWORD", SECRET)
    ask(odd.url)
    assert odd.seen[0].headers["authorization"] == code_basic("änne", SECRET)


@pytest.mark.parametrize("named", [True, False])
def test_netrc_is_read_for_its_host(
    serve: Callable[..., Odd], monkeypatch: pytest.MonkeyPatch, tmp_path: Path, named: bool
) -> None:
    odd = serve(give())
    netrc = tmp_path / ("of-mine" if named else ".netrc")
    netrc.write_text(f"machine 127.0.0.1 login anne password {SECRET}\n")
    netrc.chmod(0o600)
    monkeypatch.setenv(*(("NETRC", str(netrc)) if named else ("HOME", str(tmp_path))))
    ask(odd.url)
    assert odd.seen[0].headers["authorization"] == code_basic("anne", SECRET)
    ask(odd.url.replace("127.0.0.1", "localhost"))
    assert "authorization" not in odd.seen[1].headers


def test_a_broken_netrc_is_told_without_its_words(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    netrc = tmp_path / "netrc"
    netrc.write_text(f"machine 127.0.0.1 login anne\n{SECRET}\n")
    monkeypatch.setenv("NETRC", str(netrc))
    message = fail("http://127.0.0.1:1/query")
    assert message.startswith(f"{netrc}:")
    assert "not netrc" in message
    assert SECRET not in message
    monkeypatch.setenv("NETRC", str(tmp_path / "none"))
    assert "cannot be read" in fail("http://127.0.0.1:1/query")


@pytest.mark.parametrize(
    ("variables", "said"),
    [
        ({"TOKEN": SECRET, "USER": "anne"}, "both set"),
        ({"USER": "anne"}, "KG_ENDPOINT_PASSWORD is not set"),
        ({"PASSWORD": SECRET}, "KG_ENDPOINT_USER is not set"),
        ({"TOKEN": f"{SECRET}\n"}, "KG_ENDPOINT_TOKEN: spaces or line ends"),
        ({"USER": f"an:{SECRET}", "PASSWORD": SECRET}, "no colon"),
    ],
)
def test_who_asks_is_said_properly(
    monkeypatch: pytest.MonkeyPatch, variables: dict[str, str], said: str
) -> None:
    for name, value in variables.items():
        monkeypatch.setenv(f"KG_ENDPOINT_{name}", value)
    with pytest.raises(KgError, match=said) as caught:
        Endpoint("http://127.0.0.1:1/query", HOME)
    assert SECRET not in str(caught.value)
    assert caught.value.exit_code == 2


def test_no_secret_is_in_a_message(
    serve: Callable[..., Odd], monkeypatch: pytest.MonkeyPatch
) -> None:
    def tell(handler: BaseHTTPRequestHandler) -> None:
        said = f"{handler.headers['Authorization']} {SECRET} {handler.path}"
        give(said.encode(), "text/plain", 500)(handler)

    odd = serve(tell)
    monkeypatch.setenv("KG_ENDPOINT_USER", "anne")
    monkeypatch.setenv("KG_ENDPOINT_PASSWORD", SECRET)
    message = fail(f"{odd.url}?apikey={SECRET[::-1]}")
    assert "500: Basic *** ***" in message
    for secret in (SECRET, SECRET[::-1], code_basic("anne", SECRET).removeprefix("Basic ")):
        assert secret not in message
        assert secret not in repr(vars(Endpoint(odd.url, HOME)._client))
    odd.answer = give(status=401)
    assert "401: who asks is not let in" in fail(odd.url)


@pytest.mark.parametrize(
    "url",
    [
        f"http://anne:{SECRET}@127.0.0.1:1/query",
        f"http://{SECRET}@127.0.0.1:1/query",
        f"ftp://anne:{SECRET}@127.0.0.1:1/query",
        f"http://anne:{SECRET}@127.0.0.1:port/query",
        f"http://anne:{SECRET}@[::1/query",
    ],
)
def test_an_address_with_a_password_is_refused_and_not_repeated(url: str) -> None:
    with pytest.raises(KgError) as caught:
        Endpoint(url, HOME)
    assert SECRET not in str(caught.value)
    assert caught.value.exit_code == 2


@pytest.mark.parametrize(
    "url",
    [
        "",
        "query",
        "http:///query",
        "file:///etc/passwd",
        "http://h/a b",
        "http://h/ü",
        "http://h:x/",
    ],
)
def test_what_is_no_address_is_a_wrong_call(url: str) -> None:
    with pytest.raises(KgError, match=r"no address of an endpoint. Write it in ASCII") as caught:
        Endpoint(url, HOME)
    assert caught.value.exit_code == 2


def test_a_secret_does_not_travel_readable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KG_ENDPOINT_TOKEN", SECRET)
    with pytest.raises(KgError, match=r"readable by everyone. Use https") as caught:
        Endpoint("http://example.org/query", HOME)
    assert caught.value.exit_code == 2
    Endpoint("https://example.org/query", HOME)
    Endpoint("http://[::1]:1/query", HOME)
    monkeypatch.setenv("KG_ENDPOINT_INSECURE", "1")
    Endpoint("http://example.org/query", HOME)


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_no_redirect_is_followed(
    serve: Callable[..., Odd], monkeypatch: pytest.MonkeyPatch, status: int
) -> None:
    other = serve(give())
    target = other.url.replace("127.0.0.1", f"anne:{SECRET}@localhost")
    odd = serve(give(b"", status=status, Location=f"{target}?x=1"))
    monkeypatch.setenv("KG_ENDPOINT_TOKEN", "token")
    message = fail(odd.url)
    assert f"{status}: moved to {other.url.replace('127.0.0.1', 'localhost')}. Give" in message
    assert SECRET not in message
    assert other.seen == []


# TLS


@pytest.fixture
def secure(serve: Callable[..., Odd], tmp_path: Path) -> Iterator[tuple[str, Path]]:
    """Give the address of a server with a certificate, and the file of who signed it."""
    import ssl

    authority = trustme.CA()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    file = tmp_path / "authority.pem"
    authority.cert_pem.write_to_path(str(file))

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            give()(self)

        def log_message(self, format: str, *args: object) -> None:
            pass

    class Server(ThreadingHTTPServer):
        def handle_error(self, request: object, client_address: object) -> None:
            pass

    server = Server(("127.0.0.1", 0), Handler)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    yield f"https://127.0.0.1:{server.server_port}/query", file
    server.shutdown()
    server.server_close()


def test_a_certificate_is_verified(
    secure: tuple[str, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    url, file = secure
    assert "its certificate cannot be trusted" in fail(url)
    monkeypatch.setenv("SSL_CERT_FILE", str(file))
    assert ask(url) is True
    assert "its certificate cannot be trusted" in fail(url.replace("127.0.0.1", "localhost"))


def test_plain_http_where_tls_is_wanted_is_told(serve: Callable[..., Odd]) -> None:
    odd = serve(give())
    assert "no TLS to be had" in fail(odd.url.replace("http:", "https:"))


# What is loaded


def test_nothing_of_it_is_loaded_unless_an_endpoint_is_asked() -> None:
    code = (
        "import sys, kg; from kg.cli import cli; cli(['ask', 'targets'], standalone_mode=False); "
        "print(sorted({'SPARQLWrapper', 'urllib.request', 'ssl'} & set(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60
    )
    assert done.stdout.splitlines()[-1] == "[]"


def test_a_broken_answer_leaves_nothing_of_the_engine_behind(serve: Callable[..., Odd]) -> None:
    odd = serve(give(ONE[:-1]))
    with pytest.raises(KgError, match="not whole") as caught:
        ask(odd.url, "SELECT ?x {}")
    # A frame of the parser's, kept alive here, would end with a fault in some other thread.
    assert caught.value.__context__ is None
