"""What CSVs are, as CSVW tells it: https://www.w3.org/TR/tabular-metadata/.

The cells of a column stand for statements as "Generating RDF from Tabular Data on the Web" has it
(https://www.w3.org/TR/csv2rdf/): `aboutUrl` and `valueUrl` are templates that give IRIs from
cells; what is there for reading alone has `suppressOutput`.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from kg.errors import KgError
from kg.graph import Graph
from kg.home import producer
from kg.names import Names, bind_json
from kg.tables.table import SEPARATOR, Column, Table, Tables

GUARDED = (
    "A text in which a spreadsheet would see a formula has an apostrophe (') before that place, "
    "which is no part of it; who reads it has to take that apostrophe away. It stands where the "
    "text, after spaces, begins with = + - @ (full-width ones too), with a tab or a line break, or "
    "has one of = + - @ after a semicolon, a tab or a line break; where apostrophes stood there "
    "already, it is one more. Numbers have none."
)
FILE = "csv-metadata.json"  # the name that a folder's metadata have, ibid. 5.3


@dataclass(frozen=True)
class About:
    """Who made the ontology and the data, and under which licence."""

    licence: str
    creator: str


def read_about(graph: Graph) -> About:
    """Return what the ontology says of its makers and its licence.

    Raises:
        KgError: it says nothing.
    """
    rows = graph.internal("dataset")
    if not rows:
        raise KgError(f"{graph.home.ontology}: no dcterms:creator and dcterms:license. State them.")
    licence, creator = (bind_json(term)["value"] if term else "" for term in rows[0])
    return About(licence, creator)


def write_metadata(
    tables: Tables, written: Sequence[Table], about: About, *, excel: bool = False
) -> bytes:
    """Return the metadata of some tables, as JSON."""
    names = tables.vocabulary.names
    described = [
        describe_table(tables, table, written) for table in sorted(written, key=lambda t: t.name)
    ]
    said = {
        "@context": [names.expand("csvw:").removesuffix("#"), {"@language": "en"}],
        "dc:description": GUARDED,
        "dc:publisher": about.creator,
        "dc:license": {"@id": about.licence},
        "dc:provenance": producer(),
        "dialect": {
            "encoding": "utf-8",
            "lineTerminators": ["\r\n"] if excel else ["\n"],
            "delimiter": ",",
            "quoteChar": '"',
            "doubleQuote": True,
            "header": True,
            "commentPrefix": None,
            "trim": False,
        },
        "tables": described,
    }
    return (json.dumps(said, ensure_ascii=False, indent=1) + "\n").encode()


def describe_table(
    tables: Tables, table: Table, written: Sequence[Table], *, form: str = "csv"
) -> dict[str, Any]:
    """Return the metadata of one table; it may point to those that are written too."""
    names = tables.vocabulary.names
    schema: dict[str, Any] = {
        "aboutUrl": f"{table.key.base}{{+{table.key.variable}}}",
        "columns": [describe_column(names, column, table) for column in table.columns],
    }
    if not table.parent:
        schema["primaryKey"] = table.key.variable
    keys = list(_list_keys(tables, table, {t.name for t in written}))
    if keys:
        schema["foreignKeys"] = keys
    title = say(table.titles)
    return {
        "url": f"{table.name}.{form}",
        "dc:title": title,
        "dc:description": say(table.about) or title,
        "tableSchema": schema,
    }


def describe_column(names: Names, column: Column, table: Table) -> dict[str, Any]:
    """Return the metadata of one column."""
    said: dict[str, Any] = {"name": column.variable, "titles": column.name}
    said["dc:title"] = say(column.titles) or column.name
    if column.about:
        said["dc:description"] = say(column.about)
    said["datatype"] = describe_datatype(names, column.datatype)
    if column is table.key:
        said |= {"required": True, "suppressOutput": True}
    elif not column.predicate:
        said["suppressOutput"] = True
    else:
        said["propertyUrl"] = column.predicate
        if column.link:
            said["valueUrl"] = f"{column.base}{{+{column.variable}}}"
    if column.language:
        said["lang"] = column.language
    if column.many:
        said["separator"] = SEPARATOR
    return said


def describe_datatype(names: Names, datatype: str) -> str | dict[str, str]:
    """Return a datatype as CSVW has it: those of XML Schema go by their local names."""
    xsd = names.expand("xsd:")
    if not datatype or datatype.startswith(xsd):
        return datatype.removeprefix(xsd) or "string"
    return {"@id": datatype, "base": "string"}


def say(texts: Mapping[str, str]) -> list[dict[str, str]]:
    """Return texts by language as JSON-LD has them."""
    return [{"@value": text, "@language": tag} for tag, text in sorted(texts.items())]


def _list_keys(tables: Tables, table: Table, written: set[str]) -> list[dict[str, Any]]:
    """Return which columns of a link table lead to rows of which table, if that is one.

    A key in a column that may be empty is an error to some validators, so wide tables have none.
    """
    keys = [(table.key, table.parent)] if table.parent in written else []
    for column in table.columns if table.parent else ():
        if column.predicate and column.base == tables.vocabulary.things:
            found = tables.list_targets(column.ranges)
            if len(found) == 1 and found[0].name in written:
                keys.append((column, found[0].name))
    return [
        {
            "columnReference": column.variable,
            "reference": {"resource": f"{name}.csv", "columnReference": "id"},
        }
        for column, name in keys
    ]
