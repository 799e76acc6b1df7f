"""Report the root cause of several findings once, and leave out its consequences.

A finding rests on the statement at fault and on what else it reads, directly or by entailment. It
is a consequence if a finding of a lower rank is about a statement on which it rests.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import replace
from itertools import chain

from kg.ask.lookup import cut_local_name
from kg.check.finding import VIOLATION, Basis, Finding, Read
from kg.check.tracing import Statement, Tracer
from kg.display import Number
from kg.names import pick

MORE = {"en": " The same is wrong in {0} more place{0:s}.", "zh-Hans": "另有 {0} 处相同错误。"}
WORD = re.compile("[A-Za-z]{4,}")
# Checks from roots to consequences: names, single values, classes, statements, and then what
# compares several statements.
RANKS = [
    re.compile(pattern)
    for pattern in (
        "undeclared-(?:class|property)",
        "dangling-iri|literal-.*|language-tag|chinese-in-english|english-in-chinese|cdps:.*-datatype",
        "class of a thing",  # see `_rank`
        "cdps:[a-z][A-Za-z]*Shape",
        "cdps:.*-class",
        "cdps:.*",
        "several properties of a thing",  # see `_rank`
        "applies-to-another-place",
        "slug-of-another-.*",
        "source-quote|deadline-text-of-another-year|texts-exchanged",
        "source-value|source-exchanged",
        "evidence-unused",
    )
]
CLASS, SHAPES, LINKS = 2, 6, 8
OF_THINGS = re.compile("cdps:[A-Za-z]*Shape")
# What a text with a wrong tag has as consequences, beside the shapes of languages.
OF_TAG = {"text-in-one-language", "text-in-another-script", "name-differs", "source-name"}
OF_TAG_SHAPE = re.compile("-(?:language|unique|en|zh-Hans|zh-Hant)$")
TAGS = {"language-tag", "chinese-in-english", "english-in-chinese"}
WHOLE_STATEMENT = re.compile("literal-.*|cdps:.*-datatype")
BESIDE = re.compile("|".join((WHOLE_STATEMENT.pattern, "undeclared-property", *TAGS)))


def report_roots(
    findings: Iterable[Finding], bases: Mapping[Finding, Basis], tracer: Tracer, language: str
) -> Iterator[Finding]:
    """Yield the findings without the consequences of others, and those with one cause once."""
    roots = _Roots(sorted(findings), bases, tracer).list_remaining()
    causes = [bases[each].cause if each in bases else "" for each, _ in roots]
    counts = Counter((each.check, cause) for (each, _), cause in zip(roots, causes, strict=True))
    reported = set()
    for (each, severity), cause in zip(roots, causes, strict=True):
        key = each.check, cause
        if cause:
            if key in reported:
                continue
            reported.add(key)
            if counts[key] > 1:
                more = pick(MORE, language, "").format(Number(counts[key] - 1))
                each = replace(each, message=each.message + more)
        yield replace(each, severity=severity)


def rank_check(check: str) -> int:
    """Return the rank of a check, or of one of the descriptions in `RANKS`."""
    return next((n for n, rank in enumerate(RANKS) if rank.fullmatch(check)), len(RANKS))


class _Roots:
    """The findings of a check, sorted, with what they rest on."""

    def __init__(
        self, findings: list[Finding], bases: Mapping[Finding, Basis], tracer: Tracer
    ) -> None:
        self._findings = findings
        self._bases = {each: bases.get(each, Basis(each.node)) for each in findings}
        self._tracer = tracer
        self._ranks = {each: self._rank(each) for each in findings}
        # Of the findings about statements of files, the first of the lowest rank: by subject and
        # property, by value, too, and by property and the object that it has or was meant to have.
        self._faults: dict[Read, Finding] = {}
        self._values: dict[Statement, Finding] = {}
        self._naming: dict[Read, Finding] = {}
        # All of those that may have replaced or deleted a link, by file and property.
        self._links: dict[Read, list[Finding]] = defaultdict(list)
        # Those with consequences that no statement shows, by node, and by line if that matters.
        self._beside: dict[tuple[str, str, int], list[Finding]] = defaultdict(list)
        for each in sorted(findings, key=lambda one: self._ranks[one]):
            basis = self._bases[each]
            if BESIDE.fullmatch(each.check):
                is_of_line = WHOLE_STATEMENT.fullmatch(each.check)
                place = (each.path, each.line) if is_of_line else ("", 0)
                self._beside[each.node, *place].append(each)
            for predicate in self._list_predicates(each):
                self._faults.setdefault((basis.node, predicate), each)
                self._values.setdefault((basis.node, predicate, basis.value), each)
                if self._ranks[each] <= LINKS:
                    self._links[each.path, predicate].append(each)
                for term in (basis.value, *basis.meant):
                    self._naming.setdefault((term, predicate), each)
            if self._ranks[each] < len(RANKS):
                for read in basis.named:
                    self._naming.setdefault(read, each)
        # How many findings of each check may follow from lost links, by file and property.
        self._lost = Counter(
            (each.check, *link)
            for each in findings
            for link in self._lose(each)
            if not self._list_near(each, link)
        )

    def _list_predicates(self, finding: Finding) -> list[str]:
        """Return the properties of a node that are at fault in files: those it lacks, or one."""
        basis = self._bases[finding]
        if self._trace(finding) or (not basis.predicate and self._ranks[finding] > SHAPES):
            return []
        if basis.predicate:
            return [basis.predicate]
        read = [predicate for node, predicate in basis.reads if node == basis.node]
        return [each for each in read if not self._tracer.count_values(basis.node, each)]

    def list_remaining(self) -> list[tuple[Finding, str]]:
        """Return the findings that are no consequences, with their severities."""
        raised: set[Finding] = set()
        dropped: set[Finding] = set()
        order = self._findings if len(self._findings) > 1 else []
        # From the last consequences to the roots.
        for each in sorted(order, key=lambda one: (not self._trace(one), -self._ranks[one])):
            root = min((one for one in self._find_roots(each) if one not in dropped), default=None)
            if root is not None:
                dropped.add(each)
                # What hides a violation is one.
                if each.severity == VIOLATION or each in raised:
                    raised.add(root)
        return [
            (each, VIOLATION if each in raised else each.severity)
            for each in self._findings
            if each not in dropped
        ]

    def _rank(self, finding: Finding) -> int:
        """Return the rank of a finding, which is no consequence of those of higher ones."""
        check = finding.check
        if OF_THINGS.fullmatch(check) and self._bases[finding].predicate == self._tracer.rdf_type:
            check = "class of a thing"
        elif check.startswith("cdps:") and not self._bases[finding].predicate:
            check = "several properties of a thing"
        return rank_check(check)

    def _trace(self, finding: Finding) -> list[Statement]:
        basis = self._bases[finding]
        return self._tracer.trace(basis.node, basis.predicate, basis.value)

    def _find_roots(self, finding: Finding) -> Iterator[Finding]:
        """Yield findings of which another one is a consequence."""
        basis, rank = self._bases[finding], self._ranks[finding]
        terms = {basis.value, *(node for node, _ in basis.reads)}
        for read in basis.reads:
            for root in self._find_read(read, terms):
                is_first = rank == CLASS == self._ranks[root] and root < finding
                is_of_class = read[1] != self._tracer.rdf_type or self._ranks[root] <= CLASS
                if is_of_class and (is_first or self._ranks[root] < rank):
                    yield root
        yield from self._find_naming(finding)
        for link in self._lose(finding):
            # Each lost link explains one finding of a check, beside those about what is linked to
            # it in other ways. If there are more, some of them are about something else.
            lost = self._links.get(link, [])
            nodes = {self._bases[one].node for one in lost}
            near = self._list_near(finding, link)
            if near or len(nodes) >= self._lost[finding.check, *link]:
                yield from (one for one in near or lost if self._ranks[one] < rank)
        # No shape is to be right about what does not stand in a file.
        for premise in self._trace(finding):
            yield from self._find_faults(premise, finding, max(rank, SHAPES))
        for read in basis.reads:
            sources = ((*each, "") for each in self._tracer.find_sources(*read))
            for premise in chain(self._tracer.trace_values(*read, terms), sources):
                for root in self._find_faults(premise, finding, rank):
                    # What has the same cause is counted.
                    if not basis.cause or self._bases[root].cause != basis.cause:
                        yield root
        for place in ((finding.path, finding.line), ("", 0)):
            for root in self._beside.get((finding.node, *place), ()):
                if root is not finding and _is_beside(finding, root, self._bases[root].cause):
                    yield root

    def _find_naming(self, finding: Finding) -> list[Finding]:
        """Return the findings about links that have, or were meant to have, what one rests on."""
        found = (self._naming.get(read) for read in self._bases[finding].named)
        return [one for one in found if one and self._ranks[one] < self._ranks[finding]]

    def _lose(self, finding: Finding) -> set[Read]:
        """Return file and property of the links by whose loss a finding may be explained."""
        if self._find_naming(finding):
            return set()
        basis = self._bases[finding]
        return {(path, p) for _, p in basis.named for path in {finding.path, *basis.paths}}

    def _list_near(self, finding: Finding, link: Read) -> list[Finding]:
        """Return the findings about lost links whose node has a statement with that of one."""
        lost = self._links.get(link, ())
        return [one for one in lost if self._tracer.is_linked(finding.node, one.node)]

    def _find_read(self, read: Read, terms: Collection[str]) -> Iterator[Finding]:
        """Yield findings about a property on which one with these terms rests.

        If the property has several values, these are about the whole property, or one of the terms.
        """
        if read in self._faults:
            if self._tracer.count_values(*read) <= 1:
                yield self._faults[read]
            yield from (self._values[*read, t] for t in terms if (*read, t) in self._values)

    def _find_faults(self, premise: Statement, finding: Finding, rank: int) -> Iterator[Finding]:
        """Yield findings up to a rank about a premise of another one, a value or a property."""
        *read, value = premise
        if value:
            found = [self._values.get(premise), self._values.get((read[0], read[1], ""))]
        else:
            found = [self._faults.get((read[0], read[1]))]
        for root in found:
            # One of the same rank is no consequence if it is about the same node.
            is_before = root and self._ranks[root] == rank and root.node != finding.node
            if root and (is_before or self._ranks[root] < rank):
                yield root


def _is_beside(each: Finding, root: Finding, cause: str) -> bool:
    """Return whether a finding follows from another one about the same node."""
    if WHOLE_STATEMENT.fullmatch(root.check):
        return each.check != root.check and each.check.startswith("cdps:")
    if root.check == "undeclared-property":
        return each.check != root.check and _mentions(each, cause)
    if root.check in TAGS:
        is_shape = each.check.startswith("cdps:") and OF_TAG_SHAPE.search(each.check)
        return each.check in OF_TAG or bool(is_shape)
    return False


def _mentions(finding: Finding, iri: str) -> bool:
    """Return whether a finding is about a property whose name resembles that of a term."""
    # Imported here: most checks find nothing.
    from difflib import SequenceMatcher

    words = {finding.check.rpartition("-")[2], *WORD.findall(finding.message)}
    return any(SequenceMatcher(None, cut_local_name(iri), word).ratio() > 0.8 for word in words)
