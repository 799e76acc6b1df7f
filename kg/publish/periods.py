"""Periods, and the dates that the sources state, or do not state, of documents."""

from collections.abc import Sequence
from dataclasses import dataclass

from kg.portrait.model import Link
from kg.publish.edition import Edition


@dataclass(frozen=True)
class Bar:
    """A period: the city, the document or element that has it, and its first and last year."""

    city: str
    holder: Link
    start: int
    end: int


@dataclass(frozen=True)
class Dates:
    """A document of a city: the name of its period without years, and its date of issue, or ""."""

    city: Link
    document: Link
    period: str
    issued: str


def list_bars(edition: Edition) -> list[Bar]:
    """Return the periods with a year, in the order of the question periods."""
    bars = []
    for row in edition.ask_texts("periods"):
        start, end = row["start"][:4] or row["end"][:4], row["end"][:4] or row["start"][:4]
        if start.isdigit() and end.isdigit():
            holder = edition.reading.link(row["holderIri"])
            bars.append(Bar(row["city"], holder, int(start), int(end)))
    return bars


def list_years(bars: Sequence[Bar]) -> list[int]:
    """Return all years from the first to the last of the periods."""
    years = [year for bar in bars for year in (bar.start, bar.end)]
    return list(range(min(years), max(years) + 1)) if years else []


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
