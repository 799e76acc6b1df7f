"""Write networks: one to a file, a stream or stdout, or several to a folder.

A format is known by its name, and its writer makes the bytes of a network. Callers with more
formats than those of this package pass a mapping of their own.
"""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from pathlib import Path
from typing import BinaryIO

from kg.errors import KgError
from kg.files import compress_stream, write_file, write_folder
from kg.networks.gexf import write_gexf
from kg.networks.graphml import write_graphml
from kg.networks.graphology import write_json
from kg.networks.model import Network
from kg.networks.spreadsheet import write_edges, write_nodes

Writer = Callable[[Network], Iterable[bytes]]


def encode_text(write: Callable[[Network], Iterable[str]]) -> Writer:
    """Return a writer of bytes in UTF-8, given a function that makes text."""
    return lambda network: (piece.encode("utf-8") for piece in write(network))


WRITERS: Mapping[str, Writer] = {
    "gexf": encode_text(write_gexf),
    "graphml": encode_text(write_graphml),
    "json": encode_text(write_json),
    "nodes.csv": encode_text(write_nodes),
    "edges.csv": encode_text(write_edges),
}
CSV = "csv"  # the format of two files
CSV_FILES = ("nodes.csv", "edges.csv")


def list_formats(writers: Mapping[str, Writer] = WRITERS) -> list[str]:
    """Return the names of the formats: those of one file, and csv.

    >>> list_formats()
    ['gexf', 'graphml', 'json', 'csv']
    """
    return [*(name for name in writers if name not in CSV_FILES), CSV]


def choose_format(
    target: Path, asked: str | None = None, writers: Mapping[str, Writer] = WRITERS
) -> tuple[str, str]:
    """Return the format of a file and its compression (".gz" or ""), as its name has them.

    If a format is asked for, the name may have any suffix.

    Raises:
        KgError: the name has no format, or the format is not compressed (exit code 2).

    >>> choose_format(Path("cities.gexf.gz")), choose_format(Path("-"), "json")
    (('gexf', '.gz'), ('json', ''))
    """
    compression = ".gz" if target.suffix == ".gz" else ""
    suffix = Path(target.name.removesuffix(compression)).suffix.removeprefix(".").lower()
    formats = [name for name in writers if name not in CSV_FILES]
    name = asked or suffix
    if name not in formats:
        raise KgError(
            f"{target}: the file name has no known format. End it in .{', .'.join(formats)}, "
            "or use --format.",
            exit_code=2,
        )
    if compression and name not in WRITERS:
        raise KgError(f"{target}: {name} is not compressed. Remove .gz.", exit_code=2)
    return name, compression


def export_file(
    network: Network,
    target: Path,
    asked: str | None = None,
    writers: Mapping[str, Writer] = WRITERS,
) -> None:
    """Write a network to a file, or to stdout for `-`, in the format of its name.

    Raises:
        KgError: see `choose_format` and `write_file`.
    """
    name, compression = choose_format(target, asked, writers)
    with write_file(target) as stream, compress_stream(stream, compression) as compressed:
        compressed.writelines(writers[name](network))


def export_folder(
    networks: Iterable[Network],
    folder: Path,
    formats: Sequence[str] = (),
    *,
    writers: Mapping[str, Writer] = WRITERS,
    optional: Collection[str] = (),
    only: str = "",
    force: bool = False,
) -> list[str]:
    """Write each network to a subfolder with its name, in the given formats or in all.

    Files of earlier exports of networks are removed; with `only`, the name of the one network
    that is exported, just those of that network. Returns the errors of `optional` formats that
    could not be written; if such a format is asked for, the error is raised.

    Raises:
        KgError: see `write_folder`.
    """
    errors: dict[str, None] = {}
    prefix = f"{only}/" if only else ""
    names = [name for form in formats for name in (CSV_FILES if form == CSV else (form,))]
    with write_folder(
        folder, force=force, export="networks", replaces=lambda name: name.startswith(prefix)
    ) as open_file:
        for network in networks:
            for name in names or writers:
                try:
                    pieces = writers[name](network)
                except KgError as error:
                    if formats or name not in optional:
                        raise
                    errors[str(error)] = None
                    continue
                file = name if name in CSV_FILES else f"{network.name}.{name}"
                with open_file(f"{network.name}/{file}") as stream:
                    stream.writelines(pieces)
    return list(errors)


def write_network(network: Network, name: str, stream: BinaryIO) -> None:
    """Write a network to a stream, in the format of that name; text is UTF-8."""
    stream.writelines(WRITERS[name](network))
