"""Periods in years."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from kg.portrait.model import Link
from kg.portrait.reading import Reading


@dataclass(frozen=True)
class Bar:
    """A period: the city, the document or element that has it, and its first and last year."""

    city: str
    holder: Link
    start: int
    end: int


def list_bars(reading: Reading, rows: Iterable[Mapping[str, str]]) -> list[Bar]:
    """Return the periods with a year of an answer to the question periods, in its order."""
    bars = []
    for row in rows:
        start, end = row["start"][:4] or row["end"][:4], row["end"][:4] or row["start"][:4]
        if start.isdigit() and end.isdigit():
            holder = reading.link(row["holderIri"])
            bars.append(Bar(row["city"], holder, int(start), int(end)))
    return bars


def list_years(bars: Sequence[Bar]) -> list[int]:
    """Return all years from the first to the last of the periods."""
    years = [year for bar in bars for year in (bar.start, bar.end)]
    return list(range(min(years), max(years) + 1)) if years else []
