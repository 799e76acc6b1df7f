"""JSON-LD is the same statements to other readers, and a frame gives one object per thing."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from pyld import jsonld
from pyoxigraph import Quad, RdfFormat, parse

from kg.dumps import export_rdf
from kg.home import find_home

HOME = find_home()
Canonicalize = Callable[..., list[str]]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("json")
    export_rdf(HOME, f"{folder}/", form="jsonld", graphs=["themes"])
    return folder


@pytest.fixture(scope="module")
def document(real: Callable[[str], bytes]) -> Any:
    return json.loads(real(".jsonld"))


def list_types(node: dict[str, Any]) -> list[str]:
    types = node.get("type", [])
    return types if isinstance(types, list) else [types]


def frame_things(folder: Path, document: Any, name: str) -> list[dict[str, Any]]:
    """Return the objects of a class, as its frame gives them."""
    frame = json.loads((folder / "frames" / f"{name}.json").read_text("utf-8"))
    assert frame["@context"] == "../context.json"
    frame |= json.loads((folder / "context.json").read_text("utf-8"))
    framed = jsonld.frame(document, frame, {"omitGraph": False})
    return list(framed["@graph"])


def test_context_is_that_of_the_dump(folder: Path, document: Any) -> None:
    context = json.loads((folder / "context.json").read_text("utf-8"))
    assert context == {"@context": document["@context"]}


@pytest.mark.slow
def test_pyld_reads_the_same_statements(
    document: Any, statements: tuple[Quad, ...], canonicalize: Canonicalize
) -> None:
    lines = jsonld.to_rdf(document, {"format": "application/n-quads"})
    found = parse(str(lines).encode(), RdfFormat.N_QUADS)
    assert canonicalize(found) == canonicalize(statements, named=False)


def test_target_has_label_value_year_and_city_in_one_object(folder: Path, document: Any) -> None:
    things = frame_things(folder, document, "QuantitativeTarget")
    (target,) = (thing for thing in things if thing["id"] == "target:wuhan-open-rate-2022")
    assert target["label"]["en"].startswith("80% or more")
    assert (target["targetValue"], target["unitText"]) == ("80.0", "%")
    assert target["deadlineYear"] == 2022
    assert target["appliesTo"]["label"]["en"] == "Wuhan"
    assert set(target["appliesTo"]) == {"id", "type", "label"}
    assert target["hasVoice"]["label"]["en"] == "document"
    assert target["hasEvidence"].startswith("evidence:")


@pytest.mark.slow
@pytest.mark.parametrize("name", ["City", "Framework", "Initiative", "PolicyDocument", "Theme"])
def test_frame_has_all_things_of_its_class_with_all_their_properties(
    name: str, folder: Path, document: Any
) -> None:
    nodes = {node["id"]: node for node in document["@graph"] if name in list_types(node)}
    things = frame_things(folder, document, name)
    assert len(things) > 1
    assert {thing["id"]: set(thing) for thing in things} == {
        iri: set(node) for iri, node in nodes.items()
    }


def test_each_class_with_links_has_a_frame(folder: Path, document: Any) -> None:
    names = {path.stem for path in (folder / "frames").iterdir()}
    types = {name for node in document["@graph"] for name in list_types(node)}
    assert len(names) > 30
    assert names <= types
    assert {"SourceSegment", "Indicator", "CountStatement", "GovernmentBody"} <= names
