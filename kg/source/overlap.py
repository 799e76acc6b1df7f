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
    """All sequences of `length` Chinese characters in some texts.

    Only Chinese characters are compared: everything else is removed first. Names are allowed to
    be the same: those of `NAME_LENGTH` characters or more are cut out of a description.

    >>> NgramIndex(["一二三,四五六"], length=4).find("說一二、三四了")
    '一二三四'
    """

    def __init__(
        self, texts: Iterable[str], names: Iterable[str] = (), length: int = COPY_LENGTH
    ) -> None:
        self.length = length
        self._ngrams = {ngram for text in texts for ngram in self._list_ngrams(text)}
        long = {name for name in names if len(name) >= NAME_LENGTH}
        # The longest name first: an alternation takes the first alternative that matches.
        ordered = sorted(long, key=lambda name: (-len(name), name))
        self._names = re.compile("|".join(map(re.escape, ordered))) if ordered else None

    def _list_ngrams(self, text: str) -> Sequence[str]:
        han = _NOT_HAN.sub("", text)
        return [han[at : at + self.length] for at in range(len(han) - self.length + 1)]

    def find(self, description: str) -> str | None:
        """Return the first sequence that a description shares with the texts, or None."""
        pieces = self._names.split(description) if self._names else [description]
        ngrams = (ngram for piece in pieces for ngram in self._list_ngrams(piece))
        return next((ngram for ngram in ngrams if ngram in self._ngrams), None)
