"""What must be among the statements, or a must-be-empty query finds nothing.

A look at the terms of the index takes much less time than such a query, which visits all statements
of the engine. A query names its precondition in its header.
"""

import re
from itertools import chain

from pyoxigraph import BlankNode, Literal, NamedNode

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
NAME = re.compile(r"\b[a-z]+:[A-Za-z]+")
# A text in the first language needs one in the second.
COUNTERPARTS = (("en", "zh-hans"), ("zh-hans", "en"), ("zh-hant", "zh-hans"))
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
    """Whether a property is neither declared in OWL nor listed in the query."""
    types = index.subjects(NamedNode(names.expand("rdf:type")))
    declared = set().union(*(types.get(NamedNode(names.expand(kind)), ()) for kind in DECLARING))
    listed = _list_exceptions(query, names)
    return any(
        each not in declared and each not in listed and index.objects(each)
        for each in index.predicates()
    )


def _has_undeclared_classes(index: StatementIndex, names: Names, query: str) -> bool:
    """Whether a class with instances is neither declared in OWL nor listed in the query."""
    types = index.subjects(NamedNode(names.expand("rdf:type")))
    declared = types.get(NamedNode(names.expand("owl:Class")), ())
    return not types.keys() <= {*declared, *_list_exceptions(query, names)}


def _has_texts_in_one_language(index: StatementIndex, names: Names, query: str) -> bool:
    """Whether a text of a property that the query names lacks its counterpart.

    Of the properties that are exceptions in the query, only traditional Chinese has one.
    """
    exceptions = _list_exceptions(query, names)
    for name in set(NAME.findall(query)):
        predicate = NamedNode(names.expand(name))
        pairs = COUNTERPARTS[-1:] if predicate in exceptions else COUNTERPARTS
        for values in index.objects(predicate).values():
            # In one text, as in the query: en-GB has an en.
            tags = " ".join(each.language or "" for each in values if isinstance(each, Literal))
            if any(first in tags and second not in tags for first, second in pairs):
                return True
    return False


def _list_exceptions(query: str, names: Names) -> set[NamedNode]:
    """Return the terms in the list after the first NOT IN of a query."""
    found = NAME.findall(query.partition("NOT IN")[2].partition(")")[0])
    return {NamedNode(names.expand(name)) for name in found}


def _has_undescribed_iris(index: StatementIndex, names: Names, query: str) -> bool:
    """Whether an IRI of ours, of a unit, or of a UN goal is not the subject of a statement."""
    described = index.list_described()
    others = (iri.value for iri in index.iris() if iri not in described)
    return any(map(DESCRIBED.match, others))


def _has_iris_outside_ascii(index: StatementIndex, names: Names, query: str) -> bool:
    root = names.expand("cdp:").rpartition("/")[0] + "/"
    iris = (iri.value for iri in index.iris())
    return bool(NOT_ASCII.search("".join(iri for iri in iris if iri.startswith(root))))


PRECONDITIONS = {
    "blank-nodes": _uses_blank_nodes,
    "undeclared-classes": _has_undeclared_classes,
    "undeclared-properties": _has_undeclared_properties,
    "texts-in-one-language": _has_texts_in_one_language,
    "undescribed-iris": _has_undescribed_iris,
    "iris-outside-ascii": _has_iris_outside_ascii,
}
