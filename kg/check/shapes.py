"""Compile shapes of SHACL Core to functions and validate with them.

Nothing is skipped in silence: whatever is wrong in a shape is a `ShapeFault`, and a shape that
uses more of SHACL than is covered here is named. See https://www.w3.org/TR/shacl/#shapes.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Set
from contextlib import contextmanager
from functools import cache, cached_property, partial
from itertools import chain

from pyoxigraph import Literal, NamedNode, Quad, Triple

from kg.check.components import COMPARING, COMPONENTS, OF_ABSENCE, Context, Test
from kg.check.index import StatementIndex
from kg.check.parameters import read_iri
from kg.check.shape_faults import ShapeError, ShapeFault
from kg.check.syntax import (
    OF_ONTOLOGY,
    PATHS,
    TARGETS,
    UNCOVERED,
    find_faults,
    find_query_faults,
    find_unknown_words,
    is_report,
    is_shape,
    list_words,
)
from kg.check.validation import Result, Shape
from kg.errors import KgError
from kg.names import SHACL, Names, Term, language_of, text

# How deep shapes may be nested, and how many a shape may consist of: with shapes that are used
# several times, the work doubles with each level.
DEEPEST = 50
LARGEST = 10_000


class ShapeCompiler:
    """Compiles the shapes that are added, for the data of an index."""

    def __init__(self, index: StatementIndex, names: Names) -> None:
        self._index = index
        self._names = names
        self._first, self._rest, self._nil, self._type, self._class = (
            NamedNode(names.expand(name))
            for name in ("rdf:first", "rdf:rest", "rdf:nil", "rdf:type", "rdfs:Class")
        )
        self._statements: dict[Term, dict[Term, list[Term]]] = {}
        self._faults: dict[ShapeFault, None] = {}
        self._compiled: dict[Term, Shape] = {}
        self._open: list[Shape] = []  # The shapes that are being compiled, from the outermost.

    def add(self, statements: Iterable[Quad | Triple]) -> None:
        """Add statements about shapes, before all else."""
        for each in statements:
            values = self._statements.setdefault(each.subject, {}).setdefault(each.predicate, [])
            if each.object not in values:
                values.append(each.object)

    def find_faults(self) -> list[ShapeFault]:
        """Compile all shapes; return what is wrong with them."""
        if self._compiled:
            return list(self._faults)
        for node, statements in self._statements.items():
            if is_report(statements, self._type):
                continue
            for error in chain(find_unknown_words(statements), find_query_faults(statements)):
                self._add_fault(node, error)
            if node not in self._declarations and is_shape(statements, self._type):
                self._compile(node)
                if node not in self._references and not self._has_target(node):
                    self._add_fault(node, ShapeError("unused", None))
        return list(self._faults)

    def list_uncovered(self) -> dict[Term, str]:
        """Return the shapes with targets that use words which are not covered, each with one.

        `find_faults` is to be called before.
        """
        return {
            node: shape.uncovered
            for node, shape in self._compiled.items()
            if shape.uncovered and self._has_target(node)
        }

    def validate(self, nodes: Set[Term] | None = None) -> list[Result]:
        """Return the results of all shapes with targets that are covered, for their focus nodes.

        If `nodes` are given, only those of them that are focus nodes are validated. The results
        are those of the present statements of the index.

        Raises:
            KgError: a shape has a fault.
        """
        faults = self.find_faults()
        if faults:
            owners = ", ".join(dict.fromkeys(self._names.show(fault.owner) for fault in faults))
            raise KgError(f"{owners}: faulty shapes. Run kg check.")
        results: list[Result] = []
        for node, shape in self._compiled.items():
            if not shape.uncovered:
                shape.validate(self._find_targets(node, nodes), results)
        return results

    def find_classes(self, iri: str) -> list[Term]:
        """Return the classes whose instances are to have IRIs of the form of a given one."""
        return [
            each
            for node in self._compiled
            for pattern in self._read(node, "pattern")
            if not self._read(node, "path") and re.search(text(pattern), iri)
            for each in self._list_target_classes(node)
        ]

    def list_paths(self, shape: Term) -> list[Term]:
        """Return the paths in a shape, and in the shapes and lists that it has as values.

        The properties with whose values it compares those of a path are paths, too.
        """
        found: list[Term] = []
        seen, waiting = set(), [shape]
        while waiting:
            node = waiting.pop()
            if node not in seen and node in self._statements:
                seen.add(node)
                for name in ("path", *COMPARING):
                    found += self._read(node, name)
                for values in self._statements[node].values():
                    waiting += values
        return found

    def list_triples(self, *, uncovered: bool = False) -> Iterator[Triple]:
        """Yield the statements of the shapes; with `uncovered`, covered shapes have no target."""
        targets = set(map(_expand, TARGETS))
        for node, statements in self._statements.items():
            shape = self._compiled.get(node)
            for predicate, values in statements.items():
                is_target = predicate in targets or self._class in values
                if not (uncovered and is_target and shape and not shape.uncovered):
                    for value in values:
                        yield Triple(node, predicate, value)  # type: ignore[arg-type]

    # Compilation

    def _compile(self, node: Term) -> Shape:
        """Return a shape as functions; each is compiled once."""
        if node in self._compiled:
            return self._compiled[node]
        shape = self._compiled[node] = Shape(node)
        self._open.append(shape)
        for error in find_faults(self._statements[node]):
            self._add_fault(node, error)
        self._read_path(shape)
        shape.severity = text(self._find(node, "severity")).removeprefix(SHACL) or shape.severity
        shape.messages = {language_of(each): text(each) for each in self._read(node, "message")}
        shape.uncovered = shape.uncovered or self._find_uncovered(node)
        self._add_constraints(shape)
        shape.tests_absence = any(name in OF_ABSENCE for name, _ in shape.constraints)
        for value in self._read(node, "property"):
            with self._catch(node, "property"):
                if not self._read(value, "path"):
                    raise ShapeError("property", value)
                shape.properties.append(self._refer(shape, value))
        if text(self._find(node, "deactivated")) in ("true", "1"):
            shape.constraints, shape.properties, shape.uncovered = [], [], ""
        self._open.pop()
        return shape

    def _add_constraints(self, shape: Shape) -> None:
        context = Context(
            self._index,
            self._read_list,
            partial(self._refer_to_test, shape),
            partial(self._read, shape.node),
            shape.list_values,
        )
        words = list_words(self._statements[shape.node])
        for name, make in COMPONENTS.items():
            for parameter in self._read(shape.node, name) if name in words else ():
                with self._catch(shape.node, name):
                    shape.constraints.append((name, make(context, parameter)))
        for value in self._read(shape.node, "ignoredProperties"):
            with self._catch(shape.node, "ignoredProperties"):
                for each in self._read_list(value):
                    read_iri(each)
        for value in self._read(shape.node, "sparql"):
            with self._catch(shape.node, "sparql"):
                if [type(each) for each in self._read(value, "select")] != [Literal]:
                    raise ShapeError("query", value)
        for name in OF_ONTOLOGY:
            for value in self._read(shape.node, name):
                self._check_declared(shape.node, name, value)

    def _refer_to_test(self, shape: Shape, value: Term) -> Test:
        return self._refer(shape, value).make_test()

    def _refer(self, shape: Shape, value: Term) -> Shape:
        """Return the shape that is a value in another one.

        Raises:
            ShapeError: the value is not a shape, or refers back, or there are too many shapes.
        """
        if value not in self._statements or not is_shape(self._statements[value], self._type):
            raise ShapeError("shape", value)
        if any(value == each.node for each in self._open):
            raise ShapeError("cycle", value)
        # A shape that is used by another one may have been compiled before it.
        part = self._compile(value) if len(self._open) < DEEPEST else shape
        shape.depth = max(shape.depth, part.depth + 1)
        if part is shape or shape.depth > DEEPEST:
            raise ShapeError("depth", value, str(DEEPEST))
        shape.size += part.size
        if shape.size > LARGEST:
            raise ShapeError("size", value, str(LARGEST))
        shape.uncovered = shape.uncovered or part.uncovered
        return part

    def _read_path(self, shape: Shape) -> None:
        """Set the value nodes of a shape."""
        path = self._find(shape.node, "path")
        if path is None:
            outer = self._open[-2].list_values if len(self._open) > 1 else tuple
            shape.list_values = lambda: chain(self._find_targets(shape.node), outer())
            return
        if _expand("NodeShape") in self._statements[shape.node].get(self._type, ()):
            self._add_fault(shape.node, ShapeError("with-path", path, word=f"{SHACL}path"))
        inverse = self._find(path, "inversePath")
        if not self._is_path(path):
            self._add_fault(shape.node, ShapeError("path", path, word=f"{SHACL}path"))
        elif isinstance(path, NamedNode):
            shape.path = path.value
            self._follow(shape, self._index.objects(path))
        elif isinstance(inverse, NamedNode):
            self._check_declared(path, "inversePath", inverse)
            self._follow(shape, self._index.subjects(inverse))
        else:
            shape.uncovered = f"{SHACL}path"

    def _follow(self, shape: Shape, nodes: Mapping[Term, list[Term]]) -> None:
        shape.find_values = nodes.get
        shape.list_values = lambda: chain.from_iterable(nodes.values())

    def _is_path(self, node: Term, depth: int = 0) -> bool:
        """Return whether a node is a path (https://www.w3.org/TR/shacl/#property-paths)."""
        if isinstance(node, NamedNode) and node != self._nil:
            return True
        words = list_words(self._statements.get(node, {}))
        try:
            if not words:
                members = self._read_list(node)
                return len(members) > 1 and all(self._is_path(m, depth + 1) for m in members)
            (word,) = words & PATHS
            (inner,) = self._read(node, word)
        except ValueError:
            return False
        is_list = self._first in self._statements.get(inner, {})
        return (
            len(self._statements[node]) == 1
            and depth < DEEPEST
            and (is_list or word != "alternativePath")
            and self._is_path(inner, depth + 1)
        )

    # Reading

    def _read(self, node: Term, name: str) -> list[Term]:
        return self._statements.get(node, {}).get(_expand(name), [])

    def _find(self, node: Term, name: str) -> Term | None:
        return next(iter(self._read(node, name)), None)

    def _read_list(self, node: Term) -> list[Term]:
        start = node
        members: list[Term] = []
        while node != self._nil:
            cell = self._statements.get(node, {})
            is_cell = len(cell.get(self._first, ())) == len(cell.get(self._rest, ())) == 1
            if not is_cell or len(members) > len(self._statements):
                raise ShapeError("list", start)
            members.append(cell[self._first][0])
            node = cell[self._rest][0]
        return members

    def _list_target_classes(self, node: Term) -> list[Term]:
        types = self._statements[node].get(self._type, [])
        is_typed = any(_expand(name) in types for name in ("NodeShape", "PropertyShape"))
        implicit = [node] if is_typed and self._class in types else []
        return [*self._read(node, "targetClass"), *implicit]

    def _has_target(self, node: Term) -> bool:
        return bool(self._list_target_classes(node)) or any(
            self._read(node, name) for name in TARGETS
        )

    def _find_targets(self, node: Term, nodes: Set[Term] | None = None) -> list[Term]:
        """Return the focus nodes of a shape (https://www.w3.org/TR/shacl/#targets)."""
        targets: list[Collection[Term]] = [
            self._read(node, "targetNode"),
            *map(self._index.instances, self._list_target_classes(node)),
            *(self._index.objects(read_iri(p)) for p in self._read(node, "targetSubjectsOf")),
            *(self._index.subjects(read_iri(p)) for p in self._read(node, "targetObjectsOf")),
        ]
        found: dict[Term, None] = {}
        for target in targets:
            found |= dict.fromkeys(
                target if nodes is None else (each for each in nodes if each in target)
            )
        return list(found)

    def _find_uncovered(self, node: Term) -> str:
        """Return a property of a shape that only pySHACL validates, or ""."""
        words = {SHACL + name for name in list_words(self._statements[node]) & UNCOVERED}
        words |= {text(each) for each in self._statements[node] if each in self._parameters}
        return min(words, default="")

    @cached_property
    def _parameters(self) -> set[Term]:
        """The parameters of constraint components that the shape files declare."""
        return {path for node in self._declarations for path in self._read(node, "path")}

    @cached_property
    def _declarations(self) -> set[Term]:
        return {node for each in self._statements for node in self._read(each, "parameter")}

    # Faults

    @contextmanager
    def _catch(self, node: Term, name: str) -> Iterator[None]:
        try:
            yield
        except ShapeError as error:
            error.word = error.word or SHACL + name
            self._add_fault(node, error)

    def _add_fault(self, node: Term, error: ShapeError) -> None:
        owner, seen = node, {node}
        while not isinstance(owner, NamedNode) and owner in self._references:
            owner = self._references[owner]
            if owner in seen:
                break
            seen.add(owner)
        fault = ShapeFault(error.kind, node, owner, error.word, error.value, error.detail)
        self._faults[fault] = None

    @cached_property
    def _references(self) -> dict[Term, Term]:
        """A node that refers to each node, by a property of SHACL or as a member of a list."""
        return {
            value: node
            for node, statements in self._statements.items()
            for predicate, values in statements.items()
            if text(predicate).startswith(SHACL) or predicate in (self._first, self._rest)
            for value in values
        }

    def _check_declared(self, node: Term, name: str, value: Term) -> None:
        """Add a fault for an undeclared term of a namespace that has declared ones."""
        types = self._index.objects(self._type)
        if isinstance(value, NamedNode) and value not in types:
            if _split(value) in self._namespaces:
                self._add_fault(node, ShapeError("undeclared", value, word=SHACL + name))

    @cached_property
    def _namespaces(self) -> set[str]:
        """The namespaces of which the ontology declares terms, other than RDF, RDFS and OWL."""
        builtin = tuple(self._names.prefixes.get(each, "") for each in ("rdf", "rdfs", "owl"))
        owl = builtin[-1]
        if not owl:
            return set()
        kinds = ("Class", "ObjectProperty", "DatatypeProperty", "AnnotationProperty")
        subjects = self._index.subjects(self._type)
        declared = (each for kind in kinds for each in subjects.get(NamedNode(owl + kind), ()))
        return {_split(each) for each in declared} - set(builtin)


@cache
def _expand(name: str) -> NamedNode:
    """Return a term of SHACL."""
    return NamedNode(SHACL + name)


def _split(iri: Term) -> str:
    """Return the namespace of an IRI."""
    return re.sub(r"[^#/]*$", "", text(iri))
