"""The files with statements beside each page: enough for the frames, and for readers of names."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from pyld import jsonld

# Never part of what a frame gives, or of what a thing has.
FORMS = {"@context", "id"}


def list_types(node: dict[str, Any]) -> list[str]:
    types = node.get("type", [])
    return types if isinstance(types, list) else [types]


@pytest.fixture(scope="module")
def context(town_site: Any) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((town_site.folder / "context.jsonld").read_text("utf-8"))
    return found


def list_framed(site: Any) -> Iterator[tuple[str, dict[str, Any], list[dict[str, Any]]]]:
    """Yield the name of each class with a frame, its first thing, and the nodes of its page."""
    missing = {path.stem for path in (site.folder / "frames").iterdir()}
    for path in sorted(site.folder.glob("id/*/*.jsonld")):
        nodes = json.loads(path.read_text("utf-8"))["@graph"]
        own = [node for node in nodes if node["id"] == f"{path.parent.name}:{path.stem}"]
        for node in own:
            for name in missing & set(list_types(node)):
                missing.remove(name)
                yield name, node, nodes


def test_frames_keep_every_property_of_the_statements_beside_a_page(
    town_site: Any, context: dict[str, Any]
) -> None:
    tried = []
    for name, node, nodes in list_framed(town_site):
        frame = json.loads((town_site.folder / f"frames/{name}.json").read_text("utf-8"))
        document = {**context, "@graph": nodes}
        framed = jsonld.frame(document, {**frame, **context}, {"omitGraph": False})
        (thing,) = (one for one in framed["@graph"] if one["id"] == node["id"])
        assert set(node) - set(thing) - FORMS == set(), name
        tried.append(name)
    assert {"City", "Platform", "PolicyDocument", "QualitativeTarget"} <= set(tried)


def test_linked_things_have_names_beside_a_page(town_site: Any) -> None:
    turtle = (town_site.folder / "id/place/suzhou.ttl").read_text("utf-8")
    assert '"Jiangsu"@en' in turtle
