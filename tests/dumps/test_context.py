"""The JSON-LD context has every term of the ontology, and the right kinds of values."""

import pytest
import rdflib

from kg.dumps.context import RESERVED, Context, name_terms, read_context
from kg.home import find_home
from kg.names import Names, read_names
from kg.turtle import list_files

NAMES = read_names(find_home())
PROPERTIES = ("ObjectProperty", "DatatypeProperty", "AnnotationProperty")


@pytest.fixture(scope="module")
def ontology() -> rdflib.Graph:
    home = find_home()
    graph = rdflib.Graph()
    for file in list_files(home):
        if file.path.is_relative_to(home.ontology):
            graph.parse(file.path, format="turtle")
    return graph


@pytest.fixture(scope="module")
def context() -> Context:
    return read_context(find_home())


def list_declared(graph: rdflib.Graph, *classes: str) -> set[str]:
    """Return the IRIs that the ontology declares as instances of some classes of OWL."""
    wanted = {rdflib.OWL[name] for name in classes}
    return {
        str(s)
        for s, o in graph.subject_objects(rdflib.RDF.type)
        if o in wanted and isinstance(s, rdflib.URIRef)
    }


def test_every_term_of_the_ontology_has_a_short_name(
    ontology: rdflib.Graph, context: Context
) -> None:
    declared = list_declared(ontology, *PROPERTIES, "Class")
    assert len(declared) > 150
    assert declared <= set(context.terms)
    document = context.build()
    own = {iri for iri in declared if NAMES.shorten(iri).startswith("cdp:")}
    assert len(own) > 110
    for iri in own:
        term = NAMES.shorten(iri).removeprefix("cdp:")
        value = document[term]
        assert context.terms[iri] == term
        assert (value["@id"] if isinstance(value, dict) else value) == f"cdp:{term}"


def test_prefix_is_kept_only_if_the_local_name_is_taken(context: Context) -> None:
    taken = {*context.terms.values(), *NAMES.prefixes, *RESERVED}
    assert len(set(context.terms.values())) == len(context.terms)
    prefixed = {i for i, term in context.terms.items() if ":" in term and NAMES.shorten(i) != i}
    assert prefixed
    assert {i for i in prefixed if NAMES.shorten(i).partition(":")[2] not in taken} == set()


def test_short_names_differ_from_prefixes_and_keywords() -> None:
    own, other = "https://w3id.org/cdp/ontology#", "https://e.org/"
    names = Names({"cdp": own, "e": other, "place": "https://e.net/"})
    words = ["place", "id", "generator", "title", "a-b"]
    iris = [*(other + word for word in words), *(own + word for word in words)]
    assert name_terms(names, iris) == {
        **{own + word: f"cdp:{word}" for word in words},
        **{other + word: f"e:{word}" for word in words},
        f"{own}title": "title",
    }


def test_values_of_object_properties_are_iris(ontology: rdflib.Graph, context: Context) -> None:
    document = context.build()
    found = {iri: document[context.terms[iri]] for iri in list_declared(ontology, "ObjectProperty")}
    assert len(found) > 20
    assert found == {iri: {"@id": NAMES.shorten(iri), "@type": "@id"} for iri in found}


@pytest.mark.parametrize(
    ("term", "definition"),
    [
        ("targetValue", {"@id": "cdp:targetValue", "@type": "xsd:decimal"}),
        ("deadline", {"@id": "cdp:deadline", "@type": "xsd:date"}),
        ("start", {"@id": "oa:start", "@type": "xsd:nonNegativeInteger"}),
        ("startDate", {"@id": "dcat:startDate", "@type": "xsd:date"}),
        ("label", {"@id": "rdfs:label", "@container": "@language"}),
        ("title", {"@id": "cdp:title", "@container": "@language"}),
        ("sameAs", {"@id": "schema:sameAs", "@type": "@id"}),
        ("passageDigest", "cdp:passageDigest"),
        ("City", "cdp:City"),
    ],
)
def test_definition_has_the_kind_of_the_values(
    context: Context, term: str, definition: object
) -> None:
    assert context.build()[term] == definition
