"""Pages that compare two cities: what both have, what only one has, and how many of it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations

from kg.portrait.model import Link
from kg.publish.cities import count_section, has_comparisons, name_comparison, share_themes
from kg.publish.counting import PROPERTIES
from kg.publish.edition import Edition
from kg.publish.matrix import Cell, make_cell
from kg.publish.page import Crumb, Page, write_csv

# The sections of a city that are compared, in this order.
KINDS = ("documents", "frameworks", "targets", "pillars", "initiatives", "partners", "counts",
         "highlights")  # fmt: skip


@dataclass(frozen=True)
class Compared:
    """Something that one of two cities has, or both: how many of it each has."""

    thing: Link
    first: Cell
    second: Cell


@dataclass(frozen=True)
class Aspect:
    """An aspect of a comparison: under each heading, what both cities have or only one has."""

    heading: str
    groups: tuple[tuple[str, tuple[Compared, ...]], ...]


def make_comparison_pages(edition: Edition) -> Iterator[Page]:
    """Yield the page that lists comparisons, and one for each pair of cities up to a limit."""
    words, cities = edition.words, edition.cities
    pairs = list(combinations(cities, 2))
    shared = [share_themes(edition, first.iri, second.iri) for first, second in pairs]
    paths = [
        name_comparison(edition, first.iri, second.iri) if has_comparisons(edition) else ""
        for first, second in pairs
    ]
    titles = [words[f"column-{name}"] for name in ("city", "city", "shared", "either")]
    rows = (
        (first.name, second.name, str(both), str(either))
        for (first, second), (both, either) in zip(pairs, shared, strict=True)
    )
    listed = [
        (*pair, *one) for pair, one in zip(pairs, zip(paths, shared, strict=True), strict=True)
    ]
    listed.sort(key=lambda one: (one[0].name, one[1].name))
    yield Page("compare", "comparisons.html", words["compare"], words["compare-summary"],
               values={"pairs": listed}, files={"compare.csv": write_csv(titles, rows)},
               download="compare.csv")  # fmt: skip
    for (first, second), path in zip(pairs, paths, strict=True):
        if path:
            yield make_comparison_page(edition, first, second, path)


def make_comparison_page(edition: Edition, first: Link, second: Link, path: str) -> Page:
    """Return the page that compares two cities."""
    words = edition.words
    aspects = list_aspects(edition, first.iri, second.iri)
    names = ("section", "group", "thing")
    titles = [*(words[f"column-{name}"] for name in names), first.name, second.name]
    rows = (
        [aspect.heading, heading, row.thing.name, str(row.first.number), str(row.second.number),
         row.thing.iri]
        for aspect in aspects for heading, many in aspect.groups for row in many
    )  # fmt: skip
    return Page(
        path,
        "comparison.html",
        words["compare-two"].format(first.name, second.name),
        words["compare-two-summary"].format(first.name, second.name),
        (Crumb(words["compare"], "compare"),),
        {
            "first": first,
            "second": second,
            "aspects": aspects,
            "similar": share_themes(edition, first.iri, second.iri),
        },
        files={f"{path}.csv": write_csv([*titles, words["column-iri"]], rows)},
        download=f"{path}.csv",
    )


def list_aspects(edition: Edition, first: str, second: str) -> list[Aspect]:
    """Return how two cities compare: by kind of content, themes, technologies and groups.

    Within an aspect, what has the most elements comes first. Aspects without anything are left out.
    """
    words, cities = edition.words, (first, second)
    kinds = [
        Compared(
            Link(words[f"count-{name}"]), *(count_section(edition, one, name) for one in cities)
        )
        for name in KINDS
    ]
    aspects = [Aspect(words["compared-kinds"], (("", tuple(filter(_has_any, kinds))),))]
    for name in PROPERTIES:
        rows = [
            Compared(
                edition.reading.link(thing),
                *(make_cell(edition, name, thing, one) for one in cities),
            )
            for thing in edition.elements[name].compare(first, second)[1]
        ]
        rows.sort(
            key=lambda row: (-row.first.number - row.second.number, row.thing.name.casefold())
        )
        aspects.append(Aspect(words[name], _group(edition, first, second, rows)))
    return [one for one in aspects if any(many for _, many in one.groups)]


def _has_any(row: Compared) -> bool:
    return bool(row.first.number or row.second.number)


def _group(
    edition: Edition, first: str, second: str, rows: Sequence[Compared]
) -> tuple[tuple[str, tuple[Compared, ...]], ...]:
    only, label = edition.words["only"], edition.reading.read_label
    groups = (
        (edition.words["both"], (True, True)),
        (only.format(label(first)), (True, False)),
        (only.format(label(second)), (False, True)),
    )
    return tuple(
        (heading, tuple(
            row for row in rows if (bool(row.first.number), bool(row.second.number)) == has
        ))
        for heading, has in groups
    )  # fmt: skip
