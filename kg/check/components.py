"""The constraint components of SHACL Core, each as a function that makes a constraint.

The sections are those of https://www.w3.org/TR/shacl/#core-components. Components that are not
listed in `COMPONENTS` are not covered.
"""

from __future__ import annotations

import operator
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TypeVar

from pyoxigraph import BlankNode, Literal

from kg.check.index import StatementIndex
from kg.check.parameters import (
    read_boolean,
    read_count,
    read_iri,
    read_language_range,
    read_node_kind,
    read_ordered,
    read_string,
)
from kg.check.patterns import Pattern
from kg.check.shape_faults import ShapeError
from kg.names import SHACL, Term, language_of, text
from kg.xsd import compare_values, is_well_formed, read_value

T = TypeVar("T")
Values = Sequence[Term]
Test = Callable[[Term], bool]
# Yields the value of each result for a focus node and its value nodes; None if it has no value.
Constraint = Callable[[Term, Values], Iterable[Term | None]]


@dataclass(frozen=True)
class Context:
    """What a component reads besides its parameter: data, lists, shapes and other parameters.

    `list_values` returns the terms that most value nodes of the shape will be among.
    """

    index: StatementIndex
    read_list: Callable[[Term], list[Term]]
    read_shape: Callable[[Term], Test]
    find_parameters: Callable[[str], list[Term]]
    list_values: Callable[[], Iterable[Term]]

    def read_parameters(self, name: str, read: Callable[[Term], T]) -> list[T]:
        """Return the values of another parameter of the same shape.

        Raises:
            ShapeError: a value is of another kind.
        """
        try:
            return [read(value) for value in self.find_parameters(name)]
        except ShapeError as error:
            error.word = SHACL + name
            raise


Component = Callable[[Context, Term], Constraint]


@dataclass(frozen=True)
class EachValue:
    """The constraint that each value node passes a test, which does not depend on the focus."""

    test: Test

    def __call__(self, focus: Term, values: Values) -> list[Term]:
        """Return the value nodes that do not pass."""
        return [v for v in values if not self.test(v)]


# Value type: https://www.w3.org/TR/shacl/#core-components-value-type


def make_class(context: Context, parameter: Term) -> Constraint:
    """sh:class: each value node is an instance of the class."""
    return EachValue(context.index.instances(read_iri(parameter)).__contains__)


def make_datatype(context: Context, parameter: Term) -> Constraint:
    """sh:datatype: each value node is a well-formed literal of the datatype."""
    datatype = read_iri(parameter)
    return EachValue(
        lambda v: isinstance(v, Literal) and v.datatype == datatype and is_well_formed(v)
    )


def make_node_kind(context: Context, parameter: Term) -> Constraint:
    """sh:nodeKind: each value node is an IRI, a blank node, or a literal."""
    kinds = read_node_kind(parameter)
    return EachValue(lambda v: isinstance(v, kinds))


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
        limit = read_ordered(parameter)

        def test(term: Term) -> bool:
            value = read_value(term) if isinstance(term, Literal) else None
            return value is not None and compare_values(value, limit) in allowed

        return EachValue(test)

    return make


# Strings: https://www.w3.org/TR/shacl/#core-components-string


def make_min_length(context: Context, parameter: Term) -> Constraint:
    """sh:minLength: each value node has at least so many characters."""
    least = read_count(parameter)
    return EachValue(lambda v: not isinstance(v, BlankNode) and len(text(v)) >= least)


def make_max_length(context: Context, parameter: Term) -> Constraint:
    """sh:maxLength: each value node has at most so many characters."""
    most = read_count(parameter)
    return EachValue(lambda v: not isinstance(v, BlankNode) and len(text(v)) <= most)


def make_pattern(context: Context, parameter: Term) -> Constraint:
    """sh:pattern with sh:flags: each value node matches a regular expression of SPARQL."""
    pattern = read_string(parameter)
    flags = "".join(context.read_parameters("flags", _read_flags))

    def list_texts() -> Iterator[str]:
        return (text(v) for v in context.list_values() if not isinstance(v, BlankNode))

    try:
        matches = Pattern(pattern, flags, list_texts).matches
    except ValueError:
        raise ShapeError("pattern", parameter) from None
    return EachValue(lambda v: not isinstance(v, BlankNode) and matches(text(v)))


def _read_flags(value: Term) -> str:
    try:
        Pattern("", read_string(value))
    except ShapeError:
        raise
    except ValueError:
        raise ShapeError("flags", value) from None
    return read_string(value)


def make_language_in(context: Context, parameter: Term) -> Constraint:
    """sh:languageIn: each value node has a language tag in one of the ranges (RFC 4647)."""
    ranges = tuple(map(read_language_range, context.read_list(parameter)))
    starts = tuple(f"{each}-" for each in ranges)

    def test(term: Term) -> bool:
        tag = language_of(term).lower()
        return bool(tag) and ("*" in ranges or tag in ranges or tag.startswith(starts))

    return EachValue(test)


def make_unique_lang(context: Context, parameter: Term) -> Constraint:
    """sh:uniqueLang: no two value nodes have the same language tag; one result per tag.

    Only `true` switches it on: the W3C's tests show that "1"^^xsd:boolean does not.
    """
    if not read_boolean(parameter) or parameter != Literal(True):
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
    others = context.index.objects(read_iri(parameter))
    return lambda focus, values: (v for v in values if v in others.get(focus, ()))


def make_less_than(allowed: set[int]) -> Component:
    """Return the component that compares each value node with the values of another property."""

    def make(context: Context, parameter: Term) -> Constraint:
        others = context.index.objects(read_iri(parameter))

        def check(focus: Term, values: Values) -> Iterator[Term]:
            for term in values:
                value = read_value(term) if isinstance(term, Literal) else None
                for other in others.get(focus, ()):
                    limit = read_value(other) if isinstance(other, Literal) else None
                    if not value or not limit or compare_values(value, limit) not in allowed:
                        yield term

        return check

    return make


# Logic: https://www.w3.org/TR/shacl/#core-components-logical, and shapes as values:
# https://www.w3.org/TR/shacl/#core-components-shape


def make_not(context: Context, parameter: Term) -> Constraint:
    """sh:not: no value node conforms to the shape."""
    conforms = context.read_shape(parameter)
    return EachValue(lambda v: not conforms(v))


def make_and(context: Context, parameter: Term) -> Constraint:
    """sh:and: each value node conforms to all shapes."""
    tests = [context.read_shape(shape) for shape in context.read_list(parameter)]
    return EachValue(lambda v: all(test(v) for test in tests))


def make_or(context: Context, parameter: Term) -> Constraint:
    """sh:or: each value node conforms to at least one of the shapes."""
    tests = [context.read_shape(shape) for shape in context.read_list(parameter)]
    return EachValue(lambda v: any(test(v) for test in tests))


def make_xone(context: Context, parameter: Term) -> Constraint:
    """sh:xone: each value node conforms to exactly one of the shapes."""
    tests = [context.read_shape(shape) for shape in context.read_list(parameter)]
    return EachValue(lambda v: sum(test(v) for test in tests) == 1)


def make_node(context: Context, parameter: Term) -> Constraint:
    """sh:node: each value node conforms to the shape."""
    return EachValue(context.read_shape(parameter))


def make_qualified_count(is_enough: Callable[[int, int], bool]) -> Component:
    """Return the component that counts the value nodes which conform to sh:qualifiedValueShape."""

    def make(context: Context, parameter: Term) -> Constraint:
        limit = read_count(parameter)
        tests = context.read_parameters("qualifiedValueShape", context.read_shape)

        def check(focus: Term, values: Values) -> Iterable[None]:
            return (None for test in tests if not is_enough(sum(map(test, values)), limit))

        return check

    return make


# Other: https://www.w3.org/TR/shacl/#core-components-others


def make_has_value(context: Context, parameter: Term) -> Constraint:
    """sh:hasValue: the term is among the value nodes."""
    return lambda focus, values: () if parameter in values else (None,)


def make_in(context: Context, parameter: Term) -> Constraint:
    """sh:in: each value node is a member of the list."""
    return EachValue(set(context.read_list(parameter)).__contains__)


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
# Components that compare the values of a path with those of another property.
COMPARING = ("disjoint", "equals", "lessThan", "lessThanOrEquals")
# Components that can be violated where there are no value nodes.
OF_ABSENCE = {"minCount", "hasValue", "qualifiedMinCount"}
# Parameters that belong to the component of another parameter.
QUALIFIERS = {
    "flags": "pattern",
    "qualifiedMinCount": "qualifiedValueShape",
    "qualifiedMaxCount": "qualifiedValueShape",
    "qualifiedValueShapesDisjoint": "qualifiedValueShape",
    "ignoredProperties": "closed",
}
# Parameters that only property shapes can have, and those of which a shape has at most one.
OF_PROPERTIES = {
    *("minCount", "maxCount", "uniqueLang", "equals", "lessThan", "lessThanOrEquals"),
    *("qualifiedValueShape", "qualifiedMinCount", "qualifiedMaxCount"),
    "qualifiedValueShapesDisjoint",
}
SINGLE = {
    *("datatype", "nodeKind", "minCount", "maxCount", "minExclusive", "minInclusive"),
    *("maxExclusive", "maxInclusive", "minLength", "maxLength", "languageIn", "uniqueLang", "in"),
    *("closed", *QUALIFIERS),
}
