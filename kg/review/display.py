"""Show what has changed since it was read: as lines of a report, and beside the passages."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import PurePosixPath

from pyoxigraph import Quad

from kg.ask.table import clean_text
from kg.errors import KgError
from kg.graph import Graph, iri_term
from kg.names import Names, language_of, pick, text
from kg.portrait import list_passages, quote_passages
from kg.review.changes import CHANGED, DELETED, NEW, SAME, Change, FileReview
from kg.review.ledger import LEDGER
from kg.wrapping import wrap_text

TEXTS = {
    "heading": {
        "en": "Elements changed since they were last read against the source (see kg review):",
        "zh-Hans": "上次对照来源通读之后有变化的要素（用 kg review 查看）：",
    },
    "file": {"en": "  {0}: {1} of {2}{3}", "zh-Hans": "  {0}：共 {2} 个，变化 {1} 个{3}"},
    "parts": {"en": " ({0})", "zh-Hans": "（{0}）"},
    "unrecorded": {
        "en": "  {0}: not recorded ({1} files). To record what you have read: kg review --accept",
        "zh-Hans": "  {0}：尚无通读记录（{1} 个文件）。通读后可记录：kg review --accept",
    },
    CHANGED: {"en": "changed", "zh-Hans": "改动"},
    NEW: {"en": "new", "zh-Hans": "新增"},
    DELETED: {"en": "deleted", "zh-Hans": "删除"},
    SAME: {"en": "unchanged", "zh-Hans": "未变"},
    "comma": {"en": ", ", "zh-Hans": "，"},
    "read": {"en": "last read {0}", "zh-Hans": "上次通读 {0}"},
    "no-text": {
        "en": "(text not available: kg source add FILE)",
        "zh-Hans": "（没有文本：kg source add FILE）",
    },
}


def say(key: str, language: str, *values: object) -> str:
    """Return a text in a language, with values."""
    return pick(TEXTS[key], language, "").format(*values)


def list_lines(reviews: Sequence[FileReview], language: str, *, verbose: bool = False) -> list[str]:
    """Return the lines of a report on files: one for each, and if `verbose` one for each change.

    Files in a folder without a ledger have one line together.
    """
    lines = []
    unrecorded: dict[str, list[FileReview]] = defaultdict(list)
    for review in reviews:
        if not review.is_recorded:
            unrecorded[PurePosixPath(review.path).parent.as_posix()].append(review)
            continue
        kinds = [
            f"{number} {say(kind, language)}"
            for kind in (CHANGED, NEW, DELETED)
            if (number := review.count(kind))
        ]
        parts = say("parts", language, say("comma", language).join(kinds)) if kinds else ""
        number = len(review.changes)
        lines.append(say("file", language, review.path, number, review.total, parts))
        if verbose:
            lines += [f"    {title_change(one, language)}" for one in review.changes]
    for folder, found in unrecorded.items():
        lines.append(say("unrecorded", language, f"{folder}/{LEDGER}", len(found)))
    return [say("heading", language), *lines] if lines else []


def title_change(change: Change, language: str) -> str:
    """Return an element with what has happened to it and the date when it was read."""
    words = [say(change.kind, language)]
    if change.read:
        words.append(say("read", language, change.read))
    return f"{change.element} " + say("parts", language, say("comma", language).join(words)).strip()


def render_elements(
    graph: Graph,
    chosen: Iterable[tuple[FileReview, Iterable[Change]]],
    statements: Mapping[str, Iterable[Quad]],
    language: str,
    width: int | None = None,
) -> str:
    """Return elements as text: the passages of each, then what its file states about it.

    `statements` are those of the files, by named graph.
    """
    blocks = []
    for file, elements in chosen:
        about: dict[str, list[Quad]] = defaultdict(list)
        for quad in statements.get(file.graph, ()):
            about[text(quad.subject)].append(quad)
        for one in elements:
            short = replace(one, element=graph.names.shorten(one.element))
            lines = [f"{title_change(short, language)} {file.path}"]
            if one.element in about:
                lines += _list_passages(graph, one.element, language)
                lines += _list_statements(graph.names, about[one.element])
            blocks.append("".join(f"{line}\n" for line in _wrap(lines, width)))
    return "\n".join(blocks)


def _list_passages(graph: Graph, element: str, language: str) -> list[str]:
    try:
        found = [passage for _, passage in list_passages(graph, iri_term(element))]
    except KgError as error:  # kg check reports the offsets
        return [f"  {error}"]
    return [
        f"  {each.source} {each.start}–{each.end}: {each.text or say('no-text', language)}"
        for each in quote_passages(graph, found, language)
    ]


def _list_statements(names: Names, quads: Iterable[Quad]) -> list[str]:
    """Return the statements about an element nearly as in Turtle, the type first."""
    found = []
    for quad in quads:
        name, value = names.shorten(quad.predicate.value), names.show(quad.object)
        tag = language_of(quad.object)
        found.append((name != "rdf:type", name, f"{value}@{tag}" if tag else value))
    return [f"  {name} {value}" for _, name, value in sorted(found)]


def _wrap(lines: Iterable[str], width: int | None) -> Iterable[str]:
    for line in lines:
        indent = line[: len(line) - len(line.lstrip())]
        words = clean_text(line.strip())
        if width is None:
            yield indent + words
        else:
            yield from (indent + one for one in wrap_text(words, width - len(indent), "  "))
