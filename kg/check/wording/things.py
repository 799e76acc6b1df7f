"""The things that have evidence, with what is compared: texts, numbers, and links to others."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field

from pyoxigraph import Literal, NamedNode

from kg.check.index import StatementIndex
from kg.check.wording.numbers import Numbers, Value, find_numbers, parse_number
from kg.check.wording.words import list_pairs, list_stems
from kg.graph import Graph
from kg.names import Term, text

TEXTS = ("label", "description", "quote", "text")


@dataclass(eq=False)
class Text:
    """A text of a thing: its property, the role of that, and its language in lower case."""

    property: str
    role: str
    language: str
    value: str

    def find_numbers(self) -> Numbers:
        """Return the numbers of the text."""
        return find_numbers(self.value, self.language)

    def list_parts(self) -> frozenset[str]:
        """Return the pairs of characters of a Chinese text, the stems of words of another."""
        return (list_pairs if self.language.startswith("zh") else list_stems)(self.value)


@dataclass
class Thing:
    """A thing with evidence. `links` are IRIs by role, `stated` values by property.

    `properties` has the property of each role of links, and of the index.
    """

    node: str
    texts: list[Text] = field(default_factory=list)
    stated: list[tuple[str, str]] = field(default_factory=list)
    numbers: set[Value] = field(default_factory=set)
    index: int | None = None
    properties: dict[str, str] = field(default_factory=dict)
    links: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))

    def find(self, role: str, language: str) -> str:
        """Return the first text with a role and a language; "" if there is none."""
        found = (t.value for t in self.texts if t.role == role and t.language == language)
        return next(found, "")

    def find_parts(self, role: str, language: str) -> frozenset[str]:
        """Return the parts of the first text with a role and a language, or none."""
        found = (t.list_parts() for t in self.texts if t.role == role and t.language == language)
        return next(found, frozenset())

    def join(self, language: str) -> str:
        """Return label and description in a language, as one text."""
        return f"{self.find('label', language)}\n{self.find('description', language)}"

    def list_own(self) -> Iterator[Text]:
        """Yield the labels and descriptions."""
        yield from (each for each in self.texts if each.role in ("label", "description"))

    def point(self, role: str, value: str) -> Text:
        """Return the statement with a role and a value, as if it were a text."""
        return Text(self.properties.get(role, ""), role, "", value)

    @property
    def slug(self) -> str:
        """The last part of the IRI, with spaces between its words."""
        return self.node.rpartition("/")[2].replace("-", " ")


def read_things(graph: Graph, index: StatementIndex) -> dict[str, Thing]:
    """Return the things that have evidence, by IRI."""
    roles: dict[NamedNode, str] = {}
    for property_, name in graph.internal("wording-properties"):
        if isinstance(property_, NamedNode):
            roles[property_] = text(name)
    cited = {s: None for p, role in roles.items() if role == "evidence" for s in index.objects(p)}
    things: dict[Term, Thing] = {
        node: Thing(node.value) for node in cited if isinstance(node, NamedNode)
    }
    for property_, role in roles.items():
        for node, values in index.objects(property_).items():
            thing = things.get(node)
            if thing is not None:
                for value in values:
                    _add_value(thing, property_.value, role, value)
    return {thing.node: thing for thing in things.values()}


def _add_value(thing: Thing, property_: str, role: str, value: Term) -> None:
    if not isinstance(value, Literal):
        thing.links[role].append(text(value))
        thing.properties[role] = property_
    elif role in TEXTS:
        thing.texts.append(Text(property_, role, (value.language or "").lower(), value.value))
        if not value.language:
            number = parse_number(value.value)
            thing.numbers.update(() if number is None else {number})
    else:
        number = parse_number(value.value)
        if number is None:
            return
        if role == "stated":
            thing.stated.append((property_, value.value))
        if role == "index":
            thing.index, number = int(number), number + 1
            thing.properties[role] = property_
        thing.numbers.add(number)
