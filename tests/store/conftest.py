"""Servers that answer as a test wants, and record the requests."""

import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

JSON = "application/sparql-results+json"
TRUE = b'{"head":{},"boolean":true}'


@dataclass(frozen=True)
class SentRequest:
    """A request as the server received it; the names of headers are in lower case."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def parameters(self) -> dict[str, list[str]]:
        """The parameters in the address, or else in the body."""
        return parse_qs(self.body.decode() or urlsplit(self.path).query, keep_blank_values=True)


@dataclass
class RecordingServer:
    """The address of a running server, and the requests so far."""

    url: str
    requests: list[SentRequest] = field(default_factory=list)


class QuietServer(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: object, client_address: object) -> None:
        """Print nothing when a client breaks off."""


def send_answer(
    handler: BaseHTTPRequestHandler,
    body: bytes = TRUE,
    kind: str = JSON,
    status: int = 200,
    headers: dict[str, str] | None = None,
) -> None:
    """Send an answer; a header that is given as "" is left out."""
    sent = {"Content-Type": kind, "Content-Length": str(len(body)), **(headers or {})}
    handler.send_response(status)
    for name, value in sent.items():
        if value:
            handler.send_header(name, value)
    handler.end_headers()
    handler.wfile.write(body)


@pytest.fixture
def serve() -> Iterator[Callable[..., RecordingServer]]:
    """Return a function that starts a server with the given answers.

    An answer is a dict of arguments of `send_answer`, or a function that is called with the
    request handler. Answers are given in turn, the last one again and again.
    """
    with ExitStack() as stack:

        def start(*answers: Any, context: ssl.SSLContext | None = None) -> RecordingServer:
            left = list(answers) or [{}]

            class Handler(BaseHTTPRequestHandler):
                protocol_version = "HTTP/1.1"

                def handle_request(self) -> None:
                    body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
                    headers = {name.lower(): value for name, value in self.headers.items()}
                    request = SentRequest(self.command, self.path, headers, body)
                    recording.requests.append(request)
                    self.close_connection = True
                    answer = left.pop(0) if len(left) > 1 else left[0]
                    if callable(answer):
                        answer(self)
                    else:
                        send_answer(self, **answer)

                do_GET = do_POST = do_PUT = do_DELETE = handle_request  # noqa: N815

                def log_message(self, format: str, *args: object) -> None:
                    """Print nothing."""

            server = QuietServer(("127.0.0.1", 0), Handler)
            if context:
                server.socket = context.wrap_socket(server.socket, server_side=True)
            threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
            stack.callback(server.server_close)
            stack.callback(server.shutdown)
            scheme = "https" if context else "http"
            recording = RecordingServer(f"{scheme}://127.0.0.1:{server.server_port}/query")
            return recording

        yield start
