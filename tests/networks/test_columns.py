"""The columns of networks: which there are, their types, and values as text."""

from dataclasses import replace

from kg.networks import Network
from kg.networks.columns import format_value, list_edge_columns, list_node_columns
from kg.networks.model import Value


def test_columns_read_fields_labels_and_attributes(sample: Network) -> None:
    nodes = (replace(sample.nodes[0], attributes={"city": "Wuhan"}), sample.nodes[1])
    titles = {"degree": "Degree", "label_en": "Label", "city": "City"}
    columns = list_node_columns(replace(sample, nodes=nodes, node_columns=titles))
    assert [(c.name, c.title, c.type) for c in columns] == [
        ("degree", "Degree", "integer"), ("label_en", "Label", "string"), ("city", "City", "string")
    ]  # fmt: skip
    assert [[column.read(node) for column in columns] for node in nodes] == [
        [2, "A", "Wuhan"], [2, None, None]
    ]  # fmt: skip
    edges = tuple(replace(edge, attributes={"shared": 2}) for edge in sample.edges)
    titles = {"relation": "Relation", "evidence": "Evidence", "shared": "Shared"}
    columns = list_edge_columns(replace(sample, edges=edges, edge_columns=titles))
    assert [column.read(edges[0]) for column in columns] == ["x", 3, 2]


def test_column_without_values_is_left_out(sample: Network) -> None:
    titles = {"label_en": "L", "label_zh-Hant": "M", "nothing": "N"}
    network = replace(sample, node_columns=titles)
    assert [column.name for column in list_node_columns(network)] == ["label_en"]
    assert list_edge_columns(replace(sample, edges=())) == []


def test_type_is_that_of_the_values(sample: Network) -> None:
    cases: list[tuple[Value, str]] = [
        (2, "integer"), (0.5, "double"), ("a", "string"), (("a",), "liststring"), ((), "liststring")
    ]  # fmt: skip
    for value, expected in cases:
        nodes = (sample.nodes[0], replace(sample.nodes[1], attributes={"x": value}))
        (column,) = list_node_columns(replace(sample, nodes=nodes, node_columns={"x": "X"}))
        assert column.type == expected, value


def test_values_as_text() -> None:
    values: list[Value] = [3, 0.25, -0.5, "a", ('a "b"', "c\\d", "e, f"), ()]
    assert list(map(format_value, values)) == [
        "3", "0.25", "-0.5", "a", '["a \\"b\\"", "c\\\\d", "e, f"]', "[]",
    ]  # fmt: skip
