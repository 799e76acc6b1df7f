"""Shapes and data as Turtle, for the tests of the evaluator."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from pyoxigraph import RdfFormat, Triple, parse

from kg.check.index import StatementIndex
from kg.check.shapes import ShapeCompiler
from kg.home import Home, find_home
from kg.names import read_names

PREFIXES = """
PREFIX e: <https://example.org/>
PREFIX owl: <http://www.w3.org/2002/07/owl#>
PREFIX rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#>
PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
PREFIX sh: <http://www.w3.org/ns/shacl#>
PREFIX xsd: <http://www.w3.org/2001/XMLSchema#>
"""
Compile = Callable[[str, StatementIndex], ShapeCompiler]


def read_triples(turtle: str) -> list[Triple]:
    """Return the statements of a text, to which the prefixes are added."""
    quads = parse(PREFIXES + turtle, RdfFormat.TURTLE, base_iri="https://example.org/")
    return [Triple(quad.subject, quad.predicate, quad.object) for quad in quads]


def index_turtle(turtle: str) -> StatementIndex:
    """Return an index of data."""
    expand = read_names(find_home()).expand
    index = StatementIndex(expand("rdf:type"), expand("rdfs:subClassOf"))
    index.add(read_triples(turtle))
    return index


@pytest.fixture
def own_roundup(roundup: Home, tmp_path: Path) -> Home:
    """A copy of the seven-city source, to change it."""
    shutil.copytree(roundup.root, tmp_path / "roundup")
    return Home(tmp_path / "roundup")


@pytest.fixture(scope="session")
def make_index() -> Callable[[str], StatementIndex]:
    """Return a function that makes an index of Turtle."""
    return index_turtle


@pytest.fixture(scope="session")
def compile_shapes() -> Compile:
    """Return a function that makes a compiler of shapes, as Turtle, for an index of data."""

    def compile_turtle(shapes: str, index: StatementIndex) -> ShapeCompiler:
        compiler = ShapeCompiler(index, read_names(find_home()))
        compiler.add(read_triples(shapes))
        return compiler

    return compile_turtle
