"""Check that the texts of a thing agree with each other and with its values, in both languages."""

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping

from kg.check.finding import VIOLATION, WARNING, Finding
from kg.check.wording.numbers import parse_number
from kg.check.wording.things import Text, Thing
from kg.check.wording.words import (
    COMPARISONS,
    NEGATION,
    SCALE,
    find_exchanged,
    list_stems,
)

# Yields the finding of a check about a thing, with a property, a value, and parts of the message.
Reporter = Callable[..., Iterator[Finding]]
ENGLISH, CHINESE = "en", "zh-hans"
MESSAGES = {
    "numbers-differ": {
        "en": "The number {1} is only in the {0} text, neither in the other language nor in a "
        "value. Correct the number.",
        "zh-Hans": "数字 {1} 只见于 {0} 的文字，另一语言的文字和各属性值中都没有。请更正该数字。",
    },
    "number-not-in-text": {
        "en": "The value is {0}, but label and description do not say so in {1}. "
        "Correct the value or the text.",
        "zh-Hans": "该值为 {0}，但 {1} 的标签和描述中没有。请更正该值或文字。",
    },
    "comparator-differs": {
        "en": "The text says “{0}”, which is not the comparator ({1}). Correct one of them.",
        "zh-Hans": "文字写作“{0}”，与比较符（{1}）不符。请更正其一。",
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
        "en": "“{0}” is in the English description, but nothing like it is in the Chinese one. "
        "Correct one of them.",
        "zh-Hans": "英文描述中有“{0}”，中文描述中没有相应的词。请更正其一。",
    },
    "description-copied": {
        "en": "The description is the same as that of {0}. Write what is true of this thing.",
        "zh-Hans": "描述与 {0} 的相同。请写明该事物自身的内容。",
    },
    "texts-exchanged": {
        "en": "The {0} fits {1} better, and that of {1} fits this thing better: they seem to be "
        "exchanged. Compare both things with the source.",
        "zh-Hans": "该事物的{0}更适合 {1}，{1} 的则更适合该事物，似已互换。"
        "请对照来源核对这两个事物。",
    },
}


def check_agreement(
    things: Mapping[str, Thing],
    notations: Mapping[str, str],
    report: Reporter,
) -> Iterator[Finding]:
    """Yield the findings on all things; `notations` has the signs of the comparators."""
    copies: dict[tuple[str, str], str] = {}
    for node, thing in things.items():
        for each in thing.texts:
            if each.role == "description":
                other = copies.setdefault((each.language, each.value), node)
                if other != node:
                    yield from report("description-copied", WARNING, node, other, about=each)
    wholes = find_wholes(things)
    for place, group in group_by_place(things).items():
        for thing in group:
            yield from _check_numbers(thing, things, report)
            yield from _check_senses(thing, report)
            yield from _check_comparator(thing, notations, report)
        if place:
            yield from _check_exchanged(group, wholes, report)


def _check_numbers(
    thing: Thing, things: Mapping[str, Thing], report: Reporter
) -> Iterator[Finding]:
    by_language = {"en": set(thing.numbers), "zh": set(thing.numbers)}
    for each in thing.texts:
        for language, pool in by_language.items():
            # A text without a language is in both.
            if each.language[:2] in (language, ""):
                pool |= each.find_numbers().possible
    for whole in thing.links["whole"]:
        if whole in things:
            for pool in by_language.values():
                pool |= things[whole].numbers
    found = {each.language[:2] for each in thing.list_own()}
    for each in thing.list_own():
        other = "en" if each.language.startswith("zh") else "zh"
        if other in found:
            for number in each.find_numbers().list_missing(by_language[other]):
                yield from report(
                    "numbers-differ", VIOLATION, thing.node, each.language, number, about=each
                )
    for property_, value in thing.stated:
        wanted = parse_number(value)
        missing = []
        for language in sorted(found & set(by_language)):
            texts = (t.find_numbers().possible for t in thing.texts if t.language[:2] == language)
            if not any(wanted in possible for possible in texts):
                missing.append(language)
        if missing:
            about, shown = Text(property_, "stated", "", value), ", ".join(missing)
            yield from report("number-not-in-text", WARNING, thing.node, value, shown, about=about)


def _check_senses(thing: Thing, report: Reporter) -> Iterator[Finding]:
    english, chinese = (thing.find("description", tag) for tag in (ENGLISH, CHINESE))
    if not english or not chinese:
        return
    about = next(each for each in thing.texts if each.value == english)
    stems = about.list_parts()
    negated = (
        not NEGATION.hints.isdisjoint(stems) and bool(NEGATION.english.search(english)),
        bool(NEGATION.chinese.search(chinese)),
    )
    if negated[0] != negated[1]:
        order = ("en", "zh-Hans") if negated[0] else ("zh-Hans", "en")
        yield from report("negation-differs", WARNING, thing.node, *order, about=about)
    for sense in SCALE:
        if not sense.hints.isdisjoint(stems):
            word = sense.english.search(english)
            if word and not sense.chinese.search(chinese):
                yield from report("scale-differs", WARNING, thing.node, word[0], about=about)


def _check_comparator(
    thing: Thing, notations: Mapping[str, str], report: Reporter
) -> Iterator[Finding]:
    for comparator in thing.links["comparator"]:
        own = notations.get(comparator, "")
        differing, agreeing = [], 0
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
                differing.append((each, next(iter(found.values()))))
            agreeing += own in found
        if not agreeing:  # the comparator differs from all texts
            statement = thing.point("comparator", comparator)
            differing = [(statement, words) for _, words in differing[:1]]
        sign = own or comparator.rpartition("/")[2]
        for about, words in differing:
            yield from report("comparator-differs", WARNING, thing.node, words, sign, about=about)


def group_by_place(things: Mapping[str, Thing]) -> dict[str, list[Thing]]:
    """Return the things that apply to each place, and those that apply to none, with ""."""
    groups: dict[str, list[Thing]] = defaultdict(list)
    for thing in things.values():
        groups[next(iter(thing.links["place"]), "")].append(thing)
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
    reported: set[tuple[str, str]] = set()
    shared = frozenset.intersection(*slugs) if len(slugs) > 1 else frozenset()
    for role, language in (("label", ENGLISH), ("description", ENGLISH), ("description", CHINESE)):
        labels = [thing.find_parts("label", language) for thing in things]
        others = [thing.find_parts("description", language) for thing in things]
        if role == "label":
            labels, others = [slug - shared for slug in slugs], labels
        nodes = [thing.node for thing in things]
        for node, other in find_exchanged(list(zip(nodes, labels, others, strict=True))):
            # What names its parts has their words, too.
            is_part = other in wholes[node] or node in wholes[other]
            if not is_part and (node, other) not in reported:
                reported.add((node, other))
                texts = next(thing.texts for thing in things if thing.node == node)
                about = next(t for t in texts if (t.role, t.language) == (role, language))
                yield from report("texts-exchanged", WARNING, node, role, other, about=about)
