"""Check the PREFIX lines of files: a wrong one makes every term below it wrong."""

import re
from collections.abc import Iterator
from pathlib import Path

from kg.ask.lookup import find_similar
from kg.check.finding import VIOLATION, Finding
from kg.names import Names, pick

# It begins with a line end and not with ^, which makes a search several times faster.
PREFIX = re.compile(r"\n[ \t]*@?prefix[ \t]+([\w.-]*):[ \t]*<([^<>\s]*)>", re.IGNORECASE)
MESSAGES = {
    "differs": {
        "en": "The prefix {0}: stands for {1} in ontology/prefixes.ttl, and not for {2}. "
        "Correct the line. Nothing else was checked.",
        "zh-Hans": "前缀 {0}: 在 ontology/prefixes.ttl 中代表 {1}，而不是 {2}。请更正该行。"
        "其余内容未检查。",
    },
    "similar": {
        "en": "No prefix of ontology/prefixes.ttl stands for {2}. Did you mean {1}? "
        "Nothing else was checked.",
        "zh-Hans": "ontology/prefixes.ttl 中没有前缀代表 {2}。是否想写 {1}？其余内容未检查。",
    },
}
UNDECLARED = re.compile(r"The prefix ([^\s:]*): has not been declared")
HINTS = {
    "add": {"en": " Add PREFIX {0}: <{1}>.", "zh-Hans": "请添加 PREFIX {0}: <{1}>。"},
    "mean": {"en": " Did you mean {0}:?", "zh-Hans": "是否想写 {0}:？"},
}


def explain_prefix(message: str, names: Names, language: str) -> str:
    """Return what to do about an undeclared prefix in the message on a file, or ""."""
    found = UNDECLARED.search(message)
    if not found:
        return ""
    if found[1] in names.prefixes:
        return pick(HINTS["add"], language, "").format(found[1], names.prefixes[found[1]])
    similar = find_similar(found[1], names.prefixes, cutoff=0.6)
    return pick(HINTS["mean"], language, "").format(similar[0]) if similar else ""


def check_prefixes(names: Names, path: Path, content: str, language: str) -> Iterator[Finding]:
    """Yield a violation for each prefix of a file that stands for another IRI than in prefixes.ttl.

    A prefix of a file's own is allowed, unless its IRI is nearly one of those.
    """
    known = set(names.prefixes.values())
    text = "\n" + content
    for found in PREFIX.finditer(text):
        name, iri = found[1], found[2]
        expected, check = names.prefixes.get(name, ""), "differs"
        if iri in known or iri == expected:
            if not expected or iri == expected:
                continue
        elif not expected:
            check = "similar"
            expected = next(iter(find_similar(iri, known, cutoff=0.95)), "")
            if not expected or expected.startswith(iri) or iri.startswith(expected):
                continue
        line = text.count("\n", 0, found.start(1))
        message = pick(MESSAGES[check], language, "").format(name, expected, iri)
        yield Finding(str(path), line, VIOLATION, "prefix", "", message)
