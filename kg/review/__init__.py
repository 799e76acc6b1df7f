"""The review ledger: which elements of the data have changed since they were read."""

from kg.review.changes import (
    Change,
    FileReview,
    accept_elements,
    list_data_files,
    list_recorded_graphs,
    review_files,
)
from kg.review.display import list_lines, render_elements
from kg.review.elements import digest_elements
from kg.review.ledger import LEDGER, is_date
from kg.review.selection import Review, load_review, select_elements

__all__ = [
    "LEDGER",
    "Change",
    "FileReview",
    "Review",
    "accept_elements",
    "digest_elements",
    "is_date",
    "list_data_files",
    "list_lines",
    "list_recorded_graphs",
    "load_review",
    "render_elements",
    "review_files",
    "select_elements",
]
