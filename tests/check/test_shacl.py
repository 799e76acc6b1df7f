"""Validation results become findings, with the message in the language asked for."""

from pathlib import Path

import pytest
from rdflib import Graph

from kg.check.finding import Finding, Locator
from kg.check.shacl import check_shapes, read_shapes
from kg.home import Home
from kg.names import read_names
from kg.turtle import LineIndex, TurtleFile

NODE = "https://w3id.org/cdp/id/doc/x"
TITLE = "https://w3id.org/cdp/ontology#title"
DATA = f'<{NODE}> a <https://w3id.org/cdp/ontology#Plan> ; <{TITLE}> "text" .'
SHAPES = f"""
@prefix sh: <http://www.w3.org/ns/shacl#> .
@prefix cdps: <https://w3id.org/cdp/shapes#> .
cdps:PlanShape a sh:NodeShape ; sh:targetClass <https://w3id.org/cdp/ontology#Plan> ;
  sh:property cdps:title-length, cdps:title-language .
cdps:title-length sh:path <{TITLE}> ; sh:minLength 5 ; sh:message "too short"@en, "太短"@zh-Hans .
cdps:title-language sh:path <{TITLE}> ; sh:languageIn ("en") ; sh:severity sh:Warning ;
  sh:message "无语言"@zh-Hans .
"""


@pytest.mark.parametrize(("language", "message"), [("en", "too short"), ("zh-Hant", "太短")])
def test_finding_has_line_severity_and_message(
    language: str, message: str, untouched: Home
) -> None:
    data, shapes = (Graph().parse(data=text, format="turtle") for text in (DATA, SHAPES))
    file = TurtleFile(Path("x.ttl"), "g")
    index = LineIndex(file, {(NODE, TITLE, "text"): 3}, {NODE: 1})
    locator = Locator([index], frozenset([file.path]))
    found = check_shapes(read_names(untouched), data, shapes, locator, language)
    assert sorted(found) == [
        Finding("x.ttl", 3, "violation", "cdps:title-length", NODE, f"doc:x: {message}"),
        Finding("x.ttl", 3, "warning", "cdps:title-language", NODE, "doc:x: 无语言"),
    ]


def test_shapes_of_all_files_are_read(untouched: Home) -> None:
    files = list((untouched.ontology / "shapes").glob("*.ttl"))
    assert len(files) >= 8
    sizes = [len(Graph().parse(file)) for file in files]
    assert max(sizes) < len(read_shapes(untouched)) <= sum(sizes)
