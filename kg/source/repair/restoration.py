"""Restore the text that was garbled: remove the annotations and find the original characters.

A text is garbled if it has a broken annotation that the tool can have made, or if its other
annotations show that the tool made them (`kg.source.pinyin.is_tool_annotated`). Any other text is
returned unchanged.
"""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import pairwise

from kg.source.pinyin import (
    ANNOTATION,
    HAN,
    SYLLABLE,
    infer_table,
    is_gb2312,
    is_tool_annotated,
    strip_pinyin,
)
from kg.source.repair.candidates import (
    BROKEN_ANNOTATION,
    LOST,
    CandidateFinder,
    Hypothesis,
    parse_broken_annotation,
    parse_split_mark,
)
from kg.source.repair.corruption import (
    MARKS,
    PRIVATE_USE,
    decode_gbk,
    make_half_width,
    make_marks_full_width,
)

_ANNOTATION_OF_ANY = re.compile(rf"(?<=[{HAN}@-~])\(({SYLLABLE})\)")
_LAST_ANNOTATED = re.compile(rf"[{HAN}]\(({SYLLABLE})\)\Z")
_ANNOTATED_LETTER = re.compile(r"[@-~]\([^()]*[^\x00-\x7f][^()]*\)")
_HAN = re.compile(f"[{HAN}]")
_INNER_MARK = re.compile(rf"(?<=[{HAN}])([^{HAN}\w\s])(?=[{HAN}])")
_PUNCTUATION = "、。·—…‘’“”〈〉《》「」『』【】"


@dataclass(frozen=True)
class GarbledSpan:
    """A garbled span of the raw text (offsets in code points), and its text, with `LOST` in it.

    `status` is `restored` or `lost`. The evidence: `reading` has the readings in the span,
    separated by spaces. `inferred` has the characters of a lost span that the bytes leave open,
    and that are in the text because only they occur elsewhere next to the same characters.
    `is_possible` is false if the tool cannot have made the span of any text.
    """

    start: int
    end: int
    text: str
    status: str
    reading: str = ""
    inferred: str = ""
    is_possible: bool = True


@dataclass(frozen=True)
class Restoration:
    """A restored text, its garbled spans in order, and the raw offset of each character.

    `offsets` has the offset, in code points of the raw text, at which each character of `text`
    begins, and at last the length of the raw text. All characters of a span have its start.
    """

    text: str
    spans: tuple[GarbledSpan, ...]
    offsets: tuple[int, ...]


@lru_cache(maxsize=4)
def restore_text(raw: str) -> Restoration:
    """Return the readable text of a garbled one, in its own script; any other text unchanged.

    The time is proportional to the length of the text and to the number of garbled spans.

    Raises:
        KgError: the text has annotations, and pypinyin is not installed.

    >>> restoration = restore_text("府?dāng)?shù)字")
    >>> restoration.text, restoration.spans[0].status, restoration.offsets
    ('府數字', 'restored', (0, 1, 12, 13))
    """
    unchanged = Restoration(raw, (), tuple(range(len(raw) + 1)))
    if not (ANNOTATION.search(raw) or BROKEN_ANNOTATION.search(raw)):
        return unchanged
    restorer = _Restorer(raw)
    spans = tuple(restorer.find_spans())
    if not restorer.is_garbled(spans):
        return unchanged
    pieces: list[str] = []
    offsets: list[int] = []
    at = 0
    for start, end, text in sorted(restorer.list_edits(spans)):
        if start < at:
            continue  # an annotation inside a span
        pieces += (raw[at:start], text)
        offsets += range(at, start)
        offsets += [start] * len(text)
        at = end
    pieces.append(raw[at:])
    offsets += range(at, len(raw) + 1)
    return Restoration("".join(pieces), spans, tuple(offsets))


class _Restorer:
    """A raw text with what it shows about the tool and about its own language."""

    def __init__(self, raw: str) -> None:
        self.raw = raw
        self.table = infer_table(raw)
        self.finder = CandidateFinder(raw, self.table)
        self.has_full_width_marks = any(make_marks_full_width(mark) in raw for mark in MARKS)
        self.frequency = Counter(raw)
        stripped = strip_pinyin(raw)
        # All pairs of adjacent characters; any digit or ASCII punctuation is "0".
        self.neighbours = set(pairwise("0" if "!" <= char <= "?" else char for char in stripped))
        self.inner_marks = set(_INNER_MARK.findall(stripped))

    def is_garbled(self, spans: tuple[GarbledSpan, ...]) -> bool:
        broken = (span for span in spans if span.reading and span.is_possible)
        return is_tool_annotated(self.raw, self.table) or any(map(self._lacks_bracket, broken))

    def _lacks_bracket(self, span: GarbledSpan) -> bool:
        """Return whether the line has no opening bracket for that of the broken annotation."""
        before = self.raw[max(0, span.start - 200) : span.start].rpartition("\n")[2]
        return before.count("(") <= before.count(")")

    def list_edits(self, spans: tuple[GarbledSpan, ...]) -> Iterator[tuple[int, int, str]]:
        """Yield start, end and new text of each span and of each annotation by the tool."""
        for span in spans:
            yield span.start, span.end, span.text
        for match in _ANNOTATION_OF_ANY.finditer(self.raw):
            before = self.raw[match.start() - 1]
            if self.table.get(before) == match[1] or (
                before.isascii() and self.finder.is_false_match(match.start(), match[1])
            ):
                yield match.start(), match.end(), ""

    def find_spans(self) -> Iterator[GarbledSpan]:
        """Yield the garbled spans, in order; each has a question mark at its start."""
        last: GarbledSpan | None = None
        for match in re.finditer(r"\?", self.raw):
            at = match.start()
            if last and at < last.end:
                continue
            if BROKEN_ANNOTATION.match(self.raw, at):
                span: GarbledSpan | None = self._restore_broken_annotation(at, last)
            else:
                span = self._restore_split_mark(at)
            if span:
                yield span
                last = span

    def _find_preceding(self, at: int, last: GarbledSpan | None) -> str:
        """Return the character before an offset, with its annotation; "" if it is lost."""
        if last and last.end == at:
            if last.status == "lost":
                return ""
            annotation = f"({last.reading.split()[-1]})" if self.raw[at - 1] == ")" else ""
            return last.text[-1] + annotation
        match = _LAST_ANNOTATED.search(self.raw, max(0, at - 10), at)
        return match[0] if match and match[0][0] in self.table else self.raw[at - 1 : at]

    def _restore_broken_annotation(self, at: int, last: GarbledSpan | None) -> GarbledSpan:
        hypotheses = parse_broken_annotation(self.raw, at, self._find_preceding(at, last))
        texts = {one: list(self.finder.find_texts(one)) for one in hypotheses}
        found = [one for one in hypotheses if texts[one]]
        if not found:
            return replace(self._make_lost_span(hypotheses[0]), is_possible=False)
        nearest = found[0]
        if self._is_usual(texts[nearest][0]):
            # A longer span would turn intact characters into others.
            found = [nearest, *(one for one in found[1:] if any(map(self._is_usual, texts[one])))]
        if len(found) == len(texts[nearest]) == 1 and not nearest.swallows_next:
            return self._make_span(nearest, texts[nearest][0], "restored")
        return self._merge_lost(found)

    def _restore_split_mark(self, at: int) -> GarbledSpan | None:
        hypotheses = parse_split_mark(self.raw, at)
        possible = [one for one in hypotheses if any(self.finder.find_texts(one))]
        certain = [one for one in possible if one.is_certain]
        if certain:
            return self._merge_lost(certain)
        possible = [one for one in possible if self._begins_with_text(one)]
        if not possible:
            return None
        # Nothing shows whether this is the original text: keep it, but report it as lost.
        end = possible[-1].end
        broken = self.raw.rfind("?", at + 1, end)
        end = max([end, *(one.end for one in parse_broken_annotation(self.raw, broken, ""))])
        return GarbledSpan(at, end, self.raw[at:end], "lost")

    def _merge_lost(self, hypotheses: list[Hypothesis]) -> GarbledSpan:
        """Return the lost span up to the last end that the hypotheses make plausible.

        After the nearest end it keeps the raw characters, which are right if it ended there.
        """
        nearest = hypotheses[0]
        end = max(
            one.end
            for one in hypotheses
            if one is nearest
            or self._is_plausible(one)
            or not self._looks_intact(self.raw[nearest.end : one.end])
        )
        span = self._make_lost_span(nearest)
        return replace(span, end=end, text=span.text + strip_pinyin(self.raw[nearest.end : end]))

    def _looks_intact(self, raw: str) -> bool:
        """Return whether all raw characters are basic or occur more than once."""
        text = strip_pinyin(raw)
        return not (_ANNOTATED_LETTER.search(raw) or PRIVATE_USE.search(text)) and all(
            is_gb2312(char) or self.frequency[char] > 1 for char in text
        )

    def _begins_with_text(self, hypothesis: Hypothesis) -> bool:
        """Return whether a mark can be followed by a Chinese character or punctuation."""
        choices = self.finder.find_characters(hypothesis)[1]
        return any(_HAN.match(char) or char in _PUNCTUATION for char in choices)

    def _is_plausible(self, hypothesis: Hypothesis) -> bool:
        """Return whether all characters whose bytes are known are usual."""
        starts = range(hypothesis.preceding_size, len(hypothesis.data), 2)
        return all(self._is_usual(decode_gbk(hypothesis.data[at : at + 2])) for at in starts)

    def _is_usual(self, text: str) -> bool:
        """Return whether each character is in GB 2312 or occurs in the raw text."""
        return all(is_gb2312(char) or char in self.frequency for char in text)

    def _make_span(
        self, hypothesis: Hypothesis, text: str, status: str, inferred: str = ""
    ) -> GarbledSpan:
        reading = " ".join(reading for _, reading in hypothesis.readings)
        text = text if self.has_full_width_marks else make_half_width(text)
        return GarbledSpan(hypothesis.start, hypothesis.end, text, status, reading, inferred)

    def _make_lost_span(self, hypothesis: Hypothesis) -> GarbledSpan:
        """Return a lost span with the characters that are known or can be inferred."""
        choices = self.finder.find_characters(hypothesis)
        end = hypothesis.end
        after_span = "0" if hypothesis.swallows_next else self.raw[end : end + 1]
        text, inferred = "", ""
        for chars, following in pairwise([*choices, [after_span]]):
            if len(chars) == 1:
                text += chars[0]
                continue
            before = text[-1:] or self.raw[hypothesis.start - 1 : hypothesis.start]
            after = following[0] if len(following) == 1 else ""
            attested = [char for char in chars if self._is_attested(before, char, after)]
            found = attested[0] if len(attested) == 1 else ""
            text += found or LOST
            inferred += found
        if hypothesis.swallows_next:
            text += LOST
        return self._make_span(hypothesis, text, "lost", inferred)

    def _is_attested(self, before: str, char: str, after: str) -> bool:
        """Return whether a character occurs next to one of two others, without annotation."""
        if char in self.table:
            return False
        if not _HAN.match(char):
            return char in self.inner_marks
        return (before, char) in self.neighbours or (char, after) in self.neighbours
