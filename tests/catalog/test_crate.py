"""The RO-Crate and the JSON-LD of the site have what the catalogue has, and a validator agrees."""

import hashlib
import json
import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from kg.build import DUMP, Build
from kg.catalog import CRATE_FILE, WrittenFile, describe_dataset, describe_schema, write_crate
from kg.dumps import export_rdf, list_graphs
from kg.files import MANIFEST
from kg.graph import LocalGraph, load_graph
from kg.home import Home, find_home

HOME = find_home()
FILE = WrittenFile("x y.nq.gz", "", "application/n-quads", "application/gzip", 12, "0f" * 32)


@pytest.fixture(scope="module")
def graph() -> LocalGraph:
    return load_graph(HOME)


@pytest.fixture(scope="module")
def iris(graph: LocalGraph) -> list[str]:
    return [one.iri for one in list_graphs(graph.home)[:-1]]


def read_entities(text: str) -> dict[str, dict[str, Any]]:
    """Return the entities of a crate, by @id."""
    return {entity["@id"]: entity for entity in json.loads(text)["@graph"]}


def test_crate_lists_the_files_beside_it(untouched: Home, tmp_path: Path) -> None:
    export_rdf(untouched, f"{tmp_path}/d/", form="nq.gz")
    folder = tmp_path / "d"
    entities = read_entities((folder / CRATE_FILE).read_text("utf-8"))
    files = {name: one for name, one in entities.items() if one["@type"] == "File"}
    assert files.keys() == {one["@id"] for one in entities["./"]["hasPart"]}
    present = {p.relative_to(folder).as_posix() for p in folder.rglob("*") if p.is_file()}
    assert files.keys() == present - {CRATE_FILE, MANIFEST, "catalog.nq.gz"}
    assert len(files) >= 10
    for name, one in files.items():
        written = (folder / name).read_bytes()
        assert one["contentSize"] == f"{len(written)} B"
        assert one["sha256"] == hashlib.sha256(written).hexdigest()


def test_crate_of_a_build_has_the_dump(built: tuple[Build, Path]) -> None:
    _, folder = built
    entities = read_entities((folder / CRATE_FILE).read_text("utf-8"))
    written = (folder / DUMP).read_bytes()
    assert entities["./"]["hasPart"] == {"@id": DUMP}
    assert entities[DUMP]["sha256"] == hashlib.sha256(written).hexdigest()


def test_dump_without_catalogue_has_no_crate(untouched: Home, tmp_path: Path) -> None:
    export_rdf(untouched, f"{tmp_path}/d/", graphs=["themes"], without=["catalog"])
    assert not (tmp_path / "d" / CRATE_FILE).exists()


def test_crate_says_what_the_catalogue_says(graph: LocalGraph, iris: list[str]) -> None:
    catalog = describe_dataset(graph, iris, [FILE], complete=True)
    entities = read_entities(write_crate(graph, catalog))
    root, file = entities["./"], entities["x%20y.nq.gz"]
    # Each link leads to an entity with a type, and to one with a name if the data have one.
    links = [
        value["@id"]
        for values in root.values()
        for value in (values if isinstance(values, list) else [values])
        if isinstance(value, dict)
    ]
    assert set(links) == entities.keys() - {"./", CRATE_FILE}
    assert all(one["@type"] for one in entities.values())
    assert root["name"] == "City Digital Policy"
    assert "evidence" in root["description"]
    assert entities[graph.names.expand("place:wuhan")]["name"] == "Wuhan"
    assert file["sha256"] == FILE.sha256
    assert (file["contentSize"], file["contentUrl"]) == ("12 B", FILE.name)


def test_persons_are_persons(small: Home) -> None:
    path = small.root / "CITATION.cff"
    path.write_text("title: T\nauthors: [{family-names: Wang, given-names: Li}]\n", "utf-8")
    graph = load_graph(small)
    iris = [one.iri for one in list_graphs(small)[:-1]]
    entities = read_entities(write_crate(graph, describe_dataset(graph, iris, complete=True)))
    (creator,) = (one for one in entities.values() if one.get("name") == "Li Wang")
    assert creator["@type"] == "Person"
    assert "hasPart" not in entities["./"]


def test_addresses_are_those_of_the_site(graph: LocalGraph, iris: list[str]) -> None:
    address, page = "https://e.org/dumps/x.nq.gz", "https://e.org/en/data.html"
    file = WrittenFile("x.nq.gz", "", "application/n-quads", "", 1, "0f" * 32, address)
    catalog = describe_dataset(graph, iris, [file], complete=True, page=page)
    found = {
        graph.names.shorten(quad.predicate.value): str(quad.object)
        for quad in catalog
        if page in str(quad.object) or address in str(quad.object)
    }
    assert found == {
        "dcat:accessURL": f"<{page}>",
        "dcat:landingPage": f"<{page}>",
        "schema:url": f'"{page}"',
        "dcat:downloadURL": f"<{address}>",
        "void:dataDump": f"<{address}>",
        "schema:contentUrl": f'"{address}"',
    }
    schema: Any = describe_schema(graph, catalog, "zh-Hans")
    assert (schema["@type"], schema["name"]) == ("Dataset", "城市数字政策")
    assert schema["distribution"]["@type"] == "DataDownload"
    assert schema["distribution"]["contentUrl"] == address
    assert {place["name"] for place in schema["spatialCoverage"]} >= {"武汉", "香港"}


@pytest.mark.slow
def test_validator_accepts_the_crate(tmp_path: Path) -> None:
    python = os.environ.get("ROCRATE")
    if python is None:
        pytest.skip("ROCRATE does not name a Python with roc-validator")
    crate = tmp_path / "crate"
    export_rdf(HOME, f"{crate}/", graphs=["themes", "roundup-2021/wuhan"])
    faulty = tmp_path / "faulty"
    shutil.copytree(crate, faulty)
    file = faulty / CRATE_FILE
    file.write_text(file.read_text("utf-8").replace('"datePublished"', '"dateIssued"'), "utf-8")
    right, wrong = validate(python, tmp_path, crate, faulty)
    assert right == []
    # It does find faults.
    assert any("datePublished" in issue for issue in wrong)


def validate(python: str, folder: Path, *crates: Path) -> list[list[str]]:
    """Return the violations of RO-Crate 1.2 that the validator finds in each crate."""
    script = Path(__file__).with_name("validate_crate.py")
    command = [python, str(script), str(folder), *map(str, crates)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=600)
    assert done.returncode == 0, done.stderr
    results = [json.loads(line) for line in done.stdout.splitlines()[-len(crates) :]]
    assert all(found["checks"] > 50 for found in results)
    return [list(map(str, found["issues"])) for found in results]
