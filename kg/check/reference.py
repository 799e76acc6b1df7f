"""Validate with pySHACL, the reference: for shapes that `kg.check.shapes` does not cover.

pySHACL runs in a process of its own with a limit of processor time: a regular expression or a query
in a shape can keep Python busy for years, and what libraries print does not belong into a report.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections import Counter, defaultdict
from collections.abc import Iterable
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING

from pyoxigraph import (
    BlankNode,
    DefaultGraph,
    Literal,
    NamedNode,
    Quad,
    RdfFormat,
    Triple,
    parse,
    serialize,
)

from kg.check.shapes import DEEPEST
from kg.check.validation import Result
from kg.errors import KgError
from kg.names import SHACL, Term, language_of, pick, text

if TYPE_CHECKING:
    from rdflib.term import Node

# Several times what pySHACL needs for the shapes of the ontology.
SECONDS = 30
SECONDS_PER_STATEMENT = 0.002
LONGEST_ERROR = 300
FAILED = 3
SHAPES = NamedNode("urn:shapes")
ONLY = {"en": "only {0}: {1}", "zh-Hans": "只有 {0} 得出：{1}"}
SCRIPT = "from kg.check.reference import main; main()"


def validate_with_pyshacl(data: Iterable[Triple], shapes: Iterable[Triple]) -> list[Result]:
    """Return the validation results of statements that include the entailments.

    Nothing is inferred or imported. Blank nodes keep their labels.

    Raises:
        KgError: pySHACL fails, or does not end in time; the message says only why.
    """
    quads = [Quad(t.subject, t.predicate, t.object, DefaultGraph()) for t in data]
    seconds = SECONDS + int(SECONDS_PER_STATEMENT * len(quads))
    quads += [Quad(t.subject, t.predicate, t.object, SHAPES) for t in shapes]
    command = [sys.executable, "-W", "ignore", "-c", SCRIPT, str(seconds)]
    paths = [str(Path(__file__).parents[2]), os.environ.get("PYTHONPATH", "")]
    try:
        done = subprocess.run(  # noqa: S603
            command,
            input=serialize(quads, format=RdfFormat.N_QUADS),
            capture_output=True,
            env=os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, paths))},
            timeout=10 * seconds,
        )
    except subprocess.TimeoutExpired:
        chinese = f"{10 * seconds} 秒后仍无结果"
        raise KgError(f"no result after {10 * seconds} seconds", chinese=chinese) from None
    if done.returncode < 0:
        chinese = f"用去 {seconds} 秒处理器时间仍无结果"
        raise KgError(f"no result after {seconds} seconds of processor time", chinese=chinese)
    if done.returncode:
        errors = done.stdout if done.returncode == FAILED else done.stderr
        reason = " ".join(errors.decode("utf-8", "replace").split())
        reason = reason if len(reason) <= LONGEST_ERROR else f"{reason[:LONGEST_ERROR]}…"
        raise KgError(reason, chinese=f"“{reason}”")
    return read_report(done.stdout)


def read_report(triples: bytes) -> list[Result]:
    """Return the results in a validation report, which is N-Triples."""
    statements: dict[Term, dict[str, list[Term]]] = defaultdict(lambda: defaultdict(list))
    for quad in parse(triples, RdfFormat.N_TRIPLES):
        statements[quad.subject][quad.predicate.value.removeprefix(SHACL)].append(quad.object)
    results = []
    for node in chain.from_iterable(of["result"] for of in list(statements.values())):
        of = statements[node]
        path = of["resultPath"][0] if of["resultPath"] else None
        component = text(of["sourceConstraintComponent"][0]).removeprefix(SHACL)
        component = component.removesuffix("ConstraintComponent")
        results.append(
            Result(
                of["focusNode"][0],
                text(path) if isinstance(path, NamedNode) else "",
                of["value"][0] if of["value"] else None,
                of["sourceShape"][0],
                component[:1].lower() + component[1:],
                text(of["resultSeverity"][0]).removeprefix(SHACL),
                {language_of(message): text(message) for message in of["resultMessage"]},
            )
        )
    return results


def compare_results(
    ours: Iterable[Result], reference: Iterable[Result], language: str = "en"
) -> list[str]:
    """Return a line for each result that only one of the two validators has.

    Paths, values and messages are not compared: rdflib changes the lexical forms of values.
    """
    mine, other = (Counter(map(_describe, results)) for results in (ours, reference))
    return [
        pick(ONLY, language, "").format(validator, line)
        for validator, results in (("kg", mine - other), ("pySHACL", other - mine))
        for line in sorted(results.elements())
    ]


def _describe(result: Result) -> str:
    parts = (result.shape, f"sh:{result.component}", f"sh:{result.severity}", result.focus)
    return " ".join(map(str, parts))


def main() -> None:
    """Read data and shapes as N-Quads from standard input, and write the report as N-Triples."""
    _limit_time(int(sys.argv[1]))
    import pyshacl
    import rdflib

    graphs = {each: rdflib.Graph(bind_namespaces="none") for each in (DefaultGraph(), SHAPES)}
    for quad in parse(sys.stdin.buffer, RdfFormat.N_QUADS):
        triple = (_to_node(quad.subject), _to_node(quad.predicate), _to_node(quad.object))
        graphs[quad.graph_name].add(triple)
    try:
        _, report, message = pyshacl.validate(
            graphs[DefaultGraph()],
            shacl_graph=graphs[SHAPES],
            inference="none",
            do_owl_imports=False,
            inplace=True,
            max_validation_depth=2 * DEEPEST,
        )
        if not isinstance(report, rdflib.Graph):
            raise ValueError(message)
        sys.stdout.buffer.write(report.serialize(format="nt", encoding="utf-8"))
    except Exception as error:
        sys.stdout.buffer.write(f"{type(error).__name__}: {error}".encode())
        raise SystemExit(FAILED) from None


def _limit_time(seconds: int) -> None:
    """End this process after some seconds of processor time."""
    try:
        import resource
    except ImportError:
        return  # On Windows the time limit of the caller remains.
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))


def _to_node(term: Term) -> Node:
    import rdflib

    if isinstance(term, NamedNode):
        return rdflib.URIRef(term.value)
    if isinstance(term, BlankNode):
        return rdflib.BNode(term.value)
    if isinstance(term, Literal) and term.language:
        return rdflib.Literal(term.value, lang=term.language)
    if isinstance(term, Literal):
        return rdflib.Literal(term.value, datatype=rdflib.URIRef(term.datatype.value))
    return rdflib.Literal(str(term))  # RDF 1.1 has no triple terms
