"""The shapes: complete and well formed, and a case breaks each of their constraints.

A case is a node in `tests/shapes/<shape file>/*.ttl`. It names the shapes that it breaks with
`case:violates` and `case:warns`; a node that names none is valid. `context.ttl` has valid nodes to
which the cases refer. Each shape has one constraint, so that its name identifies the constraint.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path

import pytest
from pyoxigraph import Triple
from pyshacl import validate
from rdflib import OWL, RDF, RDFS, SH, Graph, Namespace, URIRef
from rdflib.term import Node

from kg.check import validation
from kg.check.index import StatementIndex
from kg.check.reference import compare_results, validate_with_pyshacl
from kg.check.shapes import ShapeCompiler
from kg.home import find_home
from kg.names import DISPLAY_LABELS, read_names, text
from kg.turtle import TurtleFile, parse_file
from kg.turtle_format import format_files

ONTOLOGY = find_home().ontology
SHAPES = sorted((ONTOLOGY / "shapes").glob("*.ttl"))
FOLDER = Path(__file__).parents[1] / "shapes"
CONTEXT = FOLDER / "context.ttl"
CASES = sorted(FOLDER.glob("*/*.ttl"))

CDP = Namespace("https://w3id.org/cdp/ontology#")
CDPS = Namespace("https://w3id.org/cdp/shapes#")
CASE = Namespace("https://w3id.org/cdp/test#")
SHACL = str(SH)

# The terms of SHACL that are not a constraint.
NO_CONSTRAINT = {
    "message", "path", "property", "qualifiedValueShape", "severity", "targetClass",
    "targetSubjectsOf",
}  # fmt: skip
# A constraint of each file, and one of each kind: shape and parameter.
REMOVED = [
    ("PolicyElement-statedIn-count", "maxCount"),
    ("PillarShape", "not"),
    ("lowerBound-order", "lessThanOrEquals"),
    ("passageDigest-pattern", "pattern"),
    ("Thing-label-length", "maxLength"),
    ("Theme-inScheme", "hasValue"),
]

# Focus node, source shape, constraint component, severity.
Result = tuple[Node, Node, Node, Node]


@cache
def read_graph(*paths: Path) -> Graph:
    """Return the union of Turtle files."""
    graph = Graph()
    for path in paths:
        graph.parse(path, format="turtle")
    return graph


@pytest.fixture(scope="module")
def shapes() -> Graph:
    return read_graph(*SHAPES)


@pytest.fixture(scope="module")
def valid() -> Graph:
    """The ontology with its codes and themes, and the valid nodes of the context."""
    return read_graph(*sorted(ONTOLOGY.glob("*.ttl")), CONTEXT)


def list_reporting_shapes(shapes: Graph) -> list[URIRef]:
    """Return the shapes that report: node shapes with a target, and their property shapes."""
    targets = {*shapes.subjects(SH.targetClass), *shapes.subjects(SH.targetSubjectsOf)}
    properties = {p for node in targets for p in shapes.objects(node, SH.property)}
    return sorted(n for n in targets | properties if isinstance(n, URIRef))


def local_name(term: Node) -> str:
    """Return the local name of a term of SHACL, or the IRI of any other term."""
    return str(term).removeprefix(SHACL)


def list_components(shapes: Graph, shape: Node) -> list[URIRef]:
    """Return the constraint components of a shape, by the parameters that it has.

    SHACL names a component after its parameter: sh:minCount, sh:MinCountConstraintComponent.
    """
    parameters = {local_name(p) for p in shapes.predicates(shape) if str(p).startswith(SHACL)}
    names = [p[0].upper() + p[1:] for p in parameters - NO_CONSTRAINT]
    return [SH[f"{name}ConstraintComponent"] for name in sorted(names)]


def list_pairs(shapes: Graph) -> set[tuple[Node, Node]]:
    """Return each pair of shape and constraint component that can have a result."""
    return {(s, c) for s in list_reporting_shapes(shapes) for c in list_components(shapes, s)}


def read_statements(*paths: Path) -> Iterator[Triple]:
    """Yield the statements of Turtle files."""
    for path in paths:
        for quad in parse_file(TurtleFile(path, path.as_uri())):
            yield Triple(quad.subject, quad.predicate, quad.object)


def compile_shapes(statements: Iterable[Triple]) -> tuple[StatementIndex, ShapeCompiler]:
    """Return the valid nodes and the cases, and a compiler of shapes for them."""
    index = StatementIndex(str(RDF.type), str(RDFS.subClassOf))
    index.add(read_statements(*sorted(ONTOLOGY.glob("*.ttl")), CONTEXT, *CASES))
    compiler = ShapeCompiler(index, read_names(find_home()))
    compiler.add(statements)
    return index, compiler


def count_results(results: Iterable[validation.Result]) -> Counter[Result]:
    """Return the results in rdflib's terms, with their number."""
    found: Counter[Result] = Counter()
    for result in results:
        component = f"{result.component[0].upper()}{result.component[1:]}ConstraintComponent"
        focus, shape = URIRef(text(result.focus)), URIRef(text(result.shape))
        found[focus, shape, SH[component], SH[result.severity]] += 1
    return found


def read_expected(cases: Graph, shapes: Graph) -> Counter[Result]:
    """Return the results that the cases expect."""
    severities = ((CASE.violates, SH.Violation), (CASE.warns, SH.Warning))
    return Counter(
        (node, shape, component, severity)
        for term, severity in severities
        for node, shape in cases.subject_objects(term)
        for component in list_components(shapes, shape)
    )


def list_terms(graph: Graph) -> set[str]:
    return {str(term) for triple in graph for term in triple if isinstance(term, URIRef)}


# --- the shapes -------------------------------------------------------------------------------


def test_each_file_has_cases() -> None:
    assert len(SHAPES) >= 8
    assert {path.stem for path in SHAPES} == {path.parent.name for path in CASES}


def test_shapes_that_cases_name_exist(shapes: Graph) -> None:
    """A case of a shape that is gone would expect nothing."""
    cases = read_graph(*CASES)
    named = {shape for term in (CASE.violates, CASE.warns) for shape in cases.objects(None, term)}
    assert len(named) > 150
    assert named - set(list_reporting_shapes(shapes)) == set()


def test_each_file_defines_its_own_shapes() -> None:
    for path in SHAPES:
        graph = read_graph(path)
        (header,) = graph.subjects(RDF.type, OWL.Ontology)
        assert str(header) == f"https://w3id.org/cdp/shapes/{path.stem}"
        own = {s for s in graph.subjects() if isinstance(s, URIRef) and s in CDPS}
        assert own == set(graph.subjects(RDFS.isDefinedBy, header)), path


def test_terms_of_shacl_exist(shapes: Graph) -> None:
    terms = {term for term in list_terms(shapes) if term.startswith(SHACL)}
    assert len(terms) > 20
    assert [term for term in sorted(terms) if local_name(URIRef(term)) not in SH] == []
    assert "minimumCount" not in SH


def test_terms_of_the_ontology_are_declared(shapes: Graph, valid: Graph) -> None:
    terms = {term for term in list_terms(shapes) if term.startswith(str(CDP))}
    assert len(terms) > 100
    assert [t for t in sorted(terms) if (URIRef(t), RDF.type, None) not in valid] == []


def test_each_class_has_a_node_shape(shapes: Graph, valid: Graph) -> None:
    classes = {c for c in valid.subjects(RDF.type, OWL.Class) if str(c).startswith(str(CDP))}
    assert len(classes) >= 60
    names = sorted(str(c).removeprefix(str(CDP)) for c in classes)
    missing = [n for n in names if (CDPS[f"{n}Shape"], SH.targetClass, CDP[n]) not in shapes]
    assert missing == []


def test_each_property_has_a_shape(shapes: Graph, valid: Graph) -> None:
    kinds = (OWL.ObjectProperty, OWL.DatatypeProperty, OWL.AnnotationProperty)
    properties = {p for kind in kinds for p in valid.subjects(RDF.type, kind)}
    # Only a rule states the labels to display.
    own = {p for p in properties if str(p).startswith(str(CDP))}
    own -= {CDP[name] for name in DISPLAY_LABELS.values()}
    assert len(own) >= 60
    assert (
        own - {*shapes.objects(None, SH.targetSubjectsOf), *shapes.objects(None, SH.path)} == set()
    )


@pytest.mark.slow
def test_shapes_are_valid_shacl(shapes: Graph) -> None:
    conforms, _, text = validate(Graph(), shacl_graph=shapes, meta_shacl=True)
    assert conforms, text


def test_shapes_are_named_and_used(shapes: Graph) -> None:
    kinds = (SH.NodeShape, SH.PropertyShape)
    named = {shape for kind in kinds for shape in shapes.subjects(RDF.type, kind)}
    assert all(isinstance(s, URIRef) and s in CDPS for s in named)
    assert named == set(list_reporting_shapes(shapes))
    assert all(shapes.value(s, SH.path) for s in shapes.subjects(RDF.type, SH.PropertyShape))


def find_shape_faults(shapes: Graph) -> list[tuple[str, str]]:
    """Return the shapes with several constraints, or without one message in each language."""
    faults = []
    for shape in list_reporting_shapes(shapes):
        components = list_components(shapes, shape)
        is_node_shape = (shape, RDF.type, SH.NodeShape) in shapes
        if len(components) > 1 or not (components or is_node_shape):
            faults.append((shape.fragment, "constraints"))
        messages = {
            getattr(message, "language", None): str(message)
            for message in shapes.objects(shape, SH.message)
        }
        count = len(list(shapes.objects(shape, SH.message)))
        if set(messages) != ({"en", "zh-Hans"} if components else set()) or count != len(messages):
            faults.append((shape.fragment, "messages"))
        for language, end in (("en", ". "), ("zh-Hans", "。")):
            # What is wrong, and how to fix it.
            fault, _, fix = messages.get(language, "").partition(end)
            if components and (min(len(fault), len(fix)) <= 4 or not fix.endswith(end.strip())):
                faults.append((shape.fragment, f"sentences in {language}"))
    return faults


def test_each_shape_has_one_constraint_and_a_message_in_each_language(shapes: Graph) -> None:
    assert len(list_reporting_shapes(shapes)) >= 330
    assert find_shape_faults(shapes) == []


ENGLISH, CHINESE = '"It is wrong. Correct it."@en', '"值有错误。请更正该值。"@zh-Hans'


@pytest.mark.parametrize(
    ("turtle", "fault"),
    [
        (f"sh:minCount 1 ; sh:maxCount 2 ; sh:message {ENGLISH}, {CHINESE}", "constraints"),
        (f"sh:message {ENGLISH}, {CHINESE}", "constraints"),
        (f"sh:minCount 1 ; sh:message {ENGLISH}", "messages"),
        (f'sh:minCount 1 ; sh:message "It is wrong."@en, {CHINESE}', "sentences in en"),
        (f'sh:minCount 1 ; sh:message {ENGLISH}, "有误。"@zh-Hans', "sentences in zh-Hans"),
    ],
)
def test_fault_of_a_shape_is_found(turtle: str, fault: str) -> None:
    shapes = Graph().parse(
        data=f"@prefix sh: <{SHACL}> . @prefix cdps: <{CDPS}> . "
        f"cdps:A a sh:NodeShape ; sh:targetClass <{CDP}A> ; sh:property cdps:a . cdps:a {turtle} .",
        format="turtle",
    )
    assert ("a", fault) in find_shape_faults(shapes)


def test_severity_is_on_shapes_and_means_warning(shapes: Graph) -> None:
    severities = dict(shapes.subject_objects(SH.severity))
    assert set(severities.values()) == {SH.Warning}
    assert set(severities) <= set(list_reporting_shapes(shapes))


def test_shapes_have_no_sparql(shapes: Graph) -> None:
    assert set(shapes.subjects(SH.sparql)) == set()


# --- the cases --------------------------------------------------------------------------------


def test_cases_are_in_canonical_form() -> None:
    assert format_files([CONTEXT, *CASES]) == []


def test_each_constraint_has_a_case_in_its_own_folder(shapes: Graph) -> None:
    assert len(list_pairs(shapes)) >= 330
    broken = set()
    for path in SHAPES:
        cases = read_graph(*(case for case in CASES if case.parent.name == path.stem))
        expected = {result[1:3] for result in read_expected(cases, shapes)}
        assert list_pairs(read_graph(path)) - expected == set(), path
        broken |= expected
    assert broken == list_pairs(shapes)


def test_context_has_valid_nodes_only() -> None:
    context = read_graph(CONTEXT)
    assert len(set(context.subjects())) >= 30
    assert not {*context.subjects(CASE.violates), *context.subjects(CASE.warns)}


@pytest.mark.slow
def test_results_are_those_that_the_cases_expect_and_those_of_pyshacl(shapes: Graph) -> None:
    expected = read_expected(read_graph(*CASES), shapes)
    index, compiler = compile_shapes(read_statements(*SHAPES))
    results = list(compiler.validate())
    found = count_results(results)
    assert found - expected == Counter(), "unexpected results"
    assert expected - found == Counter(), "missing results"
    assert len(results) >= 400
    assert compare_results(results, validate_with_pyshacl(index, compiler.list_triples())) == []


def test_cases_of_removed_constraints_have_no_results(shapes: Graph) -> None:
    removed = {(str(CDPS[shape]), str(SH[parameter])) for shape, parameter in REMOVED}
    statements = list(read_statements(*SHAPES))
    gone = {t for t in statements if (text(t.subject), text(t.predicate)) in removed}
    assert len(gone) == len(removed)
    # The shape inside sh:not goes with it.
    inside = {t.object for t in gone}
    kept = [t for t in statements if t not in gone and t.subject not in inside]
    _, compiler = compile_shapes(kept)
    found = count_results(compiler.validate())
    expected = read_expected(read_graph(*CASES), shapes)
    assert {result[1] for result in expected - found} == {CDPS[shape] for shape, _ in REMOVED}
    assert found - expected == Counter()
