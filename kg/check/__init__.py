"""Check ontology and data: Turtle, shapes, must-be-empty queries, language tags, evidence."""

from kg.check.checker import STEPS, check_files
from kg.check.finding import VIOLATION, WARNING, Finding
from kg.check.passages.figures import write_figures
from kg.check.report import Coverage, Report, count_coverage, render_report

__all__ = [
    "STEPS",
    "VIOLATION",
    "WARNING",
    "Coverage",
    "Finding",
    "Report",
    "check_files",
    "count_coverage",
    "render_report",
    "write_figures",
]
