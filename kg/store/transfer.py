"""Connections with one deadline for everything, and bodies of bounded size.

All requests go through urllib, because SPARQLWrapper does and cannot use another client.
"""

import re
import urllib.request
import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from http.client import (
    HTTPConnection,
    HTTPException,
    HTTPResponse,
    HTTPSConnection,
    IncompleteRead,
    RemoteDisconnected,
)
from io import BufferedReader, RawIOBase
from socket import socket
from threading import Lock, get_ident
from time import monotonic
from typing import Any
from urllib.parse import urlsplit
from urllib.request import (
    HTTPErrorProcessor,
    HTTPHandler,
    HTTPSHandler,
    OpenerDirector,
    ProxyHandler,
    Request,
    build_opener,
    getproxies,
    install_opener,
    proxy_bypass,
)

from kg.display import escape_unprintable
from kg.errors import KgError
from kg.store.credentials import ASCII

LIMIT_VARIABLE = "KG_MAX_ANSWER_SIZE"
CHUNK = 1 << 16
LONGEST_LENGTH = 19  # digits of a Content-Length
MOST_CODINGS = 3
IDENTITY = ("", "identity")
GZIP = ("gzip", "x-gzip")
DEFLATE = "deflate"
GZIP_BITS, ZLIB_BITS, RAW_BITS = 31, 15, -15  # formats, as the argument `wbits` of zlib names them
_LOCK = Lock()


class BodyError(Exception):
    """A body that is not read, with the reason and what to do."""

    def __init__(self, problem: str, advice: str = "Try again.") -> None:
        super().__init__(problem, advice)
        self.problem, self.advice = problem, advice


class _TimedReader(RawIOBase):
    """Reads from a socket until a deadline, even if each byte comes in time."""

    def __init__(self, raw: RawIOBase, connection: socket, deadline: float) -> None:
        self._raw = raw
        self._connection = connection
        self._deadline = deadline

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int | None:
        left = self._deadline - monotonic()
        if left <= 0:
            raise TimeoutError
        self._connection.settimeout(left)
        return self._raw.readinto(buffer)

    def readall(self) -> bytes:
        # Only http.client asks for it, for a chunk of negative size.
        raise HTTPException("a chunk of negative size")

    def close(self) -> None:
        self._raw.close()
        super().close()


class _Reader(BufferedReader):
    """Reads a response. Its headers end with an empty line, and not with the connection."""

    in_headers = True

    def readline(self, size: int | None = -1, /) -> bytes:
        line = super().readline(size)
        if self.in_headers and not line:
            raise RemoteDisconnected("the headers are incomplete")
        return line


class _TimedResponse(HTTPResponse):
    """A response that is read until a deadline: status, headers and body."""

    def __init__(self, connection: socket, *args: object, deadline: float, **more: object) -> None:
        super().__init__(connection, *args, **more)  # type: ignore[arg-type]
        self._lines = _Reader(_TimedReader(self.fp.detach(), connection, deadline))
        self.fp = self._lines

    def begin(self) -> None:
        """Read status and headers."""
        super().begin()
        self._lines.in_headers = False


class _Connection(HTTPConnection):
    def __init__(self, host: str, *, timeout: float) -> None:
        super().__init__(host, timeout=timeout)
        self.response_class = partial(_TimedResponse, deadline=monotonic() + timeout)  # type: ignore[assignment]


class _SecureConnection(HTTPSConnection):
    def __init__(self, host: str, *, timeout: float) -> None:
        super().__init__(host, timeout=timeout)
        self.response_class = partial(_TimedResponse, deadline=monotonic() + timeout)  # type: ignore[assignment]


class _TimedHandler(HTTPHandler, HTTPSHandler):
    """Opens connections whose deadline is the timeout of the request."""

    def http_open(self, request: Request) -> HTTPResponse:
        return self.do_open(_Connection, request)  # type: ignore[arg-type]

    def https_open(self, request: Request) -> HTTPResponse:
        return self.do_open(_SecureConnection, request)  # type: ignore[arg-type]


class _AnyStatus(HTTPErrorProcessor):
    """Returns every response as it is, whatever its status.

    So urllib follows no redirect: it would send the Authorization header to the new host.
    """

    def http_response(self, request: Request, response: HTTPResponse) -> HTTPResponse:
        return response

    https_response = http_response


def make_opener(proxies: Mapping[str, str]) -> OpenerDirector:
    """Return an opener that uses the proxies, by scheme, and no others.

    TLS certificates are verified, with the authorities that Python trusts by default.
    """
    return build_opener(_AnyStatus, _TimedHandler, ProxyHandler(dict(proxies)))


class _Switch(OpenerDirector):
    """Opens the requests of some threads with their own openers, all others as `urlopen` would."""

    def __init__(self, previous: OpenerDirector | None) -> None:
        super().__init__()
        self.previous = previous
        self.own: dict[int, OpenerDirector] = {}

    def open(self, *arguments: Any, **options: Any) -> Any:
        opener = self.own.get(get_ident()) or self.previous or build_opener()
        return opener.open(*arguments, **options)


@contextmanager
def use_opener(opener: OpenerDirector) -> Iterator[None]:
    """Let `urlopen` use an opener in the block: in this thread, and in no other.

    Afterwards, the process has the opener that it had before, or one that was installed meanwhile.
    """
    with _LOCK:
        switch = urllib.request._opener  # type: ignore[attr-defined]
        if not isinstance(switch, _Switch):
            switch = _Switch(switch)
            install_opener(switch)
        switch.own[get_ident()] = opener
    try:
        yield
    finally:
        with _LOCK:
            del switch.own[get_ident()]
            if not switch.own and urllib.request._opener is switch:  # type: ignore[attr-defined]
                install_opener(switch.previous)


@dataclass(frozen=True)
class Proxy:
    """The proxy for an address; `name` is the address of the proxy, without user and password."""

    variable: str
    url: str = field(repr=False)
    name: str


def find_proxy(scheme: str, host: str) -> Proxy | None:
    """Return the proxy that the environment names for a scheme and a host with port, or None.

    Raises:
        KgError: it is not the address of an HTTP proxy.
    """
    url = getproxies().get(scheme, "").strip()
    if not url or proxy_bypass(host):
        return None
    variable = f"{scheme}_proxy"
    address = url if "://" in url else f"http://{url}"
    name = re.sub("//[^/]*@", "//", address)
    try:
        parts = urlsplit(address)
        is_valid = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        is_valid = False
    if not is_valid or not ASCII.fullmatch(url):
        raise KgError(
            f"{variable}: {escape_unprintable(name)} is not the address of an HTTP proxy. Set "
            f"{variable} to http://HOST:PORT, unset it, or add {host} to no_proxy.",
            exit_code=2,
        )
    return Proxy(variable, url, name)


def read_body(response: HTTPResponse, limit: int) -> bytes:
    """Return the body of a response, decompressed if it is compressed with gzip or deflate.

    The limit, in bytes, holds before and after decompression. No more is read.

    Raises:
        BodyError: the body is larger than the limit, or not compressed as announced.
        HTTPException, OSError: the body is incomplete, or does not come in time.
    """
    too_large = BodyError(
        f"the answer is larger than {limit:,} bytes",
        f"Narrow the query, or allow more with --max-answer-size or {LIMIT_VARIABLE}.",
    )
    if _find_length(response) > limit:
        raise too_large
    chunks, size = [], 0
    for chunk in _decode(response):
        size += len(chunk)
        if size > limit:
            raise too_large
        chunks.append(chunk)
    if response.length:
        raise IncompleteRead(b"", response.length)
    return b"".join(chunks)


def read_start(response: HTTPResponse, size: int) -> bytes:
    """Return the first bytes of a body, for a message; fewer if the rest cannot be read."""
    start = b""
    try:
        for chunk in _decode(response):
            start += chunk
            if len(start) >= size:
                break
    except IncompleteRead as error:
        start += error.partial
    except (BodyError, HTTPException, ConnectionError):
        pass
    return start[:size]


def _find_length(response: HTTPResponse) -> int:
    """Return the announced length of a body in bytes, or 0 if it is not announced."""
    given = set(response.headers.get_all("Content-Length", ()))
    if response.chunked or not given:
        return 0
    text = given.pop().strip()
    if given or not re.fullmatch("[0-9]+", text):
        raise HTTPException(f"Content-Length: {text[:CHUNK]}")
    # int() refuses a number of several thousand digits.
    return int(text.lstrip("0")[: LONGEST_LENGTH + 1] or "0")


def _decode(response: HTTPResponse) -> Iterator[bytes]:
    """Yield the body in chunks, without its Content-Encoding (RFC 9110, 8.4)."""
    # http.client knows no other transfer coding than chunked.
    given = response.headers.get("Transfer-Encoding", "") if not response.chunked else ""
    given += "," + ",".join(response.headers.get_all("Content-Encoding", ()))
    codings = [name.strip().lower() for name in given.split(",")]
    codings = [name for name in codings if name not in IDENTITY]
    unknown = [name for name in codings if name not in (*GZIP, DEFLATE)]
    if unknown or len(codings) > MOST_CODINGS:
        raise BodyError(
            f"the answer is compressed with {', '.join(unknown or codings)}",
            "kg reads gzip and deflate. Turn other compression off at the server or proxy.",
        )
    chunks = iter(lambda: response.read(CHUNK), b"")
    for coding in reversed(codings):
        chunks = _decompress(chunks, coding)
    return chunks


def _decompress(chunks: Iterator[bytes], coding: str) -> Iterator[bytes]:
    """Yield the decompressed data in chunks of a bounded size.

    Gzip may consist of several members (RFC 1952, 2.2). Deflate is the zlib format (RFC 1950), but
    some servers send it without the header and checksum of that format (RFC 1951).
    """
    decoder = None
    left = data = b""
    try:
        for chunk in chunks:
            left += chunk
            if coding == DEFLATE and not decoder and len(left) < 2:
                continue
            while left or (decoder and len(data) == CHUNK):
                decoder = decoder or zlib.decompressobj(_find_format(coding, left))
                data = decoder.decompress(left, CHUNK)
                if data:
                    yield data
                left = decoder.unconsumed_tail
                if decoder.eof:
                    left, decoder = decoder.unused_data.lstrip(b"\0"), None
    except zlib.error as error:
        problem = f"the answer is not valid {coding}: {error}"
    else:
        if not decoder and not left:
            return
        problem = f"the answer is incomplete: its {coding} data break off"
    raise BodyError(problem)


def _find_format(coding: str, start: bytes) -> int:
    if coding != DEFLATE:
        return GZIP_BITS
    # The header of zlib (RFC 1950, 2.2): method 8, and a multiple of 31.
    is_zlib = start[0] & 15 == 8 and int.from_bytes(start[:2]) % 31 == 0
    return ZLIB_BITS if is_zlib else RAW_BITS
