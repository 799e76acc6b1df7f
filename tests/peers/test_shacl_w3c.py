"""The W3C's tests of SHACL Core: the evaluator passes each test or refuses its shapes.

See https://w3c.github.io/data-shapes/data-shapes-test-suite/.
"""

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit
from urllib.request import url2pathname

import pytest
from pyoxigraph import NamedNode, Quad, RdfFormat, parse

from kg.check.index import StatementIndex
from kg.check.shapes import ShapeCompiler
from kg.home import Home
from kg.names import SHACL, Names, Term, read_names, text

pytestmark = pytest.mark.slow
HERE = Path(__file__).resolve().parent / "w3c"
MANIFEST = "http://www.w3.org/2001/sw/DataAccess/tests/test-manifest#"
TEST = "http://www.w3.org/ns/shacl-test#"
TESTS = 98
# What the evaluator does not cover, and the number of tests that are refused for it.
REFUSED = {
    "path": 10,
    "closed": 3,
    "qualifiedValueShapesDisjoint": 2,
    "equals": 2,
    # A path that is both a sequence and inverse; a shape without a count; an obsolete word.
    f"path {SHACL}path": 2,
    f"alone {SHACL}qualifiedValueShape": 1,
    f"unknown {SHACL}nodeShape": 1,
}

# Focus node, path if it is a predicate, value, component, severity, source shape.
Result = tuple[Term | None, ...]


@dataclass(frozen=True)
class Outcome:
    """What a test expects and what the evaluator finds; or why it refuses the shapes."""

    name: str
    conforms: bool
    expected: Counter[Result]
    found: Counter[Result]
    refusal: str = ""

    @property
    def is_right(self) -> bool:
        """Whether the results are those that the test expects."""
        return self.found == self.expected and self.conforms == (not self.found)


class Document:
    """A Turtle file of the suite; a blank node has the same label whenever the file is read."""

    def __init__(self, path: Path) -> None:
        self.path = path
        data = path.read_bytes()
        self.quads: list[Quad] = list(parse(data, RdfFormat.TURTLE, base_iri=path.as_uri()))
        self._objects: dict[tuple[Term, str], list[Term]] = {}
        for quad in self.quads:
            key = quad.subject, quad.predicate.value
            self._objects.setdefault(key, []).append(quad.object)

    def list_objects(self, node: Term, predicate: str) -> list[Term]:
        return self._objects.get((node, predicate), [])

    def find_object(self, node: Term, predicate: str) -> Term | None:
        return next(iter(self.list_objects(node, predicate)), None)

    def read_linked(self, node: Term | None, predicate: str) -> Iterator["Document"]:
        """Yield the documents to which a node has links; the document itself is not read again."""
        for target in self.list_objects(node, predicate) if node else ():
            path = Path(url2pathname(urlsplit(text(target)).path))
            yield self if path == self.path else Document(path)


def list_documents(manifest: Document) -> Iterator[Document]:
    """Yield a manifest and all that it includes."""
    yield manifest
    for included in manifest.read_linked(NamedNode(manifest.path.as_uri()), f"{MANIFEST}include"):
        yield from list_documents(included)


def list_tests(document: Document) -> list[Term]:
    kind = NamedNode(f"{TEST}Validate")
    return [quad.subject for quad in document.quads if quad.object == kind]


def read_expected(document: Document, report: Term, *, has_shapes: bool) -> Counter[Result]:
    """Return the results of a report; shapes in another document may be blank nodes."""
    found: Counter[Result] = Counter()
    for node in document.list_objects(report, f"{SHACL}result"):
        path = document.find_object(node, f"{SHACL}resultPath")
        found[
            document.find_object(node, f"{SHACL}focusNode"),
            path if isinstance(path, NamedNode) else None,
            document.find_object(node, f"{SHACL}value"),
            document.find_object(node, f"{SHACL}sourceConstraintComponent"),
            document.find_object(node, f"{SHACL}resultSeverity"),
            document.find_object(node, f"{SHACL}sourceShape") if has_shapes else None,
        ] += 1
    return found


def compile_shapes(data: Document, shapes: Document, names: Names) -> ShapeCompiler:
    index = StatementIndex(names.expand("rdf:type"), names.expand("rdfs:subClassOf"))
    index.add(data.quads)
    compiler = ShapeCompiler(index, names)
    compiler.add(shapes.quads)
    return compiler


def find_refusal(compiler: ShapeCompiler) -> str:
    """Return a fault or a word of SHACL for which shapes are refused, or ""."""
    faults = [f"{fault.kind} {fault.detail or fault.word}" for fault in compiler.find_faults()]
    words = [word.removeprefix(SHACL) for word in compiler.list_uncovered().values()]
    return min([*faults, *words], default="")


def validate(compiler: ShapeCompiler, *, has_shapes: bool) -> Iterator[Result]:
    for result in compiler.validate():
        component = result.component[0].upper() + result.component[1:]
        severity = result.severity if ":" in result.severity else SHACL + result.severity
        yield (
            result.focus,
            NamedNode(result.path) if result.path else None,
            result.value,
            NamedNode(f"{SHACL}{component}ConstraintComponent"),
            NamedNode(severity),
            result.shape if has_shapes else None,
        )


def run_test(document: Document, test: Term, names: Names) -> Outcome:
    action = document.find_object(test, f"{MANIFEST}action")
    report = document.find_object(test, f"{MANIFEST}result")
    assert report
    (data,) = document.read_linked(action, f"{TEST}dataGraph")
    (shapes,) = document.read_linked(action, f"{TEST}shapesGraph")
    has_shapes = shapes is document
    conforms = text(document.find_object(report, f"{SHACL}conforms")) == "true"
    expected = read_expected(document, report, has_shapes=has_shapes)
    name = text(test).rpartition("/")[2]
    compiler = compile_shapes(data, shapes, names)
    refusal = find_refusal(compiler)
    found = Counter() if refusal else Counter(validate(compiler, has_shapes=has_shapes))
    return Outcome(name, conforms, expected, found, refusal)


@pytest.fixture(scope="module")
def outcomes(fetch_sources: Callable[[Path], Path], untouched: Home) -> list[Outcome]:
    """The outcome of each test of the suite."""
    suite = fetch_sources(HERE) / "test" / "resources" / "sht_tests" / "core" / "manifest.ttl"
    names = read_names(untouched)
    return [
        run_test(document, test, names)
        for document in list_documents(Document(suite))
        for test in list_tests(document)
    ]


def test_all_tests_are_run(outcomes: list[Outcome]) -> None:
    assert len({outcome.name for outcome in outcomes}) > TESTS / 2
    assert len(outcomes) == TESTS
    assert {outcome.conforms for outcome in outcomes} == {True, False}
    assert sum(outcome.expected.total() for outcome in outcomes) > 150


def test_no_test_has_another_result(outcomes: list[Outcome]) -> None:
    wrong = {
        outcome.name: (outcome.expected - outcome.found, outcome.found - outcome.expected)
        for outcome in outcomes
        if not outcome.refusal and not outcome.is_right
    }
    assert wrong == {}


def test_refused_tests_are_counted_by_reason(outcomes: list[Outcome]) -> None:
    assert Counter(outcome.refusal for outcome in outcomes if outcome.refusal) == REFUSED
