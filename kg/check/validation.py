"""A compiled shape, and the results of validating nodes with it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

from kg.check.components import Constraint, EachValue, Test, Values
from kg.names import Term


@dataclass(frozen=True)
class Result:
    """A validation result (https://www.w3.org/TR/shacl/#results-validation-result).

    `path` is a predicate, or "" for a node shape and for other paths. `severity` is a name of SHACL
    ("Violation"), or another IRI.
    """

    focus: Term
    path: str
    value: Term | None
    shape: Term
    component: str
    severity: str
    messages: Mapping[str, str]


def use_focus(focus: Term) -> Values:
    """Return the value nodes of a node shape."""
    return (focus,)


@dataclass
class Shape:
    """A compiled shape; `find_values` returns its value nodes for a focus node, if there are any.

    `tests_absence` is False if no constraint can be violated without value nodes.
    `size` is the number of shapes that it consists of, `depth` how deep they are nested, and
    `uncovered` a word of SHACL that it uses and that is not covered, or "".
    """

    node: Term
    path: str = ""
    find_values: Callable[[Term], Values | None] = use_focus
    list_values: Callable[[], Iterable[Term]] = tuple
    severity: str = "Violation"
    messages: Mapping[str, str] = field(default_factory=dict)
    constraints: list[tuple[str, Constraint]] = field(default_factory=list)
    properties: list[Shape] = field(default_factory=list)
    tests_absence: bool = True
    size: int = 1
    depth: int = 1
    uncovered: str = ""

    def conforms(self, focus: Term) -> bool:
        """Return whether validating a node gives no result."""
        values = self.find_values(focus) or ()
        if not values and not self.tests_absence:
            return True
        for _, constraint in self.constraints:
            for _ in constraint(focus, values):
                return False
        return all(shape.conforms(value) for shape in self.properties for value in values)

    def make_test(self) -> Test:
        """Return a function that tells whether a node conforms, for a shape that is complete."""
        if not self.properties and len(self.constraints) == 1 and self.find_values is use_focus:
            ((_, constraint),) = self.constraints
            if isinstance(constraint, EachValue):
                return constraint.test
        return self.conforms

    def validate(self, nodes: Iterable[Term], results: list[Result]) -> None:
        """Add the results of validating nodes."""
        found: list[tuple[Term, Values]] = []
        every: list[Term] = []
        for node in nodes:
            values = self.find_values(node)
            if values:
                found.append((node, values))
                every += values
            elif self.tests_absence:
                found.append((node, ()))
        for component, constraint in self.constraints:
            for focus, value in _find_violations(constraint, found, every):
                result = Result(
                    focus, self.path, value, self.node, component, self.severity, self.messages
                )
                results.append(result)
        if every:
            for shape in self.properties:
                shape.validate(every, results)


def _find_violations(
    constraint: Constraint, found: list[tuple[Term, Values]], every: Values
) -> Iterable[tuple[Term, Term | None]]:
    """Return focus node and value of each violation, given all values of all focus nodes."""
    if isinstance(constraint, EachValue) and all(map(constraint.test, every)):
        return ()
    return ((focus, v) for focus, values in found for v in constraint(focus, values))
