"""Requests to servers that fail, redirect, are busy or slow; credentials and TLS."""

import socket
import ssl
import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest
import trustme

from kg.errors import KgError
from kg.store.http import ATTEMPTS, FIRST_WAIT, Client

JSON = "application/sparql-results+json"
TRUE = b'{"head":{},"boolean":true}'
SECRET = "s3cret-onion"  # noqa: S105  # of no account
Serve = Callable[..., Any]

pytestmark = pytest.mark.usefixtures("no_credentials")


def send(url: str, timeout: int = 60, method: str = "GET") -> tuple[str, bytes]:
    client = Client(url, timeout)
    request = Request(client.url, headers=client.headers, method=method)  # noqa: S310
    return client.send(lambda: urlopen(request, timeout=timeout), "test")  # noqa: S310


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
        ({"status": 404}, "404 Not Found. Oxigraph has /query"),
        ({"status": 406}, "406 Not Acceptable. Oxigraph has /query"),
        ({"status": 500, "body": b"Oh  no.\n"}, "500 Internal Server Error: Oh no."),
        ({"status": 500, "body": b"x" * 5_000}, f"500 Internal Server Error: {'x' * 273}…."),
        ({"status": 500, "body": b"a\x1b[31m\x00b"}, "500 Internal Server Error: a[31mb."),
        ({"status": 504}, "504 Gateway Timeout. Ask for less."),
        ({"status": 401}, "401 Unauthorized. Set KG_ENDPOINT_USER and KG_ENDPOINT_PASSWORD"),
        ({"headers": {"Content-Length": "200"}}, "IncompleteRead(26 bytes read, 174 more"),
        ({"headers": {"Content-Length": "9" * 19}}, "IncompleteRead(26 bytes read, "),
        (
            {
                "body": b'5\r\n{"hea',
                "headers": {"Content-Length": "", "Transfer-Encoding": "chunked"},
            },
            "the answer is incomplete or not HTTP: IncompleteRead",
        ),
    ],
)
def test_failed_answer_is_explained(serve: Serve, answer: dict[str, Any], message: str) -> None:
    server = serve(answer)
    assert fail(server.url).startswith(f"{server.url}: ")
    assert message in fail(server.url)
    # It is not asked again by itself.
    assert len(server.requests) == 2


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
    assert "not HTTP: BadStatusLine('220 mail" in message


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
    assert message.endswith("no complete answer within 1 seconds. Ask for less.")


# --- a busy server ----------------------------------------------------------------------------


def test_busy_server_is_asked_again(serve: Serve) -> None:
    busy = [{"status": status, "headers": {"Retry-After": "0"}} for status in (429, 503, 429)]
    server = serve(*busy, {})
    assert send(server.url) == (JSON, TRUE)
    assert len(server.requests) == ATTEMPTS == 4


@pytest.mark.parametrize(
    ("header", "waits"),
    [("7", [7.0] * 3), ("", [FIRST_WAIT, 2 * FIRST_WAIT, 4 * FIRST_WAIT]), ("3600", [])],
)
def test_wait_between_attempts(
    serve: Serve, header: str, waits: list[float], monkeypatch: pytest.MonkeyPatch
) -> None:
    slept: list[float] = []
    monkeypatch.setattr("kg.store.http.sleep", slept.append)
    server = serve({"status": 503, "headers": {"Retry-After": header}})
    next_wait = header or f"{8 * FIRST_WAIT:.0f}"
    assert fail(server.url).endswith(f"503 Service Unavailable. Try again in {next_wait} seconds.")
    assert slept == waits
    assert len(server.requests) == len(waits) + 1


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


def test_other_requests_of_the_process_are_handled_as_usual(serve: Serve) -> None:
    target = serve({"body": b"target"})
    redirect = serve({"status": 302, "headers": {"Location": target.url}})
    send(target.url)
    with urlopen(redirect.url, timeout=60) as response:  # noqa: S310
        assert response.read() == b"target"
    with pytest.raises(HTTPError) as caught:
        urlopen(serve({"status": 500}).url, timeout=60)  # noqa: S310
    caught.value.close()


def test_loopback_needs_no_proxy_and_other_hosts_use_it(
    serve: Serve, monkeypatch: pytest.MonkeyPatch
) -> None:
    proxy = serve({"body": b"proxy"})
    monkeypatch.setenv("http_proxy", proxy.url.removesuffix("/query"))
    assert send(serve({"body": b"server"}).url)[1] == b"server"
    assert send("http://example.invalid/query")[1] == b"proxy"
    assert [request.path for request in proxy.requests] == ["http://example.invalid/query"]


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
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "authority.pem"))
    assert send(url) == (JSON, TRUE)
    assert "TLS failed: [SSL: CERTIFICATE_VERIFY_FAILED]" in fail(
        url.replace("127.0.0.1", "localhost")
    )


def test_https_to_a_server_without_it_is_explained(serve: Serve) -> None:
    url = serve().url.replace("http:", "https:")
    assert "TLS failed: " in fail(url)
    assert "Does the server use https?" in fail(url)
