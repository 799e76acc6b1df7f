"""SVG: a self-contained document that can be read by people and programs."""

import os
import re
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from itertools import combinations
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.graph import load_graph
from kg.home import Home, producer
from kg.names import LANGUAGES
from kg.networks import NetworkOptions, build_network, find_network
from kg.networks.model import Edge, Network, Node
from kg.pictures import draw_svg
from kg.pictures.labels import LINE_HEIGHT, Box, measure_label
from kg.pictures.svg import ASCENT, NAMESPACE, SUMMARY_LINES, SUMMARY_SIZE
from kg.wrapping import CLOSING, OPENING

Element = ElementTree.Element
Make = Callable[..., Network]
MakeNode = Callable[..., Node]
MakeEdge = Callable[..., Edge]
HOSTILE = (
    '</text><script>alert("x")</script>',
    "a & b < c > d \"e\" 'f' ]]> &amp; <!-- g",
    "control \x00\x08\x1f\ud800\uffff\u202e end",
)


def read_svg(network: Network) -> Element:
    return ElementTree.fromstring(draw_svg(network).encode("utf-8"))


texts = st.text(
    st.sampled_from("<>&\"'-]!?\x00\x1b\u202e\ufffe武") | st.characters(exclude_categories=[])
)


@given(texts, texts)
def test_pictures_with_any_label_are_well_formed(
    make_network: Make, make_node: MakeNode, label: str, title: str
) -> None:
    nodes = [replace(make_node(1, label=label), type_label=label), make_node(2)]
    root = read_svg(make_network(nodes, [], title=title, summary=label))
    names = {element.tag.rpartition("}")[2] for element in root.iter()}
    assert not names & {"script", "foreignObject", "a", "image"}
    assert not [key for element in root.iter() for key in element.attrib if key.startswith("on")]


def find_group(root: Element, name: str) -> Element:
    found = root.find(f".//*[@id='kg-{name}']")
    assert found is not None
    return found


def list_elements(group: Element, name: str) -> list[Element]:
    return list(group.iter(f"{{{NAMESPACE}}}{name}"))


def list_lines(text: Element) -> list[str]:
    spans = [span for span in list_elements(text, "tspan") if span.get("x")]
    return [span.text or "" for span in spans] or ["".join(text.itertext())]


def find_box(text: Element) -> Box:
    """Return the box of a text element."""
    size = float(text.attrib["font-size"])
    lines = list_lines(text)
    width = max(map(measure_label, lines)) * size
    shift = {"middle": 0.5, "end": 1.0}.get(text.get("text-anchor", "start"), 0.0)
    left = float(text.attrib["x"]) - shift * width
    top = float(text.attrib["y"]) - ASCENT * size
    return Box(left, top, left + width, top + LINE_HEIGHT * size * len(lines))


def read_header(root: Element) -> list[list[str]]:
    """Return the lines of the title, and those of the summary if there is one."""
    return [list_lines(text) for text in list_elements(find_group(root, "header"), "text")]


@pytest.mark.parametrize("language", LANGUAGES)
def test_document_is_self_contained_and_described(language: str, make_wheel: Make) -> None:
    drawn = draw_svg(make_wheel(10, language=language))
    root = ElementTree.fromstring(drawn.encode("utf-8"))
    assert root.tag == f"{{{NAMESPACE}}}svg"
    assert root.get("role") == "img"
    title, description = (
        root.findtext(f"*[@id='{name}']") or "" for name in root.attrib["aria-labelledby"].split()
    )
    assert title == "Cities and themes"
    space = "" if language.startswith("zh") else " "
    assert description.startswith(f"Cities and what they address.{space}Measured exactly. ")
    assert description.endswith(producer())
    assert root.findtext(f"{{{NAMESPACE}}}metadata") == producer()
    assert root.get("{http://www.w3.org/XML/1998/namespace}lang") == language
    families = root.attrib["font-family"]
    assert families.endswith(", sans-serif")
    assert ("Noto Sans TC" if language == "zh-Hant" else "Noto Sans SC") in families
    # Nothing is run or fetched: the only address is the namespace.
    assert re.findall(r"https?:[^\"'<> ]*", drawn) == [NAMESPACE]
    assert not re.search(r"<(script|style|image|use|a|foreignObject)\b|\bhref|\bon[a-z]+=", drawn)


def test_markup_in_texts_is_escaped(
    make_node: MakeNode, make_edge: MakeEdge, make_network: Make
) -> None:
    nodes = [make_node(n, label=label) for n, label in enumerate(HOSTILE)]
    nodes[0] = replace(nodes[0], type_label=HOSTILE[1])
    edges = [make_edge(0, 0, 1, label=HOSTILE[0], kind=HOSTILE[1])]
    texts = {"title": HOSTILE[0], "summary": HOSTILE[2] + HOSTILE[1], "name": HOSTILE[0]}
    language = 'en" onload="alert(1)'
    root = read_svg(make_network(nodes, edges, notes=HOSTILE, language=language, **texts))
    assert root.get("{http://www.w3.org/XML/1998/namespace}lang") == language
    assert {element.tag.partition("}")[2] for element in root.iter()} <= {
        "svg", "metadata", "title", "desc", "rect", "g", "text", "tspan", "path", "circle", "line",
    }  # fmt: skip
    tooltips = [title.text for title in list_elements(find_group(root, "nodes"), "title")]
    assert tooltips[0] == f"{HOSTILE[0]} ({HOSTILE[1]})"
    assert tooltips[2] == "control end (city)"
    assert len(list_elements(find_group(root, "labels"), "text")) == len(HOSTILE)


def test_caption_is_at_the_bottom_and_in_the_description(make_wheel: Make) -> None:
    root = read_svg(make_wheel(10))
    (caption,) = list_elements(find_group(root, "caption"), "text")
    shown = " ".join(list_lines(caption))
    assert shown.startswith("Nodes: 10 · Edges: ")
    assert (root.findtext(f"{{{NAMESPACE}}}desc") or "").endswith(shown)
    assert find_box(caption).bottom < float(root.attrib["height"])


@pytest.mark.parametrize("count", [1, 30, 120])
def test_nothing_is_outside_the_page_or_on_the_legend(
    count: int, make_node: MakeNode, make_network: Make, make_wheel: Make
) -> None:
    root = read_svg(make_wheel(count) if count > 1 else make_network([make_node(1)], []))
    legend = [find_box(text) for text in list_elements(find_group(root, "legend"), "text")]
    labels = [find_box(text) for text in list_elements(find_group(root, "labels"), "text")]
    circles = list_elements(find_group(root, "nodes"), "circle")
    assert legend and labels and len(circles) == count
    left = min(box.left for box in legend)
    assert max(box.right for box in labels) <= left
    assert max(float(c.attrib["cx"]) + float(c.attrib["r"]) for c in circles) <= left
    assert not [pair for pair in combinations(legend, 2) if pair[0].overlaps(pair[1])]
    _, _, width, height = map(float, root.attrib["viewBox"].split())
    across, down = map(float, re.findall(r"[\d.]+", find_group(root, "plot").attrib["transform"]))
    for box in [*labels, *legend]:
        assert box.left >= 0 and across + box.right <= width and down + box.bottom <= height


def test_directed_edges_have_arrowheads(
    make_node: MakeNode, make_edge: MakeEdge, make_network: Make
) -> None:
    nodes = [make_node(n) for n in range(4)]
    edges = [make_edge(n, n, n + 1, weight=float(10**n)) for n in range(3)]
    network = make_network(nodes, edges)
    for directed in (True, False):
        links = find_group(read_svg(replace(network, directed=directed)), "links")
        paths = list_elements(links, "path")
        assert len([path for path in paths if path.get("stroke")]) == 3
        assert len([path for path in paths if path.get("fill")]) == (3 if directed else 0)
    tooltips = [title.text for title in list_elements(links, "title")]
    assert tooltips[0] == "City number 0 – City number 1: has theme"
    assert tooltips[2] == "City number 2 – City number 3: has theme (100)"


@pytest.mark.parametrize("kinds", [2, 5])
def test_edges_have_dashes_or_the_color_of_their_source(
    kinds: int, make_node: MakeNode, make_edge: MakeEdge, make_network: Make
) -> None:
    nodes = [make_node(n, "Theme" if n else "City") for n in range(kinds + 1)]
    edges = [make_edge(n, 0, n + 1, kind=f"cdp:k{n}") for n in range(kinds)]
    links = find_group(read_svg(make_network(nodes, edges, directed=False)), "links")
    paths = list_elements(links, "path")
    if kinds == 2:
        assert {path.get("stroke-dasharray") for path in paths} == {None, "6 3"}
    else:
        assert {path.get("stroke") for path in paths} == {nodes[0].color}


def test_summary_is_shown_and_notes_are_not(make_wheel: Make) -> None:
    root = read_svg(make_wheel(10))
    assert read_header(root) == [["Cities and themes"], ["Cities and what they address."]]
    assert len(read_header(read_svg(make_wheel(10, summary="")))) == 1


@pytest.mark.parametrize("text", ["What is stated here. ", "这里说的是什么。", "word " * 400])
def test_long_summary_is_cut_off_but_complete_in_the_description(
    text: str, make_node: MakeNode, make_network: Make
) -> None:
    summary = (text * 40).strip()
    root = read_svg(make_network([make_node(1)], [], summary=summary))
    lines = read_header(root)[1]
    assert len(lines) == SUMMARY_LINES and lines[-1].endswith("…")
    width = float(root.attrib["width"]) - 60
    assert all(measure_label(line) * SUMMARY_SIZE < width for line in lines)
    assert summary in (root.findtext(f"{{{NAMESPACE}}}desc") or "")


@pytest.mark.parametrize("seed", ["0", "1"])
def test_picture_does_not_depend_on_the_order_of_sets(seed: str, make_wheel: Make) -> None:
    network = make_wheel(60)
    code = f"""
from kg.networks.model import Edge, Network, Node
from kg.pictures import draw_svg
print(draw_svg({network!r}), end="")
"""
    done = subprocess.run(
        [sys.executable, "-"],
        input=code.encode(),
        capture_output=True,
        env=os.environ | {"PYTHONHASHSEED": seed, "PYTHONUTF8": "1"},
        check=True,
    )
    assert done.stdout.decode() == draw_svg(network)


def check_drawing(home: Home, name: str, language: str) -> None:
    """Draw a network of a home; check the summary, the nodes, the labels and the caption."""
    network = build_network(load_graph(home), find_network(home, name), NetworkOptions(language))
    root = read_svg(network)
    summary = "".join(read_header(root)[1])
    assert summary.replace(" ", "") == network.summary.replace(" ", "")
    assert len(list_elements(find_group(root, "nodes"), "circle")) == len(network.nodes) > 0
    labels = [list_lines(text) for text in list_elements(find_group(root, "labels"), "text")]
    assert labels
    for lines in labels:
        assert not [line for line in lines[1:] if line[0] in CLOSING], lines
        assert not [line for line in lines if line[-1] in OPENING], lines
    (caption,) = list_elements(find_group(root, "caption"), "text")
    assert network.legend["data"] in "".join(caption.itertext())


def test_networks_of_a_small_home_are_drawn(untouched: Home) -> None:
    for name, language in (("entities", "en"), ("documents", "zh-Hans")):
        check_drawing(untouched, name, language)


@pytest.mark.slow
@pytest.mark.parametrize("language", ["en", "zh-Hans"])
@pytest.mark.parametrize(
    "name", ["city-city", "city-technology", "city-theme", "documents", "entities"]
)
def test_networks_of_the_data_are_drawn(name: str, language: str, roundup: Home) -> None:
    check_drawing(roundup, name, language)
