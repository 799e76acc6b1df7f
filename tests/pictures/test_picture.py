"""Pictures of networks: what is drawn can be read, by people and by programs."""

import math
import re
import struct
import sys
from collections import Counter
from dataclasses import replace
from functools import cache
from itertools import combinations
from pathlib import Path
from xml.etree import ElementTree

import pytest

from kg.errors import KgError
from kg.files import HEAD
from kg.graph import load_graph
from kg.home import find_home, producer
from kg.names import LANGUAGES
from kg.networks.model import Edge, Network, Node
from kg.networks.query import NetworkOptions, build_network, find_network
from kg.pictures import fonts
from kg.pictures.fonts import choose_face, find_fonts, list_font_files
from kg.pictures.labels import (
    CLOSING,
    COLUMNS,
    LINE_HEIGHT,
    OPENING,
    Box,
    break_label,
    measure_label,
)
from kg.pictures.legend import WORDS
from kg.pictures.picture import HEAD as PNG_HEAD
from kg.pictures.picture import MOST_LINES as MOST_SHOWN
from kg.pictures.picture import SIGNATURE, ZOOM, draw_png, draw_svg
from kg.pictures.scene import EACH_NODE, FIRST_EDGES, MOST_NODES, lay_out
from kg.pictures.svg import ASCENT, NAMESPACE, fit_lines
from kg.store import Engine

COLORS = {"City": "#f28e2b", "Theme": "#4e79a7"}
HOSTILE = (
    '</text><script>alert("x")</script>',
    "a & b < c > d \"e\" 'f' ]]> &amp; <!-- g",
    "control \x00\x01\x08\x0b\x1f\x7f\x9f end \ud800 \uffff \U0001ffff",
    "\u202eright to left override",
    "سياسات المدن الرقمية",
    "数" * 3000,
    "W" * 3000,
    "  line\nbreaks\tand\r\nspaces  ",
    "e\u0301 combining",
)
CHINESE_FONT = "no font with Chinese characters here: install fonts-noto-cjk or fonts-wqy-microhei"


def make_node(number: int, kind: str = "City", **more: object) -> Node:
    given = {
        "label": f"{kind} number {number}",
        "x": 100 * math.cos(2.4 * number) * math.sqrt(number),
        "y": 100 * math.sin(2.4 * number) * math.sqrt(number),
        "size": 20.0,
    } | more
    return Node(
        id=f"n{number}", iri=f"n{number}", labels={}, type=kind, type_label=kind.lower(),
        color=COLORS[kind], **given,
    )  # fmt: skip


def make_edge(number: int, one: int, two: int, **more: object) -> Edge:
    given = {"kind": "cdp:hasTheme", "label": "has theme"} | more
    return Edge(id=f"e{number}", source=f"n{one}", target=f"n{two}", **given)


def make_network(nodes: list[Node], edges: list[Edge], **more: object) -> Network:
    given = {
        "name": "city-theme", "title": "Cities and themes", "description": "What is said of both.",
        "language": "en", "directed": True,
    } | more  # fmt: skip
    return Network(nodes=tuple(nodes), edges=tuple(edges), **given)


def make_wheel(count: int, **more: object) -> Network:
    """A network of a few themes and many cities, each of these with up to three of the themes."""
    themes = [make_node(n, "Theme", size=40.0) for n in range(5)]
    cities = [make_node(n) for n in range(5, count)]
    pairs = sorted({(n, (n * k) % 5) for n in range(5, count) for k in (1, 2, 3)})
    edges = [make_edge(n, one, two, weight=1.0 + one % 7) for n, (one, two) in enumerate(pairs)]
    degree = [sum(n in pair for pair in pairs) for n in range(count)]
    nodes = [replace(node, degree=degree[n]) for n, node in enumerate([*themes, *cities])]
    return make_network(nodes, edges, **more)


def read_svg(network: Network) -> ElementTree.Element:
    return ElementTree.fromstring(draw_svg(network).encode("utf-8"))


def find_group(root: ElementTree.Element, name: str) -> ElementTree.Element:
    found = root.find(f".//*[@id='kg-{name}']")
    assert found is not None
    return found


def list_elements(group: ElementTree.Element, name: str) -> list[ElementTree.Element]:
    return list(group.iter(f"{{{NAMESPACE}}}{name}"))


def list_lines(text: ElementTree.Element) -> list[str]:
    spans = [s for s in list_elements(text, "tspan") if s.get("x")]
    return [s.text or "" for s in spans] or ["".join(text.itertext())]


def find_box(text: ElementTree.Element) -> Box:
    """Return the box of a text as it is written in the SVG."""
    size = float(text.attrib["font-size"])
    lines = list_lines(text)
    width = max(map(measure_label, lines)) * size
    shift = {"middle": 0.5, "end": 1.0}.get(text.get("text-anchor", "start"), 0.0)
    left = float(text.attrib["x"]) - shift * width
    top = float(text.attrib["y"]) - ASCENT * size
    return Box(left, top, left + width, top + LINE_HEIGHT * size * len(lines))


def list_circles(root: ElementTree.Element) -> list[tuple[float, float, float]]:
    return [
        tuple(float(circle.attrib[name]) for name in ("cx", "cy", "r"))
        for circle in list_elements(find_group(root, "nodes"), "circle")
    ]


def read_caption(root: ElementTree.Element) -> str:
    texts = list_elements(find_group(root, "caption"), "text")
    return " ".join(line for text in texts for line in list_lines(text))


@pytest.mark.parametrize("language", [*LANGUAGES, "de"])
def test_svg_stands_alone_and_says_what_it_shows(language: str) -> None:
    drawn = draw_svg(make_wheel(30, language=language))
    root = ElementTree.fromstring(drawn.encode("utf-8"))
    assert root.tag == f"{{{NAMESPACE}}}svg"
    assert root.get("role") == "img"
    ids = root.attrib["aria-labelledby"].split()
    title, description = (root.find(f"*[@id='{name}']") for name in ids)
    assert title is not None and title.text == "Cities and themes"
    assert description is not None and "What is said of both." in (description.text or "")
    mark = f"<metadata>{producer()}</metadata>"
    assert mark in drawn[:HEAD]
    assert mark in draw_svg(make_network([], [], title="title " * HEAD))[:HEAD]
    assert root.get("{http://www.w3.org/XML/1998/namespace}lang") == language
    assert "sans-serif" in root.attrib["font-family"]
    chinese = "Noto Sans TC" if language == "zh-Hant" else "Noto Sans SC"
    assert chinese in root.attrib["font-family"]
    # Nothing is run or fetched: the only address is the namespace.
    assert re.findall(r"https?:[^\"'<> ]*", drawn) == [NAMESPACE]
    assert not re.search(r"<(script|style|image|use|a|foreignObject)\b|\bhref|\bon[a-z]+=", drawn)


@pytest.mark.parametrize("language", LANGUAGES)
def test_caption_counts_and_names_licence_and_program(language: str) -> None:
    caption = read_caption(read_svg(make_wheel(30, language=language)))
    assert "CC BY 4.0" in caption and producer() in caption
    assert WORDS[language]["data"] in caption
    assert re.findall(r"\d+", caption)[0] == "30"


def test_words_are_the_same_in_all_languages() -> None:
    assert set(WORDS) == set(LANGUAGES)
    assert len({tuple(words) for words in WORDS.values()}) == 1
    for name, text in WORDS["en"].items():
        fields = set(re.findall(r"{\w+}", text))
        assert all(set(re.findall(r"{\w+}", WORDS[tag][name])) == fields for tag in LANGUAGES)


def test_hostile_labels_are_only_text() -> None:
    nodes = [make_node(n, label=label) for n, label in enumerate(HOSTILE)]
    nodes[0] = replace(nodes[0], type_label=HOSTILE[1])
    edges = [make_edge(0, 0, 1, label=HOSTILE[0], kind=HOSTILE[1])]
    said = {"title": HOSTILE[0], "description": HOSTILE[2] + HOSTILE[1], "name": HOSTILE[3]}
    root = read_svg(make_network(nodes, edges, **said))
    assert {e.tag.partition("}")[2] for e in root.iter()} <= {
        "svg", "metadata", "title", "desc", "rect", "g", "text", "tspan", "path", "circle", "line",
    }  # fmt: skip
    told = [title.text or "" for title in list_elements(find_group(root, "nodes"), "title")]
    assert told[0] == f"{HOSTILE[0]} ({HOSTILE[1]})"
    assert told[2] == "control end (city)"
    assert told[3] == "right to left override (city)"
    assert told[4] == f"{HOSTILE[4]} (city)"
    assert told[5] == f"{HOSTILE[5]} (city)"
    assert told[7] == "line breaks and spaces (city)"
    assert told[8] == "\u00e9 combining (city)"
    labels = list_elements(find_group(root, "labels"), "text")
    assert len(labels) >= len(HOSTILE) - 1
    assert all(measure_label(line) < 30 for label in labels for line in list_lines(label))


def test_long_label_is_cut_visibly_and_lines_are_even() -> None:
    assert break_label("数" * 3000)[-1].endswith("…")
    assert break_label("one two three four") == ("one two three four",)
    lines = break_label("Mandatory Provident Fund Schemes Authority")
    assert len(lines) == 2 and not lines[1].endswith("…")
    assert abs(len(lines[0]) - len(lines[1])) < 4


@pytest.mark.parametrize("columns", [8, 16, COLUMNS])
@pytest.mark.parametrize(
    "text",
    [
        "Sustainable Development goals", "Demonstration of industrialization here",
        "sub-provincial city", "an intelligent agent of government", "Internationalization",
        "ACCOUNTABILITY AND TRANSPARENCY", "数据Demonstration开放industrialization平台",
    ],
)  # fmt: skip
def test_no_word_of_a_label_is_cut_that_would_fit(text: str, columns: int) -> None:
    for most in (1, 2, 3):
        lines = break_label(text, columns, most)
        words = re.findall(r"[A-Za-z]+", text)
        assert lines and all(w in words for line in lines for w in re.findall(r"[A-Za-z]+", line))
        assert lines[-1].endswith("…") or " ".join(text.split()).replace(" ", "") == "".join(
            lines
        ).replace(" ", "")


def test_only_a_word_wider_than_any_label_is_cut() -> None:
    lines = break_label("x" * 30 + " after")
    assert lines == ("x" * COLUMNS, "x" * (30 - COLUMNS) + " after")


def test_label_may_break_after_a_hyphen_within_a_word() -> None:
    assert break_label("administrative sub-provincial") == ("administrative", "sub-provincial")
    # Where a space will do as well, no word is broken.
    assert break_label("Changsha smart-city decision") == ("Changsha smart-city", "decision")
    lines = break_label("new administrative-territorial division")
    assert lines == ("new administrative-", "territorial division")
    assert break_label("2016-2020 and 2021-2025", 6, 3) == ("2016-2020", "and", "2021-2025")


def test_marks_that_close_begin_no_line_and_those_that_open_end_none() -> None:
    text = (
        "数据开放、共享（含“一网通办”）；治理：到2025年，建成《规划》所说的平台。其后（另见附件）……"
    )
    seen = 0
    for width in range(60, 360, 3):
        for lines in (fit_lines(text, 10, width), break_label(text, max(width // 10, 8), 3)):
            seen += len(lines)
            assert not [line for line in lines[1:] if line[0] in CLOSING], lines
            assert not [line for line in lines if line[-1] in OPENING], lines
        assert "".join(fit_lines(text, 10, width)) == text
    assert seen > 600


@pytest.mark.parametrize("count", [5, 30, 120, 450])
@pytest.mark.parametrize("language", ["en", "zh-Hans"])
def test_labels_overlap_neither_each_other_nor_nodes(count: int, language: str) -> None:
    network = make_wheel(count, language=language)
    if language != "en":
        named = [replace(n, label=f"第{i}座智慧城市的方案") for i, n in enumerate(network.nodes)]
        network = replace(network, nodes=tuple(named))
    root = read_svg(network)
    circles = list_circles(root)
    assert len(circles) == count
    boxes = [find_box(text) for text in list_elements(find_group(root, "labels"), "text")]
    assert len(boxes) >= min(count, 60)
    # Places are written with one decimal.
    tight = [Box(b.left + 0.1, b.top + 0.1, b.right - 0.1, b.bottom - 0.1) for b in boxes]
    assert not [pair for pair in combinations(tight, 2) if pair[0].overlaps(pair[1])]
    assert not [(b, c) for b in tight for c in circles if b.touches(*c)]
    for (x1, y1, r1), (x2, y2, r2) in combinations(circles, 2):
        assert math.hypot(x2 - x1, y2 - y1) >= r1 + r2 - 0.2
    missing = count - len(boxes)
    told = WORDS[language]["unlabelled"].format(count=missing)
    assert (told in read_caption(root)) == (missing > 0)


def test_largest_nodes_are_labelled_even_where_it_is_dense() -> None:
    root = read_svg(make_wheel(400))
    shown = {" ".join(list_lines(t)) for t in list_elements(find_group(root, "labels"), "text")}
    assert {f"Theme number {n}" for n in range(5)} <= shown
    assert len(shown) < 400


def test_label_without_room_is_tried_narrower() -> None:
    network = make_wheel(120)
    long = [replace(n, label=f"Guangdong–Hong Kong–Macao Area {n.id}") for n in network.nodes]
    root = read_svg(replace(network, nodes=tuple(long)))
    texts = list_elements(find_group(root, "labels"), "text")
    assert 3 in {len(list_lines(t)) for t in texts if float(t.attrib["font-size"]) == 11}


@pytest.mark.parametrize("count", [1, 30, 400])
def test_nothing_lies_on_the_legend_or_outside(count: int) -> None:
    root = read_svg(make_wheel(max(count, 5)) if count > 1 else make_network([make_node(1)], []))
    legend = [find_box(text) for text in list_elements(find_group(root, "legend"), "text")]
    assert legend
    left = min(box.left for box in legend)
    labels = [find_box(text) for text in list_elements(find_group(root, "labels"), "text")]
    assert max(box.right for box in labels) <= left
    assert max(x + r for x, _, r in list_circles(root)) <= left
    assert not [pair for pair in combinations(legend, 2) if pair[0].overlaps(pair[1])]
    _, _, width, height = map(float, root.attrib["viewBox"].split())
    moved = find_group(root, "plot").attrib["transform"]
    across, down = map(float, re.findall(r"[\d.]+", moved))
    for box in [*labels, *legend]:
        assert box.left >= 0 and across + box.right <= width and down + box.bottom <= height


def test_legend_has_each_type_with_its_colour_and_count() -> None:
    network = make_wheel(30)
    extra = replace(network.nodes[-1], color="#59a14f")
    root = read_svg(replace(network, nodes=(*network.nodes[:-1], extra)))
    rows = {
        list_lines(row.findall(f"{{{NAMESPACE}}}text")[0])[0]: [
            dot.get("fill") for dot in list_elements(row, "circle")
        ]
        for row in find_group(root, "legend")
    }
    assert rows["city25"] == [COLORS["City"], "#59a14f"]
    assert rows["theme5"] == [COLORS["Theme"]]
    weights = [row for row in rows if row in ("1", "7")]
    assert len(weights) == 2
    assert f"has theme{len(network.edges)}" in rows


def test_sizes_are_told_where_they_follow_the_number_of_links() -> None:
    def list_rows(network: Network) -> list[str]:
        rows = list_elements(find_group(read_svg(network), "legend"), "text")
        return [" ".join(list_lines(row)) for row in rows]

    nodes = [make_node(n, degree=n + 1, size=10.0 + 5 * n) for n in range(9)]
    assert WORDS["en"]["sizes"] in list_rows(make_network(nodes, []))
    nodes[4] = replace(nodes[4], degree=1)
    assert WORDS["en"]["sizes"] not in list_rows(make_network(nodes, []))


@pytest.mark.parametrize("count", [1, 2, 4, 5])
def test_few_relations_have_dashes_and_many_the_colour_of_their_source(count: int) -> None:
    nodes = [make_node(n, "Theme" if n else "City") for n in range(count + 1)]
    edges = [make_edge(n, 0, n + 1, kind=f"cdp:k{n}", label=f"kind {n}") for n in range(count)]
    root = read_svg(make_network(nodes, edges))
    paths = [p for p in list_elements(find_group(root, "links"), "path") if p.get("stroke")]
    assert len(paths) == count
    legend = " ".join(
        "".join(t.itertext()) for t in list_elements(find_group(root, "legend"), "text")
    )
    if count > 4:
        assert {path.get("stroke") for path in paths} == {COLORS["City"]}
        assert "kind" not in legend
    else:
        assert len({path.get("stroke-dasharray") for path in paths}) == count
        assert all(f"kind {n}" in legend for n in range(count))


def test_width_grows_with_weight_and_direction_has_an_arrow() -> None:
    nodes = [make_node(n) for n in range(4)]
    edges = [make_edge(n, n, n + 1, weight=float(10**n)) for n in range(3)]
    links = list_elements(find_group(read_svg(make_network(nodes, edges)), "links"), "path")
    widths = [float(path.attrib["stroke-width"]) for path in links if path.get("stroke")]
    assert widths == sorted(widths) and widths[-1] > 2 * widths[0] > 0
    assert sum(1 for path in links if path.get("fill")) == 3
    links = list_elements(
        find_group(read_svg(make_network(nodes, edges, directed=False)), "links"), "path"
    )
    assert not [path for path in links if path.get("fill")]


def test_relations_between_the_same_nodes_lie_side_by_side() -> None:
    nodes = [make_node(1), make_node(2)]
    edges = [make_edge(0, 1, 2), make_edge(1, 1, 2, kind="cdp:x"), make_edge(2, 2, 1)]
    bends = {line.bend for line in lay_out(make_network(nodes, edges)).lines}
    assert len(bends) == 3


def test_same_network_gives_the_same_bytes() -> None:
    drawn = draw_svg(make_wheel(120))
    assert draw_svg(make_wheel(120)) == drawn


@pytest.mark.parametrize("seed", ["0", "1"])
def test_picture_does_not_depend_on_the_order_of_sets(seed: str, run_python) -> None:
    code = "from test_picture import *; print(draw_svg(make_wheel(200)), end='')"
    assert run_python(code, seed) == draw_svg(make_wheel(200))


@pytest.fixture
def run_python():
    import os
    import subprocess

    def run(code: str, seed: str) -> str:
        folders = (str(Path(__file__).parent), str(Path(__file__).parents[1]))
        environment = os.environ | {
            "PYTHONHASHSEED": seed, "PYTHONPATH": os.pathsep.join(folders), "PYTHONUTF8": "1",
        }  # fmt: skip
        done = subprocess.run(
            [sys.executable, "-c", code], capture_output=True, env=environment, timeout=60
        )
        assert done.returncode == 0, done.stderr.decode()
        return done.stdout.decode("utf-8")

    return run


def test_most_connected_are_drawn_and_the_caption_says_so() -> None:
    network = make_wheel(MOST_NODES + 100)
    root = read_svg(network)
    assert len(list_circles(root)) == MOST_NODES
    paths = [p for p in list_elements(find_group(root, "links"), "path") if p.get("stroke")]
    most = round(FIRST_EDGES + EACH_NODE * MOST_NODES)
    assert len(paths) == most < len(network.edges)
    caption = read_caption(root)
    assert f"{MOST_NODES} of {MOST_NODES + 100}" in caption
    assert f"{most} of {len(network.edges)}" in caption
    assert WORDS["en"]["connected"] in caption and WORDS["en"]["strongest"] in caption
    told = {t.text for t in list_elements(find_group(root, "nodes"), "title")}
    assert {f"Theme number {n} (theme)" for n in range(5)} <= told


def test_each_node_keeps_its_strongest_edge() -> None:
    nodes = [make_node(n) for n in range(60)]
    pairs = list(combinations(range(60), 2))
    edges = [make_edge(n, *pair, weight=1.0 + sum(pair)) for n, pair in enumerate(pairs)]
    drawn = lay_out(make_network(nodes, edges))
    assert drawn.thinned and len(drawn.lines) < len(edges)
    ends = {end for line in drawn.lines for end in (line.edge.source, line.edge.target)}
    assert ends == {node.id for node in nodes}


def make_alike(kinds: int) -> Network:
    """A network of many links, all of the same weight; the rarest relations are last in it."""
    nodes = [make_node(n) for n in range(60)]
    pairs = list(combinations(range(60), 2))
    # The commonest is that of all links but the last 40, if there are as many kinds as that.
    edges = [
        make_edge(n, *pair, kind=f"cdp:k{max(n - len(pairs) + 40, 0) * (kinds - 1) // 40}")
        for n, pair in enumerate(pairs)
    ]
    return make_network(nodes, edges)


def test_links_of_rare_relations_are_kept_where_all_weigh_the_same() -> None:
    network = make_alike(5)
    drawn = lay_out(network)
    kinds = [line.edge.kind for line in drawn.lines]
    assert drawn.thinned == "rarest" and len(kinds) == round(FIRST_EDGES + EACH_NODE * 60)
    for kind in {edge.kind for edge in network.edges} - {"cdp:k0"}:
        assert kinds.count(kind) == sum(edge.kind == kind for edge in network.edges) > 0
    # And no node that has links is left without any.
    ends = {end for line in drawn.lines for end in (line.edge.source, line.edge.target)}
    assert ends == {node.id for node in network.nodes}


def test_among_links_of_a_node_that_weigh_the_same_the_rare_one_is_drawn() -> None:
    first, *others, last = make_alike(1).edges
    edges = (replace(first, weight=2.0), *others, replace(last, kind="cdp:rare"))
    drawn = lay_out(replace(make_alike(1), edges=edges))
    assert drawn.thinned == "strongest"
    assert "cdp:rare" in {line.edge.kind for line in drawn.lines}


def test_node_with_links_of_the_commonest_relation_alone_keeps_one() -> None:
    edges = [
        replace(e, kind="cdp:common" if e.target == "n59" else f"cdp:k{n % 50}")
        for n, e in enumerate(make_alike(1).edges)
    ]
    drawn = lay_out(replace(make_alike(1), edges=tuple(edges)))
    assert "cdp:common" in {line.edge.kind for line in drawn.lines}


@pytest.mark.parametrize("language", LANGUAGES)
def test_caption_says_by_what_links_were_chosen(language: str) -> None:
    for kinds, word in ((5, "rarest"), (1, "some")):
        network = replace(make_alike(kinds), language=language)
        caption = read_caption(read_svg(network))
        told = {
            name for name in ("strongest", "rarest", "some") if WORDS[language][name] in caption
        }
        assert told == {word}


def test_empty_network_is_a_picture_that_says_so() -> None:
    root = read_svg(make_network([], []))
    assert list_circles(root) == []
    assert read_caption(root).startswith("Nodes: 0 · Links: 0")


def test_one_node_is_drawn_with_its_label() -> None:
    root = read_svg(make_network([make_node(3, size=0.0)], []))
    assert len(list_circles(root)) == 1
    (label,) = list_elements(find_group(root, "labels"), "text")
    assert list_lines(label) == ["City number 3"]


@pytest.mark.parametrize("count", [2, 40])
def test_nodes_in_one_place_are_moved_apart(count: int) -> None:
    nodes = [make_node(n, x=5.0, y=-5.0) for n in range(count)]
    circles = list_circles(read_svg(make_network(nodes, [make_edge(0, 0, 1)])))
    assert len(circles) == count
    for (x1, y1, r1), (x2, y2, r2) in combinations(circles, 2):
        assert math.hypot(x2 - x1, y2 - y1) >= r1 + r2 - 0.2


def test_cluster_is_spread_so_that_names_find_room() -> None:
    far = [make_node(1, x=0.0), make_node(2, x=10_000.0)]
    near = [make_node(n, x=0.1 * n, y=0.1 * (n % 7)) for n in range(3, 60)]
    drawing = lay_out(make_network([*far, *near], []))
    assert len(drawing.labels) > 30


@pytest.mark.parametrize("along", ["x", "y"])
def test_nodes_in_one_line_are_drawn(along: str) -> None:
    nodes = [make_node(n, **{"x": 0.0, "y": 0.0, along: 1e9 * n}) for n in range(6)]
    circles = list_circles(read_svg(make_network(nodes, [])))
    places = [circle["xy".index(along)] for circle in circles]
    assert len(set(places)) == 6
    # Gephi's y goes upwards.
    assert places == sorted(places, reverse=along == "y")


@pytest.mark.parametrize("name", ["x", "y", "size"])
@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
def test_number_that_is_none_is_refused(name: str, value: float) -> None:
    nodes = [make_node(1), make_node(2, **{name: value})]
    with pytest.raises(KgError, match=f"city-theme: node n2: {name} is -?(nan|inf)") as caught:
        draw_svg(make_network(nodes, []))
    assert caught.value.exit_code == 1


@pytest.mark.parametrize(
    ("nodes", "edges", "message"),
    [
        ([make_node(1)], [make_edge(7, 1, 2)], "edge e7: leads to n2, which is no node"),
        ([make_node(1), make_node(1)], [], "node n1: is there 2 times"),
        ([replace(make_node(1), color='red" x="')], [], "node n1: color is 'red\" x=\"'"),
        (
            [make_node(1), make_node(2)],
            [make_edge(7, 1, 2, weight=math.nan)],
            "edge e7: weight is nan",
        ),
    ],
)
def test_network_that_cannot_be_drawn_is_refused(
    nodes: list[Node], edges: list[Edge], message: str
) -> None:
    with pytest.raises(KgError, match=re.escape(message)):
        draw_svg(make_network(nodes, edges))


def test_text_is_fitted_into_its_width() -> None:
    for text in ("深圳" * 60, "some words " * 40, "WMWM " * 40):
        lines = fit_lines(text, 10, 200)
        assert max(map(measure_label, lines)) * 10 <= 200
        assert "".join(lines).replace(" ", "") == text.replace(" ", "")


@pytest.mark.parametrize(
    "sentence", ["What is said of it here. ", "这里说的是什么。", "word " * 400]
)
def test_long_description_is_shown_in_part_and_told_in_full(sentence: str) -> None:
    text = (sentence * 40).strip()
    root = read_svg(make_network([make_node(1)], [], description=text))
    shown = list_elements(find_group(root, "header"), "text")[1]
    lines = list_lines(shown)
    assert MOST_SHOWN - 1 <= len(lines) <= MOST_SHOWN
    assert lines[-1][-1] in ".。…"
    assert text in (root.findtext(f"{{{NAMESPACE}}}desc") or "")
    assert all(measure_label(line) * 13.5 < float(root.attrib["width"]) - 60 for line in lines)


@cache
def read_store() -> Engine:
    return load_graph(find_home())


@cache
def build(name: str, language: str) -> Network:
    """A network of the data of the project."""
    found = find_network(find_home(), name)
    return build_network(find_home(), read_store(), found, NetworkOptions(language))


@pytest.mark.parametrize("language", ["en", "zh-Hans"])
@pytest.mark.parametrize("name", ["city-city", "city-theme", "documents", "entities"])
def test_description_of_the_query_is_shown_whole_and_nothing_after_it(
    name: str, language: str
) -> None:
    network = build(name, language)
    said = find_network(find_home(), name).tell("description", language)
    shown = list_elements(find_group(read_svg(network), "header"), "text")[1]
    lines = list_lines(shown)
    assert len(lines) <= 5
    assert "".join(lines).replace(" ", "") == said.replace(" ", "")
    assert len(network.description) > len(said)


def test_description_that_counts_nothing_is_shown_from_its_beginning() -> None:
    network = make_network([make_node(1)], [], description="From 0 to 1. It is so.")
    shown = list_elements(find_group(read_svg(network), "header"), "text")[1]
    assert list_lines(shown) == ["From 0 to 1. It is so."]
    only = replace(network, description="It has 1 nodes and 0 edges. Layout: so.")
    assert len(list_elements(find_group(read_svg(only), "header"), "text")) == 1


@pytest.mark.parametrize("language", ["en", "zh-Hans"])
def test_real_labels_are_broken_where_lines_may_end(language: str) -> None:
    network = build("entities", language)
    known = {word for node in network.nodes for word in re.findall(r"[A-Za-z]+", node.label)}
    root = read_svg(network)
    texts = [t for g in ("labels", "legend") for t in list_elements(find_group(root, g), "text")]
    assert len(texts) > 200
    for lines in map(list_lines, texts[: -len(list_elements(find_group(root, "legend"), "text"))]):
        assert {word for line in lines for word in re.findall(r"[A-Za-z]+", line)} <= known, lines
    for lines in map(list_lines, texts):
        assert not any(line[0] in CLOSING for line in lines[1:]), lines
        assert not any(line[-1] in OPENING for line in lines), lines


def test_links_that_are_rare_in_the_data_are_all_drawn() -> None:
    network = build("entities", "en")
    every = Counter(edge.kind for edge in network.edges)
    drawing = lay_out(network)
    drawn = Counter(line.edge.kind for line in drawing.lines)
    assert drawing.thinned == "rarest" and drawn.total() < every.total()
    (common, count), *rest = every.most_common()
    assert drawn[common] / count < min(drawn[kind] / all for kind, all in rest)
    rare = [kind for kind, _ in rest[1:]]
    assert len(rare) > 10 and [drawn[k] for k in rare] == [every[k] for k in rare]


# PNG: what it takes of fonts.


@pytest.fixture(scope="session")
def chinese_font() -> Path:
    """A font file of this machine that has Chinese characters."""
    wanted = set(map(ord, "深圳數據"))
    for file in list_font_files(chinese=True):
        face = choose_face(file, wanted, "zh-Hans")
        if face and wanted <= face.characters:
            return file
    pytest.skip(CHINESE_FONT)


@pytest.fixture(autouse=True)
def no_font_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("KG_FONT", raising=False)


def make_font(family: str, ranges: list[tuple[int, int]], form: int = 4) -> bytes:
    """Return a file with the two tables that are read of a font."""
    if form == 4:
        spans = [*ranges, (0xFFFF, 0xFFFF)]
        count = len(spans)
        body = struct.pack(f">{count}H", *(last for _, last in spans)) + b"\0\0"
        body += struct.pack(f">{count}H", *(first for first, _ in spans))
        body += struct.pack(f">{count}H", *[1] * count) + bytes(2 * count)
        table = struct.pack(">7H", 4, 14 + len(body), 0, 2 * count, 0, 0, 0) + body
    else:
        body = b"".join(struct.pack(">III", first, last, 1) for first, last in ranges)
        table = struct.pack(">HHIII", 12, 0, 16 + len(body), 0, len(ranges)) + body
    cmap = struct.pack(">HHHHI", 0, 1, 3, 1 if form == 4 else 10, 12) + table
    name = family.encode("utf-16-be")
    names = struct.pack(">HHH6H", 0, 1, 18, 3, 1, 0x409, 1, len(name), 0) + name
    head = struct.pack(">4sHHHH", b"\0\1\0\0", 2, 0, 0, 0)
    start = 12 + 2 * 16
    head += struct.pack(">4sIII", b"cmap", 0, start, len(cmap))
    head += struct.pack(">4sIII", b"name", 0, start + len(cmap), len(names))
    return head + cmap + names


@pytest.mark.parametrize("form", [4, 12])
def test_characters_of_a_font_are_read(form: int, tmp_path: Path) -> None:
    file = tmp_path / "some.ttf"
    ranges = [(0x41, 0x5A), (0x6DF1, 0x6DF1)] + ([(0x20000, 0x20001)] if form == 12 else [])
    file.write_bytes(make_font("Some Family", ranges, form))
    face = choose_face(file, {0x41}, "en")
    assert face is not None and face.family == "Some Family"
    assert face.characters == {c for first, last in ranges for c in range(first, last + 1)}


@pytest.mark.parametrize("cut", [0, 3, 40, 60, -2, -1])
def test_broken_font_is_no_font(cut: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "some.ttf"
    file.write_bytes(make_font("Some", [(0x41, 0x5A)])[:cut])
    assert choose_face(file, {0x41}, "en") is None
    monkeypatch.setenv("KG_FONT", str(file))
    with pytest.raises(KgError, match=r"KG_FONT=.*some\.ttf: is no font"):
        find_fonts("A")


def test_fonts_are_those_that_the_text_needs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    latin, chinese = tmp_path / "arial.ttf", tmp_path / "wqy-microhei.ttf"
    latin.write_bytes(make_font("Latin", [(0x21, 0x7E)]))
    chinese.write_bytes(make_font("Chinese", [(0x41, 0x7E), (0x4E00, 0x9FFF)]))
    monkeypatch.setattr(fonts, "list_font_files", lambda **_: [latin, chinese])
    assert find_fonts("Wuhan", "en") == fonts.Fonts((latin,), "Latin")
    assert find_fonts("Wuhan", "zh-Hans") == fonts.Fonts((latin,), "Latin")
    assert find_fonts("Wuhan 武汉!", "en") == fonts.Fonts((latin, chinese), "Latin")
    assert find_fonts("Wuhan 武汉", "zh-Hans") == fonts.Fonts((chinese,), "Chinese")
    assert find_fonts("Wuhan 武汉!", "zh-Hans") == fonts.Fonts((chinese, latin), "Chinese")
    assert find_fonts(" \n", "en") == fonts.Fonts((), "")


def test_good_fonts_come_first_and_odd_ones_last(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    names = ("a.ttf", "Arial.ttf", "NotoSansCJK-Regular.ttc", "NotoSansCJK-Bold.ttc", "b.pfb")
    (tmp_path / "fonts" / "deep").mkdir(parents=True)
    for name in names:
        (tmp_path / "fonts" / "deep" / name).touch()
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))

    def list_names(*, chinese: bool) -> list[str]:
        found = list_font_files(chinese=chinese)
        return [file.name for file in found if tmp_path in file.parents]

    first, second = "NotoSansCJK-Regular.ttc", "Arial.ttf"
    assert list_names(chinese=True) == [first, second, "a.ttf", "NotoSansCJK-Bold.ttc"]
    assert list_names(chinese=False) == [second, first, "a.ttf", "NotoSansCJK-Bold.ttc"]


def test_png_without_a_chinese_font_says_what_to_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    latin = tmp_path / "latin.ttf"
    latin.write_bytes(make_font("Latin", [(0x21, 0x17F), (0x2000, 0x206F)]))
    monkeypatch.setattr(fonts, "list_font_files", lambda **_: [latin])
    network = make_network([make_node(1, label="深圳智慧城市")], [])
    with pytest.raises(KgError, match=r"深|市") as caught:
        draw_png(network)
    message = str(caught.value)
    assert caught.value.exit_code == 1
    assert all(part in message for part in ("fonts-noto-cjk", "KG_FONT", "SVG", "3 more"))
    monkeypatch.setenv("KG_FONT", str(latin))
    with pytest.raises(KgError, match=r"KG_FONT=.*latin\.ttf: it lacks"):
        draw_png(network)
    # Characters that the font has are not told of, in whichever language.
    with pytest.raises(KgError, match=r"it lacks 圳 \(U\+5733\) 深 \(U\+6DF1\)\. Install"):
        find_fonts("Shenzhen 深圳", "zh-Hans")
    monkeypatch.setenv("KG_FONT", str(tmp_path / "none.ttf"))
    with pytest.raises(KgError, match="No such file"):
        draw_png(network)


def test_png_without_its_library_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "resvg_py", None)
    with pytest.raises(KgError, match=re.escape("city-policy-kg[picture]")):
        draw_png(make_network([make_node(1)], []))


def test_png_is_the_svg_twice_as_large_and_ours(chinese_font: Path) -> None:
    network = make_wheel(30, language="zh-Hans", title="城市")
    png = draw_png(network)
    assert png.startswith(SIGNATURE)
    root = read_svg(network)
    expected = [round(ZOOM * float(root.attrib[name])) for name in ("width", "height")]
    assert list(struct.unpack(">II", png[16:24])) == expected
    assert producer().encode() in png[:HEAD]
    assert "城市".encode() in png[PNG_HEAD:HEAD]
    assert png == draw_png(network)


def test_png_has_the_glyphs_of_its_labels(
    chinese_font: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KG_FONT", str(chinese_font))
    # Where a glyph is missing nothing is drawn, or the same box for each.
    labels = ("深", "圳", "數", " ")
    nodes = [make_node(1, label=label) for label in labels]
    drawn = {draw_png(make_network([node], [], language="zh-Hans")) for node in nodes}
    assert len(drawn) == len(labels)
