"""Turn the statements of each subject into rows of tables."""

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cache

from kg.errors import KgError
from kg.graph import Graph, bind_values
from kg.names import LANGUAGES, XSD_STRING, Term, bind_json, collect_texts, pick, text
from kg.tables.columns import NAMESPACED_IRIS, OTHER_IRIS, TEXTS, TYPE, Column
from kg.tables.schema import Schema, Table
from kg.tables.statements import BLANK_NODE, IRI, Subject, Value

BUFFER_ROWS = 500
# What a URI template keeps as it is (https://www.rfc-editor.org/rfc/rfc6570#section-3.2.3).
TEMPLATE_SAFE = re.compile(r"(?:[A-Za-z0-9._~:/?#\[\]@!$&'()*+,;=-]|%[0-9A-Fa-f]{2})+")
NO_TABLE = "subjects whose class has no table"
NO_CELL = "statements that no cell can hold (an empty text, a blank node or a non-ASCII IRI)"
CUT_TEXT = "ends of texts that are longer than a cell of a workbook (32,767 characters)"

Row = dict[str, tuple[str, ...]]  # the values by column name
Links = dict[Table, dict[str, list[str]]]  # the values of a subject by link table and column
WriteRows = Callable[[Sequence[Row]], None]  # writes rows of one table; IRIs are complete


def read_labels(graph: Graph, iris: Iterable[str], language: str) -> dict[str, str]:
    """Return the label of each IRI in a language or its fallback, or "" if it has none."""
    labels: dict[str, list[Term | None]] = {iri: [] for iri in sorted(iris)}
    if labels:
        nodes = " ".join(f"<{iri}>" for iri in labels)
        for node, label in graph.internal("table-labels", node=nodes):
            labels[text(node)].append(label)
    return {iri: pick(collect_texts(found), language, "") for iri, found in labels.items()}


class TableBuffer:
    """Collects the rows of one table, and writes them with their derived values and labels."""

    def __init__(self, table: Table, write: WriteRows, graph: Graph, language: str) -> None:
        self._table = table
        self.row_count = 0
        self._write = write
        self._graph = graph
        self._language = language
        self._rows: list[Row] = []

    def add(self, row: Row) -> None:
        """Add a row."""
        self._rows.append(row)
        self.row_count += 1
        if len(self._rows) == BUFFER_ROWS:
            self.flush()

    def flush(self) -> None:
        """Write the rows that were not written yet."""
        if self._rows:
            self._add_derived_values()
            self._add_labels()
            self._write(self._rows)
            self._rows = []

    def _add_derived_values(self) -> None:
        query = self._table.derivation
        if query is None:
            return
        rows = {row[self._table.key.name][0]: row for row in self._rows}
        columns = {column.name: column for column in self._table.columns}
        bound = bind_values(query.query, {"subject": " ".join(f"<{iri}>" for iri in rows)})
        for subject, name, value in self._graph.select(bound, str(query.path)).rows:
            column = columns.get(text(name))
            if column is None:
                raise KgError(
                    f"{query.path}:1: the query derives {text(name)}, which the header does not "
                    "have. Add it under reading:."
                )
            # A literal where an IRI is expected has no label.
            is_iri = value is not None and bind_json(value)["type"] == IRI
            if is_iri == (column.is_iri or bool(column.label_of)):
                row = rows[text(subject)]
                row[column.name] = (*row.get(column.name, ()), text(value))

    def _add_labels(self) -> None:
        columns = [column for column in self._table.columns if column.label_of]
        iris = {iri for row in self._rows for c in columns for iri in row.get(c.label_of, ())}
        labels = read_labels(self._graph, iris, self._language)
        for row in self._rows:
            for column in columns:
                row[column.name] = tuple(labels[iri] for iri in row.get(column.label_of, ()))


class StatementRouter:
    """Puts each statement in one place: a column of its subject's table, or a link table.

    `left_out` counts what has no place, by reason. `link_names` are the names of all link tables
    that the data have rows for, wanted or not.
    """

    def __init__(
        self,
        graph: Graph,
        schema: Schema,
        start_table: Callable[[Table], WriteRows],
        is_wanted: Callable[[Table], bool] = lambda table: True,
    ) -> None:
        """Start all wanted tables of classes; link tables are started for their first row."""
        self.left_out: Counter[str] = Counter()
        self.link_names: set[str] = set()
        self.graph = graph
        self.schema = schema
        self._start_table = start_table
        self._is_wanted = is_wanted
        self._type = schema.vocabulary.names.expand(TYPE)
        self._buffers: dict[Table, TableBuffer] = {}
        self._find_link_table = cache(schema.make_link_table)
        for table in filter(is_wanted, schema.tables):
            self._find_buffer(table)

    @property
    def row_counts(self) -> dict[Table, int]:
        """The number of rows of each table that was started."""
        return {table: buffer.row_count for table, buffer in self._buffers.items()}

    def add(self, subject: Subject) -> None:
        """Add the statements of a subject to the rows of its tables."""
        types = [value.text for predicate, value in subject.statements if predicate == self._type]
        table = self.schema.find_table(types)
        if table is None or not is_expandable(subject.iri, self.schema.vocabulary.data_namespace):
            self.left_out[NO_TABLE] += 1
            return
        row: Row = {table.key.name: (subject.iri,)}
        links: Links = defaultdict(lambda: defaultdict(list))
        main_type = self._choose_type(table, types)
        if main_type:
            row[table.statement_columns[self._type, ""].name] = (main_type,)
        for predicate, value in subject.statements:
            if predicate == self._type and value.text == main_type:
                continue
            column = table.statement_columns.get((predicate, value.language))
            if column and column.name not in row and can_hold(column, value):
                row[column.name] = (value.text,)
            else:
                self._add_link(links, table, predicate, value)
        if self._is_wanted(table):
            self._find_buffer(table).add(row)
        for link_table, values in links.items():
            self._add_link_rows(link_table, subject.iri, values)

    def flush(self) -> None:
        """Write the rows that were not written yet."""
        for buffer in self._buffers.values():
            buffer.flush()

    def _choose_type(self, table: Table, types: Sequence[str]) -> str:
        """Return the most specific subclass of the table's class; other types become links."""
        list_superclasses = self.schema.vocabulary.list_superclasses
        namespace = table.statement_columns[self._type, ""].namespace
        found = [
            iri
            for iri in types
            if table.class_iri in list_superclasses(iri) and is_expandable(iri, namespace)
        ]
        return min(found, key=lambda iri: (-len(list_superclasses(iri)), iri), default="")

    def _add_link(self, links: Links, table: Table, predicate: str, value: Value) -> None:
        """Collect a value for a link table, if its language is exported and a cell can hold it."""
        languages = self.schema.languages
        # Texts outside LANGUAGES are exported only together with all of LANGUAGES.
        if value.language and value.language not in languages and {*languages} != {*LANGUAGES}:
            return
        is_bad_iri = value.type == IRI and not is_expandable(value.text)
        if value.type == BLANK_NODE or not value.text or is_bad_iri:
            self.left_out[NO_CELL] += 1
            return
        value_kind = find_value_kind(value, languages)
        link_table = self._find_link_table(table, predicate, value_kind)
        if value_kind == NAMESPACED_IRIS and not can_hold(link_table.columns[1], value):
            link_table = self._find_link_table(table, predicate, OTHER_IRIS)
        self.link_names.add(link_table.name)
        if self._is_wanted(link_table):
            column = link_table.statement_columns[predicate, value.language]
            links[link_table][column.name].append(value.text)

    def _find_buffer(self, table: Table) -> TableBuffer:
        if table not in self._buffers:
            write, language = self._start_table(table), self.schema.languages[0]
            self._buffers[table] = TableBuffer(table, write, self.graph, language)
        return self._buffers[table]

    def _add_link_rows(self, table: Table, iri: str, values: Mapping[str, Sequence[str]]) -> None:
        """Add a row for each value.

        A text and its translations share a row if there is one text in each language; of
        several, it is unknown which of them belong together.
        """
        buffer = self._find_buffer(table)
        if all(len(texts) == 1 for texts in values.values()):
            buffer.add({table.key.name: (iri,), **{name: (t[0],) for name, t in values.items()}})
            return
        for name, texts in values.items():
            for one in texts:
                buffer.add({table.key.name: (iri,), name: (one,)})


def find_value_kind(value: Value, languages: Sequence[str]) -> str:
    """Return the kind of a value, which decides its link table.

    >>> find_value_kind(Value("literal", "深圳", "zh-Hans"), ["zh-Hans"])
    'text'
    """
    if value.type == IRI:
        return NAMESPACED_IRIS
    if value.language:
        return TEXTS if value.language in languages else value.language
    return value.datatype or XSD_STRING


def can_hold(column: Column, value: Value) -> bool:
    """Return whether the cells of a column can hold a value so that it can be read back."""
    if column.is_iri:
        return value.type == IRI and is_expandable(value.text, column.namespace)
    is_literal = value.type not in (IRI, BLANK_NODE) and bool(value.text)
    datatype = "" if value.language else value.datatype or XSD_STRING
    return is_literal and (value.language, datatype) == (column.language, column.datatype)


def is_expandable(iri: str, namespace: str = "") -> bool:
    """Return whether a URI template gives an IRI back from its cell, which lacks the namespace.

    >>> is_expandable("https://e.org/a", "https://e.org/"), is_expandable("https://e.org/深")
    (True, False)
    """
    return iri.startswith(namespace) and TEMPLATE_SAFE.fullmatch(iri, len(namespace)) is not None
