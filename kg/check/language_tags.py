"""Check the language tags of literals, including their case.

RDF engines may change the case of a tag, so neither shapes nor queries can check it.
"""

import re
from collections.abc import Iterator, Sequence

from kg.check.finding import VIOLATION, Finding, Locator
from kg.names import LANGUAGES, Names, pick
from kg.turtle import TurtleFile

# What may be another tag, or a directive such as @prefix.
OTHER = re.compile(rf"@(?!(?:{'|'.join(LANGUAGES)})(?![a-zA-Z0-9-]))")
MESSAGES = {
    "en": "The language tag {0} is not used in this project. Write {1}, in this case.",
    "zh-Hans": "本项目不使用语言标签 {0}。请写作 {1}，并保持大小写一致。",
}


def may_have_other_tags(text: str) -> bool:
    """Return whether a text has to be read closely, since it may have an unusual tag.

    >>> may_have_other_tags('<a:a> <a:b> "a"@EN .')
    True
    """
    return bool(OTHER.search(text))


def check_language_tags(
    names: Names, files: Sequence[TurtleFile], locator: Locator, language: str
) -> Iterator[Finding]:
    """Yield a violation for each literal whose language tag is not one of `LANGUAGES`."""
    template = pick(MESSAGES, language, "")
    for file in files:
        for subject, tag, line in locator.read_lines(file).tags:
            if tag not in LANGUAGES:
                message = f"{names.shorten(subject)}: {template.format(tag, ', '.join(LANGUAGES))}"
                yield Finding(str(file.path), line, VIOLATION, "language-tag", subject, message)
