"""Passages of a source text: their digest, their readable text, and the segments they lie in."""

import hashlib
import re
from bisect import bisect_left
from dataclasses import dataclass
from typing import Literal

from kg.errors import KgError
from kg.source.pinyin import ANNOTATION, strip_pinyin
from kg.source.repair.restoration import GarbledSpan, restore_text
from kg.source.simplify import simplify_text

Script = Literal["zh-Hans", "zh-Hant"]

_SENTENCE = re.compile(r".*?(?:[。;；！？!][”’」』）》]*|$)", re.MULTILINE)
_LONGEST_ANNOTATION = 12


@dataclass(frozen=True)
class Segment:
    """A `heading` or `sentence` of a source text; offsets are code points of the raw text."""

    start: int
    end: int
    kind: str


def _check_offsets(raw: str, start: int, end: int) -> None:
    if not 0 <= start < end <= len(raw):
        raise KgError(
            f"{start}-{end}: not a passage of this text. Correct oa:start and oa:end: code "
            f"points, start below end, 0 to {len(raw)}.",
            chinese=f"{start}-{end} 不是该文本的段落。请更正 oa:start 和 oa:end："
            f"以码位计，start 小于 end，范围为 0 至 {len(raw)}。",
        )
    for offset in (start, end):
        nearby = max(0, offset - _LONGEST_ANNOTATION), offset + _LONGEST_ANNOTATION
        for match in ANNOTATION.finditer(raw, *nearby):
            if match.start() <= offset < match.end():
                raise KgError(
                    f"{start}-{end}: {offset} separates a character from its pinyin. "
                    f"Use {match.start() - 1} or {match.end()}.",
                    chinese=f"{start}-{end} 中，{offset} 把汉字与其拼音分开。"
                    f"请用 {match.start() - 1} 或 {match.end()}。",
                )
        for span in _find_garbled_spans(raw):
            if span.start < offset < span.end:
                raise KgError(
                    f"{start}-{end}: {offset} is inside a garbled span. "
                    f"Use {span.start} or {span.end}.",
                    chinese=f"{start}-{end} 中，{offset} 位于乱码区间之内。"
                    f"请用 {span.start} 或 {span.end}。",
                )


def _find_garbled_spans(raw: str) -> tuple[GarbledSpan, ...]:
    try:
        return restore_text(raw).spans
    except KgError:  # an optional package is not installed
        return ()


def restore_passage(raw: str, start: int, end: int, script: Script | None = None) -> str:
    """Return the readable text of a passage of a raw text; see `restore_text`.

    The offsets are Unicode code points of the raw text, the end exclusive (Web Annotation,
    <https://www.w3.org/TR/annotation-model/#text-position-selector>). With `zh-Hans` the text is
    simplified; otherwise it keeps its script. Without the optional packages that this needs, the
    passage is returned without pinyin, but neither restored nor simplified.

    Raises:
        KgError: the offsets are outside the text, or inside an annotation or a garbled span.

    >>> restore_passage("開(kāi)年學(xué)習(xí)", 0, 7)
    '開年'
    """
    _check_offsets(raw, start, end)
    try:
        restored = restore_text(raw)
        first, last = (bisect_left(restored.offsets, offset) for offset in (start, end))
        passage = restored.text[first:last]
        if script == "zh-Hans":
            passage = simplify_text(passage)
    except KgError:  # an optional package is not installed
        return strip_pinyin(raw[start:end])
    return passage


def digest_passage(raw: str, start: int, end: int) -> str:
    """Return the SHA-256 (hexadecimal) of a passage of the raw text in UTF-8, not normalized.

    The offsets that it accepts are those of `restore_passage`.

    Raises:
        KgError: the offsets are outside the text, or inside an annotation or a garbled span.

    >>> digest_passage("一二三", 0, 2)[:8]
    'f6ea676b'
    """
    _check_offsets(raw, start, end)
    return hashlib.sha256(raw[start:end].encode()).hexdigest()


def split_segments(raw: str) -> list[Segment]:
    r"""Return the headings and sentences of a raw text, in order; blank lines are skipped.

    A sentence ends at the end of its line, or after 。 ; ！ ？ or ! with the closing quotes that
    follow. A half-width question mark is not an end: a garbled text has them within sentences. A
    heading is a complete line of at most 32 characters that does not end in 。 or ; or, if it is
    longer than 8 characters, in a colon.

    >>> [(one.start, one.end, one.kind) for one in split_segments("題目\n一。二;三\n")]
    [(0, 2, 'heading'), (3, 5, 'sentence'), (5, 7, 'sentence'), (7, 8, 'sentence')]
    """
    segments: list[Segment] = []
    for match in _SENTENCE.finditer(raw):
        start, end = match.span()
        if match[0].strip():
            is_line = raw[start - 1 : start] in ("", "\n") and not raw[end : end + 1].strip("\r\n")
            is_heading = is_line and _looks_like_heading(match[0])
            segments.append(Segment(start, end, "heading" if is_heading else "sentence"))
    return segments


def _looks_like_heading(line: str) -> bool:
    text = strip_pinyin(line).strip()
    if text[-1] in ":：":
        return len(text) <= 8
    return text[-1] not in "。;；" and len(text) <= 32
