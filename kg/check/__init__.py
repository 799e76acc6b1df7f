"""Findings on ontology and data: Turtle, shapes, must-be-empty queries, words, evidence."""

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from kg.check.constraint_queries import find_by_queries
from kg.check.evidence import find_by_source, list_sources_at_hand
from kg.check.finding import VIOLATION, WARNING, Finding, Locator
from kg.check.shacl import find_by_shapes
from kg.check.tags import find_by_tags
from kg.errors import KgError
from kg.graph import ENTAILED, Graph, LocalGraph
from kg.home import Home
from kg.turtle import TurtleFile, find_faults, index_lines, list_files, match_files

STEPS = ("Turtle", "entailments", "shapes", "must-be-empty queries", "evidence")


@dataclass(frozen=True)
class Coverage:
    """A city's section of a source: its sentences and headings, and those behind an element."""

    city: str
    sentences: int
    covered: int


@dataclass(frozen=True)
class Report:
    """What a check found, in the order of files and lines, and what it looked at."""

    findings: list[Finding]
    coverage: list[Coverage]
    files: int
    statements: int
    sources: list[tuple[str, bool]]

    def count(self, severity: str) -> int:
        """Return how many findings have that severity."""
        return sum(finding.severity == severity for finding in self.findings)


def check_files(
    home: Home,
    paths: Sequence[Path] = (),
    language: str = "en",
    progress: Callable[[str], None] = lambda step: None,
) -> Report:
    """Return the findings in the files given, or in all of the home's.

    Files are checked together with the rest of the home, since they speak of things in it; only
    findings in the files given are reported. Where a file is no Turtle nothing else is checked:
    what it would have said is missing, and every other finding could be due to that.

    Raises:
        KgError: a path does not exist, or one of the home's own files cannot be read.
    """
    asked = match_files(home, paths) if paths else list_files(home, shapes=True)
    progress(STEPS[0])
    faults = find_faults(asked)
    if faults:
        findings = [
            Finding(str(f.path), f.line, VIOLATION, "turtle", "", f.message) for f in faults
        ]
        return Report(findings, [], len(asked), 0, [])
    replaced = {file.graph for file in asked}
    others = [file for file in list_files(home) if file.graph not in replaced]
    shapes = (home.ontology / "shapes").resolve()
    spoken = [file for file in asked if not file.path.resolve().is_relative_to(shapes)]
    rest = None if paths else home.root
    return _check_together(home, asked, [*others, *spoken], rest, language, progress)


def _check_together(
    home: Home,
    asked: list[TurtleFile],
    files: list[TurtleFile],
    rest: Path | None,
    language: str,
    progress: Callable[[str], None],
) -> Report:
    import rdflib

    graph = LocalGraph(home, files)
    own = list_files(home)
    faults = find_faults([file for file in list_files(home, shapes=True) if file not in own])
    if faults:
        raise KgError("\n".join(str(fault) for fault in faults))
    rdf = rdflib.Graph(bind_namespaces="none")
    checked = frozenset(file.path for file in asked)
    locator = Locator([index_lines(file, rdf) for file in files], checked, rest)
    progress(STEPS[1])
    graph.add_entailments()
    entailed = graph.memory.dump_triples(graph.names.expand(ENTAILED))
    rdf.parse(data=entailed, format="nt")
    progress(STEPS[2])
    findings = set(find_by_shapes(home, rdf, locator, language))
    findings |= set(find_by_tags(home, rdf, locator, language))
    progress(STEPS[3])
    findings |= set(find_by_queries(graph, locator, language))
    progress(STEPS[4])
    findings |= set(find_by_source(graph, locator, language))
    return Report(
        sorted(findings), count_coverage(graph), len(asked), len(graph.memory),
        list_sources_at_hand(graph),
    )  # fmt: skip


def count_coverage(graph: Graph) -> list[Coverage]:
    """Return, by city, the sentences and headings of its section and those that are covered."""
    names = graph.names
    rows = graph.internal("coverage")
    return [
        Coverage(names.show(city), int(names.show(total)), int(names.show(covered)))
        for city, total, covered in rows
    ]


def render_report(report: Report, form: str) -> str:
    """Return a report as text, findings first, or as JSON with the names of its fields."""
    if form == "json":
        import json

        return json.dumps(asdict(report), ensure_ascii=False, indent=2) + "\n"
    lines = [str(finding) for finding in report.findings]
    if report.coverage:
        lines.append("Sentences and headings of the source that stand behind an element:")
    lines += [f"  {c.city}: {c.covered} of {c.sentences}" for c in report.coverage]
    for name, at_hand in report.sources:
        if not at_hand:
            lines.append(f"{name}: not at hand, passages not compared. Use kg source add FILE.")
    lines.append(
        f"{report.files} files, {report.statements} statements: "
        f"{report.count(VIOLATION)} violations, {report.count(WARNING)} warnings."
    )
    return "".join(f"{line}\n" for line in lines)


__all__ = [
    "VIOLATION",
    "WARNING",
    "Coverage",
    "Finding",
    "Report",
    "check_files",
    "count_coverage",
    "render_report",
]
