"""Check that technologies, places, bodies and other names are in the texts of both languages."""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from itertools import chain

from kg.check.finding import WARNING, Finding
from kg.check.wording.agreement import CHINESE, ENGLISH, Reporter
from kg.check.wording.things import Thing
from kg.check.wording.words import compare_sets, list_latin, list_pairs, list_stems

LEAST_SHARE = 0.5
"""Which share of its label a technology has in common with the texts of what uses it."""

LATIN_WORD = re.compile(r"[0-9]*[a-z][a-z0-9]*")
MESSAGES = {
    "name-differs": {
        "en": "{0} is named in {1}, but not in {2}. Correct one of the texts.",
        "zh-Hans": "{1} 的文字提到 {0}，{2} 的没有。请更正其一。",
    },
    "technology-not-in-text": {
        "en": "Neither label nor description names {0}. Correct the technology, or name it in "
        "cdp:inferredProperty.",
        "zh-Hans": "标签和描述都没有提到 {0}。请更正该技术，或在 cdp:inferredProperty 中注明。",
    },
}
# Labels by language.
Labels = Mapping[str, Mapping[str, list[str]]]
Parts = dict[str, dict[str, list[frozenset[str]]]]


class NameFinder:
    """Finds names of known things in texts, the longest at each place.

    >>> finder = NameFinder({"x": ["big data"], "y": ["data"], "z": ["数据"]})
    >>> sorted(finder.find("Big-data centres", "en")), sorted(finder.find("新数据", "zh-hans"))
    (['x'], ['z'])
    """

    def __init__(self, names: Mapping[str, Iterable[str]]) -> None:
        self._latin: dict[str, list[tuple[list[str], str]]] = defaultdict(list)
        self._others: dict[str, str] = {}
        for thing, found in names.items():
            for name in found:
                if words := _list_singular(name):
                    self._latin[words[0]].append((words, thing))
                if len(name) > 1:
                    self._others[name.lower()] = thing
        for listed in self._latin.values():
            listed.sort(key=lambda each: -len(each[0]))
        # The lengths of the names that begin with a character, the longest first.
        self._lengths: dict[str, list[int]] = defaultdict(list)
        for start, length in sorted({(name[0], len(name)) for name in self._others}, reverse=True):
            self._lengths[start].append(length)

    def find(self, text: str, language: str) -> set[str]:
        """Return the things that a text names."""
        if language.startswith("zh"):
            return self._find_in_characters(text.lower())
        words, found, reached = _list_singular(text), set[str](), 0
        if self._latin.keys().isdisjoint(words):
            return found
        for at, word in enumerate(words):
            if word in self._latin and at >= reached:
                for name, thing in self._latin[word]:
                    if words[at : at + len(name)] == name:
                        found.add(thing)
                        reached = at + len(name)
                        break
        return found

    def _find_in_characters(self, text: str) -> set[str]:
        found, reached = set(), 0
        for at, start in enumerate(text):
            if start in self._lengths and at >= reached:
                for length in self._lengths[start]:
                    thing = self._others.get(text[at : at + length])
                    if thing is not None:
                        found.add(thing)
                        reached = at + length
                        break
        return found


def _list_singular(text: str) -> list[str]:
    """Return the words of an English text without a final s."""
    return [word.rstrip("s") for word in LATIN_WORD.findall(text.lower())]


def check_concepts(
    things: Mapping[str, Thing], labels: Labels, report: Reporter
) -> Iterator[Finding]:
    """Yield the findings; `labels` has the labels of technologies, places and bodies."""
    finder = NameFinder({node: chain(*found.values()) for node, found in labels.items()})
    parts: Parts = {
        node: {
            tag: [(list_stems if tag == ENGLISH else list_pairs)(each) for each in found]
            for tag, found in by_language.items()
        }
        for node, by_language in labels.items()
    }
    for thing in things.values():
        texts = {tag: thing.join(tag) for tag in (ENGLISH, CHINESE)}
        if all(text.strip() for text in texts.values()):
            yield from _check_names(thing, texts, finder, parts, report)
        if not any(each.endswith("usesTechnology") for each in thing.links["inferred"]):
            yield from _check_technologies(thing, parts, report)


def _check_names(
    thing: Thing, texts: Mapping[str, str], finder: NameFinder, parts: Parts, report: Reporter
) -> Iterator[Finding]:
    """Yield the findings on names that only one language has."""
    words = texts[ENGLISH].lower()
    missing = [
        (CHINESE, ENGLISH, name)
        for key, name in list_latin(texts[CHINESE]).items()
        if key not in words
    ]
    named = {tag: finder.find(text, tag) for tag, text in texts.items()}
    for language, other in ((ENGLISH, CHINESE), (CHINESE, ENGLISH)):
        for node in sorted(named[language] - named[other] - set(thing.links["place"])):
            if not _find_share(parts[node], thing, [other]):
                missing.append((language, other, node))
    for language, other, name in missing:
        about = next(t for t in thing.list_own() if t.language == language)
        yield from report("name-differs", WARNING, thing.node, name, language, other, about=about)


def _check_technologies(thing: Thing, parts: Parts, report: Reporter) -> Iterator[Finding]:
    for technology in thing.links["technology"]:
        known = parts.get(technology)
        if known and _find_share(known, thing, [ENGLISH, CHINESE]) < LEAST_SHARE:
            about = thing.point("technology", technology)
            yield from report(
                "technology-not-in-text", WARNING, thing.node, technology, about=about
            )


def _find_share(
    labels: Mapping[str, list[frozenset[str]]], thing: Thing, languages: list[str]
) -> float:
    """Return the largest share of a label's parts that the texts in its language have."""
    shares = [0.0]
    for language in languages:
        own = thing.find_parts("label", language) | thing.find_parts("description", language)
        shares += (compare_sets(each, own) for each in labels.get(language, ()))
    return max(shares)
