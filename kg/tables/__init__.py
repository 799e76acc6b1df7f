"""`kg export tables`: a table a class, link tables, and what tells of their columns."""

from kg.tables.export import FORMS, Exported, export_tables

__all__ = ["FORMS", "Exported", "export_tables"]
