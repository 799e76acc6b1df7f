"""Passages of a raw text: cut out, restored with what the whole text knows, known by a digest."""

import re
from bisect import bisect_left
from dataclasses import dataclass
from typing import Literal

from kg.errors import KgError
from kg.source.library import digest_bytes
from kg.source.pinyin import ANNOTATION, find_readings, strip_pinyin
from kg.source.repair.repair import DamagedSpan, Restoration, restore_text
from kg.source.simplify import simplify_text

Script = Literal["zh-Hans", "zh-Hant"]

_END = "。;；！？!"
_CLOSERS = "”’」』）》"
_ENDING = re.compile(rf"\n|[{_END}](?:{ANNOTATION.pattern})?[{_CLOSERS}]*")
_LONGEST_HEADING = 32
_LONGEST_LABEL = 8


@dataclass(frozen=True)
class Segment:
    """A stretch the source is made of: raw offsets in code points, ``heading`` or ``sentence``."""

    start: int
    end: int
    kind: str


def _check_offsets(raw: str, start: int, end: int) -> None:
    if not 0 <= start < end <= len(raw):
        raise KgError(
            f"{start}-{end}: no passage of this text. Offsets are code points, start below end, "
            f"0 to {len(raw)}. Check the selector's oa:start and oa:end."
        )
    for offset in (start, end):
        for match in ANNOTATION.finditer(raw, max(0, offset - 12), offset + 12):
            if match.start() < offset < match.end() or match.start() == offset:
                raise KgError(
                    f"{start}-{end}: {offset} parts a character from its pinyin. A passage takes "
                    f"a character with its annotation. Use {match.start() - 1} or {match.end()}."
                )


def _cut(restored: Restoration, start: int, end: int) -> str:
    def contains(span: DamagedSpan, offset: int) -> bool:
        return span.start < offset < span.end

    for span in restored.spans:
        for offset in (start, end):
            if contains(span, offset):
                raise KgError(
                    f"{start}-{end}: {offset} lies inside a damaged place. A passage takes it "
                    f"whole or leaves it. Use {span.start} or {span.end}."
                )
    offsets = restored.offsets
    return restored.text[bisect_left(offsets, start) : bisect_left(offsets, end)]


def restore_passage(raw: str, start: int, end: int, script: Script | None = None) -> str:
    """Return a passage of a raw text, restored with what the whole text shows of the accident.

    Offsets are Unicode code points of the raw text, start in, end out (Web Annotation, 4.2.4,
    <https://www.w3.org/TR/annotation-model/#text-position-selector>). With ``zh-Hans`` it is
    simplified; with ``zh-Hant`` or None it stays in the script it has. Where the extra `[source]`
    is not installed, what comes back is the passage stripped of its pinyin.

    Raises:
        KgError: the offsets lie outside the text, or inside an annotation or a damaged place.

    >>> restore_passage("開(kāi)年學(xué)習(xí)", 0, 7)
    '開年'
    """
    _check_offsets(raw, start, end)
    if not _is_installed(script):
        return strip_pinyin(raw[start:end])
    passage = _cut(restore_text(raw), start, end)
    return simplify_text(passage) if script == "zh-Hans" else passage


def _is_installed(script: Script | None) -> bool:
    try:
        find_readings("一")
        if script == "zh-Hans":
            simplify_text("一")
    except KgError:
        return False
    return True


def passage_digest(raw: str, start: int, end: int) -> str:
    """Return the SHA-256 (hexadecimal) of a raw passage in UTF-8; nothing is normalised before.

    Raises:
        KgError: the offsets lie outside the text, or inside an annotation.

    >>> passage_digest("一二三", 0, 2)[:8]
    'f6ea676b'
    """
    _check_offsets(raw, start, end)
    return digest_bytes(raw[start:end].encode("utf-8"))


def split_segments(raw: str) -> list[Segment]:
    r"""Return the headings and sentences of a raw text, in order; blank lines belong to none.

    A sentence ends at 。 ; or ！ ？ (full-width or not, but for the half-width question mark, which
    a garbled text has in other places), with closing quotes and annotation, or at the line's end.
    A heading is a whole line of at most 32 characters that no 。 or ; ends; one that a colon ends
    introduces what follows, and is a heading only up to 8 characters.

    >>> [(one.start, one.end, one.kind) for one in split_segments("題目\n一。二;三\n")]
    [(0, 2, 'heading'), (3, 5, 'sentence'), (5, 7, 'sentence'), (7, 8, 'sentence')]
    """
    segments: list[Segment] = []
    start = line = 0
    for match in _ENDING.finditer(raw + "\n"):
        is_line_end = match[0] == "\n"
        end = match.start() if is_line_end else match.end()
        if raw[start:end].strip():
            whole = start == line and raw[end : end + 1] in ("", "\n", "\r")
            segments.append(Segment(start, end, _kind(raw[start:end]) if whole else "sentence"))
        start = match.end()
        if is_line_end:
            line = start
    return segments


def _kind(passage: str) -> str:
    text = strip_pinyin(passage).strip()
    if text[-1] in "。;；" or len(text) > _LONGEST_HEADING:
        return "sentence"
    return "sentence" if text[-1] in ":：" and len(text) > _LONGEST_LABEL else "heading"
