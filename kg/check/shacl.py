"""Check ontology, data and entailments against the shapes in `ontology/shapes/`, with pySHACL."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from kg.check.finding import VIOLATION, WARNING, Finding, Locator
from kg.home import Home
from kg.names import Names, pick

if TYPE_CHECKING:
    import rdflib
    from rdflib.term import Node


def read_shapes(home: Home) -> rdflib.Graph:
    """Return the graph of all shape files."""
    import rdflib

    shapes = rdflib.Graph(bind_namespaces="none")
    for path in sorted((home.ontology / "shapes").glob("*.ttl")):
        shapes.parse(path, format="turtle")
    return shapes


def validate_graph(data: rdflib.Graph, shapes: rdflib.Graph) -> rdflib.Graph:
    """Return the SHACL validation report of a graph that includes its entailments.

    See https://www.w3.org/TR/shacl/#validation-report. The graph is not copied, nothing is
    inferred, and nothing is imported.
    """
    import pyshacl

    report: rdflib.Graph
    _, report, _ = pyshacl.validate(
        data, shacl_graph=shapes, inference="none", do_owl_imports=False, inplace=True
    )
    return report


def check_shapes(
    names: Names, data: rdflib.Graph, shapes: rdflib.Graph, locator: Locator, language: str
) -> Iterator[Finding]:
    """Yield a finding for each validation result, with the shape's message in a language."""
    from rdflib import RDF, SH

    report = validate_graph(data, shapes)
    for result in report.subjects(RDF.type, SH.ValidationResult):

        def read(term: Node, result: Node = result) -> str:
            return str(report.value(result, term) or "")

        focus = read(SH.focusNode)
        severity = VIOLATION if read(SH.resultSeverity) == str(SH.Violation) else WARNING
        messages = {
            str(getattr(message, "language", "")): str(message)
            for message in report.objects(result, SH.resultMessage)
        }
        message = pick(messages, language, " ".join(messages.values()))
        yield from locator.report(
            focus,
            severity,
            names.shorten(read(SH.sourceShape)),
            f"{names.shorten(focus)}: {message}",
            predicate=read(SH.resultPath),
            value=read(SH.value),
        )
