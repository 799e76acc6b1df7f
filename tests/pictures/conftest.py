"""Networks to draw: their parts, and one of themes and cities of any size."""

import math
import tomllib
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from kg.home import find_home
from kg.names import LANGUAGES, pick
from kg.networks.model import Edge, Network, Node
from kg.pictures.labels import Circle

COLORS = {"City": "#f28e2b", "Theme": "#4e79a7"}
# The texts of the legend, by name and language.
LEGEND = tomllib.loads((find_home().queries / "networks/network.toml").read_text("utf-8"))["legend"]


@pytest.fixture(autouse=True)
def no_named_font(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("KG_FONT", raising=False)


@pytest.fixture(scope="session")
def make_node() -> Callable[..., Node]:
    return build_node


@pytest.fixture(scope="session")
def make_circle() -> Callable[..., Circle]:
    return build_circle


@pytest.fixture(scope="session")
def make_edge() -> Callable[..., Edge]:
    return build_edge


@pytest.fixture(scope="session")
def make_network() -> Callable[..., Network]:
    return build_network


@pytest.fixture(scope="session")
def make_wheel() -> Callable[..., Network]:
    return build_wheel


def build_node(number: int, kind: str = "City", **more: Any) -> Node:
    given: dict[str, Any] = {
        "label": f"{kind} number {number}",
        "x": 100 * math.cos(2.4 * number) * math.sqrt(number),
        "y": 100 * math.sin(2.4 * number) * math.sqrt(number),
        "size": 20.0,
        "color": COLORS[kind],
    }
    return Node(
        id=f"n{number}", iri=f"n{number}", labels={}, type=kind, type_label=kind.lower(),
        **given | more,
    )  # fmt: skip


def build_circle(number: int, x: float, y: float, radius: float = 10) -> Circle:
    return Circle(build_node(number), x, y, radius)


def build_edge(number: int, source: int, target: int, **more: Any) -> Edge:
    given: dict[str, Any] = {"kind": "cdp:hasTheme", "label": "has theme"}
    return Edge(id=f"e{number}", source=f"n{source}", target=f"n{target}", **given | more)


def build_network(nodes: list[Node], edges: list[Edge], **more: Any) -> Network:
    language = more.get("language", "en")
    known = language if language in LANGUAGES else "en"
    given: dict[str, Any] = {
        "name": "city-theme",
        "title": "Cities and themes",
        "summary": "Cities and what they address.",
        "notes": ("Measured exactly.",),
        "language": language,
        "directed": True,
        "legend": {name: pick(texts, known, "") for name, texts in LEGEND.items()},
    }
    return Network(nodes=tuple(nodes), edges=tuple(edges), **given | more)


def build_wheel(count: int, **more: Any) -> Network:
    """Return a network of 5 large themes and of cities, each with up to three of the themes."""
    themes = [build_node(n, "Theme", size=40.0) for n in range(5)]
    cities = [build_node(n) for n in range(5, count)]
    pairs = sorted({(n, (n * k) % 5) for n in range(5, count) for k in (1, 2, 3)})
    edges = [build_edge(n, one, two, weight=1.0 + one % 7) for n, (one, two) in enumerate(pairs)]
    degree = [sum(n in pair for pair in pairs) for n in range(count)]
    nodes = [replace(node, degree=degree[n]) for n, node in enumerate([*themes, *cities])]
    return build_network(nodes, edges, **more)
