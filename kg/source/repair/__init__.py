"""Restore a Chinese text that a faulty annotation tool has garbled.

What happened to the text: somebody ran a tool over it that writes the pinyin reading after each
character of the tool's table: 開 becomes 開(kāi). The text was encoded in GBK, with two bytes for a
character, and the tool searched for the two bytes of a character everywhere, also where the first
is the end of one character and the second is the beginning of the next. After such a false match,
the annotation is between the two bytes of a character:

    焦 營 造           the original
    bdb9 a049 d4ec     its bytes; b9a0 is 範 (fàn)
    bdb9 a0(fàn)49 d4ec
    焦?fàn)I造         decoded

The program that decoded the bytes later replaced the first byte of the split character, and the
bracket after it, by a question mark. The second byte became the beginning of another character,
and so on, until a byte that is a character by itself (here 49, I) put the decoder back in step.
The tool also made full-width punctuation half-width, with the same kind of false matches.

What can be done: all bytes but those that became a question mark are still there, and the
readings limit what those can have been. A garbled span is *restored* if exactly one text has the
readings and, garbled again, gives the raw text. Otherwise the span is *lost*.

`corruption` does to a text what the tool did, `candidates` finds the texts that a garbled span
can have been, and `restoration` restores a complete text.
"""

from kg.source.repair.candidates import LOST
from kg.source.repair.restoration import GarbledSpan, Restoration, restore_text

__all__ = ["LOST", "GarbledSpan", "Restoration", "restore_text"]
