"""Tables: a CSV or Parquet file for each class, link tables, and their descriptions.

`read_vocabulary` returns what the ontology and its shapes say of properties, classes and codes.
"""

from kg.tables.export import TableExport, export_tables
from kg.tables.vocabulary import Class, Property, Vocabulary, read_vocabulary

__all__ = [
    "Class",
    "Property",
    "TableExport",
    "Vocabulary",
    "export_tables",
    "read_vocabulary",
]
