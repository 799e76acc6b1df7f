"""Faults of shapes as findings: in both languages, at their lines, and nothing else."""

import re
from collections.abc import Callable
from pathlib import Path
from string import Formatter
from subprocess import CompletedProcess

import pytest
from pyoxigraph import Literal, NamedNode

from kg.check import Finding, check_files
from kg.check.finding import Locator
from kg.check.shape_faults import LONGEST_VALUE, MESSAGES, ShapeFault, report_shape_faults
from kg.errors import KgError
from kg.home import Home
from kg.names import read_names
from kg.turtle_tokens import LineIndex

Run = Callable[..., CompletedProcess[str]]
HEADER = """\
PREFIX cdp: <https://w3id.org/cdp/ontology#>
PREFIX cdps: <https://w3id.org/cdp/shapes#>
PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
PREFIX sh: <http://www.w3.org/ns/shacl#>
"""
# The comment of a line has what its finding says.
FAULTY = """\
cdps:A a sh:NodeShape ;
  sh:property 5 ; # sh:property 5 is not a property shape
  sh:targetClass "notaclass" . # sh:targetClass "notaclass" is not an IRI
cdps:B a sh:NodeShape ; sh:targetClass cdp:City ;
  sh:property [ sh:path cdp:title ;
      sh:pattern "(" ] , # sh:pattern "(" is not a regular expression
    [ sh:path cdp:title ;
      sh:minCount "x" ] , # sh:minCount "x" is not an integer
    [ sh:path cdp:titel ] , # sh:path cdp:titel is not declared
    [ sh:path cdp:title ;
      sh:minimumCount 1 ] , # sh:minimumCount is not a term of SHACL
    [ sh:path cdp:title ;
      sh:in 5 ] . # sh:in 5 is not a well-formed list
cdps:C sh:targetClass cdp:City ;
  sh:node cdps:D .
cdps:D sh:nodeKind sh:IRI ;
  sh:node cdps:C . # sh:node cdps:C makes the shape refer to itself
cdps:E a sh:NodeShape ; # The shape has no target, and no shape refers to it
  sh:property [ sh:path cdp:title ; sh:minCount 1 ] .
cdps:F sh:targetClass cdp:Citty ; # sh:targetClass cdp:Citty is not declared
  sh:or ( [ sh:class cdp:City ]
    [ sh:not [
      sh:path [ # sh:path […] is not a property path
        sh:inversePath 5 ] ] ]
    ) .
"""
CHINESE = re.compile("[\u4e00-\u9fff].*。")


@pytest.fixture
def shapes(small: Home) -> Path:
    """The path of a file of shapes in a sound home, without any."""
    path = small.ontology / "shapes" / "own.ttl"
    path.write_text(HEADER, "utf-8")
    return path


def add(path: Path, shapes: str) -> dict[int, str]:
    """Write shapes into a file; return what the comments of its lines say."""
    path.write_text(HEADER + shapes, "utf-8")
    lines = enumerate(path.read_text("utf-8").splitlines(), 1)
    return {n: line.partition(" # ")[2] for n, line in lines if " # " in line}


def test_messages_say_what_is_wrong_and_how_to_mend_it_in_both_languages() -> None:
    for kind, messages in MESSAGES.items():
        assert list(messages) == ["en", "zh-Hans"], kind
        fields = {
            language: {name for _, name, _, _ in Formatter().parse(text) if name}
            for language, text in messages.items()
        }
        assert fields["en"] == fields["zh-Hans"], kind
        assert re.search(r"\. [A-Z].*\.$", messages["en"]) or "; " in messages["en"], kind
        assert CHINESE.search(messages["zh-Hans"]), kind


def test_each_fault_is_a_finding_at_its_line(small: Home, shapes: Path) -> None:
    expected = add(shapes, FAULTY)
    report = check_files(small)
    assert {(f.path, f.severity, f.check) for f in report.findings} == {
        (str(shapes), "violation", "shape")
    }
    found = {finding.line: finding.message for finding in report.findings}
    assert sorted(found) == sorted(expected)
    assert {n: message for n, message in found.items() if expected[n] not in message} == {}
    assert all(finding.message.startswith("cdps:") for finding in report.findings)
    assert any("No shape was applied" in note for note in report.notes)
    chinese = check_files(small, (), "zh-Hans").findings
    assert sorted(f.line for f in chinese) == sorted(found)
    assert [f.message for f in chinese if not CHINESE.search(f.message)] == []


def test_command_reports_faults_and_prints_nothing_else(
    small: Home, shapes: Path, run: Run
) -> None:
    expected = add(shapes, FAULTY)
    done = run("check", home=small, code=1)
    assert done.stderr == ""
    assert f"{len(expected)} violations" in done.stdout


def test_checks_other_than_shapes_go_on(small: Home, shapes: Path) -> None:
    add(shapes, "cdps:A sh:targetClass 5 .")
    city = small.data / "town" / "suzhou.ttl"
    text = city.read_text("utf-8")
    city.write_text(text.replace("a cdp:Platform ;", "a cdp:Platform ; cdp:madeUp 5 ;", 1), "utf-8")
    assert {f.check for f in check_files(small).findings} == {"shape", "undeclared-property"}


def test_faults_in_files_that_are_not_checked_are_an_error(small: Home, shapes: Path) -> None:
    add(shapes, "cdps:A sh:targetClass 5 .")
    with pytest.raises(KgError, match=r"own\.ttl:5: violation: cdps:A: sh:targetClass 5 is not"):
        check_files(small, [small.data / "town"])
    (finding,) = check_files(small, [shapes]).findings
    assert (finding.path, finding.line) == (str(shapes), 5)


@pytest.mark.slow
def test_checked_shapes_do_not_replace_data_of_the_same_name(small: Home) -> None:
    shapes = small.ontology / "shapes" / "cdp.ttl"
    add(shapes, "cdps:A sh:targetClass cdp:City ; sh:nodeKind sh:IRI .")
    assert check_files(small, [shapes]).statements == check_files(small).statements


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (None, "[…]"),
        (NamedNode("https://w3id.org/cdp/ontology#City"), "cdp:City"),
        (Literal("x"), '"x"'),
        (Literal("x\n", language="en"), '"x\\n"@en'),
        (Literal(5), "5"),
        (Literal("x" * 1000), '"' + "x" * (LONGEST_VALUE - 1) + "…"),
    ],
)
def test_values_are_shown_as_turtle_writes_them(
    value: Literal | NamedNode | None, shown: str, untouched: Home
) -> None:
    shape = NamedNode("https://w3id.org/cdp/shapes#A")
    word = "http://www.w3.org/ns/shacl#class"
    locator = Locator([], lambda node: [], lambda file: LineIndex(), Path("shapes"))
    faults = [ShapeFault("iri", shape, shape, word, value)]
    (finding,) = report_shape_faults(faults, read_names(untouched), locator, "en")
    message = (
        f"cdps:A: sh:class {shown} is not an IRI. Write an IRI, as <https://…> or prefix:name."
    )
    assert finding == Finding("shapes", 0, "violation", "shape", shape.value, message)
