"""Report the root cause of several findings once, and leave out its consequences."""

import re
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import replace

from kg.ask.lookup import local_name
from kg.check.finding import VIOLATION, Finding
from kg.names import pick

MORE = {"en": " The same is wrong in {0} more places.", "zh-Hans": "另有 {0} 处相同错误。"}
WORD = re.compile("[A-Za-z]{4,}")
# What a misplaced document has as consequences for what is stated in it.
OF_PLACE = {
    *("evidence-of-another-city", "slug-of-another-city", "slug-of-another-place"),
    *("link-to-another-place", "issuer-of-another-place", "whole-of-another-city"),
}
MISPLACED = "applies-to-another-place"
# What a text with a wrong tag has as consequences, beside the shapes of languages.
OF_TAG = {"text-in-one-language", "text-in-another-script"}
OF_TAG_SHAPE = re.compile("-(?:language|unique|en|zh-Hans|zh-Hant)$")
TAGS = {"language-tag", "chinese-in-english"}
WHOLE_STATEMENT = re.compile("dangling-iri|literal-.*|cdps:.*-datatype")


def report_roots(
    findings: Iterable[Finding],
    causes: Mapping[Finding, str],
    stated: Mapping[str, Collection[str]],
    language: str,
) -> Iterator[Finding]:
    """Yield the findings without the consequences of others, and those with one cause once.

    `causes` has the term that is the cause of a finding; `stated` what is stated in each document.
    """
    remaining = _drop_consequences(sorted(findings), causes, stated)
    counts = Counter((each.check, causes[each]) for each in remaining if each in causes)
    reported = set()
    for each in remaining:
        key = each.check, causes.get(each, "")
        if each in causes:
            if key in reported:
                continue
            reported.add(key)
            if counts[key] > 1:
                more = pick(MORE, language, "").format(counts[key] - 1)
                each = replace(each, message=each.message + more)
        yield each


def _drop_consequences(
    findings: list[Finding], causes: Mapping[Finding, str], stated: Mapping[str, Collection[str]]
) -> list[Finding]:
    by_node: dict[str, list[Finding]] = defaultdict(list)
    for each in findings:
        by_node[each.node].append(each)
    misplaced = {each.node for each in findings if each.check == MISPLACED}
    misplaced |= {node for document in list(misplaced) for node in stated.get(document, ())}
    dropped = {each for each in findings if each.node in misplaced and each.check in OF_PLACE}
    raised = set()
    for found in by_node.values():
        for root in found if len(found) > 1 else ():
            consequences = set(_list_consequences(root, found, causes))
            dropped |= consequences
            if any(each.severity == VIOLATION for each in consequences):
                raised.add(root)
    # What hides a violation is one.
    return [
        replace(each, severity=VIOLATION) if each in raised else each
        for each in findings
        if each not in dropped
    ]


def _list_consequences(
    root: Finding, found: list[Finding], causes: Mapping[Finding, str]
) -> Iterator[Finding]:
    """Yield those of the findings about one node that follow from another."""
    for each in found:
        if each is root or each.check == root.check:
            continue
        is_same = (each.path, each.line) == (root.path, root.line)
        if is_same and WHOLE_STATEMENT.fullmatch(root.check) and each.check.startswith("cdps:"):
            yield each
        elif root.check == "dangling-iri" and each.check == "order-of-documents":
            yield each
        elif root.check == "undeclared-property" and _mentions(each, causes.get(root, "")):
            yield each
        elif root.check == "undeclared-class" and (
            each.check.endswith("Shape") or causes.get(each) == causes.get(root)
        ):
            yield each
        elif root.check in TAGS and (
            each.check in OF_TAG
            or (each.check.startswith("cdps:") and OF_TAG_SHAPE.search(each.check))
        ):
            yield each


def _mentions(finding: Finding, iri: str) -> bool:
    """Return whether a finding is about a property whose name resembles that of a term."""
    # Imported here: most checks find nothing.
    from difflib import SequenceMatcher

    words = {finding.check.rpartition("-")[2], *WORD.findall(finding.message)}
    return any(SequenceMatcher(None, local_name(iri), word).ratio() > 0.8 for word in words)
