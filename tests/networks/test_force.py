"""The force layout, compared with that of networkx."""

import pytest

from kg.networks.force import place_by_force


@pytest.mark.parametrize("nodes,edges,steps", [(2, 1, 300), (40, 60, 300), (90, 200, 20)])
def test_positions_are_those_of_networkx(nodes: int, edges: int, steps: int) -> None:
    networkx = pytest.importorskip("networkx")
    graph = networkx.gnm_random_graph(nodes, edges, seed=nodes)
    for number, (one, two) in enumerate(graph.edges):
        graph.edges[one, two]["weight"] = 1.0 + number % 3
    expected = networkx.forceatlas2_layout(graph, max_iter=steps, weight="weight", seed=7)
    assert place_by_force(graph, steps, 7) == {
        node: (float(x), float(y)) for node, (x, y) in expected.items()
    }
