"""Pages over several things: the home page and time; and all other overviews."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from kg.names import language_of
from kg.portrait.model import Detail, Link, Row
from kg.portrait.rows import follow, make_row
from kg.publish.answers import answer_question, write_answer
from kg.publish.cities import Card, make_card
from kg.publish.comparison import make_comparison_pages
from kg.publish.edition import Edition
from kg.publish.matrix import make_matrix_pages
from kg.publish.page import Page, write_csv
from kg.publish.periods import list_years

MOST_DRAWN = 6  # frameworks on the home page

Missing = tuple[str, int, list[tuple[Link, int]]]  # a fact, and how often cities lack it


@dataclass(frozen=True)
class Article:
    """An article that the data come from, and what it is, such as its language and date."""

    link: Link
    facts: tuple[str, ...]


@dataclass(frozen=True)
class Dates:
    """A document of a city: the name of its period without years, and its date of issue, or ""."""

    city: Link
    document: Link
    period: str
    issued: str


@dataclass(frozen=True)
class Event:
    """What happens in a year, in which city, to what."""

    event: str
    city: Link
    row: Row


def make_overview_pages(edition: Edition) -> Iterator[Page]:
    """Yield all overviews."""
    yield make_home_page(edition)
    yield from make_matrix_pages(edition)
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
    country, number = find_country(edition), len(edition.cities)
    cards = [make_card(edition, city) for city in edition.cities]
    missing = list_missing(edition)
    return Page(
        "index",
        "home.html",
        words["home-title-in" if country else "home-title"].format(number=number, country=country),
        words["home-summary"],
        values={
            "cards": cards,
            "targets": list_targets(edition),
            "partners": answer_question(edition, "partners"),
            "frameworks": drawn[:MOST_DRAWN],
            "missing": missing,
            "articles": list_articles(edition),
        },
        files={"index.csv": write_figures(edition, cards, missing)},
        download="index.csv",
    )


def write_figures(edition: Edition, cards: Iterable[Card], missing: Iterable[Missing]) -> bytes:
    """Return the numbers of the home page as CSV: of passages, those covered and all."""
    words = edition.words
    titles = [words[f"column-{name}"] for name in ("city", "what", "count", "total", "iri")]
    rows: list[tuple[str, ...]] = []
    for card in cards:
        counts = [(f"count-{name}", str(cell.number), "") for name, cell in card.counts]
        if card.passages[1]:
            covered, every = map(str, card.passages)
            counts.append(("count-passages", covered, every))
        rows += [
            (card.city.name, words[name], number, total, card.city.iri)
            for name, number, total in counts
        ]
    for fact, _, cities in missing:
        rows += [(city.name, fact, str(number), "", city.iri) for city, number in cities]
    return write_csv(titles, rows)


def find_country(edition: Edition) -> str:
    """Return the name of the smallest place that contains all cities, or ""."""

    def list_wholes(iri: str) -> list[str]:
        return follow(iri, lambda one: edition.reading.list_iris(one, "cdp:isWithin"))

    wholes = [{*list_wholes(city.iri)} for city in edition.cities]
    common = sorted(set.intersection(*wholes)) if wholes else []
    smallest = max(common, key=lambda iri: len(list_wholes(iri)), default="")
    return edition.reading.read_label(smallest) if smallest else ""


def list_articles(edition: Edition) -> list[Article]:
    """Return the articles that the data come from, with the language and date that they state."""
    words, reading = edition.words, edition.reading
    articles = []
    for iri in edition.list_instances("cdp:SourceArticle"):
        tags = {language_of(one.value)[:2] for one in reading.find(iri, "cdp:title")}
        known = [words.texts.get(f"language-{tag}", tag) for tag in sorted(tags) if tag]
        date = reading.read_text(iri, "cdp:issued") or words["no-date"]
        facts = (edition.things[iri].kind, *known, date)
        articles.append(Article(reading.link(iri), tuple(filter(None, facts))))
    return articles


def list_missing(edition: Edition) -> list[Missing]:
    """Return what the source does not state, how often in all and for each city; most first.

    Each is a fact that a reader would look for, such as the date of issue of a document.
    """
    cities = edition.cities_by_name
    facts: dict[str, Counter[str]] = {}
    for row in edition.ask_texts("not-stated"):
        facts.setdefault(row["fact"], Counter())[row["city"]] += 1
    return [
        (fact, times.total(), [(cities.get(name, Link(name)), n) for name, n in times.items()])
        for fact, times in sorted(facts.items(), key=lambda item: -item[1].total())
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


def make_time_page(edition: Edition) -> Page:
    """Return the page of periods, deadlines, and what has no year."""
    words = edition.words
    bars, dates = edition.bars, list_dates(edition)
    return Page(
        "time",
        "time.html",
        words["time"],
        words["time-summary"],
        values={
            "years": list_years(bars),
            "bars": bars,
            "dates": dates,
            "without_years": [
                one for one in dates if one.document.iri not in edition.bars_by_holder
            ],
            "timeline": list_events(edition),
            "undated": list_undated(edition),
        },
        files={"time.csv": write_answer(edition, "timeline")},
        download="time.csv",
    )


def list_dates(edition: Edition) -> list[Dates]:
    """Return what is known of the dates of each city's documents, in the order of the source."""
    reading = edition.reading
    return [
        Dates(
            city,
            row.thing,
            reading.read_text(row.thing.iri, "cdp:hasValidityPeriod"),
            reading.read_text(row.thing.iri, "cdp:issued"),
        )
        for city in edition.cities
        for section in edition.things[city.iri].sections
        if section.name == "documents"
        for row in section.rows
    ]


def list_events(edition: Edition) -> list[tuple[str, list[Event]]]:
    """Return what begins, ends or is due, by year."""
    cities = edition.cities_by_name
    years: dict[str, list[Event]] = {}
    for row in edition.ask_texts("timeline"):
        city = cities.get(row["city"], Link(row["city"]))
        shown = make_row(edition.reading, row["subjectIri"], with_document=True)
        if not row["voice"]:  # a document, of which only the name is needed here
            shown = Row(shown.thing)
        years.setdefault(row["year"], []).append(Event(row["event"], city, shown))
    return list(years.items())


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
