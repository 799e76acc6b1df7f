"""`kg export`: the graph in the formats of other tools."""

from typing import ClassVar

import click

from kg.cli.groups import LazyGroup


class ExportGroup(LazyGroup):
    """All exports."""

    commands_by_name: ClassVar = {
        "gephi": "kg.cli.networks:gephi",
        "rdf": "kg.cli.rdf:rdf",
        "tables": "kg.cli.tables:tables",
    }


@click.group(
    cls=ExportGroup, subcommand_metavar="COMMAND", short_help="Export networks, tables or RDF."
)
def export() -> None:
    """Export the graph as networks, tables or RDF.

    \b
    kg export gephi city-theme -o city-theme.gexf   a network for Gephi
    kg export tables -o tables                      one CSV file per class
    kg export rdf -o city-policy.trig.gz            all statements

    Files are complete or not written at all: an interrupted export keeps the old ones. -o FILE
    overwrites any file. In a folder, files that kg did not write are overwritten only with --force.
    """
