"""A city's file while it is written: the things in it, their passages and random choices."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from random import Random

from synthetic.turtle import Statement, Texts, write_evidence, write_texts, write_thing
from synthetic.vocabulary import Vocabulary

AIMS = (
    (
        "{0} is to be joined up across districts and made easy to use",
        "把{0}在各区贯通起来，便于使用",
    ),
    ("Work on {0} is to be speeded up and reviewed each year", "提速推进{0}，并逐年评估成效"),
    ("Shared means are to be provided on which {0} can rest", "为{0}提供可共用的底座"),
    ("Those concerned are to be drawn into {0} early on", "使各方及早参与{0}"),
    ("{0} is to be tried out in a few places and then spread", "先在几处试行{0}，再行推开"),
)

# The properties whose values a description repeats.
VALUES = {
    *("cdp:baselineValue", "cdp:baselineYear", "cdp:deadlineYear", "cdp:lowerBound"),
    "cdp:upperBound",
}
COMPARED = {"cdp:declaredCount", "cdp:targetValue"}
COMPARISONS = {"comparator:ge": ("at least ", "不低于"), "comparator:gt": ("more than ", "超过")}


def format_slug(index: int) -> str:
    """Return the slug of a city by its index, which starts from 0: city-00001."""
    return f"city-{index + 1:05d}"


@dataclass
class Passages:
    """The passages of a section of a source, cut from its start to its end.

    `segments` are the start and end of each sentence so far.
    """

    source: str
    random: Random
    position: int
    segments: list[tuple[int, int]] = field(default_factory=list)
    waiting: list[tuple[int, int]] = field(default_factory=list)

    def take_next(self) -> tuple[int, int]:
        """Return start and end of the next passage. A sentence has one to three passages."""
        if not self.waiting:
            start = self.position
            for _ in range(self.random.randint(1, 3)):
                end = self.position + self.random.randint(8, 40)
                self.waiting.append((self.position, end))
                self.position = end
            self.segments.append((start, self.position))
            self.position += 1
        return self.waiting.pop(0)


@dataclass
class City:
    """A city and the Turtle written for it so far."""

    index: int
    vocabulary: Vocabulary
    random: Random
    passages: Passages
    pieces: list[str] = field(default_factory=list)
    documents: list[str] = field(default_factory=list)
    years: tuple[int, int] = (0, 0)

    @property
    def slug(self) -> str:
        """The slug of the city, with which the names of its things begin."""
        return format_slug(self.index)

    @property
    def label(self) -> Texts:
        """The city's name in both languages."""
        return f"Synthetic city {self.index + 1}", f"合成城市{self.index + 1}"

    @property
    def reported_in(self) -> Statement:
        """The statement that the source reports a thing."""
        return "cdp:reportedIn", f"doc:{self.passages.source}"

    def name(self, prefix: str, suffix: object) -> str:
        """Return the prefixed name of a thing of this city."""
        return f"{prefix}:{self.slug}-{suffix}"

    def choose_member(self, kind: str) -> str:
        """Return an instance or subclass of a class; the first ones are more frequent."""
        members = self.vocabulary.members[kind]
        return members[int(len(members) * self.random.random() ** 1.5)]

    def choose_earlier_city(self) -> str | None:
        """Return the slug of an earlier city, or None for the first city.

        It is earlier so that the first cities are the same however many follow.
        """
        return format_slug(self.random.randrange(self.index)) if self.index else None

    def happens(self, probability: float) -> bool:
        """Return whether something happens that has this probability."""
        return self.random.random() < probability

    def describe(self, concept: str, detail: Texts) -> Statement:
        """Return a description in which the city plans something about a concept."""
        english, chinese = self.vocabulary.labels[concept]
        aim, chinese_aim = self.random.choice(AIMS)
        text = aim.format(english)
        return "cdp:description", write_texts(
            f"{text[0].upper()}{text[1:]} in {self.label[0]}, {detail[0]}.",
            f"{self.label[1]}{chinese_aim.format(chinese)}（{detail[1]}）。",
        )

    def detail_element(self, kind: Texts, number: str, statements: Sequence[Statement]) -> Texts:
        """Return what the description of an element has to say: its values and technologies."""
        comparators = [value for name, value in statements if name == "cdp:hasComparator"]
        words = COMPARISONS.get(comparators[0], ("", "")) if comparators else ("", "")
        values = [value for name, value in statements if name in VALUES]
        compared = [value for name, value in statements if name in COMPARED]
        used = [value for name, value in statements if name == "cdp:usesTechnology"]
        names = [self.vocabulary.labels[value] for value in used]
        english = [*values, *(words[0] + each for each in compared), *(name[0] for name in names)]
        chinese = [*values, *(words[1] + each for each in compared), *(name[1] for name in names)]
        return (
            f"as the {kind[0]} numbered {number} ({', '.join(english) or 'alone'})",
            f"{kind[1]}之{number}：{'、'.join(chinese) or '独立'}",
        )

    def add_evidence(self) -> Statement:
        """Add evidence for the next passage; return the statement that a thing has it."""
        start, end = self.passages.take_next()
        self.pieces.append(write_evidence(self.passages.source, start, end))
        return "cdp:hasEvidence", f"evidence:{self.passages.source}-{start}-{end}"

    def add(self, name: str, kind: str, label: Texts, statements: Iterable[Statement] = ()) -> str:
        """Add a thing with a label and evidence; return its name."""
        common = [("rdfs:label", write_texts(*label)), self.add_evidence()]
        self.pieces.append(write_thing(name, kind, [*common, *statements]))
        return name

    def add_element(
        self,
        name: str,
        kind: str,
        stated_in: str,
        statements: Sequence[Statement] = (),
        *,
        voice: str = "document",
        themed: bool = True,
    ) -> str:
        """Add a policy element, whose label and description are about a theme; return its name.

        With `themed`, the theme is also stated.
        """
        theme = self.choose_member("cdp:Theme")
        topic, number = self.vocabulary.labels[theme], name.rpartition("-")[2]
        title = self.vocabulary.labels[kind]
        label = f"{title[0].capitalize()} {number}: {topic[0]}", f"{topic[1]}{title[1]}{number}"
        stated = [
            self.describe(theme, self.detail_element(title, number, statements)),
            ("cdp:hasVoice", f"voice:{voice}"),
            ("cdp:statedIn", stated_in),
            *statements,
        ]
        if themed:
            stated.append(("cdp:hasTheme", theme))
            if self.happens(0.25):
                stated.append(("cdp:hasTheme", self.choose_member("cdp:Theme")))
        if voice in ("article", "inference"):
            stated.append(self.reported_in)
        if self.happens(0.1) or any(name == "cdp:inferredProperty" for name, _ in statements):
            note = write_texts("Made up, as all of this is.", "此处与其余一样，均为虚构。")
            stated.append(("skos:editorialNote", note))
        return self.add(name, kind, label, stated)
