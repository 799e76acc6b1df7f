"""Rows of portraits: documents, elements and frameworks, with voice, deadline and passages."""

from collections.abc import Callable, Iterable, Sequence

from kg.portrait.model import Detail, Link, Row, Tally
from kg.portrait.reading import Reading

Follow = Callable[[str], list[str]]

# What an element or part belongs to.
WHOLES = ("cdp:partOf", "cdp:statedIn")
# More than 60 is at least 61, less than 60 at most 59 (as in the question counts).
STEPS = {"comparator:gt": 1, "comparator:lt": -1}
LEAST = ("comparator:ge", "comparator:gt")
# Kinds of elements that have sections of their own, or appear inside another element.
COUNTED = ("cdp:CountStatement", "cdp:FrameworkComponent")


def sort_by_place(reading: Reading, iris: Iterable[str]) -> list[str]:
    """Return things in the order of the source; those without a passage come last."""
    return sorted(set(iris), key=lambda iri: (*reading.read_place(iri), iri))


def make_detail(reading: Reading, word: str, values: Iterable[Link]) -> list[Detail]:
    """Return a detail under a heading, or nothing if it has no values."""
    found = tuple(values)
    return [Detail(reading.words[word], found)] if found else []


def list_values(reading: Reading, iri: str, *names: str) -> list[Link]:
    """Return the values of properties of a thing; those that are inferred are marked."""
    inferred = set(reading.list_iris(iri, "cdp:inferredProperty"))
    links = []
    for name in names:
        is_inferred = reading.names.expand(name) in inferred
        for link in reading.list_links(iri, name):
            text = reading.words["inferred"].format(link.name) if is_inferred else link.name
            links.append(Link(text, link.prefixed, link.iri))
    return links


def find_documents(reading: Reading, iri: str) -> list[str]:
    """Return the policy documents that contain a thing, sorted."""
    return [one for one in list_wholes(reading, iri) if reading.is_a(one, "cdp:PolicyDocument")]


def list_wholes(reading: Reading, iri: str) -> list[str]:
    """Return everything that a thing belongs to, directly or not, sorted."""
    return follow(iri, lambda one: reading.list_iris(one, *WHOLES))


def list_contents(reading: Reading, iri: str) -> list[str]:
    """Return everything that belongs to a thing, directly or not, sorted."""
    return follow(iri, lambda one: reading.list_subjects(one, *WHOLES))


def follow(start: str, step: Follow) -> list[str]:
    """Return everything that steps from a thing lead to, without the thing itself, sorted."""
    found: set[str] = set()
    waiting = [start]
    while waiting:
        for one in step(waiting.pop()):
            if one not in found and one != start:
                found.add(one)
                waiting.append(one)
    return sorted(found)


def make_document_row(reading: Reading, iri: str, level: int = 0) -> Row:
    """Return a document with its genre, issuer, validity period, status and links to plans."""
    links = list_plan_links(reading, iri)
    return Row(
        reading.link(iri),
        reading.read_kind(iri),
        level=level,
        description=reading.read_text(iri, "cdp:description"),
        details=(*list_document_details(reading, iri), *links),
        passages=tuple(reading.passages.get(iri, ())),
    )


def list_plan_links(reading: Reading, iri: str) -> list[Detail]:
    """Return the plans that something is based on, answers to, or whose aims it serves."""
    fields = {"based-on": "cdp:basedOn", "responds-to": "cdp:respondsTo", "serves": "cdp:serves"}
    details: list[Detail] = []
    for word, name in fields.items():
        details += make_detail(reading, word, list_values(reading, iri, name))
    return details


def list_document_details(reading: Reading, iri: str) -> list[Detail]:
    """Return title, genre, issuer, date, period and status of a document.

    Issuer, period and status are always there, if only to say that the source does not state them.
    """
    words = reading.words
    unstated = [Link(words["not-stated"])]
    issuers = list_values(reading, iri, "cdp:issuedBy") or list_values(
        reading, iri, "cdp:issuerText"
    )
    periods = [
        Link(write_period(reading, link), link.prefixed, link.iri)
        for link in list_values(reading, iri, "cdp:hasValidityPeriod")
    ]
    status = list_values(reading, iri, "cdp:hasStatus") or [Link(words["no-status"])]
    return [
        *make_detail(reading, "title", reading.list_links(iri, "cdp:title")),
        *make_detail(reading, "genre", list_values(reading, iri, "cdp:documentGenre")),
        *make_detail(reading, "issuer", issuers or unstated),
        *make_detail(reading, "issued", reading.list_links(iri, "cdp:issued")),
        *make_detail(reading, "period", periods or unstated),
        *make_detail(reading, "status", status),
    ]


def write_period(reading: Reading, period: Link) -> str:
    """Return a validity period as its first and last year or day, or as its name without them."""
    start = reading.read_text(period.iri, "dcat:startDate")
    end = reading.read_text(period.iri, "dcat:endDate")
    if start and end:
        return start if start == end else f"{start}–{end}"
    if start:
        return reading.words["from-year"].format(start)
    return reading.words["until-year"].format(end) if end else period.name


def make_row(
    reading: Reading,
    iri: str,
    *,
    group: str = "",
    level: int = 0,
    with_document: bool = False,
    with_whole: bool = True,
) -> Row:
    """Return an element or part; with its document and what it is part of, if asked for."""
    details = []
    if with_document:
        documents = map(reading.link, find_documents(reading, iri))
        details += make_detail(reading, "document", documents)
    if with_whole:
        details += make_detail(reading, "part-of", list_values(reading, iri, "cdp:partOf"))
    return Row(
        reading.link(iri),
        reading.read_kind(iri),
        group,
        level,
        reading.read_text(iri, "cdp:printedNumber"),
        reading.read_text(iri, "cdp:description"),
        write_deadline(reading, iri),
        reading.words.join([link.name for link in list_values(reading, iri, "cdp:hasVoice")]),
        (*details, *_list_element_details(reading, iri)),
        tuple(reading.passages.get(iri, ())),
        reading.read_text(iri, "cdp:frameworkCode"),
        tuple(list_tallies(reading, iri)),
    )


def _list_element_details(reading: Reading, iri: str) -> list[Detail]:
    fields = {
        "status": "cdp:hasStatus",
        "indicator": "cdp:hasIndicator",
        "scope": "cdp:scope",
        "topic": "cdp:cooperationTopic",
        "with": "cdp:hasPartner",
        "involves": "cdp:involves",
        "responds-to": "cdp:respondsTo",
        "serves": "cdp:serves",
        "period": "cdp:hasValidityPeriod",
    }
    details = make_detail(reading, "value", _list_target_values(reading, iri))
    for word, name in fields.items():
        details += make_detail(reading, word, list_values(reading, iri, name))
    return details


def _list_target_values(reading: Reading, iri: str) -> list[Link]:
    value = reading.read_text(iri, "cdp:targetValue")
    if not value:
        return []
    unit = reading.read_text(iri, "cdp:unitText") or reading.read_text(iri, "cdp:hasUnit")
    value = value.removesuffix(".0")
    number = f"{value}{unit}" if unit == "%" else f"{value} {unit}".strip()
    return [Link(f"{reading.read_text(iri, 'cdp:hasComparator')} {number}".strip())]


def find_year(reading: Reading, iri: str) -> int | None:
    """Return the year in which an element is due, its own or that of its goal."""
    return reading.read_number(iri, "cdp:dueYear")


def write_deadline(reading: Reading, iri: str) -> str:
    """Return when an element is due, and whether only its goal is; "" without a year."""
    year = reading.read_text(iri, "cdp:dueYear")
    if not year:
        return ""
    is_own = bool(reading.find(iri, "cdp:deadlineYear"))
    return reading.words["deadline" if is_own else "by-goal"].format(year)


def list_tallies(reading: Reading, iri: str) -> list[Tally]:
    """Return the components of a framework in the order of its code, or the number of a count."""
    components = reading.list_iris(iri, "cdp:hasComponent")
    ranks = {one: reading.read_number(one, "cdp:position") or 0 for one in components}
    counted = sorted(components, key=lambda one: (ranks[one], one)) or [iri]
    return [tally for one in counted for tally in _make_tally(reading, one)]


def _make_tally(reading: Reading, iri: str) -> Sequence[Tally]:
    declared = reading.read_number(iri, "cdp:declaredCount")
    if declared is None:
        return []
    comparators = [link.prefixed for link in reading.list_links(iri, "cdp:hasComparator")]
    comparator = comparators[0] if len(comparators) == 1 else ""
    is_exact = comparator == "comparator:eq"
    members = reading.list_links(iri, "cdp:hasMember")
    unnamed = max(declared + STEPS.get(comparator, 0) - len(members), 0)
    word = f"rest-{comparator.partition(':')[2]}"
    return [
        Tally(
            reading.read_text(iri, "cdp:codeToken") or str(declared),
            reading.link(iri),
            "" if is_exact else reading.read_text(iri, "cdp:hasComparator"),
            declared,
            tuple(sorted(members, key=lambda link: (*reading.read_place(link.iri), link.iri))),
            unnamed,
            reading.words[word if word in reading.words.texts else "rest"].format(unnamed),
            comparator in LEAST,
        )
    ]
