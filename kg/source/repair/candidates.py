"""Find the texts that a garbled span can have been.

A `Hypothesis` says which bytes a span has, and which of them are unknown. A `CandidateFinder`
tries all values of the unknown ones.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import islice

from kg.source.pinyin import SYLLABLE, find_readings
from kg.source.repair.corruption import (
    MARKS,
    PRIVATE_USE,
    decode_gbk,
    encode_gbk,
    garble_text,
    make_half_width,
    make_marks_full_width,
)

LOST = "\u25a1"
"""Printed for a character that cannot be restored: U+25A1 WHITE SQUARE."""

BROKEN_ANNOTATION = re.compile(rf"\?({SYLLABLE})\)")
"""A split character: its first byte and the opening bracket became one question mark."""

_ANNOTATION = re.compile(rf"\(({SYLLABLE})\)")

# A byte that became a question mark. No character of GBK has this byte.
_UNKNOWN = b"\xff"

# These keep the search fast. Every text has a comma, a letter or the end of a line before that.
_MAX_LENGTH = 200
_MAX_TEXTS = 400


@dataclass(frozen=True)
class Hypothesis:
    """One way to read a garbled span: its offsets in the raw text and its bytes.

    `data` has the original bytes, 0xFF for one that became a question mark; its first
    `preceding_size` bytes are those of `preceding`, the intact character before the span as in
    the raw text ("" if that is lost, too). `readings` are the annotations in the span, each with
    the number of bytes before it. `swallows_next`: the last question mark also replaces a
    single-byte character, for example a digit. `is_certain`: no intact text looks like this.
    """

    start: int
    end: int
    preceding: str
    data: bytes
    readings: tuple[tuple[int, str], ...]
    preceding_size: int
    swallows_next: bool = False
    is_certain: bool = True


def _encode_full_width(char: str) -> bytes:
    """Return the two bytes of a character before the tool made it half-width, or none."""
    data = encode_gbk(chr(ord(char) + 0xFEE0) if "!" <= char <= "~" else char)
    return data if len(data) == 2 else b""


def parse_broken_annotation(raw: str, at: int, preceding: str) -> list[Hypothesis]:
    """Return the ways to read the broken annotation at `at`, the shortest span first.

    `preceding` is the character before it, with its annotation if it has one, or "" if it is
    lost. If no text can have become this span, the only hypothesis ends with the annotation.

    >>> [one.end for one in parse_broken_annotation("焦?fàn)I造", 1, "焦")]
    [7]
    """
    annotation = BROKEN_ANNOTATION.match(raw, at)
    if annotation is None:
        return []
    data = (_encode_full_width(preceding[:1]) or _UNKNOWN * 2) + _UNKNOWN
    start = Hypothesis(at, annotation.end(), preceding, data, ((3, annotation[1]),), 2)
    return list(_extend_hypothesis(raw, start)) or [start]


def parse_split_mark(raw: str, at: int) -> list[Hypothesis]:
    """Return the ways to read the question mark at `at` as a byte before a false match of a mark.

    It may as well be a question mark before a mark; see `Hypothesis.is_certain`.
    """
    mark = raw[at + 1 : at + 2]
    if not mark or make_half_width(mark) not in MARKS or BROKEN_ANNOTATION.match(raw, at + 1):
        return []
    data = _UNKNOWN + _encode_full_width(mark)
    start = Hypothesis(at, at + 2, "", data, (), 0, is_certain=False)
    return list(_extend_hypothesis(raw, start))


def _extend_hypothesis(raw: str, current: Hypothesis) -> Iterator[Hypothesis]:
    """Yield a hypothesis for each place where the decoder can be back in step, nearest first."""
    for _ in range(_MAX_LENGTH):
        ended = _end_hypothesis(raw, current)
        if ended:
            yield ended
            if ended.readings != current.readings:
                return  # Only a single byte, or half a character, explains this annotation.
        char = raw[current.end : current.end + 1]
        pair = _encode_full_width(char)
        if not pair:
            return
        current = _add_bytes(current, pair, _ANNOTATION.match(raw, current.end + 1))
        if PRIVATE_USE.match(char):
            current = replace(current, is_certain=True)
        if pair[1] < 0x80:
            yield current
            return


def _end_hypothesis(raw: str, current: Hypothesis) -> Hypothesis | None:
    """Return the hypothesis that ends with a single byte, or half a character, after `current`."""
    char, following = raw[current.end : current.end + 1], raw[current.end + 1 : current.end + 2]
    if char == "?":
        broken = BROKEN_ANNOTATION.match(raw, current.end)
        # Before a space, the end of a line or a mark, nothing may have been swallowed.
        is_plain = not broken and following > " " and make_half_width(following) not in MARKS
        return replace(_add_bytes(current, _UNKNOWN, broken), swallows_next=is_plain)
    if "@" <= char <= "~":
        ended = _add_bytes(current, char.encode(), _ANNOTATION.match(raw, current.end + 1))
        # A letter has no pinyin of its own.
        is_annotated = ended.readings != current.readings and len(ended.data) == 4
        return replace(ended, is_certain=ended.is_certain or is_annotated)
    return None


def _add_bytes(current: Hypothesis, added: bytes, annotation: re.Match[str] | None) -> Hypothesis:
    """Return the hypothesis with the bytes of the next raw character and with its annotation."""
    data = current.data + added
    if annotation is None:
        return replace(current, data=data, end=current.end + 1)
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
        """Return the texts that have the readings and, garbled, give the raw characters.

        Their marks are full-width. The search stops when it has found very many.
        """
        if hypothesis.data.startswith(_UNKNOWN * 2):
            return iter(())
        texts = (
            text[hypothesis.preceding_size // 2 :]
            for data in self._fill_bytes(hypothesis, hypothesis.data)
            if (text := _decode_text(data)) and self._garbles_to_raw(hypothesis, data, text)
        )
        return islice(texts, _MAX_TEXTS)

    def find_characters(self, hypothesis: Hypothesis) -> list[list[str]]:
        """Return what each character of a span can be, by its bytes and readings; or `LOST`."""
        choices = []
        for start in range(hypothesis.preceding_size, len(hypothesis.data), 2):
            filled = self._fill_bytes(hypothesis, hypothesis.data[: start + 2], start)
            chars = [char for data in filled if (char := _decode_text(data[start:]))]
            choices.append(chars or [LOST])
        return choices

    def is_false_match(self, at: int, reading: str) -> bool:
        """Return whether the annotation at `at` is of half a character and the letter after it.

        Such a match splits no character, so that nothing else is garbled.
        """
        data = encode_gbk(self.raw[at - 2 : at - 1])
        is_split = len(data) == 2 and data[1] > 0x80
        return is_split and self._reads(data[1:] + self.raw[at - 1].encode(), reading)

    def _reads(self, pair: bytes, reading: str) -> bool:
        """Return whether two bytes are a character with this reading, first of all in the table."""
        char = decode_gbk(pair)
        if char in self.table:
            return self.table[char] == reading
        return char != "" and reading in find_readings(char)

    def _fits_readings(self, hypothesis: Hypothesis, data: bytes) -> bool:
        """Return whether the known bytes before each annotation have its reading."""
        return all(
            at > len(data)
            or _UNKNOWN in data[at - 2 : at]
            or self._reads(data[at - 2 : at], reading)
            for at, reading in hypothesis.readings
        )

    def _fill_bytes(self, hypothesis: Hypothesis, data: bytes, start: int = 0) -> Iterator[bytes]:
        """Yield the bytes with each unknown one from `start` on replaced by each that fits."""
        if not self._fits_readings(hypothesis, data):
            return
        unknown = data.find(_UNKNOWN, start)
        if unknown < 0:
            yield data
            return
        for value in range(0x80, 0xFF):
            filled = data[:unknown] + bytes((value,)) + data[unknown + 1 :]
            first = unknown - unknown % 2  # the first byte of its character
            pair = filled[first : first + 2]
            if _UNKNOWN in pair or _decode_text(pair):
                yield from self._fill_bytes(hypothesis, filled, start)

    def _garbles_to_raw(self, hypothesis: Hypothesis, data: bytes, text: str) -> bool:
        after = self.raw[hypothesis.end : hypothesis.end + 1]
        match = _ANNOTATION.match(self.raw, hypothesis.end + 1)
        annotation = match[0] if match and after in self.table else ""
        # Every character that can be swallowed garbles like this one.
        swallowed = "0" if hypothesis.swallows_next else ""
        original = text + swallowed + make_marks_full_width(after)
        # A character that still has its annotation was matched before something could split it.
        readings = sorted(hypothesis.readings, key=lambda reading: reading[0] % 2)
        table = {decode_gbk(data[at - 2 : at]): reading for at, reading in readings}
        encoded = original.encode("gb18030", "replace")
        pairs = {decode_gbk(encoded[at : at + 2]) for at in range(len(encoded) - 1)}
        table |= {char: self.table[char] for char in sorted(pairs & self.table.keys())}
        raw = self.raw[hypothesis.start : hypothesis.end]
        expected = hypothesis.preceding + raw + after + annotation
        return make_half_width(garble_text(original, table)) == make_half_width(expected)


def _decode_text(data: bytes) -> str:
    """Return the characters with these bytes, or "" if the bytes are not those of a text."""
    text = decode_gbk(data)
    return "" if PRIVATE_USE.search(text) else text
