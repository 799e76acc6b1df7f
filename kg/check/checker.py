"""Run all checks on the files of a home."""

import os
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from pathlib import Path

from pyoxigraph import Quad

from kg.check.constraint_queries import list_constraint_queries, run_constraint_query
from kg.check.evidence import check_evidence, list_compared_sources
from kg.check.finding import VIOLATION, WARNING, Finding, Locator
from kg.check.index import StatementIndex
from kg.check.language_tags import check_language_tags
from kg.check.literals import check_literals, find_literal_fault
from kg.check.passed_over import check_passed_over
from kg.check.reference import compare_results, validate_files
from kg.check.report import Report, count_coverage
from kg.check.shapes import Result, ShapeCompiler, UnsupportedShapeError
from kg.errors import KgError
from kg.graph import LocalGraph
from kg.home import Home
from kg.names import Names, pick, read_names, text
from kg.reading import ReadError
from kg.turtle import Fault, TurtleFile, list_files, match_files, parse_file, read_turtle
from kg.turtle_tokens import LineIndex, index_statements

STEPS = ("Turtle", "entailments", "shapes", "must-be-empty queries", "evidence")


def check_files(
    home: Home,
    paths: Sequence[Path] = (),
    language: str = "en",
    progress: Callable[[str], None] = lambda step: None,
    *,
    reference: bool = False,
) -> Report:
    """Check the given files, or all files of the home; return a report.

    The given files are checked together with all others of the home, to which they refer, but
    only their own findings are reported. If a file is not Turtle, only that is reported:
    statements are missing, which could cause any other finding.

    `progress` is called with the name of each of the `STEPS` when it begins. With `reference`,
    pySHACL validates the shapes too, and the report has a note on differences.

    Raises:
        KgError: a path does not exist, or a file that is not to be checked is not Turtle.
    """
    asked = match_files(home, paths, pipes=True) if paths else list_files(home, shapes=True)
    progress(STEPS[0])
    check = _Check(home, asked)
    if faults := check.read_files():
        errors = [Finding(str(f.path), f.line, VIOLATION, "turtle", "", f.message) for f in faults]
        return Report(errors, [], len(asked), 0, [])
    locator = check.make_locator(None if paths else home.root)
    progress(STEPS[1])
    check.add_entailments()
    progress(STEPS[2])
    findings = {
        *report_results(check.validate(reference=reference), check.names, locator, language),
        *check_language_tags(check.names, check.checked, locator, language),
    }
    findings.update(check.check_input(paths, findings, locator, language))
    progress(STEPS[3])
    for query in list_constraint_queries(home):
        findings.update(run_constraint_query(check.graph, query, locator, language))
    progress(STEPS[4])
    findings.update(check_evidence(check.graph, locator, language))
    return Report(
        sorted(findings),
        count_coverage(check.graph),
        len(asked),
        len(check.graph.memory),
        list_compared_sources(check.graph),
        check.notes,
    )


def report_results(
    results: Iterable[Result], names: Names, locator: Locator, language: str
) -> Iterator[Finding]:
    """Yield a finding for each validation result, with the shape's message in a language."""
    for result in results:
        focus = text(result.focus)
        message = pick(result.messages, language, " ".join(result.messages.values()))
        yield from locator.report(
            focus,
            VIOLATION if result.severity == "Violation" else WARNING,
            names.shorten(text(result.shape)),
            f"{names.shorten(focus)}: {message}",
            predicate=result.path,
            value=text(result.value),
        )


class _Check:
    """The files of a check: a graph for queries, and an index for shapes.

    Each file is parsed once, for both.
    """

    def __init__(self, home: Home, asked: Sequence[TurtleFile]) -> None:
        self.names = read_names(home)
        self.graph = LocalGraph(home, [])
        self.notes: list[str] = []
        # The statements with faulty literals in the files to be checked.
        self.faulty: list[tuple[TurtleFile, Quad]] = []
        self._type = self.names.expand("rdf:type")
        self._index = StatementIndex(self._type, self.names.expand("rdfs:subClassOf"))
        self._asked = asked
        data = list_files(home)
        replaced = {file.graph for file in asked}
        folder = os.path.realpath(home.ontology / "shapes")
        self.checked = [f for f in asked if not f.resolved.is_relative_to(folder)]
        self._files = [*(f for f in data if f.graph not in replaced), *self.checked]
        self._shape_files = [f for f in list_files(home, shapes=True) if f not in data]
        self._shapes = ShapeCompiler(self._index, self.names)

    def read_files(self) -> list[Fault]:
        """Read all files; return the faults of those to be checked.

        Raises:
            KgError: another file is not Turtle.
        """
        faults = []
        asked_files = set(self._asked)
        for file in (*self._files, *self._shape_files):
            try:
                quads = list(parse_file(file))
            except ReadError as error:
                faults.append(Fault(file.path, error.line, error.reason))
                continue
            if file in self._shape_files:
                self._shapes.add(quads)
            else:
                self._index.add(quads)
                self.graph.memory.add_parsed(file, quads)
            if file in asked_files:
                self.faulty += [(file, q) for q in quads if find_literal_fault(q.object)]
        asked = {str(file.resolved) for file in self._asked}
        others = [fault for fault in faults if os.path.realpath(fault.path) not in asked]
        if others:
            raise KgError("\n".join(map(str, others)))
        return faults

    def check_input(
        self, paths: Sequence[Path], known: Collection[Finding], locator: Locator, language: str
    ) -> Iterator[Finding]:
        """Yield the findings on faulty literals, and on files that are passed over."""
        yield from check_literals(self.faulty, known, self.names, locator, language)
        yield from check_passed_over(self.graph.home, paths, language)

    def make_locator(self, fallback: Path | None) -> Locator:
        """Return a locator of statements in the files to be checked."""

        def read_lines(file: TurtleFile) -> LineIndex:
            return index_statements(read_turtle(file), file.graph, self._type)

        return Locator(self.checked, self.graph.memory.find_statements, read_lines, fallback)

    def add_entailments(self) -> None:
        """Add the entailments to the graph and to the index."""
        self.graph.add_entailments()
        self._index.add(self.graph.memory.list_added())

    def validate(self, *, reference: bool) -> list[Result]:
        """Return the validation results; by pySHACL if the shapes need more than is covered."""
        paths = [file.path for file in self._shape_files]
        try:
            results = list(self._shapes.validate())
        except UnsupportedShapeError as error:
            self.notes.append(f"{error} All shapes were validated by pySHACL, which takes longer.")
            return validate_files(self.graph, self._files, paths)
        if reference:
            others = validate_files(self.graph, self._files, paths)
            self.notes += compare_results(results, others) or [
                f"pySHACL has the same results of validation: {len(results)}."
            ]
        return results
