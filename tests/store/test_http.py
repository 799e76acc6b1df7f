"""Requests to servers that fail, redirect, are busy or slow; credentials and TLS."""

import gzip
import socket
import ssl
import threading
import urllib.request
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.request import (
    BaseHandler,
    OpenerDirector,
    Request,
    build_opener,
    install_opener,
    urlopen,
)

import pytest
import trustme

from kg.errors import KgError
from kg.store.engine import NARROW
from kg.store.http import ATTEMPTS, FIRST_WAIT, Client

JSON = "application/sparql-results+json"
TRUE = b'{"head":{},"boolean":true}'
SECRET = "s3cret-onion"  # noqa: S105  # of no account
CHUNKED = {"Content-Length": "", "Transfer-Encoding": "chunked"}
Serve = Callable[..., Any]

pytestmark = pytest.mark.usefixtures("no_credentials")


@pytest.fixture(autouse=True)
def waits(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The waits between attempts, in seconds, which tests do not wait for."""
    waits: list[float] = []
    monkeypatch.setattr("kg.store.http.sleep", waits.append)
    return waits


def send(url: str, timeout: int = 60, method: str = "GET") -> tuple[str, bytes]:
    client = Client(url, timeout)
    request = Request(client.url, headers=client.headers, method=method)  # noqa: S310
    reply = client.send(lambda seconds: urlopen(request, timeout=seconds), "test")  # noqa: S310
    return reply.kind, reply.body


def fail(url: str, timeout: int = 60, code: int = 1) -> str:
    """Return the message of the error that a request raises."""
    with pytest.raises(KgError) as caught:
        send(url, timeout)
    assert caught.value.exit_code == code, caught.value
    # The cause may contain an address with a key, or an answer.
    assert caught.value.__cause__ is caught.value.__context__ is None
    return str(caught.value)


def test_answer_has_media_type_and_body(serve: Serve) -> None:
    server = serve({"kind": "text/plain; charset=utf-8", "body": b"yes", "status": 201})
    assert send(server.url) == ("text/plain", b"yes")


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        ({"status": 404, "body": b""}, "404 Not Found. Oxigraph has /query"),
        ({"status": 406, "body": b""}, "406 Not Acceptable. Oxigraph has /query"),
        ({"status": 409, "body": b"Oh  no.\n"}, "409 Conflict: Oh no."),
        ({"status": 409, "body": b"x" * 5_000}, f"409 Conflict: {'x' * 300}…."),
        ({"status": 409, "body": b"x" * 50_000, "compress": gzip.compress}, f"{'x' * 300}…."),
        ({"status": 409, "body": b"a\x1b[31m\x00\xe2\x80\xaeb\xff"}, r"a\x1b[31m\x00\u202eb\xff."),
        ({"status": 409, "body": b"?", "headers": {"Content-Encoding": "br"}}, "409 Conflict."),
        ({"status": 206, "body": b"ha"}, "206 Partial Content: the server sent only a part"),
        ({"status": 300}, "300 Multiple Choices. Check the address."),
        ({"status": 999}, '999: {"head":{},"boolean":true}'),
        (
            {"status": 401, "body": b""},
            "401 Unauthorized. Set KG_ENDPOINT_USER and KG_",
        ),
    ],
)
def test_failed_answer_is_explained(serve: Serve, answer: dict[str, Any], message: str) -> None:
    if compress := answer.pop("compress", None):
        answer |= {"body": compress(answer["body"]), "headers": {"Content-Encoding": "gzip"}}
    server = serve(answer)
    shown = fail(server.url)
    assert shown.startswith(f"{server.url}: ")
    assert message in shown
    # It is not asked again by itself.
    assert len(server.requests) == 1


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        ({"headers": {"Content-Length": "200"}}, "the answer is incomplete: 174 bytes are missing"),
        ({"body": b'5\r\n{"hea', "headers": CHUNKED}, "the answer is incomplete. Try again."),
        ({"body": b"9\r\n{}", "headers": CHUNKED}, "the answer is incomplete. Try again."),
        ({"body": b"x\r\n{}", "headers": CHUNKED}, "the answer is incomplete. Try again."),
        ({"body": b"-1\r\n{}\r\n", "headers": CHUNKED}, "a chunk of negative size"),
        ({"headers": {"Content-Length": "-1"}}, "is not HTTP: Content-Length: -1. Correct"),
        ({"headers": {"Content-Length": "2x"}}, "is not HTTP: Content-Length: 2x. Correct"),
        ({"headers": {"X": "x" * 70_000}}, "is not HTTP: got more than 65536 bytes when reading"),
        (
            {"headers": {f"X-{n}": "x" for n in range(200)}},
            "got more than 100 headers",
        ),
    ],
)
def test_broken_http_is_explained(serve: Serve, answer: dict[str, Any], message: str) -> None:
    assert message in fail(serve(answer).url)


def test_rejected_request_has_exit_code_2(serve: Serve) -> None:
    server = serve({"status": 400, "body": b"error at 2:7"})
    assert fail(server.url, code=2) == f"test: {server.url} rejects it: error at 2:7"


def test_connection_that_fails_is_explained(find_port: Callable[[], int]) -> None:
    port = find_port()
    message = fail(f"http://127.0.0.1:{port}/query")
    assert f"no connection to 127.0.0.1:{port}: Connection refused. Start the server" in message
    assert "no connection to nobody.invalid: " in fail("http://nobody.invalid/query")


def test_server_that_does_not_speak_http_is_explained() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:

        def greet() -> None:
            connection, _ = server.accept()
            with connection:
                connection.sendall(b"220 mail.example.org ESMTP\r\n")
                connection.recv(65_536)

        threading.Thread(target=greet, daemon=True).start()
        message = fail(f"http://127.0.0.1:{server.getsockname()[1]}/query")
    assert "the answer is not HTTP: 220 mail.example.org ESMTP. Correct the address." in message


# --- deadlines --------------------------------------------------------------------------------


@pytest.mark.parametrize("slow", ["nothing", "headers", "body", "body of an error"])
def test_one_deadline_holds_for_the_complete_answer(serve: Serve, slow: str) -> None:
    """The server sends a byte from time to time, so that no single wait is long."""
    stop = threading.Event()

    def drip(handler: BaseHTTPRequestHandler) -> None:
        if slow.startswith("body"):
            handler.send_response(500 if "error" in slow else 200)
            handler.end_headers()
        elif slow == "headers":
            handler.wfile.write(b"HTTP/1.1 200 OK\r\nX: ")
        while not stop.wait(0.1):
            handler.wfile.write(b" " if slow != "nothing" else b"")
            handler.wfile.flush()

    try:
        message = fail(serve(drip).url, timeout=1)
    finally:
        stop.set()
    assert message.endswith(f"no complete answer within 1 second. {NARROW}")


# --- a busy or failing server -----------------------------------------------------------------


def drop(handler: BaseHTTPRequestHandler) -> None:
    """Close the connection without an answer."""


def reset(handler: BaseHTTPRequestHandler) -> None:
    """Reset the connection."""
    handler.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")


def cut_headers(handler: BaseHTTPRequestHandler) -> None:
    """Close the connection within the headers."""
    handler.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Le")


TEMPORARY = [
    *({"status": status, "headers": {"Retry-After": "0"}} for status in (429, 500, 502, 503, 504)),
    {"headers": {"Content-Length": "200"}},
    drop,
    cut_headers,
    reset,
]


@pytest.mark.parametrize("fault", TEMPORARY)
@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE", "POST"])
def test_request_is_repeated(serve: Serve, fault: Any, method: str) -> None:
    server = serve(fault, fault, fault, {})
    assert send(server.url, method=method) == (JSON, TRUE)
    assert len(server.requests) == ATTEMPTS == 4
    server = serve(fault)
    fail(server.url)
    assert len(server.requests) == ATTEMPTS


LATER = "Sat, 28 Nov 2026 12:00:07 GMT"
NOW = {"Date": "Sat, 28 Nov 2026 12:00:00 GMT"}
DOUBLED = [FIRST_WAIT, 2 * FIRST_WAIT, 4 * FIRST_WAIT]


@pytest.mark.parametrize(
    ("headers", "expected", "advice"),
    [
        ({"Retry-After": "7"}, [7.0] * 3, "Try again in 7 seconds."),
        ({"Retry-After": LATER, **NOW}, [7.0] * 3, "Try again in 7 seconds."),
        ({"Retry-After": NOW["Date"], "Date": LATER}, [0.0] * 3, "Try again in 0 seconds."),
        ({"Retry-After": "3600"}, [], "Try again in 3600 seconds."),
        ({"Retry-After": LATER.replace("2026", "2027"), **NOW}, [], " seconds."),
        ({}, DOUBLED, "Try again later."),
        ({"Retry-After": "soon"}, DOUBLED, "Try again later."),
        ({"Retry-After": "9" * 5_000}, DOUBLED, "Try again later."),
        ({"Retry-After": "Sat, 99 Nov 2026 12:00:07 GMT"}, DOUBLED, "Try again later."),
        ({"Retry-After": "-1"}, DOUBLED, "Try again later."),
    ],
)
def test_wait_between_attempts(
    serve: Serve,
    headers: dict[str, str],
    expected: list[float],
    advice: str,
    waits: list[float],
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level("INFO")
    lines = ["HTTP/1.1 503 Busy", *(f"{name}: {text}" for name, text in headers.items())]
    head = "\r\n".join([*lines, "Content-Length: 0", "", ""]).encode()
    server = serve(lambda handler: handler.wfile.write(head))
    assert fail(server.url).endswith(advice)
    assert waits == expected
    assert len(server.requests) == len(waits) + 1
    # Each wait is reported before it begins.
    ends = [text.partition("Attempt ")[2] for text in caplog.messages]
    assert ends == [f"{number} of 4 in {wait:g} seconds." for number, wait in enumerate(waits, 2)]


def test_attempts_and_waits_are_within_the_deadline(serve: Serve, waits: list[float]) -> None:
    server = serve({"status": 503, "headers": {"Retry-After": "20"}})
    assert "Try again in 20 seconds" in fail(server.url, timeout=10)
    assert waits == []
    assert len(server.requests) == 1


# --- credentials ------------------------------------------------------------------------------


def test_credentials_are_sent_without_being_asked_for(
    serve: Serve, monkeypatch: pytest.MonkeyPatch
) -> None:
    server = serve()
    send(server.url)
    monkeypatch.setenv("KG_ENDPOINT_TOKEN", SECRET)
    send(server.url)
    assert [r.headers.get("authorization") for r in server.requests] == [None, f"Bearer {SECRET}"]


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_no_redirect_is_followed(
    serve: Serve, monkeypatch: pytest.MonkeyPatch, status: int, method: str
) -> None:
    other = serve()
    shown = other.url.replace("127.0.0.1", "localhost")
    location = shown.replace("localhost", f"anne:{SECRET}@localhost")
    server = serve({"status": status, "headers": {"Location": f"{location}?x=1"}})
    monkeypatch.setenv("KG_ENDPOINT_TOKEN", "token")
    with pytest.raises(KgError) as caught:
        send(server.url, method=method)
    assert f"{shown}. Use that address if you trust it." in str(caught.value)
    assert SECRET not in str(caught.value)
    assert len(server.requests) == 1
    assert other.requests == []


def test_no_secret_is_in_a_message(serve: Serve, monkeypatch: pytest.MonkeyPatch) -> None:
    def echo(handler: BaseHTTPRequestHandler) -> None:
        text = f"{handler.headers['Authorization']} {SECRET} {handler.path}".encode()
        handler.send_response(500)
        handler.send_header("Content-Length", str(len(text)))
        handler.end_headers()
        handler.wfile.write(text)

    server = serve(echo)
    monkeypatch.setenv("KG_ENDPOINT_USER", "anne")
    monkeypatch.setenv("KG_ENDPOINT_PASSWORD", SECRET)
    url = f"{server.url}?apikey={SECRET[::-1]}"
    assert fail(url).endswith(": Basic *** *** /query?***.")
    assert server.requests[0].path.endswith(SECRET[::-1])
    client = Client(url)
    assert SECRET not in client.name
    assert SECRET not in repr({k: v for k, v in vars(client).items() if k != "url"})
    assert SECRET[::-1] not in client.name


# --- the rest of the process ------------------------------------------------------------------


class Header(BaseHandler):
    """A handler of a program that uses kg: it adds a header to its requests."""

    def http_request(self, request: Request) -> Request:
        request.add_header("X-Own", "yes")
        return request


def read(url: str) -> bytes:
    """Return what a program that uses kg reads, without a timeout of its own."""
    with urlopen(url) as response:  # noqa: S310
        return bytes(response.read())


def find_opener() -> OpenerDirector | None:
    return urllib.request._opener  # type: ignore[attr-defined, no-any-return]


@pytest.fixture(params=["no opener", "an opener"])
def opener(
    request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> OpenerDirector | None:
    """The opener of the process, or None if the program has installed none."""
    opener = build_opener(Header) if request.param == "an opener" else None
    monkeypatch.setattr("urllib.request._opener", opener)
    return opener


@pytest.mark.parametrize("status", [200, 302, 500])
def test_opener_of_the_process_is_that_of_before(
    serve: Serve, opener: OpenerDirector | None, status: int
) -> None:
    client = Client(serve({"status": status}).url)
    with suppress(KgError):
        client.send(lambda seconds: urlopen(client.url, timeout=seconds), "test")  # noqa: S310
    assert find_opener() is opener
    target = serve({"body": b"target"})
    assert read(serve({"status": 302, "headers": {"Location": target.url}}).url) == b"target"
    assert target.requests[0].headers.get("x-own") == ("yes" if opener else None)
    with pytest.raises(HTTPError) as caught:
        read(serve({"status": 500}).url)
    caught.value.close()


def test_proxies_of_the_process_are_those_of_before(
    serve: Serve, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("urllib.request._opener", None)
    monkeypatch.setenv("http_proxy", serve({"body": b"proxy"}).url.removesuffix("/query"))
    assert send(serve({"body": b"server"}).url)[1] == b"server"
    assert read("http://example.invalid/") == b"proxy"


def test_requests_of_other_threads_are_handled_as_usual_meanwhile(
    serve: Serve, opener: OpenerDirector | None
) -> None:
    """While two requests of kg are under way, one after another ends, and one is abandoned."""
    target = serve({"body": b"target"})
    redirect = serve({"status": 302, "headers": {"Location": target.url}})
    ends = [threading.Event() for _ in range(3)]
    arrived = threading.Semaphore(0)

    def wait(end: threading.Event) -> Callable[[BaseHTTPRequestHandler], None]:
        def answer(handler: BaseHTTPRequestHandler) -> None:
            arrived.release()
            end.wait(600)
            handler.send_response(204)
            handler.end_headers()

        return answer

    with ThreadPoolExecutor() as pool:
        urls = [serve(wait(end)).url for end in ends]
        sent = [pool.submit(send, url, 60) for url in urls[:2]]
        with pytest.raises(KgError):
            send(urls[2], 1)
        for _ in urls:
            assert arrived.acquire(timeout=600)
        assert read(redirect.url) == b"target"
        for end, future in zip(ends, sent, strict=False):
            end.set()
            assert future.result(600) == ("text/plain", b"")
            assert read(redirect.url) == b"target"
    ends[2].set()
    headers = [request.headers.get("x-own") for request in target.requests]
    assert headers == ["yes" if opener else None] * 3


def test_opener_that_is_installed_during_a_request_stays(
    serve: Serve, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("urllib.request._opener", None)
    own = build_opener(Header)

    def install(handler: BaseHTTPRequestHandler) -> None:
        install_opener(own)
        handler.send_response(204)
        handler.end_headers()

    send(serve(install).url)
    assert find_opener() is own


# --- proxies ----------------------------------------------------------------------------------


def test_loopback_needs_no_proxy_and_other_hosts_use_it(
    serve: Serve, monkeypatch: pytest.MonkeyPatch
) -> None:
    proxy = serve({"body": b"proxy"})
    monkeypatch.setenv("http_proxy", f" {proxy.url.removesuffix('/query')}\n")
    assert send(serve({"body": b"server"}).url)[1] == b"server"
    assert send("http://example.invalid/query")[1] == b"proxy"
    assert [request.path for request in proxy.requests] == ["http://example.invalid/query"]
    monkeypatch.setenv("no_proxy", "example.invalid")
    assert "no connection to example.invalid: " in fail("http://example.invalid/query")


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_proxy_without_an_answer_is_named(
    scheme: str, monkeypatch: pytest.MonkeyPatch, find_port: Callable[[], int]
) -> None:
    proxy = f"127.0.0.1:{find_port()}"
    monkeypatch.setenv(f"{scheme}_proxy", f"http://anne:{SECRET}@{proxy}")
    message = fail(f"{scheme}://example.invalid/query")
    assert f"no connection through the proxy http://{proxy} ({scheme}_proxy) to" in message
    assert f"Start the proxy, set {scheme}_proxy to" in message
    assert SECRET not in message


@pytest.mark.parametrize("status", [401, 403, 404, 406, 407, 408, 410, 418, 501, 503])
def test_beginning_of_what_the_server_sent_is_shown(serve: Serve, status: int) -> None:
    message = fail(serve({"status": status, "body": b"<title>Log in first</title>"}).url)
    assert f"{status} " in message
    assert "Log in first" in message


def test_proxy_on_the_way_that_asks_for_credentials(serve: Serve) -> None:
    assert "set http_proxy or https_proxy" in fail(serve({"status": 407}).url)


@pytest.mark.parametrize("status", [407, 403, 502])
def test_proxy_that_refuses_is_named(
    serve: Serve, monkeypatch: pytest.MonkeyPatch, status: int
) -> None:
    proxy = serve({"status": status, "body": b"no"}).url.removesuffix("/query")
    monkeypatch.setenv("http_proxy", proxy)
    assert f"{status} " in fail("http://example.invalid/query")
    assert f"through the proxy {proxy} (http_proxy)" in fail("http://example.invalid/query")
    with socket.create_server(("127.0.0.1", 0)) as server:

        def refuse() -> None:
            connection, _ = server.accept()
            with connection:
                connection.recv(65_536)
                connection.sendall(f"HTTP/1.0 {status} No\r\n\r\n".encode())

        threading.Thread(target=refuse, daemon=True).start()
        address = f"http://127.0.0.1:{server.getsockname()[1]}"
        monkeypatch.setenv("https_proxy", address)
        message = fail("https://example.invalid/query")
    assert f"no connection through the proxy {address} (https_proxy) to example.invalid" in message
    assert f"failed: {status} No" in message


@pytest.mark.parametrize(
    "proxy",
    ["socks5h://127.0.0.1:1080", "://", "http://", "http://h:port", "h:99999", "http://h ü"],
)
@pytest.mark.parametrize("scheme", ["http", "https"])
def test_address_of_another_kind_of_proxy_is_a_usage_error(
    monkeypatch: pytest.MonkeyPatch, proxy: str, scheme: str
) -> None:
    monkeypatch.setenv(f"{scheme}_proxy", proxy)
    with pytest.raises(KgError, match=f"^{scheme}_proxy: .* is not the address of an") as caught:
        Client(f"{scheme}://example.invalid/query")
    assert caught.value.exit_code == 2


# --- TLS --------------------------------------------------------------------------------------


def test_certificate_is_verified(
    serve: Serve, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    authority = trustme.CA()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    authority.cert_pem.write_to_path(str(tmp_path / "authority.pem"))
    url = serve(context=context).url
    assert "CERTIFICATE_VERIFY_FAILED" in fail(url)
    assert "Set SSL_CERT_FILE" in fail(url)
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "authority.pem"))
    assert send(url) == (JSON, TRUE)
    message = fail(url.replace("127.0.0.1", "localhost"))
    assert "TLS failed: " in message
    assert "Use the name that is in the server's certificate" in message


def test_expired_certificate_is_explained(
    serve: Serve, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    authority = trustme.CA()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    past = datetime(2000, 1, 1, tzinfo=UTC)
    authority.issue_cert("127.0.0.1", not_before=past, not_after=past).configure_cert(context)
    authority.cert_pem.write_to_path(str(tmp_path / "authority.pem"))
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "authority.pem"))
    assert "Correct the clock of this machine, or renew" in fail(serve(context=context).url)


def test_https_to_a_server_without_it_is_explained(serve: Serve) -> None:
    url = serve().url.replace("http:", "https:")
    assert "TLS failed: " in fail(url)
    assert "Does the server use https at this port?" in fail(url)
