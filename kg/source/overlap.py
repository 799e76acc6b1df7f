"""Find wording that a description copies from a source text."""

import re
from collections.abc import Iterable, Sequence

from kg.source.pinyin import HAN

COPY_LENGTH = 14
"""How many Chinese characters in a row count as copied."""

NAME_LENGTH = 6
"""How long a name must be to be ignored: shorter ones are everyday words."""

_NOT_HAN = re.compile(rf"[^{HAN}]+")


class NgramIndex:
    """All sequences of `COPY_LENGTH` Chinese characters in some texts.

    Only Chinese characters are compared: everything else is removed first. Names are allowed to
    be the same: those of `NAME_LENGTH` characters or more are cut out of a description.

    >>> NgramIndex(["甲乙丙丁戊己庚,辛壬癸子丑寅卯"]).find("說甲乙丙丁戊己、庚辛壬癸子丑寅卯了")
    '甲乙丙丁戊己庚辛壬癸子丑寅卯'
    """

    def __init__(self, texts: Iterable[str], names: Iterable[str] = ()) -> None:
        self._ngrams = {ngram for text in texts for ngram in _list_ngrams(text)}
        long = [name for name in names if len(name) >= NAME_LENGTH]
        # The longest name first: an alternation takes the first alternative that matches.
        ordered = map(re.escape, sorted(long, key=len, reverse=True))
        self._names = re.compile("|".join(ordered) or "(?!)")  # without names, matches nothing

    def find(self, description: str) -> str | None:
        """Return the first sequence that a description shares with the texts, or None."""
        pieces = self._names.split(description)
        ngrams = (ngram for piece in pieces for ngram in _list_ngrams(piece))
        return next((ngram for ngram in ngrams if ngram in self._ngrams), None)


def _list_ngrams(text: str) -> Sequence[str]:
    han = _NOT_HAN.sub("", text)
    return [han[at : at + COPY_LENGTH] for at in range(len(han) - COPY_LENGTH + 1)]
