"""Files and folders of networks: formats, compression, what is replaced."""

import gzip
import io
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

import pytest

from kg.errors import KgError
from kg.home import PACKAGE
from kg.networks import Network, export_file, export_folder, write_network
from kg.networks.write import WRITERS, Writer, choose_format, list_formats

ALL_FILES = {"test.gexf", "test.graphml", "test.json", "nodes.csv", "edges.csv"}


def write_dots(network: Network) -> Iterable[bytes]:
    """Write a format that this package does not have."""
    return [b"." * len(network.nodes)]


def fail(network: Network) -> Iterable[bytes]:
    """Fail as a writer does whose optional package is missing."""
    raise KgError("dots is not installed.")


DOTS: dict[str, Writer] = {**WRITERS, "dots": write_dots}
BROKEN: dict[str, Writer] = {**WRITERS, "dots": fail}


def list_files(folder: Path) -> set[str]:
    return {f.relative_to(folder).as_posix() for f in folder.rglob("*") if f.is_file()}


def test_format_is_that_of_the_file_name() -> None:
    cases: list[tuple[str, str | None, tuple[str, str]]] = [
        ("a.gexf", None, ("gexf", "")),
        ("a.GraphML", None, ("graphml", "")),
        ("a.json.gz", None, ("json", ".gz")),
        ("-", "graphml", ("graphml", "")),
        ("a.xml", "gexf", ("gexf", "")),
        ("a.dots", None, ("dots", "")),
    ]
    found = [(name, asked, choose_format(Path(name), asked, DOTS)) for name, asked, _ in cases]
    assert found == cases


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("a.xml", "a.xml: the file name has no known format. End it in .gexf, .graphml, .json"),
        ("a", "or use --format"),
        ("nodes.csv", "no known format"),
        ("a.dots.gz", "dots is not compressed. Remove .gz"),
    ],
)
def test_file_name_without_format_is_an_error(name: str, message: str) -> None:
    with pytest.raises(KgError, match=message) as error:
        choose_format(Path(name), None, DOTS)
    assert error.value.exit_code == 2


def test_formats_are_listed_in_order() -> None:
    assert list_formats(DOTS) == ["gexf", "graphml", "json", "dots", "csv"]


def test_file_is_overwritten(sample: Network, tmp_path: Path) -> None:
    path = tmp_path / "a.gexf"
    path.write_text("not by kg", "utf-8")
    export_file(sample, path)
    stream = io.BytesIO()
    write_network(sample, "gexf", stream)
    assert path.read_bytes() == stream.getvalue()


def test_compressed_file_has_no_time_and_no_name(sample: Network, tmp_path: Path) -> None:
    export_file(sample, tmp_path / "a.json")
    export_file(sample, tmp_path / "a.json.gz")
    data = (tmp_path / "a.json.gz").read_bytes()
    assert gzip.decompress(data) == (tmp_path / "a.json").read_bytes()
    assert (data[3], data[4:8]) == (0, bytes(4))


def test_file_of_a_format_of_the_caller(sample: Network, tmp_path: Path) -> None:
    export_file(sample, tmp_path / "a.dots", None, DOTS)
    assert (tmp_path / "a.dots").read_bytes() == b".."


def test_file_names_its_program(sample: Network) -> None:
    for name in ("gexf", "graphml", "json"):
        stream = io.BytesIO()
        write_network(sample, name, stream)
        assert PACKAGE.encode() in stream.getvalue()[:400], name


def test_folder_has_all_formats_of_each_network(sample: Network, tmp_path: Path) -> None:
    other = replace(sample, name="other")
    assert export_folder([sample, other], tmp_path / "out", writers=DOTS) == []
    names = {*ALL_FILES, "test.dots"}
    files = {f"test/{name}" for name in names}
    files |= {f"other/{name.replace('test', 'other')}" for name in names}
    assert list_files(tmp_path / "out") == {*files, "manifest.json"}


def test_folder_has_the_formats_asked_for(sample: Network, tmp_path: Path) -> None:
    export_folder([sample], tmp_path, ["csv", "gexf"])
    assert list_files(tmp_path / "test") == {"nodes.csv", "edges.csv", "test.gexf"}


def test_export_of_one_network_replaces_its_files_only(sample: Network, tmp_path: Path) -> None:
    other = replace(sample, name="other")
    export_folder([sample, other], tmp_path)
    export_folder([sample], tmp_path, ["gexf"], only="test")
    assert list_files(tmp_path / "test") == {"test.gexf"}
    assert len(list_files(tmp_path / "other")) == 5


def test_export_of_all_networks_replaces_all_files(sample: Network, tmp_path: Path) -> None:
    export_folder([sample, replace(sample, name="other")], tmp_path)
    export_folder([sample], tmp_path)
    assert list_files(tmp_path) == {*(f"test/{name}" for name in ALL_FILES), "manifest.json"}


def test_edited_file_is_kept_unless_forced(sample: Network, tmp_path: Path) -> None:
    export_folder([sample], tmp_path, ["csv"])
    nodes = tmp_path / "test" / "nodes.csv"
    written = nodes.read_bytes()
    nodes.write_text("edited", "utf-8")
    with pytest.raises(KgError, match=r"nodes\.csv: exists and was not written by kg"):
        export_folder([sample], tmp_path, ["csv"])
    assert nodes.read_text("utf-8") == "edited"
    export_folder([sample], tmp_path, ["csv"], force=True)
    assert nodes.read_bytes() == written


def test_optional_format_that_cannot_be_written_is_reported(
    sample: Network, tmp_path: Path
) -> None:
    networks = [sample, replace(sample, name="other")]
    errors = export_folder(networks, tmp_path / "out", writers=BROKEN, optional=["dots"])
    assert errors == ["dots is not installed."]
    assert len(list_files(tmp_path / "out")) == 11


@pytest.mark.parametrize("formats", [["dots"], []])
def test_required_format_that_cannot_be_written_is_an_error(
    formats: list[str], sample: Network, tmp_path: Path
) -> None:
    optional = ["dots"] if formats else []
    with pytest.raises(KgError, match="dots is not installed"):
        export_folder([sample], tmp_path / "out", formats, writers=BROKEN, optional=optional)
    assert not (tmp_path / "out").exists()
