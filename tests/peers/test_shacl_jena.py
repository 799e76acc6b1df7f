"""Apache Jena's validator has the same results as the evaluator: for all cases, and the data."""

import subprocess
from collections import Counter
from collections.abc import Callable, Iterable
from pathlib import Path

import pytest
from pyoxigraph import NamedNode, Quad, RdfFormat, Triple, parse

from kg.check.index import StatementIndex
from kg.check.shapes import ShapeCompiler
from kg.graph import load_graph
from kg.home import Home
from kg.names import SHACL, read_names, text
from kg.turtle import list_files, parse_file

pytestmark = pytest.mark.slow
HERE = Path(__file__).resolve().parent
CASES = HERE.parent / "shapes"
SECONDS = 600
# Path and value are not compared: a path may be a blank node, and Jena reports texts as values of
# sh:uniqueLang, which has none.
Result = tuple[str, ...]  # focus node, source shape, component, severity
Statements = list[Quad]


@pytest.fixture(scope="module")
def jena(
    java: list[str],
    fetch_jars: Callable[[Path, str], str],
    tmp_path_factory: pytest.TempPathFactory,
) -> Callable[[Statements, Statements], Counter[Result]]:
    """Return a function that validates data with shapes, and returns the results of Jena."""
    jars = fetch_jars(HERE / "fuseki" / "pom.xml", "Jena")
    folder = tmp_path_factory.mktemp("jena")

    def validate(data: Statements, shapes: Statements) -> Counter[Result]:
        options = []
        for name, quads in (("data", data), ("shapes", shapes)):
            lines = "".join(f"{quad.triple} .\n" for quad in quads)
            (folder / f"{name}.nt").write_text(lines, "utf-8")
            options += [f"--{name}", str(folder / f"{name}.nt")]
        command = [*java, "-Xmx1g", "-Dfile.encoding=UTF-8", "-cp", jars, "shacl.shacl"]
        done = subprocess.run(
            [*command, "validate", *options], capture_output=True, timeout=SECONDS, check=False
        )
        assert (done.returncode, done.stderr) == (0, b"")
        return read_report(quad.triple for quad in parse(done.stdout, RdfFormat.TURTLE))

    return validate


def read_report(triples: Iterable[Triple]) -> Counter[Result]:
    """Return the results of a validation report."""
    objects = {(t.subject, t.predicate.value): t.object for t in triples}
    parts = ("focusNode", "sourceShape", "sourceConstraintComponent", "resultSeverity")
    kind = NamedNode(f"{SHACL}ValidationResult")
    return Counter(
        tuple(text(objects[node, SHACL + part]).removeprefix(SHACL) for part in parts)
        for (node, _), value in objects.items()
        if value == kind
    )


def evaluate(home: Home, data: Statements, shapes: Statements) -> Counter[Result]:
    names = read_names(home)
    index = StatementIndex(names.expand("rdf:type"), names.expand("rdfs:subClassOf"))
    index.add(data)
    compiler = ShapeCompiler(index, names)
    compiler.add(shapes)
    return Counter(
        (
            text(result.focus),
            text(result.shape),
            f"{result.component[0].upper()}{result.component[1:]}ConstraintComponent",
            result.severity,
        )
        for result in compiler.validate()
    )


def read_statements(paths: Iterable[Path]) -> Statements:
    return [
        quad
        for path in paths
        for quad in parse(path=str(path), format=RdfFormat.TURTLE, rename_blank_nodes=True)
    ]


@pytest.fixture(scope="module")
def shapes(roundup: Home) -> Statements:
    return read_statements(sorted((roundup.ontology / "shapes").glob("*.ttl")))


@pytest.fixture(scope="module")
def cases(roundup: Home) -> Statements:
    """The ontology, and all cases with the nodes to which they refer."""
    return read_statements([*sorted(roundup.ontology.glob("*.ttl")), *CASES.rglob("*.ttl")])


def test_jena_has_the_same_results_for_the_cases(
    jena: Callable[..., Counter[Result]], cases: Statements, shapes: Statements, roundup: Home
) -> None:
    found, expected = jena(cases, shapes), evaluate(roundup, cases, shapes)
    assert expected.total() >= 400
    assert found - expected == Counter(), "only Jena"
    assert expected - found == Counter(), "only kg"


def test_jena_has_no_result_for_the_data(
    jena: Callable[..., Counter[Result]], shapes: Statements, roundup: Home
) -> None:
    data = [quad for file in list_files(roundup) for quad in parse_file(file)]
    data += load_graph(roundup).memory.list_added()
    assert len(data) > 12_000
    assert jena(data, shapes) == evaluate(roundup, data, shapes) == Counter()


def test_jena_has_the_same_results_for_data_without_types(
    jena: Callable[..., Counter[Result]], shapes: Statements, roundup: Home
) -> None:
    rdf_type = read_names(roundup).expand("rdf:type")
    data = [quad for file in list_files(roundup) for quad in parse_file(file)]
    untyped = [quad for quad in data if quad.predicate.value != rdf_type]
    found = jena(untyped, shapes)
    assert found.total() > 1_000
    assert found == evaluate(roundup, untyped, shapes)


# What pySHACL or Jena judge in another way than the evaluator, which follows the Recommendation:
# constraint, value, and the number of results of the evaluator and of Jena.
DISPUTED = [
    ("sh:lessThan e:end", '"1999-01-01"^^xsd:date', 1, 1),
    ("sh:lessThan e:end", '"text"', 1, 1),
    ("sh:datatype xsd:integer", '"1_000"^^xsd:integer', 1, 1),
    ("sh:datatype xsd:integer", '"٣"^^xsd:integer', 1, 1),
    ('sh:languageIn ( "zh-Hans" )', '"text"@zh-Hans-CN', 0, 0),
    ("sh:datatype xsd:nonNegativeInteger", '" 5 "^^xsd:nonNegativeInteger', 0, 0),
    # In Java, $ matches before a line end at the end of the text.
    (r'sh:pattern "^\\S+$"', r'"text\n"', 1, 0),
    # In Java, \s is a character of ASCII, as in XPath; in Python it is any white space.
    (r'sh:pattern "^\\S+$"', '"\u3000"', 1, 0),
    # In Java, a character outside the Basic Multilingual Plane has length 2.
    ("sh:maxLength 1", '"\U00020000"', 0, 1),
]


def test_jena_differs_where_it_is_documented(
    jena: Callable[..., Counter[Result]], roundup: Home
) -> None:
    prefixes = (
        f"PREFIX sh: <{SHACL}> PREFIX xsd: <http://www.w3.org/2001/XMLSchema#> PREFIX e: <urn:>"
    )
    data, shapes = "e:any e:end 5 .\n", ""
    for number, (constraint, value, _, _) in enumerate(DISPUTED):
        data += f"e:node{number} e:value {value} ; e:end 5 .\n"
        shapes += (
            f"e:shape{number} sh:targetNode e:node{number} ; sh:path e:value ; {constraint} .\n"
        )
    parsed = [
        list(parse(f"{prefixes}\n{turtle}".encode(), RdfFormat.TURTLE)) for turtle in (data, shapes)
    ]
    counts = [
        Counter(focus for focus, *_ in results)
        for results in (evaluate(roundup, *parsed), jena(*parsed))
    ]
    found = [
        (constraint, value, *(count[f"urn:node{number}"] for count in counts))
        for number, (constraint, value, _, _) in enumerate(DISPUTED)
    ]
    assert found == DISPUTED
