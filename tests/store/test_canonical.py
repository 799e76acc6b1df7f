"""Sorted lines and canonical names of blank nodes, in little memory."""

import random
import tracemalloc
from collections.abc import Iterator

import pytest
from pyoxigraph import (
    BlankNode,
    CanonicalizationAlgorithm,
    Dataset,
    Literal,
    NamedNode,
    Quad,
    RdfFormat,
    serialize,
)

from kg.errors import KgError
from kg.graph import load_graph
from kg.home import Home
from kg.store.canonical import encode_quad, sort_lines, sort_statements
from kg.turtle import list_files, parse_file, restore_languages


def list_statements(home: Home) -> list[Quad]:
    loaded = [quad for file in list_files(home) for quad in parse_file(file)]
    return [*loaded, *load_graph(home).memory.list_added()]


def make_quads(count: int) -> Iterator[Quad]:
    p, g = NamedNode("https://e.org/p"), NamedNode("https://e.org/g")
    for n in range(count):
        yield Quad(NamedNode(f"https://e.org/{n * 7919 % count}"), p, Literal(str(n)), g)
    yield Quad(BlankNode(), p, Literal("x"), g)


def test_lines_are_sorted_by_code_points_without_duplicates() -> None:
    lines = ["b", "a", "", "~", "é", "武", "\U0001f600", "\uffff", "a b", "a\0b", "a\nb"] * 30
    random.Random(1).shuffle(lines)
    assert list(sort_lines(lines)) == sorted(set(lines))


def test_blank_nodes_have_the_names_of_rdfc_1_0(untouched: Home) -> None:
    quads = list_statements(untouched)
    dataset = Dataset(quads)
    dataset.canonicalize(CanonicalizationAlgorithm.RDFC_1_0)
    lines = (serialize(dataset, format=RdfFormat.N_QUADS) or b"").decode().split("\n")
    expected = sorted(restore_languages(line) for line in lines if line)
    assert list(sort_statements(quads)) == expected
    assert sum("_:c14n" in line for line in expected) > 700


def test_language_tags_have_the_recommended_case() -> None:
    a = NamedNode("https://e.org/a")
    quad = Quad(a, a, Literal("城", language="ZH-hans"), a)
    assert (
        encode_quad(quad) == '<https://e.org/a> <https://e.org/a> "城"@zh-Hans <https://e.org/a> .'
    )


def test_memory_does_not_grow_with_the_number_of_statements() -> None:
    def measure(count: int) -> int:
        tracemalloc.start()
        try:
            assert sum(1 for _ in sort_statements(make_quads(count))) == count + 1
            return tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()

    measure(1_000)
    few, many = measure(2_000), measure(12_000)
    assert many < 1.5 * few


def test_full_disk_is_an_error() -> None:
    resource = pytest.importorskip("resource", reason="files are bounded on POSIX alone")
    _, most = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, most))
    try:
        with pytest.raises(KgError, match=r"Sorting failed: .* set TMPDIR"):
            list(sort_lines(str(n) * 100 for n in range(100_000)))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (most, most))
