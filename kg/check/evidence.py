"""Evidence against the source text, where it is at hand: offsets, digests, sentences, copies."""

from collections.abc import Callable, Iterable, Iterator

from kg.check.finding import VIOLATION, Finding, Locator
from kg.errors import KgError
from kg.graph import Graph
from kg.names import FALLBACKS, text
from kg.source import (
    NgramIndex,
    find_source,
    digest_passage,
    restore_text,
    simplify_text,
    split_segments,
)

Find = Callable[..., Iterable[Finding]]

MESSAGES = {
    "source": {
        "en": "the source text cannot be compared. {0}",
        "zh-Hans": "无法与来源文本比对。{0}",
    },
    "offsets": {
        "en": "{0} The passage has to lie inside the text, outside a pinyin annotation.",
        "zh-Hans": "{0} 段落须在文本之内，且不得落在注音之中。",
    },
    "digest": {
        "en": "passageDigest is not that of the passage: it is {0}. Correct the offsets or it.",
        "zh-Hans": "passageDigest 与段落不符：应为 {0}。请更正起止位置或摘要。",
    },
    "segment": {
        "en": "{0}–{1} is no sentence or heading of the source text. Take those it is cut into.",
        "zh-Hans": "{0}–{1} 不是来源文本的句子或标题。请采用文本切分所得的句段。",
    },
    "missing": {
        "en": "the source's sentence or heading at {0} has no segment. Add it.",
        "zh-Hans": "来源文本中 {0} 处的句子或标题没有对应的句段。请补上。",
    },
    "copy": {
        "en": "the text shares “{0}” with the source. Say it in words of our own.",
        "zh-Hans": "文字与来源共有“{0}”。请用自己的话表述。",
    },
}


def list_sources_at_hand(graph: Graph) -> list[tuple[str, bool]]:
    """Return the source texts that the data cite, each with whether it is at hand."""
    names = graph.names
    return [
        (names.shorten(source), _read_source(sha256)[0] is not None)
        for source, sha256, _ in _read(graph, "sources")
    ]


def _read_source(sha256: str) -> tuple[str | None, KgError | None]:
    """Return a source text if it is at hand, and what is wrong with it if something is."""
    try:
        return find_source(sha256), None
    except KgError as error:
        return None, error


def find_by_source(graph: Graph, locator: Locator, language: str) -> Iterator[Finding]:
    """Yield the findings that only the source texts at hand can show; none where none is."""
    names = graph.names

    def find(check: str, node: str, *values: object) -> Iterable[Finding]:
        said = MESSAGES[check]
        template = next(said[tag] for tag in FALLBACKS[language] if tag in said)
        message = f"{names.shorten(node)}: {template.format(*values)}"
        return locator.find(node, VIOLATION, f"evidence-{check}", message)

    for source, sha256, _ in _read(graph, "sources"):
        raw, error = _read_source(sha256)
        if error:
            yield from find("source", source, error)
        if raw is not None:
            yield from _find_wrong_passages(graph, raw, sha256, find)
            yield from _find_wrong_segments(graph, raw, source, sha256, find)
            yield from _find_copies(graph, raw, find)


def _find_wrong_passages(graph: Graph, raw: str, sha256: str, find: Find) -> Iterator[Finding]:
    for row in _read(graph, "evidence"):
        node, digest_of, start, end, digest = row
        if digest_of != sha256:
            continue
        try:
            right = digest_passage(raw, _number(start), _number(end))
        except KgError as error:
            yield from find("offsets", node, error)
            continue
        if right != digest:
            yield from find("digest", node, right)


def _find_wrong_segments(
    graph: Graph, raw: str, source: str, sha256: str, find: Find
) -> Iterator[Finding]:
    cut = {(segment.start, segment.end) for segment in split_segments(raw)}
    said = {
        (_number(start), _number(end)): node
        for node, digest, start, end in _read(graph, "segments")
        if digest == sha256
    }
    for (start, end), node in said.items():
        if (start, end) not in cut:
            yield from find("segment", node, start, end)
    for start, _ in sorted(cut - set(said)):
        yield from find("missing", source, start)


def _find_copies(graph: Graph, raw: str, find: Find) -> Iterator[Finding]:
    try:
        restored = restore_text(raw).text
        texts = [restored, simplify_text(restored)]
    except KgError:
        return  # Without the extra [source] the text cannot be read in both scripts.
    names = [name for (name,) in _read(graph, "titles")]
    index = NgramIndex(texts, names)
    for node, _, description in _read(graph, "descriptions"):
        run = index.find(description)
        if run:
            yield from find("copy", node, run)


def _number(digits: str) -> int:
    # What is no number is no offset either: the shapes say why, and nothing stands at -1.
    return int(digits) if digits.isdecimal() else -1


def _read(graph: Graph, query: str) -> Iterator[list[str]]:
    for row in graph.internal(query):
        yield [text(term) for term in row]
