"""Check the data against the source texts: offsets, digests, segments, and copied wording.

Only the texts that the user has added (`kg source add`) can be checked.
"""

from collections.abc import Callable, Iterable, Iterator

from kg.check.finding import VIOLATION, Finding, Locator, Read
from kg.check.tracing import list_properties
from kg.errors import KgError
from kg.graph import Graph, read_internal
from kg.names import pick, text
from kg.source import (
    NgramIndex,
    digest_passage,
    find_source,
    restore_text,
    simplify_text,
    split_segments,
)
from kg.xsd import read_integer

# Yields the finding of a check about a node, with values for its message.
Reporter = Callable[..., Iterator[Finding]]

MESSAGES = {
    "source": {
        "en": "The source text cannot be compared: {0}",
        "zh-Hans": "无法与来源文本比对：{0}",
    },
    "offsets": {
        "en": "The offsets are wrong: {0}",
        "zh-Hans": "起止位置有误：{0}",
    },
    "digest": {
        "en": "cdp:passageDigest is not the SHA-256 of the passage, which is {0}. "
        "Correct the offsets or the digest.",
        "zh-Hans": "cdp:passageDigest 不是该段落的 SHA-256，应为 {0}。请更正起止位置或摘要。",
    },
    "segment": {
        "en": "{0}–{1} is not a sentence or heading of the source text. Correct the offsets.",
        "zh-Hans": "{0}–{1} 不是来源文本的句子或标题。请更正起止位置。",
    },
    "missing": {
        "en": "The sentence or heading of the source text at {0} has no source segment. Add it.",
        "zh-Hans": "来源文本中 {0} 处的句子或标题没有来源片段。请添加。",
    },
    "copy": {
        "en": "The text copies “{0}” from the source text. Write it in other words.",
        "zh-Hans": "文字照抄了来源文本的“{0}”。请改用自己的话表述。",
    },
}
SOURCE_CHECKS = frozenset(f"evidence-{check}" for check in MESSAGES)
"""The checks that need the source text."""


def list_compared_sources(graph: Graph) -> list[tuple[str, bool]]:
    """Return the name of each source text that the data cite, and whether it can be compared."""
    return [
        (graph.names.shorten(source), _read_source(sha256)[0] is not None)
        for source, sha256, _ in _select(graph, "sources")
    ]


def check_evidence(graph: Graph, locator: Locator, language: str) -> Iterator[Finding]:
    """Yield the violations that the source texts show."""

    def report(
        check: str,
        node: str,
        *values: object,
        predicate: str = "",
        value: str = "",
        reads: Iterable[Read] = (),
    ) -> Iterator[Finding]:
        shown = (pick(v.texts, language, "") if isinstance(v, KgError) else v for v in values)
        message = pick(MESSAGES[check], language, "").format(*shown)
        message = f"{graph.names.shorten(node)}: {message}"
        return locator.report(
            node,
            VIOLATION,
            f"evidence-{check}",
            message,
            predicate=predicate,
            value=value,
            reads=reads,
        )

    for source, sha256, _ in _select(graph, "sources"):
        raw, error = _read_source(sha256)
        if error:
            yield from report("source", source, error)
        if raw is not None:
            yield from _check_digests(graph, raw, sha256, report)
            yield from _check_segments(graph, raw, source, sha256, report)
            yield from _check_wording(graph, raw, report)


def _read_source(sha256: str) -> tuple[str | None, KgError | None]:
    """Return the source text if it was added, and the error if it cannot be used."""
    try:
        return find_source(sha256), None
    except KgError as error:
        return None, error


def _check_digests(graph: Graph, raw: str, sha256: str, report: Reporter) -> Iterator[Finding]:
    properties = list_properties(read_internal(graph.home, "evidence"), graph.names)
    for node, source, start, end, digest, selector in _select(graph, "evidence"):
        if source != sha256:
            continue
        try:
            expected = digest_passage(raw, _parse_offset(start), _parse_offset(end))
        except KgError as error:
            reads = [(selector, each) for each in properties]
            yield from report("offsets", node, error, reads=reads)
            continue
        if digest != expected:
            predicate = graph.names.expand("cdp:passageDigest")
            yield from report("digest", node, expected, predicate=predicate)


def _check_segments(
    graph: Graph, raw: str, source: str, sha256: str, report: Reporter
) -> Iterator[Finding]:
    expected = {(segment.start, segment.end) for segment in split_segments(raw)}
    stated = {
        (_parse_offset(start), _parse_offset(end)): node
        for node, digest, start, end in _select(graph, "segments")
        if digest == sha256
    }
    for (start, end), node in stated.items():
        if (start, end) not in expected:
            yield from report("segment", node, start, end)
    for start, _ in sorted(expected - set(stated)):
        yield from report("missing", source, start)


def _check_wording(graph: Graph, raw: str, report: Reporter) -> Iterator[Finding]:
    try:
        restored = restore_text(raw).text
        texts = [restored, simplify_text(restored)]
    except KgError:
        return  # The extra [source] is not installed.
    index = NgramIndex(texts, [name for (name,) in _select(graph, "titles")])
    for node, property_, wording in _select(graph, "descriptions"):
        copied = index.find(wording)
        if copied:
            yield from report("copy", node, copied, predicate=property_, value=wording)


def _parse_offset(digits: str) -> int:
    # A value that is not a number is reported by the shapes, and is never a valid offset.
    offset = read_integer(digits)
    return -1 if offset is None else offset


def _select(graph: Graph, query: str) -> Iterator[list[str]]:
    for row in graph.internal(query):
        yield [text(term) for term in row]
