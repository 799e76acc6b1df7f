"""Check labels, descriptions and values against the passages and sentences that they rest on."""

import re
from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, cached_property
from sys import maxsize

from kg.check.finding import VIOLATION, WARNING, Finding
from kg.check.wording.agreement import ENGLISH, Reporter, find_wholes, group_by_place
from kg.check.wording.numbers import FULL_WIDTH, Value, find_numbers, format_number
from kg.check.wording.things import Text, Thing
from kg.check.wording.words import (
    NEGATION,
    NOT_TEXT,
    compare_sets,
    find_exchanged,
    has_sense,
    list_latin,
    list_pairs,
)
from kg.source import LOST, restore_text, simplify_text, split_segments

LEAST_SHARE = 0.2
"""Which share of its pairs of characters a Chinese label has in common with its passages."""

LEAST_OF_DESCRIPTION = 0.04
CLAUSE_END = re.compile("[,，;；:：。!！?？]")
MESSAGES = {
    "source-quote": {
        "en": "“{0}” is neither in the passages nor in the sentences that contain them. Copy what "
        "the source prints, or correct the evidence.",
        "zh-Hans": "段落及其所在句子中都没有“{0}”。请照录来源原文，或更正依据。",
    },
    "source-number": {
        "en": "The number {0} is neither in the sentences of the evidence nor in those of what "
        "this belongs to, and is not the number of anything listed. Correct the number or the "
        "evidence.",
        "zh-Hans": "依据所在句子、所属事物的依据中都没有数字 {0}，也没有相应数目的条目。"
        "请更正数字或依据。",
    },
    "source-value": {
        "en": "The value {0} is neither in the passages nor in the sentences that contain them. "
        "Correct the value or the evidence.",
        "zh-Hans": "段落及其所在句子中都没有该值 {0}。请更正该值或依据。",
    },
    "source-label": {
        "en": "The label has hardly a word in common with the passages. "
        "Correct it or the evidence.",
        "zh-Hans": "标签与段落几乎没有相同的词语。请更正标签或依据。",
    },
    "source-description": {
        "en": "The description in Chinese has hardly a word in common with the sentences of the "
        "evidence. Correct it or the evidence.",
        "zh-Hans": "中文描述与依据所在句子几乎没有相同的词语。请更正描述或依据。",
    },
    "source-exchanged": {
        "en": "The {0} fits the passages of {1} better, and that of {1} fits the passages of this "
        "thing better: they seem to be exchanged. Compare both things with the source.",
        "zh-Hans": "该事物的{0}更适合 {1} 的段落，{1} 的更适合该事物的段落，似已互换。"
        "请对照来源核对这两个事物。",
    },
    "source-negation": {
        "en": "The description is negated, but the sentences of the evidence are not. Correct it.",
        "zh-Hans": "描述含有否定，但依据所在句子没有。请更正描述。",
    },
    "source-name": {
        "en": "“{0}” is not in the sentences of the evidence. Correct the name or the evidence.",
        "zh-Hans": "依据所在句子中没有“{0}”。请更正名称或依据。",
    },
}


@dataclass
class Cited:
    """What a thing cites: the readable, simplified text of its passages and of their sentences.

    What has a firmness also has, for each passage, the clause up to its end.
    """

    passages: list[str] = field(default_factory=list)
    sentences: list[str] = field(default_factory=list)
    clauses: list[str] = field(default_factory=list)

    @cached_property
    def passage(self) -> str:
        """The passages as one text."""
        return "\n".join(dict.fromkeys(self.passages))

    @cached_property
    def sentence(self) -> str:
        """The sentences as one text."""
        return "\n".join(dict.fromkeys(self.sentences))

    @property
    def clause(self) -> str:
        """The clauses as one text."""
        return "\n".join(self.clauses)

    @cached_property
    def numbers(self) -> set[Value]:
        """The possible numbers of the sentences."""
        return find_numbers(self.sentence, "zh").possible

    @property
    def is_damaged(self) -> bool:
        """Whether a character of the sentences is lost."""
        return LOST in self.sentence


class Reader:
    """The readable, simplified text of spans of a source text, and of the sentences around."""

    def __init__(self, raw: str) -> None:
        """Restore the text.

        Raises:
            KgError: an optional package is not installed.
        """
        self._restored = restore_text(raw)
        self._segments = [(each.start, each.end) for each in split_segments(raw)]
        self._read = cache(self._read_span)

    def _read_span(self, start: int, end: int) -> str:
        first, last = (bisect_left(self._restored.offsets, offset) for offset in (start, end))
        return simplify_text(self._restored.text[first:last])

    def read(self, start: int, end: int) -> tuple[str, str]:
        """Return a passage, and the sentence that contains it, or else the passage again."""
        sentence = self._find_sentence(start, end)
        if sentence[1] < end:
            sentence = (start, end)
        return self._read(start, end), self._read(*sentence)

    def read_clause(self, start: int, end: int) -> str:
        """Return what precedes a passage in its clause, with the passage."""
        before = self._read(self._find_sentence(start, end)[0], start)
        return CLAUSE_END.split(before)[-1] + self._read(start, end)

    def _find_sentence(self, start: int, end: int) -> tuple[int, int]:
        """Return the sentence in which a passage begins, or the passage if there is none."""
        index = bisect_right(self._segments, (start, maxsize)) - 1
        return self._segments[index] if index >= 0 else (start, end)


def check_source_texts(
    things: Mapping[str, Thing], cited: Mapping[str, Cited], report: Reporter
) -> Iterator[Finding]:
    """Yield the findings on things whose evidence is known, by their IRI in `cited`."""
    wholes = find_wholes(things)
    counts = _count_lists(things)
    for node, own in cited.items():
        thing = things[node]
        around = [cited[whole] for whole in wholes[node] if whole in cited]
        if not own.is_damaged:
            yield from _check_quotes(thing, own, report)
            yield from _check_numbers(thing, [own, *around], counts[node], report)
        yield from _check_words(thing, own, report)
        yield from _check_senses(thing, [own, *around], report)
    groups = group_by_place({node: things[node] for node in cited})
    for place in (group for name, group in groups.items() if name):
        for role in ("label", "description"):
            items = [
                (t.node, list_pairs(_find_chinese(t, role)), list_pairs(cited[t.node].passage))
                for t in place
            ]
            for node, other in find_exchanged(items):
                if other not in wholes[node] and node not in wholes[other]:
                    about = next(t for t in things[node].texts if t.role == role)
                    yield from report("source-exchanged", WARNING, node, role, other, about=about)


def _find_chinese(thing: Thing, role: str) -> str:
    """Return the label or description in Chinese, in simplified characters."""
    return thing.find(role, "zh-hans") or simplify_text(thing.find(role, "zh-hant"))


def _count_lists(things: Mapping[str, Thing]) -> dict[str, set[Value]]:
    """Return how many things each one lists, and how many are listed with it."""
    lists: dict[str, set[str]] = defaultdict(set)
    for node, thing in things.items():
        for whole in thing.links["whole"] or thing.links["document"]:
            kind = "" if thing.links["whole"] else node.rpartition("/")[0]
            if thing.index is not None or not kind:
                lists[f"{whole} {kind}"].add(node)
        for part in thing.links["part"]:
            lists[f"{node} "].add(part)
    counts: dict[str, set[Value]] = defaultdict(set)
    for key, members in lists.items():
        counts[key.partition(" ")[0]].add(len(members))
        for member in members:
            counts[member].add(len(members))
    return counts


def _check_quotes(thing: Thing, own: Cited, report: Reporter) -> Iterator[Finding]:
    printed = simplify_text(own.sentence).translate(FULL_WIDTH)
    letters = NOT_TEXT.sub("", printed)
    for each in thing.texts:
        if each.role == "quote" and not each.language.startswith("en"):
            quoted = simplify_text(each.value).translate(FULL_WIDTH).strip()
            # Punctuation differs in width, if there is anything else.
            own_letters = NOT_TEXT.sub("", quoted)
            if own_letters not in letters or (not own_letters and quoted not in printed):
                yield from report("source-quote", VIOLATION, thing.node, each.value, about=each)


def _check_numbers(
    thing: Thing, cited: Sequence[Cited], counts: set[Value], report: Reporter
) -> Iterator[Finding]:
    known = set().union(thing.numbers, counts, *(each.numbers for each in cited))
    stated = {find_numbers(value, "en").certain[0] for _, value in thing.stated}
    for property_, value in thing.stated:
        if find_numbers(value, "en").list_missing(cited[0].numbers):
            about = Text(property_, "stated", "", value)
            yield from report("source-value", VIOLATION, thing.node, value, about=about)
    reported = set()
    for each in thing.list_own():
        for number in each.find_numbers().certain:
            value = format_number(min(number))
            if number.isdisjoint(known) and number not in stated and value not in reported:
                reported.add(value)
                yield from report("source-number", VIOLATION, thing.node, value, about=each)


def _check_words(thing: Thing, own: Cited, report: Reporter) -> Iterator[Finding]:
    for role, cited, least in (
        ("label", own.passage, LEAST_SHARE),
        ("description", own.sentence, LEAST_OF_DESCRIPTION),
    ):
        text = _find_chinese(thing, role)
        if text and compare_sets(list_pairs(text), list_pairs(cited)) < least:
            about = next(t for t in thing.texts if t.role == role and t.language != ENGLISH)
            yield from report(f"source-{role}", WARNING, thing.node, about=about)


def _check_senses(thing: Thing, cited: Sequence[Cited], report: Reporter) -> Iterator[Finding]:
    sentences = "\n".join(each.sentence for each in cited)
    for each in thing.texts:
        if each.role == "description" and has_sense(NEGATION, each.value, each.language):
            if not NEGATION.chinese.search(sentences) and not set("无免零非") & set(sentences):
                yield from report("source-negation", WARNING, thing.node, about=each)
                break
    names = list_latin(sentences)
    for each in thing.list_own():
        if each.language.startswith("zh"):
            for key, name in list_latin(each.value).items():
                if key not in names:
                    yield from report("source-name", WARNING, thing.node, name, about=each)
