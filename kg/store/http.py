"""HTTP to one address: with a deadline, patience where it is asked for, and plain words."""

import re
import socket
import ssl
import time
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from http.client import HTTPException, HTTPMessage, HTTPResponse
from typing import TypeVar, cast
from urllib.error import URLError
from urllib.request import (
    HTTPHandler,
    HTTPSHandler,
    OpenerDirector,
    ProxyHandler,
    Request,
    UnknownHandler,
)

from kg.errors import KgError
from kg.store.credentials import (
    PASSWORD,
    TOKEN,
    USER,
    find_credentials,
    is_loopback,
    redact_address,
    split_address,
)

T = TypeVar("T")
TIMEOUT = 60.0
TRIES = 4
BACKOFF = 0.5
LONGEST_WAIT = 30.0
CHUNK = 1 << 16
QUOTED = 300
BUSY = (429, 503)
PAGES = ("text/html", "application/xhtml+xml")
MARKS = re.compile(r"<(style|script)\b.*?</\1>|</?[a-zA-Z!][^<>]*>", re.DOTALL)
QUERY_PATHS = (
    "Oxigraph is asked at /query, Fuseki at /<dataset>/query, GraphDB at /repositories/<name>, "
    "Virtuoso at /sparql. Correct the address."
)


@dataclass(frozen=True)
class Reply:
    """A whole answer: its media type without parameters, and its bytes."""

    kind: str
    body: bytes


class Client:
    """HTTP to one address; `paths` is said where nothing is found there.

    No redirect is followed: credentials never go to another host, and a query that is sent by
    POST is never lost on the way.
    """

    def __init__(self, url: str, timeout: float = TIMEOUT, paths: str = QUERY_PATHS) -> None:
        """Find out who asks.

        Raises:
            KgError: see `find_credentials`.
        """
        parts = split_address(url)
        host = parts.hostname or ""
        self.url = url.partition("#")[0]
        self.name = redact_address(url)
        self._timeout = timeout
        self._paths = paths
        self._credentials = find_credentials(url)
        self._opener = OpenerDirector()
        # No proxy to oneself. TLS with the certificate verified is the default context's way; to
        # read all authorities takes it a while, which plain http need not wait for.
        proxies = ProxyHandler({}) if is_loopback(host) else ProxyHandler()
        for handler in (proxies, HTTPHandler(), UnknownHandler()):
            self._opener.add_handler(handler)
        if parts.scheme == "https":
            self._opener.add_handler(HTTPSHandler(context=ssl.create_default_context()))

    def send(self, request: Request, where: str) -> Reply:
        """Return the whole answer to a request; `where` names what it holds.

        Raises:
            KgError: there is none; exit code 2 where the server refuses what was sent.
        """
        return self.read(self.open(request, where))

    def open(self, request: Request, where: str) -> HTTPResponse:
        """Return the answer to a request as soon as its head is there.

        Where the server is busy (429, 503) the request goes out again, up to four times, after
        the time the server asks for (Retry-After, RFC 9110, 10.2.3).

        Raises:
            KgError: see `send`.
        """
        if self._credentials.header:
            request.add_unredirected_header("Authorization", self._credentials.header)
        for number in range(1, TRIES + 1):
            response = self._open_once(request)
            if 200 <= response.status < 300:
                return response
            with response:
                if response.status not in BUSY or number == TRIES:
                    raise self._explain_status(response, where)
                wait = measure_wait(response.headers, number)
                if wait > LONGEST_WAIT:
                    raise self._fail(f"busy for {wait:.0f} seconds more. Ask again then.")
            time.sleep(wait)
        raise AssertionError("the last try returns or raises")

    def read(self, response: HTTPResponse) -> Reply:
        """Return the whole of an answer.

        Raises:
            KgError: it breaks off, or does not end in time.
        """
        deadline = time.monotonic() + self._timeout
        length = response.headers.get("Content-Length", "")
        wanted = int(length) if length.isascii() and length.isdecimal() else None
        body = bytearray()
        with response:
            while wanted is None or len(body) < wanted:
                rest = CHUNK if wanted is None else min(CHUNK, wanted - len(body))
                if time.monotonic() > deadline:
                    raise self._fail_late()
                chunk = self._guard(lambda n=rest: response.read1(n))  # type: ignore[misc]
                if not chunk:
                    break
                body += chunk
        if wanted is not None and len(body) < wanted:
            raise self.fail_broken(f"{len(body)} of {wanted} bytes came")
        return Reply(response.headers.get_content_type(), bytes(body))

    def fail_broken(self, why: str) -> KgError:
        """Return the error of an answer that is not whole, or not what it is said to be."""
        return self._fail(f"the answer is not whole: {self._quote(why)}. Ask again, or for less.")

    def fail_kind(self, reply: Reply, wanted: str) -> KgError:
        """Return the error of an answer of another media type."""
        what = "a web page" if reply.kind in PAGES else reply.kind
        return self._fail(f"the answer is {what}, not {wanted}. {self._paths}")

    def _fail(self, what: str) -> KgError:
        return KgError(f"{self.name}: {what}")

    def _fail_late(self) -> KgError:
        return self._fail(f"no whole answer within {self._timeout:g} seconds. Ask for less.")

    def _open_once(self, request: Request) -> HTTPResponse:
        response = self._guard(lambda: self._opener.open(request, timeout=self._timeout))
        return cast(HTTPResponse, response)

    def _guard(self, work: Callable[[], T]) -> T:
        """Return what work gives; say in plain words what went wrong on the way."""
        try:
            return work()
        except (URLError, HTTPException, OSError) as error:
            reason = error.reason if isinstance(error, URLError) else error
            raise self._explain(reason) from None

    def _explain(self, reason: object) -> KgError:
        host = split_address(self.url).netloc
        if isinstance(reason, TimeoutError):
            return self._fail_late()
        if isinstance(reason, ssl.SSLCertVerificationError):
            return self._fail(
                f"its certificate cannot be trusted ({self._quote(reason.verify_message)}). "
                "Name the file of the authority that signed it in SSL_CERT_FILE."
            )
        if isinstance(reason, ssl.SSLError):
            return self._fail(f"no TLS to be had ({reason.reason}). Is it https at all?")
        if isinstance(reason, socket.gaierror):
            return self._fail(f"there is no host {host}. Correct the address.")
        if isinstance(reason, ConnectionRefusedError):
            return self._fail(f"nothing listens at {host}. Start the server, or correct the port.")
        if isinstance(reason, HTTPException):
            return self.fail_broken(type(reason).__name__)
        said = reason.strerror if isinstance(reason, OSError) else None
        return self._fail(f"no connection ({said or self._quote(str(reason))}). Is it up?")

    def _explain_status(self, response: HTTPResponse, where: str) -> KgError:
        status = response.status
        text = self._guard(lambda: response.read(CHUNK)).decode("utf-8", "replace")
        if response.headers.get_content_type() in PAGES:
            text = MARKS.sub(" ", text)
        said = self._quote(text)
        if status == 400:
            return KgError(f"{where}: {self.name} refuses it: {said}", exit_code=2)
        if status in (401, 403):
            who = "is not let in" if self._credentials.header else "has to say who asks"
            return self._fail(
                f"{status}: who asks {who}. Set {USER} and {PASSWORD}, or {TOKEN}, or use netrc."
            )
        if 300 <= status < 400:
            target = re.sub("//[^/@]*@", "//", response.headers.get("Location", "elsewhere"))
            moved = self._quote(redact_address(target))
            return self._fail(f"{status}: moved to {moved}. Give that address if you trust it.")
        if status in (404, 405, 406, 410, 501):
            return self._fail(f"{status}: no answers at this path. {self._paths}")
        if status in BUSY:
            return self._fail(f"{status}: still busy after {TRIES} tries. Ask again later.")
        if status in (408, 504):
            return self._fail(f"{status}: the server gave up. Ask for less.")
        return self._fail(f"{status}: {said or response.reason}")

    def _quote(self, text: str) -> str:
        """Return what a server says: in one line, without control characters and secrets."""
        text = " ".join(text.split())
        shown = "".join(c for c in text if unicodedata.category(c)[0] != "C")
        shown = self._credentials.redact(shown)
        return shown if len(shown) <= QUOTED else f"{shown[:QUOTED]}…"


def measure_wait(headers: HTTPMessage, number: int) -> float:
    """Return how many seconds to wait after a try, counted from 1.

    It is as long as Retry-After says, in seconds or as a date, or else twice as long each time.

    >>> headers = HTTPMessage()
    >>> measure_wait(headers, 1), measure_wait(headers, 3)
    (0.5, 2.0)
    >>> headers["Retry-After"] = "7"
    >>> measure_wait(headers, 1)
    7.0
    """
    asked = headers.get("Retry-After", "").strip()
    if asked.isascii() and asked.isdecimal():
        return float(asked)
    try:
        then = parsedate_to_datetime(asked)
    except ValueError:
        return BACKOFF * 2.0 ** (number - 1)
    if then.tzinfo is None:
        then = then.replace(tzinfo=UTC)
    return max(0.0, (then - datetime.now(UTC)).total_seconds())
