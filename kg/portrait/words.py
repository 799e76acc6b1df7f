"""The headings and other words of portraits, from `words.toml` beside this module."""

import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from kg.names import pick

FILE = Path(__file__).with_name("words.toml")


@dataclass(frozen=True)
class Words:
    """The words in one language, by name."""

    texts: dict[str, str]

    def __getitem__(self, name: str) -> str:
        """Return a word."""
        return self.texts[name]

    def join(self, parts: Sequence[str]) -> str:
        """Return texts as one, with the mark of the language between them."""
        return self["separator"].join(filter(None, parts))


@cache
def read_words(language: str) -> Words:
    """Return the words in a language or its fallback."""
    tables = tomllib.loads(FILE.read_text("utf-8"))
    return Words({name: str(pick(texts, language, "")) for name, texts in tables.items()})
