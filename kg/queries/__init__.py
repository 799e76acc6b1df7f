"""Questions for other programs: SPARQL examples in Turtle, and query files for grlc."""

from kg.queries.export import DEFAULT_ENDPOINT, QueryExport, export_queries

__all__ = ["DEFAULT_ENDPOINT", "QueryExport", "export_queries"]
