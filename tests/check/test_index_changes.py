"""The index of statements follows changes, and so do the shapes compiled for it."""

from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyoxigraph import BlankNode, Literal, NamedNode, RdfFormat, Triple, parse

from kg.check.index import StatementIndex
from kg.check.shapes import ShapeCompiler
from kg.home import Home
from kg.names import Term, read_names

TYPE, SUBCLASS, OTHER = (NamedNode(f"urn:{name}") for name in ("type", "subclass", "other"))
CLASSES = [NamedNode(f"urn:{name}") for name in "ABC"]
NODES: list[NamedNode | BlankNode] = [NamedNode("urn:x"), BlankNode("y"), *CLASSES]
VALUES: list[Term] = [Literal("1"), Literal("1", language="en"), *NODES]
TRIPLES = [
    *(Triple(*terms) for terms in product(NODES, (TYPE,), CLASSES)),
    *(Triple(*terms) for terms in product(CLASSES, (SUBCLASS,), CLASSES)),
    *(Triple(s, OTHER, o) for s, o in product(NODES, VALUES)),
]
SHAPES = """
@prefix sh: <http://www.w3.org/ns/shacl#> .
<urn:shape> sh:targetClass <urn:A> ;
  sh:property [ sh:path <urn:other> ; sh:class <urn:B> ; sh:minCount 1 ] ,
    [ sh:path [ sh:inversePath <urn:subclass> ] ; sh:minCount 1 ] .
"""
A, B, C = CLASSES
X = NODES[0]


def make_index(*triples: Triple) -> StatementIndex:
    index = StatementIndex(TYPE.value, SUBCLASS.value)
    index.add(triples)
    return index


def read_index(index: StatementIndex) -> object:
    """Return everything that an index finds, without the order of values."""
    predicates = (TYPE, SUBCLASS, OTHER)
    return (
        set(index),
        [{s: set(values) for s, values in index.objects(p).items()} for p in predicates],
        [{o: set(found) for o, found in index.subjects(p).items()} for p in predicates],
        [set(index.instances(each)) for each in CLASSES],
    )


@settings(deadline=None)
@given(st.lists(st.tuples(st.booleans(), st.sampled_from(TRIPLES)), max_size=40))
def test_changed_index_is_like_a_new_one(changes: list[tuple[bool, Triple]]) -> None:
    index, present = make_index(), set[Triple]()
    read_index(index)
    for is_added, triple in changes:
        if is_added:
            index.add([triple])
            present.add(triple)
        elif triple in present:
            index.remove([triple])
            present.remove(triple)
        assert read_index(index) == read_index(make_index(*present))


def test_change_updates_what_was_found_before_instead_of_finding_it_again() -> None:
    index = make_index(Triple(A, SUBCLASS, B), Triple(X, TYPE, A))
    objects, subjects, instances = index.objects(TYPE), index.subjects(TYPE), index.instances(B)
    index.remove([Triple(X, TYPE, A)])
    assert (objects, subjects, instances) == ({}, {}, set())
    index.add([Triple(C, TYPE, B)])
    assert (objects, subjects, instances) == ({C: [B]}, {B: [C]}, {C})
    assert index.objects(TYPE) is objects
    assert index.subjects(TYPE) is subjects
    assert index.instances(B) is instances


@pytest.mark.parametrize(
    "triple", [Triple(X, OTHER, A), Triple(X, TYPE, B), Triple(C, TYPE, A), Triple(A, A, A)]
)
def test_removal_of_an_unknown_statement_is_an_error(triple: Triple) -> None:
    index = make_index(Triple(X, TYPE, A))
    with pytest.raises((KeyError, ValueError)):
        index.remove([triple])
    assert read_index(index) == read_index(make_index(Triple(X, TYPE, A)))


def test_compiled_shapes_follow_changes(untouched: Home) -> None:
    names = read_names(untouched)
    index = StatementIndex(names.expand("rdf:type"), names.expand("rdfs:subClassOf"))
    shapes = ShapeCompiler(index, names)
    shapes.add(parse(SHAPES.encode(), RdfFormat.TURTLE))
    rdf_type = NamedNode(names.expand("rdf:type"))
    target, typed = Triple(X, rdf_type, A), Triple(C, rdf_type, B)
    linked, linking = Triple(X, OTHER, C), Triple(C, SUBCLASS, X)
    index.add([target, typed, linked, linking])
    assert list_components(shapes) == []
    for triple, component in ((typed, "class"), (linking, "minCount"), (linked, "minCount")):
        index.remove([triple])
        assert list_components(shapes) == [component]
        index.add([triple])
    index.remove([target, typed, linked])
    assert list_components(shapes) == []


def list_components(shapes: ShapeCompiler) -> list[str]:
    components = [result.component for result in shapes.validate()]
    assert components == [result.component for result in shapes.validate({X, C})]
    assert shapes.validate({C}) == []
    return components
