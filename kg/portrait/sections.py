"""The sections of a portrait: of a place, a document, a theme or a framework."""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from kg.portrait.model import Detail, Link, Row, Section
from kg.portrait.reading import Reading
from kg.portrait.rows import (
    COUNTED,
    WHOLES,
    find_year,
    follow,
    list_contents,
    list_document_details,
    list_plan_links,
    list_tallies,
    list_values,
    list_wholes,
    make_detail,
    make_document_row,
    make_row,
    sort_by_place,
)

# The sections of a place in their order, and the class of the elements in each.
PLACE_SECTIONS = (
    "documents",
    "frameworks",
    "targets",
    "pillars",
    "initiatives",
    "partners",
    "counts",
    "highlights",
    "others",
    "missing",
)
ELEMENT_SECTIONS = {
    "frameworks": "cdp:Framework",
    "targets": "cdp:Target",
    "pillars": "cdp:Pillar",
    "initiatives": "cdp:Initiative",
    "counts": "cdp:CountStatement",
    "highlights": "cdp:ReportedHighlight",
}
OutlineKey = tuple[bool, int, int, str]


def list_sections(reading: Reading, iri: str) -> list[Section]:
    """Return the sections of a thing's portrait, without empty ones; none for other things."""
    if reading.is_a(iri, "cdp:City") or reading.list_subjects(iri, "cdp:appliesTo"):
        sections = list_place_sections(reading, iri)
    elif reading.is_a(iri, "cdp:PolicyDocument"):
        sections = list_document_sections(reading, iri)
    elif reading.is_a(iri, "cdp:Theme"):
        sections = [make_theme_section(reading, iri)]
    elif reading.is_a(iri, "cdp:Framework", "cdp:CountStatement"):
        name = "frameworks" if reading.is_a(iri, "cdp:Framework") else "counts"
        sections = [make_section(reading, name, [make_row(reading, iri)])]
    else:
        sections = []
    return [section for section in sections if section.rows or section.note]


def list_introduction(reading: Reading, iri: str) -> list[Detail]:
    """Return the details that introduce a thing that has sections."""
    fields = {
        "level": ("cdp:hasLevel",),
        "within": ("cdp:isWithin",),
        "themes": ("cdp:addressesTheme",),
        "applies-to": ("cdp:appliesTo",),
        "definition": ("skos:definition",),
        "scope-note": ("skos:scopeNote",),
        "also-called": ("skos:altLabel",),
        "broader": ("skos:broader",),
    }
    details = []
    if reading.is_a(iri, "cdp:PolicyDocument"):
        said = tuple(reading.list_links(iri, "cdp:description"))
        details = [Detail("", said), *list_document_details(reading, iri)]
    for word, names in fields.items():
        details += make_detail(reading, word, list_values(reading, iri, *names))
    details += list_plan_links(reading, iri)
    narrower = map(reading.link, reading.list_subjects(iri, "skos:broader"))
    return [*details, *make_detail(reading, "narrower", narrower)]


def list_place_sections(reading: Reading, iri: str) -> list[Section]:
    """Return the documents of a place, then every element that applies to it, in one section each.

    Elements are in the order of the source within their group.
    """
    things = reading.list_subjects(iri, "cdp:appliesTo")
    documents = [one for one in things if reading.is_a(one, "cdp:PolicyDocument")]
    found = _distribute_elements(reading, things)
    years = {one: find_year(reading, one) for one in found["targets"]}
    found["targets"].sort(key=lambda one: (years[one] is None, years[one] or 0))
    found["initiatives"].sort(key=lambda one: _rank_kind(reading, one))
    groups = {one: str(year or reading.words["no-year"]) for one, year in years.items()}
    groups |= {one: reading.read_kind(one) for one in found["initiatives"]}
    sections = {
        name: make_section(
            reading,
            name,
            [
                make_row(reading, one, group=groups.get(one, ""), with_document=len(documents) > 1)
                for one in elements
            ],
        )
        for name, elements in found.items()
    }
    rows = [make_document_row(reading, one) for one in sort_by_place(reading, documents)]
    sections["documents"] = make_section(reading, "documents", rows, "no-documents")
    partners = list_partners(reading, found["initiatives"])
    sections["partners"] = make_section(reading, "partners", partners)
    sections["missing"] = make_missing_section(reading, [iri, *things])
    return [sections[name] for name in PLACE_SECTIONS]


def _distribute_elements(reading: Reading, things: Iterable[str]) -> dict[str, list[str]]:
    """Return the elements among things by the section of a place that has them."""
    elements = [one for one in things if reading.is_a(one, "cdp:PolicyElement")]
    found: dict[str, list[str]] = {name: [] for name in (*ELEMENT_SECTIONS, "others")}
    drawn = {
        tally.thing.iri
        for one in elements
        if reading.is_a(one, "cdp:Framework")
        for tally in list_tallies(reading, one)
    }
    for one in sort_by_place(reading, elements):
        names = (name for name, of in ELEMENT_SECTIONS.items() if reading.is_a(one, of))
        name = next(names, "others")
        if name != "others" or one not in drawn:
            found[name].append(one)
    return found


def list_document_sections(reading: Reading, iri: str) -> list[Section]:
    """Return the chain of a document, its frameworks, its outline, and its declared numbers."""
    contents = list_contents(reading, iri)
    in_order = sort_by_place(reading, contents)
    frameworks = [one for one in in_order if reading.is_a(one, "cdp:Framework")]
    counts = [one for one in in_order if reading.is_a(one, "cdp:CountStatement")]
    outline = list_outline(reading, iri, contents)
    return [
        make_section(reading, "chain", list_chain(reading, iri)),
        make_section(reading, "frameworks", [make_row(reading, one) for one in frameworks]),
        make_section(reading, "outline", outline, "no-outline"),
        make_section(reading, "counts", [make_row(reading, one) for one in counts]),
        make_missing_section(reading, [iri, *contents]),
    ]


def list_outline(reading: Reading, iri: str, contents: Sequence[str]) -> list[Row]:
    """Return the contents of a document in the order and with the depth of the question outline.

    The level is 0 directly in the document.
    """
    shown = [one for one in contents if not reading.is_a(one, *COUNTED)]
    inside = {one: {*list_wholes(reading, one)} & {*contents} for one in contents}
    children: dict[str, list[str]] = {}
    for one in shown:
        # An element is stated in the document, and also part of another element.
        wholes = [whole for whole in reading.list_iris(one, *WHOLES) if whole in inside]
        parent = max(wholes, key=lambda whole: (len(inside[whole]), whole), default=iri)
        children.setdefault(parent, []).append(one)

    def rank(one: str) -> OutlineKey:
        # Content outside the parts comes first, in the order of the source.
        is_part = reading.is_a(one, "cdp:DocumentPart")
        index = reading.read_number(one, "cdp:listIndex") or 0
        starts = [passage.start for passage in reading.passages.get(one, ())]
        return is_part, 0 if is_part else min(starts, default=0), index, one

    rows = []
    waiting = [(one, 0) for one in sorted(children.get(iri, ()), key=rank, reverse=True)]
    while waiting:
        one, level = waiting.pop()
        row = make_row(reading, one, level=level, with_whole=False)
        # Frameworks are drawn in their own section.
        rows.append(replace(row, code="", tallies=()))
        below = sorted(children.get(one, ()), key=rank, reverse=True)
        waiting += [(child, level + 1) for child in below]
    return rows


def list_chain(reading: Reading, iri: str) -> list[Row]:
    """Return the documents that a document is based on, itself, and those that are based on it.

    A document comes after those that it is based on; its level is the number of steps from the
    first. A document outside any chain has none.
    """
    above = follow(iri, lambda one: reading.list_iris(one, "cdp:basedOn"))
    below = follow(iri, lambda one: reading.list_subjects(one, "cdp:basedOn"))
    chain = {iri, *above, *below}
    levels = dict.fromkeys(sorted(chain), 0)
    # As many rounds as documents are enough, and a cycle ends.
    for _ in range(len(chain) - 1):
        for one in levels:
            bases = [base for base in reading.list_iris(one, "cdp:basedOn") if base in chain]
            levels[one] = min(max([levels[base] + 1 for base in bases], default=0), len(chain) - 1)
    ordered = sorted(chain, key=lambda one: (levels[one], one)) if len(chain) > 1 else []
    return [
        Row(
            reading.link(one),
            reading.read_kind(one),
            level=levels[one],
            details=tuple(
                make_detail(reading, "based-on", list_values(reading, one, "cdp:basedOn"))
            ),
            passages=tuple(reading.passages.get(one, ())),
        )
        for one in ordered
    ]


def list_partners(reading: Reading, initiatives: Iterable[str]) -> list[Row]:
    """Return the partner in each cooperation, with the initiative and its topic."""
    rows = []
    for one in initiatives:
        row = make_row(reading, one)
        topic = make_detail(reading, "topic", reading.list_links(one, "cdp:cooperationTopic"))
        for partner in list_values(reading, one, "cdp:hasPartner"):
            named = make_detail(reading, "initiative", [reading.link(one)])
            details = (*named, *topic)
            rows.append(Row(partner, voice=row.voice, details=details, passages=row.passages))
    return rows


def make_theme_section(reading: Reading, iri: str) -> Section:
    """Return the elements with a theme or a narrower one, by city, in the order of the source."""
    themes = [iri, *reading.list_subjects(iri, "skos:broader")]
    found = {
        element for theme in themes for element in reading.list_subjects(theme, "cdp:hasTheme")
    }
    rows = []
    for element in sort_by_place(reading, found):
        cities = reading.list_links(element, "cdp:appliesTo") or [Link(reading.words["no-place"])]
        for city in cities:
            row = make_row(reading, element, group=city.name, with_document=True, with_whole=False)
            rows.append((city.iri, row))
    rows.sort(key=lambda pair: pair[0])
    return make_section(reading, "elements", [row for _, row in rows], "no-elements")


def make_missing_section(reading: Reading, things: Sequence[str]) -> Section:
    """Return the facts about things that the source does not state, as in kg ask not-stated."""
    periods = {p for one in things for p in reading.list_iris(one, "cdp:hasValidityPeriod")}
    concerned = {*things, *periods}
    facts: dict[str, list[Link]] = {}
    for missing in reading.missing:
        if missing.subject.iri in concerned:
            facts.setdefault(missing.fact, []).append(missing.subject)
    rows = [Row(Link(fact), details=(Detail("", tuple(of)),)) for fact, of in facts.items()]
    return make_section(reading, "missing", rows)


def make_section(reading: Reading, name: str, rows: Sequence[Row], note: str = "") -> Section:
    """Return a section; a note, by its name, says why it has no rows."""
    return Section(
        name, reading.words[name], tuple(rows), reading.words[note] if note and not rows else ""
    )


def _rank_kind(reading: Reading, iri: str) -> tuple[bool, str]:
    """Return the place of a kind: the general class first, then the others by their IRIs."""
    types = [one for one in reading.find(iri, "rdf:type") if not one.is_entailed]
    kinds = sorted(link.iri for link in reading.make_links(types))
    general = reading.names.expand("cdp:Initiative")
    return kinds[:1] != [general], kinds[0] if kinds else ""
