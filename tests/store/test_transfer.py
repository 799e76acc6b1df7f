"""Bodies that are compressed, too large, or never end."""

import gzip
import threading
import zlib
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler
from typing import Any
from urllib.request import Request, urlopen

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.errors import KgError
from kg.store.engine import NARROW
from kg.store.http import Client, Reply, parse_size
from kg.store.transfer import CHUNK, DEFLATE, GZIP, BodyError, _decompress

LIMIT = 1_000_000
# What a server can have sent before it notices that the client is gone: the buffers of sockets.
BUFFERS = 30_000_000
TEXT = "深圳 0123456789 ".encode() * 20_000
Serve = Callable[..., Any]

pytestmark = pytest.mark.usefixtures("no_credentials")


def compress_raw(data: bytes) -> bytes:
    compressor = zlib.compressobj(wbits=-15)
    return compressor.compress(data) + compressor.flush()


def fetch(url: str, limit: str | None = None, timeout: int = 60) -> Reply:
    client = Client(url, timeout, max_answer_size=limit)
    request = Request(url, headers=client.headers)  # noqa: S310
    return client.send(lambda seconds: urlopen(request, timeout=seconds), "test")  # noqa: S310


def fail(url: str, limit: str | None = None, timeout: int = 60) -> str:
    with pytest.raises(KgError) as caught:
        fetch(url, limit, timeout)
    assert caught.value.__cause__ is caught.value.__context__ is None
    return str(caught.value)


# --- compressed -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("coding", "body"),
    [
        ("gzip", gzip.compress(TEXT, mtime=0)),
        ("X-GZip", gzip.compress(TEXT, mtime=0)),
        (
            "gzip",
            gzip.compress(TEXT[:1_000], mtime=0)
            + gzip.compress(TEXT[1_000:], mtime=0)
            + b"\0" * 10,
        ),
        ("deflate", zlib.compress(TEXT)),
        ("deflate", compress_raw(TEXT)),
        ("deflate", compress_raw(b"")),
        ("gzip, identity , deflate", zlib.compress(gzip.compress(TEXT, mtime=0))),
        ("identity", TEXT),
        ("", TEXT),
    ],
)
@pytest.mark.parametrize("chunked", [False, True])
def test_compressed_answer_is_read(serve: Serve, coding: str, body: bytes, chunked: bool) -> None:
    headers = {"Content-Encoding": coding}
    sent = body
    if chunked:
        headers |= {"Content-Length": "", "Transfer-Encoding": "chunked"}
        parts = [body[:1], body[1:100], body[100:]]
        sent = (
            b"".join(b"%x\r\n%b\r\n" % (len(part), part) for part in parts if part) + b"0\r\n\r\n"
        )
    expected = b"" if body == compress_raw(b"") else TEXT
    assert fetch(serve({"body": sent, "headers": headers}).url).body == expected


@pytest.mark.parametrize(
    ("headers", "body", "message"),
    [
        ({"Content-Encoding": "br"}, b"?", "the answer is compressed with br. kg reads gzip and"),
        ({"Content-Encoding": "zstd"}, b"?", "the answer is compressed with zstd. kg reads"),
        ({"Content-Encoding": "gzip, br"}, b"?", "the answer is compressed with br. kg reads"),
        ({"Transfer-Encoding": "gzip, chunked"}, b"?", "the answer is compressed with chunked."),
        ({"Content-Encoding": ",".join(["gzip"] * 4)}, b"?", "compressed with gzip, gzip, gzip,"),
        ({"Content-Encoding": "gzip"}, b"{}", "the answer is not valid gzip: Error -3"),
        ({"Content-Encoding": "deflate"}, b"\xff{}", "the answer is not valid deflate: Error -3"),
        (
            {"Content-Encoding": "gzip"},
            gzip.compress(TEXT, mtime=0) + b"error",
            "the answer is not valid gzip",
        ),
        (
            {"Content-Encoding": "gzip"},
            gzip.compress(TEXT, mtime=0)[:-1],
            "its gzip data break off",
        ),
        ({"Content-Encoding": "deflate"}, zlib.compress(TEXT)[:-1], "its deflate data break off"),
        ({"Content-Encoding": "deflate"}, b"x", "its deflate data break off"),
    ],
)
def test_other_compression_is_explained(
    serve: Serve, headers: dict[str, str], body: bytes, message: str
) -> None:
    assert message in fail(serve({"body": body, "headers": headers}).url)


@given(
    st.sampled_from([(GZIP[0], gzip.compress), (DEFLATE, zlib.compress), (DEFLATE, compress_raw)]),
    st.binary(max_size=300),
    st.integers(1, 5_000),
    st.integers(1, 50),
)
def test_data_in_any_pieces_are_decompressed(
    form: tuple[str, Callable[[bytes], bytes]], data: bytes, times: int, size: int
) -> None:
    coding, compress = form
    whole = compress(data * times)
    pieces = (whole[start : start + size] for start in range(0, len(whole), size))
    chunks = list(_decompress(pieces, coding))
    assert b"".join(chunks) == data * times
    assert max(map(len, chunks), default=0) <= CHUNK
    with pytest.raises(BodyError, match="break off"):
        list(_decompress(iter([whole[:-1]]), coding))


@given(st.sampled_from([GZIP[0], DEFLATE]), st.binary(min_size=1, max_size=200))
def test_other_data_are_an_error_or_decompressed(coding: str, data: bytes) -> None:
    try:
        list(_decompress(iter([data]), coding))
    except BodyError:
        pass


# --- too large, or endless --------------------------------------------------------------------


class Sender:
    """An answer without end; `sent` counts its bytes."""

    def __init__(self, head: str, piece: bytes) -> None:
        self.head = f"HTTP/1.1 {head}".encode()
        self.piece = piece
        self.sent = 0
        self.ended = threading.Event()

    def __call__(self, handler: BaseHTTPRequestHandler) -> None:
        try:
            handler.wfile.write(self.head)
            while self.sent < 3 * BUFFERS:
                handler.wfile.write(self.piece)
                self.sent += len(self.piece)
        except OSError:
            pass
        finally:
            self.ended.set()


BLOCK = b" " * 50_000
BOMB = gzip.compress(bytes(20_000_000), mtime=0)


@pytest.mark.parametrize(
    ("head", "piece", "message"),
    [
        ("200 OK\r\n\r\n", BLOCK, "larger than 1,000,000 bytes"),
        ("200 OK\r\nContent-Length: 1000000000\r\n\r\n", BLOCK, "larger than 1,000,000 bytes"),
        (f"200 OK\r\nContent-Length: {'9' * 5_000}\r\n\r\n", BLOCK, "larger than 1,000,000 bytes"),
        (
            "200 OK\r\nTransfer-Encoding: chunked\r\n\r\n",
            b"%x\r\n%b\r\n" % (len(BLOCK), BLOCK),
            "larger than 1,000,000 bytes",
        ),
        (
            "200 OK\r\nTransfer-Encoding: chunked\r\n\r\n",
            b"-1\r\n" + BLOCK,
            "a chunk of negative size",
        ),
        ("200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", BLOCK, "got more than 65536 bytes"),
        ("200 OK\r\nContent-Encoding: gzip\r\n\r\n", BOMB, "larger than 1,000,000 bytes"),
        ("200 OK\r\nX: ", BLOCK, "got more than 65536 bytes"),
        ("200 OK\r\n", b"X: y\r\n" * 10_000, "got more than 100 headers"),
        ("409 Conflict\r\n\r\n", BLOCK, "409 Conflict"),
        ("409 Conflict\r\nContent-Encoding: gzip\r\n\r\n", BOMB, "409 Conflict"),
        ("400 Bad Request\r\n\r\n", BLOCK, "rejects it"),
    ],
)
def test_no_more_is_read_than_allowed(
    serve: Serve, head: str, piece: bytes, message: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("kg.store.http.sleep", lambda seconds: None)
    sender = Sender(head, piece)
    assert message in fail(serve(sender).url, "1MB")
    assert sender.ended.wait(600)
    assert sender.sent < BUFFERS


@pytest.mark.parametrize("drip", [b"HTTP/1.1 100 Continue\r\n\r\n", b"H"])
def test_answer_that_never_begins_ends_at_the_deadline(serve: Serve, drip: bytes) -> None:
    ended = threading.Event()

    def answer(handler: BaseHTTPRequestHandler) -> None:
        try:
            while not ended.wait(0.01):
                handler.wfile.write(drip)
        except OSError:
            ended.set()

    message = fail(serve(answer).url, timeout=1)
    assert message.endswith(f"no complete answer within 1 second. {NARROW}")
    # The client no longer reads in the background, either.
    assert ended.wait(600)


def test_largest_answer_is_set_by_argument_or_environment(
    serve: Serve, monkeypatch: pytest.MonkeyPatch
) -> None:
    server = serve({"body": b"x" * 2_000, "kind": "text/plain"})
    assert len(fetch(server.url, "2kB").body) == 2_000
    message = fail(server.url, "1999")
    assert "larger than 1,999 bytes. Narrow the query, or allow more with --max-ans" in message
    monkeypatch.setenv("KG_MAX_ANSWER_SIZE", "1k")
    assert "larger than 1,000 bytes" in fail(server.url)
    assert len(fetch(server.url, "2k").body) == 2_000


@pytest.mark.parametrize(
    "text", ["0", "-1", "1.5MB", "many", "1 000", "１MB", "٣", "5ıB", "5\u212a", "MB", "9" * 5_000]
)
def test_invalid_size_is_a_usage_error(text: str) -> None:
    with pytest.raises(KgError, match=r"not a size. Write one like 100MB") as caught:
        parse_size(text)
    assert caught.value.exit_code == 2
