"""Files compressed by gzip or Zstandard, the same bytes each time."""

import gzip
import sys
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType
from typing import IO, BinaryIO, cast

from kg.home import KgError

GZIP, ZSTD = b"\x1f\x8b", b"\x28\xb5\x2f\xfd"
SUFFIXES = (".gz", ".zst")


@contextmanager
def compress_stream(stream: BinaryIO, suffix: str) -> Iterator[BinaryIO]:
    """Give a stream that compresses into another as a suffix says: `.gz`, `.zst`, or nothing.

    gzip (RFC 1952) is written without time and file name, which would differ each time.

    Raises:
        KgError: Zstandard (RFC 8878) is asked for and its library is not there.
    """
    if suffix == ".gz":
        with gzip.GzipFile("", "wb", fileobj=cast(IO[bytes], stream), mtime=0) as squeezed:
            yield cast(BinaryIO, squeezed)
    elif suffix == ".zst":
        with _import_zstd().ZstdFile(stream, "wb") as squeezed:
            yield squeezed
    else:
        yield stream


def read_head(path: Path, size: int) -> bytes:
    """Return the first bytes of a file, of its content where it is compressed.

    What is cut short or broken, or cannot be unpacked here, gives its bytes as they are.

    Raises:
        OSError: the file cannot be read.
    """
    with path.open("rb") as raw:
        head = raw.read(size)
        raw.seek(0)
        try:
            if head.startswith(GZIP):
                return gzip.GzipFile(fileobj=cast(IO[bytes], raw)).read(size)
            if head.startswith(ZSTD):
                zstd = _import_zstd()
                try:
                    return bytes(zstd.ZstdFile(raw).read(size))
                except zstd.ZstdError:
                    return head
        except (KgError, EOFError, zlib.error, gzip.BadGzipFile):
            pass
        return head


def _import_zstd() -> ModuleType:
    try:
        if sys.version_info >= (3, 14):
            from compression import zstd
        else:
            from backports import zstd
    except ImportError:
        raise KgError(
            ".zst: Zstandard is not installed. Install it with: pip install "
            "'city-policy-kg[zstd]'; or write .gz.",
        ) from None
    return zstd
