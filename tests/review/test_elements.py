"""Digests of elements: every statement counts, layout, order and prefixes do not."""

import random
from collections.abc import Iterable

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyoxigraph import BlankNode, Literal, NamedNode, Quad, RdfFormat, parse

from kg.home import Home, find_home
from kg.names import read_names
from kg.review import digest_elements, list_data_files
from kg.turtle import TurtleFile, parse_file
from kg.turtle_layout import format_text

NAMES = read_names(find_home())
EVIDENCE, SELECTOR = (NamedNode(NAMES.expand(n)) for n in ("cdp:hasEvidence", "oa:hasSelector"))
PROPERTIES = [EVIDENCE, SELECTOR, NamedNode("e:p"), NamedNode("e:q")]
NODES: list[NamedNode | BlankNode] = [
    *(NamedNode(f"e:{n}") for n in "abcd"),
    BlankNode("x"),
    BlankNode("y"),
    BlankNode("z"),
]
VALUES: list[NamedNode | BlankNode | Literal] = [
    *NODES,
    Literal("80"),
    Literal("80", language="en"),
    Literal(80),
]
statements = st.lists(
    st.builds(Quad, st.sampled_from(NODES), st.sampled_from(PROPERTIES), st.sampled_from(VALUES)),
    min_size=1,
    max_size=8,
    unique=True,
)


def digest(quads: Iterable[Quad]) -> dict[str, str]:
    return digest_elements(quads, NAMES)


def read(text: str) -> list[Quad]:
    return list(parse(text, RdfFormat.TURTLE, rename_blank_nodes=True))


def alter(quad: Quad) -> list[Quad]:
    """Return a statement with another subject, property and value, each in turn."""
    s, p, o = quad.triple
    value = Literal(f"{o.value}0", datatype=o.datatype) if isinstance(o, Literal) else o
    if isinstance(o, Literal) and o.language:
        value = Literal(f"{o.value}0", language=o.language)
    if isinstance(o, NamedNode):
        value = NamedNode(f"{o.value}0")
    others = [(s, NamedNode(f"{p.value}0"), o), (s, p, value)]
    if isinstance(s, NamedNode):
        others.append((NamedNode(f"{s.value}0"), p, o))
    return [Quad(*other) for other in others if Quad(*other) != quad]


def list_data(home: Home) -> list[TurtleFile]:
    return list(list_data_files(home).values())


def test_any_change_of_a_statement_of_the_data_changes_a_digest(untouched: Home) -> None:
    tried = 0
    for file in list_data(untouched):
        quads = list(parse_file(file))
        before = digest(quads)
        known = {quad.triple for quad in quads}
        for at, quad in enumerate(quads):
            rest = quads[:at] + quads[at + 1 :]
            assert digest(rest) != before, quad
            for other in (one for one in alter(quad) if one.triple not in known):
                assert digest([*rest, other]) != before, (quad, other)
                assert digest([*quads, other]) != before, (quad, other)
                tried += 1
    assert tried > 500


@given(statements, st.randoms(use_true_random=False))
def test_order_repetition_and_labels_of_blank_nodes_do_not_matter(
    quads: list[Quad], choice: random.Random
) -> None:
    renamed: dict[object, BlankNode] = {n: BlankNode() for n in NODES if isinstance(n, BlankNode)}
    other = [
        Quad(renamed.get(q.subject, q.subject), q.predicate, renamed.get(q.object, q.object))
        for q in [*quads, choice.choice(quads)]
    ]
    choice.shuffle(other)
    assert digest(other) == digest(quads)


@given(statements, st.integers(0, 7))
def test_any_generated_change_changes_a_digest(quads: list[Quad], number: int) -> None:
    at = number % len(quads)
    rest = quads[:at] + quads[at + 1 :]
    before = digest(quads)
    assert digest(rest) != before
    for other in alter(quads[at]):
        if other not in quads:
            assert digest([*rest, other]) != before


def test_layout_and_prefixes_do_not_matter() -> None:
    first = "PREFIX a: <e:>\na:x a:p 'y' , \"z\"@en ; <e:q> a:x .\n"
    second = '@prefix : <e:> . :x :q :x . # here\n:x :p """z"""@en, "y" .\n'
    assert digest(read(first)) == digest(read(second))
    laid_out = format_text(first, "x.ttl")
    assert digest(read(laid_out)) == digest(read(first))


@pytest.mark.parametrize("change", ["80.0", '"80"', "8"])
def test_number_counts_as_written(change: str) -> None:
    assert digest(read(f"<e:x> <e:p> {change} .")) != digest(read("<e:x> <e:p> 80 ."))


def test_passage_belongs_to_the_elements_that_cite_it() -> None:
    text = """
    PREFIX cdp: <https://w3id.org/cdp/ontology#>
    PREFIX oa: <http://www.w3.org/ns/oa#>
    <e:a> cdp:hasEvidence <e:passage> . <e:b> cdp:hasEvidence <e:passage> . <e:c> <e:p> <e:a> .
    <e:passage> oa:hasSelector <e:selector> ; cdp:passageDigest "0" .
    <e:selector> oa:start 1 ; oa:end 2 . <e:uncited> cdp:passageDigest "1" .
    """
    before = digest(read(text))
    assert list(before) == ["e:a", "e:b", "e:c", "e:uncited"]
    for old, new in (("oa:end 2", "oa:end 3"), ('Digest "0"', 'Digest "2"')):
        after = digest(read(text.replace(old, new)))
        assert {one for one in before if before[one] != after[one]} == {"e:a", "e:b"}


def test_parts_in_a_circle_are_an_element() -> None:
    circle = [Quad(NODES[0], SELECTOR, NODES[1]), Quad(NODES[1], SELECTOR, NODES[0])]
    assert list(digest(circle)) == ["e:a"]


def test_blank_node_belongs_to_what_refers_to_it() -> None:
    text = "<e:a> <e:p> [ <e:q> 1 ] . <e:b> <e:p> [ <e:q> [ <e:r> 2 ] ] ."
    before = digest(read(text))
    assert list(before) == ["e:a", "e:b"]
    after = digest(read(text.replace("2", "3")))
    assert [one for one in before if before[one] != after[one]] == ["e:b"]
