"""The files of a dump, with their sizes and digests."""

import hashlib
from dataclasses import dataclass
from typing import BinaryIO


@dataclass(frozen=True)
class WrittenFile:
    """A file of a dump: its name, the IRI of its named graph, and its size in bytes.

    `part` is "" for a file with the complete dataset, and `compression`, the media type of the
    compressed file, "" for none. `sha256` is in hexadecimal digits. `url` is the address from which
    the file can be downloaded, "" for none.
    """

    name: str
    part: str
    media_type: str
    compression: str
    size: int
    sha256: str
    url: str = ""


class CountedStream:
    """A stream that passes bytes on to another, and counts and digests them."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self._digest = hashlib.sha256()
        self._size = 0

    def write(self, data: bytes) -> int:
        """Write bytes; return their number."""
        self._digest.update(data)
        self._size += len(data)
        return self._stream.write(data)

    def flush(self) -> None:
        """Flush the other stream."""
        self._stream.flush()

    def describe(self, name: str, part: str, media_type: str, compression: str) -> WrittenFile:
        """Return the file that was written so far."""
        digest = self._digest.hexdigest()
        return WrittenFile(name, part, media_type, compression, self._size, digest)
