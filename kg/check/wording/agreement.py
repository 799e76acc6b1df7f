"""Check that the texts of a thing agree with each other and with its values, in both languages."""

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from itertools import chain

from kg.check.finding import VIOLATION, WARNING, Finding
from kg.check.wording.numbers import parse_number
from kg.check.wording.things import Text, Thing
from kg.check.wording.words import (
    COMPARISONS,
    NEGATION,
    SCALE,
    NameFinder,
    compare_sets,
    find_exchanged,
    list_latin,
    list_pairs,
    list_stems,
)

# Yields the finding of a check about a thing, with a property, a value, and parts of the message.
Reporter = Callable[..., Iterator[Finding]]
LEAST_OF_NAME = 0.5
"""Which share of its label a technology has in common with the texts of what uses it."""

ENGLISH, CHINESE = "en", "zh-hans"
MESSAGES = {
    "numbers-differ": {
        "en": "The number {1} is in the text in {0} alone, neither in the other language nor in "
        "a value. Correct the number.",
        "zh-Hans": "数字 {1} 只见于 {0} 的文字，另一语言的文字和各属性值中都没有。请更正该数字。",
    },
    "number-not-in-text": {
        "en": "The value is {0}, but label and description do not say so in {1}. "
        "Correct the value or the text.",
        "zh-Hans": "该值为 {0}，但 {1} 的标签和描述中没有。请更正该值或文字。",
    },
    "comparator-differs": {
        "en": "The text in {0} says “{1}”, which is not the comparator ({2}). Correct one of them.",
        "zh-Hans": "{0} 的文字写作“{1}”，与比较符（{2}）不符。请更正其一。",
    },
    "comparator-not-in-text": {
        "en": "The comparator is {0}, but the description in {1} does not say so beside the "
        "number. Correct one of them.",
        "zh-Hans": "比较符为 {0}，但 {1} 的描述没有在数字旁说明。请更正其一。",
    },
    "negation-differs": {
        "en": "The description in {0} is negated, the one in {1} is not. Correct one of them.",
        "zh-Hans": "{0} 的描述含有否定，{1} 的没有。请更正其一。",
    },
    "scale-differs": {
        "en": "“{0}” is in the description in English, but nothing like it in the one in Chinese. "
        "Correct one of them.",
        "zh-Hans": "英文描述中有“{0}”，中文描述中没有相应的词。请更正其一。",
    },
    "name-differs": {
        "en": "{0} is named in {1}, but not in {2}. Correct one of the texts.",
        "zh-Hans": "{1} 的文字提到 {0}，{2} 的没有。请更正其一。",
    },
    "description-copied": {
        "en": "The description is the same as that of {0}. Write what is true of this thing.",
        "zh-Hans": "描述与 {0} 的相同。请写明该事物自身的内容。",
    },
    "texts-exchanged": {
        "en": "The {0} fits {1} better, and the other way round: they seem to be exchanged. "
        "Compare both things with the source.",
        "zh-Hans": "该事物的 {0} 更适合 {1}，反之亦然，似已互换。请对照来源核对这两个事物。",
    },
    "technology-not-in-text": {
        "en": "Neither label nor description names {0}. Correct the technology, or name it in "
        "cdp:inferredProperty.",
        "zh-Hans": "标签和描述都没有提到 {0}。请更正该技术，或在 cdp:inferredProperty 中注明。",
    },
}


def check_agreement(
    things: Mapping[str, Thing],
    labels: Mapping[str, Mapping[str, list[str]]],
    notations: Mapping[str, str],
    report: Reporter,
) -> Iterator[Finding]:
    """Yield the findings on all things.

    `labels` has the labels of technologies, places and bodies by language, `notations` the signs
    of comparators.
    """
    finder = NameFinder(
        {name: chain(*by_language.values()) for name, by_language in labels.items()}
    )
    copies: dict[tuple[str, str], str] = {}
    for node, thing in things.items():
        yield from _check_numbers(thing, things, report)
        yield from _check_senses(thing, report)
        yield from _check_comparator(thing, notations, report)
        yield from _check_concepts(thing, labels, finder, report)
        for each in thing.texts:
            if each.role == "description":
                other = copies.setdefault((each.language, each.value), node)
                if other != node:
                    yield from report("description-copied", WARNING, node, other, about=each)
    wholes = find_wholes(things)
    for place in group_by_place(things).values():
        yield from _check_exchanged(place, wholes, report)


def _check_numbers(
    thing: Thing, things: Mapping[str, Thing], report: Reporter
) -> Iterator[Finding]:
    by_language = {"en": set(thing.numbers), "zh": set(thing.numbers)}
    for each in thing.texts:
        for language, pool in by_language.items():
            # A text without a language is in both.
            if each.language[:2] in (language, ""):
                pool |= each.numbers.possible
    for whole in thing.links["whole"]:
        if whole in things:
            for pool in by_language.values():
                pool |= things[whole].numbers
    found = {each.language[:2] for each in thing.list_own()}
    for each in thing.list_own():
        other = "en" if each.language.startswith("zh") else "zh"
        if other in found:
            for number in each.numbers.list_missing(by_language[other]):
                yield from report(
                    "numbers-differ", VIOLATION, thing.node, each.language, number, about=each
                )
    for property_, value in thing.stated:
        wanted = parse_number(value)
        for language in sorted(found & set(by_language)):
            texts = (t.numbers.possible for t in thing.texts if t.language[:2] == language)
            if not any(wanted in possible for possible in texts):
                about = Text(property_, "stated", "", value)
                yield from report(
                    "number-not-in-text", WARNING, thing.node, value, language, about=about
                )


def _check_senses(thing: Thing, report: Reporter) -> Iterator[Finding]:
    english, chinese = (thing.find("description", tag) for tag in (ENGLISH, CHINESE))
    if not english or not chinese:
        return
    about = next(each for each in thing.texts if each.value == english)
    negated = bool(NEGATION.english.search(english)), bool(NEGATION.chinese.search(chinese))
    if negated[0] != negated[1]:
        order = ("en", "zh-Hans") if negated[0] else ("zh-Hans", "en")
        yield from report("negation-differs", WARNING, thing.node, *order, about=about)
    for sense in SCALE:
        word = sense.english.search(english)
        if word and not sense.chinese.search(chinese):
            yield from report("scale-differs", WARNING, thing.node, word[0], about=about)
    words = thing.join(ENGLISH).lower()
    for key, name in list_latin(thing.join(CHINESE)).items():
        if key not in words:
            yield from report(
                "name-differs", WARNING, thing.node, name, "zh-Hans", "en", about=about
            )


def _check_comparator(
    thing: Thing, notations: Mapping[str, str], report: Reporter
) -> Iterator[Finding]:
    for comparator in thing.links["comparator"]:
        own = notations.get(comparator, "")
        for each in thing.list_own():
            position = 1 if each.language.startswith("zh") else 0
            found = {
                sign: match[0]
                for sign, patterns in COMPARISONS.items()
                if (match := patterns[position].search(each.value))
            }
            if not found and own in COMPARISONS and each.role == "description":
                yield from report(
                    "comparator-not-in-text", WARNING, thing.node, own, each.language, about=each
                )
            if found and own not in found:
                sign = own or comparator.rpartition("/")[2]
                words = next(iter(found.values()))
                yield from report(
                    "comparator-differs", WARNING, thing.node, each.language, words, sign,
                    about=each,
                )  # fmt: skip


def _check_concepts(
    thing: Thing,
    labels: Mapping[str, Mapping[str, list[str]]],
    finder: NameFinder,
    report: Reporter,
) -> Iterator[Finding]:
    """Yield the findings on technologies and names that only one language, or no text, has."""
    texts = {tag: thing.join(tag) for tag in (ENGLISH, CHINESE)}
    if len(texts[ENGLISH]) > 1 and len(texts[CHINESE]) > 1:
        named = {tag: finder.find(text, tag) for tag, text in texts.items()}
        for language, other in ((ENGLISH, CHINESE), (CHINESE, ENGLISH)):
            for name in sorted(named[language] - named[other] - set(thing.links["place"])):
                if not _find_share(labels[name], texts, [other]):
                    about = next(t for t in thing.list_own() if t.language == language)
                    yield from report(
                        "name-differs", WARNING, thing.node, name, language, other, about=about
                    )
    if any(each.endswith("usesTechnology") for each in thing.links["inferred"]):
        return
    for technology in thing.links["technology"]:
        share = _find_share(labels.get(technology, {}), texts, [ENGLISH, CHINESE])
        if technology in labels and share < LEAST_OF_NAME:
            about = thing.point("technology", technology)
            yield from report(
                "technology-not-in-text", WARNING, thing.node, technology, about=about
            )


def _find_share(
    labels: Mapping[str, list[str]], texts: Mapping[str, str], languages: list[str]
) -> float:
    """Return the largest share of a label that the text in its language has."""
    shares = [0.0]
    for language in languages:
        list_parts = list_stems if language == ENGLISH else list_pairs
        own = list_parts(texts[language].lower())
        shares += (compare_sets(list_parts(each.lower()), own) for each in labels.get(language, ()))
    return max(shares)


def group_by_place(things: Mapping[str, Thing]) -> dict[str, list[Thing]]:
    """Return the things that apply to each place."""
    groups: dict[str, list[Thing]] = defaultdict(list)
    for thing in things.values():
        for place in thing.links["place"][:1]:
            groups[place].append(thing)
    return groups


def find_wholes(things: Mapping[str, Thing]) -> dict[str, set[str]]:
    """Return what each thing belongs to, directly or not."""
    direct: dict[str, set[str]] = defaultdict(set)
    for node, thing in things.items():
        direct[node].update(thing.links["whole"], thing.links["document"])
        for part in thing.links["part"]:
            direct[part].add(node)
    wholes: dict[str, set[str]] = {}
    for node in things:
        waiting = list(direct[node])
        found = wholes[node] = set()
        while waiting:
            each = waiting.pop()
            if each not in found:
                found.add(each)
                waiting += direct.get(each, ())
    return wholes


def _check_exchanged(
    things: list[Thing], wholes: Mapping[str, set[str]], report: Reporter
) -> Iterator[Finding]:
    """Yield the findings on labels and descriptions that fit another thing of the place better."""
    slugs = [list_stems(thing.slug) for thing in things]
    shared = frozenset.intersection(*slugs) if len(slugs) > 1 else frozenset()
    for role, language, list_parts in (
        ("label", ENGLISH, list_stems),
        ("description", ENGLISH, list_stems),
        ("description", CHINESE, list_pairs),
    ):
        labels = [list_parts(thing.find("label", language)) for thing in things]
        others = [list_parts(thing.find("description", language)) for thing in things]
        if role == "label":
            labels, others = [slug - shared for slug in slugs], labels
        nodes = [thing.node for thing in things]
        for node, other in find_exchanged(list(zip(nodes, labels, others, strict=True))):
            # What names its parts has their words, too.
            if other not in wholes[node] and node not in wholes[other]:
                texts = next(thing.texts for thing in things if thing.node == node)
                about = next(t for t in texts if (t.role, t.language) == (role, language))
                yield from report("texts-exchanged", WARNING, node, role, other, about=about)
