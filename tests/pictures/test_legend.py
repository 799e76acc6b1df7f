"""The legend and the caption: what they list, and their texts in each language."""

import re
import tomllib
from collections.abc import Callable
from dataclasses import replace

import pytest

from kg.home import find_home, name_program
from kg.names import LANGUAGES
from kg.networks.model import Edge, Network, Node
from kg.pictures.legend import DASHES, EDGE_COLOR, Row, list_rows, write_caption
from kg.pictures.scene import Scene, compose_scene

Make = Callable[..., Network]
MakeNode = Callable[..., Node]
MakeEdge = Callable[..., Edge]


@pytest.fixture(scope="module")
def wheel(make_wheel: Make) -> Network:
    return make_wheel(30)


@pytest.fixture(scope="module")
def scene(wheel: Network) -> Scene:
    return compose_scene(wheel)


def find_rows(network: Network) -> dict[str, Row]:
    return {" ".join(row.lines): row for row in list_rows(network, compose_scene(network))}


def test_types_have_their_colors_and_counts(wheel: Network) -> None:
    *nodes, last = wheel.nodes
    other = replace(last, type="Place", type_label="place")
    special = replace(nodes[-1], type="Town", type_label="town", color="#59a14f")
    rows = find_rows(replace(wheel, nodes=(*nodes[:-1], special, other)))
    assert list(rows)[:4] == ["Nodes", "city, place", "theme", "town"]
    colors = {name: row.dot.color for name, row in rows.items() if row.dot}
    assert colors["city, place"] == "#f28e2b" and rows["city, place"].count == "24"
    assert colors["theme"] == "#4e79a7" and rows["theme"].count == "5"
    assert colors["town"] == "#59a14f" and rows["town"].count == "1"


def test_relation_and_weights(wheel: Network, scene: Scene) -> None:
    rows = find_rows(wheel)
    assert rows["has theme"].count == str(len(wheel.edges))
    strokes = [rows[weight].stroke for weight in ("1", "7")]
    assert [s.width for s in strokes if s] == [scene.curves[0].width, scene.curves[-1].width]
    same = replace(wheel, edges=tuple(replace(e, weight=2.0) for e in wheel.edges))
    assert wheel.legend["weight"] in rows and wheel.legend["weight"] not in find_rows(same)


def test_low_medium_and_high_degree_are_listed(make_node: MakeNode, make_network: Make) -> None:
    nodes = [make_node(n, degree=n + 1, size=10.0 + 5 * n) for n in range(9)]
    rows = find_rows(make_network(nodes, []))
    assert list(rows)[2:] == ["Edges of a node", "1", "5", "9"]
    radii = [row.dot.radius for row in list(rows.values())[3:] if row.dot]
    assert len(radii) == 3 and radii == sorted(radii)
    same = [replace(node, degree=1, size=10.0) for node in nodes]
    assert "Edges of a node" not in find_rows(make_network(same, []))


@pytest.mark.parametrize("count", [1, 2, len(DASHES), len(DASHES) + 1])
def test_relations_have_dashes_unless_there_are_too_many(
    count: int, make_node: MakeNode, make_edge: MakeEdge, make_network: Make
) -> None:
    nodes = [make_node(n, "Theme" if n else "City") for n in range(count + 1)]
    edges = [make_edge(n, 0, n + 1, kind=f"cdp:k{n}", label=f"kind {n}") for n in range(count)]
    rows = find_rows(make_network(nodes, edges))
    strokes = {name: row.stroke for name, row in rows.items() if row.stroke}
    if count > len(DASHES):
        assert list(strokes) == ["in the colour of their source"]
    else:
        assert set(strokes) == {f"kind {n}" for n in range(count)}
        assert {stroke.dashes for stroke in strokes.values()} == set(DASHES[:count])
        assert {stroke.color for stroke in strokes.values()} == {EDGE_COLOR}


def test_legend_of_an_empty_network_is_empty(make_network: Make) -> None:
    network = make_network([], [])
    scene = compose_scene(network)
    assert list(list_rows(network, scene)) == []
    assert write_caption(network, scene).startswith("Nodes: 0 · Edges: 0 · Data: ")


def test_caption_says_what_is_omitted(wheel: Network, scene: Scene) -> None:
    full = write_caption(wheel, scene)
    edges = f"Edges: {len(wheel.edges)}"
    assert full == f"Nodes: 30 · {edges} · Data: City Digital Policy, CC BY 4.0 · {name_program()}"
    for selection in ("strongest", "rarest", "some"):
        part = replace(scene, circles=scene.circles[:20], selection=selection, unlabelled=3)
        caption = write_caption(wheel, part)
        assert caption.startswith(f"Nodes: 20 of 30 · {edges} · Only the nodes with most edges")
        assert wheel.legend[selection] in caption
        assert "Labels omitted for lack of space: 3 " in caption


def test_texts_are_complete_in_each_language() -> None:
    path = find_home().queries / "networks" / "network.toml"
    legend = tomllib.loads(path.read_text("utf-8"))["legend"]
    assert legend
    for name, texts in legend.items():
        assert set(texts) == set(LANGUAGES), name
        fields = [sorted(re.findall(r"{\w+}", text)) for text in texts.values()]
        assert fields.count(fields[0]) == len(fields), name


@pytest.mark.parametrize("language", LANGUAGES)
def test_caption_and_legend_are_in_the_language(language: str, make_wheel: Make) -> None:
    network = make_wheel(30, language=language)
    scene = compose_scene(network)
    texts = [write_caption(network, scene)]
    texts += [" ".join(row.lines) for row in list_rows(network, scene)]
    chinese = [text for text in texts if re.search(r"[\u4e00-\u9fff]", text)]
    # The caption and four headings; the rest are names and numbers.
    assert len(chinese) == (0 if language == "en" else 5)
