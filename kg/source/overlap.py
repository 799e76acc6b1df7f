"""Runs of Chinese characters that a description shares with a text: the mark of copied wording."""

import re
from collections.abc import Sequence
from functools import lru_cache

RUN = 14
"""How many Chinese characters in a row make a copy."""

NAME = 6
"""How long a name must be to be set aside: shorter ones are everyday words."""

_OTHER = re.compile(r"[^\u3400-\u4dbf\u4e00-\u9fff]+")
_ASIDE = "\u25a1"


class NgramIndex:
    """Every run of a length in some texts (give both scripts, where both are wanted).

    >>> NgramIndex(["一二三,四五六"], 4).find("說一二、三四了")
    '一二三四'
    """

    def __init__(self, texts: Sequence[str], length: int = RUN) -> None:
        """Collect the runs of the texts, each `length` Chinese characters long."""
        self.length = length
        self._runs = {
            han[at : at + length]
            for han in (_OTHER.sub("", text) for text in texts)
            for at in range(len(han) - length + 1)
        }

    def find(self, description: str, names: Sequence[str] = ()) -> str | None:
        """Return the first run that the description shares, names set aside; None if it has none.

        Only Chinese characters are compared. A name of `NAME` characters or more ends a run.
        """
        pattern = _name_pattern(tuple(names))
        masked = pattern.sub(_ASIDE, description) if pattern else description
        for piece in masked.split(_ASIDE):
            han = _OTHER.sub("", piece)
            for at in range(len(han) - self.length + 1):
                if han[at : at + self.length] in self._runs:
                    return han[at : at + self.length]
        return None


@lru_cache(maxsize=8)
def _name_pattern(names: tuple[str, ...]) -> re.Pattern[str] | None:
    long = sorted({name for name in names if len(name) >= NAME}, key=lambda n: (-len(n), n))
    return re.compile("|".join(map(re.escape, long))) if long else None


@lru_cache(maxsize=8)
def _index(texts: tuple[str, ...], length: int) -> NgramIndex:
    return NgramIndex(texts, length)


def shared_run(
    description: str, texts: Sequence[str], length: int = RUN, names: Sequence[str] = ()
) -> str | None:
    """Return the first run of Chinese characters that a description shares with the texts, or None.

    Names and titles of `NAME` characters or more are set aside where they stand in the
    description. The runs of the texts are kept, so a second description costs nothing more.

    >>> shared_run("甲乙丙丁", ["甲乙,丙丁"], length=4)
    '甲乙丙丁'
    >>> shared_run("甲乙丙丁", ["甲乙"], length=4) is None
    True
    """
    return _index(tuple(texts), length).find(description, names)
