"""Find wording that a text copies from a source text."""

import re
from collections.abc import Iterable, Iterator

from kg.source.pinyin import HAN

COPY_LENGTH = 14
"""How many Chinese characters in a row count as copied."""

COPY_WORDS = 8
"""How many words in a row count as copied in other languages."""

NAME_LENGTH = 6
"""How long a name must be to be ignored: shorter ones are everyday words."""

_NOT_HAN = re.compile(rf"[^{HAN}]+")
_WORD = re.compile(rf"[^\W\d_{HAN}]+")


class NgramIndex:
    """All sequences of `COPY_LENGTH` Chinese characters, or `COPY_WORDS` words, in some texts.

    Only characters or words are compared: everything else is removed first. Titles and names are
    allowed to be the same: those of `NAME_LENGTH` characters or more are cut out of a text, and a
    part of one is no copy.

    >>> NgramIndex(["甲乙丙丁戊己庚,辛壬癸子丑寅卯"]).find("說甲乙丙丁戊己、庚辛壬癸子丑寅卯了")
    '甲乙丙丁戊己庚辛壬癸子丑寅卯'
    """

    def __init__(self, texts: Iterable[str], names: Iterable[str] = ()) -> None:
        long = [name for name in names if len(name) >= NAME_LENGTH]
        self._ngrams = {ngram for text in texts for ngram in _list_ngrams(text)}
        self._ngrams -= {ngram for name in long for ngram in _list_ngrams(name)}
        # The longest name first: an alternation takes the first alternative that matches.
        ordered = map(re.escape, sorted(long, key=len, reverse=True))
        self._names = re.compile("|".join(ordered) or "(?!)")  # without names, matches nothing

    def find(self, text: str) -> str | None:
        """Return the first sequence that a text shares with the indexed ones, or None."""
        pieces = self._names.split(text)
        ngrams = (ngram for piece in pieces for ngram in _list_ngrams(piece))
        return next((ngram for ngram in ngrams if ngram in self._ngrams), None)


def _list_ngrams(text: str) -> Iterator[str]:
    han = _NOT_HAN.sub("", text)
    yield from (han[at : at + COPY_LENGTH] for at in range(len(han) - COPY_LENGTH + 1))
    words = _WORD.findall(text.lower())
    for at in range(len(words) - COPY_WORDS + 1):
        yield " ".join(words[at : at + COPY_WORDS])
