"""The classes and concepts of the ontology, from which cities choose."""

from collections import defaultdict
from dataclasses import dataclass

from pyoxigraph import Literal, RdfFormat, parse

from kg.home import Home
from kg.names import read_names
from kg.turtle import list_files

PREFIXES = (
    "body cdp comparator component count dcat doc evidence firmness framework genre group "
    "indicator initiative item level oa part period place policy rdfs schema sdg segment skos "
    "source status statutory target technology theme unit cdpunit voice wd xsd"
).split()
LABEL_PROPERTIES = ("rdfs:label", "skos:prefLabel")
MEMBER_PROPERTIES = ("rdf:type", "rdfs:subClassOf")


@dataclass(frozen=True)
class Vocabulary:
    """The terms of the ontology, as prefixed names.

    `labels` are in English and Chinese; `members` are the instances and subclasses of each class,
    sorted.
    """

    prefixes: dict[str, str]
    labels: dict[str, tuple[str, str]]
    members: dict[str, list[str]]

    @property
    def header(self) -> str:
        """The PREFIX lines of every file."""
        return "".join(f"PREFIX {p}: <{self.prefixes[p]}>\n" for p in PREFIXES) + "\n"


def read_vocabulary(home: Home) -> Vocabulary:
    """Return the classes and concepts of a home's ontology that have labels in en and zh-Hans.

    Deprecated terms, and themes that only group others, are not members of their classes.
    """
    names = read_names(home)
    labels: dict[str, dict[str, str]] = defaultdict(dict)
    members: dict[str, set[str]] = defaultdict(set)
    unused = set()
    for file in list_files(home):
        if not file.path.is_relative_to(home.ontology):
            continue
        for quad in parse(file.path.read_bytes(), RdfFormat.TURTLE):
            subject, predicate = names.show(quad.subject), names.show(quad.predicate)
            is_top_theme = predicate == "skos:topConceptOf" and subject.startswith("theme:")
            if predicate == "owl:deprecated" or is_top_theme:
                unused.add(subject)
            elif predicate in MEMBER_PROPERTIES:
                members[names.show(quad.object)].add(subject)
            elif predicate in LABEL_PROPERTIES and isinstance(quad.object, Literal):
                labels[subject][quad.object.language or ""] = quad.object.value
    pairs = {
        name: (texts["en"], texts["zh-hans"])
        for name, texts in labels.items()
        if texts.keys() >= {"en", "zh-hans"}
    }
    return Vocabulary(
        names.prefixes, pairs, {name: sorted(m - unused) for name, m in members.items()}
    )
