"""From what is said of things to the rows of tables, a few hundred at a time."""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Protocol

from kg.errors import KgError
from kg.graph import Graph, bind_values, read_internal
from kg.names import FALLBACKS, LANGUAGES, XSD_STRING, bind_json
from kg.tables.statements import BLANK, IRI, Thing, Value
from kg.tables.table import TYPE, Column, Table, Tables

BATCH = 500
MOST_LABELS = 20_000
# What a URI template leaves as it is (https://www.rfc-editor.org/rfc/rfc6570#section-3.2.3).
SAFE = re.compile(r"(?:[A-Za-z0-9._~:/?#\[\]@!$&'()*+,;=-]|%[0-9A-Fa-f]{2})+")
NO_TABLE = "things of a class that no table is for"
NO_CELL = "statements that no cell can hold: an empty text, a blank node, an IRI that is not ASCII"

Row = dict[str, str | tuple[str, ...]]


class Writer(Protocol):
    """What takes the rows of one table."""

    def write(self, rows: Sequence[Row]) -> None:
        """Take rows, each value as the data have it, under its column's name."""

    def close(self) -> None:
        """Write what there is still to write."""


OpenTable = Callable[[Table], Writer]


class Labels:
    """The names of things in a language, or in the one that stands in for it."""

    def __init__(self, graph: Graph, language: str) -> None:
        self._text = read_internal(graph.home, "table-labels")
        self._graph = graph
        self._order = FALLBACKS[language]
        self._held: dict[str, str] = {}

    def find(self, iris: Iterable[str]) -> Mapping[str, str]:
        """Return the names of things, of those at least; nothing for one without."""
        wanted = set(iris)
        if len(self._held) > MOST_LABELS:
            self._held.clear()
        missing = sorted(wanted - set(self._held))
        if missing:
            said: dict[str, dict[str, str]] = {iri: {} for iri in missing}
            text = bind_values(self._text, {"node": " ".join(f"<{iri}>" for iri in missing)})
            for node, label in self._graph.select(text).rows:
                if node is not None and label is not None:
                    bound = bind_json(label)
                    tag = bound.get("xml:lang", "")
                    said[bind_json(node)["value"]].setdefault(tag, bound["value"])
            for iri, labels in said.items():
                order = (*self._order, *sorted(labels))
                self._held[iri] = next((labels[tag] for tag in order if tag in labels), "")
        return self._held


class Sheet:
    """The rows of one table on their way to its writer."""

    def __init__(self, table: Table, writer: Writer, graph: Graph, labels: Labels) -> None:
        self.table = table
        self.count = 0
        self._writer = writer
        self._graph = graph
        self._labels = labels
        self._rows: list[Row] = []

    def add(self, row: Row) -> None:
        """Take a row."""
        self._rows.append(row)
        self.count += 1
        if len(self._rows) == BATCH:
            self._flush()

    def close(self) -> None:
        """Hand on what there is and close the writer."""
        self._flush()
        self._writer.close()

    def _flush(self) -> None:
        if self.table.question and self._rows:
            self._read_besides(self.table.question.query)
        named = [column for column in self.table.columns if column.label_of]
        asked = {iri for row in self._rows for c in named for iri in list_values(row, c.label_of)}
        labels = self._labels.find(asked)
        for row in self._rows:
            for column in named:
                found = [labels[iri] for iri in list_values(row, column.label_of)]
                row[column.name] = tuple(found) if column.many else "".join(found)
        self._writer.write(self._rows)
        self._rows = []

    def _read_besides(self, text: str) -> None:
        """Add what the table's query tells of the rows; it is no statement of theirs."""
        rows = {str(row[self.table.key.name]): row for row in self._rows}
        text = bind_values(text, {"subject": " ".join(f"<{iri}>" for iri in rows)})
        where = str(self.table.question.path) if self.table.question else ""
        columns = {column.name: column for column in self.table.columns}
        for terms in self._graph.select(text, where).rows:
            subject, name, value = (bind_json(t) if t else {"value": ""} for t in terms)
            column = columns.get(name["value"])
            if column is None:
                raise KgError(f"{where}:1: no {name['value']} under reading. Name it there.")
            # A literal where a thing should be has no name to look up.
            if (value.get("type") == IRI) == (column.link or bool(column.label_of)):
                row = rows[subject["value"]]
                row[column.name] = (*list_values(row, column.name), value["value"])


def list_values(row: Row, name: str) -> tuple[str, ...]:
    """Return the values of a cell."""
    value = row.get(name, ())
    return value if isinstance(value, tuple) else (value,) if value else ()


class Sorter:
    """What puts each statement in its one place: a column of its table, or a link table.

    `counts` are the rows of each table that was opened, `left_out` what is in none and why.
    """

    def __init__(
        self,
        graph: Graph,
        tables: Tables,
        open_table: OpenTable,
        wanted: Callable[[Table], bool] = lambda table: True,
    ) -> None:
        self.left_out: Counter[str] = Counter()
        self._tables = tables
        self._graph = graph
        self._open = open_table
        self._wanted = wanted
        self._labels = Labels(graph, tables.languages[0])
        self._links: dict[tuple[str, str, str], Table] = {}
        self._found: dict[tuple[str, ...], Table | None] = {}
        self._type = tables.vocabulary.names.expand(TYPE)
        self._sheets: dict[str, Sheet] = {}
        for table in tables.wide:
            if wanted(table):
                self._find_sheet(table)

    @property
    def counts(self) -> dict[Table, int]:
        """How many rows each table has."""
        return {sheet.table: sheet.count for sheet in self._sheets.values()}

    def add(self, thing: Thing) -> None:
        """Take all that is said of a thing."""
        types = tuple(value.text for name, value in thing.facts if name == self._type)
        if types not in self._found:
            self._found[types] = self._tables.find_table(types)
        table = self._found[types]
        base = self._tables.vocabulary.things
        if table is None or not fits(thing.iri, base):
            self.left_out[NO_TABLE] += 1
            return
        row: Row = {table.key.name: thing.iri}
        more: dict[str, dict[str, list[str]]] = {}
        kind = self._choose_type(table, types)
        if kind:
            row[table.places[self._type, ""].name] = kind
        for name, value in thing.facts:
            if name == self._type and value.text == kind:
                continue
            column = table.places.get((name, value.language))
            if column and column.name not in row and holds(column, value):
                row[column.name] = value.text
            else:
                self._add_more(more, table, name, value)
        if self._wanted(table):
            self._find_sheet(table).add(row)
        for link, values in more.items():
            self._add_links(self._sheets[link], thing.iri, values)

    def close(self) -> None:
        """Write what there is still to write."""
        for sheet in self._sheets.values():
            sheet.close()

    def _choose_type(self, table: Table, types: Sequence[str]) -> str:
        """Return the most specific class below the table's; any further ones go to a link table."""
        supers = self._tables.vocabulary.list_supers
        base = table.places[self._type, ""].base
        below = [iri for iri in types if table.iri in supers(iri) and fits(iri, base)]
        return min(below, key=lambda iri: (-len(supers(iri)), iri), default="")

    def _add_more(
        self, more: dict[str, dict[str, list[str]]], table: Table, name: str, value: Value
    ) -> None:
        """Note a statement for a link table; one in a language not asked for is passed over."""
        asked = self._tables.languages
        if value.language and value.language not in asked and {*asked} != {*LANGUAGES}:
            return
        if value.kind == BLANK or not value.text or (value.kind == IRI and not fits(value.text)):
            self.left_out[NO_CELL] += 1
            return
        form = find_form(value, asked)
        link = self._find_link(table, name, form)
        if form == "link" and not holds(link.columns[1], value):
            link = self._find_link(table, name, "iri")
        if self._wanted(link):
            self._find_sheet(link)
            column = link.places[name, value.language].name
            more.setdefault(link.name, {}).setdefault(column, []).append(value.text)

    def _find_link(self, table: Table, name: str, form: str) -> Table:
        key = (table.name, name, form)
        if key not in self._links:
            self._links[key] = self._tables.make_link(table, name, form)
        return self._links[key]

    def _find_sheet(self, table: Table) -> Sheet:
        if table.name not in self._sheets:
            writer = self._open(table)
            self._sheets[table.name] = Sheet(table, writer, self._graph, self._labels)
        return self._sheets[table.name]

    def _add_links(self, sheet: Sheet, iri: str, values: Mapping[str, Sequence[str]]) -> None:
        """Add the rows of a thing: one for each value.

        Where there is one value a language, they stand side by side, as one text and its
        translations; of several nobody knows which of them go together.
        """
        if all(len(texts) == 1 for texts in values.values()):
            sheet.add({sheet.table.key.name: iri, **{name: one for name, (one,) in values.items()}})
            return
        for name, texts in values.items():
            for text in texts:
                sheet.add({sheet.table.key.name: iri, name: text})


def find_form(value: Value, languages: Sequence[str]) -> str:
    """Return which link table of its property a value goes to.

    >>> find_form(Value("literal", "深圳", "zh-Hans"), ["zh-Hans"])
    'text'
    """
    if value.kind == IRI:
        return "link"
    if value.language:
        return "text" if value.language in languages else value.language
    return value.datatype or XSD_STRING


def holds(column: Column, value: Value) -> bool:
    """Tell whether a column's cells can hold a value, so that it can be told from them again."""
    if column.link:
        return value.kind == IRI and fits(value.text, column.base)
    literal = value.kind not in (IRI, BLANK) and bool(value.text)
    if column.language:
        return literal and value.language == column.language
    return literal and not value.language and (value.datatype or XSD_STRING) == column.datatype


def fits(iri: str, base: str = "") -> bool:
    """Tell whether an IRI is what its cell and a URI template give: `base` and then the cell.

    >>> fits("https://example.org/a", "https://example.org/"), fits("https://example.org/深")
    (True, False)
    """
    return iri.startswith(base) and SAFE.fullmatch(iri, len(base)) is not None
