"""`kg export`: the graph for the tools that people already use."""

import click

from kg.cli.lazy import LazyGroup

VERBS = {
    "gephi": "kg.cli.gephi:gephi",
    "rdf": "kg.cli.rdf:rdf",
    "tables": "kg.cli.tables:tables",
}


class ExportGroup(LazyGroup):
    """What the graph can be exported as."""

    verbs = VERBS


@click.group(cls=ExportGroup)
def export() -> None:
    """Write the graph as networks, tables or RDF dumps.

    \b
    kg export gephi city-theme -o city-theme.gexf     a network that Gephi opens
    kg export tables -o tables                        one CSV a class, with CSVW metadata
    kg export rdf -o city-policy.trig.gz              all statements

    Written first under a temporary name, so that an interrupted export leaves the old file; what
    kg did not write itself is not overwritten without --force.
    """
