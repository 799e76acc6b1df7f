"""The report of a check: its findings, and how much of the sources the data cover."""

from dataclasses import asdict, dataclass, field

from kg.check.finding import VIOLATION, WARNING, Finding
from kg.graph import Graph
from kg.review import FileReview, list_lines


@dataclass(frozen=True)
class Coverage:
    """The number of sentences and headings about a city, and of those that the data cite."""

    city: str
    sentences: int
    covered: int


@dataclass(frozen=True)
class Report:
    """The findings, sorted by file and line, and what was checked.

    `sources` has the name of each source text and whether it was compared with the data. `notes`
    are sentences on how the shapes were validated. `reviews` has what has changed in each data file
    since it was read.
    """

    findings: list[Finding]
    coverage: list[Coverage]
    files: int
    statements: int
    sources: list[tuple[str, bool]]
    notes: list[str] = field(default_factory=list)
    reviews: list[FileReview] = field(default_factory=list)

    def count(self, severity: str) -> int:
        """Return the number of findings with a severity."""
        return sum(finding.severity == severity for finding in self.findings)


def count_coverage(graph: Graph) -> list[Coverage]:
    """Return the coverage of each city, sorted by city."""
    show = graph.names.show
    return [
        Coverage(show(city), int(show(sentences)), int(show(covered)))
        for city, sentences, covered in graph.internal("coverage")
    ]


def render_report(report: Report, form: str, language: str = "en", *, verbose: bool = False) -> str:
    """Return a report as `text`, or as `json` with the names of its fields.

    The text has each element that has changed since it was read only if `verbose`.
    """
    if form == "json":
        import json

        return json.dumps(asdict(report), ensure_ascii=False, indent=2) + "\n"
    lines = [*map(str, report.findings), *report.notes]
    if report.coverage:
        lines.append("Sentences and headings of the sources that the data cite:")
    lines += [f"  {one.city}: {one.covered} of {one.sentences}" for one in report.coverage]
    lines += list_lines(report.reviews, language, verbose=verbose)
    lines += [
        f"{name}: the source text was not compared. Add it: kg source add FILE"
        for name, is_compared in report.sources
        if not is_compared
    ]
    lines.append(
        f"{report.files} files, {report.statements} statements: "
        f"{report.count(VIOLATION)} violations, {report.count(WARNING)} warnings."
    )
    return "".join(f"{line}\n" for line in lines)
