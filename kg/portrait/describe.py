"""Make the portrait of a thing from a reading of the graph."""

from collections.abc import Collection, Iterator
from dataclasses import replace
from typing import Literal

from kg.ask.question import check_language
from kg.ask.things import find_node
from kg.graph import Graph
from kg.names import text
from kg.portrait.description import Description
from kg.portrait.model import Detail, Link, Passage
from kg.portrait.reading import Reading, read_everything, read_thing
from kg.portrait.sections import list_introduction, list_sections

Script = Literal["zh-Hans", "zh-Hant"]
# Statements that refer to a thing but say nothing about it.
UNTOLD = ("cdp:about", "rdf:type", "oa:hasSource")


def describe_node(graph: Graph, name: str, language: str) -> Description:
    """Return the description of the thing with a name, in a language or its fallback.

    Passages of the thing itself have their text if the user has added the source.

    Raises:
        KgError: see `find_node`; or the language is unknown.
    """
    check_language(language)
    iri = find_node(graph, name)
    description = make_description(read_thing(graph, iri, language), iri)
    passages = tuple(quote_passages(graph, description.passages, language))
    return replace(description, passages=passages)


def describe_everything(graph: Graph, language: str) -> Iterator[Description]:
    """Yield the description of everything with an IRI and statements, sorted by IRI.

    The graph is read once. Passages have no texts.

    Raises:
        KgError: see `read_thing`; or the language is unknown.
    """
    check_language(language)
    reading = read_everything(graph, language)
    for iri in sorted(reading.statements):
        yield make_description(reading, iri)


def make_description(reading: Reading, iri: str) -> Description:
    """Return the description of a thing from a reading."""
    sections = list_sections(reading, iri)
    return Description(
        iri,
        reading.names.shorten(iri),
        reading.read_label(iri),
        reading.read_kind(iri),
        reading.language,
        tuple(list_introduction(reading, iri)) if sections else (),
        tuple(sections),
        tuple(_list_statements(reading, iri)),
        tuple(_list_references(reading, iri)),
        tuple(reading.passages.get(iri, ())),
    )


def _list_statements(reading: Reading, iri: str) -> Iterator[Detail]:
    """Yield what the data files state, and of the entailments the themes that a place addresses."""
    shown = reading.names.expand("cdp:addressesTheme")
    for name, found in reading.statements.get(iri, {}).items():
        stated = [one for one in found if not one.is_entailed or name == shown]
        if stated:
            yield Detail(stated[0].title, tuple(reading.make_links(stated)))


def _list_references(reading: Reading, iri: str) -> Iterator[Detail]:
    hidden = {reading.names.expand(name) for name in UNTOLD}
    groups: dict[str, tuple[str, list[Link]]] = {}
    for subject, one in sorted(reading.references.get(iri, ()), key=lambda pair: pair[0]):
        if not one.is_entailed and one.property not in hidden:
            groups.setdefault(one.property, (one.title, []))[1].append(reading.link(subject))
    for _, (title, links) in sorted(groups.items()):
        # The property is one of the other things, so its title alone would be read backwards.
        yield Detail(reading.words["reverse"].format(title), tuple(links))


def quote_passages(graph: Graph, passages: Collection[Passage], language: str) -> Iterator[Passage]:
    """Yield passages with their text, or as they are without the source."""
    if not passages:
        return
    # Imported here: it takes long to load.
    from kg.source import find_source, restore_passage

    script: Script = "zh-Hant" if language == "zh-Hant" else "zh-Hans"
    digests = {graph.names.show(name): text(sha) for name, sha, _ in graph.internal("sources")}
    cited = {passage.source for passage in passages}
    texts = {source: find_source(digests.get(source, "")) for source in sorted(cited)}
    for passage in passages:
        raw = texts[passage.source]
        quote = None if raw is None else restore_passage(raw, passage.start, passage.end, script)
        yield replace(passage, text=quote)
