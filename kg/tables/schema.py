"""Read the tables that `queries/tables/` declares, and make the link tables that belong to them.

Each file declares the table of a class and its first columns; all other properties that the
ontology or a shape gives to the class follow. A property that a subject can have several times,
or with values of several kinds, has link tables instead, a row for each value.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from kg.ask.lookup import cut_local_name
from kg.ask.question import Question
from kg.errors import KgError
from kg.home import Home
from kg.tables.columns import TYPE, Column, ColumnMaker
from kg.tables.vocabulary import Texts, Vocabulary

HEADER = {"order": int, "class": str, "title": dict, "summary": dict, "columns": list}


@dataclass(frozen=True, eq=False)
class Table:
    """The definition of a table: a row for each instance of a class.

    `derivation` is the query that finds the values of derived columns. A link table has the name
    of the class's table as its `parent`, and a row for each value of one property.
    """

    name: str
    class_iri: str
    columns: tuple[Column, ...]
    titles: Texts
    descriptions: Texts
    derivation: Question | None = None
    parent: str = ""

    @property
    def key(self) -> Column:
        """The column with the subject of each row."""
        return self.columns[0]

    @cached_property
    def statement_columns(self) -> Mapping[tuple[str, str], Column]:
        """The columns that hold statements, by predicate and language."""
        return {(c.predicate, c.language): c for c in self.columns if c.predicate}


@dataclass(frozen=True)
class Schema:
    """The tables of the classes, in order, and the maker of columns for their link tables.

    Texts are in `languages`, labels in the first of these.
    """

    vocabulary: Vocabulary
    languages: tuple[str, ...]
    tables: tuple[Table, ...]
    column_maker: ColumnMaker

    def find_table(self, types: Iterable[str]) -> Table | None:
        """Return the first table whose class is one of the types or a superclass of one."""
        classes = {iri for one in types for iri in self.vocabulary.list_superclasses(one)}
        return next((table for table in self.tables if table.class_iri in classes), None)

    def list_target_tables(self, class_iris: Sequence[str]) -> list[Table]:
        """Return the tables that can have instances of these classes, in order."""
        first = [self.find_table([iri]) for iri in class_iris]
        return [
            table
            for table in self.tables
            if table in first or self.vocabulary.list_superclasses(table.class_iri) & {*class_iris}
        ]

    def make_link_table(self, table: Table, property_iri: str, value_kind: str) -> Table:
        """Return the link table for a property's values of one kind.

        The kind is part of the name unless it is the one that ontology and shapes expect.
        """
        maker = self.column_maker
        key = maker.make_key("subject")
        columns = maker.make_object_columns(property_iri, table.class_iri, value_kind)
        name = self.vocabulary.find_property(property_iri).column_name
        is_expected = value_kind == maker.find_value_kind(property_iri)
        suffix = "" if is_expected else f"-{cut_local_name(value_kind)}"
        titles = {
            tag: f"{title}: {columns[0].titles.get(tag, name)}"
            for tag, title in table.titles.items()
        }
        return Table(
            f"{table.name}-{name}{suffix}",
            table.class_iri,
            (key, *columns),
            titles,
            columns[0].descriptions,
            parent=table.name,
        )


def read_schema(home: Home, vocabulary: Vocabulary, languages: Sequence[str]) -> Schema:
    """Return the tables that `queries/tables/` declares, with all their columns.

    Raises:
        KgError: a declaration is incomplete, or names a property that cannot have columns.
    """
    path = home.queries / "internal" / "table-properties.rq"
    fixed = Question(path.stem, path).header["columns"]
    maker = ColumnMaker(vocabulary, tuple(languages), fixed)
    paths = sorted((home.queries / "tables").glob("*.rq"))
    declarations = [Question(path.stem, path) for path in paths]
    for declaration in declarations:
        _check_header(declaration)
    declarations.sort(key=lambda declaration: int(declaration.header["order"]))
    tables = tuple(_make_table(maker, declaration) for declaration in declarations)
    return Schema(vocabulary, maker.languages, tables, maker)


def _check_header(declaration: Question) -> None:
    header = declaration.header
    invalid = [name for name, kind in HEADER.items() if not isinstance(header.get(name), kind)]
    derived = header.get("reading", {})
    if not isinstance(derived, dict) or not all("kind" in column for column in derived.values()):
        invalid.append("reading")
    if invalid:
        raise KgError(
            f"{declaration.path}:1: missing or invalid in the header: {', '.join(invalid)}. "
            "Write it as in the other files of queries/tables/."
        )


def _make_table(maker: ColumnMaker, declaration: Question) -> Table:
    header, vocabulary = declaration.header, maker.vocabulary
    class_iri = maker.expand(header["class"])
    derived: Mapping[str, Texts] = header.get("reading", {})
    declared = [str(name) for name in header["columns"]]
    columns = [maker.make_key("id")]
    for name in [*declared, *(name for name in derived if name not in declared)]:
        if name in derived:
            columns += maker.make_derived_columns(name, derived[name])
            continue
        iri = maker.expand(name)
        prop = vocabulary.find_property(iri)
        if iri != maker.expand(TYPE) and not vocabulary.fits_columns(prop, class_iri):
            raise KgError(
                f"{declaration.path}:1: {name} cannot be a column: it is not declared, or a "
                "subject can have several values of it, or values of several datatypes. Remove it "
                "from columns:."
            )
        columns += maker.make_property_columns(iri, class_iri)
    known = {column.predicate for column in columns}
    further = [
        prop
        for prop in vocabulary.properties.values()
        if prop.iri not in known
        and vocabulary.applies_to(prop, class_iri)
        and vocabulary.fits_columns(prop, class_iri)
    ]
    # Texts come last.
    for prop in sorted(further, key=lambda prop: (prop.is_language_tagged, prop.column_name)):
        columns += maker.make_property_columns(prop.iri, class_iri)
    names = [column.name for column in columns]
    repeated = sorted({name for name in names if names.count(name) > 1})
    if repeated:
        raise KgError(
            f"{declaration.path}:1: several columns are named {', '.join(repeated)}. "
            "Name each property once, and derived columns differently."
        )
    return Table(
        declaration.name,
        class_iri,
        tuple(columns),
        header["title"],
        header["summary"],
        declaration if derived else None,
    )
