"""Compile shapes of SHACL Core to functions and validate with them.

Everything outside the part of SHACL that is covered raises an `UnsupportedShapeError`, so that no
constraint is skipped in silence. See https://www.w3.org/TR/shacl/#shapes.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Set
from dataclasses import dataclass, field

from pyoxigraph import NamedNode, Quad

from kg.check.components import COMPONENTS, QUALIFIERS, Constraint, Context, ShapeError, Values
from kg.check.index import StatementIndex
from kg.errors import KgError
from kg.names import SHACL, Names, Term, language_of, text

TARGETS = ("targetClass", "targetNode", "targetSubjectsOf", "targetObjectsOf")
# What a shape may say besides its constraints.
SETTINGS = {"path", "property", "message", "severity", "deactivated", *TARGETS}
ANNOTATIONS = {"name", "description", "order", "group", "defaultValue"}
KNOWN = {*COMPONENTS, *QUALIFIERS, *SETTINGS, *ANNOTATIONS}


class UnsupportedShapeError(KgError):
    """A shape uses a term of SHACL that is not covered, or breaks a syntax rule."""


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
    """A compiled shape; `find_values` returns its value nodes for a focus node."""

    node: Term
    path: str
    find_values: Callable[[Term], Values]
    severity: str
    messages: Mapping[str, str]
    constraints: list[tuple[str, Constraint]] = field(default_factory=list)
    properties: list[Shape] = field(default_factory=list)

    def conforms(self, focus: Term) -> bool:
        """Return whether validating a node gives no result."""
        values = self.find_values(focus)
        for _, constraint in self.constraints:
            for _ in constraint(focus, values):
                return False
        return all(shape.conforms(value) for shape in self.properties for value in values)

    def validate(self, focus: Term, results: list[Result]) -> None:
        """Add the results of validating a node."""
        values = self.find_values(focus)
        for component, constraint in self.constraints:
            for value in constraint(focus, values):
                result = Result(
                    focus, self.path, value, self.node, component, self.severity, self.messages
                )
                results.append(result)
        for value in values:
            for shape in self.properties:
                shape.validate(value, results)


class ShapeCompiler:
    """Compiles the shapes that are added, for the data of an index."""

    def __init__(self, index: StatementIndex, names: Names) -> None:
        self._index = index
        self._first, self._rest, self._nil = (
            NamedNode(names.expand(f"rdf:{name}")) for name in ("first", "rest", "nil")
        )
        self._type = NamedNode(names.expand("rdf:type"))
        self._class = NamedNode(names.expand("rdfs:Class"))
        self._statements: dict[Term, dict[Term, list[Term]]] = {}
        self._compiled: dict[Term, Shape | None] = {}

    def add(self, quads: Iterable[Quad]) -> None:
        """Add statements about shapes, before the validation."""
        for quad in quads:
            statements = self._statements.setdefault(quad.subject, {})
            statements.setdefault(quad.predicate, []).append(quad.object)

    def validate(self, nodes: Set[Term] | None = None) -> list[Result]:
        """Return the results of all shapes with targets, for their focus nodes.

        If `nodes` are given, only those of them that are focus nodes are validated. The results
        are those of the present statements of the index.

        Raises:
            UnsupportedShapeError: a shape is not covered, or invalid.
        """
        results: list[Result] = []
        for node in list(self._statements):
            targets = self._find_targets(node, nodes)
            if targets and not self._is_deactivated(node):
                shape = self._compile(node)
                for focus in targets:
                    shape.validate(focus, results)
        return results

    def _read(self, node: Term, name: str) -> list[Term]:
        return self._statements.get(node, {}).get(NamedNode(SHACL + name), [])

    def _read_one(self, node: Term, name: str) -> Term | None:
        values = self._read(node, name)
        if len(values) > 1:
            raise self._refuse(node, f"sh:{name} has {len(values)} values. Keep one")
        return values[0] if values else None

    def _is_deactivated(self, node: Term) -> bool:
        return text(self._read_one(node, "deactivated")) in ("true", "1")

    def _find_targets(self, node: Term, nodes: Set[Term] | None) -> list[Term]:
        """Return the focus nodes of a shape (https://www.w3.org/TR/shacl/#targets)."""
        classes = self._read(node, "targetClass")
        types = self._statements[node].get(self._type, [])
        if self._class in types and {text(each) for each in types} & {
            f"{SHACL}NodeShape",
            f"{SHACL}PropertyShape",
        }:
            classes = [*classes, node]
        targets: list[Collection[Term]] = [
            self._read(node, "targetNode"),
            *map(self._index.instances, classes),
            *map(self._index.objects, self._read_predicates(node, "targetSubjectsOf")),
            *map(self._index.subjects, self._read_predicates(node, "targetObjectsOf")),
        ]
        found: dict[Term, None] = {}
        for target in targets:
            found |= dict.fromkeys(
                target if nodes is None else (each for each in nodes if each in target)
            )
        return list(found)

    def _read_predicates(self, node: Term, name: str) -> list[NamedNode]:
        values = self._read(node, name)
        predicates = [each for each in values if isinstance(each, NamedNode)]
        if len(predicates) < len(values):
            raise self._refuse(node, f"sh:{name} is not an IRI")
        return predicates

    def _compile(self, node: Term) -> Shape:
        """Return a shape as functions; each is compiled once."""
        if node in self._compiled:
            shape = self._compiled[node]
            if shape is None:
                raise self._refuse(node, "the shape refers to itself, which is not covered")
            return shape
        self._compiled[node] = None
        self._check_terms(node)
        path, find_values = self._read_path(node)
        severity = text(self._read_one(node, "severity")) or f"{SHACL}Violation"
        messages = {language_of(each): text(each) for each in self._read(node, "message")}
        shape = Shape(node, path, find_values, severity.removeprefix(SHACL), messages)
        context = Context(
            self._index, self._read_list, self._test, lambda name: self._read_one(node, name)
        )
        if not self._is_deactivated(node):
            for name, make in COMPONENTS.items():
                for parameter in self._read(node, name):
                    try:
                        shape.constraints.append((name, make(context, parameter)))
                    except ShapeError as error:
                        raise self._refuse(node, f"sh:{name} {error}") from None
            shape.properties = [self._compile(each) for each in self._read(node, "property")]
        self._compiled[node] = shape
        return shape

    def _test(self, node: Term) -> Callable[[Term], bool]:
        return self._compile(node).conforms

    def _check_terms(self, node: Term) -> None:
        """Raise an error for a term of SHACL that would be ignored."""
        if node not in self._statements:
            raise self._refuse(node, "the shape has no statements")
        terms = {text(predicate) for predicate in self._statements[node]}
        names = {term.removeprefix(SHACL) for term in terms if term.startswith(SHACL)}
        unknown = sorted(names - KNOWN)
        unknown += [each for each, of in QUALIFIERS.items() if each in names and not names & of]
        if unknown:
            raise self._refuse(node, f"sh:{unknown[0]} is not covered here")

    def _read_path(self, node: Term) -> tuple[str, Callable[[Term], Values]]:
        """Return the predicate of a path, "" for another, and the function that follows it."""
        path = self._read_one(node, "path")
        if path is None:
            return "", lambda focus: (focus,)
        if isinstance(path, NamedNode):
            objects = self._index.objects(path)
            return path.value, lambda focus: objects.get(focus, ())
        inverse = self._read_one(path, "inversePath")
        if not isinstance(inverse, NamedNode) or len(self._statements[path]) != 1:
            raise self._refuse(node, "sh:path is neither a predicate nor an inverse predicate")
        subjects = self._index.subjects(inverse)
        return "", lambda focus: subjects.get(focus, ())

    def _read_list(self, node: Term) -> list[Term]:
        members: list[Term] = []
        while node != self._nil:
            cell = self._statements.get(node, {})
            if len(cell.get(self._first, ())) != 1 or len(cell.get(self._rest, ())) != 1:
                raise ShapeError("is not a well-formed list")
            if len(members) > len(self._statements):
                raise ShapeError("is a list without an end")
            members.append(cell[self._first][0])
            node = cell[self._rest][0]
        return members

    def _refuse(self, node: Term, what: str) -> UnsupportedShapeError:
        name = f"<{text(node)}>" if isinstance(node, NamedNode) else "a shape without an IRI"
        return UnsupportedShapeError(f"{name}: {what}.")
