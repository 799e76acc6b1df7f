"""Check the language tags of literals, including their case.

RDF engines may change the case of a tag, so neither shapes nor queries can check it.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from kg.check.finding import VIOLATION, Finding, Locator
from kg.names import LANGUAGES, Names, pick

if TYPE_CHECKING:
    import rdflib

MESSAGES = {
    "en": "The language tag {0} is not used in this project. Write {1}, in this case.",
    "zh-Hans": "本项目不使用语言标签 {0}。请写作 {1}，并保持大小写一致。",
}


def check_language_tags(
    names: Names, data: rdflib.Graph, locator: Locator, language: str
) -> Iterator[Finding]:
    """Yield a violation for each literal whose language tag is not one of `LANGUAGES`."""
    template = pick(MESSAGES, language, "")
    for subject, predicate, value in data:
        tag = getattr(value, "language", None)
        if tag and tag not in LANGUAGES:
            text = template.format(tag, ", ".join(LANGUAGES))
            yield from locator.report(
                str(subject),
                VIOLATION,
                "language-tag",
                f"{names.shorten(str(subject))}: {text}",
                predicate=str(predicate),
                value=str(value),
            )
