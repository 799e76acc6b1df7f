"""Dumps: the statements of a home as N-Quads, N-Triples, TriG, Turtle or JSON-LD."""

from kg.dumps.export import FORMATS, Dump, NamedGraph, choose_graphs, export_rdf, list_graphs

__all__ = ["FORMATS", "Dump", "NamedGraph", "choose_graphs", "export_rdf", "list_graphs"]
