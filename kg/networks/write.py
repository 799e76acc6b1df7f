"""The formats of a network by name: one to a file or to the output, all of them to a folder."""

from __future__ import annotations

import gzip
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from typing import Any, BinaryIO, cast

from kg.errors import KgError
from kg.files import write_file, write_folder
from kg.networks.model import Network

# Where each is written: `module:function`.
TEXTS = {
    "gexf": "kg.networks.gexf:write_gexf",
    "graphml": "kg.networks.graphml:write_graphml",
    "json": "kg.networks.graphology:write_json",
    "nodes.csv": "kg.networks.spreadsheet:write_nodes",
    "edges.csv": "kg.networks.spreadsheet:write_edges",
}
PICTURES = {"svg": "kg.pictures:draw_svg", "png": "kg.pictures:draw_png"}
# Those of one file; a folder has all of them, with nodes.csv and edges.csv.
FORMATS = ("gexf", "graphml", "json", "svg", "png")
PIECES = 1 << 16  # characters that are encoded at once


def choose_format(target: Path, asked: str | None) -> tuple[str, bool]:
    """Return the format of a file, and whether it is packed with gzip, from its name.

    A format that is asked for goes before that of the name, which may have any other suffix.

    Raises:
        KgError: neither says what is wanted, or a picture is to be packed.

    >>> choose_format(Path("cities.gexf.gz"), None), choose_format(Path("-"), "json")
    (('gexf', True), ('json', False))
    """
    packed = target.suffix == ".gz"
    suffix = Path(target.stem if packed else target.name).suffix.removeprefix(".").lower()
    form = asked or (suffix if suffix in FORMATS else None)
    if form is None:
        raise KgError(
            f"{target}: the name does not say which format. End it in .{', .'.join(FORMATS)}, "
            "or give --format.",
            exit_code=2,
        )
    if packed and form in PICTURES:
        raise KgError(f"{target}: a picture is not packed. Leave .gz out.", exit_code=2)
    return form, packed


def is_folder(target: str, asked: Sequence[str]) -> bool:
    """Tell whether what `-o` names is a folder: it is there as one, or has no suffix of a file.

    What has none is a file, too, where just one format that makes one file is asked for.

    >>> is_folder("networks/", []), is_folder("networks", []), is_folder("cities.gexf", [])
    (True, True, False)
    """
    if target == "-":
        return False
    path = Path(target)
    if target.endswith("/") or path.is_dir():
        return True
    return not path.suffix and not path.exists() and (len(asked) != 1 or "csv" in asked)


def export_file(network: Network, target: Path, form: str | None) -> None:
    """Write a network to a file, or to the output for `-`, in the format that its name says.

    Raises:
        KgError: see `choose_format` and `write_file`.
    """
    form, packed = choose_format(target, form)
    with write_file(target) as stream:
        write_network(network, form, stream, packed=packed)


def export_folder(
    networks: Iterable[Network], folder: Path, forms: Sequence[str], *, force: bool, alone: str = ""
) -> list[str]:
    """Write networks, each to a folder by its name there, in the formats given or else in all.

    Csv is nodes.csv and edges.csv. What an earlier export of networks left there goes; where one
    stands `alone`, only what was left of that. Returned is what was left out and why: PNG where it
    is not asked for by name and cannot be drawn on this machine.

    Raises:
        KgError: see `write_folder`.
    """
    left_out: dict[str, None] = {}
    own = f"{alone}/" if alone else ""
    with write_folder(
        folder, force=force, export="networks", replaces=lambda name: name.startswith(own)
    ) as open_file:
        for network in networks:
            for form in forms or (*FORMATS, "csv"):
                names = ("nodes.csv", "edges.csv") if form == "csv" else (form,)
                for name in names:
                    file = name if form == "csv" else f"{network.name}.{form}"
                    try:
                        pieces = make_pieces(network, name)
                    except KgError as error:
                        if form != "png" or forms:
                            raise
                        left_out[str(error)] = None
                        continue
                    with open_file(f"{network.name}/{file}") as stream:
                        stream.writelines(pieces)
    return list(left_out)


def write_network(network: Network, form: str, stream: BinaryIO, *, packed: bool = False) -> None:
    """Write a network to a stream of bytes in a format; a text is in UTF-8.

    The same network gives the same bytes, packed ones too: no time stands in them.
    """
    pieces = make_pieces(network, form)
    with _pack(stream, packed) as out:
        out.writelines(pieces)


def make_pieces(network: Network, form: str) -> Iterable[bytes]:
    """Return a network in a format, in pieces; a picture has been drawn then."""
    if form in PICTURES:
        drawn = _find(PICTURES[form])(network)
        return [drawn.encode("utf-8") if isinstance(drawn, str) else drawn]
    return (piece.encode("utf-8") for piece in _join_pieces(_find(TEXTS[form])(network)))


def _find(place: str) -> Callable[[Network], Any]:
    module, _, name = place.partition(":")
    found: Callable[[Network], Any] = getattr(import_module(module), name)
    return found


@contextmanager
def _pack(stream: BinaryIO, packed: bool) -> Iterator[BinaryIO]:
    if not packed:
        yield stream
        return
    with gzip.GzipFile(filename="", fileobj=stream, mode="wb", mtime=0) as out:
        yield cast(BinaryIO, out)


def _join_pieces(pieces: Iterable[str]) -> Iterator[str]:
    waiting: list[str] = []
    length = 0
    for piece in pieces:
        waiting.append(piece)
        length += len(piece)
        if length >= PIECES:
            yield "".join(waiting)
            waiting, length = [], 0
    yield "".join(waiting)
