"""The JSON of graphology and sigma.js."""

import json
from collections.abc import Callable
from dataclasses import replace

from kg.home import name_program
from kg.networks import Network

Render = Callable[[Network, str], bytes]


def test_nodes_edges_and_options_are_those_of_graphology(sample: Network, render: Render) -> None:
    graph = json.loads(render(sample, "json"))
    assert list(graph) == ["attributes", "options", "nodes", "edges"]
    assert graph["attributes"] == {
        "generator": name_program(), "name": "test", "title": "A test",
        "description": "Two nodes. A note.", "language": "en",
    }  # fmt: skip
    assert graph["options"] == {"type": "directed", "multi": True, "allowSelfLoops": False}
    first, second = graph["nodes"]
    # sigma.js would use "type" as the name of a program that draws the node.
    assert first == {"key": "a", "attributes": {
        "label": "A", "x": 1.0, "y": 2.5, "size": 0.25, "color": "#000000", "nodeType": "City",
        "iri": "https://e.org/a", "label_en": "A", "degree": 2,
    }}  # fmt: skip
    assert second["attributes"]["end"] == "2022-12-31"
    assert "label_en" not in second["attributes"]
    assert graph["edges"][0] == {
        "key": "e1", "source": "a", "target": "b", "undirected": False,
        "attributes": {
            "label": "x", "kind": "cdp:x", "weight": 2.0, "size": 5.0, "end": "2022-12-31",
            "relation": "x",
        },
    }  # fmt: skip
    assert graph["edges"][1]["attributes"]["size"] == 3.0


def test_undirected_network_with_lists(build: Callable[..., Network], render: Render) -> None:
    network = build("city-city")
    graph = json.loads(render(network, "json"))
    assert graph["options"]["type"] == "undirected"
    assert [edge["attributes"]["themes"] for edge in graph["edges"]] == [
        list(edge.attributes["themes"])  # type: ignore[arg-type]
        for edge in network.edges
    ]
    assert {edge["undirected"] for edge in graph["edges"]} == {True}


def test_network_without_edges(sample: Network, render: Render) -> None:
    assert json.loads(render(replace(sample, edges=()), "json"))["edges"] == []
