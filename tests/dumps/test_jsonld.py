"""JSON-LD has short names, JSON's own numbers where possible, and one node per line."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from pyoxigraph import Quad, RdfFormat, parse

from kg.errors import KgError
from kg.home import Home, name_program


@pytest.fixture(scope="module")
def document(real: Callable[[str], bytes]) -> Any:
    return json.loads(real(".jsonld"))


def test_each_node_is_on_a_line_of_its_own(
    dump: Callable[[str], bytes], dumped: tuple[Quad, ...]
) -> None:
    text = dump(".jsonld").decode()
    lines = [line.rstrip(",") for line in text.split("\n")]
    nodes = [line for line in lines if line.startswith('{"id"') and not line.endswith("[")]
    assert all(isinstance(json.loads(line), dict) for line in nodes)
    assert len(nodes) == len({quad.subject for quad in dumped}) == len(json.loads(text)["@graph"])
    assert len(nodes) == len({json.loads(line)["id"] for line in nodes})


def test_node_has_short_names_and_plain_values(document: Any) -> None:
    (node,) = (node for node in document["@graph"] if node["id"] == "target:wuhan-open-rate-2022")
    assert {"QuantitativeTarget", "Target"} <= set(node["type"])
    assert node["targetValue"] == "80.0"
    assert node["deadlineYear"] == 2022
    assert node["appliesTo"] == "place:wuhan"
    assert node["hasVoice"] == "voice:document"
    assert set(node["label"]) == {"en", "zh-Hans"}


def test_no_value_of_the_city_data_needs_its_datatype(document: Any) -> None:
    things = ("PolicyDocument", "Target", "Initiative", "Evidence", "City", "SourceSegment")
    nodes = [node for node in document["@graph"] if set(things) & set(node.get("type", ()))]
    assert len(nodes) > 500
    assert [node for node in nodes if any(":" in key for key in node)] == []
    assert [node for node in nodes if "@value" in json.dumps(node)] == []


def test_links_to_other_vocabularies_are_iris(document: Any) -> None:
    nodes = [node for node in document["@graph"] if "sameAs" in node]
    assert len(nodes) > 5
    for node in nodes:
        values = node["sameAs"] if isinstance(node["sameAs"], list) else [node["sameAs"]]
        assert {type(value) for value in values} == {str}


def test_numbers_are_those_of_json_if_readers_keep_them(
    hard: Home, tmp_path: Path, document: Any, write: Callable[..., str]
) -> None:
    found: dict[str, set[type]] = {"start": set(), "listIndex": set(), "deadlineYear": set()}
    for node in document["@graph"]:
        for key, types in found.items():
            types.update({type(node[key])} if key in node else ())
    assert found == {"start": {int}, "listIndex": {int}, "deadlineYear": {int}}
    nodes = json.loads(write(hard, tmp_path, ".jsonld", graphs=["hard/values"]))["@graph"]
    (node,) = (node for node in nodes if node["id"] == "place:a")
    assert set(map(repr, node["listIndex"][:-1])) == {
        "0", "-5", "'+7'", "'-0'", "'007'", "9007199254740991", "'9007199254740992'",
        "-9007199254740991", "'-9007199254740992'", "' 5'", "'٣'",
    }  # fmt: skip
    assert set(map(repr, node["openEnded"])) == {"True", "False", "'1'", "'TRUE'"}
    assert "80.0" in node["targetValue"]
    assert {"@type": "xsd:integer", "@value": "5"} in node["hasTheme"]


def test_generator_is_not_a_statement(
    dump: Callable[[str], bytes], dumped: tuple[Quad, ...], canonicalize: Callable[..., list[str]]
) -> None:
    document = json.loads(dump(".jsonld"))
    assert document.pop("generator") == name_program()
    assert document["@context"]["generator"] is None
    quads = list(parse(json.dumps(document).encode(), RdfFormat.JSON_LD))
    assert canonicalize(quads) == canonicalize(dumped, named=False)


def test_iri_that_looks_like_a_prefixed_name_is_an_error(
    tmp_path: Path, make_home: Callable[[Path, dict[str, str]], Home], write: Callable[..., str]
) -> None:
    home = make_home(tmp_path, {"a": "<https://e.org/s> <https://e.org/p> <place:a/b> ."})
    with pytest.raises(KgError, match=r"<place:a/b>: JSON-LD would read this IRI .*\.trig instead"):
        write(home, tmp_path, ".jsonld", graphs=["a"])
    for form in (".nq", ".trig", ".ttl", ".nt"):
        assert "<place:a/b>" in write(home, tmp_path, form, graphs=["a"])
