"""Restore the text that was garbled: remove the annotations and find the original characters.

A text is garbled if it has a broken annotation that the tool can have made, or if its other
annotations show that the tool made them (`kg.source.pinyin.is_tool_annotated`). Any other text is
returned unchanged.
"""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
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
    CandidateFinder,
    Hypothesis,
    parse_broken_annotation,
    parse_split_mark,
)
from kg.source.repair.corruption import (
    MARKS,
    is_private_use,
    make_half_width,
    make_marks_full_width,
)

LOST = "\u25a1"
"""Printed for a character that cannot be restored: U+25A1 WHITE SQUARE."""

_ANNOTATION_OF_ANY = re.compile(rf"(?<=[{HAN}@-~])\(({SYLLABLE})\)")
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
    raw: str
    text: str
    status: str
    reading: str = ""
    inferred: str = ""
    is_possible: bool = True


@dataclass(frozen=True)
class Restoration:
    """A restored text, its garbled spans in order, and the raw offset of each character.

    `offsets` has the offset, in code points of the raw text, at which each character of `text`
    begins, and at last the length of the raw text. All characters of a span have its start. A
    text that is not garbled is unchanged.
    """

    text: str
    spans: tuple[GarbledSpan, ...]
    offsets: tuple[int, ...]
    is_garbled: bool = True


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
    unchanged = Restoration(raw, (), tuple(range(len(raw) + 1)), is_garbled=False)
    if not (ANNOTATION.search(raw) or BROKEN_ANNOTATION.search(raw)):
        return unchanged
    restorer = _Restorer(raw)
    spans = tuple(restorer.find_spans())
    if not restorer.is_garbled(spans):
        return unchanged
    pieces: list[str] = []
    offsets: list[int] = []
    at = 0
    for start, end, text in restorer.list_edits(spans):
        pieces += (raw[at:start], text)
        offsets.extend(range(at, start))
        offsets.extend([start] * len(text))
        at = end
    pieces.append(raw[at:])
    offsets.extend(range(at, len(raw) + 1))
    return Restoration("".join(pieces), spans, tuple(offsets))


class _Restorer:
    """A raw text with what it shows about the tool and about its own language."""

    def __init__(self, raw: str) -> None:
        self.raw = raw
        self.table = infer_table(raw)
        self.finder = CandidateFinder(raw, self.table)
        self.has_full_width_marks = any(make_marks_full_width(mark) in raw for mark in MARKS)

    @cached_property
    def frequency(self) -> Counter[str]:
        """The number of occurrences of each character."""
        return Counter(self.raw)

    @cached_property
    def neighbours(self) -> set[tuple[str, str]]:
        """All pairs of adjacent characters; any digit or ASCII punctuation is "0"."""
        kinds = ["0" if "!" <= char <= "?" else char for char in strip_pinyin(self.raw)]
        return set(pairwise(kinds))

    @cached_property
    def inner_marks(self) -> set[str]:
        """The punctuation between two Chinese characters."""
        return set(_INNER_MARK.findall(strip_pinyin(self.raw)))

    def is_garbled(self, spans: tuple[GarbledSpan, ...]) -> bool:
        broken = (span for span in spans if span.reading and span.is_possible)
        return is_tool_annotated(self.raw, self.table) or any(map(self._lacks_bracket, broken))

    def _lacks_bracket(self, span: GarbledSpan) -> bool:
        """Return whether the line has no opening bracket for that of the broken annotation."""
        nearby = max(0, span.start - 200)
        line = self.raw.rfind("\n", nearby, span.start) + 1
        before = self.raw[max(line, nearby) : span.start]
        return before.count("(") <= before.count(")")

    def list_edits(self, spans: tuple[GarbledSpan, ...]) -> Iterator[tuple[int, int, str]]:
        """Yield start, end and new text of each span and of each annotation by the tool."""
        following = list(reversed(spans))
        done = 0
        for match in _ANNOTATION_OF_ANY.finditer(self.raw):
            while following and following[-1].start < match.start():
                span = following.pop()
                done = span.end
                yield span.start, span.end, span.text
            if match.start() >= done and self._is_by_tool(match):
                yield match.start(), match.end(), ""
        for span in reversed(following):
            yield span.start, span.end, span.text

    def _is_by_tool(self, annotation: re.Match[str]) -> bool:
        before = self.raw[annotation.start() - 1]
        if before.isascii():
            return self.finder.is_false_match(annotation.start(), annotation[1])
        return self.table.get(before) == annotation[1]

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
            annotation = f"({last.reading.split()[-1]})" if last.raw.endswith(")") else ""
            return last.text[-1] + annotation
        if not at:
            return ""
        bracket = self.raw.rfind("(", max(0, at - 9), at) if self.raw[at - 1] == ")" else -1
        match = ANNOTATION.match(self.raw, bracket) if bracket > 0 else None
        if match and match.end() == at and self.raw[bracket - 1] in self.table:
            return self.raw[bracket - 1 : at]
        return self.raw[at - 1]

    def _restore_broken_annotation(self, at: int, last: GarbledSpan | None) -> GarbledSpan:
        hypotheses = parse_broken_annotation(self.raw, at, self._find_preceding(at, last))
        found = [(one, text) for one in hypotheses for text in self.finder.find_texts(one)]
        if found and self._is_usual(found[0][1]):
            # A longer span would turn intact characters into others.
            nearest = found[0][0]
            found = [one for one in found if one[0] is nearest or self._is_usual(one[1])]
        if len(found) == 1 and not found[0][0].swallows_next:
            return self._make_span(found[0][0], found[0][1], "restored")
        if found:
            return self._merge_lost(list(dict.fromkeys(one for one, _ in found)))
        if hypotheses:
            return replace(self._make_lost_span(hypotheses[0]), is_possible=False)
        match = BROKEN_ANNOTATION.match(self.raw, at)
        end, reading = (match.end(), match[1]) if match else (at + 1, "")
        raw = self.raw[at:end]
        return GarbledSpan(at, end, raw, LOST, "lost", reading, is_possible=False)

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
        raw = self.raw[at:end]
        return GarbledSpan(at, end, raw, raw, "lost")

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
        rest = self.raw[nearest.end : end]
        return replace(span, end=end, raw=span.raw + rest, text=span.text + strip_pinyin(rest))

    def _looks_intact(self, raw: str) -> bool:
        """Return whether all raw characters are basic or occur more than once."""
        text = strip_pinyin(raw)
        return not (_ANNOTATED_LETTER.search(raw) or any(map(is_private_use, text))) and all(
            is_gb2312(char) or self.frequency[char] > 1 for char in text
        )

    def _begins_with_text(self, hypothesis: Hypothesis) -> bool:
        """Return whether a mark can be followed by a Chinese character or punctuation."""
        start, end = hypothesis.list_ranges()[1]
        choices = self._list_choices(hypothesis, start, end)
        return any(_HAN.match(char) or char in _PUNCTUATION for char in choices)

    def _is_plausible(self, hypothesis: Hypothesis) -> bool:
        """Return whether all characters whose bytes are known are usual."""
        for start, end in hypothesis.list_ranges():
            if None in hypothesis.data[start:end] or end - start < 2:
                continue
            if not self._is_usual(self._list_choices(hypothesis, start, end)[0]):
                return False
        return True

    def _is_usual(self, text: str) -> bool:
        """Return whether each character is in GB 2312 or occurs in the raw text."""
        return all(is_gb2312(char) or char in self.frequency for char in text)

    def _make_span(
        self, hypothesis: Hypothesis, text: str, status: str, inferred: str = ""
    ) -> GarbledSpan:
        reading = " ".join(reading for _, reading in hypothesis.readings)
        raw = self.raw[hypothesis.start : hypothesis.end]
        text = text if self.has_full_width_marks else make_half_width(text)
        return GarbledSpan(hypothesis.start, hypothesis.end, raw, text, status, reading, inferred)

    def _list_choices(self, hypothesis: Hypothesis, start: int, end: int) -> list[str]:
        return self.finder.find_characters(hypothesis, start, end) or [LOST]

    def _make_lost_span(self, hypothesis: Hypothesis) -> GarbledSpan:
        """Return a lost span with the characters that are known or can be inferred."""
        choices = [self._list_choices(hypothesis, *range_) for range_ in hypothesis.list_ranges()]
        if hypothesis.swallows_next:
            choices.append([LOST, "0"])
        next_raw = self.raw[hypothesis.end : hypothesis.end + 1]
        text, inferred = "", ""
        for chars, following in zip(choices, [*choices[1:], [next_raw]], strict=True):
            if len(chars) == 1:
                text += chars[0]
                continue
            before = text[-1:] or self.raw[hypothesis.start - 1 : hypothesis.start]
            after = following[-1] if len(following) == 1 or following[0] == LOST else ""
            attested = [c for c in chars if c != LOST and self._is_attested(before, c, after)]
            is_inferred = len(attested) == 1 and chars[0] != LOST
            text += attested[0] if is_inferred else LOST
            inferred += attested[0] if is_inferred else ""
        return self._make_span(hypothesis, text, "lost", inferred)

    def _is_attested(self, before: str, char: str, after: str) -> bool:
        """Return whether a character occurs next to one of two others, without annotation."""
        if char in self.table:
            return False
        if not _HAN.match(char):
            return char in self.inner_marks
        return (before, char) in self.neighbours or (char, after) in self.neighbours
