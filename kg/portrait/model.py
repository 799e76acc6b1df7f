"""What a portrait consists of: plain data, in one language, for any kind of output."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Passage:
    """A passage of a source, by the offsets of its characters; the end is exclusive.

    `text` is None unless it was asked for and the user has added the source.
    """

    source: str
    start: int
    end: int
    text: str | None = None


@dataclass(frozen=True)
class Link:
    """A thing by name, prefixed name and IRI; a text that is not a thing has only a name."""

    name: str
    prefixed: str = ""
    iri: str = ""


@dataclass(frozen=True)
class Detail:
    """A property, by its title, and its values."""

    heading: str
    values: tuple[Link, ...]


@dataclass(frozen=True)
class Tally:
    """A number that the source declares, and the things that it names of this number.

    `token` is the part of a code that stands for the number. The comparator is empty for an exact
    number. `unnamed` is how many things the source declares and does not name, and `rest` the same
    in words: for more than 60, of which 15 are named, 46 and “at least 46”, and `is_least` is true.
    """

    token: str
    thing: Link
    comparator: str
    declared: int
    members: tuple[Link, ...]
    unnamed: int
    rest: str
    is_least: bool = False


@dataclass(frozen=True)
class Row:
    """A document, part or element: what it says, whose words these are, where, and until when.

    `group` is the heading under which it appears in its section, `level` its depth in an outline
    or a chain, from 0. Texts that the source does not state are empty.
    """

    thing: Link
    kind: str = ""
    group: str = ""
    level: int = 0
    number: str = ""
    description: str = ""
    deadline: str = ""
    voice: str = ""
    details: tuple[Detail, ...] = ()
    passages: tuple[Passage, ...] = ()
    code: str = ""
    tallies: tuple[Tally, ...] = ()


@dataclass(frozen=True)
class Section:
    """Rows under a heading; `name` is the same in all languages, `note` a text without rows."""

    name: str
    heading: str
    rows: tuple[Row, ...]
    note: str = ""
