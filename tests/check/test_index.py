"""The index of statements: terms as written, by predicate and subject, and SHACL instances."""

from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyoxigraph import Literal, NamedNode, Quad, Triple

from kg.check.index import StatementIndex

Index = Callable[[str], StatementIndex]
E = "https://example.org/"
TYPE, SUBCLASS = "e:type", "e:subclass"


def name(text: str) -> NamedNode:
    return NamedNode(E + text)


def test_terms_are_kept_as_written(make_index: Index) -> None:
    forms = ['"080"^^xsd:decimal', "80.0", '"1"^^xsd:boolean', '"5"^^xsd:nonNegativeInteger', '"5"']
    index = make_index(f"e:s e:p {', '.join(forms)} .")
    objects = index.objects(name("p"))[name("s")]
    assert [each.value for each in objects if isinstance(each, Literal)] == [
        "080", "80.0", "1", "5", "5",
    ]  # fmt: skip
    assert len({str(each) for each in objects}) == 5


def test_statement_in_several_named_graphs_counts_once() -> None:
    index = StatementIndex(TYPE, SUBCLASS)
    quads = [Quad(name("s"), name("p"), Literal("x"), name(graph)) for graph in ("g", "h")]
    index.add(quads)
    index.add([Triple(name("s"), name("p"), Literal("x"))])
    assert list(index) == [Triple(name("s"), name("p"), Literal("x"))]


def test_subjects_and_objects_are_found_by_predicate(make_index: Index) -> None:
    index = make_index('e:s e:p e:o, "x" ; e:q e:o . e:t e:p e:o .')
    assert index.objects(name("p")) == {
        name("s"): [name("o"), Literal("x")], name("t"): [name("o")],
    }  # fmt: skip
    assert index.subjects(name("p")) == {
        name("o"): [name("s"), name("t")], Literal("x"): [name("s")],
    }  # fmt: skip
    assert index.objects(name("none")) == index.subjects(name("none")) == {}


@pytest.mark.parametrize(
    ("class_", "expected"),
    [("A", "a b c d"), ("B", "b c d"), ("C", "b c d"), ("D", "d"), ("None", "")],
)
def test_instances_of_subclasses_are_instances(
    class_: str, expected: str, make_index: Index
) -> None:
    # B and C are subclasses of each other.
    index = make_index(
        "e:B rdfs:subClassOf e:A, e:C . e:C rdfs:subClassOf e:B . e:D rdfs:subClassOf e:C ."
        "e:a a e:A . e:b a e:B . e:c a e:C . e:d a e:D, e:Other . e:A a owl:Class ."
    )
    assert index.instances(name(class_)) == {name(each) for each in expected.split()}


def test_long_chain_of_subclasses_is_followed(make_index: Index) -> None:
    chain = "".join(f"e:C{n} rdfs:subClassOf e:C{n + 1} ." for n in range(5000))
    assert make_index(f"{chain} e:x a e:C0 .").instances(name("C5000")) == {name("x")}


TERMS = st.sampled_from([name(each) for each in ("a", "b", "A", "B")])
PREDICATES = st.sampled_from([NamedNode(TYPE), NamedNode(SUBCLASS), name("p")])
TRIPLES = st.sets(st.builds(Triple, TERMS, PREDICATES, TERMS), max_size=12)


@settings(max_examples=100, deadline=None, derandomize=True)
@given(TRIPLES, TRIPLES)
def test_index_follows_changes(first: set[Triple], second: set[Triple]) -> None:
    changed, fresh = StatementIndex(TYPE, SUBCLASS), StatementIndex(TYPE, SUBCLASS)
    changed.add(first)
    for class_ in (name("A"), name("B")):
        changed.instances(class_)
    changed.remove(first - second)
    changed.add(second)
    fresh.add(second)
    assert set(changed) == set(fresh) == second
    for term in (name("a"), name("A"), name("B")):
        assert changed.instances(term) == fresh.instances(term)
        expected = {t.subject for t in second if t.predicate == name("p") and t.object == term}
        assert set(changed.subjects(name("p")).get(term, ())) == expected
