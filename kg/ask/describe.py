"""Describe a thing: its properties, what refers to it, and the passages that are its evidence."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import groupby
from typing import Literal

from kg.ask.lookup import find_similar, index_names, quote_input, resolve_name, suggest_names
from kg.ask.question import check_language
from kg.ask.table import clean_text
from kg.ask.wrapping import wrap_text
from kg.errors import KgError, check_text
from kg.graph import Graph, iri_term
from kg.names import Names, Term, language_of, pick, text

Script = Literal["zh-Hans", "zh-Hant"]


@dataclass(frozen=True)
class Passage:
    """A passage of a source, by the offsets of its characters; text is None without the source."""

    source: str
    start: int
    end: int
    text: str | None


@dataclass(frozen=True, repr=False)
class Description:
    """A thing with its IRI, prefixed name and label.

    `properties` are pairs of the label of a property and a value, `references` pairs of the label
    of a property and the thing that has this thing as its value. All texts are in one language.
    """

    iri: str
    name: str
    label: str
    properties: list[tuple[str, str]]
    references: list[tuple[str, str]]
    passages: list[Passage]

    def __repr__(self) -> str:
        return (
            f"<Description of {self.name}: {len(self.properties)} properties, "
            f"{len(self.references)} references, {len(self.passages)} passages>"
        )

    def __str__(self) -> str:
        return render_description(self)


def find_node(graph: Graph, name: str) -> str:
    """Return the IRI of the thing with a name.

    The name is its IRI, its prefixed name (`place:wuhan`), the last part of its IRI (`wuhan`), or
    a label in any language, script, case and width. A thing without a label has only the first two.

    Raises:
        KgError: nothing, or more than one thing, has the name; the message suggests names.
    """
    names = graph.names
    check_text(name, "name")
    iri = names.find_iri(name.strip().strip("<>"))
    # This query is much faster than that for all labels.
    if iri and graph.internal("outgoing", node=iri_term(iri)):
        return iri
    index = index_names(graph.internal("labels"), names)
    if found := resolve_name(index, name, names):
        return found
    similar = find_similar(name, index, cutoff=0.6)
    hint = suggest_names(similar, "Use a label, or a prefixed name such as place:wuhan.")
    raise KgError(f"{quote_input(name)}: nothing has this name. {hint}", exit_code=2)


def describe_node(graph: Graph, name: str, language: str) -> Description:
    """Return the description of the thing with a name, in a language or its fallback.

    Raises:
        KgError: see `find_node`; or the language is unknown.
    """
    check_language(language)
    names = graph.names
    iri = find_node(graph, name)
    rows = graph.internal("outgoing", node=iri_term(iri))
    label = names.expand("rdfs:label")
    labels = _list_values([row for row in rows if text(row[0]) == label], names, language)
    return Description(
        iri,
        names.shorten(iri),
        labels[0][1] if labels else iri,
        _list_values(rows, names, language),
        _list_values(graph.internal("incoming", node=iri_term(iri)), names, language),
        list(read_passages(graph, iri, language)),
    )


def read_passages(graph: Graph, iri: str, language: str) -> Iterator[Passage]:
    """Yield the passages that are the evidence for a thing, in the order of their source.

    Raises:
        KgError: an offset is not a number.
    """
    # Imported here: `kg ask` does not need it, and it takes long to load.
    from kg.source import find_source, restore_passage

    script: Script = "zh-Hant" if language == "zh-Hant" else "zh-Hans"
    for source, sha256, start, end, _ in graph.internal("passages", node=iri_term(iri)):
        raw = find_source(text(sha256))
        try:
            first, last = int(text(start)), int(text(end))
        except ValueError:
            raise KgError(
                f"{iri}: an offset of its evidence is not a number. Run kg check."
            ) from None
        passage = None if raw is None else restore_passage(raw, first, last, script)
        yield Passage(graph.names.shorten(text(source)), first, last, passage)


def render_description(description: Description, width: int | None = None) -> str:
    """Return a description as text; lines that are longer than the width, if given, are wrapped."""

    def wrap(entry: str, indent: str = "  ") -> list[str]:
        line = clean_text(entry)
        lines = [line] if width is None else wrap_text(line, width - len(indent), "  ")
        return [f"{indent}{line}" for line in lines]

    lines = [
        *wrap(f"{description.label} — {description.name}", ""),
        f"<{clean_text(description.iri)}>",
        "",
    ]
    for title, value in description.properties:
        lines += wrap(f"{title}: {value}")
    if description.references:
        lines += ["", "Referenced by:"]
    for title, value in description.references:
        lines += wrap(f"{value} — {title}")
    if description.passages:
        lines += ["", "Evidence:"]
    for passage in description.passages:
        quote = passage.text or "(text not available: kg source add FILE)"
        lines += wrap(f"{passage.source} {passage.start}–{passage.end}: {quote}")
    return "".join(f"{line}\n" for line in lines)


def _list_values(
    rows: Iterable[tuple[Term | None, ...]], names: Names, language: str
) -> list[tuple[str, str]]:
    """Return pairs of the label of a property and a value, from rows sorted by property.

    Of texts with a language tag, only those in the best language are returned.
    """
    pairs = []
    for iri, group in groupby(rows, lambda row: text(row[0])):
        titles: dict[str, str] = {}
        tagged: dict[str, dict[str, None]] = {}
        values: dict[str, dict[str, str]] = {}
        for _, title, value, label in group:
            titles.setdefault(language_of(title), text(title))
            if tag := language_of(value):
                tagged.setdefault(tag, {})[text(value)] = None
            else:
                values.setdefault(text(value), {}).setdefault(language_of(label), text(label))
        heading = _pick_label(titles, language) or names.shorten(iri)
        pairs += [(heading, x) for x in pick(tagged, language, next(iter(tagged.values()), {}))]
        for other, labels in values.items():
            name, shown = names.shorten(other), _pick_label(labels, language)
            pairs.append((heading, f"{shown} ({name})" if shown else name))
    return pairs


def _pick_label(labels: Mapping[str, str], language: str) -> str:
    return pick(labels, language, labels.get("", ""))
