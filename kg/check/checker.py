"""Run all checks on the files of a home."""

import os
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from pyoxigraph import Quad

from kg.ask.question import Question
from kg.check.characters import check_characters, may_have_forbidden
from kg.check.constraint_queries import list_constraint_queries, run_constraint_query
from kg.check.exceptions import apply_exceptions
from kg.check.finding import VIOLATION, Finding, Locator
from kg.check.index import StatementIndex
from kg.check.language_tags import check_language_tags, may_have_other_tags
from kg.check.literals import check_literals, find_literal_fault
from kg.check.passages.evidence import SOURCE_CHECKS, check_evidence, list_compared_sources
from kg.check.passages.figures import check_figures
from kg.check.passages.placement import check_placement
from kg.check.passages.positions import Positions
from kg.check.passed_over import check_passed_over
from kg.check.preconditions import meets_precondition
from kg.check.prefixes import check_prefixes, explain_prefix
from kg.check.reference import compare_results, validate_with_pyshacl
from kg.check.report import Report, count_coverage
from kg.check.results import report_results
from kg.check.roots import report_roots
from kg.check.scripts import check_scripts
from kg.check.shape_faults import ShapeFault, report_shape_faults
from kg.check.shapes import ShapeCompiler
from kg.check.tracing import Tracer
from kg.check.validation import Result
from kg.check.wording import SOURCE_CHECKS as WORDING_CHECKS
from kg.check.wording import check_wording
from kg.errors import KgError
from kg.graph import LocalGraph
from kg.home import Home
from kg.names import DISPLAY_LABELS, Names, pick, read_names, text
from kg.reading import ReadError
from kg.review import FileReview, digest_elements, list_recorded_graphs, review_files
from kg.store.collector import pause_collector
from kg.turtle import Fault, TurtleFile, list_files, match_files, parse_turtle, read_turtle
from kg.turtle_tokens import LineIndex, index_statements

NOTES = {
    "not-applied": {
        "en": "No shape was applied to the data. Correct the shapes first.",
        "zh-Hans": "未对数据应用任何 shape。请先更正 shape。",
    },
    "uncovered": {
        "en": "{0}: validated by pySHACL, because of {1}.",
        "zh-Hans": "{0}：因含有 {1}，由 pySHACL 验证。",
    },
    "not-compared": {
        "en": "No comparison with pySHACL, which failed: {0}.",
        "zh-Hans": "pySHACL 出错，未能比较：{0}。",
    },
    "compared": {
        "en": "pySHACL has the same results of validation: {0}.",
        "zh-Hans": "pySHACL 的验证结果相同：{0} 条。",
    },
}
STEPS = ("Turtle", "entailments", "shapes", "must-be-empty queries", "evidence")


@pause_collector()
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
    only their own findings are reported. If a file is not Turtle, only that is reported: missing
    statements could cause any other finding. If a shape has a fault, no shape is applied.

    `progress` gets each of the `STEPS` when it begins. `reference` adds a comparison with pySHACL.

    Raises:
        KgError: a path does not exist; another file is not Turtle, or has a faulty shape.
    """
    asked = match_files(home, paths, pipes=True) if paths else list_files(home, shapes=True)
    progress(STEPS[0])
    check = _Check(home, asked, language)
    if faults := check.read_files(language):
        return Report(list(report_faults(faults, check.names, language)), [], len(asked), 0, [])
    if check.wrong_prefixes:
        return Report(sorted(check.wrong_prefixes), [], len(asked), 0, [])
    locator = check.make_locator(None if paths else home.root)
    progress(STEPS[1])
    check.add_entailments()
    progress(STEPS[2])
    findings = {
        *check.check_shapes(locator, language, reference=reference),
        *check_language_tags(check.names, check.unusual_tags, locator, language),
        *check_characters(check.names, check.unusual_characters, locator, language),
    }
    findings.update(check.check_input(paths, findings, locator, language))
    progress(STEPS[3])
    for query in check.list_queries():
        findings.update(run_constraint_query(check.graph, query, locator, language))
    progress(STEPS[4])
    findings.update(check.check_sources(locator, language))
    return check.report(findings, paths, locator, language)


def report_faults(faults: Iterable[Fault], names: Names, language: str) -> Iterator[Finding]:
    """Yield a finding for each fault of a file that is not Turtle."""
    for fault in faults:
        message = fault.message + explain_prefix(fault.message, names, language)
        yield Finding(str(fault.path), fault.line, VIOLATION, "turtle", "", message)


class _Check:
    """The files of a check: a graph for queries, and an index for shapes.

    Each file is parsed once, for both.
    """

    def __init__(self, home: Home, asked: Sequence[TurtleFile], language: str) -> None:
        self.names = read_names(home)
        self.graph = LocalGraph(home, [])
        self._tracer = Tracer(self.graph, language)
        self.notes: list[str] = []
        self._language = language
        # The statements with faulty literals in the files to be checked.
        self.faulty: list[tuple[TurtleFile, Quad]] = []
        self.reviews: list[FileReview] = []
        self.wrong_prefixes: list[Finding] = []
        # The digests of the elements in those files that are data, by named graph.
        self._digests: dict[str, dict[str, str]] = {}
        # Those of the files to be checked that are to be read closely.
        self.unusual_tags: list[TurtleFile] = []
        self.unusual_characters: list[TurtleFile] = []
        self._type = self.names.expand("rdf:type")
        self.index = StatementIndex(self._type, self.names.expand("rdfs:subClassOf"))
        self._asked = asked
        data = dict.fromkeys(list_files(home))
        folder = os.path.realpath(home.ontology / "shapes")
        self.checked = [f for f in asked if not f.resolved.is_relative_to(folder)]
        replaced = {file.graph for file in self.checked}
        self._files = [*(f for f in data if f.graph not in replaced), *self.checked]
        # With the paths that were given.
        paths = {file.resolved: file.path for file in asked}
        self._shape_files = [
            TurtleFile(paths.get(f.resolved, f.path), f.graph)
            for f in list_files(home, shapes=True)
            if f not in data
        ]
        self._shape_quads: list[tuple[TurtleFile, Quad]] = []
        self._shapes = ShapeCompiler(self.index, self.names)

    def read_files(self, language: str) -> list[Fault]:
        """Read all files; return the faults of those to be checked.

        Raises:
            KgError: another file is not Turtle.
        """
        faults = []
        asked_files, shape_files = set(self._asked), set(self._shape_files)
        recorded = list_recorded_graphs(self.graph.home)
        for file in (*self._files, *self._shape_files):
            try:
                content = read_turtle(file)
                quads = list(parse_turtle(content, file))
            except ReadError as error:
                reason = pick(error.reasons, language, "")
                faults.append(Fault(file.path, error.line, reason))
                continue
            if file in shape_files:
                self._shapes.add(quads)
                self._shape_quads += ((file, quad) for quad in quads)
            else:
                self.index.add(quads)
                self.graph.memory.add_parsed(file, quads)
            if file in asked_files:
                self.wrong_prefixes += check_prefixes(self.names, file.path, content, language)
                if file.graph in recorded:
                    self._digests[file.graph] = digest_elements(quads, self.names)
                self.faulty += [(file, q) for q in quads if find_literal_fault(q.object)]
                if may_have_forbidden(content):
                    self.unusual_characters.append(file)
                if may_have_other_tags(content) and file not in shape_files:
                    self.unusual_tags.append(file)
        asked = {str(file.resolved) for file in self._asked}
        others = [fault for fault in faults if os.path.realpath(fault.path) not in asked]
        if others:
            raise KgError("\n".join(map(str, others)))
        return faults

    def _compare_ledgers(self, language: str, *, is_complete: bool) -> Iterator[Finding]:
        """Collect what has changed since it was read; yield the faults of the ledgers."""
        digests, home = self._digests, self.graph.home
        reviews, faults = review_files(home, digests, language, is_complete=is_complete)
        self.reviews = list(map(self._shorten, reviews))
        for fault in faults:
            yield Finding(str(fault.path), fault.line, VIOLATION, "ledger", "", fault.message)

    def _shorten(self, review: FileReview) -> FileReview:
        """Return a file with its changes alone, whose elements have prefixed names."""
        shorten = self.names.shorten
        changes = [replace(one, element=shorten(one.element)) for one in review.changes]
        return replace(review, changes=changes, others=[])

    def check_input(
        self, paths: Sequence[Path], known: Collection[Finding], locator: Locator, language: str
    ) -> Iterator[Finding]:
        """Yield the findings on faulty literals, files that are passed over, and ledgers."""
        yield from check_literals(self.faulty, known, self.names, locator, language)
        yield from check_passed_over(self.graph.home, paths, language)
        yield from self._compare_ledgers(language, is_complete=not paths)

    def report(
        self, findings: Collection[Finding], paths: Sequence[Path], locator: Locator, language: str
    ) -> Report:
        """Return the report of the findings that are not accepted."""
        compared = list_compared_sources(self.graph)
        roots = report_roots(findings, locator.bases, self._tracer, language)
        remaining = apply_exceptions(
            self.graph.home,
            roots,
            self.names,
            language,
            known=findings,
            skipped=()
            if all(is_compared for _, is_compared in compared)
            else SOURCE_CHECKS | WORDING_CHECKS,
            is_checked=lambda node: (
                not paths or locator.locate(self.names.expand(node)) is not None
            ),
        )
        coverage = count_coverage(self.graph)
        statements = len(self.graph.memory)
        return Report(
            sorted(remaining),
            coverage,
            len(self._asked),
            statements,
            compared,
            self.notes,
            self.reviews,
        )

    def list_queries(self) -> Iterator[Question]:
        """Yield the must-be-empty queries that can find anything."""
        for query in list_constraint_queries(self.graph.home):
            if meets_precondition(query, self.index, self.names):
                yield query

    def check_sources(self, locator: Locator, language: str) -> Iterator[Finding]:
        """Yield the findings on evidence, and on texts that rest on it."""
        positions = Positions(self.graph, self.index)
        yield from check_scripts(self.index, self.names, locator, language)
        yield from check_placement(self.graph, positions, locator, language)
        yield from check_figures(positions, self.names, locator, language)
        yield from check_evidence(self.graph, locator, language)
        yield from check_wording(self.graph, self.index, positions, locator, language)

    def make_locator(self, fallback: Path | None) -> Locator:
        """Return a locator of statements in the files to be checked."""
        find = self.graph.memory.find_statements
        return Locator(self.checked, find, self._read_lines, fallback, self._tracer)

    def add_entailments(self) -> None:
        """Add the entailments to the graph and to the index, if a check can depend on them."""
        self.graph.add_entailments(for_display=self._reads_display_labels())
        self.index.add_inferred(self.graph.memory.list_added())

    def _reads_display_labels(self) -> bool:
        """Return whether a query or a shape names one of the properties of labels to display."""
        texts = [query.query for query in list_constraint_queries(self.graph.home)]
        # An IRI, or a query in a shape.
        texts += (text(quad.object) for _, quad in self._shape_quads)
        return any(name in each for name in DISPLAY_LABELS.values() for each in texts)

    def check_shapes(
        self, locator: Locator, language: str, *, reference: bool
    ) -> Iterator[Finding]:
        """Yield the faults of the shapes, or else the findings of the validation.

        Raises:
            KgError: a shape in a file that is not to be checked has a fault.
        """
        faults = self._shapes.find_faults()
        if faults:
            self._note("not-applied")
        else:
            results = self._shapes.validate()
            faults = self._validate_uncovered(results)
            if reference and not faults:
                self._compare_with_pyshacl(results)
            functions = self._shapes.find_classes, self._shapes.list_paths
            yield from report_results(results, self.names, locator, language, *functions)
        yield from self._report_faults(faults, language)

    def _validate_uncovered(self, results: list[Result]) -> list[ShapeFault]:
        """Add the results of pySHACL for the other shapes; return a fault if it fails."""
        uncovered = self._shapes.list_uncovered()
        if not uncovered:
            return []
        shapes = ", ".join(sorted(map(self.names.show, uncovered)))
        words = ", ".join(sorted({self.names.shorten(word) for word in uncovered.values()}))
        self._note("uncovered", shapes, words)
        try:
            triples = self._shapes.list_triples(uncovered=True)
            results += validate_with_pyshacl(self.index, triples)
        except KgError as error:
            node, word = next(iter(uncovered.items()))
            detail = pick(error.texts, self._language, "")
            return [ShapeFault("pyshacl", node, node, word, detail=detail)]
        return []

    def _compare_with_pyshacl(self, results: list[Result]) -> None:
        try:
            others = validate_with_pyshacl(self.index, self._shapes.list_triples())
        except KgError as error:
            self._note("not-compared", pick(error.texts, self._language, ""))
            return
        differences = compare_results(results, others, self._language)
        self.notes += differences
        if not differences:
            self._note("compared", len(results))

    def _note(self, key: str, *values: object) -> None:
        self.notes.append(pick(NOTES[key], self._language, "").format(*values))

    def _report_faults(self, faults: list[ShapeFault], language: str) -> Iterator[Finding]:
        if not faults:
            return
        statements: dict[str, list[tuple[str, str, str]]] = defaultdict(list)
        for file, quad in self._shape_quads:
            value = (file.graph, text(quad.predicate), text(quad.object))
            statements[text(quad.subject)].append(value)
        locator = Locator(
            self._shape_files,
            lambda node: statements[node],
            self._read_lines,
            self.graph.home.ontology,
        )
        found = sorted(report_shape_faults(faults, self.names, locator, language))
        asked = {file.resolved for file in self._asked}
        others = [finding for finding in found if Path(os.path.realpath(finding.path)) not in asked]
        if others:
            raise KgError("\n".join(map(str, others)))
        yield from found

    def _read_lines(self, file: TurtleFile) -> LineIndex:
        return index_statements(read_turtle(file), file.graph, self._type)
