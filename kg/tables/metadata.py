"""Describe CSV files with CSVW metadata: https://www.w3.org/TR/tabular-metadata/.

From the metadata, a program can read the statements back, as "Generating RDF from Tabular Data on
the Web" defines it (https://www.w3.org/TR/csv2rdf/): `aboutUrl` and `valueUrl` are templates that
make IRIs from cells, and columns for reading only have `suppressOutput`.
"""

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from kg.errors import KgError
from kg.graph import Graph
from kg.home import name_program
from kg.names import Names, text
from kg.tables.columns import SEPARATOR, Column
from kg.tables.schema import Schema, Table

FILE = "csv-metadata.json"  # the standard file name, section 5.3
ESCAPING = (
    "Texts that a spreadsheet would run as a formula are escaped with an apostrophe ('). Remove "
    "one apostrophe where, after optional apostrophes and spaces, a cell starts with = + - @ (or "
    "a full-width form), a tab or a line break, and where one of = + - @ (or a full-width form) "
    "follows a semicolon, a tab or a line break. Numbers are not escaped."
)


@dataclass(frozen=True)
class Attribution:
    """The creator and the licence of the ontology and the data."""

    creator: str
    licence: str


def read_attribution(graph: Graph) -> Attribution:
    """Return the creator and the licence that the ontology states.

    Raises:
        KgError: the ontology does not state them.
    """
    rows = graph.internal("dataset")
    if not rows:
        raise KgError(
            f"{graph.home.ontology}: the ontology has no dcterms:creator or no dcterms:license. "
            "Add them."
        )
    licence, creator = map(text, rows[0])
    return Attribution(creator, licence)


def make_metadata(schema: Schema, written: Collection[Table], attribution: Attribution) -> str:
    """Return the metadata of the written tables as JSON."""
    names = schema.vocabulary.names
    tables = sorted(written, key=lambda table: table.name)
    metadata = {
        "@context": [names.expand("csvw:").removesuffix("#"), {"@language": "en"}],
        "dc:description": ESCAPING,
        "dc:publisher": attribution.creator,
        "dc:license": {"@id": attribution.licence},
        "dc:provenance": name_program(),
        "dialect": {
            "encoding": "utf-8",
            "lineTerminators": ["\n"],
            "delimiter": ",",
            "quoteChar": '"',
            "doubleQuote": True,
            "header": True,
            "commentPrefix": None,
            "trim": False,
        },
        "tables": [describe_table(schema, table, written) for table in tables],
    }
    return json.dumps(metadata, ensure_ascii=False, indent=1) + "\n"


def describe_table(
    schema: Schema, table: Table, written: Collection[Table], *, suffix: str = ".csv"
) -> dict[str, Any]:
    """Return the metadata of one table, with foreign keys into the written ones."""
    names = schema.vocabulary.names
    table_schema: dict[str, Any] = {
        "aboutUrl": _make_template(table.key),
        "columns": [_describe_column(names, column, table) for column in table.columns],
    }
    if not table.parent:
        table_schema["primaryKey"] = table.key.variable
    foreign_keys = _list_foreign_keys(schema, table, {t.name for t in written})
    if foreign_keys:
        table_schema["foreignKeys"] = foreign_keys
    title = _tag_texts(table.titles)
    return {
        "url": f"{table.name}{suffix}",
        "dc:title": title,
        "dc:description": _tag_texts(table.descriptions) or title,
        "tableSchema": table_schema,
    }


def _describe_column(names: Names, column: Column, table: Table) -> dict[str, Any]:
    description: dict[str, Any] = {"name": column.variable, "titles": column.name}
    description["dc:title"] = _tag_texts(column.titles) or column.name
    if column.descriptions:
        description["dc:description"] = _tag_texts(column.descriptions)
    description["datatype"] = _describe_datatype(names, column.datatype)
    if column is table.key:
        description |= {"required": True, "suppressOutput": True}
    elif not column.predicate:
        description["suppressOutput"] = True
    else:
        description["propertyUrl"] = column.predicate
        if column.is_iri:
            description["valueUrl"] = _make_template(column)
    if column.language:
        description["lang"] = column.language
    if column.is_list:
        description["separator"] = SEPARATOR
    return description


def _make_template(column: Column) -> str:
    """Return the URI template that makes an IRI from a cell of a column."""
    return f"{column.namespace}{{+{column.variable}}}"


def _describe_datatype(names: Names, datatype: str) -> str | dict[str, str]:
    """Return a datatype in CSVW, where those of XML Schema have their local names."""
    xsd = names.expand("xsd:")
    if not datatype or datatype.startswith(xsd):
        return datatype.removeprefix(xsd) or "string"
    return {"@id": datatype, "base": "string"}


def _tag_texts(texts: Mapping[str, str]) -> list[dict[str, str]]:
    """Return texts by language in JSON-LD."""
    return [{"@value": text, "@language": tag} for tag, text in sorted(texts.items())]


def _list_foreign_keys(schema: Schema, table: Table, written: set[str]) -> list[dict[str, Any]]:
    """Return the foreign keys of a link table; its IRIs must all be in one other table.

    The tables of classes have none: some validators report empty cells of a key as errors.
    """
    targets = [(table.key, table.parent)] if table.parent in written else []
    for column in table.columns if table.parent else ():
        if column.predicate and column.namespace == schema.vocabulary.data_namespace:
            found = schema.list_target_tables(column.ranges)
            if len(found) == 1 and found[0].name in written:
                targets.append((column, found[0].name))
    return [
        {
            "columnReference": column.variable,
            "reference": {"resource": f"{name}.csv", "columnReference": "id"},
        }
        for column, name in targets
    ]
