"""Portraits: what is known about a thing, as plain data made by one reading of the graph."""

from kg.portrait.describe import describe_everything, describe_node, quote_passages
from kg.portrait.description import Description
from kg.portrait.model import Detail, Link, Passage, Row, Section, Tally
from kg.portrait.reading import list_passages

__all__ = [
    "Description",
    "Detail",
    "Link",
    "Passage",
    "Row",
    "Section",
    "Tally",
    "describe_everything",
    "describe_node",
    "list_passages",
    "quote_passages",
]
