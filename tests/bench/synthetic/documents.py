"""The bodies, periods, documents and parts of documents of a city."""

from collections.abc import Iterator

from synthetic.city import City
from synthetic.turtle import Statement, write_texts

PARTS = 5


def add_bodies(city: City) -> None:
    """Add the city's government and a body of another kind."""
    kinds = [k for k in city.vocabulary.members["cdp:IssuingBody"] if k != "cdp:GovernmentBody"]
    other = kinds[city.index % len(kinds)]
    for slug, kind in (("government", "cdp:GovernmentBody"), ("body", other)):
        title = city.vocabulary.labels[kind]
        label = f"{title[0].capitalize()} of {city.label[0]}", f"{city.label[1]}{title[1]}"
        jurisdiction = [("cdp:hasJurisdiction", f"place:{city.slug}")]
        city.add(city.name("body", slug), kind, label, jurisdiction)


def add_periods(city: City) -> None:
    """Add a period of several years, and one without dates."""
    first = 2021 + city.random.randrange(3)
    last = first + city.random.choice((2, 4))
    city.years = first, last
    label = f"{first} to {last} ({city.label[0]})", f"{first}至{last}年（{city.label[1]}）"
    years = [
        ("dcat:startDate", f'"{first}-01-01"^^xsd:date'),
        ("dcat:endDate", f'"{last}-12-31"^^xsd:date'),
        ("cdp:datePrecision", '"year"'),
        ("cdp:periodText", f'"{first}-{last}年"@zh-Hans'),
    ]
    city.add(city.name("period", "years"), "cdp:ValidityPeriod", label, years)
    label = f"The years to come ({city.label[0]})", f"今后几年（{city.label[1]}）"
    text = [("cdp:periodText", '"今后几年"@zh-Hans')]
    city.add(city.name("period", "relative"), "cdp:ValidityPeriod", label, text)


def add_documents(city: City) -> None:
    """Add three or four documents, each based on the two before it."""
    genres = city.vocabulary.members["cdp:DocumentGenre"]
    for number in range(3 + (city.index % 3 == 0)):
        genre = genres[(3 * city.index + number) % len(genres)]
        english, chinese = city.vocabulary.labels[genre]
        theme = city.choose_member("cdp:Theme")
        topic = city.vocabulary.labels[theme]
        kind = "cdp:PolicyDocument"
        statements = [
            ("cdp:appliesTo", f"place:{city.slug}"),
            ("cdp:documentGenre", genre),
            city.reported_in,
            city.describe(
                theme, (f"as {english} numbered {number + 1}", f"{chinese}之{number + 1}")
            ),
            *[("cdp:basedOn", earlier) for earlier in city.documents[-2:]],
            *list_document_details(city, number, genre, chinese),
        ]
        if genre == "genre:regulation" and city.index % 2 == 0:
            kind = "cdp:LegalInstrument"
        elif city.happens(0.2):
            statements.append(("cdp:hasStatus", "status:proposed"))
        label = (
            f"{city.label[0]} {english} {number + 1} on {topic[0]}",
            f"{city.label[1]}{topic[1]}{chinese}{number + 1}",
        )
        # Only documents with a period of years have years in their titles.
        years = f"（{city.years[0]}-{city.years[1]}年）" if number in (1, 3) else ""
        title = f"{city.label[1]}关于推进{topic[1]}的{chinese}{years}"
        statements.append(("cdp:title", f'"{title}"@zh-Hans'))
        name = city.name("doc", f"{genre.partition(':')[2]}-{number + 1}")
        city.documents.append(city.add(name, kind, label, statements))


def add_higher_policy(city: City) -> str:
    """Add a policy of a higher level; return its name."""
    label = f"National strategy for {city.label[0]}", f"{city.label[1]}对接的国家战略"
    name = city.name("policy", "strategy")
    return city.add(name, "cdp:HigherPolicy", label)


def list_document_details(city: City, number: int, genre: str, chinese: str) -> Iterator[Statement]:
    """Yield statements that only some documents have."""
    if number == 0:
        yield "cdp:issuedBy", city.name("body", "government")
        yield "cdp:issued", f'"{city.years[0]}-0{city.random.randint(1, 9)}-15"^^xsd:date'
        yield "cdp:documentNumber", f'"合成〔{city.years[0]}〕{city.index + 1}号"'
        yield "cdp:datePrecision", '"day"'
    elif number == 1:
        yield "cdp:issuedBy", city.name("body", "body")
        yield "cdp:shortTitle", f'"{chinese}"@zh-Hans'
        yield "cdp:hasValidityPeriod", city.name("period", "years")
        yield "cdp:respondsTo", add_higher_policy(city)
        other = city.choose_earlier_city()
        if other is not None and city.happens(0.3):
            yield "cdp:serves", f"target:{other}-1"
    else:
        yield "cdp:issuerText", write_texts(*city.label)
        yield "cdp:hasValidityPeriod", city.name("period", "relative" if number == 2 else "years")
        yield "cdp:nickname", write_texts(f"No. {number} document", f"{number}号文件")
        yield "cdp:openEnded", "true"
    statutory = genre.replace("genre:", "statutory:")
    if statutory in city.vocabulary.members["cdp:StatutoryGenre"]:
        yield "cdp:statutoryGenre", statutory


def add_parts(city: City) -> list[str]:
    """Add the parts of the second document, a part of a part and an annex.

    Returns the names of the parts of the document.
    """
    document, parts = city.documents[1], []
    rows = [(str(n + 1), "cdp:DocumentPart", document, n) for n in range(PARTS)]
    rows.append(("1-1", "cdp:DocumentPart", city.name("part", 1), 0))
    rows.append(("annex", "cdp:Annex", document, PARTS))
    for slug, kind, parent, index in rows:
        theme = city.choose_member("cdp:Theme")
        english, chinese = city.vocabulary.labels[theme]
        title = city.vocabulary.labels[kind]
        label = f"{title[0].capitalize()} {slug} on {english}", f"{title[1]}{slug}：{chinese}"
        statements = [
            ("cdp:partOf", parent),
            ("cdp:listIndex", str(index)),
            city.describe(theme, (f"says part {slug}", f"部分{slug}")),
            ("cdp:heading", f'"{chinese}"@zh-Hans'),
        ]
        if kind == "cdp:DocumentPart":
            statements.append(("cdp:printedNumber", f'"{index + 1}"'))
        if slug == "5":
            statements.append(("cdp:basedOn", city.documents[0]))
        parts.append(city.add(city.name("part", slug), kind, label, statements))
    return parts[:PARTS]
