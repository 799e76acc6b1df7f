"""Triples as text: each format has the same terms, or says that it cannot have them."""

import os
import subprocess
import sys

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyoxigraph import (
    BlankNode,
    CanonicalizationAlgorithm,
    Dataset,
    Literal,
    NamedNode,
    Quad,
    RdfFormat,
    Triple,
    parse,
)

from kg.errors import KgError
from kg.serialization import serialize_triples

RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
XSD = "http://www.w3.org/2001/XMLSchema#"
PREFIXES = {"e": "https://e.org/", "x": "x:", "xsd": XSD, "rdf": RDF, "p": "https://e.org/%"}
FORMATS = {
    "turtle": RdfFormat.TURTLE,
    "ntriples": RdfFormat.N_TRIPLES,
    "jsonld": RdfFormat.JSON_LD,
    "rdfxml": RdfFormat.RDF_XML,
}
NAMES = ["a", "", "1", "a-b.c", "%20x", "(a)", "武汉", "a.", "a/b", "-", "é", "a,b;c", "a'b", "&a"]
IRIS = [
    *(f"https://e.org/{name}" for name in NAMES),
    "x:y",
    "mailto:a@e.org",
    "urn:a:b",
    f"{RDF}nil",
]
PROPERTIES = [f"{RDF}{name}" for name in ("type", "first", "rest", "li", "_1", "about", "value")]
FORMS = [
    "80",
    "80.0",
    "007",
    "1E5",
    "1e0",
    "INF",
    "NaN",
    "true",
    "TRUE",
    "abc",
    "",
    " 5 ",
    "2021-01-01Z",
]
HARD_TEXTS = ["\r\n", "\x01", "\ufffe", "]]>", "&lt;", ' xml:lang="zh-hans"', '"""']
TYPES = ["integer", "decimal", "double", "boolean", "date", "hexBinary", "string", "nope"]

nodes = st.sampled_from(IRIS).map(NamedNode)
blank_nodes = st.sampled_from(["a", "b", "c"]).map(BlankNode)
literals = st.one_of(
    st.text(st.characters(codec="utf-8")).map(Literal),
    st.sampled_from(["\r\n", "\x01", "\ufffe", "]]>", "&lt;", ' xml:lang="zh-hans"', '"""']).map(
        Literal
    ),
    st.builds(Literal, st.text(max_size=3), language=st.sampled_from(["zh-hans", "en", "en-gb"])),
    st.builds(
        lambda form, name: Literal(form, datatype=NamedNode(XSD + name)),
        st.sampled_from(FORMS),
        st.sampled_from(TYPES),
    ),
)
triples = st.builds(
    Triple,
    st.one_of(nodes, blank_nodes),
    st.sampled_from(IRIS + PROPERTIES).map(NamedNode),
    st.one_of(nodes, blank_nodes, literals),
)


def read(text: str, form: str) -> list[str]:
    """Return the statements in a text, with canonical blank nodes."""
    return canonicalize(quad.triple for quad in parse(text, FORMATS[form]))


def canonicalize(found: object) -> list[str]:
    dataset = Dataset(Quad(*triple) for triple in found)  # type: ignore[attr-defined]
    dataset.canonicalize(CanonicalizationAlgorithm.RDFC_1_0)
    return sorted(map(str, dataset))


@pytest.mark.slow
@given(st.lists(triples, max_size=8))
@settings(max_examples=200)
@pytest.mark.parametrize("form", FORMATS)
def test_any_triples_parse_back_as_they_are(form: str, found: list[Triple]) -> None:
    try:
        text = serialize_triples(found, form, PREFIXES)
    except KgError as error:
        assert form == "rdfxml"
        assert "RDF/XML cannot express the result" in str(error)
        return
    assert read(text, form) == canonicalize(found)
    assert serialize_triples(found[::-1], form, PREFIXES) == text


@pytest.mark.parametrize("name", ["a", "a-b.c", "武汉", "é", "%20x"])
def test_rdf_xml_has_properties_that_end_in_a_name(name: str) -> None:
    found = [Triple(BlankNode("x"), NamedNode(f"https://e.org/{name}"), Literal("a\rb"))]
    assert read(serialize_triples(found, "rdfxml", {}), "rdfxml") == canonicalize(found)


@pytest.mark.parametrize(
    ("form", "known"),
    [
        ("turtle", RdfFormat.TURTLE),
        ("ntriples", RdfFormat.N_TRIPLES),
        ("jsonld", RdfFormat.JSON_LD),
        ("rdfxml", RdfFormat.RDF_XML),
    ],
)
def test_serialized_triples_parse_back(form: str, known: RdfFormat) -> None:
    node = NamedNode("https://e.org/a")
    values: list[Literal | NamedNode] = [
        Literal("城市", language="zh-hans"),
        Literal("line\u2028end\nand <more>"),
        Literal("14", datatype=NamedNode("http://www.w3.org/2001/XMLSchema#integer")),
        node,
    ]
    triples = [Triple(node, NamedNode("https://e.org/p"), value) for value in values]
    text = serialize_triples(triples, form, {"e": "https://e.org/", "n": "https://e.net/"})
    assert serialize_triples(triples[::-1], form, {"e": "https://e.org/"}) == text
    assert {(q.subject, q.predicate, q.object) for q in parse(text, known)} == {
        (t.subject, t.predicate, t.object) for t in triples
    }
    assert "zh-Hans" in text
    assert "e.net" not in text


def test_serialization_does_not_depend_on_the_hash_seed() -> None:
    code = """
from pyoxigraph import NamedNode, Triple
from kg.serialization import serialize_triples
names = {letter: f"https://e.org/{letter}/" for letter in "abcdefgh"}
node = NamedNode("https://e.org/a/a")
triples = [Triple(node, NamedNode(name + "p"), node) for name in names.values()]
for form in ("turtle", "ntriples", "jsonld", "rdfxml"):
    print(serialize_triples(triples, form, names))
"""
    seen = set()
    for seed in "123":
        environment = os.environ | {"PYTHONHASHSEED": seed}
        done = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True)
        assert b"xmlns:h=" in done.stdout, done.stderr
        seen.add(done.stdout)
    assert len(seen) == 1
