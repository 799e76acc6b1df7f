"""The CSV files for Gephi."""

import csv
import io
from collections.abc import Callable
from dataclasses import replace

from kg.networks import Edge, Network
from kg.networks.spreadsheet import format_interval

Render = Callable[[Network, str], bytes]


def read_rows(data: bytes) -> list[dict[str, str]]:
    titles, *rows = csv.reader(io.StringIO(data.decode("utf-8"), newline=""))
    # Gephi does not distinguish case in titles.
    assert len(set(map(str.lower, titles))) == len(titles)
    return [dict(zip(titles, row, strict=True)) for row in rows]


def test_row_of_a_node_has_the_columns_of_gephi(sample: Network, render: Render) -> None:
    assert render(sample, "nodes.csv").count(b"\r\n") == 3
    first, second = read_rows(render(sample, "nodes.csv"))
    assert first == {
        "Id": "a", "Label": "A", "Timeset": "", "Type": "City", "IRI": "https://e.org/a",
        "Label (en)": "A", "Degree": "2", "X": "1.0", "Y": "2.5", "Size": "1.0", "Color": "#000000",
    }  # fmt: skip
    assert (second["Label (en)"], second["Timeset"]) == ("", "<[-Infinity, 2022-12-31]>")


def test_row_of_an_edge_has_the_columns_of_gephi(sample: Network, render: Render) -> None:
    rows = read_rows(render(sample, "edges.csv"))
    assert rows[0] == {
        "Source": "a", "Target": "b", "Type": "Directed", "Kind": "cdp:x", "Id": "e1", "Label": "x",
        "Timeset": "<[-Infinity, 2022-12-31]>", "Weight": "2.0", "Relation": "x",
    }  # fmt: skip
    undirected = replace(sample, directed=False)
    assert {row["Type"] for row in read_rows(render(undirected, "edges.csv"))} == {"Undirected"}


def test_titles_of_real_networks_differ(build: Callable[..., Network], render: Render) -> None:
    for name in ("city-city", "documents", "entities"):
        network = build(name)
        assert len(read_rows(render(network, "nodes.csv"))) == len(network.nodes)
        assert len(read_rows(render(network, "edges.csv"))) == len(network.edges)


def test_formulas_are_escaped(sample: Network, render: Render) -> None:
    first, *others = sample.nodes
    hostile = replace(first, label="=HYPERLINK(A1)", labels={"en": "@x"}, x=-1.5)
    network = replace(sample, nodes=(hostile, *others))
    row = read_rows(render(network, "nodes.csv"))[0]
    assert (row["Label"], row["Label (en)"], row["X"]) == ("'=HYPERLINK(A1)", "'@x", "-1.5")
    edges = tuple(replace(edge, label="-1+1", weight=-2.0) for edge in sample.edges)
    row = read_rows(render(replace(sample, edges=edges), "edges.csv"))[0]
    assert (row["Label"], row["Relation"], row["Weight"]) == ("'-1+1", "'-1+1", "-2.0")


def test_period_is_an_interval_open_at_an_unknown_end() -> None:
    edge = Edge("e1", "a", "b", "k", "l")
    assert format_interval(edge) == ""
    assert format_interval(replace(edge, start="2021-01-01")) == "<[2021-01-01, Infinity]>"
