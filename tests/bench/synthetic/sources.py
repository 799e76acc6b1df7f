"""The sources that report the cities, and the places that the cities are in."""

from collections.abc import Iterator, Sequence

from synthetic.city import City
from synthetic.turtle import (
    Texts,
    compute_digest,
    write_evidence,
    write_selector,
    write_texts,
    write_thing,
)
from synthetic.vocabulary import Vocabulary

BLOCK = 10  # cities in a source
SECTION = 10_000  # code points of a source for each city
PROVINCES = 20
FIRST_ENTITY = 9_000_000_001  # Wikidata has no entity with this number or a higher one
LEVELS = ("prefecture-level-city",) * 8 + ("sub-provincial-city", "municipality")


def compose_source(source: str, number: int, cities: Sequence[City], header: str) -> str:
    """Return the Turtle of a source: article, text and segments."""
    length = (len(cities) + 1) * SECTION
    article = [
        ("rdfs:label", write_texts(f"Synthetic round-up {number}", f"合成速览{number}")),
        (
            "cdp:description",
            write_texts(
                f"Article {number}, which does not exist, on made-up cities.",
                f"并不存在的文章之{number}，所述均为虚构。",
            ),
        ),
        ("cdp:hasEvidence", f"evidence:{source}-0-40"),
        ("cdp:openEnded", "true"),
        ("cdp:title", f'"合成城市速览之{number}"@zh-Hans'),
    ]
    label = write_texts(f"Text of synthetic round-up {number}", f"合成速览{number}文本")
    text = [
        ("rdfs:label", label),
        ("cdp:characterCount", str(length)),
        ("cdp:mediaType", '"text/plain"'),
        ("cdp:sha256", f'"{compute_digest(source)}"'),
        ("cdp:transcribes", f"doc:{source}"),
    ]
    pieces = [
        header,
        write_thing(f"doc:{source}", "cdp:SourceArticle", article),
        write_thing(f"source:{source}", "cdp:SourceText", text),
        write_evidence(source, 0, 40),
        *write_segments(source, cities, length),
    ]
    return "".join(pieces)


def write_segments(source: str, cities: Sequence[City], length: int) -> Iterator[str]:
    """Yield the Turtle of the segments: a heading, those of each city, and the end."""
    segments = [(0, 40, "cdp:SourceHeading", "")]
    for city in cities:
        for number, (start, end) in enumerate(city.passages.segments):
            kind = "cdp:SourceSentence" if number else "cdp:SourceHeading"
            segments.append((start, end, kind, f"place:{city.slug}"))
    segments.append((length - 20, length, "cdp:SourceSegment", ""))
    for index, (start, end, kind, place) in enumerate(segments):
        name = f"segment:{source}-{start}-{end}"
        statements = [
            ("oa:hasSource", f"source:{source}"),
            ("oa:hasSelector", f"{name}-selector"),
            ("cdp:listIndex", str(index)),
        ]
        if place:
            statements.append(("cdp:about", place))
        yield write_thing(name, kind, statements)
        yield write_selector(name, start, end)


def compose_places(vocabulary: Vocabulary) -> str:
    """Return the Turtle of the places that cities are in: a country, a region, provinces."""
    pieces = [
        vocabulary.header,
        write_place("model-country", "Country", ("Model country", "示范国"), level="country"),
        write_place("model-region", "Region", ("Model region", "示范区域"), within="model-country"),
    ]
    for number in range(1, PROVINCES + 1):
        pieces.append(
            write_place(
                f"model-province-{number}",
                "Jurisdiction",
                (f"Model province {number}", f"示范省{number}"),
                level="province",
                within="model-country",
            )
        )
    return "".join(pieces)


def write_place(slug: str, kind: str, label: Texts, *, level: str = "", within: str = "") -> str:
    """Return the Turtle of a place."""
    statements = [("rdfs:label", write_texts(*label))]
    if level:
        statements.append(("cdp:hasLevel", f"level:{level}"))
    if within:
        statements.append(("cdp:isWithin", f"place:{within}"))
    return write_thing(f"place:{slug}", f"cdp:{kind}", statements)


def write_city_place(city: City) -> str:
    """Return the Turtle of a city as a place."""
    statements = [
        ("rdfs:label", write_texts(*city.label)),
        ("schema:sameAs", f"wd:Q{FIRST_ENTITY + city.index}"),
        ("cdp:hasLevel", f"level:{LEVELS[city.index % len(LEVELS)]}"),
        ("cdp:isWithin", f"place:model-province-{city.index % PROVINCES + 1}"),
    ]
    return write_thing(f"place:{city.slug}", "cdp:City", statements)
