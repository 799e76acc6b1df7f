"""What tables there are and what stands in their columns: from `queries/tables/` and the ontology.

A file of `queries/tables/` names a class and the columns that come first; every other property
that the ontology or a shape gives to the class follows by itself. What a thing has at most once,
by the ontology or a shape, has a column; all else stands in a link table.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

from kg.ask.question import Question
from kg.errors import KgError
from kg.home import Home
from kg.tables.vocabulary import Property, Texts, Vocabulary

TYPE, LABEL, PREFERRED = "rdf:type", "rdfs:label", "skos:prefLabel"
THING, NAME, PLAIN = "thing", "label", "iri"
SEPARATOR = " | "


@dataclass(frozen=True)
class Column:
    """A column: `name` is its header.

    Statements of `predicate` stand in it; where there is none, it is for reading alone. An IRI has
    `base` taken off; a text has a `language`; all else has a `datatype`. `label_of` is the column
    whose things it names. Several values in a cell are parted by `SEPARATOR`.
    """

    name: str
    predicate: str = ""
    link: bool = False
    base: str = ""
    language: str = ""
    datatype: str = ""
    label_of: str = ""
    many: bool = False
    titles: Texts = field(default_factory=dict)
    about: Texts = field(default_factory=dict)
    examples: Texts = field(default_factory=dict)
    ranges: tuple[str, ...] = ()

    @property
    def variable(self) -> str:
        """The name as URI templates take it (https://www.rfc-editor.org/rfc/rfc6570#section-2.3).

        >>> Column("label_zh-Hans").variable
        'label_zh_Hans'
        """
        return self.name.replace("-", "_")


@dataclass(frozen=True, eq=False)
class Table:
    """A table of one class, a row a thing; or a link table, a row a statement, with a `parent`."""

    name: str
    iri: str
    columns: tuple[Column, ...]
    titles: Texts
    about: Texts
    question: Question | None = None
    parent: str = ""

    @property
    def key(self) -> Column:
        """The column that says what a row is about."""
        return self.columns[0]

    @cached_property
    def places(self) -> Mapping[tuple[str, str], Column]:
        """The column of each property and language of which statements stand here."""
        return {(c.predicate, c.language): c for c in self.columns if c.predicate}


@dataclass(frozen=True)
class Tables:
    """All tables of a home, in order, and how to make the link tables that they may need."""

    vocabulary: Vocabulary
    languages: tuple[str, ...]
    wide: tuple[Table, ...]
    words: Mapping[str, Mapping[str, Texts]]

    def find_table(self, types: Iterable[str]) -> Table | None:
        """Return the first table whose class is one of the types or above one."""
        above = {iri for one in types for iri in self.vocabulary.list_supers(one)}
        return next((table for table in self.wide if table.iri in above), None)

    def list_targets(self, ranges: Sequence[str]) -> list[Table]:
        """Return the tables in which instances of some classes may stand."""
        found = {}
        for iri in ranges:
            first = self.find_table([iri])
            below = [t for t in self.wide if iri in self.vocabulary.list_supers(t.iri)]
            found.update({t.name: t for t in [*([first] if first else []), *below]})
        return [table for table in self.wide if table.name in found]

    def make_link(self, table: Table, iri: str, form: str) -> Table:
        """Return the link table of a property: its objects are IRIs, texts or of a datatype.

        `form` is "link", "iri" where an IRI does not begin as those of its kind do, "text", a
        language that is none of ours, or a datatype. The form that the ontology leads one to
        expect goes without saying in the table's name.
        """
        found = self.vocabulary.properties.get(iri) or Property(iri, "", link=True)
        word = self.words["type"] if iri == self._expand(TYPE) else None
        name = "type" if word else self.vocabulary.name_property(iri)
        labels = _titles(word) if word else found.labels
        usual = "text" if found.tagged else next(iter(_list_datatypes(found)), "link")
        suffix = "" if form == usual else "-" + re.split("[/#]", form)[-1]
        about = word["about"] if word else found.definitions
        base = self.vocabulary.find_base(sorted(found.ranges)) if form == usual else ""
        if word and form == usual:
            base = _find_class_base(self.vocabulary, table.iri)
        column = Column("object", iri, titles=labels, about=about, ranges=_sort(found.ranges))
        columns = [self.make_key("subject")]
        if form in ("link", "iri"):
            columns += self.add_label(replace(column, link=True, base=base))
        elif form == "text":
            columns += [
                replace(column, name=f"object_{tag}", language=tag) for tag in self.languages
            ]
        elif ":" in form:
            columns.append(replace(column, datatype=form))
        else:
            columns.append(replace(column, language=form))
        titles = {tag: f"{title}: {labels.get(tag, name)}" for tag, title in table.titles.items()}
        return Table(
            f"{table.name}-{name}{suffix}",
            table.iri,
            tuple(columns),
            titles,
            about,
            None,
            table.name,
        )

    def has_names(self, iri: str) -> bool:
        """Tell whether the instances of a class have labels."""
        found = self.vocabulary.properties
        said = [found[self._expand(name)].domains for name in (LABEL, PREFERRED)]
        return any(_belongs(self.vocabulary, domains, iri) for domains in said)

    def _expand(self, name: str) -> str:
        return self.vocabulary.names.expand(name)

    def make_key(self, name: str) -> Column:
        """Return the first column of a table, with that name: what a row is about."""
        word = self.words[name]
        return Column(name, titles=_titles(word), about=word["about"], base=self.vocabulary.things)

    def add_label(self, column: Column) -> list[Column]:
        """Return a column of things and, beside it, one with their names if they have any."""
        typed = column.predicate == self._expand(TYPE) or not column.predicate
        if not typed and not any(map(self.has_names, column.ranges)):
            return [column]
        word = _titles(self.words["of"])
        titles = {tag: word[tag].format(column.titles.get(tag, column.name)) for tag in word}
        label = Column(f"{column.name}_label", label_of=column.name, many=column.many)
        return [column, replace(label, titles=titles)]


def _titles(word: Mapping[str, object]) -> Texts:
    return {tag: str(text) for tag, text in word.items() if tag != "about"}


def _sort(iris: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted(iris))


def _list_datatypes(found: Property) -> list[str]:
    return [] if found.link else sorted(found.ranges)


def read_tables(home: Home, vocabulary: Vocabulary, languages: Sequence[str]) -> Tables:
    """Return the tables that `queries/tables/` declares, in order, with all their columns.

    Raises:
        KgError: a declaration has no class or order, or names a column that there is not.
    """
    path = home.queries / "internal" / "table-properties.rq"
    words = Question(path.stem, path).header["columns"]
    tables = Tables(vocabulary, tuple(languages), (), words)
    paths = sorted((home.queries / "tables").glob("*.rq"))
    questions = [Question(path.stem, path) for path in paths]
    try:
        questions.sort(key=lambda question: int(question.header["order"]))
        wide = tuple(_read_table(tables, question) for question in questions)
    except (KeyError, TypeError, ValueError) as error:
        if isinstance(error, KgError):
            raise
        raise KgError(
            f"{home.queries / 'tables'}: a table without {error} in its header."
        ) from None
    return replace(tables, wide=wide)


def _read_table(tables: Tables, question: Question) -> Table:
    header = question.header
    vocabulary = tables.vocabulary
    iri = vocabulary.names.expand(header["class"])
    reading: Mapping[str, Texts] = header.get("reading") or {}
    first = [
        name if name in reading else vocabulary.names.expand(name) for name in header["columns"]
    ]
    columns = [tables.make_key("id")]
    for name in [*first, *(name for name in reading if name not in first)]:
        if name in reading:
            columns += _make_reading(tables, name, reading[name])
        else:
            columns += _make_columns(tables, iri, name)
    named = set(first)
    rest = [p for p in vocabulary.properties.values() if p.iri not in named]
    rest = [
        p for p in rest if _belongs(vocabulary, p.domains, iri) and _is_wide(vocabulary, p, iri)
    ]
    for found in sorted(rest, key=lambda p: (p.tagged, p.name)):
        columns += _make_columns(tables, iri, found.iri)
    doubled = sorted({c.name for c in columns if [d.name for d in columns].count(c.name) > 1})
    if doubled:
        raise KgError(f"{question.path}:1: columns named twice: {', '.join(doubled)}. Rename one.")
    query = question if reading else None
    return Table(question.name, iri, tuple(columns), header["title"], header["summary"], query)


def _belongs(vocabulary: Vocabulary, domains: Iterable[str], iri: str) -> bool:
    """Tell whether instances of a class may have a property of such domains."""
    above = vocabulary.list_supers(iri)
    return any(one in above or iri in vocabulary.list_supers(one) for one in domains)


def _is_wide(vocabulary: Vocabulary, found: Property, iri: str) -> bool:
    """Tell whether an instance of a class has, by design, at most one value, or one a language.

    What is no link has to be of one datatype, too, or its cells could not tell of which.
    """
    if found.tagged:
        return found.single_in_language
    if not found.link and len(_list_datatypes(found)) != 1:
        return False
    return bool(found.single & {*vocabulary.list_supers(iri), vocabulary.top})


def _make_columns(tables: Tables, iri: str, name: str) -> Iterator[Column]:
    """Yield the columns of a property: one a language, or one, with the names of what it shows."""
    vocabulary = tables.vocabulary
    if name == vocabulary.names.expand(TYPE):
        yield from _make_type(tables, iri)
        return
    found = vocabulary.properties.get(name)
    if found is None or not _is_wide(vocabulary, found, iri):
        shown = vocabulary.names.shorten(name)
        raise KgError(
            f"queries/tables: {shown} is no column: by ontology and shapes a thing may have "
            "several of it, or of several datatypes. Leave it out there; it has a link table."
        )
    column = Column(
        found.name,
        name,
        titles=found.labels,
        about=found.definitions,
        examples=found.examples,
        ranges=_sort(found.ranges),
    )
    if found.tagged:
        if name == vocabulary.names.expand(LABEL):
            word = tables.words["label"]
            column = replace(column, titles=_titles(word), about=word["about"])
        for tag in tables.languages:
            yield replace(column, name=f"{found.name}_{tag}", language=tag)
    elif found.link:
        base = vocabulary.find_base(sorted(found.ranges))
        yield from tables.add_label(replace(column, link=True, base=base))
    else:
        yield replace(column, datatype=_list_datatypes(found)[0])


def _make_type(tables: Tables, iri: str) -> Iterator[Column]:
    """Yield the column of the class, with its name beside it where there may be several."""
    vocabulary = tables.vocabulary
    base = _find_class_base(vocabulary, iri)
    word = tables.words["type"]
    column = Column("type", vocabulary.names.expand(TYPE), link=True, base=base)
    yield from tables.add_label(replace(column, titles=_titles(word), about=word["about"]))


def _find_class_base(vocabulary: Vocabulary, iri: str) -> str:
    """Return what the IRIs of classes begin with: the namespace of a table's own class."""
    return iri[: len(iri) - len(vocabulary.names.shorten(iri).rpartition(":")[2])]


def _make_reading(tables: Tables, name: str, told: Texts) -> Iterator[Column]:
    """Yield the columns of what a table's query tells besides."""
    kind = told["kind"]
    titles = {tag: text for tag, text in told.items() if tag != "kind"}
    column = Column(name, titles=titles, many=True)
    if kind == THING:
        base = tables.vocabulary.things
        yield from tables.add_label(replace(column, link=True, base=base))
    elif kind == NAME:
        yield replace(column, label_of=name)
    elif kind == PLAIN:
        yield replace(column, link=True)
    else:
        yield replace(column, datatype=tables.vocabulary.names.expand(f"xsd:{kind}"), many=False)
