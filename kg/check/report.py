"""The report of a check: its findings, and how much of the sources the data cover."""

from dataclasses import asdict, dataclass, field, replace

from kg.check.finding import VIOLATION, WARNING, Finding
from kg.display import Number
from kg.graph import Graph
from kg.names import pick
from kg.review import FileReview, list_lines

MESSAGES = {
    "coverage": {
        "en": "Sentences and headings of the sources that the data cite:",
        "zh-Hans": "数据引用的来源句子和标题：",
    },
    "city": {"en": "  {0}: {1} of {2}", "zh-Hans": "  {0}：共 {2} 个，引用 {1} 个"},
    "not-compared": {
        "en": "{0}: the source text was not compared.\n  Add it: kg source add FILE",
        "zh-Hans": "{0}：未与来源文本比对。\n  请添加文本：kg source add FILE",
    },
    "total": {
        "en": "{0} file{0:s}, {1} statement{1:s}: {2} violation{2:s}, {3} warning{3:s}.",
        "zh-Hans": "{0} 个文件，{1} 条陈述：{2} 个错误，{3} 个警告。",
    },
}
SEVERITIES = {"zh-Hans": {VIOLATION: "错误", WARNING: "警告"}}


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

    def say(key: str, *values: object) -> str:
        return pick(MESSAGES[key], language, "").format(*values)

    severities = SEVERITIES.get(language, {})
    shown = (replace(f, severity=severities.get(f.severity, f.severity)) for f in report.findings)
    lines = [*map(str, shown), *report.notes]
    if report.coverage:
        lines.append(say("coverage"))
    lines += [say("city", one.city, one.covered, one.sentences) for one in report.coverage]
    lines += list_lines(report.reviews, language, verbose=verbose)
    lines += [say("not-compared", name) for name, compared in report.sources if not compared]
    counts = report.files, report.statements, report.count(VIOLATION), report.count(WARNING)
    lines.append(say("total", *map(Number, counts)))
    return "".join(f"{line}\n" for line in lines)
