"""The policy elements of a city: pillars, highlights, initiatives, counts and frameworks."""

from collections.abc import Iterator

from synthetic.city import City
from synthetic.documents import PARTS
from synthetic.turtle import Statement, write_texts

PILLARS, INITIATIVES, HIGHLIGHTS = 7, 20, 3


def add_pillars(city: City, parts: list[str]) -> list[str]:
    """Add the pillars; return their names."""
    pillars = []
    stated_in = city.documents[2] if city.index % 2 else parts[1]
    for index in range(PILLARS):
        statements = [("cdp:listIndex", str(index))]
        if city.happens(0.3):
            statements.append(("cdp:servesGroup", city.choose_member("cdp:ServedGroup")))
        name = city.name("item", f"pillar-{index + 1}")
        pillars.append(city.add_element(name, "cdp:Pillar", stated_in, statements))
    return pillars


def add_highlights(city: City) -> list[str]:
    """Add the highlights, which the article reports; return their names."""
    highlights = []
    for index in range(HIGHLIGHTS):
        name, kind = city.name("item", f"highlight-{index + 1}"), "cdp:ReportedHighlight"
        order = [("cdp:listIndex", str(index))]
        highlights.append(city.add_element(name, kind, city.documents[0], order, voice="article"))
    return highlights


def add_initiatives(city: City, pillars: list[str], stated_in: str) -> list[str]:
    """Add initiatives of every kind, most of them in pillars; return their names."""
    kinds = ["cdp:Initiative", *city.vocabulary.members["cdp:Initiative"]]
    names = [city.name("initiative", n + 1) for n in range(INITIATIVES)]
    for number, name in enumerate(names):
        kind = kinds[number % len(kinds)]
        # The last three are steps of the first; the others are spread over the pillars.
        step = number - (INITIATIVES - 3)
        parent, index = (
            (names[0], step) if step >= 0 else (pillars[number % PILLARS], number // PILLARS)
        )
        statements = [("cdp:partOf", parent), ("cdp:listIndex", str(index)), *list_details(city)]
        if kind == "cdp:LegislativeTask":
            statements.append(("cdp:advances", city.documents[number % len(city.documents)]))
        elif kind == "cdp:Cooperation":
            statements += list_partner(city)
        elif number == 1:
            statements.append(("cdp:hasValidityPeriod", city.name("period", "relative")))
        voice = "external" if number == 2 and city.happens(0.2) else "document"
        city.add_element(name, kind, stated_in, statements, voice=voice)
    return names


def list_details(city: City) -> Iterator[Statement]:
    """Yield the technologies, group, status and body of an initiative, of which it may lack any."""
    for _ in range(city.random.choice((0, 0, 1, 2))):
        yield "cdp:usesTechnology", city.choose_member("cdp:Technology")
    if city.happens(0.3):
        yield "cdp:servesGroup", city.choose_member("cdp:ServedGroup")
    if city.happens(0.4):
        yield "cdp:hasStatus", city.choose_member("cdp:Status")
        yield "cdp:inferredProperty", "cdp:hasStatus"
    if city.happens(0.9):
        yield "cdp:hasFirmness", city.choose_member("cdp:Firmness")
    if city.happens(0.1):
        yield "cdp:contributesTo", "sdg:9"
    if city.happens(0.2):
        yield "cdp:involves", city.name("body", "government")


def list_partner(city: City) -> list[Statement]:
    """Return the partner and the topic of a cooperation."""
    partner = city.choose_earlier_city() if city.happens(0.8) else None
    topic = city.vocabulary.labels[city.choose_member("cdp:Theme")]
    return [
        ("cdp:hasPartner", f"place:{partner or 'model-region'}"),
        ("cdp:cooperationTopic", write_texts(*topic)),
    ]


def add_counts(city: City, parts: list[str], initiatives: list[str], highlights: list[str]) -> None:
    """Add declared numbers: with all their members, with some, with none, and an inferred one."""
    rows: tuple[tuple[str, str, int, str, list[str], str], ...] = (
        ("parts", "部分", PARTS, "eq", parts, "document"),
        ("plans", "项计划", 9, "eq", initiatives[0:15:PILLARS], "document"),
        ("measures", "条措施", city.random.randint(20, 80), "gt", [], "article"),
        ("highlights", "大亮点", HIGHLIGHTS, "eq", highlights, "inference"),
    )
    for english, chinese, declared, comparator, members, voice in rows:
        statements = [
            ("cdp:declaredCount", str(declared)),
            ("cdp:hasComparator", f"comparator:{comparator}"),
            ("cdp:countOf", write_texts(english, chinese)),
            *[("cdp:hasMember", member) for member in members],
        ]
        if 0 < len(members) < declared:
            statements.append(("cdp:openEnded", "true"))
        city.add_element(
            city.name("count", english),
            "cdp:CountStatement",
            city.documents[1],
            statements,
            voice=voice,
            themed=False,
        )


def add_framework(city: City, pillars: list[str], initiatives: list[str], stated_in: str) -> None:
    """Add a framework; its last component declares a number, but has no members."""
    unlisted = city.random.randint(11, 40)
    components = [(1, initiatives[:1]), (PILLARS, pillars), (unlisted, [])]
    code = "".join(str(declared) for declared, _ in components)
    names = [city.name("component", f"{code}-{n}") for n in range(1, len(components) + 1)]
    statements = [
        ("cdp:frameworkCode", f'"{code}"'),
        *[("cdp:hasComponent", name) for name in names],
    ]
    name = city.name("framework", code)
    city.add_element(name, "cdp:Framework", stated_in, statements, themed=False)
    for position, (declared, members) in enumerate(components, 1):
        statements = [
            ("cdp:codeToken", f'"{declared}"'),
            ("cdp:declaredCount", str(declared)),
            ("cdp:hasComparator", "comparator:eq"),
            ("cdp:position", str(position)),
            *[("cdp:hasMember", member) for member in members],
        ]
        name = names[position - 1]
        city.add_element(name, "cdp:FrameworkComponent", stated_in, statements, themed=False)
