"""Edges: collected from rows, reduced to a core, and weighed."""

from collections.abc import Sequence
from itertools import combinations

from pyoxigraph import NamedNode

from kg.networks.edges import Projection, collect_edges, prune_to_core, weigh_edges
from kg.networks.validity import OPEN, Span

SHARES = "urn:shares"


def collect(*rows: tuple[str, ...]) -> Projection:
    """Return the projection of rows of local names; `SHARES` is the folded relation."""
    terms = ([NamedNode(f"urn:{name}") if name else None for name in row] for row in rows)
    return collect_edges([tuple(row) for row in terms], SHARES)


def connect(pairs: Sequence[tuple[str, str]]) -> Projection:
    """Return a projection with an edge for each pair."""
    nodes = {node for pair in pairs for node in pair}
    return Projection(nodes, {(a, "r", b): {"e"} for a, b in pairs})


def test_rows_with_the_same_ends_and_relation_are_one_edge() -> None:
    found = collect(("a", "r", "b", "e1"), ("a", "r", "b", "e2"), ("a", "s", "b", "e1"))
    assert found.nodes == {"urn:a", "urn:b"}
    assert found.edges == {
        ("urn:a", "urn:r", "urn:b"): {"urn:e1", "urn:e2"},
        ("urn:a", "urn:s", "urn:b"): {"urn:e1"},
    }


def test_row_without_target_is_a_node_and_a_loop_is_no_edge() -> None:
    found = collect(("a", "", "", ""), ("b", "r", "b", "e"))
    assert (found.nodes, found.edges) == ({"urn:a", "urn:b"}, {})


def test_row_of_the_folded_relation_is_an_item() -> None:
    found = collect(("a", "shares", "t", "e"))
    assert (found.nodes, found.edges) == ({"urn:a"}, {})
    assert found.items == {"urn:a": {"urn:t": {"urn:e"}}}


def test_nodes_of_lowest_degree_are_dropped() -> None:
    core = list(combinations("abcd", 2))
    tail = [("d", "e"), ("e", "f"), ("f", "g")]
    projection = connect([*core, *tail])
    assert prune_to_core(projection, 7) == list("abcdefg")
    # Without g, f has the lowest degree, and so on.
    assert prune_to_core(projection, 4) == list("abcd")
    # Of nodes with the same degree the last is dropped.
    assert prune_to_core(projection, 3) == list("abc")


def test_core_is_connected_where_the_nodes_of_highest_degree_are_not() -> None:
    # The center of a star has the highest degree, but its neighbors are dropped first.
    star = [("star", f"ray{n}") for n in range(9)]
    triangle = list(combinations("abc", 2))
    assert prune_to_core(connect([*star, *triangle]), 3) == list("abc")


def test_shared_items_count_as_degree() -> None:
    items = {"a": {"u": {"e"}}, "b": {"t": {"e"}}, "c": {"t": {"e"}}}
    projection = Projection(set("abc"), {}, items, SHARES)
    assert prune_to_core(projection, 2) == ["b", "c"]


def test_weight_evidence_and_span_of_an_edge() -> None:
    projection = Projection(
        {"a", "b", "c"}, {("a", "r", "b"): {"e1", "e2"}, ("a", "r", "c"): {"e1"}}
    )
    passages = {"e1": {"p1", "p2"}, "e2": {"p2", "p3"}}
    spans = {"e1": ("2021-01-01", "2021-12-31"), "e2": ("2023-01-01", "2023-12-31")}
    edges, untimely = weigh_edges(projection, ["a", "b"], passages, spans)
    assert list(edges) == [("a", "r", "b")]
    edge = edges["a", "r", "b"]
    assert (edge.weight, edge.evidence, edge.span) == (2.0, 3, ("2021-01-01", "2023-12-31"))
    assert (edge.shared, untimely) == ((), 0)


def test_edge_is_valid_within_its_ends_or_left_out() -> None:
    projection = connect([("a", "b"), ("a", "c")])
    spans: dict[str, Span] = {
        "a": (None, "2022-12-31"), "b": ("2021-01-01", None), "c": ("2023-01-01", None),
    }  # fmt: skip
    edges, untimely = weigh_edges(projection, list("abc"), {}, spans)
    assert {key[2]: edge.span for key, edge in edges.items()} == {"b": ("2021-01-01", "2022-12-31")}
    assert untimely == 1


def test_nodes_that_share_items_are_joined() -> None:
    items = {
        "a": {"t": {"e1"}, "u": {"e2"}, "v": {"e2"}},
        "b": {"t": {"e3"}, "u": {"e4"}},
        "c": {"w": {"e5"}},
    }
    passages = {"e1": {"p1"}, "e2": {"p2"}, "e3": {"p1", "p3"}, "e4": {"p4"}}
    spans: dict[str, Span] = {"e1": ("2021-01-01", "2021-12-31"), "e3": (None, "2025-12-31")}
    spans |= {"e2": ("2022-01-01", "2022-12-31"), "e4": ("2024-01-01", None)}
    projection = Projection({"a", "b", "c"}, {}, items, SHARES)
    edges, _ = weigh_edges(projection, list("abc"), passages, spans)
    assert list(edges) == [("a", SHARES, "b")]
    edge = edges["a", SHARES, "b"]
    assert edge.shared == ("t", "u")
    assert (edge.weight, edge.jaccard, edge.evidence) == (2.0, 0.6667, 4)
    # u is never shared at the same time.
    assert edge.span == ("2021-01-01", "2021-12-31")


def test_items_never_shared_at_the_same_time_leave_the_validity_open() -> None:
    items = {"a": {"t": {"e1"}}, "b": {"t": {"e2"}}}
    spans = {"e1": ("2021-01-01", "2021-12-31"), "e2": ("2022-01-01", None)}
    edges, untimely = weigh_edges(Projection({"a", "b"}, {}, items, SHARES), ["a", "b"], {}, spans)
    assert (edges["a", SHARES, "b"].span, untimely) == (OPEN, 0)
