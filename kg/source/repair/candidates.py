"""A torn place of a garbled text: its bytes put together again, and what they can have been.

The decoder lost step at a torn byte, so what follows are pairs of second and first bytes, until
something that is one byte long brings it in step again. All bytes but those that became ``?`` are
there; those are sought among all that are possible.
"""

import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from kg.source.pinyin import SYLLABLE, find_readings
from kg.source.repair.corruption import (
    MARKS,
    decode_pair,
    encode_char,
    garble,
    is_private,
    narrow_marks,
    widen_marks,
)

ORPHAN = re.compile(rf"\?({SYLLABLE})\)")
"""What a torn pair leaves: its second byte and the bracket have become one question mark."""

_BRACKETED = re.compile(rf"\(({SYLLABLE})\)")

# Chinese has a comma, a letter or a line's end long before this; it keeps the search linear.
_LONGEST = 200
_MOST = 400


@dataclass(frozen=True)
class Parse:
    """One way to read a torn place: its bytes (None: became ``?``) and the readings put in.

    `notes` are (number of bytes before it, reading). `lead_in` is the intact character before the
    place, as it stands in the raw text, empty if it is lost too: its `head` bytes come first.
    `eaten`: the last ``?`` has swallowed a single-byte character, a digit say. `evident`: no
    intact text looks so.
    """

    start: int
    end: int
    lead_in: str
    octets: tuple[int | None, ...]
    notes: tuple[tuple[int, str], ...]
    head: int
    eaten: bool = False
    evident: bool = True

    def pairs(self) -> list[tuple[int, int]]:
        """Return the places of the characters among the bytes, a last single byte included."""
        size = len(self.octets)
        return [(at, min(at + 2, size)) for at in range(self.head, size, 2)]


def _known_bytes(char: str) -> bytes | None:
    """Return the two bytes of a character of the raw text, of its full-width form if it has one."""
    if "!" <= char <= "~":
        char = chr(ord(char) + 0xFEE0)
    data = encode_char(char)
    return data if data is not None and len(data) == 2 else None


def _walk(raw: str, at: int, start: Parse) -> Iterator[Parse]:
    """Yield the ways in which the decoder can have come in step again, nearest first."""
    octets, notes = list(start.octets), list(start.notes)
    evident = start.evident

    def close(end: int, *, eaten: bool = False) -> Parse:
        return replace(
            start, octets=tuple(octets), notes=tuple(notes), end=end, eaten=eaten, evident=evident
        )

    for _ in range(_LONGEST):
        char = raw[at : at + 1]
        orphan = ORPHAN.match(raw, at)
        if orphan:
            octets.append(None)
            notes.append((len(octets), orphan[1]))
            yield close(orphan.end())
            return
        if char == "?":
            following = raw[at + 1 : at + 2]
            octets.append(None)
            # Before a space, a line's end or a mark there may be nothing that was swallowed.
            yield close(at + 1, eaten=following > " " and narrow_marks(following) not in MARKS)
            octets.pop()
        elif "@" <= char <= "~":
            octets.append(ord(char))
            note = _BRACKETED.match(raw, at + 1)
            if note:
                notes.append((len(octets), note[1]))
                # A letter behind a mark has no pinyin of its own.
                evident = evident or len(octets) == 4
            yield close(note.end() if note else at + 1)
            if note:
                return
            octets.pop()
        data = _known_bytes(char) if char else None
        if data is None:
            return
        evident = evident or is_private(char)
        octets.extend(data)
        at += 1
        note = _BRACKETED.match(raw, at)
        if note:
            notes.append((len(octets), note[1]))
            at = note.end()
        if data[1] < 0x80:
            yield close(at)
            return


def parse_torn_pair(raw: str, at: int, lead_in: str) -> list[Parse]:
    """Return the ways to read a pair torn open at the ``?`` at `at`.

    `lead_in` is the character before it, with its annotation if it has one; empty if unknown.

    >>> [one.end for one in parse_torn_pair("焦?fàn)I造", 1, "焦")]
    [7]
    """
    orphan = ORPHAN.match(raw, at)
    if orphan is None:
        return []
    data = (_known_bytes(lead_in[0]) if lead_in else None) or (None, None)
    start = Parse(at, at, lead_in, (*data, None), ((3, orphan[1]),), 2)
    return list(_walk(raw, orphan.end(), start))


def parse_cut_mark(raw: str, at: int) -> list[Parse]:
    """Return the ways to read the ``?`` at `at` as the first byte before a mark that was cut out.

    It can as well be a question mark before another mark; `Parse.evident` tells whether something
    stands there that no intact text has.
    """
    following = raw[at + 1 : at + 2]
    data = _known_bytes(following) if following and narrow_marks(following) in MARKS else None
    if data is None or ORPHAN.match(raw, at + 1):
        return []
    start = Parse(at, at, "", (None, *data), (), 0, evident=False)
    return list(_walk(raw, at + 2, start))


@dataclass(frozen=True)
class Solver:
    """Finds what torn places were, with the readings that the text itself shows (`table`)."""

    raw: str
    table: Mapping[str, str]

    def solve(self, parse: Parse) -> list[str]:
        """Return every text that has the readings and garbles into the raw characters again.

        Marks are full-width in it. The search ends when there are very many.
        """
        found: list[str] = []
        if parse.head and parse.octets[0] is None:
            return found
        for octets in self._fill(parse, list(parse.octets)):
            text = _spell_out(octets)
            if text is not None and self._garbles_back(parse, octets, text):
                found.append(text[parse.head // 2 :])
            if len(found) > _MOST:
                break
        return found

    def is_annotated_letter(self, at: int, reading: str) -> bool:
        """Return whether the reading at `at` is that of the letter before it and half a character.

        Such a pair straddles two characters and tears neither.
        """
        letter = self.raw[at - 1]
        data = encode_char(self.raw[at - 2])
        is_pair = at > 1 and data is not None and len(data) == 2 and data[1] > 0x80
        return is_pair and self.reads(data[1], ord(letter), reading) if data else False

    def candidates(self, parse: Parse, first: int, end: int) -> list[str]:
        """Return what one character of the place can be, by its bytes and readings alone."""
        octets = list(parse.octets)
        return [
            char
            for filled in self._fill(parse, octets[:end], first)
            if (char := _spell_out(filled[first:end])) is not None
        ]

    def reads(self, first: int, second: int, reading: str) -> bool:
        """Return whether two bytes spell a character that has the reading, in this text first."""
        char = decode_pair(first, second)
        if char is None:
            return False
        if char in self.table:
            return self.table[char] == reading
        return unicodedata.normalize("NFC", reading) in find_readings(char)

    def _holds(self, parse: Parse, octets: list[int | None]) -> bool:
        for place, reading in parse.notes:
            if place > len(octets):
                continue
            first, second = octets[place - 2 : place]
            if first is None or second is None:
                continue
            if not self.reads(first, second, reading):
                return False
        return True

    def _fill(
        self, parse: Parse, octets: list[int | None], first: int = 0
    ) -> Iterator[list[int | None]]:
        """Yield the bytes with each unknown one from `first` on filled in, readings holding."""
        unknown = next((n for n in range(first, len(octets)) if octets[n] is None), None)
        if unknown is None:
            if self._holds(parse, octets):
                yield octets
            return
        for value in range(0x80, 0xFF):
            filled = [*octets[:unknown], value, *octets[unknown + 1 :]]
            if self._holds(parse, filled) and _is_sound(filled, unknown):
                yield from self._fill(parse, filled, first)

    def _garbles_back(self, parse: Parse, octets: list[int | None], text: str) -> bool:
        after = self.raw[parse.end : parse.end + 1]
        note = _BRACKETED.match(self.raw, parse.end + 1)
        bracket = note[0] if note and after in self.table else ""
        # All that can be swallowed garble alike; one of them stands for them.
        whole = text + ("0" if parse.eaten else "") + widen_marks(after)
        spelt = whole.encode("gb18030", "replace")
        pairs = {decode_pair(*spelt[at : at + 2]) for at in range(len(spelt) - 1)}
        passes = _order_passes(parse, octets)
        passes.update(
            (char, reading)
            for char in sorted(pairs - {None} - passes.keys(), key=str)
            if char is not None and (reading := self.table.get(char))
        )
        expected = parse.lead_in + self.raw[parse.start : parse.end] + after + bracket
        return garble(whole, passes) == narrow_marks(expected)


def _order_passes(parse: Parse, octets: list[int | None]) -> dict[str, str]:
    """Return the table of the place: what stands annotated in it came before what tore it."""
    passes: dict[str, str] = {}
    for place, reading in sorted(parse.notes, key=lambda note: note[0] % 2):
        char = _spell_out(octets[place - 2 : place])
        if char is not None:
            passes.setdefault(char, reading)
    return passes


def _is_sound(octets: list[int | None], place: int) -> bool:
    """Return whether the character that the byte belongs to can be one, as far as it is known."""
    first, second = (*octets[place - place % 2 :], None)[:2]
    if first is None or second is None:
        return True
    char = decode_pair(first, second)
    return char is not None and not is_private(char)


def _spell_out(octets: list[int | None]) -> str | None:
    """Return the characters of some bytes, None where two of them spell none."""
    chars: list[str] = []
    for at in range(0, len(octets), 2):
        first, second = (*octets[at : at + 2], None)[:2]
        if first is None:
            return None
        char = chr(first) if second is None and first < 0x80 else decode_pair(first, second or 0)
        if char is None or is_private(char):
            return None
        chars.append(char)
    return "".join(chars)
