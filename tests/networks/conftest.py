"""Networks of the seven-city source, of a small home, and made up, for several test modules."""

import io
from collections.abc import Callable
from functools import cache

import pytest

from kg.graph import LocalGraph, load_graph
from kg.home import Home
from kg.networks import (
    Edge,
    Network,
    NetworkOptions,
    Node,
    NodeData,
    build_network,
    find_network,
    write_network,
)


@pytest.fixture(scope="session")
def graph(roundup_graph: LocalGraph) -> LocalGraph:
    """The graph of the seven-city source."""
    return roundup_graph


@pytest.fixture(scope="session")
def data(graph: LocalGraph) -> NodeData:
    """The node data of that graph."""
    return NodeData(graph)


@pytest.fixture(scope="session")
def build(graph: LocalGraph, data: NodeData) -> Callable[..., Network]:
    """Return a function that builds a network of the seven-city source, once per set of options."""

    @cache
    def build_once(name: str, language: str = "en", layout: str = "communities") -> Network:
        options = NetworkOptions(language, layout)
        return build_network(graph, find_network(graph.home, name), options, data)

    return build_once


@pytest.fixture(scope="session")
def small_graph(untouched: Home) -> LocalGraph:
    """The graph of the small home."""
    return load_graph(untouched)


@pytest.fixture(scope="session")
def small_network(small_graph: LocalGraph) -> Network:
    """The entities of the small home."""
    question = find_network(small_graph.home, "entities")
    return build_network(small_graph, question, NetworkOptions(layout="communities"))


@pytest.fixture
def sample() -> Network:
    """Two nodes and two parallel edges."""
    nodes = (
        Node("a", "https://e.org/a", "A", {"en": "A"}, "City", "city", degree=2, x=1.0, y=2.5),
        Node("b", "https://e.org/b", "B", {}, "Theme", "theme", end="2022-12-31", degree=2),
    )
    edges = (
        Edge("e1", "a", "b", "cdp:x", "x", 2.0, 3, None, "2022-12-31"),
        Edge("e2", "a", "b", "cdp:y", "y"),
    )
    titles = {"type": "Type", "iri": "IRI", "label_en": "Label (en)", "degree": "Degree"}
    return Network(
        "test", "A test", "Two nodes.", ("A note.",), "en", True, nodes, edges, titles,
        {"relation": "Relation"},
    )  # fmt: skip


@pytest.fixture(scope="session")
def render() -> Callable[[Network, str], bytes]:
    """Return a function that returns a network in a format."""

    def render_network(network: Network, name: str) -> bytes:
        stream = io.BytesIO()
        write_network(network, name, stream)
        return stream.getvalue()

    return render_network
