"""SHACL: the shapes of `ontology/shapes/` over ontology, data and entailments, by pySHACL."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from kg.check.finding import VIOLATION, WARNING, Finding, Locator
from kg.home import Home
from kg.names import FALLBACKS, Names, read_names

if TYPE_CHECKING:
    import rdflib
    from rdflib.term import Node


def read_shapes(home: Home) -> rdflib.Graph:
    """Return the graph of all shapes files."""
    import rdflib

    shapes = rdflib.Graph(bind_namespaces="none")
    for path in sorted((home.ontology / "shapes").glob("*.ttl")):
        shapes.parse(path, format="turtle")
    return shapes


def validate_graph(data: rdflib.Graph, shapes: rdflib.Graph) -> rdflib.Graph:
    """Return the SHACL validation report of a graph that is complete with its entailments.

    See https://www.w3.org/TR/shacl/#validation-report. Nothing is inferred here, nothing is
    imported, and the graph is not copied.
    """
    import pyshacl

    report: rdflib.Graph
    _, report, _ = pyshacl.validate(
        data, shacl_graph=shapes, inference="none", do_owl_imports=False, inplace=True
    )
    return report


def find_by_shapes(
    home: Home, data: rdflib.Graph, locator: Locator, language: str
) -> Iterator[Finding]:
    """Yield a finding for each result of the validation, its message in the language asked for."""
    names = read_names(home)
    shapes = read_shapes(home)
    report = validate_graph(data, shapes)
    for result in report.subjects(_iri(names, "rdf:type"), _iri(names, "sh:ValidationResult")):

        def value(name: str, result: Node = result) -> Node | None:
            return report.value(result, _iri(names, f"sh:{name}"))

        focus, path, shape = value("focusNode"), value("resultPath"), value("sourceShape")
        severity = VIOLATION if str(value("resultSeverity")).endswith("Violation") else WARNING
        message = _choose(report.objects(result, _iri(names, "sh:resultMessage")), language)
        at = (str(path or ""), str(value("value") or ""))
        said = f"{names.shorten(str(focus))}: {message}"
        yield from locator.find(str(focus), severity, names.shorten(str(shape)), said, at=at)


def _iri(names: Names, curie: str) -> Node:
    from rdflib import URIRef

    return URIRef(names.expand(curie))


def _choose(messages: Iterator[Node], language: str) -> str:
    said = {str(getattr(m, "language", "")): str(m) for m in messages}
    return next((said[tag] for tag in FALLBACKS[language] if tag in said), " ".join(said.values()))
