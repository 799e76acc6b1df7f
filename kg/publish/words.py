"""The words of the pages, from `words.toml` beside this module."""

import tomllib
from functools import cache
from pathlib import Path

from kg.portrait.words import Words

FILE = Path(__file__).with_name("words.toml")
# The languages that have pages. Chinese pages in traditional characters need only their words.
LANGUAGES = ("en", "zh-Hans")


@cache
def read_site_words(language: str) -> Words:
    """Return the words of the pages in a language."""
    tables = tomllib.loads(FILE.read_text("utf-8"))
    return Words({name: str(texts[language]) for name, texts in tables.items()})
