"""Check the passages that things cite: where they are, what they cover, and their digests."""

from kg.check.passages.evidence import SOURCE_CHECKS, check_evidence, list_compared_sources
from kg.check.passages.figures import check_figures, write_figures
from kg.check.passages.placement import check_placement
from kg.check.passages.positions import Position, Positions

__all__ = [
    "SOURCE_CHECKS",
    "Position",
    "Positions",
    "check_evidence",
    "check_figures",
    "check_placement",
    "list_compared_sources",
    "write_figures",
]
