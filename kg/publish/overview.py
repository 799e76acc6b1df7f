"""Pages over several things: home, themes, technologies, groups, comparisons and time."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import combinations

from kg.portrait.model import Detail, Link, Row
from kg.portrait.rows import make_row
from kg.publish.answers import answer_question, write_answer
from kg.publish.edition import Edition
from kg.publish.page import Crumb, Page
from kg.publish.things import has_comparisons, name_comparison

MOST_DRAWN = 6  # frameworks on the home page


@dataclass(frozen=True)
class Card:
    """A city on the home page: how many of what it has, by the words for them."""

    city: Link
    level: str
    counts: tuple[tuple[str, int], ...]
    gaps: int


@dataclass(frozen=True)
class Line:
    """A row of a matrix: a thing, and the number of elements for each city, in its order.

    `level` is its depth below the broadest things of the matrix; `is_broader` is whether narrower
    ones follow.
    """

    thing: Link
    numbers: tuple[int, ...]
    level: int
    is_broader: bool


@dataclass(frozen=True)
class Event:
    """What happens in a year, in which city, to what."""

    event: str
    city: Link
    row: Row


@dataclass(frozen=True)
class Aspect:
    """An aspect of a comparison: what both cities have, and what only one has."""

    name: str
    both: tuple[Link, ...]
    first: tuple[Link, ...]
    second: tuple[Link, ...]
    numbers: tuple[tuple[Link, str, str], ...]


def make_overview_pages(edition: Edition) -> Iterator[Page]:
    """Yield all overviews."""
    yield make_home_page(edition)
    yield make_matrix_page(edition, "themes", "theme-matrix", "theme", "elements")
    yield make_matrix_page(edition, "technologies", "technologies", "technology", "element")
    yield make_matrix_page(edition, "groups", "groups", "group", "element")
    yield from make_comparison_pages(edition)
    yield make_time_page(edition)


def make_home_page(edition: Edition) -> Page:
    """Return the home page."""
    words = edition.words
    drawn = [
        section.rows[0]
        for iri in edition.list_instances("cdp:Framework")
        for section in edition.things[iri].sections
        if section.name == "frameworks"
    ]
    # Those of which the source names the least come first: that is what to see.
    drawn.sort(key=lambda row: (-sum(tally.unnamed for tally in row.tallies), row.thing.iri))
    return Page(
        "index",
        "home.html",
        words["home-title"].format(len(edition.cities)),
        words["home-summary"],
        values={
            "cards": [make_card(edition, city) for city in edition.cities],
            "targets": list_targets(edition),
            "partners": answer_question(edition, "partners"),
            "frameworks": drawn[:MOST_DRAWN],
            "missing": list_missing(edition),
            "articles": [
                edition.reading.link(iri) for iri in edition.list_instances("cdp:SourceArticle")
            ],
        },
    )


def list_missing(edition: Edition) -> list[tuple[str, int, list[Link]]]:
    """Return what the source does not state, how often, and for which cities; the commonest first.

    Each is a fact that a reader would look for, such as the date of issue of a document.
    """
    cities = {city.name: city for city in edition.cities}
    facts: dict[str, list[str]] = {}
    for row in edition.ask_texts("not-stated"):
        facts.setdefault(row["fact"], []).append(row["city"])
    return [
        (fact, len(of), [cities[name] for name in dict.fromkeys(of) if name in cities])
        for fact, of in sorted(facts.items(), key=lambda item: -len(item[1]))
    ]


def list_targets(edition: Edition) -> list[Row]:
    """Return the quantitative targets, each with its city and document."""
    found = dict.fromkeys(row["targetIri"] for row in edition.ask_texts("targets"))
    rows = []
    for iri in found:
        row = make_row(edition.reading, iri, with_document=True)
        city = Detail(
            edition.words["column-city"], tuple(edition.reading.list_links(iri, "cdp:appliesTo"))
        )
        rows.append(replace(row, details=(city, *row.details)))
    return rows


def make_card(edition: Edition, city: Link) -> Card:
    """Return the card of a city."""
    sections = {section.name: section for section in edition.things[city.iri].sections}
    themes = edition.reading.list_iris(city.iri, "cdp:addressesTheme")
    names = ("documents", "initiatives", "targets")
    counts = [(name, len(sections[name].rows)) for name in names if name in sections]
    missing = sections.get("missing")
    return Card(
        city,
        edition.reading.read_text(city.iri, "cdp:hasLevel"),
        (*counts, ("themes", len(themes))),
        sum(len(row.details[0].values) for row in missing.rows) if missing else 0,
    )


def make_matrix_page(edition: Edition, path: str, question: str, name: str, value: str) -> Page:
    """Return a page with the number of elements for each thing and city.

    The question has the columns `<name>Iri` and `city`; a row is an element, or has their number
    in the column `elements`.
    """
    slugs = {city.name: number for number, city in enumerate(edition.cities)}
    table: dict[str, list[int]] = {}
    lists: dict[str, dict[int, list[Link]]] = {}
    for row in edition.ask_texts(question):
        iri = row[f"{name}Iri"]
        numbers = table.setdefault(iri, [0] * len(slugs))
        column = slugs.get(row["city"])
        if column is not None:
            numbers[column] += int(row[value]) if value == "elements" else 1
            if value != "elements":
                link = edition.reading.link(row[f"{value}Iri"])
                lists.setdefault(iri, {}).setdefault(column, []).append(link)
    lines = [
        Line(edition.reading.link(iri), tuple(table[iri]), level, is_broader)
        for iri, level, is_broader in order_by_broader(edition, list(table))
    ]
    words = edition.words
    return Page(
        path,
        "matrix.html",
        words[path],
        words[f"{path}-summary"],
        values={
            "lines": lines,
            "lists": lists,
            "heading": words[f"column-{name}"],
            "most": max((max(line.numbers) for line in lines if line.numbers), default=0),
            "question": question,
        },
        files={f"{path}.csv": write_answer(edition, question)},
        download=f"{path}.csv",
    )


def order_by_broader(edition: Edition, iris: Sequence[str]) -> Iterator[tuple[str, int, bool]]:
    """Yield each thing, its depth, and whether narrower ones of the same follow it."""
    below: dict[str, list[str]] = {}
    for iri in iris:
        broader = [one for one in edition.reading.list_iris(iri, "skos:broader") if one in iris]
        below.setdefault(broader[0] if broader else "", []).append(iri)
    seen: set[str] = set()
    # What is only broader than each other is below nothing.
    for top in ("", *iris):
        waiting = [(iri, 0) for iri in reversed(below.get(top, ()))] if top not in seen else []
        while waiting:
            iri, level = waiting.pop()
            if iri not in seen:
                seen.add(iri)
                narrower = below.get(iri, [])
                yield iri, level, bool(narrower)
                waiting += [(one, level + 1) for one in reversed(narrower)]


def make_comparison_pages(edition: Edition) -> Iterator[Page]:
    """Yield the page that lists comparisons, and one for each pair of cities up to a limit."""
    words, cities = edition.words, edition.cities
    similar = {
        name_comparison(edition, row["firstIri"], row["secondIri"]): row
        for row in edition.ask_texts("city-pairs")
    }
    pairs = list(combinations(cities, 2)) if has_comparisons(edition) else []
    listed = [(*pair, name_comparison(edition, pair[0].iri, pair[1].iri)) for pair in pairs]
    yield Page("compare", "comparisons.html", words["compare"], words["compare-summary"],
               values={"pairs": listed, "similar": similar},
               files={"compare.csv": write_answer(edition, "city-pairs")},
               download="compare.csv")  # fmt: skip
    for first, second, path in listed:
        values = {"first": first.iri, "second": second.iri}
        yield Page(
            path,
            "comparison.html",
            words["compare-two"].format(first.name, second.name),
            words["compare-two-summary"].format(first.name, second.name),
            (Crumb(words["compare"], "compare"),),
            {
                "first": first,
                "second": second,
                "aspects": list_aspects(edition, values),
                "similar": similar.get(path),
            },
            files={f"{path}.csv": write_answer(edition, "compare", **values)},
            download=f"{path}.csv",
        )


def list_aspects(edition: Edition, values: dict[str, str]) -> list[Aspect]:
    """Return the aspects in which two cities are compared, in the order of the answer."""
    aspects: dict[str, list[dict[str, str]]] = {}
    for row in edition.ask_texts("compare", **values):
        aspects.setdefault(row["aspect"], []).append(row)
    return [_make_aspect(edition, name, rows) for name, rows in aspects.items()]


def _make_aspect(edition: Edition, name: str, rows: Sequence[dict[str, str]]) -> Aspect:
    links = {row["subjectIri"]: edition.reading.link(row["subjectIri"]) for row in rows}
    parts: dict[tuple[bool, bool], list[Link]] = {}
    for row in rows:
        has = tuple(row[side] not in ("", "0", "false") for side in ("first", "second"))
        parts.setdefault((has[0], has[1]), []).append(links[row["subjectIri"]])
    return Aspect(
        name,
        tuple(parts.get((True, True), ())),
        tuple(parts.get((True, False), ())),
        tuple(parts.get((False, True), ())),
        tuple((links[row["subjectIri"]], row["first"], row["second"]) for row in rows),
    )


def make_time_page(edition: Edition) -> Page:
    """Return the page of periods, deadlines, and what has no year."""
    words = edition.words
    periods = [row for row in edition.ask_texts("periods") if row["start"] or row["end"]]
    years = sorted(
        {int(row[end][:4]) for row in periods for end in ("start", "end") if row[end][:4].isdigit()}
    )
    return Page(
        "time",
        "time.html",
        words["time"],
        words["time-summary"],
        values={
            "years": list(range(years[0], years[-1] + 1)) if years else [],
            "bars": [_make_bar(edition, row) for row in periods],
            "timeline": list_events(edition),
            "undated": list_undated(edition),
        },
        files={"time.csv": write_answer(edition, "timeline")},
        download="time.csv",
    )


def list_events(edition: Edition) -> list[tuple[str, list[Event]]]:
    """Return what begins, ends or is due, by year."""
    cities = {city.name: city for city in edition.cities}
    years: dict[str, list[Event]] = {}
    for row in edition.ask_texts("timeline"):
        city = cities.get(row["city"], Link(row["city"]))
        shown = make_row(edition.reading, row["subjectIri"], with_document=True)
        if not row["voice"]:  # a document, of which only the name is needed here
            shown = Row(shown.thing)
        years.setdefault(row["year"], []).append(Event(row["event"], city, shown))
    return list(years.items())


def _make_bar(edition: Edition, row: dict[str, str]) -> tuple[str, Link, int, int]:
    """Return the city, the document or element, and the first and last year of a period."""
    start, end = row["start"][:4] or row["end"][:4], row["end"][:4] or row["start"][:4]
    return row["city"], edition.reading.link(row["holderIri"]), int(start), int(end)


def list_undated(edition: Edition) -> list[tuple[Link, list[Row]]]:
    """Return the targets of each city for which the source states no year."""
    found = []
    for city in edition.cities:
        rows = [
            row
            for section in edition.things[city.iri].sections
            if section.name == "targets"
            for row in section.rows
            if row.group == edition.reading.words["no-year"]
        ]
        if rows:
            found.append((city, rows))
    return found
