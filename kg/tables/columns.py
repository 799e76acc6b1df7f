"""Make the columns of tables from the properties of the ontology."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from kg.ask.lookup import cut_local_name
from kg.names import pick
from kg.tables.vocabulary import Texts, Vocabulary

TYPE, LABEL = "rdf:type", "rdfs:label"
SEPARATOR = " | "  # between the values of a list

# The kinds of values, which have a link table each: IRIs in the expected namespace, other IRIs, and
# texts in the exported languages. Any other kind is a datatype or a language tag.
NAMESPACED_IRIS, OTHER_IRIS, TEXTS = "link", "iri", "text"


@dataclass(frozen=True)
class Column:
    """A column of a table.

    Its cells are objects of statements with `predicate`, in one `language` or of one `datatype`.
    IRIs are written without their `namespace`. Without a predicate, the column is the key, or it
    is derived: for reading only. `label_of` is the column whose IRIs it has the labels of.
    """

    name: str
    predicate: str = ""
    is_iri: bool = False
    namespace: str = ""
    language: str = ""
    datatype: str = ""
    label_of: str = ""
    is_list: bool = False
    titles: Texts = field(default_factory=dict)
    descriptions: Texts = field(default_factory=dict)
    examples: Texts = field(default_factory=dict)
    ranges: tuple[str, ...] = ()

    @property
    def variable(self) -> str:
        """The name in URI templates (https://www.rfc-editor.org/rfc/rfc6570#section-2.3).

        >>> Column("label_zh-Hans").variable
        'label_zh_Hans'
        """
        return self.name.replace("-", "_")


@dataclass(frozen=True)
class ColumnMaker:
    """Makes columns with texts in some languages.

    `fixed` has the titles and descriptions of the columns that are not made from a property: the
    `columns` in the header of `queries/internal/table-properties.rq`.
    """

    vocabulary: Vocabulary
    languages: tuple[str, ...]
    fixed: Mapping[str, Mapping[str, Any]]

    def make_key(self, name: str) -> Column:
        """Return the first column of a table: the subject of a row."""
        return self._describe(Column(name, namespace=self.vocabulary.data_namespace), name)

    def make_property_columns(self, property_iri: str, class_iri: str) -> list[Column]:
        """Return the columns of a property in the table of a class.

        A text has a column for each language; an IRI has a second column for its label. The
        property must fit (`Vocabulary.fits_columns`).
        """
        column = self._make_iri_column(property_iri, class_iri)
        if property_iri == self.expand(LABEL):
            column = self._describe(column, "label")
        return self._make_columns(column, self.find_value_kind(property_iri))

    def make_object_columns(
        self, property_iri: str, class_iri: str, value_kind: str
    ) -> list[Column]:
        """Return the columns of a property's values of one kind, in a link table of a class."""
        column = self._make_iri_column(property_iri, class_iri)
        column = replace(column, name="object", examples={})
        if value_kind != self.find_value_kind(property_iri):
            column = replace(column, namespace="")
        return self._make_columns(column, value_kind)

    def make_derived_columns(self, name: str, declaration: Texts) -> list[Column]:
        """Return the columns of values that the query of a table derives, with their labels."""
        titles = dict(declaration)
        kind = titles.pop("kind")
        column = Column(name, titles=titles, is_list=True)
        if kind == "thing":
            namespace = self.vocabulary.data_namespace
            return self.add_label(replace(column, is_iri=True, namespace=namespace))
        if kind == "label":
            return [replace(column, label_of=name)]
        if kind == "iri":
            return [replace(column, is_iri=True)]
        return [replace(column, datatype=self.expand(f"xsd:{kind}"), is_list=False)]

    def add_label(self, column: Column) -> list[Column]:
        """Return a column of IRIs and, if these can have labels, the column of the labels."""
        is_labelled = column.predicate in ("", self.expand(TYPE))
        if not is_labelled and not any(map(self.vocabulary.has_labels, column.ranges)):
            return [column]
        label = Column(f"{column.name}_label", label_of=column.name, is_list=column.is_list)
        titles = {
            tag: title.format(pick(column.titles, tag, column.name))
            for tag, title in self._describe(label, "of").titles.items()
        }
        return [column, replace(label, titles=titles)]

    def find_value_kind(self, property_iri: str) -> str:
        """Return the kind of values that a property should have, by ontology and shapes."""
        prop = self.vocabulary.find_property(property_iri)
        if prop.is_language_tagged:
            return TEXTS
        return prop.datatypes[0] if prop.datatypes else NAMESPACED_IRIS

    def expand(self, name: str) -> str:
        """Return the IRI of a prefixed name."""
        return self.vocabulary.names.expand(name)

    def _make_iri_column(self, property_iri: str, class_iri: str) -> Column:
        if property_iri == self.expand(TYPE):
            # The types of the rows are subclasses, mostly in the same namespace.
            namespace = class_iri.removesuffix(cut_local_name(class_iri))
            column = Column("type", property_iri, is_iri=True, namespace=namespace)
            return self._describe(column, "type")
        prop = self.vocabulary.find_property(property_iri)
        return Column(
            prop.column_name,
            property_iri,
            is_iri=True,
            namespace=self.vocabulary.find_namespace(prop.ranges),
            titles=prop.labels,
            descriptions=prop.definitions,
            examples=prop.examples,
            ranges=tuple(sorted(prop.ranges)),
        )

    def _make_columns(self, column: Column, value_kind: str) -> list[Column]:
        """Return the columns for values of one kind, given one for IRIs."""
        if value_kind in (NAMESPACED_IRIS, OTHER_IRIS):
            return self.add_label(column)
        literal = replace(column, is_iri=False, namespace="")
        if value_kind == TEXTS:
            names = {tag: f"{column.name}_{tag}" for tag in self.languages}
            return [replace(literal, name=name, language=tag) for tag, name in names.items()]
        if ":" in value_kind:
            return [replace(literal, datatype=value_kind)]
        return [replace(literal, language=value_kind)]

    def _describe(self, column: Column, name: str) -> Column:
        """Return a column with its titles and descriptions in `fixed`."""
        titles = dict(self.fixed[name])
        return replace(column, descriptions=titles.pop("about", {}), titles=titles)
