"""Read the values of SHACL's words, each of which must be of a kind.

See https://www.w3.org/TR/shacl/#shapes and #core-components. All functions raise a `ShapeError`
for a value of another kind.
"""

import re

from pyoxigraph import BlankNode, Literal, NamedNode

from kg.check.shape_faults import ShapeError
from kg.names import SHACL, XSD_STRING, Term, text
from kg.xsd import INTEGERS, XSD, Value, read_value

LANGUAGE_RANGE = re.compile(r"\*|[a-zA-Z]{1,8}(-[a-zA-Z0-9]{1,8})*")
LARGEST_COUNT = 2**63
NODE_KINDS: dict[str, tuple[type, ...]] = {
    "IRI": (NamedNode,),
    "BlankNode": (BlankNode,),
    "Literal": (Literal,),
    "BlankNodeOrIRI": (BlankNode, NamedNode),
    "BlankNodeOrLiteral": (BlankNode, Literal),
    "IRIOrLiteral": (NamedNode, Literal),
}


def read_iri(value: Term) -> NamedNode:
    """Return a value that is an IRI."""
    if not isinstance(value, NamedNode):
        raise ShapeError("iri", value)
    return value


def read_node(value: Term) -> Term:
    """Return a value that is an IRI or a literal."""
    if not isinstance(value, NamedNode | Literal):
        raise ShapeError("node", value)
    return value


def read_node_kind(value: Term) -> tuple[type, ...]:
    """Return the types of terms that a node kind allows."""
    kinds = {SHACL + name: types for name, types in NODE_KINDS.items()}
    if not isinstance(value, NamedNode) or value.value not in kinds:
        raise ShapeError("node-kind", value)
    return kinds[value.value]


def read_count(value: Term) -> int:
    """Return a value that is an integer of 0 or more."""
    number = _read_literal(value)
    is_integer = isinstance(value, Literal) and value.datatype.value.removeprefix(XSD) in INTEGERS
    if number is None or not is_integer or number.value < 0:  # type: ignore[operator]
        raise ShapeError("integer", value)
    # No count of values is larger, and numbers of very many digits take long to convert.
    return int(min(number.value, LARGEST_COUNT))


def read_ordered(value: Term) -> Value:
    """Return a value that can be compared with others."""
    found = _read_literal(value)
    if found is None:
        raise ShapeError("order", value)
    return found


def read_boolean(value: Term) -> bool:
    """Return a value that is true or false."""
    found = _read_literal(value)
    if found is None or not isinstance(found.value, bool):
        raise ShapeError("boolean", value)
    return found.value


def read_string(value: Term) -> str:
    """Return a value that is a string without a language tag."""
    if not isinstance(value, Literal) or value.datatype.value != XSD_STRING:
        raise ShapeError("string", value)
    return value.value


def read_text(value: Term) -> str:
    """Return a value that is a string, with or without a language tag."""
    if not isinstance(value, Literal) or not (value.language or value.datatype.value == XSD_STRING):
        raise ShapeError("text", value)
    return value.value


def read_language_range(value: Term) -> str:
    """Return a value that is a basic language range (RFC 4647, 2.1), in lower case."""
    is_string = isinstance(value, Literal) and value.datatype.value == XSD_STRING
    if not is_string or not LANGUAGE_RANGE.fullmatch(text(value)):
        raise ShapeError("language", value)
    return text(value).lower()


def _read_literal(value: Term) -> Value | None:
    return read_value(value) if isinstance(value, Literal) else None
