"""`kg export tables`: a table a class, link tables, and what tells of their columns."""

from kg.export.tables.export import FORMS, Exported, export_tables

__all__ = ["FORMS", "Exported", "export_tables"]
