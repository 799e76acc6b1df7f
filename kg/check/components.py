"""The constraint components of SHACL Core, each as a function that makes a constraint.

The sections are those of https://www.w3.org/TR/shacl/#core-components. Components that are not
listed in `COMPONENTS` are not covered.
"""

from __future__ import annotations

import operator
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from pyoxigraph import BlankNode, Literal, NamedNode

from kg.check.index import StatementIndex
from kg.names import Term, language_of, text
from kg.xsd import compare_values, is_well_formed, read_value

Values = Sequence[Term]
Test = Callable[[Term], bool]
# Yields the value of each result for a focus node and its value nodes; None if it has no value.
Constraint = Callable[[Term, Values], Iterable[Term | None]]


class ShapeError(ValueError):
    """A parameter of a constraint has a value that SHACL does not allow."""


@dataclass(frozen=True)
class Context:
    """What a component reads besides its parameter: data, lists, shapes and other parameters."""

    index: StatementIndex
    read_list: Callable[[Term], list[Term]]
    read_shape: Callable[[Term], Test]
    find_parameter: Callable[[str], Term | None]


Component = Callable[[Context, Term], Constraint]


def each_value(test: Test) -> Constraint:
    """Return the constraint that each value node passes a test."""
    return lambda focus, values: [v for v in values if not test(v)] if values else ()


def read_count(parameter: Term) -> int:
    """Return a parameter that is an xsd:integer of 0 or more."""
    value = read_value(parameter) if isinstance(parameter, Literal) else None
    if value is None or value.kind != "number" or value.value != int(value.value):
        raise ShapeError(f"{text(parameter)}: not an integer")
    return int(value.value)


# Value type: https://www.w3.org/TR/shacl/#core-components-value-type


def make_class(context: Context, parameter: Term) -> Constraint:
    """sh:class: each value node is an instance of the class."""
    if not isinstance(parameter, NamedNode):
        raise ShapeError(f"{text(parameter)}: not an IRI")
    return each_value(context.index.instances(parameter).__contains__)


def make_datatype(context: Context, parameter: Term) -> Constraint:
    """sh:datatype: each value node is a well-formed literal of the datatype."""
    if not isinstance(parameter, NamedNode):
        raise ShapeError(f"{text(parameter)}: not an IRI")
    return each_value(
        lambda v: isinstance(v, Literal) and v.datatype == parameter and is_well_formed(v)
    )


def make_node_kind(context: Context, parameter: Term) -> Constraint:
    """sh:nodeKind: each value node is an IRI, a blank node, or a literal."""
    name = text(parameter).rpartition("#")[2]
    parts = {"IRI": NamedNode, "BlankNode": BlankNode, "Literal": Literal}
    kinds = tuple(kind for part, kind in parts.items() if part in name.split("Or"))
    if not kinds:
        raise ShapeError(f"{text(parameter)}: not a node kind")
    return each_value(lambda v: isinstance(v, kinds))


# Cardinality: https://www.w3.org/TR/shacl/#core-components-count


def make_min_count(context: Context, parameter: Term) -> Constraint:
    """sh:minCount: there are at least so many value nodes."""
    least = read_count(parameter)
    return lambda focus, values: (None,) if len(values) < least else ()


def make_max_count(context: Context, parameter: Term) -> Constraint:
    """sh:maxCount: there are at most so many value nodes."""
    most = read_count(parameter)
    return lambda focus, values: (None,) if len(values) > most else ()


# Value range: https://www.w3.org/TR/shacl/#core-components-range


def make_range(allowed: set[int]) -> Component:
    """Return the component that compares each value node with a limit."""

    def make(context: Context, parameter: Term) -> Constraint:
        limit = read_value(parameter) if isinstance(parameter, Literal) else None
        if limit is None:
            raise ShapeError(f"{text(parameter)}: not a literal that has an order")

        def test(term: Term) -> bool:
            value = read_value(term) if isinstance(term, Literal) else None
            return value is not None and compare_values(value, limit) in allowed

        return each_value(test)

    return make


# Strings: https://www.w3.org/TR/shacl/#core-components-string


def make_min_length(context: Context, parameter: Term) -> Constraint:
    """sh:minLength: each value node has at least so many characters."""
    least = read_count(parameter)
    return each_value(lambda v: not isinstance(v, BlankNode) and len(text(v)) >= least)


def make_max_length(context: Context, parameter: Term) -> Constraint:
    """sh:maxLength: each value node has at most so many characters."""
    most = read_count(parameter)
    return each_value(lambda v: not isinstance(v, BlankNode) and len(text(v)) <= most)


def make_pattern(context: Context, parameter: Term) -> Constraint:
    """sh:pattern with sh:flags: each value node matches a regular expression.

    In XPath, and other than in Python, `$` does not match before a line end at the very end.
    """
    flags = text(context.find_parameter("flags"))
    try:
        if not set(flags) <= set("ismx"):
            raise ShapeError(f"{flags}: unknown flag of a regular expression")
        inline = f"(?{flags})" if flags else ""
        pattern = text(parameter)
        if "m" not in flags:
            pattern = re.sub(r"(\\.|\[(?:\\.|[^\]\\])*\])|\$", _end_strictly, pattern, flags=re.S)
        search = re.compile(inline + pattern).search
    except re.error as error:
        raise ShapeError(f"{text(parameter)}: not a regular expression: {error}") from None
    return each_value(lambda v: not isinstance(v, BlankNode) and bool(search(text(v))))


def _end_strictly(found: re.Match[str]) -> str:
    return found[1] or r"\Z"


def make_language_in(context: Context, parameter: Term) -> Constraint:
    """sh:languageIn: each value node has a language tag in one of the ranges (RFC 4647)."""
    ranges = tuple(text(each).lower() for each in context.read_list(parameter))
    starts = tuple(f"{each}-" for each in ranges)

    def test(term: Term) -> bool:
        tag = language_of(term).lower()
        return bool(tag) and ("*" in ranges or tag in ranges or tag.startswith(starts))

    return each_value(test)


def make_unique_lang(context: Context, parameter: Term) -> Constraint:
    """sh:uniqueLang: no two value nodes have the same language tag; one result per tag.

    Only `true` switches it on: the W3C's tests show that "1"^^xsd:boolean does not.
    """
    if parameter != Literal(True):
        return lambda focus, values: ()

    def check(focus: Term, values: Values) -> Iterable[None]:
        if len(values) < 2:
            return ()
        tags = Counter(tag for tag in map(language_of, values) if tag)
        return (None for count in tags.values() if count > 1)

    return check


# Property pairs: https://www.w3.org/TR/shacl/#core-components-property-pairs


def make_disjoint(context: Context, parameter: Term) -> Constraint:
    """sh:disjoint: no value node is a value of another property."""
    others = context.index.objects(_read_predicate(parameter))
    return lambda focus, values: (v for v in values if v in others.get(focus, ()))


def make_less_than(allowed: set[int]) -> Component:
    """Return the component that compares each value node with the values of another property."""

    def make(context: Context, parameter: Term) -> Constraint:
        others = context.index.objects(_read_predicate(parameter))

        def check(focus: Term, values: Values) -> Iterator[Term]:
            for term in values:
                value = read_value(term) if isinstance(term, Literal) else None
                for other in others.get(focus, ()):
                    limit = read_value(other) if isinstance(other, Literal) else None
                    if not value or not limit or compare_values(value, limit) not in allowed:
                        yield term

        return check

    return make


def _read_predicate(parameter: Term) -> NamedNode:
    if not isinstance(parameter, NamedNode):
        raise ShapeError(f"{text(parameter)}: not an IRI")
    return parameter


# Logic: https://www.w3.org/TR/shacl/#core-components-logical, and shapes as values:
# https://www.w3.org/TR/shacl/#core-components-shape


def make_not(context: Context, parameter: Term) -> Constraint:
    """sh:not: no value node conforms to the shape."""
    conforms = context.read_shape(parameter)
    return each_value(lambda v: not conforms(v))


def make_and(context: Context, parameter: Term) -> Constraint:
    """sh:and: each value node conforms to all shapes."""
    tests = [context.read_shape(shape) for shape in context.read_list(parameter)]
    return each_value(lambda v: all(test(v) for test in tests))


def make_or(context: Context, parameter: Term) -> Constraint:
    """sh:or: each value node conforms to at least one of the shapes."""
    tests = [context.read_shape(shape) for shape in context.read_list(parameter)]
    return each_value(lambda v: any(test(v) for test in tests))


def make_xone(context: Context, parameter: Term) -> Constraint:
    """sh:xone: each value node conforms to exactly one of the shapes."""
    tests = [context.read_shape(shape) for shape in context.read_list(parameter)]
    return each_value(lambda v: sum(test(v) for test in tests) == 1)


def make_node(context: Context, parameter: Term) -> Constraint:
    """sh:node: each value node conforms to the shape."""
    return each_value(context.read_shape(parameter))


def make_qualified_count(is_allowed: Callable[[int, int], bool]) -> Component:
    """Return the component that compares a limit with the number of values of a shape.

    The shape is that of sh:qualifiedValueShape.
    """

    def make(context: Context, parameter: Term) -> Constraint:
        shape, limit = context.find_parameter("qualifiedValueShape"), read_count(parameter)
        if shape is None:
            raise ShapeError("needs sh:qualifiedValueShape")
        conforms = context.read_shape(shape)
        return lambda focus, values: (
            () if is_allowed(sum(map(conforms, values)), limit) else (None,)
        )

    return make


# Other: https://www.w3.org/TR/shacl/#core-components-others


def make_has_value(context: Context, parameter: Term) -> Constraint:
    """sh:hasValue: the term is among the value nodes."""
    return lambda focus, values: () if parameter in values else (None,)


def make_in(context: Context, parameter: Term) -> Constraint:
    """sh:in: each value node is a member of the list."""
    return each_value(set(context.read_list(parameter)).__contains__)


COMPONENTS: dict[str, Component] = {
    "class": make_class,
    "datatype": make_datatype,
    "nodeKind": make_node_kind,
    "minCount": make_min_count,
    "maxCount": make_max_count,
    "minExclusive": make_range({1}),
    "minInclusive": make_range({0, 1}),
    "maxExclusive": make_range({-1}),
    "maxInclusive": make_range({-1, 0}),
    "minLength": make_min_length,
    "maxLength": make_max_length,
    "pattern": make_pattern,
    "languageIn": make_language_in,
    "uniqueLang": make_unique_lang,
    "disjoint": make_disjoint,
    "lessThan": make_less_than({-1}),
    "lessThanOrEquals": make_less_than({-1, 0}),
    "not": make_not,
    "and": make_and,
    "or": make_or,
    "xone": make_xone,
    "node": make_node,
    "qualifiedMinCount": make_qualified_count(operator.ge),
    "qualifiedMaxCount": make_qualified_count(operator.le),
    "hasValue": make_has_value,
    "in": make_in,
}
# Parameters that belong to the components of other parameters.
QUALIFIERS = {
    "flags": {"pattern"},
    "qualifiedValueShape": {"qualifiedMinCount", "qualifiedMaxCount"},
}
