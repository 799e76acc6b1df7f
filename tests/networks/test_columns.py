"""The columns of networks: which there are, their types, and values as text."""

from dataclasses import replace

from kg.networks import Network
from kg.networks.columns import format_value, infer_type, list_edge_columns, list_node_columns
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


def test_type_fits_all_values() -> None:
    cases: list[tuple[list[Value | None], str]] = [
        ([1, 2, None], "integer"),
        ([1, 2**40], "double"),
        ([1, 0.5], "double"),
        ([True, False], "boolean"),
        ([True, 1], "string"),
        (["a", 1], "string"),
        ([("a",), ()], "liststring"),
        ([None], ""),
        ([], ""),
    ]
    assert [(values, infer_type(values)) for values, _ in cases] == cases


def test_values_as_text() -> None:
    values: list[Value] = [True, False, 3, 0.25, -0.5, "a", ('a "b"', "c\\d", "e, f"), ()]
    assert list(map(format_value, values)) == [
        "true", "false", "3", "0.25", "-0.5", "a", '["a \\"b\\"", "c\\\\d", "e, f"]', "[]",
    ]  # fmt: skip
