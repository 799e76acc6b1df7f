"""Read the properties, classes and codes of the ontology, with what its shapes say of them."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from kg.ask.lookup import cut_local_name
from kg.graph import Graph, LocalGraph
from kg.home import Home
from kg.names import Names, Term, collect_texts, read_names, text
from kg.turtle import list_files

Texts = dict[str, str]  # by language tag


@dataclass(frozen=True)
class Property:
    """A property as the ontology declares it and the shapes constrain it.

    `ranges` are classes or datatypes. Instances of the classes in `single_valued_in` have at most
    one value; with `has_unique_languages` they have at most one text in each language.
    """

    iri: str
    column_name: str
    is_object_property: bool
    is_language_tagged: bool = False
    has_unique_languages: bool = False
    domains: frozenset[str] = frozenset()
    ranges: frozenset[str] = frozenset()
    single_valued_in: frozenset[str] = frozenset()
    labels: Texts = field(default_factory=dict)
    definitions: Texts = field(default_factory=dict)
    examples: Texts = field(default_factory=dict)

    @property
    def datatypes(self) -> list[str]:
        """The datatypes of its literals, sorted; empty for an object property."""
        return [] if self.is_object_property else sorted(self.ranges)


@dataclass(frozen=True)
class Class:
    """A class; its superclasses include itself."""

    superclasses: frozenset[str]
    labels: Texts
    definitions: Texts


@dataclass(frozen=True)
class Vocabulary:
    """The properties, classes and codes of an ontology, by IRI.

    `codes` are the labels of each code, by class. The IRIs of the data start with
    `data_namespace`; the codes are in namespaces of their own.
    """

    names: Names
    properties: Mapping[str, Property]
    classes: Mapping[str, Class]
    codes: Mapping[str, Mapping[str, Texts]]
    data_namespace: str

    def find_property(self, iri: str) -> Property:
        """Return a property; one that is not declared is an object property without a range."""
        if iri in self.properties:
            return self.properties[iri]
        name = re.sub("[^A-Za-z0-9]+", "_", self.names.shorten(iri)).strip("_")
        is_type = iri == self.names.expand("rdf:type")
        return Property(iri, "type" if is_type else name, is_object_property=True)

    def list_superclasses(self, class_iri: str) -> frozenset[str]:
        """Return the superclasses of a class, and the class itself."""
        declared = self.classes.get(class_iri)
        return declared.superclasses if declared else frozenset({class_iri})

    def applies_to(self, prop: Property, class_iri: str) -> bool:
        """Return whether instances of a class can have a property."""
        superclasses = self.list_superclasses(class_iri)
        return any(
            domain in superclasses or class_iri in self.list_superclasses(domain)
            for domain in prop.domains
        )

    def fits_columns(self, prop: Property, class_iri: str) -> bool:
        """Return whether a table of a class can have the property's values in its own columns.

        A subject has at most one value, or one text in each language, and all literals have the
        same datatype: from the cells alone the datatype could not be known.
        """
        if prop.is_language_tagged:
            return prop.has_unique_languages
        if not prop.is_object_property and len(prop.datatypes) != 1:
            return False
        classes = {*self.list_superclasses(class_iri), self.names.expand("owl:Thing")}
        return bool(prop.single_valued_in & classes)

    def has_labels(self, class_iri: str) -> bool:
        """Return whether instances of a class can have labels."""
        names = map(self.names.expand, ("rdfs:label", "skos:prefLabel"))
        return any(self.applies_to(self.properties[name], class_iri) for name in names)

    def find_namespace(self, class_iris: Iterable[str]) -> str:
        """Return the namespace of the instances of all these classes, or "" if they differ."""
        codes = [self.codes.get(iri) for iri in class_iris]
        if not any(codes):
            return self.data_namespace if codes else ""
        namespaces = {code.rpartition("/")[0] + "/" for labels in codes for code in labels or ()}
        return namespaces.pop() if len(namespaces) == 1 and all(codes) else ""


def read_vocabulary(home: Home) -> Vocabulary:
    """Return the vocabulary that a home's ontology declares and its shapes constrain.

    Raises:
        KgError: a file is not Turtle in UTF-8.
    """
    names = read_names(home)
    files = [f for f in list_files(home, shapes=True) if f.path.is_relative_to(home.ontology)]
    graph = LocalGraph(home, files)
    data_namespace = names.expand("place:").removesuffix("place/")
    terms: dict[str, dict[str, list[Term | None]]] = {}
    for iri, code, label in graph.internal("table-codes"):
        if not text(code).startswith(data_namespace):
            terms.setdefault(text(iri), {}).setdefault(text(code), []).append(label)
    codes = {
        iri: {code: collect_texts(labels) for code, labels in found.items()}
        for iri, found in terms.items()
    }
    return Vocabulary(names, _read_properties(graph), _read_classes(graph), codes, data_namespace)


def _read_properties(graph: Graph) -> dict[str, Property]:
    properties = _read_aspects(graph, "table-properties")
    column_names = _name_columns(graph.names, properties)
    return {
        iri: Property(
            iri,
            column_names[iri],
            is_object_property="object property" in aspects,
            is_language_tagged="language-tagged" in aspects,
            has_unique_languages="unique languages" in aspects,
            domains=frozenset(map(text, aspects.get("domain", ()))),
            ranges=frozenset(map(text, aspects.get("range", ()))),
            single_valued_in=frozenset(map(text, aspects.get("single-valued", ()))),
            labels=collect_texts(aspects.get("label", ())),
            definitions=collect_texts(aspects.get("definition", ())),
            examples=collect_texts(aspects.get("example", ())),
        )
        for iri, aspects in properties.items()
    }


def _read_classes(graph: Graph) -> dict[str, Class]:
    return {
        iri: Class(
            frozenset(map(text, aspects["superclass"])),
            collect_texts(aspects.get("label", ())),
            collect_texts(aspects.get("definition", ())),
        )
        for iri, aspects in _read_aspects(graph, "table-classes").items()
    }


def _read_aspects(graph: Graph, query: str) -> dict[str, dict[str, list[Term | None]]]:
    """Return the values of an internal query by IRI and aspect, in order."""
    found: dict[str, dict[str, list[Term | None]]] = {}
    for iri, aspect, value in graph.internal(query):
        found.setdefault(text(iri), {}).setdefault(text(aspect), []).append(value)
    return found


def _name_columns(names: Names, property_iris: Iterable[str]) -> dict[str, str]:
    """Return the column names: a local name is used once, first for the ontology's own property."""
    own = names.expand("cdp:")
    column_names: dict[str, str] = {}
    for iri in sorted(property_iris, key=lambda iri: (not iri.startswith(own), iri)):
        name = shorten_name(iri)
        is_taken = name in column_names.values()
        column_names[iri] = names.shorten(iri).replace(":", "_") if is_taken else name
    return column_names


def shorten_name(property_iri: str) -> str:
    """Return the local name of a property without a leading `has`.

    >>> [shorten_name(f"https://example.org/{name}") for name in ("hasTheme", "logItem", "hash")]
    ['theme', 'logItem', 'hash']
    """
    local = cut_local_name(property_iri)
    return local[3].lower() + local[4:] if re.match("has[A-Z]", local) else local
