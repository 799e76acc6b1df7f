"""Dumps: the statements of a home as N-Quads, N-Triples, TriG, Turtle or JSON-LD."""

from kg.dumps.export import (
    FORMATS,
    MEDIA_TYPES,
    Dump,
    NamedGraph,
    choose_graphs,
    export_rdf,
    list_graphs,
)

__all__ = [
    "FORMATS",
    "MEDIA_TYPES",
    "Dump",
    "NamedGraph",
    "choose_graphs",
    "export_rdf",
    "list_graphs",
]
