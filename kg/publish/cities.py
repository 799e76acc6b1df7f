"""Cities in numbers: each is that of a list to which it leads; which cities are similar."""

from dataclasses import dataclass

from kg.portrait.description import Description
from kg.portrait.model import Link, Section
from kg.publish.edition import Edition
from kg.publish.matrix import Cell, make_cell

MOST_SIMILAR = 3
MOST_COMPARED = 12  # cities of which all pairs have a page


@dataclass(frozen=True)
class Card:
    """A city on the home page: how many of what it has, by the names of words.

    `passages` are the numbers of passages of the sources about the city, covered and in all.
    """

    city: Link
    level: str
    counts: tuple[tuple[str, Cell], ...]
    passages: tuple[int, int]


def make_card(edition: Edition, city: Link) -> Card:
    """Return the card of a city."""
    level = edition.reading.read_text(city.iri, "cdp:hasLevel")
    rows = [row for row in edition.ask_texts("coverage") if row["cityIri"] == city.iri]
    covered, passages = (sum(int(row[name]) for row in rows) for name in ("covered", "passages"))
    return Card(city, level, tuple(list_counts(edition, city.iri)), (covered, passages))


def list_counts(edition: Edition, city: str) -> list[tuple[str, Cell]]:
    """Return how many documents, initiatives, targets, themes and gaps the page of a city lists."""
    cells = {
        name: count_section(edition, city, name)
        for name in ("documents", "initiatives", "targets", "themes", "missing")
    }
    themes = len(list_theme_cells(edition, city))
    cells["themes"] = Cell(themes, cells["themes"].path, "themes")
    return [(name, cell) for name, cell in cells.items() if cell.number]


def count_section(edition: Edition, city: str, name: str) -> Cell:
    """Return the number of rows in a section of the page of a city, and where it is."""
    sections = [one for one in edition.things[city].sections if one.name == name]
    return Cell(sum(map(count_rows, sections)), edition.routes.addresses[city].page, name)


def list_theme_cells(edition: Edition, city: str) -> list[tuple[Link, Cell]]:
    """Return the themes of a city with the numbers of their elements, most first."""
    themes = edition.elements["themes"].own.get(city, frozenset())
    found = [(edition.reading.link(iri), make_cell(edition, "themes", iri, city)) for iri in themes]
    return sorted(found, key=lambda one: (-one[1].number, one[0].name.casefold(), one[0].iri))


def summarize_city(edition: Edition, thing: Description) -> str:
    """Return what the page of a city lists, in one line, for previews."""
    level = edition.reading.read_text(thing.iri, "cdp:hasLevel")
    words, colon = edition.words, edition.reading.words["colon"]
    counts = edition.reading.words.join(
        [f"{words[f'count-{name}']}{colon}{cell.number}"
         for name, cell in list_counts(edition, thing.iri)]
    )  # fmt: skip
    return words["city-summary"].format(level or thing.kind, counts)


def count_rows(section: Section) -> int:
    """Return how many things a section lists; of what is not stated, each fact of each thing."""
    if section.name == "missing":
        return sum(len(detail.values) for row in section.rows for detail in row.details)
    return len(section.rows)


def list_similar(edition: Edition, iri: str) -> list[tuple[Link, str, str]]:
    """Return the cities with the most similar themes, the themes shared, and the comparison's path.

    The path is "" if there are too many cities for comparisons.
    """
    if iri not in edition.cities_by_iri:
        return []
    found = []
    for other in edition.cities:
        if other.iri != iri:
            shared, either = share_themes(edition, iri, other.iri)
            path = name_comparison(edition, iri, other.iri) if has_comparisons(edition) else ""
            said = edition.words["shared-themes"].format(shared, either)
            found.append((-shared / max(either, 1), other.name, (other, said, path)))
    return [one for _, _, one in sorted(found, key=lambda item: item[:2])[:MOST_SIMILAR]]


def share_themes(edition: Edition, first: str, second: str) -> tuple[int, int]:
    """Return how many themes two cities share, and how many either of them has."""
    shared, either = edition.elements["themes"].compare(first, second)
    return len(shared), len(either)


def has_comparisons(edition: Edition) -> bool:
    """Return whether each pair of cities has a page."""
    return len(edition.cities) <= MOST_COMPARED


def name_comparison(edition: Edition, first: str, second: str) -> str:
    """Return the path of the comparison of two things, whatever their order."""
    pages = (edition.routes.addresses[iri].page for iri in (first, second))
    return "compare/" + "-".join(sorted(page.rpartition("/")[2] for page in pages))
