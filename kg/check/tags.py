"""Language tags, exactly as the model writes them: what an engine without case cannot see."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from kg.check.finding import VIOLATION, Finding, Locator
from kg.home import Home
from kg.names import FALLBACKS, LANGUAGES, read_names

if TYPE_CHECKING:
    import rdflib

MESSAGE = {
    "en": "the language tag {0} is none of ours. Write {1}, in just this case.",
    "zh-Hans": "语言标签 {0} 不在所用之列。请写作 {1}，大小写亦须一致。",
}


def find_by_tags(
    home: Home, data: rdflib.Graph, locator: Locator, language: str
) -> Iterator[Finding]:
    """Yield a finding for each text whose language tag is not written as one of ours."""
    template = next(MESSAGE[tag] for tag in FALLBACKS[language] if tag in MESSAGE)
    names = read_names(home)
    for subject, predicate, value in data:
        tag = getattr(value, "language", None)
        if tag and tag not in LANGUAGES:
            said = f"{names.shorten(str(subject))}: {template.format(tag, ', '.join(LANGUAGES))}"
            at = (str(predicate), str(value))
            yield from locator.find(str(subject), VIOLATION, "language-tag", said, at=at)
