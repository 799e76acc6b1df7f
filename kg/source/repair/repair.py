"""The readable text of a garbled one: pinyin removed, torn places recovered, proved or lost.

A text is taken for garbled when it has a torn annotation, one whose bracket was opened nowhere and
whose bytes the accident can have made, or when its annotations alone show the accident
(`kg.source.pinyin.is_annotated_throughout`); any other comes back as it is.

Proved means: of all characters that the damaged bytes can have been, exactly one has the reading
and garbles into the raw characters again. All else is lost: a character that its bytes leave open
is `LOST`, unless exactly one of those possible is found in this company elsewhere in the text
(`DamagedSpan.inferred` says which), and the place counts as lost all the same.
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
    is_annotated_throughout,
    is_basic,
    read_table,
    strip_pinyin,
)
from kg.source.repair.candidates import ORPHAN, Parse, Solver, parse_cut_mark, parse_torn_pair
from kg.source.repair.corruption import MARKS, is_private, narrow_marks

LOST = "\u25a1"
"""What stands for a character that cannot be recovered: U+25A1 WHITE SQUARE."""

_BRACKETED = re.compile(rf"(?<=[{HAN}@-~])\(({SYLLABLE})\)")
_HAN = re.compile(f"[{HAN}]")
_PUNCTUATION = "、。·—…‘’“”〈〉《》「」『』【】"


@dataclass(frozen=True)
class DamagedSpan:
    """A damaged place: raw offsets in code points, what stands there, what it was.

    `status` is ``proved`` or ``lost``; `reading` what the text gave, spaces between; `inferred`
    the characters of a lost place that only their company in the text vouches for; `possible`
    is False where the accident, as it is known, cannot have made this of anything.
    """

    start: int
    end: int
    raw: str
    text: str
    status: str
    reading: str = ""
    inferred: str = ""
    possible: bool = True


@dataclass(frozen=True)
class Restoration:
    """A restored text, its damaged spans in order, and where each character stood.

    `offsets` has one entry a character of `text`, the raw offset (code points) where it began, and
    last the length of the raw text. All characters of a span begin where the span does.
    `garbled` is False for a text that came back as it is.
    """

    text: str
    spans: tuple[DamagedSpan, ...]
    offsets: tuple[int, ...]
    garbled: bool = True


class _Restorer:
    def __init__(self, raw: str) -> None:
        self.raw = raw
        self.table = read_table(raw)
        self.solver = Solver(raw, self.table)
        self.wide = any(chr(ord(mark) + 0xFEE0) in raw for mark in MARKS)
        self._bare = ""

    @cached_property
    def chars(self) -> Counter[str]:
        """How often each character stands in the text."""
        return Counter(self.raw)

    @cached_property
    def company(self) -> set[tuple[str, str]]:
        """Every two neighbours of the text; digits and other single bytes are all one kind."""
        kinds = ["0" if "!" <= c <= "?" else c for c in strip_pinyin(self.raw)]
        return set(pairwise(kinds))

    @cached_property
    def between(self) -> set[str]:
        """The marks that stand between two Chinese characters."""
        return set(re.findall(rf"(?<=[{HAN}])([^{HAN}\w\s])(?=[{HAN}])", strip_pinyin(self.raw)))

    def find_spans(self) -> Iterator[DamagedSpan]:
        last: DamagedSpan | None = None
        for match in re.finditer(r"\?", self.raw):
            at = match.start()
            if last and at < last.end:
                continue
            if ORPHAN.match(self.raw, at):
                span: DamagedSpan | None = self._read_torn_pair(at, last)
            else:
                span = self._read_cut_mark(at)
            if span:
                yield span
                last = span

    def _find_lead_in(self, at: int, last: DamagedSpan | None) -> str:
        if last and last.end == at:
            if last.status != "proved":
                return ""
            note = last.raw.endswith(")") and f"({last.reading.split()[-1]})"
            return last.text[-1] + (note or "")
        if not at:
            return ""
        opened = self.raw.rfind("(", max(0, at - 9), at) if self.raw[at - 1] == ")" else -1
        note_before = ANNOTATION.match(self.raw, opened) if opened > 0 else None
        if note_before and note_before.end() == at and self.raw[opened - 1] in self.table:
            return self.raw[opened - 1 : at]
        return self.raw[at - 1]

    def _read_torn_pair(self, at: int, last: DamagedSpan | None) -> DamagedSpan:
        parses = parse_torn_pair(self.raw, at, self._find_lead_in(at, last))
        found = [(parse, text) for parse in parses for text in self.solver.solve(parse)]
        if found and self._is_common(found[0][1]):
            # One that goes on after the nearest end reads characters where none were damaged.
            nearest = found[0][0]
            found = [one for one in found if one[0] is nearest or self._is_common(one[1])]
        if len(found) == 1 and not found[0][0].eaten:
            return self._span(found[0][0], found[0][1], "proved")
        if not parses:
            orphan = ORPHAN.match(self.raw, at)
            end = orphan.end() if orphan else at + 1
            reading = orphan[1] if orphan else ""
            return DamagedSpan(at, end, self.raw[at:end], LOST, "lost", reading, possible=False)
        if not found:
            return replace(self._lost(parses[0]), possible=False)
        return self._lose_one_of(list(dict.fromkeys(parse for parse, _ in found)))

    def _read_cut_mark(self, at: int) -> DamagedSpan | None:
        parses = parse_cut_mark(self.raw, at)
        possible = [parse for parse in parses if self.solver.solve(parse)]
        evident = [parse for parse in possible if parse.evident]
        if evident:
            return self._lose_one_of(evident)
        possible = [parse for parse in possible if self._begins_well(parse)]
        if not possible:
            return None
        # It may be as it was written; nothing can tell, so it stays and is called lost.
        end = possible[-1].end
        torn = self.raw.rfind("?", at + 1, end)
        end = max([end, *(parse.end for parse in parse_torn_pair(self.raw, torn, ""))])
        raw = self.raw[at:end]
        return DamagedSpan(at, end, raw, raw, "lost")

    def _lose_one_of(self, parses: list[Parse]) -> DamagedSpan:
        """Return the lost span of a place that may end at several points: up to the last one.

        Beyond the nearest end the raw characters stay, which they are if it ended there.
        """
        nearest = parses[0]
        end = max(
            parse.end
            for parse in parses
            if parse is nearest
            or self._is_plausible(parse)
            or not self._is_plain(self.raw[nearest.end : parse.end])
        )
        span = self._lost(nearest)
        rest = self.raw[nearest.end : end]
        return replace(span, end=end, raw=span.raw + rest, text=span.text + strip_pinyin(rest))

    def _is_plain(self, raw: str) -> bool:
        """Return whether raw characters are common or stand in the text more than once."""
        text = strip_pinyin(raw)
        letters = re.search(r"[@-~]\([^()]*[^\x00-\x7f][^()]*\)", raw)
        return not (letters or any(map(is_private, text))) and all(
            is_basic(char) or self.chars[char] > 1 for char in text
        )

    def _begins_well(self, parse: Parse) -> bool:
        first, end = parse.pairs()[1]
        choice = self._candidates(parse, first, end)
        return any(_HAN.match(char) or char in _PUNCTUATION for char in choice)

    def _is_plausible(self, parse: Parse) -> bool:
        """Return whether the characters that are sure are common or stand in the text elsewhere."""
        for first, end in parse.pairs():
            octets = parse.octets[first:end]
            if None in octets or end - first < 2:
                continue
            if not self._is_common(self._candidates(parse, first, end)[0]):
                return False
        return True

    def _is_common(self, text: str) -> bool:
        """Return whether each character is in GB 2312 or stands in the text elsewhere."""
        return all(is_basic(char) or char in self.chars for char in text)

    def _span(self, parse: Parse, text: str, status: str, inferred: str = "") -> DamagedSpan:
        reading = " ".join(reading for _, reading in parse.notes)
        raw = self.raw[parse.start : parse.end]
        return DamagedSpan(
            parse.start,
            parse.end,
            raw,
            text if self.wide else narrow_marks(text),
            status,
            reading,
            inferred,
        )

    def _candidates(self, parse: Parse, first: int, end: int) -> list[str]:
        return self.solver.candidates(parse, first, end) or [LOST]

    def _lost(self, parse: Parse) -> DamagedSpan:
        choices = [self._candidates(parse, first, end) for first, end in parse.pairs()]
        if parse.eaten:
            choices.append([LOST, "0"])
        text, inferred = "", ""
        for place, choice in enumerate(choices):
            if len(choice) == 1:
                text += choice[0]
                continue
            before = text[-1:] or self.raw[parse.start - 1 : parse.start]
            following = (*choices[place + 1 : place + 2], [self.raw[parse.end : parse.end + 1]])[0]
            after = following[-1] if len(following) == 1 or following[0] == LOST else ""
            attested = [c for c in choice if c != LOST and self._keeps_company(before, c, after)]
            alone = len(attested) == 1 and choice[0] != LOST
            text += attested[0] if alone else LOST
            inferred += attested[0] if alone else ""
        return self._span(parse, text, "lost", inferred)

    def _keeps_company(self, before: str, char: str, after: str) -> bool:
        if char in self.table:
            return False
        if not _HAN.match(char):
            return char in self.between
        return (before, char) in self.company or (char, after) in self.company


def _is_unbalanced(raw: str, span: DamagedSpan) -> bool:
    """Return whether the bracket that closes a torn annotation was opened nowhere in its line."""
    line = raw.rfind("\n", max(0, span.start - 200), span.start) + 1
    before = raw[max(line, span.start - 200) : span.start]
    return before.count("(") <= before.count(")")


def _is_garbled(raw: str, table: dict[str, str], spans: tuple[DamagedSpan, ...]) -> bool:
    torn = (span for span in spans if span.reading and span.possible)
    return is_annotated_throughout(raw, table) or any(_is_unbalanced(raw, span) for span in torn)


def _keep(raw: str) -> Restoration:
    return Restoration(raw, (), tuple(range(len(raw) + 1)), garbled=False)


@lru_cache(maxsize=4)
def restore_text(raw: str) -> Restoration:
    """Return the readable text of a garbled one, in the script it has; a clean one as it is.

    The time is in proportion to the length of the text, and to the number of damaged spans.

    Raises:
        KgError: there are annotations, and pypinyin is not installed.

    >>> restored = restore_text("府?dāng)?shù)字")
    >>> restored.text, restored.spans[0].status, restored.offsets
    ('府數字', 'proved', (0, 1, 12, 13))
    """
    if not (ANNOTATION.search(raw) or ORPHAN.search(raw)):
        return _keep(raw)
    restorer = _Restorer(raw)
    spans = tuple(restorer.find_spans())
    if not _is_garbled(raw, restorer.table, spans):
        return _keep(raw)
    pieces: list[str] = []
    offsets: list[int] = []
    at = 0
    for start, end, text in _list_changes(restorer, spans):
        pieces += (raw[at:start], text)
        offsets.extend(range(at, start))
        offsets.extend([start] * len(text))
        at = end
    pieces.append(raw[at:])
    offsets.extend(range(at, len(raw) + 1))
    return Restoration("".join(pieces), spans, tuple(offsets))


def _list_changes(
    restorer: _Restorer, spans: tuple[DamagedSpan, ...]
) -> Iterator[tuple[int, int, str]]:
    raw, table = restorer.raw, restorer.table
    waiting = list(reversed(spans))
    done = 0
    for match in _BRACKETED.finditer(raw):
        while waiting and waiting[-1].start < match.start():
            span = waiting.pop()
            done = span.end
            yield span.start, span.end, span.text
        if match.start() < done:
            continue
        before = raw[match.start() - 1]
        if before.isascii():
            inserted = restorer.solver.is_annotated_letter(match.start(), match[1])
        else:
            inserted = table.get(before) == match[1]
        if inserted:
            yield match.start(), match.end(), ""
    for span in reversed(waiting):
        yield span.start, span.end, span.text
