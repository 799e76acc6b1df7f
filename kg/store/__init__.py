"""One small interface over the embedded engine, and the query files that it is asked with."""

from kg.store.apart import run_apart
from kg.store.engine import Engine, Result
from kg.store.memory import Memory, Rows
from kg.store.question import Question, bind_values, read_internal, read_query_file

__all__ = [
    "Engine",
    "Memory",
    "Question",
    "Result",
    "Rows",
    "bind_values",
    "read_internal",
    "read_query_file",
    "run_apart",
]
