"""Validate with pySHACL, the reference: for shapes that `kg.check.shapes` does not cover."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from pyoxigraph import BlankNode, Literal, NamedNode

from kg.check.shapes import Result
from kg.graph import ENTAILED, LocalGraph
from kg.names import SHACL, Term
from kg.turtle import TurtleFile

if TYPE_CHECKING:
    import rdflib
    from rdflib.term import Node


def validate_files(
    graph: LocalGraph, files: Sequence[TurtleFile], shapes: Sequence[Path]
) -> list[Result]:
    """Return the validation results of files with their entailments."""
    import rdflib

    data = rdflib.Graph(bind_namespaces="none")
    for file in files:
        data.parse(file.path, format="turtle", publicID=file.graph)
    data.parse(data=graph.memory.dump_triples(graph.names.expand(ENTAILED)), format="nt")
    shape_graph = rdflib.Graph(bind_namespaces="none")
    for path in shapes:
        shape_graph.parse(path, format="turtle")
    return list(validate_graph(data, shape_graph))


def validate_graph(data: rdflib.Graph, shapes: rdflib.Graph) -> Iterator[Result]:
    """Yield the validation results of a graph that includes its entailments.

    The graph is not copied, nothing is inferred, and nothing is imported.
    """
    import pyshacl
    from rdflib import SH, URIRef

    _, report, _ = pyshacl.validate(
        data, shacl_graph=shapes, inference="none", do_owl_imports=False, inplace=True
    )
    for node in report.objects(None, SH.result):

        def read(term: Node, node: Node = node) -> Node | None:
            value: Node | None = report.value(node, term)
            return value

        path = read(SH.resultPath)
        component = str(read(SH.sourceConstraintComponent)).removeprefix(SHACL)
        component = component.removesuffix("ConstraintComponent")
        messages = {
            str(getattr(message, "language", None) or ""): str(message)
            for message in report.objects(node, SH.resultMessage)
        }
        yield Result(
            _to_term(read(SH.focusNode)),
            str(path) if isinstance(path, URIRef) else "",
            _to_term(value) if (value := read(SH.value)) is not None else None,
            _to_term(read(SH.sourceShape)),
            component[:1].lower() + component[1:],
            str(read(SH.resultSeverity)).removeprefix(SHACL),
            messages,
        )


def compare_results(ours: Iterable[Result], reference: Iterable[Result]) -> list[str]:
    """Return a line for each result that only one of the two validators has."""
    mine, other = {_describe(result) for result in ours}, {_describe(r) for r in reference}
    return [
        *(f"only kg: {line}" for line in sorted(mine - other)),
        *(f"only pySHACL: {line}" for line in sorted(other - mine)),
    ]


def _describe(result: Result) -> str:
    parts = (result.shape, f"sh:{result.component}", f"sh:{result.severity}", result.focus)
    return " ".join(map(str, parts))


def _to_term(node: Node | None) -> Term:
    import rdflib

    if isinstance(node, rdflib.URIRef):
        return NamedNode(str(node))
    if isinstance(node, rdflib.Literal):
        datatype = NamedNode(str(node.datatype)) if node.datatype and not node.language else None
        return Literal(str(node), datatype=datatype, language=node.language)
    return BlankNode(str(node))
