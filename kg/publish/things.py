"""The page of each thing: its portrait, its statements, what refers to it, and its passages."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby

from kg.portrait.description import Description
from kg.portrait.model import Detail, Link, Passage, Row, Section
from kg.portrait.rows import make_row
from kg.publish.cities import count_rows, list_similar, list_theme_cells, summarize_city
from kg.publish.edition import Edition
from kg.publish.facts import list_facts, list_setting, write_links, write_statements
from kg.publish.families import list_families
from kg.publish.model import make_model
from kg.publish.page import Crumb, Page, write_csv
from kg.publish.periods import list_years
from kg.publish.vocabulary import Term, list_terms, write_terms

DESCRIPTIONS = ("cdp:description", "skos:definition", "dcterms:description")


@dataclass(frozen=True)
class Cited:
    """A passage of a source: the fragments of its IRIs, and the things that it is evidence for."""

    passage: Passage
    fragments: tuple[str, ...]
    kinds: tuple[str, ...]
    things: tuple[Link, ...]


@dataclass(frozen=True)
class Group:
    """Rows of a section under one heading, which may be ""; `anchor` is the fragment."""

    heading: str
    anchor: str
    rows: tuple[Row, ...]


def make_thing_pages(edition: Edition) -> Iterator[Page]:
    """Yield the page of each thing that has one, sorted by path."""
    for path, iris in sorted(edition.routes.list_pages().items()):
        own = [iri for iri in iris if edition.routes.addresses[iri].fragment == ""]
        terms = [iri for iri in iris if iri not in own]
        # A namespace such as ontology# may have terms without a document.
        iri = (own or iris)[0]
        make = make_ontology_page if iri == edition.ontology else make_thing_page
        yield make(edition, path, iri, terms)


def make_ontology_page(edition: Edition, path: str, iri: str, terms: Sequence[str]) -> Page:
    """Return the page of the ontology, with a diagram, its terms in families, and its history."""
    page = make_thing_page(edition, path, iri, terms)
    values = {"model": make_model(edition), "families": list_families(edition, terms)}
    return replace(page, template="ontology.html", values={**page.values, **values})


def make_thing_page(edition: Edition, path: str, iri: str, terms: Sequence[str]) -> Page:
    """Return the page of a thing, with other things that are fragments of it."""
    thing = edition.things[iri]
    words, kind = edition.words, edition.name_kind(iri)
    element = make_element(edition, iri)
    facts = thing.details or tuple(list_facts(edition, iri))
    shown = element.details if element else facts
    cited = list_cited(edition, terms)
    groups = [] if cited else list_terms(edition, terms)
    sections = [
        (section, list_groups(edition, section), count_rows(section)) for section in thing.sections
    ]
    is_city = iri in edition.cities_by_iri
    summary = element.description if element else _summarize(edition, thing)
    bars = edition.bars_by_holder.get(iri, [])
    table = path + ".csv"
    return Page(
        path,
        "thing.html",
        thing.label,
        summarize_city(edition, thing) if is_city else summary,
        (
            Crumb(words["things"], "things"),
            Crumb(kind or words["things"], "things", find_anchor(edition, iri)),
        ),
        {
            "thing": thing,
            "kind": kind,
            "facts": facts,
            "element": None if thing.sections else element,
            "sections": sections,
            "similar": list_similar(edition, iri),
            "themes": list_theme_cells(edition, iri) if is_city else [],
            "years": list_years(edition.bars) if bars else [],
            "bars": bars,
            "silent": list_silent(edition, thing),
            "cited": cited,
            "terms": groups,
            "beside": path,
            "is_deprecated": edition.reading.read_text(iri, "owl:deprecated") == "true",
        },
        iri,
        {table: write_download(edition, thing, shown, cited, groups)},
        table,
    )


def make_element(edition: Edition, iri: str) -> Row | None:
    """Return an element or a part of a document with what it is about; None for other things."""
    if not edition.reading.is_a(iri, "cdp:PolicyElement", "cdp:DocumentPart"):
        return None
    row = make_row(edition.reading, iri, with_document=True)
    return replace(row, details=(*list_setting(edition.reading, iri), *row.details))


def write_download(
    edition: Edition,
    thing: Description,
    facts: Iterable[Detail],
    cited: Sequence[Cited],
    groups: Sequence[tuple[str, Sequence[Term]]],
) -> bytes:
    """Return what the page of a thing shows as CSV: its passages, terms, rows or statements."""
    if cited:
        return write_passages(edition, cited)
    if groups:
        return write_terms(edition, groups)
    if any(section.rows for section in thing.sections):
        return write_rows(edition, thing)
    return write_statements(edition, thing, facts)


def _summarize(edition: Edition, thing: Description) -> str:
    """Return a sentence about a thing for previews, "" if the data have none."""
    for detail in thing.details:
        if detail.values and len(detail.values[0].name) > len(thing.label):
            return detail.values[0].name
    said = (edition.reading.read_text(thing.iri, name) for name in DESCRIPTIONS)
    return next(filter(None, said), "")


def find_anchor(edition: Edition, iri: str) -> str:
    """Return the fragment of a thing's kind on the page of all things."""
    types = [one for one in edition.reading.find(iri, "rdf:type") if not one.is_entailed]
    links = edition.reading.make_links(types)
    return links[0].prefixed.replace(":", "-") if links else "other"


def list_groups(edition: Edition, section: Section) -> list[Group]:
    """Return the rows of a section by their headings, in order."""
    groups: list[Group] = []
    for heading, rows in groupby(section.rows, lambda row: row.group):
        city = edition.cities_by_name.get(heading)
        name = edition.name_city(city.iri) if city else str(len(groups) + 1)
        groups.append(Group(heading, f"{section.name}-{name}" if heading else "", tuple(rows)))
    return groups


def list_silent(edition: Edition, thing: Description) -> list[Link]:
    """Return the cities that say nothing about a theme, as far as the source goes."""
    heard = {row.group for section in thing.sections for row in section.rows}
    return [city for city in edition.cities if city.name not in heard]


def list_cited(edition: Edition, iris: Iterable[str]) -> list[Cited]:
    """Return the passages that some evidence and segments are, in the order of the source."""
    found: dict[Passage, list[str]] = {}
    for iri in iris:
        if place := edition.find_passage(iri):
            found.setdefault(place, []).append(iri)
    ordered = sorted(found, key=lambda one: (one.source, one.start, one.end))
    return [_make_cited(edition, one, sorted(found[one])) for one in ordered]


def _make_cited(edition: Edition, passage: Passage, iris: Sequence[str]) -> Cited:
    selectors = [s for iri in iris for s in edition.reading.list_iris(iri, "oa:hasSelector")]
    addresses = [edition.routes.find(iri) for iri in dict.fromkeys([*iris, *selectors])]
    return Cited(
        passage,
        tuple(address.fragment for address in addresses if address),
        tuple(dict.fromkeys(edition.things[iri].kind for iri in iris)),
        tuple(edition.cited.get(passage, ())),
    )


def write_passages(edition: Edition, cited: Iterable[Cited]) -> bytes:
    """Return passages as CSV, with a row for each thing that they are evidence for."""
    names = ("source", "start", "end", "kind", "thing", "iri")
    titles = [edition.words[f"column-{name}"] for name in names]
    rows = (
        [*_list_place(one), link.name, link.iri]
        for one in cited
        for link in one.things or (Link(""),)
    )
    return write_csv(titles, rows)


def _list_place(one: Cited) -> list[str]:
    passage = one.passage
    return [passage.source, str(passage.start), str(passage.end), " | ".join(one.kinds)]


def write_rows(edition: Edition, thing: Description) -> bytes:
    """Return the rows of a portrait as CSV."""
    names = "section group thing kind number description deadline voice details passages iri"
    titles = [edition.words[f"column-{name}"] for name in names.split()]
    return write_csv(titles, (_list_cells(s, row) for s in thing.sections for row in s.rows))


def _list_cells(section: Section, row: Row) -> list[str]:
    details = (
        f"{detail.heading}: {' | '.join(link.name for link in detail.values)}".removeprefix(": ")
        for detail in row.details
    )
    passages = (f"{one.source} {one.start}-{one.end}" for one in row.passages)
    return [
        section.heading, row.group, row.thing.name, row.kind, row.number, row.description,
        row.deadline, row.voice, "; ".join(details), " ".join(passages), row.thing.iri,
    ]  # fmt: skip


def make_index_page(edition: Edition) -> Page:
    """Return the page that lists all things by kind."""
    kinds: dict[str, tuple[str, list[Link]]] = {}
    for iri, address in edition.routes.addresses.items():
        if not address.fragment:
            thing = edition.things[iri]
            of_kind = kinds.setdefault(find_anchor(edition, iri), (edition.name_kind(iri), []))
            of_kind[1].append(Link(thing.label, thing.name, iri))
    groups = [
        (kind, anchor, sorted(links, key=lambda link: (link.name.casefold(), link.iri)))
        for anchor, (kind, links) in sorted(kinds.items())
    ]
    words = edition.words
    listed = write_links(edition, ((kind, links) for kind, _, links in groups))
    return Page("things", "things.html", words["things"], words["things-summary"],
                values={"groups": groups}, files={"things.csv": listed},
                download="things.csv")  # fmt: skip
