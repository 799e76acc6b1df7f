"""The shapes: whole, well formed, and each of their constraints broken by a case.

A case is a node of `tests/shapes/<shape file>/*.ttl` that says of itself which shapes find fault
with it: `case:violates` and `case:warns`. A node that says nothing is valid. `context.ttl` holds
valid things for the cases to point to. One shape has one constraint, so a shape names the pair.
"""

from __future__ import annotations

from collections import Counter
from functools import cache
from pathlib import Path

import pytest
from pyshacl import validate
from rdflib import OWL, RDF, RDFS, SH, Graph, Literal, Namespace, URIRef
from rdflib.namespace import DCTERMS
from rdflib.term import Node

ROOT = Path(__file__).parents[2]
ONTOLOGY = ROOT / "ontology"
SHAPES = sorted((ONTOLOGY / "shapes").glob("*.ttl"))
CONTEXT = ROOT / "tests" / "shapes" / "context.ttl"
CASES = sorted((ROOT / "tests" / "shapes").glob("*/*.ttl"))

CDP = Namespace("https://w3id.org/cdp/ontology#")
CDPS = Namespace("https://w3id.org/cdp/shapes#")
CASE = Namespace("https://w3id.org/cdp/test#")
SHACL = str(SH)

# What SHACL lets a shape say that is no constraint of its own.
NO_CONSTRAINT = {
    "message", "path", "property", "qualifiedValueShape", "severity", "targetClass",
    "targetSubjectsOf",
}  # fmt: skip

# Focus node, source shape, constraint component, severity.
Finding = tuple[Node, Node, Node, Node]


@cache
def read_graph(*paths: Path) -> Graph:
    """Return the union of Turtle files."""
    graph = Graph()
    for path in paths:
        graph.parse(path, format="turtle")
    return graph


def read_shapes() -> Graph:
    return read_graph(*SHAPES)


def read_world() -> Graph:
    """Return the ontology with its codes and themes, and the valid things of the context."""
    return read_graph(*sorted(ONTOLOGY.glob("*.ttl")), CONTEXT)


def list_reporting_shapes(shapes: Graph) -> list[URIRef]:
    """Return the shapes that report: node shapes with a target, and their property shapes."""
    targets = {*shapes.subjects(SH.targetClass), *shapes.subjects(SH.targetSubjectsOf)}
    owned = {p for node in targets for p in shapes.objects(node, SH.property)}
    return sorted(n for n in targets | owned if isinstance(n, URIRef))


def local_name(word: Node) -> str:
    """Return what SHACL calls a word of its own, or the IRI of any other."""
    return str(word).removeprefix(SHACL)


def list_components(shapes: Graph, shape: Node) -> list[URIRef]:
    """Return the constraint components of a shape, by the parameters that it has.

    SHACL names a component after its parameter: sh:minCount, sh:MinCountConstraintComponent.
    """
    parameters = {local_name(p) for p in shapes.predicates(shape) if str(p).startswith(SHACL)}
    names = [p[0].upper() + p[1:] for p in parameters - NO_CONSTRAINT]
    return [SH[f"{name}ConstraintComponent"] for name in sorted(names)]


def list_pairs(shapes: Graph) -> list[tuple[URIRef, URIRef]]:
    """Return each (shape, constraint component) pair that can be found fault with."""
    return [(s, c) for s in list_reporting_shapes(shapes) for c in list_components(shapes, s)]


def find_faults(data: Graph, shapes: Graph) -> Counter[Finding]:
    """Return what pySHACL finds, each finding with how often it is found."""
    _, report, _ = validate(data, shacl_graph=shapes)
    assert isinstance(report, Graph)
    parts = (SH.focusNode, SH.sourceShape, SH.sourceConstraintComponent, SH.resultSeverity)
    found: Counter[Finding] = Counter()
    for result in report.objects(None, SH.result):
        node, shape, component, severity = (report.value(result, part) for part in parts)
        assert node and shape and component and severity
        found[node, shape, component, severity] += 1
    return found


def read_expected(case: Graph, shapes: Graph) -> Counter[Finding]:
    """Return the findings that the nodes of a case file say of themselves."""
    severities = ((CASE.violates, SH.Violation), (CASE.warns, SH.Warning))
    return Counter(
        (node, shape, component, severity)
        for word, severity in severities
        for node, shape in case.subject_objects(word)
        for component in list_components(shapes, shape)
    )


def list_terms(graph: Graph) -> set[str]:
    """Return every IRI of a graph, those of datatypes too."""
    terms = {str(term) for triple in graph for term in triple if isinstance(term, URIRef)}
    return terms | {str(o.datatype) for o in graph.objects() if isinstance(o, Literal)}


def format_graph(path: Path) -> str:
    """Return a Turtle file in canonical form, with those prefixes alone that it uses."""
    read = Graph(bind_namespaces="none").parse(path, format="turtle")
    graph = Graph(bind_namespaces="none")
    terms = list_terms(read)
    for prefix, namespace in read.namespaces():
        if any(term.startswith(str(namespace)) for term in terms):
            graph.bind(prefix, namespace)
    for triple in read:
        graph.add(triple)
    return graph.serialize(format="longturtle", canon=True).rstrip("\n") + "\n"


def name_path(path: Path) -> str:
    return f"{path.parent.name}/{path.stem}"


def test_there_are_shapes_and_a_folder_of_cases_for_each_file() -> None:
    assert len(SHAPES) >= 8
    assert {path.stem for path in SHAPES} == {path.parent.name for path in CASES}


@pytest.mark.parametrize("path", [*SHAPES, CONTEXT, *CASES], ids=name_path)
def test_files_are_in_the_canonical_form(path: Path) -> None:
    assert path.read_text("utf-8") == format_graph(path)


@pytest.mark.parametrize("path", SHAPES, ids=lambda path: path.stem)
def test_each_file_says_what_it_is(path: Path) -> None:
    graph = read_graph(path)
    (header,) = graph.subjects(RDF.type, OWL.Ontology)
    assert str(header) == f"https://w3id.org/cdp/shapes/{path.stem}"
    for word in (DCTERMS.title, DCTERMS.description):
        assert {getattr(o, "language", None) for o in graph.objects(header, word)} == {
            "en",
            "zh-Hans",
        }
    assert str(graph.value(header, OWL.versionIRI)) == f"{header}/0.1.0"
    assert graph.value(header, OWL.versionInfo) == Literal("0.1.0")
    assert graph.value(header, DCTERMS.license)
    owned = {s for s in graph.subjects() if isinstance(s, URIRef) and s in CDPS}
    assert owned == set(graph.subjects(RDFS.isDefinedBy, header))


def test_every_word_of_shacl_is_one_that_shacl_has() -> None:
    words = {t for t in list_terms(read_shapes()) if t.startswith(SHACL)}
    assert len(words) > 20
    assert [w for w in sorted(words) if local_name(URIRef(w)) not in SH] == []
    assert "minimumCount" not in SH


def test_every_word_of_ours_is_declared_in_the_ontology() -> None:
    world = read_world()
    words = {t for t in list_terms(read_shapes()) if t.startswith(str(CDP))}
    assert len(words) > 100
    assert [w for w in sorted(words) if (URIRef(w), RDF.type, None) not in world] == []


def test_each_class_has_a_node_shape() -> None:
    world, shapes = read_world(), read_shapes()
    classes = {c for c in world.subjects(RDF.type, OWL.Class) if str(c).startswith(str(CDP))}
    assert len(classes) >= 60
    assert classes - set(shapes.objects(None, SH.targetClass)) == set()
    for name in (str(c).removeprefix(str(CDP)) for c in classes):
        assert (CDPS[f"{name}Shape"], SH.targetClass, CDP[name]) in shapes


def test_each_property_has_a_shape() -> None:
    world, shapes = read_world(), read_shapes()
    kinds = (OWL.ObjectProperty, OWL.DatatypeProperty, OWL.AnnotationProperty)
    properties = {p for kind in kinds for p in world.subjects(RDF.type, kind)}
    ours = {p for p in properties if str(p).startswith(str(CDP))}
    assert len(ours) >= 60
    shaped = {*shapes.objects(None, SH.targetSubjectsOf), *shapes.objects(None, SH.path)}
    assert ours - shaped == set()


def test_shapes_are_well_formed() -> None:
    conforms, _, text = validate(Graph(), shacl_graph=read_shapes(), meta_shacl=True)
    assert conforms, text


def test_shapes_have_names_and_are_all_reached() -> None:
    shapes = read_shapes()
    kinds = (SH.NodeShape, SH.PropertyShape)
    named = {shape for kind in kinds for shape in shapes.subjects(RDF.type, kind)}
    assert all(isinstance(s, URIRef) and s in CDPS for s in named)
    assert named == set(list_reporting_shapes(shapes))
    assert all(shapes.value(s, SH.path) for s in shapes.subjects(RDF.type, SH.PropertyShape))


def test_one_shape_has_one_constraint_and_says_it_in_both_languages() -> None:
    shapes = read_shapes()
    for shape in list_reporting_shapes(shapes):
        components = list_components(shapes, shape)
        assert all(local_name(c) in SH for c in components), shape
        assert len(components) == 1 or (shape, RDF.type, SH.NodeShape) in shapes, shape
        assert len(components) <= 1, shape
        tags = Counter(getattr(m, "language", None) for m in shapes.objects(shape, SH.message))
        assert tags == ({"en": 1, "zh-Hans": 1} if components else {}), shape


def test_each_message_says_what_is_wrong_and_what_would_be_right() -> None:
    for message in read_shapes().objects(None, SH.message):
        assert isinstance(message, Literal)
        stop = "\u3002" if message.language == "zh-Hans" else ". "
        first, _, rest = str(message).partition(stop)
        assert len(first) > 4, message
        assert len(rest) > 4, message
        assert str(message).endswith(stop.strip()), message


def test_a_severity_stands_on_a_shape_and_is_a_warning() -> None:
    shapes = read_shapes()
    severe = dict(shapes.subject_objects(SH.severity))
    assert set(severe.values()) == {SH.Warning}
    assert set(severe) <= set(list_reporting_shapes(shapes))
    assert not set(shapes.subjects(SH.sparql))


def test_the_ontology_and_the_context_are_valid() -> None:
    assert find_faults(read_world(), read_shapes()) == Counter()


@pytest.mark.parametrize("path", CASES, ids=name_path)
def test_findings_are_those_that_the_cases_expect(path: Path) -> None:
    case, shapes = read_graph(path), read_shapes()
    expected = read_expected(case, shapes)
    assert len(expected) >= 10
    assert find_faults(read_world() + case, shapes) == expected


def test_each_constraint_is_broken_by_a_case() -> None:
    shapes = read_shapes()
    pairs = list_pairs(shapes)
    broken = {f[1:3] for path in CASES for f in read_expected(read_graph(path), shapes)}
    assert len(pairs) >= 330
    assert [pair for pair in pairs if pair not in broken] == []
    assert broken == set(pairs)


def test_each_case_file_breaks_its_own_shapes_and_has_valid_nodes_beside() -> None:
    for path in CASES:
        case = read_graph(path)
        (own,) = (p for p in SHAPES if p.stem == path.parent.name)
        named = {*case.objects(None, CASE.violates), *case.objects(None, CASE.warns)}
        assert len(named & set(read_graph(own).subjects())) >= len(list_pairs(read_graph(own)))
    assert len(set(read_graph(CONTEXT).subjects())) >= 30
    assert not set(read_graph(CONTEXT).subjects(CASE.violates))


@pytest.mark.parametrize(
    ("file", "shape", "parameter"),
    [
        ("elements", "PolicyElement-statedIn-count", "maxCount"),
        ("elements", "PillarShape", "not"),
        ("targets", "lowerBound-order", "lessThanOrEquals"),
        ("evidence", "passageDigest-pattern", "pattern"),
        ("labels", "Thing-label-length", "maxLength"),
        ("concepts", "Theme-inScheme", "hasValue"),
    ],
)
def test_a_constraint_taken_away_is_missed(file: str, shape: str, parameter: str) -> None:
    shapes = read_shapes()
    assert list(shapes.objects(CDPS[shape], SH[parameter]))
    weaker = Graph()
    for triple in shapes:
        if triple[:2] != (CDPS[shape], SH[parameter]):
            weaker.add(triple)
    case = read_graph(*(p for p in CASES if p.parent.name == file))
    found = find_faults(read_world() + case, weaker)
    missed = read_expected(case, shapes) - found
    assert {f[1] for f in missed} == {CDPS[shape]}
    assert not found - read_expected(case, shapes)
