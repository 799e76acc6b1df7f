"""The terms of SHACL, and what is wrong with those of one node of the shape files.

See https://www.w3.org/TR/shacl/#syntax-rules. The values of constraint parameters are checked
where they are read, in `kg.check.components`.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping

from pyoxigraph import NamedNode

from kg.check.components import COMPONENTS, OF_PROPERTIES, QUALIFIERS, SINGLE
from kg.check.parameters import (
    NODE_KINDS,
    read_boolean,
    read_iri,
    read_node,
    read_ordered,
    read_text,
)
from kg.check.shape_faults import ShapeError
from kg.errors import KgError
from kg.names import SHACL, Term, language_of, text
from kg.sparql_tokens import list_tokens

TARGETS = ("targetClass", "targetNode", "targetSubjectsOf", "targetObjectsOf")
# The words of a shape that are not parameters of a constraint, or belong to another one, each with
# the function that reads its value.
SETTINGS: dict[str, Callable[[Term], object]] = {
    "targetClass": read_iri,
    "targetNode": read_node,
    "targetSubjectsOf": read_iri,
    "targetObjectsOf": read_iri,
    "deactivated": read_boolean,
    "severity": read_iri,
    "message": read_text,
    "name": read_text,
    "description": read_text,
    "order": read_ordered,
    "closed": read_boolean,
    "equals": read_iri,
    "qualifiedValueShapesDisjoint": read_boolean,
}
# Words of a shape with any value, or whose values the compiler reads.
FREE = {"path", "property", "group", "defaultValue"}
PATHS = {"inversePath", "alternativePath", "zeroOrMorePath", "oneOrMorePath", "zeroOrOnePath"}
# What pySHACL understands and the compiler does not: words of shapes, and of other nodes.
UNCOVERED = {"closed", "ignoredProperties", "equals", "qualifiedValueShapesDisjoint", "sparql"}
OF_OTHERS = {
    *("select", "ask", "prefixes", "declare", "prefix", "namespace", "parameter", "optional"),
    *("validator", "nodeValidator", "propertyValidator", "labelTemplate"),
    *("suggestedShapesGraph", "shapesGraph"),
}
OF_SHAPES = {*COMPONENTS, *QUALIFIERS, *QUALIFIERS.values(), *SETTINGS, *FREE, *UNCOVERED}
RESOURCES = {
    *("Shape", "NodeShape", "PropertyShape", "PropertyGroup", "Violation", "Warning", "Info"),
    *("ConstraintComponent", "Parameter", "PrefixDeclaration", "SPARQLConstraint", "Validator"),
    *("SPARQLAskValidator", "SPARQLSelectValidator"),
    *NODE_KINDS,
}
PROPERTIES = OF_SHAPES | PATHS | OF_OTHERS
# Words whose values are terms of the ontology.
OF_ONTOLOGY = {
    *("targetClass", "targetSubjectsOf", "targetObjectsOf", "class", "path", "inversePath"),
    *("equals", "disjoint", "lessThan", "lessThanOrEquals"),
}

# The properties of a node with their values.
Statements = Mapping[Term, list[Term]]


def list_words(statements: Statements) -> set[str]:
    """Return the names of the properties of SHACL that a node has.

    >>> list_words({NamedNode(SHACL + "minCount"): [], NamedNode("https://e.org/x"): []})
    {'minCount'}
    """
    names = (predicate.value for predicate in statements if isinstance(predicate, NamedNode))
    return {name.removeprefix(SHACL) for name in names if name.startswith(SHACL)}


def is_shape(statements: Statements, rdf_type: Term) -> bool:
    """Return whether a node of the shape files is a shape, or is written as if it were one."""
    if _has_type(statements, rdf_type, "NodeShape", "PropertyShape"):
        return True
    words = list_words(statements)
    return bool(words - PATHS) and not words & OF_OTHERS


def is_report(statements: Statements, rdf_type: Term) -> bool:
    """Return whether a node is part of a validation report, which is not about shapes."""
    return _has_type(statements, rdf_type, "ValidationReport", "ValidationResult")


def _has_type(statements: Statements, rdf_type: Term, *names: str) -> bool:
    return any(NamedNode(SHACL + name) in statements.get(rdf_type, ()) for name in names)


def find_unknown_words(statements: Statements) -> Iterator[ShapeError]:
    """Yield an error for each term of SHACL that does not exist, or that nothing here uses."""
    for predicate, values in statements.items():
        checked = () if text(predicate) == f"{SHACL}nodeKind" else values
        for term in dict.fromkeys((predicate, *checked)):
            iri = term.value if isinstance(term, NamedNode) else ""
            known = PROPERTIES if term == predicate else PROPERTIES | RESOURCES
            if iri.startswith(SHACL) and iri.removeprefix(SHACL) not in known:
                yield ShapeError("unknown", term, iri, word=text(predicate))


def find_query_faults(statements: Statements) -> Iterator[ShapeError]:
    """Yield an error for each query that would be ignored in part or find nothing.

    See https://www.w3.org/TR/shacl/#sparql-constraints-select.
    """
    for word in ("select", "ask"):
        for value in statements.get(NamedNode(SHACL + word), ()):
            try:
                # The words outside of brackets, and those of SELECT (expression AS $this).
                tokens = [
                    token.text
                    for token in list_tokens(text(value), SHACL + word)
                    if "{" not in token.brackets
                ]
            except KgError:
                continue  # pySHACL says what is wrong with it.
            if "FROM" in (token.upper() for token in tokens):
                yield ShapeError("query-from", value, word=SHACL + word)
            selected = {*tokens[: tokens.index("{")]} if "{" in tokens else {"*"}
            if word == "select" and selected.isdisjoint(("$this", "?this", "*")):
                yield ShapeError("query-this", value, word=SHACL + word)


def find_faults(statements: Statements) -> Iterator[ShapeError]:
    """Yield an error for each term of a shape that is misplaced or has a wrong value."""
    words = list_words(statements)
    for word in sorted(words):
        iri = SHACL + word
        values = statements[NamedNode(iri)]
        if word in {*SINGLE, "path", "severity", "deactivated"} and len(values) > 1:
            yield ShapeError("several", values[1], str(len(values)), word=iri)
        if word in OF_PROPERTIES and "path" not in words:
            yield ShapeError("without-path", values[0], word=iri)
        if QUALIFIERS.get(word, word) not in words:
            yield ShapeError("alone", values[0], SHACL + QUALIFIERS[word], word=iri)
        for value in values if word in SETTINGS else ():
            try:
                SETTINGS[word](value)
            except ShapeError as error:
                error.word = iri
                yield error
    if "qualifiedValueShape" in words and not words & {"qualifiedMinCount", "qualifiedMaxCount"}:
        word, other = f"{SHACL}qualifiedValueShape", f"{SHACL}qualifiedMinCount"
        yield ShapeError("alone", statements[NamedNode(word)][0], other, word=word)
    messages = statements.get(NamedNode(f"{SHACL}message"), [])
    for language, count in Counter(map(language_of, messages)).items():
        if count > 1:
            value = next(each for each in messages if language_of(each) == language)
            yield ShapeError("languages", value, str(count), word=f"{SHACL}message")
