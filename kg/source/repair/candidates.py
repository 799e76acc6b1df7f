"""Find the texts that a garbled span can have been.

After a split character the decoder is out of step: each character of the raw text is the second
byte of one original character and the first byte of the next. It is in step again after a byte
that is a character by itself. Bytes that became a question mark are unknown; all others can be
read from the raw text. A `Hypothesis` says which bytes a span has; a `CandidateFinder` tries all
values of the unknown ones.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from kg.source.pinyin import SYLLABLE, find_readings
from kg.source.repair.corruption import (
    MARKS,
    decode_gbk,
    encode_gbk,
    garble_text,
    is_private_use,
    make_half_width,
    make_marks_full_width,
)

BROKEN_ANNOTATION = re.compile(rf"\?({SYLLABLE})\)")
"""A split character: its first byte and the opening bracket became one question mark."""

_ANNOTATION = re.compile(rf"\(({SYLLABLE})\)")

# These keep the search fast. Every text has a comma, a letter or the end of a line before that.
_MAX_LENGTH = 200
_MAX_TEXTS = 400

Bytes = tuple[int | None, ...]


@dataclass(frozen=True)
class Hypothesis:
    """One way to read a garbled span: its offsets in the raw text and its bytes.

    `data` has the original bytes, None for one that became a question mark; its first
    `preceding_size` bytes are those of `preceding`, the intact character before the span as in
    the raw text ("" if that is lost, too). `readings` are the annotations in the span, each with
    the number of bytes before it. `swallows_next`: the last question mark also replaces a
    single-byte character, for example a digit. `is_certain`: no intact text looks like this.
    """

    start: int
    end: int
    preceding: str
    data: Bytes
    readings: tuple[tuple[int, str], ...]
    preceding_size: int
    swallows_next: bool = False
    is_certain: bool = True

    def list_ranges(self) -> list[tuple[int, int]]:
        """Return start and end, in `data`, of each character of the span."""
        size = len(self.data)
        return [(at, min(at + 2, size)) for at in range(self.preceding_size, size, 2)]


def _encode_full_width(char: str) -> bytes | None:
    """Return the two bytes of a character before the tool made it half-width, or None."""
    if "!" <= char <= "~":
        char = chr(ord(char) + 0xFEE0)
    data = encode_gbk(char)
    return data if data is not None and len(data) == 2 else None


def parse_broken_annotation(raw: str, at: int, preceding: str) -> list[Hypothesis]:
    """Return the ways to read the broken annotation at `at`, the shortest span first.

    `preceding` is the character before it, with its annotation if it has one, or "" if it is
    lost.

    >>> [one.end for one in parse_broken_annotation("焦?fàn)I造", 1, "焦")]
    [7]
    """
    annotation = BROKEN_ANNOTATION.match(raw, at)
    if annotation is None:
        return []
    data = (_encode_full_width(preceding[0]) if preceding else None) or (None, None)
    start = Hypothesis(at, at, preceding, (*data, None), ((3, annotation[1]),), 2)
    return list(_extend_hypothesis(raw, annotation.end(), start))


def parse_split_mark(raw: str, at: int) -> list[Hypothesis]:
    """Return the ways to read the question mark at `at` as a byte before a false match of a mark.

    It may as well be a question mark before a mark; see `Hypothesis.is_certain`.
    """
    following = raw[at + 1 : at + 2]
    is_mark = following and make_half_width(following) in MARKS
    data = _encode_full_width(following) if is_mark else None
    if data is None or BROKEN_ANNOTATION.match(raw, at + 1):
        return []
    start = Hypothesis(at, at, "", (None, *data), (), 0, is_certain=False)
    return list(_extend_hypothesis(raw, at + 2, start))


def _extend_hypothesis(raw: str, at: int, current: Hypothesis) -> Iterator[Hypothesis]:
    """Yield a hypothesis for each place where the decoder can be back in step, nearest first."""
    for _ in range(_MAX_LENGTH):
        ended = _end_hypothesis(raw, at, current)
        if ended:
            yield ended
            if ended.readings != current.readings:
                return  # Only a single byte, or half a character, explains this annotation.
        char = raw[at : at + 1]
        pair = _encode_full_width(char) if char else None
        if pair is None:
            return
        current = _add_bytes(raw, at + 1, current, pair)
        if is_private_use(char):
            current = replace(current, is_certain=True)
        at = current.end
        if pair[1] < 0x80:
            yield current
            return


def _end_hypothesis(raw: str, at: int, current: Hypothesis) -> Hypothesis | None:
    """Return the hypothesis that ends with the single byte, or half a character, at `at`."""
    char = raw[at : at + 1]
    broken = BROKEN_ANNOTATION.match(raw, at)
    if broken:
        data = (*current.data, None)
        readings = (*current.readings, (len(data), broken[1]))
        return replace(current, data=data, readings=readings, end=broken.end())
    if char == "?":
        following = raw[at + 1 : at + 2]
        # Before a space, the end of a line or a mark, nothing may have been swallowed.
        is_plain = following > " " and make_half_width(following) not in MARKS
        data = (*current.data, None)
        return replace(current, data=data, end=at + 1, swallows_next=is_plain)
    if "@" <= char <= "~":
        ended = _add_bytes(raw, at + 1, current, (ord(char),))
        # A letter has no pinyin of its own.
        is_annotated = ended.readings != current.readings and len(ended.data) == 4
        return replace(ended, is_certain=ended.is_certain or is_annotated)
    return None


def _add_bytes(raw: str, end: int, current: Hypothesis, added: Iterable[int]) -> Hypothesis:
    """Return the hypothesis with bytes added, and with the annotation after them."""
    data = (*current.data, *added)
    annotation = _ANNOTATION.match(raw, end)
    if annotation is None:
        return replace(current, data=data, end=end)
    readings = (*current.readings, (len(data), annotation[1]))
    return replace(current, data=data, readings=readings, end=annotation.end())


@dataclass(frozen=True)
class CandidateFinder:
    """Find what garbled spans of a raw text can have been.

    `table` is the part of the tool's table that the text shows (`kg.source.pinyin.infer_table`).
    """

    raw: str
    table: Mapping[str, str]

    def find_texts(self, hypothesis: Hypothesis) -> Iterator[str]:
        """Yield the texts that have the readings and, garbled, give the raw characters.

        Their marks are full-width. The search stops when it has found very many.
        """
        if hypothesis.preceding_size and hypothesis.data[0] is None:
            return
        found = 0
        for data in self._fill_bytes(hypothesis, hypothesis.data):
            text = _decode_bytes(data)
            if text is not None and self._garbles_to_raw(hypothesis, data, text):
                yield text[hypothesis.preceding_size // 2 :]
                found += 1
            if found == _MAX_TEXTS:
                return

    def find_characters(self, hypothesis: Hypothesis, start: int, end: int) -> list[str]:
        """Return what the character in `data[start:end]` can be, by its bytes and readings."""
        filled = self._fill_bytes(hypothesis, hypothesis.data[:end], start)
        chars = (_decode_bytes(data[start:end]) for data in filled)
        return [char for char in chars if char is not None]

    def is_false_match(self, at: int, reading: str) -> bool:
        """Return whether the annotation at `at` is of half a character and the letter after it.

        Such a match splits no character, so that nothing else is garbled.
        """
        data = encode_gbk(self.raw[at - 2])
        is_pair = at > 1 and data is not None and len(data) == 2 and data[1] > 0x80
        return is_pair and self._reads(data[1], ord(self.raw[at - 1]), reading) if data else False

    def _reads(self, first: int, second: int, reading: str) -> bool:
        """Return whether two bytes are a character with this reading, first of all in the table."""
        char = decode_gbk(first, second)
        if char is None:
            return False
        return self.table[char] == reading if char in self.table else reading in find_readings(char)

    def _fits_readings(self, hypothesis: Hypothesis, data: Bytes) -> bool:
        """Return whether the known bytes before each annotation have its reading."""
        for at, reading in hypothesis.readings:
            if at > len(data):
                continue
            first, second = data[at - 2 : at]
            if first is None or second is None:
                continue
            if not self._reads(first, second, reading):
                return False
        return True

    def _fill_bytes(self, hypothesis: Hypothesis, data: Bytes, start: int = 0) -> Iterator[Bytes]:
        """Yield the bytes with each unknown one from `start` on replaced by each that fits."""
        unknown = next((at for at in range(start, len(data)) if data[at] is None), None)
        if unknown is None:
            if self._fits_readings(hypothesis, data):
                yield data
            return
        for value in range(0x80, 0xFF):
            filled = (*data[:unknown], value, *data[unknown + 1 :])
            if self._fits_readings(hypothesis, filled) and _may_decode(filled, unknown):
                yield from self._fill_bytes(hypothesis, filled, start)

    def _garbles_to_raw(self, hypothesis: Hypothesis, data: Bytes, text: str) -> bool:
        after = self.raw[hypothesis.end : hypothesis.end + 1]
        match = _ANNOTATION.match(self.raw, hypothesis.end + 1)
        annotation = match[0] if match and after in self.table else ""
        # Every character that can be swallowed garbles like this one.
        swallowed = "0" if hypothesis.swallows_next else ""
        original = text + swallowed + make_marks_full_width(after)
        encoded = original.encode("gb18030", "replace")
        pairs = {decode_gbk(*encoded[at : at + 2]) for at in range(len(encoded) - 1)}
        table = _order_table(hypothesis, data)
        table.update(
            (char, reading)
            for char in sorted(pairs - {None} - table.keys(), key=str)
            if char is not None and (reading := self.table.get(char))
        )
        raw = self.raw[hypothesis.start : hypothesis.end]
        expected = hypothesis.preceding + raw + after + annotation
        return make_half_width(garble_text(original, table)) == make_half_width(expected)


def _order_table(hypothesis: Hypothesis, data: Bytes) -> dict[str, str]:
    """Return the annotations of a span as a table: intact characters before false matches.

    A character that still has its annotation was matched before something could split it.
    """
    table: dict[str, str] = {}
    for at, reading in sorted(hypothesis.readings, key=lambda reading: reading[0] % 2):
        char = _decode_bytes(data[at - 2 : at])
        if char is not None:
            table.setdefault(char, reading)
    return table


def _may_decode(data: Bytes, at: int) -> bool:
    """Return whether the character that a byte belongs to exists, as far as it is known."""
    first, second = (*data[at - at % 2 :], None)[:2]
    if first is None or second is None:
        return True
    char = decode_gbk(first, second)
    return char is not None and not is_private_use(char)


def _decode_bytes(data: Bytes) -> str | None:
    """Return the characters with these bytes, or None if the bytes are not those of a text."""
    chars: list[str] = []
    for at in range(0, len(data), 2):
        first, second = (*data[at : at + 2], None)[:2]
        if first is None:
            return None
        char = chr(first) if second is None and first < 0x80 else decode_gbk(first, second or 0)
        if char is None or is_private_use(char):
            return None
        chars.append(char)
    return "".join(chars)
