"""Run all checks on the files of a home."""

from collections.abc import Callable, Sequence
from pathlib import Path

from kg.check.constraint_queries import list_constraint_queries, run_constraint_query
from kg.check.evidence import check_evidence, list_compared_sources
from kg.check.finding import VIOLATION, Finding, Locator
from kg.check.language_tags import check_language_tags
from kg.check.report import Report, count_coverage
from kg.check.shacl import check_shapes, read_shapes
from kg.errors import KgError
from kg.graph import ENTAILED, LocalGraph
from kg.home import Home
from kg.turtle import TurtleFile, find_faults, index_lines, list_files, match_files

STEPS = ("Turtle", "entailments", "shapes", "must-be-empty queries", "evidence")


def check_files(
    home: Home,
    paths: Sequence[Path] = (),
    language: str = "en",
    progress: Callable[[str], None] = lambda step: None,
) -> Report:
    """Check the given files, or all files of the home; return a report.

    The given files are checked together with all others of the home, to which they refer, but
    only their own findings are reported. If a file is not Turtle, only that is reported:
    statements are missing, which could cause any other finding.

    `progress` is called with the name of each of the `STEPS` when it begins.

    Raises:
        KgError: a path does not exist, or a file that is not to be checked is not Turtle.
    """
    asked = match_files(home, paths) if paths else list_files(home, shapes=True)
    progress(STEPS[0])
    faults = find_faults(asked)
    if faults:
        findings = [
            Finding(str(fault.path), fault.line, VIOLATION, "turtle", "", fault.message)
            for fault in faults
        ]
        return Report(findings, [], len(asked), 0, [])
    fallback = None if paths else home.root
    return _check_graph(home, asked, fallback, language, progress)


def _check_graph(
    home: Home,
    asked: list[TurtleFile],
    fallback: Path | None,
    language: str,
    progress: Callable[[str], None],
) -> Report:
    import rdflib

    files = _list_graph_files(home, asked)
    graph = LocalGraph(home, files)
    rdf = rdflib.Graph(bind_namespaces="none")
    checked = frozenset(file.path for file in asked)
    locator = Locator([index_lines(file, rdf) for file in files], checked, fallback)
    progress(STEPS[1])
    graph.add_entailments()
    rdf.parse(data=graph.memory.dump_triples(graph.names.expand(ENTAILED)), format="nt")
    progress(STEPS[2])
    findings = set(check_shapes(graph.names, rdf, read_shapes(home), locator, language))
    findings.update(check_language_tags(graph.names, rdf, locator, language))
    progress(STEPS[3])
    for query in list_constraint_queries(home):
        findings.update(run_constraint_query(graph, query, locator, language))
    progress(STEPS[4])
    findings.update(check_evidence(graph, locator, language))
    coverage, sources = count_coverage(graph), list_compared_sources(graph)
    return Report(sorted(findings), coverage, len(asked), len(graph.memory), sources)


def _list_graph_files(home: Home, asked: list[TurtleFile]) -> list[TurtleFile]:
    """Return the files to load: the given ones, and all of the home's that they do not replace.

    Raises:
        KgError: a shape file is not Turtle. (`LocalGraph` reads all other files.)
    """
    of_graph = list_files(home)
    known = {*of_graph, *asked}
    faults = find_faults([file for file in list_files(home, shapes=True) if file not in known])
    if faults:
        raise KgError("\n".join(str(fault) for fault in faults))
    replaced = {file.graph for file in asked}
    folder = (home.ontology / "shapes").resolve()
    return [
        *(file for file in of_graph if file.graph not in replaced),
        *(file for file in asked if not file.path.resolve().is_relative_to(folder)),
    ]
