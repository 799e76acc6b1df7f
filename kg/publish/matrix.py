"""Pages with the number of elements for each thing and city; each number leads to its list."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from kg.portrait.model import Link
from kg.publish.counting import PROPERTIES
from kg.publish.edition import Edition
from kg.publish.page import Page, write_csv

# The question whose answer is about the same as each page.
QUESTIONS = {"themes": "theme-matrix", "technologies": "technologies", "groups": "groups"}


@dataclass(frozen=True)
class Cell:
    """A number of elements, and the page and fragment with the list of as many."""

    number: int
    path: str = ""
    fragment: str = ""


@dataclass(frozen=True)
class Line:
    """A row of a matrix: a thing, and a cell for each city, in its order.

    `level` is its depth below the broadest things of the matrix; `is_broader` is whether narrower
    ones follow.
    """

    thing: Link
    cells: tuple[Cell, ...]
    level: int
    is_broader: bool


def make_matrix_pages(edition: Edition) -> Iterator[Page]:
    """Yield the matrices of themes, technologies and groups served."""
    for name in PROPERTIES:
        yield make_matrix_page(edition, name)


def make_matrix_page(edition: Edition, name: str) -> Page:
    """Return the page with the number of elements for each thing and city.

    Themes have pages with the lists; of technologies and groups the lists are on the same page.
    """
    words, lines = edition.words, list_lines(edition, name)
    return Page(
        name,
        "matrix.html",
        words[name],
        words[f"{name}-summary"],
        values={
            "lines": lines,
            "lists": {} if name == "themes" else list_by_line(edition, name, lines),
            "most": max((cell.number for line in lines for cell in line.cells), default=0),
            "question": QUESTIONS[name],
        },
        files={f"{name}.csv": write_matrix(edition, name, lines)},
        download=f"{name}.csv",
    )


def list_lines(edition: Edition, name: str) -> list[Line]:
    """Return the rows of a matrix, the things with the most elements first, below the broader."""
    listing = edition.elements[name]
    things = set(listing.elements)
    if name == "themes":  # also those of which no city says anything
        things |= {*edition.list_instances("cdp:Theme")}
    ranked = sorted(
        things,
        key=lambda iri: (-listing.count(iri), edition.reading.read_label(iri).casefold(), iri),
    )
    return [
        Line(
            edition.reading.link(iri),
            tuple(make_cell(edition, name, iri, city.iri) for city in edition.cities),
            level,
            is_broader,
        )
        for iri, level, is_broader in order_by_broader(edition, ranked)
    ]


def make_cell(edition: Edition, name: str, thing: str, city: str) -> Cell:
    """Return the number of elements of a city under a thing, and where their list is."""
    number = len(edition.elements[name].find(thing, city))
    if name != "themes":
        return Cell(number, name, name_list(edition, thing, city))
    address = edition.routes.find(thing)
    return Cell(number, address.page if address else "", f"elements-{edition.name_city(city)}")


def name_list(edition: Edition, thing: str, city: str) -> str:
    """Return the fragment of the list of a city's elements under a thing."""
    return f"{edition.routes.make_anchor(thing)}-{edition.name_city(city)}"


def list_by_line(
    edition: Edition, name: str, lines: Sequence[Line]
) -> dict[str, list[tuple[Link, str, list[Link]]]]:
    """Return the cities of each thing, by its IRI, with the fragment and links of their lists."""
    listing = edition.elements[name]
    return {
        line.thing.iri: [
            (
                city,
                name_list(edition, line.thing.iri, city.iri),
                [edition.reading.link(iri) for iri in listing.find(line.thing.iri, city.iri)],
            )
            for city in edition.cities
            if listing.find(line.thing.iri, city.iri)
        ]
        for line in lines
    }


def write_matrix(edition: Edition, name: str, lines: Sequence[Line]) -> bytes:
    """Return a matrix as CSV, a row for each cell."""
    words = edition.words
    titles = [words[name], *(words[f"column-{one}"] for one in ("city", "elements", "iri"))]
    rows = (
        (line.thing.name, city.name, str(cell.number), line.thing.iri, city.iri)
        for line in lines
        for city, cell in zip(edition.cities, line.cells, strict=True)
    )
    return write_csv([*titles, f"{words['column-city']} (IRI)"], rows)


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
