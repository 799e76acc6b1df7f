"""An edition: the graph as read once in one language, with everything that its pages need."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property

from kg.ask import Question, ask_question, bind_question, find_question, list_questions
from kg.errors import KgError
from kg.graph import Graph
from kg.names import text
from kg.portrait.describe import make_description, quote_passages
from kg.portrait.description import Description
from kg.portrait.model import Link, Passage
from kg.portrait.reading import Reading, read_everything
from kg.portrait.words import Words
from kg.publish.counting import PROPERTIES, Listing, list_elements
from kg.publish.periods import Bar, list_bars
from kg.publish.routes import Routes, make_routes
from kg.publish.words import read_site_words
from kg.store import Rows
from kg.xsd import read_integer

QUOTED = "zh-Hans"  # the language in which passages are shown
BLANK = re.compile("_:[0-9a-z]+")


@dataclass(frozen=True)
class Voice:
    """Whose wording states an element; `slug` is the last part of its path."""

    link: Link
    slug: str
    definition: str


@dataclass(frozen=True)
class About:
    """What the ontology says about the dataset: who made it, its version, licence and year."""

    creator: str
    version: str
    licence: str
    year: str


@dataclass
class Edition:
    """The things of a graph in one language."""

    graph: Graph
    reading: Reading
    words: Words
    routes: Routes
    things: Mapping[str, Description]
    # The texts of passages, if the operator shows them.
    quotes: Mapping[Passage, str] = field(default_factory=dict)
    _answers: dict[str, Rows | None] = field(default_factory=dict)

    @property
    def language(self) -> str:
        """The language of all texts."""
        return self.reading.language

    @property
    def ontology(self) -> str:
        """The IRI of the ontology."""
        return self.reading.names.expand("cdp:").rstrip("#/")

    @cached_property
    def cities(self) -> list[Link]:
        """The cities that have documents or elements, sorted by IRI."""
        return [
            self.reading.link(iri)
            for iri in sorted(self.things)
            if self.reading.is_a(iri, "cdp:City")
            and self.reading.list_subjects(iri, "cdp:appliesTo")
        ]

    @cached_property
    def cities_by_iri(self) -> dict[str, Link]:
        """The cities by IRI."""
        return {city.iri: city for city in self.cities}

    @cached_property
    def cities_by_name(self) -> dict[str, Link]:
        """The cities by name."""
        return {city.name: city for city in self.cities}

    @cached_property
    def bars(self) -> list[Bar]:
        """The periods with a year, in the order of the question periods."""
        return list_bars(self.reading, self.ask_texts("periods"))

    @cached_property
    def bars_by_holder(self) -> dict[str, list[Bar]]:
        """The same by the IRI of the document or element."""
        found: dict[str, list[Bar]] = {}
        for bar in self.bars:
            found.setdefault(bar.holder.iri, []).append(bar)
        return found

    @cached_property
    def elements(self) -> dict[str, Listing]:
        """The elements by what they have and city: for each name of `PROPERTIES`."""
        return {name: list_elements(self.reading, name, self.cities_by_iri) for name in PROPERTIES}

    def name_city(self, iri: str) -> str:
        """Return the last part of the path of a city's page, for fragments."""
        return self.routes.addresses[iri].page.rpartition("/")[2]

    @cached_property
    def voices(self) -> dict[str, Voice]:
        """The voices of which the data have an element, by label."""
        found = {}
        for iri in sorted(self.things):
            if not self.reading.list_subjects(iri, "cdp:hasVoice"):
                continue
            if self.reading.is_a(iri, "cdp:Voice") and (address := self.routes.find(iri)):
                link = self.reading.link(iri)
                said = self.reading.read_text(iri, "skos:definition")
                found[link.name] = Voice(link, address.page.rpartition("/")[2], said)
        return found

    @cached_property
    def evidence(self) -> dict[Passage, str]:
        """The IRI of the evidence for each passage."""
        found = {}
        for iri in self.things:
            if self.reading.is_a(iri, "cdp:Evidence") and (passage := self.find_passage(iri)):
                found[passage] = iri
        return found

    @cached_property
    def sources(self) -> list[str]:
        """The source texts, sorted by IRI."""
        return self.list_instances("cdp:SourceText")

    def name_passage(self, passage: Passage) -> str:
        """Return where a passage is in words; of several sources, the source is named."""
        shown = self.words["passage"].format(passage.start, passage.end)
        if len(self.sources) < 2:
            return shown
        iri = self.reading.names.expand(passage.source)
        return f"{self.reading.read_label(iri)}{self.reading.words['separator']}{shown}"

    @cached_property
    def cited(self) -> dict[Passage, list[Link]]:
        """The things that each passage is evidence for."""
        found: dict[Passage, list[Link]] = {}
        for iri, passages in self.reading.passages.items():
            for passage in passages:
                found.setdefault(passage, []).append(self.reading.link(iri))
        return found

    @cached_property
    def about(self) -> About:
        """What the ontology says about the dataset."""
        iri = self.ontology
        read = self.reading.read_text
        licences = self.reading.list_iris(iri, "dcterms:license")
        dates = [*self.reading.find(iri, "dcterms:modified")]
        dates += self.reading.find(iri, "dcterms:issued") + self.reading.find(
            iri, "dcterms:created"
        )
        return About(
            read(iri, "dcterms:creator"),
            read(iri, "owl:versionInfo"),
            next(iter(licences), ""),
            text(dates[0].value)[:4] if dates else "",
        )

    @property
    def versions(self) -> dict[str, str]:
        """The IRI of each version of an ontology, with the IRI of the ontology."""
        return {
            version: iri
            for iri in sorted(self.reading.statements)
            for version in self.reading.list_iris(iri, "owl:versionIRI")
        }

    def cite(self, label: str, link: str) -> str:
        """Return how to cite a page; a label that ends a sentence gets no full stop."""
        about, form = self.about, self.words["citation-form"]
        if label.endswith(("?", "!", "？", "！", ".", "。")):
            form = re.sub(r"(\{label\})[.。]", r"\1", form)
        return form.format(
            creator=about.creator, year=about.year, label=label, version=about.version, link=link
        ).strip()

    def name_kind(self, iri: str) -> str:
        """Return the kind of a thing; classes of OWL have names in the words of the pages."""
        types = [one for one in self.reading.find(iri, "rdf:type") if not one.is_entailed]
        names = [
            f"kind-{link.prefixed.replace(':', '-')}" for link in self.reading.make_links(types)
        ]
        found = (self.words.texts[name] for name in names if name in self.words.texts)
        return next(found, self.things[iri].kind)

    def find_passage(self, iri: str) -> Passage | None:
        """Return the passage of evidence or of a segment, by its selector, or None."""
        sources = self.reading.list_iris(iri, "oa:hasSource")
        for selector in self.reading.list_iris(iri, "oa:hasSelector"):
            start = self._read_number(selector, "oa:start")
            end = self._read_number(selector, "oa:end")
            if sources and start is not None and end is not None:
                return Passage(self.reading.names.shorten(sources[0]), start, end)
        return None

    def _read_number(self, iri: str, name: str) -> int | None:
        found = self.reading.find(iri, name)
        return read_integer(text(found[0].value)) if found else None

    def list_instances(self, *classes: str) -> list[str]:
        """Return the things of the classes that have a page or a fragment, sorted by IRI."""
        wanted = (self._instances.get(self.reading.names.expand(name), ()) for name in classes)
        return sorted({iri for many in wanted for iri in many if self.routes.find(iri)})

    @cached_property
    def _instances(self) -> dict[str, list[str]]:
        """The things of each class, by IRI."""
        found: dict[str, list[str]] = {}
        kind = self.reading.names.expand("rdf:type")
        for iri, statements in self.reading.statements.items():
            for one in statements.get(kind, ()):
                found.setdefault(text(one.value), []).append(iri)
        return found

    def find_question(self, name: str) -> Question:
        """Return a question of the home."""
        return self.questions.get(name) or find_question(self.graph.home, name)

    @cached_property
    def questions(self) -> dict[str, Question]:
        """The questions of the home, by name, each read once."""
        return {question.name: question for question in list_questions(self.graph.home)}

    def ask(self, name: str, **values: str) -> Rows | None:
        """Return the rows of an answer in this language; None if it has triples instead."""
        key = " ".join([name, *values.values()])
        if key not in self._answers:
            question = self.find_question(name)
            terms = bind_question(self.graph, question, values)
            answer = ask_question(self.graph, question, self.language, terms)
            self._answers[key] = answer if isinstance(answer, Rows) else None
        return self._answers[key]

    def ask_texts(self, name: str, **values: str) -> list[dict[str, str]]:
        """Return the rows of an answer as texts by column; missing values are ""."""
        answer = self.ask(name, **values)
        if answer is None:
            return []
        return [dict(zip(answer.variables, map(text, row), strict=True)) for row in answer.rows]


def read_edition(graph: Graph, language: str) -> Edition:
    """Return the edition of a graph in a language, from one reading.

    Raises:
        KgError: see `read_everything`.
    """
    reading = read_everything(graph, language)
    things = {iri: describe_thing(reading, iri) for iri in sorted(reading.statements)}
    return Edition(graph, reading, read_site_words(language), make_routes(reading), things)


def quote_everything(edition: Edition) -> dict[Passage, str]:
    """Return the text of each passage of the sources that the user has added.

    Raises:
        KgError: none was added.
    """
    passages = sorted(
        {*edition.cited, *filter(None, map(edition.find_passage, edition.things))},
        key=lambda one: (one.source, one.start, one.end),
    )
    quoted = quote_passages(edition.graph, passages, QUOTED)
    found = {one: two.text for one, two in zip(passages, quoted, strict=True) if two.text}
    if not found:
        raise KgError(
            "--passages: no source text has been added. Add one (kg source add FILE), or leave "
            "the option out."
        )
    return found


def describe_thing(reading: Reading, iri: str) -> Description:
    """Return the description of a thing; one without a label has its title as label.

    Blank nodes are left out: their names differ in each reading.
    """
    thing = make_description(reading, iri)
    kept = [
        replace(one, values=tuple(v for v in one.values if v.iri or not BLANK.fullmatch(v.name)))
        for one in thing.statements
    ]
    title = reading.read_text(iri, "dcterms:title") if thing.label == thing.name else ""
    statements = tuple(one for one in kept if one.values)
    return replace(thing, label=title or thing.label, statements=statements)
