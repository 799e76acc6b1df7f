"""What the ontology and its shapes say of classes and properties, for columns to come from."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from kg.graph import Graph, LocalGraph
from kg.home import Home
from kg.names import Names, bind_json, read_names
from kg.turtle import list_files

Texts = dict[str, str]


@dataclass
class Property:
    """A property: in `single` are the classes that by design have at most one value of it."""

    iri: str
    name: str
    link: bool = False
    tagged: bool = False
    single_in_language: bool = False
    domains: set[str] = field(default_factory=set)
    ranges: set[str] = field(default_factory=set)
    single: set[str] = field(default_factory=set)
    labels: Texts = field(default_factory=dict)
    definitions: Texts = field(default_factory=dict)
    examples: Texts = field(default_factory=dict)


@dataclass
class Class:
    """A class: those above it, itself among them, and what is said of it by language."""

    supers: set[str] = field(default_factory=set)
    labels: Texts = field(default_factory=dict)
    definitions: Texts = field(default_factory=dict)


@dataclass(frozen=True)
class Vocabulary:
    """The properties, classes and codes (by class, with their names), each by its IRI."""

    names: Names
    properties: Mapping[str, Property]
    classes: Mapping[str, Class]
    codes: Mapping[str, Mapping[str, Texts]]
    top: str
    things: str

    def list_supers(self, iri: str) -> set[str]:
        """Return the classes above one, itself among them."""
        return self.classes[iri].supers if iri in self.classes else {iri}

    def find_base(self, ranges: Sequence[str]) -> str:
        """Return what the IRIs of some classes begin with: empty where they differ.

        Codes stand in a namespace of their own; whatever is no code is a thing of the data.
        """
        codes = {code for iri in ranges for code in self.codes.get(iri, {})}
        if not ranges:
            return ""
        if not codes:
            return self.things
        bases = {code[: len(code) - len(code.rpartition("/")[2])] for code in codes}
        return bases.pop() if len(bases) == 1 and all(map(self.codes.get, ranges)) else ""

    def name_property(self, iri: str) -> str:
        """Return a property's name in a header; one the ontology does not know has its prefix."""
        if iri in self.properties:
            return self.properties[iri].name
        return re.sub("[^A-Za-z0-9]+", "_", self.names.shorten(iri)).strip("_")


def read_vocabulary(home: Home) -> Vocabulary:
    """Return what the ontology and its shapes in a home say.

    Raises:
        KgError: a file is not Turtle in UTF-8.
    """
    names = read_names(home)
    files = list_files(home, shapes=True)
    graph = LocalGraph(home, [file for file in files if file.path.is_relative_to(home.ontology)])
    top = names.expand("owl:Thing")
    things = names.expand("place:").removesuffix("place/")
    classes = _read_classes(graph)
    codes: dict[str, dict[str, Texts]] = {}
    for iri, code, label in _read_rows(graph, "table-codes"):
        if not code["value"].startswith(things):
            labels = codes.setdefault(iri["value"], {}).setdefault(code["value"], {})
            labels[label.get("xml:lang", "")] = label["value"]
    properties = _read_properties(graph, names)
    return Vocabulary(names, properties, classes, codes, top, things)


def _read_classes(graph: Graph) -> dict[str, Class]:
    classes: dict[str, Class] = {}
    for iri, aspect, value in _read_rows(graph, "table-classes"):
        found = classes.setdefault(iri["value"], Class())
        if aspect["value"] == "super":
            found.supers.add(value["value"])
        else:
            texts = found.labels if aspect["value"] == "label" else found.definitions
            texts.setdefault(value.get("xml:lang", ""), value["value"])
    return classes


def _read_properties(graph: Graph, names: Names) -> dict[str, Property]:
    properties: dict[str, Property] = {}
    for iri, aspect, value in _read_rows(graph, "table-properties"):
        found = properties.setdefault(iri["value"], Property(iri["value"], ""))
        match aspect["value"]:
            case "link":
                found.link = True
            case "tagged":
                found.tagged = True
            case "single in a language":
                found.single_in_language = True
            case "domain":
                found.domains.add(value["value"])
            case "range":
                found.ranges.add(value["value"])
            case "single":
                found.single.add(value["value"])
            case "label":
                found.labels.setdefault(value["xml:lang"], value["value"])
            case "definition":
                found.definitions.setdefault(value["xml:lang"], value["value"])
            case "example":
                found.examples.setdefault(value["xml:lang"], value["value"])
    own = names.expand("cdp:")
    taken: set[str] = set()
    # The ontology's own words come first: a borrowed one of the same name gets its prefix.
    for one in sorted(properties, key=lambda one: (not one.startswith(own), one)):
        local = name_local(names, one)
        name = names.shorten(one).replace(":", "_") if local in taken else local
        properties[one].name = name
        taken.add(name)
    return properties


def name_local(names: Names, iri: str) -> str:
    """Return what a property is called in a header: its local name, without a leading has.

    >>> names = Names({"e": "https://example.org/"})
    >>> [name_local(names, f"https://example.org/{w}") for w in ("hasTheme", "logItem", "hash")]
    ['theme', 'logItem', 'hash']
    """
    local = names.shorten(iri).rpartition(":")[2].rpartition("/")[2].rpartition("#")[2]
    if local.startswith("has") and local[3:4].isupper():
        return local[3].lower() + local[4:]
    return local


def _read_rows(graph: Graph, name: str) -> list[list[dict[str, str]]]:
    """Return the rows of one of the program's own queries; an unbound cell is an empty text."""
    rows = graph.internal(name)
    return [
        [bind_json(term) if term is not None else {"value": ""} for term in row] for row in rows
    ]
