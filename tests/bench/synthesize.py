"""Write made-up cities in the project's own model, as many as are wanted, to measure with.

Every kind of thing that the model has is there, in the sizes of a real city's file. What is said
is nonsense of our own and so says nothing of any place: the names are numbered, the links to
Wikidata lead beyond the last entity there is, and behind the digests of passages stands no text.
The same count and seed give the same bytes, and the first cities of many are those of few.
"""

from __future__ import annotations

import hashlib
import sys
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

import click
from pyoxigraph import Literal, RdfFormat, parse

from kg.errors import KgError
from kg.home import Home, find_home
from kg.names import read_names
from kg.turtle import list_files

BLOCK = 10  # cities a source tells of
SECTION = 10_000  # code points of a source that are kept for a city
PROVINCES = 20
FIRST_ENTITY = 9_000_000_001
PILLARS, INITIATIVES, HIGHLIGHTS, PARTS = 7, 20, 3, 5
SHARED_INDICATORS = 8
PREFIXES = (
    "body cdp comparator component count dcat doc evidence framework genre group indicator "
    "initiative item level oa part period place rdfs schema segment skos source status statutory "
    "target technology theme unit cdpunit voice wd xsd"
).split()
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
Statement = tuple[str, str]


@dataclass(frozen=True)
class Vocabulary:
    """The words there are to use, as prefixed names, each list sorted."""

    prefixes: dict[str, str]
    labels: dict[str, tuple[str, str]]
    members: dict[str, list[str]]  # the instances and the subclasses of a class

    @property
    def head(self) -> str:
        """The PREFIX lines of every file."""
        return "".join(f"PREFIX {p}: <{self.prefixes[p]}>\n" for p in PREFIXES) + "\n"


def read_vocabulary(home: Home) -> Vocabulary:
    """Return the concepts and classes of a home's ontology, with their labels in en and zh-Hans."""
    names = read_names(home)
    labels: dict[str, dict[str, str]] = defaultdict(dict)
    members: dict[str, set[str]] = defaultdict(set)
    for file in list_files(home):
        if not file.path.is_relative_to(home.ontology):
            continue
        for quad in parse(file.path.read_bytes(), RdfFormat.TURTLE):
            subject, predicate = names.show(quad.subject), names.show(quad.predicate)
            if predicate in ("rdf:type", "rdfs:subClassOf"):
                members[names.show(quad.object)].add(subject)
            elif predicate in ("rdfs:label", "skos:prefLabel") and isinstance(quad.object, Literal):
                labels[subject][quad.object.language or ""] = quad.object.value
    pairs = {name: (said["en"], said["zh-hans"]) for name, said in labels.items() if len(said) > 1}
    return Vocabulary(names.prefixes, pairs, {name: sorted(m) for name, m in members.items()})


def describe(subject: str, kind: str, statements: Iterable[Statement]) -> str:
    """Return the Turtle of one thing."""
    lines = "".join(f"    {predicate} {value} ;\n" for predicate, value in statements)
    return f"{subject}\n    a {kind} ;\n{lines}.\n\n"


def say_both(english: str, chinese: str) -> str:
    """Return a text in both languages as Turtle has it."""
    return f'"{english}"@en , "{chinese}"@zh-Hans'


def name_city(index: int) -> str:
    """Return the slug of a city, the first of which has index 0.

    >>> name_city(0)
    'city-00001'
    """
    return f"city-{index + 1:05d}"


def name_source(block: int) -> str:
    """Return the slug of the source that tells of a block of cities."""
    return f"synthetic-{block + 1:04d}"


def digest_text(text: str) -> str:
    """Return the SHA-256 of a text, hexadecimal."""
    return hashlib.sha256(text.encode()).hexdigest()


@dataclass
class Passages:
    """A section of a source that is cut into sentences, and these into passages, as they come."""

    source: str
    random: Random
    position: int
    segments: list[tuple[int, int]] = field(default_factory=list)
    cuts: list[tuple[int, int]] = field(default_factory=list)

    def take(self) -> tuple[int, int]:
        """Return start and end of the next passage; one to three make a sentence."""
        if not self.cuts:
            start = self.position
            for _ in range(self.random.randint(1, 3)):
                end = self.position + self.random.randint(8, 40)
                self.cuts.append((self.position, end))
                self.position = end
            self.segments.append((start, self.position))
            self.position += 1
        return self.cuts.pop(0)


@dataclass
class City:
    """A city's file as it grows."""

    index: int
    words: Vocabulary
    random: Random
    passages: Passages
    pieces: list[str] = field(default_factory=list)
    documents: list[str] = field(default_factory=list)
    years: tuple[int, int] = (0, 0)

    @property
    def slug(self) -> str:
        """The city's slug, with which those of its things begin."""
        return name_city(self.index)

    @property
    def names(self) -> tuple[str, str]:
        """The city's name in both languages."""
        return f"Synthetic city {self.index + 1}", f"合成城市{self.index + 1}"

    @property
    def reported(self) -> Statement:
        """That the source reports it."""
        return "cdp:reportedIn", f"doc:{self.passages.source}"

    def name(self, kind: str, rest: object) -> str:
        """Return the prefixed name of a thing of this city."""
        return f"{kind}:{self.slug}-{rest}"

    def choose(self, kind: str) -> str:
        """Return one of the instances or subclasses of a class; early ones are commoner."""
        members = self.words.members[kind]
        return members[int(len(members) * self.random.random() ** 1.5)]

    def choose_other(self) -> int | None:
        """Return an earlier city, so that few cities are the first of many; None for the first."""
        return self.random.randrange(self.index) if self.index else None

    def chance(self, share: float) -> bool:
        """Return whether something happens that happens in this share of cases."""
        return self.random.random() < share

    def cite(self) -> Statement:
        """Write an evidence of the next passage, and return that a thing has it."""
        start, end = self.passages.take()
        source = self.passages.source
        name = f"evidence:{source}-{start}-{end}"
        self.pieces.append(write_passage(source, start, end))
        return "cdp:hasEvidence", name

    def add(
        self, name: str, kind: str, label: tuple[str, str], statements: Iterable[Statement]
    ) -> str:
        """Write a thing that has a label and evidence; return its name."""
        statements = [("rdfs:label", say_both(*label)), self.cite(), *statements]
        self.pieces.append(describe(name, kind, statements))
        return name

    def tell(self, about: str, more: str = "") -> Statement:
        """Return a description of something to do with what a concept stands for."""
        (english, chinese), place = self.words.labels[about], self.names
        aim, aim_zh = self.random.choice(AIMS)
        text = aim.format(english)
        return "cdp:description", say_both(
            f"{text[0].upper()}{text[1:]} in {place[0]}{', ' + more if more else ''}.",
            f"{place[1]}{aim_zh.format(chinese)}。",
        )

    def add_element(
        self,
        name: str,
        kind: str,
        stated: str,
        statements: Iterable[Statement] = (),
        *,
        voice: str = "document",
        themed: bool = True,
    ) -> str:
        """Write a policy element, with a theme and what it is called after; return its name."""
        theme = self.choose("cdp:Theme")
        about, number = self.words.labels[theme], name.rpartition("-")[2]
        called = self.words.labels[kind]
        label = f"{called[0].capitalize()} {number}: {about[0]}", f"{about[1]}{called[1]}{number}"
        said = [
            self.tell(theme, f"as the {called[0]} numbered {number}"),
            ("cdp:hasVoice", f"voice:{voice}"),
            ("cdp:statedIn", stated),
            *statements,
        ]
        if themed:
            said.append(("cdp:hasTheme", theme))
            if self.chance(0.25):
                said.append(("cdp:hasTheme", self.choose("cdp:Theme")))
        if voice in ("article", "inference"):
            said.append(self.reported)
        if self.chance(0.1):
            note = say_both("Made up, as all of this is.", "此处与其余一样，均为虚构。")
            said.append(("skos:editorialNote", note))
        return self.add(name, kind, label, said)


def write_passage(source: str, start: int, end: int) -> str:
    """Return an evidence and its selector; the digest is of the name, there being no text."""
    name = f"evidence:{source}-{start}-{end}"
    return describe(
        name,
        "cdp:Evidence",
        [
            ("oa:hasSource", f"source:{source}"),
            ("oa:hasSelector", f"{name}-selector"),
            ("cdp:passageDigest", f'"{digest_text(name)}"'),
        ],
    ) + write_selector(f"{name}-selector", start, end)


def write_selector(name: str, start: int, end: int) -> str:
    """Return a selector of the code points from start to end."""
    offsets = [("start", start), ("end", end)]
    kind = "xsd:nonNegativeInteger"
    return describe(
        name, "oa:TextPositionSelector", [(f"oa:{at}", f'"{n}"^^{kind}') for at, n in offsets]
    )


def add_bodies(city: City) -> None:
    """Write the city's government and one body of another kind."""
    kinds = [k for k in city.words.members["cdp:IssuingBody"] if k != "cdp:GovernmentBody"]
    other = kinds[city.index % len(kinds)]
    for name, kind in (("government", "cdp:GovernmentBody"), ("body", other)):
        called = city.words.labels[kind]
        label = f"{called[0].capitalize()} of {city.names[0]}", f"{city.names[1]}{called[1]}"
        within = [("cdp:hasJurisdiction", f"place:{city.slug}")]
        city.add(city.name("body", name), kind, label, within)


def add_periods(city: City) -> None:
    """Write a period of years and one without any."""
    first = 2021 + city.random.randrange(3)
    last = first + city.random.choice((2, 4))
    city.years = first, last
    label = f"{first} to {last} ({city.names[0]})", f"{first}至{last}年（{city.names[1]}）"
    years = [
        ("dcat:startDate", f'"{first}-01-01"^^xsd:date'),
        ("dcat:endDate", f'"{last}-12-31"^^xsd:date'),
        ("cdp:datePrecision", '"year"'),
        ("cdp:periodText", f'"{first}-{last}年"@zh-Hans'),
    ]
    city.add(city.name("period", "years"), "cdp:ValidityPeriod", label, years)
    label = f"The years to come ({city.names[0]})", f"今后几年（{city.names[1]}）"
    said = [("cdp:periodText", '"今后几年"@zh-Hans')]
    city.add(city.name("period", "relative"), "cdp:ValidityPeriod", label, said)


def add_documents(city: City) -> None:
    """Write three or four documents, each based on those before it."""
    genres = city.words.members["cdp:DocumentGenre"]
    for number in range(3 + (city.index % 3 == 0)):
        genre = genres[(3 * city.index + number) % len(genres)]
        english, chinese = city.words.labels[genre]
        topic = city.words.labels[theme := city.choose("cdp:Theme")]
        kind = "cdp:PolicyDocument"
        statements = [
            ("cdp:appliesTo", f"place:{city.slug}"),
            ("cdp:documentGenre", genre),
            city.reported,
            city.tell(theme, f"as {english} numbered {number + 1}"),
            *[("cdp:basedOn", earlier) for earlier in city.documents[-2:]],
            *list_details(city, number, genre, chinese),
        ]
        if genre == "genre:regulation" and city.index % 2 == 0:
            kind = "cdp:LegalInstrument"
        elif city.chance(0.2):
            statements.append(("cdp:hasStatus", "status:proposed"))
        label = (
            f"{city.names[0]} {english} {number + 1} on {topic[0]}",
            (f"{city.names[1]}{topic[1]}{chinese}{number + 1}"),
        )
        # Years stand in the title of those documents alone that are for them: see list_details.
        years = f"（{city.years[0]}-{city.years[1]}年）" if number in (1, 3) else ""
        title = f"{city.names[1]}关于推进{topic[1]}的{chinese}{years}"
        statements.append(("cdp:title", f'"{title}"@zh-Hans'))
        name = city.name("doc", f"{genre.partition(':')[2]}-{number + 1}")
        city.documents.append(city.add(name, kind, label, statements))


def list_details(city: City, number: int, genre: str, chinese: str) -> Iterator[Statement]:
    """Yield what is said of some documents and not of others."""
    if number == 0:
        yield "cdp:issuedBy", city.name("body", "government")
        yield "cdp:issued", f'"{city.years[0]}-0{city.random.randint(1, 9)}-15"^^xsd:date'
        number_text = f"合成〔{city.years[0]}〕{city.index + 1}号"
        yield "cdp:documentNumber", f'"{number_text}"'
        yield "cdp:datePrecision", '"day"'
    elif number == 1:
        yield "cdp:issuedBy", city.name("body", "body")
        yield "cdp:shortTitle", f'"{chinese}"@zh-Hans'
        yield "cdp:hasValidityPeriod", city.name("period", "years")
        other = city.choose_other()
        if other is not None and city.chance(0.3):
            yield "cdp:serves", f"target:{name_city(other)}-1"
    else:
        yield "cdp:issuerText", say_both(*city.names)
        yield "cdp:hasValidityPeriod", city.name("period", "relative" if number == 2 else "years")
        yield "cdp:nickname", say_both(f"No. {number} document", f"{number}号文件")
        yield "cdp:openEnded", "true"
    statutory = genre.replace("genre:", "statutory:")
    if statutory in city.words.members["cdp:StatutoryGenre"]:
        yield "cdp:statutoryGenre", statutory


def add_parts(city: City) -> list[str]:
    """Write the parts of the second document, a part of a part, and an annex; return the parts."""
    whole, parts = city.documents[1], []
    places = [(str(n + 1), "cdp:DocumentPart", whole, n) for n in range(PARTS)]
    places.append(("1-1", "cdp:DocumentPart", city.name("part", 1), 0))
    places.append(("annex", "cdp:Annex", whole, PARTS))
    for slug, kind, above, index in places:
        theme = city.choose("cdp:Theme")
        english, chinese = city.words.labels[theme]
        called = city.words.labels[kind]
        label = f"{called[0].capitalize()} {slug} on {english}", f"{called[1]}{slug}：{chinese}"
        statements = [
            ("cdp:partOf", above),
            ("cdp:listIndex", str(index)),
            city.tell(theme, f"says part {slug}"),
            ("cdp:heading", f'"{chinese}"@zh-Hans'),
        ]
        if kind == "cdp:DocumentPart":
            statements.append(("cdp:printedNumber", f'"{index + 1}"'))
        if slug == "5":
            statements.append(("cdp:basedOn", city.documents[0]))
        parts.append(city.add(city.name("part", slug), kind, label, statements))
    return parts[:PARTS]


def add_units(city: City, parts: list[str]) -> tuple[list[str], list[str]]:
    """Write the pillars and the highlights; return the names of both."""
    pillars, highlights = [], []
    for index in range(PILLARS):
        stated = city.documents[2] if city.index % 2 else parts[1]
        more = [("cdp:listIndex", str(index))]
        if city.chance(0.3):
            more.append(("cdp:servesGroup", city.choose("cdp:ServedGroup")))
        name = city.name("item", f"pillar-{index + 1}")
        pillars.append(city.add_element(name, "cdp:Pillar", stated, more))
    for index in range(HIGHLIGHTS):
        name, kind = city.name("item", f"highlight-{index + 1}"), "cdp:ReportedHighlight"
        more = [("cdp:listIndex", str(index))]
        highlights.append(city.add_element(name, kind, city.documents[0], more, voice="article"))
    return pillars, highlights


def add_initiatives(city: City, pillars: list[str], stated: str) -> list[str]:
    """Write initiatives of every kind, most of them under pillars; return their names."""
    kinds = ["cdp:Initiative", *city.words.members["cdp:Initiative"]]
    names = [city.name("initiative", n + 1) for n in range(INITIATIVES)]
    for number, name in enumerate(names):
        kind = kinds[number % len(kinds)]
        # The last three are steps of the first; the others stand under the pillars by turns.
        last = number - (INITIATIVES - 3)
        whole, index = (names[0], last) if last >= 0 else (pillars[number % PILLARS], number // 7)
        more = [("cdp:partOf", whole), ("cdp:listIndex", str(index)), *list_uses(city)]
        if kind == "cdp:LegislativeTask":
            more.append(("cdp:advances", city.documents[number % len(city.documents)]))
        elif kind == "cdp:Cooperation":
            other = city.choose_other() if city.chance(0.8) else None
            partner = "model-region" if other is None else name_city(other)
            topic = city.words.labels[city.choose("cdp:Theme")]
            more.append(("cdp:hasPartner", f"place:{partner}"))
            more.append(("cdp:cooperationTopic", say_both(*topic)))
        elif number == 1:
            more.append(("cdp:hasValidityPeriod", city.name("period", "relative")))
        voice = "external" if number == 2 and city.chance(0.2) else "document"
        city.add_element(name, kind, stated, more, voice=voice)
    return names


def list_uses(city: City) -> Iterator[Statement]:
    """Yield technologies, groups, a status and a body of some initiatives."""
    for _ in range(city.random.choice((0, 0, 1, 2))):
        yield "cdp:usesTechnology", city.choose("cdp:Technology")
    if city.chance(0.3):
        yield "cdp:servesGroup", city.choose("cdp:ServedGroup")
    if city.chance(0.4):
        yield "cdp:hasStatus", city.choose("cdp:Status")
    if city.chance(0.2):
        yield "cdp:involves", city.name("body", "government")


def add_targets(city: City, stated: str) -> None:
    """Write targets with a number, with words alone, and positions to reach."""
    goal, year = city.name("target", 1), city.random.randint(*city.years)
    other = city.choose_other()
    due = [("cdp:deadlineText", f'"到{year}年"@zh-Hans'), ("cdp:deadlineYear", str(year))]
    serves = [] if other is None else [("cdp:serves", f"target:{name_city(other)}-2")]
    city.add_element(goal, "cdp:QualitativeTarget", stated, [*due, *serves])
    for number in (2, 3):
        more = [("cdp:partOf", goal), ("cdp:listIndex", str(number - 2))]
        city.add_element(city.name("target", number), "cdp:Positioning", stated, more)
    day = [("cdp:deadline", f'"{year}-12-31"^^xsd:date'), ("cdp:datePrecision", '"year"')]
    day += [("cdp:deadlineText", f'"{year}年底"@zh-Hans'), ("cdp:deadlineYear", str(year))]
    city.add_element(city.name("target", 4), "cdp:QualitativeTarget", stated, day)
    city.add_element(city.name("target", 5), "cdp:QualitativeTarget", stated)
    for number, indicator in ((6, share_indicator(city)), (7, add_indicator(city))):
        more = [*due, ("cdp:hasIndicator", indicator), *list_values(city, number == 7)]
        city.add_element(city.name("target", number), "cdp:QuantitativeTarget", stated, more)


def list_values(city: City, between: bool) -> Iterator[Statement]:
    """Yield what a number to reach is made of: a value, or two bounds."""
    value = city.random.randint(30, 90)
    if between:
        yield "cdp:hasComparator", "comparator:range"
        yield "cdp:lowerBound", f"{value}.0"
        yield "cdp:upperBound", f"{value + 8}.5"
        yield "cdp:hasUnit", "cdpunit:item"
        yield "cdp:unitText", '"项"'
        return
    yield "cdp:hasComparator", city.random.choice(("comparator:ge", "comparator:gt"))
    yield "cdp:targetValue", f"{value}.0"
    yield "cdp:hasUnit", "unit:PERCENT"
    yield "cdp:unitText", '"%"'
    yield "cdp:scope", say_both("the whole city", "全市")
    if city.chance(0.5):
        yield "cdp:baselineValue", f"{value - 20}.5"
        yield "cdp:baselineYear", str(city.years[0] - 1)


def share_indicator(city: City) -> str:
    """Return an indicator that cities share; each of the first cities brings one in."""
    own = city.index < SHARED_INDICATORS
    number = (city.index if own else city.random.randrange(SHARED_INDICATORS)) + 1
    name = f"indicator:model-rate-{number}"
    if own:
        city.add(name, "cdp:Indicator", (f"Synthetic rate {number}", f"合成比率{number}"), [])
    return name


def add_indicator(city: City) -> str:
    """Write an indicator of the city's own."""
    label = f"Number of things in {city.names[0]}", f"{city.names[1]}事项数量"
    return city.add(city.name("indicator", "number"), "cdp:Indicator", label, [])


def add_counts(city: City, parts: list[str], initiatives: list[str], units: list[str]) -> None:
    """Write numbers declared: all listed, some, none, and one that is inferred."""
    rows: tuple[tuple[str, str, int, str, list[str], str], ...] = (
        ("parts", "部分", PARTS, "eq", parts, "document"),
        ("plans", "项计划", 9, "eq", initiatives[0:15:PILLARS], "document"),
        ("measures", "条措施", city.random.randint(20, 80), "gt", [], "article"),
        ("highlights", "大亮点", HIGHLIGHTS, "eq", units, "inference"),
    )
    for english, chinese, declared, comparator, members, voice in rows:
        more = [
            ("cdp:declaredCount", str(declared)),
            ("cdp:hasComparator", f"comparator:{comparator}"),
            ("cdp:countOf", say_both(english, chinese)),
            *[("cdp:hasMember", member) for member in members],
        ]
        if 0 < len(members) < declared:
            more.append(("cdp:openEnded", "true"))
        name, stated = city.name("count", english), city.documents[1]
        city.add_element(name, "cdp:CountStatement", stated, more, voice=voice, themed=False)


def add_framework(city: City, pillars: list[str], initiatives: list[str], stated: str) -> None:
    """Write a framework whose last component lists nothing of what it declares."""
    unlisted = city.random.randint(11, 40)
    components = [(1, initiatives[:1]), (PILLARS, pillars), (unlisted, [])]
    code = "".join(str(declared) for declared, _ in components)
    names = [city.name("component", f"{code}-{n}") for n in range(1, len(components) + 1)]
    more = [("cdp:frameworkCode", f'"{code}"'), *[("cdp:hasComponent", name) for name in names]]
    city.add_element(city.name("framework", code), "cdp:Framework", stated, more, themed=False)
    for position, (declared, members) in enumerate(components, 1):
        more = [
            ("cdp:codeToken", f'"{declared}"'),
            ("cdp:declaredCount", str(declared)),
            ("cdp:hasComparator", "comparator:eq"),
            ("cdp:position", str(position)),
            *[("cdp:hasMember", member) for member in members],
        ]
        name = names[position - 1]
        city.add_element(name, "cdp:FrameworkComponent", stated, more, themed=False)


def compose_city(city: City) -> str:
    """Return the Turtle of a city's file."""
    add_bodies(city)
    add_periods(city)
    add_documents(city)
    parts = add_parts(city)
    pillars, highlights = add_units(city, parts)
    initiatives = add_initiatives(city, pillars, parts[2])
    add_targets(city, city.documents[1])
    add_counts(city, parts, initiatives, highlights)
    if city.index % 2 == 0:
        add_framework(city, pillars, initiatives, parts[3])
    return city.words.head + "".join(city.pieces)


def compose_source(source: str, number: int, sections: list[City], head: str) -> str:
    """Return the Turtle of a source: article, text, and the segments it is cut into."""
    length = (len(sections) + 1) * SECTION
    segments = [(0, 40, "cdp:SourceHeading", "")]
    for city in sections:
        for n, (start, end) in enumerate(city.passages.segments):
            kind = "cdp:SourceSentence" if n else "cdp:SourceHeading"
            segments.append((start, end, kind, f"place:{city.slug}"))
    segments.append((length - 20, length, "cdp:SourceSegment", ""))
    article = [
        ("rdfs:label", say_both(f"Synthetic round-up {number}", f"合成速览{number}")),
        (
            "cdp:description",
            say_both(
                "An article that does not exist, on made-up cities.",
                "并不存在的一篇文章，所述均为虚构。",
            ),
        ),
        ("cdp:hasEvidence", f"evidence:{source}-0-40"),
        ("cdp:openEnded", "true"),
        ("cdp:title", f'"合成城市速览之{number}"@zh-Hans'),
    ]
    text = [
        ("rdfs:label", say_both(f"Text of synthetic round-up {number}", f"合成速览{number}文本")),
        ("cdp:characterCount", str(length)),
        ("cdp:mediaType", '"text/plain"'),
        ("cdp:sha256", f'"{digest_text(source)}"'),
        ("cdp:transcribes", f"doc:{source}"),
    ]
    pieces = [
        head,
        describe(f"doc:{source}", "cdp:SourceArticle", article),
        describe(f"source:{source}", "cdp:SourceText", text),
        write_passage(source, 0, 40),
    ]
    for index, (start, end, kind, about) in enumerate(segments):
        name = f"segment:{source}-{start}-{end}"
        said = [
            ("oa:hasSource", f"source:{source}"),
            ("oa:hasSelector", f"{name}-selector"),
            ("cdp:listIndex", str(index)),
        ]
        said += [("cdp:about", about)] if about else []
        pieces += describe(name, kind, said), write_selector(f"{name}-selector", start, end)
    return "".join(pieces)


def compose_places(words: Vocabulary) -> str:
    """Return the Turtle of the places around the cities: a country, a region, provinces."""

    def place(
        slug: str, kind: str, label: tuple[str, str], level: str = "", within: str = "model-country"
    ) -> str:
        said = [("rdfs:label", say_both(*label))]
        said += [("cdp:hasLevel", f"level:{level}")] if level else []
        said += [("cdp:isWithin", f"place:{within}")] if within else []
        return describe(f"place:{slug}", kind, said)

    pieces = [
        words.head,
        place("model-country", "cdp:Country", ("Model country", "示范国"), "country", ""),
        place("model-region", "cdp:Region", ("Model region", "示范区域")),
    ]
    for number in range(1, PROVINCES + 1):
        label = f"Model province {number}", f"示范省{number}"
        pieces.append(place(f"model-province-{number}", "cdp:Jurisdiction", label, "province"))
    return "".join(pieces)


def write_place(city: City) -> str:
    """Return the Turtle of a city as a place."""
    levels = ("prefecture-level-city",) * 8 + ("sub-provincial-city", "municipality")
    return describe(
        f"place:{city.slug}",
        "cdp:City",
        [
            ("rdfs:label", say_both(*city.names)),
            ("schema:sameAs", f"wd:Q{FIRST_ENTITY + city.index}"),
            ("cdp:hasLevel", f"level:{levels[city.index % len(levels)]}"),
            ("cdp:isWithin", f"place:model-province-{city.index % PROVINCES + 1}"),
        ],
    )


def write_cities(
    folder: Path, count: int, seed: int = 0, progress: Callable[[int], None] = lambda step: None
) -> None:
    """Write a `data/` folder of made-up cities: a file each, a source for every ten, the places.

    The files of a city, and of every source whose ten cities are all there, are the same in a
    run with more cities; the file of places then goes on. `progress` is told of each city.

    Raises:
        KgError: the folder has something in it, and old cities must not mix with new ones.
    """
    if folder.exists() and any(folder.iterdir()):
        raise KgError(f"{folder}: not empty. Name a new folder for the made-up cities.")
    words = read_vocabulary(find_home())
    reference = folder / "reference"
    reference.mkdir(parents=True)
    with (reference / "synthetic-places.ttl").open("w", encoding="utf-8", newline="\n") as places:
        places.write(compose_places(words))
        for first in range(0, count, BLOCK):
            source = name_source(first // BLOCK)
            block = folder / source
            block.mkdir()
            cities = []
            for index in range(first, min(first + BLOCK, count)):
                # Seeded by city: no other city's choices change this one's.
                random = Random(f"{seed} {index}")
                passages = Passages(source, random, (index - first) * SECTION + 100)
                city = City(index, words, random, passages)
                text = compose_city(city)
                (block / f"{city.slug}.ttl").write_bytes(text.encode())
                places.write(write_place(city))
                cities.append(city)
                progress(1)
            text = compose_source(source, first // BLOCK + 1, cities, words.head)
            (block / "source.ttl").write_bytes(text.encode())


@click.command()
@click.argument("folder", type=click.Path(path_type=Path))
@click.option("--cities", type=click.IntRange(1), default=1000, show_default=True)
@click.option("--seed", default=0, show_default=True, help="Another seed gives other cities.")
def main(folder: Path, cities: int, seed: int) -> None:
    """Write made-up cities to FOLDER, which stands as data/ beside ontology/ and queries/."""
    if not sys.stderr.isatty():
        write_cities(folder, cities, seed)
        return
    with click.progressbar(length=cities, label="Writing cities", file=sys.stderr) as bar:
        write_cities(folder, cities, seed, bar.update)


if __name__ == "__main__":
    main()
