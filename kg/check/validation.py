"""A compiled shape, and the results of validating nodes with it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

from kg.check.components import Constraint, Values
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


@dataclass
class Shape:
    """A compiled shape; `find_values` returns its value nodes for a focus node, if there are any.

    `tests_absence` is False if no constraint can be violated without value nodes.
    `size` is the number of shapes that it consists of, `depth` how deep they are nested, and
    `uncovered` a word of SHACL that it uses and that is not covered, or "".
    """

    node: Term
    path: str = ""
    find_values: Callable[[Term], Values | None] = lambda focus: (focus,)
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

    def validate(self, focus: Term, results: list[Result]) -> None:
        """Add the results of validating a node."""
        self._validate_values(focus, self.find_values(focus) or (), results)

    def _validate_values(self, focus: Term, values: Values, results: list[Result]) -> None:
        for component, constraint in self.constraints:
            for value in constraint(focus, values):
                result = Result(
                    focus, self.path, value, self.node, component, self.severity, self.messages
                )
                results.append(result)
        for value in values:
            for shape in self.properties:
                found = shape.find_values(value) or ()
                if found or shape.tests_absence:
                    shape._validate_values(value, found, results)
