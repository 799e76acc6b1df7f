"""What must be among the statements, or a must-be-empty query finds nothing.

A look at the terms of the index takes much less time than such a query, which visits all statements
of the engine. A query names its precondition in its header.
"""

import re
from itertools import chain

from pyoxigraph import BlankNode, NamedNode

from kg.ask.question import Question
from kg.check.index import StatementIndex
from kg.errors import KgError
from kg.names import Names, text

# Things that our files have to describe, those of others included that have labels there.
DESCRIBED = re.compile(
    r"https://w3id\.org/cdp/(?:id/|code/|theme/|ontology#)"
    r"|http://(?:qudt\.org/vocab/unit|metadata\.un\.org/sdg)/."
)
LINE = re.compile(r"^#\+ precondition: *(.*\S)", re.MULTILINE)
DECLARING = ("owl:ObjectProperty", "owl:DatatypeProperty", "owl:AnnotationProperty")
BUILT_IN = re.compile(r"\b(?:rdf|rdfs|owl):[A-Za-z]+")
NOT_ASCII = re.compile("[^!-~]|%")


def meets_precondition(query: Question, index: StatementIndex, names: Names) -> bool:
    """Return whether a query can find anything, as far as its precondition tells.

    Raises:
        KgError: there is no such precondition.
    """
    # To parse the header takes longer than many a query.
    found = LINE.search(query.query)
    if found is None:
        return True
    if found[1] not in PRECONDITIONS:
        known = ", ".join(PRECONDITIONS)
        raise KgError(f"{query.path}:1: {found[1]}: no such precondition. There are: {known}.")
    return PRECONDITIONS[found[1]](index, names, query.query)


def _uses_blank_nodes(index: StatementIndex, names: Names, query: str) -> bool:
    """Whether a blank node has a class, a property or is a value of ours or of Web Annotation."""
    ours = names.expand("cdp:")
    for predicate in index.predicates():
        objects = index.objects(predicate)
        if predicate.value == names.expand("rdf:type"):
            blank = (values for node, values in objects.items() if isinstance(node, BlankNode))
            if any(text(each).startswith(ours) for values in blank for each in values):
                return True
        elif predicate.value.startswith((ours, names.expand("oa:"))):
            if BlankNode in set(map(type, chain(objects, *objects.values()))):
                return True
    return False


def _has_undeclared_properties(index: StatementIndex, names: Names, query: str) -> bool:
    """Whether a property is neither declared in OWL nor named in the query."""
    types = index.subjects(NamedNode(names.expand("rdf:type")))
    declared = set().union(*(types.get(NamedNode(names.expand(kind)), ()) for kind in DECLARING))
    listed = {names.expand(name) for name in {*BUILT_IN.findall(query)} - {*DECLARING}}
    return any(
        each not in declared and each.value not in listed and index.objects(each)
        for each in index.predicates()
    )


def _has_undescribed_iris(index: StatementIndex, names: Names, query: str) -> bool:
    """Whether an IRI of ours, of a unit, or of a UN goal is not the subject of a statement."""
    described = index.list_described()
    others = (iri.value for iri in index.iris() if iri not in described)
    return any(map(DESCRIBED.match, others))


def _has_iris_outside_ascii(index: StatementIndex, names: Names, query: str) -> bool:
    root = names.expand("cdp:").rpartition("/")[0] + "/"
    iris = (iri.value for iri in index.iris())
    return any(NOT_ASCII.search(iri) for iri in iris if iri.startswith(root))


PRECONDITIONS = {
    "blank-nodes": _uses_blank_nodes,
    "undeclared-properties": _has_undeclared_properties,
    "undescribed-iris": _has_undescribed_iris,
    "iris-outside-ascii": _has_iris_outside_ascii,
}
